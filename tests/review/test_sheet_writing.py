"""The workbook of a review: what stands where, what may be typed, and that text stays text."""

from __future__ import annotations

import zipfile
from io import BytesIO
from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from evidence.errors import DataError
from evidence.review.codebook import CORE
from evidence.review.sheet_help import LONGEST_MESSAGE, LONGEST_TITLE
from evidence.review.sheet_layout import LONGEST_CELL, ROOM, sheet_review
from evidence.review.sheet_styles import RISKY
from evidence.review.sheet_writing import workbook_of
from evidence.review.workbook import letter_of
from tests.thirdreview import write_third_review

OWN_TOOL = """
[appraisal.heel-list]
title = "Heel list"
source = "protocol"
items = ["Pain scored before and after", "Side of the heel told"]
"""


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Workbook:
    folder = write_third_review(tmp_path_factory.mktemp("book") / "heel-pain")
    with (folder / "review.toml").open("a", encoding="utf-8") as file:
        file.write(OWN_TOOL)
    return openpyxl.load_workbook(BytesIO(workbook_of(sheet_review(folder))))


def rule(sheet: Worksheet, column: str) -> DataValidation:
    letter = letter_of(next(at for at, cell in enumerate(sheet[1], start=1) if cell.value == column))
    rules: list[DataValidation] = list(sheet.data_validations.dataValidation)
    return next(one for one in rules if f"{letter}2:" in str(one.sqref))


def words(book: Workbook, formula: str | None) -> list[object]:
    sheet, _, cells = str(formula).partition("!")
    return [cell.value for (cell,) in book[sheet][cells.replace("$", "")]]


def test_each_table_has_a_worksheet_with_its_rows_and_all_columns(book: Workbook, third_review: Path) -> None:
    assert book.sheetnames == ["Read me", *CORE, "Columns", "Lists", "evidence"]
    review = sheet_review(third_review)
    for name, table in review.tables.items():
        assert tuple(cell.value for cell in book[name][1]) == table.names
        shown = [[cell.value for cell in row] for row in book[name].iter_rows(min_row=2)]
        assert [[("" if value is None else str(value)) for value in row] for row in shown if any(row)] == [
            [row[column] for column in table.names] for row in table.rows()
        ]
    assert {"device", "energy_mj_mm2", "comparison_group", "possible_overlap"} <= set(review.tables["arms"].names)
    assert book["evidence"].sheet_state == "veryHidden"


def test_the_first_worksheet_says_the_question_the_outcomes_and_what_empty_means(book: Workbook) -> None:
    text = "\n".join(str(cell.value) for row in book["Read me"] for cell in row if cell.value)
    for said in ("shock waves for heel pain", "No pain on a scale", "complement of improved", "counted in", "heels"):
        assert said in text
    assert "not reported" in text and "0 means" in text
    links = {cell.value for row in book["Read me"] for cell in row if cell.hyperlink}
    assert links == set(CORE)


def test_headers_stay_in_sight_and_say_what_they_mean(book: Workbook) -> None:
    arms = book["arms"]
    assert arms.freeze_panes == "B2" and arms.auto_filter.ref is not None and arms.print_title_rows == "$1:$1"
    heads = {cell.value: cell for cell in arms[1]}
    energy, device = heads["energy_mj_mm2"], heads["device"]
    assert energy.comment is not None and device.comment is not None
    assert energy.comment.text == "Energy of a pulse\nNumber, in mJ/mm2, 0 to 5, empty = not reported."
    assert "focused: one focus" in device.comment.text and "needed" in device.comment.text
    assert device.fill.fgColor.rgb != energy.fill.fgColor.rgb, "a needed column is marked"
    assert device.font.color is not None and device.font.color.rgb == "FFFFFFFF"


def test_terms_yes_no_and_ids_are_drop_downs(book: Workbook) -> None:
    arms = book["arms"]
    device = rule(arms, "device")
    assert (device.type, device.errorStyle, device.showErrorMessage) == ("list", "stop", True)
    assert words(book, device.formula1) == ["focused", "radial", "not_reported"]
    assert words(book, rule(arms, "guided").formula1) == ["yes", "no"]
    sides = rule(arms, "sides")
    assert words(book, sides.formula1) == ["left", "right"] and not sides.showErrorMessage, "several may be typed"
    study = rule(arms, "study_id")
    assert study.formula1 == "OFFSET(studies!$A$2,0,0,MAX(1,COUNTA(studies!$A$2:$A$506)),1)"
    assert study.errorStyle == "warning"
    assert words(book, rule(book["outcomes"], "outcome").formula1)[:2] == ["pain_free", "improved"]
    assert f"A{1 + 6 + ROOM}" in str(rule(arms, "arm_id").sqref), "rows to come have them too"


def test_numbers_have_their_limits(book: Workbook) -> None:
    energy, year = rule(book["arms"], "energy_mj_mm2"), rule(book["studies"], "year")
    assert (energy.type, energy.formula1, energy.formula2) == ("decimal", "0", "5")
    assert (year.type, year.formula1, year.formula2) == ("whole", "1800", "2100")
    assert rule(book["arms"], "label").type is None, "text may be anything"
    for sheet in book.worksheets:
        for one in sheet.data_validations.dataValidation:
            assert one.prompt and len(one.prompt) <= LONGEST_MESSAGE and len(str(one.error or "")) <= LONGEST_MESSAGE
            assert len(str(one.promptTitle)) <= LONGEST_TITLE and len(str(one.formula1 or "")) <= 255


def test_the_items_of_the_tool_in_the_row_are_offered_by_their_wording(book: Workbook) -> None:
    item = rule(book["appraisals"], "item")
    assert item.formula1 == 'INDIRECT("items_"&SUBSTITUTE($B2,"-","_"))' and not item.showErrorMessage
    series = words(book, book.defined_names["items_jbi_case_series"].attr_text)
    assert len(series) == 10 and series[3] == "4 Patients included one after another"
    own = words(book, book.defined_names["items_heel_list"].attr_text)
    assert own == ["1 Pain scored before and after", "2 Side of the heel told"]
    assert "heel-list" in words(book, rule(book["appraisals"], "tool").formula1)


def test_text_stays_text_and_what_looks_like_a_formula_is_marked(third_review: Path) -> None:
    texts = ["=1+1", "+1", "-x", "@SUM(A1)", "=cmd|' /C calc'!A0", "1-2", "2020-01", "1E5", "007", "TRUE"]
    path = third_review / "outcomes.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    path.write_text("\n".join([head, *(row + text for row, text in zip(rows, texts, strict=False))]), encoding="utf-8")
    sheet = openpyxl.load_workbook(BytesIO(workbook_of(sheet_review(third_review))))["outcomes"]
    notes = next(at for at, cell in enumerate(sheet[1], start=1) if cell.value == "notes")
    cells = [sheet.cell(row, notes) for row in range(2, 2 + len(texts))]
    assert [cell.value for cell in cells] == texts
    assert {(cell.data_type, cell.number_format) for cell in cells} == {("s", "@")}
    assert [cell.quotePrefix for cell in cells] == [text.startswith(RISKY) for text in texts]
    assert sheet.column_dimensions[letter_of(notes)].number_format == "@", "nor will new rows become dates"


def test_no_word_and_no_heading_becomes_a_formula(third_review: Path) -> None:
    toml = third_review / "review.toml"
    text = toml.read_text(encoding="utf-8").replace('"not_shock_waves"', '"=A1", "-none"').replace("Heel", "=Heel")
    toml.write_text(text.replace('meaning = "Shoe size"', 'meaning = "=Shoe size"'), encoding="utf-8")
    book = openpyxl.load_workbook(BytesIO(workbook_of(sheet_review(third_review))))
    assert [cell.coordinate for sheet in book for row in sheet for cell in row if cell.data_type == "f"] == []


def test_the_same_tables_give_the_same_bytes(third_review: Path) -> None:
    content = workbook_of(sheet_review(third_review))
    assert content == workbook_of(sheet_review(third_review))
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert {entry.date_time[0] for entry in archive.infolist()} == {1980}


def test_a_cell_that_no_spreadsheet_can_hold_is_told(third_review: Path) -> None:
    path = third_review / "arms.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("some of Cy", "x" * (LONGEST_CELL + 1)), encoding="utf-8")
    with pytest.raises(DataError) as caught:
        workbook_of(sheet_review(third_review))
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == ("cell-too-long", 7, "notes")


def test_a_review_that_cannot_be_read_is_not_written(third_review: Path) -> None:
    with (third_review / "arms.csv").open("a", encoding="utf-8") as file:
        file.write("one,two\n")
    with pytest.raises(DataError) as caught:
        sheet_review(third_review)
    assert [problem.code for problem in caught.value.problems] == ["row-too-short"]
