"""What differs between two versions, and why."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import DataError
from evidence.updates.change_text import cell_line, details, summary
from evidence.updates.collecting import collect
from evidence.updates.difference import CellChange, Difference, TableDifference, difference
from evidence.updates.renames import Rename
from evidence.updates.version import Version


def now(folder: Path) -> Version:
    return collect(folder, folder.parent.parent / "analyses")


def edit(folder: Path, table: str, *pairs: tuple[str, str]) -> None:
    path = folder / f"{table}.csv"
    text = path.read_text(encoding="utf-8")
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8", newline="\n")


def table(found: Difference, name: str) -> TableDifference:
    return next(one for one in found.tables if one.table == name)


def test_nothing_changed(heel: Path) -> None:
    found = difference(now(heel), now(heel))
    assert found.same and all(summary(one) == "no change" for one in found.tables)
    assert found.to_dict() == {"tables": [], "renamed": [], "other": []}


def test_rows_added_and_removed(heel: Path) -> None:
    before = now(heel)
    edit(
        heel,
        "outcomes",
        ("di,improved,patient,7,9,,6,reported,,table 3,high,\n", ""),
        ("na-1,improved", "na-1,pain_free,patient,0,1,,,reported,,title,low,\nna-1,improved"),
    )
    found = table(difference(before, now(heel)), "outcomes")
    assert (found.added, found.removed) == (("na-1 pain_free patient",), ("di improved patient 6",))
    assert summary(found) == "1 row added, 1 row removed"


def test_a_corrected_cell_with_the_reason_of_the_adjudication(heel: Path) -> None:
    before = now(heel)
    edit(heel, "outcomes", ("bo,improved,patient,8,12", "bo,improved,patient,7,12"))
    (heel / "extraction").mkdir()
    (heel / "extraction" / "adjudication.csv").write_text(
        "arm_id,report_id,table,field,value_a,value_b,final,reason\n"
        "bo,bo2002,outcomes,improved,8/12,7/12,7/12,one patient was counted twice\n",
        encoding="utf-8",
    )
    after = now(heel)
    (change,) = table(difference(before, after), "outcomes").changes
    why = "one patient was counted twice"
    assert change == CellChange("bo improved patient 6", "events", "8", "7", "corrected", why)
    assert cell_line(change) == f"bo improved patient 6 events: 8, now 7 ({why})"
    # A ruling that the earlier version has already is no reason for a later change.
    edit(heel, "outcomes", ("bo,improved,patient,7,12", "bo,improved,patient,6,12"))
    (later,) = table(difference(after, now(heel)), "outcomes").changes
    assert later.why is None


def test_a_note_written_with_the_change_is_its_reason(heel: Path) -> None:
    before = now(heel)
    edit(heel, "arms", ("Radial,12,,radial,0.2,right,no,", "Radial,12,,radial,0.25,right,no,misprint in the paper"))
    energy, note = table(difference(before, now(heel)), "arms").changes
    assert (energy.column, energy.why, note.column, note.why) == (
        "energy_mj_mm2",
        "misprint in the paper",
        "notes",
        None,
    )


def test_a_class_that_changed_is_reclassified(heel: Path) -> None:
    before = now(heel)
    edit(heel, "arms", ("Radial,12,,radial", "Radial,12,,focused"))
    edit(
        heel,
        "screening",
        ("ed2012,reference lists,excluded,title_abstract", "ed2012,reference lists,excluded,full_text"),
    )
    found = difference(before, now(heel))
    (arm,), (report,) = table(found, "arms").changes, table(found, "screening").changes
    assert (arm.row, arm.column, arm.kind) == ("bo", "device", "reclassified")
    assert (report.row, report.column, report.kind) == ("ed2012", "stage", "reclassified")


def test_the_same_number_written_otherwise_is_no_change(heel: Path) -> None:
    before = now(heel)
    edit(heel, "arms", ("focused,0.5,left", "focused,0.50,left"))
    assert table(difference(before, now(heel)), "arms").same


def test_a_byte_order_mark_and_line_ends_are_no_change(heel: Path) -> None:
    before = now(heel)
    for path in (*heel.iterdir(), heel.parent.parent / "analyses" / "heel.toml"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert difference(before, now(heel)).same


def test_other_counts_at_another_time_are_a_row_of_their_own(heel: Path) -> None:
    before = now(heel)
    edit(heel, "outcomes", ("di,improved,patient,7,9,,6", "di,improved,patient,8,9,,12"))
    found = table(difference(before, now(heel)), "outcomes")
    assert (found.added, found.removed) == (("di improved patient 12",), ("di improved patient 6",))


def test_an_outcome_whose_time_was_corrected_is_the_same_row(heel: Path) -> None:
    before = now(heel)
    edit(heel, "outcomes", ("di,improved,patient,7,9,,6", "di,improved,patient,7,9,,9"))
    found = table(difference(before, now(heel)), "outcomes")
    assert found.added == found.removed == ()
    assert [(change.column, change.old, change.new) for change in found.changes] == [("timepoint_months", "6", "9")]


def test_renamed_ids_are_found_by_their_content(heel: Path) -> None:
    before = now(heel)
    edit(heel, "studies", ("cy-2010,Cy", "sato-2010,Cy"))
    edit(heel, "reports", (",cy-2010,", ",sato-2010,"))
    edit(heel, "arms", ("cy,cy-2010,", "sato,sato-2010,"), ("Radial,9,cy", "Radial,9,sato"))
    edit(heel, "outcomes", ("\ncy,", "\nsato,"))
    found = difference(before, now(heel))
    assert found.renames == (Rename("studies", "cy-2010", "sato-2010"), Rename("arms", "cy", "sato"))
    assert all(one.same for one in found.tables) and not found.same


def test_two_rows_alike_are_not_taken_for_each_other(heel: Path) -> None:
    edit(
        heel,
        "arms",
        ("na-1,na,One patient,1,,not_reported,,,,\n", "na-1,na,One,1,,radial,,,,\nna-2,na,One,1,,radial,,,,\n"),
    )
    before = now(heel)
    edit(heel, "arms", ("na-1,na", "na-3,na"), ("na-2,na", "na-4,na"))
    found = difference(before, now(heel))
    assert found.renames == () and table(found, "arms").added == ("na-3", "na-4")


def test_tables_columns_and_files_that_came_or_went(heel: Path) -> None:
    before = now(heel)
    (heel / "adverse_events.csv").write_text("arm_id,term,total\nbo,bruise,12\n", encoding="utf-8")
    edit(heel, "studies", ("n_treated,setting", "n_treated,place"))
    (heel / "references.bib").write_text("", encoding="utf-8")
    found = difference(before, now(heel))
    events = table(found, "adverse_events")
    assert events.absent == "before" and summary(events) == "not in the earlier version, 1 row in the other"
    studies = table(found, "studies")
    assert (studies.columns_added, studies.columns_removed) == (("place",), ("setting",))
    assert found.other == ("references.bib",)


def test_links_that_were_cut_with_their_rows_are_told_apart_from_corrections(heel: Path) -> None:
    before = now(heel)
    edit(heel, "studies", ("cy-2010,Cy 2010,2010,Japan,controlled_trial,25,hospital\n", ""))
    edit(heel, "reports", ("cy2010,cy-2010,", "cy2010,,"))
    edit(heel, "arms", ("cy,cy-2010,Radial,25,,radial,0.3,left; right,,\n", ""), ("Radial,9,cy", "Radial,9,"))
    after = now(heel)
    found = difference(before, after)
    arms, reports = table(found, "arms"), table(found, "reports")
    assert arms.removed == ("cy",) and arms.of("corrected") == ()
    assert arms.links == (CellChange("di", "same_patients_as", "cy", "", "unlinked", None),)
    assert summary(arms) == "1 row removed, 1 link cut to a row that went"
    assert summary(reports) == "1 row no longer belongs to a study" and not reports.same
    assert dict(details(reports)) == {"Link cut": ("cy2010 study_id: cy-2010, now empty",)}
    back = difference(after, before)
    assert summary(table(back, "reports")) == "1 row now belongs to a study"
    assert table(back, "arms").links[0].kind == "linked"


def test_a_link_to_another_row_is_a_correction(heel: Path) -> None:
    before = now(heel)
    edit(heel, "arms", ("Radial,9,cy", "Radial,9,bo"), ("cy,cy-2010,Radial,25,,radial,0.3,left; right,,\n", ""))
    (change,) = table(difference(before, now(heel)), "arms").changes
    assert (change.row, change.old, change.new, change.kind) == ("di", "cy", "bo", "corrected")


def test_a_table_that_cannot_be_read_names_the_version(heel: Path) -> None:
    before = now(heel)
    (heel / "arms.csv").write_text('arm_id,study_id\n"a,b\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"now/arms\.csv"):
        difference(before, now(heel))
