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


@dataclass(frozen=True, slots=True)
class Crossing:
    """What a search found.

    Attributes:
        number: The smallest number found with which it holds; None where it holds with none that was tried.
        until: A larger number of the grid with which it does not hold; None where it holds with all larger ones.
        undefined: How many numbers of the grid could not be told.
    """

    number: int | None
    until: int | None = None
    undefined: int = 0


def first_crossing(holds: Holds, favourable: Integers, top: int) -> Crossing:
    """The smallest number from 1 to ``top`` with which it holds.

    Every number up to ``EVERY`` is tried, and a geometric grid of the ``favourable`` numbers up to ``top``, at once.
    Between the first number of the grid with which it holds and the one before, the favourable numbers are narrowed
    down, and then all numbers between two of them. Nothing is assumed beyond the grid: that it comes and stays is
    looked at there (``until``). What comes and goes between two neighbours of the grid is not seen.

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
    later = grid[first:][answers[first:] == 0]
    return Crossing(above, int(later[0]) if later.size else None, undefined)


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
