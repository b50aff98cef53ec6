"""A posterior in numbers: medians with limits, the next study, and probabilities that a reader can act on."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import expit, logit

from .posterior import SLIGHT, Posterior, quantiles, shortest
from .quadrature import cell_terms
from .result import Floats, Probabilities

LIMITS: Mapping[str, str] = {
    "equal-tailed": "equal-tailed posterior intervals",
    "hpd": "shortest posterior intervals (highest density, on the proportion scale)",
}
#: Fewest studies with a predictive interval.
FEWEST_FOR_PREDICTION = 3

Three = tuple[float, float, float]


@dataclass(frozen=True, slots=True)
class Summary:
    """Lower limit, posterior median and upper limit of the median, the mean and tau; limits of a new study.

    ``mu`` is the posterior median of mu, ``se`` the posterior standard deviation.
    """

    median: Three
    mean: Three
    tau: Three
    new: tuple[float, float] | None
    mu: float
    se: float


def summarise(found: Posterior, limits: str, level: float, k: int) -> Summary:
    """The summary of a posterior of k studies; ``limits`` is one of ``LIMITS``; a new study's are equal-tailed."""
    se, middle = found.sd_mu(), found.centre_mu()
    span = (middle - 4 * se, middle + 4 * se)
    median = _three(found.median_cdf, expit, span, limits, level)
    new = None
    if k >= FEWEST_FOR_PREDICTION:
        tail = 0.5 * (1 - level)
        wide = 4 * (se + float(found.weight @ found.tau))
        low, high = expit(quantiles(found.predictive_cdf, (tail, 1 - tail), middle - wide, middle + wide))
        new = (float(low), float(high))
    tau = _three(
        found.tau_cdf, np.asarray, (float(np.sinh(found.ends[0])), float(np.sinh(found.ends[1]))), limits, level
    )
    mean = _three(found.mean_cdf, expit, (-6.0, 6.0), limits, level)
    return Summary(median, mean, tau, new, float(logit(median[1])), se)


def probabilities(found: Posterior, above: float, units: int = 10) -> Probabilities:
    """What the posterior says about a threshold, and about the next units of a new study.

    Args:
        above: Proportion in (0, 1).
        units: How many of them.
    """
    at = np.array([logit(above)])
    return Probabilities(
        above,
        mean=1 - float(found.mean_cdf(at)[0]),
        median=1 - float(found.median_cdf(at)[0]),
        next_study=1 - float(found.predictive_cdf(at)[0]),
        next_events=_next_events(found, units),
    )


def _next_events(found: Posterior, units: int) -> tuple[float, ...]:
    """P(0), P(1), ... P(units) events among the units of one new study."""
    tau, mu = np.repeat(found.tau, found.mu.shape[1]), found.mu.ravel()
    mass = (found.weight[:, None] * found.density * found.step[:, None]).ravel()
    kept = mass > 1e-12 * mass.max()
    tau, mu, mass = tau[kept], mu[kept], mass[kept] / mass[kept].sum()
    size = np.full(mu.size, float(units))
    each = [float(mass @ np.exp(cell_terms(np.full(mu.size, float(x)), size, mu, tau).logp)) for x in range(units + 1)]
    return tuple(each)


def _three(
    cdf: Callable[[Floats], Floats],
    scale: Callable[[Floats], Floats],
    span: tuple[float, float],
    limits: str,
    level: float,
) -> Three:
    """Lower limit, median and upper limit; ``scale`` leads from the argument of ``cdf`` to what is reported."""
    below = 0.5 * (1 - level)
    if limits == "hpd":
        # A spread's distribution begins at its end of the grid: what lies below is not looked for.
        low, high = span if scale is np.asarray else quantiles(cdf, (SLIGHT, 1 - SLIGHT), *span)
        below = shortest(cdf, scale, low, high, level)
    levels = [min(max(at, SLIGHT), 1 - SLIGHT) for at in (below, 0.5, below + level)]
    low, middle, high = (float(value) for value in scale(quantiles(cdf, levels, *span)))
    return low, middle, high
