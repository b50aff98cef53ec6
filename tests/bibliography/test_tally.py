"""Records found and removed are counted from the imports, and held against the search log."""

from __future__ import annotations

from typing import Any

from evidence.bibliography.citations import Citation
from evidence.bibliography.record import Record
from evidence.bibliography.store import Import, Store, Stored
from evidence.bibliography.tally import Tally, completed, disagreements, tallies


def imported(number: int, database: str, read: int, reported: int = 0, search: str = "", version: int = 1) -> Import:
    name = f"import-{number}"
    found = read + reported
    return Import(
        name, "x.ris", "", "ris", "utf-8", database, "2024-05-31", version, search or name, found, read, reported
    )


def citation(*members: str, known: bool = False) -> Citation:
    return Citation(members[0], known, members, (), 1, Record())


STORE = Store(
    (imported(1, "One", 3, 1, "one-2024"), imported(2, "One", 1, search="one-2024"), imported(3, "Two", 2)),
    tuple(Stored(name, f"import-{i}", Record()) for name, i in zip("abcdef", "111233", strict=True)),
)
#: d repeats a, e repeats b; f is a report that the review had.
FOUND = tallies(
    STORE, [citation("a", "d"), citation("b", "e"), citation("c"), citation("f", known=True)], compared=True
)


def logged(name: str, **more: Any) -> dict[str, Any]:
    return {"search_id": name, "source": None, "kind": "database", "date": None, "query": "q", **more}


def test_every_record_is_first_repeated_or_unread() -> None:
    assert (
        Tally("one-2024", "One", "2024-05-31", 1, 5, 1, 1),
        Tally("import-3", "Two", "2024-05-31", 1, 2, 2, 0),
    ) == FOUND


def test_the_log_is_completed_and_nothing_typed_is_changed() -> None:
    rows = completed([logged("one-2024", records=6), logged("hand", records=9)], FOUND)
    assert [(row["search_id"], row["records"], row.get("duplicates_removed")) for row in rows] == [
        ("one-2024", 6, 1),
        ("hand", 9, None),
        ("import-3", 2, 2),
    ]
    assert rows[0]["query"] == "q" and rows[2]["kind"] == "database"


def test_numbers_that_differ_are_told() -> None:
    told = disagreements([logged("one-2024", records=6, duplicates_removed=1), logged("import-3", records=2)], FOUND)
    assert [(i, name) for i, name, _, _ in told] == [(0, "records")]
    assert "6 in the log, 5 counted" in told[0][2]


def test_before_anybody_looked_nothing_is_said_of_duplicates() -> None:
    assert [one.duplicates for one in tallies(STORE, [], compared=False)] == [None, None]
