"""Patients described one by one, on made-up tables: against the equations by hand, and every refusal."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.special import expit, stdtrit

import evidence
from evidence.errors import DataError, UsageError
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.patients import PatientLevel
from evidence.sensitivity.questions import ask
from tests.sensitivity.patient_table import made_up


def asked_of(review: Any, on: tuple[str, ...] = ("age_years", "sex"), **options: Any) -> PatientLevel:
    return evidence.patients(review, ["complete"], on, **options)


def columns(answer: PatientLevel) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome, design and study of each patient, from the made-up table itself."""
    people = made_up(SPREAD).tables["patients"]
    y = (people["response"] == "complete").to_numpy(dtype=float)
    female = answer.design.names[2] == "sex: F"
    sex = (people["sex"] == ("F" if female else "M")).to_numpy(dtype=float)
    age = people["age_years"].to_numpy(dtype=float)
    study = people["arm_id"].astype("category").cat.codes.to_numpy()
    return y, np.column_stack([np.ones(y.size), age - age.mean(), sex]), study


#: Four studies with several patients: the correlation within studies can't be seen.
SPREAD = (6, 5, 5, 6, *[1] * 10)


def test_independence_is_logistic_regression_with_mancl_and_derouens_variance() -> None:
    answer = asked_of(made_up(SPREAD))
    assert answer.correlation == "independence" and answer.within is None and answer.studies == 14
    y, x, study = columns(answer)
    beta = np.zeros(3)
    for _ in range(30):
        mu = expit(x @ beta)
        beta = beta + np.linalg.solve(x.T @ (x * (mu * (1 - mu))[:, None]), x.T @ (y - mu))
    mu = expit(x @ beta)
    w = mu * (1 - mu)
    bread = np.linalg.inv(x.T @ (x * w[:, None]))
    meat = np.zeros((3, 3))
    for i in range(14):
        at = study == i
        hat = (w[at][:, None] * x[at]) @ bread @ x[at].T
        score = x[at].T @ np.linalg.solve(np.eye(int(at.sum())) - hat, (y - mu)[at])
        meat += np.outer(score, score)
    se = np.sqrt(np.diag(bread @ meat @ bread))
    # statsmodels stops when the coefficients move by less than 1e-10.
    assert [ratio.estimate for ratio in answer.odds] == pytest.approx(beta[1:], rel=1e-6)
    assert [ratio.se for ratio in answer.odds] == pytest.approx(se[1:], rel=1e-6)
    assert answer.odds[0].upper == pytest.approx(beta[1] + stdtrit(11, 0.975) * se[1], rel=1e-6)


def test_exchangeable_with_five_studies_of_several_patients() -> None:
    from statsmodels.api import GEE, cov_struct, families

    review = made_up()
    answer = asked_of(review)
    assert answer.correlation == "exchangeable" and answer.within is not None
    people = review.tables["patients"]
    y = (people["response"] == "complete").astype(float)
    x = np.column_stack([np.ones(y.size), people["age_years"], people["sex"] == answer.design.names[2][-1]]).astype(
        float
    )
    plain = GEE(y, x, groups=people["arm_id"], family=families.Binomial(), cov_struct=cov_struct.Exchangeable())
    found = plain.fit(maxiter=200, ctol=1e-10, cov_type="bias_reduced")
    # The age is not centred there: the same model in other numbers.
    assert [ratio.estimate for ratio in answer.odds] == pytest.approx(list(found.params[1:]), rel=1e-5)
    assert [ratio.se for ratio in answer.odds] == pytest.approx(list(found.bse[1:]), rel=1e-5)


def test_it_says_who_was_described() -> None:
    answer = asked_of(made_up(), ("sex",))
    assert str(answer).startswith(f"Of 27 patients described one by one in 14 studies {answer.events} had the event")
    assert [note.code for note in answer.notes] == ["patients-described", "not-randomised-covariates"]
    json.dumps(answer.to_dict(), allow_nan=False)
    picture = answer.picture()
    assert not picture.proportion and picture.reference == 1.0 and len(answer.to_frame()) == len(picture.rows) == 1


def test_a_column_of_the_arm_is_joined() -> None:
    answer = asked_of(made_up(), ("comparison_group",))
    assert answer.odds[0].name.startswith("comparison_group: ")


def test_equations_that_do_not_settle_are_no_answer() -> None:
    with pytest.raises(NotAskableError, match="with a correlation within studies have no solution that settles"):
        asked_of(made_up(seed=2))


def test_what_is_not_reported_is_left_out() -> None:
    review = made_up(SPREAD)
    people = review.tables["patients"]
    people.loc[0, "response"], people.loc[1, "age_years"] = "not_reported", None
    assert asked_of(review, ("age_years",)).patients == len(people) - 2


def test_a_patient_counted_twice_is_an_error() -> None:
    review = made_up()
    review.tables["arms"].loc[1, "same_patients_as"] = "study0-1"
    with pytest.raises(DataError, match="arms study0-1 and study1-1 hold the same patients, and both describe them"):
        asked_of(review)
    many = made_up()
    many.tables["arms"].loc[2, "n_treated"] = 3
    with pytest.raises(DataError, match="describes 5 patients and treated 3"):
        asked_of(many)


def test_too_few_are_refused() -> None:
    with pytest.raises(NotAskableError, match="described one by one in 9 studies, and fewer than 10"):
        asked_of(made_up((4, 3, 5, 2, 4, 1, 1, 1, 1)))
    review = made_up()
    people = review.tables["patients"]
    people["response"] = ["complete"] * 4 + ["none"] * (len(people) - 4)
    with pytest.raises(NotAskableError, match=r"4 events and 23 non-events .* 1 covariate would need 5 of each"):
        asked_of(review, ("sex",))


def test_separation_is_refused() -> None:
    review = made_up()
    people = review.tables["patients"]
    people["response"] = ["complete" if age > 50 else "none" for age in people["age_years"]]
    with pytest.raises(NotAskableError, match="told apart without error by age_years"):
        asked_of(review, ("age_years",))
    people["sex"] = "F"
    with pytest.raises(NotAskableError, match="sex is F in every arm"):
        asked_of(review, ("sex",))


def test_columns_that_can_be_used_come_from_the_codebook() -> None:
    for name in ("patient_id", "notes", "shoe_size"):
        with pytest.raises(UsageError, match="is no column of numbers, terms or yes and no"):
            asked_of(made_up(), (name,))
    with pytest.raises(UsageError, match="'healed' is not a value of response"):
        evidence.patients(made_up(), ["healed"], ["sex"])
    with pytest.raises(UsageError, match="'age_years' is no column of events"):
        evidence.patients(made_up(), ["complete"], ["sex"], column="age_years")


def test_the_first_review_describes_too_few(sts: Any) -> None:
    asked = Asked(evidence.select(sts, "any_response"), evidence.model("beta-binomial"), sts, "any_response")
    assert str(ask("patients", asked)) == (
        "Not asked: it is not said which values of response in patients.csv are events."
    )
    told = Asked(asked.selection, asked.model, sts, "any_response", options={"events": "complete, partial"})
    assert "8 studies, and fewer than 10 are too few" in str(ask("patients", told))


def test_a_bare_table_has_no_patients(bare_selection: Any) -> None:
    answer = ask("patients", Asked(bare_selection, evidence.model("beta-binomial")))
    assert str(answer) == "Not asked: there is no review behind these counts."
