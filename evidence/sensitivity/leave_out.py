"""Leave-one-out: the analysis without each study in turn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..pooling import specified
from ..pooling.notes import note
from ..pooling.result import Floats, Note
from .answer import not_askable
from .asked import Asked, Headlines, columns_of, headlines, known, plainly, rows_of
from .pictures import Intervals

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.result import Estimates

#: Fewer studies leave too little behind.
FEWEST = 3
#: Two estimates closer than this are the same.
ALIKE = 1e-9


@dataclass(frozen=True, slots=True)
class LeaveOneOut:
    """The analysis without each study in turn.

    Attributes:
        studies: Name of the study left out, length k. events, n: What is left, shape (k,).
        left: Estimates without it, shape (k,). whole: Estimates of all studies, shape (1,).
        model: The specification.
    """

    studies: tuple[str, ...]
    events: np.ndarray
    n: np.ndarray
    left: Estimates
    whole: Estimates
    model: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "leave-one-out"

    @property
    def shown(self) -> Headlines:
        """The reported number without each study."""
        return headlines(self.left, self.model)

    def __str__(self) -> str:
        shown, whole = self.shown, headlines(self.whole, self.model)
        there = np.flatnonzero(np.isfinite(shown.value))
        if there.size == 0:
            return "Without any one study there is no estimate left."
        if np.ptp(shown.value[there]) < ALIKE:
            return (
                f"Whichever study is left out, the {shown.name} is {display.percent(shown.value[there[0]])}; with all"
                f" it is {display.percent(whole.value[0])}."
            )
        low = there[shown.value[there].argmin()]
        high = there[shown.value[there].argmax()]
        return (
            f"Without any one study the {whole.name} lies between {self._end(shown.value, low)} and"
            f" {self._end(shown.value, high)}; with all it is {display.percent(whole.value[0])}."
        )

    def _end(self, values: Floats, i: int) -> str:
        """A value, and without whom it comes about."""
        alike = int(np.sum(np.abs(values - values[i]) < ALIKE)) - 1
        others = f" or {display.plural(alike, 'other')}" if alike else ""
        return f"{display.percent(values[i])} (without {self.studies[i]}{others})"

    def to_frame(self) -> pd.DataFrame:
        """One row per study left out: counts left, estimate, mean, limits, tau, status."""
        import pandas as pd

        return pd.DataFrame({"left_out": self.studies, "events": self.events, "n": self.n, **columns_of(self.left)})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows = [
            {"left_out": study, "events": int(events), "n": int(n), **row}
            for study, events, n, row in zip(self.studies, self.events, self.n, rows_of(self.left), strict=True)
        ]
        found = {"question": self.question, "model": self.model.to_dict(), "rows": rows, "sentence": str(self)}
        return {**found, "notes": [one.to_dict() for one in self.notes]}

    def picture(self) -> Intervals:
        """A row for each study left out, and the whole."""
        whole = headlines(self.whole, self.model)
        rows = [
            self.shown.row(
                i,
                f"without {study}",
                cells=(display.count(int(self.events[i]), int(self.n[i])),),
                remark=_remark(self.left, i),
            )
            for i, study in enumerate(self.studies)
        ]
        everything = whole.row(0, "all studies", cells=("",), primary=True, remark=_remark(self.whole, 0))
        said = " ".join(one.text for one in self.notes)
        return Intervals((*rows, everything), whole.name, ("left",), known(whole.value[0]), remark=said)


def _remark(found: Estimates, i: int) -> str | None:
    """The status of a row as a remark; none where it is nothing special."""
    return None if found.status[i] == "ok" else str(found.status[i])


def leave_one_out(counts: Counts, model: str | Model) -> LeaveOneOut:
    """The analysis without each study in turn, as one stack.

    Args:
        counts: One analysis, shape (k,); the arms of a study are left out together.

    Raises:
        NotAskableError: fewer than 3 studies.
    """
    model = specified(model)
    arms = counts.present()
    order = list(dict.fromkeys(arms.studies))
    if len(order) < FEWEST:
        raise not_askable("fewer than 3 studies", "add studies")
    member = np.array([[study == name for study in arms.studies] for name in order])
    stack = without(arms, member)
    spec = plainly(model)
    names = tuple(" + ".join(arms.labels[i] for i in np.flatnonzero(row)) for row in member)
    left = spec.estimate(stack)
    return LeaveOneOut(
        names,
        stack.events.sum(1),
        stack.n.sum(1),
        left,
        spec.estimate(arms.like(arms.events[None], arms.n[None], arms.labels, arms.studies, arms.keys)),
        spec,
        limits_of_two(spec, left, np.full(len(order), len(order) - 1)),
    )


def limits_of_two(model: Model, found: Estimates, studies: np.ndarray) -> tuple[Note, ...]:
    """That rows of two studies have limits by another quantile than the others, where the model has it so.

    Args:
        model: The specification. found: Rows of a stack. studies: Of each row, shape (rows,).
    """
    fitted = np.isin(found.status, ("ok", "tau-zero", "tau-infinite"))
    if getattr(model, "limits", None) != "profile-t" or not (fitted & (studies == 2)).any():
        return ()
    return (note("limits-of-two"),)


def without(arms: Counts, member: np.ndarray) -> Counts:
    """A stack with the arms in ``member`` (rows, k) absent from each row."""
    return arms.like(
        np.where(member, 0, arms.events), np.where(member, 0, arms.n), arms.labels, arms.studies, arms.keys
    )


def asked_leave_one_out(asked: Asked) -> LeaveOneOut:
    """For the registry."""
    return leave_one_out(asked.counts, asked.model)
