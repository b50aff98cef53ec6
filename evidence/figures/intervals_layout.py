"""Rows of estimates with limits: words, the axis, the numbers; every row has its line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import floor, log10

from .. import display
from ..errors import usage
from ..sensitivity.pictures import IntervalRow, Intervals
from .forest_fields import Align, Field, cell_lines, sized
from .forest_heads import baselines, cell_text, column_heads
from .marks import lighter
from .page import Line, Shape, Stroke, Text, diamond, rectangle
from .pen import Pen
from .picture_words import numbered_remarks, remark_words
from .plot import Plot, below_axis
from .scales import Scale, reach, scale_of, whole_proportion
from .style import NARROW_MM, Style
from .text import width_mm, wrapped

#: Widest label, widest further column and least axis in mm, tried from generous to tight until all have room.
TRIES = ((64.0, 34.0, 58.0), (54.0, 28.0, 48.0), (46.0, 22.0, 42.0), (38.0, 18.0, 36.0), (30.0, 14.0, 32.0))
#: The same on a narrow page, and for rows whose further words are one text.
NARROW = ((34.0, 16.0, 26.0), (28.0, 13.0, 22.0), (24.0, 11.0, 18.0))
TOGETHER = ((46.0, 78.0, 32.0), (34.0, 70.0, 30.0))
TOGETHER_NARROW = ((30.0, 30.0, 22.0), (24.0, 24.0, 18.0), (20.0, 20.0, 14.0))
AXIS_MOST = 95.0
#: Heading where the further words of a row are one text.
JOINED = ("",)
#: Side of an estimate's square, half the height of the analysis' diamond, length of an arrow's head, all in mm.
SIDE, HALF, HEAD = 1.5, 1.25, 1.3


@dataclass(frozen=True, slots=True)
class PlacedRows:
    """Rows of estimates on the page.

    Attributes:
        rows: As in the picture. y: Middle of each in mm from the top. plot: The axis.
    """

    rows: tuple[IntervalRow, ...]
    y: tuple[float, ...]
    plot: Plot


@dataclass(frozen=True, slots=True)
class Columns:
    """Labels and their width, columns left and right of the axis, ends of the axis, all in mm; whether limits in
    numbers found no room.
    """

    labels: tuple[str, ...]
    label: float
    left: tuple[Field, ...]
    right: tuple[Field, ...]
    axis: tuple[float, float]
    without_limits: bool = False


def intervals_layout(pen: Pen, picture: Intervals, columns: Columns | None = None) -> PlacedRows:
    """Draw the rows; the pen then stands below them. ``columns`` are those that pictures below each other share."""
    style = pen.style
    _, remarks = numbered_remarks(picture.rows)
    columns = columns or columns_of([picture], style)[0]
    pen.y += 1.0
    head = pen.y
    column_heads(pen, [*columns.left, *columns.right], style, ())
    top = pen.y
    pen.breaks.heads(head, top)
    middles = _write_rows(pen, picture, columns)
    plot = Plot(*columns.axis, top, pen.y, axis_of(picture), Scale(0.0, 1.0))
    _axis(pen, plot, picture)
    pen.breaks.foot(plot.bottom, pen.y)
    for row, y in zip(picture.rows, middles, strict=True):
        _draw(pen, plot, row, y)
    narrow = ["Left out, as the page is too narrow: the limits in numbers."] if columns.without_limits else []
    pen.feet([*_words(picture), *remarks, *([picture.remark] if picture.remark else []), *narrow])
    return PlacedRows(picture.rows, tuple(middles), plot)


def axis_of(picture: Intervals) -> Scale:
    """From 0 to 100 %, or as far as the estimates and their limits reach."""
    if picture.proportion:
        return whole_proportion()
    rows = picture.rows
    values, limits = [row.estimate for row in rows], [v for row in rows for v in (row.lower, row.upper)]
    if picture.ratio:
        held = reach(*([log10(v) for v in side if v is not None and v > 0] for side in (values, limits)))
        found = scale_of([*(10**v for v in held), picture.reference], log=True)
        return replace(found, ticks=tuple((v, w if 1e-4 <= v <= 1e5 else f"{v:.0e}") for v, w in found.ticks))
    return scale_of([*reach(values, limits), picture.reference])


def value_words(value: float | None, picture: Intervals) -> str:
    """An estimate as it is printed."""
    if value is None:
        return display.DASH
    if picture.proportion:
        return display.percent(value).removesuffix(" %")
    if picture.ratio:
        return display.ratio(value)
    return display.number(value, digits_of(picture))


def digits_of(picture: Intervals) -> int:
    """Decimals that show three digits of the largest estimate, the same in every row."""
    largest = max((abs(row.estimate) for row in picture.rows if row.estimate and not row.beyond), default=1.0)
    return min(max(2 - floor(log10(largest)), 0), 8)


def limit_words(row: IntervalRow, picture: Intervals) -> str:
    """``13 to 60``; an open side says so; empty where there are none."""
    if row.estimate is None or (row.lower is None and row.upper is None):
        return ""
    low, high = ("no limit" if v is None else value_words(v, picture) for v in (row.lower, row.upper))
    return f"{low} to {high}"


def columns_of(pictures: Sequence[Intervals], style: Style) -> list[Columns]:
    """The columns of pictures with the same headings, at the same places for all of them."""
    rows = tuple(row for picture in pictures for row in picture.rows)
    labels = [
        f"{row.label} {letter}".rstrip()
        for picture in pictures
        for row, letter in zip(picture.rows, numbered_remarks(picture.rows)[0], strict=True)
    ]
    whole = _columns(replace(pictures[0], rows=rows), labels, style)
    found, first = [], 0
    for picture in pictures:
        own = slice(first, first + len(picture.rows))
        left, right = ([replace(f, cells=f.cells[own]) for f in side] for side in (whole.left, whole.right))
        found.append(replace(whole, labels=whole.labels[own], left=tuple(left), right=tuple(right)))
        first = own.stop
    return found


def _columns(picture: Intervals, labels: Sequence[str], style: Style) -> Columns:
    """Columns as wide as there is room: first as they are, then words in one column, then limits by their line only."""
    for limits in (True, False):
        for given in (picture, replace(picture, rows=_joined(picture), heads=JOINED)):
            if found := _fitted(given, labels, style, limits):
                return replace(found, without_limits=not limits)
    found_no_room = f"rows of estimates don't fit a page of {style.width_mm:g} mm"
    raise usage(found_no_room, "take a wider one", "too-narrow")


def _fitted(picture: Intervals, labels: Sequence[str], style: Style, limits: bool) -> Columns | None:
    """The columns, or None where the axis would have no room."""
    rows = picture.rows
    left = [
        Field(_capital(head), _align(cells), cells, wraps=True)
        for head, cells in zip(picture.heads, zip(*(row.cells for row in rows), strict=True), strict=True)
    ]
    right = [
        Field(
            _value_head(picture),
            "right",
            tuple(value_words(None if row.beyond else row.estimate, picture) for row in rows),
        )
    ]
    if limits and any(limit_words(row, picture) for row in rows):
        right.append(Field("Limits", "range", tuple(limit_words(row, picture) for row in rows)))
    right = [sized(f, 30.0, style) for f in right]
    room = style.width_mm - 2 * style.margin_mm - sum(f.width + style.gap_mm for f in right)
    widths = [width_mm(label, style.font_pt, row.primary) for label, row in zip(labels, rows, strict=True)]
    wanted = max(widths) + 0.01
    joined, narrow = picture.heads == JOINED, style.width_mm < NARROW_MM
    tries = ((TOGETHER if joined else TRIES), (TOGETHER_NARROW if joined else NARROW))[narrow]
    for label_most, cell_most, axis_least in tries:
        fitted = [sized(f, cell_most, style) for f in left]
        label = min(wanted, label_most)
        axis = room - label - sum(f.width + style.gap_mm for f in fitted) - style.gap_mm
        if axis >= axis_least:
            return _placed(labels, min(wanted, label + axis - axis_least), (fitted, right), style)
    return None


def _capital(head: str) -> str:
    """A heading begins with a capital, a symbol does not."""
    return head if head.startswith("tau") else head[:1].upper() + head[1:]


def _value_head(picture: Intervals) -> str:
    return "Percent" if picture.proportion else _capital(picture.axis) if picture.ratio else "Value"


def _align(cells: Sequence[str]) -> Align:
    numbers = all(not cell.strip("0123456789./,-–<>% ") for cell in cells)
    return "right" if numbers else "left"


def _joined(picture: Intervals) -> tuple[IntervalRow, ...]:
    """Rows whose further words are one: where they are too many for columns."""
    return tuple(
        replace(
            row, cells=("; ".join(f"{h}: {c}" if h else c for h, c in zip(picture.heads, row.cells, strict=True) if c),)
        )
        for row in picture.rows
    )


def _placed(
    labels: Sequence[str], label: float, sides: tuple[Sequence[Field], Sequence[Field]], style: Style
) -> Columns:
    left, right = sides
    x = style.margin_mm + label + style.gap_mm
    first = []
    for f in left:
        first.append(replace(f, x=x))
        x += f.width + style.gap_mm
    end = style.width_mm - style.margin_mm - sum(f.width + style.gap_mm for f in right)
    axis = (max(x, end - AXIS_MOST), end)
    last, x = [], end + style.gap_mm
    for f in right:
        last.append(replace(f, x=x))
        x += f.width + style.gap_mm
    return Columns(tuple(labels), label, tuple(first), tuple(last), axis)


def _write_rows(pen: Pen, picture: Intervals, columns: Columns) -> list[float]:
    """Write the words of every row; returns the rows' middles."""
    style, middles = pen.style, []
    fields = (*columns.left, *columns.right)
    for i, row in enumerate(picture.rows):
        words = wrapped(columns.labels[i], columns.label, style.font_pt, row.primary)
        cells = [cell_lines(f, i, style) for f in fields]
        said = _instead(row, columns.axis, style)
        lines = max(len(words), len(said), *(len(cell) for cell in cells))
        top = pen.y
        pen.y += lines * style.line_mm + 2 * style.row_pad_mm
        middle = 0.5 * (top + pen.y)
        middles.append(middle)
        pen.breaks.row(pen.y)
        if row.primary:
            band = rectangle(style.margin_mm - 1.0, top, style.width_mm - style.margin_mm + 1.0, pen.y)
            pen.shapes.append(Shape(band, lighter(style.pooled, 0.88), role="stripe"))
        for line, y in baselines(words, middle, style):
            pen.texts.append(Text(style.margin_mm, y, line, style.font_pt, style.ink, bold=row.primary))
        for f, lines_of in zip(fields, cells, strict=True):
            pen.texts += [cell_text(f, line, y, style, row.primary) for line, y in baselines(lines_of, middle, style)]
        for line, y in baselines(said, middle, style):
            pen.texts.append(Text(columns.axis[0] + 1.0, y, line, style.note_pt, style.muted, italic=True))
    return middles


def _instead(row: IntervalRow, axis: tuple[float, float], style: Style) -> list[str]:
    """Where there is no estimate: why, in the place of its mark."""
    if row.estimate is not None:
        return []
    words = remark_words(row.remark) if row.remark else "not defined"
    # Slanted letters are a little wider than those that are measured.
    return wrapped(words, (axis[1] - axis[0] - 2.0) * 0.96, style.note_pt)


def _axis(pen: Pen, plot: Plot, picture: Intervals) -> None:
    style = pen.style
    for value, _ in plot.x.ticks:
        at = plot.at_x(value)
        pen.lines.insert(0, Line(at, plot.top, at, plot.bottom, style.faint, 0.4))
    pen.lines.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, style.ink, 0.7))
    if picture.reference is not None:
        at = plot.at_x(picture.reference)
        pen.strokes.append(Stroke(((at, plot.top), (at, plot.bottom)), style.pooled, 0.6, (4, 2.5)))
    unit = ", %" if picture.proportion else ", logarithmic axis" if picture.ratio else ""
    below_axis(pen, plot, f"{picture.axis}{unit}")


def _draw(pen: Pen, plot: Plot, row: IntervalRow, y: float) -> None:
    """The line between the limits, with arrows where it goes on, and the mark of the estimate."""
    if row.estimate is None:
        return
    style = pen.style
    colour = style.pooled if row.primary else style.study
    if row.lower is not None or row.upper is not None:
        left = _end(pen, plot, row.lower, -1, (y, colour))
        right = _end(pen, plot, row.upper, 1, (y, colour))
        pen.lines.append(Line(left, y, right, y, colour, 1.0 if row.primary else 0.8))
    x = plot.at_x(row.estimate)
    if row.primary:
        points = diamond(x - 1.3 * HALF, x, x + 1.3 * HALF, y, HALF)
        pen.shapes.append(Shape(points, colour, colour, 0.7, "primary"))
    else:
        half = SIDE / 2
        pen.shapes.append(Shape(rectangle(x - half, y - half, x + half, y + half), colour, colour, 0.7, "estimate"))


def _end(pen: Pen, plot: Plot, limit: float | None, side: int, look: tuple[float, str]) -> float:
    """Where the line ends: at its limit, or with an arrow at the end of the axis."""
    if limit is not None and plot.x.holds(limit):
        return plot.at_x(limit)
    y, colour = look
    end = plot.right if side > 0 else plot.left
    head = ((end, y), (end - side * HEAD, y - 0.6), (end - side * HEAD, y + 0.6))
    pen.shapes.append(Shape(head, colour, colour, 0.2, "arrow"))
    return end - side * HEAD


def _words(picture: Intervals) -> list[str]:
    marks = []
    if any(row.primary for row in picture.rows):
        marks.append("Diamond: the analysis itself; squares: its variations.")
    axis = axis_of(picture)
    there = [row for row in picture.rows if row.estimate is not None]
    if any((row.lower is None) != (row.upper is None) for row in there):
        marks.append("Arrow without a limit beside it: no limit on that side.")
    if any(v is not None and not axis.holds(v) for row in there for v in (row.lower, row.upper)):
        marks.append("Arrow with a limit beside it: the limit lies beyond the axis.")
    if picture.reference is not None:
        own = [row.estimate for row in picture.rows if row.primary]
        reference = picture.reference
        value = display.percent(reference) if picture.proportion else display.significant(reference)
        marks.append("Dashed line: the analysis itself." if picture.reference in own else f"Dashed line: {value}.")
    return [" ".join(marks)] if marks else []
