"""EndNote's export (.enw) and refer: lines of ``%`` and a sign."""

from __future__ import annotations

import re

from ..cleaning import doi, keywords, pages, people, pmcid, pmid, serials, text_of, year
from ..kinds import kind_of
from ..record import Batch, Format, Record
from ..tagged import Fields, Tagged, cut, lines_of, read_tagged, searchable, stretches

_LINE_TAG = re.compile(r"\ufeff*%([0-9A-Za-z@!#$&*+()\[\]=<>^?~:'\",./\\|{}-])(?:[ \t]|$)")
_TITLE = re.compile(r"^\ufeff*%T[ \t]+\S", re.MULTILINE)
_START = re.compile(r"^\ufeff*%0(?:[ \t].*)?$", re.MULTILINE)
_KNOWN = re.compile(r"^\ufeff*%[0ATJBDEX][ \t]+\S", re.MULTILINE)
_ENTRY = re.compile(r"^\s*@\w+\s*[{(]", re.MULTILINE)
_PUBMED = re.compile(r"pubmed|medline|\bnlm\b", re.IGNORECASE)


def fits(text: str) -> bool:
    """Whether lines of a text have refer's tags; a remark in BibTeX may look like one."""
    return _KNOWN.search(text) is not None and _ENTRY.search(text) is None


def read(text: str, file: str) -> Batch:
    """The records of a text of refer."""
    how = Tagged(lambda raw: lines_of(raw, _LINE_TAG), _record, years=("D",), dois=())
    lines = searchable(text)
    marks = stretches(lines, _START, _TITLE, _LINE_TAG)
    return read_tagged(text, file, cut(lines, marks, _LINE_TAG, ended=False), how)


def _record(fields: Fields) -> Record:
    kind = next((one for one in map(kind_of, fields.look("0")) if one not in (None, "other")), None)
    if kind:
        fields.first(lambda value: kind_of(value) if kind_of(value) == kind else None, "0")
    elif any(fields.look("0")):
        kind = "other"
    database = fields.text("~", "W")
    title = fields.text("T", *("B" if kind == "book" else ""), "!")
    return Record(
        kind=kind,
        title=title,
        authors=people(value.replace("\n", " ") for value in fields.every("A")),
        year=fields.first(year, "D", "8"),
        journal=fields.text("J", *("" if kind == "book" else "B")),
        volume=fields.text("V"),
        issue=fields.text("N"),
        pages=pages(fields.text("P")),
        doi=fields.first(doi, "R", "U", "3"),
        pmid=_pmid(fields, database or ""),
        pmcid=fields.first(pmcid, "2", "M", "U"),
        issn=serials(fields.every("@")),
        language=fields.text("G"),
        url=fields.text("U"),
        keywords=keywords(fields.every("K")),
        abstract=fields.text("X"),
        accession=fields.first(text_of, "M"),
        database=database,
    )


def _pmid(fields: Fields, database: str) -> str | None:
    if _PUBMED.search(database):
        return fields.first(pmid, "M")
    return fields.first(lambda value: pmid(value) if "pm" in value.lower() else None, "M", "U")


FORMAT = Format("refer", "EndNote export (.enw), refer", fits, read)
