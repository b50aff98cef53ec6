"""Authors: whichever way a database writes them, and how two lists compare."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from .folding import listed, mended, plain, words

_AND = re.compile(r"\s*;\s*|\s+(?:and|und|&)\s+|\n")
#: ``Adeli K.Lewis G. F.``: a name begins right behind the initial of the one before.
_RUN_TOGETHER = re.compile(r"(?<=[^\W\d_]\.)(?=[^\W\d_][^\W\d_'\u2019])")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}")
_NOBODY = frozenset(
    listed(
        "anonymous anon unknown others et al etal none author authors not available listed nct isrctn jprn euctr chictr"
        " ctri actrn per"
    )
)
_PARTICLES = frozenset(listed("van von der den de di da del della la le el al bin ibn ter ten dos du st mc jr sr"))
#: Least likeness of two names of a length that are spellings of one: umlauts written with and without e, lost accents.
SPELLING, SPELLED = 0.8, 5
#: Names of a list that are compared: databases cut long lists at various lengths.
MOST = 40


@dataclass(frozen=True, slots=True)
class Name:
    """An author: words of which one is the family name, as one word too; the first initial, the given names as one."""

    families: tuple[str, ...]
    initial: str = ""
    given: str = ""


@dataclass(frozen=True, slots=True)
class Authors:
    """How two lists compare: names in the shorter, how many the other has too, whether the first are the same."""

    of: int
    shared: float
    first: bool


def names_of(authors: Sequence[str]) -> tuple[Name, ...]:
    """The names of a list, in order."""
    return tuple(name for text in authors for name in _names(text))[:MOST]


@lru_cache(maxsize=65536)
def _names(text: str) -> tuple[Name, ...]:
    parts = (one for part in _AND.split(mended(text)) for one in _RUN_TOGETHER.split(part))
    return tuple(name for part in parts if (name := _name(part.strip(" ,."))) is not None)


def _name(text: str) -> Name | None:
    family, comma, given = text.partition(",")
    first = ""
    if comma and family.strip():
        found, first = words(plain(family)), "".join(words(plain(given)))
        initial = first[:1]
    else:
        parts = text.split()
        tail = [part for part in parts[1:] if _initials(part)]
        if tail and not (len(parts) > 1 and _initials(parts[0]) and not _initials(parts[-1])):
            found, initial = words(plain(" ".join(part for part in parts if part not in tail))), tail[0][:1].lower()
        elif parts and _initials(parts[0]) and len(parts) > 1:
            rest = [part for part in parts if not _initials(part)]
            found, initial = words(plain(" ".join(rest))), parts[0][:1].lower()
        else:
            found, initial = words(plain(text)), ""
    found = tuple(word for word in found if word not in _NOBODY)
    families = tuple(word for word in found if word not in _PARTICLES and len(word) > 1) or found
    if not families:
        return None
    joined = "".join(found)
    return Name(families if joined in families else (*families, joined), initial, first)


def _initials(part: str) -> bool:
    """Initials, with points or in capitals; ``Li`` is none."""
    return _INITIALS.fullmatch(part) is not None and (part.isupper() or "." in part)


def compare_authors(a: Sequence[Name], b: Sequence[Name]) -> Authors | None:
    """How two lists compare; None where one is empty."""
    if not a or not b:
        return None
    short, long = sorted((a, b), key=len)
    left, shared = list(long), 0.0
    for name in short:
        best, at = 0.0, 0
        for i, other in enumerate(left):
            alike = _alike(name, other)
            if alike > best:
                best, at = alike, i
                if best == 1.0:
                    break
        if best > 0:
            shared += best
            del left[at]
    return Authors(len(short), shared, _alike(a[0], b[0]) > 0)


def _alike(a: Name, b: Name) -> float:
    """1 the same name, 0.5 the same family with another initial, 0 another."""
    if not _same_family(a.families, b.families):
        turned = a.given and a.given == b.families[-1] and b.given == a.families[-1]
        return 1.0 if turned else 0.0
    return 0.5 if a.initial and b.initial and a.initial != b.initial else 1.0


def _same_family(a: tuple[str, ...], b: tuple[str, ...]) -> bool:
    if a[0] == b[0] or not set(a).isdisjoint(b):
        return True
    return any(_spelled(x, y) for x in a for y in b if x[0] == y[0])


def _spelled(a: str, b: str) -> bool:
    if min(len(a), len(b)) < SPELLED or abs(len(a) - len(b)) > 3:
        return False
    from rapidfuzz.distance import OSA

    return OSA.normalized_similarity(a, b) >= SPELLING
