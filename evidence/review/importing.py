"""Records into a review: its records, and a row of its search log for each search."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ..bibliography.citations import known_reports
from ..bibliography.days import is_whole_day
from ..bibliography.intake import Intake, Origin, Taken, take_in
from ..bibliography.lock import locked
from ..bibliography.store import Import, read_plain, read_store
from ..errors import Problem, unknown, usage
from ..files import write_whole
from ..kept_rows import Cells, Edit, read_kept
from .further_tables import SEARCH_KINDS, SEARCHES
from .review import find_review


def import_files(
    review: str | Path,
    paths: Sequence[Path],
    origin: Origin,
    log: Mapping[str, str],
    step: Callable[[str], None] = lambda _: None,
) -> Intake:
    """Import files of records into a review, and log the search that each of them belongs to.

    Args:
        review: Folder or name.
        paths: The files.
        origin: Where they come from; version 0 = the latest of the review. A ``search_id`` must be in the log.
        log: What the log should say besides: ``kind``, ``query``, ``notes``; ``search_id``: one new row for all.
            Files of one database for which a day or a query is said are one search, with one row.
        step: Told the name of each file before it is read.

    Raises:
        DataError: no such review; a file that can't be used; damaged records. UsageError: what is said does not fit, a
            file can't be written, another process holds the records. Nothing is imported then.
    """
    folder = find_review(review)
    with locked(folder):
        return import_held(folder, paths, origin, log, step)


def import_held(
    folder: Path,
    paths: Sequence[Path],
    origin: Origin,
    log: Mapping[str, str],
    step: Callable[[str], None] = lambda _: None,
) -> Intake:
    """The same for the folder of a review whose records are held already (:func:`~..bibliography.lock.locked`)."""
    logged = {row["search_id"] or "": row for row in plain_rows(folder / SEARCHES.file, SEARCHES.names)}
    if origin.search_id is not None and origin.search_id not in logged:
        raise unknown("search", origin.search_id, sorted(logged))
    if (kind := log.get("kind", "database")) not in SEARCH_KINDS:
        raise unknown("kind of source", kind, tuple(SEARCH_KINDS))
    table = read_kept(folder / SEARCHES.file, SEARCHES.names, "search_id")
    if origin.search_id is not None and not origin.date:
        origin = replace(origin, date=_day(logged[origin.search_id]))
    origin = replace(
        origin,
        version=origin.version or latest_version(folder),
        search_id=log.get("search_id", origin.search_id),
        together=bool(origin.date or log.get("query")),
    )

    def searches(taken: Sequence[Taken]) -> Mapping[Path, bytes]:
        new = {one.row.search_id: one.row for one in taken if not one.before and one.row.search_id not in logged}
        rows = [_search(row, kind, log) for row in new.values()]
        return {folder / SEARCHES.file: table.edited([Edit(row) for row in rows]).content()} if rows else {}

    return take_in(folder, paths, origin, (*known_reports(folder), *_screened(folder)), step, searches)


def _day(row: Mapping[str, str | None]) -> str:
    """The day of a logged search; "" where none is stated that is a day."""
    day = row["date"] or ""
    return day if is_whole_day(day) else ""


def _search(row: Import, kind: str, log: Mapping[str, str]) -> Cells:
    """The row of the search log of an import."""
    return {
        "kind": kind,
        "query": log.get("query", ""),
        "notes": log.get("notes", ""),
        "search_id": row.search_id,
        "source": row.database,
        "date": row.date,
        "version": str(row.version),
    }


def log_search(folder: Path, row: Mapping[str, str], version: int = 0) -> None:
    """Write a row of the search log, for a search that found nothing.

    Raises:
        DataError: the log can't be read. UsageError: it can't be written.
    """
    table = read_kept(folder / SEARCHES.file, SEARCHES.names, "search_id")
    whole = {**row, "version": str(version or latest_version(folder))}
    write_whole(folder / SEARCHES.file, table.edited([Edit(whole)]).content())


def latest_version(folder: Path) -> int:
    """The latest version of a review that its imports, its search log or its screening tell of; 1 without any."""
    told = [
        row["version"] for name in (SEARCHES.file, "screening.csv") for row in plain_rows(folder / name, ("version",))
    ]
    numbers = [int(value) for value in told if value and value.isascii() and value.isdigit()]
    return max((*numbers, *(one.version for one in read_store(folder).imports)), default=1)


def plain_rows(path: Path, names: Sequence[str]) -> list[dict[str, str | None]]:
    """Rows of a table as text; what can't be read is left to ``evidence check``."""
    unread: list[Problem] = []
    return [row for _, row in read_plain(path, names, unread)]


def _screened(folder: Path) -> list[str]:
    return [row["report_id"] for row in plain_rows(folder / "screening.csv", ("report_id",)) if row["report_id"]]


def named_search(folder: Path, source: str, date: str) -> str:
    """An id for a new row of the search log: ``pubmed-2024-05-31``, with a number where that is taken."""
    taken = {row["search_id"] for row in plain_rows(folder / SEARCHES.file, ("search_id",))}
    stem = f"{'-'.join(source.casefold().split())}-{date}"
    numbered = (stem if number == 1 else f"{stem}-{number}" for number in range(1, len(taken) + 2))
    return next(name for name in numbered if name not in taken)


def last_search(folder: Path, source: str) -> dict[str, str | None]:
    """The latest row of the search log on a source that has a query.

    Raises:
        UsageError: there is none.
    """
    rows = plain_rows(folder / SEARCHES.file, SEARCHES.names)
    mine = [row for row in rows if (row["source"] or "").casefold() == source.casefold() and row["query"]]
    if not mine:
        mend = 'give it: --query "calcinosis AND thiosulfate"; it is kept in searches.csv for the next time'
        raise usage(f"searches.csv has no query of {source}", mend, "no-query")
    return max(mine, key=lambda row: row["date"] or "")
