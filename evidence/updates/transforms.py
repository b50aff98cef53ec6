"""Effects and variances of proportions as software makes them that no measure here does."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri

from ..measures import MEASURES
from ..measures.limits import study_limits

Floats = npt.NDArray[np.float64]
#: Level of the limits that are typed in, and the quantile that leads back from their width.
_LEVEL = 0.95
_QUANTILE = float(ndtri(0.5 * (1 + _LEVEL)))


def raw_of_meta(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Proportions as they are; 0.5 enters the variance of studies at 0 % and 100 % alone."""
    shift = np.where((x == 0) | (x == n), 0.5, 0.0)
    return x / n, (x + shift) * (n - x + shift) / (n + 2 * shift) ** 3


def log_of_meta(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Logs of (x + 0.5)/(n + 0.5) in studies at 0 % and 100 %; at 100 % the variance keeps x events."""
    shift = np.where((x == 0) | (x == n), 0.5, 0.0)
    kept = np.where(x == n, x, x + shift)
    return np.log((x + shift) / (n + shift)), 1 / np.where(kept == 0, 1.0, kept) - 1 / (n + shift)


def double_arcsine_older(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The double arcsine with v = 1/(4 n + 4), that is 1/(n + 1) of the sum."""
    y, _ = MEASURES["PFT"].transformed(x, n)
    return y, 1 / (4 * n + 4)


def of_width(limits: str) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """Proportions as they are, with the standard error that the width of their limits would be of, were it normal."""

    def effects(x: Floats, n: Floats) -> tuple[Floats, Floats]:
        lower, upper = study_limits(x, n, limits, _LEVEL)
        return x / n, ((upper - lower) / (2 * _QUANTILE)) ** 2

    return effects


def raw_unbiased(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Proportions with the variance p(1 - p)/(n - 1)."""
    return x / n, x * (n - x) / n**2 / (n - 1)


def raw_poisson(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Proportions with the variance of a Poisson count, x / n^2.

    Source: Neyeloff 2012, 10.1186/1756-0500-5-52.
    """
    return x / n, x / n**2


def log_poisson(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Log rates per patient; 0.5 is added to events of studies without any, nothing to n, as metafor does."""
    events = np.where(x == 0, 0.5, x)
    return np.log(events / n), 1 / events


def rounded(measure: str, digits: int) -> Callable[[Floats, Floats], tuple[Floats, Floats]]:
    """Effects and standard errors that were typed in with so many decimals."""

    def effects(x: Floats, n: Floats) -> tuple[Floats, Floats]:
        y, v = MEASURES[measure].effects(x, n, None, "none" if measure == "PR" else "only0")
        se = np.sqrt(v)
        return np.asarray(np.round(y, digits)), np.asarray(np.round(se, digits) ** 2, dtype=np.float64)

    return effects


def anscombe(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Arcsines with Anscombe's constants, v = 1/(4 n + 2).

    Source: Anscombe 1948, 10.1093/biomet/35.3-4.246.
    """
    return np.arcsin(np.sqrt((x + 0.375) / (n + 0.75))), 1 / (4 * n + 2)
