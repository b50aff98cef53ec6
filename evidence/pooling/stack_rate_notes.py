"""The notes of rates, for every analysis of a stack: conditions of ``rate_result`` and the Poisson-normal model."""

from __future__ import annotations

import numpy as np

from ..measures.rate import poisson_limits
from . import notes as thresholds
from .effects import FEWEST_FOR_PREDICTION
from .rate_rows import FEWEST_INFORMATIVE, informative
from .stack_notes import Bools, Marked, Stack, narrower


def shared_rate_notes(stack: Stack) -> Marked:
    """The notes that models of rates share."""
    out, status, time, k = stack.out, stack.out.status, stack.studies.n, stack.k
    alone = status == "single-study"
    several = ~alone & (status != "no-fit")
    few = k < thresholds.FEW_STUDIES
    extrapolated = _extrapolated(stack)
    marked = (
        ("few-studies-rates", few),
        ("little-information", ~few & (k <= thresholds.LITTLE_INFORMATION_K)),
        ("all-zero", status == "all-zero"),
        ("tau-zero", status == "tau-zero"),
        ("dominant-study", (time / time.sum(-1, keepdims=True)).max(-1) > thresholds.DOMINANT_SHARE),
        ("mean-extrapolated", extrapolated),
        ("mean-limit-far", ~extrapolated & _far(stack)),
        ("weakly-identified", _weak(stack)),
        ("prediction-narrower", narrower(stack)),
        ("limit-open", _open(stack, out.mean_lower, out.mean_upper) | _open(stack, out.lower, out.upper)),
    )
    return (("single-study-rates", alone), *((code, where & several) for code, where in marked))


def prediction_notes(stack: Stack) -> Marked:
    """Where the Poisson-normal model has no prediction interval, though one was asked for."""
    status = stack.out.status
    if stack.model.prediction == "none":
        return ()
    without = np.isin(status, ("all-zero", "tau-zero")) | (stack.k < FEWEST_FOR_PREDICTION)
    thin = informative(stack.studies.events, stack.studies.n) < FEWEST_INFORMATIVE
    return (("no-prediction", (without | thin) & ~np.isin(status, ("single-study", "no-fit"))),)


def _observed(stack: Stack) -> np.ndarray:
    """The largest rate of a study, shape (rows,)."""
    time = stack.studies.n
    return np.asarray(np.where(time > 0, stack.studies.events / np.where(time > 0, time, 1), 0.0).max(-1))


def _extrapolated(stack: Stack) -> Bools:
    out = stack.out
    return np.asarray((out.mean > out.estimate) & (out.mean > _observed(stack) * (1 + 1e-9)))


def _far(stack: Stack) -> Bools:
    """Where the mean's upper limit lies above the exact limits of every study's own rate, which are above its rate."""
    upper = stack.out.mean_upper
    found = ~np.isnan(upper) & np.isin(stack.out.status, ("ok", "tau-zero")) & (upper > _observed(stack))
    found &= ~_open(stack, stack.out.mean_lower, upper)
    rows = np.flatnonzero(found)
    _, limits = poisson_limits(stack.studies.events[rows], stack.studies.n[rows], stack.model.level)
    found[rows] = upper[rows] > np.where(np.isnan(limits), 0.0, limits).max(-1)
    return found


def _weak(stack: Stack) -> Bools:
    out = stack.out
    apart = out.upper > thresholds.WEAK_FOLD * out.lower
    uncertain = (out.tau > thresholds.WEAK_TAU) | (out.se > thresholds.WEAK_SE) | apart
    return np.asarray(stack.median & uncertain)


def _open(stack: Stack, lower: np.ndarray, upper: np.ndarray) -> Bools:
    """Where a limit was never reached; only the Poisson-normal likelihood says so."""
    if "median" not in stack.model.centre or hasattr(stack.model, "tau2"):
        return np.zeros(stack.k.shape, dtype=bool)
    return np.asarray(np.isin(stack.out.status, ("ok", "tau-zero")) & ((lower <= 0) | np.isinf(upper)))
