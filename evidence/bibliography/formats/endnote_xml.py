"""XML of EndNote, and of programs that write the same: Bookends, Mendeley, Zotero, Covidence."""

from __future__ import annotations

import re
from collections.abc import Mapping
from xml.etree.ElementTree import Element

from .. import cleaning
from ..record import Batch, Format, Record
from ..xml_batch import batch
from ..xml_records import Piece, first, text, texts

#: Name of a reference type in lower case -> kind; anything else is ``other``.
KIND_OF: Mapping[str, str] = {
    **dict.fromkeys(("journal article", "electronic article", "magazine article", "article", "journal"), "article"),
    **dict.fromkeys(("book", "edited book", "electronic book", "ebook", "serial"), "book"),
    **dict.fromkeys(("book section", "electronic book section", "book chapter", "encyclopedia"), "chapter"),
    **dict.fromkeys(("conference proceedings", "conference paper", "conference proceeding"), "conference"),
    **dict.fromkeys(("report", "government document", "standard"), "report"),
    **dict.fromkeys(("web page", "blog", "online multimedia"), "website"),
    "thesis": "thesis",
    "dataset": "dataset",
    "newspaper article": "news",
    "press release": "news",
    "preprint": "preprint",
    "clinical trial": "trial",
}
#: The same by EndNote's numbers, for files without names.
_NUMBERS = {"17": "article", "43": "article", "6": "book", "28": "book", "5": "chapter", "10": "conference"}
_NUMBERS |= {"47": "conference", "32": "thesis", "27": "report", "12": "website", "59": "dataset", "23": "news"}
_PUBMED = re.compile(r"\b(?:NLM|PubMed|MEDLINE)\b", re.IGNORECASE)
#: Elements whose text has its own place in a record.
_USED = frozenset(
    [
        "ref-type",
        "titles",
        "contributors",
        "periodical",
        "pages",
        "volume",
        "number",
        "dates",
        "keywords",
        "abstract",
        "urls",
        "isbn",
        "electronic-resource-num",
        "accession-num",
        "language",
        "remote-database-name",
        "remote-database-provider",
    ]
)
_FURTHER = ("titles", "contributors", "dates", "urls")


def fits(text: str) -> bool:
    """Whether the text holds EndNote's ``<records>``."""
    head = text[:20_000]
    return head.lstrip()[:1] == "<" and bool(re.search(r"<records?[\s>/]", head)) and "<PubmedArticle" not in head


def read(text: str, file: str) -> Batch:
    """The records of an XML text."""
    return batch(text, file, "record", _record)


FORMAT = Format("endnote-xml", "EndNote XML", fits, read)


def _record(tree: Element, piece: Piece) -> Record:
    provider = first(tree, "remote-database-name", "remote-database-provider")
    urls = texts(tree, "urls/related-urls/url") + texts(tree, "urls/web-urls/url")
    accession = first(tree, "accession-num")
    return Record(
        kind=_kind(tree),
        title=cleaning.text_of(first(tree, "titles/title")),
        authors=cleaning.people(texts(tree, "contributors/authors/author")),
        year=cleaning.year(first(tree, "dates/year", "dates/pub-dates/date")),
        journal=cleaning.text_of(
            first(tree, "titles/secondary-title", "periodical/full-title", "titles/alt-title", "periodical/abbr-1")
        ),
        volume=cleaning.label_of(first(tree, "volume")),
        issue=cleaning.label_of(first(tree, "number", "issue")),
        pages=cleaning.pages(first(tree, "pages")),
        doi=cleaning.doi(first(tree, "electronic-resource-num")),
        pmid=_pmid(accession, provider, urls),
        pmcid=_pmcid(tree),
        issn=cleaning.serials(texts(tree, "isbn") + texts(tree, "issn")),
        language=cleaning.label_of(first(tree, "language")),
        url=cleaning.text_of(urls[0]) if urls else None,
        keywords=cleaning.keywords(texts(tree, "keywords/keyword")),
        abstract=cleaning.text_of(first(tree, "abstract")),
        accession=cleaning.text_of(accession),
        database=cleaning.text_of(provider),
        other=_other(tree),
        raw=piece.raw,
        line=piece.line,
        start=piece.start,
        end=piece.end,
    )


def _kind(tree: Element) -> str | None:
    said = tree.find("ref-type")
    if said is None:
        return None
    name = said.get("name", "").strip().casefold()
    return KIND_OF.get(name) or _NUMBERS.get(text(said), "other")


def _pmid(accession: str, provider: str, urls: list[str]) -> str | None:
    """A number of PubMed: an address of it, or an accession number where the record names PubMed or MEDLINE."""
    addressed = next((found for url in urls if "ncbi" in url and (found := cleaning.pmid(url))), None)
    named = cleaning.pmid(accession)
    return addressed or (named if named and (_PUBMED.search(provider) or not accession.isdigit()) else None)


def _pmcid(tree: Element) -> str | None:
    found = (text(part) for part in tree if re.fullmatch(r"custom\d|user\d+|pmcid|accession-num", part.tag))
    return next((cleaning.pmcid(part) for part in found if re.fullmatch(r"PMC\s?\d+", part.strip(), re.I)), None)


def _other(tree: Element) -> dict[str, tuple[str, ...]]:
    """Everything of a record that has no place of its own, by the names of its elements."""
    other: dict[str, list[str]] = {}
    for part in tree:
        inner = [(part.tag, part)] if part.tag not in _USED else []
        if part.tag in _FURTHER:
            inner = [(f"{group.tag}", element) for group in part for element in (list(group) or [group])]
        for name, element in inner:
            value = text(element)
            if value and name not in {"title", "secondary-title", "authors", "year", "related-urls"}:
                other.setdefault(name, []).append(value)
    return {name: tuple(values) for name, values in other.items()}
