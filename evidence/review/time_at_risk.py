"""Times at risk in a bare table: one cell to a number, and what a row of events in a time can't be."""

from __future__ import annotations

import re

from ..errors import Problem
from .cells import BadCell, parse_number

_GROUPED = re.compile(r"[0-9]{1,3}([,' \u00a0\u202f][0-9]{3})+(\.[0-9]+)?")
_COMMA = re.compile(r"[+-]?[0-9]+,[0-9]+")


def parse_time(cell: str, decimal_comma: bool) -> float | BadCell:
    """The time in a cell, or why it is none.

    Args:
        cell: Not empty. decimal_comma: Whether commas are decimal in this table, not between cells.
    """
    if cell.startswith("#"):
        return BadCell("spreadsheet-error", f"{cell!r} is an error of the spreadsheet", "mend the formula of this cell")
    if _GROUPED.fullmatch(cell):
        mend = f"write {re.sub('[^0-9.]', '', cell)} if that is the time; decimals with a point"
        return BadCell("thousands-separator", f"{cell!r} has a separator inside", mend)
    text = cell.replace(",", ".") if decimal_comma and _COMMA.fullmatch(cell) else cell
    found = parse_number(text, whole=False)
    return found if isinstance(found, BadCell) else float(found)


def impossible_rate(label: str, events: int, time: float, place: tuple[str, int, str, str]) -> list[Problem]:
    """Why so many events in such a time can't be; nothing where they can.

    Args:
        place: File, line, header of the events and header of the times.
    """
    file, line, events_column, time_column = place
    if events < 0:
        mend = "check the events of this row against the paper"
        return [Problem("negative", f"{label}: {events} is negative", mend, file, line, events_column)]
    if time <= 0:
        mend = "correct the time at risk, or delete the row: nobody was observed"
        says = f"{label}: a time at risk of {time:g} can't be"
        return [Problem("time-at-risk", says, mend, file, line, time_column)]
    return []
