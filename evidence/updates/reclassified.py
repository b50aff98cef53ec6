"""Arms of a pool that stand elsewhere now: their counts are the same, their groups may not be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from .difference import Difference
from .inclusion import End


@dataclass(frozen=True, slots=True)
class Reclassified:
    """A class of an arm, of its study or of its count that changed.

    Attributes:
        label: Of the arm or the study. column: Which class. old, new: As written; empty = nothing.
    """

    label: str
    column: str
    old: str
    new: str

    def __str__(self) -> str:
        return f"{self.label} {self.column} {self.old or 'empty'}, now {self.new or 'empty'}"


def reclassified(found: Difference, outcome: str, before: End, after: End) -> tuple[Reclassified, ...]:
    """Classes that changed of what is in either pool.

    Args:
        found: What differs in the tables. outcome: Its name. before, after: The outcome in both versions.
    """
    return tuple(_found(found, outcome, before, after))


def _found(found: Difference, outcome: str, before: End, after: End) -> Iterator[Reclassified]:
    arms = {arm.arm_id: arm.label for end in (before, after) for arm in end.side.arms}
    labels = {**before.side.studies, **after.side.studies}
    studies = {arm.study: labels[arm.study] for end in (before, after) for arm in end.side.arms}
    rows = {f"{arm} {outcome} ": label for arm, label in arms.items()}
    for table in found.tables:
        for change in table.of("reclassified"):
            if table.table == "outcomes":
                label = next((text for start, text in rows.items() if f"{change.row} ".startswith(start)), None)
            else:
                label = {"arms": arms, "studies": studies}.get(table.table, {}).get(change.row)
            if label is not None:
                yield Reclassified(label, change.column, change.old, change.new)
