"""A cell corrected with its reason, and the rules of changes.csv."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evidence.errors import EvidenceError, Problem
from evidence.review.changes import reason_of
from evidence.review.correcting import Correction, corrected
from evidence.review.review import SETTINGS, book_of, check_review
from evidence.review.settings import read_settings

DAY = date(2026, 11, 28)
HEADER = "table,row,column,old,new,reason,date,changed_by,notes\n"


def correct(folder: Path, *cell: str, **more: str) -> tuple[str, ...]:
    table, row, column, new = cell
    book = book_of(read_settings(folder / SETTINGS)[0])
    one = Correction(table, row, column, new, **{"reason": "erratum", **more})
    found = corrected(folder, book, one, DAY)
    found.write()
    return found.said


def log(folder: Path) -> list[str]:
    return (folder / "changes.csv").read_text(encoding="utf-8").splitlines()[1:]


def about_changes(folder: Path) -> list[Problem]:
    return [problem for problem in check_review(folder) if (problem.file or "").endswith("changes.csv")]


def test_one_cell_and_its_reason_are_written_and_nothing_else(third_review: Path) -> None:
    before = (third_review / "outcomes.csv").read_bytes()
    correct(third_review, "outcomes", "bo pain_free", "events", "1", by="A. B.")
    after = (third_review / "outcomes.csv").read_bytes()
    assert after == before.replace(b"bo,pain_free,patient,0,12", b"bo,pain_free,patient,1,12") != before
    assert log(third_review) == ["outcomes,bo pain_free patient 6,events,0,1,erratum,2026-11-28,A. B.,"]
    assert about_changes(third_review) == []


def test_what_the_table_has_already_gets_its_reason(third_review: Path) -> None:
    before = (third_review / "outcomes.csv").read_bytes()
    correct(third_review, "outcomes", "bo pain_free", "events", "0", old="2")
    assert (third_review / "outcomes.csv").read_bytes() == before
    assert log(third_review) == ["outcomes,bo pain_free patient 6,events,2,0,erratum,2026-11-28,,"]
    with pytest.raises(EvidenceError, match="recorded-already"):
        correct(third_review, "outcomes", "bo pain_free", "events", "0", old="2")


def test_earlier_reasons_follow_a_row_that_is_named_otherwise_now(third_review: Path) -> None:
    correct(third_review, "outcomes", "bo pain_free", "events", "1")
    correct(third_review, "outcomes", "bo pain_free", "timepoint_months", "8")
    assert [line.split(",")[1] for line in log(third_review)] == ["bo pain_free patient 8"] * 2
    assert about_changes(third_review) == []


@pytest.mark.parametrize(
    ("cell", "more", "code"),
    [
        (("outcomes", "bo pain_free", "events", "1"), {"reason": " "}, "no-reason"),
        (("outcome", "bo pain_free", "events", "1"), {}, "unknown-table"),
        (("changes", "x", "reason", "1"), {}, "unknown-table"),
        (("outcomes", "bo", "events", "1"), {}, "ambiguous"),
        (("outcomes", "b", "events", "1"), {}, "unknown-row"),
        (("outcomes", "bo pain_free", "event", "1"), {}, "unknown-column"),
        (("outcomes", "bo pain_free", "events", "1.5"), {}, "not-whole"),
        (("outcomes", "bo pain_free", "events", ""), {}, "missing-value"),
        (("outcomes", "bo pain_free", "events", "0"), {}, "nothing-to-correct"),
        (("outcomes", "bo pain_free", "events", "0"), {"old": "0.0"}, "nothing-to-correct"),
        (("outcomes", "bo pain_free", "events", "1"), {"old": "3"}, "old-differs"),
        (("arms", "bo", "arm_id", "bo2"), {}, "is-id"),
        (("arms", "bo", "device", "round"), {}, "unknown-term"),
        (("arms", "bo", "energy_mj_mm2", "6"), {}, "out-of-range"),
    ],
)
def test_what_cannot_be_corrected_says_why_and_writes_nothing(
    third_review: Path, cell: tuple[str, ...], more: dict[str, str], code: str
) -> None:
    with pytest.raises(EvidenceError) as caught:
        correct(third_review, *cell, **more)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert not (third_review / "changes.csv").exists()


@pytest.mark.parametrize(
    ("row", "code", "severity"),
    [
        ("outcomes,bo pain_free patient 6.0,events,3,0,why,2026-11-28,,", None, None),
        ("outcomes,bo cured patient 6,events,3,0,why,,,", "change-without-row", "warning"),
        ("outcomes,bo cured patient 6,events,3,0,why,,,row taken out since", None, None),
        ("outcomes,bo pain_free patient 6,events,0,3,why,,,", "change-differs", "warning"),
        ("outcomes,bo pain_free patient 6,events,0,three,why,,,", "not-a-number", "error"),
        ("outcomes,bo pain_free patient 6,events,0,0,why,,,", "change-of-nothing", "error"),
        ("outcomes,bo pain_free patient 6,event,3,0,why,,,", "unknown-column", "error"),
        ("outcome,bo pain_free patient 6,events,3,0,why,,,", "unknown-table", "error"),
        ("outcomes,bo pain_free patient 6,events,3,0,,,,", "missing-value", "error"),
        ("outcomes,bo pain_free patient 6,events,3,0,why,5/6/24,,", "date-unclear", "warning"),
    ],
)
def test_rules_of_the_table(third_review: Path, row: str, code: str | None, severity: str | None) -> None:
    (third_review / "changes.csv").write_text(f"{HEADER}{row}\n", encoding="utf-8")
    found = [(problem.code, problem.severity, problem.line) for problem in about_changes(third_review)]
    assert found == ([] if code is None else [(code, severity, 2)])


def test_only_the_last_change_of_a_cell_must_be_its_value(third_review: Path) -> None:
    rows = [f"outcomes,bo pain_free patient 6,events,{old},{new},why,,,\n" for old, new in ((3, 2), (2, 0))]
    (third_review / "changes.csv").write_text(HEADER + "".join(rows), encoding="utf-8")
    assert about_changes(third_review) == []
    (third_review / "changes.csv").write_text(HEADER + "".join(reversed(rows)), encoding="utf-8")
    assert [problem.code for problem in about_changes(third_review)] == ["change-differs"]


def test_a_reason_is_of_its_cell_and_value_and_new() -> None:
    cell = ("outcomes", "bo x patient 6", "events")
    row = {"table": "outcomes", "row": "bo x patient 6.0", "column": "events", "old": "8", "new": "2", "reason": "why"}
    assert reason_of([row], cell, "2") == "why"
    assert reason_of([row], cell, "3") is None
    assert reason_of([row], ("outcomes", "bo x patient 7", "events"), "2") is None
    assert reason_of([row], cell, "2", before=[row]) is None
