"""Profile limits of linear combinations of the coefficients, of the mean they imply, and of tau: extremes over tau.

For a fixed tau the values of gamma within a given fall of the maximum form a convex region. The two ends of a'gamma on
it are found by steps that are exact for a quadratic (Venzon and Moolgavkar 1988, 10.2307/2347496); the limit is the
outermost end over all tau that lie within the fall.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cells import Index
from .convergence import not_converged
from .family import log_mean
from .mixed_logit import LONGEST, STEPS, TAU_TOP, MixedLogit, Sums, best_gamma, free, solved, stretch, tau_score
from .profile import MU_CAP, around, falling_root
from .result import Floats

#: Points of the first look along tau.
CURVE_POINTS = 7
#: A search whose coefficients of orthogonal columns get beyond this has left.
FAR = 1e4
#: Last step towards the ends of the first look along tau; no limit lies at these ends, where the region is a point.
_COARSE = 1e-2


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits of each combination, shape (m,): of a'gamma, infinite where never reached, and of the log mean.

    Those of the mean are NaN where they were not asked for.
    """

    lower: Floats
    upper: Floats
    mean_lower: Floats
    mean_upper: Floats


@dataclass(frozen=True, slots=True)
class Peak:
    """The maximum: gamma of shape (p,), tau, the values at it and at tau = 0, and whether tau is free or kept at 0."""

    gamma: Floats
    tau: float
    value: float
    value_zero: float
    free_tau: bool = True


def tau_limits(model: MixedLogit, top: Peak, fall: float, last_step: float = 1e-4) -> tuple[float, float]:
    """Where the profile likelihood of tau lies ``fall`` below the maximum.

    Newton in asinh(tau) from both sides at once, kept between a value inside and one outside; a last step of
    ``last_step`` leaves about its square.

    Returns:
        lower (0 if never reached) and upper (inf if never reached below ``TAU_TOP``).
    """
    target, side, end = top.value - fall, np.array([-1.0, 1.0]), float(np.arcsinh(TAU_TOP))
    t = np.arcsinh(np.array([0.4 * top.tau, 1.6 * top.tau + 0.5]))
    inside, outside = np.full(2, np.arcsinh(top.tau)), np.array([0.0, end])
    last = np.tile(top.gamma / stretch(np.array(top.tau)), (2, 1))
    active = np.array([0, 1] if top.value_zero < target else [1], dtype=np.intp)
    found = np.array([0.0, np.inf])
    for _ in range(STEPS):
        at = t[active]
        tau = np.sinh(at)
        scale = stretch(tau)[:, None]
        gamma, sums = best_gamma(model, tau, last[active] * scale, free(active.size, model.p))
        last[active] = gamma / scale
        excess, slope = sums.value - target, sums.score[:, -1] * np.cosh(at)
        inside[active] = np.where(excess > 0, at, inside[active])
        outside[active] = np.where(excess > 0, outside[active], at)
        with np.errstate(divide="ignore", invalid="ignore"):
            new = at - excess / slope
        low, high = np.minimum(inside, outside)[active], np.maximum(inside, outside)[active]
        usable = (slope * side[active] < 0) & (new > low) & (new < high)
        never = (at >= end) & (excess > 0)
        jump = np.minimum(0.5 * (low + high), np.where(side[active] > 0, at + 1.0, np.inf))
        new = np.where(usable, new, np.where(outside[active] < end, 0.5 * (low + high), np.maximum(jump, at + 0.1)))
        new = np.clip(new, 0.0, end)
        done = usable & (np.abs(new - at) <= last_step)
        found[active[done]] = np.sinh(new[done])
        t[active] = new
        active = active[~done & ~never]
        if active.size == 0:
            break
    else:
        raise not_converged("the limits of tau", STEPS, tau=np.sinh(t[active]))
    return float(found[0]), float(found[1])


@dataclass(frozen=True, slots=True)
class _Ends:
    """Ends of a'gamma at a fixed tau: gamma (rows, p), the multiplier of a and the likelihood there."""

    gamma: Floats
    multiplier: Floats
    sums: Sums

    def take(self, at: Index) -> _Ends:
        """The ends at ``at``."""
        sums = Sums(self.sums.value[at], self.sums.score[at], self.sums.hessian[at])
        return _Ends(self.gamma[at], self.multiplier[at], sums)


def _ends(model: MixedLogit, tau: Floats, target: float, a: Floats, start: Floats) -> _Ends:
    """The largest a'gamma at each tau on which the likelihood reaches the target.

    Each step goes to the end of the region of the quadratic that the likelihood is at this point.
    """
    p, gamma = model.p, start.copy()
    multiplier = np.zeros(tau.size)
    out = Sums(np.empty(tau.size), np.empty((tau.size, p + 1)), np.empty((tau.size, p + 1, p + 1)))
    active = np.arange(tau.size)
    for _ in range(STEPS):
        found = model.sums(gamma[active], tau[active])
        newton, along = solved(-found.hessian[:, :p, :p], found.score[:, :p], a[active])
        size = np.vecdot(a[active], along)
        height = found.value + 0.5 * np.vecdot(found.score[:, :p], newton) - target
        pull = np.sqrt(2 * np.maximum(height, 0.0) / size)
        step = newton + pull[:, None] * along
        multiplier[active] = -pull
        reach = model.reach(step) / (1 + tau[active])
        step *= np.minimum(1.0, LONGEST / np.maximum(reach, 1e-300))[:, None]
        gamma[active] += step
        out.put(active, found)
        last = reach <= 1e-5
        out.score[active[last]] += np.matvec(found.hessian[last][:, :, :p], step[last])
        gone = np.abs(gamma[active]).max(1) > FAR
        active = active[~last & ~gone]
        if active.size == 0:
            break
    else:
        raise not_converged("a profile limit", STEPS, gamma=gamma[active], tau=tau[active])
    return _Ends(gamma, multiplier, out)


def profile_limits(model: MixedLogit, top: Peak, fall: float, a: Floats, means: bool = False) -> Limits:
    """Profile limits of a'gamma for each row of a, shape (m, p), and of the mean E expit(a'gamma + tau Z) on request.

    Args:
        model: The likelihood. top: Its maximum.
        fall: Fall of the log-likelihood at the limit, half the squared quantile.
        a: The combinations. means: Whether the limits of the mean are wanted as well.

    Error: 1e-7 of the width.
    """
    m = a.shape[0]
    low, high = tau_limits(model, top, fall, _COARSE) if top.free_tau else (0.0, 0.0)
    ends = np.arcsinh([low, min(high, TAU_TOP)])
    grid = np.sinh(np.linspace(ends[0], ends[1], CURVE_POINTS if top.free_tau else 1))
    edges = _Edges(model, top, top.value - fall, np.concatenate([-a, a]), grid)
    outer = edges.outermost(np.repeat([False, True], 2 * m) if means else np.repeat(False, 2 * m)).reshape(-1, m)
    if not means:
        return Limits(-outer[0], outer[1], np.full(m, np.nan), np.full(m, np.nan))
    return Limits(-outer[0], outer[1], -outer[2], outer[3])


@dataclass(frozen=True, slots=True)
class _Edges:
    """Ends of a'gamma along tau, for -a in the first half of the rows and for a in the second.

    Attributes:
        a: Shape (rows, p). grid: Shape (points,).
    """

    model: MixedLogit
    top: Peak
    target: float
    a: Floats
    grid: Floats

    def outermost(self, of_mean: np.ndarray) -> Floats:
        """Largest a'gamma over tau, or the outermost log mean times the side where ``of_mean``.

        The rows of a once or twice: ``of_mean`` has that shape.
        """
        rows, points = self.a.shape[0], self.grid.size
        scale = stretch(self.grid)[:, None] / stretch(np.array(self.top.tau))
        inner, _ = best_gamma(self.model, self.grid, self.top.gamma * scale, free(points, self.model.p))
        row, tau = np.repeat(np.arange(rows), points), np.tile(self.grid, rows)
        found = self._ends(row, tau, np.tile(inner, (rows, 1)))
        tables = [self._values(found, row, tau, mean) for mean in ([False, True] if of_mean.any() else [False])]
        values = np.stack(tables).reshape(-1, points)
        place = values.argmax(1)
        which = np.arange(of_mean.size) % rows
        here = which * points + place
        rising = self._moves(found.take(here), which, tau[here], of_mean)
        low, high = around(place, rising, self.grid)
        polished = self._polished(which, of_mean, low, high, found.gamma[here])
        return np.asarray(np.maximum(values.max(1), polished))

    def _side(self, row: Index) -> Floats:
        return np.where(row < self.a.shape[0] // 2, -1.0, 1.0)

    def _ends(self, row: Index, tau: Floats, start: Floats) -> _Ends:
        return _ends(self.model, tau, self.target, self.a[row], start)

    def _values(self, found: _Ends, row: Index, tau: Floats, of_mean: bool | np.ndarray) -> Floats:
        """How far out each end lies: a'gamma, or the log mean there times the side."""
        side, value = self._side(row), np.vecdot(self.a[row], found.gamma)
        value = np.where(np.abs(found.gamma).max(1) > FAR, np.inf, value)
        mean = np.where(side > 0, 0.0, np.inf)
        known = np.isfinite(value)
        mean[known] = side[known] * log_mean((side * value)[known], tau[known]).value
        # Where an arm's proportion is 0 or 1 in double precision, no limit was reached before.
        return np.where(of_mean, mean, np.where(self.model.reach(found.gamma) > MU_CAP, np.inf, value))

    def _moves(self, found: _Ends, row: Index, tau: Floats, of_mean: np.ndarray) -> Floats:
        """Positive while the end, or the mean at it, still moves outwards as tau grows; divided by tau."""
        side = self._side(row)
        moves = tau_score(found.sums, tau)
        mean = log_mean(np.clip(side * np.vecdot(self.a[row], found.gamma), -FAR, FAR), tau)
        with np.errstate(divide="ignore", invalid="ignore"):
            by_tau = np.where(tau > 0, mean.tau / tau, mean.tau_tau)
        return np.where(of_mean, moves * mean.mu - side * found.multiplier * by_tau, moves)

    def _polished(self, row: Index, of_mean: np.ndarray, low: Floats, high: Floats, last: Floats) -> Floats:
        """Outermost values between low and high."""

        def score(index: Index, tau: Floats) -> Floats:
            found = self._ends(row[index], tau, last[index])
            last[index] = np.where(np.abs(found.gamma).max(1)[:, None] > FAR, last[index], found.gamma)
            return self._moves(found, row[index], tau, of_mean[index])

        # The value is stationary in tau at the root: an error of 3e-5 there is one of 1e-9 in the value.
        tau = falling_root(score, low, np.minimum(high, self.grid[-1]), 3e-5)
        return self._values(self._ends(row, tau, last), row, tau, of_mean)
