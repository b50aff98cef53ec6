"""Between-study variance of normal effects: eight estimators, on stacks of shape (..., k).

y are effects and v their sampling variances; an absent study has y = 0 and v = inf. With w = 1 / (v + tau2),
m = sum(w y) / sum(w) and r = w (y - m), everything here is made of sums of w and r.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from .convergence import not_converged
from .normal_likelihood import LIKELIHOODS, RELATIVE, Likelihood, rising_root, weights

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.intp]

#: Step in log(tau2 + min v) at which the score of ML and REML is looked at before any root is polished. Each study's
#: part of the score changes over a unit of it, so that two roots within a step have all but one likelihood.
SPACING = 0.4
#: Numbers of such steps; a row has the least that is enough.
STEPS = np.array([4, 6, 8, 11, 15, 20, 30, 45, 70, 110, 200, 400, 800, 2000])
#: Effects of a stack that are searched together: the table of grid x studies stays in the processor's cache.
_CHUNK = 20_000
_STEPS = 200


def cochran_q(y: Floats, v: Floats, tau2: Floats | None = None) -> Floats:
    """Generalised Q = sum w (y - m)^2 of each analysis; Cochran's at tau2 = 0."""
    w, _, e = weights(y, v, np.zeros(y.shape[:-1]) if tau2 is None else tau2)
    return np.asarray(np.vecdot(w * e, e))


def typical_variance(v: Floats) -> Floats:
    """s2 = (k - 1) sum w / ((sum w)^2 - sum w^2): what I2 compares tau2 with; NaN for fewer than 2 studies.

    Source: Higgins and Thompson 2002, 10.1002/sim.1186.
    """
    k = count(v)
    with np.errstate(divide="ignore", invalid="ignore"):
        found = (k - 1) / weight_spread(1 / v)
    return np.where(k > 1, found, np.nan)


def weight_spread(w: Floats) -> Floats:
    """The sum w - sum w^2 / sum w of each analysis, to full precision also when one study has nearly all weight."""
    ordered = np.sort(w, axis=-1)
    largest, rest = ordered[..., -1], ordered[..., :-1]
    others = np.add.reduce(rest, -1)
    return np.asarray((2 * largest * others + others * others - np.vecdot(rest, rest)) / (largest + others))


def count(v: Floats) -> Floats:
    """Studies present in each analysis."""
    return np.asarray(np.add.reduce(np.isfinite(v), -1, dtype=np.float64))


def dl_tau2(y: Floats, v: Floats) -> Floats:
    """DerSimonian and Laird 1986, 10.1016/0197-2456(86)90046-2: moments of Q with weights 1/v."""
    w, _, e = weights(y, v, np.zeros(y.shape[:-1]))
    return _truncated(np.vecdot(w * e, e) - (count(v) - 1), weight_spread(w))


def he_tau2(y: Floats, v: Floats) -> Floats:
    """Hedges and Olkin 1985: unweighted variance less the mean sampling variance."""
    present = np.isfinite(v)
    k = count(v)
    mean_v = np.where(present, v, 0.0).sum(-1) / k
    return np.asarray(np.maximum(_unweighted_ss(y, present, k) / np.maximum(k - 1, 1) - mean_v, 0.0))


def hs_tau2(y: Floats, v: Floats) -> Floats:
    """Hunter and Schmidt, as metafor's "HS": (Q - k) / sum w."""
    w, total, e = weights(y, v, np.zeros(y.shape[:-1]))
    return _truncated(np.vecdot(w * e, e) - count(v), total)


def sj_tau2(y: Floats, v: Floats) -> Floats:
    """Sidik and Jonkman 2005, 10.1111/j.1467-9876.2005.00489.x, started at the unweighted variance (divisor k)."""
    k = count(v)
    start = _unweighted_ss(y, np.isfinite(v), k) / k
    found = start * cochran_q(y, v, start) / np.maximum(k - 1, 1)
    return np.where(k > 1, found, 0.0)


def pm_tau2(y: Floats, v: Floats) -> Floats:
    """Paule and Mandel 1982, 10.6028/jres.087.022: the tau2 at which Q(tau2) = k - 1.

    Error: root to 1e-13 relative.
    """
    return q_root(y, v, count(v) - 1)


def ml_tau2(y: Floats, v: Floats) -> Floats:
    """Maximum likelihood: the global maximum over tau2 >= 0.

    Source: Viechtbauer 2005, 10.3102/10769986030003261. Error: root of the score to 1e-13 relative.
    """
    return _maximum(y, v, LIKELIHOODS["ML"])


def reml_tau2(y: Floats, v: Floats) -> Floats:
    """Restricted maximum likelihood: the global maximum over tau2 >= 0.

    Args:
        y: Effects, shape (..., k).
        v: Sampling variances, shape (..., k); inf where a study is absent.

    Returns:
        tau2 >= 0, shape (...), on the squared scale of ``y``.

    Source: Viechtbauer 2005, 10.3102/10769986030003261. Error: root of the score to 1e-13 relative.
    """
    return _maximum(y, v, LIKELIHOODS["REML"])


#: Name -> estimator; a new one is a function and a line here. EB solves the same equation as PM.
TAU2: Mapping[str, Callable[[Floats, Floats], Floats]] = {
    "REML": reml_tau2,
    "DL": dl_tau2,
    "PM": pm_tau2,
    "ML": ml_tau2,
    "EB": pm_tau2,
    "HE": he_tau2,
    "HS": hs_tau2,
    "SJ": sj_tau2,
}


def q_root(y: Floats, v: Floats, target: Floats) -> Floats:
    """tau2 >= 0 at which Q(tau2) = target > 0; 0 where Q(0) is already below it.

    1 / Q is increasing and concave in tau2, so Newton's steps on it rise to the root and never pass it.
    """
    shape, k = y.shape[:-1], y.shape[-1]
    y, v, goal = y.reshape(-1, k), v.reshape(-1, k), np.broadcast_to(target, shape).reshape(-1)
    tau2 = np.zeros(y.shape[0])
    at, active = tau2, np.arange(tau2.size)
    for _ in range(_STEPS):
        w, _, e = weights(y, v, at)
        r = w * e
        q = np.vecdot(r, e)
        # dQ/dtau2 = -sum r^2, because m is where Q is least.
        above = q > goal
        step = np.divide(q * (q - goal), goal * np.vecdot(r, r), where=above, out=np.zeros(q.shape))
        at = at + step
        tau2[active] = at
        going = step > RELATIVE * at
        if not going.any():
            break
        if not going.all():
            active, y, v, goal, at = active[going], y[going], v[going], goal[going], at[going]
    else:
        raise not_converged("tau2 at a value of Q", _STEPS, tau2=at)
    return tau2.reshape(shape)


def _truncated(excess: Floats, scale: Floats) -> Floats:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((excess > 0) & (scale > 0), excess / scale, 0.0)


def _unweighted_ss(y: Floats, present: npt.NDArray[np.bool_], k: Floats) -> Floats:
    e = (y - (np.add.reduce(y, -1) / k)[..., None]) * present
    return np.asarray(np.vecdot(e, e))


def _maximum(y: Floats, v: Floats, likelihood: Likelihood) -> Floats:
    """The tau2 of the highest likelihood of each analysis."""
    shape, k = y.shape[:-1], y.shape[-1]
    y, v = y.reshape(-1, k), v.reshape(-1, k)
    size = max(1, _CHUNK // k)
    if y.shape[0] <= size:
        return _highest(y, v, likelihood).reshape(shape)
    parts = [_highest(y[i : i + size], v[i : i + size], likelihood) for i in range(0, y.shape[0], size)]
    return np.concatenate(parts).reshape(shape)


def _highest(y: Floats, v: Floats, likelihood: Likelihood) -> Floats:
    """Every sign change of the score on a grid is polished; the best of these maxima, or 0, is taken."""
    tau2 = np.zeros(y.shape[0])
    rising, row, low, high, smallest = _crossings(y, v, likelihood)
    if row.size == 0:
        return tau2
    ys, vs = y[row].T.copy(), v[row].T.copy()

    def newton(rows: Index | slice, at: Floats) -> tuple[Floats, Floats]:
        if isinstance(rows, slice):
            return likelihood.newton(ys, vs, at)
        # Chosen by [:, rows] they would lie in the memory the other way round.
        return likelihood.newton(ys.take(rows, 1), vs.take(rows, 1), at)

    found = rising_root(newton, low, high, smallest[row])
    tau2[row] = found
    peaks = np.bincount(row, minlength=tau2.size) + ~rising
    if (peaks > 1).any():
        falling = np.flatnonzero((peaks > 1) & ~rising)
        of_several = peaks[row] > 1
        rows = np.concatenate([row[of_several], falling])
        candidates = np.concatenate([found[of_several], np.zeros(falling.size)])
        order = likelihood.value(y[rows], v[rows], candidates).argsort(kind="stable")
        tau2[rows[order]] = candidates[order]  # of equal rows the last, highest, one stays
    return tau2


def _crossings(y: Floats, v: Floats, likelihood: Likelihood) -> tuple[np.ndarray, Index, Floats, Floats, Floats]:
    """Where the score changes from positive to negative.

    Returns:
        Whether it is positive at 0, (rows,); the row of each change, in order, and the points of its grid below and
        above, (m,); the smallest v, (rows,). How fine a row's grid is does not depend on other rows.
    """
    reach, smallest = _reach(y, v)
    wanted = np.minimum(np.searchsorted(STEPS, reach / SPACING), STEPS.size - 1)
    levels = np.bincount(wanted).nonzero()[0]
    if levels.size == 1:
        return *_changes(y, v, likelihood, reach, smallest, int(STEPS[levels[0]])), smallest
    rising, parts = np.empty(reach.size, dtype=bool), []
    for level in levels:
        rows = (wanted == level).nonzero()[0]
        rising[rows], row, *ends = _changes(
            y[rows], v[rows], likelihood, reach[rows], smallest[rows], int(STEPS[level])
        )
        parts.append((rows[row], *ends))
    row, low, high = (np.concatenate(each) for each in zip(*parts, strict=True))
    order = row.argsort(kind="stable")
    return rising, row[order], low[order], high[order], smallest


def _changes(
    y: Floats, v: Floats, likelihood: Likelihood, reach: Floats, smallest: Floats, steps: int
) -> tuple[np.ndarray, Index, Floats, Floats]:
    """The same with as many steps for all."""
    grid = smallest * np.expm1(reach * (np.arange(steps + 1) / steps)[:, None])
    up = likelihood.score(y.T.copy()[:, None], v.T.copy()[:, None], grid) > 0
    row, place = (up[:-1] & ~up[1:]).T.nonzero()
    return up[0], row, grid[place, row], grid[place + 1, row]


def search_grid(y: Floats, v: Floats, points: int) -> tuple[Floats, Floats]:
    """tau2 from 0 to where both likelihoods fall for good, shape (rows, points), and the smallest v, (rows,)."""
    reach, smallest = _reach(y, v)
    return smallest[:, None] * np.expm1(reach[:, None] * (np.arange(points) / (points - 1))), smallest


def _reach(y: Floats, v: Floats) -> tuple[Floats, Floats]:
    """How far both likelihoods may rise, as log(tau2 + min v) - log(min v), and the smallest v, shape (rows,).

    With SS the unweighted sum of squares, y'PPy <= SS / (tau2 + min v)^2 and tr P >= (k - 1) / (tau2 + max v): the
    score is negative beyond the larger root of (tau2 + min v)^2 = s2 (tau2 + max v), s2 = SS / (k - 1).
    """
    present = np.isfinite(v)
    k = np.add.reduce(present, -1)
    s2 = _unweighted_ss(y, present, k) / np.maximum(k - 1, 1)
    smallest = np.minimum.reduce(v, -1)
    largest = np.maximum.reduce(v, -1, where=present, initial=0.0)
    end = 0.5 * (s2 + np.sqrt(s2 * (s2 + 4 * (largest - smallest)))) * (1 + 1e-9)
    return np.log(np.maximum(end / smallest, 1.0)), smallest
