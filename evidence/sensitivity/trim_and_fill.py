"""Trim and fill, on request only: invalid for proportions, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..errors import ComputeError
from ..pooling import specified
from ..pooling.effects import Centre, centre
from ..pooling.result import Floats, Note
from ..pooling.tau2 import TAU2
from .answer import not_askable
from .asked import Asked
from .filling import Filled, fill
from .option import Option
from .pictures import Points
from .small_study import Effects, effects_of, reasons

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model

_PARTS = ("estimate", "lower", "upper")


@dataclass(frozen=True, slots=True)
class TrimAndFill:
    """The pool with the mirror images of its most extreme studies.

    Attributes:
        effects: Of the studies. estimator: L0, R0 or Q0. found: What was filled in.
        before, after: Inverse-variance estimate with limits, as proportions: keys estimate, lower, upper.
        middle: Centre of the pool with the filled ones, on the scale of the effects.
        notes: Why it is not valid.
    """

    effects: Effects
    estimator: str
    found: Filled
    before: dict[str, float]
    after: dict[str, float]
    middle: float
    notes: tuple[Note, ...]

    question: ClassVar[str] = "trim-and-fill"

    def __str__(self) -> str:
        against = "small studies of proportions are asymmetric without anything missing."
        if self.found.missing == 0:
            return (
                f"Trim-and-fill adds no study to {self.effects.y.size}, which does not say that none is missing:"
                f" {against}"
            )
        which = "low" if self.found.side == "left" else "high"
        return (
            f"Trim-and-fill adds {display.plural(self.found.missing, 'study', 'studies')} with {which} proportions to"
            f" {self.effects.y.size} and moves the inverse-variance estimate from"
            f" {display.percent(self.before['estimate'])} to {display.percent(self.after['estimate'])}, which is"
            f" no measure of what is missing:"
            f" {against}"
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per study, the filled ones last."""
        import pandas as pd

        effects = np.append(self.effects.y, self.found.y), np.append(self.effects.v, self.found.v)
        names = [*self.effects.labels, *(f"filled {i + 1}" for i in range(self.found.missing))]
        filled = [False] * self.effects.y.size + [True] * self.found.missing
        return pd.DataFrame({"study": names, "effect": effects[0], "variance": effects[1], "filled": filled})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "measure": self.effects.scale.measure,
            "estimator": self.estimator,
            "side": self.found.side,
            "k": int(self.effects.y.size),
            "missing": self.found.missing,
            "missing_se": self.found.se,
            "p": self.found.p,
            "before": dict(self.before),
            "after": dict(self.after),
            "filled": [
                {"effect": float(y), "variance": float(v)} for y, v in zip(self.found.y, self.found.v, strict=True)
            ],
            "sentence": str(self),
            "notes": [n.to_dict() for n in self.notes],
        }

    def picture(self) -> Points:
        """The funnel, the filled studies standing out."""
        frame = self.to_frame()
        return Points(
            tuple(map(float, frame["effect"])),
            tuple(map(float, np.sqrt(frame["variance"]))),
            tuple(frame["study"]),
            self.effects.axis,
            "the standard error",
            flagged=tuple(map(bool, frame["filled"])),
            vertical=self.middle,
        )


def trim_and_fill(counts: Counts, model: str | Model, estimator: str = "L0", side: str = "auto") -> TrimAndFill:
    """Duval and Tweedie's trim and fill, around an inverse-variance pool.

    Args:
        counts: One analysis, shape (k,); arms of a study are summed.
        model: Its scale, tau2 and limits where it is an inverse-variance model, else the defaults of one.
        estimator: L0, R0 or Q0. side: auto, left (low proportions are missing) or right.

    Raises:
        NotAskableError: fewer than 10 studies, or an estimator without a value. UsageError: unknown names.

    Source: Duval and Tweedie 2000, 10.1111/j.0006-341X.2000.00455.x; against it Hunter 2014,
    10.1016/j.jclinepi.2014.03.003.
    """
    model = specified(model)
    effects = effects_of(counts, model)
    try:
        found = fill(effects.y, effects.v, effects.scale.tau2, estimator, side)
    except ComputeError as error:
        problem = error.problems[0]
        raise not_askable(problem.message, problem.mend) from error
    before, _ = _pooled(effects, effects.y, effects.v)
    after, middle = _pooled(effects, np.append(effects.y, found.y), np.append(effects.v, found.v))
    return TrimAndFill(effects, estimator, found, before, after, middle, reasons())


def _pooled(effects: Effects, y: Floats, v: Floats) -> tuple[dict[str, float], float]:
    """Estimate and limits as proportions, and the centre."""
    model = effects.scale
    limits = "hk-floor" if model.limits == "cr2" else model.limits
    part: Centre = centre(y, v, np.asarray(TAU2[model.tau2](y, v)), limits, "none", model.level, np.zeros(()))
    ends = np.array([float(part.mu), float(part.mu - part.reach), float(part.mu + part.reach)])
    size = np.asarray(0.25 / float(part.plain_se) ** 2) if model.scale.sized else None
    back = model.scale.back(ends, size)
    return dict(zip(_PARTS, (float(value) for value in back), strict=True)), float(part.mu)


OPTIONS = {
    "estimator": Option("L0", "of the number of missing studies: L0, R0 or Q0"),
    "side": Option("auto", "where studies are missing: auto, left or right"),
}


def asked_trim_and_fill(asked: Asked) -> TrimAndFill:
    """For the registry; options estimator and side."""
    return trim_and_fill(asked.counts, asked.model, **asked.given(OPTIONS))
