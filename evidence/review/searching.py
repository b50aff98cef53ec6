"""Asking the databases of a review again: new records since the last search, logged and ready for screening."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from tempfile import TemporaryDirectory

from ..bibliography.asked import Answer, Asked
from ..bibliography.europe_pmc import ask_europe_pmc
from ..bibliography.intake import Intake, Origin
from ..bibliography.lock import locked
from ..bibliography.pubmed import ask_pubmed
from ..errors import unknown, usage
from .further_tables import SEARCHES
from .importing import import_held, last_search, log_search, named_search, plain_rows
from .review import find_review

Ask = Callable[[Asked, Callable[[int, int], None]], Answer]

#: Databases that can be asked, by the name that the search log has.
SERVICES: Mapping[str, Ask] = {"PubMed": ask_pubmed, "Europe PMC": ask_europe_pmc}


@dataclass(frozen=True, slots=True)
class Search:
    """One search that was made.

    Attributes:
        database, query: What was asked. since, until: Days of entry, "" = no limit.
        answer: What came. intake: What became of it; None where no record came.
    """

    database: str
    query: str
    since: str
    until: str
    answer: Answer
    intake: Intake | None


def service(name: str) -> str:
    """The name of a database that can be asked, whatever its capitals.

    Raises:
        UsageError: there is none of that name.
    """
    plain = "".join(mark for mark in name.casefold() if mark.isalnum())
    found = [known for known in SERVICES if known.casefold().replace(" ", "") == plain]
    if not found:
        raise unknown("database", name, tuple(SERVICES))
    return found[0]


def search(
    review: str | Path,
    database: str,
    asked: Asked,
    version: int = 0,
    step: Callable[[int, int], None] = lambda done, of: None,
) -> Search:
    """Ask a database, import what it has, and log the search, also one that found nothing.

    Args:
        review: Folder or name.
        database: One of :data:`SERVICES`.
        asked: The search; without a query that of the latest search of this database in searches.csv, and without
            ``since`` the day of that search. ``until`` is today.
        version: Of the review; 0 = the latest.
        step: Told how many records have come, of how many.

    Raises:
        UsageError, DataError, ComputeError: as of the database and of ``import_files``. Nothing is written then.
    """
    folder, name = find_review(review), service(database)
    today = date.today().isoformat()
    before = last_search(folder, name) if not asked.query else {}
    query = asked.query or str(before["query"])
    since = asked.since or str(before.get("date") or "")
    answer = SERVICES[name](Asked(query, since, today, asked.email, asked.address), step)
    told = [f"entered since {since}"] if since else []
    told += [f"read by {name} as: {answer.understood}"] if answer.understood else []
    log = {"kind": "database", "query": query, "notes": "; ".join(told)}
    with locked(folder), TemporaryDirectory() as aside:
        identity = named_search(folder, name, today)
        if not answer.records:
            log_search(folder, {"search_id": identity, "source": name, "date": today, "records": "0", **log}, version)
            return Search(name, query, since, today, answer, None)
        file = Path(aside) / f"{identity}.{answer.suffix}"
        file.write_bytes(answer.content)
        intake = import_held(folder, [file], Origin(name, today, version), {**log, "search_id": identity})
    return Search(name, query, since, today, answer, intake)


def saved(review: str | Path) -> tuple[str, ...]:
    """The databases of which the search log has a query, and that can be asked.

    Raises:
        DataError: no such review. UsageError: there is none.
    """
    rows = plain_rows(find_review(review) / SEARCHES.file, ("source", "query"))
    logged = {(row["source"] or "").casefold() for row in rows if row["query"]}
    found = tuple(name for name in SERVICES if name.casefold() in logged)
    if not found:
        mend = 'say what to ask: --database PubMed --query "..."; it is kept in searches.csv for the next time'
        raise usage("searches.csv has no query of PubMed or Europe PMC", mend, "no-query")
    return found
