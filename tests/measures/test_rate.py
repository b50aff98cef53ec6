"""Rates: against metafor and R's exact Poisson test, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson

from evidence.errors import UsageError
from evidence.measures import RATES
from evidence.measures.rate import poisson_limits

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "rates.json").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("row", REFERENCE["rows"], ids=str)
def test_effects_are_those_of_metafor(row: list[Any]) -> None:
    name, add, to, y, v = row
    measure = RATES[name]
    effects, variances = measure.effects(REFERENCE["xi"], REFERENCE["ti"], add if measure.corrected else None, to)
    # Closed forms.
    np.testing.assert_allclose(effects, y, rtol=1e-13)
    np.testing.assert_allclose(variances, v, rtol=1e-13)


def test_ten_records_are_compared() -> None:
    assert len(REFERENCE["rows"]) == 10
    assert len(REFERENCE["limits"]) == 3


def test_freeman_tukey_back_as_metafor() -> None:
    back = REFERENCE["back"]
    found = RATES["IRFT"].back(np.array(back["x"]), np.array(back["ti"]))
    np.testing.assert_allclose(found, back["value"], rtol=1e-12, atol=1e-15)
    with pytest.raises(UsageError, match="without a time"):
        RATES["IRFT"].back(np.array(1.0))


@pytest.mark.parametrize("limits", REFERENCE["limits"], ids=lambda row: str(row[0]))
def test_exact_limits_are_those_of_poisson_test(limits: list[Any]) -> None:
    level, low, high = limits
    lower, upper = poisson_limits(REFERENCE["xi"], REFERENCE["ti"], level)
    # R's qgamma has 12 to 14 digits.
    np.testing.assert_allclose(lower, low, rtol=1e-11)
    np.testing.assert_allclose(upper, high, rtol=1e-11)


@given(st.integers(0, 500), st.floats(0.01, 1000))
def test_exact_limits_leave_half_of_alpha_in_each_tail(x: int, time: float) -> None:
    lower, upper = poisson_limits(x, time)
    if x > 0:
        assert poisson.sf(x - 1, lower * time) == pytest.approx(0.025, rel=1e-8)
    assert poisson.cdf(x, upper * time) == pytest.approx(0.025, rel=1e-8)


@given(st.sampled_from(list(RATES)), st.integers(1, 500), st.floats(0.01, 1000))
def test_there_and_back(name: str, x: int, time: float) -> None:
    y, _ = RATES[name].effects([x], [time])
    assert RATES[name].back(y, np.array([time]))[0] == pytest.approx(x / time, rel=1e-9)


def test_ends_and_means() -> None:
    y, tau2 = np.array([-0.3, 0.4]), np.array([0.2, 0.2])
    np.testing.assert_array_equal(RATES["IR"].back(y), [0.0, 0.4])
    np.testing.assert_allclose(RATES["IRS"].back(y), [0.0, 0.16])
    np.testing.assert_allclose(RATES["IRLN"].mean(y, tau2), np.exp(y + 0.1))
    assert np.isnan(RATES["IRS"].mean(y, tau2)).all()


def test_absent_studies_and_wrong_options() -> None:
    lower, upper = poisson_limits([1, 2], [0, 4])
    assert np.isnan([lower[0], upper[0]]).all()
    assert np.isfinite([lower[1], upper[1]]).all()
    y, v = RATES["IRLN"].effects([0, 2], [0, 4])
    assert (y[0], v[0]) == (0.0, np.inf)
    with pytest.raises(UsageError, match="needs no correction"):
        RATES["IRS"].effects([1], [2], add=0.5)
    with pytest.raises(UsageError, match="95"):
        poisson_limits([1], [2], 95)
