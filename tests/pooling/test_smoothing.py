"""The log-likelihood at many mu and tau at once against the quadrature of each of its values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evidence.pooling import smoothing
from evidence.pooling.cells import Cells, cells_of, log_likelihood
from evidence.pooling.family import Sums
from evidence.pooling.result import Floats
from evidence.pooling.smoothing import log_likelihood_table

TAU = np.array([0.0, 0.02, 0.4, 2.5, 9.0, 40.0, 2e3, 1e6])
SETS = {
    "none, some and all": ([0, 1, 3, 1, 0, 4], [1, 1, 28, 6, 5, 4]),
    "cells without units": ([0, 1, 0, 2, 1, 0, 3, 1, 2], [1, 1, 2, 2, 3, 3, 4, 5, 9]),
    "all": ([1, 1, 6], [1, 1, 6]),
    "some": ([7, 12, 3, 1], [10, 20, 9, 33]),
    "large": ([50, 400, 30, 200], [100, 1000, 60, 380]),
}


@pytest.mark.parametrize("name", SETS)
def test_a_table_has_the_values_of_the_quadrature(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    x, n = (np.array(values) for values in SETS[name])
    cells = cells_of(x[None], n[None])
    mu = np.linspace(-6, 6, 25) * np.ones((TAU.size, 1))
    flat = cells.take(np.zeros(mu.size, dtype=np.intp))
    exact = log_likelihood(flat, mu.ravel(), np.repeat(TAU, mu.shape[1])).value.reshape(mu.shape)
    left: list[float] = []

    def quadrature(cells: Cells, mu: Floats, tau: Floats) -> Sums:
        left.append(float(tau.max()))
        return log_likelihood(cells, mu, tau)

    monkeypatch.setattr(smoothing, "log_likelihood", quadrature)
    found = log_likelihood_table(cells, mu, TAU)
    # Its own promise, where the value is within 30 of the largest one of its tau.
    near = exact > exact.max(1, keepdims=True) - 30
    np.testing.assert_allclose(found[near], exact[near], rtol=0, atol=1e-9)
    # A wide tau is no reason to leave a row to the quadrature: that would be as slow as it.
    assert max(left, default=0) < 2.5


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
