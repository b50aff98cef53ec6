"""The limits of a result at every level: its p-value function, and the region of a new study."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtr, ndtri

from ..counts import Counts
from ..errors import usage
from .result import Floats, Pooled

#: Normal quantiles of the levels at which limits are computed: p from 0.98 to 0.0005.
QUANTILES: tuple[float, ...] = (0.025, 0.1, *(round(0.2 + 0.18 * i, 2) for i in range(19)))
#: Two levels closer together than this are one.
SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits at a ladder of levels, on the proportion scale, each of shape (levels,).

    Attributes:
        middle: The value that they close in on; None where the model has none.
        lower, upper: NaN where the model has none.
    """

    middle: float | None
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True)
class ConfidenceCurve:
    """A result at a ladder of levels.

    Attributes:
        level: Rising, shape (levels,); 1 - level is the two-sided p of either limit (of a Bayesian model the posterior
            probability outside of them).
        mean, centre, new: Limits of the average study, of the model's own centre and of a new study's proportion; None
            where the result has none, and of a new study also where it is simulated, for one level takes seconds.
    """

    level: Floats
    mean: Limits | None
    centre: Limits | None
    new: Limits | None

    @property
    def p(self) -> Floats:
        """1 - level, falling, shape (levels,)."""
        return 1 - self.level

    def finer(self, steps: int = 8) -> ConfidenceCurve:
        """The same with levels in between, for drawing: monotone cubics through the computed limits.

        Error: on the way from one computed level to the next, below a pixel of a drawing.
        """
        z = ndtri(0.5 * (1 + self.level))
        fine = np.unique(np.concatenate([np.linspace(a, b, steps + 1) for a, b in pairwise(z)] or [z]))

        def smooth(limits: Limits | None) -> Limits | None:
            if limits is None or z.size < 2:
                return limits
            lower, upper = (_between(z, side, fine) for side in (limits.lower, limits.upper))
            return Limits(limits.middle, lower, upper)

        return ConfidenceCurve(2 * ndtr(fine) - 1, smooth(self.mean), smooth(self.centre), smooth(self.new))


def _between(z: Floats, side: Floats, fine: Floats) -> Floats:
    """Limits between computed ones, on the arcsine scale, where those near 0 and 1 are far apart; NaN outside them."""
    there = ~np.isnan(side)
    if there.sum() < 2:
        return np.full(fine.shape, np.nan)
    turned = PchipInterpolator(z[there], np.arcsin(np.sqrt(side[there])), extrapolate=False)(fine)
    return np.asarray(np.sin(turned) ** 2)


def counts_of(pooled: Pooled) -> Counts:
    """The arms of a result, with the studies that they belong to."""
    rows = pooled.studies
    return Counts(
        [row.events for row in rows],
        [row.n for row in rows],
        [row.label for row in rows],
        [row.study for row in rows],
        [row.key for row in rows],
        pooled.unit,
    )


def confidence_curve(pooled: Pooled, quantiles: Sequence[float] = QUANTILES) -> ConfidenceCurve:
    """A result at levels from near 0 to near 1 and at its own level, by its own model, once for each.

    Args:
        pooled: Of counts. quantiles: Rising normal quantiles, above 0; their levels are P(|Z| <= quantile).

    Raises:
        UsageError: quantiles that are not rising and above 0. ComputeError: a search did not settle.
    """
    z = np.asarray(quantiles, dtype=float)
    if z.ndim != 1 or z.size == 0 or not (z > 0).all() or not (np.diff(z) > 0).all():
        raise usage("quantiles are not rising and above 0", "give for example 0.5, 1, 2, 3", "quantiles")
    own = float(pooled.model.level)
    level = 1 - 2 * ndtr(-z)
    level = np.sort([*level[np.abs(level - own) > SAME], own])
    counts, model = counts_of(pooled), _quick(pooled.model)
    found = [replace(model, level=float(at)).estimate(counts) for at in level]

    def limits(middle: float | None, lower: str, upper: str) -> Limits | None:
        sides = [np.array([float(getattr(each, side)) for each in found]) for side in (lower, upper)]
        return None if np.isnan(sides).all() else Limits(middle, *sides)

    return ConfidenceCurve(
        level,
        limits(pooled.mean, "mean_lower", "mean_upper"),
        limits(pooled.estimate, "lower", "upper"),
        None if pooled.pi is None else limits(None, "pi_lower", "pi_upper"),
    )


def _quick(model: Any) -> Any:
    """The model without a simulated prediction interval."""
    options = {field.name for field in fields(model)}
    simulated = "prediction" in options and model.prediction == "bootstrap"
    return replace(model, prediction="none") if simulated else model
