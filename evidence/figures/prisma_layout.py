"""Where the boxes of a flow diagram stand: ways side by side where there is room, else below each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from .boxes import PlacedBox, arrow, draw_box, height_of, lines_of
from .marks import lighter
from .page import Text
from .pen import Pen
from .prisma_words import PHASES, Box, Column, Diagram
from .text import width_mm

#: Narrowest column of boxes, gap between columns, and between rows (an arrow stands in it), in mm.
NARROWEST, GAP, ROW_GAP = 25.0, 5.0, 4.2
#: Between the lines that lead past other boxes, where ways stand below each other.
RAIL = 2.6
#: Rows of boxes that belong to the first phase; the rest are screening.
IDENTIFIED = 0


@dataclass(slots=True)
class _Board:
    """What has been placed."""

    pen: Pen
    size: float
    boxes: list[PlacedBox] = field(default_factory=list)

    def lines(self, box: Box, width: float) -> tuple[tuple[float, str], ...]:
        return lines_of([(one.text, one.step) for one in box.words], width, self.size)

    def height(self, box: Box, width: float) -> float:
        return height_of(self.lines(box, width), self.size)

    def put(self, box: Box, left: float, top: float, width: float, height: float) -> PlacedBox:
        placed = PlacedBox(left, top, left + width, top + height, self.lines(box, width))
        draw_box(self.pen, placed, self.size)
        self.boxes.append(placed)
        return placed

    def head(self, text: str, left: float, width: float, height: float) -> None:
        lines = lines_of([(text, 0)], width, self.size, bold=True)
        placed = PlacedBox(left, self.pen.y, left + width, self.pen.y + height, lines, title=True)
        draw_box(self.pen, placed, self.size, lighter(self.pen.style.study, 0.85))
        self.boxes.append(placed)

    def head_height(self, text: str, width: float) -> float:
        return height_of(lines_of([(text, 0)], width, self.size, bold=True), self.size)

    def phase(self, number: int, y: float) -> None:
        style = self.pen.style
        self.pen.texts.append(Text(style.margin_mm, y, PHASES[number], style.note_pt, style.muted, bold=True))


def place(pen: Pen, said: Diagram) -> tuple[PlacedBox, ...]:
    """Draw the diagram from where the pen stands; every box in the order in which it was placed."""
    style = pen.style
    pen.y += 2.0
    gutter = max(width_mm(phase, style.note_pt, bold=True) for phase in PHASES) + 2.0
    ways = [*([said.previous] if said.previous else []), *said.columns]
    amount = sum(2 if way.wide else 1 for way in ways)
    width = (pen.width - gutter - (amount - 1) * GAP) / amount
    if width >= NARROWEST:
        board = _Board(pen, style.font_pt if width >= 1.4 * NARROWEST else style.note_pt)
        _abreast(board, said, width, gutter)
    else:
        board = _Board(pen, style.note_pt)
        _stacked(board, said)
    return tuple(board.boxes)


def _abreast(board: _Board, said: Diagram, width: float, gutter: float) -> None:
    pen, left = board.pen, board.pen.style.margin_mm + gutter
    ways = [*([said.previous] if said.previous else []), *said.columns]
    spans = [2 * width + GAP if way.wide else width for way in ways]
    lefts = [left + sum(spans[:i]) + i * GAP for i in range(len(ways))]
    height = max(board.head_height(way.title, span) for way, span in zip(ways, spans, strict=True))
    for way, x, span in zip(ways, lefts, spans, strict=True):
        board.head(way.title, x, span, height)
    pen.y += height + ROW_GAP * 0.7
    last: list[PlacedBox | None] = [None] * len(ways)
    for rank in sorted({step.rank for way in ways for step in way.steps}):
        high = max(_row_height(board, way, rank, width) for way in ways)
        top = pen.y
        if rank <= IDENTIFIED + 1:
            board.phase(rank, top + pen.style.note_pt * 0.36)
        for i, way in enumerate(ways):
            # Boxes of the previous version are as high as they need; the others fill the row, so that arrows are level.
            if (placed := _step(board, way, rank, (lefts[i], top, width))) is not None:
                if (above := last[i]) is not None:
                    arrow(pen, (above.middle, above.bottom), (placed.middle, placed.top))
                last[i] = placed
        pen.y = top + high + ROW_GAP
    _gather(board, said, lefts, spans, last)


def _row_height(board: _Board, way: Column, rank: int, width: float) -> float:
    for step in way.steps:
        if step.rank == rank:
            beside = sum(board.height(box, width) for box in step.beside) + 1.5 * max(len(step.beside) - 1, 0)
            return max(board.height(step.main, width), beside)
    return 0.0


def _step(board: _Board, way: Column, rank: int, at: tuple[float, float, float]) -> PlacedBox | None:
    """The boxes of one row of one way; ``at``: left, top, width of a box."""
    left, top, width = at
    for step in way.steps:
        if step.rank != rank:
            continue
        main = board.put(step.main, left, top, width, _row_height(board, way, rank, width))
        y = top
        for box in step.beside:
            high = board.height(box, width)
            if len(step.beside) == 1:
                high = min(high, main.bottom - top)
            side = board.put(box, left + width + GAP, y, width, high)
            middle = (side.top + side.bottom) / 2
            arrow(board.pen, (main.right, middle), (side.left, middle))
            y = side.bottom + 1.5
        return main
    return None


def _gather(
    board: _Board, said: Diagram, lefts: Sequence[float], spans: Sequence[float], last: Sequence[PlacedBox | None]
) -> None:
    """The box of what is in, under the ways; with the previous version the total under both."""
    pen, first = board.pen, 1 if said.previous else 0
    right = lefts[-1] + spans[-1]
    top = pen.y
    board.phase(2, top + pen.style.note_pt * 0.36)
    into = board.put(
        said.included, lefts[first], top, right - lefts[first], board.height(said.included, right - lefts[first])
    )
    for i, way in enumerate(said.columns):
        above = last[first + i]
        if above is not None and not way.ends:
            arrow(pen, (above.middle, above.bottom), (above.middle, top))
    pen.y = into.bottom
    if said.total is not None:
        pen.y += ROW_GAP
        total = board.put(said.total, lefts[0], pen.y, right - lefts[0], board.height(said.total, right - lefts[0]))
        arrow(pen, (into.middle, into.bottom), (into.middle, total.top))
        if (before := last[0]) is not None:
            arrow(pen, (before.middle, before.bottom), (before.middle, total.top))
        pen.y = total.bottom
    pen.y += 2.0


def _stacked(board: _Board, said: Diagram) -> None:
    pen, style = board.pen, board.pen.style
    leading = [way for way in said.columns if not way.ends]
    rails = (1 if said.previous else 0) + (1 if len(leading) > 1 else 0)
    left = style.margin_mm + rails * RAIL + (1.0 if rails else 0.0)
    span = style.width_mm - style.margin_mm - left
    inner = style.margin_mm + (rails - 0.5) * RAIL
    outer = style.margin_mm + 0.5 * RAIL
    # On paper a page may end between two ways; the lines along the left border go on.
    pen.breaks.heads(pen.y, pen.y)
    previous = _way(board, said.previous, left, span) if said.previous else None
    past: list[PlacedBox] = []
    straight: PlacedBox | None = None
    for way in said.columns:
        if way is not said.columns[0]:
            pen.breaks.row(pen.y - 0.5 * ROW_GAP)
        placed = _way(board, way, left, span)
        if not way.ends and placed is not None:
            if straight is not None:
                past.append(straight)
            straight = placed
    into = board.put(said.included, left, pen.y, span, board.height(said.included, span))
    pen.y = into.bottom
    if straight is not None:
        arrow(pen, (straight.middle, straight.bottom), (straight.middle, into.top))
    for box in past:
        _past(board, box, inner, into)
    if said.total is not None:
        pen.y += ROW_GAP
        total = board.put(said.total, left, pen.y, span, board.height(said.total, span))
        arrow(pen, (into.middle, into.bottom), (into.middle, total.top))
        if previous is not None:
            _past(board, previous, outer, total)
        pen.y = total.bottom
    pen.y += 2.0
    pen.breaks.row(pen.y)
    pen.breaks.foot(pen.y, pen.y)


def _past(board: _Board, box: PlacedBox, x: float, into: PlacedBox) -> None:
    """An arrow that leads past other boxes along the left border."""
    start, end = (box.top + box.bottom) / 2, (into.top + into.bottom) / 2
    arrow(board.pen, (box.left, start), (x, start), (x, end), (into.left, end))


def _way(board: _Board, way: Column, left: float, span: float) -> PlacedBox | None:
    """One way from its title to its last box, which is returned."""
    pen = board.pen
    width = (span - GAP) / 2 if way.wide else span
    height = board.head_height(way.title, span)
    board.head(way.title, left, span, height)
    pen.y += height + ROW_GAP * 0.7
    last: PlacedBox | None = None
    for step in way.steps:
        placed = _step(board, way, step.rank, (left, pen.y, width))
        if placed is not None:
            if last is not None:
                arrow(pen, (last.middle, last.bottom), (placed.middle, placed.top))
            pen.y += _row_height(board, way, step.rank, width) + ROW_GAP
            last = placed
    return last
