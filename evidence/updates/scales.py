"""The scales that published proportions were pooled on: what becomes of studies at 0 % and 100 %, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..measures import MEASURES
from ..pooling.effects import Centre
from ..pooling.notes import note

Floats = npt.NDArray[np.float64]
#: Sampling variances and effects from events and totals.
Transform = Callable[[Floats, Floats], tuple[Floats, Floats]]

#: What makes a size for the way back from the double arcsine.
SIZES: Mapping[str, str] = {
    "harmonic": "back-transformed by Miller with the harmonic mean of n",
    "arithmetic": "back-transformed by Miller with the arithmetic mean of n",
    "inverse-variance": "back-transformed by Miller with 1/(4 se^2) of the pooled value (Barendregt)",
    "sine": "back-transformed by the squared sine, as if n were infinite",
}

_PULLED = "0.5 added to events and non-events pulls the estimate towards 50 %."
_HARMONIC = note("harmonic-mean").text
_RAW = (
    "The variance p(1 - p)/n is smallest near 0 % and 100 %, so that extreme studies weigh most, and limits can lie"
    " beyond 0 and 1."
)
_DROPPED = "Studies at 0 % or 100 % have no standard error here and are left out without a word."
_FREEMAN = (
    "The double arcsine scale differs with n: no single size leads all of it back (Schwarzer 2019, 10.1002/jrsm.1348)."
)


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale with its corrections.

    Attributes:
        words: What it is, for a sentence.
        measure: The measure of evidence.measures that it is, or that leads it back.
        to: Where 0.5 is added, as in ``TO`` of the measures; none where nothing is.
        own: Effects and variances that the measure does not have; None for the measure's own.
        drops: Whether studies without a value or a variance are left out.
        size: One of ``SIZES`` for the double arcsine.
        wrong: What is known to be wrong with it.
    """

    words: str
    measure: str
    to: str = "only0"
    own: Transform | None = None
    drops: bool = False
    size: str | None = None
    wrong: tuple[str, ...] = ()

    def effects(self, events: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Effects and sampling variances, shape (..., k); y = 0 and v = inf where a study is absent or left out."""
        absent = n == 0
        if self.own is None:
            with np.errstate(divide="ignore", invalid="ignore"):
                y, v = MEASURES[self.measure].effects(events, n, None, self.to)
        else:
            y, v = self.own(np.where(absent, 0.5, events), np.where(absent, 1.0, n))
        if self.drops:
            absent = absent | ~(np.isfinite(y) & (v > 0))
        return np.where(absent, 0.0, y), np.where(absent, np.inf, v)

    def back(self, y: Floats, found: Centre, n: Floats) -> Floats:
        """Proportions of pooled values, shape (3, rows); raw and log proportions are not cut off at 0 and 1."""
        if self.measure == "PR":
            return y
        if self.measure == "PLN":
            return np.asarray(np.exp(y))
        scale = MEASURES[self.measure]
        if self.size is None:
            return scale.back(y)
        return MEASURES["PAS"].back(y) if self.size == "sine" else scale.back(y, _size(self.size, found, n))


def _size(kind: str, found: Centre, n: Floats) -> Floats:
    """The sample size of the way back, shape (rows,)."""
    if kind == "inverse-variance":
        return np.asarray(0.25 / found.plain_se**2)
    there = n > 0
    k = np.add.reduce(there, -1)
    if kind == "arithmetic":
        return np.asarray(np.add.reduce(n, -1) / k)
    return np.asarray(k / np.add.reduce(1 / np.where(there, n, 1.0), -1, where=there))


def _raw_of_meta(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Proportions as they are; 0.5 enters the variance of studies at 0 % and 100 % alone."""
    shift = np.where((x == 0) | (x == n), 0.5, 0.0)
    return x / n, (x + shift) * (n - x + shift) / (n + 2 * shift) ** 3


def _log_of_meta(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Logs of (x + 0.5)/(n + 0.5) in studies at 0 % and 100 %; at 100 % the variance keeps x events."""
    shift = np.where((x == 0) | (x == n), 0.5, 0.0)
    kept = np.where(x == n, x, x + shift)
    return np.log((x + shift) / (n + shift)), 1 / np.where(kept == 0, 1.0, kept) - 1 / (n + shift)


def _double_arcsine_older(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """The double arcsine with v = 1/(4 n + 4), that is 1/(n + 1) of the sum."""
    y, _ = MEASURES["PFT"].transformed(x, n)
    return y, 1 / (4 * n + 4)


_ADDED = "0.5 added to both cells of studies at 0 % or 100 %"
_FTT = "Freeman-Tukey double arcsine, "

#: Name -> scale.
SCALES: Mapping[str, Scale] = {
    "logit": Scale(f"logit, {_ADDED}", "PLO", wrong=(_PULLED,)),
    "logit-all": Scale("logit, 0.5 added to both cells of every study", "PLO", "all", wrong=(_PULLED,)),
    "logit-if": Scale("logit, 0.5 added to every study if any is at 0 % or 100 %", "PLO", "if0all", wrong=(_PULLED,)),
    "logit-dropped": Scale("logit, studies at 0 % or 100 % left out", "PLO", "none", drops=True, wrong=(_DROPPED,)),
    "raw": Scale(f"raw proportion, {_ADDED}", "PR", wrong=(_RAW,)),
    "raw-meta": Scale(
        "raw proportion, 0.5 in the variance of studies at 0 % or 100 %", "PR", own=_raw_of_meta, wrong=(_RAW,)
    ),
    "raw-dropped": Scale(
        "raw proportion, studies at 0 % or 100 % left out", "PR", "none", drops=True, wrong=(_RAW, _DROPPED)
    ),
    "log": Scale(f"log proportion, {_ADDED}", "PLN", wrong=("Events and non-events are not treated alike.",)),
    "log-meta": Scale(
        "log proportion, 0.5 added to events and to n of studies at 0 % or 100 %",
        "PLN",
        own=_log_of_meta,
        wrong=("Events and non-events are not treated alike.",),
    ),
    "probit": Scale(f"probit, {_ADDED}", "PRZ", wrong=(_PULLED,)),
    "arcsine": Scale("arcsine of the square root", "PAS", wrong=("Its centre has no plain meaning as a proportion.",)),
    "ft-harmonic": Scale(_FTT + SIZES["harmonic"], "PFT", size="harmonic", wrong=(_HARMONIC,)),
    "ft-variance": Scale(_FTT + SIZES["inverse-variance"], "PFT", size="inverse-variance", wrong=(_FREEMAN,)),
    "ft-arithmetic": Scale(_FTT + SIZES["arithmetic"], "PFT", size="arithmetic", wrong=(_FREEMAN,)),
    "ft-sine": Scale(
        _FTT + SIZES["sine"],
        "PFT",
        size="sine",
        wrong=("The squared sine does not undo the double arcsine: at small n it pulls towards 50 %.",),
    ),
    "ft1-harmonic": Scale(
        f"{_FTT}variance 1/(n + 1), {SIZES['harmonic']}",
        "PFT",
        own=_double_arcsine_older,
        size="harmonic",
        wrong=(_HARMONIC,),
    ),
    "ft1-sine": Scale(
        f"{_FTT}variance 1/(n + 1), {SIZES['sine']}",
        "PFT",
        own=_double_arcsine_older,
        size="sine",
        wrong=("The squared sine does not undo the double arcsine: at small n it pulls towards 50 %.",),
    ),
}
