"""Residual between-study variance of normal effects with covariates, on stacks that share one design.

y are effects and v their sampling variances, shape (rows, k); the design X has shape (k, p). With w = 1 / (v + tau2),
the rows of sqrt(w) X are factorised as Q R: leverages, residuals and determinants come from Q and R, never from the
inverse of X'WX, whose condition is the square of theirs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from .normal_likelihood import RELATIVE, rising_root
from .result import Floats
from .tau2 import SPACING

_STEPS = 200
_FEWEST_POINTS = 4
#: Numbers of a stack that are searched together.
_CHUNK = 100_000
_LOG_2PI = float(np.log(2 * np.pi))


@dataclass(frozen=True, slots=True)
class Weighted:
    """The weighted fit of every row at its tau2.

    Attributes:
        w: Weights 1 / (v + tau2), shape (rows, k). q: Orthonormal basis of sqrt(w) X, shape (rows, k, p).
        e: Residuals of sqrt(w) y, shape (rows, k).
        log_det: Logarithm of the determinant of X'WX, shape (rows,).
    """

    w: Floats
    q: Floats
    e: Floats
    log_det: Floats

    @property
    def rss(self) -> Floats:
        """y'Py, the generalised Q, shape (rows,)."""
        return np.asarray(np.vecdot(self.e, self.e))

    @property
    def squares(self) -> Floats:
        """y'PPy, shape (rows,)."""
        return np.asarray(np.vecdot(self.w * self.e, self.e))

    @property
    def cubes(self) -> Floats:
        """y'PPPy, shape (rows,)."""
        r = np.sqrt(self.w) * self.e
        r = r * np.sqrt(self.w)
        left = r - np.matvec(self.q, np.matvec(self.q.mT, r))
        return np.asarray(np.vecdot(left, left))

    @property
    def trace(self) -> Floats:
        """tr P, shape (rows,)."""
        return np.asarray(np.vecdot(self.w, 1 - np.vecdot(self.q, self.q)))

    @property
    def trace_squares(self) -> Floats:
        """tr PP, shape (rows,)."""
        leverage = np.vecdot(self.q, self.q)
        inner = self.q.mT @ (self.w[..., None] * self.q)
        return np.asarray(np.vecdot(self.w * self.w, 1 - 2 * leverage) + (inner * inner).sum((-2, -1)))


def weighted(y: Floats, v: Floats, x: Floats, tau2: Floats) -> Weighted:
    """The weighted least-squares fit at tau2 of shape (rows,); y and v of shape (rows, k), x of shape (k, p)."""
    w = 1 / (v + tau2[:, None])
    root = np.sqrt(w)
    q, r = np.linalg.qr(root[..., None] * x)
    z = root * y
    e = z - np.matvec(q, np.matvec(q.mT, z))
    log_det = 2 * np.log(np.abs(np.diagonal(r, axis1=-2, axis2=-1))).sum(-1)
    return Weighted(w, q, e, log_det)


def log_likelihood(y: Floats, v: Floats, x: Floats, tau2: Floats, restricted: bool) -> Floats:
    """Log-likelihood at tau2 with all constants, shape (rows,); the restricted one as metafor's, with log det X'X / 2.

    Source: Viechtbauer 2005, 10.3102/10769986030003261.
    """
    k, p = x.shape
    fit = weighted(y, v, x, tau2)
    twice = k * _LOG_2PI - np.log(fit.w).sum(-1) + fit.rss
    if restricted:
        _, r = np.linalg.qr(x)
        twice += fit.log_det - p * _LOG_2PI - 2 * np.log(np.abs(np.diagonal(r))).sum()
    return np.asarray(-0.5 * twice)


def _moments(y: Floats, v: Floats, x: Floats) -> Floats:
    """DerSimonian and Laird with covariates: (Q_E - (k - p)) / tr P at tau2 = 0."""
    fit = weighted(y, v, x, np.zeros(y.shape[0]))
    return np.asarray(np.maximum((fit.rss - (x.shape[0] - x.shape[1])) / fit.trace, 0.0))


def _hedges(y: Floats, v: Floats, x: Floats) -> Floats:
    """Hedges and Olkin: the unweighted residual variance less the mean sampling variance of residuals."""
    q, _ = np.linalg.qr(x)
    e = y - np.matvec(q, np.matvec(q.T, y))
    spare = 1 - np.vecdot(q, q)
    return np.asarray(np.maximum((np.vecdot(e, e) - v @ spare) / (x.shape[0] - x.shape[1]), 0.0))


def _hunter(y: Floats, v: Floats, x: Floats) -> Floats:
    """Hunter and Schmidt, as metafor's "HS": (Q_E - k) / sum w."""
    fit = weighted(y, v, x, np.zeros(y.shape[0]))
    return np.asarray(np.maximum((fit.rss - x.shape[0]) / fit.w.sum(-1), 0.0))


def _sidik(y: Floats, v: Floats, x: Floats) -> Floats:
    """Sidik and Jonkman 2005, 10.1111/j.1467-9876.2005.00489.x, started at the variance of y (divisor k)."""
    start = y.var(-1)
    found = np.zeros(y.shape[0])
    rows = np.flatnonzero(start > 0)
    if rows.size:
        fit = weighted(y[rows], v[rows], x, start[rows])
        found[rows] = start[rows] * fit.rss / (x.shape[0] - x.shape[1])
    return found


def q_root(y: Floats, v: Floats, x: Floats, target: float) -> Floats:
    """tau2 >= 0 at which the generalised Q equals a target > 0; 0 where it is already below it at 0.

    1 / Q rises and is concave in tau2, so Newton's steps on it rise to the root and never pass it.
    """
    tau2 = np.zeros(y.shape[0])
    active = np.arange(tau2.size)
    for _ in range(_STEPS):
        fit = weighted(y[active], v[active], x, tau2[active])
        q = fit.rss
        above = q > target
        step = np.divide(q * (q - target), target * fit.squares, where=above, out=np.zeros(q.shape))
        tau2[active] += step
        active = active[step > RELATIVE * tau2[active]]
        if active.size == 0:
            break
    return tau2


def _paule(y: Floats, v: Floats, x: Floats) -> Floats:
    """Paule and Mandel 1982, 10.6028/jres.087.022: the tau2 at which Q(tau2) = k - p."""
    return q_root(y, v, x, float(x.shape[0] - x.shape[1]))


def _score(fit: Weighted, restricted: bool) -> Floats:
    """Twice the derivative of the log-likelihood in tau2, shape (rows,)."""
    return np.asarray(fit.squares - (fit.trace if restricted else fit.w.sum(-1)))


def _newton(fit: Weighted, restricted: bool) -> tuple[Floats, Floats]:
    """Minus twice the score, and Newton's step on a / y'PPy - 1, which is nearly linear in tau2."""
    a, b = (fit.trace if restricted else fit.w.sum(-1)), fit.squares
    slope = fit.trace_squares if restricted else np.vecdot(fit.w, fit.w)
    excess = a - b
    return excess, np.asarray(-excess * b / (2 * a * fit.cubes - b * slope))


def _grid(y: Floats, v: Floats, x: Floats) -> Floats:
    """Values of tau2 from 0 to where both likelihoods fall for good, shape (rows, points).

    As for the mean alone: y'PPy <= SS / (tau2 + min v)^2 and tr P >= (k - p) / (tau2 + max v).
    """
    q, _ = np.linalg.qr(x)
    e = y - np.matvec(q, np.matvec(q.T, y))
    s2 = np.vecdot(e, e) / (x.shape[0] - x.shape[1])
    smallest, largest = v.min(-1), v.max(-1)
    end = 0.5 * (s2 + np.sqrt(s2 * (s2 + 4 * (largest - smallest)))) * (1 + 1e-9)
    reach = np.log(np.maximum(end / smallest, 1.0))
    steps = max(_FEWEST_POINTS, int(reach.max() / SPACING) + 1)
    return np.asarray(smallest[:, None] * np.expm1(reach[:, None] * (np.arange(steps + 1) / steps)))


def _highest(y: Floats, v: Floats, x: Floats, restricted: bool) -> Floats:
    """The tau2 of the highest likelihood: every sign change of the score on a grid is polished."""
    grid = _grid(y, v, x)
    rows, points = grid.shape
    flat = np.repeat(np.arange(rows), points)
    rising = (_score(weighted(y[flat], v[flat], x, grid.ravel()), restricted) > 0).reshape(rows, points)
    row, place = np.nonzero(rising[:, :-1] & ~rising[:, 1:])
    best, height = np.zeros(rows), log_likelihood(y, v, x, np.zeros(rows), restricted)
    if row.size == 0:
        return best

    def newton(i: np.ndarray | slice, tau2: Floats) -> tuple[Floats, Floats]:
        return _newton(weighted(y[row][i], v[row][i], x, tau2), restricted)

    found = rising_root(newton, grid[row, place], grid[row, place + 1], v.min(-1)[row])
    values = log_likelihood(y[row], v[row], x, found, restricted)
    for i, at, value in zip(row, found, values, strict=True):
        if value > height[i] or (rising[i, 0] and best[i] == 0):
            best[i], height[i] = at, value
    return best


def _maximum(restricted: bool) -> Callable[[Floats, Floats, Floats], Floats]:
    def estimator(y: Floats, v: Floats, x: Floats) -> Floats:
        size = max(1, _CHUNK // (y.shape[1] * 16))
        parts = [_highest(y[i : i + size], v[i : i + size], x, restricted) for i in range(0, y.shape[0], size)]
        return np.concatenate(parts)

    return estimator


#: Name -> estimator (y, v, x) -> tau2, shapes (rows, k), (rows, k), (k, p), (rows,). EB solves PM's equation. Roots are
#: exact to 1e-13 relative; ML and REML are global maxima.
TAU2_MODS: Mapping[str, Callable[[Floats, Floats, Floats], Floats]] = {
    "REML": _maximum(restricted=True),
    "DL": _moments,
    "PM": _paule,
    "ML": _maximum(restricted=False),
    "EB": _paule,
    "HE": _hedges,
    "HS": _hunter,
    "SJ": _sidik,
}
