"""A bibliographic record as a database gave it, and what was read of a file of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ..errors import Problem

#: Fields that every format has in common and that a round trip keeps, in the order in which they are written.
KEPT = (
    "kind",
    "title",
    "authors",
    "year",
    "journal",
    "volume",
    "issue",
    "pages",
    "doi",
    "pmid",
    "pmcid",
    "issn",
    "language",
    "url",
    "keywords",
    "abstract",
    "accession",
    "database",
)

#: Kinds of publication; anything else is ``other``.
KINDS = (
    "article",
    "book",
    "chapter",
    "conference",
    "dataset",
    "news",
    "preprint",
    "report",
    "thesis",
    "trial",
    "website",
    "other",
)


@dataclass(frozen=True, slots=True)
class Record:
    """One record. A part that is not in the file is None or empty, never guessed.

    Attributes:
        kind: One of :data:`KINDS`.
        title, journal, volume, issue, pages, language, url, abstract: As text, white space made single; ``journal`` is
            also the book or the meeting that a part stands in.
        authors: ``Family, Given`` each where the file tells the parts apart, in order; a group as it is written.
        year: Of publication, 1000 to 2999.
        doi: ``10.xxxx/...`` in lower case, without an address before it.
        pmid, pmcid: Digits; ``PMC`` and digits.
        issn: ISSN or ISBN as written; several separated by ``"; "``.
        keywords: In order. No author and no keyword holds a semicolon: the tables separate them by it.
        accession: The database's own number of the record.
        database: The database as the record itself names it.
        other: Everything else that the record says: tag or column -> values, as read.
        raw: Text of the record in the file, line ends made a line feed.
        line: 1-based line on which it starts in the file.
        start, end: ``text[start:end]`` of the decoded file, line ends made a line feed, is ``raw``.
    """

    kind: str | None = None
    title: str | None = None
    authors: tuple[str, ...] = ()
    year: int | None = None
    journal: str | None = None
    volume: str | None = None
    issue: str | None = None
    pages: str | None = None
    doi: str | None = None
    pmid: str | None = None
    pmcid: str | None = None
    issn: str | None = None
    language: str | None = None
    url: str | None = None
    keywords: tuple[str, ...] = ()
    abstract: str | None = None
    accession: str | None = None
    database: str | None = None
    other: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    raw: str = ""
    line: int | None = None
    start: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """What was read of one text: every record that stands in it was read, or is reported.

    Attributes:
        found: Records that stand in the text.
        records: Those that could be read, in the order of the text.
        reported: Those that could not: one error each, with its line; ``len(records) + len(reported) == found``.
        problems: Everything else that was found (warnings about a record that was read, text outside any record, ...).

    Raises:
        AssertionError: on making it, where the numbers don't add up: a defect of a format, never of a file.
    """

    found: int
    records: tuple[Record, ...] = ()
    reported: tuple[Problem, ...] = ()
    problems: tuple[Problem, ...] = ()

    def __post_init__(self) -> None:
        if self.found != len(self.records) + len(self.reported):
            raise AssertionError(
                f"{self.found} records found, {len(self.records)} read and {len(self.reported)} reported"
            )


@dataclass(frozen=True, slots=True)
class Format:
    """A file format of records.

    Attributes:
        name: For the import log: ``ris``. title: For people: ``RIS``.
        fits: Whether a decoded text (no BOM, line ends a line feed) looks like this format; asked in the order of
            ``FORMATS``, so the strictest come first.
        read: The records of a text; the second argument is the file's name, for the problems. Never raises for what
            the text holds.
    """

    name: str
    title: str
    fits: Callable[[str], bool]
    read: Callable[[str, str], Batch]
