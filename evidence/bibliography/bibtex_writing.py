"""Records to BibTeX that every program of the family reads; its special characters are written out."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence

from .bibtex_names import write_name
from .latex import encode, encode_address
from .record import Record

#: Kind -> entry type; other kinds are a ``misc`` entry that says in ``entrysubtype`` which.
TYPES: Mapping[str | None, str] = {
    "article": "article",
    "news": "article",
    "book": "book",
    "chapter": "incollection",
    "conference": "inproceedings",
    "thesis": "phdthesis",
    "report": "techreport",
}
SUBTYPES: Mapping[str | None, str] = {
    "news": "news",
    "dataset": "dataset",
    "preprint": "preprint",
    "trial": "trial",
    "website": "website",
    "other": "other",
    None: "unspecified",
}
_PARTS = ("chapter", "conference")
_NOT_IN_KEYS = re.compile(r"[^A-Za-z0-9:._+/-]+")


def write_bibtex(records: Sequence[tuple[str, Record]]) -> str:
    """Records as BibTeX; their ids, made valid and different, are the keys."""
    keys = _keys([identity for identity, _ in records])
    return "\n".join(_written(key, record) for key, (_, record) in zip(keys, records, strict=True))


def _keys(identities: Sequence[str]) -> list[str]:
    """A key for each id: ASCII, and none of them twice, also for programs that know no capitals."""
    taken: set[str] = set()
    found: list[str] = []
    for identity in identities:
        letters = unicodedata.normalize("NFKD", identity).encode("ascii", "ignore").decode()
        key = stem = _NOT_IN_KEYS.sub("", letters) or "record"
        number = 1
        while key.casefold() in taken:
            number += 1
            key = f"{stem}-{number}"
        taken.add(key.casefold())
        found.append(key)
    return found


def _written(key: str, record: Record) -> str:
    lines = [f"@{TYPES.get(record.kind, 'misc')}{{{key},"]
    lines += [f"  {name} = {{{' '.join(value.split())}}}," for name, value in _fields(record)]
    return "\n".join([*lines, "}"]) + "\n"


def _fields(record: Record) -> Iterator[tuple[str, str]]:
    found: dict[str, str | None] = {
        "entrysubtype": SUBTYPES.get(record.kind),
        "author": " and ".join(write_name(name) for name in record.authors),
        "title": _text(record.title),
        "booktitle" if record.kind in _PARTS else "journal": _text(record.journal),
        "year": None if record.year is None else str(record.year),
        "volume": _text(record.volume),
        "number": _text(record.issue),
        "pages": record.pages and encode(record.pages).replace("-", "--"),
        "doi": record.doi and encode_address(record.doi),
        "pmid": record.pmid,
        "pmcid": record.pmcid,
        "isbn" if record.kind == "book" else "issn": _text(record.issn),
        "language": _text(record.language),
        "url": record.url and encode_address(record.url),
        "keywords": _keywords(record.keywords),
        "abstract": _text(record.abstract),
        "accession": _text(record.accession),
        "database": _text(record.database),
    }
    yield from ((name, value) for name, value in found.items() if value)


def _text(value: str | None) -> str | None:
    return encode(value) if value else None


def _keywords(words: Sequence[str]) -> str:
    """Keywords with semicolons between; one alone that holds a comma ends with one, so that it stays one."""
    text = encode("; ".join(words))
    return f"{text};" if len(words) == 1 and "," in text else text
