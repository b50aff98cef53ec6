"""What of a record is compared, taken apart once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from ..record import Record
from . import places
from .folding import plain, words
from .names import Name, names_of
from .places import Place
from .registers import registered
from .titles import Title, title_of

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
#: Versions of one work: of a Cochrane review, of a preprint or of a paper reviewed in the open.
_VERSION = re.compile(r"(?:\.pub\d+|[./]?v\d+|(?<=research\.\d{4})\.\d|(?<=research\.\d{5})\.\d)$")
#: What the address of a page has behind a DOI.
_OF_PAGE = re.compile(
    r"(?:[#?].*|/(?:full|fulltext|abstract|e?pdf|html?|meta|summary|references)|\.(?:full|e?pdf|html?))$"
)
_ISSN = re.compile(r"\b\d{4}-?\d{3}[\dxX]\b")
#: Length of the beginning of an abstract that is compared, and least length that says something.
ABSTRACT, SHORT_ABSTRACT = 600, 120


@dataclass(frozen=True, slots=True)
class Essence:
    """A record as it is compared.

    Attributes:
        doi, work: DOI in lower case, and the same without a version behind it. pmid: Digits.
        meeting, preprint, thesis: Whether it says that it is a paper of a meeting, a preprint or a thesis.
        abstract: Its beginning as it stands there.
        trial: Number of a trial where it is the record of a register; ``unknown`` where that does not say it.
        foreign: Whether the paper is in another language than English, so that its title and journal may be translated.
    """

    title: Title
    names: tuple[Name, ...]
    year: int | None
    place: Place
    doi: str = ""
    work: str = ""
    pmid: str = ""
    meeting: bool = False
    preprint: bool = False
    thesis: bool = False
    abstract: str = ""
    trial: str = ""
    foreign: bool = False


def essence(record: Record) -> Essence:
    """A record taken apart."""
    title, doi = title_of(record.title), doi_of(record.doi) or doi_of(record.url)
    volume, inner = places.volume_of(record.volume, record.year)
    place = Place(
        places.journal_of(record.journal),
        volume,
        places.issue_of(record.issue) or inner,
        places.pages_of(record.pages),
        frozenset(found.replace("-", "").upper() for found in _ISSN.findall(record.issn or "")),
        places.supplement(record.volume, record.issue, record.pages),
    )
    return Essence(
        title=title,
        names=names_of(record.authors),
        year=record.year,
        place=place,
        doi=doi,
        work=_VERSION.sub("", doi),
        pmid=(record.pmid or "").strip().lstrip("0"),
        meeting=record.kind == "conference"
        or title.meeting
        or places.meeting(record.journal)
        or "abstract" in (record.issue or "").lower(),
        preprint=record.kind == "preprint" or places.preprints(record.journal) or places.preprint_doi(doi),
        thesis=record.kind == "thesis" or places.thesis(record.journal, record.volume),
        abstract=(record.abstract or "")[: 2 * ABSTRACT],
        trial=registered(record),
        foreign=title.foreign or _foreign(record.language),
    )


def _foreign(language: str | None) -> bool:
    return bool(language) and not (language or "").lower().startswith("en")


def doi_of(text: str | None) -> str:
    """The DOI in a text, empty where there is none or where it is cut off."""
    found = _DOI.search((text or "").replace("%2F", "/").replace("%2f", "/").lower())
    doi = _OF_PAGE.sub("", found[0].rstrip(",;")) if found else ""
    return "" if doi.endswith((".", "/", "-")) else doi


@lru_cache(maxsize=4096)
def beginning(abstract: str) -> str:
    """Letters and digits that an abstract begins with; empty where they are too few to say something."""
    low = "".join(words(plain(abstract)))[:ABSTRACT]
    return low if len(low) >= SHORT_ABSTRACT else ""
