"""Sums over the factors that the cells of a row share, against the products of each cell."""

from __future__ import annotations

import numpy as np
import pytest

from evidence.pooling.beta_terms import beta_terms
from evidence.pooling.shared_products import LENGTHS, LONGEST, SharedProducts

ROWS, WIDTH = 300, 6


def random_rows(seed: int) -> tuple[np.ndarray, ...]:
    """Sparse and large cells, absent ones among them, at likely places and some far out."""
    rng = np.random.default_rng(seed)
    n = rng.choice([0, 1, 1, 2, 3, 5, 28, 60, 200, LONGEST], size=(ROWS, WIDTH)).astype(float)
    n[:, 0] = np.maximum(n[:, 0], 1)
    x = rng.binomial(n.astype(int), rng.choice([0.002, 0.5, 0.8, 1.0], size=(ROWS, WIDTH))).astype(float)
    times = np.where(n > 0, rng.integers(1, 4, n.shape), 0).astype(float)
    tau = rng.choice([0, 1e-5, 0.01, 0.1, 0.5, 1, 4, 30.0], size=ROWS)
    return x, n, times, rng.normal(0, 3, ROWS) * rng.choice([1, 1, 5], size=ROWS), tau


@pytest.mark.parametrize("seed", [1, 2])
def test_equal_to_the_products_of_each_cell(seed: int) -> None:
    x, n, times, mu, tau = random_rows(seed)
    found, done = SharedProducts.of(x, n, times).log_likelihood(mu, tau)
    row, column = np.nonzero(n)
    terms = beta_terms(x[row, column], n[row, column], mu[row], tau[row])
    table = np.zeros((6, *n.shape))
    table[:, row, column] = (terms.logp, terms.mu, terms.tau, terms.mu_mu, terms.mu_tau, terms.tau_tau)
    size = (np.abs(table) * times).sum(2)
    # Both add up some hundred terms, each rounded to 1e-16 of numbers larger than their sum.
    assert done.all() and (np.abs(found - (table * times).sum(2)) / (1 + size)).max() < 1e-11


def test_a_row_is_the_same_beside_any_others() -> None:
    """To the last bit: how many factors a row is computed with is its own matter."""
    x, n, times, mu, tau = random_rows(3)
    cells = SharedProducts.of(x, n, times)
    whole, _ = cells.log_likelihood(mu, tau)
    for row in range(50):
        one = slice(row, row + 1)
        alone, _ = SharedProducts.of(x[one], n[one], times[one]).log_likelihood(mu[one], tau[one])
        np.testing.assert_array_equal(alone[:, 0], whole[:, row])
        np.testing.assert_array_equal(
            cells.take(np.array([row])).log_likelihood(mu[one], tau[one])[0][:, 0], whole[:, row]
        )


def test_a_row_with_a_very_large_study_is_left() -> None:
    x, n = np.array([[1.0, 400.0], [1.0, 2.0]]), np.array([[4.0, LONGEST + 1.0], [3.0, 7.0]])
    cells = SharedProducts.of(x, n, np.ones_like(x))
    found, done = cells.log_likelihood(np.zeros(2), np.full(2, 0.5))
    assert done.tolist() == [False, True] and np.isfinite(found[:, 1]).all()
    none, left = SharedProducts.of(x[:1], n[:1], np.ones((1, 2))).log_likelihood(np.zeros(1), np.ones(1))
    assert none.shape == (6, 1) and not left.any() and LENGTHS[0] >= 1
