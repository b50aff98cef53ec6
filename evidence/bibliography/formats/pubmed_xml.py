"""PubMed's own XML: of E-utilities, and what other programs take from them."""

from __future__ import annotations

import re
from xml.etree.ElementTree import Element

from .. import cleaning
from ..record import Batch, Format, Record
from ..xml_batch import batch
from ..xml_records import Piece, first, text, texts

_RECORDS = "PubmedArticle|PubmedBookArticle"


def fits(text: str) -> bool:
    """Whether the text holds articles of PubMed."""
    return bool(re.search(r"<Pubmed(?:Book)?Article(?:Set)?[\s>/]", text[:20_000]))


def read(text: str, file: str) -> Batch:
    """The records of an XML text."""
    return batch(text, file, _RECORDS, _record)


FORMAT = Format("pubmed-xml", "PubMed XML", fits, read)


def _record(tree: Element, piece: Piece) -> Record:
    citation = next(
        (part for name in ("MedlineCitation", "BookDocument") if (part := tree.find(name)) is not None), tree
    )
    article = citation.find("Article")
    article = citation if article is None else article
    number = cleaning.pmid(first(citation, "PMID"))
    types = texts(article, "PublicationTypeList/PublicationType") + texts(citation, "PublicationType")
    return Record(
        kind=_kind(tree, types),
        title=cleaning.text_of(first(article, "ArticleTitle", "VernacularTitle", "Book/BookTitle")),
        authors=tuple(name for author in article.iterfind("AuthorList/Author") if (name := _author(author))),
        year=cleaning.year(
            first(article, "Journal/JournalIssue/PubDate/Year", "Journal/JournalIssue/PubDate/MedlineDate")
            or first(article, "ArticleDate/Year", "Book/PubDate/Year")
        ),
        journal=cleaning.text_of(first(article, "Journal/Title", "Journal/ISOAbbreviation", "Book/BookTitle")),
        volume=cleaning.text_of(first(article, "Journal/JournalIssue/Volume")),
        issue=cleaning.text_of(first(article, "Journal/JournalIssue/Issue")),
        pages=cleaning.pages(first(article, "Pagination/MedlinePgn", "Pagination/StartPage")),
        doi=_identifier(tree, article, "doi", "doi"),
        pmid=number,
        pmcid=cleaning.pmcid(_first_of(tree, "pmc")),
        issn=cleaning.serials(texts(article, "Journal/ISSN") + texts(article, "Book/Isbn")),
        language=cleaning.text_of(first(article, "Language")),
        keywords=cleaning.keywords(
            texts(citation, "KeywordList/Keyword") + texts(citation, "MeshHeadingList/MeshHeading/DescriptorName")
        ),
        abstract=_abstract(article),
        accession=number,
        database="PubMed",
        other={"PublicationType": tuple(types)} if types else {},
        raw=piece.raw,
        line=piece.line,
        start=piece.start,
        end=piece.end,
    )


def _kind(tree: Element, types: list[str]) -> str:
    if tree.tag == "PubmedBookArticle":
        return "chapter"
    return "preprint" if "Preprint" in types else "article"


def _author(author: Element) -> str:
    group = first(author, "CollectiveName")
    parts = (first(author, "LastName"), first(author, "ForeName", "Initials"), first(author, "Suffix"))
    return (
        cleaning.plain(group).replace(";", ",") if group else cleaning.person(", ".join(part for part in parts if part))
    )


def _first_of(tree: Element, kind: str) -> str:
    """An identifier of the record itself, not of one that it cites."""
    return first(
        tree, f"PubmedData/ArticleIdList/ArticleId[@IdType='{kind}']", f"*/ArticleIdList/ArticleId[@IdType='{kind}']"
    )


def _identifier(tree: Element, article: Element, kind: str, place: str) -> str | None:
    return cleaning.doi(first(article, f"ELocationID[@EIdType='{place}']")) or cleaning.doi(_first_of(tree, kind))


def _abstract(article: Element) -> str | None:
    """The parts of the abstract, each after its label."""
    parts = []
    for part in article.iterfind("Abstract/AbstractText"):
        label = part.get("Label")
        parts.append(f"{label}: {text(part)}" if label else text(part))
    return cleaning.text_of(" ".join(parts))
