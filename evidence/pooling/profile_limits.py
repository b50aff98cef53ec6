"""Profile limits of the median, the mean and tau: extremes over the region of a given fall of the likelihood."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, xlogy

from .cells import Cells, Index, log_likelihood
from .convergence import not_converged
from .family import Family, Sums
from .profile import MU_CAP, TAU_CAP, Maximum, around, as_table, best_mu, falling_root
from .result import Floats

#: Points of the first look along tau.
CURVE_POINTS = 9
#: Steps of the search for an edge, and how often a step towards its side of the maximum is doubled.
_STEPS, _DOUBLINGS = 100, 30
#: Steps of Newton to a limit, before its bracket is searched; a last step below it, as a share, leaves its square.
_SUMMIT_STEPS, SETTLED = 12, 1e-6
#: A limit of tau is found where its bracket in asinh(tau) is this narrow.
_CLOSED = 1e-11
#: A limit by Newton may lie this much within the outermost point of the first look.
SLIGHT = 1e-9
#: Further than this below the target a bracket is halved: in an exponential tail Newton's steps have length 1.
FAR_BELOW = 50.0
#: No edge is followed beyond this mu.
FURTHEST = 1e9
#: What the rounding of a log-likelihood of studies of millions can keep it from its target by.
_ROUNDING = 1e-7


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


def edge_mu(cells: Cells, tau: Floats, target: Floats, start: Floats, side: Floats) -> tuple[Floats, Sums]:
    """mu on one side of the maximum at which each row's likelihood equals ``target`` at its tau.

    Args:
        side: -1 for the lower edge, +1 for the upper, shape (rows,).
        start: A value of mu near the maximum of its row.
    """
    mu, sums = best_mu(cells, tau, start)
    above = np.maximum(sums.value - target, 0.0)
    # Where rounding leaves no curvature at a very large tau, the first step is a few tau long.
    edge = mu + side * np.minimum(np.sqrt(2 * above / np.maximum(-sums.mu_mu, 1e-300)), 10 * (1 + tau))
    return _to_edge(cells, tau, target, edge, side, sums, above > 1e-12)


def _to_edge(
    cells: Cells, tau: Floats, target: Floats, edge: Floats, side: Floats, sums: Sums | None, wanted: np.ndarray
) -> tuple[Floats, Sums]:
    """Newton; on a concave function the iterates after the first come from outside and can't overshoot.

    ``reach`` counts outwards; where a likelihood is not concave, the bracket it forms halves a step that leaves it. A
    point on the other side of the maximum, as low as it may lie, bounds the edge from within.

    Raises:
        ConvergenceError: an edge had not settled after ``_STEPS`` steps.
    """
    table = np.empty((6, edge.size)) if sums is None else as_table(sums)
    inside, outside = np.full(edge.size, -np.inf), np.full(edge.size, np.inf)
    active = np.flatnonzero(wanted)
    for i in range(_STEPS):
        if active.size == 0:
            break
        found = log_likelihood(cells.take(active), edge[active], tau[active])
        table[:, active] = as_table(found)
        gap, reach = target[active] - found.value, side[active] * edge[active]
        right_side = np.sign(found.mu) == -side[active]
        beyond = (gap > 0) & right_side
        inside[active] = np.where(beyond, inside[active], np.maximum(inside[active], reach))
        outside[active] = np.where(beyond, np.minimum(outside[active], reach), outside[active])
        with np.errstate(divide="ignore", invalid="ignore"):
            step = side[active] * gap / found.mu
        shortest = 1 + tau[active]
        outwards = np.minimum(shortest * 2.0 ** min(i, _DOUBLINGS), np.maximum(shortest, np.abs(reach)))
        new = reach + np.where(right_side & np.isfinite(step), step, outwards)
        stray = (new < inside[active]) | (new > outside[active])
        middle = 0.5 * (inside[active] + outside[active])
        new = np.where((stray | (gap > FAR_BELOW)) & np.isfinite(middle), middle, new)
        there = np.abs(gap) <= 1e-10
        edge[active] = np.where(there, edge[active], side[active] * np.clip(new, -FURTHEST, FURTHEST))
        going = ~there & (np.abs(edge[active]) < FURTHEST)
        active, gap = active[going], gap[going]
    if active.size:
        far = active[~(np.abs(gap) <= _ROUNDING)]
        if far.size:
            raise not_converged("a profile limit", _STEPS, mu=edge[far], tau=tau[far])
    return edge, Sums(*table)


def profile_limits(cells: Cells, top: Maximum, fall: Floats) -> ProfileLimits:
    """Profile limits of the median and the mean.

    Args:
        top: The maximum; ``value`` may be a supremum at tau = infinity (``tau`` inf).
        fall: Fall of the log-likelihood at the limit, half the squared quantile, shape (rows,).

    Error: 1e-8 on the proportion scale.
    """
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
    return ProfileLimits(median[::2], median[1::2], mean[::2], mean[1::2])


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


def _score(family: Family, sums: Sums, mu: Floats, tau: Floats, of_mean: np.ndarray) -> Floats:
    """Positive while the edge of the median (or the mean along it) still moves outwards as tau grows.

    Divided by tau, so that it is finite at 0.
    """
    mean = family.log_mean(mu, tau)
    with np.errstate(divide="ignore", invalid="ignore"):
        median_moves = np.where(tau > 0, sums.tau / tau, sums.tau_tau)
        mean_moves = np.where(
            tau > 0, (sums.tau * mean.mu - sums.mu * mean.tau) / tau, sums.tau_tau * mean.mu - sums.mu * mean.tau_tau
        )
    return np.where(of_mean, mean_moves, median_moves)


def _goal(family: Family, at: Floats, of_mean: np.ndarray) -> Sums:
    """What is to be outermost: mu, or the log of the mean."""
    mu, tau = at
    goal = np.array(as_table(family.log_mean(mu, tau)))
    one, nought = np.ones_like(mu), np.zeros_like(mu)
    return Sums(*np.where(of_mean, goal, np.array([mu, one, nought, nought, nought, nought])))


def _towards(sums: Sums, goal: Sums, target: Floats) -> Floats:
    """Newton's step of (mu, tau) to where the likelihood is at its target and both gradients are parallel."""
    gap = sums.value - target
    cross = sums.tau * goal.mu - sums.mu * goal.tau
    by_mu = sums.mu_tau * goal.mu + sums.tau * goal.mu_mu - sums.mu_mu * goal.tau - sums.mu * goal.mu_tau
    by_tau = sums.tau_tau * goal.mu + sums.tau * goal.mu_tau - sums.mu_tau * goal.tau - sums.mu * goal.tau_tau
    det = sums.mu * by_tau - sums.tau * by_mu
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.array([(sums.tau * cross - by_tau * gap) / det, (by_mu * gap - sums.mu * cross) / det])


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
        rising = _score(family, at_best, edge[here], tau[here], of_mean)
        low, high = around(best.ravel(), rising, self.grid[row])
        top = values.max(2).ravel()
        inner = np.flatnonzero(high > low)
        found, there = self._summits(
            row[inner], of_mean[inner], (low[inner], high[inner]), edge[here[inner]], tau[here[inner]]
        )
        there &= found >= top[inner] - SLIGHT
        top[inner[there]] = np.maximum(found, top[inner])[there]
        left = inner[~there]
        if left.size:
            last = edge[here[left]] / family.stretch(tau[here[left]])
            polished = self._polished(row[left], of_mean[left], low[left], high[left], last)
            top[left] = np.maximum(polished, top[left])
        outermost = top * self.side[row]
        return outermost[:rows], outermost[rows:]

    def _summits(
        self, row: Index, of_mean: np.ndarray, span: tuple[Floats, Floats], mu: Floats, tau: Floats
    ) -> tuple[Floats, np.ndarray]:
        """Outermost values by Newton on two equations, times the side, and where it got there.

        On the edge the likelihood equals its target, and along it the value stands still: the gradients of both are
        parallel.
        """
        low, high = span
        at = np.array([mu, np.where((tau <= low) | (tau >= high), 0.5 * (low + high), tau)])
        value, there = np.full(row.size, -np.inf), np.zeros(row.size, dtype=bool)
        active = np.arange(row.size)
        for _ in range(_SUMMIT_STEPS):
            if active.size == 0:
                break
            r, mean = row[active], of_mean[active]
            sums = log_likelihood(self.cells.take(r), *at[:, active])
            goal = _goal(self.cells.family, at[:, active], mean)
            step = _towards(sums, goal, self.target[r])
            new = at[:, active] + step
            inside = (new[1] > low[active]) & (new[1] < high[active]) & (np.sign(sums.mu) == -self.side[r])
            done = inside & (np.abs(step) <= SETTLED * (1 + np.abs(at[:, active]))).all(0)
            ended = active[done]
            last = step[:, done]
            value[ended] = (goal.value[done] + goal.mu[done] * last[0] + goal.tau[done] * last[1]) * self.side[r[done]]
            there[ended] = True
            at[:, active[inside]] = new[:, inside]
            active = active[inside & ~done]
        return value, there

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
            return _to_edge(cells, tau, target, start, side, None, np.ones(r.size, dtype=bool))

        def score(index: Index, tau: Floats) -> Floats:
            edge, sums = at(index, tau)
            last[index] = edge / stretch(tau)
            return _score(self.cells.family, sums, edge, tau, of_mean[index])

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
