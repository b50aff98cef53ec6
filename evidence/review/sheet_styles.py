"""How cells of a workbook look: text that stays text, headers told apart in grey too, lines that wrap."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from .sheet_layout import for_workbook

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell
    from openpyxl.styles import Alignment
    from openpyxl.worksheet.worksheet import Worksheet

#: Dark and light of headers, white and black letters on them: contrast 12 and 17.
DARK, LIGHT, WHITE, BLACK, BLUE = "FF1F3864", "FFDDE6F0", "FFFFFFFF", "FF000000", "FF0563C1"
#: Beginnings that a spreadsheet takes for a formula when a cell is typed.
RISKY = ("=", "+", "-", "@", "\t", "\r")


def cell_at(sheet: Worksheet, row: int, column: int) -> Cell:
    """A cell by numbers from 1."""
    return cast("Cell", sheet.cell(row, column))


def put_text(cell: Cell, text: str) -> None:
    """Write a text as a text, whatever it begins with; what looks like a formula has the mark that Excel gives it.

    The mark (quotePrefix) is what Excel makes of a typed apostrophe: the cell shows and holds the text as it is.
    """
    cell.value = for_workbook(text) or None
    if text:
        cell.data_type = "s"
        cell.quotePrefix = text.startswith(RISKY)


def put_header(cell: Cell, text: str, dark: bool = False) -> None:
    """A cell of a header row; a dark one stands over a column that every row needs."""
    from openpyxl.styles import Font, PatternFill

    put_text(cell, text)
    cell.font = Font(bold=True, color=WHITE if dark else BLACK)
    cell.fill = PatternFill("solid", fgColor=DARK if dark else LIGHT)
    cell.alignment = wrapped()


def wrapped(horizontal: str | None = None) -> Alignment:
    """Text that wraps, from the top of its cell."""
    from openpyxl.styles import Alignment

    if horizontal == "right":
        return Alignment(wrap_text=True, vertical="top", horizontal="right")
    return Alignment(wrap_text=True, vertical="top")
