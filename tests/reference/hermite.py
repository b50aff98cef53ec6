"""The logistic-normal likelihood by n nodes of adaptive Gauss-Hermite quadrature, as lme4 and metafor compute it.

Written to explain what those packages print: with 1 node it is Laplace's approximation. Ours has no such error.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.special import gammaln, log_expit, logsumexp

from tests.reference.matching import Floats

_MODE_STEPS = 60
#: Step of the differences in units of the standard error: their error is its square.
_STEP = 3e-3
_NEWTON_STEPS = 12


def log_likelihood(x: Floats, n: Floats, at: Floats, nodes: int) -> Floats:
    """Log-likelihood at points (mu, tau), shape (points, 2) -> (points,); x and n have shape (k,)."""
    mu, tau = at[:, :1], at[:, 1:]
    u = np.zeros((at.shape[0], x.size))
    for _ in range(_MODE_STEPS):
        p = np.exp(log_expit(mu + tau * u))
        curvature = 1 + tau**2 * n * p * (1 - p)
        step = np.clip((tau * (x - n * p) - u) / curvature, -1.0, 1.0)
        u = u + step
        if float(np.abs(step).max()) < 1e-13:
            break
    p = np.exp(log_expit(mu + tau * u))
    scale = 1 / np.sqrt(1 + tau**2 * n * p * (1 - p))
    z, weight = np.polynomial.hermite_e.hermegauss(nodes)
    points = u[..., None] + scale[..., None] * z
    eta = mu[..., None] + tau[..., None] * points
    inner = x[:, None] * log_expit(eta) + (n - x)[:, None] * log_expit(-eta) - points**2 / 2 + z**2 / 2
    total = logsumexp(inner + np.log(weight), axis=-1) + np.log(scale) - 0.5 * np.log(2 * np.pi)
    choose = gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1)
    return np.asarray(total.sum(-1) + choose.sum())


@cache
def maximum(
    x: tuple[float, ...], n: tuple[float, ...], nodes: int, mu: float, tau: float
) -> tuple[float, float, float]:
    """mu, its standard error (tau estimated as well) and tau at the maximum next to a point."""
    events, total = np.array(x), np.array(n)
    at, unit = np.array([mu, tau]), np.array([0.3, 0.3])
    covariance = np.full((2, 2), np.nan)
    for _ in range(_NEWTON_STEPS):
        gradient, hessian = _differences(events, total, at, _STEP * unit, nodes)
        if not (np.linalg.eigvalsh(hessian) < 0).all():
            break
        covariance = -np.linalg.inv(hessian)
        step = covariance @ gradient
        unit = np.sqrt(np.diag(covariance))
        at = at + step
        if float(np.abs(step / unit).max()) < 1e-6:
            break
    return float(at[0]), float(np.sqrt(covariance[0, 0])), abs(float(at[1]))


def _differences(x: Floats, n: Floats, at: Floats, h: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Gradient and Hessian by central differences."""
    steps = np.array([[0, 0], [1, 0], [-1, 0], [0, 1], [0, -1], [1, 1], [-1, -1], [1, -1], [-1, 1]])
    f = log_likelihood(x, n, at + steps * h, nodes)
    gradient = np.array([f[1] - f[2], f[3] - f[4]]) / (2 * h)
    mixed = (f[5] + f[6] - f[7] - f[8]) / (4 * h[0] * h[1])
    own = np.array([f[1] + f[2] - 2 * f[0], f[3] + f[4] - 2 * f[0]]) / h**2
    return gradient, np.array([[own[0], mixed], [mixed, own[1]]])
