"""Likelihood of normal effects in tau2, m profiled out: values, scores, and a root finder for stacks.

With w = 1 / (v + tau2) and P the projection that removes the weighted mean, twice the score is y'PPy - a, where
a = sum w (maximum likelihood) or a = tr P = sum w - sum w^2 / sum w (restricted).
Source: Viechtbauer 2005, 10.3102/10769986030003261.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .convergence import not_converged

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

#: A root is final after a Newton step below this, relative to the root: what such a step leaves is its square ...
RELATIVE = 1e-8
#: ... or below this part of the smallest sampling variance, where rounding moves the root anyway.
_OF_VARIANCE = 1e-15
#: The same for a halved bracket, which leaves as much as it moved.
_HALVED = 1e-14
_STEPS = 100
_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Likelihood:
    """One of the two likelihoods.

    Attributes:
        name: ML or REML.
        trace: (w, sum w) -> a, studies first.
        trace_slope: (w, sum w) -> -da/dtau2, studies first.
        parameters_of_mean: 0 or 1: what is taken off the number of studies.
    """

    name: str
    trace: Callable[[Floats, Floats], Floats]
    trace_slope: Callable[[Floats, Floats], Floats]
    parameters_of_mean: int

    def value(self, y: Floats, v: Floats, tau2: Floats) -> Floats:
        """Log-likelihood at tau2 with all constants, shape (...); the restricted one as metafor's, with log k / 2."""
        present = np.isfinite(v)
        w, total, e = weights(y, v, tau2)
        k = np.add.reduce(present, -1)
        logs = np.add.reduce(np.log(v + tau2[..., None], where=present, out=np.zeros(w.shape)), -1)
        twice = (k - self.parameters_of_mean) * _LOG_2PI + logs + np.vecdot(w * e, e)
        if self.parameters_of_mean:
            twice = twice + np.log(total / k)
        return np.asarray(-0.5 * twice)

    def score(self, y: Floats, v: Floats, tau2: Floats) -> Floats:
        """Twice the derivative of the log-likelihood in tau2, studies first: y and v of shape (k, ...), tau2 (...)."""
        w, total, r = _down(y, v, tau2)
        r *= w
        return np.asarray(_dot(r, r) - self.trace(w, total))

    def newton(self, y: Floats, v: Floats, tau2: Floats) -> tuple[Floats, Floats]:
        """Minus twice the score, and Newton's step on a / y'PPy - 1, which is nearly linear in tau2; studies first.

        Arguments of shape (k, rows) and (rows,). One row alone would be added up in another order: it is there twice.
        """
        if tau2.size == 1:
            excess, step = self.newton(*(np.repeat(part, 2, -1) for part in (y, v, tau2)))
            return excess[:1], step[:1]
        w, total, r = _down(y, v, tau2)
        r *= w
        a, b = self.trace(w, total), _dot(r, r)
        cubic = _dot(w * r, r) - _dot(w, r) ** 2 / total
        excess = a - b
        step = -excess * b / (2 * a * cubic - b * self.trace_slope(w, total))
        return excess, np.asarray(step)


def _down(y: Floats, v: Floats, tau2: Floats) -> tuple[Floats, Floats, Floats]:
    """As ``weights``, studies first: sums over the first axis run along the others, whole analyses at a time."""
    w = v + tau2
    np.divide(1, w, out=w)
    total = np.add.reduce(w, 0)
    return w, total, y - _dot(w, y) / total


def _dot(a: Floats, b: Floats) -> Floats:
    """Sums of products over the studies, added up one after another whatever the other analyses are."""
    return np.asarray(np.einsum("k...,k...->...", a, b))


def weights(y: Floats, v: Floats, tau2: Floats) -> tuple[Floats, Floats, Floats]:
    """Weights w of shape (..., k), its sum, and the residuals y - m."""
    w = 1 / (v + tau2[..., None])
    total = np.add.reduce(w, -1)
    m = np.vecdot(w, y) / total
    return w, total, y - m[..., None]


def _sum(w: Floats, total: Floats) -> Floats:
    return total


def _sum_of_squares(w: Floats, total: Floats) -> Floats:
    return _dot(w, w)


def _projected(w: Floats, total: Floats) -> Floats:
    """The trace of P as a sum of positive terms; total - sum w^2 / total loses all digits when one w is nearly all."""
    return np.asarray(_dot(w, total - w) / total)


def _projected_squares(w: Floats, total: Floats) -> Floats:
    """The trace of PP."""
    w2 = w * w
    squares = np.add.reduce(w2, 0)
    return np.asarray(squares - 2 * _dot(w2, w) / total + (squares / total) ** 2)


LIKELIHOODS: Mapping[str, Likelihood] = {
    "ML": Likelihood("ML", _sum, _sum_of_squares, 0),
    "REML": Likelihood("REML", _projected, _projected_squares, 1),
}


def rising_root(
    function: Callable[[Index | slice, Floats], tuple[Floats, Floats]], low: Floats, high: Floats, scale: Floats
) -> Floats:
    """Newton inside brackets of tau2, halving where a step leaves its bracket; roots that are found leave.

    Args:
        function: (rows, tau2) -> value, Newton's step; the value is negative at ``low`` and not at ``high``.
        low: Lower ends of the brackets, shape (m,).
        high: Upper ends, shape (m,).
        scale: Smallest sampling variance of each row, shape (m,).

    Returns:
        The roots, shape (m,). Error: 1e-13 relative, 1e-15 of ``scale``.

    Raises:
        ConvergenceError: a root had not settled after ``_STEPS`` steps.
    """
    root = 0.5 * (low + high)
    at, active = root, np.arange(root.size)
    rows: Index | slice = slice(None)
    for _ in range(_STEPS):
        with np.errstate(divide="ignore", invalid="ignore"):
            value, step = function(rows, at)
        below = value < 0
        low, high = np.where(below, at, low), np.where(below, high, at)
        found = at + step
        inside = (found >= low) & (found <= high)
        found = np.where(inside, found, 0.5 * (low + high))
        moved = np.abs(found - at)
        done = moved <= np.where(inside, RELATIVE, _HALVED) * found + _OF_VARIANCE * scale
        if done.all():
            root[active] = found
            break
        if done.any():
            root[active[done]] = found[done]
            left = ~done
            active, low, high, scale, found = active[left], low[left], high[left], scale[left], found[left]
            rows = active
        at = found
    else:
        raise not_converged("tau2", _STEPS, tau2=at)
    return root
