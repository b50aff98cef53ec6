"""The Bayesian model with the normal likelihood beside bayesmeta and a quadrature of this folder.

Quantiles are compared as probabilities: ours of lying below theirs. Tolerances: 1e-7 against the quadrature; against
bayesmeta 2e-3, which is 5e-3 posterior standard deviations (its own grid: delta 0.01, epsilon 1e-4) times the density.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import numpy as np

from evidence.pooling.bayesian import Bayesian
from evidence.pooling.posterior import Posterior
from tests.reference.binomial import Key
from tests.reference.matching import Floats, Pair

TAU_PRIORS = {"HN": "half-normal", "HC": "half-cauchy"}
MU_SD = {"flat": np.inf, "N(0,2)": 2.0}
LEVELS = np.array([0.025, 0.5, 0.975])
QUADRATURE, BAYESMETA, BAYESMETA_SD = 1e-7, 2e-3, 5e-3
#: With a half-Cauchy prior the mean of mu does not exist for 1 study, its variance for 2; with 4 studies the integral
#: of the variance still converges slowly.
HEAVY_TAILS = 5


@cache
def posterior_of(x: Key, n: Key, tau_prior: str, mu_prior: str) -> Posterior:
    """Ours, with the priors that the reference names."""
    kind, scale = tau_prior[:2], float(tau_prior[2:])
    chosen = Bayesian(mu_sd=MU_SD[mu_prior], tau_prior=TAU_PRIORS[kind], tau_scale=scale, likelihood="normal")
    return chosen.posterior(np.array(x, dtype=int), np.array(n, dtype=int))


def probabilities(found: Posterior, what: str, values: Any) -> Floats:
    """Posterior probabilities of lying below values of mu, theta (a new study) or tau."""
    ways = {"mu": found.median_cdf, "theta": found.predictive_cdf, "tau": found.tau_cdf}
    return np.asarray(ways[what](np.array(values, dtype=float)))


def mean_and_sd(found: Posterior) -> tuple[float, float]:
    """Of mu."""
    mass = found.weight[:, None] * found.density * found.step[:, None]
    return float((mass * found.mu).sum()), found.sd_mu()


def quadrature_pairs(xi: Any, ni: Any, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """One record of reference_bayes."""
    x, n = tuple(map(float, xi)), tuple(map(float, ni))
    found = posterior_of(x, n, options["tau_prior"], options["mu_prior"])
    for what in ("mu", "theta", "tau"):
        theirs = [values[f"{what}_{name}"] for name in ("q025", "median", "q975")]
        for level, below in zip(LEVELS, probabilities(found, what, theirs), strict=True):
            yield Pair(f"{what} at {level}", float(below), float(level), QUADRATURE)
    light = options["tau_prior"].startswith("HN")
    mean, sd = mean_and_sd(found)
    if light or len(x) > 1:
        yield Pair("mu_mean", mean, values["mu_mean"], 1e-6 * sd)
    if light or len(x) >= HEAVY_TAILS:
        yield Pair("mu_sd", sd, values["mu_sd"], 1e-6 * sd)
    # One study alone under a half-Cauchy prior, which the model never pools, has much of its density in the far tail.
    yield Pair("log_marginal", found.log_evidence, values["log_marginal"], 1e-8 if len(x) > 1 else 1e-7)


def bayesmeta_pairs(xi: Any, ni: Any, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """One record of bayesmeta: quantiles, mean and sd of mu, and what its shortest intervals hold."""
    x, n = tuple(map(float, xi)), tuple(map(float, ni))
    found = posterior_of(x, n, options["tau_prior"], options["mu_prior"])
    for what in ("mu", "theta", "tau"):
        ends = [values[what]["shortest_lb"], values[what]["shortest_ub"]]
        *below, low, high = probabilities(found, what, [*values[f"{what}_q"], *ends])
        for level, ours in zip(LEVELS, below, strict=True):
            yield Pair(f"{what} at {level}", float(ours), float(level), BAYESMETA)
        yield Pair(f"{what}, shortest", float(high - low), 0.95, 2 * BAYESMETA)
    if options["tau_prior"].startswith("HN") or len(x) >= HEAVY_TAILS:
        mean, sd = mean_and_sd(found)
        yield Pair("mu_mean", mean, values["mu"]["mean"], BAYESMETA_SD * sd)
        yield Pair("mu_sd", sd, values["mu"]["sd"], BAYESMETA_SD * sd)
