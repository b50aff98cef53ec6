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
    if not empty or not _is_begun(tables):
        return list(problems)
    others = [problem for problem in problems if problem.code != EMPTY]
    rows = tables["screening"].rows
    if any(row["decision"] in _IN for row in rows):
        return others  # each included report without a study is an error of its own
    message = "no report is included yet" if rows else "the review holds no report yet"
    mend = f"add the first{' that is' if rows else ''}: evidence add {review} KEY --bib FILE"
    code = "nothing-included" if rows else "empty-review"
    return [replace(empty[0], code=code, message=message, mend=mend, severity="warning"), *others]


def _is_begun(tables: Tables) -> bool:
    """Whether there are decisions at most: nothing was entered of any study."""
    needed = {name: table for name, table in tables.items() if table.spec.filled}
    studies = any(row["study_id"] is not None for row in tables["reports"].rows)
    filled = {name for name, table in needed.items() if table.rows}
    whole = all(table.complete for table in needed.values())
    return whole and not studies and (not filled or {"screening"} <= filled <= {"screening", "reports"})
