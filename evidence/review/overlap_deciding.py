"""A decision on two arms: the row of overlap.csv, and what arms.csv must say then."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING

from ..errors import unknown, usage
from ..kept_rows import Edit, KeptTable, read_kept
from .further_tables import OVERLAP
from .overlap import DECISIONS, Decision, Pair, decisions, joined, named_same
from .planned import Planned
from .specs import LIST_SEPARATOR, items

if TYPE_CHECKING:
    from .review import Review

SAME, POSSIBLE = "same_patients_as", "possible_overlap"


def decided(first: str, second: str, decision: str, reason: str | None, by: str | None, day: date) -> Decision:
    """A decision as it was typed.

    Raises:
        UsageError: an unknown decision, one arm twice, or no reason.
    """
    if decision not in DECISIONS:
        raise unknown("decision", decision, tuple(DECISIONS))
    if first == second:
        raise usage(f"{first} is paired with itself", "name two arms", "pair-of-one")
    why = " ".join((reason or "").split())
    if not why:
        raise usage("a decision needs its reason", 'add --reason "..." with what it rests on', "no-reason")
    return Decision(first, second, decision, why, " ".join((by or "").split()) or None, day.isoformat())


def change(review: Review, one: Decision) -> Planned:
    """What must be written for a decision.

    Raises:
        UsageError: an unknown arm, or a decision that other arms of the review contradict.
        DataError: a file that can't be changed in place.
    """
    arms = [row["arm_id"] for row in review.rows("arms")]
    for arm in (one.arm_a, one.arm_b):
        if arm not in arms:
            raise unknown("arm", arm, arms)
    ledger, said = _ledger(review, one)
    path = review.path / "arms.csv"
    table = before = read_kept(path, (), "arm_id").sound()
    for arm, column, value, text in _edits(review, one):
        table = table.edited([Edit({column: value}, table.by("arm_id")[arm])]).table
        said += (f"{path}: {text}",)
    changed = {path: table.content()} if table is not before else {}
    return Planned({**changed, review.path / OVERLAP.file: ledger.content()}, said)


def _ledger(review: Review, one: Decision) -> tuple[KeptTable, tuple[str, ...]]:
    """overlap.csv with the decision, in the row of an earlier one on the pair or at its end."""
    path = review.path / OVERLAP.file
    named = ("arm_a", "arm_b", "decision", "reason", "decided_by", "date")
    cells = {name: value for name in named if (value := getattr(one, name)) is not None}
    text = f"{path}: {one.arm_a} and {one.arm_b} are {one.decision}"
    table = read_kept(path, OVERLAP.names).sound()
    earlier = next((old for old in decisions(review.rows("overlap")) if old.pair == one.pair), None)
    if earlier is None:
        return table.edited([Edit(cells)]).table, (text,)
    row = next(row for row in table.filled if _pair(table.values(row)) == one.pair)
    table = table.edited([Edit({name: cells.get(name, "") for name in named}, row)]).table
    by = f" by {earlier.decided_by}" if earlier.decided_by else ""
    return table, (f"{text}; before: {earlier.decision}{by} ({earlier.reason})",)


def _pair(cells: Mapping[str, str]) -> Pair:
    return frozenset((cells["arm_a"], cells["arm_b"]))


#: ``(arm, column, value, sentence)``.
Cell = tuple[str, str, str, str]


def _edits(review: Review, one: Decision) -> Iterator[Cell]:
    """The cells of arms.csv that must change."""
    rows = {row["arm_id"]: row for row in review.rows("arms")}
    pair = (one.arm_a, one.arm_b)
    same = named_same(list(rows.values()))
    if one.decision == "same_patients":
        if not joined(same, one.pair):
            yield _joining(rows, *pair)
    else:
        if joined(same - {one.pair}, one.pair):
            message = f"{pair[0]} and {pair[1]} have the same patients through other arms"
            raise usage(message, f"mend {SAME} of those arms in arms.csv first", "overlap-differs")
        for arm, other in (pair, pair[::-1]):
            if rows[arm][SAME] == other:
                yield arm, SAME, "", f"{SAME} of {arm} no longer names {other}"
    if one.decision == "unclear":
        if not any(other in items(rows[arm][POSSIBLE] or "") for arm, other in (pair, pair[::-1])):
            value = LIST_SEPARATOR.join((*items(rows[pair[0]][POSSIBLE] or ""), pair[1]))
            yield pair[0], POSSIBLE, value, f"{POSSIBLE} of {pair[0]} names {pair[1]}"
        return
    for arm, other in (pair, pair[::-1]):
        names = items(rows[arm][POSSIBLE] or "")
        if other in names:
            left = LIST_SEPARATOR.join(name for name in names if name != other)
            yield arm, POSSIBLE, left, f"{POSSIBLE} of {arm} no longer names {other}"


def _joining(rows: Mapping[str, Mapping[str, str | None]], first: str, second: str) -> Cell:
    """The arm that names the other as having its patients: the first, unless it names a third already."""
    for arm, other in ((first, second), (second, first)):
        if rows[arm][SAME] is None:
            text = f"{SAME} of {arm} is {other}: while {other} is in a pool, {arm} is left out of it"
            return arm, SAME, other, text
    message = f"{first} and {second} both have the same patients as a third arm"
    raise usage(message, f"decide on {rows[first][SAME]} and {rows[second][SAME]} instead", "overlap-differs")
