"""What is left of the records when duplicates are one: the citations that are screened."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Problem
from .decisions import RULE, Decision, read_decisions
from .duplicates import Conflict, Pair, group, merge
from .reading import read_bibliography
from .record import Record
from .store import Store, read_plain, read_store

REFERENCES, REPORTS = "references.bib", "reports.csv"


@dataclass(frozen=True, slots=True)
class Citation:
    """A group of records of one publication.

    Attributes:
        report_id: Id of a report that the review knew before any import, else of the first of its records.
        known: Whether the review knew it before any import.
        members: Ids of its records, in the order of importing; at least one.
        sources: Databases it was found in, in the order of importing, each once.
        version: Version of the review whose search found it first.
        record: The best of each field of its members.
    """

    report_id: str
    known: bool
    members: tuple[str, ...]
    sources: tuple[str, ...]
    version: int
    record: Record


def citations(review: Path) -> tuple[Citation, ...]:
    """The citations of a review's folder, in the order of importing; none where nothing was imported.

    Raises:
        DataError: the tables of ``records/`` can't be read.
    """
    store = read_store(review)
    if not store.records:
        return ()
    return cited(store, read_decisions(review), tuple(known_reports(review))).citations


@dataclass(frozen=True, slots=True)
class Cited:
    """The citations of a review, and decisions of people that could not all be followed."""

    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]


def cited(store: Store, decisions: Sequence[Decision], known: Sequence[str]) -> Cited:
    """The citations of these records.

    Args:
        store: All records. decisions: Which of them are the same. known: Ids of reports that the review has; those that
            are no records were known before any import.
    """
    before = [name for name in known if name not in store.by_id]
    place = {row.record_id: i for i, row in enumerate(store.records)}
    ruled = [row for row in decisions if row.decided_by == RULE and row.outcome != "different"]
    people = [row for row in decisions if row.decided_by != RULE or row.outcome == "different"]
    pairs = [Pair(row.first, row.second, _score(row), row.outcome, row.reason) for row in ruled]
    grouped = group((*store.by_id, *before), pairs, [(row.first, row.second, row.outcome) for row in people])
    made = []
    for names in grouped.groups:
        members = tuple(sorted((name for name in names if name in place), key=place.__getitem__))
        if members:
            made.append(_citation(store, members, sorted(set(names) - set(members))))
    return Cited(tuple(sorted(made, key=lambda one: place[one.members[0]])), grouped.conflicts)


def groups_of(found: Iterable[Citation]) -> dict[str, str]:
    """Id of each record, and of the report it belongs to, -> id of that report."""
    return {name: one.report_id for one in found for name in (*one.members, one.report_id)}


def _score(row: Decision) -> float:
    """The likeness that the rule found; 0 where it can't be read, so that other pairs are joined first."""
    try:
        return float(row.score)
    except ValueError:
        return 0.0


def _citation(store: Store, members: tuple[str, ...], known: Sequence[str]) -> Citation:
    rows = [store.by_id[name] for name in members]
    return Citation(
        known[0] if known else members[0],
        bool(known),
        members,
        tuple(dict.fromkeys(store.source(row) for row in rows)),
        min(store.import_of[row.import_id].version for row in rows),
        merge([row.record for row in rows]),
    )


def known_reports(review: Path) -> Mapping[str, Record]:
    """The reports that a review has, by id: what references.bib says of them, nothing where it has no entry.

    Tables that can't be read count as empty here: ``evidence check`` says what is wrong with them.
    """
    references = read_bibliography(review / REFERENCES).references
    unread: list[Problem] = []
    names = [row["report_id"] for _, row in read_plain(review / REPORTS, ("report_id",), unread)]
    known = {name: Record() for name in names if name}
    for name, reference in references.items():
        known[name] = Record(
            title=reference.title,
            authors=reference.authors,
            year=int(reference.year) if reference.year and reference.year.isdigit() else None,
            journal=reference.journal,
            volume=reference.fields.get("volume"),
            issue=reference.fields.get("number"),
            pages=reference.fields.get("pages"),
            doi=(reference.doi or "").casefold() or None,
            pmid=reference.fields.get("pmid"),
            url=reference.url,
        )
    return known
