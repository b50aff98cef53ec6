"""Distribution functions of a Bayesian model before it has seen a study."""

from __future__ import annotations

import numpy as np
from numpy.polynomial import legendre
from scipy.special import ndtr, ndtri

from .bayesian import Bayesian
from .posterior_mean import mu_of_mean
from .result import Floats

#: Nodes over the probability of tau.
NODES = 160


def prior_tau_cdf(model: Bayesian, tau: Floats) -> Floats:
    """P(tau <= ...) of shape (q,), for tau of at least 0."""
    share = tau / model.scale
    if model.tau_prior == "half-normal":
        return np.asarray(2 * ndtr(share) - 1)
    if model.tau_prior == "half-cauchy":
        return np.asarray(2 / np.pi * np.arctan(share))
    return np.clip(share, 0.0, 1.0)


def prior_median_cdf(model: Bayesian, logit: Floats) -> Floats:
    """P(logit of the median <= ...) of shape (q,)."""
    return np.asarray(ndtr(logit / model.mu_sd))


def prior_mean_cdf(model: Bayesian, logit: Floats) -> Floats:
    """P(logit of the marginal mean <= ...) of shape (q,); error 1e-4."""
    tau, weight = _nodes(model)
    return np.asarray(weight @ ndtr(mu_of_mean(logit, tau) / model.mu_sd))


def prior_new_cdf(model: Bayesian, logit: Floats) -> Floats:
    """P(logit of a new study's proportion <= ...) of shape (q,); error 1e-4."""
    tau, weight = _nodes(model)
    return np.asarray(weight @ ndtr(logit / np.hypot(model.mu_sd, tau)[:, None]))


def _nodes(model: Bayesian) -> tuple[Floats, Floats]:
    """Values of tau with their share of the prior, by Gauss-Legendre over its probability."""
    node, weight = legendre.leggauss(NODES)
    u = 0.5 * (1 + node)
    if model.tau_prior == "half-normal":
        tau = ndtri(0.5 * (1 + u))
    elif model.tau_prior == "half-cauchy":
        tau = np.tan(0.5 * np.pi * u)
    else:
        tau = u
    return np.asarray(tau * model.scale), 0.5 * weight
