"""Columns of study tables and forest plots: a heading and one cell for each study."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import display
from .errors import unknown
from .pooling.result import Pooled, StudyEffect
from .pooling.subgroups import Subgroups

NOT_REPORTED = "not reported"


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Attributes:
        name: How it is asked for.
        heading: What is printed above it.
        align: left for words, right for numbers.
        cell: Text of one study.
    """

    name: str
    heading: str
    align: Literal["left", "right"]
    cell: Callable[[StudyEffect], str]


def estimate_text(study: StudyEffect) -> str:
    """``11 (2 to 28)``, in percent."""
    return display.percent_with_interval(study.estimate, study.ci.lower, study.ci.upper)


COLUMNS: Mapping[str, Column] = {
    "label": Column("label", "Study", "left", lambda study: study.label),
    "events": Column("events", "Events", "right", lambda study: str(study.events)),
    "n": Column("n", "n", "right", lambda study: str(study.n)),
    "events_n": Column("events_n", "Events/n", "right", lambda study: display.count(study.events, study.n)),
    "estimate": Column("estimate", "Percent", "right", lambda study: display.percent(study.estimate)),
    "estimate_ci": Column("estimate_ci", "Percent (CI)", "right", estimate_text),
    "weight": Column("weight", "Weight", "right", lambda study: display.percent(study.weight, 1)),
}


def column(name: str, result: Pooled | Subgroups) -> Column:
    """A built-in column, or any fact that the studies of this result carry.

    Raises:
        UsageError: no such column; the near names are listed.
    """
    if name in COLUMNS:
        return COLUMNS[name]
    pooled = result.overall if isinstance(result, Subgroups) else result
    facts = list(dict.fromkeys(key for study in pooled.studies for key in study.columns))
    if name not in facts:
        raise unknown("column", name, [*COLUMNS, *facts])
    headings = pooled.context.headings if pooled.context else {}
    numeric = all(_is_number(study.columns.get(name)) for study in pooled.studies)
    align: Literal["left", "right"] = "right" if numeric else "left"
    return Column(name, str(headings.get(name, name)), align, lambda study: fact_text(study.columns.get(name)))


def fact_text(value: Any) -> str:
    """A fact as text; None is ``not reported``, never an empty cell."""
    if value is None:
        return NOT_REPORTED
    if isinstance(value, float):
        return f"{value:g}"
    return str(value).replace("_", " ") if isinstance(value, str) and " " not in value else str(value)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
