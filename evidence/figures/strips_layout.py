"""Several numbers of every row side by side: small axes beside the rows' names, each with its thresholds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..sensitivity.pictures import Intervals, Strip
from .forest_heads import baselines
from .marks import key
from .page import Line, Shape, Stroke, Text, diamond, rectangle, round_shape
from .pen import Pen
from .picture_words import numbered_remarks
from .plot import Plot
from .scales import Scale, linear_ticks, scale_of
from .style import Style
from .text import width_mm, wrapped

#: Least width of an axis, the room between two, and the widest names of rows, in mm.
LEAST, GAP, NAMES = 11.0, 4.5, 44.0
RADIUS, STANDS_OUT = 0.7, 1.0


@dataclass(frozen=True, slots=True)
class PlacedStrips:
    """Strips on the page.

    Attributes:
        strips: As in the picture. plots: The axis of each. y: Middle of each row in mm from the top, for each strip.
    """

    strips: tuple[Strip, ...]
    plots: tuple[Plot, ...]
    y: tuple[tuple[float, ...], ...]


def strips_layout(pen: Pen, picture: Intervals) -> PlacedStrips:
    """Draw the strips, in as many tiers as the page needs; the pen then stands below them."""
    style, strips = pen.style, picture.strips
    letters, remarks = numbered_remarks(picture.rows)
    labels = [f"{row.label} {letters[i]}".rstrip() for i, row in enumerate(picture.rows)]
    names = min(NAMES, max(width_mm(label, style.font_pt, True) for label in labels) + 0.01, 0.34 * pen.width)
    counts = [row.cells[0] if row.cells else "" for row in picture.rows]
    head = picture.heads[0] if picture.heads else ""
    beside = max(width_mm(text, style.font_pt) for text in [*counts, head]) if any(counts) else 0.0
    left = style.margin_mm + names + beside + 2 * style.gap_mm
    room = style.width_mm - style.margin_mm - left
    across = max(1, min(len(strips), int((room + GAP) / (LEAST + GAP))))
    tiers = -(-len(strips) // across)
    across = -(-len(strips) // tiers)
    width = (room - (across - 1) * GAP) / across
    plots: list[Plot] = []
    middles: list[tuple[float, ...]] = []
    for first in range(0, len(strips), across):
        ends = [(left + i * (width + GAP), left + i * (width + GAP) + width) for i in range(across)]
        shown = list(zip(strips[first : first + across], ends, strict=False))
        over = pen.y
        _heads(pen, head, left - style.gap_mm, shown)
        top = pen.y
        pen.breaks.heads(over, top)
        rows = _rows(pen, picture, (labels, counts), (names, left - style.gap_mm))
        placed = [Plot(*end, top, pen.y, axis_of(strip), Scale(0.0, 1.0)) for strip, end in shown]
        for (strip, _), plot in zip(shown, placed, strict=True):
            _strip(pen, plot, strip, rows)
        pen.y += 5.5
        pen.breaks.foot(placed[0].bottom, pen.y)
        plots += placed
        middles += [tuple(rows)] * len(placed)
    _key(pen, strips)
    pen.feet([*remarks, *([picture.remark] if picture.remark else [])])
    return PlacedStrips(strips, tuple(plots), tuple(middles))


def axis_of(strip: Strip) -> Scale:
    """Every value, threshold and the neutral place, with few ticks."""
    factor = 100.0 if strip.proportion else 1.0
    found = scale_of([*strip.values, strip.neutral, *strip.thresholds], pad=0.08)
    low = found.low if strip.least is None else max(found.low, strip.least)
    high = min(found.high, 1.0) if strip.proportion else found.high
    ticks = linear_ticks(factor * low, factor * high, 4)
    return Scale(low, high, ticks=tuple((value / factor, words) for value, words in ticks))


def _heads(pen: Pen, head: str, counts_end: float, shown: Sequence[tuple[Strip, tuple[float, float]]]) -> None:
    """What each strip shows above it, and a line below."""
    style = pen.style
    titles = [wrapped(strip.title, end - start + GAP - 1.5, style.note_pt, True) for strip, (start, end) in shown]
    lines = max(len(title) for title in titles)
    pen.y += 1.5 + lines * style.line_mm
    for title, (_, (start, end)) in zip(titles, shown, strict=True):
        for i, line in enumerate(reversed(title)):
            y = pen.y - 0.8 - i * style.line_mm
            pen.texts.append(Text(0.5 * (start + end), y, line, style.note_pt, style.ink, "center", bold=True))
    pen.texts.append(Text(counts_end, pen.y - 0.8, head, style.note_pt, style.ink, "right", bold=True))
    pen.lines.append(Line(style.margin_mm, pen.y, style.width_mm - style.margin_mm, pen.y, style.ink, 0.7))
    pen.y += 0.6


def _rows(
    pen: Pen, picture: Intervals, words: tuple[Sequence[str], Sequence[str]], places: tuple[float, float]
) -> list[float]:
    """Names and counts of the rows, bold where any number stands out; returns the rows' middles."""
    style, (names, counts_end) = pen.style, places
    middles = []
    for i, (label, count) in enumerate(zip(*words, strict=True)):
        bold = any(strip.beyond(i) for strip in picture.strips)
        lines = wrapped(label, names, style.font_pt, True)
        top = pen.y
        pen.y += len(lines) * style.line_mm + 1.2 * style.row_pad_mm
        middle = 0.5 * (top + pen.y)
        middles.append(middle)
        pen.breaks.row(pen.y)
        for line, y in baselines(lines, middle, style):
            pen.texts.append(Text(style.margin_mm, y, line, style.font_pt, style.ink, bold=bold))
        for line, y in baselines([count], middle, style):
            pen.texts.append(Text(counts_end, y, line, style.font_pt, style.ink, "right"))
    return middles


def _strip(pen: Pen, plot: Plot, strip: Strip, rows: Sequence[float]) -> None:
    """One axis: its grid and thresholds, a line from the neutral place to each value, and its point."""
    style = pen.style
    neutral = plot.at_x(strip.neutral)
    pen.lines.append(Line(neutral, plot.top, neutral, plot.bottom, style.muted, 0.6))
    for threshold in strip.thresholds:
        at = plot.at_x(threshold)
        pen.strokes.append(Stroke(((at, plot.top), (at, plot.bottom)), style.pooled, 0.7, (4, 2.5)))
    for i, (value, y) in enumerate(zip(strip.values, rows, strict=True)):
        if value is None:
            pen.shapes.append(_missing(plot.right, y, style))
            continue
        out = strip.beyond(i)
        colour = style.pooled if out else style.study
        at = plot.at_x(value)
        pen.lines.append(Line(neutral, y, at, y, colour, 0.7))
        corners = diamond(at - 1.5, at, at + 1.5, y, 1.2) if out else round_shape(at, y, RADIUS)
        pen.shapes.append(Shape(corners, colour, colour, 0.4, "flagged" if out else "point"))
    pen.lines.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, style.ink, 0.7))
    ends = -1e9
    for value, words in plot.x.ticks:
        at, half = plot.at_x(value), width_mm(words, style.note_pt) / 2
        pen.lines.append(Line(at, plot.bottom, at, plot.bottom + 0.9, style.ink, 0.7))
        inside = plot.left - GAP / 2 + 0.4 <= at - half and at + half <= plot.right + GAP / 2 - 0.4
        if at - half > ends + 1.0 and inside and at + half <= style.width_mm - style.margin_mm + 2:
            pen.texts.append(Text(at, plot.bottom + 3.8, words, style.note_pt, style.ink, "center"))
            ends = at + half


def _missing(x: float, y: float, style: Style) -> Shape:
    """An open square at the edge: not defined without this row."""
    return Shape(rectangle(x - 1.2, y - 0.6, x, y + 0.6), "white", style.study, 0.7, "missing")


def _key(pen: Pen, strips: Sequence[Strip]) -> None:
    style = pen.style
    dot = Shape(round_shape(0.0, 0.0, RADIUS), style.study, style.study, 0.4, "key")
    entries: list[tuple[Shape, str]] = [(dot, "from the upright line: no change")]
    if any(strip.thresholds for strip in strips):
        mark = Shape(diamond(-1.5, 0.0, 1.5, 0.0, 1.2), style.pooled, style.pooled, 0.4, "key")
        entries.append((mark, "beyond a dashed line: the usual threshold"))
    if any(value is None for strip in strips for value in strip.values):
        entries.append((_missing(0.6, 0.0, style), "at the edge: not defined"))
    key(pen, entries)
