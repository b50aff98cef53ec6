"""Egger's regression test, on request only: invalid for proportions, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..pooling import specified
from ..pooling.options import check_choice
from ..pooling.result import Floats, Note
from .answer import not_askable
from .asked import Asked
from .asymmetry import FORMS, PREDICTORS, TESTS, VANISHING, Line, line
from .option import Option
from .pictures import Points
from .small_study import EGGER_REJECTS, SINGLES_REJECT, Effects, effects_of, reasons, study_rows

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
            " relied on: a proportion and its standard error come from the same counts, so that without anything"
            f" missing this test rejects in {EGGER_REJECTS} of cases at the 0.10 level, and in up to {SINGLES_REJECT}"
            " where most reports are of one patient."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per study: effect, variance, size and predictor."""
        import pandas as pd

        return pd.DataFrame(study_rows(self.effects, predictor=self.x))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        found = self.fitted
        return {
            "question": self.question,
            "form": self.form,
            "predictor": self.predictor,
            "measure": self.effects.scale.measure,
            "k": int(self.effects.y.size),
            "intercept": {"estimate": found.intercept, "se": found.intercept_se},
            "slope": {"estimate": found.slope, "se": found.slope_se},
            "statistic": found.statistic,
            "df": found.df,
            "p": found.p,
            "tau2": found.tau2,
            "endless_study": self.endless,
            "sentence": str(self),
            "notes": [n.to_dict() for n in self.notes],
        }

    def picture(self) -> Points:
        """Effects against the predictor, with the line."""
        ends = np.array([self.x.min(), self.x.max()])
        fitted = self.fitted.intercept + self.fitted.slope * ends
        return Points(
            tuple(map(float, self.x)),
            tuple(map(float, self.effects.y)),
            self.effects.labels,
            PREDICTORS[self.predictor][1],
            self.effects.axis,
            size=tuple(map(float, self.effects.n)),
            lines=((tuple(map(float, ends)), tuple(map(float, fitted)), "regression"),),
        )


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


def line_asked(y: Floats, v: Floats, x: Floats, form: str, test: str) -> Line:
    """The line.

    Raises:
        NotAskableError: sizes or effects are all the same. UsageError: unknown names.
    """
    from ..errors import ComputeError

    try:
        return line(y, v, x, form, test)
    except ComputeError as error:
        raise not_askable(error.problems[0].message.partition(":")[0], "there is nothing to mend") from error


OPTIONS = {
    "predictor": Option("sei", f"what effects are set against: {', '.join(PREDICTORS)}"),
    "form": Option("lm", f"{' or '.join(FORMS)}"),
    "test": Option("z", f"of the form rma: {', '.join(TESTS)}"),
}


def asked_egger(asked: Asked) -> Egger:
    """For the registry; options predictor, form and test."""
    return egger(asked.counts, asked.model, **asked.given(OPTIONS))
