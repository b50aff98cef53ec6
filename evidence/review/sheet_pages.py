"""The worksheets beside the tables: what to do, what every column means, the words of the drop-downs."""

from __future__ import annotations

from math import ceil
from typing import TYPE_CHECKING

from ..characters import without_unseen
from .sheet_help import HEAD_ROW, HEADING, ROW, TITLE, columns_page, read_me
from .sheet_layout import LISTS, SheetReview
from .sheet_lists import Lists
from .sheet_styles import BLUE, cell_at, put_header, put_text, wrapped
from .workbook import letter_of

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: Widths of the first worksheet, in characters, and how many fit on a line across all of it.
_WIDTHS, _ACROSS = (26, 62, 14, 26), 118
_COLUMN_WIDTHS = (20, 24, 48, 22, 10, 9, 60)


def write_read_me(sheet: Worksheet, review: SheetReview) -> None:
    """The question, how to fill the tables, the outcomes, and a link to each worksheet."""
    from openpyxl.styles import Font

    for number, (kind, texts) in enumerate(read_me(review), start=1):
        for column, text in enumerate(texts, start=1):
            cell = cell_at(sheet, number, column)
            if kind == HEAD_ROW:
                put_header(cell, text)
                continue
            put_text(cell, without_unseen(text))
            cell.alignment = wrapped()
            cell.font = Font(bold=kind in (TITLE, HEADING), size=16 if kind == TITLE else 11)
        if kind == ROW and texts[0] in review.tables:
            sheet.cell(number, 1).hyperlink = f"#'{texts[0]}'!A1"
            sheet.cell(number, 1).font = Font(underline="single", color=BLUE)
        elif kind not in (ROW, HEAD_ROW):
            sheet.merge_cells(start_row=number, end_row=number, start_column=1, end_column=len(_WIDTHS))
            # Rows of merged cells don't grow by themselves.
            lines = ceil(len(texts[0]) * (1.5 if kind == TITLE else 1) / _ACROSS)
            sheet.row_dimensions[number].height = (22 if kind in (TITLE, HEADING) else 15.5) * max(1, lines)
    _set_widths(sheet, _WIDTHS)
    sheet.sheet_view.showGridLines = False


def write_columns(sheet: Worksheet, review: SheetReview) -> None:
    """Every column of every table, with all that may stand in it."""
    for number, texts in enumerate(columns_page(review), start=1):
        _write_row(sheet, number, texts)
    _set_widths(sheet, _COLUMN_WIDTHS)
    sheet.freeze_panes = "C2"
    sheet.auto_filter.ref = sheet.dimensions
    sheet.print_title_rows = "1:1"


def write_lists(book: Workbook, lists: Lists) -> None:
    """The words of the drop-downs with their meanings, one list beside the other."""
    from openpyxl.workbook.defined_name import DefinedName

    sheet = book.create_sheet(LISTS)
    for one in lists.lists:
        at = lists.at[one.heading]
        for number, texts in enumerate(((one.heading, "meaning"), *one.words.items()), start=1):
            _write_row(sheet, number, texts, at)
        sheet.column_dimensions[letter_of(at)].width = 30
        sheet.column_dimensions[letter_of(at + 1)].width = 40
        if one.name:
            book.defined_names[one.name] = DefinedName(one.name, attr_text=lists.range_of(one.heading))
    sheet.freeze_panes = "A2"


def _write_row(sheet: Worksheet, number: int, texts: tuple[str, ...], start: int = 1) -> None:
    for column, text in enumerate(texts, start=start):
        cell = cell_at(sheet, number, column)
        if number == 1:
            put_header(cell, text)
        else:
            put_text(cell, without_unseen(text))
            cell.alignment = wrapped()


def _set_widths(sheet: Worksheet, widths: tuple[int, ...]) -> None:
    for number, width in enumerate(widths, start=1):
        sheet.column_dimensions[letter_of(number)].width = width
