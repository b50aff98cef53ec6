"""Distinct cells of each row of a stack, counted by hand."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest

from evidence.pooling.cells import cells_of
from evidence.pooling.poisson_terms import POISSON_NORMAL
from tests.properties.stacks import sparse, sparse_rates


@pytest.mark.parametrize("rows", [1, 60])
def test_each_distinct_study_stands_once_with_its_number(rows: int) -> None:
    x, n = sparse(np.random.default_rng(3), rows)
    check(x, n, cells_of(x, n))


def test_times_at_risk_are_told_apart_where_they_are_no_whole_numbers() -> None:
    x, time = sparse_rates(np.random.default_rng(4), 40)
    time[:, 1], x[:, 1] = time[:, 0], x[:, 0]
    check(x, time, cells_of(x, time, POISSON_NORMAL))


def check(x: np.ndarray, n: np.ndarray, cells: object) -> None:
    for row in range(len(x)):
        expected = Counter((a, b) for a, b in zip(x[row].tolist(), n[row].tolist(), strict=True) if b > 0)
        found = zip(*(getattr(cells, name)[row].tolist() for name in ("x", "n", "times")), strict=True)
        listed = [cell for cell in found if any(cell)]
        assert {(a, b): times for a, b, times in listed} == expected
        # In order, so that sums over them are added up alike whatever the order of the studies.
        assert listed == sorted(listed, key=lambda cell: (cell[1], cell[0]))
