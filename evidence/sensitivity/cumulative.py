"""Cumulative analysis: how the result came about as studies were added by year, by size or by precision."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..errors import unknown
from ..pooling import specified
from ..pooling.anatomy import known_effects
from ..pooling.notes import note
from ..pooling.result import Floats, Note
from .answer import not_askable
from .asked import Asked, Headlines, columns_of, headlines, known, plainly, rows_of
from .leave_out import limits_of_two, without
from .option import Option
from .pictures import Intervals

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..outcomes import Selection
    from ..pooling import Model
    from ..pooling.result import Estimates

#: Order -> what it sorts by, in words.
ORDERS: Mapping[str, str] = {"year": "year", "size": "size", "precision": "precision"}
#: Fewer studies have no history.
FEWEST = 3
#: Additions over which the reading says how far the result still moved (J).
LAST_ADDITIONS = 5
#: Folded headings of a column of years.
YEARS = ("year", "publicationyear", "pubyear")
#: Why a row has no fit of its own, in words.
_SO_FAR: Mapping[str, str] = {
    "single-study": "one study",
    "all-zero": "no events so far",
    "all-events": "only events so far",
    "tau-infinite": "every study all or none so far",
    "tau-not-identified": "one unit in each study so far",
    "no-fit": "no fit",
}


@dataclass(frozen=True, slots=True)
class Cumulative:
    """The analysis after each study that was added.

    Attributes:
        by: ``year``, ``size`` or ``precision``.
        studies: In the order in which they were added. added_by: The year, the size or the sampling variance of each;
            None without a year.
        events, n: All so far, shape (studies,). so_far: Estimates of all so far, shape (studies,).
        model: The specification. notes: Studies without a year, and ties.
    """

    by: str
    studies: tuple[str, ...]
    added_by: tuple[float | None, ...]
    events: np.ndarray
    n: np.ndarray
    so_far: Estimates
    model: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "cumulative"

    @property
    def undated(self) -> tuple[str, ...]:
        """Studies without a year, which come last."""
        return tuple(study for study, key in zip(self.studies, self.added_by, strict=True) if key is None)

    def __str__(self) -> str:
        shown = headlines(self.so_far, self.model)
        there = np.flatnonzero(np.isfinite(shown.value))
        if there.size == 0:
            return "There is no estimate at any step."
        # Studies without a year tell nothing of how the result came about.
        placed = there[there < len(self.studies) - len(self.undated)]
        if placed.size == 0:
            return f"Before studies without a {self._placed_by} were added there is no estimate."
        first, last = int(placed[0]), int(placed[-1])
        late = shown.value[placed[-min(LAST_ADDITIONS, placed.size) :]]
        return (
            f"{self._added()}, the {shown.name} went from {display.percent(shown.value[first])} ({self._point(first)})"
            f" to {display.percent(shown.value[last])} ({self._point(last)}), and over the last"
            f" {display.plural(late.size, 'step')} it lay between {display.percent(late.min())} and"
            f" {display.percent(late.max())}{self._tail(shown)}."
        )

    @property
    def _placed_by(self) -> str:
        return "year" if self.by == "year" else "variance"

    def _tail(self, shown: Headlines) -> str:
        """What the studies without a year, which come last, make of it."""
        undated = len(self.undated)
        if not undated:
            return ""
        studies, come = display.plural(undated, "study", "studies"), "comes" if undated == 1 else "come"
        value = known(shown.value[-1])
        makes = (
            ""
            if value is None
            else f" and makes it {display.percent(value)}"
            if undated == 1
            else (f" and make it {display.percent(value)}")
        )
        return f"; {studies} without a {self._placed_by} {come} after these{makes}"

    def _added(self) -> str:
        return {
            "year": "As studies were published",
            "size": "Adding the largest study first",
            "precision": "Adding the most precise study first",
        }[self.by]

    def _point(self, i: int) -> str:
        if i == 0:
            return f"{self.studies[0]} alone"
        return f"all {i + 1} studies" if i + 1 == len(self.studies) else f"{i + 1} studies"

    def to_frame(self) -> pd.DataFrame:
        """One row per study added: what it was added by, counts so far, estimate, mean, limits, tau, status."""
        import pandas as pd

        counted = {"added": self.studies, "added_by": self.added_by, "events": self.events, "n": self.n}
        return pd.DataFrame({**counted, **columns_of(self.so_far)})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows = [
            {"added": self.studies[i], "added_by": self.added_by[i], "events": int(self.events[i]), "n": int(self.n[i])}
            | row
            for i, row in enumerate(rows_of(self.so_far))
        ]
        found = {"question": self.question, "by": self.by, "model": self.model.to_dict(), "rows": rows}
        return {**found, "sentence": str(self), "notes": [note.to_dict() for note in self.notes]}

    def picture(self) -> Intervals:
        """A row for each study added, the last being the analysis itself."""
        shown = headlines(self.so_far, self.model)
        last = len(self.studies) - 1
        rows = [
            shown.row(
                i,
                study if i == 0 else f"+ {study}",
                cells=(self._key(i), display.count(int(self.events[i]), int(self.n[i]))),
                primary=i == last,
                remark=_SO_FAR.get(str(self.so_far.status[i])),
            )
            for i, study in enumerate(self.studies)
        ]
        heads = ({"year": "year", "size": "size", "precision": "variance or size"}[self.by], "so far")
        said = " ".join(one.text for one in self.notes)
        return Intervals(tuple(rows), shown.name, heads, known(shown.value[last]), remark=said)

    def _key(self, i: int) -> str:
        key = self.added_by[i]
        if key is None:
            return display.DASH
        return str(int(key)) if float(key).is_integer() else display.significant(key)


def cumulative(
    data: Counts | Selection, model: str | Model, by: str = "year", years: Sequence[int | None] | None = None
) -> Cumulative:
    """The analysis after each study that is added, as one stack.

    Args:
        data: One analysis of shape (k,), or a selection, which knows the years of its arms. The arms of a study are
            added together, at the first of their years.
        by: ``year`` (oldest first, those without a year last), ``size`` (largest first), or ``precision`` (smallest
            sampling variance on the model's scale first; largest first for models without known variances). Ties stay
            in the order of the table.
        years: Year of each arm, None where not known; those of the selection if not given.

    Raises:
        NotAskableError: fewer than 3 studies, or no year is known. UsageError: an unknown order.
    """
    model = specified(model)
    if by not in ORDERS:
        raise unknown("order", by, tuple(ORDERS))
    counts, known_years = _parts(data, years)
    inside = np.flatnonzero(counts.n > 0)
    arms = counts.take(inside)
    names = list(dict.fromkeys(arms.studies))
    if len(names) < FEWEST:
        raise not_askable("fewer than 3 studies", "add studies")
    member = np.array([[study == name for study in arms.studies] for name in names])
    spec = plainly(model)
    keys = _keys(by, spec, arms, member, None if known_years is None else [known_years[int(i)] for i in inside])
    rank = np.where(np.isnan(keys), np.inf, -keys if _largest_first(by, spec, arms) else keys)
    order = np.argsort(rank, kind="stable")
    labels = [" + ".join(arms.labels[i] for i in np.flatnonzero(row)) for row in member]
    entered = np.argsort(order)
    absent = (entered[None, :] > np.arange(len(names))[:, None]) @ member.astype(np.int64) > 0
    stack = without(arms, absent)
    so_far = spec.estimate(stack)
    said = _notes(by, [labels[i] for i in order], keys[order])
    return Cumulative(
        by,
        tuple(labels[i] for i in order),
        tuple(known(keys[i]) for i in order),
        stack.events.sum(1),
        stack.n.sum(1),
        so_far,
        spec,
        (*said, *limits_of_two(spec, so_far, np.arange(1, len(names) + 1))),
    )


def _parts(data: Counts | Selection, years: Sequence[int | None] | None) -> tuple[Counts, Sequence[int | None] | None]:
    """Counts, and the year of each arm where there are years."""
    from ..counts import Counts

    if isinstance(data, Counts):
        return data, years
    return data.counts.counted_in(data.context.unit), years_of(data.study_columns) if years is None else years


def years_of(arms: Sequence[Mapping[str, Any]]) -> list[int | None] | None:
    """The year of each arm, from a column called year; None where there is no such column."""
    from ..review.headers import fold

    names = {name for arm in arms for name in arm if fold(name) in YEARS}
    if not names:
        return None
    column = min(names, key=lambda name: YEARS.index(fold(name)))
    return [_year(arm.get(column)) for arm in arms]


def _year(value: Any) -> int | None:
    """A whole number of four digits; anything else is no year."""
    try:
        number = float(value)
    except (TypeError, ValueError):
        return None
    return int(number) if number.is_integer() and 1000 <= number <= 9999 else None


def _keys(by: str, model: Model, arms: Counts, member: np.ndarray, years: Sequence[int | None] | None) -> Floats:
    """What each study is sorted by, shape (studies,); NaN for no year."""
    if by == "year":
        of_arms = np.array([np.nan if year is None else year for year in years or [None] * arms.k], dtype=float)
        first = np.min(np.where(member & np.isfinite(of_arms), of_arms, np.inf), axis=1)
        if not np.isfinite(first).any():
            raise not_askable("no study has a year", "fill in the years, or add studies by size or by precision")
        return np.where(np.isfinite(first), first, np.nan)
    effects = known_effects(model, arms) if by == "precision" else None
    if effects is None:
        return np.asarray(member @ arms.n, dtype=float)
    variance = effects[1]
    return 1 / (member @ (1 / variance)) if variance.size == member.shape[1] else variance


def _largest_first(by: str, model: Model, arms: Counts) -> bool:
    return by == "size" or (by == "precision" and known_effects(model, arms) is None)


def _notes(by: str, studies: Sequence[str], keys: Floats) -> tuple[Note, ...]:
    """Which studies are undated, and which are tied."""
    found = []
    undated = [study for study, key in zip(studies, keys, strict=True) if np.isnan(key)]
    if undated:
        found.append(note("added-last", what="year" if by == "year" else "variance", studies="; ".join(undated)))
    groups: dict[float, list[str]] = {}
    for study, key in zip(studies, keys, strict=True):
        if not np.isnan(key):
            groups.setdefault(float(key), []).append(study)
    tied = [f"{len(names)} of {key:g}" for key, names in groups.items() if len(names) > 1]
    if tied:
        what = {"year": "year", "size": "size", "precision": "precision (variance or size)"}[by]
        found.append(note("added-in-table-order", what=what, ties=", ".join(tied)))
    return tuple(found)


OPTIONS = {"by": Option("year", f"in which order studies are added: {', '.join(ORDERS)}")}


def asked_cumulative(asked: Asked) -> Cumulative:
    """For the registry; option ``by``: year, size or precision."""
    return cumulative(asked.selection, asked.model, by=asked.given(OPTIONS)["by"])
