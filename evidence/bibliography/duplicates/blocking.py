"""Which records are compared at all: those that share a handle or words that few records have."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Iterator, Sequence
from itertools import combinations

import numpy as np
import numpy.typing as npt

from .essence import Essence
from .registers import UNKNOWN
from .titles import STOP

Codes = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

#: Records of one block up to which all pairs are compared; a larger one is cut by what else they say.
LARGEST = 40
#: Rare words of a title that are combined, and letters of a title's beginning that are a handle.
RARE, BEGINNING = 5, 24
#: Neighbours that are compared in a block that nothing cuts.
WINDOW = 12
#: Least likeness, 0 to 100, of the words of two titles that are looked at closely without a shared number.
ROUGH = 70.0


def candidates(essences: Sequence[Essence]) -> list[tuple[int, int]]:
    """Pairs of positions worth a close look, in order, whatever way the records are ordered."""
    n = len(essences)
    strong, weak = (_codes(keys, essences) for keys in (_numbers(essences), _words(essences)))
    weak = np.setdiff1d(weak, strong, assume_unique=True)
    weak = weak[_possible(weak // n, weak % n, essences)] if n else weak
    weak = weak[_alike(weak // n, weak % n, essences)] if n else weak
    codes = np.union1d(strong, weak)
    return list(zip((codes // n).tolist(), (codes % n).tolist(), strict=True)) if n else []


def _codes(keys: Iterable[tuple[int, Hashable]], essences: Sequence[Essence]) -> Codes:
    """Pairs of positions that share a key, each as one number: ``first * n + second``."""
    n = len(essences)
    blocks: defaultdict[Hashable, list[int]] = defaultdict(list)
    for i, key in keys:
        blocks[key].append(i)
    codes = (i * n + j for block in blocks.values() if len(block) > 1 for i, j in _pairs(sorted(set(block)), essences))
    return np.unique(np.fromiter(codes, dtype=np.int64))


def _numbers(essences: Sequence[Essence]) -> Iterator[tuple[int, Hashable]]:
    """Handles that name a paper, or nearly do."""
    for i, one in enumerate(essences):
        if one.work:
            yield i, f"doi {one.work}"
        if one.pmid:
            yield i, f"pmid {one.pmid}"
        if one.trial and one.trial != UNKNOWN:
            yield i, f"trial {one.trial}"
        if one.title.joined:
            yield i, f"title {one.title.joined}"
        if one.title.other:
            yield i, f"title {''.join(one.title.other)}"
        pages, volume = one.place.pages, one.place.volume
        if pages is not None and (pages.letters or pages.first != 1):
            if volume:
                yield i, f"place {volume} {pages.first}"
            if one.names:
                yield i, f"author {one.names[0].families[-1]} {pages.first}"


def _words(essences: Sequence[Essence]) -> Iterator[tuple[int, Hashable]]:
    """The beginning of a title, and pairs of its rarest words."""
    held = [{word for word in (*one.title.words, *one.title.other) if word not in STOP} for one in essences]
    number = Counter(word for found in held for word in found)
    rank = {word: i for i, word in enumerate(sorted(number, key=lambda word: (number[word], word)))}
    alone = sum(n == 1 for n in number.values())
    for i, (one, found) in enumerate(zip(essences, held, strict=True)):
        if len(one.title.joined) > BEGINNING:
            yield i, one.title.joined[:BEGINNING]
        ranks = sorted(rank[word] for word in found)
        # Ranks below ``alone`` are of words that no other title has.
        rare = [place for place in ranks if place >= alone][:RARE]
        for first, second in combinations(rare, 2):
            yield i, first * len(rank) + second
        if one.names and one.year is not None and found:
            yield i, (one.names[0].families[-1], one.year, max(found, key=lambda word: (len(word), word)))


def _pairs(block: Sequence[int], essences: Sequence[Essence]) -> Iterator[tuple[int, int]]:
    if len(block) <= LARGEST:
        yield from combinations(block, 2)
        return
    for cut in (_by_author, _by_year, _by_place):
        parts: defaultdict[str, list[int]] = defaultdict(list)
        for i in block:
            parts[cut(essences[i])].append(i)
        for key, part in parts.items():
            if key and len(part) <= LARGEST:
                yield from combinations(part, 2)
            elif key:
                part.sort(key=lambda i: _order(essences[i]))
                yield from ((min(i, j), max(i, j)) for k, i in enumerate(part) for j in part[k + 1 : k + 1 + WINDOW])


def _by_author(one: Essence) -> str:
    return f"{one.names[0].families[-1]} {one.year}" if one.names else ""


def _by_year(one: Essence) -> str:
    return f"{one.year} {one.place.volume}" if one.year is not None else ""


def _by_place(one: Essence) -> str:
    return f"{one.place.volume} {one.place.pages.first}" if one.place.pages is not None else ""


def _order(one: Essence) -> tuple[str, str, str]:
    return one.title.joined, " ".join(name.families[-1] for name in one.names), str(one.place)


def _possible(left: Codes, right: Codes, essences: Sequence[Essence]) -> Flags:
    """Those that don't differ in year, volume and pages alike: nothing else could make up for that."""
    years = np.array([one.year or 0 for one in essences])
    numbers = {volume: i for i, volume in enumerate(sorted({one.place.volume for one in essences} - {""}), start=1)}
    volumes = np.array([numbers.get(one.place.volume, 0) for one in essences])
    pages = np.array([one.place.pages.first if one.place.pages is not None else 0 for one in essences])
    preprint = np.array([one.preprint for one in essences])
    apart = [(values[left] != values[right]) & (values[left] > 0) & (values[right] > 0) for values in (volumes, pages)]
    years_apart = (np.abs(years[left] - years[right]) > 2) & (years[left] > 0) & (years[right] > 0)
    possible: Flags = ~(years_apart & apart[0] & apart[1] & (preprint[left] == preprint[right]))
    return possible


def _alike(left: Codes, right: Codes, essences: Sequence[Essence]) -> Flags:
    """Those whose titles have many words in common, in one of their languages."""
    from rapidfuzz.fuzz import token_set_ratio
    from rapidfuzz.process import cpdist

    texts = [" ".join(one.title.words) for one in essences]
    ratios = cpdist(
        [texts[i] for i in left], [texts[j] for j in right], scorer=token_set_ratio, score_cutoff=ROUGH, dtype=np.uint8
    )
    bilingual = np.array([bool(one.title.other) for one in essences])
    alike: Flags = (ratios > 0) | bilingual[left] | bilingual[right]
    return alike
