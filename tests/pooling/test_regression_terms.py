"""Several arms of one study under one random effect: the integral, its derivatives, and the studies of one arm."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.integrate import quad
from scipy.special import expit, gammaln

from evidence.pooling.quadrature import cell_terms, log_choose
from evidence.pooling.regression_terms import study_terms

Floats = npt.NDArray[np.float64]

STUDIES = [
    ([3, 1], [7, 4], [0.3, -1.0], 0.8),
    ([0, 5, 2], [4, 5, 9], [1.0, 2.0, -0.5], 2.5),
    ([40, 0], [400, 1], [-2.0, 0.7], 0.05),
    ([1, 0], [1, 1], [-3.0, 4.0], 6.0),
]


def by_quad(x: list[int], n: list[int], eta: list[float], tau: float) -> float:
    xs, ns, at = np.array(x, dtype=float), np.array(n, dtype=float), np.array(eta)
    choose = float((gammaln(ns + 1) - gammaln(xs + 1) - gammaln(ns - xs + 1)).sum())

    def integrand(z: float) -> float:
        p = expit(at + tau * z)
        return float(np.prod(p**xs * (1 - p) ** (ns - xs)) * np.exp(-0.5 * z * z) / np.sqrt(2 * np.pi))

    value, _ = quad(integrand, -12, 12, epsabs=0, epsrel=1e-12, limit=500, points=list(-at / max(tau, 0.5)))
    return float(np.log(value) + choose)


@pytest.mark.parametrize(("x", "n", "eta", "tau"), STUDIES)
def test_the_integral(x: list[int], n: list[int], eta: list[float], tau: float) -> None:
    found = study_terms(np.array([x], float), np.array([n], float), np.array([eta]), np.array([tau]))
    # quad's own error estimate is 1e-12 relative.
    assert float(found.logp[0]) == pytest.approx(by_quad(x, n, eta, tau), abs=1e-10)


@pytest.mark.parametrize(("x", "n", "eta", "tau"), STUDIES)
def test_the_derivatives(x: list[int], n: list[int], eta: list[float], tau: float) -> None:
    events, size = np.array([x], float), np.array([n], float)

    def at(move: Floats) -> tuple[float, Floats, Floats]:
        terms = study_terms(events, size, np.array([eta]) + move[:-1], np.array([tau + move[-1]]))
        return float(terms.logp[0]), terms.score[0], terms.hessian[0]

    nought = np.zeros(len(x) + 1)
    _, score, hessian = at(nought)
    assert hessian == pytest.approx(hessian.T)
    for i in range(nought.size):
        h = np.zeros_like(nought)
        h[i] = 1e-5
        (up, up_score, _), (down, down_score, _) = at(h), at(-h)
        # Central differences of step 1e-5: their own error is 1e-10 relative, and that of rounding 1e-9.
        assert (up - down) / 2e-5 == pytest.approx(score[i], rel=1e-6, abs=1e-6)
        assert (up_score - down_score) / 2e-5 == pytest.approx(hessian[i], rel=1e-6, abs=1e-6)


def test_no_random_effect_is_the_product_of_binomials() -> None:
    x, n, eta = np.array([[2.0, 1.0]]), np.array([[5.0, 3.0]]), np.array([[0.4, -0.2]])
    found = study_terms(x, n, eta, np.zeros(1))
    p = expit(eta)
    expected = (log_choose(x, n) + x * np.log(p) + (n - x) * np.log(1 - p)).sum()
    assert float(found.logp[0]) == pytest.approx(expected, abs=1e-12)
    assert found.score[0, :2] == pytest.approx((x - n * p)[0], abs=1e-11)


@pytest.mark.parametrize("tau", [0.0, 0.4, 3.0, 40.0])
def test_arms_alike_are_their_sum(tau: float) -> None:
    """Two arms with one linear predictor and one arm with their sums differ by binomial coefficients only."""
    x, n = np.array([[2.0, 4.0, 0.0]]), np.array([[3.0, 11.0, 0.0]])
    found = study_terms(x, n, np.full((1, 3), 0.7), np.array([tau]))
    one = cell_terms(x.sum(1), n.sum(1), np.array([0.7]), np.array([tau]))
    bare = float(found.logp[0] - log_choose(x, n).sum())
    assert bare == pytest.approx(float(one.logp[0] - log_choose(x.sum(1), n.sum(1))[0]), abs=1e-10)
    assert float(found.score[0, :3].sum()) == pytest.approx(float(one.mu[0]), abs=1e-9)
    assert float(found.hessian[0, :3, :3].sum()) == pytest.approx(float(one.mu_mu[0]), abs=1e-8)
    assert float(found.hessian[0, 3, 3]) == pytest.approx(float(one.tau_tau[0]), abs=1e-8)


def test_extreme_predictors_make_no_warning() -> None:
    """A cliff of the integrand far from 0 is found whatever tau is."""
    x = np.array([[0.0, 29.0], [300.0, 0.0]])
    n = np.array([[300.0, 30.0], [300.0, 40.0]])
    for tau in (0.1, 7.0, 80.0, 900.0):
        found = study_terms(x, n, np.array([[60.0, -90.0], [-500.0, 300.0]]), np.full(2, tau))
        assert np.isfinite(found.logp).all() and np.isfinite(found.hessian).all()
