"""Profile limits of the median, the mean and tau: extremes over the region where the likelihood is within a given fall."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, ndtri, xlogy

from .cells import Cells, Index, Sums, log_likelihood, log_mean
from .profile import MU_CAP, TAU_CAP, Maximum, around, best_mu, falling_root, stretch
from .result import Floats

#: Points of the first look along tau.
CURVE_POINTS = 15


@dataclass(frozen=True, slots=True)
class ProfileLimits:
    """Limits of each row on the proportion scale, shape (rows,); 0 and 1 where a side was never reached."""

    median_lower: Floats
    median_upper: Floats
    mean_lower: Floats
    mean_upper: Floats


def tau_limits(cells: Cells, top: Maximum, fall: Floats) -> tuple[Floats, Floats]:
    """Where the profile likelihood of tau lies ``fall`` below the maximum, shape (rows,).

    Returns:
        lower (0 if never reached) and upper (inf if never reached below ``TAU_CAP``).
    """
    target = top.value - fall
    start = np.where(np.isfinite(top.tau), top.tau, TAU_CAP)
    last = top.mu / stretch(start)

    def excess(rows: Index, tau: Floats) -> Floats:
        mu, sums = best_mu(cells.take(rows), tau, last[rows] * stretch(tau))
        last[rows] = mu / stretch(tau)
        return sums.value - target[rows]

    upper = falling_root(excess, start, np.full_like(start, TAU_CAP))
    upper = np.where(upper >= TAU_CAP, np.inf, upper)
    lower = np.zeros_like(start)
    reached = np.flatnonzero(top.value_zero < target)
    if reached.size:
        lower[reached] = falling_root(
            lambda rows, tau: -excess(reached[rows], tau), np.zeros(reached.size), start[reached]
        )
    return lower, upper


def edge_mu(cells: Cells, tau: Floats, target: Floats, start: Floats, side: int) -> tuple[Floats, Sums]:
    """mu on one side of the maximum at which each row's likelihood equals ``target`` at its tau.

    Newton on a concave function: after the first step the iterates come from outside and can't overshoot.

    Args:
        side: -1 for the lower edge, +1 for the upper.
        start: A value of mu near the maximum of its row.
    """
    mu, sums = best_mu(cells, tau, start)
    above = np.maximum(sums.value - target, 0.0)
    edge = mu + side * np.sqrt(2 * above / np.maximum(-sums.mu_mu, 1e-300))
    active = np.flatnonzero(above > 1e-12)
    table = _table(sums)
    for _ in range(60):
        if active.size == 0:
            break
        found = log_likelihood(cells.take(active), edge[active], tau[active])
        table[:, active] = _table(found)
        gap = target[active] - found.value
        with np.errstate(divide="ignore", invalid="ignore"):
            step = gap / found.mu
        usable = np.isfinite(step) & (np.sign(found.mu) == -side)
        step = np.where(usable, step, side * (1 + tau[active]))
        open_still = np.abs(gap) > 1e-10
        edge[active] += np.where(open_still, step, 0.0)
        active = active[open_still & (np.abs(edge[active]) < 1e9)]
    return edge, Sums(*table)


def _table(sums: Sums) -> Floats:
    return np.stack([sums.value, sums.mu, sums.tau, sums.mu_mu, sums.mu_tau, sums.tau_tau])


def profile_limits(cells: Cells, top: Maximum, fall: Floats) -> ProfileLimits:
    """Profile limits of the median and the mean.

    Args:
        top: The maximum; ``value`` may be a supremum at tau = infinity (``tau`` inf).
        fall: Fall of the log-likelihood at the limit, half the squared quantile, shape (rows,).

    Error: 1e-8 on the proportion scale.
    """
    tau_low, tau_high = tau_limits(cells, top, fall)
    tau_high = np.minimum(tau_high, TAU_CAP)
    target = top.value - fall
    sides = []
    for side in (-1, 1):
        curve = _Curve(cells, top.mu, target, side, _spaced(tau_low, tau_high), np.minimum(top.tau, TAU_CAP))
        sides.append((curve.extreme(_median, _median_score), curve.extreme(_log_mean, _mean_score)))
    (mu_low, m_low), (mu_high, m_high) = sides
    return ProfileLimits(
        np.where(mu_low <= -MU_CAP, 0.0, expit(mu_low)),
        np.where(mu_high >= MU_CAP, 1.0, expit(mu_high)),
        np.exp(m_low),
        np.exp(m_high),
    )


def _spaced(low: Floats, high: Floats) -> Floats:
    """Values from low to high, evenly spaced in asinh, shape (rows, CURVE_POINTS)."""
    share = np.linspace(0, 1, CURVE_POINTS)
    a, b = np.arcsinh(low)[:, None], np.arcsinh(high)[:, None]
    grid = np.sinh(a + (b - a) * share)
    grid[:, 0], grid[:, -1] = low, high
    return grid


def _median(mu: Floats, tau: Floats) -> Floats:
    return mu


def _log_mean(mu: Floats, tau: Floats) -> Floats:
    return log_mean(mu, tau).value


def _median_score(sums: Sums, mu: Floats, tau: Floats) -> Floats:
    """Positive while the edge still moves outwards as tau grows; divided by tau, so that it is finite at 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(tau > 0, sums.tau / tau, sums.tau_tau)


def _mean_score(sums: Sums, mu: Floats, tau: Floats) -> Floats:
    mean = log_mean(mu, tau)
    with np.errstate(divide="ignore", invalid="ignore"):
        moving = (sums.tau * mean.mu - sums.mu * mean.tau) / tau
    return np.where(tau > 0, moving, sums.tau_tau * mean.mu - sums.mu * mean.tau_tau)


class _Curve:
    """One edge of the likelihood region along tau."""

    def __init__(self, cells: Cells, mu: Floats, target: Floats, side: int, grid: Floats, middle: Floats) -> None:
        self.cells, self.target, self.side, self.grid = cells, target, side, grid
        rows, points = grid.shape
        self.flat = np.repeat(np.arange(rows), points)
        tau = grid.ravel()
        start = np.repeat(mu / stretch(middle), points) * stretch(tau)
        edge, sums = edge_mu(cells.take(self.flat), tau, np.repeat(target, points), start, side)
        self.edge, self.tau, self.sums = edge, tau, sums
        self.inner = start / stretch(tau)

    def extreme(
        self,
        quantity: Callable[[Floats, Floats], Floats],
        score: Callable[[Sums, Floats, Floats], Floats],
    ) -> Floats:
        """Outermost value of a quantity along the edge, shape (rows,)."""
        rows, points = self.grid.shape
        values = self.side * quantity(self.edge, self.tau).reshape(rows, points)
        best = values.argmax(1)
        here = np.arange(rows) * points + best
        at_best = score(_pick(self.sums, here), self.edge[here], self.tau[here])
        low, high = around(best, at_best, self.grid)
        inner = self.inner[here]

        def falling(index: Index, tau: Floats) -> Floats:
            start = inner[index] * stretch(tau)
            edge, sums = edge_mu(self.cells.take(index), tau, self.target[index], start, self.side)
            return score(sums, edge, tau)

        tau = falling_root(falling, low, high)
        edge, _ = edge_mu(self.cells, tau, self.target, inner * stretch(tau), self.side)
        polished = self.side * quantity(edge, tau)
        outermost: Floats = self.side * np.maximum(polished, values.max(1))
        return outermost


def _pick(sums: Sums, index: Index) -> Sums:
    return Sums(*_table(sums)[:, index])


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


def step_start(a: Floats, k: Floats) -> Floats:
    """mu at ``TAU_CAP`` for a of k studies with all events: where the search along the edge may start."""
    return np.asarray(TAU_CAP * ndtri(a / k))
