"""Numbers against a threshold: what lies on it but for the error of computing lies on it.

Pools that mirror themselves (1/3 and 2/3) have exactly 50 %, and a computed number is then off by some 1e-15 on a side
that means nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..display import number, percent, percent_interval

#: A number this near to a threshold is on it. Rounding is 1e-14; nothing nearer than this is printed apart.
TIE = 1e-9
#: Decimals of a percentage that is printed beside a threshold: the fewest, and the most.
FEWEST, MOST_DECIMALS = 1, 4


def sides(values: npt.ArrayLike, threshold: float) -> npt.NDArray[np.float64]:
    """-1 below the threshold, 0 on it, 1 above; NaN where there is no value. The shape of ``values``."""
    apart = np.asarray(values, dtype=np.float64) - threshold
    return np.where(np.abs(apart) <= TIE, 0.0, np.sign(apart))


def decimals(threshold: float, *values: float | None) -> int:
    """Decimals with which percentages off a threshold are printed off it: 49.98 % beside 50 %, where 49.9 % has one."""
    off = [value for value in values if value is not None and sides(value, threshold) != 0]
    for digits in range(FEWEST, MOST_DECIMALS):
        if all(percent(value, digits) != percent(threshold, digits) for value in off):
            return digits
    return MOST_DECIMALS


def percent_beside(threshold: float, value: float) -> str:
    """A proportion as percent, with the decimals that tell it from the threshold."""
    return percent(value, decimals(threshold, value))


def interval_beside(threshold: float, lower: float | None, upper: float | None) -> str:
    """An interval as percent, with the decimals that tell its limits from the threshold."""
    return percent_interval(lower, upper, decimals(threshold, lower, upper))


def number_beside(threshold: float, value: float) -> str:
    """A number that is no proportion, with two decimals or more that tell it from the threshold."""
    digits = FEWEST + 1
    while digits < MOST_DECIMALS + 2 and sides(value, threshold) and number(value, digits) == number(threshold, digits):
        digits += 1
    return number(value, digits)


def points_beside(threshold: float, value: float) -> str:
    """A width in percentage points, with the decimals that tell it from the threshold."""
    return f"{percent_beside(threshold / 100, value / 100).removesuffix(' %')} points"
