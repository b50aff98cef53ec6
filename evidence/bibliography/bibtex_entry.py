"""An entry of references.bib from a record: only fields that were seen."""

from __future__ import annotations

import re

from .record import Record

_KINDS = {
    "article": "article",
    "book": "book",
    "chapter": "incollection",
    "conference": "inproceedings",
    "thesis": "phdthesis",
    "report": "techreport",
}
#: Where the journal, book or meeting of a record goes.
_CONTAINER = {"incollection": "booktitle", "inproceedings": "booktitle"}

#: A text with a backslash is taken for LaTeX by whoever reads it: then all that LaTeX means something by is escaped.
_LATEX = str.maketrans({"\\": r"\textbackslash{}", "~": r"\textasciitilde{}"} | {mark: f"\\{mark}" for mark in "&#$_"})


def bibtex_entry(key: str, record: Record) -> str:
    """The entry as text, with a line feed at its end; braces of a value are left away, they mean something here."""
    kind = _KINDS.get(record.kind or "", "misc")
    fields = {
        "author": " and ".join(_person(name) for name in record.authors),
        "title": _text(record.title),
        _CONTAINER.get(kind, "journal"): _text(record.journal),
        "year": str(record.year or ""),
        "volume": _text(record.volume),
        "number": _text(record.issue),
        "pages": _text(record.pages),
        "doi": record.doi or "",
        "pmid": record.pmid or "",
        "url": "" if record.doi else re.sub(r"[{}\s]", "", record.url or ""),
    }
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items() if value)
    return f"@{kind}{{{key},\n{lines}}}\n"


def _text(value: str | None) -> str:
    plain = " ".join(re.sub(r"[{}]", "", value or "").split())
    return plain.translate(_LATEX) if "\\" in plain else plain


def _person(name: str) -> str:
    """A name; one that holds the word that separates names is written with an ampersand."""
    return re.sub(r"\s+and\s+", " & ", _text(name))


def has_entry(text: str, key: str) -> bool:
    """Whether a BibTeX text holds an entry of this key."""
    return re.search(r"@\s*\w+\s*[{(]\s*" + re.escape(key) + r"\s*,", text) is not None


def with_entry(text: str, entry: str) -> str:
    """The text with one more entry at its end."""
    newline = "\r\n" if "\r\n" in text else "\n"
    end = "" if not text or text.endswith(("\n", "\r")) else newline
    gap = newline if text.strip() else ""
    return text + end + gap + entry.replace("\n", newline)


def without_entry(text: str, entry: str) -> str:
    """The text without an entry, if it stands there exactly as :func:`with_entry` puts it."""
    newline = "\r\n" if "\r\n" in text else "\n"
    written = entry.replace("\n", newline)
    for gap in (newline, ""):
        if (gap + written) in text:
            return text.replace(gap + written, "", 1)
    return text
