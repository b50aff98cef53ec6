"""An estimate with its limits as one line of text: what a reader copies from a row of a table."""

from __future__ import annotations

from .. import display
from ..pooling.result import Interval


def said(name: str, counts: str, estimate: str, lower: float | None, upper: float | None, how: str = "") -> str:
    """``Papa 2014: 9/28, 32 % (95 % limits 16 to 52 %, clopper-pearson)``; without limits only what there is.

    Args:
        name: Whose number it is. counts: Events of n, empty where there are none. estimate: As it is printed.
        lower, upper: Limits as proportions. how: Level and formula, or nothing.
    """
    if lower is None or upper is None:
        return f"{name}: {', '.join(part for part in (counts, estimate) if part)}"
    level, _, formula = how.partition(", ")
    limits = f"{level} limits {display.percent_interval(lower, upper)}".strip()
    bracket = ", ".join(part for part in (limits, formula) if part)
    return f"{name}: {counts}{', ' if counts else ''}{estimate} ({bracket})"


def how_of(ci: Interval) -> str:
    """Level and formula of limits, ``95 %, profile-t``."""
    return f"{display.percent(ci.level)}, {ci.formula}"
