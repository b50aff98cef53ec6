"""The multiverse: the outcome under every combination of the choices that an analyst could have made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from .. import display
from ..pooling import model as model_named
from ..pooling import specified
from ..pooling.notes import FEW_STUDIES, FEW_UNITS
from ..pooling.result import Estimates, Floats, Note
from ..pooling.spread import end_to_end
from ..workers import spread_over
from .answer import not_askable
from .asked import Asked, columns_of, headlines, known, plainly, rows_of
from .multiverse_grid import UNREAD, Grid, grid_of
from .pictures import IntervalRow, Intervals
from .varied import NO_ARMS, TOO_FEW, distinct, pooled_by, remark, unpooled

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..review.review import Review
    from ..workers import Workers

#: What unread extents are called where all of them are read one way.
BOUNDS = (UNREAD["as-non-events"], UNREAD["as-events"])
_REML = {"tau2": "REML", "limits": "hk-floor", "prediction": "none"}
#: The models that are crossed with everything else, by the words for them; the primary one takes the place of its like.
MODELS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "logistic-normal": ("logistic-normal", {}),
    "beta-binomial": ("beta-binomial", {}),
    "Bayesian": ("bayesian", {}),
    "inverse variance, logit": ("inverse-variance", {"measure": "PLO", **_REML}),
    "inverse variance, Freeman-Tukey": ("inverse-variance", {"measure": "PFT", **_REML}),
    "inverse variance, arcsine": ("inverse-variance", {"measure": "PAS", **_REML}),
}


@dataclass(frozen=True, slots=True)
class Specification:
    """One combination of choices, in the words that are printed.

    Attributes:
        model, sources, unread, overlap, case_reports: What was chosen.
        primary: Whether it is the analysis itself.
    """

    model: str
    sources: str
    unread: str
    overlap: str
    case_reports: str
    primary: bool

    @property
    def extreme(self) -> bool:
        """Whether unread extents are read at an extreme: a bound, and no analysis."""
        return self.unread in BOUNDS

    @property
    def choices(self) -> dict[str, str]:
        """Heading -> what was chosen."""
        return {
            "Model": self.model,
            "Sources": self.sources,
            "Unread extents": self.unread,
            "Overlap": self.overlap,
            "Case reports": self.case_reports,
        }


@dataclass(frozen=True, slots=True, eq=False)
class Multiverse:
    """The outcome under every combination of model, sources, unread extents, overlapping arms and case reports.

    Attributes:
        specifications: Each combination. events, n, studies: What it counts, shape (combinations,).
        found: Estimates, shape (combinations,); NaN where the status says that there is none (``too-few``: fewer than
            3 studies or 10 units; ``no-arms``; ``no-fit``).
        value, lower, upper: The reported number with its limits: the average study where the model has one, else the
            model's own centre; shape (combinations,).
        set_of: Number of the set of counts of each, shape (combinations,); -1 where no arm is left.
        complete: Whether every admissible choice of overlapping arms is among them.
        primary: The specification of the primary model.
    """

    specifications: tuple[Specification, ...]
    events: np.ndarray
    n: np.ndarray
    studies: np.ndarray
    found: Estimates
    value: Floats
    lower: Floats
    upper: Floats
    set_of: np.ndarray
    complete: bool
    primary: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "multiverse"

    @property
    def first(self) -> int:
        """Position of the analysis itself."""
        return next(i for i, one in enumerate(self.specifications) if one.primary)

    @property
    def sets(self) -> int:
        """How many different sets of counts there are."""
        return self._sets(np.ones(self.set_of.size, dtype=bool))

    def _sets(self, inside: npt.NDArray[np.bool_]) -> int:
        numbers = np.unique(self.set_of[inside])
        return int((numbers >= 0).sum())

    @property
    def bounding(self) -> npt.NDArray[np.bool_]:
        """Which read unread extents at an extreme, other than the analysis itself does."""
        own = self.specifications[self.first].unread
        return np.array([one.extreme and one.unread != own for one in self.specifications])

    @property
    def middle(self) -> tuple[float, float]:
        """The quarter and three-quarter points of the values that there are, bounds aside; NaN where there are none."""
        there = self._different(~self.bounding)
        if there.size == 0:
            return float("nan"), float("nan")
        low, high = np.quantile(there, (0.25, 0.75))
        return float(low), float(high)

    def __str__(self) -> str:
        inside = ~self.bounding
        there = self.value[inside & np.isfinite(self.value)]
        text = f"{int(inside.sum())} specifications on {display.plural(self._sets(inside), 'set')} of counts"
        if there.size == 0:
            return f"{text}, none of which gives an estimate{self._without(inside)}{self._bounds()}."
        every = "" if self.complete else "; overlapping arms are varied one group at a time"
        different = self._different(inside)
        which = "the estimates" if different.size == there.size else f"the {different.size} different ones"
        return (
            f"{text}, {there.size} with an estimate{self._without(inside)}: {which} lie between"
            f" {_span(there.min(), there.max())}, the middle half of them between {_span(*self.middle)};"
            f" {self._place(different)}{every}{self._bounds()}."
        )

    def _bounds(self) -> str:
        """How far the extreme readings of unread extents reach; "" where there are none."""
        there = self.value[self.bounding & np.isfinite(self.value)]
        if not self.bounding.any():
            return ""
        text = ". Unread extents read as all without, or all with, the outcome are bounds and no specifications"
        return f"{text}: they reach from {_ends(there)}" if there.size else f"{text}; none has an estimate"

    def _different(self, inside: npt.NDArray[np.bool_]) -> Floats:
        """The values, those of one model on the same counts once."""
        there = np.flatnonzero(inside & np.isfinite(self.value))
        alike = {
            (self.specifications[i].model, self.events[i], self.n[i], round(float(self.value[i]), 9)): i for i in there
        }
        return self.value[sorted(alike.values())]

    def _without(self, inside: npt.NDArray[np.bool_]) -> str:
        """Why the others have none, with their numbers."""
        status = self.found.status[inside]
        counts = {
            "too few to pool": int(np.sum(status == TOO_FEW)),
            "without an arm": int(np.sum(status == NO_ARMS)),
        }
        counts["without a fit"] = int(np.sum(~np.isfinite(self.value[inside]))) - sum(counts.values())
        named = ", ".join(f"{count} {what}" for what, count in counts.items() if count)
        return f" ({named})" if named else ""

    def _place(self, there: Floats) -> str:
        value = self.value[self.first]
        if not np.isfinite(value):
            return "the analysis itself has no estimate"
        # A hair of tolerance: equal analyses differ in their last digits.
        below, above = int(np.sum(there < value - 1e-9)), int(np.sum(there > value + 1e-9))
        return f"the analysis itself, {display.percent(value)}, has {below} of them below it and {above} above it"

    def to_frame(self) -> pd.DataFrame:
        """One row per specification: its choices, counts, reported number, estimates."""
        import pandas as pd

        chosen = pd.DataFrame([{f.name: getattr(one, f.name) for f in fields(one)} for one in self.specifications])
        reported = {"value": self.value, "value_lower": self.lower, "value_upper": self.upper}
        return chosen.assign(bound=self.bounding, **self._counts(), **reported, **columns_of(self.found))

    def _counts(self) -> dict[str, np.ndarray]:
        return {"events": self.events, "n": self.n, "studies": self.studies}

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows, bounding = [], self.bounding
        for i, (one, row) in enumerate(zip(self.specifications, rows_of(self.found), strict=True)):
            chosen = {f.name: getattr(one, f.name) for f in fields(one)}
            counts = {name: int(values[i]) for name, values in self._counts().items()}
            reported = {"value": self.value[i], "value_lower": self.lower[i], "value_upper": self.upper[i]}
            values = {name: known(number) for name, number in reported.items()}
            rows.append({**chosen, "bound": bool(bounding[i]), **counts, **values, **row})
        return {
            "question": self.question,
            "model": self.primary.to_dict(),
            "sets": self.sets,
            "complete": self.complete,
            "rows": rows,
            "sentence": str(self),
        }

    def picture(self) -> Intervals:
        """The specification curve by the value; without those that have none, and choices that do not vary."""
        heads = [
            head
            for head in self.specifications[0].choices
            if len({one.choices[head] for one in self.specifications}) > 1
        ]
        order = np.argsort(self.value, kind="stable")[: np.isfinite(self.value).sum()]
        rows = []
        for i in order:
            one = self.specifications[i]
            limits = (known(self.value[i]), known(self.lower[i]), known(self.upper[i]))
            label = display.count(int(self.events[i]), int(self.n[i]))
            cells = tuple(one.choices[head] for head in heads)
            rows.append(IntervalRow(label, *limits, cells, one.primary, remark(str(self.found.status[i]))))
        axis = "average study (mean), or the model's own centre"
        return Intervals(tuple(rows), axis, tuple(heads), known(self.value[self.first]), specification=True)


def multiverse(
    review: Review,
    outcome: str,
    model: str | Model,
    where: Mapping[str, Any] | None = None,
    time: Any = None,
    unread: str = "left-out",
    workers: Workers | int | None = None,
) -> Multiverse:
    """The outcome under every combination of the choices that could have been made.

    Crossed are: six models, the primary among them; all sources, full texts only, high confidence only, and both;
    unread extents left out, as without the outcome, and as with it (where the outcome is part of another); every
    admissible choice of the arms that share patients; case reports in and out. The different sets of counts are fitted
    once by each model, as one stack. Combinations without an estimate are kept, with their status.

    Args:
        review, outcome: The review, and the name of the outcome.
        model: The primary model; one that is not like any of the six is a seventh.
        where, time, unread: How the analysis itself selects arms and rows, as for ``evidence.select``.
        workers: Processes that share the models, see ``evidence.spread_over``.

    Raises:
        NotAskableError: the analysis itself has too few counts to pool.
    """
    model = specified(model)
    grid = grid_of(review, outcome, where or {}, time, unread)
    _refuse_unpooled(grid)
    counts, primary, models = [cell.counts for cell in grid.cells], plainly(model), _models(model)
    with spread_over(workers):
        fits = dict(zip(models, pooled_by(list(models.values()), counts), strict=True))
    shown = [headlines(fits[name], spec) for name, spec in models.items()]
    events, n, studies = (np.tile(sizes, len(models)) for sizes in _sizes(counts))
    return Multiverse(
        specifications=tuple(
            Specification(name, *cell.words, primary=cell.primary and spec == primary)
            for name, spec in models.items()
            for cell in grid.cells
        ),
        events=events,
        n=n,
        studies=studies,
        found=end_to_end(list(fits.values())),
        value=np.concatenate([one.value for one in shown]),
        lower=np.concatenate([one.lower for one in shown]),
        upper=np.concatenate([one.upper for one in shown]),
        set_of=np.tile(_numbers(counts), len(models)),
        complete=grid.complete,
        primary=primary,
    )


def _refuse_unpooled(grid: Grid) -> None:
    own = next(cell.counts for cell in grid.cells if cell.primary)
    if own is not None and unpooled(own):
        reason = (
            f"the analysis itself has fewer than {FEW_STUDIES} studies or {FEW_UNITS} {own.units}, and is not pooled"
        )
        raise not_askable(reason, "add studies")


def _models(primary: Model) -> dict[str, Model]:
    """The models by their words, at the level of the primary one, which takes the place of its like or comes first."""
    own = plainly(primary)
    found = {words: model_named(name, **options, level=primary.level) for words, (name, options) in MODELS.items()}
    alike = [words for words, spec in found.items() if _kind(spec) == _kind(own)]
    if alike:
        return {words: own if words == alike[0] else spec for words, spec in found.items()}
    measure = getattr(own, "measure", None)
    return {own.name if measure is None else f"{own.name}, {measure}": own, **found}


def _kind(spec: Model) -> tuple[str, Any]:
    return spec.name, getattr(spec, "measure", None)


def _sizes(counts: Sequence[Counts | None]) -> np.ndarray:
    """Events, units and studies of each, shape (3, analyses)."""
    sizes = [(0, 0, 0) if one is None else (one.events.sum(), one.n.sum(), len(set(one.studies))) for one in counts]
    return np.array(sizes, dtype=np.int64).T


def _numbers(counts: Sequence[Counts | None]) -> np.ndarray:
    """Which set of counts each one is; -1 where there is none."""
    found = np.full(len(counts), -1)
    there = [i for i, one in enumerate(counts) if one is not None]
    found[there] = distinct([one for one in counts if one is not None])[1]
    return found


def _span(low: float, high: float) -> str:
    return f"{display.percent(float(low))} and {display.percent(float(high))}"


def _ends(values: Floats) -> str:
    return f"{display.percent(float(values.min()))} to {display.percent(float(values.max()))}"


def asked_multiverse(asked: Asked) -> Multiverse:
    """For the registry."""
    review, outcome = asked.of_review()
    return multiverse(review, outcome, asked.model, asked.where, asked.time, asked.unread)
