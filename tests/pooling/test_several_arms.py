"""Several arms of a study in the inverse-variance model: limits by CR2, clustered by study."""

from __future__ import annotations

import json
from dataclasses import fields
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, logit, stdtrit

from evidence.counts import Counts
from evidence.measures import MEASURES
from evidence.pooling import pool
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.result import Estimates, Pooled

REFERENCE = json.loads((Path(__file__).parent.parent / "reference" / "cr2.json").read_text(encoding="utf-8"))
MEANS = [case for case in REFERENCE["cases"] if case["mods"] == "~ 1"]
NUMBERS = [field.name for field in fields(Estimates) if field.name != "status"]
ARMS = Counts([3, 10, 5, 21, 30, 4], [12, 20, 40, 25, 90, 9], studies=["a", "a", "b", "c", "c", "c"])


def arms_of(case: dict[str, Any]) -> Counts:
    counts = REFERENCE["sets"][case["data"]]
    return Counts(counts["xi"], counts["ni"], studies=[str(study) for study in counts["study"]])


# tau2 is a root to 1e-13 here and to metafor's 1e-13 there; what it moves is far below 1e-9.
@pytest.mark.parametrize("case", MEANS, ids=lambda c: f"{c['data']} {c['measure']} {c['tau2_method']}")
def test_clubsandwich(case: dict[str, Any]) -> None:
    arms = arms_of(case)
    pooled = pool(arms, InverseVariance(measure=case["measure"], tau2=case["tau2_method"]))
    assert isinstance(pooled, Pooled)
    assert pooled.analysis is not None and pooled.ci is not None
    assert pooled.analysis["estimate"] == pytest.approx(case["b"], rel=1e-9)
    assert pooled.analysis["se"] == pytest.approx(case["se"], rel=1e-9)
    assert pooled.ci.df == pytest.approx(case["df"], rel=1e-9)
    assert pooled.ci.method == "cr2"
    # The way back of PFT depends on a size of its own; the others have the limits themselves.
    if case["measure"] != "PFT":
        back = MEASURES[case["measure"]].back(np.array([case["lower"], case["upper"]]))
        assert (pooled.ci.lower, pooled.ci.upper) == pytest.approx(tuple(back), rel=1e-9)


def test_a_reader_sees_the_method_and_its_degrees_of_freedom() -> None:
    pooled = InverseVariance().fit(ARMS)
    assert pooled.ci is not None and pooled.mean_ci is not None and pooled.ci.df is not None
    assert pooled.k == 3
    assert pooled.to_dict()["ci"]["df"] == pooled.ci.df == pooled.mean_ci.df
    assert f"(cr2, mapped, {pooled.ci.df:.1f} df)" in str(pooled)
    texts = {note.code: note.text for note in pooled.notes}
    assert texts["several-arms"].startswith("a, c contribute several arms; the limits allow for that by a robust")
    assert f"{pooled.ci.df:.1f} degrees of freedom" in texts["several-arms"]
    assert pooled.ci.df < 4
    assert f"{pooled.ci.df:.1f} degrees of freedom (fewer than 4" in texts["few-clusters"]
    assert not {"hk-q-below-1", "hk-narrower-than-wald"} & set(texts)
    assert "few-clusters" not in {note.code for note in InverseVariance().fit(arms_of(MEANS[0])).notes}


def test_the_prediction_interval_counts_studies_and_has_the_error_of_the_limits() -> None:
    pooled = InverseVariance(limits="wald").fit(ARMS)
    assert pooled.pi is not None and pooled.analysis is not None and pooled.heterogeneity is not None
    tau2 = pooled.heterogeneity.tau2
    assert tau2 is not None
    reach = stdtrit(2, 0.975) * np.sqrt(tau2 + pooled.analysis["se"] ** 2)
    assert pooled.pi.upper == pytest.approx(float(expit(pooled.analysis["estimate"] + reach)), rel=1e-12)
    two = Counts(ARMS.events, ARMS.n, studies=["a", "a", "b", "b", "b", "b"])
    assert InverseVariance().fit(two).pi is None


def test_cr2_by_name_where_every_arm_is_a_study() -> None:
    """CR2 of single studies: residuals over the root of what the fit leaves of each."""
    counts = Counts(ARMS.events, ARMS.n)
    pooled = InverseVariance(limits="cr2", tau2="DL").fit(counts)
    assert pooled.analysis is not None and pooled.heterogeneity is not None and pooled.ci is not None
    tau2 = pooled.heterogeneity.tau2
    assert tau2 is not None
    y, v = MEASURES["PLO"].effects(ARMS.events, ARMS.n)
    w = 1 / (v + tau2)
    mu = (w * y).sum() / w.sum()
    se = np.sqrt((w**2 * (y - mu) ** 2 / (1 - w / w.sum())).sum()) / w.sum()
    assert pooled.analysis["se"] == pytest.approx(float(se), rel=1e-12)
    assert pooled.ci.df is not None
    reach = stdtrit(pooled.ci.df, 0.975) * se
    assert float(logit(pooled.ci.upper)) == pytest.approx(float(mu + reach), rel=1e-12)
    assert [note.code for note in pooled.notes if note.code == "several-arms"] == []


def test_a_stack_is_its_rows_with_absent_arms() -> None:
    events, n = np.tile(ARMS.events, (4, 1)), np.tile(ARMS.n, (4, 1))
    for row, gone in ((1, [0]), (2, [0, 3, 4]), (3, [2, 3, 4, 5])):
        events[row, gone] = n[row, gone] = 0
    model = InverseVariance()
    stack = model.estimate(Counts(events, n, studies=ARMS.studies))
    assert stack.status.tolist() == ["ok", "ok", "ok", "single-study"]
    for row in range(4):
        own = model.estimate(Counts(events[row], n[row], studies=ARMS.studies))
        pooled = model.fit(Counts(events[row], n[row], studies=ARMS.studies))
        assert pooled.ci is not None
        assert pooled.ci.method == ["cr2", "cr2", "hk-floor", "clopper-pearson"][row]
        assert (stack.lower[row], stack.upper[row]) == pytest.approx((pooled.ci.lower, pooled.ci.upper), rel=1e-10)
        for name in NUMBERS:
            np.testing.assert_allclose(getattr(stack, name)[row], getattr(own, name), rtol=1e-10, err_msg=name)


def test_arms_without_any_spread_have_no_interval_of_zero_width() -> None:
    pooled = InverseVariance().fit(Counts([1, 2, 4], [4, 8, 16], studies=["a", "a", "b"]))
    assert pooled.ci is not None and pooled.analysis is not None
    assert (pooled.ci.method, pooled.ci.df) == ("t", None)
    reach = stdtrit(1, 0.975) * pooled.analysis["se"]
    assert pooled.ci.upper == pytest.approx(float(expit(logit(0.25) + reach)), rel=1e-9)
    assert "limits (t) count studies" in str([note.text for note in pooled.notes])
