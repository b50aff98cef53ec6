"""One outcome counted in several ways: each as counts with exact limits, and all pooled by one model as one stack."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

import numpy as np
import numpy.typing as npt

from .. import display
from ..pooling.boundaries import blank
from ..pooling.notes import FEW_STUDIES, FEW_UNITS
from ..pooling.result import Estimates, Floats
from ..pooling.spread import estimates
from .asked import Headlines, columns_of, headlines, known, plainly, rows_of
from .pictures import IntervalRow, Intervals, Panels

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model

Integers = npt.NDArray[np.int64]

#: Statuses of counts that no model is asked about.
TOO_FEW, NO_ARMS = "too-few", "no-arms"

#: What a status is called beside a row; other statuses are printed as they are.
REMARKS = {
    "ok": None,
    "tau-zero": None,
    TOO_FEW: "too few to pool",
    NO_ARMS: "no arm left",
    "all-zero": "no events",
    "all-events": "only events",
    "no-fit": "no fit",
}


@dataclass(frozen=True, slots=True, eq=False)
class Way:
    """One way to count the outcome.

    Attributes:
        label: What was done. counts: The arms, shape (k,); None = no arm is left.
        primary: Whether it is the analysis itself.
        pool: False where the counts are not to be pooled, many as they may be (too many of them are assumed).
    """

    label: str
    counts: Counts | None
    primary: bool = False
    pool: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Varied:
    """The outcome counted in several ways.

    Attributes:
        labels: What was done, one for each way. primary: Whether it is the analysis itself, shape (ways,).
        events, n, arms, studies: What each way counts, shape (ways,).
        lower, upper: Exact limits of the totals, which assume one common probability; NaN without an arm.
        found: Estimates of each way, shape (ways,); NaN with status ``too-few`` (below 3 studies or 10 units) or
            ``no-arms``.
        model: The specification. units: What is counted, in the plural.
    """

    labels: tuple[str, ...]
    primary: npt.NDArray[np.bool_]
    events: Integers
    n: Integers
    arms: Integers
    studies: Integers
    lower: Floats
    upper: Floats
    found: Estimates
    model: Model
    units: str

    @classmethod
    def of(cls, ways: Sequence[Way], model: Model) -> Self:
        """Count and pool each way; ways with the same counts are fitted once."""
        from ..measures.limits import study_limits

        spec = plainly(model)
        present = [None if way.counts is None else way.counts.present() for way in ways]
        events, n, arms, studies = (
            np.array([0 if counts is None else int(size(counts)) for counts in present])
            for size in (_events, _units, _arms, _studies)
        )
        lower, upper = study_limits(events, n, "clopper-pearson", spec.level)
        units = next((counts.units for counts in present if counts is not None), "patients")
        primary = np.array([way.primary for way in ways])
        labels = tuple(way.label for way in ways)
        found = pooled(present, spec, [way.pool for way in ways])
        return cls(labels, primary, events, n, arms, studies, lower, upper, found, spec, units)

    @property
    def shown(self) -> Headlines:
        """The reported number of each way."""
        return headlines(self.found, self.model)

    @property
    def first(self) -> int:
        """Position of the analysis itself."""
        return int(self.primary.argmax())

    def counted(self, i: int) -> str:
        """``10 of 45 patients (22 %)``."""
        if self.n[i] == 0:
            return f"no {self.units}"
        share = display.percent(self.events[i] / self.n[i])
        return f"{self.events[i]} of {self.n[i]} {self.units} ({share})"

    def exactly(self, i: int) -> str:
        """``3 of 6 patients (50 %, exact limits 12 to 88 %)``."""
        if self.n[i] == 0:
            return self.counted(i)
        return f"{self.counted(i)[:-1]}, exact limits {display.percent_interval(self.lower[i], self.upper[i])})"

    @property
    def ends(self) -> tuple[int, int] | None:
        """Positions of the ways with the lowest and the highest reported number; None where none can be pooled."""
        there = np.flatnonzero(np.isfinite(self.shown.value))
        if there.size == 0:
            return None
        values = self.shown.value[there]
        return int(there[values.argmin()]), int(there[values.argmax()])

    def range(self, named: bool = False) -> str:
        """Where the reported number lies over the ways that can be pooled, as a clause.

        Args:
            named: Whether the ways with the lowest and the highest number are named.
        """
        shown, ends = self.shown, self.ends
        if ends is None:
            return "too few counts to pool"
        there = np.flatnonzero(np.isfinite(shown.value))
        left = np.array([status in (TOO_FEW, NO_ARMS) for status in self.found.status])
        low, high = (display.percent(shown.value[i]) for i in ends)
        who = [f" ({self.labels[i]})" if named and i != self.first else "" for i in ends]
        text = f"the {shown.name} goes from {low}{who[0]} to {high}{who[1]}"
        if low == high:
            text = f"the {shown.name} stays at {low}"
        if there.size == 1:
            text = f"only {self.labels[there[0]]} can be pooled: the {shown.name} is {low}"
        elif left.any():
            text += f" over the {there.size} of {len(self.labels)} ways with enough to pool"
        whole = shown.value[self.first]
        if there.size > 1 and np.isfinite(whole):
            text += f" ({display.percent(whole)} {self.labels[self.first]})"
        return text

    def to_frame(self) -> pd.DataFrame:
        """One row per way: what was done, counts, exact limits, then the estimates."""
        import pandas as pd

        return pd.DataFrame({"way": self.labels, **self._columns(), **columns_of(self.found)})

    def rows(self) -> list[dict[str, Any]]:
        """The same as plain rows for JSON."""
        found = []
        for i, row in enumerate(rows_of(self.found)):
            counts = {name: values[i].item() for name, values in self._columns().items()}
            limits = {name: known(counts[name]) for name in ("exact_lower", "exact_upper")}
            found.append({"way": self.labels[i], **counts, **limits, **row})
        return found

    def _columns(self) -> dict[str, np.ndarray]:
        return {
            "primary": self.primary,
            "events": self.events,
            "n": self.n,
            "arms": self.arms,
            "studies": self.studies,
            "exact_lower": self.lower,
            "exact_upper": self.upper,
        }

    def picture(self) -> Intervals | Panels:
        """The pooled ways; the counts where none can be pooled."""
        return self.pooled_picture() if np.isfinite(self.shown.value).any() else self.counts_picture()

    def panels(self) -> Intervals | Panels:
        """The counts, and below them what the model makes of them."""
        if not np.isfinite(self.shown.value).any():
            return self.counts_picture()
        return Panels((("As counts", self.counts_picture()), ("As pooled", self.pooled_picture())))

    def pooled_picture(self) -> Intervals:
        """A row for each way: the reported number."""
        shown = self.shown
        rows = [
            shown.row(i, label, (self._cell(i),), bool(self.primary[i]), remark(str(self.found.status[i])))
            for i, label in enumerate(self.labels)
        ]
        return Intervals(tuple(rows), shown.name, ("counts",), known(shown.value[self.first]))

    def counts_picture(self) -> Intervals:
        """A row for each way: the observed proportion with its exact limits."""
        rows = [
            IntervalRow(
                label,
                self.events[i] / self.n[i] if self.n[i] else None,
                known(self.lower[i]),
                known(self.upper[i]),
                (self._cell(i),),
                bool(self.primary[i]),
                None if self.n[i] else remark(NO_ARMS),
            )
            for i, label in enumerate(self.labels)
        ]
        return Intervals(tuple(rows), "observed proportion", ("counts",), rows[self.first].estimate)

    def _cell(self, i: int) -> str:
        return display.count(int(self.events[i]), int(self.n[i])) if self.n[i] else display.DASH


@dataclass(frozen=True, slots=True, eq=False)
class VariedAnswer:
    """An answer that is an outcome counted in several ways; a question adds what it knows besides, and its sentence.

    Attributes:
        varied: The ways.
    """

    varied: Varied

    question: ClassVar[str]

    @property
    def facts(self) -> dict[str, Any]:
        """What the answer holds besides its ways, as plain values."""
        return {}

    @property
    def rows(self) -> list[dict[str, Any]]:
        """The ways as plain rows for JSON."""
        return self.varied.rows()

    def to_frame(self) -> pd.DataFrame:
        """One row per way: counts, exact limits, estimates."""
        return self.varied.to_frame()

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "model": self.varied.model.to_dict(),
            **self.facts,
            "rows": self.rows,
            "sentence": str(self),
            "notes": [note.to_dict() for note in getattr(self, "notes", ())],
        }

    def picture(self) -> Intervals | Panels:
        """The ways as counts with exact limits, and below them pooled where there is enough."""
        return self.varied.panels()


def remark(status: str) -> str | None:
    """What stands beside a row of this status, or None."""
    return REMARKS.get(status, status)


def pooled(counts: Sequence[Counts | None], model: Model, wanted: Sequence[bool] = ()) -> Estimates:
    """Estimates of each of several analyses, shape (analyses,), fitted as one stack in which none comes twice.

    Analyses of fewer than 3 studies or 10 units, and those not ``wanted``, are not fitted: status ``too-few``; those
    of None are ``no-arms``.
    """
    return next(pooled_by([model], counts, wanted))


def pooled_by(
    models: Sequence[Model], counts: Sequence[Counts | None], wanted: Sequence[bool] = ()
) -> Iterator[Estimates]:
    """The same by each of several models, which the processes at hand share."""
    status = np.array([unpooled(one) for one in counts], dtype=blank(0).status.dtype)
    status[(status == "") & ~np.array(wanted or [True] * len(counts))] = TOO_FEW
    rows = np.flatnonzero(status == "")
    if rows.size == 0:
        yield from (_placed(status) for _ in models)
        return
    stack, inverse = distinct([one for i in rows.tolist() if (one := counts[i]) is not None])
    for found in estimates((model, stack) for model in models):
        out = _placed(status)
        for name in Estimates.__dataclass_fields__:
            getattr(out, name)[rows] = getattr(found, name)[inverse]
        yield out


def _placed(status: np.ndarray) -> Estimates:
    """No estimates, with a status that says why."""
    out = blank(status.size)
    out.status[:] = status
    return out


def distinct(counts: Sequence[Counts]) -> tuple[Counts, npt.NDArray[np.intp]]:
    """The different ones of several analyses as one stack, an arm (by its key) a column, and which row each is."""
    arms: dict[str, tuple[str, str]] = {}
    for one in counts:
        arms.update(zip(one.keys, zip(one.labels, one.studies, strict=True), strict=True))
    place = {key: i for i, key in enumerate(arms)}
    table = np.zeros((len(counts), 2, len(arms)), dtype=np.int64)
    for row, one in enumerate(counts):
        columns = [place[key] for key in one.keys]
        table[row, 0, columns], table[row, 1, columns] = one.events, one.n
    different, inverse = np.unique(table, axis=0, return_inverse=True)
    labels, studies = zip(*arms.values(), strict=True)
    stack = counts[0].like(different[:, 0], different[:, 1], labels, studies, list(arms))
    return stack, inverse.reshape(-1)


def unpooled(counts: Counts | None) -> str:
    """Why an analysis is not pooled, as a status; "" where it is."""
    if counts is None or counts.k == 0:
        return NO_ARMS
    return TOO_FEW if _studies(counts) < FEW_STUDIES or _units(counts) < FEW_UNITS else ""


def _events(counts: Counts) -> int:
    return int(counts.events.sum())


def _units(counts: Counts) -> int:
    return int(counts.n.sum())


def _arms(counts: Counts) -> int:
    return counts.k


def _studies(counts: Counts) -> int:
    return len(set(counts.studies))
