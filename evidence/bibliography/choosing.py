"""Which of the records of a review are meant."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from pathlib import Path

from ..errors import DataError, Problem, unknown
from .store import Store, Stored, read_plain
from .streams import BELONG

#: What can be asked for -> the records of a store; the second argument: ids of the reports that are included.
CHOICES: Mapping[str, Callable[[Store, Collection[str]], tuple[Stored, ...]]] = {
    "all": lambda store, included: store.records,
    "included": lambda store, included: tuple(row for row in store.records if row.record_id in included),
}


def chosen(store: Store, which: str, included: Collection[str]) -> tuple[Stored, ...]:
    """The records asked for, in the order of importing.

    Args:
        which: A name of :data:`CHOICES`. included: Ids of the reports that the review includes.

    Raises:
        UsageError: another name.
    """
    if which not in CHOICES:
        raise unknown("choice of records", which, list(CHOICES), "unknown-choice")
    return CHOICES[which](store, included)


def included_reports(review: Path) -> tuple[str, ...]:
    """Ids of the reports that screening.csv includes, in its order; none where there is no such table.

    Raises:
        DataError: the table can't be read.
    """
    problems: list[Problem] = []
    rows = list(read_plain(review / "screening.csv", ("report_id", "decision"), problems))
    if problems:
        raise DataError(problems)
    found = (row["report_id"] for _, row in rows if row["decision"] in BELONG)
    return tuple(dict.fromkeys(identity for identity in found if identity))
