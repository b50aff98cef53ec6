"""A likelihood with two parameters, as the searches see it: a location mu and a spread tau >= 0.

What the searches rely on: the log-likelihood is even in tau, and rises and falls once in mu for fixed tau.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ..measures.logit_mean import mean_expit
from .quadrature import Terms, cell_terms
from .result import Floats
from .shared_nodes import SharedNodes
from .shared_products import SharedProducts

Shared = SharedNodes | SharedProducts


@dataclass(frozen=True, slots=True)
class Sums:
    """Log-likelihood of each row and its derivatives by mu and tau, shape (rows,)."""

    value: Floats
    mu: Floats
    tau: Floats
    mu_mu: Floats
    mu_tau: Floats
    tau_tau: Floats


@dataclass(frozen=True, slots=True)
class Family:
    """One such likelihood.

    Attributes:
        terms: Log-probability of x of n (or in a time n) and its derivatives, from (x, n, mu, tau), shape (m,).
        log_mean: Log of the marginal mean of a study's proportion (or rate) and its derivatives, from (mu, tau).
        mean: That mean itself.
        stretch: About how mu grows with tau along a profile: mu / stretch(tau) hardly moves.
        first_odds: From (x, n, tau) two numbers for each cell; the log of the ratio of their sums, stretched, is about
            where mu lies at tau.
        shared: Makes (x, n, times) of whole rows ready for sums over what their cells share; None where these share
            nothing.
        ceiling: From (x, n), n = 0 where there is no cell, a number for each: less log tau, or 0 where that is
            positive, it is the largest log-probability of the cell at tau, whatever mu is. None where none is known.
        step_mu: mu at a very large tau at which a share of the studies has all events (binomial families).
    """

    terms: Callable[[Floats, Floats, Floats, Floats], Terms]
    log_mean: Callable[[Floats, Floats], Sums]
    mean: Callable[[Floats, Floats], Floats]
    stretch: Callable[[Floats], Floats]
    first_odds: Callable[[Floats, Floats, Floats], tuple[Floats, Floats]]
    step_mu: Callable[[Floats, float], Floats]
    shared: Callable[[Floats, Floats, Floats], Shared] | None = None
    ceiling: Callable[[Floats, Floats], Floats] | None = None


_ONE_OF_ONE = SharedNodes.of(np.ones((1, 1)), np.ones((1, 1)), np.ones((1, 1)))


def log_mean(mu: Floats, tau: Floats) -> Sums:
    """log E expit(mu + tau Z), the marginal mean of a study's proportion, and its derivatives, shape (rows,)."""
    table, done = _ONE_OF_ONE.take(np.zeros(mu.size, dtype=np.intp)).log_likelihood(mu, tau)
    left = np.flatnonzero(~done)
    if left.size:
        one = np.ones(left.size)
        terms = cell_terms(one, one, mu[left], tau[left])
        table[:, left] = (terms.logp, terms.mu, terms.tau, terms.mu_mu, terms.mu_tau, terms.tau_tau)
    # The integral's rounding may not lift a probability above 1.
    np.minimum(table[0], 0.0, out=table[0])
    return Sums(*table)


def stretch(tau: Floats) -> Floats:
    """About how much further out the median's logit lies than the mean's.

    Source: Zeger, Liang and Albert 1988, 10.2307/2531734.
    """
    return np.sqrt(1 + 0.346 * tau * tau)


def binomial_odds(x: Floats, n: Floats, rho: Floats) -> tuple[Floats, Floats]:
    """Events and non-events of studies weighted by 1 / (1 + (n - 1) rho), rho the correlation of their units."""
    weight = 1 / (1 + (n - 1) * rho)
    return weight * x, weight * (n - x)


def largest_density(x: Floats, n: Floats) -> Floats:
    """Log of n / (x (n - x) sqrt(2 pi)): a mixed cell's probability is at most this over tau; infinite for others.

    The normal density of the logit is at most 1 / (tau sqrt(2 pi)), and the integral of C(n, x) expit^x (1 -
    expit)^(n - x) over the logit, C(n, x) B(x, n - x), is n / (x (n - x)).
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where((x > 0) & (x < n), np.log(n / (x * (n - x))) - 0.5 * np.log(2 * np.pi), np.inf)


LOGISTIC_NORMAL = Family(
    terms=cell_terms,
    log_mean=log_mean,
    mean=mean_expit,
    stretch=stretch,
    first_odds=lambda x, n, tau: binomial_odds(x, n, tau * tau / (tau * tau + np.pi**2 / 3)),
    step_mu=lambda share, tau: np.asarray(tau * ndtri(share)),
    shared=SharedNodes.of,
    ceiling=largest_density,
)
