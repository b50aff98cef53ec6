"""A figure of rows that is taller than paper, cut into pages between its rows.

Title, banner, heads of columns and axes stand on every page; keys and footnotes on the last one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from .page import Line, Page, Shape, Stroke, Text
from .style import Style

#: A shape may reach so far beyond the rows of its page before it is cut, in mm.
BEYOND = 0.8
EDGE = 0.02
#: So many rows at least stand on a page with what follows the last of them.
TOGETHER = 3
Span = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Cut:
    """Where a row ends, in mm from the top; ``heading`` is that of the group that goes on below, or empty."""

    y: float
    heading: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows with what stands over and below them on every page: all in mm from the top of the uncut page.

    Attributes:
        head: From where to where its heads reach. cuts: The end of each row. foot: Of its axis.
    """

    head: Span
    cuts: tuple[Cut, ...]
    foot: Span


class Breaks:
    """Where a page being written may be broken."""

    def __init__(self) -> None:
        self.parts: list[Part] = []
        self._head: Span = (0.0, 0.0)
        self._cuts: list[Cut] = []

    def heads(self, start: float, end: float) -> None:
        """Rows begin below heads that reach from ``start`` to ``end``."""
        self._head, self._cuts = (start, end), []

    def row(self, y: float, heading: str = "") -> None:
        """A row ends, below which a group may go on."""
        self._cuts.append(Cut(y, heading))

    def block(self, start: float, end: float) -> None:
        """Something that is not broken, unless it has rows that are."""
        if not any(part.foot[1] > start for part in self.parts):
            self.parts.append(Part((start, start), (Cut(end),), (end, end)))

    def foot(self, start: float, end: float) -> None:
        """The rows have ended, and their axis too."""
        if self._cuts:
            # A line at the very end of the rows is their axis.
            start -= EDGE
            self._cuts[-1] = replace(self._cuts[-1], y=start)
            self.parts.append(Part(self._head, tuple(self._cuts), (start, end)))
        self._cuts = []


#: Corners or ends, in mm.
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class _Piece:
    """A part of the uncut page: from where to where, and how far down it is moved."""

    start: float
    end: float
    shift: float


@dataclass(slots=True)
class _Sheet:
    """A page being filled: its pieces, where it ends, and headings of groups that go on: (baseline, text)."""

    pieces: list[_Piece]
    y: float
    headings: list[tuple[float, str]]

    def take(self, start: float, end: float) -> None:
        """Add a part of the uncut page; one that follows the last is one with it."""
        if end <= start:
            return
        last = self.pieces[-1] if self.pieces else None
        if last is not None and last.end == start and abs(last.end + last.shift - self.y) < 1e-9:
            self.pieces[-1] = replace(last, end=end)
        else:
            self.pieces.append(_Piece(start, end, self.y - start))
        self.y += end - start


def pages_of(page: Page, parts: Sequence[Part], style: Style) -> tuple[Page, ...]:
    """The page, or several that are no taller than ``style.page_mm`` as far as one row fits.

    Args:
        page: With all rows. parts: Its rows, from top to bottom. style: Height of paper, sizes of letters.
    """
    if style.page_mm is None or page.height <= style.page_mm or not parts:
        return (page,)
    sheets = _filled(page, parts, style, style.page_mm - style.margin_mm - style.line_mm)
    if len(sheets) == 1:
        return (page,)
    return tuple(_drawn(page, sheet, style, f"Page {i} of {len(sheets)}") for i, sheet in enumerate(sheets, 1))


class _Filling:
    """Sheets being filled: each begins with the top of the page."""

    def __init__(self, top: float, style: Style, most: float) -> None:
        self.top, self.style, self.most = top, style, most
        self.sheets: list[_Sheet] = []
        self.turn()

    @property
    def sheet(self) -> _Sheet:
        """The one being filled."""
        return self.sheets[-1]

    def turn(self) -> None:
        """Begin another sheet."""
        self.sheets.append(_Sheet([], 0.0, []))
        self.sheet.take(0.0, self.top)

    def lacks(self, room: float) -> bool:
        """Whether something needs another sheet: one that is empty takes everything."""
        return self.sheet.y + room > self.most and self.sheet.y > self.top

    def part(self, part: Part, before: float, after: float) -> None:
        """Rows, on as many sheets as they need.

        Args:
            part: The rows. before: Where what stands over their heads begins: it goes along with the first row.
            after: Height of what follows: it goes along with the last rows.
        """
        foot = part.foot[1] - part.foot[0]
        rows = list(pairwise((part.head[1], *(cut.y for cut in part.cuts))))
        if self.lacks(rows[0][1] - before + foot):
            self.turn()
        self.sheet.take(before, part.head[0])
        self.sheet.take(*part.head)
        for i, (start, end) in enumerate(rows):
            last = i == max(len(rows) - TOGETHER, 0) and rows[-1][1] - start + foot + after <= 0.8 * self.most
            needed = rows[-1][1] - start + after if last else end - start
            if i and self.lacks(needed + foot):
                self.sheet.take(*part.foot)
                self.turn()
                self.sheet.take(*part.head)
                self._goes_on(part.cuts[i - 1].heading)
            self.sheet.take(start, end)
        self.sheet.take(*part.foot)

    def _goes_on(self, heading: str) -> None:
        if heading:
            self.sheet.y += self.style.line_mm + 1.0
            self.sheet.headings.append((self.sheet.y - 0.25 * self.style.line_mm - 0.6, f"{heading} (continued)"))


def _filled(page: Page, parts: Sequence[Part], style: Style, most: float) -> list[_Sheet]:
    """Parts to sheets: each has the top of the page, and the heads and the axis of what it shows."""
    filling = _Filling(parts[0].head[0], style, most)
    end, done = page.height - style.margin_mm, filling.top
    for part in parts:
        filling.part(part, done, end - part.foot[1] if part is parts[-1] else 0.0)
        done = part.foot[1]
    if filling.lacks(end - done):
        filling.turn()
    filling.sheet.take(done, end)
    return filling.sheets


def _drawn(page: Page, sheet: _Sheet, style: Style, number: str) -> Page:
    shapes = [made for shape in page.shapes for made in _shape(shape, sheet.pieces)]
    lines = [made for line in page.lines for made in _line(line, sheet.pieces)]
    strokes = [made for stroke in page.strokes for made in _stroke(stroke, sheet.pieces)]
    texts = [
        replace(text, y=text.y + piece.shift)
        for text in page.texts
        for piece in sheet.pieces
        if piece.start < text.y <= piece.end
    ]
    texts += [Text(style.margin_mm, y, words, style.font_pt, style.ink, bold=True) for y, words in sheet.headings]
    y = sheet.y + style.line_mm
    texts.append(Text(style.width_mm - style.margin_mm, y, number, style.note_pt, style.muted, "right"))
    drawn = (tuple(shapes), tuple(lines), tuple(texts), tuple(strokes))
    return Page(page.width, y + style.margin_mm, *drawn, font=page.font)


def _home(low: float, high: float, pieces: Sequence[_Piece]) -> _Piece | None:
    """The piece that holds all of something, a little beyond its ends included."""
    middle = 0.5 * (low + high)
    for piece in pieces:
        if piece.start < middle <= piece.end and low >= piece.start - BEYOND and high <= piece.end + BEYOND:
            return piece
    return None


def _placed(points: Points, pieces: Sequence[_Piece]) -> Iterator[Points]:
    """Points where they stand now: all of them, or of something tall what lies in each piece."""
    low, high = min(y for _, y in points), max(y for _, y in points)
    home = _home(low, high, pieces)
    if home is not None:
        yield tuple((x, y + home.shift) for x, y in points)
        return
    for piece in pieces:
        if min(high, piece.end) - max(low, piece.start) > BEYOND:
            yield tuple((x, min(max(y, piece.start), piece.end) + piece.shift) for x, y in points)


def _shape(shape: Shape, pieces: Sequence[_Piece]) -> Iterator[Shape]:
    return (replace(shape, points=points) for points in _placed(shape.points, pieces))


def _stroke(stroke: Stroke, pieces: Sequence[_Piece]) -> Iterator[Stroke]:
    return (replace(stroke, points=points) for points in _placed(stroke.points, pieces))


def _line(line: Line, pieces: Sequence[_Piece]) -> Iterator[Line]:
    for (_, y0), (_, y1) in _placed(((line.x0, line.y0), (line.x1, line.y1)), pieces):
        yield replace(line, y0=y0, y1=y1)
