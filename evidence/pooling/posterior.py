"""Posterior of (mu, tau) of the logistic-normal model on a deterministic grid; no sampling.

For each tau the posterior of mu is log-concave, so it is put on an even grid over its support; the trapezoid rule and
sinc interpolation are then accurate to about 1e-12. tau is integrated by Gauss-Legendre nodes in asinh(tau).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.polynomial import legendre
from scipy.optimize import brentq
from scipy.special import ndtr, sici

from .cells import Cells, log_likelihood
from .family import log_mean, stretch
from .profile import best_mu
from .profile_limits import edge_mu
from .result import Floats

#: Nodes of tau, nodes of mu for each tau, and the fall of the log-posterior at which the grid ends.
TAU_NODES, MU_NODES, FALL = 64, 48, 34.0
#: Nodes for a new study's logit where tau is small against the grid of mu.
HERMITE_NODES = 24


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
        """P(mu <= value | tau) for one value per tau node (shape (t,)) or several (shape (t, q))."""
        at = value[:, None] if value.ndim == 1 else value
        u = np.pi * (at[:, :, None] - self.mu[:, None, :]) / self.step[:, None, None]
        part = 0.5 + sici(u)[0] / np.pi
        found = np.einsum("tqm,tm->tq", part, self.density) * self.step[:, None]
        return np.asarray(found[:, 0] if value.ndim == 1 else found)

    def median_cdf(self, logit: float) -> float:
        """P(mu <= logit)."""
        return float(self.weight @ self.mu_cdf(np.full(self.tau.size, logit)))

    def mean_cdf(self, proportion: float) -> float:
        """P(m <= proportion), m the marginal mean."""
        return float(self.weight @ self.mu_cdf(mu_of_mean(np.full(self.tau.size, proportion), self.tau)))

    def predictive_cdf(self, logit: float) -> float:
        """P(logit of a new study's proportion <= logit)."""
        wide = self.tau > 1.5 * self.step
        total = 0.0
        if wide.any():
            z = (logit - self.mu[wide]) / self.tau[wide, None]
            total += float(self.weight[wide] @ ((ndtr(z) * self.density[wide]).sum(1) * self.step[wide]))
        if not wide.all():
            nodes, weights = np.polynomial.hermite_e.hermegauss(HERMITE_NODES)
            at = logit - self.tau[:, None] * nodes
            part = self.mu_cdf(at) @ (weights / weights.sum())
            total += float(self.weight[~wide] @ part[~wide])
        return total

    def tau_cdf(self, tau: float) -> float:
        """P(the between-study standard deviation <= tau)."""
        low, high = self.ends
        x = np.clip((2 * np.arcsinh(tau) - low - high) / (high - low), -1, 1)
        integral = legendre.legint(self.series, lbnd=-1)
        return float(legendre.legval(x, integral) * 0.5 * (high - low))

    def sd_mu(self) -> float:
        """Posterior standard deviation of mu."""
        mass = self.weight[:, None] * self.density * self.step[:, None]
        centre = float((mass * self.mu).sum())
        return float(np.sqrt((mass * (self.mu - centre) ** 2).sum()))


def posterior(cells: Cells, log_prior_tau: Callable[[Floats], Floats], tau_end: float) -> Posterior:
    """The posterior of one analysis.

    Args:
        cells: One row, with the precision of the normal prior of mu (> 0).
        log_prior_tau: Log density of tau >= 0, normalised.
        tau_end: Upper end of tau's support, inf for none.

    Error: quantiles 1e-7, log evidence 1e-9 (tested against a grid four times finer).
    """
    ends = _ends(cells, log_prior_tau, tau_end)
    node, node_weight = legendre.leggauss(TAU_NODES)
    t = 0.5 * (ends[0] + ends[1]) + 0.5 * (ends[1] - ends[0]) * node
    tau = np.sinh(t)
    rows = cells.take(np.zeros(tau.size, dtype=np.intp))
    mu, step, log_joint = _mu_grids(rows, tau)
    log_joint += (log_prior_tau(tau) + np.log(np.cosh(t)) + 0.5 * np.log(cells.precision / (2 * np.pi)))[:, None]
    peak = log_joint.max()
    joint = np.exp(log_joint - peak)
    row = joint.sum(1) * step
    mass = row * node_weight
    total = mass.sum()
    orders = np.arange(TAU_NODES)
    vander = legendre.legvander(node, TAU_NODES - 1)
    half = 0.5 * (ends[1] - ends[0])
    series = (2 * orders + 1) / 2 * (vander.T @ mass) / (total * half)
    evidence = float(np.log(total * half) + peak)
    return Posterior(tau, mass / total, mu, step, joint / row[:, None], evidence, ends, series)


def _mu_grids(rows: Cells, tau: Floats) -> tuple[Floats, Floats, Floats]:
    """An even grid of mu over its support for each tau, its step, and the log joint on it."""
    centre, sums = best_mu(rows, tau, np.zeros(tau.size))
    target, lower = sums.value - FALL, np.full(tau.size, -1.0)
    low, _ = edge_mu(rows, tau, target, centre, lower)
    high, _ = edge_mu(rows, tau, target, centre, -lower)
    step = (high - low) / (MU_NODES - 1)
    mu = low[:, None] + step[:, None] * np.arange(MU_NODES)
    flat = rows.take(np.repeat(np.arange(tau.size), MU_NODES))
    value = log_likelihood(flat, mu.ravel(), np.repeat(tau, MU_NODES)).value
    return mu, step, value.reshape(mu.shape)


def _ends(cells: Cells, log_prior_tau: Callable[[Floats], Floats], tau_end: float) -> tuple[float, float]:
    """Range of asinh(tau) outside of which the profile posterior is negligible."""
    low, high = 0.0, float(np.arcsinh(min(tau_end, 1e6)))
    for _ in range(6):
        t = np.linspace(low, high, 41)
        tau = np.sinh(t)
        rows = cells.take(np.zeros(t.size, dtype=np.intp))
        _, sums = best_mu(rows, tau, np.zeros(t.size) * stretch(tau))
        value = sums.value + log_prior_tau(tau) + np.log(np.cosh(t))
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
    for _ in range(60):
        found = log_mean(mu, tau)
        m = np.exp(found.value)
        slope = found.mu / np.maximum(-np.expm1(found.value), 1e-300)
        logit = found.value - np.log(np.maximum(1 - m, 1e-300))
        step = (target - logit) / np.maximum(slope, 1e-300)
        mu = mu + np.clip(step, -4 * (1 + tau), 4 * (1 + tau))
        if np.max(np.abs(step)) < 1e-11 * (1 + np.max(tau)):
            break
    return mu


def quantile(cdf: Callable[[float], float], level: float, low: float, high: float) -> float:
    """Where a distribution function reaches ``level``, between low and high (widened as needed); error 1e-10."""
    while cdf(low) > level and low > -1e6:
        low -= high - low
    while cdf(high) < level and high < 1e6:
        high += high - low
    return float(brentq(lambda v: cdf(v) - level, low, high, xtol=1e-10, rtol=1e-12))
