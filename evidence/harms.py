"""What is known of each adverse event in each group of arms: how many of how many, none, or nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from . import display
from .errors import usage
from .measures.limits import study_limits
from .review.arm_columns import ArmColumns, arm_columns
from .review.arm_groups import ArmGroups, arm_groups, arm_label, counted_once, patients_of, treatment_column
from .review.harm_statements import Said, Statements, statements_of, telling_arms

if TYPE_CHECKING:
    import pandas as pd

    from .review.review import Review

__all__ = ["HarmCell", "HarmCounts", "HarmGroup", "HarmRow", "harm_counts"]

State = Literal["events", "none", "number-not-given", "not-reported"]


@dataclass(frozen=True, slots=True)
class HarmCell:
    """One event in one group of arms.

    Attributes:
        state: ``events`` (some patients had it), ``none`` (a report says that nobody had it), ``number-not-given`` (it
            happened, and no report says to how many), ``not-reported`` (no report says whether it happened).
        events, n: Patients with it and patients observed, in the arms that give both; None and 0 where none does.
        lower, upper: Exact limits of events / n; None without n.
        arms: Names of the arms behind ``n``.
        unnumbered: Names of the arms in which it happened to a number of patients that is not given.
        unnumbered_n: Patients observed in those.
    """

    state: State
    events: int | None = None
    n: int = 0
    lower: float | None = None
    upper: float | None = None
    arms: tuple[str, ...] = ()
    unnumbered: tuple[str, ...] = ()
    unnumbered_n: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "state": self.state,
            "events": self.events,
            "n": self.n,
            "lower": self.lower,
            "upper": self.upper,
            "arms": list(self.arms),
            "unnumbered": list(self.unnumbered),
            "unnumbered_n": self.unnumbered_n,
        }


@dataclass(frozen=True, slots=True)
class HarmRow:
    """One event.

    Attributes:
        term: The event, as it is first written. organ_class: Its system organ class, None = not given.
        cells: One for each group. overall: All arms together.
        any_event: It is the row of patients with any adverse event.
    """

    term: str
    organ_class: str | None
    cells: tuple[HarmCell, ...]
    overall: HarmCell
    any_event: bool = False


@dataclass(frozen=True, slots=True)
class HarmGroup:
    """A group of arms, or all of them.

    Attributes:
        label: Of the group. arms, treated: Arms in it and patients treated in them.
        telling, observed: Arms that say anything about adverse events, and patients treated in those.
    """

    label: str
    arms: int
    treated: int
    telling: int
    observed: int


@dataclass(frozen=True, slots=True)
class HarmCounts:
    """Adverse events by groups of arms: counts in the arms that say anything, never rates.

    Attributes:
        review: Name of the review. heading: What makes the groups.
        groups: In display order. overall: All arms together.
        rows: Any adverse event first, then by system organ class in the order of the codebook, the most frequent first.
        level: Of the limits.
        remarks: What a reader must know of single counts.
        banner: Sentence that every output must carry, or None.
    """

    review: str
    heading: str
    groups: tuple[HarmGroup, ...]
    overall: HarmGroup
    rows: tuple[HarmRow, ...]
    level: float
    remarks: tuple[str, ...] = ()
    banner: str | None = None

    def __str__(self) -> str:
        told = f"{self.overall.telling} of {display.plural(self.overall.arms, 'arm')}"
        rows = sum(not row.any_event for row in self.rows)
        return (
            f"{display.plural(rows, 'adverse event')} named; {told}, with {self.overall.observed} of"
            f" {self.overall.treated} treated patients, {'says' if self.overall.telling == 1 else 'say'} anything about"
            " adverse events. Counts, not rates."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per event and group, all arms together last; counts, exact limits, state."""
        import pandas as pd

        labels = [*(group.label for group in self.groups), self.overall.label]
        return pd.DataFrame(
            [
                {"term": row.term, "system_organ_class": row.organ_class, "group": label, **_flat(cell)}
                for row in self.rows
                for label, cell in zip(labels, (*row.cells, row.overall), strict=True)
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "review": self.review,
            "by": self.heading,
            "level": self.level,
            "groups": [_group_dict(group) for group in self.groups],
            "overall": _group_dict(self.overall),
            "rows": [
                {
                    "term": row.term,
                    "system_organ_class": row.organ_class,
                    "any_event": row.any_event,
                    "cells": [cell.to_dict() for cell in row.cells],
                    "overall": row.overall.to_dict(),
                }
                for row in self.rows
            ],
            "remarks": list(self.remarks),
        }


def _flat(cell: HarmCell) -> dict[str, Any]:
    return {**cell.to_dict(), "arms": "; ".join(cell.arms), "unnumbered": "; ".join(cell.unnumbered)}


def _group_dict(group: HarmGroup) -> dict[str, Any]:
    return {name: getattr(group, name) for name in ("label", "arms", "treated", "telling", "observed")}


def harm_counts(review: Review, by: str = "", cut: Sequence[Any] = (), level: float = 0.95) -> HarmCounts:
    """Each adverse event by groups of arms.

    An arm counts for an event if its report gives the event a number, or says that there was none of it: that no
    adverse event happened at all, or that no other than the named ones did (``no_other_event`` in adverse_events.csv).
    An arm that tells of other events only is silent about this one, which is not the same as free of it.

    Args:
        review: The review.
        by: Column of arms, studies or reports that makes the groups; the last column of terms that the review declares
            for its arms if none is given, else the design.
        cut: Where a number is cut. level: Of the exact limits (Clopper and Pearson 1934, 10.1093/biomet/26.4.404).

    Raises:
        UsageError: an unknown column, cuts that do not fit, or a level outside (0, 1).
    """
    level = _checked_level(level)
    known = arm_columns(review)
    groups = arm_groups(review, by or treatment_column(review), cut)
    said = statements_of(review)
    telling = telling_arms(review)
    cells = _Cells(known, said, level)
    return HarmCounts(
        review=review.name,
        heading=groups.heading,
        groups=tuple(_group(known, label, arms, telling) for label, arms in groups.arms.items()),
        overall=_group(known, "all", tuple(known.arms), telling),
        rows=_rows(cells, groups),
        level=level,
        remarks=tuple(_remarks(known, said)),
        banner=review.settings.banner,
    )


def _checked_level(level: Any) -> float:
    try:
        found = float(level)
    except (TypeError, ValueError):
        found = 0.0
    if not 0 < found < 1:
        raise usage(f"level {level} is not between 0 and 1", "give a fraction, for example 0.95", "level")
    return found


def _group(known: ArmColumns, label: str, arms: Sequence[str], telling: frozenset[str]) -> HarmGroup:
    told = [arm for arm in arms if arm in telling]
    return HarmGroup(label, len(arms), patients_of(known, arms), len(told), patients_of(known, told))


@dataclass(frozen=True, slots=True)
class _Cells:
    """Makes the cells of a review."""

    known: ArmColumns
    said: Statements
    level: float

    def of(self, event: Mapping[str, Said], arms: Sequence[str], any_event: bool) -> HarmCell:
        """One event in these arms; ``any_event``: freedom from all events is already among its statements."""
        free = {} if any_event else self.said.free
        found = {arm: event.get(arm) or free[arm] for arm in arms if arm in event or arm in free}
        found = {arm: found[arm] for arm in counted_once(self.known, found)}
        counted = {arm: one for arm, one in found.items() if one.events is not None}
        unnumbered = [arm for arm, one in found.items() if one.events is None]
        hidden = tuple(arm_label(self.known, arm) for arm in unnumbered), sum(found[arm].total for arm in unnumbered)
        if not counted:
            return HarmCell("number-not-given" if unnumbered else "not-reported", None, 0, None, None, (), *hidden)
        events, n = sum(one.events or 0 for one in counted.values()), sum(one.total for one in counted.values())
        lower, upper = study_limits(events, n, "clopper-pearson", self.level)
        state: State = "events" if events else "number-not-given" if unnumbered else "none"
        labels = tuple(arm_label(self.known, arm) for arm in counted)
        return HarmCell(state, events, n, float(lower), float(upper), labels, *hidden)


def _rows(cells: _Cells, groups: ArmGroups) -> tuple[HarmRow, ...]:
    said = cells.said
    rows = []
    for (organ_class, term), event in said.events.items():
        any_event = term == said.any_title and organ_class is None
        found = tuple(cells.of(event, arms, any_event) for arms in groups.arms.values())
        rows.append(HarmRow(term, organ_class, found, cells.of(event, list(cells.known.arms), any_event), any_event))
    order = {name: i for i, name in enumerate(said.classes)}

    def place(row: HarmRow) -> tuple[bool, int, bool, int]:
        rank = len(order) if row.organ_class is None else order.get(row.organ_class, len(order))
        return not row.any_event, rank, row.overall.state == "none", -(row.overall.events or 0)

    return tuple(sorted(rows, key=place))


def _remarks(known: ArmColumns, said: Statements) -> list[str]:
    remarks = []
    for (_, term), event in said.events.items():
        for arm, one in event.items():
            name, treated = arm_label(known, arm), int(known.arms[arm]["n_treated"])
            if one.total > treated:
                remarks.append(
                    f"{name}, {term}: {one.total} patients were observed, {treated} were treated in the arm."
                )
            if one.rows > 1:
                remarks.append(f"{name}, {term}: told in {one.rows} rows; the largest number is shown.")
    serious = []
    for (_, term), event in said.events.items():
        names = [arm_label(known, arm) for arm, one in event.items() if one.serious]
        serious += [f"{term} ({'; '.join(names)})"] if names else []
    if serious:
        remarks.append(f"Called serious by the report: {', '.join(serious)}.")
    return remarks
