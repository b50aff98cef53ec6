"""Profile limits of the median, the mean and tau: extremes over the region of a given fall of the likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from .cells import Cells, Index
from .convergence import not_converged
from .edges import SETTLED, edge_mu, edge_score, summits, to_edge
from .family import Sums
from .near_limits import near_limits
from .profile import MU_CAP, TAU_CAP, Maximum, around, as_table, best_mu, falling_root
from .result import Floats

#: Points of the first look along tau.
CURVE_POINTS = 9
#: Steps of the search for a limit of tau.
_STEPS = 100
#: A limit of tau is found where its bracket in asinh(tau) is this narrow.
_CLOSED = 1e-11
#: A limit by Newton may lie this much within the outermost point of the first look.
SLIGHT = 1e-9


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """Limits of each row, shape (rows,): of the median as mu, of the mean as its logarithm."""

    median_lower: Floats
    median_upper: Floats
    mean_lower: Floats
    mean_upper: Floats


def tau_limits(cells: Cells, top: Maximum, fall: Floats) -> tuple[Floats, Floats]:
    """Where the profile likelihood of tau lies ``fall`` below the maximum, shape (rows,).

    Returns:
        lower (0 if never reached) and upper (inf if never reached below ``TAU_CAP``). Error: 1e-11 of asinh(tau).
    """
    target = top.value - fall
    start, stretch = np.minimum(top.tau, TAU_CAP), cells.family.stretch
    last = top.mu / stretch(start)

    def excess(rows: Index, tau: Floats) -> tuple[Floats, Floats]:
        mu, sums = best_mu(cells.take(rows), tau, last[rows] * stretch(tau))
        last[rows] = mu / stretch(tau)
        return sums.value - target[rows], sums.tau

    upper, below = _beyond(excess, start)
    reached = np.flatnonzero(below < 0)
    upper[reached] = _crossings(excess, reached, start[reached], upper[reached], fall[reached], below[reached])
    lower = np.zeros_like(start)
    reached = np.flatnonzero(top.value_zero < target)
    ends = start[reached], lower[reached], fall[reached], (top.value_zero - target)[reached]
    lower[reached] = _crossings(excess, reached, *ends)
    return lower, np.where(upper >= TAU_CAP, np.inf, upper)


#: Rows and their tau to the height of the profile over its target, and its slope in tau.
Excess = Callable[[Index, Floats], tuple[Floats, Floats]]


def _beyond(excess: Excess, start: Floats) -> tuple[Floats, Floats]:
    """A tau at which a function that is positive at ``start`` is below 0, and its value there; at most ``TAU_CAP``."""
    high, value = np.minimum(2 * start + 1, TAU_CAP), np.empty_like(start)
    active = np.arange(start.size)
    while active.size:
        value[active], _ = excess(active, high[active])
        active = active[(value[active] > 0) & (high[active] < TAU_CAP)]
        high[active] = np.minimum(5 * high[active], TAU_CAP)
    return high, value


def _crossings(excess: Excess, rows: Index, top: Floats, end: Floats, above: Floats, below: Floats) -> Floats:
    """tau at which the profile has fallen to its target, between its top and an ``end`` beyond it.

    Newton in asinh(tau), from where a parabola with its summit at the top is; halved where a step leaves the bracket or
    is not half the one before.

    Args:
        above, below: Height over the target at the top (> 0) and at the end (< 0).

    Raises:
        ConvergenceError: a limit had not settled after ``_STEPS`` steps, or the likelihood has no value there.
    """
    inside, outside = np.arcsinh(top), np.arcsinh(end)
    t = inside + (outside - inside) * np.sqrt(above / (above - below))
    before, active = np.full(t.size, np.inf), np.arange(t.size)
    for _ in range(_STEPS):
        if active.size == 0:
            break
        value, slope = excess(rows[active], np.sinh(t[active]))
        inside[active] = np.where(value >= 0, t[active], inside[active])
        outside[active] = np.where(value < 0, t[active], outside[active])
        with np.errstate(divide="ignore", invalid="ignore"):
            new = t[active] - value / (slope * np.cosh(t[active]))
        low, high = np.minimum(inside, outside)[active], np.maximum(inside, outside)[active]
        step = np.abs(new - t[active])
        good = (low <= new) & (new <= high) & (step <= 0.5 * before[active])
        t[active] = np.where(good, new, 0.5 * (low + high))
        before[active] = np.where(good, step, high - low)
        done = (good & (step <= SETTLED * np.minimum(1.0, t[active]))) | (high - low <= _CLOSED)
        active = active[~(done & np.isfinite(value))]
    if active.size:
        raise not_converged("tau", _STEPS, tau=np.sinh(t[active]))
    return np.asarray(np.sinh(t))


def profile_limits(cells: Cells, top: Maximum, fall: Floats) -> ProfileLimits:
    """Profile limits of the median and the mean.

    Args:
        top: The maximum; ``value`` may be a supremum at tau = infinity (``tau`` inf).
        fall: Fall of the log-likelihood at the limit, half the squared quantile, shape (rows,).

    Error: 1e-8 on the proportion scale.
    """
    limits, there = near_limits(cells, top, fall)
    left = (~there).nonzero()[0]
    if left.size:
        every = left.size == cells.rows
        limits[:, left] = _thorough(cells if every else cells.take(left), top.take(left), fall[left])
    return ProfileLimits(*limits)


def _thorough(cells: Cells, top: Maximum, fall: Floats) -> Floats:
    """The same by exact edges at each tau of a grid between the exact limits of tau, shape (4, rows)."""
    tau_low, tau_high = tau_limits(cells, top, fall)
    rows = np.repeat(np.arange(cells.rows), 2)
    edges = _Edges(
        cells.take(rows),
        (top.value - fall)[rows],
        np.tile([-1.0, 1.0], cells.rows),
        _spaced(tau_low, np.minimum(tau_high, TAU_CAP))[rows],
        (top.mu / cells.family.stretch(np.minimum(top.tau, TAU_CAP)))[rows],
    )
    median, mean = edges.extremes()
    return np.array([median[::2], median[1::2], mean[::2], mean[1::2]])


def median_proportion(mu: Floats) -> Floats:
    """expit(mu), 0 or 1 where mu was never reached."""
    return np.where(np.abs(mu) >= MU_CAP, np.where(mu > 0, 1.0, 0.0), expit(mu))


def _spaced(low: Floats, high: Floats) -> Floats:
    """Values from low to high, evenly spaced in asinh, shape (rows, CURVE_POINTS)."""
    share = np.linspace(0, 1, CURVE_POINTS)
    a, b = np.arcsinh(low)[:, None], np.arcsinh(high)[:, None]
    grid = np.sinh(a + (b - a) * share)
    grid[:, 0], grid[:, -1] = low, high
    return grid


@dataclass(frozen=True, slots=True)
class _Edges:
    """One edge of the likelihood region in each row, to be followed along tau.

    Attributes:
        target: Log-likelihood on the edge. side: -1 lower, +1 upper. grid: tau, shape (rows, points).
        inner: mu of the maximum, divided by ``stretch`` of its tau.
    """

    cells: Cells
    target: Floats
    side: Floats
    grid: Floats
    inner: Floats

    def extremes(self) -> tuple[Floats, Floats]:
        """Outermost mu and outermost log mean along each edge, each of shape (rows,)."""
        family = self.cells.family
        rows, points = self.grid.shape
        flat = np.repeat(np.arange(rows), points)
        tau = self.grid.ravel()
        start = self.inner[flat] * family.stretch(tau)
        edge, sums = edge_mu(self.cells.take(flat), tau, self.target[flat], start, self.side[flat])
        values = np.stack([edge, family.log_mean(edge, tau).value]).reshape(2, rows, points) * self.side[:, None]
        best = values.argmax(2)
        here = (np.arange(rows) * points + best).ravel()
        row, of_mean = np.tile(np.arange(rows), 2), np.repeat([False, True], rows)
        at_best = Sums(*as_table(sums)[:, here])
        rising = edge_score(family, at_best, edge[here], tau[here], of_mean)
        low, high = around(best.ravel(), rising, self.grid[row])
        top = values.max(2).ravel()
        inner = np.flatnonzero(high > low)
        span, r = (low[inner], high[inner]), row[inner]
        at = tau[here[inner]]
        at = np.array([edge[here[inner]], np.where((at <= span[0]) | (at >= span[1]), 0.5 * (span[0] + span[1]), at)])
        found, there = summits(self.cells.take(r), self.target[r], self.side[r], of_mean[inner], span, at)
        there &= found >= top[inner] - SLIGHT
        top[inner[there]] = np.maximum(found, top[inner])[there]
        left = inner[~there]
        if left.size:
            last = edge[here[left]] / family.stretch(tau[here[left]])
            polished = self._polished(row[left], of_mean[left], low[left], high[left], last)
            top[left] = np.maximum(polished, top[left])
        outermost = top * self.side[row]
        return outermost[:rows], outermost[rows:]

    def _polished(self, row: Index, of_mean: np.ndarray, low: Floats, high: Floats, last: Floats) -> Floats:
        """Outermost values inside the brackets [low, high] of tau, times the side."""
        stretch, log_mean = self.cells.family.stretch, self.cells.family.log_mean

        def at(index: Index, tau: Floats) -> tuple[Floats, Sums]:
            r = row[index]
            cells, target, side = self.cells.take(r), self.target[r], self.side[r]
            at_end = (tau == self.grid[r, 0]) | (tau == self.grid[r, -1])
            if at_end.any():
                return edge_mu(cells, tau, target, self.inner[r] * stretch(tau), side)
            start = last[index] * stretch(tau)
            return to_edge(cells, tau, target, start, side, None, np.ones(r.size, dtype=bool))

        def score(index: Index, tau: Floats) -> Floats:
            edge, sums = at(index, tau)
            last[index] = edge / stretch(tau)
            return edge_score(self.cells.family, sums, edge, tau, of_mean[index])

        # The value is stationary in tau at the root: an error of 1e-6 there is one of 1e-12 in the value.
        tau = falling_root(score, low, high, 1e-6)
        edge, _ = at(np.arange(row.size), tau)
        return np.where(of_mean, log_mean(edge, tau).value, edge) * self.side[row]


def step_limits(a: Floats, k: Floats, fall: Floats) -> tuple[Floats, Floats]:
    """Limits of the mean at tau = infinity, where each study is all or none: a binomial profile of a of k.

    Returns:
        lower, upper, shape (rows,).
    """
    top = xlogy(a, a / k) + xlogy(k - a, 1 - a / k)
    ends = []
    for side in (-1, 1):
        near, far = a / k, np.full_like(a, 0.0 if side < 0 else 1.0)
        for _ in range(200):
            middle = 0.5 * (near + far)
            inside = xlogy(a, middle) + xlogy(k - a, 1 - middle) >= top - fall
            near, far = np.where(inside, middle, near), np.where(inside, far, middle)
        ends.append(near)
    return ends[0], ends[1]
