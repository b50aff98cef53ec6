"""The binomial random-effects model with few quadrature nodes, as lme4 and metafor fit it by default."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from math import sqrt
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize
from scipy.special import expit, xlog1py, xlogy

Floats = npt.NDArray[np.float64]
#: Newton steps to the mode of a study's integrand; it is strictly concave.
_STEPS = 60
#: Step of the second differences, relative to a parameter of order 1.
_STEP = 1e-4
#: tau below it counts as 0: the model without random effects.
_SMALLEST = 1e-3


@cache
def _rule(nodes: int) -> tuple[Floats, Floats]:
    """Nodes and weights for the integral of f(z) phi(z), as exp(z^2 / 2) w is what adaptive quadrature needs."""
    z, w = np.polynomial.hermite_e.hermegauss(nodes)
    return z, np.log(w) + 0.5 * z * z - 0.5 * np.log(2 * np.pi)


def fit_with_nodes(events: Floats, n: Floats, nodes: int) -> Floats:
    """Maximum likelihood of (mu, tau) with adaptive Gauss-Hermite quadrature, one node being Laplace's formula.

    Args:
        events, n: Shape (k,); n = 0 means absent. nodes: For each study.

    Returns:
        mu, its standard error from the second differences in mu and tau, and tau: shape (3,); NaN without events or
        without non-events.

    Source: Stijnen 2010, 10.1002/sim.4040. Error: 1e-6 against lme4 with tolPwrss = 1e-13; with its
    default, lme4's own limits are up to 0.002 off in small sets.
    """
    there = n > 0
    x, size = events[there], n[there]
    total = x.sum() / size.sum() if size.size else 0.0
    if not 0 < total < 1 or size.size < 2:
        return np.full(3, np.nan)
    mu0 = float(np.log(total / (1 - total)))

    def deviance(at: Floats) -> float:
        return -_log_likelihood(float(at[0]), abs(float(at[1])), x, size, nodes)

    best = min(
        (minimize(deviance, [mu0, tau], method="Nelder-Mead", options=_SEARCH) for tau in (0.3, 1.5)),
        key=lambda m: m.fun,
    )
    mu, tau = float(best.x[0]), abs(float(best.x[1]))
    if tau < _SMALLEST or deviance(np.array([mu0, 0.0])) <= best.fun:
        mu, tau = mu0, 0.0
        se = 1 / sqrt(float(np.sum(size)) * total * (1 - total))
    else:
        se = _standard_error(deviance, mu, tau)
    return np.array([mu, se, tau])


_SEARCH: Any = {"xatol": 1e-8, "fatol": 1e-11, "maxiter": 2000}


def _standard_error(f: Callable[[Floats], float], mu: float, tau: float) -> float:
    """That of mu, from the second differences of the negative log-likelihood in mu and tau."""
    h, g = _STEP * max(1.0, abs(mu)), _STEP * max(1.0, tau)
    middle = f(np.array([mu, tau]))
    aa = (f(np.array([mu + h, tau])) - 2 * middle + f(np.array([mu - h, tau]))) / h**2
    bb = (f(np.array([mu, tau + g])) - 2 * middle + f(np.array([mu, tau - g]))) / g**2
    corners = [f(np.array([mu + s * h, tau + t * g])) * s * t for s in (1, -1) for t in (1, -1)]
    ab = sum(corners) / (4 * h * g)
    information = aa * bb - ab**2
    return sqrt(bb / information) if information > 0 and bb > 0 else float("nan")


def _log_likelihood(mu: float, tau: float, x: Floats, n: Floats, nodes: int) -> float:
    """Up to the binomial coefficients, which no parameter is in."""
    z = np.zeros(x.size)
    for _ in range(_STEPS):
        p = expit(mu + tau * z)
        slope, curve = tau * (x - n * p) - z, tau * tau * n * p * (1 - p) + 1
        step = np.clip(slope / curve, -1.0, 1.0)
        z = z + step
        if np.abs(step).max() < 1e-10:
            break
    p = expit(mu + tau * z)
    width = 1 / np.sqrt(tau * tau * n * p * (1 - p) + 1)
    points, log_weights = _rule(nodes)
    at = z + width * points[:, None]
    p = expit(mu + tau * at)
    terms = xlogy(x, p) + xlog1py(n - x, -p) - 0.5 * at * at + log_weights[:, None]
    top = terms.max(0)
    return float(np.sum(top + np.log(np.exp(terms - top).sum(0)) + np.log(width)))
