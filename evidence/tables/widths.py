"""How wide the columns of a table are where not all can have what they want."""

from __future__ import annotations

from collections.abc import Sequence

#: Of the mean of a column: 1 would make all rows of all columns as high, 0 all columns as wide.
POWER = 0.65
#: Halvings until the columns fill the width.
STEPS = 60


def shared(wanted: Sequence[float], needed: Sequence[float], mean: Sequence[float], width: float) -> tuple[float, ...]:
    """What each column wants if there is room; else what it needs at least, and more for those that hold more.

    Args:
        wanted: Of the longest line of each column. needed: Of its longest word. mean: Of its cells on average.
        width: Of all together, in the same unit.
    """
    if sum(wanted) <= width:
        return tuple(wanted)
    if sum(needed) >= width:
        return tuple(need * width / sum(needed) for need in needed)
    shares = [value**POWER for value in mean]
    low, high = 0.0, width
    for _ in range(STEPS):
        level = (low + high) / 2
        low, high = (level, high) if sum(_given(level, shares, needed, wanted)) < width else (low, level)
    return tuple(_given(low, shares, needed, wanted))


def _given(level: float, shares: Sequence[float], needed: Sequence[float], wanted: Sequence[float]) -> list[float]:
    every = zip(shares, needed, wanted, strict=True)
    return [min(max(level * share, need), want) for share, need, want in every]
