"""log P(x events in time t) when the log of the rate is normal, and the family that the searches maximise.

    P(x | t, mu, tau) = integral of Poisson(x; t exp(mu + tau z)) phi(z) dz

The mode of the integrand is Lambert's W in closed form. At d from it on the log rate the log-integrand has fallen by
lam (e^d - 1 - d) + d^2 / (2 tau^2), lam being the expected count at the mode: a convex function, from which the support
follows. The rule and its error control are those of ``quadrature``.
"""

from __future__ import annotations

import numpy as np
from scipy.special import gammaln, wrightomega

from .family import Family, Sums
from .quadrature import FALL, LARGE_TAU, STEP_NODES, Cells, Terms, integrated, step_terms
from .result import Floats


def poisson_terms(x: Floats, t: Floats, mu: Floats, tau: Floats) -> Terms:
    """Log-probability of x events in time t and its derivatives by mu and tau.

    Args:
        x: Events, shape (m,).
        t: Time at risk, > 0, shape (m,).
        mu, tau: Mean and standard deviation (>= 0) of the log rate, shape (m,).

    Error: absolute error of the log-probability below 1e-10.
    """
    zero = tau <= 0
    step = (tau > LARGE_TAU) & (x == 0)
    out = Terms.empty(x.size)
    for chosen, terms in ((zero, _plain), (step, _none), (~(zero | step), _integral)):
        if chosen.any():
            out.put(chosen, terms(x[chosen], t[chosen], mu[chosen], tau[chosen]))
    out.logp[...] += x * np.log(t) - gammaln(x + 1)
    return out


def _plain(x: Floats, t: Floats, mu: Floats, tau: Floats) -> Terms:
    """The terms at tau = 0, where the derivative by tau is 0 and the second is twice the one by tau2."""
    lam = t * np.exp(mu)
    r, nought = x - lam, np.zeros_like(mu)
    return Terms(x * mu - lam, r, nought, -lam, nought, r * r - lam)


def _none(x: Floats, t: Floats, mu: Floats, tau: Floats) -> Terms:
    """No events at large tau: a falling step at -log t, the mirror image of a rising one."""
    rising = np.exp(-np.exp(-STEP_NODES))[None]
    out = step_terms(rising, np.log(t), -mu, tau)
    out.mu[...] *= -1
    out.mu_tau[...] *= -1
    return out


class _PoissonCells(Cells):
    """The cells of a Poisson likelihood; ``n`` is the time at risk."""

    __slots__ = ()

    def node_sums(self, offsets: Floats) -> Floats:
        """Sums over nodes as of the binomial cells."""
        z = self.lower[:, None] + (self.upper - self.lower)[:, None] * offsets
        eta = self.mu[:, None] + self.tau[:, None] * z
        lam = self.n[:, None] * np.exp(eta)
        weight = np.exp(self.x[:, None] * eta - lam - 0.5 * z * z - self.peak[:, None])
        r = self.x[:, None] - lam
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


def _integral(x: Floats, t: Floats, mu: Floats, tau: Floats) -> Terms:
    w = wrightomega(2 * np.log(tau) + np.log(t) + mu + tau * tau * x)
    lam = w / (tau * tau)
    # The mode's own equation stands in where the count expected there is too small for its logarithm.
    eta = np.where(w > 1e-200, np.log(np.maximum(lam, 1e-300) / t), mu + tau * tau * x - w)
    z = (eta - mu) / tau
    below, above = _support(np.maximum(lam, 1e-200), tau)
    peak = x * eta - lam - 0.5 * z * z
    width = 1 / np.sqrt(1 + tau * tau * lam)
    return integrated(_PoissonCells(x, t, mu, tau, peak, z - below / tau, z + above / tau), width)


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


def _first_mu(x: Floats, t: Floats, tau: float) -> tuple[Floats, Floats]:
    """Events and time of each cell, large studies weighted down as the log rates vary at tau."""
    weight = 1 / (1 + x * tau * tau)
    return weight * x, weight * t


POISSON_NORMAL = Family(
    terms=poisson_terms,
    log_mean=_log_mean,
    stretch=np.ones_like,
    first_odds=_first_mu,
    step_mu=lambda share, tau: np.full_like(share, np.nan),
)
