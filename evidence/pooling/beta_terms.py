"""The beta-binomial probability as products, exact where the spread is 0.

    P(x | n) = C(n, x) * prod_{j<x}(m + j theta) * prod_{j<n-x}(1 - m + j theta) / prod_{j<n}(1 + j theta)

with m the mean and theta = rho / (1 - rho); rho is the correlation of two units of a study. To fit the searches, the
location is mu = logit m and the spread is tau = sqrt(theta), in which the likelihood is even.
"""

from __future__ import annotations

import numpy as np
from scipy.special import expit, log_expit, logit

from .family import Family, Sums, binomial_odds
from .log_products import log_product
from .quadrature import Terms, log_choose
from .result import Floats
from .shared_products import FARTHEST, SharedProducts


def beta_terms(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
    """Log-probability of x of n and its derivatives by mu and tau, shape (m,).

    Error: rounding only, about 1e-16 of each of the three products' logarithms.
    """
    inner = np.clip(mu, -FARTHEST, FARTHEST)
    theta, m, q = tau * tau, expit(inner), expit(-inner)
    a, b = log_product(m, theta, x), log_product(q, theta, n - x)
    c = log_product(np.ones_like(m), theta, n)
    w = m * q
    by_m, by_theta = a.v - b.v, a.t + b.t - c.t
    by_mm, by_mt, by_tt = a.vv + b.vv, a.vt - b.vt, a.tt + b.tt - c.tt
    return Terms(
        log_choose(x, n) + a.value + b.value - c.value + by_m * w * (mu - inner),
        by_m * w,
        2 * tau * by_theta,
        by_mm * w * w + by_m * w * (q - m),
        2 * tau * by_mt * w,
        2 * by_theta + 4 * theta * by_tt,
    )


def _log_mean(mu: Floats, tau: Floats) -> Sums:
    m, q, nought = expit(mu), expit(-mu), np.zeros_like(mu)
    return Sums(np.asarray(log_expit(mu)), q, nought, -m * q, nought, nought)


BETA_BINOMIAL = Family(
    terms=beta_terms,
    log_mean=_log_mean,
    mean=lambda mu, tau: np.asarray(expit(mu)),
    stretch=np.ones_like,
    first_odds=lambda x, n, tau: binomial_odds(x, n, tau * tau / (1 + tau * tau)),
    step_mu=lambda share, tau: np.asarray(logit(share)),
    shared=SharedProducts.of,
)
