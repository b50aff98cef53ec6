"""The edge of the region in which a likelihood lies less than a given fall below its maximum, and its outermost points.

On the edge the likelihood equals its target; where mu, or the mean, is outermost on it, it stands still along it: the
gradients of both are parallel.
"""

from __future__ import annotations

import numpy as np

from .cells import Cells, log_likelihood
from .convergence import not_converged
from .family import Family, Sums
from .profile import as_table, best_mu
from .result import Floats

#: Steps of the search for an edge, and how often a step towards its side of the maximum is doubled.
_STEPS, _DOUBLINGS = 100, 30
#: Steps of Newton to an outermost point; a last step below it, as a share, leaves its square.
_SUMMIT_STEPS, SETTLED = 12, 1e-6
#: Further than this below the target a bracket is halved: in an exponential tail Newton's steps have length 1.
FAR_BELOW = 50.0
#: No edge is followed beyond this mu.
FURTHEST = 1e9
#: What the rounding of a log-likelihood of studies of millions can keep it from its target by.
_ROUNDING = 1e-7


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
    return to_edge(cells, tau, target, edge, side, sums, above > 1e-12)


def to_edge(
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


def edge_score(family: Family, sums: Sums, mu: Floats, tau: Floats, of_mean: np.ndarray) -> Floats:
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
    goal = np.zeros((6, of_mean.size))
    goal[0], goal[1] = at[0], 1.0
    if of_mean.any():
        goal[:, of_mean] = as_table(family.log_mean(*at[:, of_mean]))
    return Sums(*goal)


def _towards(sums: Sums, goal: Sums, target: Floats) -> Floats:
    """Newton's step of (mu, tau) to where the likelihood is at its target and both gradients are parallel."""
    gap = sums.value - target
    cross = sums.tau * goal.mu - sums.mu * goal.tau
    by_mu = sums.mu_tau * goal.mu + sums.tau * goal.mu_mu - sums.mu_mu * goal.tau - sums.mu * goal.mu_tau
    by_tau = sums.tau_tau * goal.mu + sums.tau * goal.mu_tau - sums.mu_tau * goal.tau - sums.mu * goal.tau_tau
    det = sums.mu * by_tau - sums.tau * by_mu
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.array([(sums.tau * cross - by_tau * gap) / det, (by_mu * gap - sums.mu * cross) / det])


def summits(
    cells: Cells, target: Floats, side: Floats, of_mean: np.ndarray, span: tuple[Floats, Floats], at: Floats
) -> tuple[Floats, np.ndarray]:
    """Outermost values of mu, or of the log mean, on edges, by Newton on two equations.

    Args:
        cells, target, side: Of each edge, shape (rows,). of_mean: What is to be outermost.
        span: Open interval of tau that the search must not leave.
        at: mu and tau to begin with, shape (2, rows); they are overwritten.

    Returns:
        The values times the side, and where the search got there.
    """
    low, high = span
    value, there = np.full(side.size, -np.inf), np.zeros(side.size, dtype=bool)
    active = np.arange(side.size)
    for _ in range(_SUMMIT_STEPS):
        if active.size == 0:
            break
        sums = log_likelihood(cells.take(active), *at[:, active])
        goal = _goal(cells.family, at[:, active], of_mean[active])
        step = _towards(sums, goal, target[active])
        new = at[:, active] + step
        inside = (new[1] > low[active]) & (new[1] < high[active]) & (np.sign(sums.mu) == -side[active])
        done = inside & (np.abs(step) <= SETTLED * (1 + np.abs(at[:, active]))).all(0)
        ended = active[done]
        last = step[:, done]
        value[ended] = (goal.value[done] + goal.mu[done] * last[0] + goal.tau[done] * last[1]) * side[ended]
        there[ended] = True
        at[:, active[inside]] = new[:, inside]
        active = active[inside & ~done]
    return value, there
