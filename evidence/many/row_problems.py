"""What is wrong with one row of a table of many analyses, in the words of every other table."""

from __future__ import annotations

from ..counts import LARGEST_N
from ..errors import Problem
from ..review.cells import BadCell
from ..review.spreadsheet import NOT_REPORTED, parse_count
from ..review.time_at_risk import impossible_rate, parse_time
from .columns import Columns

#: Value of a cell that holds no usable number.
NONE = float("nan")
_TIMES = "times at risk are no totals: name their column with --exposure (in Python: time=)"
_CHECK = "check events and total of this row against the paper"


def number_in(text: str, is_time: bool) -> float:
    """The number in a cell; NaN where there is none that can be used."""
    if text.casefold() in NOT_REPORTED:
        return NONE
    found = parse_time(text, decimal_comma=False) if is_time else parse_count(text)
    return NONE if isinstance(found, BadCell) else float(found)


def problems_of(cells: tuple[str, str], columns: Columns, file: str, line: int) -> list[Problem]:
    """Every problem of a row.

    Args:
        cells: Text of the events and of the total, or time. columns: Their names. file, line: Where the row is.
    """
    found: list[Problem] = []
    numbers: list[float] = []
    for name, text, is_time in zip((columns.events, columns.total), cells, (False, columns.of_rates), strict=True):
        problem = _cell_problem(text, is_time)
        if problem is None:
            numbers.append(number_in(text, is_time))
        else:
            of_times = problem.code == "not-whole" and name == columns.total
            mend = f"{problem.mend}; {_TIMES}" if of_times else problem.mend
            found.append(Problem(problem.code, problem.message, mend, file, line, name))
    return found or _row_problems(numbers[0], numbers[1], columns, file, line)


def _cell_problem(text: str, is_time: bool) -> BadCell | None:
    if text.casefold() in NOT_REPORTED:
        mend = "fill it in, or delete the row if the study has no count"
        return BadCell("no-count", f"no {'time' if is_time else 'count'} ({text!r})" if text else "empty", mend)
    found = parse_time(text, decimal_comma=False) if is_time else parse_count(text)
    return found if isinstance(found, BadCell) else None


def _row_problems(events: float, total: float, columns: Columns, file: str, line: int) -> list[Problem]:
    if columns.of_rates:
        problems = impossible_rate(
            f"{events:g} events", int(events), total, (file, line, columns.events, columns.total)
        )
        return problems or _too_large(events, columns.events, file, line)
    if events < 0 or total < 0:
        name, value = (columns.events, events) if events < 0 else (columns.total, total)
        return [Problem("negative", f"{value:g} is negative", _CHECK, file, line, name)]
    if total == 0:
        mend = "correct the total, or delete the row: nobody was observed"
        return [Problem("total-zero", "the total is 0", mend, file, line, columns.total)]
    if events > total:
        says = f"{events:g} events of {total:g}"
        return [Problem("events-exceed-total", says, _CHECK, file, line, columns.events)]
    return _too_large(total, columns.total, file, line)


def _too_large(value: float, name: str, file: str, line: int) -> list[Problem]:
    if value <= LARGEST_N:
        return []
    return [
        Problem("out-of-range", f"{value:g} is beyond {LARGEST_N:,}", "check it against the paper", file, line, name)
    ]


def no_id(columns: Columns, file: str, line: int) -> Problem:
    """The problem of a row that belongs to no analysis."""
    return Problem("no-id", f"no {columns.by}", "say which analysis the row belongs to", file, line, columns.by)
