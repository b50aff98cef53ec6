"""When a response was seen, and how long patients were treated and followed: what is reported, and by how few."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING, Any

from .courses import Course, patient_courses

if TYPE_CHECKING:
    from .outcomes import Selection
    from .review.review import Review


@dataclass(frozen=True, slots=True)
class Span:
    """Times in months.

    Attributes:
        k: How many are reported. median: With two of them or more. lowest, highest: None where none is reported.
    """

    k: int
    median: float | None
    lowest: float | None
    highest: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class ExtentTimes:
    """Patients described one by one, of one extent of response.

    Attributes:
        extent: Term of the codebook; None = not reported; empty = all of them.
        patients: How many. responded: Time until the response was seen. treated, followed: Time under treatment, and of
            follow-up.
    """

    extent: str | None
    patients: int
    responded: Span
    treated: Span
    followed: Span

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        times = {name: getattr(self, name).to_dict() for name in ("responded", "treated", "followed")}
        return {"extent": self.extent, "patients": self.patients, **times}


@dataclass(frozen=True, slots=True)
class CountTimes:
    """When the counts of an outcome were made.

    Attributes:
        outcome: Its title. unit: What is counted.
        with_events: Whether only the arms with an event are meant.
        arms, n: Arms in the pool, and units in them. n_dated: Units in the arms that report a time; span: those times.
    """

    outcome: str
    unit: str
    with_events: bool
    arms: int
    n: int
    n_dated: int
    span: Span

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        names = ("outcome", "unit", "with_events", "arms", "n", "n_dated")
        return {**{name: getattr(self, name) for name in names}, "span": self.span.to_dict()}


@dataclass(frozen=True, slots=True)
class ResponseTimes:
    """Times of response, treatment and follow-up.

    Attributes:
        treated: Patients treated in all arms.
        response_column, duration_column: Columns of patients.csv that hold the time until the response, and the time
            under treatment; None = the review declares none.
        patients: All who are described one by one first, then by extent; without rows there, nothing.
        counts: For each outcome all arms in the pool, then those with an event.
    """

    treated: int
    response_column: str | None
    duration_column: str | None
    patients: tuple[ExtentTimes, ...]
    counts: tuple[CountTimes, ...]

    @property
    def any_reported(self) -> bool:
        """Whether any time is reported anywhere."""
        spans = [span for one in self.patients[:1] for span in (one.responded, one.treated, one.followed)]
        return any(span.k for span in (*spans, *(one.span for one in self.counts)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "treated": self.treated,
            "response_column": self.response_column,
            "duration_column": self.duration_column,
            "patients": [one.to_dict() for one in self.patients],
            "counts": [one.to_dict() for one in self.counts],
        }


def response_times(review: Review, selections: Mapping[str, tuple[str, Selection]]) -> ResponseTimes:
    """What is reported of times.

    Args:
        review: The review.
        selections: Title of an outcome -> its unit, and its arms as they are pooled.
    """
    courses = patient_courses(review, by="none")
    extents: dict[str | None, list[Course]] = {extent: [] for extent in courses.responses}
    for one in courses.patients:
        extents.setdefault(one.response, []).append(one)
    if None in extents:
        extents[None] = extents.pop(None)
    rows = [_extent("", courses.patients)] if courses.patients else []
    rows += [_extent(extent, found) for extent, found in extents.items() if found]
    counts = (
        _count(title, unit, selection, with_events)
        for title, (unit, selection) in selections.items()
        for with_events in (False, True)
    )
    return ResponseTimes(courses.treated, courses.response_time, courses.duration, tuple(rows), tuple(counts))


def _extent(extent: str | None, patients: Iterable[Course]) -> ExtentTimes:
    found = list(patients)
    return ExtentTimes(
        extent,
        len(found),
        _span(one.responded for one in found),
        _span(one.treated for one in found),
        _span(one.followed for one in found),
    )


def _count(title: str, unit: str, selection: Selection, with_events: bool) -> CountTimes:
    counts = selection.counts
    units = zip(counts.events, counts.n, selection.study_columns, strict=True)
    rows = [(int(n), arm.get("timepoint_months")) for events, n, arm in units if events > 0 or not with_events]
    dated = [(n, float(month)) for n, month in rows if month is not None]
    return CountTimes(
        outcome=title,
        unit=unit,
        with_events=with_events,
        arms=len(rows),
        n=sum(n for n, _ in rows),
        n_dated=sum(n for n, _ in dated),
        span=_span(month for _, month in dated),
    )


def _span(months: Iterable[float | None]) -> Span:
    known = [month for month in months if month is not None]
    middle = median(known) if len(known) > 1 else None
    return Span(len(known), middle, min(known, default=None), max(known, default=None))
