"""A recipe's numbers: pooled proportion, limits and heterogeneity, of every analysis of a stack."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..counts import Counts
from ..errors import EvidenceError
from ..pooling.tau2 import cochran_q, typical_variance
from .recipe import Recipe
from .scales import SCALES

Floats = npt.NDArray[np.float64]
#: Kind of a prediction interval -> what it is.
PREDICTIONS: Mapping[str, str] = {
    "normal": "normal quantile",
    "t1": "t quantile with k - 1 degrees of freedom",
    "t2": "t quantile with k - 2 degrees of freedom",
    "normal-plain": "normal quantile, standard error without Hartung and Knapp's factor",
    "t1-plain": "t quantile with k - 1 degrees of freedom, standard error without Hartung and Knapp's factor",
    "t2-plain": "t quantile with k - 2 degrees of freedom, standard error without Hartung and Knapp's factor",
    "own": "as this program prints it",
}


@dataclass(frozen=True, slots=True)
class Values:
    """What a recipe gives, every field of shape (rows,); NaN where it gives none.

    Attributes:
        estimate, lower, upper: On the proportion scale; raw and log limits are not cut off at 0 and 1.
        tau2: On the recipe's scale.
        i2_q, i2_tau2: I2 from Cochran's Q and from tau2, fractions. q: Cochran's Q.
        se: Standard error of the centre on the recipe's scale. sd: Of the studies' proportions, where limits are of it.
        predicted: Kind, a key of ``PREDICTIONS`` -> prediction limits, shape (2, rows); empty unless asked for.
        why: Why a row has no limits, as a clause; empty where it has some or nobody knows; None for empty throughout.
    """

    estimate: Floats
    lower: Floats
    upper: Floats
    tau2: Floats
    i2_q: Floats
    i2_tau2: Floats
    q: Floats
    se: Floats
    sd: Floats
    predicted: Mapping[str, Floats] = field(default_factory=dict)
    why: npt.NDArray[np.str_] | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """What a family computes, as in ``Values``."""

    estimate: Floats
    lower: Floats
    upper: Floats
    tau2: Floats
    se: Floats
    sd: Floats
    predicted: Mapping[str, Floats] = field(default_factory=dict)
    why: npt.NDArray[np.str_] | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """Analyses that recipes are computed of; what several recipes share is kept in ``known``.

    Attributes:
        events, n: Shape (rows, k), n = 0 where a study is absent. level: Nominal coverage, a fraction.
        predicts: That of prediction intervals; None where none are asked for.
        counts: Of which the stack was made, with their studies, for the models of this program; None for none known.
    """

    events: Floats
    n: Floats
    level: float
    predicts: float | None = None
    counts: Counts | None = None
    known: dict[tuple[str, ...], Any] = field(default_factory=dict)

    @property
    def rows(self) -> int:
        """Analyses."""
        return int(self.events.shape[0])

    def once(self, key: tuple[str, ...], found: Callable[[], Any]) -> Any:
        """What ``found`` returns, called once for each key."""
        if key not in self.known:
            self.known[key] = found()
        return self.known[key]

    def effects(self, scale: str) -> tuple[Floats, Floats]:
        """Effects and sampling variances on a scale."""
        pair: tuple[Floats, Floats] = self.once(("effects", scale), lambda: SCALES[scale].effects(self.events, self.n))
        return pair


def stack_of(counts: Counts, level: float = 0.95, predicts: float | None = None) -> Stack:
    """Counts of shape (k,) or (rows, k); each arm is taken for a study of its own, as the software does."""
    events, n = np.atleast_2d(counts.events).astype(float), np.atleast_2d(counts.n).astype(float)
    return Stack(events, n, level, predicts, counts)


def compute(recipe: Recipe, data: Counts | Stack, level: float = 0.95) -> Values:
    """The recipe's numbers of each analysis of a stack.

    Args:
        recipe: One of ``RECIPES``, or one of the same kind.
        data: Counts, or a stack for several recipes, which has its own level.
        level: Nominal coverage, a fraction.
    """
    from .families import FAMILIES

    stack = data if isinstance(data, Stack) else stack_of(data, level)
    try:
        found = FAMILIES[recipe.family](recipe, stack)
    except EvidenceError:
        found = Found(*(np.full((6, stack.rows), np.nan)))
    i2_q, i2_tau2, q = _inconsistency(recipe, stack, found.tau2)
    return Values(
        found.estimate,
        found.lower,
        found.upper,
        found.tau2,
        i2_q,
        i2_tau2,
        q,
        found.se,
        found.sd,
        found.predicted,
        found.why,
    )


def _inconsistency(recipe: Recipe, stack: Stack, tau2: Floats) -> tuple[Floats, Floats, Floats]:
    """I2 from Q and from tau2, and Q; of a GLMM, as in metafor, Wald's Q of plain logits and s2 of corrected ones."""
    of_glmm = recipe.family == "logistic-normal"
    if recipe.scale is None and not of_glmm:
        nothing = np.full(stack.rows, np.nan)
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
