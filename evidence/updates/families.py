"""The families of recipes: inverse variance, totals, studies counted alike, and likelihoods."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, ndtri, stdtrit

from ..counts import Counts
from ..measures.limits import study_limits
from ..pooling import model
from ..pooling.effects import Centre, centre
from ..pooling.tau2 import TAU2
from .computing import Found, Stack
from .few_nodes import fit_with_nodes
from .few_steps import rooted_tau2, scored_tau2
from .recipe import STEPPED, WEIGHTS, Recipe
from .scales import SCALES

Floats = npt.NDArray[np.float64]
#: Limits of the totals -> their name in evidence.measures.
_OF_TOTALS = {"simple": "wald"}
#: Studies below which there is no prediction interval with k - 2 degrees of freedom.
_FEWEST_FOR_T2 = 3


def _quantile(level: float) -> float:
    return float(ndtri(0.5 * (1 + level)))


def _t(k: Floats, level: float) -> Floats:
    """The t quantile with k - 1 degrees of freedom."""
    return np.asarray(stdtrit(np.maximum(k - 1.0, 1.0), 0.5 * (1 + level)))


def _normal(recipe: Recipe, stack: Stack) -> Found:
    name, estimator = recipe.scale or "", recipe.tau2 or ""
    y, v = stack.effects(name)
    out = Found(*np.full((6, stack.rows), np.nan))
    there = np.isfinite(v)
    rows = np.flatnonzero((there.sum(-1) > 1) & ~np.isnan(y).any(-1) & (v > 0).all(-1))
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
    for kind, reach in _reaches(found, stack.predicts, recipe.limits.startswith("hk")).items():
        limits = np.full((2, stack.rows), np.nan)
        limits[:, rows] = scale.back(np.stack([found.mu - reach, found.mu + reach]), found, n)
        predicted[kind] = limits
    return replace(out, predicted=predicted)


def _reaches(found: Centre, level: float, adjusted: bool) -> dict[str, Floats]:
    """Half the width of each kind of prediction interval; those with the plain error where limits have another."""
    errors = {"": found.se, "-plain": found.plain_se} if adjusted else {"": found.se}
    widths = {name: np.sqrt(found.tau2 + se * se) for name, se in errors.items()}
    tail = 0.5 * (1 + level)
    fewer = np.where(found.k >= _FEWEST_FOR_T2, stdtrit(np.maximum(found.k - 2, 1.0), tail), np.nan)
    quantiles = {"normal": np.full(found.k.shape, ndtri(tail)), "t1": _t(found.k, level), "t2": fewer}
    return {f"{kind}{name}": q * width for kind, q in quantiles.items() for name, width in widths.items()}


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
    return centre(y, v, tau2, limits, "none", level, np.zeros(tau2.shape))


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
    return replace(found, mu=mu, se=se, plain_se=se, reach=_quantile(level) * se, tau2=tau2)


def _shares(stack: Stack) -> Floats:
    """The studies' proportions, 0 where a study is absent."""
    return np.where(stack.n > 0, stack.events / np.where(stack.n > 0, stack.n, 1.0), 0.0)


def _totals(recipe: Recipe, stack: Stack) -> Found:
    n, level = stack.n, stack.level
    x, total = np.add.reduce(stack.events, -1), np.add.reduce(n, -1)
    p, quantile, nothing = x / total, _quantile(level), np.full(x.shape, np.nan)
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
        reach = (_t(k, stack.level) if recipe.limits == "mean-t" else _quantile(stack.level)) * se
        return Found(mean, mean - reach, mean + reach, nothing, se, sd)
    if recipe.limits == "mean-sd":
        return Found(mean, mean - sd, mean + sd, nothing, se, sd)
    if recipe.limits == "mean-range":
        return Found(mean, *_range(stack), nothing, se, sd)
    lower, middle, upper = np.nanpercentile(np.where(there, p, np.nan), [25, 50, 75], axis=-1)
    if recipe.limits == "median-range":
        lower, upper = _range(stack)
    return Found(middle, lower, upper, nothing, nothing, nothing)


def _likelihood(recipe: Recipe, stack: Stack) -> Found:
    k = np.add.reduce(stack.n > 0, -1).astype(float)
    nothing = np.full(k.shape, np.nan)
    if recipe.nodes:
        mu, se, tau = stack.once(("nodes", str(recipe.nodes)), lambda: _fitted(stack, recipe.nodes))
        reach = (_t(k, stack.level) if recipe.limits == "t" else _quantile(stack.level)) * se
        found = Found(expit(mu), expit(mu - reach), expit(mu + reach), tau * tau, se, nothing)
        return replace(found, predicted=_predicted(mu, (se, tau), k, stack))
    counts = Counts(stack.events.astype(int), stack.n.astype(int))
    limits = "wald" if recipe.limits == "mapped" else recipe.limits
    options: dict[str, Any] = {"limits": limits, "level": stack.level, "prediction": "none"}
    given = stack.once((recipe.family, limits), lambda: model(recipe.family, **options).estimate(counts))
    if recipe.mean:
        return Found(given.mean, given.mean_lower, given.mean_upper, given.tau2, nothing, nothing)
    found = Found(given.estimate, given.lower, given.upper, given.tau2, given.se, nothing)
    if recipe.family != "logistic-normal" or recipe.limits == "profile":
        return found
    with np.errstate(divide="ignore", invalid="ignore"):
        mu = logit(given.estimate)
    return replace(found, predicted=_predicted(mu, (given.se, np.sqrt(given.tau2)), k, stack))


def _predicted(mu: Floats, spread: tuple[Floats, Floats], k: Floats, stack: Stack) -> Mapping[str, Floats]:
    """Prediction limits of a GLMM by kind."""
    if stack.predicts is None:
        return {}
    se, tau = spread
    found = Centre(k, mu, se, se, k, se, k, k, tau * tau, k)
    reaches = _reaches(found, stack.predicts, adjusted=False)
    return {kind: expit(np.stack([mu - reach, mu + reach])) for kind, reach in reaches.items()}


def _fitted(stack: Stack, nodes: int) -> Floats:
    rows = zip(stack.events, stack.n, strict=True)
    return np.stack([fit_with_nodes(x, n, nodes) for x, n in rows], -1)


FAMILIES: Mapping[str, Callable[[Recipe, Stack], Found]] = {
    "normal": _normal,
    "totals": _totals,
    "unweighted": _unweighted,
    "logistic-normal": _likelihood,
    "beta-binomial": _likelihood,
}
