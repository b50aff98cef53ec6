"""What is left of the records when duplicates are one: the citations that are screened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from .record import Record
from .store import read_store


@dataclass(frozen=True, slots=True)
class Citation:
    """A group of records of one publication.

    Attributes:
        report_id: Id of a report that the review knows already, else of the first of its records.
        known: Whether the review knows it already (references.bib).
        members: Ids of its records, in the order of importing; empty for a known report that no import holds.
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
    """Stand-in until the real one is merged: each record by itself."""
    store = read_store(review)
    return tuple(
        Citation(
            one.record_id,
            False,
            (one.record_id,),
            (store.source(one),),
            store.import_of[one.import_id].version,
            one.record,
        )
        for one in store.records
    )
