"""Groups of records that are one report: what was found, under what people decided."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from .finding import Pair
from .judging import Outcome

#: A decision of a person on two records: their ids, and what they are.
Decision = tuple[str, str, Outcome]


@dataclass(frozen=True, slots=True)
class Conflict:
    """Two records that were not joined, because that would have joined two that a person told apart.

    Attributes:
        first, second: The records that were not joined by their pair, though they are the same.
        apart: The records that a person decided are different, and that would have come into one group.
        decided: Whether it was a person, too, who decided that the first are the same.
    """

    first: str
    second: str
    apart: tuple[str, str]
    decided: bool

    def __str__(self) -> str:
        told = "were decided to be the same" if self.decided else "look the same"
        a, b = self.apart
        return f"{self.first} and {self.second} {told}, but that joins {a} and {b}, which were decided to be different"


@dataclass(frozen=True, slots=True)
class Groups:
    """Every record in one group, alone or with others.

    Attributes:
        groups: In the order of the records, as are the ids in each.
        conflicts: What could not be joined, in the order of ids.
    """

    groups: tuple[tuple[str, ...], ...]
    conflicts: tuple[Conflict, ...] = ()


def group(ids: Sequence[str], pairs: Iterable[Pair], decisions: Iterable[Decision] = ()) -> Groups:
    """Join records that are the same; two that a person told apart are never in one group, not through a third either.

    Whatever order pairs are given in, people's decisions come first and then the likest pair. Of several decisions on
    one pair the last holds; ``ask`` leaves it open: it is joined by nothing but other pairs. Pairs and decisions on
    records that are not among ``ids`` are passed over.
    """
    known = set(ids)
    decided = {_pair(a, b): outcome for a, b, outcome in decisions if a != b and a in known and b in known}
    edges = [(0, 0.0, *pair) for pair, outcome in decided.items() if outcome == "same"]
    edges += [
        (1, -pair.score, *_pair(pair.first, pair.second))
        for pair in pairs
        if pair.outcome == "same"
        and {pair.first, pair.second} <= known
        and _pair(pair.first, pair.second) not in decided
    ]
    joined = _Joined(ids, [pair for pair, outcome in decided.items() if outcome == "different"])
    conflicts = []
    for rank, _, first, second in sorted(set(edges)):
        apart = joined.join(first, second)
        if apart is not None:
            conflicts.append(Conflict(first, second, apart, rank == 0))
    return Groups(joined.groups(), tuple(sorted(conflicts, key=lambda one: (one.apart, one.first, one.second))))


def _pair(a: str, b: str) -> tuple[str, str]:
    return (a, b) if a <= b else (b, a)


class _Joined:
    """Groups as they grow, and for each the records that must stay out of it."""

    def __init__(self, ids: Sequence[str], different: Iterable[tuple[str, str]]) -> None:
        self.group = {identity: identity for identity in ids}
        self.members = {identity: [identity] for identity in self.group}
        self.out: dict[str, set[str]] = {identity: set() for identity in self.group}
        for a, b in different:
            self.out[a].add(b)
            self.out[b].add(a)

    def join(self, first: str, second: str) -> tuple[str, str] | None:
        """Join two groups, or tell the first two records of them that must not be together."""
        a, b = self.group[first], self.group[second]
        if a == b:
            return None
        if len(self.members[a]) < len(self.members[b]):
            a, b = b, a
        met = [_pair(x, y) for x in self.members[b] for y in self.out[x] if self.group[y] == a]
        if met:
            return min(met)
        for one in self.members[b]:
            self.group[one] = a
        self.members[a] += self.members.pop(b)
        return None

    def groups(self) -> tuple[tuple[str, ...], ...]:
        found: dict[str, list[str]] = {}
        for identity, root in self.group.items():
            found.setdefault(root, []).append(identity)
        return tuple(tuple(one) for one in found.values())
