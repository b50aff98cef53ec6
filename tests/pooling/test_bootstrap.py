"""Parametric bootstrap: prediction limits and the test of tau = 0, on request, with draws and seed in the model."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, norm

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.pooling import model
from evidence.pooling.beta_binomial import BetaBinomial
from evidence.pooling.bootstrap import _quantiles, bootstrap_lr_p, effect_limits
from evidence.pooling.effects import pool_effects
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.logistic_normal import LogisticNormal
from evidence.pooling.result import Pooled

SPREAD = Counts([3, 10, 5, 21, 30, 2, 8], [12, 20, 40, 25, 90, 3, 19])
FEW = Counts([3, 10, 5, 21], [12, 20, 40, 25])
CALM = Counts([3, 5, 6, 5, 9, 2, 9], [12, 20, 24, 18, 30, 6, 29])
MODELS = ["logistic-normal", "beta-binomial", "inverse-variance"]


def fit(name: str, counts: Counts = SPREAD, **options: Any) -> Pooled:
    return model(name, **{"draws": 200, **options}).fit(counts)


@pytest.mark.parametrize("name", MODELS)
def test_the_interval_has_its_draws_and_its_seed(name: str) -> None:
    first, other = (fit(name, FEW, prediction="bootstrap", seed=seed) for seed in (7, 8))
    assert first.pi is not None and other.pi is not None
    assert first.pi.lower != other.pi.lower
    assert first.pi.method == "bootstrap-t, 200 draws, seed 7"
    assert (first.to_dict()["model"]["draws"], first.to_dict()["model"]["seed"]) == (200, 7)
    assert first.estimate is not None
    assert 0 <= first.pi.lower < first.estimate < first.pi.upper <= 1
    row = model(name, prediction="bootstrap", draws=200, seed=7).estimate(
        Counts([[*FEW.events, 0], [*FEW.events, 2]], [[*FEW.n, 0], [*FEW.n, 9]])
    )
    assert (row.pi_lower[0], row.pi_upper[0]) == pytest.approx((first.pi.lower, first.pi.upper), rel=1e-9)
    assert row.pi_lower[1] != row.pi_lower[0]


@pytest.mark.parametrize("name", MODELS)
def test_below_three_studies_there_is_none(name: str) -> None:
    assert fit(name, Counts([3, 30], [12, 40]), prediction="bootstrap").pi is None


def test_where_tau_is_0_the_bayesian_interval_stays() -> None:
    counts = Counts([2, 4, 8, 6], [10, 20, 40, 30])
    pooled = fit("logistic-normal", counts, prediction="bootstrap")
    assert pooled.status == "tau-zero"
    assert pooled.pi is not None
    assert pooled.pi.method == "bayes-predictive"


def test_it_covers_what_it_says() -> None:
    """Normal effects, k = 8, tau2 = 1, v = 0.3: 500 sets have a Monte-Carlo se of 1 point; t holds 89 % of these."""
    rng = np.random.default_rng(1)
    chosen, v, covered, by_t = InverseVariance(limits="wald", draws=400), np.full(8, 0.3), 0, 0
    for _ in range(500):
        y, new = rng.normal(0, np.sqrt(v + 1)), rng.normal(0, 1)
        found = pool_effects(y[None], v[None], "REML", "wald", "t", 0.95)
        low, high = effect_limits(chosen, v, float(found.mu[0]), float(found.tau2[0]), float(found.se[0]))
        covered += low < new < high
        by_t += abs(new - found.mu[0]) < found.pi_reach[0]
    assert 0.925 < covered / 500 < 0.985
    assert by_t < covered


def test_with_many_large_studies_it_is_the_normal_interval() -> None:
    rng = np.random.default_rng(2)
    n = np.full(150, 2000)
    counts = Counts(rng.binomial(n, 1 / (1 + np.exp(-rng.normal(0.3, 0.5, 150)))), n)
    by_draws = fit("inverse-variance", counts, prediction="bootstrap", draws=4000).pi
    normal = fit("inverse-variance", counts, prediction="normal", limits="wald").pi
    assert by_draws is not None and normal is not None
    # The quantile of 4,000 draws has a standard error of 0.04 on T, 0.005 on the proportion.
    assert (by_draws.lower, by_draws.upper) == pytest.approx((normal.lower, normal.upper), abs=0.02)


def test_no_set_is_dropped() -> None:
    """Sets without events have T = inf, and those without a fit lie beyond both limits."""
    t = np.concatenate([np.linspace(-3, 3, 190), np.full(10, np.inf)])
    assert _quantiles(t, 0.95) == (t[4], np.inf)
    lost = np.concatenate([np.linspace(-3, 3, 190), np.full(10, np.nan)])
    assert _quantiles(lost, 0.95) == (-np.inf, np.inf)
    # Two events in all: one set in ten has none, and nothing bounds a new study's proportion from above.
    counts = Counts([0, 0, 2, 0, 0], [6, 5, 7, 6, 4])
    pooled = fit("logistic-normal", counts, prediction="bootstrap")
    assert pooled.pi is not None
    assert pooled.status == "ok"
    assert (pooled.pi.upper, pooled.pi.open) == (1.0, ("upper",))


@pytest.mark.parametrize("name", MODELS)
def test_the_test_of_tau(name: str) -> None:
    clear, calm = bootstrap_lr_p(FEW, model(name), 200), bootstrap_lr_p(CALM, model(name), 200)
    assert clear is not None and calm is not None
    assert (clear.p, clear.draws, clear.seed, clear.failed) == (1 / 201, 200, 1, 0)
    assert (calm.lr, calm.p) == (0.0, 1.0)
    spread = fit(name, CALM, tau_test="bootstrap").to_dict()["heterogeneity"]
    assert spread["lr_bootstrap"] == {"p": 1.0, "draws": 200, "seed": 1, "failed": 0}
    assert fit(name, FEW).to_dict()["heterogeneity"]["lr_bootstrap"] is None


def test_its_p_is_the_half_chi2_p_with_many_studies() -> None:
    rng = np.random.default_rng(11)
    n = np.full(80, 30)
    counts = Counts(rng.binomial(n, 1 / (1 + np.exp(-rng.normal(0, 0.22, 80)))), n)
    found = bootstrap_lr_p(counts, InverseVariance(tau2="ML"), 4000)
    spread = InverseVariance(tau2="ML").fit(counts).heterogeneity
    assert found is not None and spread is not None and spread.lr_p is not None
    assert 0.02 < spread.lr_p < 0.4
    # Monte-Carlo error 0.7 points, and a sample of 80 studies is not yet its limit.
    assert found.p == pytest.approx(spread.lr_p, abs=0.04)
    binomial = bootstrap_lr_p(counts, LogisticNormal(), 200)
    exact = LogisticNormal().fit(counts).heterogeneity
    assert binomial is not None and exact is not None
    assert binomial.p == pytest.approx(exact.lr_p, abs=0.12)


def test_models_without_a_likelihood_have_no_test() -> None:
    assert bootstrap_lr_p(SPREAD, InverseVariance(tau2="DL"), 200) is None
    assert bootstrap_lr_p(Counts([0, 0, 0], [4, 5, 6]), LogisticNormal(), 200) is None


def test_the_moments_of_a_beta_logit() -> None:
    mu, tau = np.array([0.7, -1.2, 0.3]), np.array([0.4, 1.7, 0.0])
    centre, spread = BetaBinomial().logit_moments(mu, tau)
    for i in range(2):
        a, b = 1 / (1 + np.exp(-mu[i])) / tau[i] ** 2, 1 / (1 + np.exp(mu[i])) / tau[i] ** 2
        logit = BetaBinomial().simulated(np.random.default_rng(i), float(mu[i]), float(tau[i]), (200_000,))
        # Monte-Carlo error of a mean, and of a standard deviation of a skewed variate.
        assert logit.mean() == pytest.approx(centre[i], abs=5 * spread[i] / np.sqrt(200_000))
        assert logit.std() == pytest.approx(spread[i], rel=0.02)
        assert (logit < 0).mean() == pytest.approx(beta(a, b).cdf(0.5), abs=0.006)
    assert (centre[2], spread[2]) == (0.3, 0.0)
    assert np.all(BetaBinomial().simulated(np.random.default_rng(0), 0.3, 0.0, (3,)) == 0.3)


def test_the_pivot_of_all_or_none_is_its_limit() -> None:
    for chosen, share in ((LogisticNormal(), 0.2), (BetaBinomial(), 0.2), (BetaBinomial(), 0.7)):
        tau = np.array([1e4])
        mu = norm.ppf(share) * tau if isinstance(chosen, LogisticNormal) else np.log([share / (1 - share)])
        centre, spread = chosen.logit_moments(mu, tau)
        assert float(chosen.pivot_at_infinity(np.array([share]))[0]) == pytest.approx(
            float((-centre / spread)[0]), abs=1e-6
        )


@pytest.mark.parametrize(("option", "value"), [("draws", 50), ("draws", 2e3), ("seed", -1), ("tau_test", "boot")])
def test_options_that_cannot_be_used(option: str, value: object) -> None:
    for name in MODELS:
        with pytest.raises(UsageError):
            model(name, **{option: value})


def test_the_methods_sentence_says_what_was_simulated() -> None:
    for name in MODELS:
        text, _ = model(name, prediction="bootstrap", draws=500, seed=3).describe()
        assert "bootstrap-t" in text and "500 draws, seed 3" in text
        assert "bootstrap" not in model(name).describe()[0]
    assert "500 data sets simulated" in model("beta-binomial", tau_test="bootstrap", draws=500).describe()[0]
