"""Answers of Europe PMC's web service: JSON with ``resultList``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ...errors import Problem
from .. import cleaning
from ..record import Batch, Format, Record

_START = re.compile(r'"resultList"\s*:\s*\{\s*"result"\s*:\s*\[')
_BETWEEN = re.compile(r"[\s,]*")
_KINDS = {
    "preprint": "preprint",
    "book": "book",
    "book chapter": "chapter",
    "clinical trial registration": "trial",
    "thesis": "thesis",
    "journal article": "article",
    "research-article": "article",
    "case-report": "article",
    "case reports": "article",
    "review": "article",
    "review-article": "article",
    "letter": "article",
    "editorial": "article",
    "comment": "article",
}
_MEND = "export the records again"


def _fits(text: str) -> bool:
    return text.lstrip()[:1] in ("{", "[") and _START.search(text) is not None


def _read(text: str, file: str) -> Batch:
    records: list[Record] = []
    reported: list[Problem] = []
    for start, end, result in _results(text):
        line = text.count("\n", 0, start) + 1
        if result is None:
            reported.append(
                Problem("broken-record", f"the record can't be read: {text[start:end][:60]!r}", _MEND, file, line)
            )
            continue
        record = _record(result, text[start:end], line, (start, end))
        if record.title is None and not record.authors and record.accession is None:
            reported.append(Problem("empty-record", "a record without title, author or id", _MEND, file, line))
        else:
            records.append(record)
    return Batch(len(records) + len(reported), tuple(records), tuple(reported))


def _results(text: str) -> Iterator[tuple[int, int, Mapping[str, Any] | None]]:
    """Every object of every list of results, with its place; None for the rest of a list that breaks off."""
    decoder = json.JSONDecoder()
    position = 0
    while (found := _START.search(text, position)) is not None:
        position = _between(text, found.end())
        while position < len(text) and text[position] != "]":
            try:
                value, end = decoder.raw_decode(text, position)
            except ValueError:
                later = _START.search(text, position)
                end = later.start() if later else len(text)
                yield position, end, None
                position = end
                break
            yield position, end, value if isinstance(value, dict) else None
            position = _between(text, end)


def _between(text: str, position: int) -> int:
    found = _BETWEEN.match(text, position)
    return found.end() if found else position


def _record(result: Mapping[str, Any], raw: str, line: int, place: tuple[int, int]) -> Record:
    journal = _inner(result, "journalInfo")
    title = _text(result, "title")
    return Record(
        kind=_kind(result),
        title=title.removesuffix(".") if title else None,
        authors=_authors(result),
        year=cleaning.year(_text(result, "pubYear") or ""),
        journal=_text(_inner(journal, "journal"), "title") or _text(_inner(result, "bookOrReportDetails"), "publisher"),
        volume=_text(journal, "volume"),
        issue=_text(journal, "issue"),
        pages=_text(result, "pageInfo"),
        doi=cleaning.doi(_text(result, "doi") or ""),
        pmid=cleaning.pmid(_text(result, "pmid") or ""),
        pmcid=_text(result, "pmcid"),
        issn="; ".join(x for x in (_text(_inner(journal, "journal"), key) for key in ("issn", "essn")) if x) or None,
        language=_text(result, "language"),
        keywords=tuple(cleaning.plain(word) for word in _inner(result, "keywordList").get("keyword", ())),
        abstract=_text(result, "abstractText"),
        accession=_text(result, "id"),
        database="Europe PMC",
        raw=raw,
        line=line,
        start=place[0],
        end=place[1],
    )


def _inner(values: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = values.get(name)
    return found if isinstance(found, dict) else {}


def _text(values: Mapping[str, Any], name: str) -> str | None:
    found = values.get(name)
    return cleaning.plain(str(found)) or None if isinstance(found, str | int) else None


def _authors(result: Mapping[str, Any]) -> tuple[str, ...]:
    """Family and given names, initials where no more is told; a group by its name."""
    names = []
    for author in _inner(result, "authorList").get("author", ()):
        family, given = _text(author, "lastName"), _text(author, "firstName") or _text(author, "initials")
        whole = ", ".join(part for part in (family, given) if part)
        names.append(whole or _text(author, "collectiveName") or _text(author, "fullName") or "")
    told = [name.replace(";", ",") for name in names if name]
    if told:
        return tuple(told)
    listed = (_text(result, "authorString") or "").removesuffix(".")
    return tuple(part.strip() for part in listed.split(",") if part.strip())


def _kind(result: Mapping[str, Any]) -> str:
    types = [str(one).casefold() for one in _inner(result, "pubTypeList").get("pubType", ())]
    found = [_KINDS[one] for one in types if one in _KINDS]
    special = [kind for kind in found if kind != "article"]
    return (special or found or ["other"])[0]


FORMAT = Format("europe-pmc", "Europe PMC (JSON)", _fits, _read)
