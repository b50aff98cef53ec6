"""Decisions on ids that do not exist: nothing would follow from them, and nobody would know."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path

from ..errors import ID_LIKENESS, Problem, near
from . import decisions
from .screening import screener_files
from .store import FOLDER, read_plain

#: Ids for which near names are looked for; in a table with more something else is wrong.
_MOST_NEAR = 20


def unknown_ids(review: Path, known: Collection[str]) -> tuple[Problem, ...]:
    """Rows of duplicates.csv and of the screeners' files whose id is none, each with its line and the near names.

    Args:
        review: The folder.
        known: Ids of all records and of all reports that the review has.
    """
    ids = frozenset(known)
    names = tuple(sorted(ids))
    problems: list[Problem] = []
    for path, line, column, name in _named(review):
        if name not in ids:
            close = near(name, names, ID_LIKENESS) if len(problems) < _MOST_NEAR else ""
            told = close.partition(" Known:")[0] if "did you mean" in close else "write an id of records/records.csv"
            message = f"{name!r} is neither a record nor a report of the review: the decision is lost"
            problems.append(Problem("unknown-id", message, f"{told}; or delete the row", str(path), line, column))
    return tuple(problems)


def _named(review: Path) -> Iterator[tuple[Path, int, str, str]]:
    """Every id that a decision is about: file, line, column, id."""
    columns: dict[Path, tuple[str, ...]] = {review / FOLDER / decisions.FILE: ("first", "second")}
    columns |= dict.fromkeys(screener_files(review), ("report_id",))
    for path, names in columns.items():
        for line, row in read_plain(path, names, []):
            yield from ((path, line, name, value) for name in names if (value := row[name]))
