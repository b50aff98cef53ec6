"""The log-likelihood at many mu and tau at once against the quadrature of each of its values."""

from __future__ import annotations

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
