"""The columns of a forest plot across the page: text fields left and right of the axis, and labels that fit theirs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from ..columns import Column
from ..errors import usage
from .forest_rows import Row
from .style import Style
from .text import width_mm, wrapped

#: Widest label, widest further column and least axis in mm, tried from generous to tight until all have room.
TRIES = (
    (78.0, 40.0, 64.0),
    (70.0, 34.0, 54.0),
    (62.0, 30.0, 48.0),
    (54.0, 26.0, 42.0),
    (46.0, 22.0, 38.0),
    (38.0, 18.0, 34.0),
    (28.0, 15.0, 34.0),
)
AXIS_MOST = 95.0
#: Room for the rows below the studies, however short the studies' labels are.
LABEL_LEAST = 28.0
#: A longer word is broken.
WORD_MOST = 30.0
INDENT = 2.5
#: Stands between the two numbers of a range and is aligned from row to row.
TO = " to "

Align = Literal["left", "right", "range"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of text on the page.

    Attributes:
        heading: Above it. align: left, right, or range (``13 to 60``, the ``to`` of all rows in one line).
        cells: Text of each row.
        x, width: Left side and width in mm. split: Where the ``to`` of a range begins, from x.
        wraps: Whether long cells are broken into lines.
    """

    heading: str
    align: Align
    cells: tuple[str, ...]
    x: float = 0.0
    width: float = 0.0
    split: float = 0.0
    wraps: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """All columns placed: the fields, the lines of each row's label, and the ends of the axis in mm."""

    fields: tuple[Field, ...]
    labels: tuple[tuple[str, ...], ...]
    axis: tuple[float, float]


def place_fields(rows: Sequence[Row], chosen: Sequence[Column], level: str, style: Style) -> Fields:
    """Share the page's width between labels, columns and axis.

    Raises:
        UsageError: too many columns for the page's width.
    """
    left = [Field(c.heading, c.align, tuple(row.cells[i] for row in rows), wraps=True) for i, c in enumerate(chosen)]
    left.append(Field("Events/n", "right", tuple(row.events_n for row in rows)))
    right = [
        Field("Percent", "right", tuple(row.estimate for row in rows)),
        Field(f"{level} CI", "range", tuple(row.limits for row in rows)),
    ]
    if any(row.weight for row in rows):
        right.append(Field("Weight", "right", tuple(row.weight for row in rows)))
    right = [sized(f, WORD_MOST, style) for f in right]
    room = style.width_mm - 2 * style.margin_mm - _breadth(right, style)
    for label_most, text_most, axis_least in TRIES:
        left = [sized(f, text_most, style) for f in left]
        wanted = _label_wanted(rows, left, style)
        label = min(label_most, wanted)
        axis = room - label - _breadth(left, style) - style.gap_mm
        if axis >= axis_least:
            label = min(wanted, label + axis - axis_least)
            break
    else:
        raise usage(
            f"{len(chosen)} columns leave {max(axis, 0):.1f} mm for the axis, which needs {axis_least:.0f}",
            "ask for fewer columns, or a wider style",
            "too-many-columns",
        )
    return _placed(rows, left, right, label, style)


def _breadth(fields: Sequence[Field], style: Style) -> float:
    return sum(f.width + style.gap_mm for f in fields)


def _placed(rows: Sequence[Row], left: list[Field], right: list[Field], label: float, style: Style) -> Fields:
    x = style.margin_mm + label + style.gap_mm
    placed = []
    for f in left:
        placed.append(replace(f, x=x))
        x += f.width + style.gap_mm
    counts = placed[-1]
    end = style.width_mm - style.margin_mm - _breadth(right, style)
    axis = (max(x, end - AXIS_MOST), end)
    x = end + style.gap_mm
    for f in right:
        placed.append(replace(f, x=x))
        x += f.width + style.gap_mm
    labels = tuple(tuple(_label_lines(row, label, counts, axis[0], style)) for row in rows)
    return Fields(tuple(placed), labels, axis)


def sized(f: Field, most: float, style: Style) -> Field:
    """The field with its width: that of its widest cell up to ``most``, and never less than its longest word."""
    if f.align == "range":
        return _sized_range(f, style)

    def width(text: str) -> float:
        return width_mm(text, style.font_pt, bold=True)

    widest = max(width(text) for text in (f.heading, *f.cells))
    if not f.wraps:
        return replace(f, width=widest)
    word = min(max(width(word) for text in (f.heading, *f.cells) for word in text.split() or [""]), WORD_MOST)
    room = max(min(widest, most), word) + 0.01
    lines = [line for text in {f.heading, *f.cells} for line in wrapped(text, room, style.font_pt, True)]
    return replace(f, width=max(width(line) for line in lines))


def _sized_range(f: Field, style: Style) -> Field:
    halves = [cell.partition(TO) for cell in f.cells]
    before = max(width_mm(low, style.font_pt, bold=True) for low, _, _ in halves)
    after = max(width_mm(to + high, style.font_pt, bold=True) for _, to, high in halves)
    heading = width_mm(f.heading, style.font_pt, bold=True)
    width = max(before + after, heading)
    return replace(f, width=width, split=before + 0.5 * (width - before - after))


def _label_wanted(rows: Sequence[Row], left: Sequence[Field], style: Style) -> float:
    """Width at which no label is broken. Rows that aren't studies may run on over their empty cells."""
    empty = sum(f.width + style.gap_mm for f in left[:-1])
    studies = [_label_width(row, style) for row in rows if row.kind == "study"]
    others = [_label_width(row, style) - empty for row in rows if row.kind not in ("study", "group")]
    return max([*studies, *others, LABEL_LEAST])


def _label_width(row: Row, style: Style) -> float:
    return width_mm(row.label, style.font_pt, is_bold(row)) + indent(row) + 0.01


def _label_lines(row: Row, width: float, counts: Field, axis_left: float, style: Style) -> list[str]:
    """A study's label stays in its column; the label of another row runs over the empty cells beside it."""
    if row.kind == "group":
        width = axis_left - style.margin_mm - style.gap_mm
    elif row.kind != "study":
        end = counts.x + counts.width - width_mm(row.events_n, style.font_pt, True) if row.events_n else axis_left
        width = max(width, end - style.margin_mm - style.gap_mm)
    return wrapped(row.label, width - indent(row), style.font_pt, is_bold(row))


def cell_lines(f: Field, index: int, style: Style) -> list[str]:
    """A cell's text in lines that fit its field."""
    return wrapped(f.cells[index], f.width + 0.01, style.font_pt, True) if f.wraps else [f.cells[index]]


def is_bold(row: Row) -> bool:
    """Headings and pooled rows."""
    return row.kind in ("group", "pooled")


def indent(row: Row) -> float:
    """Rows of a group stand in a little."""
    return INDENT if row.level else 0.0
