"""Estimators of the between-study variance: closed forms, global maxima, stacks and properties."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.measures import MEASURES
from evidence.pooling.normal_likelihood import LIKELIHOODS
from evidence.pooling.tau2 import TAU2, cochran_q, q_root, search_grid, typical_variance

Floats = npt.NDArray[np.float64]
METHODS = list(TAU2)
study = st.integers(1, 60).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
studies = st.lists(study, min_size=2, max_size=12)


def effects(data: list[tuple[int, int]], measure: str = "PLO") -> tuple[Floats, Floats]:
    x, n = np.array(data).T
    return MEASURES[measure].effects(x, n)


def uneven(rows: int, k: int, seed: int) -> tuple[Floats, Floats]:
    """Stacks on which the likelihood has several maxima now and then: sizes from 1 to 100,000, a fifth absent."""
    rng = np.random.default_rng(seed)
    n = np.exp(rng.uniform(0, np.log(1e5), (rows, k))).astype(int)
    p = 1 / (1 + np.exp(-rng.normal(0, 1.5, (rows, k))))
    absent = rng.random((rows, k)) < 0.2
    absent[:, :2] = False
    return MEASURES["PLO"].effects(np.where(absent, 0, rng.binomial(n, p)), np.where(absent, 0, n))


def test_equal_variances_have_closed_forms() -> None:
    y, v = np.array([0.0, 1.0, 3.0, 5.0, 4.0]), np.full(5, 0.7)
    s2 = y.var(ddof=1)
    for method in ("DL", "HE", "REML", "PM", "EB"):
        assert float(TAU2[method](y, v)) == pytest.approx(s2 - 0.7, rel=1e-12)
    for method in ("ML", "HS"):
        assert float(TAU2[method](y, v)) == pytest.approx(s2 * 4 / 5 - 0.7, rel=1e-12)
    start = s2 * 4 / 5
    assert float(TAU2["SJ"](y, v)) == pytest.approx(start * s2 / (0.7 + start), rel=1e-12)


@pytest.mark.parametrize("method", [m for m in METHODS if m != "SJ"])
def test_less_spread_than_chance_is_zero(method: str) -> None:
    assert float(TAU2[method](np.array([1.0, 1.1, 0.9]), np.array([0.5, 0.4, 0.6]))) == 0.0


@pytest.mark.parametrize("method", METHODS)
def test_identical_effects_are_zero(method: str) -> None:
    y, v = effects([(1, 4), (2, 8), (10, 40)])
    assert float(TAU2[method](y, v)) == pytest.approx(0.0, abs=1e-15)


@pytest.mark.parametrize("method", ["ML", "REML"])
@pytest.mark.parametrize("k", [2, 3, 6, pytest.param(10, marks=pytest.mark.slow)])
def test_the_maximum_is_the_global_one(method: str, k: int) -> None:
    y, v = uneven(400, k, seed=k)
    likelihood = LIKELIHOODS[method]
    ours = likelihood.value(y, v, TAU2[method](y, v))
    grid, _ = search_grid(y, v, 3000)
    rising = likelihood.score(y.T[..., None], v.T[..., None], grid) > 0
    peaks = (rising[:, :-1] & ~rising[:, 1:]).sum(-1) + ~rising[:, 0]
    assert (peaks > 1).any() or k == 2 or method == "REML"
    best = likelihood.value(y[:, None], v[:, None], grid).max(-1)
    # The best point of a grid is never above the maximum, up to rounding of the likelihood.
    assert (ours >= best - 1e-11 * (1 + np.abs(best))).all()


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_the_score_is_zero_at_an_inner_maximum(method: str) -> None:
    y, v = uneven(300, 8, seed=1)
    tau2 = TAU2[method](y, v)
    inner = tau2 > 0
    w = 1 / (v + tau2[:, None])
    score = LIKELIHOODS[method].score(y.T, v.T, tau2)
    # Twice the score is a difference of two sums of about this size.
    assert (np.abs(score[inner]) < 1e-9 * w.sum(-1)[inner]).all()
    assert (LIKELIHOODS[method].score(y.T, v.T, np.zeros(300))[~inner] <= 0).all()


def test_the_likelihood_of_two_studies_by_hand() -> None:
    y, v, tau2 = np.array([0.2, 1.0]), np.array([0.3, 0.5]), np.asarray(0.1)
    w = 1 / (v + tau2)
    m = (w * y).sum() / w.sum()
    full = -0.5 * (2 * np.log(2 * np.pi) - np.log(w).sum() + (w * (y - m) ** 2).sum())
    assert float(LIKELIHOODS["ML"].value(y, v, tau2)) == pytest.approx(full, rel=1e-14)
    # The restricted one is the density of the difference, up to its Jacobian.
    variance = (v + tau2).sum()
    contrast = -0.5 * (np.log(2 * np.pi) + np.log(variance) + 0.8**2 / variance)
    assert float(LIKELIHOODS["REML"].value(y, v, tau2)) == pytest.approx(contrast + 0.5 * np.log(2), rel=1e-14)


def test_paule_mandel_solves_its_equation() -> None:
    y, v = uneven(300, 7, seed=4)
    tau2 = TAU2["PM"](y, v)
    k = np.isfinite(v).sum(-1)
    inner = tau2 > 0
    np.testing.assert_allclose(cochran_q(y, v, tau2)[inner], (k - 1)[inner], rtol=1e-10)
    assert (cochran_q(y, v)[~inner] <= (k - 1)[~inner]).all()


def test_q_root_of_a_target_above_q_is_zero() -> None:
    y, v = uneven(5, 4, seed=2)
    assert (q_root(y, v, cochran_q(y, v) + 1) == 0).all()


@pytest.mark.parametrize("method", METHODS)
def test_a_stack_is_its_rows_and_absent_studies_change_nothing(method: str) -> None:
    y, v = uneven(60, 9, seed=9)
    stack = TAU2[method](y.reshape(5, 12, 9), v.reshape(5, 12, 9)).reshape(-1)
    for i in range(60):
        present = np.isfinite(v[i])
        assert stack[i] == pytest.approx(float(TAU2[method](y[i, present], v[i, present])), rel=1e-10, abs=1e-14)


@given(studies, st.sampled_from(METHODS))
def test_order_scale_and_shift(data: list[tuple[int, int]], method: str) -> None:
    y, v = effects(data)
    estimator = TAU2[method]
    tau2 = float(estimator(y, v))
    assert tau2 >= 0
    order = np.random.default_rng(len(data)).permutation(len(data))
    assert float(estimator(y[order], v[order])) == pytest.approx(tau2, rel=1e-9, abs=1e-12)
    assert float(estimator(7 - 3 * y, 9 * v)) == pytest.approx(9 * tau2, rel=1e-9, abs=1e-12)


@given(studies)
def test_maximum_likelihood_of_every_study_twice(data: list[tuple[int, int]]) -> None:
    y, v = effects(data)
    once, twice = TAU2["ML"](y, v), TAU2["ML"](np.tile(y, 2), np.tile(v, 2))
    assert float(twice) == pytest.approx(float(once), rel=1e-9, abs=1e-12)


def test_typical_variance() -> None:
    v = np.array([[0.5, 0.5, 0.5], [0.2, 0.4, np.inf], [0.1, np.inf, np.inf]])
    found = typical_variance(v)
    w = 1 / v[1, :2]
    assert found[0] == pytest.approx(0.5)
    assert found[1] == pytest.approx(w.sum() / (w.sum() ** 2 - (w**2).sum()))
    assert np.isnan(found[2])


def test_one_study_dominates() -> None:
    """Sums of weights 10 orders apart: a difference of their squares would have no digits left."""
    y, v = np.array([0.0, 0.3, -0.8, 1.9]), np.array([1e-10, 0.9, 1.1, 1.0])
    # With one effect known exactly, sum w - sum w^2 / sum w is twice the sum of the other weights.
    q, others = (y[1:] ** 2 / v[1:]).sum(), (1 / v[1:]).sum()
    assert float(TAU2["DL"](y, v)) == pytest.approx((q - 3) / (2 * others), rel=1e-9)
    assert float(typical_variance(v)) == pytest.approx(3 / (2 * others), rel=1e-9)
