"""A workbook there and back: nothing is lost, changes are told, conflicts are refused, nothing is half-written."""

from __future__ import annotations

import csv
import datetime
import io
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl.workbook.workbook import Workbook

from evidence.errors import DataError, Problem, UsageError
from evidence.review.sheet_exchange import read_sheet
from evidence.review.sheet_layout import sheet_review
from evidence.review.sheet_writing import workbook_of
from tests.review.workbooks import bytes_of, changed, differing, exchanged, filled, put, written
from tests.thirdreview import TABLES, write_third_review

NASTY = (
    "=1+1",
    "+3",
    "-2",
    "@a",
    "1-2",
    "2020-01",
    "1E5",
    "007",
    "TRUE",
    "_x0041_",
    "_x005F_",
    "'a",
    'say "x"',
    "a\nb",
)
TEXT = st.one_of(
    st.sampled_from(NASTY),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12),
)
NUMBER = st.sampled_from(["", "0", "0.10", "5", ".5", "1e-3", "+2", "007", "4.0", "0.30000000000000004", "many"])


def problems_of(review: Path, path: Path) -> list[Problem]:
    with pytest.raises(DataError) as caught:
        read_sheet(review, path)
    return [problem for problem in caught.value.problems if problem.severity == "error"]


@pytest.mark.parametrize(
    "name",
    [
        "sts-calciphylaxis",
        pytest.param("sts-calcinosis-cutis", marks=pytest.mark.slow),
        pytest.param("synthetic-example", marks=pytest.mark.slow),
    ],
)
def test_there_and_back_changes_no_byte_of_the_reviews(calcinosis: Path, tmp_path: Path, name: str) -> None:
    folder = calcinosis.parent / name
    path = tmp_path / "real.xlsx"
    path.write_bytes(workbook_of(sheet_review(folder)))
    found = read_sheet(folder, path)
    assert (found.files, found.tables, found.warnings, found.worse) == ({}, {}, (), ())
    assert found.content == path.read_bytes(), "nor of the workbook"


@pytest.mark.slow
@settings(deadline=None, max_examples=20)
@given(
    texts=st.lists(TEXT, min_size=12, max_size=12),
    numbers=st.lists(NUMBER, min_size=6, max_size=6),
    quoting=st.sampled_from([csv.QUOTE_ALL, csv.QUOTE_MINIMAL]),
    end=st.sampled_from(["\n", "\r\n"]),
)
def test_there_and_back_changes_no_byte_whatever_stands_in_a_cell(
    texts: list[str], numbers: list[str], quoting: int, end: str
) -> None:
    with TemporaryDirectory() as made:
        review = write_third_review(Path(made) / "heel-pain")
        head, *rows = csv.reader(io.StringIO(TABLES["arms"].lstrip()))
        for row, label, notes, number in zip(rows, texts[:6], texts[6:], numbers, strict=True):
            row[head.index("label")], row[head.index("notes")] = label, notes
            row[head.index("energy_mj_mm2")] = number
        text = io.StringIO(newline="")
        csv.writer(text, quoting=quoting, lineterminator=end).writerows([head, *rows])  # type: ignore[arg-type]
        (review / "arms.csv").write_bytes(text.getvalue().encode())
        before = bytes_of(review)
        # Saved anew as a spreadsheet program would: other packing, shared strings.
        path = changed(written(review), lambda book: book.create_sheet("mine"))
        found = exchanged(review, path)
        assert differing(before, bytes_of(review)) == [] and not found.tables
        # A row is written anew: its other cells hold what they held.
        path = changed(path, lambda book: put(book["arms"], 2, n_treated=13))
        exchanged(review, path)
        again = list(csv.reader(io.StringIO((review / "arms.csv").read_bytes().decode(), newline="")))
        rows[0][head.index("n_treated")] = "13"
        assert [[cell.strip() for cell in row] for row in again] == [[c.strip() for c in row] for row in [head, *rows]]


def change_much(book: Workbook) -> None:
    outcomes = book["outcomes"]
    put(outcomes, 2, events=7)
    outcomes.delete_rows(4)
    outcomes.insert_rows(6)
    put(outcomes, 6, arm_id="ada-high", outcome="pain_free", unit="patient", events=20, total=16, timepoint_months=12)
    put(outcomes, 6, basis="reported", source_location="+ table", confidence="high")
    put(book["arms"], 7, arm_id="di-1", possible_overlap="cy")
    put(book["patients"], 4, patient_id="p1", arm_id="bo", age_years=40.5, shoe_size="39")


def test_changes_are_told_and_written_row_by_row_and_work_in_the_workbook_goes_on(third_review: Path) -> None:
    before, path = bytes_of(third_review), filled(third_review, change_much)
    found = exchanged(third_review, path)
    after = bytes_of(third_review)
    assert sorted(differing(before, after)) == ["arms.csv", "outcomes.csv", "patients.csv"]
    old, new = before["outcomes.csv"].decode().splitlines(), after["outcomes.csv"].decode().splitlines()
    assert new[1] == old[1].replace(",6,14,", ",7,14,") and new[2] == old[2] and new[3] == old[4]
    assert new[5] == "ada-high,pain_free,patient,20,16,,12,reported,,+ table,high,", "below the row above it"
    assert new[6:] == old[6:] and len(new) == len(old)
    assert after["patients.csv"].decode().splitlines()[1].startswith("p1,bo,40.5,")
    arms = after["arms.csv"].decode().splitlines()
    assert arms[0].endswith(",notes,possible_overlap") and arms[6].endswith("some of Cy,cy") and arms[1].endswith(",,")
    worse = [(p.code, (p.file or "").rpartition(":")[2], p.line, p.column) for p in found.worse]
    assert ("events-exceed-total", "outcomes", 6, "D") in worse, "what check will find, at its row of the workbook"
    assert ("unknown-id", "outcomes", 15, "A") in worse, "of a row that was not changed too: its arm has another name"
    (unknown,) = (p for p in found.worse if (p.code, p.line) == ("unknown-id", 15))
    assert unknown.message.startswith("arm_id: "), "its place has the letter only"

    changed(path, lambda book: put(book["outcomes"], 6, events=1, notes="read again"))
    (change,) = exchanged(third_review, path).tables["outcomes"].made
    assert change.cells == {"events": ("20", "1"), "notes": ("", "read again")}
    assert differing(after, bytes_of(third_review)) == ["outcomes.csv"]


def test_all_tables_are_written_or_none(third_review: Path) -> None:
    path = filled(third_review, change_much)
    before, workbook = bytes_of(third_review), path.read_bytes()
    (third_review / "outcomes.csv").chmod(0o444)
    with pytest.raises(UsageError, match=r"outcomes\.csv: it is read-only"):
        exchanged(third_review, path)
    assert bytes_of(third_review) == before and path.read_bytes() == workbook


def rearrange(book: Workbook) -> None:
    arms = book["arms"]
    arms.insert_cols(2)
    put(arms, 3)
    arms.cell(3, 2).value = "mine"
    arms.insert_rows(1, 2)
    arms.cell(1, 1).value = "Arms of the review"
    arms.insert_rows(6, 3)
    arms.title = "Groups"
    rows = [[cell.value for cell in row] for row in book["outcomes"].iter_rows(min_row=2, max_row=15)]
    for at, row in enumerate(reversed(rows), start=2):
        for column, value in enumerate(row, start=1):
            book["outcomes"].cell(at, column).value = value
    del book["screening"]
    studies = book["studies"]
    studies.move_range("A1:A6", cols=30)
    book.create_sheet("my notes")["A1"] = "x"


def test_a_workbook_that_was_rearranged_says_the_same(third_review: Path) -> None:
    before = bytes_of(third_review)
    found = exchanged(third_review, filled(third_review, rearrange))
    assert not found.tables and bytes_of(third_review) == before
    assert {problem.code for problem in found.warnings} == {
        "other-column",
        "renamed-worksheet",
        "missing-worksheet",
        "other-worksheet",
    }
    assert all(problem.severity == "warning" for problem in found.warnings)


def spoil(book: Workbook) -> None:
    outcomes = book["outcomes"]
    put(outcomes, 2, events=datetime.datetime(2026, 6, 3))
    outcomes["D2"].number_format = "d-mmm"
    put(outcomes, 3, events="few", total="=SUM(D2:D3)")
    outcomes.merge_cells("A4:A5")
    put(book["arms"], 2, guided="maybe")


def test_every_problem_is_told_at_its_cell_and_nothing_is_written(third_review: Path) -> None:
    before = bytes_of(third_review)
    path = filled(third_review, spoil)
    workbook = path.read_bytes()
    found = {
        (problem.code, (problem.file or "").rpartition(":")[2], problem.line, problem.column)
        for problem in problems_of(third_review, path)
    }
    assert found >= {
        ("date", "outcomes", 2, "D"),
        ("not-a-number", "outcomes", 3, "D"),
        ("formula-without-value", "outcomes", 3, "E"),
        ("merged-cells", "outcomes", 4, "A"),
        ("not-yes-no", "arms", 2, "I"),
    }
    assert bytes_of(third_review) == before and path.read_bytes() == workbook


def test_a_workbook_without_its_stamp_or_of_another_review_is_refused(third_review: Path) -> None:
    path = written(third_review)
    other = third_review.rename(third_review.with_name("hand-pain"))
    (problem,) = problems_of(other, path)
    assert problem.code == "other-review" and "heel-pain" in problem.mend
    changed(path, lambda book: book.remove(book["evidence"]))
    assert [problem.code for problem in problems_of(other, path)] == ["no-stamp"]
    path.write_bytes(b"PK\x03\x04 cut off")
    assert [problem.code for problem in problems_of(other, path)] == ["broken-workbook"]
    assert [problem.code for problem in problems_of(other, path.with_name("none.xlsx"))] == ["missing-file"]
