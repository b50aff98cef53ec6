"""The rows of a forest plot, top to bottom: what each says and what it spans, before any place on paper."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .. import display
from ..columns import Column
from ..pooling.headline import exact_total
from ..pooling.result import Interval, Pooled, StudyEffect
from ..pooling.subgroups import Subgroups

Kind = Literal["group", "study", "counts", "part", "pooled", "median", "prediction", "gap", "rule"]
#: Two numbers that differ by less than this are one number: the optimisers' own error is of this size.
SAME = 1e-6


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        kind: group (a heading), study, counts (not pooled), part (studies summed), pooled (a diamond), median,
            prediction, gap, rule (a gap with a line).
        label: First cell. cells: Those of the chosen columns. events_n, estimate, limits, weight: Their cells.
        span: (lower, estimate, upper) as proportions; None draws nothing.
        n: Units, for the area of the mark.
        level: 0 for overall rows and headings, 1 for rows inside a group.
    """

    kind: Kind
    label: str = ""
    cells: tuple[str, ...] = field(default=())
    events_n: str = ""
    estimate: str = ""
    limits: str = ""
    weight: str = ""
    span: tuple[float, float, float] | None = None
    n: int = 0
    level: int = 0


def forest_rows(result: Pooled | Subgroups, columns: Sequence[Column], decimals: int = 0) -> tuple[Row, ...]:
    """All rows of a result; percentages have ``decimals`` decimals."""
    made = tuple(_rows(result, columns, decimals))
    blank = ("",) * len(columns)
    return tuple(row if row.kind == "study" else replace(row, cells=blank) for row in made)


def _rows(result: Pooled | Subgroups, columns: Sequence[Column], decimals: int) -> Iterator[Row]:
    if not isinstance(result, Subgroups):
        for study in result.studies:
            yield _study(study, columns, decimals, 0)
        yield from _overall(result, decimals)
        return
    for position, (label, group) in enumerate(result.groups):
        if position:
            yield Row("gap")
        yield Row("group", f"{result.heading}: {label}")
        for study in group.studies:
            yield _study(study, columns, decimals, 1)
        if group.status != "single-study":
            yield from _parts(group, decimals, 1)
            yield _together(group, decimals, 1)
    yield from _overall(result.overall, decimals, "All studies")


def _study(study: StudyEffect, columns: Sequence[Column], decimals: int, level: int) -> Row:
    return Row(
        "study",
        study.label,
        tuple(column.cell(study) for column in columns),
        display.count(study.events, study.n),
        _percent(study.estimate, decimals),
        _limits(study.ci.lower, study.ci.upper, decimals),
        "" if study.weight is None else display.percent(study.weight, 1),
        (study.ci.lower, study.estimate, study.ci.upper),
        study.n,
        level,
    )


def _overall(pooled: Pooled, decimals: int, heading: str = "") -> Iterator[Row]:
    """The rows below the studies: what was observed, in parts where the headline is split; then what was pooled."""
    if pooled.status == "single-study":
        return
    yield Row("rule")
    if heading:
        yield Row("group", heading)
    yield from _parts(pooled, decimals, 0)
    if pooled.headline.kind != "observed":
        yield _sum("Observed, all studies together", pooled, decimals, "part", 0)
    yield _together(pooled, decimals, 0)
    if pooled.headline.kind == "observed":
        return
    if shows_median(pooled) and pooled.estimate is not None and pooled.ci is not None:
        yield _interval_row("median", first_upper(pooled.model.centre), "", pooled.estimate, pooled.ci, decimals, 0)
    if pooled.pi is not None:
        pi = pooled.pi
        row = _interval_row("prediction", _prediction_label(pi), "", pi.lower, pi, decimals, 0)
        yield replace(row, estimate="")


def _parts(pooled: Pooled, decimals: int, level: int) -> Iterator[Row]:
    """Series and small reports apart, where one number would hide that they differ; one part alone is the whole."""
    if pooled.headline.kind != "split" or len(pooled.headline.lines) < 2:
        return
    for line in pooled.headline.lines:
        yield _part(line, decimals, level)


def _part(line: Mapping[str, Any], decimals: int, level: int) -> Row:
    studies = f" ({display.plural(line['k'], 'study', 'studies')})" if "k" in line else ""
    return Row(
        "part",
        first_upper(line["label"]) + studies,
        events_n=display.count(line["events"], line["n"]),
        estimate=_percent(line["estimate"], decimals),
        limits=_limits(line["lower"], line["upper"], decimals),
        span=(line["lower"], line["estimate"], line["upper"]),
        n=line["n"],
        level=level,
    )


def _together(pooled: Pooled, decimals: int, level: int) -> Row:
    shown = headline_value(pooled)
    if shown is None:
        return _sum(f"Together, not pooled ({_short_reason(pooled)})", pooled, decimals, "counts", level)
    label, value, ci = shown
    counts = display.count(pooled.events, pooled.n)
    return _interval_row("pooled", label, counts, value, ci, decimals, level)


def headline_value(pooled: Pooled) -> tuple[str, float, Interval] | None:
    """What the filled diamond stands for, its value and its limits; None where nothing may be pooled."""
    if pooled.headline.kind == "observed":
        return None
    if pooled.mean is not None and pooled.mean_ci is not None:
        same = pooled.estimate is not None and abs(pooled.estimate - pooled.mean) < SAME
        # Models without a spread between studies average nothing over studies: their own word for it is true.
        named = same and "median" not in pooled.model.centre
        return first_upper(pooled.model.centre) if named else "Average study (mean)", pooled.mean, pooled.mean_ci
    if pooled.estimate is not None and pooled.ci is not None:
        return first_upper(pooled.model.centre), pooled.estimate, pooled.ci
    return None


def shows_median(pooled: Pooled) -> bool:
    """Whether the model's own centre has a row of its own: it is known well enough, and is not the mean."""
    if pooled.headline.kind == "observed" or not pooled.headline.show_median:
        return False
    if pooled.mean is None or pooled.estimate is None or pooled.ci is None:
        return False
    return abs(pooled.estimate - pooled.mean) >= SAME


def _sum(label: str, pooled: Pooled, decimals: int, kind: Kind, level: int) -> Row:
    exact, proportion = exact_total(pooled), pooled.events / pooled.n
    return Row(
        kind,
        label,
        events_n=display.count(pooled.events, pooled.n),
        estimate=_percent(proportion, decimals),
        limits=_limits(exact.lower, exact.upper, decimals),
        span=None if kind == "counts" else (exact.lower, proportion, exact.upper),
        n=pooled.n,
        level=level,
    )


def _short_reason(pooled: Pooled) -> str:
    reason = (pooled.headline.reason or "no pooled number").split(":")[0].rstrip(".")
    return reason[:1].lower() + reason[1:]


def _prediction_label(pi: Interval) -> str:
    return f"Next study: prediction interval ({pi.method})"


def _interval_row(kind: Kind, label: str, counts: str, value: float, ci: Interval, decimals: int, level: int) -> Row:
    return Row(
        kind,
        label,
        events_n=counts,
        estimate=_percent(value, decimals),
        limits=_limits(ci.lower, ci.upper, decimals),
        span=(ci.lower, value, ci.upper),
        level=level,
    )


def _percent(value: float, decimals: int) -> str:
    return display.percent(value, decimals).removesuffix(" %")


def _limits(lower: float, upper: float, decimals: int) -> str:
    return display.percent_interval(lower, upper, decimals).removesuffix(" %")


def first_upper(text: str) -> str:
    """The text with a capital at its start."""
    return text[:1].upper() + text[1:]
