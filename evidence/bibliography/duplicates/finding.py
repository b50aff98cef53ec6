"""Pairs of records that are one paper, and pairs that a person has to look at."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import product

from ..record import KEPT, Record
from .essence import Essence, essence
from .judging import DEFAULT, Outcome, Thresholds, hopeless, judge

#: Steps done and steps in all, for a progress bar.
Progress = Callable[[int, int], None]

#: Records or pairs between two reports of progress.
STRIDE = 512
#: Records of each group that are held against those of the other before two groups are joined.
LOOKED_AT = 25
IDENTICAL = "Identical records"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two records compared.

    Attributes:
        first, second: Their ids, in the order in which the records were given.
        score: 0 to 1, how sure it is that they are of one paper.
        outcome: same, different, or ask a person.
        reason: What agrees and what does not, for a person to check.
    """

    first: str
    second: str
    score: float
    outcome: Outcome
    reason: str


#: Evidence in bits, positions of the two, the pair.
_Found = tuple[float, int, int, Pair]


def find_duplicates(
    records: Sequence[tuple[str, Record]], *, thresholds: Thresholds = DEFAULT, progress: Progress | None = None
) -> tuple[Pair, ...]:
    """Pairs worth telling (same or ask), in the order of the records.

    ``same`` joins records so that no two of a group contradict each other: where two records that differ are both like
    a third, the likest stay together and the other pair becomes ``ask``. Identical records are told as pairs with the
    first of them.

    Args:
        records: Ids, each once, and records. thresholds: Bits of evidence. progress: Told steps done and steps in all.
    """
    from .blocking import candidates

    told = progress or (lambda done, total: None)
    firsts, pairs = _identical(records)
    essences = []
    for n, i in enumerate(firsts):
        essences.append(essence(records[i][1]))
        if n % STRIDE == 0:
            told(n, 4 * len(firsts))
    found: list[_Found] = []
    looked = candidates(essences)
    for n, (i, j) in enumerate(looked):
        a, b = essences[i], essences[j]
        if not hopeless(a, b, thresholds) and (judgement := judge(a, b, thresholds)).outcome != "different":
            pair = Pair(
                records[firsts[i]][0],
                records[firsts[j]][0],
                round(judgement.score, 4),
                judgement.outcome,
                judgement.reason,
            )
            found.append((judgement.bits, i, j, pair))
        if n % STRIDE == 0:
            told(2 * len(looked) + 2 * n, 4 * len(looked))
    names = [records[i][0] for i in firsts]
    pairs += _without_contradiction(found, essences, names, thresholds)
    told(1, 1)
    order = {identity: n for n, (identity, _) in enumerate(records)}
    return tuple(sorted(pairs, key=lambda pair: (order[pair.first], order[pair.second])))


def _identical(records: Sequence[tuple[str, Record]]) -> tuple[list[int], list[Pair]]:
    """Positions of the first of each set of identical records, and the pairs of the others with it."""
    firsts: list[int] = []
    pairs: list[Pair] = []
    seen: dict[Hashable, int] = {}
    for i, (identity, record) in enumerate(records):
        keys = [key for key in (_kept(record), " ".join(record.raw.split())) if key]
        first = next((seen[key] for key in keys if key in seen), None)
        for key in keys:
            seen.setdefault(key, i if first is None else first)
        if first is None:
            firsts.append(i)
        else:
            pairs.append(Pair(records[first][0], identity, 1.0, "same", IDENTICAL))
    return firsts, pairs


def _kept(record: Record) -> tuple[object, ...]:
    """All fields that are kept; empty where a record says nothing."""
    values = tuple(getattr(record, name) for name in KEPT)
    return values if any(values) else ()


class _Clusters:
    """Records joined so far, by position."""

    def __init__(self) -> None:
        self.group: dict[int, int] = {}
        self.members: defaultdict[int, list[int]] = defaultdict(list)

    def of(self, position: int) -> int:
        if position not in self.group:
            self.group[position], self.members[position] = position, [position]
        return self.group[position]

    def join(self, a: int, b: int) -> None:
        for one in self.members[b]:
            self.group[one] = a
        self.members[a] += self.members.pop(b)


def _without_contradiction(
    found: Iterable[_Found], essences: Sequence[Essence], names: Sequence[str], thresholds: Thresholds
) -> list[Pair]:
    """The pairs, likest first: one that would join records that contradict each other asks instead.

    Of what is to be asked between two groups only the likest pair is told.
    """
    clusters, pairs, asks = _Clusters(), list[Pair](), list[tuple[int, int, Pair]]()
    for _, i, j, pair in sorted(found, key=lambda one: (-one[0], one[3].first, one[3].second)):
        a, b = clusters.of(i), clusters.of(j)
        if pair.outcome == "same" and a != b:
            sides = product(clusters.members[a][:LOOKED_AT], clusters.members[b][:LOOKED_AT])
            apart = next((two for two in sides if judge(essences[two[0]], essences[two[1]], thresholds).barred), None)
            if apart is not None:
                pair = replace(pair, outcome="ask", reason=_contradicted(pair, *(names[one] for one in apart)))
            else:
                clusters.join(a, b)
        if pair.outcome == "same":
            pairs.append(pair)
        else:
            asks.append((i, j, pair))
    told = set[frozenset[int]]()
    for i, j, pair in asks:
        between = frozenset((clusters.of(i), clusters.of(j)))
        if len(between) == 2 and between not in told:
            told.add(between)
            pairs.append(pair)
    return pairs


def _contradicted(pair: Pair, first: str, second: str) -> str:
    """The reason of a pair that is asked about for the sake of two other records, or that contradicts itself."""
    if {first, second} == {pair.first, pair.second}:
        return f"{pair.reason}; they may stand at two places"
    return f"{pair.reason}; would make one of {first} and {second} too, which differ"
