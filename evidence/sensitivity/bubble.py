"""Regression on one thing known of the arms: what goes with it, and a bubble plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..errors import EvidenceError, UsageError
from ..pooling.design import Term
from ..pooling.regression import regress, regression_of
from ..pooling.regression_result import Predicted, Regressed, predict
from ..pooling.result import Floats, Note
from .answer import not_askable
from .asked import Asked, known
from .pictures import IntervalRow, Intervals, Points

if TYPE_CHECKING:
    import pandas as pd

    from ..pooling import Model
    from ..pooling.subgroups import Selected

#: What is regressed on where nothing is named.
YEAR = "year"
#: Points of the fitted curve.
POINTS = 21


@dataclass(frozen=True, slots=True)
class Bubble:
    """A regression on one column.

    Attributes:
        on: The column. title: Its heading.
        fitted: The regression.
        at: Values of the column (numbers, or categories) for which ``line`` says what is expected.
        line: Proportions expected there.
    """

    on: str
    title: str
    fitted: Regressed
    at: tuple[Any, ...]
    line: Predicted

    question: ClassVar[str] = "regression"

    @property
    def notes(self) -> tuple[Note, ...]:
        """Caveats of the regression: that nobody set the column by chance, above all."""
        return self.fitted.notes

    @property
    def term(self) -> Term:
        """How the column is coded."""
        return self.fitted.design.terms[0]

    @property
    def expected(self) -> tuple[Floats, Floats, Floats]:
        """The reported proportion at each of ``at``, with limits: the mean where there is one, else the centre."""
        line = self.line
        if np.isfinite(line.mean).any():
            return line.mean, line.mean_lower, line.mean_upper
        return line.estimate, line.lower, line.upper

    @property
    def what(self) -> str:
        """What ``expected`` is a proportion of."""
        return "average study" if np.isfinite(self.line.mean).any() else "centre of the studies"

    @property
    def p(self) -> float | None:
        """Of the column: of its coefficient, or of all its categories at once."""
        if self.fitted.omnibus is not None:
            return self.fitted.omnibus.p
        return self.fitted.coefficients[1].p

    def __str__(self) -> str:
        head = f"By {self.fitted.model.name} regression of {self.fitted.k} studies"
        tail = f"p {display.p_value(self.p)}; studies that differ in it differ in other things too"
        if self.term.reference is not None:
            parts = [f"{at} {self._percent(i)}" for i, at in enumerate(self.at)]
            return f"{head}, the {self.what} by {self.title.lower()} is {', '.join(parts)} ({tail})."
        first, last = display.significant(self.at[0], 4), display.significant(self.at[-1], 4)
        return (
            f"{head}, the {self.what} goes from {self._percent(0)} at {self.title.lower()} {first} to"
            f" {self._percent(-1)} at {last} ({self._odds()}{tail})."
        )

    def _odds(self) -> str:
        """What the coefficient of a column of numbers says, on a logit scale."""
        scale = getattr(self.fitted.model, "scale", None)
        if scale is not None and not scale.logit:
            return ""
        slope = self.fitted.coefficient(self.on)
        low = "0" if slope.lower is None else display.significant(float(np.exp(slope.lower)))
        high = "no limit" if slope.upper is None else display.significant(float(np.exp(slope.upper)))
        return f"odds times {display.significant(float(np.exp(slope.estimate)))} [{low} to {high}] for each 1 more, "

    def _percent(self, i: int) -> str:
        value, lower, upper = (known(numbers[i]) for numbers in self.expected)
        return f"{display.percent(value)} [{display.percent_interval(lower, upper)}]"

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient."""
        return self.fitted.to_frame()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "on": self.on,
            "regression": self.fitted.to_dict(),
            "at": list(self.at),
            "expected": self.line.to_dict(),
            "sentence": str(self),
        }

    def picture(self) -> Points | Intervals:
        """A bubble for each arm with the fitted curve and its limits; of categories a row for each."""
        value, lower, upper = self.expected
        if self.term.reference is not None:
            arms = dict(zip((self.term.reference, *self.term.levels), self.term.arms, strict=True))
            rows = tuple(
                IntervalRow(str(at), known(value[i]), known(lower[i]), known(upper[i]), (str(arms[at]),))
                for i, at in enumerate(self.at)
            )
            return Intervals(rows, self.what, ("arms",))
        counts, column = self.fitted.counts, self.fitted.design.values[:, 1]
        xs = tuple(float(at) for at in self.at)
        # The points are what was observed; the line is the model's. The second limit looks like the first.
        lines = ((value, f"{self.what} by the model"), (lower, "its limits"), (upper, ""))
        return Points(
            tuple(float(x) for x in column),
            tuple(float(share) for share in counts.events / counts.n),
            counts.labels,
            self.title,
            "Observed proportion",
            size=tuple(float(n) for n in counts.n),
            lines=tuple((xs, tuple(map(float, y)), label) for y, label in lines if np.isfinite(y).all()),
            y_proportion=True,
        )


def bubble(selection: Selected, model: Model, on: str = YEAR) -> Bubble:
    """Regress proportions on one column of what is known of the arms.

    Args:
        selection: Of a review or a bare table. on: The column; the year of publication if not given.
        model: An inverse-variance model is followed by the regression on its scale, any other by the logistic-normal.

    Raises:
        NotAskableError: no arm has the column, it is the same in every one, there are too few studies for it, or its
            coefficient has no finite estimate. UsageError: an unknown column.
    """
    if on == YEAR and not any(YEAR in cells for cells in selection.study_columns):
        raise not_askable("no year is known", f"name a column, or add one called {YEAR}")
    chosen = regression_of(model, selection.counts)
    try:
        fitted = regress(selection, (on,), chosen)
    except UsageError:
        raise
    except EvidenceError as error:
        raise not_askable(error.problems[0].message, error.problems[0].mend) from error
    term = fitted.design.terms[0]
    if term.reference is not None:
        at: tuple[Any, ...] = (term.reference, *term.levels)
    else:
        column = fitted.design.values[:, 1]
        at = tuple(float(x) for x in np.linspace(column.min(), column.max(), POINTS))
    title = str(selection.context.headings.get(on, on.replace("_", " ").capitalize()))
    return Bubble(on, title, fitted, at, predict(fitted, [{on: value} for value in at]))


def asked_bubble(asked: Asked) -> Bubble:
    """For the registry; the option ``on`` names the column."""
    return bubble(asked.selection, asked.model, **asked.given(on=YEAR))
