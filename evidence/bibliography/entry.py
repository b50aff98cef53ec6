"""What a bibliography knows of one report, and the BibTeX entry that goes into the references of a review."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError, EvidenceError, Problem, near, usage
from .bibtex_entry import bibtex_entry
from .languages import language_code
from .reading import OTHERS, Reference, parse_bibliography
from .record import Record

_HEAD = re.compile(r"(@\s*\w+\s*[{(])[^,}]*")
_BIBTEX = re.compile(r"^\s*@\s*\w+\s*[{(]", re.MULTILINE)
#: Names that LaTeX has for kinds of a language.
_BABEL = {"ngerman": "de", "american": "en", "british": "en", "ukenglish": "en", "usenglish": "en", "brazilian": "pt"}
_INITIALS = re.compile(r"[A-Z]{1,3}|([A-Z]\.[- ]?)+")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a report. A part that was not seen is None, never guessed.

    Attributes:
        key: Its key in the references.
        text: Its BibTeX entry, line ends a line feed, one at the end.
        family: Family name of the first author, or the group that signed.
        year: Of publication, four digits. doi, url: As the source has them.
        language: ISO 639-1; None where the source has none, or one that is not known here.
        where: What it was read from, for people.
    """

    key: str
    text: str
    family: str | None = None
    year: str | None = None
    doi: str | None = None
    url: str | None = None
    language: str | None = None
    where: str = ""


def entry_of_nothing(key: str) -> Entry:
    """The entry of a report of which nothing is known."""
    return Entry(key, f"@misc{{{key},\n}}\n")


def entry_of_reference(reference: Reference, text: str = "", where: str = "") -> Entry:
    """What an entry of a BibTeX file says; ``text`` is the entry as it is to be written."""
    fields = reference.fields
    named = fields.get("langid") or fields.get("language") or ""
    language = _BABEL.get(named.casefold(), named)
    year = reference.year if reference.year and re.fullmatch(r"\d{4}", reference.year) else None
    family = _family(reference.authors)
    return Entry(reference.key, text, family, year, reference.doi, reference.url, language_code(language), where)


def entry_of_record(key: str, record: Record, where: str) -> Entry:
    """The entry of an imported record."""
    year = None if record.year is None else str(record.year)
    family, language = _family(record.authors, whole=True), language_code(record.language)
    return Entry(key, bibtex_entry(key, record), family, year, record.doi, record.url, language, where)


def entry_in(path: Path, key: str) -> Entry:
    """The entry of a file with this key, else the only one, under this key.

    Any format of records that the import reads will do. A BibTeX entry keeps its own words, unless it needs a
    ``@string`` of its file; it is then written out, as a record of an import would be.

    Raises:
        UsageError: the file has several entries, none of this key, or can't be opened.
        DataError: it holds no entry that can be read.
    """
    from .decoding import decode_records
    from .formats import FORMATS

    try:
        content = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise usage(f"{path} can't be read: {reason}", "give the file with the entry", "unreadable") from error
    decoded = decode_records(content, str(path))
    if decoded.text is None:
        raise DataError(decoded.problems)
    if _BIBTEX.search(decoded.text):
        return _in_bibtex(decoded.text, path, key)
    fitting = next((kind for kind in FORMATS.values() if kind.fits(decoded.text)), None)
    if fitting is None:
        raise DataError(_no_entry(path))
    batch = fitting.read(decoded.text, str(path))
    if not batch.records:
        raise DataError(batch.reported or [_no_entry(path)])
    if len(batch.records) > 1:
        raise _several(path, key, [str(record.title) for record in batch.records])
    return entry_of_record(key, batch.records[0], path.name)


def _in_bibtex(text: str, path: Path, key: str) -> Entry:
    from .formats import FORMATS

    found = parse_bibliography(text, str(path))
    if not found.references:
        raise DataError(found.problems or [_no_entry(path)])
    if key not in found.references and len(found.references) > 1:
        raise _several(path, key, list(found.references))
    reference = found.references.get(key) or next(iter(found.references.values()))
    raw = _raw_entry(text, reference)
    if raw is None:
        records = FORMATS["bibtex"].read(text, str(path)).records
        record = next(one for one in records if one.line == reference.line)
        return entry_of_record(key, record, path.name)
    return entry_of_reference(reference, _HEAD.sub(rf"\g<1>{key}", raw.strip(), count=1) + "\n", path.name)


def _raw_entry(text: str, reference: Reference) -> str | None:
    """The entry as it stands in the file; None where it needs a ``@string`` of the file."""
    from bibtexparser.entrypoint import parse_string

    library = parse_string(text)
    entry = next(entry for entry in library.entries if (entry.start_line or 0) + 1 == reference.line)
    return None if library.strings else entry.raw


def _no_entry(path: Path) -> Problem:
    mend = "export the reference as BibTeX (.bib) from your reference manager or the publisher's page"
    return Problem("no-entry", "the file holds no entry that can be read", mend, str(path))


def _several(path: Path, key: str, names: list[str]) -> EvidenceError:
    mend = f"use a key of the file as KEY, or give a file with one entry; {near(key, names[:20])}"
    return usage(f"{path} holds {len(names)} entries, none of them {key}", mend, "several-entries")


def _family(authors: tuple[str, ...], whole: bool = False) -> str | None:
    """Family name of the first author: before the comma, else what is left without given names and initials.

    Args:
        authors: As read. whole: A name without a comma is a group's, or a family name with initials.
    """
    first = next((name for name in authors if name.casefold() != OTHERS), "")
    if "," in first:
        return first.partition(",")[0].strip() or None
    words = first.split()
    while len(words) > 1 and _INITIALS.fullmatch(words[-1]):
        words.pop()
        whole = True
    particle = next((i for i, word in enumerate(words) if word[0].islower()), len(words) - 1)
    return " ".join(words if whole else words[max(particle, 0) :]) or None
