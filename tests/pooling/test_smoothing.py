"""The log-likelihood of many analyses at many mu and tau against the quadrature of each of its values."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import gammaln, log_expit

from evidence.pooling import smoothing
from evidence.pooling.cells import Cells, cells_of, log_likelihood
from evidence.pooling.family import Sums
from evidence.pooling.quadrature import LARGE_TAU
from evidence.pooling.result import Floats
from evidence.pooling.smoothing import FINE, ROUGH, Smoothing
from evidence.pooling.smoothing_units import FALL, spans
from tests.properties.stacks import sparse

TAU = np.array([0.0, 0.02, 0.4, 2.5, 9.0, 11.9, 12.1, 40.0, 2e3, 1e6])
SETS = {
    "none, some and all": ([0, 1, 3, 1, 0, 4], [1, 1, 28, 6, 5, 4]),
    "cells without units": ([0, 1, 0, 2, 1, 0, 3, 1, 2], [1, 1, 2, 2, 3, 3, 4, 5, 9]),
    "all": ([1, 1, 6], [1, 1, 6]),
    "some": ([7, 12, 3, 1], [10, 20, 9, 33]),
    "large": ([50, 400, 30, 200], [100, 1000, 60, 380]),
    "huge beside small": ([1, 0, 9000, 3], [1, 4, 30000, 7]),
}


def made_ready(name: str) -> Cells:
    x, n = (np.array(values) for values in SETS[name])
    return cells_of(x[None], n[None])


def one_by_one(cells: Cells, row: np.ndarray, mu: np.ndarray, tau: np.ndarray) -> np.ndarray:
    flat = cells.take(np.repeat(row, mu.shape[1]))
    return log_likelihood(flat, mu.ravel(), np.repeat(tau, mu.shape[1])).value.reshape(mu.shape)


@pytest.mark.parametrize("name", SETS)
def test_a_table_has_the_values_of_the_quadrature(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    cells, row = made_ready(name), np.zeros(TAU.size, dtype=np.intp)
    mu = np.linspace(-6, 6, 25) * np.ones((TAU.size, 1))
    exact = one_by_one(cells, row, mu, TAU)
    left: list[float] = []

    def quadrature(cells: Cells, mu: Floats, tau: Floats) -> Sums:
        left.append(float(tau.max()))
        return log_likelihood(cells, mu, tau)

    monkeypatch.setattr(smoothing, "log_likelihood", quadrature)
    found = Smoothing.of(cells).values(row, mu, TAU)
    # Its own promise, where the value is within 30 of the largest one of its tau.
    near = exact > exact.max(1, keepdims=True) - 30
    np.testing.assert_allclose(found[near], exact[near], rtol=0, atol=1e-9)
    # A wide tau is no reason to leave a line to the quadrature: that would be as slow as it.
    assert max(left, default=0) < 2.5


@pytest.mark.parametrize(("x", "n"), [(0, 1), (3, 3), (0, 400), (1, 60), (17, 40), (700, 1000)])
def test_against_adaptive_integration(x: int, n: int) -> None:
    """SciPy's quad, which knows nothing of our nodes."""
    centre = float(np.log((x + 0.5) / (n - x + 0.5)))
    cells = cells_of(np.array([[x]]), np.array([[n]]))
    tau = np.array([0.1, 0.8, 3.0, LARGE_TAU, 25.0])
    mu = centre + np.array([-1.0, 0.0, 1.0]) * (0.3 + tau[:, None])
    found = Smoothing.of(cells).values(np.zeros(tau.size, dtype=np.intp), mu, tau)
    choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    for i, j in np.ndindex(*mu.shape):

        def integrand(z: float, at: float = float(mu[i, j]), spread: float = float(tau[i])) -> float:
            eta = at + spread * z
            log_f = x * log_expit(eta) + (n - x) * log_expit(-eta) + choose
            return float(np.exp(log_f - 0.5 * z * z) / np.sqrt(2 * np.pi))

        # Where the binomial peaks, and where a step is: quad would not see them in time.
        marks = sorted((end - mu[i, j]) / tau[i] for end in (centre - 1, centre, centre + 1))
        exact, _ = quad(integrand, -14, 14, points=[z for z in marks if abs(z) < 14], epsabs=0, epsrel=1e-11, limit=400)
        # METHODS section 5: 1e-9 of numerical integration.
        assert found[i, j] == pytest.approx(np.log(exact), abs=1e-9)


@pytest.mark.parametrize("name", SETS)
def test_a_rough_rule_is_as_rough_as_it_says(name: str) -> None:
    cells, row = made_ready(name), np.zeros(TAU.size, dtype=np.intp)
    mu = np.linspace(-6, 6, 13) * np.ones((TAU.size, 1))
    fine, rough = (Smoothing.of(cells).values(row, mu, TAU, rule) for rule in (FINE, ROUGH))
    near = fine > fine.max(1, keepdims=True) - 30
    assert 1e-12 < np.abs(rough - fine)[near].max() < 1e-4 * cells.times.sum()


SIZES = [3, 40, 7, 1, 18, 5, 22, 60, 11, 2, 30]
EVENTS = [1, 22, 0, 1, 9, 5, 12, 20, 4, 1, 16]


@pytest.mark.parametrize("k", [1, 8, 9, 11])
def test_the_table_is_the_likelihood(k: int) -> None:
    """9 and 11 cells stand in tables 10 and 12 wide: what fills them up has no units and counts for nothing."""
    cells = replace(cells_of(np.array([EVENTS[:k]]), np.array([SIZES[:k]])), precision=0.25)
    assert cells.n.shape[1] == {1: 1, 8: 8, 9: 10, 11: 12}[k]
    tau = np.array([0.0, 1e-3, 0.05, 0.3, 0.9, 2.5, 8.0])
    row = np.zeros(tau.size, dtype=np.intp)
    mu = np.linspace(-0.5 - 0.6 * tau, 0.6 + 0.6 * tau, 21, axis=1)
    found, wanted = Smoothing.of(cells).values(row, mu, tau), one_by_one(cells, row, mu, tau)
    near = wanted > wanted.max(1, keepdims=True) - 30
    assert near.mean() > 0.8
    # What the table promises within 30 of its top.
    np.testing.assert_allclose(found[near], wanted[near], rtol=0, atol=1e-9)


def test_a_line_does_not_depend_on_those_beside_it() -> None:
    """Not in the last bit, whatever the width of the table of cells and however many lines there are."""
    x, n = sparse(np.random.default_rng(3), 14)
    cells = replace(cells_of(x, n), precision=0.25)
    row, tau = np.repeat(np.arange(14), 6), np.tile([0.0, 0.03, 0.4, 1.7, 6.0, 15.0], 14)
    mu = np.linspace(-2 - 0.5 * tau, 1 + 0.5 * tau, 13, axis=1)
    whole = Smoothing.of(cells).values(row, mu, tau)
    for i in range(0, 14, 3):
        alone = replace(cells_of(x[[i]], n[[i]]), precision=0.25)
        lines = (row == i).nonzero()[0][::-1]
        found = Smoothing.of(alone).values(np.zeros(lines.size, dtype=np.intp), mu[lines], tau[lines])
        np.testing.assert_array_equal(found, whole[lines])


def test_spans_hold_all_but_the_fall() -> None:
    x, n = np.array([0.0, 5.0, 1.0, 30.0, 2000.0]), np.array([7.0, 5.0, 300.0, 61.0, 9000.0])
    low, high = spans(x, n)
    assert (low == -np.inf).tolist() == [True, False, False, False, False]
    assert (high == np.inf).tolist() == [False, True, False, False, False]
    for ends, falls in ((low, x > 0), (high, x < n)):
        eta, a, b = ends[falls], x[falls], n[falls]
        share = a / b
        top = np.where((share > 0) & (share < 1), a * np.log(np.maximum(share, 1e-300)), 0.0)
        top += np.where(share < 1, (b - a) * np.log1p(-np.minimum(share, 0.99)), 0.0)
        fallen = top - (a * log_expit(eta) + (b - a) * log_expit(-eta))
        # Newton comes from outside, within a hundredth of the fall.
        assert ((fallen >= FALL - 1e-9) & (fallen < FALL + 0.5)).all()
