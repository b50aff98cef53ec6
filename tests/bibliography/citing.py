"""Made-up citations, and a review that holds their records; nobody wrote any of them."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

from evidence.bibliography.citations import Citation
from evidence.bibliography.record import Record
from evidence.bibliography.screening import Decision, Decisions, Screened, Stage, Word
from evidence.bibliography.screening_states import Screening
from evidence.bibliography.store import Import, Store, Stored, write_store

DAY = "2024-05-31"


def record(number: int, **fields: Any) -> Record:
    """A record that says everything."""
    known: dict[str, Any] = {
        "kind": "article",
        "title": f"Made-up title number {number}",
        "authors": (f"Author{number}, A.", "Second, B."),
        "year": 2000 + number,
        "journal": "Journal of Examples",
        "volume": "12",
        "issue": "3",
        "pages": "45-50",
        "doi": f"10.1000/example.{number}",
        "pmid": str(1000 + number),
        "language": "eng",
        "abstract": "An abstract of made-up words.",
    }
    return Record(**known | fields)


def citation(number: int, *members: str, version: int = 1, **fields: Any) -> Citation:
    """Citation ``author<number>``, of itself and further records."""
    name = f"author{number}"
    return Citation(name, False, (name, *members), ("PubMed", "Embase"), version, record(number, **fields))


def citations(n: int) -> tuple[Citation, ...]:
    return tuple(citation(number) for number in range(n))


def decision(
    number: int, word: Word, reason: str | None = None, stage: Stage = "title_abstract", notes: str | None = None
) -> Decision:
    return Decision(f"author{number}", stage, word, reason, DAY, notes)


def decisions(*made: Decision) -> Decisions:
    return {(one.report_id, one.stage): one for one in made}


def screening(
    n: int, needed: int = 1, consensus: Sequence[Decision] = (), **screeners: Sequence[Decision]
) -> Screening:
    """Citations ``author0`` to ``author<n-1>`` and what was decided on them."""
    said = {name: decisions(*made) for name, made in screeners.items()}
    return Screening(citations(n), Screened(said, decisions(*consensus)), needed)


def import_records(review: Path, records: Sequence[Record], database: str = "PubMed") -> None:
    """Put records ``author0``, ``author1``, ... into the folder ``records/`` of a review."""
    n = len(records)
    content = database.encode()
    one = Import(
        "import-1", "export.ris", sha256(content).hexdigest(), "ris", "utf-8", database, DAY, 1, "import-1", n, n, 0
    )
    stored = tuple(Stored(f"author{i}", "import-1", each) for i, each in enumerate(records))
    write_store(review, Store((one,), stored), {one.copy: content})
