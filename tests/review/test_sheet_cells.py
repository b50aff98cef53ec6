"""One cell of a worksheet: what spreadsheets make of what people type, and what is taken of it."""

from __future__ import annotations

import datetime
from io import BytesIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import Cell

from evidence.review.cells import BadCell
from evidence.review.sheet_cells import Told, told_by
from evidence.review.sheet_layout import canonical
from evidence.review.sheet_styles import put_text
from evidence.review.specs import ColumnSpec, ColumnType

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
TEXTS = st.one_of(
    st.sampled_from(NASTY), st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
)


def cell(value: Any, number_format: str = "General") -> Cell:
    sheet = Workbook().active
    assert sheet is not None
    made = sheet.cell(1, 1)
    assert isinstance(made, Cell)
    made.value, made.number_format = value, number_format
    return made


def told(value: Any, kind: ColumnType, number_format: str = "General", name: str = "x") -> Told | BadCell:
    made = cell(value, number_format)
    return told_by(made, made, ColumnSpec(name, kind, "of a test"))


@pytest.mark.parametrize(
    ("value", "kind", "text"),
    [
        (None, "text", ""),
        ("  words \xa0", "text", "words"),
        ("two\r\nlines_x000D_\nthree", "text", "two\nlines\nthree"),
        ("'quoted", "text", "'quoted"),
        (12, "text", "12"),
        (12.0, "integer", "12"),
        (0.1 + 0.2, "number", "0.3"),
        (0.00001, "number", "0.00001"),
        (100000.0, "number", "100000"),
        (" 12 ", "integer", "12"),
        (True, "yes_no", "yes"),
        (False, "yes_no", "no"),
        (True, "text", "TRUE"),
        ("_x005F_x0041_", "text", "_x0041_"),
    ],
)
def test_what_a_cell_says(value: Any, kind: ColumnType, text: str) -> None:
    assert told(value, kind) == Told(text)


def test_an_item_of_the_drop_down_is_its_number() -> None:
    assert told("4 Patients included one after another", "integer", name="item") == Told("4")
    assert told("4 of them", "integer") == Told("4 of them"), "elsewhere it is no number, and the table says so"


@pytest.mark.parametrize(
    ("value", "number_format", "kind", "text", "code"),
    [
        ("2,5", "General", "number", "2.5", "decimal-comma"),
        (0.5, "0%", "text", "50%", "percent"),
        (datetime.datetime(2024, 5, 31), "yyyy-mm-dd", "text", "2024-05-31", "date"),
    ],
)
def test_what_is_read_with_a_warning(value: Any, number_format: str, kind: ColumnType, text: str, code: str) -> None:
    found = told(value, kind, number_format)
    assert isinstance(found, Told) and found.text == text
    assert found.doubt is not None and found.doubt.code == code and text in found.doubt.message


@pytest.mark.parametrize(
    ("value", "number_format", "kind", "code"),
    [
        (datetime.datetime(2026, 2, 1), "d-mmm", "text", "date"),
        (datetime.datetime(2020, 1, 1), "mmm-yy", "text", "date"),
        (datetime.datetime(2026, 6, 3), "yyyy-mm-dd", "integer", "date"),
        (datetime.time(3, 6), "h:mm", "text", "date"),
        (0.5, "0%", "number", "percent"),
        ("1,234", "General", "number", "decimal-comma"),
        (True, "General", "integer", "not-a-number"),
        ("#REF!", "General", "text", "spreadsheet-error"),
    ],
)
def test_what_can_be_read_in_two_ways_is_refused(value: Any, number_format: str, kind: ColumnType, code: str) -> None:
    found = told(value, kind, number_format)
    assert isinstance(found, BadCell) and found.code == code and found.mend


def test_a_day_in_a_column_of_days_is_no_doubt() -> None:
    assert told(datetime.datetime(2024, 5, 31), "text", "dd/mm/yyyy", "date") == Told("2024-05-31")
    assert told(datetime.datetime(2024, 5, 31), "text", '"may" mmm', "date") != Told("2024-05-31")


def test_a_formula_is_its_stored_value_or_nothing() -> None:
    column = ColumnSpec("x", "integer", "of a test")
    found = told_by(cell(3), cell("=1+2"), column)
    assert isinstance(found, Told) and (found.text, found.doubt and found.doubt.code) == ("3", "formula")
    lost = told_by(cell(None), cell("=1+2"), column)
    assert isinstance(lost, BadCell) and lost.code == "formula-without-value"
    broken = told_by(cell("#DIV/0!"), cell("=1/0"), column)
    assert isinstance(broken, BadCell) and broken.code == "spreadsheet-error"


@given(st.lists(TEXTS, min_size=1, max_size=40))
def test_texts_come_back_as_they_were_put_in_whoever_saved_the_workbook(texts: list[str]) -> None:
    book, column = Workbook(), ColumnSpec("x", "text", "of a test")
    sheet = book.active
    assert sheet is not None
    for row, text in enumerate(texts, start=1):
        made = sheet.cell(row, 1)
        assert isinstance(made, Cell)
        put_text(made, text)
    for _ in range(2):
        whole = BytesIO()
        book.save(whole)
        book = load_workbook(BytesIO(whole.getvalue()))
        cells = [book.worksheets[0].cell(i, 1) for i in range(1, len(texts) + 1)]
        for text, one in zip(texts, [told_by(cell, cell, column) for cell in cells], strict=True):
            assert isinstance(one, Told) and one.doubt is None
            assert canonical(one.text, column) == canonical(text.strip(), column)
            assert one.text == text.strip() or "x005F_" in text
