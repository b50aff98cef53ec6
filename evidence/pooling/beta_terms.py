"""The beta-binomial probability as products, exact where the spread is 0.

    P(x | n) = C(n, x) * prod_{j<x}(m + j theta) * prod_{j<n-x}(1 - m + j theta) / prod_{j<n}(1 + j theta)

with m the mean and theta = rho / (1 - rho); rho is the correlation of two units of a study. To fit the searches, the
location is mu = logit m and the spread is tau = sqrt(theta), in which the likelihood is even.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from .family import Family, Sums
from .quadrature import Terms, log_choose
from .result import Floats

#: Factors multiplied at a time.
BLOCK = 1 << 20


def beta_terms(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
    """Log-probability of x of n and its derivatives by mu and tau, shape (m,).

    Error: rounding only, about 1e-16 for each of the 2 n factors.
    """
    out = Terms.empty(x.size)
    ends = np.cumsum(n)
    begin = 0
    while begin < x.size:
        before = ends[begin - 1] if begin else 0.0
        end = max(begin + 1, int(np.searchsorted(ends, before + BLOCK, side="right")))
        part = np.arange(begin, end)
        out.put(part, _block(x[part], n[part], mu[part], tau[part]))
        begin = end
    out.logp[...] += log_choose(x, n)
    return out


@dataclass(frozen=True, slots=True)
class _Product:
    """Sum of log(v + j theta) over j < count and its derivatives by v and theta."""

    value: Floats
    v: Floats
    t: Floats
    vv: Floats
    vt: Floats
    tt: Floats


def _product(v: Floats, theta: Floats, count: Floats) -> _Product:
    length = count.astype(np.intp)
    cell = np.repeat(np.arange(v.size), length)
    first = np.cumsum(length) - length
    j = (np.arange(cell.size) - first[cell]).astype(float)
    factor = v[cell] + j * theta[cell]
    inverse = 1 / factor
    jr, r2 = j * inverse, inverse * inverse

    def total(values: Floats) -> Floats:
        return np.bincount(cell, weights=values, minlength=v.size).astype(float)

    return _Product(total(np.log(factor)), total(inverse), total(jr), -total(r2), -total(jr * inverse), -total(jr * jr))


def _block(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
    theta, m, q = tau * tau, expit(mu), expit(-mu)
    a, b = _product(m, theta, x), _product(q, theta, n - x)
    c = _product(np.ones_like(m), theta, n)
    w = m * q
    by_m, by_theta = a.v - b.v, a.t + b.t - c.t
    by_mm, by_mt, by_tt = a.vv + b.vv, a.vt - b.vt, a.tt + b.tt - c.tt
    return Terms(
        a.value + b.value - c.value,
        by_m * w,
        2 * tau * by_theta,
        by_mm * w * w + by_m * w * (q - m),
        2 * tau * by_mt * w,
        2 * by_theta + 4 * theta * by_tt,
    )


def _log_mean(mu: Floats, tau: Floats) -> Sums:
    m, q, nought = expit(mu), expit(-mu), np.zeros_like(mu)
    return Sums(-np.log1p(np.exp(-mu)), q, nought, -m * q, nought, nought)


BETA_BINOMIAL = Family(
    terms=beta_terms,
    log_mean=_log_mean,
    stretch=np.ones_like,
    correlation=lambda tau: tau * tau / (1 + tau * tau),
    step_mu=lambda share, tau: np.asarray(logit(share)),
)
