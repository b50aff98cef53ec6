"""Leave-one-out against refitting row by row, and what it says where it can't be asked."""

from __future__ import annotations

import json

import pytest

from evidence import Counts, model
from evidence.sensitivity.asked import plainly
from evidence.sensitivity.leave_out import leave_one_out
from evidence.sensitivity.questions import QUESTIONS, ask
from tests.sensitivity.quick import quick

COUNTS = Counts([9, 5, 1, 0, 3, 1], [28, 6, 1, 2, 3, 1], ["A", "B", "C", "D", "E", "F"])
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]


@pytest.mark.parametrize("name", MODELS)
def test_each_row_is_the_fit_without_that_study(name: str) -> None:
    answer = leave_one_out(COUNTS, quick(name))
    for i in range(COUNTS.k):
        rest = COUNTS.take([j for j in range(COUNTS.k) if j != i])
        fitted = plainly(quick(name)).fit(rest)
        assert answer.left.estimate[i] == pytest.approx(fitted.estimate, abs=1e-9)
        assert answer.events[i] == rest.events.sum() and answer.n[i] == rest.n.sum()
    assert answer.studies == COUNTS.labels


def test_arms_of_a_study_are_left_out_together() -> None:
    arms = Counts([3, 2, 4, 1], [5, 5, 6, 8], list("abcd"), studies=["s", "s", "t", "u"])
    answer = leave_one_out(arms, model("beta-binomial"))
    assert answer.studies == ("a + b", "c", "d") and list(answer.n) == [14, 18, 16]


def test_the_reading_names_the_studies_at_the_ends() -> None:
    answer = leave_one_out(COUNTS, quick("logistic-normal"))
    low, high = (answer.studies[int(i)] for i in (answer.left.mean.argmin(), answer.left.mean.argmax()))
    assert f"without {low}" in str(answer) and f"without {high}" in str(answer)
    json.dumps(answer.to_dict(), allow_nan=False)
    picture = answer.picture()
    assert [row.label for row in picture.rows][-1] == "all studies" and len(picture.rows) == COUNTS.k + 1
    assert len(answer.to_frame()) == COUNTS.k


def test_every_question_has_a_home() -> None:
    from importlib import import_module

    for question in QUESTIONS.values():
        home, _, function = question.home.partition(":")
        assert callable(getattr(import_module(f"evidence.sensitivity.{home}"), function))
        assert question.title.endswith("?")


def test_a_question_that_cant_be_asked_is_a_sentence(bare_selection: object) -> None:
    from evidence.sensitivity.asked import Asked

    answer = ask("leave-one-out", Asked(bare_selection, model("beta-binomial")))  # type: ignore[arg-type]
    assert str(answer) == (
        "Not asked: 2 studies with 12 patients are too little to pool in the first place"
        " (fewer than 3 studies or 10 patients)."
    )
    assert answer.to_frame().empty and answer.picture() is None and answer.notes == ()


def test_limits_of_two_studies_are_told_from_those_of_three() -> None:
    answer = leave_one_out(Counts([3, 5, 8], [10, 15, 26]), "logistic-normal")
    assert [note.code for note in answer.notes] == ["limits-of-two"]
    picture = answer.picture()
    assert answer.notes[0].text in picture.remark
    # tau is 0 in every row, that of all studies among them.
    assert [row.remark for row in picture.rows] == ["tau-zero"] * 4
    assert not leave_one_out(Counts([3, 5, 8], [10, 15, 26]), model("logistic-normal", limits="profile")).notes
    assert not leave_one_out(Counts([3, 5, 8, 2], [10, 15, 26, 9]), "logistic-normal").notes


def test_without_events_the_number_is_what_was_observed() -> None:
    answer = leave_one_out(Counts([0, 0, 0, 0], [10, 15, 26, 9]), "logistic-normal")
    assert str(answer) == "Whichever study is left out, the observed proportion is 0 %; with all it is 0 %."
    assert answer.picture().axis == "observed proportion"
    assert {row.remark for row in answer.picture().rows} == {"all-zero"}
    # One study has events: the rows with it are fitted, and the name is that of the model's number.
    mixed = leave_one_out(Counts([0, 4, 0, 0], [10, 15, 26, 9]), model("logistic-normal", limits="wald"))
    assert mixed.picture().axis == "average study (mean)"
