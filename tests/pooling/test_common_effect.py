"""One proportion for all studies."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binomtest

from evidence.counts import Counts
from evidence.pooling import model


def test_totals_and_exact_limits() -> None:
    pooled = model("common-effect").fit(Counts([0, 1, 3, 6], [1, 1, 28, 15]))
    assert pooled.estimate == pooled.mean == 10 / 45
    exact = binomtest(10, 45).proportion_ci(0.95, method="exact")
    # SciPy finds these limits by root search, to about 1e-10.
    assert pooled.ci and pooled.ci.lower == pytest.approx(exact.low, abs=1e-9)
    assert pooled.ci.upper == pytest.approx(exact.high, abs=1e-9)


def test_wald_limits_are_those_of_logistic_regression() -> None:
    pooled = model("common-effect", limits="wald").fit(Counts([3, 6, 10, 1], [11, 17, 21, 6]))
    assert pooled.analysis and pooled.ci
    # 20 of 55: logit -0.5596157879, se sqrt(1/20 + 1/35).
    assert pooled.analysis["estimate"] == pytest.approx(np.log(20 / 35), abs=1e-12)
    assert pooled.analysis["se"] == pytest.approx(np.sqrt(1 / 20 + 1 / 35), abs=1e-12)


def test_profile_limits_fall_by_half_the_chi_squared_quantile() -> None:
    pooled = model("common-effect", limits="profile").fit(Counts([3, 6, 10, 1], [11, 17, 21, 6]))
    assert pooled.ci

    def value(p: float) -> float:
        return float(20 * np.log(p) + 35 * np.log(1 - p))

    for limit in (pooled.ci.lower, pooled.ci.upper):
        assert 2 * (value(20 / 55) - value(limit)) == pytest.approx(1.959963984540054**2, abs=1e-9)


def test_monotone_in_events() -> None:
    n = np.array([5, 9, 12])
    stack = Counts([[e, 3, 4] for e in range(6)], np.tile(n, (6, 1)))
    found = model("common-effect").estimate(stack)
    assert (np.diff(found.estimate) > 0).all()
    assert (np.diff(found.lower) > 0).all() and (np.diff(found.upper) > 0).all()


def test_heterogeneity_is_not_overlooked() -> None:
    pooled = model("common-effect").fit(Counts([1, 19, 2, 18], [20, 20, 20, 20]))
    assert "common-effect-with-heterogeneity" in [n.code for n in pooled.notes]
    calm = model("common-effect").fit(Counts([9, 10, 11, 10], [20, 20, 20, 20]))
    assert "common-effect-with-heterogeneity" not in [n.code for n in calm.notes]


def test_weights_are_shares_of_the_units() -> None:
    pooled = model("common-effect").fit(Counts([1, 2, 3], [10, 20, 30]))
    assert [s.weight for s in pooled.studies] == pytest.approx([1 / 6, 1 / 3, 1 / 2])
