"""The worksheets of a filled workbook as rows of text: found by name or by header, whatever was moved or inserted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from ..display import plural
from ..errors import DataError, Problem
from .cells import BadCell
from .sheet_cells import told_by
from .sheet_layout import COLUMNS, LISTS, README, STAMP, SheetReview, SheetTable
from .sheet_stamp import Stamp, read_stamp
from .workbook import LARGEST_SHEET, is_workbook, letter_of, merged_problems, open_workbook, text_of

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

#: Rows in which a header is looked for, and the part of a table's columns that it must name at least.
_HEADER_WITHIN, _NAMED = 20, 0.5


@dataclass(frozen=True, slots=True)
class SheetRow:
    """One row of a worksheet: its number there, and its cells by column."""

    number: int
    cells: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Filled:
    """A worksheet as it was filled.

    Attributes:
        title: Of the worksheet. table: Whose it is.
        letters: Column name -> letter, of the columns that are there.
        rows: Those with something in them.
    """

    title: str
    table: SheetTable
    letters: Mapping[str, str]
    rows: tuple[SheetRow, ...]

    def problem(self, file: str, row: int, column: str | None, found: BadCell) -> Problem:
        """A problem at a cell: worksheet, row and column letter."""
        letter = None if column is None else self.letters.get(column)
        said = found.message if column is None else f"{column}: {found.message}"
        return Problem(found.code, said, found.mend, f"{file}:{self.title}", row, letter)


@dataclass(frozen=True, slots=True)
class FilledBook:
    """A filled workbook: what it was written from, its worksheets by table, and all problems and warnings of them."""

    stamp: Stamp
    sheets: Mapping[str, Filled]
    problems: tuple[Problem, ...]


def read_filled(content: bytes, file: str, review: SheetReview) -> FilledBook:
    """The worksheets of a workbook that ``evidence sheet`` wrote.

    Args:
        content: Its bytes. file: Its name, for problems. review: Whose tables they are.

    Raises:
        DataError: no workbook, one without a stamp, or one of another review.
    """
    if not is_workbook(content):
        mend = "give the .xlsx file that `evidence sheet REVIEW -o FILE.xlsx` wrote"
        raise DataError(Problem("no-workbook", "the file is no workbook", mend, file))
    formulas = open_workbook(content, file, data_only=False)
    values = open_workbook(content, file, data_only=True) if _has_formulas(formulas) else formulas
    stamp = read_stamp(values, file)
    if stamp.review != review.name:
        message = f"the workbook was written for the review {stamp.review!r}, not for {review.name!r}"
        raise DataError(Problem("other-review", message, f"read it into {stamp.review}", file))
    problems: list[Problem] = []
    sheets = {}
    for name, title in _titles(values, review, file, problems).items():
        filled = _read(values[title], formulas[title], review.tables[name], file, problems)
        if filled is not None:
            sheets[name] = filled
    return FilledBook(stamp, sheets, tuple(problems))


def _has_formulas(book: Workbook) -> bool:
    sheets = [sheet for sheet in book.worksheets if sheet.max_row * sheet.max_column <= LARGEST_SHEET]
    return any(cell.data_type == "f" for sheet in sheets for row in sheet.iter_rows() for cell in row)


def _titles(book: Workbook, review: SheetReview, file: str, problems: list[Problem]) -> dict[str, str]:
    """Table -> title of its worksheet: that of its name, else one whose header names its columns."""
    folded = {sheet.title.strip().casefold(): sheet.title for sheet in book.worksheets}
    found = {name: folded[name.casefold()] for name in review.tables if name.casefold() in folded}
    taken = {README, COLUMNS, LISTS, STAMP, *found.values()}
    for sheet in book.worksheets:
        missing = [table for name, table in review.tables.items() if name not in found]
        best = max(missing, key=lambda table: _likeness(sheet, table), default=None)
        if sheet.title in taken:
            continue
        if best is None or _likeness(sheet, best) < _NAMED:
            says = f"the worksheet {sheet.title!r} is none of the tables; not read"
            mend = "nothing, if it is yours; else name it as its table"
            problems.append(Problem("other-worksheet", says, mend, file, severity="warning"))
            continue
        found[best.name] = sheet.title
        says = f"the worksheet {sheet.title!r} is read as {best.name}: it has its columns"
        problems.append(Problem("renamed-worksheet", says, f"name it {best.name}", file, severity="warning"))
    for name in review.tables:
        if name not in found:
            says = f"there is no worksheet {name}; {name}.csv stays as it is"
            problems.append(
                Problem("missing-worksheet", says, "bring it back to change that table", file, severity="warning")
            )
    return {name: found[name] for name in review.tables if name in found}


def _likeness(sheet: Worksheet, table: SheetTable) -> float:
    header = _header_row(sheet, table)
    return 0.0 if header is None else len(_names(sheet, header) & set(table.names)) / len(table.names)


def _names(sheet: Worksheet, row: int) -> set[str]:
    return {text_of(cell) for cell in sheet[row]}


def _header_row(sheet: Worksheet, table: SheetTable) -> int | None:
    """The first row that names half of the columns."""
    needed = _NAMED * len(table.names)
    rows = range(1, min(sheet.max_row, _HEADER_WITHIN) + 1)
    return next((row for row in rows if len(_names(sheet, row) & set(table.names)) >= needed), None)


def _read(shown: Worksheet, typed: Worksheet, table: SheetTable, file: str, problems: list[Problem]) -> Filled | None:
    place = f"{file}:{shown.title}"
    if shown.max_row * shown.max_column > LARGEST_SHEET:
        says = f"the worksheet reaches to row {shown.max_row:,} and column {letter_of(shown.max_column)}"
        problems.append(Problem("sheet-too-large", says, "delete the empty rows and columns at its end", place))
        return None
    header = _header_row(shown, table)
    if header is None:
        says = f"no row of the first {_HEADER_WITHIN} names the columns of {table.name}"
        problems.append(Problem("no-header", says, "bring its header row back", place, 1))
        return None
    found = [replace(problem, file=place) for problem in merged_problems(typed, file)]
    columns = _columns(shown, header, table, place, found)
    filled = Filled(shown.title, table, {name: letter_of(at) for name, at in columns.items()}, ())
    rows = list(_rows((shown, typed), header, columns, filled, (file, found)))
    problems += sorted(found, key=lambda problem: problem.line or 0)
    return replace(filled, rows=tuple(rows))


def _columns(sheet: Worksheet, header: int, table: SheetTable, place: str, problems: list[Problem]) -> dict[str, int]:
    """Column name -> number; columns that are not the table's are passed over, with a warning if something is there."""
    columns: dict[str, int] = {}
    for at, cell in enumerate(sheet[header], start=1):
        name, letter = text_of(cell), letter_of(at)
        if name in columns:
            says = f"the column {name!r} stands here and in {letter_of(columns[name])}"
            problems.append(Problem("repeated-column", says, "keep one of them", place, header, letter))
        elif name in table.names:
            columns[name] = at
        else:
            below = sum(1 for row in range(header + 1, sheet.max_row + 1) if text_of(sheet.cell(row, at)))
            if below or name:
                said = f"the column {name!r}" if name else "a column without a name"
                mend = f"nothing, if it is yours; else declare it in review.toml under [columns.{table.name}]"
                says = f"{said} is none of {table.name}; not read ({plural(below, 'cell')})"
                problems.append(Problem("other-column", says, mend, place, header, letter, "warning"))
    return columns


def _rows(
    sheets: tuple[Worksheet, Worksheet],
    header: int,
    columns: Mapping[str, int],
    filled: Filled,
    report: tuple[str, list[Problem]],
) -> Iterator[SheetRow]:
    (shown, typed), (file, problems) = sheets, report
    specs = {column.name: column for column in filled.table.columns}
    for number in range(header + 1, shown.max_row + 1):
        cells = {}
        for name, at in columns.items():
            told = told_by(shown.cell(number, at), typed.cell(number, at), specs[name])
            doubt = told if isinstance(told, BadCell) else told.doubt
            if doubt is not None:
                problem = filled.problem(file, number, name, doubt)
                problems.append(problem if doubt is told else replace(problem, severity="warning"))
            cells[name] = "" if isinstance(told, BadCell) else told.text
        if any(cells.values()):
            yield SheetRow(number, cells)
