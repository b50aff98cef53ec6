"""Rows of one arm and outcome in two versions: which are one and the same row, and which are new."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class CountedRow:
    """A row of outcomes.csv.

    Attributes:
        unit: What was counted. events, total: Its counts. months: Time point; None = not given.
    """

    unit: str
    events: int
    total: int
    months: float | None = None

    @property
    def place(self) -> tuple[str, float | None]:
        """What tells it from the other rows of its arm and outcome."""
        return self.unit, self.months


def counterpart(row: CountedRow, own: Sequence[CountedRow], others: Sequence[CountedRow]) -> CountedRow | None:
    """The row of another version that is the same one; None where there is none.

    It is the row of the same unit and time. Where one row alone has lost its place and one has come to a new one, they
    are the same row if only its unit or time was corrected, or its time filled in or taken away; other counts at
    another time are a row of their own.

    Args:
        row: One of ``own``. own, others: The rows of an arm and outcome in its version and in the other.
    """
    at = {other.place: other for other in others}
    if row.place in at:
        return at[row.place]
    places = {one.place for one in own}
    strays = [one for one in own if one.place not in at]
    came = [other for other in others if other.place not in places]
    return came[0] if len(strays) == len(came) == 1 and one_row(row, came[0]) else None


def one_row(row: CountedRow, other: CountedRow) -> bool:
    """Whether two rows at different places can be one whose place was corrected."""
    same = (row.events, row.total) == (other.events, other.total)
    return same or (row.unit == other.unit and (row.months is None or other.months is None))
