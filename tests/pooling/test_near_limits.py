"""The quick way to profile limits against the thorough one, and that rows seldom need the latter."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from evidence import Counts, model
from evidence.pooling import near_limits, profile_limits
from evidence.pooling.cells import cells_of
from evidence.pooling.family import LOGISTIC_NORMAL
from evidence.pooling.profile import maximise
from tests.properties.stacks import sparse


def stack(rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of reviews of case reports, and as many rows of larger studies."""
    rng = np.random.default_rng(8)
    x, n = sparse(rng, rows)
    size = np.zeros_like(n)
    size[:, :9] = rng.integers(5, 60, (rows, 9))
    p = 1 / (1 + np.exp(0.4 - 0.8 * rng.normal(size=size.shape)))
    return np.concatenate([x, rng.binomial(size, p)]), np.concatenate([n, size])


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial"])
@pytest.mark.parametrize("limits", ["profile-t", "profile"])
def test_quick_limits_are_the_thorough_ones(name: str, limits: str, monkeypatch: pytest.MonkeyPatch) -> None:
    counts = Counts(*stack(12))
    chosen = model(name, limits=limits, prediction="none")
    quick = chosen.estimate(counts)
    monkeypatch.setattr(near_limits, "_STEPS", 0)
    thorough = chosen.estimate(counts)
    assert np.isin(quick.status, ("ok", "tau-zero")).sum() > 15
    for field in fields(quick):
        found, wanted = getattr(quick, field.name), getattr(thorough, field.name)
        if field.name == "status":
            np.testing.assert_array_equal(found, wanted)
        else:
            # METHODS promises 1e-8 of limits; both ways keep 1e-10.
            np.testing.assert_allclose(found, wanted, rtol=0, atol=1e-10, err_msg=field.name)


def test_most_rows_are_found_the_quick_way() -> None:
    x, n = stack(30)
    mixed = (((x > 0) & (x < n)).sum(1) > 1).nonzero()[0]
    cells = cells_of(x[mixed], n[mixed], LOGISTIC_NORMAL)
    limits, there = near_limits.near_limits(cells, maximise(cells), np.full(mixed.size, 1.92))
    assert there.mean() > 0.9
    median_lower, median_upper, mean_lower, mean_upper = limits[:, there]
    assert (median_lower < median_upper).all() and (mean_lower < mean_upper).all()


def test_a_supremum_at_infinity_is_left_to_the_thorough_search() -> None:
    x, n = np.array([[3, 0, 2, 0]]), np.array([[3, 2, 2, 4]])
    found = model("logistic-normal", prediction="none").estimate(Counts(x, n))
    assert found.status[0] == "tau-infinite"
    assert 0 < found.mean_lower[0] < found.mean[0] < found.mean_upper[0] < 1
    assert profile_limits.CURVE_POINTS == near_limits.POINTS


def test_an_edge_that_turns_beside_tau_zero_is_not_the_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    """The mean's upper edge has a low point at tau = 0, to which Newton runs, and its top, 9e-6 higher, at tau 0.37."""
    studies = Counts([[4, 3, 2, 2, 29, 3]], [[4, 5, 3, 4, 31, 4]])
    quick = model("logistic-normal", prediction="none").estimate(studies)
    monkeypatch.setattr(near_limits, "_STEPS", 0)
    thorough = model("logistic-normal", prediction="none").estimate(studies)
    assert quick.mean_upper == pytest.approx(thorough.mean_upper, abs=1e-11)
    # The highest mean of any tau whose profile is within the fall, by 4,001 nodes and a grid of tau: between these two.
    assert 0.9374 < quick.mean_upper[0] < 0.93741
