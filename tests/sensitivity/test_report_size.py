"""The report-size curve against refitting row by row, and its words where little is left."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

import evidence
from evidence import Counts, model
from evidence.measures.limits import study_limits
from evidence.sensitivity.asked import Asked, plainly
from evidence.sensitivity.questions import ask
from evidence.sensitivity.report_size import report_size

COUNTS = Counts([9, 5, 1, 0, 3, 1, 2], [28, 6, 1, 1, 3, 1, 8], list("ABCDEFG"))
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]


#: Limits that cost little, where the model has a choice: each row has its own all the same.
QUICK = {name: {"limits": "wald"} for name in ("inverse-variance", "logistic-normal", "beta-binomial")}


@pytest.mark.parametrize("name", MODELS)
def test_each_row_is_the_fit_of_what_is_kept(name: str) -> None:
    spec = plainly(model(name, **QUICK.get(name, {})))
    answer = report_size(COUNTS, spec)
    assert answer.sizes == (1, 3, 6, 8, 28)
    for side, kept in ((1, answer.at_least), (-1, answer.at_most)):
        for i, size in enumerate(answer.sizes):
            rest = COUNTS.take(np.flatnonzero(side * COUNTS.n >= side * size))
            fitted = spec.fit(rest)
            expected = np.nan if fitted.estimate is None else fitted.estimate
            # A stack equals its rows to 1e-10.
            assert kept.found.estimate[i] == pytest.approx(expected, abs=1e-9, nan_ok=True)
            assert (kept.k[i], kept.events[i], kept.n[i]) == (rest.k, rest.events.sum(), rest.n.sum())


def test_the_first_review_as_small_reports_go(sts: Any) -> None:
    selection = evidence.select(sts, "any_response")
    answer = ask("report-size", Asked(selection, model("beta-binomial", limits="wald")))
    assert str(answer) == (
        "The average study (mean) is 83 % in all 20 studies (57 patients); 87 % in the 5 of 2 patients or more (42"
        " patients left); 15 of 34 (44 %, exact limits 27 to 62 %) in the 2 of 6 patients or more, too few to pool; 9"
        " of 28 (32 %, exact limits 16 to 52 %) in the one of 28 patients, too few to pool."
    )


def test_counts_stand_where_nothing_can_be_pooled() -> None:
    answer = report_size(COUNTS, model("beta-binomial", limits="wald"))
    assert answer.at_least.pooled.tolist() == [True, True, True, False, False]
    lower, upper = study_limits([11], [36])
    assert answer.at_least.lower[3] == lower[0] and answer.at_least.upper[3] == upper[0]
    main = answer.picture().curves[0]
    assert main.y[3] is None and main.y[2] is not None
    few = report_size(Counts([1, 0, 2], [1, 1, 3]), model("beta-binomial"))
    assert str(few).startswith("In all 3 studies (5 patients) the outcome was counted in 3 of 5 (60 %")


def test_arms_of_a_study_are_one_report() -> None:
    arms = Counts([3, 2, 4, 1], [5, 5, 6, 8], list("abcd"), studies=["s", "s", "t", "u"])
    assert report_size(arms, model("beta-binomial")).sizes == (6, 8, 10)


def test_series_only_names_the_size_of_half_of_them() -> None:
    counts = Counts([3, 9, 20, 31, 40], [10, 20, 40, 80, 160])
    assert "in the 3 of 40 patients or more" in str(report_size(counts, model("beta-binomial", limits="wald")))


def test_the_answer_is_whole() -> None:
    answer = report_size(COUNTS, model("beta-binomial"))
    json.dumps(answer.to_dict(), allow_nan=False)
    frame = answer.to_frame()
    assert len(frame) == 10 and set(frame["kept"]) == {"at least", "at most"}
    picture = answer.picture()
    assert picture.log_x and len(picture.curves) == 3 and len(picture.ticks) == len(picture.x) == 5
    assert all(len(curve.y) == 5 for curve in picture.curves)


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        (Counts([1, 5], [1, 9]), "fewer than 3 studies"),
        (Counts([1, 0, 1], [1, 1, 1]), "all reports have the same size"),
    ],
)
def test_it_says_why_it_is_not_asked(counts: Counts, says: str) -> None:
    from evidence.sensitivity.answer import NotAskableError

    with pytest.raises(NotAskableError, match=says):
        report_size(counts, model("beta-binomial"))


def test_without_events_counts_stand_with_exact_limits_under_their_own_name() -> None:
    answer = report_size(Counts([0, 0, 0, 0], [10, 15, 26, 9]), "logistic-normal")
    assert str(answer).startswith("In all 4 studies the outcome was counted in 0 of 60 (0 %, exact limits 0 to 6 %)")
    assert "average" not in str(answer) and "too few" not in str(answer)
    picture = answer.picture()
    assert picture.y_label == "observed proportion" and len(picture.curves) == 2
    assert picture.curves[0].upper == pytest.approx(answer.at_least.upper)
    assert all(value is not None for curve in picture.curves for value in curve.y)
    feet = " ".join(text.text for text in evidence.answer_figure(answer).layout.page.texts)
    assert "gap" not in feet and "average" not in feet
