"""Bare tables: what a spreadsheet holds is read as meant, or reported with its place and a mend."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from evidence.errors import DataError, EvidenceError, UsageError
from evidence.review.headers import Choice
from evidence.review.spreadsheet import BareTable, parse_bare_table, parse_count, read_bare_table

PLAIN = "Study,Events,N,Route\nAda 2001,3,10,oral\nBo 2002,0,4,\n"


def read(text: str | bytes, file: str = "t.csv", choice: Choice | None = None, sheet: str | None = None) -> BareTable:
    content = text.encode() if isinstance(text, str) else text
    return parse_bare_table(content, file, choice, sheet)


def counts(table: BareTable) -> list[tuple[str, int | None, int | None]]:
    return [(row.label, row.events, row.total) for row in table.rows]


def workbook(fill: Callable[[Worksheet], None]) -> bytes:
    book = Workbook()
    sheet = book.active
    assert isinstance(sheet, Worksheet)
    fill(sheet)
    out = BytesIO()
    book.save(out)
    return out.getvalue()


READ_THE_SAME = {
    "plain": PLAIN.encode(),
    "bom": b"\xef\xbb\xbf" + PLAIN.encode(),
    "crlf": PLAIN.replace("\n", "\r\n").encode(),
    "old mac": PLAIN.replace("\n", "\r").encode(),
    "utf-16": PLAIN.encode("utf-16"),
    "utf-16 tabs": PLAIN.replace(",", "\t").encode("utf-16"),
    "semicolons": PLAIN.replace(",", ";").encode(),
    "tabs": PLAIN.replace(",", "\t").encode(),
    "sep line": b"sep=;\r\n" + PLAIN.replace(",", ";").encode(),
    "trailing empty rows": PLAIN.encode() + b"\n,,,\n,,,\n",
    "spaces": PLAIN.replace(",", " , ").encode(),
    "capitals and dots": PLAIN.replace("Study,Events,N", "STUD_LAB,Event. ,n i").encode(),
    "names of metafor": PLAIN.replace("Study,Events,N", "slab,xi,ni").encode(),
    "names of meta": PLAIN.replace("Study,Events,N", "studlab,event,n").encode(),
    "names of others": PLAIN.replace("Study,Events,N", "author,cases,total").encode(),
    "names of papers": PLAIN.replace("Study,Events,N", "Author,Cases,Sample").encode(),
    "sample size": PLAIN.replace("Study,Events,N", "Study,Responders,sample_size").encode(),
    "floats": PLAIN.replace("3,10", "3.0,10.").encode(),
    "all quoted": "\n".join(",".join(f'"{c}"' for c in line.split(",")) for line in PLAIN.splitlines()).encode(),
}


@pytest.mark.parametrize("name", READ_THE_SAME)
def test_the_ways_spreadsheets_save_a_table_are_read_alike(name: str) -> None:
    table = read(READ_THE_SAME[name])
    assert counts(table) == [("Ada 2001", 3, 10), ("Bo 2002", 0, 4)]
    assert [row.columns for row in table.rows] == [{"Route": "oral"}, {"Route": None}]
    assert not [p for p in table.problems if p.code not in ("empty-row",)]


def test_cp1252_is_read_and_said() -> None:
    table = read("Study;Events;N\nÖdön;1;2\n".encode("cp1252"))
    assert counts(table) == [("Ödön", 1, 2)]
    assert [p.code for p in table.problems] == ["not-utf-8"]


def test_a_label_may_hold_brackets_line_breaks_and_be_called_na() -> None:
    table = read('Study,Events,N\n"Smith\n[abstract]",1,2\nNA,2,3\n')
    assert counts(table) == [("Smith\n[abstract]", 1, 2), ("NA", 2, 3)]
    assert [row.line for row in table.rows] == [2, 4]


BAD_CELLS = {
    "3/6": ("fraction", "write 3 in the events column and 6 in the total column"),
    "3 of 6": ("fraction", "write 3 in the events column"),
    "50%": ("percent", "without %"),
    "3,5": ("decimal-comma", "no decimals"),
    "3.5": ("not-whole", "whole number"),
    "1e2": ("exponent", "write 100"),
    "1 234": ("thousands-separator", "write 1234"),
    "1,234": ("thousands-separator", "write 1234"),
    "1.234": ("thousands-separator", "write 1234"),
    "three": ("not-a-number", "digits only"),
    "3*": ("not-a-number", "digits only"),
    "inf": ("not-a-number", "digits only"),
    "٣": ("not-a-number", "digits only"),
    "03-Jun": ("date", "turn 3/6 into a date"),
    "#DIV/0!": ("spreadsheet-error", "formula"),
    "12345678901": ("out-of-range", "check the number"),
}


@pytest.mark.parametrize("cell", BAD_CELLS)
def test_a_cell_that_is_not_a_count_is_reported_with_its_place_and_mend(cell: str) -> None:
    code, mend = BAD_CELLS[cell]
    with pytest.raises(DataError) as caught:
        read(f"Study\tEvents\tN\nAda\t1\t9\nBo\t{cell}\t4\n", "t.tsv")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == (code, "t.tsv:3:Events")
    assert mend in problem.mend
    assert cell in problem.message


def test_counts_are_not_problems() -> None:
    assert [parse_count(cell) for cell in ("0", "12", "12.0", "+3", "-1")] == [0, 12, 12, 3, -1]


BAD_ROWS = {
    "negative": ("Bo,-1,4", "negative", "t.csv:3:Events"),
    "negative total": ("Bo,1,-4", "negative", "t.csv:3:N"),
    "events exceed total": ("Bo,5,4", "events-exceed-total", "t.csv:3:Events"),
    "total zero": ("Bo,0,0", "total-zero", "t.csv:3:N"),
    "no label": (",1,4", "no-label", "t.csv:3:Study"),
    "longer": ("Bo,1,4,5", "row-too-long", "t.csv:3:N"),
    "shorter": ("Bo,1", "row-too-short", "t.csv:3:N"),
    "repeated header": ("Study,Events,N", "repeated-header", "t.csv:3"),
    "unclosed quote": ('"Bo,1,4', "unclosed-quote", "t.csv:3"),
    "sum": ("Cy,1,2\nTotal,2,4", "sum-row", "t.csv:4:N"),
}


@pytest.mark.parametrize("name", BAD_ROWS)
def test_a_bad_row_is_reported_with_its_place(name: str) -> None:
    row, code, place = BAD_ROWS[name]
    with pytest.raises(DataError) as caught:
        read(f"Study,Events,N\nAda,1,2\n{row}\n")
    (problem,) = caught.value.problems
    assert (problem.code, problem.place) == (code, place)
    assert problem.mend


def test_every_problem_of_a_file_is_said_at_once_in_line_order() -> None:
    with pytest.raises(DataError) as caught:
        read("Study,Events,N\nAda,x,2\nBo,1\nCy,3,2\n")
    assert [p.line for p in caught.value.problems] == [2, 3, 4]


def test_a_row_without_counts_is_left_out_aloud() -> None:
    table = read("Study,Events,N\nAda,1,2\nBo,,4\nCy,NA,n/a\n")
    assert counts(table) == [("Ada", 1, 2), ("Bo", None, None), ("Cy", None, None)]
    assert [(p.code, p.place, p.severity) for p in table.problems] == [
        ("no-count", "t.csv:3:Events", "warning"),
        ("no-count", "t.csv:4:Events", "warning"),
    ]


def test_two_possible_columns_are_an_error_that_says_which_to_name() -> None:
    with pytest.raises(DataError) as caught:
        read("Study,Events,n,Total\nAda,1,2,3\n")
    (problem,) = caught.value.problems
    assert problem.code == "ambiguous-column"
    assert problem.mend == "name the one to use: --total n or --total Total"
    assert counts(read("Study,Events,n,Total\nAda,1,2,3\n", choice=Choice(total="Total"))) == [("Ada", 1, 3)]


def test_columns_can_be_named_and_an_unknown_name_lists_the_near_ones() -> None:
    text = "Paper,event.e,n.e,event.c,n.c\nAda,1,2,3,4\n"
    assert counts(read(text, choice=Choice("event.e", "n.e", "Paper"))) == [("Ada", 1, 2)]
    with pytest.raises(DataError) as caught:
        read(text, choice=Choice("event.x", "n.e", "Paper"))
    assert caught.value.problems[0].mend.startswith("did you mean event.")


def test_missing_columns_name_what_is_there() -> None:
    with pytest.raises(DataError) as caught:
        read("Paper,Anzahl\nAda,1\n")
    assert [p.code for p in caught.value.problems] == ["no-events-column", "no-total-column"]
    assert "'Paper', 'Anzahl'" in caught.value.problems[0].message


def test_a_header_that_is_not_first_is_found() -> None:
    with pytest.raises(DataError) as caught:
        read("My data,,\nStudy,Events,N\nAda,1,2\n")
    assert [(p.code, p.place) for p in caught.value.problems] == [("header-not-first", "t.csv:2")]


def test_row_names_of_r_are_labels() -> None:
    assert counts(read('"","xi","ni"\n"Ada",1,2\n')) == [("Ada", 1, 2)]


def test_author_and_year_together_make_labels_where_authors_repeat() -> None:
    table = read("study,author,year,xi,ni\n1,Ada,2001,1,2\n2,Ada,2003,1,3\n3,Bo 2004,2004,1,4\n")
    assert [row.label for row in table.rows] == ["Ada 2001", "Ada 2003", "Bo 2004"]
    assert table.problems == ()


def test_repeated_labels_warn_of_study_and_keep_apart() -> None:
    text = "Study,Events,N,Id\nAda,1,2,a\nAda,1,3,a\nBo,1,4,b\n"
    table = read(text)
    assert [row.key for row in table.rows] == ["Ada (line 2)", "Ada (line 3)", "Bo"]
    assert len({row.study for row in table.rows}) == 3
    assert [(p.code, p.place) for p in table.problems] == [("label-repeated", "t.csv:3:Study")]
    assert "--study" in table.problems[0].mend
    named = read(text, choice=Choice(study="Id"))
    assert [row.study for row in named.rows] == ["a", "a", "b"]
    assert named.problems == ()


def test_further_columns_are_typed() -> None:
    table = read("Study;Events;N;Dose;Route;Year\nAda;1;2;2,5;oral;2001\nBo;1;2;;NA;2002\n")
    assert table.numeric == {"Dose": True, "Route": False, "Year": True}
    assert [dict(row.columns) for row in table.rows] == [
        {"Dose": 2.5, "Route": "oral", "Year": 2001},
        {"Dose": None, "Route": None, "Year": 2002},
    ]


@pytest.mark.parametrize("text", ["", "\n\n", " ,, \n"])
def test_an_empty_file_is_said(text: str) -> None:
    with pytest.raises(DataError, match="holds no table"):
        read(text)


def test_a_header_alone_is_said() -> None:
    with pytest.raises(DataError, match="no rows"):
        read("Study,Events,N\n")


def test_a_workbook_is_read_as_shown(tmp_path: Path) -> None:
    def fill(sheet: Worksheet) -> None:
        sheet["C4"], sheet["D4"], sheet["E4"], sheet["F4"] = "Study", "Events", "N", "Route"
        sheet.append([None, None, "Ada 2001", 3, 10.0, "oral"])
        sheet.append([None, None, "Bo 2002", 0, 4, None])
        sheet["H9"] = None

    path = tmp_path / "t.xlsx"
    path.write_bytes(workbook(fill))
    table = read_bare_table(path)
    assert counts(table) == [("Ada 2001", 3, 10), ("Bo 2002", 0, 4)]
    assert [row.line for row in table.rows] == [5, 6]
    assert table.title == "t"


def test_what_excel_makes_of_counts_is_reported_by_cell() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["Study", "Events", "N"], ["Ada", 0.5, 4], ["Bo", datetime.date(2026, 6, 3), 6], ["Cy", "=1+1", 6]):
            sheet.append(row)
        sheet["B2"].number_format = "0%"

    with pytest.raises(DataError) as caught:
        read(workbook(fill), "t.xlsx")
    found = {p.place: p for p in caught.value.problems if p.severity == "error"}
    assert "'50%'" in found["t.xlsx:2:Events"].message
    assert "3/6" in found["t.xlsx:3:Events"].mend
    assert found["t.xlsx:4:B"].code == "formula-without-value"


def test_merged_blank_and_hidden_rows_are_reported() -> None:
    def fill(sheet: Worksheet) -> None:
        for row in (["Study", "Events", "N"], ["Ada", 1, 4], [], ["Bo", 1, 4], ["", 2, 4]):
            sheet.append(row)
        sheet.merge_cells("A4:A5")
        sheet.row_dimensions[2].hidden = True

    with pytest.raises(DataError) as caught:
        read(workbook(fill), "t.xlsx")
    assert {p.code for p in caught.value.problems} == {"merged-cells", "empty-row", "hidden-rows", "no-label"}


def test_a_sheet_is_chosen_by_name_and_others_are_said() -> None:
    book = Workbook()
    for name, events in (("First", 1), ("Second", 2)):
        sheet = book.create_sheet(name)
        sheet.append(["Study", "Events", "N"])
        sheet.append(["Ada", events, 4])
    out = BytesIO()
    book.save(out)
    content = out.getvalue()
    table = read(content, "t.xlsx")
    assert counts(table) == [("Ada", 1, 4)]
    assert [p.code for p in table.problems] == ["several-sheets"]
    assert counts(read(content, "t.xlsx", sheet="second")) == [("Ada", 2, 4)]
    with pytest.raises(UsageError, match="did you mean Second"):
        read(content, "t.xlsx", sheet="Secnd")
    with pytest.raises(UsageError, match="not a workbook"):
        read(PLAIN, sheet="Second")


OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
NOT_WORKBOOKS = {
    "password": (
        OLE + b"\0" * 99 + "EncryptedPackage".encode("utf-16-le"),
        "password-protected",
        "remove the password",
    ),
    "xls": (OLE + b"\0" * 99, "old-workbook", "save it as .xlsx"),
    "cut off": (b"PK\x03\x04 and no end", "broken-workbook", "save it as .xlsx"),
    "text": (b"Study", "broken-workbook", "save it as .xlsx"),
}


@pytest.mark.parametrize("name", NOT_WORKBOOKS)
def test_workbooks_that_cannot_be_read_say_why(name: str) -> None:
    content, code, mend = NOT_WORKBOOKS[name]
    with pytest.raises(DataError) as caught:
        read(content, "t.xlsx")
    (problem,) = caught.value.problems
    assert (problem.code, problem.file) == (code, "t.xlsx")
    assert mend in problem.mend


def test_a_workbook_damaged_anywhere_is_read_or_said() -> None:
    whole = workbook(lambda sheet: sheet.append(["Study", "Events", "N"]))
    for place in range(8, len(whole), 97):
        with pytest.raises(DataError) as caught:  # a header without rows, if nothing worse
            read(whole[:place] + b"\xa5\x5a" + whole[place + 2 :], "t.xlsx")
        assert all(problem.file == "t.xlsx" and problem.mend for problem in caught.value.problems)


def test_a_stray_cell_at_the_end_of_a_sheet_does_not_take_all_memory() -> None:
    with pytest.raises(DataError, match="reaches to row 1,000,000 and column ZZ"):
        read(workbook(lambda sheet: sheet.__setitem__("ZZ1000000", "x")), "t.xlsx")


def test_missing_files_and_folders_are_said(tmp_path: Path) -> None:
    (tmp_path / "counts.csv").write_text(PLAIN, encoding="utf-8")
    for wrong, code, mend in (("count.csv", "missing-file", "counts.csv"), ("", "is-a-folder", "the file itself")):
        with pytest.raises(EvidenceError) as caught:
            read_bare_table(tmp_path / wrong)
        assert caught.value.problems[0].code == code
        assert mend in caught.value.problems[0].mend
