"""Changes of a workbook meet a table that others have changed since: both stand, or the row is a conflict."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evidence.errors import Problem
from evidence.review.sheet_changes import changes_of
from evidence.review.sheet_layout import sheet_review
from evidence.review.sheet_merging import Merged, merged
from evidence.review.sheet_reading import Filled
from evidence.review.sheet_stamp import Stamped
from tests.review.workbooks import retyped, worksheet


def edit(review: Path, old: str, new: str) -> None:
    """Somebody changes a table in the meantime."""
    path = review / "arms.csv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def merge(review: Path, sheet: Filled, stamped: Stamped) -> tuple[Merged, list[Problem]]:
    """The changes of a worksheet in the table as it is now."""
    problems: list[Problem] = []
    now = replace(sheet, table=sheet_review(review).tables[sheet.table.name])
    return merged(changes_of(now, stamped, "w.xlsx", problems), "w.xlsx:arms", problems), problems


def lines(one: Merged) -> list[str]:
    return (one.content or b"").decode().splitlines()


def test_changes_of_different_rows_stand_both(third_review: Path) -> None:
    arms, stamped = worksheet(third_review, "arms")
    edit(third_review, "ada-high,ada-2001,High energy", "ada-high,ada-2001,Higher energy")
    edit(third_review, "bo,bo-2002,Radial", '"early",na,Early,1,,radial,,,,\nbo,bo-2002,Radial')
    found, problems = merge(third_review, retyped(retyped(arms, 0, label="Low"), 6, arm_id="late"), stamped)
    assert problems == [] and len(found.made) == 2
    text = lines(found)
    assert text[1].startswith("ada-low,ada-2001,Low,14") and text[2].startswith("ada-high,ada-2001,Higher energy")
    assert text[3] == '"early",na,Early,1,,radial,,,,' and text[-1] == "late,,,,,,,,,"
    assert found.places[2] == 2 and found.places[len(text)] == 8 and 4 not in found.places


def test_a_row_that_both_changed_is_a_conflict_and_the_file_stays(third_review: Path) -> None:
    arms, stamped = worksheet(third_review, "arms")
    edit(third_review, "ada-low,ada-2001,Low energy", "ada-low,ada-2001,Lower energy")
    found, (problem,) = merge(third_review, retyped(retyped(arms, 0, label="Low"), 1, label="High"), stamped)
    assert found.content is None and found.made == ()
    assert (problem.code, problem.file, problem.line) == ("conflict", "w.xlsx:arms", 2)
    assert (
        "ada-low" in problem.message and "'Low energy' -> 'Low'" in problem.message and "new workbook" in problem.mend
    )


def test_a_row_that_was_removed_here_and_changed_there_is_a_conflict(third_review: Path) -> None:
    arms, stamped = worksheet(third_review, "arms")
    edit(third_review, "ada-low,ada-2001,Low energy", "ada-low,ada-2001,Lower energy")
    found, (problem,) = merge(third_review, replace(arms, rows=arms.rows[1:]), stamped)
    assert problem.code == "conflict" and "removed here" in problem.message and found.content is None


def test_a_row_that_both_added_is_a_conflict_unless_it_says_the_same(third_review: Path) -> None:
    arms, stamped = worksheet(third_review, "arms")
    edit(third_review, "bo,bo-2002,Radial", "new,na,New,1,,radial,,,,\nbo,bo-2002,Radial")
    same = retyped(arms, 6, arm_id="new", study_id="na", label="New", n_treated="1.0", device="radial")
    found, problems = merge(third_review, same, stamped)
    assert (found.content, found.made, problems) == (None, (), [])
    _, (problem,) = merge(third_review, retyped(arms, 6, arm_id="new", label="Other"), stamped)
    assert problem.code == "conflict" and "added here" in problem.message


def test_what_stands_in_the_table_already_is_not_made_again(third_review: Path) -> None:
    arms, stamped = worksheet(third_review, "arms")
    sheet = retyped(replace(arms, rows=arms.rows[:5]), 0, label="Low")
    edit(third_review, "ada-low,ada-2001,Low energy", "ada-low,ada-2001,Low")
    edit(third_review, "di,di-2011,Radial,9,cy,radial,0.3,left,,some of Cy\n", "")
    found, problems = merge(third_review, sheet, stamped)
    assert (found.content, found.made, problems, len(found.changes.changes)) == (None, (), [], 2)


def test_rows_that_others_removed_stay_removed(third_review: Path) -> None:
    arms, stamped = worksheet(third_review, "arms")
    edit(third_review, "di,di-2011,Radial,9,cy,radial,0.3,left,,some of Cy\n", "")
    found, problems = merge(third_review, retyped(arms, 0, label="Low"), stamped)
    assert problems == [] and len(lines(found)) == 6 and not any(line.startswith("di,") for line in lines(found))


def test_a_table_that_was_not_there_gets_all_columns(third_review: Path) -> None:
    table, stamped = worksheet(third_review, "appraisals")
    assert not Path(table.table.text.file).exists()
    filled = retyped(table, 0, study_id="na", tool="murad-2018", item="1", rater="A", judgement="yes")
    found, problems = merge(third_review, filled, stamped)
    assert problems == []
    assert lines(found) == ["study_id,tool,item,rater,judgement,support,source_location", "na,murad-2018,1,A,yes,,"]


def test_a_column_that_others_added_since_keeps_its_cells(third_review: Path) -> None:
    arms, stamped = worksheet(third_review, "arms")
    path = third_review / "arms.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    added = [f"{head},extra", *(f"{row},{i}" for i, row in enumerate(rows))]
    path.write_text("\n".join(added) + "\n", encoding="utf-8")
    found, problems = merge(third_review, retyped(arms, 0, label="Low"), stamped)
    assert problems == [] and lines(found)[1].endswith(",0") and ",Low," in lines(found)[1]
    assert lines(found)[2:] == added[2:]
