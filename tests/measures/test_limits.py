"""Limits of one proportion: the equation that defines each, its ends, its symmetry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, binom, norm

from evidence.errors import ComputeError, UsageError
from evidence.measures.limits import LIMITS, study_limits

counts = st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
METHODS = list(LIMITS)


def limits(x: int, n: int, method: str, level: float = 0.95) -> tuple[float, float]:
    lower, upper = study_limits([x], [n], method, level)
    return float(lower[0]), float(upper[0])


@given(counts, st.sampled_from([0.8, 0.95, 0.99]))
def test_clopper_pearson_leaves_half_of_alpha_in_each_tail(data: tuple[int, int], level: float) -> None:
    x, n = data
    lower, upper = limits(x, n, "clopper-pearson", level)
    if x > 0:
        assert binom.sf(x - 1, n, lower) == pytest.approx((1 - level) / 2, rel=1e-9)
    if x < n:
        assert binom.cdf(x, n, upper) == pytest.approx((1 - level) / 2, rel=1e-9)


@given(counts)
def test_mid_p_counts_half_of_the_observed(data: tuple[int, int]) -> None:
    x, n = data
    lower, upper = limits(x, n, "mid-p")
    if x > 0:
        assert binom.sf(x, n, lower) + 0.5 * binom.pmf(x, n, lower) == pytest.approx(0.025, rel=1e-9)
    if x < n:
        assert binom.cdf(x - 1, n, upper) + 0.5 * binom.pmf(x, n, upper) == pytest.approx(0.025, rel=1e-9)


@given(counts)
def test_wilson_solves_the_score_equation(data: tuple[int, int]) -> None:
    x, n = data
    z2 = norm.ppf(0.975) ** 2
    for limit in limits(x, n, "wilson"):
        if 0 < limit < 1:
            assert (x / n - limit) ** 2 == pytest.approx(z2 * limit * (1 - limit) / n, rel=1e-9)


@given(counts)
def test_jeffreys_is_the_posterior_where_it_is_open(data: tuple[int, int]) -> None:
    x, n = data
    lower, upper = limits(x, n, "jeffreys")
    posterior = beta(x + 0.5, n - x + 0.5)
    assert lower == (0.0 if x == 0 else pytest.approx(posterior.ppf(0.025), rel=1e-9))
    assert upper == (1.0 if x == n else pytest.approx(posterior.ppf(0.975), rel=1e-9))


@given(counts, st.sampled_from(METHODS))
def test_ends_order_and_mirror(data: tuple[int, int], method: str) -> None:
    x, n = data
    lower, upper = limits(x, n, method)
    assert 0 <= lower <= x / n + 1e-12
    assert x / n - 1e-12 <= upper <= 1
    assert (x > 0) or lower == 0
    assert (x < n) or upper == 1
    other_lower, other_upper = limits(n - x, n, method)
    assert (lower, upper) == pytest.approx((1 - other_upper, 1 - other_lower), abs=1e-12)


@given(counts, st.sampled_from(METHODS))
def test_a_higher_level_is_wider(data: tuple[int, int], method: str) -> None:
    narrow, wide = limits(*data, method, 0.8), limits(*data, method, 0.99)
    assert wide[0] <= narrow[0] + 1e-15
    assert narrow[1] <= wide[1] + 1e-15


def test_no_events_of_25() -> None:
    # The exact upper limit in closed form: 1 - 0.025^(1/25).
    assert limits(0, 25, "clopper-pearson") == pytest.approx((0.0, 1 - 0.025 ** (1 / 25)), rel=1e-13, abs=0)
    assert limits(0, 25, "mid-p") == pytest.approx((0.0, 1 - 0.05 ** (1 / 25)), rel=1e-13, abs=0)


@pytest.mark.parametrize("method", METHODS)
def test_large_and_tiny_studies_together(method: str) -> None:
    x, n = np.array([0, 1, 10**8, 3, 10**9]), np.array([1, 1, 10**9, 10**9, 10**9])
    lower, upper = study_limits(x, n, method)
    assert (lower <= x / n).all()
    assert (x / n <= upper).all()
    assert upper[2] - lower[2] == pytest.approx(2 * 1.96 * np.sqrt(0.09 / 10**9), rel=1e-3)


def test_shape_and_absent_studies() -> None:
    lower, upper = study_limits([[1, 0], [2, 3]], [[2, 0], [4, 3]])
    assert lower.shape == upper.shape == (2, 2)
    assert np.isnan([lower[0, 1], upper[0, 1]]).all()
    assert np.isfinite(lower[1]).all()


def test_unknown_method_and_wrong_level() -> None:
    with pytest.raises(UsageError, match="clopper-pearson"):
        study_limits([1], [2], "cloper")
    with pytest.raises(UsageError, match="0\\.95"):
        study_limits([1], [2], level=95)


def test_a_mid_p_limit_that_does_not_settle_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evidence.measures.limits._MID_P_STEPS", 2)
    with pytest.raises(ComputeError, match="had not settled after 2 steps"):
        study_limits(np.array([3]), np.array([17]), "mid-p")


def test_mid_p_settles_at_any_size() -> None:
    """At n = 1e9 the distribution function's own rounding keeps the root moving in its 10th digit."""
    n = np.array([10**6, 10**8, 10**9, 10**9])
    lower, upper = study_limits(n // 2, n, "mid-p")
    assert np.all((lower < 0.5) & (upper > 0.5))
