"""Which rows and cells of a worksheet were changed, whatever became of their order."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from evidence.errors import Problem
from evidence.review.sheet_changes import TableChanges, changes_of, named
from evidence.review.sheet_reading import Filled
from tests.review.workbooks import retyped, worksheet


def changes(review: Path, sheet: Filled, problems: list[Problem] | None = None) -> TableChanges:
    return changes_of(sheet, worksheet(review, sheet.table.name)[1], "w.xlsx", [] if problems is None else problems)


def test_nothing_is_changed_by_another_way_of_writing_a_number_or_by_another_order(third_review: Path) -> None:
    arms, _ = worksheet(third_review, "arms")
    again = retyped(retyped(arms, 0, n_treated="14.0", energy_mj_mm2="0.10"), 1, energy_mj_mm2="5e-1")
    assert changes(third_review, again).changes == ()
    found = changes(third_review, replace(arms, rows=arms.rows[::-1]))
    assert found.changes == () and not found.sorted


def test_a_changed_row_is_told_with_its_cells_before_and_after(third_review: Path) -> None:
    sheet = retyped(worksheet(third_review, "outcomes")[0], 0, events="0", notes="=new")
    (change,) = changes(third_review, sheet).changes
    assert change.cells == {"events": ("6", "0"), "notes": ("", "=new")} and change.place == 2
    assert named(sheet.table, change.was or {}) == "ada-low improved patient 3"


def test_a_row_with_another_name_is_the_same_row_if_most_of_it_is(third_review: Path) -> None:
    arms = worksheet(third_review, "arms")[0]
    (change,) = changes(third_review, retyped(arms, 2, arm_id="bo-1")).changes
    assert change.cells == {"arm_id": ("bo", "bo-1")}
    new, gone = changes(
        third_review, retyped(arms, 2, arm_id="x", label="y", n_treated="1", device="", study_id="")
    ).changes
    assert new.was is None and gone.now is None and named(arms.table, gone.was or {}) == "bo"


def test_rows_are_added_below_the_row_above_them_and_removed(third_review: Path) -> None:
    arms = worksheet(third_review, "arms")[0]
    added = retyped(arms, 6, arm_id="new", label="New")
    moved = replace(added, rows=(*added.rows[:2], added.rows[6], *added.rows[3:6]))
    new, gone = changes(third_review, moved).changes
    assert (new.origin, new.cells) == (1, {"arm_id": ("", "new"), "label": ("", "New")})
    assert (gone.origin, gone.now, gone.place) == (2, None, 0)


def test_two_rows_alike_are_two_rows(third_review: Path) -> None:
    outcomes = worksheet(third_review, "outcomes")[0]
    (change,) = changes(third_review, replace(outcomes, rows=(*outcomes.rows, outcomes.rows[-1]))).changes
    assert change.was is None and change.cells["arm_id"] == ("", "di")


def test_a_column_that_is_gone_stays_as_it_is_and_is_told(third_review: Path) -> None:
    arms, problems = worksheet(third_review, "arms")[0], list[Problem]()
    letters = {
        name: letter for name, letter in arms.letters.items() if name not in ("energy_mj_mm2", "comparison_group")
    }
    rows = tuple(replace(row, cells={name: row.cells[name] for name in letters}) for row in arms.rows)
    found = changes(third_review, replace(arms, letters=letters, rows=rows), problems)
    assert found.changes == ()
    (problem,) = problems
    assert (problem.code, problem.severity) == ("missing-column", "warning") and "energy_mj_mm2" in problem.message


def test_what_cannot_stand_in_its_column_is_told_only_where_it_was_typed(third_review: Path) -> None:
    path, problems = third_review / "arms.csv", list[Problem]()
    path.write_text(path.read_text(encoding="utf-8").replace(",25,,radial", ",many,,radial"), encoding="utf-8")
    arms = worksheet(third_review, "arms")[0]
    sheet = retyped(retyped(arms, 0, n_treated="3/4", guided="x"), 1, notes="a\x7fb")
    assert len(changes(third_review, sheet, problems).changes) == 2
    assert [(problem.code, problem.file, problem.line, problem.column) for problem in problems] == [
        ("fraction", "w.xlsx:arms", 2, "D"),
        ("not-yes-no", "w.xlsx:arms", 2, "I"),
        ("control-character", "w.xlsx:arms", 3, "J"),
    ]
