"""The smallest number with which something holds, sought on a grid and then between two of its points."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Integers = npt.NDArray[np.int64]
#: 1 where it holds with a number, 0 where it does not, NaN where it can't be told.
Holds = Callable[[Integers], npt.NDArray[np.float64]]

#: Numbers up to this one are all tried.
EVERY = 12
#: Points of the grid beyond, of one narrowing, and the width at which every number between is tried.
GRID, SECTION, WIDTH = 14, 8, 12
#: Numbers right below the one found of which every one is tried, again and again until none of them crosses.
BEFORE = 64


@dataclass(frozen=True, slots=True)
class Crossing:
    """What a search found.

    Attributes:
        number: The smallest number found with which it holds; None where it holds with none that was tried.
        until: A larger number that was tried, and with which it does not hold; None where it holds with all of those.
        undefined: How many numbers of the grid could not be told.
    """

    number: int | None
    until: int | None = None
    undefined: int = 0


def first_crossing(holds: Holds, favourable: Integers, top: int) -> Crossing:
    """The smallest number from 1 to ``top`` with which it holds.

    Every number up to ``EVERY`` is tried, and a geometric grid of the ``favourable`` numbers up to ``top``, at once.
    Between the first number of the grid with which it holds and the one before, the favourable numbers are narrowed
    down, and then all numbers between two of them. As a share of whole events goes up and down with the number, even
    a favourable one may fail after a smaller one that did not: the ``BEFORE`` numbers below the one found are tried
    one by one, until it holds with none of so many. Nothing is assumed beyond the grid: that it comes and stays is
    looked at there (``until``). What comes and goes farther below, between two neighbours of the grid, is not seen.

    Args:
        holds: Asked of an array of numbers. favourable: Rising numbers, the last of them ``top``.
        top: The largest number.
    """
    grid = grid_of(favourable, top)
    answers = holds(grid)
    undefined = int(np.isnan(answers).sum())
    yes = np.flatnonzero(answers == 1)
    if not yes.size:
        return Crossing(None, None, undefined)
    first = int(yes[0])
    below, above = (int(grid[first - 1]) if first else 0), int(grid[first])
    between = favourable[(favourable > below) & (favourable < above)]
    below, above = _narrowed(holds, below, above, between)
    below, above = _narrowed(holds, below, above, np.arange(below + 1, above))
    above = _settled(holds, above)
    later = grid[first:][answers[first:] == 0]
    until = int(later[0]) if later.size else _lost(holds, above, top)
    return Crossing(above, until, undefined)


def _settled(holds: Holds, found: int) -> int:
    """The number found, or a smaller one with no other in the ``BEFORE`` numbers below it."""
    while found > 1:
        below = np.arange(max(1, found - BEFORE), found)
        yes = np.flatnonzero(holds(below) == 1)
        if not yes.size:
            break
        found = int(below[yes[0]])
    return found


def _lost(holds: Holds, found: int, top: int) -> int | None:
    """The largest of the ``EVERY`` numbers after the one found with which it does not hold."""
    after = np.arange(found + 1, min(found + EVERY, top) + 1)
    no = np.flatnonzero(holds(after) == 0) if after.size else after
    return int(after[no[-1]]) if no.size else None


def grid_of(favourable: Integers, top: int) -> Integers:
    """Every number up to ``EVERY``, then favourable ones in about equal ratios up to ``top``."""
    small = np.arange(1, min(EVERY, top) + 1)
    wanted = np.geomspace(min(EVERY, top), top, GRID + 1)[1:]
    nearest = favourable[np.minimum(np.searchsorted(favourable, wanted), favourable.size - 1)]
    return np.unique(np.concatenate([small, nearest, [top]]))


def _narrowed(holds: Holds, below: int, above: int, between: Integers) -> tuple[int, int]:
    """The first of ``between`` and ``above`` with which it holds, and the number before it that was tried."""
    while between.size:
        if between.size <= WIDTH:
            tried = between
        else:
            tried = between[np.unique(np.linspace(0, between.size - 1, SECTION + 2).astype(int)[1:-1])]
        yes = np.flatnonzero(holds(tried) == 1)
        first = int(yes[0]) if yes.size else tried.size
        above = int(tried[first]) if first < tried.size else above
        below = int(tried[first - 1]) if first else below
        between = between[(between > below) & (between < above)]
    return below, above
