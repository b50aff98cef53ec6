"""Where everything of a forest plot stands on its page. Pure: a result in, millimetres and strings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from .. import display
from ..columns import Column, column
from ..errors import usage
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from .forest_rows import Row, forest_rows
from .forest_words import alt_text, footnotes, subtitle, title
from .page import Line, Page, Shape, Text, diamond, rectangle
from .style import Style
from .text import MM_PER_POINT, width_mm, wrapped

#: Room for the rows below the studies, however short the studies' labels are.
LABEL_LEAST = 28.0
#: Widest label and widest further column in mm, tried from generous to tight until the plot has its least width.
WIDTHS = ((56.0, 32.0), (48.0, 26.0), (42.0, 22.0), (38.0, 20.0), (34.0, 17.0), (LABEL_LEAST, 15.0))
PLOT_LEAST = 34.0
PLOT_MOST = 80.0
#: A longer word is broken.
WORD_MOST = 30.0
TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
INDENT = 2.5
EVENTS = "Events/n"


@dataclass(frozen=True, slots=True)
class Field:
    """One column of text on the page: its heading, where it stands and which cell of a row it shows."""

    heading: str
    align: str
    x: float
    width: float
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ForestLayout:
    """A forest plot placed.

    Attributes:
        page: Everything to draw.
        rows: What the rows say. row_y: Middle of each row in mm from the top.
        plot: Left and right end of the axis in mm: 0 % and 100 %.
        alt: Description for those who can't see it.
    """

    page: Page
    rows: tuple[Row, ...]
    row_y: tuple[float, ...]
    plot: tuple[float, float]
    alt: str

    def x(self, proportion: float) -> float:
        """Place of a proportion on the page."""
        return self.plot[0] + proportion * (self.plot[1] - self.plot[0])


def layout_forest(result: Pooled | Subgroups, columns: Sequence[str], style: Style) -> ForestLayout:
    """Place a forest plot.

    Args:
        result: A pooled result, with or without groups.
        columns: Names of further columns, left of the plot.
        style: Sizes and colours.

    Raises:
        UsageError: an unknown column, or more columns than the page is wide.
    """
    chosen = [column(name, result) for name in columns]
    rows = forest_rows(result, chosen)
    fields, labels, plot = _fields(rows, chosen, _level(result), style)
    head = _Cursor(style)
    _heading(head, result, style)
    _column_heads(head, fields, plot, style)
    heights = [_row_height(row, i, labels, fields, style) for i, row in enumerate(rows)]
    body_top = head.y
    middles = _place_rows(head, rows, heights, labels, fields, style)
    body_bottom = head.y
    _axis(head, plot, body_top, body_bottom, _reference(rows), style)
    _marks(head, rows, middles, plot, style)
    _feet(head, result, chosen, style)
    page = Page(style.width_mm, head.y + style.margin_mm, tuple(head.shapes), tuple(head.lines), tuple(head.texts))
    return ForestLayout(page, rows, tuple(middles), plot, alt_text(result))


class _Cursor:
    """A page being written from top to bottom."""

    def __init__(self, style: Style) -> None:
        self.y = style.margin_mm
        self.shapes: list[Shape] = []
        self.lines: list[Line] = []
        self.texts: list[Text] = []

    def paragraph(self, text: str, x: float, width: float, size: float, colour: str, bold: bool = False) -> None:
        """Lines of text, each below the other."""
        leading = size * MM_PER_POINT * 1.3
        for line in wrapped(text, width, size, bold):
            self.y += leading
            self.texts.append(Text(x, self.y - leading * 0.25, line, size, colour, bold=bold))


def _level(result: Pooled | Subgroups) -> float:
    pooled = result.overall if isinstance(result, Subgroups) else result
    return float(pooled.model.level)


def _fields(
    rows: Sequence[Row], chosen: Sequence[Column], level: float, style: Style
) -> tuple[list[Field], list[list[str]], tuple[float, float]]:
    """Columns of text with their places, the wrapped labels, and the ends of the axis."""
    texts = [(EVENTS, "right", tuple(row.events_n for row in rows))]
    texts = [(c.heading, c.align, tuple(row.cells[i] for row in rows)) for i, c in enumerate(chosen)] + texts
    right = [(f"Percent\n({display.percent(level)} CI)", "right", tuple(row.estimate for row in rows))]
    if any(row.weight for row in rows):
        right.append(("Weight", "right", tuple(row.weight for row in rows)))
    widest = [width_mm(row.label, style.font_pt, _bold(row)) + _indent(row) for row in rows if row.kind == "study"]
    for label_most, text_most in WIDTHS:
        label_width = min(label_most, max(*widest, LABEL_LEAST))
        left_widths = [_needed(text, text_most, style) for text in texts]
        right_widths = [_needed(text, text_most * 1.4, style) for text in right]
        used = label_width + sum(left_widths) + sum(right_widths) + style.gap_mm * (len(texts) + len(right) + 1)
        room = style.width_mm - 2 * style.margin_mm - used
        if room >= PLOT_LEAST:
            break
    else:
        raise usage(
            f"{len(chosen)} columns leave {max(room, 0):.0f} mm for the plot, which needs {PLOT_LEAST:.0f}",
            "ask for fewer columns, or a wider style",
            "too-many-columns",
        )
    x = style.margin_mm + label_width + style.gap_mm
    fields = []
    for (heading, align, cells), width in zip(texts, left_widths, strict=True):
        fields.append(Field(heading, align, x, width, cells))
        x += width + style.gap_mm
    plot_right = style.width_mm - style.margin_mm - sum(right_widths) - style.gap_mm * len(right)
    plot = (max(x, plot_right - PLOT_MOST), plot_right)
    x = plot_right + style.gap_mm
    for (heading, align, cells), width in zip(right, right_widths, strict=True):
        fields.append(Field(heading, align, x, width, cells))
        x += width + style.gap_mm
    labels = [_label_lines(row, label_width, fields, plot[0], style) for row in rows]
    return fields, labels, plot


def _label_lines(row: Row, width: float, fields: Sequence[Field], plot_left: float, style: Style) -> list[str]:
    """A study's label stays in its column; the label of another row runs over the empty cells beside it."""
    if row.kind == "group":
        width = plot_left - style.margin_mm - style.gap_mm
    elif row.kind != "study":
        counts = next(f for f in fields if f.heading == EVENTS)
        end = counts.x + counts.width - width_mm(row.events_n, style.font_pt, True) if row.events_n else plot_left
        width = max(width, end - style.margin_mm - style.gap_mm)
    return wrapped(row.label, width - _indent(row), style.font_pt, _bold(row))


def _bold(row: Row) -> bool:
    return row.kind in ("group", "pooled")


def _indent(row: Row) -> float:
    return INDENT if row.level else 0.0


def _needed(text: tuple[str, str, tuple[str, ...]], most: float, style: Style) -> float:
    heading, _, cells = text
    longest_cell = max(width_mm(cell, style.font_pt, True) for cell in cells)
    longest_line = max(width_mm(line, style.font_pt, True) for line in heading.split("\n"))
    words = [word for text in (heading, *cells) for word in text.split()]
    longest_word = min(max(width_mm(word, style.font_pt, True) for word in words), WORD_MOST)
    return max(min(max(longest_cell, longest_line), most), longest_word)


def _heading(head: _Cursor, result: Pooled | Subgroups, style: Style) -> None:
    width = style.width_mm - 2 * style.margin_mm
    pooled = result.overall if isinstance(result, Subgroups) else result
    head.paragraph(title(pooled), style.margin_mm, width, style.title_pt, style.ink, bold=True)
    for line in subtitle(pooled):
        head.paragraph(line, style.margin_mm, width, style.font_pt, style.muted)
    banner = pooled.context.banner if pooled.context else None
    if banner:
        head.y += 1.2
        top = head.y
        head.y += 0.6
        head.paragraph(banner, style.margin_mm + 2.5, width - 4, style.font_pt, style.accent, bold=True)
        head.y += 1.0
        bar = rectangle(style.margin_mm, top, style.margin_mm + 1.0, head.y)
        head.shapes.append(Shape(bar, style.accent, role="banner"))
    head.y += 2.0


def _column_heads(head: _Cursor, fields: Sequence[Field], plot: tuple[float, float], style: Style) -> None:
    wrapped_heads = [wrapped(f.heading, f.width + 0.01, style.font_pt, True) for f in fields]
    deepest = max(len(lines) for lines in wrapped_heads)
    bottom = head.y + deepest * style.line_mm
    head.texts.append(Text(style.margin_mm, bottom - 0.8, "Study", style.font_pt, style.ink, bold=True))
    for f, lines in zip(fields, wrapped_heads, strict=True):
        for i, line in enumerate(lines):
            y = bottom - 0.8 - (len(lines) - 1 - i) * style.line_mm
            head.texts.append(_cell_text(f, line, y, style, bold=True))
    head.y = bottom + 0.6
    rule = Line(style.margin_mm, head.y, style.width_mm - style.margin_mm, head.y, style.ink, 0.7)
    head.lines.append(rule)
    head.y += 0.6


def _cell_text(f: Field, text: str, y: float, style: Style, bold: bool = False) -> Text:
    if f.align == "right":
        return Text(f.x + f.width, y, text, style.font_pt, style.ink, "right", bold)
    return Text(f.x, y, text, style.font_pt, style.ink, "left", bold)


def _row_height(row: Row, index: int, labels: list[list[str]], fields: Sequence[Field], style: Style) -> float:
    if row.kind == "gap":
        return 0.5 * style.line_mm
    deepest = max([len(labels[index]), *(len(_cell_lines(f, index, style)) for f in fields)])
    return deepest * style.line_mm + 2 * style.row_pad_mm


def _cell_lines(f: Field, index: int, style: Style) -> list[str]:
    return wrapped(f.cells[index], f.width + 0.01, style.font_pt, True)


def _place_rows(
    head: _Cursor,
    rows: Sequence[Row],
    heights: Sequence[float],
    labels: list[list[str]],
    fields: Sequence[Field],
    style: Style,
) -> list[float]:
    """Write the text of every row; returns the rows' middles."""
    middles = []
    striped = False
    for index, (row, height) in enumerate(zip(rows, heights, strict=True)):
        top = head.y
        striped = style.stripes and row.kind == "study" and not striped
        if striped:
            band = rectangle(style.margin_mm, top, style.width_mm - style.margin_mm, top + height)
            head.shapes.append(Shape(band, "#eef2f5", role="stripe"))
        middle = top + 0.5 * height
        middles.append(middle)
        bold, x = _bold(row), style.margin_mm + _indent(row)
        for line, y in _baselines(labels[index], middle, style):
            head.texts.append(Text(x, y, line, style.font_pt, style.ink, bold=bold))
        for f in fields:
            for line, y in _baselines(_cell_lines(f, index, style), middle, style):
                if line:
                    head.texts.append(_cell_text(f, line, y, style, bold))
        head.y = top + height
    return middles


def _baselines(lines: Sequence[str], middle: float, style: Style) -> list[tuple[str, float]]:
    first = middle - 0.5 * style.line_mm * (len(lines) - 1) + 0.36 * style.font_pt * MM_PER_POINT
    return [(line, first + i * style.line_mm) for i, line in enumerate(lines)]


def _reference(rows: Sequence[Row]) -> float | None:
    """The overall mean, as a dashed line."""
    overall = [row.span[1] for row in rows if row.kind == "pooled" and row.level == 0 and row.span]
    return overall[0] if overall else None


def _axis(
    head: _Cursor, plot: tuple[float, float], top: float, bottom: float, reference: float | None, style: Style
) -> None:
    left, right = plot
    grid = [Line(left + t * (right - left), top, left + t * (right - left), bottom, style.faint, 0.4) for t in TICKS]
    head.lines[:0] = grid
    if reference is not None:
        x = left + reference * (right - left)
        head.lines.append(Line(x, top, x, bottom, style.pooled, 0.5, dashed=True))
    head.lines.append(Line(left, bottom, right, bottom, style.ink, 0.7))
    for t in TICKS:
        x = left + t * (right - left)
        head.lines.append(Line(x, bottom, x, bottom + 0.9, style.ink, 0.7))
        label = f"{100 * t:.0f}"
        head.texts.append(Text(x, bottom + 0.9 + style.line_mm * 0.9, label, style.note_pt, style.ink, "center"))
    head.y = bottom + 0.9 + style.line_mm * 1.1
    head.texts.append(Text(0.5 * (left + right), head.y + 2.0, "Percent", style.note_pt, style.muted, "center"))
    head.y += 3.0


def _marks(
    head: _Cursor, rows: Sequence[Row], middles: Sequence[float], plot: tuple[float, float], style: Style
) -> None:
    largest = max((row.n for row in rows if row.kind == "study"), default=1)

    def at(proportion: float) -> float:
        return plot[0] + proportion * (plot[1] - plot[0])

    for row, y in zip(rows, middles, strict=True):
        if row.span is None:
            continue
        low, middle, high = (at(value) for value in row.span)
        if row.kind in ("pooled", "median"):
            fill = style.pooled if row.kind == "pooled" else "white"
            points = diamond(low, middle, high, y, 1.3 if row.kind == "pooled" else 1.0)
            head.shapes.append(Shape(points, fill, style.pooled, 0.7, row.kind))
        elif row.kind == "prediction":
            head.shapes.append(Shape(rectangle(low, y - 0.55, high, y + 0.55), style.pooled, None, 0, "prediction"))
        else:
            head.lines.append(Line(low, y, high, y, style.study, 0.8))
            side = max(style.marker_min_mm, style.marker_mm * (row.n / largest) ** 0.5) if row.kind == "study" else 1.8
            box = rectangle(middle - side / 2, y - side / 2, middle + side / 2, y + side / 2)
            fill = style.study if row.kind == "study" else "white"
            head.shapes.append(Shape(box, fill, style.study, 0.7, row.kind))


def _feet(head: _Cursor, result: Pooled | Subgroups, chosen: Sequence[Column], style: Style) -> None:
    width = style.width_mm - 2 * style.margin_mm
    head.y += 1.0
    for line in footnotes(result):
        head.paragraph(line, style.margin_mm, width, style.note_pt, style.muted)
        head.y += 0.5
