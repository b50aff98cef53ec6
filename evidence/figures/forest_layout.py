"""Where everything of a forest plot stands on its page. Pure: a result in, millimetres and strings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..columns import Column, column
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from .forest_fields import TO, Field, Fields, cell_lines, indent, is_bold, place_fields
from .forest_rows import Row, forest_rows
from .forest_words import alt_text, axis_title, footnotes, level_text, overall_of, subtitle, title
from .page import Line, Page, Shape, Text, diamond, rectangle
from .pen import Pen
from .style import DEFAULT, Style
from .text import MM_PER_POINT, width_mm, wrapped

TICKS = (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
#: Columns that stand in every forest plot: asked for by name, they are not drawn twice.
ALWAYS = ("label", "events_n", "estimate", "ci", "estimate_ci")
#: Half heights in mm of diamonds and of the prediction bar, and side of an open square.
POOLED_HALF, MEDIAN_HALF, PREDICTION_HALF, PART_SIDE = 1.3, 1.0, 0.55, 1.7


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
        return _at(self.plot, proportion)


def layout_forest(
    result: Pooled | Subgroups, columns: Sequence[str | Column] = (), style: Style = DEFAULT
) -> ForestLayout:
    """Place a forest plot.

    Args:
        result: A pooled result, with or without groups.
        columns: Further columns, left of the axis: names, or columns.
        style: Sizes and colours.

    Raises:
        UsageError: an unknown column, or more columns than the page is wide.
    """
    pooled = overall_of(result)
    chosen = _chosen(result, columns)
    rows = forest_rows(result, chosen, style.decimals)
    fields = place_fields(rows, chosen, level_text(pooled), style)
    pen = Pen(style)
    _heading(pen, pooled, style)
    column_heads(pen, fields.fields, style)
    top = pen.y
    middles = _place_rows(pen, rows, fields, style)
    _axis(pen, fields.axis, top, _reference(rows), axis_title(pooled), style)
    _marks(pen, rows, middles, fields.axis, style)
    pen.feet(footnotes(result, rows))
    return ForestLayout(pen.page(), rows, tuple(middles), fields.axis, alt_text(result))


def _chosen(result: Pooled | Subgroups, columns: Sequence[str | Column]) -> list[Column]:
    """The further columns, each once; no column of weights where the model has none, as they have their own place."""
    found = [column(wanted, result) if isinstance(wanted, str) else wanted for wanted in columns]
    own = {study_column for study in overall_of(result).studies for study_column in study.columns}
    skipped = {*ALWAYS, *({"weight"} - own)}
    return list({chosen.name: chosen for chosen in found if chosen.name not in skipped}.values())


def _heading(pen: Pen, pooled: Pooled, style: Style) -> None:
    width = style.width_mm - 2 * style.margin_mm
    pen.title(title(pooled))
    for line in subtitle(pooled):
        pen.paragraph(line, style.margin_mm, width, style.font_pt, style.muted)
    if pooled.context is not None and pooled.context.banner:
        pen.banner(pooled.context.banner)
    pen.y += 2.0


def column_heads(pen: Pen, fields: Sequence[Field], style: Style, first: str = "Study") -> None:
    """Headings of the columns, ``first`` over the labels, and a line below them."""
    heads = [wrapped(f.heading, f.width + 0.01, style.font_pt, True) for f in fields]
    bottom = pen.y + max(len(lines) for lines in heads) * style.line_mm
    pen.texts.append(Text(style.margin_mm, bottom - 0.8, first, style.font_pt, style.ink, bold=True))
    for f, lines in zip(fields, heads, strict=True):
        for i, line in enumerate(lines):
            y = bottom - 0.8 - (len(lines) - 1 - i) * style.line_mm
            pen.texts.append(_head_text(f, line, y, style))
    pen.y = bottom + 0.6
    pen.lines.append(Line(style.margin_mm, pen.y, style.width_mm - style.margin_mm, pen.y, style.ink, 0.7))
    pen.y += 0.6


def _head_text(f: Field, text: str, y: float, style: Style) -> Text:
    if f.align == "range":
        return Text(f.x + 0.5 * f.width, y, text, style.font_pt, style.ink, "center", True)
    return cell_text(f, text, y, style, True)


def cell_text(f: Field, text: str, y: float, style: Style, bold: bool) -> Text:
    """One line of a cell in its column."""
    if f.align == "right":
        return Text(f.x + f.width, y, text, style.font_pt, style.ink, "right", bold)
    if f.align == "range":
        before = width_mm(text.partition(TO)[0], style.font_pt, bold)
        return Text(f.x + f.split - before, y, text, style.font_pt, style.ink, "left", bold)
    return Text(f.x, y, text, style.font_pt, style.ink, "left", bold)


def _place_rows(pen: Pen, rows: Sequence[Row], fields: Fields, style: Style) -> list[float]:
    """Write the text of every row; returns the rows' middles."""
    middles = []
    striped = False
    for index, row in enumerate(rows):
        cells = [cell_lines(f, index, style) for f in fields.fields]
        height = _row_height(row, [fields.labels[index], *cells], style)
        top, middle = pen.y, pen.y + 0.5 * height
        middles.append(middle)
        pen.y += height
        striped = style.stripe is not None and row.kind == "study" and not striped
        if striped:
            band = rectangle(style.margin_mm, top, style.width_mm - style.margin_mm, pen.y)
            pen.shapes.append(Shape(band, style.stripe, role="stripe"))
        if row.kind == "rule":
            pen.lines.append(Line(style.margin_mm, middle, style.width_mm - style.margin_mm, middle, style.ink, 0.4))
        bold, x = is_bold(row), style.margin_mm + indent(row)
        for line, y in baselines(fields.labels[index], middle, style):
            pen.texts.append(Text(x, y, line, style.font_pt, style.ink, bold=bold))
        for f, lines in zip(fields.fields, cells, strict=True):
            pen.texts += [cell_text(f, line, y, style, bold) for line, y in baselines(lines, middle, style)]
    return middles


def _row_height(row: Row, cells: Sequence[Sequence[str]], style: Style) -> float:
    if row.kind in ("gap", "rule"):
        return 0.5 * style.line_mm
    return max(len(lines) for lines in cells) * style.line_mm + 2 * style.row_pad_mm


def baselines(lines: Sequence[str], middle: float, style: Style) -> list[tuple[str, float]]:
    """The lines of a cell and their baselines around the middle of a row."""
    first = middle - 0.5 * style.line_mm * (len(lines) - 1) + 0.36 * style.font_pt * MM_PER_POINT
    return [(line, first + i * style.line_mm) for i, line in enumerate(lines) if line]


def _reference(rows: Sequence[Row]) -> float | None:
    """The overall diamond, as a dashed line."""
    overall = [row.span[1] for row in rows if row.kind == "pooled" and row.level == 0 and row.span]
    return overall[0] if overall else None


def _at(axis: tuple[float, float], proportion: float) -> float:
    return axis[0] + proportion * (axis[1] - axis[0])


def _axis(pen: Pen, axis: tuple[float, float], top: float, reference: float | None, caption: str, style: Style) -> None:
    """Grid, dashed line, ticks and caption, below the rows."""
    bottom, places = pen.y, [_at(axis, tick) for tick in TICKS]
    pen.lines[:0] = [Line(x, top, x, bottom, style.faint, 0.4) for x in places]
    if reference is not None:
        x = _at(axis, reference)
        pen.lines.append(Line(x, top, x, bottom, style.pooled, 0.5, dashed=True))
    pen.lines.append(Line(axis[0], bottom, axis[1], bottom, style.ink, 0.7))
    for tick, x in zip(TICKS, places, strict=True):
        pen.lines.append(Line(x, bottom, x, bottom + 0.9, style.ink, 0.7))
        pen.texts.append(Text(x, bottom + 3.8, f"{100 * tick:.0f}", style.note_pt, style.ink, "center"))
    pen.texts.append(Text(0.5 * sum(axis), bottom + 7.1, caption, style.note_pt, style.muted, "center"))
    pen.y = bottom + 8.0


def _marks(pen: Pen, rows: Sequence[Row], middles: Sequence[float], axis: tuple[float, float], style: Style) -> None:
    largest = max((row.n for row in rows if row.kind == "study"), default=1)
    for row, y in zip(rows, middles, strict=True):
        if row.span is None:
            continue
        low, middle, high = (_at(axis, value) for value in row.span)
        if row.kind in ("study", "part"):
            pen.lines.append(Line(low, y, high, y, style.study, 0.8))
        pen.shapes.append(_mark(row, (low, middle, high), y, largest, style))


def _mark(row: Row, places: tuple[float, float, float], y: float, largest: int, style: Style) -> Shape:
    low, middle, high = places
    if row.kind == "pooled":
        return Shape(diamond(low, middle, high, y, POOLED_HALF), style.pooled, style.pooled, 0.7, row.kind)
    if row.kind == "median":
        return Shape(diamond(low, middle, high, y, MEDIAN_HALF), "white", style.pooled, 0.7, row.kind)
    if row.kind == "prediction":
        bar = rectangle(low, y - PREDICTION_HALF, high, y + PREDICTION_HALF)
        return Shape(bar, style.prediction, style.pooled, 0.4, row.kind)
    side = PART_SIDE
    if row.kind == "study":
        side = max(style.marker_min_mm, style.marker_mm * (row.n / largest) ** 0.5)
    box = rectangle(middle - side / 2, y - side / 2, middle + side / 2, y + side / 2)
    return Shape(box, style.study if row.kind == "study" else "white", style.study, 0.7, row.kind)
