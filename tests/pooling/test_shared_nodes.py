"""Sums over nodes that the cells of a row share, against nodes placed for each cell."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from evidence.pooling.quadrature import cell_terms, log_choose
from evidence.pooling.shared_nodes import FEW, FINE, LARGEST_N, MOST_NODES, ROUGH, SMALLEST_TAU, Rule, SharedNodes

ROWS, WIDTH = 400, 6


def random_rows(seed: int) -> tuple[np.ndarray, ...]:
    """Sparse and large cells, absent ones among them, at likely and at absurd places."""
    rng = np.random.default_rng(seed)
    n = rng.choice([0, 1, 1, 2, 3, 5, 28, 60, 200], size=(ROWS, WIDTH)).astype(float)
    n[:, 0] = np.maximum(n[:, 0], 1)
    x = rng.binomial(n.astype(int), rng.choice([0.002, 0.5, 0.8, 1.0], size=(ROWS, WIDTH))).astype(float)
    times = np.where(n > 0, rng.integers(1, 4, n.shape), 0).astype(float)
    mu = rng.normal(0, 3, ROWS) * rng.choice([1, 1, 1, 5, 30], size=ROWS)
    tau = rng.choice([0, 1e-5, 0.01, 0.1, 0.5, 1, 2, 4, 8.0], size=ROWS)
    return x, n, times, mu, tau


def by_cell(x: np.ndarray, n: np.ndarray, times: np.ndarray, mu: np.ndarray, tau: np.ndarray) -> np.ndarray:
    """The same sums from each cell's own nodes, and what they are sums of in absolute value, shape (2, 6, rows)."""
    row, column = np.nonzero(n)
    terms = cell_terms(x[row, column], n[row, column], mu[row], tau[row])
    table = np.zeros((6, *n.shape))
    table[:, row, column] = (terms.logp, terms.mu, terms.tau, terms.mu_mu, terms.mu_tau, terms.tau_tau)
    return np.stack([(table * times).sum(2), (np.abs(table) * times).sum(2)])


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_equal_to_nodes_of_each_cell(seed: int) -> None:
    x, n, times, mu, tau = random_rows(seed)
    found, done = SharedNodes.of(x, n, times).log_likelihood(mu, tau)
    sums, size = by_cell(x, n, times, mu, tau)
    # What tau alone decides, and most of what it leaves open: the rest is next to impossible, or tau is 4 or 8.
    within = (tau == 0) | (tau >= SMALLEST_TAU)
    assert not done[~within].any() and done[within].mean() > 0.6
    assert done[tau == 0].all() and done[within & (tau <= 2) & (np.abs(mu) < 6)].mean() > 0.95
    # Rows that are not done hold nothing.
    gap = np.abs(found[:, done] - sums[:, done]) / (1 + size[:, done])
    # What the other rule leaves: its step is halved until the log-probability stands still to about 1e-11.
    assert gap[0].max() < 1e-11 and gap[1:3].max() < 1e-9 and gap[3:].max() < 1e-7
    finer, also = SharedNodes.of(x, n, times).log_likelihood(mu, tau, Rule(45.0, 10.0))
    both = done & also
    gap = np.abs(found[:, both] - finer[:, both]) / (1 + size[:, both])
    # The rounding of the log-integrand grows with n = 200; second derivatives hold it over tau^2 = 0.01.
    assert gap[0].max() < 1e-12 and gap[1:3].max() < 1e-11 and gap[3:].max() < 1e-10


def test_a_rough_rule_is_as_rough_as_it_says() -> None:
    x, n, times, mu, tau = random_rows(4)
    cells = SharedNodes.of(x, n, times)
    fine, done = cells.log_likelihood(mu, tau)
    rough, also = cells.log_likelihood(mu, tau, ROUGH)
    both = done & also
    gap = np.abs(rough[0, both] - fine[0, both]) / times.sum(1)[both]
    assert 1e-12 < gap.max() < 2e-5


@pytest.mark.parametrize("digits", [8.0, 14.0, 20.0])
def test_the_error_of_the_rule_is_bounded_beforehand(digits: float) -> None:
    """2 exp(-digits) for each cell, where the ends hold nothing."""
    x, n, times, mu, tau = random_rows(5)
    cells = SharedNodes.of(x, n, times)
    fine, done = cells.log_likelihood(mu, tau)
    found, also = cells.log_likelihood(mu, tau, Rule(digits, FINE.reach))
    both = done & also
    gap = np.abs(found[0, both] - fine[0, both]) / times.sum(1)[both]
    assert gap.max() <= 2.1 * np.exp(-digits) + 1e-11


def test_at_no_spread_the_binomial_itself() -> None:
    x, n = np.array([[3.0, 0.0, 5.0]]), np.array([[4.0, 1.0, 5.0]])
    mu = np.array([0.4])
    found, done = SharedNodes.of(x, n, np.ones_like(x)).log_likelihood(mu, np.zeros(1))
    p = float(expit(0.4))
    exact = float(log_choose(x, n).sum() + x.sum() * np.log(p) + (n - x).sum() * np.log(1 - p))
    assert done.all() and found[0, 0] == pytest.approx(exact, abs=1e-12)
    assert found[1, 0] == pytest.approx((x - n * p).sum(), abs=1e-12)
    assert found[2, 0] == 0.0 and found[4, 0] == 0.0


def test_what_needs_too_many_nodes_is_left() -> None:
    x, n = np.array([[1.0], [1.0], [400.0]]), np.array([[1.0], [2.0], [LARGEST_N + 1]])
    cells = SharedNodes.of(x, n, np.ones_like(x))
    _, done = cells.log_likelihood(np.zeros(3), np.array([1.0, 500.0, 0.1]))
    assert done.tolist() == [True, False, False]
    assert MOST_NODES < 1000


def test_the_rounding_of_large_studies() -> None:
    """Against 40 digits (mpmath) the sums were off by at most 7e-13 at n = 5,000, apart from the binomial coefficient.

    The rule of each cell multiplies n by a logarithm that was rounded, and is off by some times that.
    """
    rng = np.random.default_rng(8)
    n = rng.choice([600.0, 2000.0, LARGEST_N], size=60)
    tau = rng.choice([0.05, 0.3, 0.8], size=60)
    x = np.round(n * rng.choice([0.01, 0.3, 0.5, 0.9], size=60))
    mu = np.log(x / (n - x)) + tau * rng.normal(size=60)
    cells = SharedNodes.of(x[:, None], n[:, None], np.ones((60, 1)))
    found, done = cells.log_likelihood(mu, tau)
    assert done.sum() > 50
    assert np.abs(found[0] - cell_terms(x, n, mu, tau).logp)[done].max() < 5e-12


def test_rows_do_not_depend_on_their_neighbours() -> None:
    """Not in the last bit: the nodes of a row are its own, and its sums are added up in an order of their own."""
    x, n, times, mu, tau = random_rows(6)
    cells = SharedNodes.of(x, n, times)
    for rule in (FINE, ROUGH):
        whole, done = cells.log_likelihood(mu, tau, rule)
        for row in np.flatnonzero(done)[:60]:
            one, _ = cells.take(np.array([row])).log_likelihood(mu[[row]], tau[[row]], rule)
            np.testing.assert_array_equal(one[:, 0], whole[:, row])
        reverse = np.arange(ROWS)[::-1]
        turned, also = cells.take(reverse).log_likelihood(mu[reverse], tau[reverse], rule)
        np.testing.assert_array_equal(turned[:, also], whole[:, reverse][:, also])


@pytest.mark.parametrize("size", [FEW, FEW + 1])
def test_a_few_rows_one_by_one_are_what_they_are_in_a_stack(size: int) -> None:
    """To the last bit, and the same rows are left."""
    x, n, times, mu, tau = random_rows(7)
    cells = SharedNodes.of(x, n, times)
    whole, done = cells.log_likelihood(mu, tau)
    assert 0 < (~done[:120]).sum() < 120 and (tau[:120] == 0).any()
    for begin in range(0, 120, size):
        rows = np.arange(begin, begin + size)
        few, also = cells.take(rows).log_likelihood(mu[rows], tau[rows])
        np.testing.assert_array_equal(also, done[rows])
        np.testing.assert_array_equal(few[:, also], whole[:, rows[also]])


def test_what_is_next_to_impossible_is_left() -> None:
    """499 of 500 beside 1 of 500, where the logit is about -40: the integrals are below the smallest number."""
    x, n = np.array([[499.0, 1.0], [3.0, 4.0]]), np.array([[500.0, 500.0], [8.0, 9.0]])
    found, done = SharedNodes.of(x, n, np.ones_like(x)).log_likelihood(np.array([-40.0, 0.0]), np.array([0.1, 0.1]))
    assert done.tolist() == [False, True] and np.isfinite(found[:, 1]).all()
