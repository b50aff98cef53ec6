"""The axes of a forest plot: where a value stands, ticks that don't touch, grid and lines through the rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite

from ..counts import plural_of
from ..errors import usage
from ..pooling.rate_result import PooledRate
from .forest_rows import Row
from .forest_view import View
from .forest_writing import Writing
from .page import Line, Stroke, Text
from .pen import Pen
from .scales import linear_ticks
from .style import Style
from .text import width_mm, wrapped

#: Most ticks, tried in turn until their words have room; least room between two words in mm.
MOST_TICKS, WORD_GAP = (6, 4, 2, 1), 1.2
#: A caption may be wider than its axis by so many mm.
CAPTION_BEYOND = 8.0


@dataclass(frozen=True, slots=True)
class Axis:
    """One axis.

    Attributes:
        left, right: Ends in mm. low, high: Their values. ticks: Values with their words.
        caption: What it counts. reference: The overall diamond, or None. further: Other lines.
    """

    left: float
    right: float
    low: float
    high: float
    ticks: tuple[tuple[float, str], ...]
    caption: str
    reference: float | None = None
    further: tuple[float, ...] = ()

    def at(self, value: float) -> float:
        """Place of a value in mm; of one beyond the axis its end."""
        return min(max(self.beyond(value), self.left), self.right)

    def beyond(self, value: float) -> float:
        """Place of a value in mm, also where the axis does not reach."""
        if not isfinite(value):
            return 10 * self.right
        return self.left + (value - self.low) / (self.high - self.low) * (self.right - self.left)

    def holds(self, value: float) -> bool:
        """Whether the axis reaches a value."""
        return self.left - 1e-6 <= self.beyond(value) <= self.right + 1e-6


def axis_ends(view: View, rows: Sequence[Row], panel: int, rates: bool) -> tuple[float, float]:
    """Where an axis begins and ends: as asked; 0 to 1; of rates 0 to beyond all estimates and most limits.

    Raises:
        UsageError: a further line beyond the axis, or an axis of proportions beyond 1.
    """
    low, high = 0.0, 1.0
    if view.axis:
        low, high = view.axis
    elif rates:
        entries = [row.entries[panel] for row in rows if panel < len(row.entries)]
        values = [entry.estimate for entry in entries if entry is not None and entry.estimate is not None]
        limits = sorted(e.upper for e in entries if e is not None and e.upper is not None and isfinite(e.upper))
        middle = limits[len(limits) // 2] if limits else 0.0
        most = 1.05 * max([*values, min(middle, 3 * max(values, default=1.0))], default=1.0) or 1.0
        step = linear_ticks(0.0, most)[1][0]
        high = step * -(-most // step)
    if not rates and high > 1:
        raise usage(
            f"the axis ends at {high:g}, and proportions at 1", "write its ends as proportions, as 0,0.5", "axis"
        )
    for value in view.references:
        if not low <= value <= high:
            mend = f"write a value from {low:g} to {high:g}"
            raise usage(f"a line at {value:g} lies beyond the axis", mend, "reference")
    return low, high


def axis_of(ends: tuple[float, float], place: tuple[float, float], unit: str, writing: Writing, style: Style) -> Axis:
    """An axis on the page, without its lines."""
    low, high = ends
    return Axis(*place, low, high, _ticks(ends, place, writing, style), caption(unit, writing))


def caption(unit: str, writing: Writing) -> str:
    """What the axis counts."""
    units = unit if unit.endswith("s") else f"{unit}s"
    if writing.time_unit:
        times = writing.time_unit if writing.factor == 1 else f"{writing.factor:g} {plural_of(writing.time_unit)}"
        return f"{units[:1].upper()}{units[1:]} per {times}"
    words = {"percent": "Percent of", "per-1000": "Per 1000", "proportion": "Proportion of"}
    return f"{words[writing.scale]} {units}"


def reference_of(rows: Sequence[Row], panel: int, models: bool) -> float | None:
    """The overall diamond of a panel; of several models the first one's."""
    for row in rows:
        entry = row.entries[panel] if panel < len(row.entries) else None
        if row.kind == "pooled" and (models or row.level == 0) and entry is not None and entry.span:
            return entry.span[1]
    return None


def time_unit_of(pooled: object) -> str:
    """Unit of the time of rates; empty for proportions."""
    return pooled.time_unit if isinstance(pooled, PooledRate) else ""


def _ticks(
    ends: tuple[float, float], place: tuple[float, float], writing: Writing, style: Style
) -> tuple[tuple[float, str], ...]:
    low, high = (end * writing.factor for end in ends)
    found: list[tuple[float, str]] = []
    for most in MOST_TICKS:
        values = [min(max(value, low), high) / writing.factor for value, _ in linear_ticks(low, high, most)]
        found = [(value, writing.tick(value)) for value in values]
        words = sum(width_mm(word, style.note_pt) + WORD_GAP for _, word in found)
        if words <= place[1] - place[0]:
            return tuple(found)
    return tuple(found[:1])


def draw_axis(pen: Pen, axis: Axis, top: float) -> float:
    """Grid, lines through the rows, ticks and caption below them; returns how far down it reaches."""
    style, bottom = pen.style, pen.y
    places = [axis.at(value) for value, _ in axis.ticks]
    pen.lines[:0] = [Line(x, top, x, bottom, style.faint, 0.4) for x in places]
    if axis.reference is not None and axis.holds(axis.reference):
        x = axis.at(axis.reference)
        pen.lines.append(Line(x, top, x, bottom, style.pooled, 0.5, dashed=True))
    for value in axis.further:
        x = axis.at(value)
        pen.strokes.append(Stroke(((x, top), (x, bottom)), style.muted, 0.7, (1.0, 1.8)))
    pen.lines.append(Line(axis.left, bottom, axis.right, bottom, style.ink, 0.7))
    for (_, word), x in zip(axis.ticks, places, strict=True):
        pen.lines.append(Line(x, bottom, x, bottom + 0.9, style.ink, 0.7))
        pen.texts.append(_within(Text(x, bottom + 3.8, word, style.note_pt, style.ink, "center"), style))
    y = bottom + 7.1
    lines = wrapped(axis.caption, axis.right - axis.left + CAPTION_BEYOND, style.note_pt)
    for i, line in enumerate(lines):
        middle = 0.5 * (axis.left + axis.right)
        text = Text(middle, y + i * style.line_mm, line, style.note_pt, style.muted, "center")
        pen.texts.append(_within(text, style))
    return y + (len(lines) - 1) * style.line_mm + 0.9


def _within(text: Text, style: Style) -> Text:
    """A centred text moved so far that it stays on the page."""
    half = 0.5 * width_mm(text.text, text.size_pt, text.bold) + 0.2
    x = min(max(text.x, half), style.width_mm - half)
    return Text(x, text.y, text.text, text.size_pt, text.colour, text.align, text.bold)
