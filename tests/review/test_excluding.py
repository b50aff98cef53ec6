"""A study taken out of all tables, and the one problem that names all of its rows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evidence.errors import EvidenceError, Problem
from evidence.review.excluding import Why, exclusion
from evidence.review.planned import Planned
from evidence.review.review import check_review, read_all

DAY = date(2026, 11, 28)
#: A row of screening.csv and what an author makes of it by hand.
EXCLUDED = "cy2010,Example database,included,full_text,", "cy2010,Example database,excluded,full_text,not_shock_waves"


def errors(folder: Path) -> list[Problem]:
    return [problem for problem in check_review(folder) if problem.severity == "error"]


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8", newline="")


def worked_out(folder: Path, study: str, *why: str | None) -> Planned:
    return exclusion(read_all(folder), study, Why(*why), DAY)


def test_an_excluded_report_makes_one_problem_that_names_every_row(third_review: Path) -> None:
    replaced(
        third_review / "screening.csv",
        "cy2010,Example database,included,full_text,",
        "cy2010,,excluded,,not_shock_waves",
    )
    (found,) = errors(third_review)
    assert (found.code, Path(found.file or "").name, found.line) == ("study-without-report", "studies.csv", 6)
    assert "cy2010 is excluded" in found.message
    for part in (
        "studies.csv line 6; arms.csv line 6; outcomes.csv lines 11, 12, 13, 14",
        "empty study_id of reports.csv line 6, same_patients_as of arms.csv line 7",
        "evidence exclude REVIEW cy-2010",
    ):
        assert part in found.mend


def test_a_study_of_duplicates_alone_is_told_to_include_one(third_review: Path) -> None:
    replaced(third_review / "screening.csv", "ada2001,Example database,included", "ada2001,,duplicate_report")
    (found,) = errors(third_review)
    assert "ada2001 is duplicate_report, ada2001b is duplicate_report" in found.message
    assert found.mend.startswith("to keep the study") and "delete" not in found.mend


def test_taken_out_the_review_is_right_and_other_bytes_stay(third_review: Path) -> None:
    before = {path.name: path.read_text(encoding="utf-8") for path in third_review.iterdir()}
    found = worked_out(third_review, "cy-2010", "not_shock_waves", "were lasers", "AB")
    assert {path.name: path.read_text(encoding="utf-8") for path in third_review.iterdir()} == before
    found.write()
    assert errors(third_review) == []
    arms = before["arms.csv"].replace("cy,cy-2010,Radial,25,,radial,0.3,left; right,,\n", "").replace(",9,cy,", ",9,,")
    assert (third_review / "arms.csv").read_text(encoding="utf-8") == arms
    outcomes = [line for line in before["outcomes.csv"].splitlines(keepends=True) if not line.startswith("cy,")]
    assert (third_review / "outcomes.csv").read_text(encoding="utf-8") == "".join(outcomes)
    reports = before["reports.csv"].replace("cy2010,cy-2010,", "cy2010,,")
    assert (third_review / "reports.csv").read_text(encoding="utf-8") == reports
    assert "cy2010,Example database,excluded,full_text,not_shock_waves," in (third_review / "screening.csv").read_text()
    logged = (third_review / "changes.csv").read_text(encoding="utf-8").splitlines()[1:]
    assert logged == ["screening,cy2010,decision,included,excluded,were lasers,2026-11-28,AB,"]


def test_a_decision_that_stands_is_kept_and_earlier_changes_say_that_their_row_is_gone(third_review: Path) -> None:
    replaced(
        third_review / "screening.csv",
        "cy2010,Example database,included,full_text,",
        "cy2010,,excluded,,not_shock_waves",
    )
    header = "table,row,column,old,new,reason,date,changed_by,notes\n"
    row = "outcomes,cy improved patient 6,events,19,20,why,,,"
    (third_review / "changes.csv").write_text(f"{header}{row}\n", encoding="utf-8")
    worked_out(third_review, "cy-2010").write()
    assert (third_review / "changes.csv").read_text(encoding="utf-8") == f"{header}{row}row taken out since\n"
    assert not [problem for problem in check_review(third_review) if (problem.file or "").endswith("changes.csv")]


@pytest.mark.parametrize(
    ("study", "reason", "code"),
    [("cy", "not_shock_waves", "unknown-study"), ("cy-2010", None, "no-reason"), ("cy-2010", "bored", "unknown-term")],
)
def test_what_cannot_be_taken_out_says_why(third_review: Path, study: str, reason: str | None, code: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        worked_out(third_review, study, reason)
    assert [problem.code for problem in caught.value.problems] == [code]


def test_tables_that_cannot_be_read_are_not_changed(third_review: Path) -> None:
    replaced(third_review / "arms.csv", "cy,cy-2010,Radial,25", "cy,cy-2010,Radial,25,,,,,,,,")
    with pytest.raises(EvidenceError, match=r"arms\.csv"):
        worked_out(third_review, "cy-2010", "not_shock_waves")
