"""The beta-binomial model: its probabilities, the review's pools, boundaries and properties."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.special import expit, xlogy
from scipy.stats import betabinom, binom

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.pooling import model
from evidence.pooling.beta_terms import beta_terms
from evidence.pooling.quadrature import Terms
from evidence.pooling.result import Pooled

REMISSION = ([0, 1, 3, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0], [1, 1, 6, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1])
TOPICAL = ([1, 1, 3, 1, 0, 0], [1, 1, 28, 1, 1, 1])
INTRALESIONAL = ([0, 1, 3], [1, 1, 6])
RESPONSE = (
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 1, 1, 0, 1, 0, 0],
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1, 1],
)


def fit(data: tuple[list[int], list[int]], **options: Any) -> Pooled:
    return model("beta-binomial", **options).fit(Counts(*data))


def one(x: float, n: float, mu: float, tau: float) -> Terms:
    return beta_terms(*(np.array([float(value)]) for value in (x, n, mu, tau)))


@pytest.mark.parametrize(("x", "n"), [(0, 1), (1, 1), (0, 7), (7, 7), (3, 28), (60, 200)])
@pytest.mark.parametrize("mu", [-3.0, 0.2, 2.5])
@pytest.mark.parametrize("tau", [0.05, 0.7, 4.0])
def test_probability_is_scipy_s(x: int, n: int, mu: float, tau: float) -> None:
    expected = betabinom.logpmf(x, n, expit(mu) / tau**2, expit(-mu) / tau**2)
    # SciPy's goes through differences of log-gamma of numbers up to 400 and more, and loses digits there.
    assert one(x, n, mu, tau).logp[0] == pytest.approx(expected, abs=1e-10)


def test_no_spread_is_the_binomial() -> None:
    assert one(3, 28, -1.1, 0.0).logp[0] == pytest.approx(binom.logpmf(3, 28, expit(-1.1)), abs=1e-12)


@pytest.mark.parametrize("tau", [0.3, 2.0])
@pytest.mark.parametrize(("x", "n"), [(0, 4), (4, 4), (2, 9)])
def test_derivatives_are_those_of_the_value(x: int, n: int, tau: float) -> None:
    mu, h = -0.6, 1e-5
    here = one(x, n, mu, tau)
    up, down = one(x, n, mu + h, tau), one(x, n, mu - h, tau)
    more, less = one(x, n, mu, tau + h), one(x, n, mu, tau - h)
    pairs = [
        (here.mu, up.logp, down.logp),
        (here.tau, more.logp, less.logp),
        (here.mu_mu, up.mu, down.mu),
        (here.mu_tau, more.mu, less.mu),
        (here.tau_tau, more.tau, less.tau),
    ]
    for derivative, after, before in pairs:
        # Central differences of step 1e-5: truncation 1e-10, rounding 1e-11 of values of order 1.
        assert derivative[0] == pytest.approx((after[0] - before[0]) / (2 * h), abs=1e-7)


@pytest.mark.parametrize(
    ("data", "mean"), [(REMISSION, 0.32), (TOPICAL, 0.46), (INTRALESIONAL, 0.50), (RESPONSE, 0.83)]
)
def test_the_beta_binomial_column_of_the_methods_table(data: tuple[list[int], list[int]], mean: float) -> None:
    pooled = fit(data)
    assert pooled.mean is not None and round(pooled.mean, 2) == mean
    assert pooled.estimate == pooled.mean and pooled.ci is not None and pooled.mean_ci is not None
    assert (pooled.ci.lower, pooled.ci.upper) == pytest.approx((pooled.mean_ci.lower, pooled.mean_ci.upper), abs=1e-9)


def test_profile_limits_fall_by_the_quantile() -> None:
    """The profile by a plain search over the spread: another way than the one under test."""
    pooled = fit(REMISSION, limits="profile")
    assert pooled.ci and pooled.log_likelihood is not None
    x, n = (np.array(v, dtype=float) for v in REMISSION)
    tau = np.concatenate([[0.0], np.geomspace(0.01, 50, 4000)])
    for limit in (pooled.ci.lower, pooled.ci.upper):
        mu = np.log(limit / (1 - limit))
        cells = np.tile(x, tau.size), np.tile(n, tau.size), np.full(x.size * tau.size, mu), np.repeat(tau, x.size)
        values = beta_terms(*cells).logp.reshape(tau.size, x.size).sum(1)
        # The grid of 4,000 points is within 0.2 % of the best tau: second order in the value.
        assert 2 * (pooled.log_likelihood - values.max()) == pytest.approx(1.959963984540054**2, abs=1e-4)


def test_all_or_none_is_one_coin_per_study() -> None:
    pooled = fit(([4, 3, 0], [4, 3, 5]))
    assert pooled.status == "tau-infinite" and pooled.mean == pytest.approx(2 / 3)
    assert pooled.log_likelihood == pytest.approx(xlogy(2, 2 / 3) + np.log(1 / 3))
    assert pooled.heterogeneity and pooled.heterogeneity.rho is None
    assert pooled.mean_ci and 0 < pooled.mean_ci.lower < 2 / 3 < pooled.mean_ci.upper < 1


@pytest.mark.parametrize(
    ("events", "status"), [([0, 0, 0], "all-zero"), ([5, 6, 7], "all-events"), ([2], "single-study")]
)
def test_boundaries_are_those_of_every_model(events: list[int], status: str) -> None:
    data = (events, [5, 6, 7][: len(events)])
    ours, other = fit(data), model("logistic-normal").fit(Counts(*data))
    assert ours.status == status
    assert ours.mean == other.mean and ours.mean_ci == other.mean_ci


def test_prediction_is_the_fitted_beta() -> None:
    from scipy.stats import beta

    pooled = fit(([12, 5, 24, 7, 17, 9], [20, 18, 31, 15, 19, 22]))
    assert pooled.pi and pooled.pi.method == "beta-plug-in" and pooled.heterogeneity and pooled.heterogeneity.rho
    scale = 1 / pooled.heterogeneity.rho - 1
    assert pooled.mean is not None
    for limit, tail in ((pooled.pi.lower, 0.025), (pooled.pi.upper, 0.975)):
        assert limit == pytest.approx(beta.ppf(tail, pooled.mean * scale, (1 - pooled.mean) * scale), abs=1e-9)
    assert pooled.heterogeneity.tau == pytest.approx(
        np.sqrt(pooled.mean * (1 - pooled.mean) * pooled.heterogeneity.rho), rel=1e-12
    )


@pytest.mark.parametrize("limits", ["profile-t", "t"])
def test_a_stack_equals_its_rows_and_the_mirror_mirrors(limits: str) -> None:
    rng = np.random.default_rng(3)
    n = rng.integers(1, 30, (12, 6))
    x = rng.binomial(n, expit(rng.normal(size=(12, 6))))
    chosen = model("beta-binomial", limits=limits, prediction="none")
    stack, mirrored = chosen.estimate(Counts(x, n)), chosen.estimate(Counts(n - x, n))
    for row in range(12):
        alone = chosen.estimate(Counts(x[row], n[row]))
        for name in ("estimate", "lower", "upper", "tau", "log_likelihood"):
            np.testing.assert_allclose(getattr(stack, name)[row], getattr(alone, name), atol=1e-9)
    np.testing.assert_allclose(mirrored.mean_lower, 1 - stack.mean_upper, atol=1e-8)
    np.testing.assert_allclose(mirrored.log_likelihood, stack.log_likelihood, atol=1e-9)


def test_unknown_names_list_ours() -> None:
    with pytest.raises(UsageError, match="beta-plug-in"):
        model("beta-binomial", prediction="riley")
