"""A bare table of any spreadsheet: CSV, TSV, Excel or standard input to labels, events and totals.

A bare table has one row per study or arm and no codebook: its header says which column is which. It may hold times at
risk instead of totals: then it is one of rates. Every row is either
read, or left out with its reason, or reported; none disappears.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import isclose
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem, Severity, usage
from ..rows import RawTable, parse_rows, table_of_rows, unreadable
from .cells import BadCell, parse_number
from .headers import Choice, Roles, find_roles, fold, looks_like_header
from .time_at_risk import impossible_rate, parse_time
from .workbook import SAVE_AS, Sheet, is_workbook, read_workbook

#: Cells that say "not reported", folded; a study may still be called NA.
NOT_REPORTED = frozenset({"", "na", "n/a", "nr", "n.r.", "not reported", "not_reported", "."})

WORKBOOK_ENDINGS = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
#: Labels of a row that adds up the others, folded.
SUM_LABELS = frozenset({"total", "totals", "sum", "all", "overall", "pooled", "summary", "allstudies"})

_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
_COMMA_NUMBER = re.compile(r"[+-]?\d+(,\d+)?", re.ASCII)
_OUT_OF = re.compile(r"([0-9]+)\s*(?:/|of|out of)\s*([0-9]+)")
_GROUPED = re.compile(r"[0-9]{1,3}([,.' \u00a0\u202f][0-9]{3})+")
_DATE = re.compile(r"\d{4}-\d\d-\d\d|\d{1,2}-[a-z]{3}|[a-z]{3}-\d{1,2}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class BareRow:
    """One row: an arm of a study.

    Attributes:
        line: In the file.
        key: The label, made unique where labels repeat.
        label: As printed.
        study: The study the arm belongs to: the named column's value, else the key.
        events, total: Counts; None = not reported, so the row is left out. There is no total in a table of rates.
        columns: All other columns; None = not reported.
        time: Time at risk, > 0, in a table of rates.
    """

    line: int
    key: str
    label: str
    study: str
    events: int | None
    total: int | None
    columns: Mapping[str, Any] = field(default_factory=dict)
    time: float | None = None

    @property
    def size(self) -> float | None:
        """What the events are out of: the total, or the time at risk."""
        return self.total if self.time is None else self.time


@dataclass(frozen=True, slots=True)
class BareTable:
    """A checked table of counts.

    Attributes:
        file: As the user gave it. title: The file's name without folder and ending.
        rows: In file order.
        numeric: Each further column and whether its values are numbers.
        problems: Warnings.
        time_header: Header of the times at risk, where the table holds rates.
    """

    file: str
    title: str
    rows: tuple[BareRow, ...]
    numeric: Mapping[str, bool]
    problems: tuple[Problem, ...] = ()
    time_header: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Names of the further columns."""
        return tuple(self.numeric)


def read_bare_table(path: str | Path, choice: Choice | None = None, sheet: str | None = None) -> BareTable:
    """The counts of a CSV, TSV or Excel file.

    Args:
        path: The file. choice: Columns that the user names. sheet: Worksheet of a workbook.

    Raises:
        DataError: every problem of the file at once. UsageError: no such sheet, or a sheet of a text file.
    """
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        raise DataError(unreadable(Path(path), error)) from error
    return parse_bare_table(content, str(path), choice, sheet)


def parse_bare_table(content: bytes, file: str, choice: Choice | None = None, sheet: str | None = None) -> BareTable:
    """The counts in the bytes of a CSV, TSV or Excel file; ``file`` names them in problems (``<stdin>``)."""
    if is_workbook(content):
        grid = _workbook_grid(read_workbook(content, file, sheet), file)
    elif sheet is not None:
        raise usage(f"{file} is not a workbook, so it has no sheet {sheet!r}", "leave out --sheet")
    elif file.casefold().endswith(WORKBOOK_ENDINGS) and content:
        problem = Problem("broken-workbook", "the file is called a workbook but is not one", SAVE_AS, file)
        raise DataError(problem)
    else:
        grid = parse_rows(content, file)
    if not grid.header:
        raise DataError(grid.problems)
    return interpret(_lenient(grid), title_of(file), choice or Choice())


def title_of(file: str) -> str:
    """What to call the table of a file; one that was piped in is called Counts."""
    return "Counts" if file.startswith("<") else Path(file).stem


def _workbook_grid(sheet: Sheet, file: str) -> RawTable:
    """The table in a worksheet, which may stand lower or further right than A1."""
    filled = [cells for _, cells in sheet.rows if any(cells)]
    used = [i for i in range(len(filled[0]) if filled else 0) if any(cells[i] for cells in filled)]
    rows = [(line, tuple(cells[i] for i in used)) for line, cells in sheet.rows]
    return table_of_rows(rows, list(sheet.problems), file, "")


def _lenient(grid: RawTable) -> RawTable:
    """A bare table may have nameless columns (the row names of R) and any delimiter."""
    header = tuple(name or f"column {i}" for i, name in enumerate(grid.header, start=1))
    problems = tuple(problem for problem in grid.problems if problem.code not in ("unnamed-column", "delimiter"))
    return replace(grid, header=header, problems=problems)


def interpret(grid: RawTable, title: str, choice: Choice) -> BareTable:
    """The counts of a grid.

    Args:
        grid: Header and rows of text.
        title: What to call the table.
        choice: Columns that the user names.

    Raises:
        DataError: every problem of the table at once.
    """
    problems = list(grid.problems)
    roles = find_roles(grid.header, _numeric_columns(grid), choice, grid.file, grid.header_line)
    if isinstance(roles, list):
        raise DataError([*problems, *(_misplaced_header(grid) or roles)])
    if not grid.rows and grid.complete:
        problem = Problem("empty-table", "the table has a header and no rows", "add one row per study", grid.file)
        raise DataError([*problems, problem])
    numeric = {grid.header[i]: flag for i, flag in enumerate(_numeric_columns(grid)) if i not in roles.used}
    rows = tuple(_read_rows(grid, roles, numeric, problems))
    problems += _sum_rows(grid, rows, roles)
    if choice.study is None:
        problems += _repeated_labels(grid, rows, roles)
    problems.sort(key=lambda problem: problem.line or 0)
    if not rows or any(problem.severity == "error" for problem in problems):
        raise DataError(problems)
    time_header = grid.header[roles.total] if roles.of_rates else None
    return BareTable(grid.file, title, rows, numeric, tuple(problems), time_header)


def _numeric_columns(grid: RawTable) -> list[bool]:
    return [_is_numeric([cells[i] for _, cells in grid.rows], grid.delimiter) for i in range(len(grid.header))]


def _is_numeric(cells: Iterable[str], delimiter: str) -> bool:
    given = [cell for cell in cells if not _missing(cell)]
    pattern = _NUMBER if delimiter == "," else _number_pattern(given)
    return bool(given) and all(pattern.fullmatch(cell) for cell in given)


def _number_pattern(cells: Sequence[str]) -> re.Pattern[str]:
    """A decimal comma is read where the comma does not separate cells and every number could have one."""
    return _COMMA_NUMBER if any("," in cell for cell in cells) else _NUMBER


def _missing(cell: str) -> bool:
    return cell.strip().casefold() in NOT_REPORTED


def _read_rows(grid: RawTable, roles: Roles, numeric: Mapping[str, bool], problems: list[Problem]) -> list[BareRow]:
    labels = _labels(grid, roles, problems)
    repeated = {label for label, times in Counter(labels).items() if times > 1}
    rows = []
    for (line, cells), label in zip(grid.rows, labels, strict=True):
        events, size = _counts(grid, roles, line, cells, label, problems)
        total, time = (None, size) if roles.of_rates else (None if size is None else int(size), None)
        key = f"{label} (line {line})" if label in repeated else label
        study = key if roles.study is None else _study(grid, roles.study, line, cells, problems)
        further = {name: _value(cells[grid.header.index(name)], numeric[name]) for name in numeric}
        rows.append(BareRow(line, key, label, study, events, total, further, time))
    return rows


def _labels(grid: RawTable, roles: Roles, problems: list[Problem]) -> list[str]:
    if roles.label is None:
        says = "no column is called study, author or label; the rows are numbered"
        mend = "name the column of the labels: --label COL"
        problems.append(Problem("no-label-column", says, mend, grid.file, grid.header_line, severity="warning"))
        return [f"Study {i}" for i in range(1, len(grid.rows) + 1)]
    labels = [cells[roles.label] for _, cells in grid.rows]
    for (line, _), label in zip(grid.rows, labels, strict=True):
        if not label:
            column = grid.header[roles.label]
            problems.append(
                Problem("no-label", "the row has no label", "name the study of this row", grid.file, line, column)
            )
    if len(set(labels)) < len(labels) and roles.year is not None and roles.year != roles.label:
        return [_with_year(cells[roles.label], cells[roles.year]) for _, cells in grid.rows]
    return labels


def _with_year(label: str, year: str) -> str:
    return label if _missing(year) or year in label else f"{label} {year}"


def _study(grid: RawTable, column: int, line: int, cells: Sequence[str], problems: list[Problem]) -> str:
    if not cells[column]:
        mend = "say which study the row belongs to"
        problems.append(Problem("no-study", "the row has no study", mend, grid.file, line, grid.header[column]))
    return cells[column]


def _counts(
    grid: RawTable, roles: Roles, line: int, cells: Sequence[str], label: str, problems: list[Problem]
) -> tuple[int | None, float | None]:
    """Events and total (or time) of a row; both None where one is not reported or not usable."""
    found: list[float | None] = []
    absent: list[str] = []
    for column in (roles.events, roles.total):
        name, cell = grid.header[column], cells[column].strip()
        if _missing(cell):
            absent.append(name)
        is_time = roles.of_rates and column == roles.total
        count = None if _missing(cell) else parse_time(cell, grid.delimiter != ",") if is_time else parse_count(cell)
        if isinstance(count, BadCell):
            problems.append(Problem(count.code, count.message, count.mend, grid.file, line, name))
            count = None
        found.append(count)
    if absent:
        says = f"{label}: no {' and no '.join(absent)}; the row is left out"
        what = "events and time" if roles.of_rates else "both counts"
        mend = f"fill in {what}, or delete the row if the study has none"
        problems.append(Problem("no-count", says, mend, grid.file, line, absent[0], severity="warning"))
    events, size = found
    if events is None or size is None:
        return None, None
    if roles.of_rates:
        place = (grid.file, line, grid.header[roles.events], grid.header[roles.total])
        problems += impossible_rate(label, int(events), size, place)
    else:
        problems += _impossible(grid, roles, line, label, (int(events), int(size)))
    return int(events), size


def _impossible(grid: RawTable, roles: Roles, line: int, label: str, counts: tuple[int, int]) -> list[Problem]:
    events, total = counts
    check = "check events and total of this row against the paper"
    if events < 0 or total < 0:
        column = grid.header[roles.events if events < 0 else roles.total]
        return [Problem("negative", f"{label}: {min(counts)} is negative", check, grid.file, line, column)]
    if total == 0:
        mend = "correct the total, or delete the row: nobody was observed"
        return [Problem("total-zero", f"{label}: the total is 0", mend, grid.file, line, grid.header[roles.total])]
    if events > total:
        says = f"{label}: {events} events of {total}"
        return [Problem("events-exceed-total", says, check, grid.file, line, grid.header[roles.events])]
    return []


def parse_count(cell: str) -> int | BadCell:
    """The count in a cell, or why it is none; spreadsheets turn counts into more things than people do."""
    if match := _OUT_OF.fullmatch(cell):
        mend = f"write {match[1]} in the events column and {match[2]} in the total column"
        return BadCell("fraction", f"{cell!r} holds two numbers", mend)
    if _DATE.fullmatch(cell):
        mend = "spreadsheets turn 3/6 into a date: set the column's format to text and type the count again"
        return BadCell("date", f"{cell!r} is a date", mend)
    if cell.startswith("#"):
        return BadCell("spreadsheet-error", f"{cell!r} is an error of the spreadsheet", "mend the formula of this cell")
    if _GROUPED.fullmatch(cell):
        mend = f"write {re.sub(r'[^0-9]', '', cell)} if that is the count"
        return BadCell("thousands-separator", f"{cell!r} has a separator inside", mend)
    if "," in cell and _COMMA_NUMBER.fullmatch(cell):
        mend = "write the number of units; a count has no decimals"
        return BadCell("decimal-comma", f"{cell!r} is not a whole number", mend)
    found = parse_number(cell, whole=True)
    return found if isinstance(found, BadCell) else int(found)


def _value(cell: str, numeric: bool) -> Any:
    if _missing(cell):
        return None
    if not numeric:
        return cell
    number = float(cell.replace(",", "."))
    return int(number) if number.is_integer() else number


def _sum_rows(grid: RawTable, rows: Sequence[BareRow], roles: Roles) -> list[Problem]:
    """A last row that adds up the others would count every unit twice."""
    if len(rows) < 3:
        return []
    *before, last = rows
    if last.events is None or last.size is None:
        return []
    events, size = sum(row.events or 0 for row in before), sum(row.size or 0 for row in before)
    if events != last.events or not isclose(size, last.size):
        return []
    says = f"{last.label}: {last.events} {'in' if roles.of_rates else 'of'} {last.size:g} is the sum of the rows above"
    mend = "delete the row if it adds up the others: it would count everybody twice"
    severity: Severity = "error" if fold(last.label).rstrip(":") in SUM_LABELS else "warning"
    return [Problem("sum-row", says, mend, grid.file, last.line, grid.header[roles.total], severity)]


def _repeated_labels(grid: RawTable, rows: Sequence[BareRow], roles: Roles) -> list[Problem]:
    lines: dict[str, list[int]] = {}
    for row in rows:
        lines.setdefault(row.label, []).append(row.line)
    column = None if roles.label is None else grid.header[roles.label]
    mend = "name the column that says which rows are one study with --study COL; else give each study its own label"
    return [
        Problem(
            "label-repeated",
            f"{label!r} stands in lines {', '.join(map(str, where))}; they are counted as separate studies",
            mend,
            grid.file,
            where[1],
            column,
            "warning",
        )
        for label, where in lines.items()
        if len(where) > 1
    ]


def _misplaced_header(grid: RawTable) -> list[Problem]:
    for line, cells in grid.rows[:20]:
        if looks_like_header(cells):
            says = "this row looks like the header"
            mend = "delete the rows above it: the first row must be the header"
            return [Problem("header-not-first", says, mend, grid.file, line)]
    return []
