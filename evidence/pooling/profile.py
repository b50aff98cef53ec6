"""Maximum and profile limits of the logistic-normal likelihood, for all rows of a stack at once.

For a fixed tau the log-likelihood is concave in mu (the integrand is jointly log-concave, Prekopa 1973), so the values
of mu within a given fall of the maximum form an interval [low(tau), high(tau)]. Every profile limit is then an extreme
over tau alone: of low or high for the median, of the marginal mean along them for the mean, of tau itself for tau.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize.elementwise import find_root

from .cells import Cells, Index, log_likelihood
from .convergence import not_converged
from .family import Sums
from .result import Floats
from .shared_nodes import FINE, ROUGH

#: Starting grid of tau; the last value is reached by hardly any data.
TAU_GRID = np.array([0.0, 0.25, 0.6, 1.2, 2.2, 4.0, 8.0, 20.0, 80.0])
#: Points of the grid before this one are looked at together.
_FIRST = 3
#: The part of the grid beyond it is looked at where the profile is within ``STILL_HIGH`` of its top there, or rises.
FAR_TAU, STILL_HIGH = 4.0, 2.0
#: A Newton step of mu below this share of 1 + tau leaves about its fourth power in the profile.
NEAR = 0.03
#: What a rough log-likelihood may be off.
ROUGHNESS = 0.01
#: A rough step of (mu, tau) below it, or below this share of tau, leaves less than ``LAST``.
ROUGH_LAST = 3e-3
#: Below this tau rough derivatives, which are moments over tau^2, are too rough.
ROUGH_TAU = 0.15
#: A tau beyond this counts as never reached.
TAU_CAP = 1e6
#: expit(36) is 1 in double precision: a median beyond it counts as never reached.
MU_CAP = 36.0
#: SciPy's status of a bracket without a change of sign: the root is then at one of its ends.
_NO_SIGN_CHANGE = -1
#: A step of (mu, tau) below it, or below this share of tau, is followed by one more.
LAST = 2e-5
#: Steps of the search for mu at a fixed tau.
_STEPS = 200


@dataclass(frozen=True, slots=True)
class Maximum:
    """Maximum-likelihood fit of each row: mu, tau, the log-likelihood there and at tau = 0, se of mu; shape (rows,)."""

    mu: Floats
    tau: Floats
    value: Floats
    value_zero: Floats
    se: Floats

    def take(self, rows: Index) -> Maximum:
        """The rows at ``rows``."""
        return Maximum(self.mu[rows], self.tau[rows], self.value[rows], self.value_zero[rows], self.se[rows])


def best_mu(cells: Cells, tau: Floats, start: Floats) -> tuple[Floats, Sums]:
    """mu that maximises each row's likelihood at its tau, and the likelihood there.

    Newton on a concave function, kept inside a bracket, which is halved where a step is not half the one before. A step
    is at most 3 (1 + tau), and twice as long each time it is cut in a row: a start far away costs little. The last step
    is below 1e-6 (1 + tau), so that what it leaves is below 1e-12; the likelihood is carried along it to first order.

    Raises:
        ConvergenceError: a row had not settled after ``_STEPS`` steps.
    """
    mu = start.copy()
    low, high = np.full_like(mu, -np.inf), np.full_like(mu, np.inf)
    table = np.empty((6, mu.size))
    active, longest, before = np.arange(mu.size), 3 * (1 + tau), np.full_like(mu, np.inf)
    for _ in range(_STEPS):
        sums = log_likelihood(cells if active.size == mu.size else cells.take(active), mu[active], tau[active])
        reach = 1 + tau[active]
        full = sums.mu / np.maximum(-sums.mu_mu, 1e-300)
        step = np.minimum(np.maximum(full, -longest[active]), longest[active])
        longest[active] = np.where(step == full, 3 * reach, 2 * longest[active])
        # Where rounding leaves no curvature at a very large tau, the bracket closes in the steps' stead.
        closed = high[active] - low[active] <= 1e-6 * reach
        step = np.where(closed, 0.0, step)
        last = np.abs(step) <= 1e-6 * reach
        table[:, active] = as_table(sums)
        done = active[last]
        table[2, done] += table[4, done] * step[last]
        table[1, done] = 0.0
        mu[done] += step[last]
        active, step, rising = active[~last], step[~last], sums.mu[~last] > 0
        if active.size == 0:
            break
        low[active] = np.where(rising, mu[active], low[active])
        high[active] = np.where(rising, high[active], mu[active])
        new = mu[active] + step
        outside = (new <= low[active]) | (new >= high[active])
        middle = 0.5 * (low[active] + high[active])
        slow = np.isfinite(middle) & (np.abs(step) > 0.5 * before[active])
        new = np.where(outside | slow, middle, new)
        before[active] = np.abs(new - mu[active])
        mu[active] = new
    else:
        raise not_converged("mu at a fixed tau", _STEPS, mu=mu[active], tau=tau[active])
    return mu, Sums(*table)


def as_table(sums: Sums) -> Floats:
    """The fields of sums as rows, shape (6, rows)."""
    return np.array([sums.value, sums.mu, sums.tau, sums.mu_mu, sums.mu_tau, sums.tau_tau])


def maximise(cells: Cells) -> Maximum:
    """Maximum-likelihood (mu, tau) of each row; rows must not be on a boundary (all 0, all n, all-or-none).

    The profile of tau is looked at on a grid; from the best point on, Newton in both parameters, kept between the
    neighbours of that point. Error: below 1e-9 of a standard error.
    """
    nought = np.zeros(cells.rows)
    zero, at_zero = best_mu(cells, nought, _first_mu(cells, nought))
    look = _look(cells, zero, at_zero)
    best = look.value.argmax(1)
    mu, tau = zero.copy(), np.zeros(cells.rows)
    inner = ((best > 0) | (at_zero.tau_tau > 0)).nonzero()[0]
    table = as_table(at_zero)
    if inner.size:
        ends = np.append(TAU_GRID, TAU_CAP)
        low, high = ends[np.maximum(best[inner] - 1, 0)], ends[best[inner] + 1]
        part = cells if inner.size == cells.rows else cells.take(inner)
        start = (look if inner.size == cells.rows else look.take(inner)).between(best[inner])
        tau[inner], mu[inner] = _climb(part, *start, low, high)
        tau[inner], mu[inner], table[:, inner] = _last_step(part, tau[inner], mu[inner])
    sums = Sums(*table)
    det = sums.mu_mu * sums.tau_tau - sums.mu_tau**2
    with np.errstate(divide="ignore", invalid="ignore"):
        variance = np.where((tau > 0) & (det > 0), -sums.tau_tau / det, -1 / sums.mu_mu)
    value = np.where(tau == 0, at_zero.value, sums.value)
    return Maximum(mu, tau, value, at_zero.value, np.sqrt(variance))


@dataclass(frozen=True, slots=True)
class _Look:
    """The profile on the grid of tau, about: mu, log-likelihood and its slope by tau^2, shape (rows, points)."""

    mu: Floats
    value: Floats
    slope: Floats

    def take(self, rows: Index) -> _Look:
        """The rows at ``rows``."""
        return _Look(self.mu[rows], self.value[rows], self.slope[rows])

    def between(self, best: Index) -> tuple[Floats, Floats]:
        """tau and mu where the profile is highest, about, shape (rows,): beside the best point, on its rising side.

        The top of the cubic in tau^2 with both points' values and slopes; the best point itself, or half-way to the
        first, where they have no top between them.
        """
        rows = np.arange(best.size)
        rising = self.slope[rows, best] > 0
        other = np.clip(np.where(rising, best + 1, best - 1), 0, TAU_GRID.size - 1)
        near, far = TAU_GRID[best] ** 2, TAU_GRID[other] ** 2
        slope, further = self.slope[rows, best], self.slope[rows, other]
        there = (self.value[rows, other] > -np.inf) & (slope * further < 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            rise = (self.value[rows, other] - self.value[rows, best]) / (far - near)
            mean = slope + further - 3 * rise
            root = np.copysign(np.sqrt(np.maximum(mean * mean - slope * further, 0.0)), far - near)
            share = 1 - (root - further + mean) / (slope - further + 2 * root)
        fallback = np.where(best == 0, 0.25, 0.0)
        share = np.where(there & (share > 0) & (share < 1), share, fallback)
        tau = np.sqrt(near + share * (TAU_GRID[np.where(best == 0, 1, other)] ** 2 - near))
        with np.errstate(divide="ignore", invalid="ignore"):
            along = np.where(there, (tau - TAU_GRID[best]) / (TAU_GRID[other] - TAU_GRID[best]), 0.0)
        return tau, self.mu[rows, best] + along * (self.mu[rows, other] - self.mu[rows, best])


def _look(cells: Cells, zero: Floats, at_zero: Sums) -> _Look:
    """The profile on the grid, -inf where it is not looked at; ``zero`` is mu at tau = 0, ``at_zero`` what is there.

    A profile is followed only as far as it can still be highest, by what the family knows of it. From ``FAR_TAU`` on
    that is as long as it is high or rising: no logit of studies of up to millions is then further out than a few tau,
    and what is left is that the density of mixed cells falls as 1 / tau.
    """
    look = _Look(*(np.full((cells.rows, TAU_GRID.size), each) for each in (0.0, -np.inf, 0.0)))
    look.mu[:, 0], look.value[:, 0], look.slope[:, 0] = zero, at_zero.value, 0.5 * at_zero.tau_tau
    ceiling = cells.family.ceiling(cells.x, cells.n) if cells.family.ceiling else None
    rows, first = np.arange(cells.rows), TAU_GRID[1:_FIRST]
    part, tau = cells.take(np.repeat(rows, first.size)), np.tile(first, cells.rows)
    found = (each.reshape(-1, first.size) for each in profile_about(part, tau, _first_mu(part, tau))[:4])
    look.mu[:, 1:_FIRST], look.value[:, 1:_FIRST], slope, rate = found
    look.slope[:, 1:_FIRST] = 0.5 * slope / first
    mu, value, slope, rate = look.mu[:, _FIRST - 1], look.value[:, _FIRST - 1], slope[:, -1], rate[:, -1]
    part, top = cells, look.value.max(1)
    for point in range(_FIRST, TAU_GRID.size):
        coming = TAU_GRID[point]
        on = np.full(rows.size, True) if coming <= FAR_TAU else (slope > 0) | (top - value < STILL_HIGH)
        if ceiling is not None:
            on &= part.sum(np.minimum(ceiling - np.log(coming), 0.0)) > top - ROUGHNESS
        mu = mu + rate * (coming - TAU_GRID[point - 1])
        if not on.all():
            rows, top, mu = rows[on], top[on], mu[on]
            if rows.size == 0:
                break
            part, ceiling = cells.take(rows), None if ceiling is None else ceiling[on]
        tau = np.full(rows.size, coming)
        mu, value, slope, rate, _ = profile_about(part, tau, mu)
        look.mu[rows, point], look.value[rows, point], look.slope[rows, point] = mu, value, 0.5 * slope / tau
        top = np.maximum(top, value)
    return look


def profile_about(cells: Cells, tau: Floats, mu: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """The profile at tau of each row, about; mu by a Newton step or two, or by a safe search where these do not settle.

    Returns:
        mu, the log-likelihood, its slope by tau, how fast mu goes with tau, and the bend in mu; shape (rows,) each.
    """
    table = as_table(log_likelihood(cells, mu, tau, ROUGH))
    step = _step(table, tau)
    again = (np.abs(step) > NEAR * (1 + tau)).nonzero()[0]
    if again.size:
        mu[again] += step[again]
        part = cells.take(again)
        table[:, again] = as_table(log_likelihood(part, mu[again], tau[again], ROUGH))
        step[again] = _step(table[:, again], tau[again])
    far = ((np.abs(step) > NEAR * (1 + tau)) | (table[3] >= 0)).nonzero()[0]
    if far.size:
        mu[far], found = best_mu(cells.take(far), tau[far], mu[far])
        table[:, far], step[far] = as_table(found), 0.0
    value, by_mu, by_tau, mu_mu, mu_tau, _ = table
    rate = -mu_tau / np.minimum(mu_mu, -1e-300)
    limited = np.minimum(np.maximum(rate, -3.0), 3.0)
    return mu + step, value + 0.5 * by_mu * step, by_tau + mu_tau * step, limited, -mu_mu


def _step(table: Floats, tau: Floats) -> Floats:
    """Newton step of mu, no longer than the likelihood is likely to be concave on; a table of shape (6, rows)."""
    return np.asarray(np.minimum(np.maximum(table[1] / np.maximum(-table[3], 1e-300), -3 * (1 + tau)), 3 * (1 + tau)))


def _first_mu(cells: Cells, tau: Floats) -> Floats:
    """Where mu lies at tau of each row, about; of these families' own likelihoods exactly where tau is 0."""
    small = 0.5 * (tau > 0)
    events, others = (cells.sum(part) + small for part in cells.family.first_odds(cells.x, cells.n, tau[:, None]))
    return np.asarray(np.log(events / others) * cells.family.stretch(tau))


def _newton(sums: Sums) -> tuple[Floats, np.ndarray]:
    """Step of (mu, tau), shape (2, rows), and whether the likelihood bends downwards in every direction."""
    det = sums.mu_mu * sums.tau_tau - sums.mu_tau**2
    with np.errstate(divide="ignore", invalid="ignore"):
        of_mu = (sums.mu_tau * sums.tau - sums.tau_tau * sums.mu) / det
        of_tau = (sums.mu_tau * sums.mu - sums.mu_mu * sums.tau) / det
    return np.array([of_mu, of_tau]), (det > 0) & (sums.mu_mu < 0)


def _last_step(cells: Cells, tau: Floats, mu: Floats) -> tuple[Floats, Floats, Floats]:
    """One more step from a place at most ``LAST`` squared away; the table of sums is that of where it starts, its value
    that of where it ends.
    """
    sums = log_likelihood(cells, mu, tau)
    step, summit = _newton(sums)
    step = np.where(summit & (tau > 0) & (np.abs(step) <= LAST * np.minimum(1.0, tau)).all(0), step, 0.0)
    table = as_table(sums)
    table[0] += 0.5 * (sums.mu * step[0] + sums.tau * step[1])
    return tau + step[1], mu + step[0], table


def _climb(cells: Cells, tau: Floats, mu: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Newton in (mu, tau) inside (low, high); rows that leave it, or meet no summit, are bracketed instead."""
    at, start = np.stack([mu, tau]), (tau, mu)
    lost = np.zeros(mu.size, dtype=bool)
    for rule, last in ((ROUGH, ROUGH_LAST), (FINE, LAST)) if cells.shared else ((FINE, LAST),):
        active = (~lost if rule is FINE else at[1] >= ROUGH_TAU).nonzero()[0]
        for _ in range(25):
            if active.size == 0:
                break
            part = cells if active.size == mu.size else cells.take(active)
            sums = log_likelihood(part, at[0, active], at[1, active], rule)
            step, summit = _newton(sums)
            new = at[:, active] + step
            stray = ~(summit & (new[1] > low[active]) & (new[1] < high[active]))
            lost[active[stray]] = True
            at[:, active[~stray]] = new[:, ~stray]
            active = active[~(stray | (np.abs(step) <= last * np.minimum(1.0, at[1, active])).all(0))]
        lost[active] = True
    again = lost.nonzero()[0]
    if again.size:
        tau, mu = (part[again] for part in start)
        at[1, again], at[0, again] = _bracketed(cells.take(again), tau, mu, low[again], high[again])
    return at[1], at[0]


def _bracketed(cells: Cells, tau: Floats, mu: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """The same by a root of the profile's score between low and high, and everywhere if it is not there."""
    found, near = polish_tau(cells, tau, mu, low, high)
    beside = (((found == low) & (low > 0)) | ((found == high) & (high < TAU_CAP))).nonzero()[0]
    if beside.size:
        whole = np.zeros(beside.size), np.full(beside.size, TAU_CAP)
        found[beside], near[beside] = polish_tau(cells.take(beside), tau[beside], mu[beside], *whole)
    at, _ = best_mu(cells, found, near)
    return found, at


def around(best: Index, score: Floats, grid: Floats) -> tuple[Floats, Floats]:
    """The grid cell next to the best point in which the optimum lies, by the sign of the score at the best point."""
    rising = score > 0
    last = grid.shape[-1] - 1
    low = np.where(rising, best, np.maximum(best - 1, 0))
    high = np.where(rising, np.minimum(best + 1, last), best)
    if grid.ndim == 1:
        return grid[low], grid[high]
    rows = np.arange(best.size)
    return grid[rows, low], grid[rows, high]


def profile_score(sums: Sums, tau: Floats) -> Floats:
    """Score of the profile by tau2, up to the factor 2: finite at tau = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(tau > 0, sums.tau / tau, sums.tau_tau)


def polish_tau(cells: Cells, start: Floats, mu: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """tau in [low, high] that maximises the profile likelihood, and its mu; 0 where the profile falls from 0 on."""
    stretch = cells.family.stretch
    last = mu / stretch(start)

    def score(rows: Index, at: Floats) -> Floats:
        found, sums = best_mu(cells.take(rows), at, last[rows] * stretch(at))
        last[rows] = found / stretch(at)
        return profile_score(sums, at)

    tau = falling_root(score, low, high)
    return tau, last * stretch(tau)


def falling_root(
    function: Callable[[Index, Floats], Floats], low: Floats, high: Floats, error: float = 1e-11
) -> Floats:
    """Root in [low, high] of a function of tau >= 0 that is positive before and negative after it, for each row.

    ``low`` is returned where the function is negative from there on, ``high`` where it is positive up to there.
    Chandrupatla's method on asinh(tau), so that tau = 0.1 and tau = 1000 are reached alike.

    Raises:
        ConvergenceError: a root had not settled, or the function has no value there.
    """
    t_low, t_high = np.arcsinh(low), np.arcsinh(high)

    def along(t: Floats, /, *arguments: Any, **_: Any) -> Floats:
        i = arguments[0].astype(np.intp).ravel()
        at = t.ravel()
        tau = np.where(at <= t_low[i], low[i], np.where(at >= t_high[i], high[i], np.sinh(at)))
        return function(i, tau).reshape(t.shape)

    found = find_root(
        along, (t_low, t_high), args=(np.arange(low.size, dtype=float),), tolerances={"xatol": error, "xrtol": error}
    )
    stuck = found.status < _NO_SIGN_CHANGE
    if stuck.any():
        raise not_converged("tau", int(np.max(found.nit)), tau=np.sinh(found.x[stuck]))
    at_low, _ = found.f_bracket
    return np.where(found.success, np.sinh(found.x), np.where(at_low <= 0, low, high))
