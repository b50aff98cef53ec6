"""Regression on one column: the numbers of ``evidence.regress``, read out and drawn."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence.display import ratio
from evidence.outcomes import Selection
from evidence.pooling.result import Context
from evidence.sensitivity.answer import NotAskableError, NotAsked
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.bubble import expected as line_of
from evidence.sensitivity.pictures import Intervals, Points
from evidence.sensitivity.questions import ask, title_of

X, N = [3, 9, 18, 1, 9, 2, 1, 4], [11, 12, 21, 9, 12, 10, 3, 7]
YEARS = [2001, 2004, 2008, 2009, 2011, 2015, 2016, 2020]
ROUTES = ["oral", "oral", "skin", "oral", "skin", "skin", "oral", "oral"]


def selection(**columns: list[Any]) -> Selection:
    rows = tuple(dict(zip(columns, values, strict=True)) for values in zip(*columns.values(), strict=True))
    headings, units = {"year": "Year", "dose": "Dose (mg/mL)"}, {"dose": "mg/mL"}
    context = Context("r", "o", "Outcome", "patient", 8, 8, None, 0, headings=headings, column_units=units)
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
    assert answer.line is not None
    value, lower, upper = line_of(answer.line)
    assert (value[0], value[-1]) == pytest.approx(tuple(expected.mean), rel=1e-9)
    assert (lower[0], upper[-1]) == pytest.approx((expected.mean_lower[0], expected.mean_upper[1]), rel=1e-6)
    picture = answer.picture()
    assert (
        isinstance(picture, Points) and picture.x == tuple(map(float, YEARS)) and picture.size == tuple(map(float, N))
    )
    assert picture.y[0] == 3 / 11 and [label for _, _, label in picture.lines] == [
        "average study by the model",
        "its limits",
        "",
    ]
    assert "at year 2001" in str(answer) and "at 2020" in str(answer)
    slope = regressed.coefficient("year").estimate
    assert f"odds times {ratio(float(np.exp(slope)))}" in str(answer)
    assert " per year, p" in str(answer)
    assert "not-randomised-covariates" in [note.code for note in answer.notes]
    json.dumps(answer.to_dict(), allow_nan=False)


def test_arms_without_the_column_are_named_in_the_figure() -> None:
    picture = evidence.bubble(selection(year=[None, *YEARS[1:]]), evidence.model("beta-binomial")).picture()
    assert isinstance(picture, Points) and len(picture.x) == len(YEARS) - 1
    assert picture.remark.startswith("Not in the figure, as the column is empty: ")


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


def test_a_coefficient_is_per_unit_of_its_column() -> None:
    spec = evidence.model("inverse-variance")
    by_dose = evidence.bubble(selection(dose=[1.5, 2.0, 9.0, 1.0, 3.0, 0.5, 4.0, 2.0], visits=YEARS), spec, "dose")
    assert "at dose (mg/mL) 0.5 to" in str(by_dose) and "] per mg/mL, p" in str(by_dose)
    by_visits = evidence.bubble(selection(visits=YEARS), spec, "visits")
    assert "] for each 1 more of visits, p" in str(by_visits)
    folded = evidence.bubble(selection(**{"Publication year": YEARS}), spec, "Publication year")
    assert "] per year, p" in str(folded)


@pytest.mark.parametrize("name", ["inverse-variance", "logistic-normal"])
def test_several_columns_are_one_regression(name: str, arms: Selection) -> None:
    chosen = Asked(arms, evidence.model(name, limits="wald"), options={"on": "year, route"})
    answer: Any = ask("regression", chosen)
    spec = evidence.regression(name, limits="wald")
    regressed = evidence.regress(arms, ["year", "route"], spec)
    assert answer.fitted.to_dict() == regressed.to_dict() and answer.line is None
    slope, skin = (float(np.exp(regressed.coefficient(c).estimate)) for c in ("year", "route: skin"))
    assert f"on year and route at once: odds times {ratio(slope)} [" in str(answer)
    assert f"odds times {ratio(skin)} [" in str(answer) and "for route skin against oral" in str(answer)
    assert "of all at once" in str(answer) and answer.p == regressed.omnibus.p  # type: ignore[union-attr]
    picture = answer.picture()
    assert [row.label for row in picture.rows] == ["Year", "route skin against oral"]
    assert picture.rows[1].estimate == skin and picture.reference == 1 and picture.ratio
    json.dumps(answer.to_dict(), allow_nan=False)


def test_several_columns_on_a_scale_without_odds(arms: Selection) -> None:
    answer = evidence.bubble(arms, "inverse-variance", ["year", "route"])
    plain = evidence.bubble(arms, evidence.model("inverse-variance", measure="PAS"), ["year", "route"])
    assert "odds" in str(answer) and "odds" not in str(plain) and "on the scale of the analysis" in str(plain)


def test_the_title_follows_the_column(arms: Selection) -> None:
    spec = evidence.model("inverse-variance")
    assert title_of("regression", evidence.bubble(arms, spec)) == "Does the result change with the year of the report?"
    assert title_of("regression", evidence.bubble(arms, spec, "route")) == "Does the result change with route?"
    refused = ask("regression", Asked(arms, spec, options={"on": ["same", "year"]}))
    assert (
        isinstance(refused, NotAsked)
        and title_of("regression", refused) == "Does the result change with same and year?"
    )
    above = evidence.answer_figure(evidence.bubble(arms, spec, "route")).layout.alt
    assert above.startswith("Does the result change with route?")


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


def test_a_constant_year_is_said_of_the_arms_that_have_one() -> None:
    spec, years = evidence.model("inverse-variance"), [2000] * (len(N) - 1)
    with pytest.raises(NotAskableError, match=f"year is 2000 in every arm with year \\(1 of {len(N)} arms lacks it\\)"):
        evidence.bubble(selection(year=[None, *years]), spec)
    with pytest.raises(NotAskableError, match=r"year is 2000 in every arm \[not-askable"):
        evidence.bubble(selection(year=[2000, *years]), spec)
    few = [2000, 2004, *[None] * (len(N) - 2)]
    with pytest.raises(NotAskableError, match=f"2 studies \\(intercept, year; {len(N) - 2} more arms lack a covariate"):
        evidence.bubble(selection(year=few), spec)


def test_odds_are_headed_and_drawn_on_one_scale(arms: Selection) -> None:
    picture = evidence.bubble(arms, evidence.model("inverse-variance"), ["year", "route"]).picture()
    assert isinstance(picture, Intervals) and picture.ratio and picture.axis == "odds ratio"
    first = evidence.bubble(arms, evidence.model("inverse-variance"), ["year", "route"]).fitted.coefficients[1]
    assert picture.rows[0].estimate == pytest.approx(np.exp(first.estimate)) and picture.reference == 1.0
