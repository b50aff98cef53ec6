"""A box with two axes on a page: where a pair of values stands, grid, ticks, and lines that end at its border."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .page import Line, Stroke, Text
from .pen import Pen
from .scales import Scale, Tick
from .style import Style
from .text import width_mm, wrapped

Point = tuple[float, float]
#: Left and right end of a box in mm.
Frame = tuple[float, float]

#: Height in mm of a box, and the least room between two words of one axis.
HEIGHT = 64.0
WORD_GAP = 1.6
#: Boxes that stand above each other are lower than one alone.
LOWER = 0.7
#: Words of one axis stand in so many lines at most; what finds no room is left out: numbers between others.
MOST_LEVELS = 3


@dataclass(frozen=True, slots=True)
class Plot:
    """A box on the page, in mm from the top left; ``x`` grows to the right, ``y`` upwards."""

    left: float
    right: float
    top: float
    bottom: float
    x: Scale
    y: Scale

    def at_x(self, value: float) -> float:
        """Place of a value of x."""
        return self.left + self.x.fraction(value) * (self.right - self.left)

    def at_y(self, value: float) -> float:
        """Place of a value of y."""
        return self.bottom - self.y.fraction(value) * (self.bottom - self.top)

    def at(self, x: float, y: float) -> Point:
        """Place of a pair of values."""
        return self.at_x(x), self.at_y(y)

    def holds(self, x: float, y: float) -> bool:
        """Whether a pair of values has a place inside."""
        return self.x.holds(x) and self.y.holds(y)

    def inside(self, points: Sequence[Point]) -> Iterator[tuple[Point, ...]]:
        """The parts of a line, in mm, that lie in the box."""
        run: list[Point] = []
        for a, b in pairwise(points):
            part = _clipped(a, b, (self.left, self.top, self.right, self.bottom))
            if part is None or (run and run[-1] != part[0]):
                if len(run) > 1:
                    yield tuple(run)
                run = []
            if part is not None:
                run = [*(run or [part[0]]), part[1]]
        if len(run) > 1:
            yield tuple(run)


def _clipped(a: Point, b: Point, box: tuple[float, float, float, float]) -> tuple[Point, Point] | None:
    """The part of a segment inside a box (Liang and Barsky)."""
    dx, dy = b[0] - a[0], b[1] - a[1]
    start, end = 0.0, 1.0
    for p, q in ((-dx, a[0] - box[0]), (dx, box[2] - a[0]), (-dy, a[1] - box[1]), (dy, box[3] - a[1])):
        if p == 0:
            if q < 0:
                return None
        elif p < 0:
            start = max(start, q / p)
        else:
            end = min(end, q / p)
    if start > end:
        return None

    def place(t: float) -> Point:
        return a if t == 0 else b if t == 1 else (a[0] + t * dx, a[1] + t * dy)

    return place(start), place(end)


def open_plot(
    pen: Pen,
    scales: tuple[Scale, Scale],
    names: tuple[str, str],
    room: float = 0.0,
    height: float = HEIGHT,
    frame: Frame | None = None,
    thin: bool = False,
) -> Plot:
    """Draw grid, axes, ticks and names; the pen then stands below them.

    Args:
        pen: Where. scales: Of x and y. names: What x and y show.
        room: Width in mm that is kept free on the right. height: Of the box.
        frame: Left and right end of the box at the widest, where others stand above or below it.
        thin: Whether words of x that would touch others are left out, not put in lines below each other.
    """
    style, (x, y) = pen.style, scales
    pen.y += 0.8
    pen.paragraph(names[1], style.margin_mm, pen.width, style.note_pt, style.muted)
    widest = max((width_mm(words, style.note_pt) for _, words in y.ticks), default=0.0)
    left = style.margin_mm + max(widest + 2.4, 8.0)
    right = style.width_mm - style.margin_mm - max(room, 3.0)
    if frame is not None:
        left, right, height = max(left, frame[0]), min(right, frame[1]), LOWER * height
    top = pen.y + 2.0
    plot = Plot(left, right, top, top + height, x, y)
    for value, words in y.ticks:
        at = plot.at_y(value)
        pen.lines.append(Line(plot.left, at, plot.right, at, style.faint, 0.4))
        pen.texts.append(Text(plot.left - 1.6, at + 0.85, words, style.note_pt, style.ink, "right"))
    pen.lines.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, style.ink, 0.7))
    pen.y = plot.bottom
    below_axis(pen, plot, names[0], thin)
    return plot


def thinned(plot: Plot, style: Style) -> tuple[Tick, ...]:
    """The ticks of x whose words stand in one line: the first and the last, and what fits between them."""
    first, *between = sorted(plot.x.ticks, key=lambda tick: plot.at_x(tick[0]))
    kept: list[tuple[float, float, Tick]] = []
    for tick in (first, *between[-1:], *between[:-1]):
        at, half = plot.at_x(tick[0]), max(width_mm(piece, style.note_pt) for piece in tick[1].split("\n")) / 2
        if all(abs(at - other) >= half + wide + WORD_GAP for other, wide, _ in kept):
            kept.append((at, half, tick))
    return tuple(tick for _, _, tick in sorted(kept))


def below_axis(pen: Pen, plot: Plot, name: str, thin: bool = False) -> None:
    """Ticks, their words and the name of x below the box; words that would touch others stand a line lower.

    With ``thin`` they are left out instead; their ticks stay.
    """
    style = pen.style
    leading = style.line_mm * 0.85
    ends: list[list[float]] = []
    written = thinned(plot, style) if thin and plot.x.ticks else plot.x.ticks
    for value, words in sorted(plot.x.ticks, key=lambda tick: plot.at_x(tick[0])):
        at = plot.at_x(value)
        pen.lines.append(Line(at, plot.bottom, at, plot.bottom + 0.9, style.ink, 0.7))
        if (value, words) not in written:
            continue
        pieces = words.split("\n")
        half = max(width_mm(piece, style.note_pt) for piece in pieces) / 2
        level = next((i for i in range(len(ends) + 1) if _free(ends, i, len(pieces), at - half)), 0)
        if level + len(pieces) > MOST_LEVELS * max(len(pieces), 1):
            continue
        while len(ends) < level + len(pieces):
            ends.append([-1e9])
        for i, piece in enumerate(pieces):
            ends[level + i].append(at + half)
            pen.texts.append(
                Text(at, plot.bottom + 3.8 + (level + i) * leading, piece, style.note_pt, style.ink, "center")
            )
    pen.y = plot.bottom + 3.8 + (max(len(ends), 1) - 1) * leading
    middle = 0.5 * (plot.left + plot.right)
    for line in wrapped(name, plot.right - plot.left, style.note_pt):
        pen.y += 3.2
        pen.texts.append(Text(middle, pen.y, line, style.note_pt, style.muted, "center"))
    pen.y += 1.0


def _free(ends: list[list[float]], level: int, lines: int, left: float) -> bool:
    """Whether words that begin at ``left`` touch nothing in these lines."""
    return all(max(line) + WORD_GAP <= left for line in ends[level : level + lines])


def rule(pen: Pen, plot: Plot, x: float | None = None, y: float | None = None) -> None:
    """A dashed line at a value of x or of y, where the axis holds it."""
    style = pen.style
    if x is not None and plot.x.holds(x):
        at = plot.at_x(x)
        pen.strokes.append(Stroke(((at, plot.top), (at, plot.bottom)), style.muted, 0.7, (4, 2.5)))
    if y is not None and plot.y.holds(y):
        at = plot.at_y(y)
        pen.strokes.append(Stroke(((plot.left, at), (plot.right, at)), style.muted, 0.7, (4, 2.5)))
