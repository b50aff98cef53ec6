"""Egger's regression test, on request only: invalid for proportions, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..pooling import specified
from ..pooling.options import check_choice
from ..pooling.result import Floats, Note
from .asked import Asked
from .asymmetry import FORMS, PREDICTORS, TESTS, VANISHING, Line
from .option import Option
from .pictures import Points
from .small_study import EGGER, LEVEL, Effects, effects_of, line_asked, line_values, reasons, scatter, study_rows

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model


@dataclass(frozen=True, slots=True)
class Egger:
    """Effects on a predictor of size.

    Attributes:
        effects: Of the studies. predictor: One of ``PREDICTORS``. x: Its values, shape (k,).
        form: lm or rma. fitted: The line. level: Of its limits.
        notes: Why the test is not valid.
    """

    effects: Effects
    predictor: str
    x: Floats
    form: str
    fitted: Line
    level: float
    notes: tuple[Note, ...]

    question: ClassVar[str] = "egger"

    @property
    def endless(self) -> dict[str, float] | None:
        """Proportion of an endlessly large study with its limits, where the predictor falls to 0 with size."""
        if self.predictor not in VANISHING:
            return None
        ends = (self.fitted.intercept, *self.fitted.limits(self.level))
        sizes = np.asarray(1e9) if self.effects.scale.scale.sized else None
        back = self.effects.scale.scale.back(np.array(ends), sizes)
        return dict(zip(("estimate", "lower", "upper"), (float(value) for value in back), strict=True))

    def __str__(self) -> str:
        return (
            f"Egger's test gives p {display.p_value(self.fitted.p)} in {self.effects.y.size} studies, which can't be"
            " relied on: a proportion and its standard error come from the same counts. Without anything missing it"
            f" rejected at the {LEVEL:.2f} level {EGGER}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per study: effect, variance, size and predictor."""
        import pandas as pd

        return pd.DataFrame(study_rows(self.effects, predictor=self.x))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "form": self.form,
            "predictor": self.predictor,
            **line_values(self.effects, self.fitted),
            "tau2": self.fitted.tau2,
            "endless_study": self.endless,
            "sentence": str(self),
            "notes": [n.to_dict() for n in self.notes],
        }

    def picture(self) -> Points:
        """Effects against the predictor, with the line."""
        return scatter(self.effects, self.x, PREDICTORS[self.predictor][1], self.fitted)


def egger(counts: Counts, model: str | Model, predictor: str = "sei", form: str = "lm", test: str = "z") -> Egger:
    """Egger's regression test of funnel asymmetry.

    Args:
        counts: One analysis, shape (k,); arms of a study are summed.
        model: Its scale where it is an inverse-variance model, else corrected logits.
        predictor: sei, vi, ni, ninv, sqrtni or sqrtninv. form: lm or rma. test: z, t or hk, of the form rma.

    Raises:
        NotAskableError: fewer than 10 studies, or sizes or effects that are all the same. UsageError: unknown names.

    Source: Egger et al. 1997, 10.1136/bmj.315.7109.629; against it Hunter 2014, 10.1016/j.jclinepi.2014.03.003.
    """
    model = specified(model)
    check_choice("predictor", predictor, PREDICTORS)
    effects = effects_of(counts, model)
    x = PREDICTORS[predictor][0](effects.v, effects.n)
    fitted = line_asked(effects.y, effects.v, x, form, test)
    return Egger(effects, predictor, x, form, fitted, model.level, reasons())


OPTIONS = {
    "predictor": Option("sei", f"what effects are set against: {', '.join(PREDICTORS)}"),
    "form": Option("lm", f"{' or '.join(FORMS)}"),
    "test": Option("z", f"of the form rma: {', '.join(TESTS)}"),
}


def asked_egger(asked: Asked) -> Egger:
    """For the registry; options predictor, form and test."""
    return egger(asked.counts, asked.model, **asked.given(OPTIONS))
