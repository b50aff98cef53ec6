"""Trim and fill on effects and variances: numbers only, at any number of studies.

Whether it may be asked of proportions is decided by the question ``trim-and-fill``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from ..errors import ComputeError, Problem
from ..pooling.convergence import not_converged
from ..pooling.options import check_choice
from ..pooling.result import Floats
from ..pooling.tau2 import TAU2
from .asymmetry import least_squares

ESTIMATORS: Mapping[str, str] = {
    "L0": "from the sum of ranks on the fuller side",
    "R0": "from the run of the most extreme studies on the fuller side",
    "Q0": "from the sum of ranks, quadratic",
}
SIDES: Mapping[str, str] = {
    "auto": "where a regression on the standard error says that studies are missing",
    "left": "small effects are missing",
    "right": "large effects are missing",
}
_STEPS = 100
#: Share of the largest effect (at least 1) within which two numbers are the same.
ROUNDING = 1e-11


@dataclass(frozen=True, slots=True)
class Filled:
    """Studies that would make the funnel symmetric.

    Attributes:
        missing: How many. se: Standard error of that number.
        p: That none is missing, one-sided; only for R0, else None.
        side: Where they are missing: left (small effects) or right.
        y, v: Effects and variances filled in, mirror images of the most extreme ones, shape (missing,).
        centre: What they are mirrored at.
    """

    missing: int
    se: float | None
    p: float | None
    side: str
    y: Floats
    v: Floats
    centre: float


def fill(
    y: Floats,
    v: Floats,
    tau2: str | None = "REML",
    estimator: str = "L0",
    side: str = "auto",
) -> Filled:
    """Duval and Tweedie's trim and fill.

    Args:
        y, v: Effects and variances, shape (k,).
        tau2: Estimator of the between-study variance; None for a common effect.
        estimator: One of ``ESTIMATORS``. side: One of ``SIDES``.

    Raises:
        UsageError: an unknown name. ComputeError: one study; an estimator that does not exist for these data (Q0 where
            its root is negative); or numbers of missing studies that go round in a circle.

    Source: Duval and Tweedie 2000, 10.1111/j.0006-341X.2000.00455.x and 10.1080/01621459.2000.10473905.
    """
    check_choice("estimator", estimator, ESTIMATORS)
    check_choice("side", side, SIDES)
    if tau2 is not None:
        check_choice("tau2", tau2, TAU2)
    if y.size < 2:
        raise ComputeError(Problem("no-asymmetry", "one study has no funnel", "add studies"))
    if side == "auto":
        side = _emptier_side(y, v, tau2)
    sign = -1.0 if side == "right" else 1.0
    order = np.argsort(sign * y, kind="stable")
    effects, variances = sign * y[order], v[order]
    missing, variance, middle = _trim(effects, variances, tau2, estimator)
    last = np.arange(y.size - missing, y.size)
    return Filled(
        missing,
        float(np.sqrt(variance)) if variance >= 0 else None,
        0.5 ** (missing + 1) if estimator == "R0" else None,
        side,
        sign * (2 * middle - effects[last]),
        variances[last],
        sign * middle,
    )


def _emptier_side(y: Floats, v: Floats, tau2: str | None) -> str:
    """Left where effects rise with their standard error, right where they fall or it is the same in all."""
    se = np.sqrt(v)
    if np.ptp(se) <= ROUNDING * se.max():
        return "right"
    slope = least_squares(y, v, se, tau2 if y.size > 2 else None).slope
    return "right" if slope * np.ptp(se) < -ROUNDING * max(1.0, float(np.abs(y).max())) else "left"


def _centre(y: Floats, v: Floats, tau2: str | None) -> float:
    between = 0.0 if tau2 is None or y.size < 2 else float(TAU2[tau2](y, v))
    w = 1 / (v + between)
    return float((w * y).sum() / w.sum())


def _trim(y: Floats, v: Floats, tau2: str | None, estimator: str) -> tuple[int, float, float]:
    """Missing studies, the variance of that number and the centre of those left; y ascending."""
    k, missing = y.size, 0
    for _ in range(_STEPS):
        before = missing
        if before >= k:
            raise ComputeError(Problem("all-trimmed", "every study was trimmed", "use another estimator"))
        middle = _centre(y[: k - before], v[: k - before], tau2)
        apart = y - middle
        found, variance = ESTIMATE[estimator](*_ranked(apart, max(1.0, float(np.abs(y).max()))), k)
        missing = max(0, round(found))
        if missing == before:
            return missing, variance, middle
    raise not_converged("the number of missing studies", _STEPS, missing=np.array([missing]))


def _ranked(apart: Floats, size: float) -> tuple[Floats, Floats]:
    """Ranks of the distances from the centre, and on which side each lies (-1, 0, 1), shape (k,).

    Of a study below and one above the centre at the same distance, the one below is taken for the further: no study is
    missing from a funnel that is symmetric. Distances that differ by rounding alone are the same.
    """
    steps = np.round(np.abs(apart) / (size * ROUNDING))
    side = np.where(steps == 0, 0.0, np.sign(apart))
    rank = np.empty(apart.size)
    rank[np.lexsort((side < 0, steps))] = np.arange(1, apart.size + 1)
    return rank, side


def _l0(rank: Floats, side: Floats, k: int) -> tuple[float, float]:
    found = (4 * float(rank[side > 0].sum()) - k * (k + 1)) / (2 * k - 1)
    return found, 16 * _rank_variance(found, k) / (2 * k - 1) ** 2


def _r0(rank: Floats, side: Floats, k: int) -> tuple[float, float]:
    found = k - float(rank[side <= 0].max()) - 1
    return found, 2 * max(0.0, found) + 2


def _q0(rank: Floats, side: Floats, k: int) -> tuple[float, float]:
    under = 2 * k * k - 4 * float(rank[side > 0].sum()) + 0.25
    if under < 0:
        raise ComputeError(Problem("no-estimate", "Q0 has no value for these data", "use L0 or R0"))
    found = k - 0.5 - float(np.sqrt(under))
    return found, 4 * _rank_variance(found, k) / ((k - 0.5) ** 2 - found * (2 * k - found - 1))


def _rank_variance(m: float, k: int) -> float:
    """Variance of the sum of ranks when m studies are missing."""
    third = k * (k + 1) * (2 * k + 1) + 10 * m**3 + 27 * m * m + 17 * m
    return (third - 18 * k * m * m - 18 * k * m + 6 * k * k * m) / 24


#: Name -> how many are missing, with the variance of that number, from the ranks, their sides and k.
ESTIMATE: Mapping[str, Callable[[Floats, Floats, int], tuple[float, float]]] = {"L0": _l0, "R0": _r0, "Q0": _q0}
