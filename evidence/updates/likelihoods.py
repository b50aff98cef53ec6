"""Recipes that maximise a likelihood: as other software prints them, and as this program does.

On a boundary of the likelihood this program answers by other formulas, which no other software has: the recipes that
stand for such software have no number there, and say why.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.special import expit, logit

from ..counts import Counts
from ..pooling import model
from ..pooling.boundaries import classify
from ..pooling.effects import Centre
from ..pooling.result import Estimates
from .computing import Found, Stack
from .few_nodes import fit_with_nodes
from .quantiles import normal_quantile, reaches, t_quantile
from .recipe import Recipe

Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.str_]
_NO_END = "so software stops with an error, or wherever its search ends"
#: Boundary -> why other software has no number that could be told beforehand. Seen with R metafor 5.1-12 (lme4) and
#: meta 8.4-0.
BOUNDARIES: Mapping[str, str] = {
    "no-fit": "there is no study",
    "single-study": "there is one study",
    "all-zero": "no study has an event: R lme4 and metafor stop with an error, R meta prints 0 [0, 1]",
    "all-events": "every study has events only: R lme4 and metafor stop with an error, R meta prints 1 [0, 1]",
    "tau-not-identified": (
        "every study has one patient, so that any tau fits alike: R lme4 with tau = 0 prints totals/logit-wald"
    ),
    "tau-infinite": f"each study is at 0 % or 100 %: the likelihood rises with tau without end, {_NO_END}",
}
_UNSETTLED = "the search for its maximum did not settle"


def likelihood(recipe: Recipe, stack: Stack) -> Found:
    """The numbers that other software prints of a GLMM or a beta-binomial model; none on a boundary."""
    why = stack.once(("boundary",), lambda: _boundaries(stack))
    found = _nodes(recipe, stack) if recipe.nodes else _exact(recipe, stack)
    here = why == ""
    numbers = {name: np.where(here, getattr(found, name), np.nan) for name in _NUMBERS}
    predicted = {kind: np.where(here, limits, np.nan) for kind, limits in found.predicted.items()}
    unsettled = here & np.isnan(numbers["lower"])
    return Found(**numbers, predicted=predicted, why=np.where(unsettled, _UNSETTLED, why))


_NUMBERS = ("estimate", "lower", "upper", "tau2", "se", "sd")


def _boundaries(stack: Stack) -> Words:
    """Why each row has no number, empty where it has one."""
    statuses = classify(*_whole(stack))
    return np.array([BOUNDARIES.get(str(status), "") for status in statuses], dtype=np.str_)


def _whole(stack: Stack) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    return stack.events.astype(np.int64), stack.n.astype(np.int64)


def _exact(recipe: Recipe, stack: Stack) -> Found:
    """Integrals to the last digit."""
    k, nothing = _studies(stack)
    counts = Counts(*_whole(stack))
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


def _nodes(recipe: Recipe, stack: Stack) -> Found:
    """Integrals by a few quadrature nodes."""
    k, nothing = _studies(stack)
    mu, se, tau = stack.once(("nodes", str(recipe.nodes)), lambda: _fitted(stack, recipe.nodes))
    reach = (t_quantile(k, stack.level) if recipe.limits == "t" else normal_quantile(stack.level)) * se
    found = Found(expit(mu), expit(mu - reach), expit(mu + reach), tau * tau, se, nothing)
    return replace(found, predicted=_predicted(mu, (se, tau), k, stack))


def _studies(stack: Stack) -> tuple[Floats, Floats]:
    """Studies of each row, and NaN for each."""
    k = np.add.reduce(stack.n > 0, -1).astype(float)
    return k, np.full(k.shape, np.nan)


def _predicted(mu: Floats, spread: tuple[Floats, Floats], k: Floats, stack: Stack) -> Mapping[str, Floats]:
    """Prediction limits of a GLMM by kind."""
    if stack.predicts is None:
        return {}
    se, tau = spread
    found = Centre(k, mu, se, se, k, se, k, k, tau * tau, k)
    reach = reaches(found, stack.predicts, adjusted=False)
    return {kind: expit(np.stack([mu - far, mu + far])) for kind, far in reach.items()}


def _fitted(stack: Stack, nodes: int) -> Floats:
    why = stack.once(("boundary",), lambda: _boundaries(stack))
    rows = zip(stack.events, stack.n, why, strict=True)
    return np.stack([np.full(3, np.nan) if none else fit_with_nodes(x, n, nodes) for x, n, none in rows], -1)


def own(recipe: Recipe, stack: Stack) -> Found:
    """What this program prints, on boundaries too; arms of one study are summed where the studies are known."""
    counts = Counts(*_whole(stack)) if stack.counts is None else stack.counts
    name = "beta-binomial" if recipe.key == "evidence/beta-binomial" else "logistic-normal"
    given = stack.once(("own", name, recipe.limits), lambda: _own(name, recipe.limits, counts, stack))
    nothing = np.full(stack.rows, np.nan)
    predicted = {} if stack.predicts is None else {"own": np.stack([_flat(given.pi_lower), _flat(given.pi_upper)])}
    numbers = (given.mean, given.mean_lower, given.mean_upper)
    if not recipe.mean:
        numbers = (given.estimate, given.lower, given.upper)
    estimate, lower, upper = map(_flat, numbers)
    return Found(estimate, lower, upper, _flat(given.tau2), nothing, nothing, predicted)


def _own(name: str, limits: str, counts: Counts, stack: Stack) -> Estimates:
    asked = stack.predicts is not None and stack.predicts == stack.level
    options: dict[str, Any] = {"limits": limits, "level": stack.level} | ({} if asked else {"prediction": "none"})
    return model(name, **options).estimate(counts)


def _flat(values: Floats) -> Floats:
    return np.atleast_1d(values)
