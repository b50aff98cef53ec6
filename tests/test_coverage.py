"""Which arms there are by two columns: amounts of the tables, and cells without any."""

from __future__ import annotations

import csv
import json
from collections import Counter
from pathlib import Path

import pytest

from evidence import evidence_coverage, read_review
from evidence.errors import UsageError
from tests.extractedreview import read_once


def test_amounts_are_those_of_arms_csv(calcinosis: Path) -> None:
    coverage = evidence_coverage(read_once(calcinosis))
    with (calcinosis / "arms.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    arms = Counter((row["route"], row["condition"]) for row in rows)
    patients: Counter[tuple[str, str]] = Counter()
    for row in rows:
        patients[row["route"], row["condition"]] += int(row["n_treated"])
    for label, cells in zip(coverage.rows, coverage.cells, strict=True):
        for column, cell in zip(coverage.columns, cells, strict=True):
            place = label.replace(" ", "_"), column
            assert (cell.arms, cell.patients) == (arms[place], patients[place])
    assert coverage.rows == ("intralesional", "topical", "intravenous", "not reported")
    assert coverage.columns == ("dystrophic", "metastatic", "iatrogenic", "mixed", "unspecified")
    # 4 x 5 cells, of which 9 hold an arm.
    assert coverage.empty == 11 == 20 - len(arms)
    assert (coverage.total.arms, coverage.total.studies, coverage.total.patients) == (23, 23, 110)


def test_case_reports_are_told_apart(calcinosis: Path) -> None:
    coverage = evidence_coverage(read_once(calcinosis))
    intralesional = coverage.cells[0][0]
    # martins and clinrheumatol are case reports of one patient each, the two series have 6 and 38.
    assert (intralesional.arms, intralesional.case_reports) == (4, 2)
    assert (intralesional.patients, intralesional.single_patients) == (46, 2)
    assert coverage.total.single_patients == 16


def test_words_that_no_arm_has_are_rows_and_the_columns_of_another_review_are_found(
    calciphylaxis: Path, third_review: Path
) -> None:
    coverage = evidence_coverage(read_once(calciphylaxis))
    assert coverage.rows == ("intralesional", "topical", "intravenous", "not reported")
    assert coverage.row_totals[1].arms == 0 and coverage.columns == ("calciphylaxis",)
    other = evidence_coverage(read_review(third_review))
    assert (other.row_heading, other.column_heading) == ("Device", "Design")
    # Designs are words of every review: those without an arm are no gap of this one.
    assert other.columns == ("case report", "case series", "controlled trial")


def test_patients_of_two_arms_are_counted_once(third_review: Path) -> None:
    coverage = evidence_coverage(read_review(third_review), rows="device", columns="guided")
    radial = coverage.row_totals[1]
    # bo 12, cy 25, and di with 9 of the patients of cy.
    assert (radial.arms, radial.patients, coverage.doubled) == (3, 37, 1)
    assert coverage.columns == ("yes", "no", "not reported")


@pytest.mark.parametrize(
    ("rows", "columns", "code"),
    [
        ("route", "route", "same-column"),
        ("rout", "", "unknown-column"),
        ("", "concentration_mg_ml", "not-a-term"),
        ("underlying_disease", "", "not-a-term"),
    ],
)
def test_what_does_not_fit_is_said(rows: str, columns: str, code: str, calcinosis: Path) -> None:
    with pytest.raises(UsageError) as caught:
        evidence_coverage(read_once(calcinosis), rows, columns)
    assert caught.value.problems[0].code == code and caught.value.problems[0].mend


def test_one_column_named_is_crossed_by_another(calcinosis: Path) -> None:
    review = read_once(calcinosis)
    assert evidence_coverage(review, columns="route").row_heading == "Type of calcinosis"
    assert evidence_coverage(review, rows="condition").column_heading == "Route"
    assert evidence_coverage(review, rows="design").column_heading == "Type of calcinosis"


def test_it_is_a_frame_and_json(calcinosis: Path) -> None:
    coverage = evidence_coverage(read_once(calcinosis))
    assert len(coverage.to_frame()) == 20 and int(coverage.to_frame()["patients"].sum()) == 110
    assert json.loads(json.dumps(coverage.to_dict()))["total"]["patients"] == 110
