"""log P(x events in time t) when the log of the rate is normal, and the family that the searches maximise.

    P(x | t, mu, tau) = integral of Poisson(x; t exp(mu + tau z)) phi(z) dz

The expected count is counted in units of the observed one: with u its logarithm, log Poisson is c(x) - x (e^u - 1 - u),
so that nothing is a difference of numbers as large as x log x. The mode of the integrand is Wright's omega function in
closed form. At d from it on the log rate the log-integrand has fallen by lam (e^d - 1 - d) + d^2 / (2 tau^2), lam being
the expected count at the mode: a convex function, from which the support follows. The rule and its error control are
those of ``quadrature``.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, wrightomega

from .family import Family, Sums
from .log_products import CORRECTION
from .quadrature import FALL, LARGE_TAU, STEP_NODES, Cells, Terms, integrated, step_terms
from .result import Floats

#: From this count on, Stirling's series with the five terms of ``CORRECTION`` errs by less than 1e-16.
STIRLING = 16
#: An expected count below it is taken for it: its inverse still is a number.
SMALLEST = 1e-300
#: Beyond it the logarithm of expected over observed is not followed: the square of the count still is a number.
LARGEST_LOG = 300.0


def poisson_terms(x: Floats, t: Floats, mu: Floats, tau: Floats) -> Terms:
    """Log-probability of x events in time t and its derivatives by mu and tau.

    Args:
        x: Events, shape (m,).
        t: Time at risk, > 0, shape (m,).
        mu, tau: Mean and standard deviation (>= 0) of the log rate, shape (m,).

    Error: absolute error of the log-probability below 1e-10, for ten million events as for one (1e-8 where it is below
    -30 and tau > 12).
    """
    zero = tau <= 0
    step = (tau > LARGE_TAU) & (x == 0)
    out = Terms.empty(x.size)
    shift = np.log(t / np.maximum(x, 1))
    for chosen, terms in ((zero, _plain), (step, _none), (~(zero | step), _integral)):
        if chosen.any():
            out.put(chosen, terms(x[chosen], shift[chosen], mu[chosen], tau[chosen]))
    out.logp[...] += _constant(x)
    return out


def _constant(x: Floats) -> Floats:
    """The log-probability of x when x are expected; 0 for none."""
    out = np.zeros_like(x)
    small, large = (x > 0) & (x < STIRLING), x >= STIRLING
    n, m = x[small], x[large]
    out[small] = n * np.log(n) - n - gammaln(n + 1)
    powers = (1 / m[:, None]) ** (2 * np.arange(CORRECTION.size) + 1)
    out[large] = -0.5 * np.log(2 * np.pi * m) - powers @ CORRECTION
    return out


def _expected(x: Floats, u: Floats) -> tuple[Floats, Floats]:
    """The expected count at u, and the log-probability without its constant."""
    scale, excess = np.maximum(x, 1), np.expm1(np.minimum(u, LARGEST_LOG))
    # No events: the unit is one event, and the log-probability is minus the expected count.
    return scale * (1 + excess), x * u - scale * excess - (x == 0)


def _plain(x: Floats, shift: Floats, mu: Floats, tau: Floats) -> Terms:
    """The terms at tau = 0, where the derivative by tau is 0 and the second is twice the one by tau2."""
    lam, logp = _expected(x, shift + mu)
    r, nought = x - lam, np.zeros_like(mu)
    return Terms(logp, r, nought, -lam, nought, r * r - lam)


def _none(x: Floats, shift: Floats, mu: Floats, tau: Floats) -> Terms:
    """No events at large tau: a falling step at -log t, the mirror image of a rising one."""
    rising = np.exp(-np.exp(-STEP_NODES))[None]
    out = step_terms(rising, shift, -mu, tau)
    out.mu[...] *= -1
    out.mu_tau[...] *= -1
    return out


class _PoissonCells(Cells):
    """The cells of a Poisson likelihood; ``n`` is the log of the time at risk over the events (at least 1)."""

    __slots__ = ()

    def node_sums(self, offsets: Floats) -> Floats:
        """Sums over nodes as of the binomial cells."""
        z = self.lower[:, None] + (self.upper - self.lower)[:, None] * offsets
        x = self.x[:, None]
        lam, logp = _expected(x, self.n[:, None] + self.mu[:, None] + self.tau[:, None] * z)
        weight = np.exp(logp - 0.5 * z * z - self.peak[:, None])
        r = x - lam
        first = weight * r
        second = first * r - weight * lam
        return np.stack(
            [
                weight.sum(1),
                first.sum(1),
                np.einsum("ij,ij->i", first, z),
                second.sum(1),
                np.einsum("ij,ij->i", second, z),
                np.einsum("ij,ij,ij->i", second, z, z),
            ]
        )


def _integral(x: Floats, shift: Floats, mu: Floats, tau: Floats) -> Terms:
    z, lam = _mode(x, shift, mu, tau)
    below, above = _support(lam, tau)
    peak = _expected(x, shift + mu + tau * z)[1] - 0.5 * z * z
    width = 1 / np.sqrt(1 + tau * tau * lam)
    return integrated(_PoissonCells(x, shift, mu, tau, peak, z - below / tau, z + above / tau), width)


def _mode(x: Floats, shift: Floats, mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Mode in z of each integrand and the expected count there: z = tau (x - lam)."""
    unit = np.maximum(x, 1)
    w = wrightomega(2 * np.log(tau) + shift + np.log(unit) + mu + tau * tau * x)
    lam = np.maximum(w / (tau * tau), SMALLEST)
    # The difference loses digits where lam is about x and tau is large, the logarithm where tau or lam is small.
    alike = (tau >= 1) & (x > 0) & (lam > 0.5 * x) & (lam < 2 * x)
    return np.where(alike, (np.log(lam / unit) - shift - mu) / tau, tau * (x - lam)), lam


def _support(lam: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """How far below and above the mode, on the log rate, the log-integrand has fallen by FALL; never less."""
    normal, poisson = tau * np.sqrt(2 * FALL), np.sqrt(2 * FALL / lam)
    above = np.minimum(np.minimum(normal, poisson), np.maximum(1.5, np.log(4 * FALL / lam)))
    below = np.minimum(normal, 1 + FALL / lam)
    for d, sign in ((below, -1), (above, 1)):
        for _ in range(5):
            # Newton on a convex function, from outside.
            e = np.exp(sign * d)
            fall = lam * (e - 1 - sign * d) + 0.5 * (d / tau) ** 2
            slope = sign * lam * (e - 1) + d / tau**2
            d -= np.maximum(fall - FALL, 0) / slope
    return below, above


def _log_mean(mu: Floats, tau: Floats) -> Sums:
    """log E exp(mu + tau Z) = mu + tau^2 / 2."""
    one, nought = np.ones_like(mu), np.zeros_like(mu)
    return Sums(mu + 0.5 * tau * tau, one, tau, nought, nought, one)


def _first_mu(x: Floats, t: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Events and time of each cell, large studies weighted down as the log rates vary at tau."""
    weight = 1 / (1 + x * tau * tau)
    return weight * x, weight * t


POISSON_NORMAL = Family(
    terms=poisson_terms,
    log_mean=_log_mean,
    mean=lambda mu, tau: np.exp(_log_mean(mu, tau).value),
    stretch=np.ones_like,
    first_odds=_first_mu,
    step_mu=lambda share, tau: np.full_like(share, np.nan),
)
