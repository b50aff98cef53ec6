"""Limits of tau2: the equations that define them."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri
from scipy.stats import chi2

from evidence.measures import MEASURES
from evidence.pooling.normal_likelihood import LIKELIHOODS
from evidence.pooling.tau2 import TAU2, cochran_q
from evidence.pooling.tau2_limits import profile_tau2_limits, q_profile_limits


def stack(rows: int = 60, k: int = 6, seed: int = 3) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(seed)
    n = np.where(rng.random((rows, k)) < 0.15, 0, rng.integers(1, 60, (rows, k)))
    n[:, :2] = rng.integers(1, 60, (rows, 2))
    return MEASURES["PLO"].effects(rng.binomial(n, rng.beta(1, 1, (rows, k))), n)


def test_q_profile_solves_its_equations() -> None:
    y, v = stack()
    lower, upper = q_profile_limits(y, v, 0.9)
    df = np.isfinite(v).sum(-1) - 1
    for limit, tail in ((lower, 0.95), (upper, 0.05)):
        reached = limit > 0
        assert reached.sum() > 20
        np.testing.assert_allclose(cochran_q(y, v, limit)[reached], chi2.ppf(tail, df)[reached], rtol=1e-9)
    assert (lower <= upper).all()


def test_too_little_spread_for_any_tau2() -> None:
    y, v = np.array([1.0, 1.0, 1.0, 1.0001]), np.full(4, 0.5)
    assert [float(limit) for limit in q_profile_limits(y, v, 0.95)] == [0.0, 0.0]


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_profile_likelihood_falls_by_half_the_quantile(method: str) -> None:
    y, v = stack()
    tau2 = TAU2[method](y, v)
    lower, upper = profile_tau2_limits(y, v, tau2, method, 0.95)
    likelihood = LIKELIHOODS[method]
    target = likelihood.value(y, v, tau2) - 0.5 * ndtri(0.975) ** 2
    np.testing.assert_allclose(likelihood.value(y, v, upper), target, rtol=1e-9, atol=1e-9)
    inner = lower > 0
    assert 5 < inner.sum() < 60
    np.testing.assert_allclose(likelihood.value(y, v, lower)[inner], target[inner], rtol=1e-9, atol=1e-9)
    assert (likelihood.value(y, v, np.zeros(60))[~inner] >= target[~inner]).all()
    assert ((lower <= tau2) & (tau2 <= upper)).all()


def test_profile_limits_are_the_outermost_of_several_crossings() -> None:
    """A likelihood with two maxima: what lies between them may be rejected, the limits enclose both."""
    rng = np.random.default_rng(5)
    n = np.exp(rng.uniform(0, np.log(1e5), (4000, 4))).astype(int)
    y, v = MEASURES["PLO"].effects(rng.binomial(n, 1 / (1 + np.exp(-rng.normal(0, 1.5, (4000, 4))))), n)
    tau2 = TAU2["ML"](y, v)
    _, upper = profile_tau2_limits(y, v, tau2, "ML", 0.5)
    likelihood = LIKELIHOODS["ML"]
    target = likelihood.value(y, v, tau2) - 0.5 * ndtri(0.75) ** 2
    for factor in (1.001, 1.1, 2.0, 10.0, 1e3):
        assert (likelihood.value(y, v, factor * upper) < target).all()


@pytest.mark.parametrize("limits", ["q", "profile"])
def test_rows_one_study_and_shapes(limits: str) -> None:
    y, v = stack(12)
    v[0, 1:], y[0, 1:] = np.inf, 0.0

    def both(y: np.ndarray, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        if limits == "q":
            return q_profile_limits(y, v, 0.95)
        return profile_tau2_limits(y, v, TAU2["REML"](y, v), "REML", 0.95)

    lower, upper = both(y.reshape(3, 4, 6), v.reshape(3, 4, 6))
    assert lower.shape == (3, 4)
    assert np.isnan([lower[0, 0], upper[0, 0]]).all()
    for i in range(1, 12):
        own = both(y[i], v[i])
        assert lower.flat[i] == pytest.approx(float(own[0]), rel=1e-10, abs=1e-14)
        assert upper.flat[i] == pytest.approx(float(own[1]), rel=1e-10)
