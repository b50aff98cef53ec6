"""Tests of funnel asymmetry on effects and variances: numbers only, at any number of studies.

Whether one of them may be asked of proportions is decided by the questions (``egger``, ``begg``, ``peters``).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from scipy.special import ndtr, ndtri, stdtr, stdtrit
from scipy.stats import kendalltau

from ..errors import ComputeError, Problem
from ..pooling.options import check_choice
from ..pooling.result import Floats
from ..pooling.tau2_mods import TAU2_MODS

#: Name of a predictor -> its values from variances and sizes, and what it is in words.
PREDICTORS: Mapping[str, tuple[Callable[[Floats, Floats], Floats], str]] = {
    "sei": (lambda v, n: np.sqrt(v), "the standard error"),
    "vi": (lambda v, n: v, "the sampling variance"),
    "ni": (lambda v, n: n, "the size"),
    "ninv": (lambda v, n: 1 / n, "1 / size"),
    "sqrtni": (lambda v, n: np.sqrt(n), "the square root of the size"),
    "sqrtninv": (lambda v, n: 1 / np.sqrt(n), "1 / the square root of the size"),
}
#: Predictors that fall to 0 as a study grows: where they are 0 lies the effect of an endless study.
VANISHING = ("sei", "vi", "ninv", "sqrtninv")
#: How the regression of effects on a predictor is weighted, and what is left between the studies.
FORMS: Mapping[str, str] = {
    "lm": "weighted least squares, the residual variance multiplied by an estimated factor",
    "rma": "random effects around the line, tau2 by restricted maximum likelihood",
}
#: Of the rma form.
TESTS: Mapping[str, str] = {
    "z": "normal quantile",
    "t": "t quantile with k - 2 degrees of freedom",
    "hk": "Knapp and Hartung's variance, t quantile with k - 2 degrees of freedom",
}
#: A predictor whose spread is below this share of its size is the same in every study.
_CONSTANT = 1e-12
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class Line:
    """Effects on a predictor of size.

    Attributes:
        intercept, slope, intercept_se, slope_se: On the scale of the effects.
        statistic: slope / slope_se. df: Degrees of freedom, None for the normal distribution. p: Two-sided.
        tau2: What is left between the studies; None for the form lm.
    """

    intercept: float
    slope: float
    intercept_se: float
    slope_se: float
    statistic: float
    df: int | None
    p: float
    tau2: float | None

    def limits(self, level: float) -> tuple[float, float]:
        """Limits of the intercept: of the effect of an endless study, where the predictor vanishes."""
        tail = 0.5 * (1 + level)
        reach = self.intercept_se * float(ndtri(tail) if self.df is None else stdtrit(float(self.df), tail))
        return self.intercept - reach, self.intercept + reach


def line(y: Floats, v: Floats, x: Floats, form: str = "lm", test: str = "z") -> Line:
    """Regression of effects on a predictor of size.

    Args:
        y, v, x: Effects, variances (or 1 / weights) and predictor, shape (k,). form: One of ``FORMS``.
        test: One of ``TESTS``; the form lm always has t with k - 2 degrees of freedom.

    Raises:
        UsageError: an unknown name. ComputeError: fewer than 3 studies, the same predictor in every one, or the same
            effect where the scatter of effects is estimated (lm, hk).

    Source: Egger et al. 1997, 10.1136/bmj.315.7109.629.
    Error: 1e-10 of a standard error; tau2 1e-12 relative.
    """
    check_choice("form", form, FORMS)
    check_choice("test", test, TESTS)
    k = y.size
    _refuse_flat(k, x, y if form == "lm" or test == "hk" else None)
    fitted = least_squares(y, v, x, "REML" if form == "rma" else None)
    covariance = fitted.covariance * (fitted.factor if form == "lm" or test == "hk" else 1.0)
    intercept_se, slope_se = (float(np.sqrt(covariance[i, i])) for i in (0, 1))
    df = None if form == "rma" and test == "z" else k - 2
    statistic = fitted.slope / slope_se
    p = 2 * float(ndtr(-abs(statistic)) if df is None else stdtr(float(df), -abs(statistic)))
    tau2 = fitted.tau2 if form == "rma" else None
    return Line(fitted.intercept, fitted.slope, intercept_se, slope_se, statistic, df, p, tau2)


def _refuse_flat(k: int, x: Floats, y: Floats | None) -> None:
    """Refuse predictors, and effects where their scatter is estimated, through which no line can be tested."""
    why = None
    if k < _FEWEST:
        why = f"{k} studies"
    elif np.ptp(x) <= _CONSTANT * np.abs(x).max():
        why = "every study has the same size"
    elif y is not None and np.ptp(y) <= _CONSTANT * max(1.0, float(np.abs(y).max())):
        why = "every study has the same effect"
    if why is not None:
        raise ComputeError(Problem("no-asymmetry", f"{why}: no line through effects and sizes", "add studies"))


@dataclass(frozen=True, slots=True)
class Fit:
    """A weighted line: intercept, slope, their covariance with known variances, and the residual factor over k - 2."""

    intercept: float
    slope: float
    covariance: Floats
    factor: float
    tau2: float


def least_squares(y: Floats, v: Floats, x: Floats, tau2: str | float | None) -> Fit:
    """The line with weights 1 / (v + tau2).

    Args:
        y, v, x: Effects, variances and a predictor that is not constant, shape (k,).
        tau2: An estimator, a value, or None for 0. With 2 studies the factor is nan.
    """
    # A centred and scaled predictor, so that nothing is lost to its unit.
    middle, unit = float(x.mean()), float(x.std())
    z = np.column_stack([np.ones(y.size), (x - middle) / unit])
    between = float(TAU2_MODS[tau2](y[None], v[None], z)[0]) if isinstance(tau2, str) else tau2 or 0.0
    w = 1 / (v + between)
    inverse = np.linalg.inv(z.T @ (w[:, None] * z))
    beta = inverse @ (z.T @ (w * y))
    rest = float((w * (y - z @ beta) ** 2).sum())
    back = np.array([[1.0, -middle / unit], [0.0, 1 / unit]])
    intercept, slope = (float(value) for value in back @ beta)
    return Fit(intercept, slope, back @ inverse @ back.T, rest / (y.size - 2) if y.size > 2 else np.nan, between)


@dataclass(frozen=True, slots=True)
class Ranks:
    """Kendall's rank correlation of standardised effects with their variances.

    Attributes:
        tau: Kendall's tau-b. p: Two-sided. exact: Whether p is exact (no ties) or from the normal distribution.
        score, score_se: Concordant less discordant pairs, with its standard error under no association.
    """

    tau: float
    p: float
    exact: bool
    score: int
    score_se: float


def ranks(y: Floats, v: Floats, p_value: Literal["auto", "normal"] = "auto") -> Ranks:
    """Begg and Mazumdar's rank test.

    Args:
        y, v: Effects and variances, shape (k,).
        p_value: Exact where nothing is tied (auto), or always from the normal distribution.

    Raises:
        ComputeError: one study, or the same variance or standardised effect in every one.

    Source: Begg and Mazumdar 1994, 10.2307/2533446; ties as Kendall, Rank Correlation Methods.
    """
    w = 1 / v
    mean = float((w * y).sum() / w.sum())
    z = (y - mean) / np.sqrt(v - 1 / w.sum())
    if y.size < 2 or np.ptp(v) == 0 or np.ptp(z) == 0:
        why = "one study, or the same variance or effect in every study: no ranks"
        raise ComputeError(Problem("no-asymmetry", why, "add studies"))
    pairs = np.sign(z[:, None] - z) * np.sign(v[:, None] - v)
    score = int(pairs.sum() / 2)
    tied = any(np.unique(part).size < part.size for part in (z, v))
    exact = p_value == "auto" and not tied
    found = kendalltau(z, v, method="exact" if exact else "asymptotic")
    score_se = float(np.sqrt(_variance(z, v)))
    p = float(found.pvalue) if exact else 2 * float(ndtr(-abs(score) / score_se))
    return Ranks(float(found.statistic), p, exact, score, score_se)


def _variance(a: Floats, b: Floats) -> float:
    """Variance of Kendall's score under no association, ties allowed for."""
    k = a.size
    t, u = (np.unique(part, return_counts=True)[1].astype(float) for part in (a, b))
    plain = k * (k - 1) * (2 * k + 5) - sum(float((c * (c - 1) * (2 * c + 5)).sum()) for c in (t, u))
    twos = float((t * (t - 1)).sum() * (u * (u - 1)).sum()) / (2 * k * (k - 1))
    threes = float((t * (t - 1) * (t - 2)).sum() * (u * (u - 1) * (u - 2)).sum()) / (9 * k * (k - 1) * max(k - 2, 1))
    return plain / 18 + twos + threes
