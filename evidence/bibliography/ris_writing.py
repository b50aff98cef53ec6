"""Records to RIS. Every value stands on one line, so nothing in it can be taken for a tag."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from .cleaning import pages
from .record import Record

#: Kind -> type; ``GEN`` with a word for the kind in ``M3`` where RIS has none for it.
TYPES: Mapping[str | None, str] = {
    "article": "JOUR",
    "book": "BOOK",
    "chapter": "CHAP",
    "conference": "CONF",
    "dataset": "DATA",
    "news": "NEWS",
    "report": "RPRT",
    "thesis": "THES",
    "website": "ELEC",
}
WORDS: Mapping[str | None, str] = {"preprint": "preprint", "trial": "clinical trial registration", None: "unspecified"}
#: Kinds of which the journal is the larger work that a part stands in.
_PARTS = ("chapter", "conference")


def write_ris(records: Sequence[tuple[str, Record]]) -> str:
    """Records as RIS; their ids are the labels (``LB``)."""
    return "\n".join(_written(identity, record) for identity, record in records)


def _written(identity: str, record: Record) -> str:
    kind = TYPES.get(record.kind, "GEN")
    lines = [f"TY  - {kind}", *(f"{tag}  - {_line(value)}" for tag, value in _tags(identity, record)), "ER  - "]
    return "\n".join(lines) + "\n"


def _tags(identity: str, record: Record) -> Iterator[tuple[str, str]]:
    first, last = _pages(record.pages)
    single: list[tuple[str, str | None]] = [
        ("M3", WORDS.get(record.kind)),
        ("LB", identity),
        ("TI", record.title),
        *(("AU", name) for name in record.authors),
        ("PY", None if record.year is None else str(record.year)),
        ("T2" if record.kind in _PARTS else "JF", record.journal),
        ("VL", record.volume),
        ("IS", record.issue),
        ("SP", first),
        ("EP", last),
        ("DO", record.doi),
        ("U1", record.pmid and f"{record.pmid}[pmid]"),
        ("U2", record.pmcid),
        ("SN", record.issn),
        ("LA", record.language),
        ("UR", record.url),
        *(("KW", word) for word in record.keywords),
        ("AB", record.abstract),
        ("AN", record.accession),
        ("DB", record.database),
    ]
    yield from ((tag, value) for tag, value in single if value)


def _pages(text: str | None) -> tuple[str | None, str | None]:
    """First and last page; all of it as the first where that would be read as something else."""
    first, dash, last = (text or "").partition("-")
    return (first, last) if dash and pages(first, last) == text else (text, None)


def _line(value: str) -> str:
    return " ".join(value.split())
