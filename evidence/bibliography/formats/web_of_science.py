"""Tagged text of the Web of Science (``FN``, ``VR``, ``PT`` ... ``ER``, ``EF``)."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..cleaning import doi, keywords, label_of, pages, people, pmid, serials, text_of, year
from ..completing import collection
from ..kinds import first_kind, kind_of
from ..record import Batch, Format, Record
from ..tagged import Fields, Mark, Tagged, cut, lines_of, read_tagged, searchable

#: The head and foot of a file have tags of their own, which are no record's.
_LINE_TAG = re.compile(r"\ufeff*(?!FN |VR |EF)([A-Z][A-Z0-9])(?: |$)")
_MARKS = re.compile(r"^\ufeff*(PT [A-Z]\b.*|ER[ \t]*$)", re.MULTILINE)
_HEAD = re.compile(r"[\ufeff\s]*FN .*\n[\ufeff\s]*VR \d")
_PUBLICATION = {"J": "article", "B": "book", "S": "chapter", "C": "conference", "P": "other"}


def fits(text: str) -> bool:
    """Whether a text has the head of such a file, or a record that begins and tags that go on as they do there."""
    head = text[:200_000]
    return _HEAD.match(text) is not None or (
        re.search(r"^\ufeff*PT [JBSCP]$", head, re.MULTILINE) is not None
        and re.search(r"^\ufeff*(?:AU|TI|SO|UT) \S", head, re.MULTILINE) is not None
    )


def read(text: str, file: str) -> Batch:
    """The records of a tagged text of the Web of Science."""
    how = Tagged(lambda raw: lines_of(raw, _LINE_TAG), _record, years=("PY",), dois=("DI",))
    lines = searchable(text)
    return read_tagged(text, file, cut(lines, _marks(lines), _LINE_TAG, ended=True), how)


def _marks(text: str) -> Iterator[Mark]:
    for found in _MARKS.finditer(text):
        yield Mark(found.start(), found.end(), found[1].startswith("PT"))


def _record(fields: Fields) -> Record:
    accession = fields.text("UT")
    return Record(
        kind=_kind(fields),
        title=fields.text("TI"),
        authors=_authors(fields),
        year=fields.first(year, "PY", "EY", "EA", "PD"),
        journal=fields.text("SO", "JI", "J9", "CT", "SE"),
        volume=fields.first(label_of, "VL"),
        issue=fields.first(label_of, "IS", "SI"),
        pages=pages(fields.text("BP"), fields.text("EP")) or fields.text("AR"),
        doi=fields.first(doi, "DI", "D2"),
        pmid=fields.first(pmid, "PM"),
        issn=serials(fields.every("SN", "EI", "BN")),
        language=fields.text("LA"),
        keywords=keywords(value.replace("\n", " ") for value in fields.every("DE", "ID")),
        abstract=fields.text("AB"),
        accession=accession,
        database=collection(accession),
    )


def _kind(fields: Fields) -> str | None:
    sorts = [part for value in fields.look("DT") for part in value.replace("\n", " ").split(";")]
    publication = (fields.first(text_of, "PT") or "").upper()
    if publication == "J":
        return first_kind(sorts, ("preprint", "dataset", "news")) or _meeting(sorts) or "article"
    found = first_kind(sorts, ("chapter", "conference", "thesis", "dataset", "preprint", "book"))
    return found or _PUBLICATION.get(publication) or (kind_of(sorts[0]) if sorts else None)


def _meeting(sorts: list[str]) -> str | None:
    """A paper of proceedings that stands in a journal is an article; the abstract of a talk is none."""
    return "conference" if any("abstract" in sort.casefold() for sort in sorts) else None


def _authors(fields: Fields) -> tuple[str, ...]:
    """Full names where all authors have one, and groups after them."""
    short, full = fields.look("AU", "BA"), fields.look("AF", "BF")
    count = [sum(len(value.split("\n")) for value in values) for values in (short, full)]
    names = fields.every("AF", "BF") if count[1] >= count[0] else fields.every("AU", "BA")
    names += fields.every("CA", "GP")
    return people(line for value in names for line in value.split("\n"))


FORMAT = Format("web-of-science", "Web of Science tagged text", fits, read)
