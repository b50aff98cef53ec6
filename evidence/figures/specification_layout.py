"""A specification curve: the estimates of every combination of choices, sorted, with the choices as marks below."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from .. import display
from ..sensitivity.pictures import IntervalRow, Intervals
from .intervals_layout import value_words
from .marks import lighter
from .page import Line, Shape, Stroke, Text, diamond, rectangle, round_shape
from .pen import Pen
from .picture_words import remark_words
from .plot import Plot
from .scales import Scale, reach, scale_of, whole_proportion
from .text import width_mm, wrapped

#: Height of the estimates' box, widest words left of it, width of one specification at most, in mm.
HEIGHT, WORDS_MOST, PITCH_MOST = 62.0, 52.0, 6.0
#: Narrower specifications have their marks joined to bars.
PITCH_DOTS = 1.7


@dataclass(frozen=True, slots=True)
class Specifications:
    """A specification curve on the page.

    Attributes:
        rows: Sorted by estimate, those without one last. x: Middle of each in mm. plot: The box of the estimates.
        choices: Decision, choice, and the rows that made it, from top to bottom.
    """

    rows: tuple[IntervalRow, ...]
    x: tuple[float, ...]
    plot: Plot
    choices: tuple[tuple[str, str, tuple[int, ...]], ...]


def sorted_rows(rows: Sequence[IntervalRow]) -> tuple[IntervalRow, ...]:
    """By estimate, rising; those without one at the end."""
    return tuple(sorted(rows, key=lambda row: (row.estimate is None, row.estimate or 0.0)))


def choices_of(picture: Intervals, rows: Sequence[IntervalRow]) -> tuple[tuple[str, str, tuple[int, ...]], ...]:
    """Each decision's choices in the order of the picture, and which rows made them."""
    found = []
    for i, head in enumerate(picture.heads):
        for choice in dict.fromkeys(row.cells[i] for row in picture.rows if row.cells[i]):
            found.append((head, choice, tuple(j for j, row in enumerate(rows) if row.cells[i] == choice)))
    return tuple(found)


def specification_layout(pen: Pen, picture: Intervals) -> Specifications:
    """Draw the curve and its choices; the pen then stands below them."""
    style, rows = pen.style, sorted_rows(picture.rows)
    choices = choices_of(picture, rows)
    words = max((width_mm(choice, style.note_pt) for _, choice, _ in choices), default=0.0)
    heads = max((width_mm(head, style.note_pt, True) for head in picture.heads), default=0.0)
    left = style.margin_mm + min(max(words + 2.5, heads) + 2.0, WORDS_MOST)
    right = min(style.width_mm - style.margin_mm - 1.0, left + PITCH_MOST * len(rows))
    pen.y += 0.8
    unit = f"{picture.axis}, %" if picture.proportion else picture.axis
    pen.paragraph(unit, style.margin_mm, pen.width, style.note_pt, style.muted)
    top = pen.y + 2.0
    plot = Plot(left, right, top, top + HEIGHT, Scale(-0.5, len(rows) - 0.5), _axis_of(picture))
    middles = tuple(plot.at_x(i) for i in range(len(rows)))
    placed = Specifications(rows, middles, plot, choices)
    _axis(pen, placed, picture)
    bottom = _grid(pen, placed)
    narrow = (right - left) / len(rows) < PITCH_DOTS
    if narrow:
        _outline(pen, placed)
    for i, row in enumerate(rows):
        if row.primary:
            half = max(0.5 * (right - left) / len(rows), 0.6)
            band = rectangle(middles[i] - half, top, middles[i] + half, bottom)
            pen.shapes.append(Shape(band, lighter(style.pooled, 0.8), role="stripe"))
        if row.primary or not narrow:
            _estimate(pen, placed, i)
    pen.y = bottom + 1.5
    pen.feet(_words(placed, picture))
    return placed


def _axis_of(picture: Intervals) -> Scale:
    if picture.proportion:
        return whole_proportion()
    limits = [v for row in picture.rows for v in (row.lower, row.upper)]
    return scale_of([*reach([row.estimate for row in picture.rows], limits), picture.reference])


def _axis(pen: Pen, placed: Specifications, picture: Intervals) -> None:
    style, plot = pen.style, placed.plot
    for value, words in plot.y.ticks:
        at = plot.at_y(value)
        pen.lines.append(Line(plot.left, at, plot.right, at, style.faint, 0.4))
        pen.texts.append(Text(plot.left - 1.6, at + 0.85, words, style.note_pt, style.ink, "right"))
    if picture.reference is not None:
        at = plot.at_y(picture.reference)
        pen.strokes.append(Stroke(((plot.left, at), (plot.right, at)), style.pooled, 0.6, (4, 2.5)))
    pen.lines.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, style.ink, 0.7))


def _outline(pen: Pen, placed: Specifications) -> None:
    """Where specifications are too narrow to be seen one by one: the estimates as a line, their limits as a band."""
    plot, style = placed.plot, pen.style
    low, high = sorted((plot.y.low, plot.y.high))
    there = [i for i, row in enumerate(placed.rows) if row.estimate is not None]
    lower, upper, line = [], [], []
    for i in there:
        row, x = placed.rows[i], placed.x[i]
        lower.append((x, plot.at_y(low if row.lower is None else max(row.lower, low))))
        upper.append((x, plot.at_y(high if row.upper is None else min(row.upper, high))))
        line.append((x, plot.at_y(row.estimate or 0.0)))
    pen.shapes.append(Shape((*lower, *reversed(upper)), lighter(style.study, 0.72), role="band"))
    pen.strokes.append(Stroke(tuple(line), style.study, 1.6))


def _estimate(pen: Pen, placed: Specifications, i: int) -> None:
    """The limits as a thin line, the estimate as a point; the analysis itself as a diamond."""
    row, x, plot, style = placed.rows[i], placed.x[i], placed.plot, pen.style
    if row.estimate is None:
        return
    colour = style.pooled if row.primary else style.study
    pitch = (plot.right - plot.left) / len(placed.rows)
    low, high = sorted((plot.y.low, plot.y.high))
    ends = [
        plot.at_y(min(max(value, low), high))
        for value in (low if row.lower is None else row.lower, high if row.upper is None else row.upper)
    ]
    if row.lower is not None or row.upper is not None:
        width = 1.0 if row.primary else min(0.6, 1.2 * pitch)
        tint = colour if row.primary else lighter(colour, 0.45)
        pen.lines.append(Line(x, ends[0], x, ends[1], tint, width))
    y = plot.at_y(row.estimate)
    half = min(0.75, max(0.3, 0.45 * pitch))
    if row.primary:
        pen.shapes.append(Shape(diamond(x - 1.4, x, x + 1.4, y, 1.4), colour, "white", 0.5, "primary"))
    else:
        pen.shapes.append(Shape(round_shape(x, y, half), colour, role="point"))


def _grid(pen: Pen, placed: Specifications) -> float:
    """The choices below the box, a line for each; returns where they end."""
    style, plot = pen.style, placed.plot
    room = plot.left - style.margin_mm - 2.0
    y = plot.bottom + 2.0
    for head, lines in groupby(placed.choices, key=lambda choice: choice[0]):
        for piece in wrapped(head, room, style.note_pt, True):
            y += style.line_mm
            pen.texts.append(Text(style.margin_mm, y, piece, style.note_pt, style.ink, bold=True))
        for _, choice, members in lines:
            pieces = wrapped(choice, room - 2.5, style.note_pt)
            top = y
            for piece in pieces:
                y += style.line_mm
                pen.texts.append(Text(style.margin_mm + 2.5, y, piece, style.note_pt, style.ink))
            middle = 0.5 * (top + y) + 0.8
            pen.lines.append(Line(plot.left, middle, plot.right, middle, style.faint, 0.3))
            _choices(pen, placed, members, middle)
        y += 1.2
    return y


def _choices(pen: Pen, placed: Specifications, members: Sequence[int], y: float) -> None:
    plot, style = placed.plot, pen.style
    pitch = (plot.right - plot.left) / len(placed.rows)
    if pitch >= PITCH_DOTS:
        for i in members:
            colour = style.pooled if placed.rows[i].primary else style.study
            pen.shapes.append(Shape(round_shape(placed.x[i], y, 0.62), colour, role="choice"))
        return
    for _, run in groupby(enumerate(members), key=lambda pair: pair[1] - pair[0]):
        at = [i for _, i in run]
        box = rectangle(placed.x[at[0]] - pitch / 2, y - 0.8, placed.x[at[-1]] + pitch / 2, y + 0.8)
        pen.shapes.append(Shape(box, style.study, role="field"))


def _words(placed: Specifications, picture: Intervals) -> list[str]:
    rows = placed.rows
    shown = [row.estimate for row in rows if row.estimate is not None]
    many = display.plural(len(rows), "combination of choices", "combinations of choices")
    text = f"{many}, sorted by estimate, with limits; below, what each one chose."
    if shown:
        unit = " %" if picture.proportion else ""
        middle = sorted(shown)[len(shown) // 2]
        text += f" Half of them lie below {value_words(middle, picture)}{unit}."
    primary = [row for row in rows if row.primary and row.estimate is not None]
    if primary:
        rank = 1 + sum(value < (primary[0].estimate or 0.0) for value in shown)
        text += f" Diamond and shade: the analysis itself, number {rank} from the lowest."
    without = [row for row in rows if row.estimate is None]
    if not without:
        return [text]
    reasons = dict.fromkeys(remark_words(row.remark) if row.remark else "not defined" for row in without)
    return [text, f"At the right end, without an estimate: {len(without)} ({'; '.join(reasons)})."]
