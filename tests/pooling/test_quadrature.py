"""The integral of the binomial over a normal logit, against a brute-force sum on 400,001 nodes."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import gammaln, logsumexp

from evidence.pooling.quadrature import LARGE_TAU, Terms, cell_terms

#: METHODS section 5: the log-likelihood agrees with numerical integration to 1e-9.
TOLERANCE = 1e-9


def one(x: float, n: float, mu: float, tau: float) -> Terms:
    return cell_terms(*(np.array([float(value)]) for value in (x, n, mu, tau)))


def brute_force(x: int, n: int, mu: float, tau: float) -> float:
    def log_integrand(z: np.ndarray) -> np.ndarray:
        eta = mu + tau * z
        return np.asarray(x * eta - n * np.logaddexp(0, eta) - z * z / 2 - 0.5 * np.log(2 * np.pi))

    start = minimize_scalar(
        lambda z: -log_integrand(np.array([z]))[0], bounds=(-60, 60), method="bounded", options={"xatol": 1e-9}
    ).x
    # The poles lie at pi / tau, a step of at most a fiftieth of that: the trapezoid rule leaves nothing.
    z, step = np.linspace(start - 13, start + 13, 80_001, retstep=True)
    choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return float(logsumexp(log_integrand(z)) + np.log(step) + choose)


CELLS = [
    (x, n, mu, tau)
    for x, n in ((0, 1), (1, 1), (1, 2), (3, 3), (9, 28), (0, 60), (60, 60), (1, 60), (17, 400))
    for mu in (-5.0, 0.0, 3.9)
    for tau in (1e-3, 0.3, 1.0, 3.8, 12.0, 29.9, 31.0, 200.0)
]


@pytest.mark.parametrize(("x", "n", "mu", "tau"), CELLS)
def test_log_probability_is_the_integral(x: int, n: int, mu: float, tau: float) -> None:
    assert one(x, n, mu, tau).logp[0] == pytest.approx(brute_force(x, n, mu, tau), abs=TOLERANCE)


def test_no_spread_is_the_binomial() -> None:
    p = 0.3
    found = one(2, 5, np.log(p / (1 - p)), 0.0).logp[0]
    assert found == pytest.approx(np.log(10 * p**2 * (1 - p) ** 3), abs=1e-12)


@pytest.mark.parametrize("tau", [0.4, 2.5, 20.0, 45.0])
@pytest.mark.parametrize(("x", "n"), [(0, 3), (3, 3), (2, 7)])
def test_derivatives_are_those_of_the_value(x: int, n: int, tau: float) -> None:
    mu, h = 0.7, 1e-5
    here = one(x, n, mu, tau)
    up, down = one(x, n, mu + h, tau), one(x, n, mu - h, tau)
    more, less = one(x, n, mu, tau + h), one(x, n, mu, tau - h)
    # Central differences of step 1e-5: truncation 1e-10, rounding 1e-11 of values of order 1.
    pairs = [
        (here.mu, up.logp, down.logp),
        (here.tau, more.logp, less.logp),
        (here.mu_mu, up.mu, down.mu),
        (here.mu_tau, more.mu, less.mu),
        (here.tau_tau, more.tau, less.tau),
    ]
    for derivative, after, before in pairs:
        assert derivative[0] == pytest.approx((after[0] - before[0]) / (2 * h), abs=1e-7)


def test_second_derivative_at_no_spread_is_the_limit() -> None:
    at_zero, near = one(2, 9, 0.4, 0.0), one(2, 9, 0.4, 1e-3)
    assert at_zero.tau_tau[0] == pytest.approx(near.tau[0] / 1e-3, rel=1e-4)


@pytest.mark.parametrize("tau", [0.8, 50.0])
def test_probabilities_of_all_outcomes_sum_to_one(tau: float) -> None:
    n = 12
    x = np.arange(n + 1.0)
    found = cell_terms(x, np.full(n + 1, float(n)), np.full(n + 1, -1.2), np.full(n + 1, tau))
    assert np.exp(found.logp).sum() == pytest.approx(1.0, abs=1e-10)


def test_the_two_rules_meet_where_one_takes_over() -> None:
    for x, n in ((0, 1), (4, 4), (0, 25)):
        below, above = one(x, n, 2.0, LARGE_TAU), one(x, n, 2.0, LARGE_TAU * (1 + 1e-12))
        assert below.logp[0] == pytest.approx(above.logp[0], abs=1e-10)
        assert below.tau[0] == pytest.approx(above.tau[0], abs=1e-9)


def test_mirror() -> None:
    a, b = one(2, 7, 1.3, 2.2), one(5, 7, -1.3, 2.2)
    assert a.logp[0] == pytest.approx(b.logp[0], abs=1e-12)
    assert a.mu[0] == pytest.approx(-b.mu[0], abs=1e-12)
