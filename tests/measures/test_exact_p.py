"""The exact p of a proportion: binomial tails, and Clopper and Pearson's limits as its level sets."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import binom

from evidence.measures.exact_p import exact_p
from evidence.measures.limits import study_limits

EVENTS, N = [0, 1, 3, 9, 5, 1], [7, 1, 12, 28, 5, 4]


def test_it_is_twice_the_smaller_tail() -> None:
    p0 = np.array([0.0, 0.003, 0.2, 0.5, 0.77, 0.999, 1.0])
    for row, x, n in zip(exact_p(EVENTS, N, p0), EVENTS, N, strict=True):
        tails = np.minimum(binom.cdf(x, n, p0), binom.sf(x - 1, n, p0))
        # SciPy's own binomial tails agree to rounding of the incomplete beta function.
        assert row == pytest.approx(np.minimum(1, 2 * tails), abs=1e-13)


@pytest.mark.parametrize("level", [0.5, 0.8, 0.95, 0.999])
def test_the_limits_of_a_level_are_where_p_is_one_minus_it(level: float) -> None:
    lower, upper = study_limits(EVENTS, N, "clopper-pearson", level)
    for i, (low, high) in enumerate(zip(lower, upper, strict=True)):
        ends = [end for end in (low, high) if 0 < end < 1]
        found = exact_p(EVENTS[i : i + 1], N[i : i + 1], ends)
        # The limits are known to 1e-13; where p is steepest it moves 10 times as much.
        assert found[0] == pytest.approx(np.full(len(ends), 1 - level), abs=1e-11)


def test_no_events_and_only_events_are_possible_at_their_end_and_impossible_at_the_other() -> None:
    assert exact_p([0, 5], [5, 5], [0.0, 1.0]).tolist() == [[1.0, 0.0], [0.0, 1.0]]
