"""Influence against metafor's numbers, and for every model against refitting without each study."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2

from evidence import Counts, model
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.influence import COOK_LIMIT, dffits_limit, influence
from tests.sensitivity.quick import quick
from tests.sensitivity.reference import PRITZ, QUESTIONS

COUNTS = Counts([9, 5, 2, 1, 3, 2], [28, 6, 3, 4, 4, 9], list("ABCDEF"))
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]
LIMITS = {"z": "wald", "knha": "hk"}


@pytest.mark.parametrize(
    ("measure", "method", "test"), [("PLO", "REML", "z"), ("PFT", "DL", "z"), ("PLO", "REML", "knha")]
)
def test_metafors_numbers(measure: str, method: str, test: str) -> None:
    found = QUESTIONS["influence"]
    rows = [row for row in found["rows"] if row[:3] == [measure, method, test]]
    answer = influence(PRITZ, model("inverse-variance", measure=measure, tau2=method, limits=LIMITS[test]))
    ours = answer.columns()
    ours["tau2_without"] = ours["tau_without"] ** 2
    assert len(rows) == PRITZ.k
    for i, name in enumerate(found["columns"][4:], start=4):
        # 13 digits are kept; both have tau2 to 1e-13, which moves these by less than 1e-10.
        np.testing.assert_allclose(ours[name], [row[i] for row in rows], rtol=1e-9, atol=1e-10)
    np.testing.assert_array_equal(ours["weight"], ours["hat"])


@pytest.mark.parametrize("name", MODELS)
def test_each_measure_is_that_of_the_refitted_analyses(name: str) -> None:
    chosen: Any = quick(name)
    answer = influence(COUNTS, chosen)
    whole = chosen.fit(COUNTS).analysis
    for i in range(COUNTS.k):
        rest = chosen.fit(COUNTS.take([j for j in range(COUNTS.k) if j != i])).analysis
        shift = whole["estimate"] - rest["estimate"]
        # Likelihood fits are final to 1e-9 standard errors, the Bayesian grid to 1e-6.
        assert answer.forms.cook[i] == pytest.approx((shift / whole["se"]) ** 2, abs=1e-6)
        assert answer.forms.dffits[i] == pytest.approx(shift / rest["se"], abs=1e-6)
        assert answer.forms.covariance_ratio[i] == pytest.approx((rest["se"] / whole["se"]) ** 2, rel=1e-6)
    assert (answer.weighted is None) == (name != "inverse-variance")


def test_the_change_of_tau_is_on_the_models_scale() -> None:
    chosen = quick("logistic-normal")
    frame = influence(COUNTS, chosen).to_frame()
    rest = chosen.fit(COUNTS.take([1, 2, 3, 4, 5])).heterogeneity
    whole = chosen.fit(COUNTS).heterogeneity
    assert rest is not None and whole is not None and rest.tau is not None and whole.tau is not None
    assert frame["tau_change"][0] == pytest.approx(rest.tau - whole.tau, abs=1e-7)
    assert frame["hat"].isna().all() and frame["weight"].isna().all() and frame["rstudent"].isna().all()


def test_a_deletion_that_hits_a_boundary_has_its_status_and_stands_at_the_edge() -> None:
    counts = Counts([4, 6, 9, 3], [4, 6, 12, 3], list("abcd"))
    answer = influence(counts, model("logistic-normal"))
    assert answer.left.status[2] == "all-events" and np.isnan(answer.forms.cook[2])
    assert answer.flagged == ("c",) and answer.reasons[2] == ("without it only events are left",)
    picture = answer.picture()
    edge = picture.rows[2].estimate
    assert edge is not None and picture.rows[2].remark == "without it only events are left"
    assert all(row.estimate is not None and row.estimate < edge for i, row in enumerate(picture.rows) if i != 2)
    said = "c stands out: without it only events are left, and the result is 10 percentage points more."
    assert str(answer).endswith(said)
    row = json.loads(json.dumps(answer.to_dict(), allow_nan=False))["rows"][2]
    assert row["cook"] is None and row["status_without"] == "all-events"


def test_thresholds_are_metafors_and_said_to_be() -> None:
    assert pytest.approx(chi2.median(1), rel=1e-12) == COOK_LIMIT
    assert dffits_limit(10) == 1.0
    assert influence(COUNTS, model("beta-binomial")).to_dict()["thresholds"]["source"].startswith("metafor's influence")


def test_an_outlier_is_flagged_and_named() -> None:
    counts = Counts([2, 1, 3, 2, 19], [20, 15, 30, 25, 20], ["one", "two", "three", "four", "odd"])
    answer = influence(counts, model("logistic-normal"))
    assert answer.flagged == ("odd",)
    whole, left = answer.whole.mean[0], answer.left.mean[4]
    points = f"{round(100 * (whole - left))} percentage points"
    assert str(answer).startswith(f"Leaving out any one study moves the average study (mean) by {points} at most: it")
    said = f"without odd. By the usual thresholds of influence odd stands out: without it the result is {points} less."
    assert str(answer).endswith(said)


def test_thresholds_stand_over_the_columns() -> None:
    answer = influence(COUNTS, model("inverse-variance"))
    assert answer.picture().axis == "Cook's distance (flag above 0.45)"
    assert f"DFFITS (flag beyond ±{3 / 5**0.5:.2f})" in answer.picture().heads
    assert set(answer.heads) <= set(answer.to_frame().columns)


def test_arms_of_a_study_go_together() -> None:
    arms = Counts([3, 2, 4, 1, 7], [5, 5, 6, 8, 9], list("abcde"), studies=["s", "s", "t", "u", "v"])
    answer = influence(arms, model("inverse-variance"))
    assert answer.studies == ("a + b", "c", "d", "e") and list(answer.n) == [10, 6, 8, 9]
    assert answer.weighted is not None
    assert answer.weighted.hat.sum() == pytest.approx(1, abs=1e-12)
    assert np.isnan(answer.weighted.rstudent[0]) and np.isfinite(answer.weighted.rstudent[1:]).all()


@pytest.mark.parametrize(
    ("counts", "why"),
    [(Counts([1, 2], [3, 4]), "fewer than 3"), (Counts([3, 2, 4], [3, 2, 4]), "lies on a boundary")],
)
def test_it_says_when_it_cant_be_asked(counts: Counts, why: str) -> None:
    with pytest.raises(NotAskableError, match=why):
        influence(counts, model("logistic-normal"))
