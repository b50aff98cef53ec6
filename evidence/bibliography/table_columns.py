"""What the columns of tables of records are called, by databases and programs."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

#: Part of a record -> names of columns that hold it, the first that is filled counts. Lower case, words by one space.
NAMES: Mapping[str, tuple[str, ...]] = {
    "title": ("title", "primary title", "article title", "document title", "titles", "item title"),
    "authors": ("authors", "author", "author names", "first authors", "author full names", "author name", "creators"),
    "year": (
        "year",
        "publication year",
        "published year",
        "pub year",
        "year of publication",
        "date",
        "publication date",
        "date of publication",
        "published",
        "cover date",
    ),
    "journal": (
        "journal",
        "journal title",
        "journal book",
        "journal name",
        "source title",
        "publication title",
        "secondary title",
        "publication name",
        "publication",
        "book title",
        "booktitle",
        "conference name",
        "meeting name",
        "full journal name",
        "alternate title2",
    ),
    "volume": ("volume", "vol", "jvolume"),
    "issue": ("issue", "number", "issue number", "jissue"),
    "pages": ("pages", "page", "page range", "pagination"),
    "first_page": ("page start", "start page", "first page", "begin page", "spage"),
    "last_page": ("page end", "end page", "last page", "epage"),
    "article_number": ("art no", "article number", "elocation id", "article no"),
    "doi": ("doi", "digital object identifier", "doi link", "doi url"),
    "pmid": ("pmid", "pubmed id", "pubmedid", "medline pmid", "pubmed", "pubmed number"),
    "pmcid": ("pmcid", "pmc id", "pmc", "pubmed central id"),
    "issn": ("issn", "eissn", "e issn", "print issn", "electronic issn", "isbn", "journal issn"),
    "language": ("language", "language of original document", "article language", "languages"),
    "url": ("url", "link", "urls", "full text link", "open url link", "embase link", "web link", "record url"),
    "keywords": ("keywords", "keyword", "author keywords", "manual tags", "index keywords", "automatic tags", "mesh"),
    "abstract": ("abstract", "abstract note", "notes abstract", "abstracts", "abstract text"),
    "accession": (
        "accession",
        "accession number",
        "eid",
        "embase accession id",
        "pui",
        "ut unique wos id",
        "unique wos id",
        "cochrane id",
    ),
    "own_id": ("record id", "recordid", "rec number", "record number", "id"),
    "database": ("database", "source database", "database name", "library catalog"),
    "kind": (
        "type",
        "kind",
        "type of reference",
        "reference type",
        "item type",
        "document type",
        "publication type",
        "entrytype",
    ),
    "citation": ("citation",),
    "source": ("source",),
    "extra": ("extra",),
}
#: The same of Web of Science, whose columns have two letters.
TWO_LETTERS: Mapping[str, tuple[str, ...]] = {
    "title": ("ti",),
    "authors": ("au", "af", "ca", "gp"),
    "year": ("py", "ea"),
    "journal": ("so", "bs", "ji"),
    "volume": ("vl",),
    "issue": ("is",),
    "pages": (),
    "first_page": ("bp",),
    "last_page": ("ep",),
    "article_number": ("ar",),
    "doi": ("di", "d2"),
    "pmid": ("pm",),
    "pmcid": (),
    "issn": ("sn", "ei", "bn"),
    "language": ("la",),
    "url": (),
    "keywords": ("de", "id"),
    "abstract": ("ab",),
    "accession": ("ut",),
    "own_id": (),
    "database": (),
    "kind": ("dt", "pt"),
    "citation": (),
    "source": (),
    "extra": (),
}
#: Parts that more than one column together may hold.
SEVERAL = frozenset({"issn", "keywords"})
#: Parts that make a table one of records: two of them, or a title alone in the header.
TELLING = frozenset({"title", "authors", "year", "journal", "doi", "pmid", "abstract", "accession"})

#: Words for the kind that only tables have: of Zotero, Web of Science, BibTeX made a table.
KIND_OF: Mapping[str, str] = {
    **dict.fromkeys(("journalarticle", "magazinearticle", "early access", "j"), "article"),
    **dict.fromkeys(("booksection", "s", "inbook", "incollection"), "chapter"),
    **dict.fromkeys(("conferencepaper", "c", "inproceedings"), "conference"),
    **dict.fromkeys(("webpage", "blogpost", "online"), "website"),
    **dict.fromkeys(("phdthesis", "mastersthesis"), "thesis"),
    "b": "book",
    "newspaperarticle": "news",
    "techreport": "report",
}
#: What a column ``Source`` may name: databases and registers.
DATABASES = re.compile(
    r"(?:pubmed|medline|embase|scopus|web of science|wos|cochrane|central|cinahl|psycinfo|lilacs|scielo|ebsco|ovid|"
    r"proquest|google scholar|ieee|acm|clinicaltrials|ictrp|openalex|dimensions|europe ?pmc|lens|epistemonikos)"
    r"\b.{0,40}",
    re.IGNORECASE,
)

_WORDS = re.compile(r"[\s_\-./#:()]+")


def plain_name(header: str) -> str:
    """A header in lower case, its words separated by one space: ``Author(s)`` is ``author s``."""
    return _WORDS.sub(" ", header.replace("\ufeff", "")).strip().casefold().replace("author s", "authors")


class Columns:
    """Where the parts of a record stand in a table.

    Attributes:
        header: As written. places: Part -> columns that hold it, by position, the first that is filled counts.
    """

    __slots__ = ("header", "places")

    def __init__(self, header: Sequence[str]) -> None:
        names = [plain_name(name) for name in header]
        two_letters = {"pt", "ti", "au"} <= set(names) or {"ti", "so", "ut"} <= set(names)
        known = TWO_LETTERS if two_letters else NAMES
        self.header = tuple(header)
        self.places = {
            part: tuple(i for name in wanted for i, given in enumerate(names) if given == name)
            for part, wanted in known.items()
        }

    @property
    def telling(self) -> int:
        """How many parts that tell a table of records are there."""
        return sum(bool(self.places[part]) for part in TELLING)

    @property
    def of_records(self) -> bool:
        """Whether the header is one of a table of records."""
        return self.telling >= 2 or (bool(self.places["title"]) and len(self.header) <= 2)

    def first(self, part: str, cells: Sequence[str]) -> str:
        """The first filled cell of a part; "" where none is."""
        return next((cells[i] for i in self.places[part] if cells[i]), "")

    def all(self, part: str, cells: Sequence[str]) -> list[str]:
        """Every filled cell of a part."""
        return [cells[i] for i in self.places[part] if cells[i]]
