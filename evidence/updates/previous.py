"""The previous version of a review for its PRISMA flow: the same frozen tables that its changes are told from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..bibliography.earlier import Earlier, latest_of
from ..bibliography.flow import Flow
from ..errors import DataError
from ..review.review import Review
from .collecting import collect
from .difference import difference
from .finding import frozen_versions, labels_of, review_of
from .renames import Rename
from .version import Version

#: Tables that the flow is counted from.
COUNTED = ("screening", "reports", "studies", "arms", "patients", "searches")
#: Column of an id -> the table that it is the id of.
_IDS = {"study_id": "studies", "report_id": "reports", "arm_id": "arms", "search_id": "searches"}
Rows = Sequence[Mapping[str, Any]]


def flow_of(review: Review) -> Flow:
    """Records, reports, studies, arms and patients as PRISMA counts them, beside the previous version if there is one.

    Raises:
        DataError: a version is damaged.
    """
    return review.flow_since(earlier_of(review))


def earlier_of(review: Review) -> Earlier | None:
    """The latest frozen version that an update began from; None where there is none.

    Where ``version`` in screening.csv counts updates, it is the latest one of which all rows are of earlier updates.
    Else it is the latest one with other decisions or other studies: a version that was followed by corrections alone
    began no update. Versions that today's codebook refuses are passed over.

    Raises:
        DataError: a version is damaged.
    """
    if not labels_of(review.path):
        return None
    for version in reversed(frozen_versions(review.path)):
        try:
            old = review_of(version)
            renames = difference(version, collect(review.path, review.path)).renames
        except DataError:
            continue
        tables = {name: _renamed(old.rows(name), renames) for name in COUNTED}
        if _precedes(tables, review):
            return Earlier(version.label, tables, _notes(version))
    return None


def _notes(version: Version) -> tuple[str, ...]:
    """The first of its notes says how it was made, where it was not frozen on its day."""
    return version.notes[:1]


def _precedes(tables: Mapping[str, Rows], review: Review) -> bool:
    screening = review.rows("screening")
    latest = latest_of((*screening, *review.searched.waiting))
    if latest > 1:
        return latest_of(tables["screening"]) < latest
    return _states(tables["screening"], tables["studies"]) != _states(screening, review.rows("studies"))


def _states(screening: Rows, studies: Rows) -> tuple[set[tuple[Any, Any]], set[Any]]:
    return {(row["report_id"], row["decision"]) for row in screening}, {row["study_id"] for row in studies}


def _renamed(rows: Rows, renames: Sequence[Rename]) -> list[dict[str, Any]]:
    """The rows with ids as they are called now."""
    names = {(one.table, one.old): one.new for one in renames}
    return [
        {key: names.get((_IDS[key], cell), cell) if key in _IDS else cell for key, cell in row.items()} for row in rows
    ]
