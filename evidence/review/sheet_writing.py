"""A review as one workbook for people who extract in a spreadsheet: the same tables give the same bytes."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from math import ceil
from typing import TYPE_CHECKING

from ..characters import without_unseen
from ..errors import DataError, Problem
from .sheet_help import note
from .sheet_layout import (
    COLUMNS,
    LONGEST_CELL,
    README,
    STAMP,
    SheetReview,
    SheetTable,
    exact_number,
)
from .sheet_lists import Choice, Lists, choice, last_row, word_lists
from .sheet_pages import write_columns, write_lists, write_read_me
from .sheet_stamp import Stamp, Stamped, fixed_in_time
from .sheet_styles import cell_at, put_header, put_text, wrapped
from .specs import ColumnSpec
from .workbook import letter_of

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

_NARROWEST, _WIDEST = 10, 44
#: Characters that fit across a page of A4 on its side, as small as can be read.
_PAGE = 190


def workbook_of(review: SheetReview) -> bytes:
    """The workbook of a review, as bytes of an .xlsx file.

    Raises:
        DataError: a cell holds more than a spreadsheet can.
    """
    from openpyxl import Workbook as NewWorkbook

    problems = [problem for table in review.tables.values() for problem in _too_long(table)]
    if problems:
        raise DataError(problems)
    book, lists = NewWorkbook(), word_lists(review)
    first = book.active
    assert first is not None
    first.title = README
    write_read_me(first, review)
    for table in review.tables.values():
        _write_table(book.create_sheet(table.name), review, table, lists)
    write_columns(book.create_sheet(COLUMNS), review)
    write_lists(book, lists)
    _write_stamp(book.create_sheet(STAMP), review)
    for sheet in book.worksheets:
        _set_up_page(sheet)
    book.properties.creator, book.properties.title = "evidence", without_unseen(review.settings.title)
    whole = BytesIO()
    book.save(whole)
    return fixed_in_time(whole.getvalue())


def stamp_of(review: SheetReview) -> Stamp:
    """What the workbook is written from."""
    return Stamp(review.name, {name: Stamped(one.names, tuple(one.rows())) for name, one in review.tables.items()})


def _too_long(table: SheetTable) -> list[Problem]:
    return [
        Problem(
            "cell-too-long",
            f"{len(text):,} characters; a cell of a spreadsheet holds {LONGEST_CELL:,}",
            "shorten it, or keep the long text in a file of its own",
            table.text.file,
            row.line,
            name,
        )
        for row in table.text.filled
        for name, text in table.text.values(row).items()
        if len(text) > LONGEST_CELL
    ]


@dataclass(frozen=True, slots=True)
class _Look:
    """How cells of a column look: number format, and where the text stands."""

    number_format: str
    horizontal: str | None

    @classmethod
    def of(cls, column: ColumnSpec) -> _Look:
        if not column.is_numeric:
            return cls("@", None)
        return cls("General", "right")


def _write_table(sheet: Worksheet, review: SheetReview, table: SheetTable, lists: Lists) -> None:
    rows, last = table.rows(), last_row(table)
    for number, column in enumerate(table.columns, start=1):
        _write_header(cell_at(sheet, 1, number), column)
        texts = [row[column.name] for row in rows]
        for i, text in enumerate(texts, start=2):
            _write_cell(cell_at(sheet, i, number), column, text)
        _set_column(sheet, number, column, texts)
        _validate(sheet, number, last, choice(review, table, column, lists))
    sheet.freeze_panes = "B2"
    sheet.auto_filter.ref = f"A1:{letter_of(len(table.columns))}{max(2, last)}"
    sheet.print_title_rows, sheet.print_title_cols = "1:1", "A:A"


def _write_header(cell: Cell, column: ColumnSpec) -> None:
    from openpyxl.comments import Comment

    put_header(cell, column.name, dark=column.required)
    told = without_unseen(note(column))
    height = 20 * sum(1 + len(line) // 48 for line in told.split("\n"))
    cell.comment = Comment(told, "evidence", height=24 + height, width=320)


def _write_cell(cell: Cell, column: ColumnSpec, text: str) -> None:
    look = _Look.of(column)
    number = exact_number(text) if column.is_numeric and text else None
    if number is None:
        put_text(cell, text)
    else:
        cell.value = int(number) if number == number.to_integral_value() else float(number)
    cell.number_format = look.number_format
    cell.alignment = wrapped(look.horizontal)


def _set_column(sheet: Worksheet, number: int, column: ColumnSpec, texts: list[str]) -> None:
    """Width by what the column holds; the format of its cells down to the last row of the worksheet."""
    layout, look = sheet.column_dimensions[letter_of(number)], _Look.of(column)
    longest = max((len(line) for text in texts for line in text.split("\n")), default=0)
    layout.width = min(max(_NARROWEST, len(column.name) + 4, longest + 2), _WIDEST)
    layout.number_format = look.number_format
    layout.alignment = wrapped(look.horizontal)


def _validate(sheet: Worksheet, number: int, last: int, taken: Choice) -> None:
    from openpyxl.worksheet.datavalidation import DataValidation

    letter = letter_of(number)
    rule = DataValidation(
        type=taken.kind,
        operator="between" if taken.kind in ("whole", "decimal") else None,
        formula1=taken.formula or None,
        formula2=taken.upper or None,
        allow_blank=True,
        showErrorMessage=taken.style is not None and taken.kind is not None,
        errorStyle=taken.style,
        error=taken.refusal or None,
        showInputMessage=True,
        promptTitle=without_unseen(taken.title),
        prompt=without_unseen(taken.message),
    )
    rule.add(f"{letter}2:{letter}{last}")
    sheet.add_data_validation(rule)


def _write_stamp(sheet: Worksheet, review: SheetReview) -> None:
    for number, texts in enumerate(stamp_of(review).lines(), start=1):
        for column, text in enumerate(texts, start=1):
            if text:
                put_text(cell_at(sheet, number, column), text)
    sheet.sheet_state = "veryHidden"


def _set_up_page(sheet: Worksheet) -> None:
    """A4 on its side, as many pages across as can be read, names and page numbers below."""
    from openpyxl.worksheet.properties import PageSetupProperties

    width = sum(layout.width for layout in sheet.column_dimensions.values() if layout.customWidth)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", 9
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = max(1, ceil(width / _PAGE)), 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    footer = sheet.oddFooter
    if footer is not None and footer.left is not None and footer.right is not None:
        footer.left.text, footer.right.text = "&A", "&P / &N"
