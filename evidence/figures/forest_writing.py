"""Numbers of a forest plot as its style writes them: scale, decimals, decimal mark, brackets, headings."""

from __future__ import annotations

import re
from dataclasses import dataclass
from math import floor, inf, log10

from .. import display
from ..columns import Column
from .forest_rows import Entry
from .forest_view import View
from .style import Style, Wording

FACTORS = {"percent": 100.0, "per-1000": 1000.0, "proportion": 1.0}
HEADINGS = {"percent": "Percent", "per-1000": "Per 1000", "proportion": "Proportion"}
#: Decimals beyond those of a percentage.
FURTHER_DECIMALS = {"percent": 0, "per-1000": -1, "proportion": 2}
DECIMAL_POINT = re.compile(r"(?<=\d)\.(?=\d)")
DASHES = ("-", "–")
SPACED_PERCENT = re.compile(r"(?<=\d) %")


@dataclass(frozen=True, slots=True)
class Writing:
    """How the numbers are written.

    Attributes:
        wording: Of the style. scale: percent, per-1000 or proportion. decimals: Of estimates and limits.
        level: Of the intervals, a fraction. time_unit: Of rates, in the singular; empty for proportions.
    """

    wording: Wording
    scale: str
    decimals: int
    level: float
    time_unit: str = ""

    @property
    def factor(self) -> float:
        """What a proportion is multiplied by."""
        return FACTORS[self.scale]

    @property
    def estimate_heading(self) -> str:
        """Heading of the estimates."""
        if not self.time_unit:
            return HEADINGS[self.scale]
        return "Rate" if self.factor == 1 else f"Rate per {self.factor:g}"

    @property
    def level_text(self) -> str:
        """``95 %``; ``99.9%``."""
        return f"{100 * self.level:g}{self.wording.percent_sign}"

    def value(self, value: float | None, decimals: int | None = None) -> str:
        """An estimate; a dash where there is none."""
        return self._marked(self._number(value, self.decimals if decimals is None else decimals))

    def limits(self, lower: float | None, upper: float | None, decimals: int | None = None) -> str:
        """Two limits; a dash where there are none."""
        if lower is None or upper is None:
            return display.DASH
        low, high = self.value(lower, decimals), self.value(upper, decimals)
        # A dash beside < or > reads like an arrow.
        guarded = self.wording.to in DASHES and ("<" in low + high or ">" in low + high)
        between = " to " if guarded else self.wording.to
        return f"{low}{between}{high}"

    def together(self, entry: Entry, decimals: int | None = None) -> str:
        """An estimate with its limits in brackets; the limits alone where there is no estimate."""
        start, end = self.wording.brackets
        limits = f"{start}{self.limits(entry.lower, entry.upper, decimals)}{end}"
        if entry.lower is None:
            return self.value(entry.estimate, decimals)
        # A space ahead, so that the brackets of all rows stand in one line.
        return f" {limits}" if entry.estimate is None else f"{self.value(entry.estimate, decimals)} {limits}"

    def tick(self, value: float) -> str:
        """A value on the axis, with no more decimals than it needs."""
        return self._marked(f"{value * self.factor:.10g}")

    def prose(self, text: str) -> str:
        """A sentence with the style's decimal mark and percent sign."""
        text = SPACED_PERCENT.sub(self.wording.percent_sign, text)
        return text if self.wording.mark == "." else DECIMAL_POINT.sub(self.wording.mark, text)

    def _number(self, value: float | None, decimals: int) -> str:
        if self.time_unit or value in (None, inf):
            return display.number(None if value is None else value * self.factor, decimals)
        return display.scaled(value, decimals, self.factor)

    def _marked(self, text: str) -> str:
        return text.replace(".", self.wording.mark)


def writing_of(view: View, style: Style, level: float, time_unit: str = "", largest: float = 1.0) -> Writing:
    """How a view in a style is written.

    Args:
        view: Scale and decimals. style: Its own. level: Of the intervals. time_unit: Of rates.
        largest: Largest rate, which has three digits.
    """
    scale = view.scale or ("proportion" if time_unit else style.wording.scale)
    decimals = view.decimals
    if decimals is None and time_unit:
        shown = largest * FACTORS[scale]
        decimals = min(max(2 - floor(log10(shown)), 0), 8) if shown > 0 else 2
    if decimals is None:
        decimals = max(style.decimals + FURTHER_DECIMALS[scale], 0)
    return Writing(style.wording, scale, decimals, level, time_unit)


def heading_of(column: Column, writing: Writing) -> str:
    """What stands over a column: the style's own words, or those of its scale."""
    if not column.of_numbers:
        return column.heading
    own = dict(writing.wording.headings).get(column.name)
    if own is not None and not (writing.time_unit and column.name in ("events_n", "n")):
        return own
    start, end = writing.wording.brackets
    limits = f"{writing.level_text} CI"
    made = {
        "estimate": writing.estimate_heading,
        "ci": limits,
        "estimate_ci": f"{writing.estimate_heading} {start}{limits}{end}",
        "events_n": "Events/time" if writing.time_unit else column.heading,
        "time": "Time",
    }
    return made.get(column.name, column.heading)


def cell_of(column: Column, entry: Entry | None, writing: Writing) -> str:
    """The text of a row in a column; empty where the row has nothing there."""
    if entry is None:
        return ""
    if not column.of_numbers:
        return column.cell(entry.study) if entry.study is not None else ""
    name, decimals = column.name, column.decimals
    if name in ("estimate", "ci", "estimate_ci") and entry.estimate is None and entry.lower is None:
        return ""
    if name == "estimate":
        return "" if entry.estimate is None else writing.value(entry.estimate, decimals)
    if name == "ci":
        return "" if entry.lower is None else writing.limits(entry.lower, entry.upper, decimals)
    if name == "estimate_ci":
        return writing.together(entry, decimals)
    if name == "weight":
        places = 1 if decimals is None else decimals
        return "" if entry.weight is None else writing.prose(display.percent(entry.weight, places))
    counted = {
        "events": None if entry.events is None else str(entry.events),
        "n": None if entry.n is None else str(entry.n),
        "events_n": None if entry.n is None else display.count(entry.events, entry.n),
        "time": None if entry.time is None else writing.prose(f"{entry.time:.6g}"),
    }
    if name == "events_n" and entry.time is not None:
        return f"{counted['events']}/{counted['time']}"
    return counted[name] or ""
