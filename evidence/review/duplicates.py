"""Which imported records are one publication, or a report that the review has: found, decided, undone."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from ..bibliography.citations import Citation, cited, groups_of, known_reports
from ..bibliography.decisions import (
    FILE,
    RULE,
    Decision,
    open_pairs,
    outcome_named,
    read_decisions,
    settled,
    write_decisions,
)
from ..bibliography.duplicates import Conflict, Pair, find_duplicates
from ..bibliography.lock import locked
from ..bibliography.record import Record
from ..bibliography.store import FOLDER, IMPORTS, RECORDS, Store, read_store
from ..bibliography.unknown_ids import unknown_ids
from ..errors import Problem, usage
from .moved_citations import moved_citations
from .review import find_review


@dataclass(frozen=True, slots=True)
class Found:
    """The duplicates of a review.

    Attributes:
        store: All records. known: Reports that the review has. decisions: All rows, those that are new included.
        new: Rows that were written now. citations: What is left when duplicates are one.
        conflicts: Decisions of people that could not all be followed.
        moved: What became of citations that were screened already, where it is something else now.
        unknown: Decisions on ids that do not exist.
    """

    store: Store
    known: Mapping[str, Record]
    decisions: tuple[Decision, ...]
    new: tuple[Decision, ...]
    citations: tuple[Citation, ...]
    conflicts: tuple[Conflict, ...]
    moved: tuple[str, ...] = ()
    unknown: tuple[Problem, ...] = ()

    @property
    def open(self) -> tuple[Decision, ...]:
        """Pairs at which a person has to look, the likeliest first; those that are settled through others left out."""
        return open_pairs(self.decisions, groups_of(self.citations))

    def record(self, name: str) -> Record:
        """What is known of a record or report."""
        stored = self.store.by_id.get(name)
        return stored.record if stored is not None else self.known[name]

    def source(self, name: str) -> str:
        """Where a record comes from."""
        stored = self.store.by_id.get(name)
        return self.store.source(stored) if stored is not None else "the review's own reports"


def find(review: str | Path, anew: bool = False, step: Callable[[int, int], None] | None = None) -> Found:
    """Find the duplicates of a review and write the pairs that are new to records/duplicates.csv.

    Rows that are there stay as they are, so that what was merged stays merged.

    Args:
        review: Folder or name.
        anew: Forget earlier rows of the rule first, but for those that somebody changed.
        step: Told steps done, and steps in all.

    Raises:
        DataError: no such review; tables of ``records/`` that can't be read. UsageError: nothing was imported; another
            process holds the records.
    """
    folder = find_review(review)
    before = _state(folder)
    found = _compared(folder, anew, step)
    if not found.new and not anew and (folder / FOLDER / FILE).exists():
        return found
    with locked(folder):
        if _state(folder) != before:
            found = _compared(folder, anew, step)
        write_decisions(folder, found.decisions)
    return found


def _state(folder: Path) -> tuple[bytes | None, ...]:
    """What the records and the decisions on them are by now."""
    paths = (folder / FOLDER / name for name in (IMPORTS, RECORDS, FILE))
    return tuple(path.read_bytes() if path.is_file() else None for path in paths)


def _compared(folder: Path, anew: bool, step: Callable[[int, int], None] | None) -> Found:
    """The duplicates with the rows that are still to be written."""
    store = read_store(folder)
    if not store.records:
        raise usage(f"{folder} has no imported records", f"evidence import {folder} FILE...", "no-records")
    rows = read_decisions(folder)
    known = known_reports(folder)
    own = [(name, record) for name, record in known.items() if name not in store.by_id]
    foreign = {name for name, _ in own}
    pairs = find_duplicates([*own, *((row.record_id, row.record) for row in store.records)], progress=step)
    before = _standing(rows, pairs) if anew else rows
    kept = {row.pair for row in before}
    new = tuple(
        Decision(pair.first, pair.second, pair.outcome, f"{pair.score:.6g}", pair.reason)
        for pair in pairs
        if frozenset((pair.first, pair.second)) not in kept and not {pair.first, pair.second} <= foreign
    )
    decisions = (*before, *new)
    made = cited(store, decisions, tuple(known))
    moved: tuple[str, ...] = ()
    if new or anew:
        moved = moved_citations(folder, cited(store, rows, tuple(known)).citations, made.citations)
    strange = unknown_ids(folder, {*store.by_id, *known})
    return Found(store, known, decisions, new, made.citations, made.conflicts, moved, strange)


def _standing(rows: Sequence[Decision], pairs: Sequence[Pair]) -> tuple[Decision, ...]:
    """Rows that stay when the rule is asked anew: those of people, and those that somebody changed without a name.

    The rule never writes ``different``, and where it asks, only a person can have written ``same``.
    """
    asked = {frozenset((pair.first, pair.second)) for pair in pairs if pair.outcome == "ask"}
    return tuple(
        row
        for row in rows
        if row.decided_by != RULE or row.outcome == "different" or (row.outcome == "same" and row.pair in asked)
    )


def decide_pair(review: str | Path, pair: Sequence[str], outcome: str, by: str, reason: str) -> str:
    """Write a person's decision on a pair; what it did, in a sentence.

    Raises:
        DataError: as of :func:`find`. UsageError: an id or outcome that does not exist, no name.
    """
    folder = find_review(review)
    with locked(folder):
        store, decisions, known = read_store(folder), read_decisions(folder), known_reports(folder)
        said = Decision(pair[0], pair[1], outcome_named(outcome), "", reason, by, date.today().isoformat())
        after = settled(decisions, (pair[0], pair[1]), said, {*store.by_id, *known})
        before, now = (cited(store, rows, tuple(known)) for rows in (decisions, after))
        write_decisions(folder, after)
    told = f"{len(before.citations):,} citations before, {len(now.citations):,} now"
    against = [str(conflict) for conflict in now.conflicts if conflict not in before.conflicts]
    moved = moved_citations(folder, before.citations, now.citations)
    return "\n  ".join((f"{pair[0]} and {pair[1]}: {outcome}, decided by {by}; {told}", *against, *moved))
