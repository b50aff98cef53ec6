"""The list of references: what was seen of each, and "[not seen]" for what was not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import as_file, files

from ..bibliography.reading import Reference, read_references
from .blocks import Link, Run, Text, text

NOT_SEEN = "[not seen]"
DOI = "https://doi.org/"
#: Authors printed before "et al.".
MOST_AUTHORS = 6


@dataclass(frozen=True, slots=True)
class Entry:
    """One reference as it is printed, without its number."""

    key: str
    text: Text


def entry(source: Reference) -> Entry:
    """Authors. Title. Where it appeared. Address; what was not seen says so."""
    note = source.fields.get("note")
    runs: list[Run] = [f"{_authors(source.authors)} "]
    if source.title:
        runs.append(f"{source.title}{'' if source.title.endswith(('.', '?', '!')) else '.'} ")
    elif not note:
        runs.append(f"Title {NOT_SEEN}. ")
    if where := _where(source):
        runs.append(f"{where}. ")
    if note:
        runs.append(f"{note.rstrip('.')}. ")
    if address := _address(source):
        runs.append(address)
    return Entry(source.key, text(*runs))


def entries(*bibliographies: Mapping[str, Reference]) -> dict[str, Entry]:
    """Entries of all bibliographies by key; an earlier one wins."""
    found: dict[str, Entry] = {}
    for bibliography in bibliographies:
        for key, source in bibliography.items():
            found.setdefault(key, entry(source))
    return found


def methods_bibliography() -> Mapping[str, Reference]:
    """The sources that models and notes cite."""
    with as_file(files("evidence.document") / "methods.bib") as path:
        return read_references(path)


def href(source: Reference) -> str | None:
    """Where the publication can be read: its DOI, else its address."""
    link = _address(source)
    return link.href if link else None


def _address(source: Reference) -> Link | None:
    if source.doi:
        return Link(f"doi:{source.doi}", DOI + source.doi)
    return Link(source.url, source.url) if source.url else None


def _authors(authors: Sequence[str]) -> str:
    if not authors:
        return f"Authors {NOT_SEEN}."
    named = [name for name in authors if name.casefold() != "others"]
    listed = ", ".join(_initials(name) for name in named[:MOST_AUTHORS])
    more = ", et al." if len(named) > MOST_AUTHORS or len(named) < len(authors) else "."
    return listed.rstrip(".") + more


def _initials(name: str) -> str:
    """``Martins, A. A.`` as ``Martins AA``; a name without a comma as it stands."""
    family, comma, given = name.partition(",")
    return f"{family} {given.replace('.', '').replace(' ', '')}" if comma else name


def _where(source: Reference) -> str:
    fields = source.fields
    container = source.journal or fields.get("booktitle") or fields.get("howpublished") or fields.get("publisher")
    issue = fields.get("volume", "")
    if fields.get("number"):
        issue += f"({fields['number']})"
    if fields.get("pages"):
        issue += f":{fields['pages'].replace('--', '-')}"
    year = str(source.year) if source.year else f"Year {NOT_SEEN}"
    separator = ": " if issue.startswith(":") else ";"
    dated = year + separator + issue.lstrip(":") if issue else year
    return ". ".join(part for part in (container, dated) if part)
