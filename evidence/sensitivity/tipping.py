"""Where a number that falls along a curve meets a threshold: solved, not read off the grid."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ..pooling.result import Floats

#: Points looked at in each round of the search, the ends of the bracket among them.
_POINTS = 9


def crossing(
    excess: Callable[[Sequence[float]], Floats], x: Sequence[float], above: Floats, rounds: int
) -> float | None:
    """The first place at which a number is no longer above a threshold.

    Args:
        excess: The number less the threshold, of several places at once.
        x: Places of the first look, positive, in the order of the search. above: ``excess`` there; NaN = not known.
        rounds: How often the bracket is looked at again, each time an eighth of it being left.

    Returns:
        The place; None where the number is not above the threshold at the start, or never falls to it.

    Error: the bracket's share of 8^-rounds, less what a straight line within it is off.
    """
    there = np.isfinite(above)
    places, values, found = np.asarray(x, dtype=float)[there], above[there], None
    for left in range(rounds, -1, -1):
        fallen = np.flatnonzero(values <= 0)
        if fallen.size == 0 or fallen[0] == 0:
            return found
        i = int(fallen[0]) - 1
        share = values[i] / (values[i] - values[i + 1])
        found = float(places[i] * (places[i + 1] / places[i]) ** share)
        if left:
            places = np.geomspace(places[i], places[i + 1], _POINTS)
            values = excess(places.tolist())
    return found
