"""Regression on one column: the numbers of ``evidence.regress``, read out and drawn."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence.display import significant
from evidence.outcomes import Selection
from evidence.pooling.result import Context
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.pictures import Intervals, Points
from evidence.sensitivity.questions import ask

X, N = [3, 9, 18, 1, 9, 2, 1, 4], [11, 12, 21, 9, 12, 10, 3, 7]
YEARS = [2001, 2004, 2008, 2009, 2011, 2015, 2016, 2020]
ROUTES = ["oral", "oral", "skin", "oral", "skin", "skin", "oral", "oral"]


def selection(**columns: list[Any]) -> Selection:
    rows = tuple(dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
    context = Context("r", "o", "Outcome", "patient", 8, 8, None, 0, headings={"year": "Year"})
    return Selection(evidence.Counts(X, N), rows, None, None, context, {}, (), pd.DataFrame(rows))


@pytest.fixture(scope="module")
def arms() -> Selection:
    return selection(year=YEARS, route=ROUTES, same=["a"] * 8)


@pytest.mark.parametrize("name", ["inverse-variance", "beta-binomial"])
def test_the_line_is_what_the_regression_predicts(name: str, arms: Selection) -> None:
    answer = evidence.bubble(arms, evidence.model(name))
    limits = {"inverse-variance": "hk-floor", "beta-binomial": "profile-t"}[name]
    spec = evidence.regression("inverse-variance" if name == "inverse-variance" else "logistic-normal", limits=limits)
    regressed = evidence.regress(arms, ["year"], spec)
    assert answer.fitted.to_dict() == regressed.to_dict()
    expected = evidence.predict(regressed, [{"year": 2001}, {"year": 2020}])
    value, lower, upper = answer.expected
    assert (value[0], value[-1]) == pytest.approx(tuple(expected.mean), rel=1e-9)
    assert (lower[0], upper[-1]) == pytest.approx((expected.mean_lower[0], expected.mean_upper[1]), rel=1e-6)
    picture = answer.picture()
    assert (
        isinstance(picture, Points) and picture.x == tuple(map(float, YEARS)) and picture.size == tuple(map(float, N))
    )
    assert picture.y[0] == 3 / 11 and [label for _, _, label in picture.lines] == [
        f"{answer.what} by the model",
        "its limits",
        "",
    ]
    assert "at year 2001" in str(answer) and "at 2020" in str(answer)
    slope = regressed.coefficient("year").estimate
    assert f"odds times {significant(float(np.exp(slope)))}" in str(answer)
    assert "not-randomised-covariates" in [note.code for note in answer.notes]
    json.dumps(answer.to_dict(), allow_nan=False)


def test_a_scale_that_is_no_logit_has_no_odds(arms: Selection) -> None:
    answer = evidence.bubble(arms, evidence.model("inverse-variance", measure="PAS"))
    assert "odds" not in str(answer) and "centre of the studies" in str(answer)


def test_categories_are_rows(arms: Selection) -> None:
    answer = evidence.bubble(arms, evidence.model("inverse-variance"), "route")
    picture = answer.picture()
    assert isinstance(picture, Intervals)
    assert [(row.label, row.cells) for row in picture.rows] == [("oral", ("5",)), ("skin", ("3",))]
    assert "by route is oral" in str(answer) and answer.p == pytest.approx(answer.fitted.coefficients[1].p)
    json.dumps(answer.to_dict(), allow_nan=False)


def test_what_cant_be_asked_says_why(arms: Selection) -> None:
    spec = evidence.model("logistic-normal")
    assert str(ask("regression", Asked(selection(route=ROUTES), spec))) == "Not asked: no year is known."
    with pytest.raises(NotAskableError, match="same is a in every arm"):
        evidence.bubble(arms, spec, "same")
    apart = selection(year=YEARS, group=["p"] * 2 + ["q"] * 6)
    none = Selection(
        evidence.Counts([0, 0, *X[2:]], N), apart.study_columns, None, None, apart.context, {}, (), apart.columns
    )
    with pytest.raises(NotAskableError, match="no finite estimate"):
        evidence.bubble(none, spec, "group")
    with pytest.raises(evidence.EvidenceError, match="column 'dose' is not known"):
        ask("regression", Asked(arms, spec, options={"on": "dose"}))


def test_the_first_review(sts: Any) -> None:
    answer = ask("regression", Asked(evidence.select(sts, "any_response"), evidence.model("inverse-variance"), sts))
    assert str(answer).startswith("By inverse-variance regression of 16 studies")
    assert "covariate-missing" in [note.code for note in answer.notes]
