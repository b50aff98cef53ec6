"""Where a paper stands: journal, volume, issue, pages, and how two places compare."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from .folding import listed, plain, words

#: same, differ; part: one may be the other's; missing: one says nothing.
Agreement = Literal["same", "part", "differ", "missing"]

_EMPTY_WORDS = frozenset(listed("the of and for in on de la le der die das und a an et e y del des no pagination"))
_PLACE_NAMES = re.compile(r"\([^()]*\)|\[[^\[\]]*\]")
_MEETING = re.compile(
    r"\b(?:conference|congress|meeting|proceedings|symposi|workshop|abstracts?|annual scientific|kongress|tagung"
    r"|minitrack|colloquium)"
)
#: Journals by name that are no meetings.
_NO_MEETING = re.compile(
    r"proceedings of the (?:national academy|royal society|nutrition society)|dissertation|abstracts of"
)
_THESIS = re.compile(r"\bph\.? ?d\b|\bthes[ie]s\b|\bdissertation")
_PREPRINT = re.compile(
    r"\b(?:bio ?rxiv|med ?rxiv|ar ?xiv|chem ?rxiv|psy ?ar ?xiv|socarxiv|ssrn|research square|preprints?(?: org)?"
    r"|authorea|f1000 ?research preprint|osf preprints|edarxiv|techrxiv)\b"
)
_PREPRINT_DOI = re.compile(
    r"10\.(?:1101/(?:20|\d{6}$)|48550/|21203/rs|2139/ssrn|20944/preprints|26434/chemrxiv|31234/|31235/|31219/|22541/au"
    r"|36227/techrxiv|64898/)"
)
_MONTHS = {
    name: str(i)
    for i, name in enumerate(listed("jan feb mar apr may jun jul aug sep oct nov dec"), start=1)
}  # fmt: skip
_NUMBER = re.compile(r"\d+")
_DASHES = re.compile("\\s*[\u2010-\u2015\u2212\u00ad-]+\\s*")
_PAGE = re.compile(r"(?:^|[^\w.])([a-z]{0,4})\s?(\d{1,9})([a-z]?)(?:\.e?\d+)?(?:-([a-z]{0,4})(\d{1,9})([a-z]?))?")
_NO_PAGES = re.compile(
    r"no pagination|unpaginated|\bn/?a\b|\bpage(?:s)? not|epub|\d{4}-\d{3}[\dx]\(|in press|ahead of print"
)
_PAGE_COUNT = re.compile(r"\d+ ?(?:p|pp|pages?|leaves|seiten|s)\.?")
_DATE_PAGES = re.compile(r"^(?:(\d{1,2})-([a-z]{3})|([a-z]{3})-(\d{1,2}))$")
#: One digit before the s is enough: all of them would be begun anew at each digit of a long number.
_SUPPLEMENT = re.compile(r"\bsuppl|\bs\d|\ds\b|\babstracts?\b|\(s\)")
#: What journals and meetings of one name are told apart by, and the short forms of it.
_ORIGINS = {
    form: forms.split()[0]
    for forms in (
        "american americas amer am",
        "european europ eur",
        "international internat intl int",
        "british brit br",
        "canadian canad can",
        "australian australasian austral aust",
        "scandinavian scand",
        "asian asia pacific",
        "african afr",
        "indian",
        "japanese jpn",
        "chinese chin",
        "german",
        "french",
        "italian",
        "spanish",
        "mediterranean",
        "nordic",
    )
    for form in forms.split()
}
_ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}


@dataclass(frozen=True, slots=True)
class Pages:
    """First and last page: letters before the number, and the number without leading zeros.

    Attributes:
        letters, first, last: ``S557-8`` is ``s``, 557, 558. ``last`` is None where a single page or an article's number
            is given.
    """

    letters: str
    first: int
    last: int | None

    @property
    def spread(self) -> bool:
        """Whether it is a range of pages and so no article number and no abstract on a page of several."""
        return self.last is not None and self.last > self.first

    @property
    def unique(self) -> bool:
        """Whether no other paper can have them: pages of a few, or the number of an article."""
        return (self.last is not None and self.last - self.first >= 2) or self.article

    @property
    def article(self) -> bool:
        """Whether it is the number of an article rather than a page."""
        return self.last is None and (self.first >= 10_000 or self.letters in ("e", "cd"))

    def counts(self, other: Pages) -> bool:
        """Whether it may be a count of pages: from 1 on, as papers have before they get their own; of an article."""
        return not self.letters and (self.first == 1 or (self.last is None and self.first < 60 and other.article))


@dataclass(frozen=True, slots=True)
class Place:
    """Where a record says that it stands; None or empty where it does not."""

    journal: tuple[str, ...] = ()
    volume: str = ""
    issue: str = ""
    pages: Pages | None = None
    issn: frozenset[str] = frozenset()
    supplement: bool = False


def volume_of(text: str | None, year: int | None) -> tuple[str, str]:
    """Volume and, where it is written behind it, issue: ``61 (Supplement 1)``, ``4 (1) (no pagination)``.

    A year in the place of a volume says nothing more than the year.
    """
    low = plain(text or "").strip()
    if low in _ROMAN:
        return _ROMAN[low], ""
    found = _NUMBER.findall(low)
    if not found:
        return "", ""
    if ")" in low and "(" not in low:
        # The end of ``30 (Suppl 3)`` whose beginning was lost: it is the issue that is left.
        return "", issue_of(low)
    volume = found[0].lstrip("0") or "0"
    if len(volume) == 4 and year is not None and abs(int(volume) - year) <= 1:
        volume = ""
    inner = re.search(r"\((\d[\w-]*)\)", low)
    return volume, issue_of(inner[1]) if inner else ""


def issue_of(text: str | None) -> str:
    """The number of an issue; ``Pt 4`` is 4, ``21 Suppl 1`` is 21, ``Suppl 3`` is marked."""
    low = plain(text or "")
    found = _NUMBER.findall(low)
    number = (found[0].lstrip("0") or "0") if found else ""
    return f"s{number}" if "suppl" in (low.partition(found[0])[0] if found else low) else number


def supplement(*texts: str | None) -> bool:
    """Whether volume, issue or pages are those of a supplement."""
    return any(_SUPPLEMENT.search(plain(text)) is not None for text in texts if text)


def pages_of(text: str | None) -> Pages | None:
    """Pages; ``221-8`` are 221 to 228, ``01-Apr`` is what a spreadsheet makes of 1-4."""
    low = _DASHES.sub("-", plain(text or "").strip())
    if not low or _NO_PAGES.search(low):
        return None
    if (date := _DATE_PAGES.match(low)) is not None:
        first, month, other, last = date.groups()
        pair = (first, _MONTHS.get(month)) if first else (_MONTHS.get(other), last)
        low = f"{int(pair[0])}-{int(pair[1])}" if pair[0] and pair[1] else low
    found = _PAGE.search(low)
    if found is None or _PAGE_COUNT.fullmatch(low):
        return None
    letters, first, _, _, last, _ = found.groups()
    letters = "" if letters in ("p", "pp", "pg", "art", "no") else letters
    if last is None or int(last) == int(first):
        return Pages(letters, int(first), None)
    if len(last) < len(first):
        last = first[: -len(last)] + last
    return Pages(letters, int(first), int(last) if int(last) >= int(first) else None)


@lru_cache(maxsize=4096)
def journal_of(text: str | None) -> tuple[str, ...]:
    """Words of a journal's name; places, languages and what stands behind a full stop or ``Conference:`` left out."""
    low = _PLACE_NAMES.sub(" ", plain(text or "").replace("&", " "))
    low = re.split(r"\bconference\s*:|\.\s+conference\b", low)[0] or low
    found = tuple(word for word in words(low) if word not in _EMPTY_WORDS)
    return () if found in (("unknown",), ("not", "available")) or "://" in low else found


@lru_cache(maxsize=4096)
def meeting(journal: str | None) -> bool:
    """Whether a journal's name is that of a meeting or its proceedings."""
    low = plain(journal or "")
    return _MEETING.search(low) is not None and _NO_MEETING.search(low) is None


def thesis(*texts: str | None) -> bool:
    """Whether a journal's name or what stands for a volume is that of a thesis."""
    return any(_THESIS.search(plain(text)) is not None for text in texts if text)


@lru_cache(maxsize=4096)
def preprints(journal: str | None) -> bool:
    """Whether a journal's name is that of a preprint server."""
    return _PREPRINT.search(plain(journal or "").replace(".", " ")) is not None


def preprint_doi(doi: str) -> bool:
    """Whether a DOI is one that preprint servers give."""
    return _PREPRINT_DOI.match(doi) is not None


def compare_journals(a: Place, b: Place) -> Agreement:
    """How two journals compare; an abbreviation is the same."""
    if a.issn & b.issn:
        return "same"
    if not a.journal or not b.journal:
        return "missing"
    return _journals(*sorted((a.journal, b.journal), key=lambda name: (len("".join(name)), name)))


@lru_cache(maxsize=16384)
def _journals(short: tuple[str, ...], long: tuple[str, ...]) -> Agreement:
    from rapidfuzz.distance import OSA

    if short == long or _abbreviates(short, long):
        return "same"
    acronym = "".join(word[0] for word in long)
    if len(short[0]) >= 3 and (short == (acronym,) or short[0] == acronym):
        return "same"
    if OSA.normalized_similarity(" ".join(short), " ".join(long)) >= 0.9:
        return "same"
    if _ORIGINS.get(short[0], "") != _ORIGINS.get(long[0], "") and short[0] in _ORIGINS and long[0] in _ORIGINS:
        return "differ"
    inside = [word for word in short if any(_abbreviation(word, other) for other in long)]
    if (
        len(inside) == len(short)
        or 2 * len(inside) > len(short) >= 3
        or (acronym.startswith(short[0]) and len(short[0]) > 2)
    ):
        return "part"
    return "differ"


def _abbreviates(short: tuple[str, ...], long: tuple[str, ...]) -> bool:
    """Whether each word shortens the next of the longer name in turn, the first the first."""
    if not _abbreviation(short[0], long[0]):
        return False
    i = 0
    for word in short:
        while i < len(long) and not _abbreviation(word, long[i]):
            i += 1
        if i == len(long):
            return False
        i += 1
    # A name that goes on is another journal, unless all that follows is a city, an edition or a society.
    return len(long) - len(short) <= 1 or any(len(word) < len(other) for word, other in zip(short, long, strict=False))


def _abbreviation(short: str, long: str) -> bool:
    """``psychiat`` of psychiatry, ``natl`` of national."""
    if long.startswith(short):
        return True
    if len(short) < 3 or short[0] != long[0] or short[-1] not in long:
        return False
    letters = iter(long)
    return all(letter in letters for letter in short) and len(short) <= 5


def compare_pages(a: Pages | None, b: Pages | None) -> Agreement:
    """How two page numbers compare; ``part`` where one may be a count of pages, or lies within the other."""
    if a is None or b is None:
        return "missing"
    if a.first == b.first:
        if a.last == b.last or a.last is None or b.last is None or a.first > 1:
            return "same"
        return "part"
    if a.counts(b) != b.counts(a) or (a.last is not None and a.last == b.last):
        return "part"
    inside = a.last is not None and a.first <= b.first <= a.last and (b.last is None or b.last <= a.last)
    around = b.last is not None and b.first <= a.first <= b.last and (a.last is None or a.last <= b.last)
    return "part" if (inside or around) and a.letters == b.letters else "differ"


def compare_volumes(a: Place, b: Place) -> Agreement:
    """How two volumes compare; ``part`` where one has its issue or supplement in the volume's place."""
    found = compare_numbers(a.volume, b.volume)
    swapped = (a.volume == b.issue.lstrip("s") and not a.issue) or (b.volume == a.issue.lstrip("s") and not b.issue)
    return "part" if found == "differ" and swapped else found


def compare_numbers(a: str, b: str) -> Agreement:
    """How two volumes or issues compare."""
    if not a or not b:
        return "missing"
    return "same" if a == b else "differ"
