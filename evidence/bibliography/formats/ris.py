"""RIS, as databases and reference managers write it: cut into records first, then read one at a time by rispy."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..cleaning import doi, keywords, label_of, pages, people, pmcid, pmid, serials, text_of, year
from ..completing import PUBMED, collection, doi_alone, doi_of_address, first_address, pmid_of_address, scopus_number
from ..kinds import first_kind, kind_of
from ..record import Batch, Format, Record
from ..tagged import Fields, Mark, Tagged, cut, read_tagged, searchable

#: A line with a tag as the format has it, and as some programs write it: one space, or spaces before it.
STRICT = r"\ufeff*([A-Z][A-Z0-9])(?:  | ?\t ?)-[ \t]?"
LOOSE = r"[\ufeff \t]*([A-Z][A-Z0-9])[ \t]{0,3}-(?:[ \t]|(?=\n)|\Z)"
_LOOSE_START = re.compile(r"\n(?:[\ufeff \t]*TY -[ \t\n]|[ \t]+\ufeff*TY  -)")
_START = re.compile(r"^[\ufeff \t]*TY[ \t]{0,2}-", re.MULTILINE)
_TAG_LINE = re.compile(f"^{STRICT}", re.MULTILINE)
#: Sort of a record of which the kind is not known, as it is written here.
UNSPECIFIED = "unspecified"
_MEDLINE = re.compile(r"^(?:PMID- ?\d|UI  - )", re.MULTILINE)

#: Database -> the tag in which it has PubMed's number.
_PMID_TAGS = {"embase": "C5", "scopus": "C2"}
_EMBASE_NUMBER = re.compile(r"L\d{6,}")
_NOTED_PMID = re.compile(r"\bPMID\s*:\s*(\d{1,8})\b")


def fits(text: str) -> bool:
    """Whether a text has RIS's start tag, or else lines that look like it and are not MEDLINE's."""
    if _START.search(text):
        return True
    head = text[:20_000]
    lines = sum(1 for line in head.split("\n") if line.strip())
    tags = len(_TAG_LINE.findall(head))
    return tags >= 2 and tags >= lines / 4 and not _MEDLINE.search(head)


def read(text: str, file: str) -> Batch:
    """The records of a text of RIS."""
    from .ris_parser import tags

    lines = searchable(text)
    line_tag = re.compile(LOOSE if _LOOSE_START.search(f"\n{lines}\n") else STRICT)
    how = Tagged(lambda raw: tags(raw, line_tag), _record, years=("PY", "Y1"), dois=("DO",))
    return read_tagged(text, file, cut(lines, _marks(lines, line_tag), line_tag, ended=True), how)


def _marks(text: str, line_tag: re.Pattern[str]) -> Iterator[Mark]:
    """Start and end tags of a text of RIS."""
    # Searching for a line feed is much quicker than for the start of a line.
    marks = re.compile(r"\n" + line_tag.pattern.replace("([A-Z][A-Z0-9])", "(TY|ER)") + r"([^\n]*)")
    for found in marks.finditer(f"\n{text}\n"):
        start, end = found.start(), found.end() - 1
        if found[1] == "TY" or not found[2].strip() or not _goes_on(text, end + 1, line_tag):
            yield Mark(start, end, found[1] == "TY")


def _goes_on(text: str, at: int, line_tag: re.Pattern[str]) -> bool:
    """Whether a record goes on after an end tag with a text beside it: its next tag stands on the line that follows."""
    following = line_tag.match(text, at)
    return following is not None and following[1] not in ("TY", "ER")


def _record(fields: Fields) -> Record:
    kind = _kind(fields)
    book = kind == "book"
    accession = _accession(fields)
    database = "; ".join(dict.fromkeys(filter(None, map(text_of, fields.every("DB"))))) or fields.text("DP")
    return Record(
        kind=kind,
        title=fields.text(*_titles(fields), *(("BT", "T2") if book else ()), "CT", "TT", "ST"),
        authors=_authors(fields),
        year=fields.first(year, "PY", "Y1", "DA", "YR"),
        journal=fields.text("JF", "JO", *(() if book else ("T2", "BT")), "JA", "J2", "J1", "JI", "J9"),
        volume=fields.first(label_of, "VL", "VO"),
        issue=fields.first(label_of, "IS", "CP"),
        pages=pages(fields.text("SP", "BP"), fields.text("EP")) or fields.text("C7", "AR"),
        doi=_doi(fields),
        pmid=_pmid(fields, database or ""),
        pmcid=fields.first(pmcid, "AN", "U2", "C2", "PMC", "UR", "L2", "L1"),
        issn=serials(fields.every("SN")),
        language=fields.first(label_of, "LA"),
        url=fields.first(first_address, "UR", "L2", "LK"),
        keywords=keywords(fields.every("KW")),
        abstract=fields.text("AB", "N2"),
        accession=accession,
        database=database or collection(accession),
    )


def _kind(fields: Fields) -> str | None:
    named = fields.look("TY")
    known = [kind for kind in map(kind_of, reversed(named)) if kind not in (None, "other")]
    kind = known[0] if known else kind_of(next(iter(named), None))
    if known:
        fields.every("TY")
    if kind == "other" and UNSPECIFIED in fields.look("M3"):
        return None
    if kind in ("article", "other", None):
        sort = [value for value in fields.look("M3") if "paper" not in value.casefold()]
        return first_kind(sort, ("conference", "preprint", "trial")) or kind
    return kind


def _titles(fields: Fields) -> list[str]:
    """The two tags of the title, that which stands first in the record before the other."""
    return [tag for tag in fields.values if tag in ("TI", "T1")]


def _authors(fields: Fields) -> tuple[str, ...]:
    """Names of both tags of authors; of one where both have the same."""
    names, further = (people(_whole_names(fields.every(tag))) for tag in ("AU", "A1"))
    return names if further == names else names + further


def _whole_names(values: list[str]) -> Iterator[str]:
    """Names of which each goes over lines, or of which each line is one."""
    for value in values:
        parts = value.split("\n")
        yield (";" if all("," in part for part in parts) else " ").join(parts)


def _doi(fields: Fields) -> str | None:
    found = fields.first(doi, "DO", "DI")
    if found is None:
        found = fields.first(doi_alone, "M3", "N1", "ID", "AN")
    return found or fields.first(doi_of_address, "UR", "L2", "LK", "L1", "L4")


def _pmid(fields: Fields, database: str) -> str | None:
    marked = fields.first(lambda value: pmid(value) if "[pmid]" in value.lower() else None, "U1", "U2", "U3")
    if marked is None and (PUBMED.search(database) or not database):
        marked = fields.first(lambda value: pmid(value) if "pm" in value.lower() else None, "AN", "U1", "C1", "ID")
        if marked is None and PUBMED.search(database) and "embase" not in database.casefold():
            marked = fields.first(pmid, "AN")
    tag = next((tag for name, tag in _PMID_TAGS.items() if name in database.casefold()), None)
    if marked is None and tag:
        marked = fields.first(pmid, tag)
    return marked or fields.first(pmid_of_address, "UR", "L2", "L1") or fields.first(_noted_pmid, "N1", "M1", "C1")


def _noted_pmid(value: str) -> str | None:
    found = _NOTED_PMID.search(value)
    return found[1] if found else None


def _accession(fields: Fields) -> str | None:
    found = fields.text("AN")
    if found is None:
        found = fields.first(lambda value: value.strip() if _EMBASE_NUMBER.fullmatch(value.strip()) else None, "U2")
    return found or fields.first(scopus_number, "UR") or fields.first(_long_number, "ID")


def _long_number(value: str) -> str | None:
    """An id that a database gave; short numbers are those of a reference manager's library, words are its keys."""
    text = text_of(value)
    return text if text and len(text) >= 7 and sum(map(str.isdigit, text)) >= 5 and " " not in text else None


FORMAT = Format("ris", "RIS", fits, read)
