"""Rows of a figure of changes: words on the left, a place on an axis of proportions, words in columns on the right.

Where that leaves the axis no room, as in one column of a journal, the words stand above the place of their row.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .grid import baselines
from .page import Line, Shape, Text, rectangle
from .pen import Pen
from .plot import Plot, below_axis, thinned
from .scales import Scale
from .style import Style
from .text import width_mm, wrapped

#: Widest words on the left as a share of the page, and least width of the axis in mm.
LABEL_SHARE, AXIS_LEAST = 0.4, 18.0
#: Width of an axis in mm below which words stand above it.
NARROW = 40.0
#: Room between two columns in mm.
GAP = 2.5


@dataclass(frozen=True, slots=True)
class RowWords:
    """Words of one row.

    Attributes:
        label: On the left. detail: Below it, muted. right: In the columns on the right. bold: Whether it is an end.
    """

    label: str
    detail: str
    right: tuple[str, ...]
    bold: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """Where the columns stand, in mm.

    Attributes:
        label: Width of the words on the left. axis: Its left and right end. right: Right end of each column.
        widths: Of the columns on the right. above: Whether the words stand above the place of their row.
    """

    label: float
    axis: tuple[float, float]
    right: tuple[float, ...]
    widths: tuple[float, ...]
    above: bool = False


def frame_of(rows: Sequence[RowWords], heads: Sequence[str], style: Style) -> Frame:
    """Columns as wide as their words; words on the left take more lines where they are long."""
    widths = []
    for column, head in enumerate(heads):
        words = [width_mm(row.right[column], style.font_pt, row.bold) for row in rows]
        title = max(width_mm(word, style.note_pt) for word in head.split("\n"))
        widths.append(max([*words, title]) + 0.1)
    end = style.width_mm - style.margin_mm
    right: list[float] = []
    for width in reversed(widths):
        right.insert(0, end)
        end -= width + GAP
    room = end - style.margin_mm
    widest = max(max(width_mm(row.label, style.font_pt, row.bold), width_mm(row.detail, style.note_pt)) for row in rows)
    label = min(widest + 0.1, LABEL_SHARE * style.width_mm, room - AXIS_LEAST - GAP)
    left = style.margin_mm + label + GAP + 1.0
    if end - 1.0 - left >= NARROW:
        return Frame(label, (left, end - 1.0), tuple(right), tuple(widths))
    whole = style.width_mm - 2 * style.margin_mm
    return Frame(whole, (style.margin_mm + 1.0, end - 1.0), tuple(right), tuple(widths), above=True)


def write_heads(pen: Pen, frame: Frame, first: str, heads: Sequence[str]) -> None:
    """Headings of the columns, in as many lines as the longest has."""
    style = pen.style
    titles = [head.split("\n") for head in heads]
    lines = max(len(title) for title in titles)
    bottom = pen.y + lines * style.line_mm
    pen.texts.append(Text(style.margin_mm, bottom - 0.8, first, style.note_pt, style.muted))
    for title, x in zip(titles, frame.right, strict=True):
        for i, words in enumerate(reversed(title)):
            pen.texts.append(Text(x, bottom - 0.8 - i * style.line_mm, words, style.note_pt, style.muted, "right"))
    pen.y = bottom
    pen.lines.append(Line(style.margin_mm, pen.y, style.width_mm - style.margin_mm, pen.y, style.muted, 0.4))
    pen.y += 0.6


def write_row(pen: Pen, frame: Frame, row: RowWords, small: Sequence[int] = ()) -> float:
    """Write the words of a row; returns its middle.

    Args:
        pen: Where. frame: Columns. row: Its words. small: Columns on the right that stand back.
    """
    style = pen.style
    label = wrapped(row.label, frame.label, style.font_pt, row.bold)
    detail = wrapped(row.detail, frame.label, style.note_pt) if row.detail else []
    top = pen.y + style.row_pad_mm
    words_of_row = [(words, style.font_pt, style.ink, row.bold) for words in label]
    words_of_row += [(words, style.note_pt, style.muted, False) for words in detail]
    for i, (words, size, colour, bold) in enumerate(words_of_row):
        place = top + (i + 0.75) * style.line_mm
        pen.texts.append(Text(style.margin_mm, place, words, size, colour, bold=bold))
        if frame.above:
            _clear(pen, top + i * style.line_mm, width_mm(words, size, bold))
    height = (len(words_of_row) + int(frame.above)) * style.line_mm
    middle = top + (height - 0.5 * style.line_mm if frame.above else 0.5 * height)
    for i, (words, x) in enumerate(zip(row.right, frame.right, strict=True)):
        size, colour = (style.note_pt, style.muted) if i in small else (style.font_pt, style.ink)
        ((_, y),) = baselines([words], middle, style.line_mm, size)
        pen.texts.append(Text(x, y, words, size, colour, "right", bold=row.bold and i not in small))
    pen.y = top + height + style.row_pad_mm
    return middle


def _clear(pen: Pen, top: float, width: float) -> None:
    """Room for a line of words: neither grid nor guide runs through them."""
    left = pen.style.margin_mm
    corners = rectangle(left, top, left + width + 0.5, top + pen.style.line_mm)
    pen.shapes.append(Shape(corners, "white", role="room"))


def write_axis(pen: Pen, frame: Frame, top: float, scale: Scale, name: str) -> Plot:
    """The axis below the rows, with its grid behind them."""
    style = pen.style
    plot = Plot(*frame.axis, top, pen.y, scale, Scale(0.0, 1.0))
    if all(words.endswith(".0") for _, words in thinned(plot, style)):
        whole = tuple((value, words.removesuffix(".0")) for value, words in scale.ticks)
        plot = replace(plot, x=replace(scale, ticks=whole))
    for value, _ in plot.x.ticks:
        at = plot.at_x(value)
        pen.lines.insert(0, Line(at, plot.top, at, plot.bottom, style.faint, 0.4))
    pen.lines.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, style.ink, 0.7))
    below_axis(pen, plot, name, thin=True)
    pen.breaks.foot(plot.bottom, pen.y)
    return plot
