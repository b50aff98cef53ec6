"""The scales that published proportions were pooled on: what becomes of studies at 0 % and 100 %, and the way back."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..measures import MEASURES
from ..pooling.effects import Centre
from ..pooling.notes import note
from . import transforms

Floats = npt.NDArray[np.float64]
#: Effects and sampling variances from events and totals.
Transform = Callable[[Floats, Floats], tuple[Floats, Floats]]

#: What makes a size for the way back from the double arcsine.
SIZES: Mapping[str, str] = {
    "harmonic": "back-transformed by Miller with the harmonic mean of n",
    "arithmetic": "back-transformed by Miller with the arithmetic mean of n",
    "geometric": "back-transformed by Miller with the geometric mean of n",
    "inverse-variance": "back-transformed by Miller with 1/(4 se^2) of the pooled value (Barendregt)",
    "switch": "back-transformed as by Barendregt, by the squared sine where that is less than 2 of 1/(4 se^2) events",
    "sine": "back-transformed by the squared sine, as if n were infinite",
}

_PULLED = "0.5 added to events and non-events pulls the estimate towards 50 %."
_HARMONIC = note("harmonic-mean").text
_RAW = (
    "The variance p(1 - p)/n is smallest near 0 % and 100 %, so that extreme studies weigh most, and limits can lie"
    " beyond 0 and 1."
)
_DROPPED = "Studies at 0 % or 100 % have no standard error here and are left out without a word."
#: Events or non-events of 1/(4 se^2) patients below which Miller's formula is left (metan's poverv).
_FEW = 2.0
_ROUNDED = "Rounding what is typed in moves the weights, of small standard errors most."
_POISSON = "Events are taken for Poisson counts: standard errors are too large where events are common."
_OTHER_CONSTANT = "The smaller the constant, the further out a study at 0 % or 100 % lies, and the less it weighs."
_FREEMAN = (
    "The double arcsine scale differs with n: no single size leads all of it back (Schwarzer 2019, 10.1002/jrsm.1348)."
)


@dataclass(frozen=True, slots=True)
class Scale:
    """A scale with its corrections.

    Attributes:
        words: What it is, for a sentence.
        measure: The measure of evidence.measures that it is, or that leads it back.
        to: Where a constant is added, as in ``TO`` of the measures; none where nothing is.
        add: The constant; None for 0.5.
        own: Effects and variances that the measure does not have; None for the measure's own.
        drops: Whether studies without a value or a variance are left out.
        size: One of ``SIZES`` for the double arcsine.
        wrong: What is known to be wrong with it.
    """

    words: str
    measure: str
    to: str = "only0"
    add: float | None = None
    own: Transform | None = None
    drops: bool = False
    size: str | None = None
    wrong: tuple[str, ...] = ()

    def effects(self, events: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Effects and sampling variances, shape (..., k); y = 0 and v = inf where a study is absent or left out."""
        absent = n == 0
        if self.own is None:
            with np.errstate(divide="ignore", invalid="ignore"):
                y, v = MEASURES[self.measure].effects(events, n, self.add, self.to)
        else:
            with np.errstate(divide="ignore", invalid="ignore"):
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
        sine = MEASURES["PAS"].back(y)
        if self.size == "sine":
            return sine
        size = _size(self.size, found, n)
        miller = scale.back(y, size)
        return np.where(np.minimum(sine, 1 - sine) * size < _FEW, sine, miller) if self.size == "switch" else miller


def _size(kind: str, found: Centre, n: Floats) -> Floats:
    """The sample size of the way back, shape (rows,)."""
    if kind in ("inverse-variance", "switch"):
        return np.asarray(0.25 / found.plain_se**2)
    there = n > 0
    k = np.add.reduce(there, -1)
    if kind == "arithmetic":
        return np.asarray(np.add.reduce(n, -1) / k)
    if kind == "geometric":
        return np.asarray(np.exp(np.add.reduce(np.log(np.where(there, n, 1.0)), -1) / k))
    return np.asarray(k / np.add.reduce(1 / np.where(there, n, 1.0), -1, where=there))


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
        "raw proportion, 0.5 in the variance of studies at 0 % or 100 %",
        "PR",
        own=transforms.raw_of_meta,
        wrong=(_RAW,),
    ),
    "raw-dropped": Scale(
        "raw proportion, studies at 0 % or 100 % left out", "PR", "none", drops=True, wrong=(_RAW, _DROPPED)
    ),
    "log": Scale(f"log proportion, {_ADDED}", "PLN", wrong=("Events and non-events are not treated alike.",)),
    "log-meta": Scale(
        "log proportion, 0.5 added to events and to n of studies at 0 % or 100 %",
        "PLN",
        own=transforms.log_of_meta,
        wrong=("Events and non-events are not treated alike.",),
    ),
    "raw-exact": Scale(
        "raw proportion, se from the width of exact (Clopper-Pearson) limits",
        "PR",
        own=transforms.of_width("clopper-pearson"),
        wrong=(_RAW,),
    ),
    "raw-wilson": Scale(
        "raw proportion, se from the width of Wilson limits", "PR", own=transforms.of_width("wilson"), wrong=(_RAW,)
    ),
    "raw-unbiased": Scale(
        "raw proportion, variance p(1 - p)/(n - 1), studies at 0 % or 100 % left out",
        "PR",
        own=transforms.raw_unbiased,
        drops=True,
        wrong=(_RAW, _DROPPED),
    ),
    "raw-poisson": Scale(
        "raw proportion, se sqrt(events)/n, studies without events left out",
        "PR",
        own=transforms.raw_poisson,
        drops=True,
        wrong=(_POISSON, _DROPPED),
    ),
    "log-poisson": Scale(
        "log of events/n, variance 1/events, 0.5 added to events of studies without",
        "PLN",
        own=transforms.log_poisson,
        wrong=(_POISSON,),
    ),
    **{
        f"raw-rounded{digits}": Scale(
            f"raw proportion and se rounded to {digits} decimals, studies with an se of 0 left out",
            "PR",
            own=transforms.rounded("PR", digits),
            drops=True,
            wrong=(_RAW, _DROPPED, _ROUNDED),
        )
        for digits in (2, 3, 4)
    },
    **{
        f"logit-rounded{digits}": Scale(
            f"logit and se rounded to {digits} decimals, {_ADDED}",
            "PLO",
            own=transforms.rounded("PLO", digits),
            drops=True,
            wrong=(_PULLED, _ROUNDED),
        )
        for digits in (2, 3)
    },
    **{
        f"logit-{add:g}": Scale(
            f"logit, {add:g} added to both cells of studies at 0 % or 100 %", "PLO", add=add, wrong=(_OTHER_CONSTANT,)
        )
        for add in (1.0, 0.25, 0.1, 0.01, 0.001)
    },
    "anscombe": Scale(
        "arcsine of the square root of (x + 3/8)/(n + 3/4)",
        "PAS",
        own=transforms.anscombe,
        wrong=("Its centre has no plain meaning as a proportion.",),
    ),
    "probit": Scale(f"probit, {_ADDED}", "PRZ", wrong=(_PULLED,)),
    "arcsine": Scale("arcsine of the square root", "PAS", wrong=("Its centre has no plain meaning as a proportion.",)),
    "ft-harmonic": Scale(_FTT + SIZES["harmonic"], "PFT", size="harmonic", wrong=(_HARMONIC,)),
    "ft-variance": Scale(_FTT + SIZES["inverse-variance"], "PFT", size="inverse-variance", wrong=(_FREEMAN,)),
    "ft-switch": Scale(_FTT + SIZES["switch"], "PFT", size="switch", wrong=(_FREEMAN,)),
    "ft-geometric": Scale(_FTT + SIZES["geometric"], "PFT", size="geometric", wrong=(_FREEMAN,)),
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
        own=transforms.double_arcsine_older,
        size="harmonic",
        wrong=(_HARMONIC,),
    ),
    "ft1-sine": Scale(
        f"{_FTT}variance 1/(n + 1), {SIZES['sine']}",
        "PFT",
        own=transforms.double_arcsine_older,
        size="sine",
        wrong=("The squared sine does not undo the double arcsine: at small n it pulls towards 50 %.",),
    ),
}
#: Scales that few use: crossed with the commonest estimators and limits only.
RARE = frozenset(
    name
    for name in SCALES
    if name in ("raw-exact", "raw-wilson", "raw-unbiased", "raw-poisson", "log-poisson", "anscombe", "probit")
    or "rounded" in name
    or name.removeprefix("logit-")[0].isdigit()
    or name.startswith("ft1")
)
