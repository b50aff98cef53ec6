"""Limits of the between-study variance of normal effects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import gammainccinv, gammaincinv, ndtri

from .normal_likelihood import LIKELIHOODS, Likelihood, rising_root
from .tau2 import count, q_root, search_grid

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = npt.NDArray[np.float64]

#: Method -> what it is.
TAU2_LIMITS: Mapping[str, str] = {
    "q-profile": "the values at which the generalised Q statistic reaches its chi-squared quantiles",
    "profile": "profile likelihood against the chi-squared quantile with 1 degree of freedom",
}
#: Finer than for the maximum: each crossing of the profile likelihood needs a bracket of its own.
_FINE = 257


def q_profile_limits(y: Floats, v: Floats, level: float) -> tuple[Floats, Floats]:
    """Limits of tau2 by Q-profiling.

    Args:
        y: Effects, shape (..., k).
        v: Sampling variances, shape (..., k); inf where a study is absent.
        level: Nominal coverage, a fraction.

    Returns:
        lower, upper: Shape (...); 0 and 0 where even tau2 = 0 has too small a Q, NaN for fewer than 2 studies.

    Source: Viechtbauer 2007, 10.1002/sim.2514. Error: roots to 1e-13 relative.
    """
    half_df = 0.5 * np.maximum(count(v) - 1, 1)
    tail = 0.5 * (1 - level)
    lower = q_root(y, v, 2 * np.asarray(gammainccinv(half_df, tail), dtype=np.float64))
    upper = q_root(y, v, 2 * np.asarray(gammaincinv(half_df, tail), dtype=np.float64))
    several = count(v) > 1
    return np.where(several, lower, np.nan), np.where(several, upper, np.nan)


def profile_tau2_limits(y: Floats, v: Floats, tau2: Floats, method: str, level: float) -> tuple[Floats, Floats]:
    """Limits of tau2 by the profile likelihood: the least and the largest value that is not rejected.

    Args:
        y: Effects, shape (..., k).
        v: Sampling variances, shape (..., k); inf where a study is absent.
        tau2: The estimate, the highest maximum, shape (...).
        method: ML or REML.
        level: Nominal coverage, a fraction.

    Returns:
        lower, upper: Shape (...); NaN for fewer than 2 studies.

    Source: Viechtbauer 2007, 10.1002/sim.2514. Error: roots to 1e-13 relative.
    """
    likelihood = LIKELIHOODS[method]
    shape, k = y.shape[:-1], y.shape[-1]
    y, v, best = y.reshape(-1, k), v.reshape(-1, k), tau2.reshape(-1)
    target = likelihood.value(y, v, best) - 0.5 * float(ndtri(0.5 * (1 + level))) ** 2
    lower, upper = np.full(best.shape, np.nan), np.full(best.shape, np.nan)
    several = np.flatnonzero(count(v) > 1)
    if several.size:
        lower[several], upper[several] = _crossings(y[several], v[several], best[several], target[several], likelihood)
    return lower.reshape(shape), upper.reshape(shape)


def _crossings(y: Floats, v: Floats, best: Floats, target: Floats, likelihood: Likelihood) -> tuple[Floats, Floats]:
    grid, smallest = search_grid(y, v, _FINE)
    beyond = _rejected_end(y, v, np.maximum(grid[:, -1], smallest), target, likelihood)
    points = np.sort(np.column_stack([grid, best, beyond]), axis=1)
    held = likelihood.value(y[:, None], v[:, None], points) >= target[:, None]
    held |= points == best[:, None]
    row = np.arange(best.size)
    first, last = held.argmax(1), points.shape[1] - 1 - held[:, ::-1].argmax(1)
    upper = _root(y, v, points[row, last], points[row, last + 1], target, likelihood, -1.0)
    lower = np.zeros(best.size)
    inner = np.flatnonzero(first > 0)
    if inner.size:
        bracket = points[inner, first[inner] - 1], points[inner, first[inner]]
        lower[inner] = _root(y[inner], v[inner], *bracket, target[inner], likelihood, 1.0)
    return lower, upper


def _rejected_end(y: Floats, v: Floats, end: Floats, target: Floats, likelihood: Likelihood) -> Floats:
    """A value beyond which every tau2 is rejected: from ``end`` on the likelihood falls for good."""
    while True:
        held = likelihood.value(y, v, end) >= target
        if not held.any():
            return end
        end = np.where(held, 4 * end, end)


def _root(
    y: Floats, v: Floats, low: Floats, high: Floats, target: Floats, likelihood: Likelihood, sign: float
) -> Floats:
    """Where the log-likelihood crosses its target: from above with sign -1, from below with sign 1."""

    def crossing(rows: npt.NDArray[np.intp] | slice, tau2: Floats) -> tuple[Floats, Floats]:
        value = likelihood.value(y[rows], v[rows], tau2) - target[rows]
        return sign * value, -2 * value / likelihood.score(y[rows].T, v[rows].T, tau2)

    return rising_root(crossing, low, high, v.min(-1))
