"""Case reports against series: the contrast of the regressions, and what is said where there is none."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import evidence
from evidence import Counts, Design, model, regress, regression
from evidence.errors import UsageError
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.case_reports import case_reports
from evidence.sensitivity.questions import ask

COUNTS = Counts([9, 5, 1, 0, 2, 1, 2, 1], [28, 6, 1, 1, 3, 1, 8, 2], list("ABCDEFGH"))
SMALL = np.array([0, 0, 1, 1, 1, 1, 0, 1])


def by_hand(name: str, **options: Any) -> Any:
    design = Design(("intercept", "small"), np.column_stack([np.ones(8), SMALL]))
    return regress(COUNTS, design, regression(name, **options))


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial", "bayesian", "common-effect"])
def test_the_contrast_is_that_of_the_logistic_normal_regression(name: str) -> None:
    expected = by_hand("logistic-normal").coefficient("small")
    found = case_reports(COUNTS, model(name)).contrast
    assert (found.value, found.lower, found.upper) == pytest.approx(
        tuple(np.exp([expected.estimate, expected.lower, expected.upper])), rel=1e-12
    )
    assert found.p == expected.p and found.status in ("ok", "tau-zero")


@pytest.mark.parametrize("measure", ["PLO", "PAS"])
def test_the_inverse_variance_model_has_its_own(measure: str) -> None:
    expected = by_hand("inverse-variance", tau2="DL", limits="hk").coefficient("small")
    found = case_reports(COUNTS, model("inverse-variance", measure=measure, tau2="DL", limits="hk")).contrast
    assert found.value == pytest.approx(np.exp(expected.estimate), rel=1e-12)
    assert found.lower is not None and expected.lower is not None
    assert found.lower == pytest.approx(np.exp(expected.lower), rel=1e-12)


def test_groups_have_their_counts_and_average_studies() -> None:
    answer = case_reports(COUNTS, model("logistic-normal"))
    assert (answer.cases.k, answer.cases.events, answer.cases.n) == (5, 5, 8)
    assert (answer.series.k, answer.series.events, answer.series.n) == (3, 16, 42)
    assert answer.cases.mean is not None and answer.series.mean is not None
    assert answer.cases.mean > answer.series.mean
    text = str(answer)
    assert (
        "Reports of 3 patients or fewer have 5 of 8 (63 %" in text and "reports of 4 patients or more 16 of 42" in text
    )
    assert "which include no difference" in text
    json.dumps(answer.to_dict(), allow_nan=False)
    assert len(answer.to_frame()) == 3 and len(answer.picture().rows) == 4
    assert "not-randomised-covariates" in {note.code for note in answer.notes}


def test_the_first_review_by_size_and_by_design(sts: Any) -> None:
    selection = evidence.select(sts, "any_response")
    spec = model("inverse-variance")
    by_size = ask("case-reports", Asked(selection, spec))
    assert "20 of 23 (87 %, exact limits 66 to 97 %)" in str(by_size) and "15 of 34" in str(by_size)
    by_design = ask("case-reports", Asked(selection, spec, options={"by": "design"}))
    assert "Case reports have 12 of 15" in str(by_design) and "series 23 of 42" in str(by_design)


def test_limits_that_data_do_not_set_are_told_as_such(sts: Any) -> None:
    answer: Any = ask("case-reports", Asked(evidence.select(sts, "any_response"), model("logistic-normal")))
    assert answer.contrast.lower is None and answer.contrast.upper is None
    assert "are 7.0 times those of the latter (the data set no limits to it)" in str(answer)
    assert "coefficient-open" in {note.code for note in answer.notes}


def test_separation_is_said_and_the_counts_stay() -> None:
    counts = Counts([9, 4, 1, 1, 3, 3], [28, 6, 1, 1, 3, 8])
    answer = case_reports(counts, model("logistic-normal"))
    assert answer.contrast.status == "separated" and answer.contrast.value is None
    assert str(answer).endswith("there is no finite odds ratio, as one of the two groups has no events or only events.")
    assert answer.cases.mean is None and answer.picture().rows[1].remark == "separated"
    json.dumps(answer.to_dict(), allow_nan=False)


def test_all_or_none_and_few_patients_have_no_odds_ratio() -> None:
    steps = case_reports(Counts([4, 0, 5, 1, 0, 1], [4, 6, 5, 1, 1, 1]), model("logistic-normal"))
    assert steps.contrast.status == "tau-infinite" and "events only or none" in str(steps)
    few = case_reports(Counts([1, 0, 2], [1, 1, 4]), model("logistic-normal"))
    assert few.contrast.status == "few-studies" and "3 studies with 6 patients are too few for a model" in str(few)


def test_arms_of_a_study_go_together() -> None:
    arms = Counts([1, 2, 4, 1, 5], [2, 3, 6, 1, 9], list("abcde"), studies=["s", "s", "t", "u", "v"])
    answer = case_reports(arms, model("logistic-normal"))
    assert (answer.cases.k, answer.cases.n) == (1, 1) and answer.series.n == 20


def test_it_says_why_it_is_not_asked(bare_selection: Any) -> None:
    spec = model("logistic-normal")
    with pytest.raises(NotAskableError, match="there are no reports of 4 patients or more"):
        case_reports(Counts([1, 0, 1], [1, 1, 2]), spec)
    with pytest.raises(NotAskableError, match="there are no reports of 3 patients or fewer"):
        case_reports(Counts([5, 5, 5], [9, 8, 7]), spec)
    assert str(ask("case-reports", Asked(bare_selection, spec))) == "Not asked: fewer than 3 studies."
    unknown = ask("case-reports", Asked(bare_selection, spec, options={"by": "design"}))
    assert str(unknown) == "Not asked: the design of the reports is not known."
    with pytest.raises(UsageError):
        ask("case-reports", Asked(bare_selection, spec, options={"by": "colour"}))
    with pytest.raises(UsageError):
        case_reports(COUNTS, spec, most=0)
