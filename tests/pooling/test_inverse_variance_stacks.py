"""The inverse-variance model on stacks, and its properties."""

from __future__ import annotations

from dataclasses import fields
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.counts import Counts
from evidence.measures import MEASURES
from evidence.pooling.effects import LIMITS
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.result import Estimates
from evidence.pooling.tau2 import TAU2

REMISSION = ([0, 1, 3, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0], [1, 1, 6, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1])
RESPONSE = (
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 1, 1, 0, 1, 0, 0],
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1, 1],
)
SPREAD = ([3, 10, 5, 21, 30], [12, 20, 40, 25, 90])
NUMBERS = [field.name for field in fields(Estimates) if field.name != "status"]

study = st.integers(1, 40).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
studies = st.lists(study, min_size=2, max_size=10)


@pytest.mark.parametrize(("measure", "tau2"), list(product(MEASURES, TAU2)))
def test_one_analysis_is_its_row_of_a_stack(measure: str, tau2: str) -> None:
    chosen = InverseVariance(measure=measure, tau2=tau2)
    data = [SPREAD, RESPONSE, REMISSION]
    longest = max(len(n) for _, n in data)
    padded = [[list(part) + [0] * (longest - len(part)) for part in one] for one in data]
    stack = chosen.estimate(Counts([x for x, _ in padded], [n for _, n in padded]))
    for i, one in enumerate(data):
        pooled, row = chosen.fit(Counts(*one)), {name: getattr(stack, name)[i] for name in NUMBERS}
        assert pooled.status == stack.status[i]
        assert row["estimate"] == pytest.approx(pooled.estimate, rel=1e-10)
        assert pooled.ci is not None
        assert pooled.pi is not None
        assert pooled.heterogeneity is not None
        assert (row["lower"], row["upper"]) == pytest.approx((pooled.ci.lower, pooled.ci.upper), rel=1e-10, abs=1e-14)
        assert (row["pi_lower"], row["pi_upper"]) == pytest.approx(
            (pooled.pi.lower, pooled.pi.upper), rel=1e-10, abs=1e-14
        )
        assert row["tau2"] == pytest.approx(pooled.heterogeneity.tau2, rel=1e-10, abs=1e-15)
        assert row["log_likelihood"] == pytest.approx(pooled.log_likelihood, rel=1e-10)
        if pooled.mean is None or pooled.mean_ci is None:
            assert np.isnan([row["mean"], row["mean_lower"], row["mean_upper"]]).all()
        else:
            assert row["mean"] == pytest.approx(pooled.mean, rel=1e-10)
            assert row["mean_upper"] == pytest.approx(pooled.mean_ci.upper, rel=1e-10)


@given(st.lists(studies, min_size=1, max_size=6), st.sampled_from(list(MEASURES)), st.sampled_from(list(LIMITS)))
@settings(deadline=None)
def test_a_stack_is_its_rows(data: list[list[tuple[int, int]]], measure: str, limits: str) -> None:
    chosen = InverseVariance(measure=measure, limits=limits)
    k = max(len(one) for one in data)
    padded = np.array([one + [(0, 0)] * (k - len(one)) for one in data])
    stack = chosen.estimate(Counts(padded[..., 0], padded[..., 1]))
    for i, one in enumerate(data):
        x, n = np.array(one).T
        own = chosen.estimate(Counts(x, n))
        assert own.status == stack.status[i]
        for name in NUMBERS:
            np.testing.assert_allclose(
                getattr(stack, name)[i], getattr(own, name), rtol=1e-10, atol=1e-13, err_msg=name
            )


@given(studies, st.sampled_from(list(MEASURES)), st.sampled_from(list(TAU2)))
@settings(deadline=None)
def test_order_of_studies_and_sound_numbers(data: list[tuple[int, int]], measure: str, tau2: str) -> None:
    x, n = np.array(data).T
    order = np.random.default_rng(len(data)).permutation(len(data))
    chosen = InverseVariance(measure=measure, tau2=tau2)
    here, there = chosen.estimate(Counts(x, n)), chosen.estimate(Counts(x[order], n[order]))
    for name in NUMBERS:
        np.testing.assert_allclose(getattr(here, name), getattr(there, name), rtol=1e-8, atol=1e-11, err_msg=name)
    assert here.status in ("ok", "tau-zero", "all-zero", "all-events")
    assert 0 <= here.lower <= here.estimate <= here.upper <= 1
    if not np.isnan(here.pi_lower):
        # The same quantile and standard error, and tau2 on top.
        assert here.pi_lower <= here.lower + 1e-14
        assert here.upper <= here.pi_upper + 1e-14


@given(studies, st.sampled_from([name for name, measure in MEASURES.items() if measure.symmetric]))
@settings(deadline=None)
def test_exchanging_events_and_non_events_mirrors_the_result(data: list[tuple[int, int]], measure: str) -> None:
    x, n = np.array(data).T
    chosen = InverseVariance(measure=measure, boundary="corrected")
    here, there = chosen.estimate(Counts(x, n)), chosen.estimate(Counts(n - x, n))
    # Twice the digits are lost at the ends of the arcsine scales, whose inverse is quadratic there.
    for name, other in (("estimate", "estimate"), ("lower", "upper"), ("pi_upper", "pi_lower"), ("mean", "mean")):
        np.testing.assert_allclose(getattr(here, name), 1 - getattr(there, other), rtol=0, atol=1e-8, err_msg=name)


@given(studies)
@settings(deadline=None)
def test_every_study_twice_under_maximum_likelihood(data: list[tuple[int, int]]) -> None:
    x, n = np.array(data).T
    chosen = InverseVariance(tau2="ML", boundary="corrected")
    once, twice = chosen.estimate(Counts(x, n)), chosen.estimate(Counts(np.tile(x, 2), np.tile(n, 2)))
    assert float(twice.estimate) == pytest.approx(float(once.estimate), rel=1e-9)
    assert float(twice.tau2) == pytest.approx(float(once.tau2), rel=1e-9, abs=1e-12)
    assert float(twice.log_likelihood) == pytest.approx(2 * float(once.log_likelihood), rel=1e-10)


def check_sparse_sets(rows: int, measure: str, tau2: str) -> None:
    """Sets of 1 to 40 studies of 1 to 60 units, many of them 0 or n: no warning, no NaN where a status is ok."""
    rng = np.random.default_rng(8)
    absent = np.arange(40) >= rng.integers(1, 41, (rows, 1))
    n = np.where(absent, 0, rng.integers(1, rng.choice([2, 5, 61], (rows, 1)), (rows, 40)))
    x = rng.binomial(n, rng.beta(0.4, 0.4, (rows, 1)))
    out = InverseVariance(measure=measure, tau2=tau2).estimate(Counts(x, n))
    fitted = np.isin(out.status, ("ok", "tau-zero"))
    assert fitted.mean() > 0.5
    assert set(out.status) <= {"ok", "tau-zero", "all-zero", "all-events", "single-study"}
    for name in ("estimate", "lower", "upper", "se", "tau", "tau2", "log_likelihood"):
        assert np.isfinite(getattr(out, name)[fitted]).all(), name
    assert np.isfinite(out.pi_lower[fitted & ((n > 0).sum(1) >= 3)]).all()
    assert (out.lower <= out.estimate).all()
    assert (out.estimate <= out.upper).all()


@pytest.mark.parametrize("measure", MEASURES)
def test_sparse_sets(measure: str) -> None:
    check_sparse_sets(1500, measure, "REML")


@pytest.mark.slow
@pytest.mark.parametrize(("measure", "tau2"), list(product(MEASURES, TAU2)))
def test_twenty_thousand_sparse_sets(measure: str, tau2: str) -> None:
    check_sparse_sets(20_000, measure, tau2)
