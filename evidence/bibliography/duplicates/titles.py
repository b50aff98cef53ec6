"""Titles: what of them names the paper, and how two of them compare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Literal

from .folding import listed, plain, words

#: equal: the same letters. near: other spellings only. part: one goes on where the other ends, or leaves words out.
#: close: most words the same, some others in their place. far: another title. missing: one has none.
Likeness = Literal["equal", "near", "part", "close", "far", "missing"]

#: Least likeness of two words that count as spellings of one, and the length from which that is asked.
SPELLING, SPELLED = 0.8, 5
#: Least share of words in common of titles that are close.
CLOSE = 0.75
#: Words that a title must have to be taken for a part of a longer one, and least share of the longer one's words.
PART_WORDS, PART_SHARE = 4, 0.3
#: Letters from which on a beginning is a title cut off, even within a word.
CUT = 20
#: Words of a title that are compared: what is longer is an abstract in the wrong place.
MOST = 80
#: Words from which on a title says which paper it is.
TELLING = 4

STOP = frozenset(
    listed(
        "a an and are as at be by do does for from how in into is its of on or s the their this to using via versus vs"
        " was what which with within der die das und von bei mit zur im des le la les de du et en el los las y"
        " un une"
    )
)
_NUMBERS = {
    "ii": "2", "iii": "3", "iv": "4", "vi": "6", "vii": "7", "viii": "8", "ix": "9", "xi": "11", "xii": "12",
    "one": "1", "two": "2", "three": "3", "four": "4", "five": "5", "six": "6", "seven": "7", "eight": "8",
    "nine": "9", "ten": "10",
}  # fmt: skip
#: Before a single letter that counts: part i, phase v.
_COUNTED = frozenset(listed("part phase type stage class grade chapter volume no number group study grading"))
_LETTER_NUMBERS = {"i": "1", "v": "5", "x": "10"}
#: Spellings of both sides of an ocean, and endings of one word.
_SPELLINGS = ((re.compile(r"(?<=[a-z])is(?=(?:e|ed|es|ing|ation|ations)$)"), "iz"), (re.compile("ae|oe"), "e"))
_EMPTY = frozenset({"", "unknown", "untitled", "no title", "title not available", "not available", "na", "n a"})
_BRACKETS = re.compile(r"\[([^\[\]]*)\]")
#: What counts the parts of a series behind their title: part 2, 2012.
_COUNT = re.compile(r"[a-z]{0,8}\d+")
_LANGUAGES = (
    "chinese|german|french|spanish|russian|japanese|italian|portuguese|polish|korean|turkish|persian|czech|dutch"
)
_LANGUAGE = re.compile(rf"^\W*(?:{_LANGUAGES})\W*$")
_SMALL_LANGUAGE = re.compile(rf"\((?:author'?s transl|transl|{_LANGUAGES})\)")
_SMALL_NOTE = re.compile(rf"\((?:review|protocol|abstract|author'?s transl|transl|poster|english|{_LANGUAGES})\)")
_BY = r"(?:publisher'?s? |author(?:s'?|'?s)? |the |in |a |invited |editorial )*"
_END = "[:\\-\u2013\u2014(\\[.;]\\s*"
#: What a paper that is about another one calls itself, at the beginning of its title or at the end.
_NOTICES = tuple(
    (name, re.compile(f"^\\W*{_BY}(?:{begins})|{_END}{_BY}(?:{ends})\\W*$"))
    for name, begins, ends in (
        (
            "correction",
            r"(?:errat(?:um|a)|corrigend(?:um|a)|addend(?:um|a))\b|corrections?(?: and \w+)?\s*:|correction to\b",
            r"errat(?:um|a)|corrigend(?:um|a)|corrections?|vol\.? \d+[^()]{0,60}\b(?:19|20)\d\d",
        ),
        ("retraction", r"retraction(?: notice| note)?\s*(?:of|to|:)|(?:notice|expression) of ", "retraction notice"),
        (
            "reply",
            r"(?:reply|response|rejoinder)\s*(?:to\b|from\b|by\b|:|\W*$)",
            "reply|rejoinder|response",
        ),
        (
            "comment",
            r"(?:comment(?:s|ary)?|discussion|letters?|editorial|re)\s*(?:on\b|of\b|to\b|:|\W*$)",
            "comment(?:s|ary)?",
        ),
    )
)
#: Notices that a database may write in brackets behind the title; ``[comment]`` there is a note on the paper itself.
_BRACKETED = frozenset({"correction", "retraction"})
#: What a correction says before the title of the paper, and behind it where that stands.
_CORRECTS = re.compile(
    r"^\W*(?:errat(?:um|a)|corrigend(?:um|a)|addend(?:um|a)|corrections?)\b(?: and \w+)?(?: (?:to|for|in))?\W+"
)
_CITED = re.compile(r"\s*\((?=[^\n]*\b(?:19|20)\d\d\b)(?:[^()]|\([^()]*\))*\)\W*$")
#: Words that recur at the head of many papers: such a title tells them apart by where they stand only.
_RECURRING = frozenset(
    listed(
        "abstracts announcement answer author authors book books call comment comments commentary contents"
        " correspondence discussion editor editors editorial editorials erratum foreword forum guest introduction"
        " issue letter letters message minitrack news note notes obituary paper papers preface president profile"
        " question reply report reports response review reviews special summary table track"
    )
)
_PROTOCOL = re.compile(r"\bprotocol\b(?! (?:for|of) (?:treat|manag|anesth))")
_MEETING = re.compile(r"\babstract\b|\bposter\b")
_RETRACTED = re.compile(r"^\W*(?:retracted|withdrawn)(?: article)?\W+")


@dataclass(frozen=True, slots=True)
class Title:
    """A title as it is compared.

    Attributes:
        words: In order, notes of databases left out. joined: Their letters without spaces.
        other: Words of the title in another language, where it stands beside in brackets.
        notice: What the paper does to another one (correction, reply, comment, retraction); empty = nothing.
        protocol, meeting: Whether it calls itself a protocol, or the abstract of a meeting.
        foreign: Whether the paper is in another language than the title: it stands in brackets, or a note says so.
    """

    words: tuple[str, ...] = ()
    joined: str = ""
    other: tuple[str, ...] = ()
    notice: str = ""
    protocol: bool = False
    meeting: bool = False
    foreign: bool = False

    @property
    def telling(self) -> float:
        """How much an equal title says, 0 to 1: ``Editorial`` little, a line of words all."""
        return min(1.0, len([word for word in self.words if word not in STOP]) / TELLING)

    @property
    def own(self) -> int:
        """Words that other papers don't have over and over: none of ``Editor's comments``."""
        return len([word for word in self.words if word not in STOP and word not in _RECURRING])


def title_of(text: str | None) -> Title:
    """A title taken apart; notes such as ``[Chinese]`` or ``[see comment]`` are no part of it."""
    low = plain(text or "").strip()
    notes = _BRACKETS.findall(low)
    bare = _BRACKETS.sub(" ", low).strip(" .")
    other: tuple[str, ...] = ()
    foreign = any(_LANGUAGE.search(note) for note in notes) or _SMALL_LANGUAGE.search(bare) is not None
    if len(words(bare)) < 2 and notes:
        foreign = True
        bare = max(notes, key=len) if not words(bare) else low
        notes = []
    else:
        longest = max((_counted(words(note)) for note in notes), key=len, default=())
        other = longest if len(longest) >= PART_WORDS else ()
    bare = _RETRACTED.sub("", bare)
    notice = _notice(bare) or next((name for note in notes if (name := _notice(f"x [{note}]")) in _BRACKETED), "")
    if notice == "correction":
        bare = _CITED.sub("", _CORRECTS.sub("", bare)) or bare
    meeting = any(_MEETING.search(note) for note in notes)
    found = _counted(words(_SMALL_NOTE.sub(" ", bare)))[:MOST]
    if " ".join(found) in _EMPTY:
        return Title()
    return Title(found, "".join(found), other, notice, _PROTOCOL.search(bare) is not None, meeting, foreign)


def _notice(text: str) -> str:
    return next((name for name, pattern in _NOTICES if pattern.search(text)), "")


def _counted(found: Sequence[str]) -> tuple[str, ...]:
    """Words with numbers as digits and in one spelling, whichever way they are written."""
    result = []
    for i, word in enumerate(found):
        if word in _NUMBERS:
            word = _NUMBERS[word]
        elif word in _LETTER_NUMBERS and i and found[i - 1] in _COUNTED:
            word = _LETTER_NUMBERS[word]
        elif word.isdigit():
            word = word.lstrip("0") or "0"
        result.append(_spelling(word))
    return tuple(result)


@lru_cache(maxsize=65536)
def _spelling(word: str) -> str:
    for pattern, letters in _SPELLINGS:
        word = pattern.sub(letters, word)
    return word


def compare_titles(a: Title, b: Title) -> Likeness:
    """How two titles compare; of titles in two languages the pair that fits best."""
    if not a.words or not b.words:
        return "missing"
    if a.notice and a.notice == b.notice and not (a.own and b.own):
        return "equal" if a.words == b.words else "part"
    found = [_compare(a.words, b.words)]
    if found[0] not in ("equal", "near"):
        found += [_compare(x, y) for x, y in ((a.other, b.words), (a.words, b.other), (a.other, b.other)) if x and y]
    return min(found, key=ORDER.index)


ORDER: tuple[Likeness, ...] = ("equal", "near", "part", "close", "far", "missing")


def numbers_differ(a: Title, b: Title) -> bool:
    """Whether each has a number that the other lacks: parts of a series, reports of two years."""
    one, two = ([word for word in title.words if word.isdigit()] for title in (a, b))
    return a.joined != b.joined and bool(_without(one, two)) and bool(_without(two, one))


def cut_within_a_word(a: Title, b: Title) -> bool:
    """Whether one ends within a word of the other: a title that a database cut off, not one that says less."""
    short, long = sorted((a, b), key=lambda title: len(title.joined))
    last = len(short.words) - 1
    return _cut_off(short.joined, long.joined) and short.words[last] != long.words[last]


def counted_on(a: Title, b: Title) -> bool:
    """Whether one is the other with a number more: the second part, the report of another year."""
    one, two = _without(a.words, b.words), _without(b.words, a.words)
    more = one or two
    return not (one and two) and len(more) <= 2 and any(word.isdigit() for word in more)


def _compare(a: Sequence[str], b: Sequence[str]) -> Likeness:
    if a == b or "".join(a) == "".join(b):
        return "equal"
    if _cut_off(*sorted(("".join(a), "".join(b)), key=len)):
        return "part"
    only_a, only_b = _leftover(a, b)
    telling = [[word for word in part if word not in STOP] for part in (only_a, only_b)]
    if not telling[0] and not telling[1]:
        return "near"
    if not telling[0] or not telling[1]:
        short, long = sorted((a, b), key=len)
        if tuple(long[: len(short)]) == tuple(short) and len(short) > 1 and not _counts("".join(long[len(short) :])):
            return "part"
        numbers = any(word.isdigit() for part in telling for word in part)
        extra = [word for part in telling for word in part]
        inside = sum(word not in STOP for word in short)
        if inside >= PART_WORDS and inside >= PART_SHARE * sum(word not in STOP for word in long):
            # A number alone that one of them has more may count the parts of a series.
            return "close" if numbers and len(extra) <= 2 else "part"
        return "far"
    shared = len(a) + len(b) - len(only_a) - len(only_b)
    return "close" if shared >= CLOSE * (len(a) + len(b)) else "far"


def _cut_off(short: str, long: str) -> bool:
    """Whether letters are the beginning of others, and what follows is not the number of a part."""
    return len(short) >= CUT and long.startswith(short) and not _counts(long[len(short) :])


def _counts(letters: str) -> bool:
    return _COUNT.fullmatch(letters) is not None


def _leftover(a: Sequence[str], b: Sequence[str]) -> tuple[list[str], list[str]]:
    """Words of each that the other has in no spelling."""
    one, two = _without(a, b), _without(b, a)
    for word in list(one):
        match = next((other for other in two if _spelled(word, other)), None)
        if match is not None:
            one.remove(word)
            two.remove(match)
    if not one or not two:
        return one, two
    return _rejoined(one, two, a, b)


def _without(words: Sequence[str], others: Sequence[str]) -> list[str]:
    """Words less the others, each once for each time it stands there."""
    left, found = list(others), []
    for word in words:
        if word in left:
            left.remove(word)
        else:
            found.append(word)
    return found


def _rejoined(one: list[str], two: list[str], a: Sequence[str], b: Sequence[str]) -> tuple[list[str], list[str]]:
    """The same without words that one writes as one and the other as two: poststroke, post-stroke."""
    for mine, theirs, text in ((one, two, b), (two, one, a)):
        pairs = {f"{first}{second}": (first, second) for first, second in pairwise(text)}
        for word in list(mine):
            halves = pairs.get(word)
            if halves and any(half in theirs for half in halves):
                mine.remove(word)
                for half in halves:
                    if half in theirs:
                        theirs.remove(half)
    return one, two


def _spelled(a: str, b: str) -> bool:
    """Whether two words are spellings of one; a cut-off word is one of the whole."""
    if min(len(a), len(b)) < SPELLED or abs(len(a) - len(b)) > 3 or a.isdigit() or b.isdigit():
        return False
    from rapidfuzz.distance import OSA

    if (a.startswith(b) or b.startswith(a)) and abs(len(a) - len(b)) <= 2:
        return True
    return OSA.normalized_similarity(a, b) >= SPELLING
