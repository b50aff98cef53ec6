"""Names of records that look like citation keys: smith2020, smith2020-2."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator

from .record import Record

#: Letters that don't fall apart into a letter and a mark.
_LETTERS = str.maketrans({"ß": "ss", "æ": "ae", "ø": "o", "å": "a", "œ": "oe", "đ": "d", "ł": "l", "ı": "i", "þ": "th"})
#: First words of titles that say nothing.
_SMALL = frozenset({"a", "an", "the", "on", "of", "in", "der", "die", "das", "le", "la", "el", "un", "une"})


def name_records(records: Iterable[Record], taken: Iterable[str]) -> Iterator[str]:
    """An id for each record, in order; none is one of ``taken`` or given twice, whatever the case of its letters."""
    used = {name.casefold() for name in taken}
    last: dict[str, int] = {}
    for record in records:
        stem = key_of(record)
        number = last.get(stem, 0) + 1
        while _numbered(stem, number) in used:
            number += 1
        last[stem] = number
        used.add(_numbered(stem, number))
        yield _numbered(stem, number)


def _numbered(stem: str, number: int) -> str:
    return stem if number == 1 else f"{stem}-{number}"


def key_of(record: Record) -> str:
    """First author and year: ``smith2020``; without an author the title's first word, without a year ``nd``."""
    family = record.authors[0].partition(",")[0] if record.authors else ""
    return f"{_plain(family) or _first_word(record.title or '') or 'record'}{record.year or 'nd'}"


def _first_word(title: str) -> str:
    words = [_plain(word) for word in title.split()]
    return next((word for word in words if word and word not in _SMALL), "")


def _plain(text: str) -> str:
    """The Latin letters and digits of a text, in lower case, without marks; at most 24."""
    parts = unicodedata.normalize("NFKD", text.casefold().translate(_LETTERS))
    return "".join(mark for mark in parts if mark.isascii() and mark.isalnum())[:24]
