"""The notes that all models share, for every analysis of a stack of counts: the conditions of ``assemble``."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ..counts import Rates
from . import notes as thresholds
from .result import Estimates

Bools = npt.NDArray[np.bool_]
#: Codes, and the analyses that have them.
Marked = tuple[tuple[str, Bools], ...]

#: Statuses that every model answers alike, or not at all.
BOUNDARIES = ("single-study", "all-zero", "all-events", "no-fit")
#: Statuses of a likelihood with limits of its own.
FITTED = ("ok", "tau-zero", "tau-infinite")
#: Two groups of units whose exact 95 % limits do not overlap are further apart than this many standard errors.
APART_AT_LEAST = 1.85


@dataclass(frozen=True, slots=True)
class Stack:
    """A stack that was fitted.

    Attributes:
        model: The specification. arms: Shape (rows, k). studies: The same, arms of a study summed. out: The estimates.
        of_rates: Whether these are rates. k: Studies present, shape (rows,). several: Where a study has several arms.
        summed: Where that was so before arms were summed; None where none were.
        median: Where the model's own centre is a median, apart from the mean, that was fitted.
    """

    model: Any
    arms: Any
    studies: Any
    out: Estimates
    summed: Bools | None = None
    of_rates: bool = field(init=False)
    k: npt.NDArray[np.int64] = field(init=False)
    several: Bools = field(init=False)
    median: Bools = field(init=False)

    def __post_init__(self) -> None:
        k = (self.studies.n > 0).sum(-1)
        found = {
            "of_rates": isinstance(self.arms, Rates),
            "k": k,
            "several": (self.arms.n > 0).sum(-1) > k if self.summed is None else self.summed,
            "median": self._medians(),
        }
        for name, value in found.items():
            object.__setattr__(self, name, value)

    def _medians(self) -> Bools:
        scale = getattr(self.model, "scale", None)
        of_logits = getattr(scale, "logit", "median" in self.model.centre)
        return np.asarray(of_logits & ~np.isin(self.out.status, (*BOUNDARIES, *self._unidentified())))

    def _unidentified(self) -> tuple[str, ...]:
        return ("tau-not-identified",) if hasattr(self.model, "family") else ()


def shared_notes(stack: Stack) -> Marked:
    """The shared notes of counts."""
    status, n = stack.out.status, stack.studies.n
    alone, k = status == "single-study", stack.k
    several = ~alone & (status != "no-fit")
    total, largest = n.sum(-1), n.max(-1)
    few = several & ((k < thresholds.FEW_STUDIES) | (total < thresholds.FEW_UNITS))
    thin = ((n >= 2).sum(-1) < thresholds.FEW_STUDIES) & (largest > 1)
    marked = (
        ("few-studies", few),
        ("little-information", ~few & (k <= thresholds.LITTLE_INFORMATION_K)),
        *((code, status == code) for code in ("all-zero", "tau-zero", "all-events", "tau-not-identified")),
        *((code, status == "tau-infinite") for code in ("tau-infinite", "all-or-none")),
        ("tau-weak", thin),
        ("dominant-study", largest > thresholds.DOMINANT_SHARE * total),
        ("singletons", (n == 1).sum(-1) > thresholds.SINGLETON_SHARE * k),
        ("informative-size", _informative_size(stack.studies.events, n)),
        ("weakly-identified", _weak(stack)),
        ("limit-open", _open(stack)),
        ("mean-median-apart", stack.median & (np.abs(stack.out.estimate - stack.out.mean) > thresholds.APART)),
        ("prediction-narrower", narrower(stack)),
        ("prediction-wide", (stack.out.pi_lower < 0.05) & (stack.out.pi_upper > 0.95)),
    )
    return (("single-study", alone), *((code, where & several) for code, where in marked))


def _weak(stack: Stack) -> Bools:
    """Where the typical study is too weakly identified to be printed in a summary."""
    out = stack.out
    wide = out.upper - out.lower > thresholds.WEAK_WIDTH
    uncertain = (out.tau > thresholds.WEAK_TAU) | (out.se > thresholds.WEAK_SE) | wide
    known = stack.median & np.isfinite(out.estimate)
    return np.asarray(known & ((out.status == "tau-infinite") | uncertain))


def _open(stack: Stack) -> Bools:
    """Where a limit of the mean, or of a median, was never reached; only likelihoods say so."""
    if not hasattr(stack.model, "family"):
        return np.zeros(stack.k.shape, dtype=bool)
    out = stack.out
    fitted = np.isin(out.status, FITTED)
    of_mean = (out.mean_lower <= 0) | (out.mean_upper >= 1)
    return np.asarray(fitted & (of_mean | (stack.median & ((out.lower <= 0) | (out.upper >= 1)))))


def narrower(stack: Stack) -> Bools:
    """Where the prediction interval is narrower than the profile limits of the mean."""
    out, limits = stack.out, str(getattr(stack.model, "limits", ""))
    if hasattr(stack.model, "tau2"):
        return np.zeros(stack.k.shape, dtype=bool)
    profile = np.isin(out.status, FITTED) & (limits.startswith("profile") | (out.status == "tau-infinite"))
    return np.asarray(profile & (out.pi_upper - out.pi_lower < out.mean_upper - out.mean_lower))


def _informative_size(events: npt.NDArray[np.int64], n: npt.NDArray[np.int64]) -> Bools:
    """Where small studies and series differ beyond their exact 95 % limits; few are near enough to be computed."""
    from ..measures.limits import study_limits

    large = n >= thresholds.SERIES_SIZE
    x = np.stack([np.where(large, 0, events).sum(-1), np.where(large, events, 0).sum(-1)])
    size = np.stack([np.where(large, 0, n).sum(-1), np.where(large, n, 0).sum(-1)])
    found = np.zeros(n.shape[0], dtype=bool)
    rows = np.flatnonzero((size > 0).all(0))
    x, size = x[:, rows], size[:, rows]
    p, both = x / size, x.sum(0) / size.sum(0)
    far = np.abs(p[0] - p[1]) > APART_AT_LEAST * np.sqrt(both * (1 - both) * (1 / size).sum(0))
    rows, x, size = rows[far], x[:, far], size[:, far]
    lower, upper = study_limits(x, size, "clopper-pearson", 0.95)
    found[rows] = (lower[0] > upper[1]) | (lower[1] > upper[0])
    return found
