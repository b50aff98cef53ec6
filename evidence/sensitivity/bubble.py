"""Regression on what is known of the arms: what goes with it, and a bubble plot."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, cast

import numpy as np

from .. import display
from ..errors import EvidenceError, UsageError
from ..pooling import specified
from ..pooling.design import Term
from ..pooling.regression import regress, regression_of
from ..pooling.regression_result import Coefficient, Predicted, Regressed, predict
from ..pooling.result import Floats, Note
from ..review.headers import fold
from .answer import not_askable
from .asked import Asked, known
from .cumulative import YEARS
from .option import Option
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
    """A regression on one column, or on several at once.

    Attributes:
        on: The columns. titles: Their headings. units: Column -> unit of its numbers, in the singular.
        fitted: The regression.
        at: Values of the column (numbers, or categories) for which ``line`` says what is expected; empty for several.
        line: Proportions expected there; None for several columns, of which no line can be drawn.
    """

    on: tuple[str, ...]
    titles: tuple[str, ...]
    units: Mapping[str, str]
    fitted: Regressed
    at: tuple[Any, ...]
    line: Predicted | None

    question: ClassVar[str] = "regression"

    @property
    def about(self) -> str | None:
        """What the question is about, where that is not the year."""
        return about(self.on, dict(zip(self.on, self.titles, strict=True)))

    @property
    def notes(self) -> tuple[Note, ...]:
        """Caveats of the regression: that nobody set the column by chance, above all."""
        return self.fitted.notes

    @property
    def p(self) -> float | None:
        """Of the column: of its coefficient, or of all its categories, or of all columns, at once."""
        if self.fitted.omnibus is not None:
            return self.fitted.omnibus.p
        return self.fitted.coefficients[1].p if len(self.fitted.coefficients) == 2 else None

    def __str__(self) -> str:
        head = f"By {self.fitted.model.name} regression of {self.fitted.k} studies"
        if self.line is None:
            return self._several(head)
        title, what, tail = _small(self.titles[0]), _what(self.line), self._tail("it")
        if self.fitted.design.terms[0].reference is not None:
            parts = [f"{at} {self._percent(i)}" for i, at in enumerate(self.at)]
            return f"{head}, the {what} by {title} is {', '.join(parts)} ({tail})."
        first, last = display.significant(self.at[0], 4), display.significant(self.at[-1], 4)
        odds = "".join(f"{said}, " for said in self._effects() if self._is_logit)
        return (
            f"{head}, the {what} goes from {self._percent(0)} at {title} {first} to {self._percent(-1)} at {last}"
            f" ({odds}{tail})."
        )

    def _several(self, head: str) -> str:
        """Each coefficient, the others held."""
        said = "; ".join(self._effects())
        return f"{head} on {_and(_small(t) for t in self.titles)} at once: {said} ({self._tail('them')})."

    def _tail(self, it: str) -> str:
        several = ", of all at once" if len(self.fitted.coefficients) > 2 and self.line is None else ""
        tested = "" if self.p is None else f"p {display.p_value(self.p)}{several}; "
        return f"{tested}studies that differ in {it} differ in other things too"

    @property
    def _is_logit(self) -> bool:
        scale = getattr(self.fitted.model, "scale", None)
        return scale is None or bool(scale.logit)

    def _effects(self) -> list[str]:
        """What each coefficient but the intercept's says: odds on a logit scale, else the effect itself."""
        return [
            f"{self._size(self.fitted.coefficient(column))} {words}"
            for term, title in zip(self.fitted.design.terms, self.titles, strict=True)
            for column, words in zip(term.columns, self._against(term, _small(title)), strict=True)
        ]

    def _against(self, term: Term, title: str) -> list[str]:
        """What is set against what, for each column of a term."""
        if term.reference is not None:
            levels = [level.replace("_", " ") for level in (term.reference, *term.levels)]
            return [f"for {title} {level} against {levels[0]}" for level in levels[1:]]
        unit = self.units.get(term.name)
        return (
            [f"per {unit}" + (f" of {title}" if len(self.on) > 1 and unit != title else "")]
            if unit
            else [f"for each 1 more of {title}"]
        )

    def _size(self, c: Coefficient) -> str:
        if not self._is_logit:
            return f"{display.number(c.estimate, 3)} [{_end(c.lower)} to {_end(c.upper)}] on the scale of the analysis"
        low = "0" if c.lower is None else display.ratio(_exp(c.lower))
        high = "no limit" if c.upper is None else display.ratio(_exp(c.upper))
        return f"odds times {display.ratio(_exp(c.estimate))} [{low} to {high}]"

    def _percent(self, i: int) -> str:
        value, lower, upper = (known(numbers[i]) for numbers in expected(cast("Predicted", self.line)))
        return f"{display.percent(value)} [{display.percent_interval(lower, upper)}]"

    def to_frame(self) -> pd.DataFrame:
        """One row per coefficient."""
        return self.fitted.to_frame()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "on": list(self.on),
            "regression": self.fitted.to_dict(),
            "at": list(self.at),
            "expected": None if self.line is None else self.line.to_dict(),
            "sentence": str(self),
        }

    def picture(self) -> Points | Intervals:
        """A bubble for each arm with the fitted curve and its limits; of categories a row for each.

        Of several columns a row for each coefficient.
        """
        if self.line is None:
            return self._coefficients()
        value, lower, upper = expected(self.line)
        term = self.fitted.design.terms[0]
        if term.reference is not None:
            arms = dict(zip((term.reference, *term.levels), term.arms, strict=True))
            rows = tuple(
                IntervalRow(str(at), known(value[i]), known(lower[i]), known(upper[i]), (str(arms[at]),))
                for i, at in enumerate(self.at)
            )
            return Intervals(rows, _what(self.line), ("arms",))
        counts, column = self.fitted.counts, self.fitted.design.values[:, 1]
        xs = tuple(float(at) for at in self.at)
        # The points are what was observed; the line is the model's. The second limit looks like the first.
        lines = ((value, f"{_what(self.line)} by the model"), (lower, "its limits"), (upper, ""))
        return Points(
            tuple(float(x) for x in column),
            tuple(float(share) for share in counts.events / counts.n),
            counts.labels,
            self.titles[0],
            "Observed proportion",
            size=tuple(float(n) for n in counts.n),
            lines=tuple((xs, tuple(map(float, y)), label) for y, label in lines if np.isfinite(y).all()),
            y_proportion=True,
            remark=self._without(),
        )

    def _without(self) -> str:
        """Who has no place on the axis."""
        without = [label for label, _ in self.fitted.design.left_out]
        return f"Not in the figure, as the column is empty: {', '.join(without)}." if without else ""

    def _labelled(self, name: str, title: str) -> str:
        unit = self.units.get(name)
        return f"{title}, per {unit}" if unit and unit != _small(title) else title

    def _coefficients(self) -> Intervals:
        words = [
            said.removeprefix("for ") if term.reference is not None else self._labelled(term.name, title)
            for term, title in zip(self.fitted.design.terms, self.titles, strict=True)
            for said in self._against(term, _small(title))
        ]
        coefficients = self.fitted.coefficients[1:]
        if not self._is_logit:
            plain = zip(words, coefficients, strict=True)
            rows = tuple(IntervalRow(said, c.estimate, c.lower, c.upper) for said, c in plain)
            return Intervals(rows, "difference on the scale of the analysis", reference=0.0, proportion=False)
        rows = tuple(
            IntervalRow(said, _exp(c.estimate), _odds(c.lower), _odds(c.upper))
            for said, c in zip(words, coefficients, strict=True)
        )
        return Intervals(rows, "odds ratio", reference=1.0, proportion=False, ratio=True)


def expected(line: Predicted) -> tuple[Floats, Floats, Floats]:
    """The reported proportions with limits: the mean where there is one, else the centre."""
    if np.isfinite(line.mean).any():
        return line.mean, line.mean_lower, line.mean_upper
    return line.estimate, line.lower, line.upper


def _what(line: Predicted) -> str:
    """What ``expected`` is a proportion of."""
    return "average study" if np.isfinite(line.mean).any() else "centre of the studies"


def _exp(log: float) -> float:
    return float(np.exp(np.clip(log, -700, 700)))


def _odds(limit: float | None) -> float | None:
    return None if limit is None else _exp(limit)


def _end(value: float | None) -> str:
    return "no limit" if value is None else display.number(value, 3)


def _small(title: str) -> str:
    """A heading as it stands in a sentence; one that starts with an abbreviation stays."""
    return title if title[1:2].isupper() else title[:1].lower() + title[1:]


def _and(words: Iterable[str]) -> str:
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def bubble(selection: Selected, model: str | Model, on: str | Sequence[str] = YEAR) -> Bubble:
    """Regress proportions on what is known of the arms: on one column, or on several at once.

    Args:
        selection: Of a review or a bare table. on: The columns; the year of publication if not given.
        model: An inverse-variance model is followed by the regression on its scale, any other by the logistic-normal.

    Raises:
        NotAskableError: no arm has the columns, one is the same in every arm, there are too few studies for them, or a
            coefficient has no finite estimate. UsageError: an unknown column.
    """
    columns = (on,) if isinstance(on, str) else tuple(on)
    if columns == (YEAR,) and not any(YEAR in cells for cells in selection.study_columns):
        raise not_askable("no year is known", f"name a column, or add one called {YEAR}")
    chosen = regression_of(specified(model), selection.counts)
    try:
        fitted = regress(selection, columns, chosen)
    except UsageError:
        raise
    except EvidenceError as error:
        raise not_askable(error.problems[0].message, error.problems[0].mend) from error
    context = selection.context
    units = {name: "year" for name in columns if fold(name) in YEARS} | dict(context.column_units)
    titles = tuple(heading_of(name, context.headings) for name in columns)
    if len(columns) > 1:
        return Bubble(columns, titles, units, fitted, (), None)
    term, (name,) = fitted.design.terms[0], columns
    at: tuple[Any, ...] = (term.reference, *term.levels)
    if term.reference is None:
        values = fitted.design.values[:, 1]
        at = tuple(float(x) for x in np.linspace(values.min(), values.max(), POINTS))
    return Bubble(columns, titles, units, fitted, at, predict(fitted, [{name: value} for value in at]))


def about(on: Sequence[str], headings: Mapping[str, str]) -> str | None:
    """What a regression on these columns is about; None for the year."""
    return None if tuple(on) == (YEAR,) else _and(_small(heading_of(name, headings)) for name in on)


def heading_of(name: str, headings: Mapping[str, str]) -> str:
    """The heading of a column, or its name in words."""
    return str(headings.get(name, name.replace("_", " ").capitalize()))


OPTIONS = {"on": Option((YEAR,), "columns of what is known of the arms, all in one regression")}


def asked_bubble(asked: Asked) -> Bubble:
    """For the registry; the option ``on`` names the column."""
    return bubble(asked.selection, asked.model, **asked.given(OPTIONS))
