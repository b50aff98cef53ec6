"""Which columns of a table of many analyses are read, and what they are called in what comes out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..errors import DataError, Problem, near
from ..review.headers import Choice, find_roles


@dataclass(frozen=True, slots=True)
class Columns:
    """Names of the columns.

    Attributes:
        by: Of the id of the analysis. events: Of the events. total: Of the totals, or of the times at risk.
        study: Of the study that arms belong to, or None where every row is a study.
        of_rates: Whether ``total`` holds times at risk.
    """

    by: str
    events: str
    total: str
    study: str | None
    of_rates: bool

    @property
    def wanted(self) -> tuple[str, ...]:
        """Names of all of them, each once."""
        names = (self.by, self.events, self.total, self.study)
        return tuple(dict.fromkeys(name for name in names if name is not None))


def find_columns(headers: Sequence[str], by: str, choice: Choice, file: str, line: int = 1) -> Columns:
    """The columns by the names that were given, or by their usual names.

    Raises:
        DataError: one that is not there, or is not told from another, with the near names.
    """
    found = find_roles(headers, [True] * len(headers), choice, file, line)
    problems = list(found) if isinstance(found, list) else []
    if by not in headers:
        says = f"no column is called {by!r}: it would say which analysis a row belongs to"
        problems.append(Problem("no-by-column", says, f"name it with --by; {near(by, list(headers))}", file, line))
    elif headers.count(by) > 1:
        says = f"{headers.count(by)} columns are called {by!r}"
        problems.append(Problem("ambiguous-column", says, "give each its own header", file, line))
    if isinstance(found, list) or problems:
        raise DataError(problems)
    study = None if found.study is None else headers[found.study]
    columns = Columns(by, headers[found.events], headers[found.total], study, found.of_rates)
    if len(columns.wanted) < 3 + (study is not None):
        says = f"the column {by!r} is used twice: {', '.join(columns.wanted)}"
        mend = f"give each its own column: --by, --events, --{'exposure' if found.of_rates else 'total'}"
        raise DataError(Problem("ambiguous-column", says, mend, file, line))
    return columns
