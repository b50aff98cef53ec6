"""Whether two records are of one paper: what agrees and what does not, weighed and said.

Each field adds the evidence it is worth, in bits of a likelihood ratio (Fellegi and Sunter 1969,
10.1080/01621459.1969.10501049): how much more often two records of one paper agree there than two of different papers
that a search has brought together. Some differences are no matter of degree: a correction is not the paper it corrects.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from .essence import Essence, beginning
from .names import compare_authors
from .places import compare_journals, compare_numbers, compare_pages, compare_volumes
from .registers import UNKNOWN
from .titles import TELLING, compare_titles, counted_on, cut_within_a_word, numbers_differ

Outcome = Literal["same", "different", "ask"]


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Bits from which on two records are the same, and from which on a person is asked."""

    same: float = 10.0
    ask: float = 7.0


DEFAULT = Thresholds()

#: Field -> how it compares -> bits.
BITS: dict[str, dict[str, float]] = {
    "title": {"equal": 7.0, "near": 6.5, "part": 4.5, "close": 1.0, "far": -8.0},
    "year": {"same": 1.0, "next": -0.5, "near": -2.0, "differ": -4.0},
    "journal": {"same": 1.5, "part": 0.0, "differ": -3.0},
    "volume": {"same": 1.5, "differ": -2.5},
    "issue": {"same": 0.5, "differ": -0.5},
    "pages": {"same": 3.0, "part": 0.0, "differ": -4.0},
    "DOI": {"same": 7.0, "version": 6.0, "differ": -4.0},
    "PMID": {"same": 8.0, "differ": -6.0},
    "trial": {"same": 12.0, "version": 0.0, "differ": -8.0},
    "abstract": {"same": 2.0, "differ": -1.5},
    "authors": {"same": 3.0, "none": 1.0, "most": 2.0, "some": -1.0, "differ": -5.0},
}
#: What pages say where several papers may stand on one (abstracts of a meeting), and where one fills several.
SHARED_PAGE, OWN_PAGES = 1.0, 7.0
#: What another name of the proceedings says of two papers of meetings, and a DOI that all of a supplement have.
OTHER_PROCEEDINGS, SHARED_DOI = -1.0, 1.0
#: What another title says of two records on such pages: it was translated.
OTHER_WORDS = -4.0
#: What the words of an equal title that is twice as long as one that tells all say more.
LONG_TITLE = 1.0
#: Least and greatest likeness of two abstracts that are the same, and different.
SAME_ABSTRACT, OTHER_ABSTRACT = 0.85, 0.5
#: What the fields that take longer to compare can say together, with and without the title.
_REST = sum(max(BITS[field].values()) for field in ("authors", "journal", "issue", "abstract"))
_MOST = _REST + LONG_TITLE + max(BITS["title"].values())
#: Fields that say where a paper stands, which a preprint and the paper that came of it do not share.
_PUBLICATION = frozenset({"journal", "volume", "issue", "pages", "DOI", "PMID", "year"})
_AGREES = frozenset({"same", "equal", "near"})
_HALF = frozenset({"part", "close", "next", "version", "most", "some"})


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was found of two records.

    Attributes:
        outcome: same, different or ask. bits: Sum of the evidence, before any bar.
        levels: Field -> how it compares. bar: What keeps the two from being the same whatever else agrees, or nothing.
        barred: Whether something was found that two records of one paper can't have.
    """

    outcome: Outcome
    bits: float
    levels: Mapping[str, str]
    bar: str
    barred: bool

    @property
    def score(self) -> float:
        """The bits on a scale from 0 to 1; one half where a person is asked first."""
        return 1.0 / (1.0 + math.pow(2.0, DEFAULT.ask - self.bits))

    @property
    def reason(self) -> str:
        """What agrees, what half does, what differs, and what bars the two from being the same."""
        return _reason(self.levels, self.bar)


def judge(a: Essence, b: Essence, thresholds: Thresholds = DEFAULT) -> Judgement:
    """Whether two records are of one paper."""
    levels = dict(_levels(a, b))
    bits = sum(_weighed(a, b, levels).values())
    bar = _bar(a, b, levels)
    outcome: Outcome = "same" if bits >= thresholds.same else "ask" if bits >= thresholds.ask else "different"
    if bar and outcome == "same":
        outcome = "ask" if _one_number(levels) else "different"
    elif bar:
        outcome = "different"
    return Judgement(outcome, bits, levels, bar, bool(bar) or (a.preprint == b.preprint and _apart(levels)))


def hopeless(a: Essence, b: Essence, thresholds: Thresholds = DEFAULT) -> bool:
    """Whether it can be told without a close look that two records are not worth telling."""
    if a.preprint != b.preprint or any(x and x == y for x, y in ((a.doi, b.doi), (a.pmid, b.pmid), (a.trial, b.trial))):
        return False
    volume, pages = compare_volumes(a.place, b.place), compare_pages(a.place.pages, b.place.pages)
    bits = BITS["volume"].get(volume, 0.0) + BITS["pages"].get(pages, 0.0)
    if a.year is not None and b.year is not None:
        bits += BITS["year"][_years(a.year, b.year)]
    if pages == "same" and volume != "differ":
        bits += OWN_PAGES - BITS["pages"]["same"]
    if bits + _MOST < thresholds.ask:
        return True
    if pages == "same":
        return False
    likeness = compare_titles(a.title, b.title)
    return likeness == "far" or bits + BITS["title"].get(likeness, 0.0) + _REST < thresholds.ask


def _years(a: int, b: int) -> str:
    return ("same", "next", "near")[abs(a - b)] if abs(a - b) < 3 else "differ"


def _levels(a: Essence, b: Essence) -> Iterator[tuple[str, str]]:
    """Each field that both have, and how it compares."""
    yield "title", compare_titles(a.title, b.title)
    authors = compare_authors(a.names, b.names)
    if not a.names and not b.names:
        yield "authors", "none"
    elif authors is not None:
        share = authors.shared / authors.of
        if share == 0:
            yield "authors", "differ"
        elif share < 0.5:
            yield "authors", "some"
        else:
            yield "authors", "same" if share >= 0.8 and authors.first else "most"
    if a.year is not None and b.year is not None:
        yield "year", _years(a.year, b.year)
    yield "journal", compare_journals(a.place, b.place)
    yield "volume", compare_volumes(a.place, b.place)
    yield "issue", compare_numbers(a.place.issue, b.place.issue)
    yield "pages", compare_pages(a.place.pages, b.place.pages)
    if a.doi and b.doi:
        yield "DOI", "same" if a.doi == b.doi else "version" if a.work == b.work else "differ"
    if a.pmid and b.pmid:
        yield "PMID", "same" if a.pmid == b.pmid else "differ"
    if a.trial and b.trial and UNKNOWN not in (a.trial, b.trial):
        yield "trial", _trials(a.trial, b.trial)
    if a.abstract and b.abstract:
        first, second = beginning(a.abstract), beginning(b.abstract)
        if first and second:
            yield "abstract", _abstracts(first, second)


def _trials(a: str, b: str) -> str:
    """How two numbers of trials compare; the European register has one record for each country."""
    if a == b:
        return "same"
    return "version" if re.sub("-[a-z]{2}$", "", a) == re.sub("-[a-z]{2}$", "", b) else "differ"


def _abstracts(a: str, b: str) -> str:
    from rapidfuzz.distance import Indel

    length = min(len(a), len(b))
    alike = Indel.normalized_similarity(a[:length], b[:length])
    return "same" if alike >= SAME_ABSTRACT else "differ" if alike <= OTHER_ABSTRACT else "part"


def _weighed(a: Essence, b: Essence, levels: dict[str, str]) -> dict[str, float]:
    bits = {field: BITS[field].get(level, 0.0) for field, level in levels.items()}
    if levels["title"] in ("equal", "near", "part"):
        bits["title"] *= min(a.title.telling, b.title.telling)
    if levels["title"] == "equal":
        bits["title"] = _equal_title(min(a.title.own, b.title.own), bits["title"], standing=_standing(levels))
    if _placed(levels):
        if _own_pages(a, b, levels):
            bits["pages"] = OWN_PAGES
            bits["title"] = max(bits["title"], 0.0 if a.foreign or b.foreign else OTHER_WORDS)
        elif a.place.supplement or b.place.supplement or not (_spread(a) or _spread(b)):
            bits["pages"] = SHARED_PAGE
    if levels["title"] == "part" and levels["pages"] != "same" and _abstracts_of_one_team(a, b):
        # A team that brings several abstracts to a meeting calls them by much the same words.
        bits["title"] = min(bits["title"], BITS["title"]["close"])
    if levels["pages"] == "differ" and bits.get("abstract", 0.0) > 0:
        # A meeting's abstract is often the paper's own.
        bits["abstract"] = 0.0
    if levels.get("DOI") == "same" and _shared_doi(a, b, levels):
        bits["DOI"] = SHARED_DOI
    if a.meeting and b.meeting and levels["journal"] == "differ":
        bits["journal"] = OTHER_PROCEEDINGS
    if levels["journal"] == "differ" and _journal_by_another_name(a, b, levels):
        bits["journal"] = 0.0
    if levels.get("year") == "next" and levels["journal"] != "same" and not _one_number(levels):
        # Online first explains a year between two records of one journal only.
        bits["year"] = BITS["year"]["near"]
    if a.preprint != b.preprint:
        bits |= {field: max(0.0, bits.get(field, 0.0)) for field in _PUBLICATION & levels.keys()}
    return bits


def _equal_title(own: int, bits: float, *, standing: bool) -> float:
    """What an equal title says: more where it is long; the more of its words recur, the less, save at one place."""
    if not standing and own < TELLING:
        return min(bits, BITS["title"]["equal"] * own / TELLING)
    return bits + LONG_TITLE if own >= 2 * TELLING else bits


def _journal_by_another_name(a: Essence, b: Essence, levels: dict[str, str]) -> bool:
    """Whether names that differ may be those of one journal or place: translated, or of a thesis or a register."""
    if (a.thesis and b.thesis) or (a.trial and b.trial):
        return True
    return (a.foreign or b.foreign) and _placed(levels) and levels["volume"] == "same"


def _abstracts_of_one_team(a: Essence, b: Essence) -> bool:
    """Whether both may be abstracts of a meeting whose titles are not just written at different length."""
    return (
        not cut_within_a_word(a.title, b.title)
        and (a.meeting or a.place.supplement)
        and (b.meeting or b.place.supplement)
    )


def _shared_doi(a: Essence, b: Essence, levels: dict[str, str]) -> bool:
    """Whether a DOI that both have may be that of a volume or supplement, given to all that stands in it."""
    if levels["title"] == "far":
        return not _own_pages(a, b, levels)
    return levels["title"] == "close" and levels["pages"] != "same" and (a.place.supplement or b.place.supplement)


def _spread(one: Essence) -> bool:
    return one.place.pages is not None and (one.place.pages.spread or one.place.pages.unique)


def _placed(levels: dict[str, str]) -> bool:
    """Whether both stand at one place: the same pages of a volume."""
    return levels["pages"] == "same" and levels["volume"] != "differ"


def _standing(levels: dict[str, str]) -> bool:
    """Whether both stand at one place, or in one issue of a journal and do not say where in it."""
    issue = all(levels[field] == "same" for field in ("journal", "volume", "issue"))
    return _placed(levels) or (issue and levels["pages"] == "missing")


def _own_pages(a: Essence, b: Essence, levels: dict[str, str]) -> bool:
    """Whether both stand on the same pages of one volume, which are too many for two papers."""
    if levels["volume"] != "same" or a.place.pages is None or b.place.pages is None:
        return False
    if levels["journal"] == "differ" and not _journal_by_another_name(a, b, levels):
        return False
    return a.place.pages == b.place.pages and a.place.pages.unique


def _one_number(levels: dict[str, str]) -> bool:
    return "same" in (levels.get("DOI"), levels.get("PMID"), levels.get("trial"))


def _apart(levels: dict[str, str]) -> bool:
    """Whether both say where they stand, and it is not the same place."""
    if levels["pages"] == "same" or _one_number(levels):
        return False
    return sum(levels.get(field) == "differ" for field in ("pages", "volume", "journal", "DOI", "PMID")) >= 2


def _bar(a: Essence, b: Essence, levels: dict[str, str]) -> str:
    """What keeps two records from being the same whatever else agrees; empty where nothing does."""
    if _own_pages(a, b, levels) and levels.get("authors") in ("same", "most"):
        return ""
    if a.title.notice != b.title.notice:
        return f"one is a {a.title.notice or b.title.notice}"
    if numbers_differ(a.title, b.title):
        return "numbers in the titles differ"
    if levels.get("trial") == "differ":
        return "of two trials"
    if bool(a.trial) != bool(b.trial) and "missing" != levels["journal"] != "same":
        return "one is of a register"
    if a.title.protocol != b.title.protocol and not (_placed(levels) and levels["issue"] != "differ"):
        return "one is a protocol"
    if _placed(levels) or _one_number(levels) or a.preprint != b.preprint:
        return ""
    numbered = "differ" in (levels["issue"], levels["volume"])
    if levels["pages"] == "differ" and numbered and a.place.supplement != b.place.supplement:
        return "one is in a supplement"
    if levels["pages"] == "differ" and counted_on(a.title, b.title):
        return "one may be another part"
    if a.thesis != b.thesis:
        return "one is a thesis"
    if a.meeting and b.meeting:
        return "of meetings of two years" if levels.get("year", "same") != "same" != levels["volume"] else ""
    return "one is of a meeting" if a.meeting != b.meeting and _elsewhere(levels) else ""


def _elsewhere(levels: dict[str, str]) -> bool:
    """Whether anything says that a record of a meeting and another stand in different places."""
    if "differ" in (levels["journal"], levels["pages"], levels["volume"]) or levels["journal"] == "part":
        return True
    return levels["journal"] == "missing" and levels.get("year") != "same"


def _reason(levels: Mapping[str, str], bar: str) -> str:
    parts = []
    for told, group in (("agree", _AGREES), ("nearly agree", _HALF), ("differ", {"differ", "far"})):
        fields = [field for field, level in levels.items() if level in group]
        if fields:
            one = len(fields) == 1 and fields[0] not in ("pages", "authors")
            verb = told.replace("agree", "agrees").replace("differ", "differs") if one else told
            parts.append(f"{_listed(fields)} {verb}")
    text = "; ".join(parts)
    return "; ".join(filter(None, (text[:1].upper() + text[1:], bar)))


def _listed(fields: list[str]) -> str:
    return fields[0] if len(fields) == 1 else f"{', '.join(fields[:-1])} and {fields[-1]}"
