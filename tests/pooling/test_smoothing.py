"""The table of log-likelihoods over shared nodes against each point's own quadrature."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evidence.pooling.cells import Cells, cells_of, log_likelihood
from evidence.pooling.smoothing import log_likelihood_table

SIZES = [3, 40, 7, 1, 18, 5, 22, 60, 11, 2, 30]
EVENTS = [1, 22, 0, 1, 9, 5, 12, 20, 4, 1, 16]


def cells(k: int) -> Cells:
    x, n = np.array([EVENTS[:k]]), np.array([SIZES[:k]])
    return replace(cells_of(x, n), precision=0.25)


def one_by_one(row: Cells, mu: np.ndarray, tau: np.ndarray) -> np.ndarray:
    many = row.take(np.zeros(mu.size, dtype=np.intp))
    return log_likelihood(many, mu.ravel(), np.repeat(tau, mu.shape[1])).value.reshape(mu.shape)


@pytest.mark.parametrize("k", [1, 8, 9, 11])
def test_the_table_is_the_likelihood(k: int) -> None:
    """9 and 11 cells stand in tables 10 and 12 wide: what fills them up has no units and counts for nothing."""
    row = cells(k)
    assert row.n.shape[1] == {1: 1, 8: 8, 9: 10, 11: 12}[k]
    tau = np.array([0.0, 1e-3, 0.05, 0.3, 0.9, 2.5, 8.0])
    mu = np.linspace(-0.5 - 0.6 * tau, 0.6 + 0.6 * tau, 21, axis=1)
    found, wanted = log_likelihood_table(row, mu, tau), one_by_one(row, mu, tau)
    near = wanted > wanted.max(1, keepdims=True) - 30
    assert near.mean() > 0.8
    # What the table promises within 30 of its top.
    np.testing.assert_allclose(found[near], wanted[near], rtol=0, atol=1e-9)
