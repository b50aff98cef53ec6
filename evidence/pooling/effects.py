"""Pooling normal effects once tau2 is known: centre, limits and prediction of every analysis of a stack."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy.special import ndtri, stdtrit

from .normal_likelihood import LIKELIHOODS, weights
from .robust import Index, cr2
from .tau2 import TAU2

Floats = npt.NDArray[np.float64]

LIMITS: Mapping[str, str] = {
    "hk-floor": "Hartung and Knapp's variance, at least the usual one, and the t quantile, k - 1 degrees of freedom",
    "hk": "Hartung and Knapp's variance and the t quantile with k - 1 degrees of freedom",
    "t": "the t quantile with k - 1 degrees of freedom",
    "wald": "the normal quantile",
    "cr2": "the robust variance CR2, clustered by study, and the t quantile with Satterthwaite's degrees of freedom",
}
PREDICTIONS: Mapping[str, str] = {
    "t": "t quantile with k - 1 degrees of freedom",
    "riley": "t quantile with k - 2 degrees of freedom",
    "normal": "normal quantile",
    "t-classic": "t quantile with k - 1 degrees of freedom, unadjusted standard error",
    "riley-classic": "t quantile with k - 2 degrees of freedom, unadjusted standard error",
    "normal-classic": "normal quantile, unadjusted standard error",
    "bootstrap": "parametric bootstrap-t",
    "none": "none",
}
#: Below this a factor of the variance is 0 up to rounding: identical effects, and limits of no width.
NO_SPREAD = 1e-12
#: A factor below it is below 1; nearer to 1 it is 1 up to rounding, as under PM, and under REML with 2 studies.
BELOW_ONE = 1 - 1e-9
#: Studies below which there is no prediction interval.
FEWEST_FOR_PREDICTION = 3
#: Quantiles up to which looking for equal ones takes longer than computing them.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Centre:
    """Pooled effects of a stack on the analysis scale, every field of shape (...).

    Attributes:
        k: Studies present.
        mu: Weighted mean with w = 1 / (v + tau2).
        se: The standard error that the interval uses. plain_se: 1 / sqrt(sum w).
        factor: Hartung and Knapp's q = sum w (y - mu)^2 / (k - 1), before any floor; where arms are clustered, the
            robust variance over the usual one.
        reach: Half the width of the interval.
        df: Degrees of freedom of its quantile; inf for the normal one.
        pi_reach: Half the width of the prediction interval; NaN where there is none, or where it is simulated.
        tau2: Between-study variance.
        log_likelihood: At mu and tau2: restricted for REML, else the full one.
    """

    k: Floats
    mu: Floats
    se: Floats
    plain_se: Floats
    factor: Floats
    reach: Floats
    df: Floats
    pi_reach: Floats
    tau2: Floats
    log_likelihood: Floats


def pool_effects(
    y: Floats, v: Floats, tau2: str, limits: str, prediction: str, level: float, clusters: Index | None = None
) -> Centre:
    """Pool every analysis of a stack.

    Args:
        y: Effects, shape (..., k).
        v: Sampling variances, shape (..., k); inf where a study is absent; 2 or more studies present.
        tau2: One of ``TAU2``.
        limits: One of ``LIMITS``.
        prediction: One of ``PREDICTIONS``.
        level: Nominal coverage, a fraction.
        clusters: Number of each arm's study, shape (k,), where studies have several: the limits are then cr2.
    """
    spread = TAU2[tau2](y, v)
    likelihood = LIKELIHOODS["REML" if tau2 == "REML" else "ML"]
    found = centre(y, v, spread, limits, prediction, level, likelihood.value(y, v, spread))
    if clusters is None and limits == "cr2":
        clusters = np.arange(y.shape[-1])
    return found if clusters is None else _clustered(found, y, v, clusters, prediction, level)


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
    df = np.full(k.shape, np.inf) if limits == "wald" else k - 1
    quantile = np.asarray(ndtri(tail)) if limits == "wald" else t_quantile(df, tail)
    reach = quantile * se
    pi_reach = _prediction_reach(k, tau2, plain if prediction.endswith("-classic") else se, prediction, tail)
    return Centre(k, mu, se, plain, factor, reach, df, pi_reach, tau2, log_likelihood)


def _clustered(found: Centre, y: Floats, v: Floats, clusters: Index, prediction: str, level: float) -> Centre:
    """The centre with the limits that allow for arms of one study: CR2, and t with Satterthwaite's df.

    Effects without any spread between studies keep the usual variance and t with one df less than there are studies.
    A prediction interval counts studies, not arms.
    """
    residuals = np.where(np.isfinite(v), y - found.mu[..., None], 0.0)
    robust = cr2(np.ones((y.shape[-1], 1)), residuals, v + found.tau2[..., None], clusters)
    members = np.eye(int(clusters.max()) + 1)[clusters]
    studies = ((np.isfinite(v) @ members) > 0).sum(-1).astype(float)
    factor = robust.variance[..., 0, 0] / found.plain_se**2
    usable = (factor > NO_SPREAD) & np.isfinite(robust.df[..., 0])
    se = found.plain_se * np.sqrt(np.where(usable, factor, 1.0))
    df = np.where(usable, robust.df[..., 0], studies - 1)
    tail = 0.5 * (1 + level)
    pi_se = found.plain_se if prediction.endswith("-classic") else se
    return replace(
        found,
        se=se,
        factor=np.where(usable, factor, 0.0),
        reach=t_quantile(df, tail) * se,
        df=df,
        pi_reach=_prediction_reach(studies, found.tau2, pi_se, prediction, tail),
    )


def t_quantile(df: Floats, tail: float) -> Floats:
    """Quantiles of t, each of the few degrees of freedom of a stack computed once."""
    if df.size <= _FEW:
        return np.asarray(stdtrit(df, tail))
    distinct, which = np.unique(df, return_inverse=True)
    return np.asarray(stdtrit(distinct, tail)[which].reshape(df.shape))


def used_factor(factor: Floats, limits: str) -> Floats:
    """The factor of the variance: the floor of hk-floor is 1; identical effects have it under hk as well."""
    if limits == "hk-floor":
        return np.asarray(np.maximum(factor, 1.0))
    return np.where(factor > NO_SPREAD, factor, 1.0)


def _prediction_reach(k: Floats, tau2: Floats, se: Floats, prediction: str, tail: float) -> Floats:
    name = prediction.removesuffix("-classic")
    if name in ("none", "bootstrap"):
        return np.full(k.shape, np.nan)
    df = np.maximum(k - (2 if name == "riley" else 1), 1.0)
    quantile = np.asarray(ndtri(tail)) if name == "normal" else t_quantile(df, tail)
    return np.where(k >= FEWEST_FOR_PREDICTION, quantile * np.sqrt(tau2 + se * se), np.nan)
