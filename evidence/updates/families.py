"""The families of recipes: inverse variance, totals, studies counted alike, and likelihoods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from ..measures.limits import study_limits
from ..pooling.effects import NO_SPREAD, Centre, centre
from ..pooling.tau2 import TAU2
from .computing import Found, Stack
from .few_steps import rooted_tau2, scored_tau2
from .likelihoods import likelihood, own
from .quantiles import normal_quantile, reaches, t_quantile
from .recipe import STEPPED, WEIGHTS, Recipe
from .scales import SCALES

Floats = npt.NDArray[np.float64]
#: Limits of the totals -> their name in evidence.measures.
_OF_TOTALS = {"simple": "wald"}
#: Why a recipe of inverse variance has no number.
_TOO_FEW = "fewer than 2 studies have a value and a standard error"


def _normal(recipe: Recipe, stack: Stack) -> Found:
    name, estimator = recipe.scale or "", recipe.tau2 or ""
    y, v = stack.effects(name)
    out = Found(*np.full((6, stack.rows), np.nan))
    there = np.isfinite(v)
    usable = (there.sum(-1) > 1) & ~np.isnan(y).any(-1) & (v > 0).all(-1)
    out = replace(out, why=np.where(usable, "", _TOO_FEW))
    rows = np.flatnonzero(usable)
    if rows.size == 0:
        return out
    y, v = y[rows], v[rows]
    n = np.where(there, stack.n, 0.0)[rows]
    tau2 = stack.once(("tau2", name, estimator), lambda: _spread(estimator, y, v))
    found = _limits(recipe.limits, (y, v, n), tau2, stack.level)
    scale = SCALES[name]
    ends = np.stack([found.mu, found.mu - found.reach, found.mu + found.reach])
    for part, values in zip((out.estimate, out.lower, out.upper), scale.back(ends, found, n), strict=True):
        part[rows] = values
    out.tau2[rows], out.se[rows] = tau2, found.se
    if stack.predicts is None or recipe.limits in WEIGHTS or estimator == "common":
        return out
    predicted = {}
    for kind, reach in reaches(found, stack.predicts, recipe.limits.startswith("hk")).items():
        limits = np.full((2, stack.rows), np.nan)
        limits[:, rows] = scale.back(np.stack([found.mu - reach, found.mu + reach]), found, n)
        predicted[kind] = limits
    return replace(out, predicted=predicted)


def _spread(name: str, y: Floats, v: Floats) -> Floats:
    """tau2 of each row: none for a common effect, by metafor's own steps, or to the last digit."""
    if name == "common":
        return np.zeros(y.shape[0])
    if name == "PM-steps":
        return rooted_tau2(y, v)
    if name in STEPPED:
        return scored_tau2(y, v, name.removesuffix("-steps"))
    return TAU2[name](y, v)


def _limits(limits: str, effects: tuple[Floats, Floats, Floats], tau2: Floats, level: float) -> Centre:
    y, v, _ = effects
    if limits in WEIGHTS:
        return _fixed_weights(WEIGHTS[limits], effects, tau2, level)
    if limits == "hk-wider":
        usual, found = _centre(y, v, tau2, "wald", level), _centre(y, v, tau2, "hk", level)
        return replace(found, reach=np.maximum(usual.reach, found.reach))
    return _centre(y, v, tau2, limits, level)


def _centre(y: Floats, v: Floats, tau2: Floats, limits: str, level: float) -> Centre:
    found = centre(y, v, tau2, limits, "none", level, np.zeros(tau2.shape))
    if limits != "hk":
        return found
    # Identical effects: the limits of other software have no width then, those of this one have the usual.
    none = found.factor <= NO_SPREAD
    return replace(found, se=np.where(none, 0.0, found.se), reach=np.where(none, 0.0, found.reach))


def _fixed_weights(kind: str, effects: tuple[Floats, Floats, Floats], tau2: Floats, level: float) -> Centre:
    """A mean with weights that tau2 has no part in, and the variance that it then has.

    Source of the weights of a common effect (IVhet): Doi 2015, 10.1016/j.cct.2015.05.009.
    """
    y, v, n = effects
    there = np.isfinite(v)
    weights = {"common": 1 / v, "n": np.where(there, n, 0.0), "equal": there.astype(float)}[kind]
    share = weights / np.add.reduce(weights, -1, keepdims=True)
    spread = np.where(there, v + tau2[:, None], 0.0)
    se = np.sqrt(np.add.reduce(share**2 * spread, -1))
    found = _centre(y, v, np.zeros(tau2.shape), "wald", level)
    mu = np.vecdot(share, y)
    return replace(found, mu=mu, se=se, plain_se=se, reach=normal_quantile(level) * se, tau2=tau2)


def _shares(stack: Stack) -> Floats:
    """The studies' proportions, 0 where a study is absent."""
    return np.where(stack.n > 0, stack.events / np.where(stack.n > 0, stack.n, 1.0), 0.0)


def _totals(recipe: Recipe, stack: Stack) -> Found:
    n, level = stack.n, stack.level
    x, total = np.add.reduce(stack.events, -1), np.add.reduce(n, -1)
    p, quantile, nothing = x / total, normal_quantile(level), np.full(x.shape, np.nan)
    se, each = np.sqrt(p * (1 - p) / total), _shares(stack)
    with np.errstate(divide="ignore", invalid="ignore"):
        if recipe.limits == "logit-wald":
            middle, reach = logit(p), quantile / np.sqrt(total * p * (1 - p))
            lower, upper = expit(middle - reach), expit(middle + reach)
        elif recipe.limits == "range":
            lower, upper = _range(stack)
        elif recipe.limits in ("by-n", "spread-by-n"):
            se = np.sqrt(np.add.reduce(n * each * (1 - each), -1)) / total
            if recipe.limits == "spread-by-n":
                k = np.add.reduce(n > 0, -1)
                se = np.sqrt(np.add.reduce(n * (each - p[:, None]) ** 2, -1) / total / k)
            lower, upper = p - quantile * se, p + quantile * se
        else:
            lower, upper = study_limits(x, total, _OF_TOTALS.get(recipe.limits, recipe.limits), level)
    return Found(p, np.asarray(lower), np.asarray(upper), nothing, se, nothing)


def _range(stack: Stack) -> tuple[Floats, Floats]:
    p, there = _shares(stack), stack.n > 0
    return np.min(p, -1, where=there, initial=1.0), np.max(p, -1, where=there, initial=0.0)


def _unweighted(recipe: Recipe, stack: Stack) -> Found:
    there, p = stack.n > 0, _shares(stack)
    k = np.add.reduce(there, -1).astype(float)
    nothing = np.full(k.shape, np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.add.reduce(p, -1) / k
        sd = np.sqrt(np.add.reduce(np.where(there, (p - mean[:, None]) ** 2, 0.0), -1) / (k - 1))
    se = sd / np.sqrt(k)
    if recipe.limits in ("mean-t", "mean-normal"):
        reach = (t_quantile(k, stack.level) if recipe.limits == "mean-t" else normal_quantile(stack.level)) * se
        return Found(mean, mean - reach, mean + reach, nothing, se, sd)
    if recipe.limits == "mean-sd":
        return Found(mean, mean - sd, mean + sd, nothing, se, sd)
    if recipe.limits == "mean-range":
        return Found(mean, *_range(stack), nothing, se, sd)
    lower, middle, upper = np.nanpercentile(np.where(there, p, np.nan), [25, 50, 75], axis=-1)
    if recipe.limits == "median-range":
        lower, upper = _range(stack)
    return Found(middle, lower, upper, nothing, nothing, nothing)


FAMILIES: Mapping[str, Callable[[Recipe, Stack], Found]] = {
    "normal": _normal,
    "totals": _totals,
    "unweighted": _unweighted,
    "logistic-normal": likelihood,
    "beta-binomial": likelihood,
    "own": own,
}
