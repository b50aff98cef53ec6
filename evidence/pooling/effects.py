"""Pooling normal effects once tau2 is known: centre, limits and prediction of every analysis of a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from .normal_likelihood import LIKELIHOODS, weights
from .tau2 import TAU2

Floats = npt.NDArray[np.float64]

LIMITS: Mapping[str, str] = {
    "hk-floor": "Hartung and Knapp's variance, at least the usual one, and the t quantile, k - 1 degrees of freedom",
    "hk": "Hartung and Knapp's variance and the t quantile with k - 1 degrees of freedom",
    "t": "the t quantile with k - 1 degrees of freedom",
    "wald": "the normal quantile",
}
PREDICTIONS: Mapping[str, str] = {
    "t": "t quantile with k - 1 degrees of freedom",
    "riley": "t quantile with k - 2 degrees of freedom",
    "normal": "normal quantile",
    "t-classic": "t quantile with k - 1 degrees of freedom, unadjusted standard error",
    "riley-classic": "t quantile with k - 2 degrees of freedom, unadjusted standard error",
    "normal-classic": "normal quantile, unadjusted standard error",
    "none": "none",
}
#: Below this the Hartung-Knapp factor is 0 up to rounding: identical effects, and limits of no width.
NO_SPREAD = 1e-12
#: Studies below which there is no prediction interval.
FEWEST_FOR_PREDICTION = 3


@dataclass(frozen=True, slots=True)
class Centre:
    """Pooled effects of a stack on the analysis scale, every field of shape (...).

    Attributes:
        k: Studies present.
        mu: Weighted mean with w = 1 / (v + tau2).
        se: The standard error that the interval uses. plain_se: 1 / sqrt(sum w).
        factor: Hartung and Knapp's q = sum w (y - mu)^2 / (k - 1), before any floor.
        reach: Half the width of the interval.
        pi_reach: Half the width of the prediction interval; NaN where there is none.
        tau2: Between-study variance.
        log_likelihood: At mu and tau2: restricted for REML, else the full one.
    """

    k: Floats
    mu: Floats
    se: Floats
    plain_se: Floats
    factor: Floats
    reach: Floats
    pi_reach: Floats
    tau2: Floats
    log_likelihood: Floats


def pool_effects(y: Floats, v: Floats, tau2: str, limits: str, prediction: str, level: float) -> Centre:
    """Pool every analysis of a stack.

    Args:
        y: Effects, shape (..., k).
        v: Sampling variances, shape (..., k); inf where a study is absent; 2 or more studies present.
        tau2: One of ``TAU2``.
        limits: One of ``LIMITS``.
        prediction: One of ``PREDICTIONS``.
        level: Nominal coverage, a fraction.
    """
    spread = TAU2[tau2](y, v)
    likelihood = LIKELIHOODS["REML" if tau2 == "REML" else "ML"]
    return centre(y, v, spread, limits, prediction, level, likelihood.value(y, v, spread))


def centre(
    y: Floats, v: Floats, tau2: Floats, limits: str, prediction: str, level: float, log_likelihood: Floats
) -> Centre:
    """The pooled effects at a given tau2; the arguments as in ``pool_effects``.

    Source of hk: Hartung and Knapp 2001, 10.1002/sim.791; of hk-floor: Knapp and Hartung 2003, 10.1002/sim.1482
    (metafor's test="adhoc").
    """
    w, total, e = weights(y, v, tau2)
    k = np.add.reduce(w > 0, -1, dtype=np.float64)
    mu = np.vecdot(w, y) / total
    factor = np.vecdot(w * e, e) / (k - 1)
    plain = 1 / np.sqrt(total)
    se = plain * np.sqrt(used_factor(factor, limits)) if limits.startswith("hk") else plain
    tail = 0.5 * (1 + level)
    quantile = np.asarray(ndtri(tail) if limits == "wald" else stdtrit(k - 1, tail))
    reach = quantile * se
    pi_reach = _prediction_reach(k, tau2, plain if prediction.endswith("-classic") else se, prediction, tail)
    return Centre(k, mu, se, plain, factor, reach, pi_reach, tau2, log_likelihood)


def used_factor(factor: Floats, limits: str) -> Floats:
    """The factor of the variance: the floor of hk-floor is 1; identical effects have it under hk as well."""
    if limits == "hk-floor":
        return np.asarray(np.maximum(factor, 1.0))
    return np.where(factor > NO_SPREAD, factor, 1.0)


def _prediction_reach(k: Floats, tau2: Floats, se: Floats, prediction: str, tail: float) -> Floats:
    name = prediction.removesuffix("-classic")
    if name == "none":
        return np.full(k.shape, np.nan)
    df = np.maximum(k - (2 if name == "riley" else 1), 1.0)
    quantile = np.asarray(ndtri(tail) if name == "normal" else stdtrit(df, tail))
    return np.where(k >= FEWEST_FOR_PREDICTION, quantile * np.sqrt(tau2 + se * se), np.nan)
