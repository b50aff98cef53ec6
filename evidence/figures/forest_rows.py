"""The rows of a forest plot, top to bottom: what each says and what it spans, before any place on paper."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from .. import display
from ..columns import Column, estimate_text
from ..pooling.result import Interval, Pooled, StudyEffect
from ..pooling.subgroups import Subgroups

Kind = Literal["group", "study", "counts", "part", "pooled", "median", "prediction", "gap"]


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        kind: group (a heading), study, counts (not pooled), part (series or reports summed), pooled (a diamond),
            median, prediction, gap.
        label: First cell. cells: Those of the chosen columns. events_n, estimate, weight: Their cells.
        span: (lower, estimate, upper) as proportions; None draws nothing.
        n: Units, for the area of the mark.
        level: 0 for overall rows and headings, 1 for rows inside a group.
    """

    kind: Kind
    label: str = ""
    cells: tuple[str, ...] = field(default=())
    events_n: str = ""
    estimate: str = ""
    weight: str = ""
    span: tuple[float, float, float] | None = None
    n: int = 0
    level: int = 0


def forest_rows(result: Pooled | Subgroups, columns: Sequence[Column]) -> tuple[Row, ...]:
    """All rows of a result."""
    if isinstance(result, Subgroups):
        return (*_grouped(result, columns), *_overall(result.overall, columns))
    rows = [_study(study, columns, 0) for study in result.studies]
    return (*rows, *_overall(result, columns))


def _grouped(result: Subgroups, columns: Sequence[Column]) -> Iterator[Row]:
    blank = ("",) * len(columns)
    for label, group in result.groups:
        yield Row("group", f"{result.heading}: {label}", blank)
        for study in group.studies:
            yield _study(study, columns, 1)
        if group.status != "single-study":
            yield _together(group, blank, 1)
        yield Row("gap", "", blank)


def _study(study: StudyEffect, columns: Sequence[Column], level: int) -> Row:
    return Row(
        "study",
        study.label,
        tuple(column.cell(study) for column in columns),
        display.count(study.events, study.n),
        estimate_text(study),
        "" if study.weight is None else display.percent(study.weight, 1),
        (study.ci.lower, study.estimate, study.ci.upper),
        study.n,
        level,
    )


def _together(pooled: Pooled, blank: tuple[str, ...], level: int) -> Row:
    counts = display.count(pooled.events, pooled.n)
    if pooled.headline.kind != "observed" and pooled.mean is not None and pooled.mean_ci is not None:
        return _interval_row("pooled", "Average study (mean)", blank, counts, pooled.mean, pooled.mean_ci, level)
    if pooled.headline.kind != "observed" and pooled.estimate is not None and pooled.ci is not None:
        centre = _first_upper(pooled.model.centre)
        return _interval_row("pooled", centre, blank, counts, pooled.estimate, pooled.ci, level)
    return Row("counts", f"Together, not pooled ({_short_reason(pooled)})", blank, counts, level=level)


def _short_reason(pooled: Pooled) -> str:
    reason = pooled.headline.reason or "no pooled number"
    return reason.split(":")[0][:1].lower() + reason.split(":")[0][1:].rstrip(".")


def _interval_row(
    kind: Kind, label: str, blank: tuple[str, ...], counts: str, value: float, ci: Interval, level: int = 0
) -> Row:
    text = display.percent_with_interval(value, ci.lower, ci.upper)
    return Row(kind, label, blank, counts, text, "", (ci.lower, value, ci.upper), 0, level)


def _overall(pooled: Pooled, columns: Sequence[Column]) -> Iterator[Row]:
    """The rows below the studies: parts where the headline is split, then what was pooled."""
    if pooled.status == "single-study":
        return
    blank = ("",) * len(columns)
    yield Row("group", "All studies", blank)
    for line in pooled.headline.lines if pooled.headline.kind == "split" else ():
        text = display.percent_with_interval(line["estimate"], line["lower"], line["upper"])
        span = (line["lower"], line["estimate"], line["upper"])
        label = line["label"][:1].upper() + line["label"][1:] + ", summed"
        yield Row("part", label, blank, display.count(line["events"], line["n"]), text, "", span, line["n"])
    yield _together(pooled, blank, 0)
    if pooled.headline.kind == "observed":
        return
    if _median_apart(pooled) and pooled.estimate is not None and pooled.ci is not None:
        yield _interval_row("median", _first_upper(pooled.model.centre), blank, "", pooled.estimate, pooled.ci)
    if pooled.pi is not None:
        limits = display.percent_interval(pooled.pi.lower, pooled.pi.upper).removesuffix(" %")
        label = f"Next study: prediction interval ({pooled.pi.method})"
        yield Row(
            "prediction", label, blank, "", f"({limits})", "", (pooled.pi.lower, pooled.pi.lower, pooled.pi.upper)
        )


def _median_apart(pooled: Pooled) -> bool:
    return pooled.headline.show_median and pooled.mean is not None and pooled.estimate != pooled.mean


def _first_upper(text: str) -> str:
    return text[:1].upper() + text[1:]
