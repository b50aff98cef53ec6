"""MEDLINE's tags: PubMed's .nbib and "PubMed" format, and Ovid's Reprint/Medlars format."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ..cleaning import doi, keywords, pages, people, pmcid, pmid, serials, text_of, year
from ..kinds import first_kind
from ..record import Batch, Format, Record
from ..tagged import Fields, Mark, Tagged, cut, lines_of, read_tagged, searchable, stretches

_LINE_TAG = re.compile(r"\ufeff*(?=[A-Z0-9]{2,4} {0,2}-)(?=.{4}-)([A-Z][A-Z0-9]{1,3}) {0,2}- ?")
_PUBMED_START = re.compile(r"^\ufeff*PMID- ?.*$", re.MULTILINE)
_NUMBERED = re.compile(r"^\ufeff*<\d+>\s*$", re.MULTILINE)
_OVID_START = re.compile(r"^\ufeff*(UI|VN)  - ", re.MULTILINE)
_TITLE = re.compile(r"^\ufeff*TI  - ", re.MULTILINE)
_RIS_START = re.compile(r"^\ufeff*TY  - ", re.MULTILINE)
_MARKED_DOI = re.compile(r"(10\.\d{4,9}/\S+)\s*\[doi\]", re.IGNORECASE)
_ARTICLE_NUMBER = re.compile(r"\s*([A-Za-z]{0,3}\d{1,8})\s*\[pii\]\s*")


def fits(text: str) -> bool:
    """Whether a text has PubMed's number in MEDLINE's form, or Ovid's first tags."""
    if _RIS_START.search(text):
        return False
    return _PUBMED_START.search(text) is not None or (
        _OVID_START.search(text) is not None and re.search(r"^\ufeff*(?:TI|AU|SO)  - ", text, re.MULTILINE) is not None
    )


def read(text: str, file: str) -> Batch:
    """The records of a text with MEDLINE's tags."""
    how = Tagged(lambda raw: lines_of(raw, _LINE_TAG), _record, years=("DP", "YR"), dois=())
    lines = searchable(text)
    return read_tagged(text, file, cut(lines, _marks(lines), _LINE_TAG, ended=False), how)


def _marks(text: str) -> Iterable[Mark]:
    """Records begin with PubMed's number, after a number of Ovid's list, or as the first of Ovid's does."""
    if _PUBMED_START.search(text):
        return stretches(text, _PUBMED_START, _TITLE, _LINE_TAG)
    tag_line = re.compile(f"^{_LINE_TAG.pattern}", re.MULTILINE)
    numbered = [tag_line.search(text, found.end()) for found in _NUMBERED.finditer(text)]
    if numbered:
        return [Mark(found.start(), found.start(), begins=True) for found in numbered if found]
    first = _OVID_START.search(text)
    start = re.compile(f"^\ufeff*{first[1] if first else 'UI'}  - ", re.MULTILINE)
    return stretches(text, start, _TITLE, _LINE_TAG)


def _record(fields: Fields) -> Record:
    number = fields.first(pmid, "PMID", "PM", "UI")
    title = fields.text("TI")
    return Record(
        kind=_kind(fields),
        title=title or fields.text("BTI", "CTI", "TT"),
        authors=_authors(fields),
        year=fields.first(year, "DP", "YR", "DEP", "EDAT"),
        journal=fields.text("JT", "TA", *(("BTI",) if title else ()), "JN"),
        volume=fields.text("VI", "VO"),
        issue=fields.text("IP"),
        pages=pages(fields.text("PG")) or fields.first(_article_number, "LID", "AID"),
        doi=fields.first(_marked_doi, "LID", "AID") or fields.first(doi, "DO", "DI", "SO"),
        pmid=number,
        pmcid=fields.first(pmcid, "PMC"),
        issn=serials(fields.every("IS", "ISBN", "IB")),
        language="; ".join(dict.fromkeys(filter(None, map(text_of, fields.every("LA", "LG"))))) or None,
        url=fields.text("UR"),
        keywords=keywords(value.replace("\n", " ") for value in fields.every("OT", "MH", "KW")),
        abstract=fields.text("AB", "OAB"),
        accession=fields.text("AN") or fields.first(text_of, "UI") or number,
        database=fields.text("DB") or ("PubMed" if fields.look("PMID") else fields.text("ST")),
    )


def _kind(fields: Fields) -> str | None:
    sorts = fields.look("PT")
    found = first_kind(sorts, ("preprint", "chapter", "book", "thesis", "report", "dataset", "conference", "news"))
    return found or ("article" if fields.look("JT", "TA") or first_kind(sorts, ("article",)) else None)


def _authors(fields: Fields) -> tuple[str, ...]:
    """Full names where all authors have one, and groups after them."""
    full = "FAU" if len(fields.look("FAU")) >= len(fields.look("AU")) else "FA"
    whole = fields.look(full) and len(fields.look(full)) >= len(fields.look("AU"))
    names = fields.every(full if whole else "AU") + fields.every("CN", "CA")
    return people(value.replace("\n", " ") for value in names)


def _marked_doi(value: str) -> str | None:
    found = _MARKED_DOI.search(value.replace("\n", ""))
    return doi(found[1]) if found else None


def _article_number(value: str) -> str | None:
    found = _ARTICLE_NUMBER.fullmatch(value)
    return found[1] if found else None


FORMAT = Format("medline", "MEDLINE/PubMed (.nbib)", fits, read)
