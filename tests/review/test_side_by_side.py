"""Extractors' files side by side: which rows are the same, what is compared, what was entered where."""

from __future__ import annotations

from pathlib import Path

from tests.review.extractors import HEAD, cell, laid_out, with_extractors


def test_counts_and_columns_of_outcomes(tmp_path: Path) -> None:
    _, extracted = laid_out(with_extractors(tmp_path))
    assert [(one.arm_id, one.field, one.alike, one.differs) for one in extracted.cells] == [
        ("bo", "improved", True, False),
        ("bo", "timepoint_months: improved", True, False),
        ("bo", "confidence: improved", False, True),
        ("na-1", "improved", False, True),
        ("na-1", "timepoint_months: improved", False, False),
        ("na-1", "confidence: improved", False, True),
        ("bo", "not_improved", False, True),
        ("cy", "improved", False, True),
    ]
    found = cell(extracted, "bo", "improved")
    assert [entry.text for entry in found.entries] == ["8/12", "8/12"] and found.report_id == "bo2002"
    assert [entry.source for entry in found.entries] == ["text", "table"]
    only = cell(extracted, "cy", "improved").entries
    assert (only[0].text, only[0].line, only[1].text, only[1].line) == ("empty", None, "20/25", 4)


def test_rows_of_one_outcome_are_told_apart_by_time_and_unit_where_somebody_has_several(tmp_path: Path) -> None:
    a = "ada-low,improved,patient,6,14,3,,\nada-low,improved,patient,9,14,12,,\ncy,pain_free,heel,30,40,6,,\n"
    b = "ada-low,improved,patient,9,14,12,,\ncy,pain_free,heel,30,40,3,,\n"
    _, extracted = laid_out(with_extractors(tmp_path, a_outcomes=HEAD + a, b_outcomes=HEAD + b))
    assert [(one.field, [entry.text for entry in one.entries]) for one in extracted.cells] == [
        ("improved: 3 months", ["6/14", "empty"]),
        ("improved: 12 months", ["9/14", "9/14"]),
        ("pain_free: heel", ["30/40", "30/40"]),
        ("timepoint_months: pain_free: heel", ["6", "3"]),
    ]


def test_any_table_numbers_by_size_lists_in_any_order_words_in_any_case(tmp_path: Path) -> None:
    head = "arm_id,study_id,n_treated,energy_mj_mm2,sides,device,notes,own\n"
    _, extracted = laid_out(
        with_extractors(
            tmp_path,
            a_arms=head + "bo,bo-2002,12,0.20,left; right,Radial,mine,1\ncy,cy-2010,25,,,,,\n",
            b_arms=head + "bo,bo-2002,12,.2,right; left,radial,yours,2\n",
        )
    )
    by_field = {(one.arm_id, one.field): one for one in extracted.cells}
    assert all(one.alike for (arm, _), one in by_field.items() if arm == "bo")
    assert {field for arm, field in by_field if arm == "bo"} == {
        "arm",
        "study_id",
        "n_treated",
        "energy_mj_mm2",
        "sides",
        "device",
    }
    assert [entry.text for entry in by_field["cy", "arm"].entries] == ["entered", "not found"]
    assert ("cy", "device") not in by_field, "columns of a row that one did not enter are no differences of their own"


def test_rows_without_an_id_are_found_by_arm_and_term(tmp_path: Path) -> None:
    head = "arm_id,term,events,total,serious\n"
    _, extracted = laid_out(
        with_extractors(
            tmp_path, a_adverse_events=head + "bo,Pain,1,12,no\n", b_adverse_events=head + "bo,pain,2,12,\n"
        )
    )
    assert [(one.field, one.differs) for one in extracted.cells] == [
        ("row: Pain", False),
        ("events: Pain", True),
        ("total: Pain", False),
    ]


def test_a_column_of_a_row_is_asked_of_those_who_entered_it(tmp_path: Path) -> None:
    head = "patient_id,arm_id,sex\n"
    _, extracted = laid_out(
        with_extractors(
            tmp_path,
            a_patients=head + "p1,bo,F\n",
            b_patients=head + "p1,bo,F\n",
            c_patients=head + "p2,bo,F\n",
        )
    )
    assert cell(extracted, "p1", "sex: p1").alike and not cell(extracted, "p1", "patient: p1").alike


def test_files_that_can_not_be_read_so_are_problems_with_their_place(tmp_path: Path) -> None:
    folder = with_extractors(
        tmp_path,
        a_outcomes=HEAD + "bo,improved,patient,eight,12,6,,\n",
        b_outcomes=HEAD + "bo,improved,patient,8,12,6,,\nbo,improved,patient,8,12,6,,\n",
        b_appraisals="study_id\nbo-2002\n",
        mistake="x\n1\n",
    )
    _, extracted = laid_out(folder)
    assert [(Path(p.file or "").name, p.line, p.code, p.severity) for p in extracted.problems] == [
        ("extractor_a_outcomes.csv", 2, "not-a-number", "error"),
        ("extractor_b_appraisals.csv", None, "not-extracted", "warning"),
        ("extractor_b_outcomes.csv", 3, "duplicate-row", "warning"),
        ("extractor_mistake.csv", None, "unknown-table", "warning"),
    ]
    assert all(problem.mend for problem in extracted.problems)
