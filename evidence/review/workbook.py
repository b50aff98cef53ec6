"""A worksheet of an Excel workbook as rows of text, each with its row number."""

from __future__ import annotations

import datetime
import re
import warnings
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import TYPE_CHECKING, Any

from ..errors import DataError, Problem, near, usage

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

ZIP = b"PK\x03\x04"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: Name of the stream that holds the workbook when it has a password, as written in an OLE directory.
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")

#: Cells of a sheet that are still read; a table of studies has far fewer, a stray cell at its end makes billions.
LARGEST_SHEET = 2_000_000

SAVE_AS = "open it in the spreadsheet program and save it as .xlsx or CSV"


@dataclass(frozen=True, slots=True)
class Sheet:
    """The cells of one worksheet, as shown.

    Attributes:
        rows: Row number (1-based) and the cells as text, every row equally wide, empty rows included.
        problems: What could not be read as it stands; warnings among them.
    """

    rows: tuple[tuple[int, tuple[str, ...]], ...]
    problems: tuple[Problem, ...] = field(default=())


def is_workbook(content: bytes) -> bool:
    """Whether these bytes are a workbook (of any kind, readable or not) rather than text."""
    return content.startswith((ZIP, OLE))


def read_workbook(content: bytes, file: str, sheet: str | None = None) -> Sheet:
    """One worksheet: the named one, else the first that is visible.

    Args:
        content: The file's bytes.
        file: Its name as the user gave it, for problems.
        sheet: Name of the worksheet; capitals and surrounding spaces do not matter.

    Raises:
        DataError: not an .xlsx workbook, broken, or protected by a password.
        UsageError: no worksheet has that name.
    """
    values, formulas = open_workbook(content, file, data_only=True), open_workbook(content, file, data_only=False)
    name, problems = _choose(values, sheet, file)
    shown, typed = values[name], formulas[name]
    if shown.max_row * shown.max_column > LARGEST_SHEET:
        says = f"the sheet {name!r} reaches to row {shown.max_row:,} and column {letter_of(shown.max_column)}"
        raise DataError(Problem("sheet-too-large", says, "copy the table alone to a new sheet", file))
    problems += list(_structure_problems(typed, file))
    problems += list(_uncalculated(shown, typed, file))
    return Sheet(tuple(_rows(shown)), tuple(problems))


def open_workbook(content: bytes, file: str, data_only: bool) -> Workbook:
    """The workbook in these bytes: with the values that formulas had when it was saved, or with the formulas.

    Raises:
        DataError: not an .xlsx workbook, broken, or protected by a password.
    """
    _refuse_other_kinds(content, file)
    from openpyxl import load_workbook

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of features it does not keep, which reading does not need
            return load_workbook(BytesIO(content), data_only=data_only)
    except Exception as error:  # openpyxl lets any error of its XML and zip readers through
        raise _unreadable(
            file, f"can't be read as an Excel workbook ({_first_line(error)})", "broken-workbook"
        ) from error


def _refuse_other_kinds(content: bytes, file: str) -> None:
    if content.startswith(OLE):
        if ENCRYPTED in content:
            problem = Problem(
                "password-protected",
                "the workbook is protected by a password",
                "open it, remove the password (File, Info, Protect), save it, and try again",
                file,
            )
            raise DataError(problem)
        raise _unreadable(file, "is an old Excel workbook (.xls)", "old-workbook")
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = archive.namelist()
    except Exception as error:  # of a damaged file, zipfile raises errors of many kinds
        raise _unreadable(file, "is a broken workbook (its end is missing or damaged)", "broken-workbook") from error
    if "xl/workbook.bin" in names:
        raise _unreadable(file, "is a binary Excel workbook (.xlsb)", "other-workbook")
    if "xl/workbook.xml" not in names:
        raise _unreadable(file, "is not an Excel workbook (.xlsx)", "other-workbook")


def _unreadable(file: str, what: str, code: str) -> DataError:
    return DataError(Problem(code, f"the file {what}", SAVE_AS, file))


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:120]


def _choose(book: Workbook, wanted: str | None, file: str) -> tuple[str, list[Problem]]:
    names = [ws.title for ws in book.worksheets]
    if wanted is not None:
        folded = {name.strip().casefold(): name for name in names}
        if wanted.strip().casefold() not in folded:
            raise usage(f"{file} has no sheet {wanted!r}", near(wanted, names), "unknown-sheet")
        return folded[wanted.strip().casefold()], []
    visible = [ws.title for ws in book.worksheets if ws.sheet_state == "visible"] or names
    if not visible:
        raise DataError(Problem("empty-table", "the workbook has no worksheet", "add the table to a worksheet", file))
    filled = [name for name in visible if book[name].max_row > 1]
    chosen = filled[0] if filled else visible[0]
    others = [name for name in filled if name != chosen]
    if not others:
        return chosen, []
    says = f"read the sheet {chosen!r}; the workbook also has {', '.join(map(repr, others))}"
    return chosen, [Problem("several-sheets", says, "name another with --sheet", file, severity="warning")]


def merged_problems(sheet: Worksheet, file: str) -> Iterator[Problem]:
    """A problem for each group of merged cells: which of their rows the value belongs to can't be told."""
    for merged in sheet.merged_cells.ranges:
        yield Problem(
            "merged-cells",
            f"the cells {merged.coord} are merged: only the first of them holds a value",
            "unmerge them and write the value into each row",
            file,
            merged.min_row,
            letter_of(merged.min_col),
        )


def _structure_problems(sheet: Worksheet, file: str) -> Iterator[Problem]:
    yield from merged_problems(sheet, file)
    hidden = [row for row, layout in sheet.row_dimensions.items() if layout.hidden and _filled(sheet, row)]
    if hidden:
        yield Problem(
            "hidden-rows",
            f"{len(hidden)} hidden or filtered rows are read like all others (the first is row {hidden[0]})",
            "delete them if they are not part of the analysis",
            file,
            hidden[0],
            severity="warning",
        )


def _filled(sheet: Worksheet, row: int) -> bool:
    return row <= sheet.max_row and any(cell.value is not None for cell in sheet[row])


def _uncalculated(shown: Worksheet, typed: Worksheet, file: str) -> Iterator[Problem]:
    for number, (row, values) in enumerate(zip(typed.iter_rows(), shown.iter_rows(values_only=True), strict=True), 1):
        for column, (cell, value) in enumerate(zip(row, values, strict=True), 1):
            if cell.data_type == "f" and value is None:
                yield Problem(
                    "formula-without-value",
                    f"the formula in {cell.coordinate} has no stored value",
                    "open the file in the spreadsheet program, let it calculate, and save it",
                    file,
                    number,
                    letter_of(column),
                )


def _rows(sheet: Worksheet) -> Iterator[tuple[int, tuple[str, ...]]]:
    for number, row in enumerate(sheet.iter_rows(), start=1):
        yield number, tuple(text_of(cell) for cell in row)


def text_of(cell: Cell | MergedCell) -> str:
    """The value as a reader of the sheet sees it: 12 for 12.0, 50% for 0.5 shown as percent, ISO dates."""
    value: Any = cell.value
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        shown_as_percent = "%" in re.sub(r'"[^"]*"', "", cell.number_format)
        return f"{value * 100:.12g}%" if shown_as_percent else f"{value:.15g}"
    if isinstance(value, datetime.datetime) and value.time() == datetime.time():
        return value.date().isoformat()
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    return str(value).strip()


def letter_of(column: int) -> str:
    """The letter of a column by its number, 1-based."""
    from openpyxl.utils import get_column_letter

    return get_column_letter(column)
