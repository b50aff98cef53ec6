"""A review into which nothing was entered yet is a valid one; a table that lost its rows is not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ..errors import Problem
from .reading import Table

Tables = Mapping[str, Table]

EMPTY = "empty-table"
#: Decisions that bring a report into the review.
_IN = frozenset({"included", "duplicate_report"})


def settle_empty(problems: Sequence[Problem], tables: Tables, review: str) -> list[Problem]:
    """The problems, where empty tables are one warning if the review is new, or nothing is included in it so far.

    Args:
        problems: Those of reading the tables. tables: As read. review: Its folder, for the mend.
    """
    empty = [problem for problem in problems if problem.code == EMPTY]
    said = _said(tables, review) if empty else None
    if said is None:
        return list(problems)
    first = replace(empty[0], code=said[0], message=said[1], mend=said[2], severity="warning")
    return [
        first if problem is empty[0] else problem for problem in problems if problem is empty[0] or problem not in empty
    ]


def _said(tables: Tables, review: str) -> tuple[str, str, str] | None:
    needed = {name: table for name, table in tables.items() if table.spec.filled}
    if not all(table.complete for table in needed.values()):
        return None
    filled = {name for name, table in needed.items() if table.rows}
    if not filled:
        message = "the review holds no report yet"
        return "empty-review", message, f"add the first: evidence add {review} KEY --bib FILE"
    decisions = {row["decision"] for row in tables["screening"].rows}
    if filled == {"reports", "screening"} and not decisions & _IN:
        message = "no report is included yet"
        return "nothing-included", message, f"add the first that is: evidence add {review} KEY --bib FILE"
    return None
