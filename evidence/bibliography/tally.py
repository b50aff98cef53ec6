"""Records found and removed before screening, counted from what was imported, and held against the search log."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from .citations import Citation
from .store import Store
from .streams import Row

#: Columns of searches.csv that are counted, with what their number is of.
COUNTED = ("records", "duplicates_removed", "otherwise_removed")


@dataclass(frozen=True, slots=True)
class Tally:
    """One search as its imported files have it.

    Attributes:
        search_id: Its row in searches.csv.
        source: Database. date: Of the search, "" = not stated. version: Version of the review.
        records: Records that stand in its files.
        duplicates: Of them, those of a publication that an earlier record has, or a report that the review knew; None
            where nobody has looked for any.
        unread: Of them, those that could not be read; they are among the records removed for other reasons.
    """

    search_id: str
    source: str
    date: str
    version: int
    records: int
    duplicates: int | None
    unread: int


def tallies(store: Store, citations: Iterable[Citation], compared: bool) -> tuple[Tally, ...]:
    """One for each search, in the order of importing; ``compared``: whether duplicates have been looked for.

    A record is a duplicate if it is not the first of its citation, or if the review knew the report before any import.
    """
    first = {one.members[0] for one in citations if one.members and not one.known}
    removed = Counter(store.import_of[row.import_id].search_id for row in store.records if row.record_id not in first)
    made: dict[str, Tally] = {}
    for one in store.imports:
        had = made.get(one.search_id)
        found, unread = one.found + (had.records if had else 0), one.reported + (had.unread if had else 0)
        made[one.search_id] = Tally(
            one.search_id,
            one.database,
            had.date if had else one.date,
            had.version if had else one.version,
            found,
            removed[one.search_id] if compared else None,
            unread,
        )
    return tuple(made.values())


def completed(log: Sequence[Row], found: Sequence[Tally]) -> list[dict[str, Any]]:
    """The search log with counted numbers where it leaves them empty, and a row for each search it lacks."""
    by_id = {one.search_id: one for one in found}
    rows = []
    for row in log:
        one = by_id.pop(str(row["search_id"]), None)
        rows.append(dict(row) if one is None else _filled(row, one))
    return rows + [_filled({"search_id": one.search_id}, one) for one in by_id.values()]


def _filled(row: Row, one: Tally) -> dict[str, Any]:
    counted = {
        "source": one.source,
        "kind": "database",
        "date": one.date or None,
        "query": None,
        "records": one.records,
        "duplicates_removed": one.duplicates,
        "automation_removed": 0,
        "otherwise_removed": one.unread,
        "version": one.version,
        "notes": None,
    }
    return {**row, **{name: value for name, value in counted.items() if row.get(name) is None}}


def disagreements(log: Sequence[Row], found: Sequence[Tally]) -> list[tuple[int, str, str, str]]:
    """Numbers of the log that are not those of the imported files: position of the row, column, sentence, mend."""
    by_id = {one.search_id: one for one in found}
    told = []
    for i, row in enumerate(log):
        one = by_id.get(str(row["search_id"]))
        if one is None:
            continue
        for name, number in (("records", one.records), ("duplicates_removed", one.duplicates)):
            if row.get(name) is not None and number is not None and int(row[name]) != number:
                what = f"{one.search_id}: {row[name]} in the log, {number} counted from the imported records"
                told.append((i, name, what, "empty the cell: it is counted then; or import what is missing"))
    return told
