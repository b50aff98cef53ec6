"""An analysis as the questions see it: its counts, its model, its result and, where there is one, its review."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import numpy as np

from .. import display
from ..pooling.notes import FEW_STUDIES, FEW_UNITS
from ..pooling.result import Estimates, Floats
from .answer import not_askable
from .option import IN_FILE, Options, Spelling, chosen
from .pictures import IntervalRow

if TYPE_CHECKING:
    from ..counts import Counts
    from ..outcomes import Selection
    from ..pooling import Model
    from ..review.review import Review

#: Rows that every model answers alike.
ANSWERED_ALIKE = ("single-study", "all-zero", "all-events")
#: What these rows show: no model has any part in it.
OBSERVED = "observed proportion"

Progress = Callable[[str], None]


def silent(step: str) -> None:
    """Say nothing."""


@dataclass(frozen=True, slots=True, eq=False)
class Asked:
    """What a question is asked of.

    Attributes:
        selection: The arms of the outcome (counts, columns of each arm, context); of a review or of a bare table.
        model: The primary model.
        review: None for a bare table: questions about the curation can't be asked of it.
        outcome: Name of the outcome in the review, or None. where, time, unread: How its arms were selected.
        options: Options of the question by name (``most = 3``, ``seed = 1``); a question refuses what it doesn't know.
        store: Folder in which costly answers are kept by the hash of counts and options; None = nowhere.
        progress: Told what a long question is doing.
        spelling: How the one who asks writes an option, for what is said of options.
    """

    selection: Selection
    model: Model
    review: Review | None = None
    outcome: str | None = None
    where: Mapping[str, Any] = field(default_factory=dict)
    time: Any = None
    unread: str = "left-out"
    options: Mapping[str, Any] = field(default_factory=dict)
    store: Path | None = None
    progress: Progress = silent
    spelling: Spelling = IN_FILE

    @property
    def counts(self) -> Counts:
        """The arms in the pool, in the unit of the outcome."""
        return self.selection.counts.counted_in(self.selection.context.unit)

    def of_review(self) -> tuple[Review, str]:
        """The review and the name of the outcome.

        Raises:
            NotAskableError: there is no review behind these counts.
        """
        if self.review is None or self.outcome is None:
            raise not_askable("there is no review behind these counts", "ask it of a review folder")
        return self.review, self.outcome

    def refuse_too_few(self) -> None:
        """Refuse to vary what is not pooled in the first place.

        Raises:
            NotAskableError: fewer than 3 studies or 10 units (our thresholds).
        """
        studies = self.counts.present().by_study()
        if studies.k < FEW_STUDIES or studies.n.sum() < FEW_UNITS:
            n = int(studies.n.sum())
            found = f"{display.plural(studies.k, 'study', 'studies')} with {display.plural(n, studies.unit)}"
            few = f"fewer than {FEW_STUDIES} studies or {FEW_UNITS} {studies.units}"
            raise not_askable(f"{found} are too little to pool in the first place ({few})", "read the counts")

    def given(self, options: Options) -> dict[str, Any]:
        """The question's options: those given, the rest by default; whole numbers may be given for fractions.

        Raises:
            UsageError: an option that the question does not have, or a value of another kind than its default.
        """
        return chosen(self.options, options, self.spelling)

    def select(self, **changes: Any) -> Selection:
        """The same outcome selected another way: ``where`` (added to the analysis' own), ``time``, ``unread``.

        Raises:
            EvidenceError: as ``evidence.select``.
        """
        from ..outcomes import select

        review, outcome = self.of_review()
        where = {**self.where, **changes.pop("where", {})}
        options = {"time": self.time, "unread": self.unread, **changes}
        return select(review, outcome, where=where, **options)


def plainly(model: Model) -> Model:
    """The model without its prediction interval, which no question needs."""
    return cast("Model", replace(cast(Any, model), prediction="none")) if hasattr(model, "prediction") else model


@dataclass(frozen=True, slots=True)
class Headlines:
    """The number that is reported, for each row of a stack; NaN where not defined.

    Attributes:
        value, lower, upper: The marginal mean where the model has one, else its centre; shape (rows,).
        name: What it is: "average study (mean)", or the model's own centre.
    """

    value: Floats
    lower: Floats
    upper: Floats
    name: str

    def row(
        self, i: int, label: str, cells: tuple[str, ...] = (), primary: bool = False, remark: str | None = None
    ) -> IntervalRow:
        """Row ``i`` for a picture."""
        value, lower, upper = (known(numbers[i]) for numbers in (self.value, self.lower, self.upper))
        return IntervalRow(label, value, lower, upper, cells, primary, remark)


def headlines(found: Estimates, model: Model) -> Headlines:
    """The reported number of each row; the mean where the model has one, by the model's word where it has no median.

    Rows of one study, of no events or of events only show what was observed: where there are no others, that is the
    name.
    """
    alike = np.isin(found.status, ANSWERED_ALIKE)
    fitted = ~alike & (found.status != "no-fit")
    if alike.any() and not fitted.any():
        return Headlines(found.estimate, found.lower, found.upper, OBSERVED)
    if np.isfinite(found.mean[fitted]).any():
        name = "average study (mean)" if "median" in model.centre else model.centre
        return Headlines(found.mean, found.mean_lower, found.mean_upper, name)
    return Headlines(found.estimate, found.lower, found.upper, model.centre)


def known(value: float) -> float | None:
    """A plain number; None where it is not defined."""
    number = float(value)
    return number if np.isfinite(number) else None


def columns_of(found: Estimates) -> dict[str, Any]:
    """The fields of a stack's estimates as columns of a frame, the mean first; prediction limits are left out."""
    first = ("mean", "mean_lower", "mean_upper")
    names = (*first, *(f.name for f in fields(found) if not f.name.startswith("pi_") and f.name not in first))
    return {name: getattr(found, name) for name in names}


def rows_of(found: Estimates) -> list[dict[str, Any]]:
    """The same as plain rows for JSON."""
    columns = columns_of(found)
    return [
        {name: str(values[i]) if name == "status" else known(values[i]) for name, values in columns.items()}
        for i in range(found.status.size)
    ]
