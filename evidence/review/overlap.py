"""Pairs of arms that share patients, or may: what arms.csv names, and what was decided in overlap.csv."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from .specs import items

Row = Mapping[str, Any]
Pair = frozenset[str]
Named = Literal["same_patients_as", "possible_overlap"]

#: Decision -> what it means; the words of overlap.csv.
DECISIONS: Mapping[str, str] = {
    "same_patients": "patients are in both arms; same_patients_as of arms.csv names the arm that counts them",
    "distinct": "no patient is in both; arms.csv names neither beside the other",
    "unclear": "what was read does not tell; possible_overlap of arms.csv names the arm",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """One row of overlap.csv.

    Attributes:
        arm_a, arm_b: The arms, as the row has them; their order says nothing.
        decision: One of :data:`DECISIONS`.
        reason: Why.
        decided_by, date, notes: Who, when, what else; None = not said.
    """

    arm_a: str
    arm_b: str
    decision: str
    reason: str
    decided_by: str | None = None
    date: str | None = None
    notes: str | None = None

    @property
    def pair(self) -> Pair:
        """Both arms."""
        return frozenset((self.arm_a, self.arm_b))


@dataclass(frozen=True, slots=True)
class KnownPair:
    """Two arms that arms.csv or overlap.csv names together.

    Attributes:
        first, second: In the order of arms.csv.
        named: The column of arms.csv that says so; None = only overlap.csv does.
        decision: The row of overlap.csv; None = there is none.
    """

    first: str
    second: str
    named: Named | None
    decision: Decision | None

    @property
    def pair(self) -> Pair:
        """Both arms."""
        return frozenset((self.first, self.second))


def decisions(rows: Sequence[Row]) -> tuple[Decision, ...]:
    """The rows of overlap.csv; those without both arms, a decision and a reason are left out."""
    needed = ("arm_a", "arm_b", "decision", "reason")
    return tuple(
        Decision(*(row[name] for name in (*needed, "decided_by", "date", "notes")))
        for row in rows
        if None not in [row[name] for name in needed]
    )


def named_same(arms: Sequence[Row]) -> set[Pair]:
    """Pairs that ``same_patients_as`` of arms.csv names."""
    pairs = (frozenset((row["arm_id"], row["same_patients_as"])) for row in arms if row.get("same_patients_as"))
    return {pair for pair in pairs if len(pair) == 2 and None not in pair}


def named_possible(arms: Sequence[Row]) -> set[Pair]:
    """Pairs that ``possible_overlap`` of arms.csv names, on either arm."""
    pairs = (frozenset((row["arm_id"], other)) for row in arms for other in items(row.get("possible_overlap") or ""))
    return {pair for pair in pairs if len(pair) == 2 and None not in pair}


def joined(same: set[Pair], pair: Pair) -> bool:
    """Whether two arms have the same patients, directly or through arms that share them with both."""
    first, second = pair
    reached, edge = {first}, {first}
    while edge:
        edge = {arm for link in same if link & edge for arm in link} - reached
        reached |= edge
    return second in reached


def known_pairs(arms: Sequence[Row], ledger: Sequence[Row]) -> tuple[KnownPair, ...]:
    """Every pair that arms.csv or overlap.csv names, once, in the order of arms.csv.

    Args:
        arms, ledger: Rows of arms.csv and of overlap.csv.
    """
    order = [row["arm_id"] for row in arms]
    same, possible = named_same(arms), named_possible(arms)
    decided = {one.pair: one for one in decisions(ledger)}
    known = [pair for pair in {*same, *possible, *decided} if len(pair) == 2 and all(arm in order for arm in pair)]
    found = []
    for pair in known:
        first, second = sorted(pair, key=order.index)
        named: Named | None = "same_patients_as" if pair in same else "possible_overlap" if pair in possible else None
        found.append(KnownPair(first, second, named, decided.get(pair)))
    return tuple(sorted(found, key=lambda one: (order.index(one.first), order.index(one.second))))
