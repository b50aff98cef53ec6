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

from .cells import Cells, Index, likelihood_table
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
#: Where the likelihood bends upwards along tau at 0 by less than this share of its bend in mu, that is rounding:
#: studies can differ exactly as much as chance makes them.
NO_RISE = 1e-12
#: A tau beyond this counts as never reached.
TAU_CAP = 1e6
_ENDS = np.append(TAU_GRID, TAU_CAP)
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
    mu, active = start.copy(), np.arange(start.size)
    low, high, before = np.full((3, mu.size), np.inf)
    np.negative(low, out=low)
    reach, table = 1 + tau, np.empty((6, mu.size))
    longest, closest = 3 * reach, 1e-6 * reach
    for _ in range(_STEPS):
        part = cells if active.size == mu.size else cells.take(active)
        found = likelihood_table(part, mu[active], tau[active])
        table[:, active] = found
        full = found[1] / np.maximum(-found[3], 1e-300)
        step = np.minimum(np.maximum(full, -longest[active]), longest[active])
        cut = step != full
        # Where rounding leaves no curvature at a very large tau, the bracket closes in the steps' stead.
        step[high[active] - low[active] <= closest[active]] = 0.0
        going = ~(np.abs(step) <= closest[active])
        done, last = active[~going], step[~going]
        table[2, done] += table[4, done] * last
        table[1, done] = 0.0
        mu[done] += last
        active, step, cut, rising = active[going], step[going], cut[going], found[1, going] > 0
        if active.size == 0:
            break
        longest[active] = np.where(cut, 2 * longest[active], 3 * reach[active])
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
    best = look[1].argmax(1)
    mu, tau, table = zero.copy(), nought, as_table(at_zero)
    inner = ((best > 0) | (at_zero.tau_tau > NO_RISE * -at_zero.mu_mu)).nonzero()[0]
    if inner.size:
        part = cells if inner.size == cells.rows else cells.take(inner)
        top = best[inner]
        span = _ENDS[np.maximum(top - 1, 0)], _ENDS[top + 1]
        tau[inner], mu[inner], table[:, inner] = _last_step(part, *_climb(part, *_between(look[:, inner], top), *span))
    _, _, _, mu_mu, mu_tau, tau_tau = table
    det = mu_mu * tau_tau - mu_tau * mu_tau
    spread = (tau > 0) & (det > 0)
    with np.errstate(divide="ignore"):
        variance = -np.where(spread, tau_tau, 1.0) / np.where(spread, det, mu_mu)
    value = np.where(tau == 0, at_zero.value, table[0])
    return Maximum(mu, tau, value, at_zero.value, np.sqrt(variance))


def _look(cells: Cells, zero: Floats, at_zero: Sums) -> Floats:
    """The profile on the grid of tau, about: mu, log-likelihood and its slope by tau^2, shape (3, rows, points).

    Args:
        zero: mu at tau = 0, shape (rows,). at_zero: What is there.

    A profile is followed only as far as it can still be highest, by what the family knows of it; the log-likelihood is
    -inf where it is not looked at. From ``FAR_TAU`` on that is as long as it is high or rising: no logit of studies of
    up to millions is then further out than a few tau, and what is left is that the density of mixed cells falls as
    1 / tau.
    """
    look = np.zeros((3, cells.rows, TAU_GRID.size))
    look[:, :, 0] = zero, at_zero.value, 0.5 * at_zero.tau_tau
    look[1, :, 1:] = -np.inf
    ceiling = cells.family.ceiling(cells.x, cells.n) if cells.family.ceiling else None
    rows, first = np.arange(cells.rows), TAU_GRID[1:_FIRST]
    part, tau = cells.take(np.repeat(rows, first.size)), np.full((rows.size, first.size), first).ravel()
    found = np.array(profile_about(part, tau, _first_mu(part, tau))[:4]).reshape(4, -1, first.size)
    look[:, :, 1:_FIRST] = found[:3]
    look[2, :, 1:_FIRST] *= 0.5 / first
    mu, value, slope, rate = found[:, :, -1]
    part, top = cells, look[1].max(1)
    for point in range(_FIRST, TAU_GRID.size):
        coming = TAU_GRID[point]
        on = np.full(rows.size, True) if coming <= FAR_TAU else (slope > 0) | (top - value < STILL_HIGH)
        if ceiling is not None:
            on &= part.sum(np.minimum(ceiling - np.log(coming), 0.0)) > top - ROUGHNESS
        if not on.all():
            rows, top, mu, rate = rows[on], top[on], mu[on], rate[on]
            if rows.size == 0:
                break
            part, ceiling = cells.take(rows), None if ceiling is None else ceiling[on]
        tau = np.full(rows.size, coming)
        mu, value, slope, rate, _ = profile_about(part, tau, mu + rate * (coming - TAU_GRID[point - 1]))
        look[:, rows, point] = mu, value, 0.5 * slope / tau
        top = np.maximum(top, value)
    return look


def _between(look: Floats, best: Index) -> tuple[Floats, Floats]:
    """tau and mu where the profile is highest, about, shape (rows,): beside the best point, on its rising side.

    The top of the cubic in tau^2 with both points' values and slopes; the best point itself, or half-way to the first,
    where they have no top between them.
    """
    rows, nearest = np.arange(best.size), best == 0
    mu, value, slope = look[:, rows, best]
    other = np.minimum(np.maximum(np.where(slope > 0, best + 1, best - 1), 0), TAU_GRID.size - 1)
    mu_there, value_there, further = look[:, rows, other]
    at, beside = TAU_GRID[best], TAU_GRID[other]
    near, far = at * at, beside * beside
    there = (value_there > -np.inf) & (slope * further < 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = slope + further - 3 * (value_there - value) / (far - near)
        root = np.copysign(np.sqrt(np.maximum(mean * mean - slope * further, 0.0)), far - near)
        share = 1 - (root - further + mean) / (slope - further + 2 * root)
        share = np.where(there & (share > 0) & (share < 1), share, 0.25 * nearest)
        tau = np.sqrt(near + share * (np.where(nearest, TAU_GRID[1] ** 2, far) - near))
        along = np.where(there, (tau - at) / (beside - at), 0.0)
    return tau, mu + along * (mu_there - mu)


def profile_about(cells: Cells, tau: Floats, mu: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats]:
    """The profile at tau of each row, about; mu by a Newton step or two, or by a safe search where these do not settle.

    Returns:
        mu, the log-likelihood, its slope by tau, how fast mu goes with tau, and the bend in mu; shape (rows,) each.
    """
    longest = 3 * (1 + tau)
    near = NEAR / 3 * longest
    table = likelihood_table(cells, mu, tau, ROUGH)
    step = _step(table, longest)
    again = (np.abs(step) > near).nonzero()[0]
    if again.size:
        mu[again] += step[again]
        part = cells.take(again)
        table[:, again] = likelihood_table(part, mu[again], tau[again], ROUGH)
        step[again] = _step(table[:, again], longest[again])
    far = ((np.abs(step) > near) | (table[3] >= 0)).nonzero()[0]
    if far.size:
        mu[far], found = best_mu(cells.take(far), tau[far], mu[far])
        table[:, far], step[far] = as_table(found), 0.0
    value, by_mu, by_tau, mu_mu, mu_tau, _ = table
    rate = np.minimum(np.maximum(mu_tau / np.maximum(-mu_mu, 1e-300), -3.0), 3.0)
    return mu + step, value + 0.5 * by_mu * step, by_tau + mu_tau * step, rate, -mu_mu


def _step(table: Floats, longest: Floats) -> Floats:
    """Newton step of mu, no longer than the likelihood is likely to be concave on; a table of shape (6, rows)."""
    return np.asarray(np.minimum(np.maximum(table[1] / np.maximum(-table[3], 1e-300), -longest), longest))


def _first_mu(cells: Cells, tau: Floats) -> Floats:
    """Where mu lies at tau of each row, about; of these families' own likelihoods exactly where tau is 0."""
    small = 0.5 * (tau > 0)
    events, others = (cells.sum(part) + small for part in cells.family.first_odds(cells.x, cells.n, tau[:, None]))
    return np.asarray(np.log(events / others) * cells.family.stretch(tau))


def _newton(table: Floats) -> tuple[Floats, np.ndarray]:
    """Step of (mu, tau), shape (2, rows), and whether the likelihood bends downwards in every direction; elsewhere the
    step says nothing.
    """
    _, by_mu, by_tau, mu_mu, mu_tau, tau_tau = table
    det = mu_mu * tau_tau - mu_tau * mu_tau
    summit = (det > 0) & (mu_mu < 0)
    step = np.array([mu_tau * by_tau - tau_tau * by_mu, mu_tau * by_mu - mu_mu * by_tau])
    step /= np.where(summit, det, 1.0)
    return step, summit


def _settled(step: Floats, tau: Floats, last: float) -> np.ndarray:
    """Where a step of (mu, tau) is below ``last``, or below this share of tau."""
    found: np.ndarray = np.abs(step).max(0) <= last * np.minimum(1.0, tau)
    return found


def _last_step(cells: Cells, tau: Floats, mu: Floats) -> tuple[Floats, Floats, Floats]:
    """One more step from a place at most ``LAST`` squared away; the table of sums is that of where it starts, its value
    that of where it ends.
    """
    table = likelihood_table(cells, mu, tau)
    step, summit = _newton(table)
    step = np.where(summit & (tau > 0) & _settled(step, tau, LAST), step, 0.0)
    table[0] += 0.5 * (table[1] * step[0] + table[2] * step[1])
    return tau + step[1], mu + step[0], table


def _climb(cells: Cells, tau: Floats, mu: Floats, low: Floats, high: Floats) -> tuple[Floats, Floats]:
    """Newton in (mu, tau) inside (low, high); rows that leave it, or meet no summit, are bracketed instead."""
    at, lost = np.array([mu, tau]), np.zeros(mu.size, dtype=bool)
    for rule, last in ((ROUGH, ROUGH_LAST), (FINE, LAST)) if cells.shared else ((FINE, LAST),):
        active = (~lost if rule is FINE else tau >= ROUGH_TAU).nonzero()[0]
        for _ in range(25):
            if active.size == 0:
                break
            part, here = (cells, at) if active.size == mu.size else (cells.take(active), at[:, active])
            step, summit = _newton(likelihood_table(part, here[0], here[1], rule))
            new = here + step
            inside = summit & (new[1] > low[active]) & (new[1] < high[active])
            going = inside & ~_settled(step, here[1], last)
            at[:, active] = np.where(inside, new, here)
            lost[active] = ~inside
            active = active[going]
        lost[active] = True
    again = lost.nonzero()[0]
    if again.size:
        found = _bracketed(cells.take(again), tau[again], mu[again], low[again], high[again])
        at[1, again], at[0, again] = found
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
