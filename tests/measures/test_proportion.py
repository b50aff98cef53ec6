"""Effect measures: closed forms, corrections, the way there and back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm

from evidence.errors import UsageError
from evidence.measures import MEASURES, TO

NAMES = list(MEASURES)
CORRECTED = [name for name in NAMES if MEASURES[name].corrected]
#: Ends of the scale as a sum: y of events + y of non-events of a symmetric measure.
SUMS = {"PR": 1.0, "PLO": 0.0, "PRZ": 0.0, "PAS": np.pi / 2, "PFT": np.pi / 2}
inner = st.integers(2, 500).flatmap(lambda n: st.tuples(st.integers(1, n - 1), st.just(n)))


def effect(name: str, x: int, n: int, **options: object) -> tuple[float, float]:
    y, v = MEASURES[name].effects([x], [n], **options)  # type: ignore[arg-type]
    return float(y[0]), float(v[0])


def test_closed_forms() -> None:
    p, n = 0.25, 8
    assert effect("PR", 2, n) == pytest.approx((p, p * (1 - p) / n), rel=1e-15)
    assert effect("PLN", 2, n) == pytest.approx((np.log(p), 1 / 2 - 1 / n), rel=1e-15)
    assert effect("PLO", 2, n) == pytest.approx((-np.log(3), 1 / 2 + 1 / 6), rel=1e-15)
    z = norm.ppf(p)
    assert effect("PRZ", 2, n) == pytest.approx((z, p * (1 - p) / n / norm.pdf(z) ** 2), rel=1e-12)
    assert effect("PAS", 2, n) == pytest.approx((np.pi / 6, 1 / 32), rel=1e-14)
    both = np.arcsin(np.sqrt(2 / 9)) + np.arcsin(np.sqrt(3 / 9))
    assert effect("PFT", 2, n) == pytest.approx((both / 2, 1 / 34), rel=1e-14)


def test_only0_corrects_the_studies_that_need_it() -> None:
    y, v = MEASURES["PLO"].effects([0, 3, 4], [5, 6, 4])
    np.testing.assert_allclose(np.exp(y), [0.5 / 5.5, 1.0, 4.5 / 0.5], rtol=1e-14)
    np.testing.assert_allclose(v, [1 / 0.5 + 1 / 5.5, 2 / 3, 1 / 4.5 + 1 / 0.5], rtol=1e-14)


def test_all_corrects_every_study_and_if0all_each_analysis_by_itself() -> None:
    x, n = np.array([[0, 3], [2, 3]]), np.array([[5, 6], [5, 6]])
    everywhere, _ = MEASURES["PLO"].effects(x, n, 0.5, "all")
    where_needed, _ = MEASURES["PLO"].effects(x, n, 0.5, "if0all")
    plain, _ = MEASURES["PLO"].effects(x, n, 0.5, "none")
    np.testing.assert_array_equal(where_needed[0], everywhere[0])
    np.testing.assert_array_equal(where_needed[1], plain[1])


def test_without_correction_a_study_may_have_no_value() -> None:
    y, v = MEASURES["PLO"].effects([0, 3], [5, 6], to="none")
    assert np.isnan(y[0])
    assert np.isnan(v[0])
    assert np.isfinite([y[1], v[1]]).all()


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("to", TO)
def test_an_absent_study_has_no_weight_and_changes_no_other(name: str, to: str) -> None:
    y, v = MEASURES[name].effects([1, 0, 3], [4, 0, 6], None, to)
    alone, variances = MEASURES[name].effects([1, 3], [4, 6], None, to)
    assert (y[1], v[1]) == (0.0, np.inf)
    np.testing.assert_array_equal(y[[0, 2]], alone)
    np.testing.assert_array_equal(v[[0, 2]], variances)


@given(inner, st.sampled_from(NAMES))
def test_there_and_back(counts: tuple[int, int], name: str) -> None:
    x, n = counts
    y, _ = MEASURES[name].effects([x], [n])
    back = MEASURES[name].back(y, np.array([float(n)]))
    # The double arcsine loses digits near its ends, where its inverse has a square root.
    assert back[0] == pytest.approx(x / n, rel=1e-9)


@given(inner, st.sampled_from(list(SUMS)))
def test_exchanging_events_and_non_events_mirrors_a_symmetric_scale(counts: tuple[int, int], name: str) -> None:
    x, n = counts
    assert MEASURES[name].symmetric
    (there, v), (mirrored, w) = effect(name, x, n), effect(name, n - x, n)
    assert there + mirrored == pytest.approx(SUMS[name], abs=1e-12)
    assert v == pytest.approx(w, rel=1e-10)


def test_the_log_scale_is_not_symmetric() -> None:
    assert not MEASURES["PLN"].symmetric


def test_ends_of_the_scales() -> None:
    y = np.array([-0.3, 0.4, 1.9])
    np.testing.assert_array_equal(MEASURES["PR"].back(y), [0.0, 0.4, 1.0])
    np.testing.assert_allclose(MEASURES["PLN"].back(y), [np.exp(-0.3), 1.0, 1.0])
    np.testing.assert_allclose(MEASURES["PAS"].back(y), [0.0, np.sin(0.4) ** 2, 1.0])
    assert MEASURES["PR"].beyond(y).tolist() == [True, False, True]
    assert MEASURES["PLO"].beyond(y).tolist() == [False, False, False]


def test_double_arcsine_beyond_no_events_and_only_events() -> None:
    size = np.array([10.0])
    measure = MEASURES["PFT"]
    none, _ = measure.effects([0], [10])
    every, _ = measure.effects([10], [10])
    assert measure.back(none, size)[0] == 0.0
    assert measure.back(none - 0.01, size)[0] == 0.0
    assert measure.back(every, size)[0] == 1.0
    assert measure.back(every + 0.01, size)[0] == 1.0
    assert 0.0 < measure.back(none + 1e-6, size)[0] < 1e-4
    with pytest.raises(UsageError, match="without a sample size"):
        measure.back(none)


@pytest.mark.parametrize("name", ["PLO", "PRZ"])
@pytest.mark.parametrize(("mu", "tau2"), [(0.3, 0.04), (-2.0, 1.5), (4.0, 9.0)])
def test_mean_is_the_integral_over_the_random_effect(name: str, mu: float, tau2: float) -> None:
    measure, tau = MEASURES[name], np.sqrt(tau2)
    integral, _ = quad(lambda z: float(measure.back(np.array(mu + tau * z))) * norm.pdf(z), -12, 12, epsabs=1e-13)
    # quad's own error is below 1e-12.
    assert float(measure.mean(np.array(mu), np.array(tau2))) == pytest.approx(integral, abs=1e-11)


def test_mean_of_other_scales() -> None:
    y, tau2 = np.array([0.2, 0.4]), np.array([0.1, 0.0])
    np.testing.assert_array_equal(MEASURES["PR"].mean(y, tau2), y)
    for name in ("PLN", "PAS", "PFT"):
        assert np.isnan(MEASURES[name].mean(y, tau2)).all()


@pytest.mark.parametrize("name", ["PAS", "PFT"])
def test_a_correction_where_none_is_needed_is_refused(name: str) -> None:
    assert MEASURES[name].correction(None) == 0.0
    assert MEASURES[name].correction(0) == 0.0
    with pytest.raises(UsageError, match="needs no correction"):
        MEASURES[name].effects([1], [2], add=0.5)


@pytest.mark.parametrize("name", CORRECTED)
def test_wrong_corrections(name: str) -> None:
    with pytest.raises(UsageError, match="add -1"):
        MEASURES[name].effects([1], [2], add=-1)
    with pytest.raises(UsageError, match="only0"):
        MEASURES[name].effects([1], [2], to="only1")
    assert MEASURES[name].correction(None) == 0.5
    assert MEASURES[name].correction(0.5, "none") == 0.0
