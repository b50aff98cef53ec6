"""The beta-binomial model beside VGAM, aod and the solver of this folder.

Tolerances: 1e-5 of the standard error against the solver, whose gradients are smaller than 1e-4; 1e-3 of it against the
packages. What is further apart is explained by a calculation: the information that VGAM expects, the differences that
aod takes, or the likelihood at the point where the package stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
from scipy.special import expit, logit
from scipy.stats import betabinom

from evidence.counts import Counts
from evidence.pooling.beta_binomial import BetaBinomial
from evidence.pooling.beta_terms import BETA_BINOMIAL
from evidence.pooling.cells import cells_of, log_likelihood
from evidence.pooling.result import Estimates
from tests.reference.binomial import BOUNDARIES, TOGETHER, Key, fitted, row_of, status_of
from tests.reference.matching import Floats, Pair

MODEL = BetaBinomial(limits="wald", prediction="none")
SOLVER, PACKAGE = 1e-5, 1e-3
#: R's optim takes its second derivatives by central differences of this step in every parameter.
OPTIM_STEP = 1e-3
#: A rho below this is 0 to the packages, one of which works with its logit.
NO_RHO = 1e-6
#: What a step of 1e-3 standard errors from the maximum costs, at most.
FALL = 0.5 * PACKAGE**2
#: A fall at which a package's point has nothing to do with the maximum any more.
FAR = 0.01
AT_NO_RHO = "rho is 0, the edge of the likelihood"
NAMES = ("logit_mu", "se_logit_mu", "rho", "loglik", "ci_mu_wald_lb", "ci_mu_wald_ub")


@dataclass(frozen=True, slots=True)
class Fit:
    """Our fit with Wald limits."""

    logit_mu: float
    se: float
    rho: float
    log_likelihood: float
    lower: float
    upper: float


@cache
def beta_stack() -> tuple[dict[tuple[Key, Key], int], Estimates]:
    """Our fits of the registered data sets as one stack, and the row of each."""
    return fitted(MODEL, list(TOGETHER))


@cache
def beta_fit(x: Key, n: Key) -> Fit:
    """Our fit; rho is the variance of the proportions over that of one unit."""
    if (x, n) in TOGETHER:
        rows, stack = beta_stack()
        found = row_of(stack, rows[x, n])
    else:
        found = MODEL.estimate(Counts(x, n))
    mean = float(found.estimate)
    rho = float(found.tau2) / (mean * (1 - mean))
    limits = float(found.lower), float(found.upper)
    return Fit(float(logit(mean)), float(found.se), rho, float(found.log_likelihood), *limits)


def height(x: Key, n: Key, logit_mu: float, rho: float) -> float:
    """Our log-likelihood at a point."""
    cells = cells_of(np.array(x, dtype=int)[None], np.array(n, dtype=int)[None], BETA_BINOMIAL)
    at = np.array([logit_mu]), np.array([np.sqrt(max(rho, 0.0) / (1 - rho))])
    return float(log_likelihood(cells, *at).value[0])


def products(x: Key, n: Key, logit_mu: float, rho: float) -> float:
    """Log-likelihood without its constant by products, which exist a little below rho = 0 as well."""
    mu, r = float(expit(logit_mu)), rho / (1 - rho)
    total = 0.0
    for events, size in zip(x, n, strict=True):
        j = np.arange(int(size))
        with np.errstate(invalid="ignore"):
            terms = np.log(mu + r * j[: int(events)]).sum() + np.log(1 - mu + r * j[: int(size - events)]).sum()
            total += float(terms - np.log1p(r * j).sum())
    return total


def expected_se(x: Key, n: Key, logit_mu: float, rho: float) -> float:
    """Standard error of logit mu from the expected information of (logit mu, logit rho), as VGAM's Fisher scoring."""
    information = np.zeros((2, 2))
    h, at = 1e-4, (logit_mu, float(logit(rho)))
    for size, times in zip(*np.unique(n, return_counts=True), strict=True):
        score = np.array(
            [
                (_log_mass(int(size), at[0] + h, at[1]) - _log_mass(int(size), at[0] - h, at[1])) / (2 * h),
                (_log_mass(int(size), at[0], at[1] + h) - _log_mass(int(size), at[0], at[1] - h)) / (2 * h),
            ]
        )
        information += times * (score * np.exp(_log_mass(int(size), *at))) @ score.T
    return float(np.sqrt(np.linalg.inv(information)[0, 0]))


def _log_mass(size: int, logit_mu: float, logit_rho: float) -> Floats:
    mu, strength = expit(logit_mu), np.exp(-logit_rho)
    return np.asarray(betabinom.logpmf(np.arange(size + 1), size, mu * strength, (1 - mu) * strength))


def optim_ses(x: Key, n: Key, logit_mu: float, rho: float) -> tuple[float, float]:
    """Standard error of logit mu by optim's differences, with rho estimated and with rho fixed."""
    steps = np.eye(2) * OPTIM_STEP
    at = np.array([logit_mu, rho])
    second = np.array(
        [
            [
                sum(a * b * products(x, n, *(at + a * p + b * q)) for a in (1, -1) for b in (1, -1)) / 4 / OPTIM_STEP**2
                for p in steps
            ]
            for q in steps
        ]
    )
    both = -np.linalg.inv(second)[0, 0] if np.isfinite(second).all() else np.nan
    return float(np.sqrt(both)), float(np.sqrt(-1 / second[0, 0]))


def _reason(x: Key, n: Key, name: str, theirs: Mapping[str, float], package: str) -> str | None:
    mine = beta_fit(x, n)
    at = theirs["logit_mu"], theirs["rho"]
    fall = mine.log_likelihood - height(x, n, *at)
    if name == "se_logit_mu" and fall < FAR:
        if mine.rho < NO_RHO:
            return AT_NO_RHO
        if package == "VGAM" and at[1] > NO_RHO and abs(expected_se(x, n, *at) / theirs[name] - 1) < PACKAGE:
            return "expected information, not observed"
        if package == "aod" and any(abs(se / theirs[name] - 1) < PACKAGE for se in optim_ses(x, n, *at)):
            return "differences of step 0.001 in rho"
    return "stopped below the maximum" if fall > FALL else None


def beta_pairs(xi: Any, ni: Any, values: Mapping[str, Any], slack: float, package: str | None) -> Iterator[Pair]:
    """One fit; ``slack`` in units of the standard error; ``package`` None for the solver."""
    x, n = tuple(map(float, xi)), tuple(map(float, ni))
    status = status_of(x, n)
    theirs = {name: values[name] for name in NAMES if isinstance(values.get(name), int | float)}
    if status in BOUNDARIES:
        for name, reference in theirs.items():
            yield Pair(name, np.nan, reference, 0.0, BOUNDARIES[status])
        return
    fit = beta_fit(x, n)
    mine = {"logit_mu": fit.logit_mu, "se_logit_mu": fit.se, "rho": fit.rho, "loglik": fit.log_likelihood}
    mine |= {"ci_mu_wald_lb": fit.lower, "ci_mu_wald_ub": fit.upper}
    for name, reference in theirs.items():
        unit = {"rho": max(fit.rho, 0.01), "loglik": FALL / slack}.get(name, fit.se)
        pair = Pair(name, mine[name], reference, slack * unit)
        if package is None or pair.matches:
            yield pair
        else:
            yield Pair(name, mine[name], reference, slack * unit, _reason(x, n, name, theirs, package))
