"""Posterior of (mu, tau) of the logistic-normal model on a deterministic grid; no sampling.

For each tau the posterior of mu is log-concave, so it is put on an even grid over its support; the trapezoid rule and
sinc interpolation are then accurate to about 1e-12. tau is integrated by Gauss-Legendre nodes in asinh(tau).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.polynomial import legendre
from scipy.interpolate import CubicSpline
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit, ndtr, ndtri, sici

from .cells import Cells, log_likelihood
from .convergence import not_converged
from .family import log_mean, stretch
from .profile import best_mu
from .profile_limits import edge_mu
from .result import Floats

#: First number of nodes of tau, nodes of mu for each tau, and the fall of the log-posterior at which the grid ends.
TAU_NODES, MU_NODES, FALL = 64, 48, 34.0
#: The nodes of tau are doubled until the last terms of the density's series are this small against the largest.
SETTLED, MOST_TAU_NODES = 1e-8, 512
#: With that many nodes a density with an end, as a uniform prior's, is still known to this share.
LOOSE = 1e-4
#: Relative rounding of a mean, with room.
ROUNDING = 1e-14
#: Steps of the search for mu at a given mean, and of a quantile's.
_STEPS = 60
_QUANTILE_STEPS = 200
#: Where the grid of tau ends at the latest: a half-Cauchy prior of scale 1 has 6e-10 of its mass beyond.
LARGEST_TAU = 1e9
#: Points at which a distribution function is looked at for its shortest interval, and the tails left out.
SHORTEST_POINTS, SLIGHT = 129, 1e-9
#: Nodes for a new study's logit where tau is small against the grid of mu.
HERMITE_NODES = 24


class Joint(Protocol):
    """Log-likelihood plus log prior of mu (without its constant) of one analysis, as a function of mu and tau."""

    @property
    def precision(self) -> float:
        """Of the normal prior of mu around 0; 0 for a flat one."""

    def top(self, tau: Floats) -> Floats:
        """Its largest value over mu at each tau, shape (t,)."""

    def grids(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """An even grid of mu over its support for each tau, its step, and the values on it: (t, m), (t,), (t, m)."""


@dataclass(frozen=True, slots=True)
class BinomialJoint:
    """Binomial counts; ``cells`` is one row with the precision of the prior of mu (> 0)."""

    cells: Cells

    @property
    def precision(self) -> float:
        """Of the normal prior of mu."""
        return self.cells.precision

    def top(self, tau: Floats) -> Floats:
        """Largest value over mu at each tau."""
        return best_mu(self._at(tau), tau, np.zeros(tau.size))[1].value

    def grids(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Grid of mu, step and values for each tau."""
        rows = self._at(tau)
        centre, sums = best_mu(rows, tau, np.zeros(tau.size))
        target, lower = sums.value - FALL, np.full(tau.size, -1.0)
        low, _ = edge_mu(rows, tau, target, centre, lower)
        high, _ = edge_mu(rows, tau, target, centre, -lower)
        mu, step = _even(low, high)
        flat = rows.take(np.repeat(np.arange(tau.size), MU_NODES))
        value = log_likelihood(flat, mu.ravel(), np.repeat(tau, MU_NODES)).value
        return mu, step, value.reshape(mu.shape)

    def _at(self, tau: Floats) -> Cells:
        return self.cells.take(np.zeros(tau.size, dtype=np.intp))


@dataclass(frozen=True, slots=True)
class NormalJoint:
    """Normal effects y with variances v, each of shape (k,); a flat prior of mu has precision 0."""

    y: Floats
    v: Floats
    precision: float

    def top(self, tau: Floats) -> Floats:
        """Largest value over mu at each tau."""
        return self._moments(tau)[2]

    def grids(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Grid of mu, step and values for each tau."""
        total, centre, top = self._moments(tau)
        reach = np.sqrt(2 * FALL / total)
        mu, step = _even(centre - reach, centre + reach)
        return mu, step, top[:, None] - 0.5 * total[:, None] * (mu - centre[:, None]) ** 2

    def _moments(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Given tau: precision and centre of mu, and the value there."""
        spread = self.v + (tau * tau)[:, None]
        w = 1 / spread
        total = w.sum(1) + self.precision
        centre = (w @ self.y) / total
        gaps = (w * (self.y - centre[:, None]) ** 2).sum(1) + self.precision * centre**2
        return total, centre, -0.5 * (np.log(2 * np.pi * spread).sum(1) + gaps)


@dataclass(frozen=True, slots=True)
class Posterior:
    """A posterior on its grid.

    Attributes:
        tau: Nodes, shape (t,); ``weight``: their posterior mass, sums to 1.
        mu: Even grid for each tau, shape (t, m); ``step``: its step, shape (t,).
        density: Density of mu given tau, shape (t, m).
        log_evidence: Log of the marginal likelihood.
        ends: Range of asinh(tau).
        series: Legendre series of the posterior density of asinh(tau) on [-1, 1].
    """

    tau: Floats
    weight: Floats
    mu: Floats
    step: Floats
    density: Floats
    log_evidence: float
    ends: tuple[float, float]
    series: Floats

    def mu_cdf(self, value: Floats) -> Floats:
        """P(mu <= value | tau) for values of shape (t, q)."""
        u = np.pi * (value[:, :, None] - self.mu[:, None, :]) / self.step[:, None, None]
        part = 0.5 + sici(u)[0] / np.pi
        return np.asarray(np.einsum("tqm,tm->tq", part, self.density) * self.step[:, None])

    def median_cdf(self, logit: Floats) -> Floats:
        """P(mu <= logit), of shape (q,)."""
        return self.weight @ self.mu_cdf(np.broadcast_to(logit, (self.tau.size, logit.size)))

    def mean_cdf(self, logit: Floats) -> Floats:
        """P(logit of the marginal mean <= logit), of shape (q,)."""
        tau = np.repeat(self.tau, logit.size)
        mu = mu_of_mean(np.tile(expit(logit), self.tau.size), tau)
        return self.weight @ self.mu_cdf(mu.reshape(self.tau.size, logit.size))

    def predictive_cdf(self, logit: Floats) -> Floats:
        """P(logit of a new study's proportion <= logit), of shape (q,)."""
        wide = self.tau > 1.5 * self.step
        total = np.zeros(logit.size)
        if wide.any():
            z = (logit[:, None, None] - self.mu[wide]) / self.tau[wide, None]
            total += (ndtr(z) * self.density[wide]).sum(2) * self.step[wide] @ self.weight[wide]
        if not wide.all():
            nodes, weights = np.polynomial.hermite_e.hermegauss(HERMITE_NODES)
            at = logit[:, None] - self.tau[:, None, None] * nodes
            part = self.mu_cdf(at.reshape(self.tau.size, -1)).reshape(at.shape) @ (weights / weights.sum())
            total += self.weight[~wide] @ part[~wide]
        return total

    def tau_cdf(self, tau: Floats) -> Floats:
        """P(the between-study standard deviation <= tau), of shape (q,)."""
        low, high = self.ends
        x = np.clip((2 * np.arcsinh(tau) - low - high) / (high - low), -1, 1)
        integral = legendre.legint(self.series, lbnd=-1)
        return np.asarray(legendre.legval(x, integral) * 0.5 * (high - low))

    def sd_mu(self) -> float:
        """Posterior standard deviation of mu."""
        mass = self.weight[:, None] * self.density * self.step[:, None]
        centre = float((mass * self.mu).sum())
        return float(np.sqrt((mass * (self.mu - centre) ** 2).sum()))


def posterior(joint: Joint, log_prior_tau: Callable[[Floats], Floats], tau_end: float) -> Posterior:
    """The posterior of one analysis.

    Args:
        joint: Likelihood and prior of mu.
        log_prior_tau: Log density of tau >= 0, normalised.
        tau_end: Upper end of tau's support, inf for none.

    Error: quantiles 1e-7, log evidence 1e-9 (tested against a grid four times finer). With a flat prior of mu the
    evidence is that of a density of 1 everywhere.
    """
    ends = _ends(joint, log_prior_tau, tau_end)
    nodes = TAU_NODES
    found = _on_grid(joint, log_prior_tau, ends, nodes)
    while nodes < MOST_TAU_NODES and np.abs(found.series[-8:]).max() > SETTLED * np.abs(found.series).max():
        nodes *= 2
        found = _on_grid(joint, log_prior_tau, ends, nodes)
    if not np.abs(found.series[-8:]).max() <= LOOSE * np.abs(found.series).max():
        raise not_converged("the posterior of tau", nodes, tau=found.tau[[0, -1]])
    return found


def _on_grid(
    joint: Joint, log_prior_tau: Callable[[Floats], Floats], ends: tuple[float, float], nodes: int
) -> Posterior:
    node, node_weight = legendre.leggauss(nodes)
    t = 0.5 * (ends[0] + ends[1]) + 0.5 * (ends[1] - ends[0]) * node
    tau = np.sinh(t)
    mu, step, log_joint = joint.grids(tau)
    constant = 0.5 * np.log(joint.precision / (2 * np.pi)) if joint.precision > 0 else 0.0
    log_joint = log_joint + (log_prior_tau(tau) + np.log(np.cosh(t)) + constant)[:, None]
    peak = log_joint.max()
    density = np.exp(log_joint - peak)
    row = density.sum(1) * step
    mass = row * node_weight
    total = mass.sum()
    orders = np.arange(nodes)
    vander = legendre.legvander(node, nodes - 1)
    half = 0.5 * (ends[1] - ends[0])
    series = (2 * orders + 1) / 2 * (vander.T @ mass) / (total * half)
    evidence = float(np.log(total * half) + peak)
    return Posterior(tau, mass / total, mu, step, density / row[:, None], evidence, ends, series)


def _even(low: Floats, high: Floats) -> tuple[Floats, Floats]:
    step = (high - low) / (MU_NODES - 1)
    return low[:, None] + step[:, None] * np.arange(MU_NODES), step


def _ends(joint: Joint, log_prior_tau: Callable[[Floats], Floats], tau_end: float) -> tuple[float, float]:
    """Range of asinh(tau) outside of which the profile posterior is negligible."""
    low, high = 0.0, float(np.arcsinh(min(tau_end, LARGEST_TAU)))
    for _ in range(6):
        t = np.linspace(low, high, 41)
        tau = np.sinh(t)
        value = joint.top(tau) + log_prior_tau(tau) + np.log(np.cosh(t))
        inside = np.flatnonzero(value >= value.max() - FALL)
        first, last = max(inside[0] - 1, 0), min(inside[-1] + 1, t.size - 1)
        narrowed = (t[first], t[last])
        if narrowed[1] - narrowed[0] > 0.8 * (high - low):
            return narrowed
        low, high = narrowed
    return low, high


def mu_of_mean(mean: Floats, tau: Floats) -> Floats:
    """mu at which the marginal mean has a given value, for each tau. Newton on the logit of the mean; error 1e-11."""
    target = np.log(mean / (1 - mean))
    mu = target * stretch(tau)
    # The mean is rounded near 1: its logit is not known better than this, and beyond 30 not at all.
    rounding = ROUNDING * np.exp(np.clip(target, 0.0, 100.0))
    for _ in range(_STEPS):
        found = log_mean(mu, tau)
        m = np.exp(found.value)
        slope = found.mu / np.maximum(-np.expm1(found.value), 1e-300)
        logit = found.value - np.log(np.maximum(1 - m, 1e-300))
        step = (target - logit) / np.maximum(slope, 1e-300)
        mu = mu + np.clip(step, -4 * (1 + tau), 4 * (1 + tau))
        if (np.abs(step) <= 1e-11 * (1 + np.max(tau)) + rounding).all():
            break
    else:
        far = ~(np.abs(step) <= 1e-11 * (1 + np.max(tau)) + rounding) & (np.abs(target) <= 30)
        if far.any():
            raise not_converged("mu of a given mean", _STEPS, mu=mu[far], tau=tau[far])
    return np.asarray(mu)


def quantile(cdf: Callable[[Floats], Floats], level: float, low: float, high: float) -> float:
    """Where a distribution function reaches ``level``, between low and high (widened as needed); error 1e-10."""

    def gap(value: float) -> float:
        return float(cdf(np.array([value]))[0]) - level

    while gap(low) > 0 and low > -1e6:
        low -= high - low
    while gap(high) < 0 and high < 1e6:
        high += high - low
    if not gap(low) <= 0 <= gap(high):
        raise not_converged("a posterior quantile", 0, lower=low, upper=high)
    root, report = brentq(gap, low, high, xtol=1e-10, rtol=1e-12, maxiter=_QUANTILE_STEPS, full_output=True, disp=False)
    if not report.converged:
        raise not_converged("a posterior quantile", _QUANTILE_STEPS, quantile=root)
    return float(root)


def shortest(
    cdf: Callable[[Floats], Floats], scale: Callable[[Floats], Floats], low: float, high: float, level: float
) -> float:
    """Probability below the shortest interval that holds ``level``: for one peak the region of highest density.

    Args:
        cdf: Distribution function, of arrays.
        scale: From its argument to the scale on which the length counts.
        low, high: Where it is about ``SLIGHT`` and 1 - ``SLIGHT``.
    """
    at = np.linspace(low, high, SHORTEST_POINTS)
    score = ndtri(np.clip(cdf(at), SLIGHT, 1 - SLIGHT))
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(score)) > 0])
    inverse = CubicSpline(score[rising], at[rising])

    def width(tail: Floats) -> Floats:
        ends = np.clip(np.stack([tail, tail + level]), SLIGHT, 1 - SLIGHT)
        lower, upper = scale(inverse(ndtri(ends)))
        return np.asarray(upper - lower)

    tails = (1 - level) * np.linspace(0, 1, 513)
    best = int(np.argmin(width(tails)))
    span = (float(tails[max(best - 1, 0)]), float(tails[min(best + 1, tails.size - 1)]))
    found = minimize_scalar(lambda tail: float(width(np.array(tail))), bounds=span, method="bounded")
    if not found.success:
        raise not_converged("the shortest interval", int(found.nfev), tail=found.x)
    return float(found.x)
