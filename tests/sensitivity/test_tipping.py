"""Where a falling number meets a threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from evidence.pooling.result import Floats
from evidence.sensitivity.tipping import crossing

PLACES = (1.0, 0.5, 0.25, 0.1)


def excess(places: Sequence[float]) -> Floats:
    """Falls through 0 at 0.3."""
    return np.array(places) ** 2 - 0.09


def test_the_root_is_solved_and_not_a_point_of_the_grid() -> None:
    """A straight line within the bracket of 0.5 to 0.25 is off by less than 0.05; within an eighth of it by 1e-3."""
    first = excess(PLACES)
    assert crossing(excess, PLACES, first, 0) == pytest.approx(0.3, abs=0.05)
    assert crossing(excess, PLACES, first, 1) == pytest.approx(0.3, abs=1e-3)
    assert crossing(excess, PLACES, first, 3) == pytest.approx(0.3, abs=1e-6)


def test_there_is_none_where_the_number_starts_below_or_never_falls() -> None:
    assert crossing(excess, PLACES, np.array([-0.1, 0.2, 0.1, -1.0]), 2) is None
    assert crossing(excess, PLACES, np.array([0.4, 0.3, 0.2, 0.1]), 2) is None


def test_a_point_that_is_not_known_is_passed_over() -> None:
    first = excess(PLACES)
    first[2] = np.nan
    assert crossing(excess, PLACES, first, 3) == pytest.approx(0.3, abs=1e-6)
