"""Patients described one by one: durations in months, what is not known, and their order."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from evidence import patient_courses
from evidence.errors import UsageError
from tests.extractedreview import extracted_review, read_once, untimed_review

PATIENTS = (
    "a,ada-low,40,F,partial,no,10,26\n"
    "b,ada-low,,M,complete,not_reported,,\n"
    "c,bo,50,,not_reported,yes,3,0\n"
    "d,cy,60,F,worse,no,24,4.345\n"
    "e,na-1,,,none,,,8.69\n"
)


def test_every_patient_of_the_table_is_there_once_and_nothing_unknown_is_0(calcinosis: Path) -> None:
    courses = patient_courses(read_once(calcinosis))
    with (calcinosis / "patients.csv").open(encoding="utf-8", newline="") as file:
        rows = {row["patient_id"]: row for row in csv.DictReader(file)}
    assert sorted(one.patient_id for one in courses.patients) == sorted(rows) and len(rows) == 18
    for one in courses.patients:
        row = rows[one.patient_id]
        assert one.treated == (float(row["duration_months"]) if row["duration_months"] else None)
        assert one.followed == (float(row["followup_months"]) if row["followup_months"] else None)
        assert (one.response or "not_reported") == row["response"]
    assert (courses.heading, courses.treated, courses.duration) == ("Route", 110, "duration_months")
    assert [one.group for one in courses.patients].count("topical") == 10


def test_responses_stand_in_the_order_of_the_codebook_inside_each_group(calcinosis: Path) -> None:
    courses = patient_courses(read_once(calcinosis))
    topical = [one for one in courses.patients if one.group == "topical"]
    assert [one.response for one in topical] == ["complete"] * 3 + ["partial", "none"] + [None] * 5
    assert [one.treated for one in topical[:2]] == [2, None]  # of equals the longest treatment first, unknown last
    assert [one.label for one in topical if one.arm_id == "bair2011-1"] == ["Bair 2011, 1", "Bair 2011, 2"]


def test_weeks_become_months_and_0_stays_0(tmp_path: Path) -> None:
    courses = patient_courses(extracted_review(tmp_path / "x", patients=PATIENTS))
    found = {one.patient_id: one.treated for one in courses.patients}
    assert found["a"] == pytest.approx(26 / 4.345) and found["d"] == pytest.approx(1) and found["c"] == 0
    assert found["b"] is None and courses.duration == "treated_weeks"


@pytest.mark.parametrize(
    ("sort", "order"),
    [("response", "baedc"), ("duration", "aedcb"), ("follow-up", "daceb"), ("study", "abcde")],
)
def test_orders(sort: str, order: str, tmp_path: Path) -> None:
    courses = patient_courses(extracted_review(tmp_path / "x", patients=PATIENTS), by="none", sort=sort)
    found = "".join(one.patient_id for one in courses.patients)
    # Follow-up of b and e is unknown: the longer treated of them is first.
    assert found == order


def test_without_a_column_of_time_there_is_no_duration(tmp_path: Path) -> None:
    courses = patient_courses(untimed_review(tmp_path / "x"))
    assert courses.duration is None and courses.patients[0].treated is None and courses.patients[0].followed == 5


def test_nobody_is_an_answer(calciphylaxis: Path) -> None:
    courses = patient_courses(read_once(calciphylaxis))
    assert courses.patients == () and courses.treated == 145
    assert list(courses.to_frame().columns)[:2] == ["patient_id", "arm_id"]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"sort": "size"}, "unknown-order"),
        ({"by": "rout"}, "unknown-column"),
        ({"by": "concentration_mg_ml"}, "not-a-term"),
        ({"duration": "sessions"}, "unknown-column"),
    ],
)
def test_what_does_not_fit_is_said(options: dict[str, str], code: str, calcinosis: Path) -> None:
    with pytest.raises(UsageError) as caught:
        patient_courses(read_once(calcinosis), **options)
    assert caught.value.problems[0].code == code and caught.value.problems[0].mend


def test_it_is_json(calcinosis: Path) -> None:
    said = json.loads(json.dumps(patient_courses(read_once(calcinosis)).to_dict(), allow_nan=False))
    assert len(said["patients"]) == 18 and said["patients"][0]["recurrence"] is None


def test_a_time_of_something_else_is_not_taken_for_the_treatment(tmp_path: Path) -> None:
    patients = "patient_id,arm_id,ill_years,seen_weeks,laser_days\nz,bo,9,8.69,30\n"
    columns = {
        "ill_years": ("years", "Duration of the disease before treatment"),
        "seen_weeks": ("weeks", "Weeks to response"),
        "laser_days": ("days", "Laser"),
    }
    review = untimed_review(tmp_path / "x", patients, columns)
    courses = patient_courses(review)
    (one,) = courses.patients
    assert courses.duration is None and one.treated is None
    assert courses.response_time == "seen_weeks" and one.responded == pytest.approx(2)
    named = patient_courses(review, duration="laser_days")
    assert named.patients[0].treated == pytest.approx(30 * 12 / 365.25)
