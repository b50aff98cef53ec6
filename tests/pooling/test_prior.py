"""Distribution functions of the priors against numbers drawn from them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit

from evidence.pooling.bayesian import Bayesian
from evidence.pooling.prior import prior_mean_cdf, prior_median_cdf, prior_new_cdf, prior_tau_cdf

DRAWS = 40_000


def drawn_tau(model: Bayesian, rng: np.random.Generator) -> np.ndarray:
    if model.tau_prior == "half-normal":
        return np.abs(rng.standard_normal(DRAWS)) * model.scale
    if model.tau_prior == "half-cauchy":
        return np.abs(rng.standard_cauchy(DRAWS)) * model.scale
    return rng.random(DRAWS) * model.scale


@pytest.mark.parametrize(
    "model",
    [Bayesian(), Bayesian(tau_prior="half-cauchy", tau_scale=0.5), Bayesian(1.5, tau_prior="uniform", tau_scale=4.0)],
    ids=lambda model: model.tau_prior,
)
def test_priors_are_what_their_draws_are(model: Bayesian) -> None:
    rng = np.random.default_rng(7)
    mu, tau = model.mu_sd * rng.standard_normal(DRAWS), drawn_tau(model, rng)
    new = mu + tau * rng.standard_normal(DRAWS)
    node, weight = np.polynomial.hermite_e.hermegauss(40)
    # Where tau is large 40 nodes are steps; the mean is then known to 0.02, and its prior is flat there.
    mean = expit(mu[:, None] + tau[:, None] * node) @ (weight / weight.sum())
    at = np.array([0.02, 0.2, 0.5, 0.8, 0.95])
    for cdf, values in ((prior_median_cdf, expit(mu)), (prior_new_cdf, expit(new)), (prior_mean_cdf, mean)):
        shares = [(values <= p).mean() for p in at]
        # Five standard errors of a share of 40,000 draws, and the nodes of the mean.
        assert cdf(model, logit(at)) == pytest.approx(shares, abs=0.0125 + 0.01)
    grid = np.array([0.0, 0.3, 1.0, 3.0])
    assert prior_tau_cdf(model, grid) == pytest.approx([(tau <= t).mean() for t in grid], abs=0.0125)


def test_a_narrow_spread_makes_mean_median_and_new_study_alike() -> None:
    model = Bayesian(tau_scale=1e-4)
    at = logit(np.array([0.1, 0.4, 0.9]))
    median = prior_median_cdf(model, at)
    # tau of 1e-4 moves a probability by about its square.
    assert prior_mean_cdf(model, at) == pytest.approx(median, abs=1e-6)
    assert prior_new_cdf(model, at) == pytest.approx(median, abs=1e-6)
