"""One rate for all: totals, exact and other limits, the test of one rate."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.stats import norm, poisson

from evidence.counts import Counts, Rates
from evidence.errors import UsageError
from evidence.measures.rate import poisson_limits
from evidence.pooling import model, pool
from evidence.pooling.rate_result import PooledRate

ALIKE = Rates([3, 5, 4], [1.0, 2.0, 1.5], labels=["a", "b", "c"])
APART = Rates([7, 8, 3, 40], [1.3, 1.6, 12.0, 1.5])


def fitted(rates: Rates, **options: Any) -> PooledRate:
    found = model("common-effect", **options).fit(rates)
    assert isinstance(found, PooledRate)
    return found


def test_total_events_over_total_time_with_exact_limits() -> None:
    pooled = fitted(ALIKE)
    lower, upper = poisson_limits(12, 4.5)
    assert pooled.estimate == pooled.mean == 12 / 4.5 and pooled.ci == pooled.mean_ci and pooled.ci
    assert (pooled.ci.lower, pooled.ci.upper, pooled.ci.method) == (float(lower), float(upper), "exact Poisson")
    assert pooled.log_likelihood == pytest.approx(
        np.sum(poisson.logpmf(ALIKE.events, ALIKE.time * 12 / 4.5)), rel=1e-12
    )
    assert [study.weight for study in pooled.studies] == pytest.approx([1 / 4.5, 2 / 4.5, 1.5 / 4.5])
    assert pooled.pi is None and "common rate 2.67 per time unit" in str(pooled)
    json.dumps(pooled.to_dict(), allow_nan=False)


def test_profile_limits_fall_by_the_quantile() -> None:
    pooled = fitted(ALIKE, limits="profile")
    assert pooled.ci
    target = 0.5 * float(norm.ppf(0.975)) ** 2

    def fall(rate: float) -> float:
        return float(12 * np.log(12 / 4.5 / rate) - 12 + 4.5 * rate - target)

    assert pooled.ci.lower == pytest.approx(brentq(fall, 0.1, 12 / 4.5, xtol=1e-14), rel=1e-10)
    assert pooled.ci.upper == pytest.approx(brentq(fall, 12 / 4.5, 20, xtol=1e-14), rel=1e-10)


def test_wald_limits_are_on_the_log_rate() -> None:
    pooled = fitted(ALIKE, limits="wald")
    assert pooled.ci and pooled.analysis
    assert pooled.ci.upper == pytest.approx(12 / 4.5 * np.exp(norm.ppf(0.975) / np.sqrt(12)), rel=1e-12)
    assert pooled.analysis == pytest.approx({"measure": "IRLN", "estimate": np.log(12 / 4.5), "se": 12**-0.5})


def test_studies_that_differ_are_a_warning() -> None:
    pooled, other = fitted(APART), pool(APART)
    assert isinstance(other, PooledRate) and pooled.heterogeneity and other.heterogeneity
    assert pooled.heterogeneity.lr == pytest.approx(other.heterogeneity.lr, rel=1e-10)
    assert "common-effect-with-heterogeneity-rates" in {found.code for found in pooled.notes}
    assert "common-effect-with-heterogeneity-rates" not in {found.code for found in fitted(ALIKE).notes}


@pytest.mark.parametrize("limits", ["exact", "profile", "wald"])
def test_a_stack_is_its_rows(limits: str) -> None:
    stack = Rates([[3, 5, 4], [0, 0, 0], [2, 0, 0]], [[1.0, 2.0, 1.5], [1.0, 1.0, 0.0], [3.0, 0.0, 0.0]])
    found = model("common-effect", limits=limits).estimate(stack)
    assert found.status.tolist() == ["ok", "all-zero", "single-study"]
    for i in range(3):
        row = fitted(Rates(stack.events[i], stack.time[i]), limits=limits)
        assert row.ci and row.status == found.status[i]
        ours = (found.estimate[i], found.lower[i], found.upper[i])
        assert ours == pytest.approx((row.estimate, row.ci.lower, row.ci.upper), rel=1e-12)


def test_the_printed_model_can_be_run_again() -> None:
    options = fitted(ALIKE).model.to_dict()
    again = model(options.pop("name"), **options)
    assert again.fit(ALIKE).to_dict() == fitted(ALIKE).to_dict()
    assert again.fit(Counts([3, 5], [9, 9])).model.to_dict()["limits"] == "clopper-pearson"
    with pytest.raises(UsageError, match="clopper-pearson"):
        model("common-effect", limits="exactly")


def test_arms_of_a_study_are_summed_and_said() -> None:
    pooled = fitted(Rates([3, 5, 4], [1.0, 2.0, 1.5], studies=["s", "s", "t"]))
    assert pooled.estimate == 12 / 4.5 and "several-arms" in {found.code for found in pooled.notes}


def test_the_methods_sentence() -> None:
    assert "assumes one rate for all" in fitted(ALIKE).model.describe()[0]
