"""Columns of study tables and forest plots: a heading and one cell for each study."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from . import display
from .errors import unknown
from .pooling.result import Pooled, StudyEffect
from .pooling.subgroups import Subgroups

NOT_REPORTED = "not reported"
#: A word of a vocabulary; ids and addresses keep their underscores.
TERM = re.compile(r"[^\W\d_]+(_[^\W_]+)+")


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


def limits_text(study: StudyEffect) -> str:
    """``2 to 28``, in percent."""
    return display.percent_interval(study.ci.lower, study.ci.upper).removesuffix(" %")


def estimate_text(study: StudyEffect) -> str:
    """``11 (2 to 28)``, in percent."""
    return display.percent_with_interval(study.estimate, study.ci.lower, study.ci.upper)


COLUMNS: Mapping[str, Column] = {
    "label": Column("label", "Study", "left", lambda study: study.label),
    "events": Column("events", "Events", "right", lambda study: str(study.events)),
    "n": Column("n", "n", "right", lambda study: str(study.n)),
    "events_n": Column("events_n", "Events/n", "right", lambda study: display.count(study.events, study.n)),
    "estimate": Column("estimate", "Percent", "right", lambda study: display.percent(study.estimate)),
    "ci": Column("ci", "CI (percent)", "right", limits_text),
    "estimate_ci": Column("estimate_ci", "Percent (CI)", "right", estimate_text),
    "weight": Column("weight", "Weight", "right", lambda study: display.percent(study.weight, 1)),
}


def column(name: str, result: Pooled | Subgroups) -> Column:
    """A fact that the studies of this result carry, or a built-in column. Case decides only where two differ by it.

    Raises:
        UsageError: no such column; the near names are listed.
    """
    pooled = result.overall if isinstance(result, Subgroups) else result
    facts = list(dict.fromkeys(key for study in pooled.studies for key in study.columns))
    known = list(dict.fromkeys([*COLUMNS, *facts]))
    same = [other for other in known if other.casefold() == name.casefold()]
    found = name if name in known else same[0] if len(same) == 1 else None
    if found is None:
        raise unknown("column", name, known)
    if found not in facts or found == "label":
        return COLUMNS[found]
    headings = pooled.context.headings if pooled.context else {}
    return _fact(found, str(headings.get(found, found)), pooled)


def _fact(name: str, heading: str, pooled: Pooled) -> Column:
    values = [study.columns.get(name) for study in pooled.studies]
    numeric = any(value is not None for value in values) and all(_is_number(value) for value in values)
    if numeric:
        return Column(name, heading, "right", lambda study: _number_text(study.columns.get(name)))
    shown = _id_text if name.endswith("_id") else fact_text
    return Column(name, heading, "left", lambda study: shown(study.columns.get(name)))


def fact_text(value: Any) -> str:
    """A fact as text; None is ``not reported``, never an empty cell."""
    if value is None:
        return NOT_REPORTED
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:g}"
    text = str(value)
    return text.replace("_", " ") if TERM.fullmatch(text) else text


def _number_text(value: Any) -> str:
    """A number, or a dash, which does not widen a narrow column as ``not reported`` would."""
    return display.DASH if value is None else fact_text(value)


def _id_text(value: Any) -> str:
    return NOT_REPORTED if value is None else str(value)


def _is_number(value: Any) -> bool:
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))
