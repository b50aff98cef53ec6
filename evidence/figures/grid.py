"""Words on the left and columns of equal width on the right: what matrices and maps stand in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..errors import usage
from .page import Line, Shape, Text
from .pen import Pen
from .style import Style
from .text import MM_PER_POINT, width_mm, wrapped

#: Least width in mm of the words on the left, and room left and right of what stands in a column.
LABEL_LEAST, COLUMN_PAD = 19.0, 1.2
#: Gap in mm between the words on the left and the first column.
GAP = 2.0


@dataclass(frozen=True, slots=True)
class Grid:
    """Places in mm from the left of the page.

    Attributes:
        left, label: Where the words begin, and room for them.
        columns: Left and right end of each column.
        above: The words stand on lines of their own above the columns.
    """

    left: float
    label: float
    columns: tuple[tuple[float, float], ...]
    above: bool = False

    @property
    def right(self) -> float:
        """Where the last column ends."""
        return self.columns[-1][1]

    def middle(self, column: int) -> float:
        """Middle of a column."""
        return 0.5 * sum(self.columns[column])


def place_grid(style: Style, labels: Iterable[str], columns: int, needed: float, most: float) -> Grid:
    """A grid as wide as the page allows and its columns need; on a narrow page the words stand above the columns.

    Args:
        style: With the page's width. labels: Words on the left, wrapped where they are long.
        columns: How many. needed, most: Least and greatest width of a column in mm.

    Raises:
        UsageError: the page is too narrow.
    """
    room = style.width_mm - 2 * style.margin_mm - GAP
    wanted = max((width_mm(label, style.font_pt, True) for label in labels), default=0.0) + 0.1
    least = min(wanted, LABEL_LEAST)
    if room - least < columns * needed:
        return _labels_above(style, columns, needed)
    label = min(wanted, max(LABEL_LEAST, 0.34 * room, room - columns * most), room - columns * needed)
    width = min((room - label) / columns, most)
    start = style.margin_mm + label + GAP
    return Grid(style.margin_mm, label, tuple((start + i * width, start + (i + 1) * width) for i in range(columns)))


def _labels_above(style: Style, columns: int, needed: float) -> Grid:
    room, least = style.width_mm - 2 * style.margin_mm, columns * needed
    if least > room:
        raise usage(
            f"{columns} columns need {least + 2 * style.margin_mm:.0f} mm, the page is {style.width_mm:g} mm wide",
            "choose a wider style, or a column with fewer values",
            "too-many-columns",
        )
    width, start = room / columns, style.margin_mm
    ends = tuple((start + i * width, start + (i + 1) * width) for i in range(columns))
    return Grid(start, room, ends, above=True)


def write_heads(pen: Pen, grid: Grid, heads: Sequence[str]) -> list[str]:
    """Headings above the columns: words where each fits, else numbers; returns what the numbers stand for."""
    style = pen.style
    room = grid.columns[0][1] - grid.columns[0][0] - COLUMN_PAD
    for size, bold in ((style.font_pt, True), (style.note_pt, True), (style.note_pt, False)):
        if all(width_mm(word, size, bold) <= room for head in heads for word in head.split()):
            words, said = list(heads), []
            break
    else:
        size, bold = style.font_pt, True
        words = [str(i) for i in range(1, len(heads) + 1)]
        said = ["; ".join(f"{word} = {head}" for word, head in zip(words, heads, strict=True)) + "."]
    lines = [wrapped(word, room + 0.01, size, bold) for word in words]
    bottom = pen.y + max(len(pieces) for pieces in lines) * style.line_mm
    for i, pieces in enumerate(lines):
        for j, piece in enumerate(pieces):
            y = bottom - 0.8 - (len(pieces) - 1 - j) * style.line_mm
            pen.texts.append(Text(grid.middle(i), y, piece, size, style.ink, "center", bold))
    pen.y = bottom + 0.4
    return said


def rule(pen: Pen, grid: Grid, width_pt: float = 0.7) -> None:
    """A line across the grid."""
    pen.lines.append(Line(grid.left, pen.y, grid.right, pen.y, pen.style.ink, width_pt))


def label_lines(grid: Grid, label: str, style: Style, bold: bool = False, indent: float = 0.0) -> list[str]:
    """The words on the left as lines that fit."""
    return wrapped(label, grid.label - indent, style.font_pt, bold)


def write_label(pen: Pen, lines: Sequence[str], x: float, middle: float, bold: bool = False) -> None:
    """Words on the left, around the middle of their row."""
    style = pen.style
    for line, y in baselines(lines, middle, style.line_mm, style.font_pt):
        pen.texts.append(Text(x, y, line, style.font_pt, style.ink, bold=bold))


def baselines(lines: Sequence[str], middle: float, line_mm: float, size_pt: float) -> Iterator[tuple[str, float]]:
    """Lines of text with their baselines, so that they stand around ``middle``."""
    first = middle - 0.5 * line_mm * (len(lines) - 1) + 0.36 * size_pt * MM_PER_POINT
    for i, line in enumerate(lines):
        yield line, first + i * line_mm


def sample_key(pen: Pen, entries: Sequence[tuple[Sequence[Shape], str]], gap: float = 4.0) -> None:
    """Samples, each of shapes centred on (0, 0), with their words, side by side as far as there is room."""
    style = pen.style
    x, wide = style.margin_mm, 6.0
    pen.y += style.line_mm + 0.6
    for shapes, words in entries:
        lines = wrapped(words, pen.width - wide, style.note_pt)
        needed = wide + max(width_mm(line, style.note_pt) for line in lines)
        if x > style.margin_mm and x + needed > style.width_mm - style.margin_mm:
            x, pen.y = style.margin_mm, pen.y + style.line_mm + 0.4
        for shape in shapes:
            points = tuple((px + x + 2.3, py + pen.y - 0.85) for px, py in shape.points)
            pen.shapes.append(replace(shape, points=points, role="key"))
        for i, line in enumerate(lines):
            pen.texts.append(Text(x + wide, pen.y + i * style.line_mm, line, style.note_pt, style.ink))
        pen.y += (len(lines) - 1) * style.line_mm
        x += needed + gap
    pen.y += 1.0
