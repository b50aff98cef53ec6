"""A recipe's numbers: pooled proportion, limits and heterogeneity, of every analysis of a stack."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit, ndtri, stdtrit

from ..counts import Counts
from ..errors import EvidenceError
from ..measures.limits import study_limits
from ..pooling import model
from ..pooling.effects import Centre, centre
from ..pooling.tau2 import TAU2, cochran_q, typical_variance
from .few_nodes import fit_with_nodes
from .few_steps import scored_tau2
from .recipes import STEPPED, Recipe
from .scales import SCALES

Floats = npt.NDArray[np.float64]
#: Limits of the totals -> their name in evidence.measures.
_OF_TOTALS = {"simple": "wald"}


@dataclass(frozen=True, slots=True)
class Values:
    """What a recipe gives, every field of shape (rows,); NaN where it gives none.

    Attributes:
        estimate, lower, upper: On the proportion scale; raw and log limits are not cut off at 0 and 1.
        tau2: On the recipe's scale.
        i2_q, i2_tau2: I2 from Cochran's Q and from tau2, fractions. q: Cochran's Q.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    tau2: Floats
    i2_q: Floats
    i2_tau2: Floats
    q: Floats


@dataclass(frozen=True, slots=True)
class Stack:
    """Analyses that recipes are computed of; what several recipes share is kept in ``known``.

    Attributes:
        events, n: Shape (rows, k), n = 0 where a study is absent. level: Nominal coverage, a fraction.
    """

    events: Floats
    n: Floats
    level: float
    known: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def once(self, key: tuple[str, ...], found: Callable[[], Any]) -> Any:
        """What ``found`` returns, called once for each key."""
        if key not in self.known:
            self.known[key] = found()
        return self.known[key]

    def effects(self, scale: str) -> tuple[Floats, Floats]:
        """Effects and sampling variances on a scale."""
        pair: tuple[Floats, Floats] = self.once(("effects", scale), lambda: SCALES[scale].effects(self.events, self.n))
        return pair


def stack_of(counts: Counts, level: float = 0.95) -> Stack:
    """Counts of shape (k,) or (rows, k); each arm is taken for a study of its own, as the software does."""
    return Stack(np.atleast_2d(counts.events).astype(float), np.atleast_2d(counts.n).astype(float), level)


def compute(recipe: Recipe, data: Counts | Stack, level: float = 0.95) -> Values:
    """The recipe's numbers of each analysis of a stack.

    Args:
        recipe: One of ``RECIPES``, or one of the same kind.
        data: Counts, or a stack for several recipes, which has its own level.
        level: Nominal coverage, a fraction.
    """
    stack = data if isinstance(data, Stack) else stack_of(data, level)
    try:
        found = _FAMILIES[recipe.family](recipe, stack)
    except EvidenceError:
        found = np.full((4, stack.events.shape[0]), np.nan)
    estimate, lower, upper, tau2 = found
    return Values(estimate, lower, upper, tau2, *_inconsistency(recipe, stack, tau2))


def _normal(recipe: Recipe, stack: Stack) -> Floats:
    name, estimator = recipe.scale or "", recipe.tau2 or ""
    y, v = stack.effects(name)
    out = np.full((4, stack.events.shape[0]), np.nan)
    there = np.isfinite(v)
    rows = np.flatnonzero((there.sum(-1) > 1) & ~np.isnan(y).any(-1) & (v > 0).all(-1))
    if rows.size == 0:
        return out
    y, v = y[rows], v[rows]
    tau2 = stack.once(("tau2", name, estimator), lambda: _spread(estimator, y, v))
    ivhet = recipe.limits == "ivhet"
    found = _ivhet(y, v, tau2, stack.level) if ivhet else _centre(y, v, tau2, recipe.limits, stack.level)
    ends = np.stack([found.mu, found.mu - found.reach, found.mu + found.reach])
    out[:3, rows] = SCALES[name].back(ends, found, np.where(there, stack.n, 0.0)[rows])
    out[3, rows] = tau2
    return out


def _spread(name: str, y: Floats, v: Floats) -> Floats:
    """tau2 of each row: none for a common effect, by metafor's own steps, or to the last digit."""
    if name == "common":
        return np.zeros(y.shape[0])
    if name in STEPPED:
        return scored_tau2(y, v, restricted=name == "REML-steps")
    return TAU2[name](y, v)


def _centre(y: Floats, v: Floats, tau2: Floats, limits: str, level: float) -> Centre:
    return centre(y, v, tau2, limits, "none", level, np.zeros(tau2.shape))


def _ivhet(y: Floats, v: Floats, tau2: Floats, level: float) -> Centre:
    """Fixed-effect weights, and a variance of their mean that has tau2 in it.

    Source: Doi 2015, 10.1016/j.cct.2015.05.009.
    """
    found = _centre(y, v, np.zeros(tau2.shape), "wald", level)
    share = (1 / v) / np.add.reduce(1 / v, -1, keepdims=True)
    spread = np.where(np.isfinite(v), v + tau2[:, None], 0.0)
    se = np.sqrt(np.add.reduce(share**2 * spread, -1))
    return replace(found, se=se, plain_se=se, reach=float(ndtri(0.5 * (1 + level))) * se, tau2=tau2)


def _totals(recipe: Recipe, stack: Stack) -> Floats:
    events, n, level = stack.events, stack.n, stack.level
    x, total = np.add.reduce(events, -1), np.add.reduce(n, -1)
    p, quantile = x / total, float(ndtri(0.5 * (1 + level)))
    with np.errstate(divide="ignore", invalid="ignore"):
        if recipe.limits == "logit-wald":
            centre_, reach = logit(p), quantile / np.sqrt(total * p * (1 - p))
            lower, upper = expit(centre_ - reach), expit(centre_ + reach)
        elif recipe.limits == "by-n":
            each = np.where(n > 0, events / np.where(n > 0, n, 1.0), 0.0)
            reach = quantile * np.sqrt(np.add.reduce(n * each * (1 - each), -1)) / total
            lower, upper = p - reach, p + reach
        else:
            lower, upper = study_limits(x, total, _OF_TOTALS.get(recipe.limits, recipe.limits), level)
    return np.stack([p, lower, upper, np.full(p.shape, np.nan)])


def _unweighted(recipe: Recipe, stack: Stack) -> Floats:
    events, n, level = stack.events, stack.n, stack.level
    there = n > 0
    k = np.add.reduce(there, -1).astype(float)
    p = np.where(there, events / np.where(there, n, 1.0), 0.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.add.reduce(p, -1) / k
        squares = np.add.reduce(np.where(there, (p - mean[:, None]) ** 2, 0.0), -1)
        se = np.sqrt(squares / (k - 1) / k)
    tail = 0.5 * (1 + level)
    quantile = stdtrit(np.maximum(k - 1, 1.0), tail) if recipe.limits == "mean-t" else ndtri(tail)
    return np.stack([mean, mean - quantile * se, mean + quantile * se, np.full(k.shape, np.nan)])


def _likelihood(recipe: Recipe, stack: Stack) -> Floats:
    if recipe.nodes:
        return _with_nodes(recipe, stack)
    counts = Counts(stack.events.astype(int), stack.n.astype(int))
    limits = "wald" if recipe.limits == "mapped" else recipe.limits
    options: dict[str, Any] = {"limits": limits, "level": stack.level, "prediction": "none"}
    found = stack.once((recipe.family, limits), lambda: model(recipe.family, **options).estimate(counts))
    if recipe.mean:
        return np.stack([found.mean, found.mean_lower, found.mean_upper, found.tau2])
    return np.stack([found.estimate, found.lower, found.upper, found.tau2])


def _with_nodes(recipe: Recipe, stack: Stack) -> Floats:
    """Limits around the fit with few nodes, by the normal or the t quantile."""
    rows = zip(stack.events, stack.n, strict=True)
    key = ("nodes", str(recipe.nodes))
    mu, se, tau = stack.once(key, lambda: np.stack([fit_with_nodes(x, n, recipe.nodes) for x, n in rows], -1))
    tail, k = 0.5 * (1 + stack.level), np.add.reduce(stack.n > 0, -1)
    quantile = stdtrit(np.maximum(k - 1.0, 1.0), tail) if recipe.limits == "t" else ndtri(tail)
    return np.stack([expit(mu), expit(mu - quantile * se), expit(mu + quantile * se), tau * tau])


_FAMILIES = {
    "normal": _normal,
    "totals": _totals,
    "unweighted": _unweighted,
    "logistic-normal": _likelihood,
    "beta-binomial": _likelihood,
}


def _inconsistency(recipe: Recipe, stack: Stack, tau2: Floats) -> tuple[Floats, Floats, Floats]:
    """I2 from Q and from tau2, and Q; of a GLMM, as in metafor, Wald's Q of plain logits and s2 of corrected ones."""
    of_glmm = recipe.family == "logistic-normal"
    if recipe.scale is None and not of_glmm:
        nothing = np.full(stack.events.shape[0], np.nan)
        return nothing, nothing, nothing
    plain, corrected = recipe.scale or "logit-dropped", recipe.scale or "logit"
    q, i2_q, s2 = stack.once(("q", plain, corrected), lambda: _spread_of(stack, plain, corrected))
    with np.errstate(divide="ignore", invalid="ignore"):
        return i2_q, tau2 / (tau2 + s2), q


def _spread_of(stack: Stack, plain: str, corrected: str) -> tuple[Floats, Floats, Floats]:
    """Cochran's Q, the I2 from it, and the typical sampling variance, each of shape (rows,)."""
    (y, v), (_, other) = stack.effects(plain), stack.effects(corrected)
    df = np.isfinite(other).sum(-1) - 1.0
    usable = (np.isfinite(v).sum(-1) > 1) & ~np.isnan(y).any(-1) & (v > 0).all(-1)
    y, v = np.where(usable[:, None], y, 0.0), np.where(usable[:, None], v, 1.0)
    with np.errstate(divide="ignore", invalid="ignore"):
        q = np.where(usable, cochran_q(y, v), np.nan)
        i2_q = np.where(q > 0, np.maximum(0.0, (q - df) / q), np.where(q == 0, 0.0, np.nan))
        return q, i2_q, typical_variance(other)
