"""The record of adjudication: what check says of it, and what may be written into it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evidence.errors import DataError, UsageError
from evidence.review.adjudication import is_absent, is_entered, said
from evidence.review.review import check_review
from evidence.review.settling import Settled, settle
from tests.review.extractors import HEAD, RECORD, laid_out, with_extractors

SETTLED = (
    "bo,bo2002,outcomes,confidence: improved,high,medium,medium,read again\n"
    "na-1,na,outcomes,improved,1/1,empty,1/1,the title says so\n"
    "na-1,na,outcomes,confidence: improved,low,empty,low,by title only\n"
    "bo,bo2002,outcomes,not_improved,4/12,empty,4/12,12 minus 8\n"
    "cy,cy2010,outcomes,improved,empty,20/25,20/25,table 1\n"
)


def found(folder: Path) -> list[tuple[str, str, int | None, str]]:
    return [
        (p.code, Path(p.file or "").name, p.line, p.severity)
        for p in check_review(folder)
        if p.code.startswith(("adjud", "not-adj", "no-reason", "not-agreed", "missing-column"))
    ]


def changed(folder: Path, before: str, after: str) -> Path:
    assert before in SETTLED
    return with_extractors(folder, SETTLED.replace(before, after))


def test_a_settled_review_has_no_problem(tmp_path: Path) -> None:
    assert found(with_extractors(tmp_path, SETTLED)) == []


def test_each_open_difference_is_a_warning_at_the_extractors_row(tmp_path: Path) -> None:
    assert found(with_extractors(tmp_path)) == [
        ("not-adjudicated", "extractor_a_outcomes.csv", 2, "warning"),
        ("not-adjudicated", "extractor_a_outcomes.csv", 3, "warning"),
        ("not-adjudicated", "extractor_a_outcomes.csv", 3, "warning"),
        ("not-adjudicated", "extractor_a_outcomes.csv", 4, "warning"),
        ("not-adjudicated", "extractor_b_outcomes.csv", 4, "warning"),
    ]


@pytest.mark.parametrize(
    ("before", "after", "code", "line"),
    [
        ("20/25,table 1", "19/25,table 1", "adjudication-differs", 6),
        ("20/25,table 1", "no row,table 1", "adjudication-differs", 6),
        ("medium,read again", "high,read again", "adjudication-differs", 2),
        (",12 minus 8", ",", "no-reason", 5),
        ("empty,20/25,20/25", "empty,21/25,20/25", "adjudication-value", 6),
        ("\ncy,", "\ncy,cy2010,outcomes,improved,empty,20/25,no row,gone\ncy,", "adjudication-contradicts", 7),
    ],
)
def test_what_the_record_gets_wrong(tmp_path: Path, before: str, after: str, code: str, line: int) -> None:
    assert found(changed(tmp_path, before, after)) == [(code, "adjudication.csv", line, "warning")]


def test_a_row_without_a_final_value_settles_nothing(tmp_path: Path) -> None:
    folder = changed(tmp_path, "1/1,the title says so", ",")
    assert found(folder) == [("not-adjudicated", "extractor_a_outcomes.csv", 3, "warning")]


#: What other tables of the review hold, and nothing that they could.
RIGHT = (
    "ada-low,ada2001,arms,arm,not found,entered,entered,found later\n",
    "gone-1,,arms,arm,entered,not found,left out,another condition\n",
    "bo,bo2002,arms,device,focused,radial,radial,as printed\n",
    "bo,bo2002,arms,energy_mj_mm2,0.1,0.20,0.2,as printed\n",
    "cy,cy2010,arms,device,focused,radial,radial in most patients,a sentence is for people\n",
    ",bo2002,reports,year,empty,2002,2002,on the page\n",
    ",bo2002,reports,volume,1,2,2,no column of the tables\n",
    "bo,bo2002,outcomes,pain_free,empty,empty,0/12,neither had it\n",
    "ada-low,ada2001,outcomes,improved: 12 months,empty,empty,9/14,neither had it\n",
    "cy,cy2010,outcomes,pain_free: heel,empty,empty,30/40,neither had it\n",
    'cy,cy2010,outcomes,"pain_free: heel, 6 months",empty,empty,30/40,neither had it\n',
)
#: What they do not.
WRONG = (
    "gone-1,,arms,arm,not found,entered,entered,but it is not there\n",
    "bo,bo2002,arms,arm,entered,not found,left out,but it is there\n",
    "bo,bo2002,arms,device,focused,radial,focused,but radial is there\n",
    "bo,bo2002,arms,energy_mj_mm2,0.1,0.20,0.1,but 0.2 is there\n",
    ",bo2002,reports,year,empty,2001,2001,but 2002 is there\n",
    "ada-low,ada2001,outcomes,improved: 12 months,empty,empty,6/14,that is at 3 months\n",
)


def test_what_other_tables_hold_is_right_and_what_they_do_not_is_said(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path, SETTLED + "".join(RIGHT))
    assert found(folder) == []
    with_extractors(tmp_path, SETTLED + "".join(WRONG))
    lines = [7 + i for i in range(len(WRONG))]
    assert found(folder) == [("adjudication-differs", "adjudication.csv", line, "warning") for line in lines]


def test_a_mark_of_agreement_that_is_not_so(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path, SETTLED)
    path = folder / "outcomes.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    assert lines[6].startswith("bo,improved") and lines[10].startswith("cy,improved")
    rows = [line + "," + ("yes" if i in (7, 11) else "") for i, line in enumerate(lines[1:], start=2)]
    path.write_text("\n".join([lines[0] + ",agreed_by_both", *rows]) + "\n", encoding="utf-8")
    assert found(folder) == [("not-agreed", "outcomes.csv", 11, "warning")]


def test_a_record_without_its_columns(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path)
    (folder / "extraction" / "adjudication.csv").write_text("arm_id,final\nbo,1\n", encoding="utf-8")
    codes = [code for code, file, *_ in found(folder) if file == "adjudication.csv"]
    assert codes == ["missing-column"] * 4


def one(
    final: str, row: str = "cy", field: str = "improved", reason: str = "table 1", table: str = "outcomes"
) -> Settled:
    return Settled(table, row, field, final, reason)


def record_of(folder: Path) -> bytes:
    return (folder / "extraction" / "adjudication.csv").read_bytes()


def test_settling_adds_a_row_and_leaves_the_others_as_they_are(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path, SETTLED.partition("cy,")[0])
    before = record_of(folder)
    desk, extracted = laid_out(folder)
    ruling = settle(extracted, desk, one("20 / 25", reason="table 1, all\npatients"))
    assert record_of(folder) == before + b'cy,cy2010,outcomes,improved,empty,20/25,20/25,"table 1, all patients"\n'
    assert ruling.line == 6 and found(folder) == []


def test_a_new_record_has_a_column_for_each_extractor(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path)
    desk, extracted = laid_out(folder)
    settle(extracted, desk, one("20/25"))
    row = "cy,cy2010,outcomes,improved,empty,20/25,20/25,table 1\n"
    assert record_of(folder).decode() == RECORD + row


def test_line_ends_marks_delimiters_and_further_columns_are_kept(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path)
    path = folder / "extraction" / "adjudication.csv"
    head = "\ufeff" + RECORD.strip().replace(",", ";") + ";date\r\nx;;arms;arm;entered;entered;left out;why;2024"
    path.write_bytes(head.encode())
    desk, extracted = laid_out(folder)
    settle(extracted, desk, one("no row"))
    expected = head + "\r\ncy;cy2010;outcomes;improved;empty;20/25;no row;table 1;\r\n"
    assert path.read_bytes() == expected.encode()


REFUSED = (
    (one("20/25", reason=" "), "no-reason"),
    (one("26/25"), "bad-count"),
    (one("0/0"), "bad-count"),
    (one("most"), "not-a-count"),
    (one(" "), "no-final"),
    (one("8/12", row="bo"), "nothing-to-settle"),
    (one("3/4", row="nobody"), "unknown-row"),
    (one("3/4", field="improve"), "unknown-field"),
    (one("3/4", table="arms"), "unknown-table"),
    (one("1/1", row="na-1"), "settled-already"),
    (one("0/1", row="na-1"), "adjudication-contradicts"),
    (one("sure", row="bo", field="confidence: improved"), "unknown-term"),
    (one("-3", row="bo", field="timepoint_months: improved"), "out-of-range"),
    (one("six", row="bo", field="timepoint_months: improved"), "not-a-number"),
)


def test_what_may_not_be_settled_changes_nothing(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path, SETTLED.splitlines(keepends=True)[1])
    before = record_of(folder)
    desk, extracted = laid_out(folder)
    for asked, code in REFUSED:
        with pytest.raises(UsageError) as raised:
            settle(extracted, desk, asked)
        assert [problem.code for problem in raised.value.problems] == [code] and raised.value.problems[0].mend
        assert record_of(folder) == before


def test_what_nobody_entered_and_what_all_entered_can_be_settled_otherwise(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path, "")
    for asked, row in (
        (one("0/25", field="pain_free"), b"cy,cy2010,outcomes,pain_free,empty,empty,0/25,table 1\n"),
        (one("7/12", row="bo"), b"bo,bo2002,outcomes,improved,8/12,8/12,7/12,table 1\n"),
    ):
        desk, extracted = laid_out(folder)
        settle(extracted, desk, asked)
        assert record_of(folder).endswith(row)


def test_rows_of_other_tables_and_a_missing_column(tmp_path: Path) -> None:
    folder = with_extractors(
        tmp_path,
        "",
        a_arms="arm_id,device\nbo,focused\n",
        b_arms="arm_id,device\nbo,radial\n",
        c_arms="arm_id,device\n",
    )
    desk, extracted = laid_out(folder)
    with pytest.raises(UsageError, match="has no column value_c"):
        settle(extracted, desk, one("radial", "bo", "device", table="arms"))
    (folder / "extraction" / "extractor_c_arms.csv").unlink()
    desk, extracted = laid_out(folder)
    with pytest.raises(UsageError, match="'square' is not known"):
        settle(extracted, desk, one("square", "bo", "device", table="arms"))
    settle(extracted, desk, one("radial", "bo", "device", table="arms"))
    assert record_of(folder).endswith(b"bo,bo2002,arms,device,focused,radial,radial,table 1\n")


def test_a_file_of_windows_is_added_to_as_it_is(tmp_path: Path) -> None:
    folder = with_extractors(tmp_path, a_outcomes=HEAD + "bo,improved,patient,1,2,,,\n", b_outcomes=HEAD)
    path = folder / "extraction" / "adjudication.csv"
    before = (RECORD + "x,,arms,arm,entered,entered,left out,sch\xf6n\n").encode("cp1252")
    path.write_bytes(before)
    desk, extracted = laid_out(folder)
    with pytest.raises(DataError, match="Windows-1252, which has no place for 'ł'"):
        settle(extracted, desk, replace(one("1/2", row="bo"), reason="Michał's table"))
    assert path.read_bytes() == before
    settle(extracted, desk, replace(one("1/2", row="bo"), reason="schöner"))
    added = path.read_bytes().removeprefix(before)
    assert added == "bo,bo2002,outcomes,improved,1/2,empty,1/2,schöner\n".encode("cp1252")


def test_words_of_the_record() -> None:
    assert [is_absent(text) for text in ("no row", "Not entered (awaits)", "left out", "empty", "0/2", "none")] == [
        True,
        True,
        True,
        True,
        False,
        False,
    ]
    assert is_entered("entered without outcome") and not is_entered("not entered")
    assert said(" 2.80 ") == "2.8" and said("") == "empty" and said("High  Dose") == "high dose"
