"""The report-size curve: the analysis as small reports go, and as large ones go."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
import numpy.typing as npt

from .. import display
from ..measures.limits import study_limits
from ..pooling import specified
from ..pooling.notes import FEW_STUDIES, FEW_UNITS, SERIES_SIZE
from ..pooling.result import Estimates, Floats, Note
from .answer import not_askable
from .asked import OBSERVED, Asked, Headlines, columns_of, headlines, known, plainly, rows_of
from .pictures import Curve, Curves

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model

Integers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept at each size, arrays of shape (sizes,).

    Attributes:
        k: Studies. events, n: Their totals. lower, upper: Exact limits of events / n, which assume one proportion.
        found: Estimates.
    """

    k: Integers
    events: Integers
    n: Integers
    lower: Floats
    upper: Floats
    found: Estimates

    @property
    def pooled(self) -> npt.NDArray[np.bool_]:
        """Where there is enough to pool: elsewhere the counts are the result."""
        return np.asarray((self.k >= FEW_STUDIES) & (self.n >= FEW_UNITS))

    def columns(self) -> dict[str, Any]:
        """As columns of a frame."""
        counts = {"k": self.k, "events": self.events, "n": self.n, "observed": self.events / self.n}
        exact = {"observed_lower": self.lower, "observed_upper": self.upper, "pooled": self.pooled}
        return {**counts, **exact, **columns_of(self.found)}


@dataclass(frozen=True, slots=True)
class ReportSize:
    """The analysis with only the reports of at least, and of at most, each size.

    Attributes:
        sizes: Every distinct size of a study, ascending.
        at_least, at_most: What is kept at each of them.
        unit: What is counted, in the singular. model: The specification.
    """

    sizes: tuple[int, ...]
    at_least: Kept
    at_most: Kept
    unit: str
    model: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "report-size"

    def __str__(self) -> str:
        shown, kept = headlines(self.at_least.found, self.model), self.at_least
        named = list(dict.fromkeys((1, self._series(), len(self.sizes) - 1)))
        if self._bare:
            everywhere = [f"{self._counted(i)} {self._which(i)}" for i in named]
            return (
                "; ".join([f"In all {kept.k[0]} studies the outcome was counted in {self._counted(0)}", *everywhere])
                + "."
            )
        parts = [self._said(shown, i) for i in named]
        everything = f"all {kept.k[0]} studies ({display.plural(int(kept.n[0]), self.unit)})"
        if kept.pooled[0] and np.isfinite(shown.value[0]):
            start = f"The {shown.name} is {display.percent(shown.value[0])} in {everything}"
        else:
            start = f"In {everything} the outcome was counted in {self._counted(0)}, too few to pool"
        return "; ".join([start, *parts]) + "."

    def _series(self) -> int:
        """The position of the first series; where every report is one, of the size that half of the studies have."""
        first = int(np.searchsorted(self.sizes, SERIES_SIZE))
        if 0 < first < len(self.sizes):
            return first
        k = self.at_least.k
        return int(np.flatnonzero(k >= k[0] / 2)[-1]) or 1

    @property
    def _bare(self) -> bool:
        """Whether there are no events, or only events, so that nothing but counts can be shown."""
        return headlines(self.at_least.found, self.model).name == OBSERVED

    def _which(self, i: int) -> str:
        kept, size = self.at_least, display.plural(self.sizes[i], self.unit)
        return f"in the {kept.k[i]} of {size} or more" if kept.k[i] > 1 else f"in the one of {size}"

    def _said(self, shown: Headlines, i: int) -> str:
        kept, which = self.at_least, self._which(i)
        if kept.pooled[i] and np.isfinite(shown.value[i]):
            return f"{display.percent(shown.value[i])} {which} ({display.plural(int(kept.n[i]), self.unit)} left)"
        return f"{self._counted(i)} {which}, too few to pool"

    def _counted(self, i: int) -> str:
        kept = self.at_least
        exact = display.percent_interval(kept.lower[i], kept.upper[i])
        observed = display.percent(kept.events[i] / kept.n[i])
        return f"{kept.events[i]} of {kept.n[i]} ({observed}, exact limits {exact})"

    def to_frame(self) -> pd.DataFrame:
        """One row per size and side: what is kept, its count with exact limits, the estimates."""
        import pandas as pd

        parts = [
            pd.DataFrame({"kept": name, "size": self.sizes, **kept.columns()})
            for name, kept in (("at least", self.at_least), ("at most", self.at_most))
        ]
        return pd.concat(parts, ignore_index=True)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "model": self.model.to_dict(),
            "at_least": self._rows(self.at_least),
            "at_most": self._rows(self.at_most),
            "sentence": str(self),
        }

    def _rows(self, kept: Kept) -> list[dict[str, Any]]:
        return [
            {
                "size": size,
                "k": int(kept.k[i]),
                "events": int(kept.events[i]),
                "n": int(kept.n[i]),
                "observed_lower": float(kept.lower[i]),
                "observed_upper": float(kept.upper[i]),
                "pooled": bool(kept.pooled[i]),
                **row,
            }
            for i, (size, row) in enumerate(zip(self.sizes, rows_of(kept.found), strict=True))
        ]

    def picture(self) -> Curves:
        """The number with limits over the smallest size kept, the observed count, and the number over the largest."""
        shown, kept = headlines(self.at_least.found, self.model), self.at_least
        most = headlines(self.at_most.found, self.model)
        larger, smaller = (f"reports of this size or {which}" for which in ("larger", "smaller"))
        curves: tuple[Curve, ...] = (
            self._curve(f"{shown.name}, {larger}", shown, kept),
            Curve("observed count, this size or larger", tuple(float(p) for p in kept.events / kept.n)),
            self._curve(f"{most.name}, {smaller}", most, self.at_most),
        )
        if self._bare:
            curves = (
                self._observed(f"{OBSERVED}, {larger}", kept),
                self._observed(f"{OBSERVED}, {smaller}", self.at_most),
            )
        ticks = tuple(
            f"{size}\n{display.plural(int(k), 'study', 'studies')}" for size, k in zip(self.sizes, kept.k, strict=True)
        )
        label, all_of_them = f"Size of the report ({self.unit}s)", known(shown.value[0])
        x = tuple(float(size) for size in self.sizes)
        return Curves(x, label, shown.name, curves, ticks, all_of_them, log_x=True)

    def _observed(self, label: str, kept: Kept) -> Curve:
        """The counts with their exact limits."""
        y, lower, upper = (tuple(map(float, v)) for v in (kept.events / kept.n, kept.lower, kept.upper))
        return Curve(label, y, lower, upper)

    def _curve(self, label: str, shown: Headlines, kept: Kept) -> Curve:
        y, lower, upper = (
            tuple(known(value) if there else None for value, there in zip(values, kept.pooled, strict=True))
            for values in (shown.value, shown.lower, shown.upper)
        )
        return Curve(label, y, lower, upper)


def report_size(counts: Counts, model: str | Model) -> ReportSize:
    """The analysis with only the reports of at least, and of at most, each size, as one stack.

    Args:
        counts: One analysis, shape (k,); the arms of a study are one report, of their sum's size.

    Raises:
        NotAskableError: fewer than 3 studies, or all of one size.
    """
    model = specified(model)
    studies = counts.present().by_study()
    if studies.k < FEW_STUDIES:
        raise not_askable("fewer than 3 studies", "add studies")
    sizes = np.unique(studies.n)
    if sizes.size < 2:
        raise not_askable("all reports have the same size", "add reports of other sizes")
    member = np.concatenate([studies.n >= sizes[:, None], studies.n <= sizes[:, None]])
    stack = studies.like(
        np.where(member, studies.events, 0),
        np.where(member, studies.n, 0),
        studies.labels,
        studies.studies,
        studies.keys,
    )
    spec = plainly(model)
    found = spec.estimate(stack)
    x, n, k = stack.events.sum(1), stack.n.sum(1), member.sum(1)
    lower, upper = study_limits(x, n, "clopper-pearson", spec.level)

    def kept(part: slice) -> Kept:
        estimates = Estimates(**{name: getattr(found, name)[part] for name in Estimates.__dataclass_fields__})
        return Kept(k[part], x[part], n[part], lower[part], upper[part], estimates)

    half = sizes.size
    return ReportSize(
        tuple(int(size) for size in sizes), kept(slice(None, half)), kept(slice(half, None)), studies.unit, spec
    )


def asked_report_size(asked: Asked) -> ReportSize:
    """For the registry."""
    return report_size(asked.counts, asked.model)
