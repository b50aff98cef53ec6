"""Columns of study tables and forest plots: a heading and one cell for each study."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from . import display
from .errors import UsageError, unknown, usage
from .pooling.rate_result import PooledRate
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
        decimals: Of its numbers, where they were asked for.
        of_numbers: Made from counts and estimates, so that a pooled row has it too.
    """

    name: str
    heading: str
    align: Literal["left", "right"]
    cell: Callable[[StudyEffect], str]
    decimals: int | None = None
    of_numbers: bool = False


def limits_text(study: StudyEffect, decimals: int = 0) -> str:
    """``2 to 28``, in percent."""
    return display.percent_interval(study.ci.lower, study.ci.upper, decimals).removesuffix(" %")


def estimate_text(study: StudyEffect, decimals: int = 0) -> str:
    """``11 (2 to 28)``, in percent."""
    return display.percent_with_interval(study.estimate, study.ci.lower, study.ci.upper, decimals)


def _time_text(study: StudyEffect, decimals: int | None = None) -> str:
    """Time at risk of a study of rates; a dash for others."""
    time = getattr(study, "time", None)
    if time is None or decimals is not None:
        return display.number(time, decimals or 0)
    return f"{time:g}"


COLUMNS: Mapping[str, Column] = {
    "label": Column("label", "Study", "left", lambda study: study.label),
    "events": Column("events", "Events", "right", lambda study: str(study.events), of_numbers=True),
    "n": Column("n", "n", "right", lambda study: str(study.n), of_numbers=True),
    "events_n": Column(
        "events_n", "Events/n", "right", lambda study: display.count(study.events, study.n), of_numbers=True
    ),
    "time": Column("time", "Time", "right", _time_text, of_numbers=True),
    "estimate": Column("estimate", "Percent", "right", lambda study: display.percent(study.estimate), of_numbers=True),
    "ci": Column("ci", "CI (percent)", "right", limits_text, of_numbers=True),
    "estimate_ci": Column("estimate_ci", "Percent (CI)", "right", estimate_text, of_numbers=True),
    "weight": Column("weight", "Weight", "right", lambda study: display.percent(study.weight, 1), of_numbers=True),
}
#: Columns whose numbers can have decimals, and how they are written then.
WITH_DECIMALS: Mapping[str, Callable[[StudyEffect, int], str]] = {
    "estimate": lambda study, decimals: display.percent(study.estimate, decimals),
    "ci": limits_text,
    "estimate_ci": estimate_text,
    "weight": lambda study, decimals: display.percent(study.weight, decimals),
    "time": _time_text,
}


def column(name: str, result: Pooled | Subgroups) -> Column:
    """A fact that the studies of this result carry, or a built-in column. Case decides only where two differ by it.

    Args:
        name: Its name; with ``:2`` behind it, its numbers have 2 decimals.
        result: Whose studies.

    Raises:
        UsageError: no such column; the near names are listed. Or decimals of words or of counts.
    """
    pooled = result.overall if isinstance(result, Subgroups) else result
    facts = list(dict.fromkeys(key for study in pooled.studies for key in study.columns))
    # Only rates have a time at risk.
    built_in = [name for name in COLUMNS if name != "time" or isinstance(pooled, PooledRate)]
    known = list(dict.fromkeys([*built_in, *facts]))
    found, decimals = _known(name, known), None
    head, _, tail = name.rpartition(":")
    if found is None and head and tail.isdecimal():
        found, decimals = _known(head, known), int(tail)
    if found is None:
        raise unknown("column", name, known)
    if found not in facts or found == "label":
        return _built_in(found, decimals)
    headings = pooled.context.headings if pooled.context else {}
    return _fact(found, str(headings.get(found, found)), pooled, decimals)


def _known(name: str, known: Sequence[str]) -> str | None:
    same = [other for other in known if other.casefold() == name.casefold()]
    return name if name in known else same[0] if len(same) == 1 else None


def _built_in(name: str, decimals: int | None) -> Column:
    if decimals is None:
        return COLUMNS[name]
    if name not in WITH_DECIMALS:
        raise _no_decimals(name)
    write, places = WITH_DECIMALS[name], decimals
    return replace(COLUMNS[name], cell=lambda study: write(study, places), decimals=decimals)


def _no_decimals(name: str) -> UsageError:
    return usage(f"the column {name} has no decimals", "leave the number behind its name out", "no-decimals")


def _fact(name: str, heading: str, pooled: Pooled, decimals: int | None = None) -> Column:
    values = [study.columns.get(name) for study in pooled.studies]
    numeric = any(value is not None for value in values) and all(_is_number(value) for value in values)
    if decimals is not None:
        if not numeric:
            raise _no_decimals(name)
        places = decimals
        return Column(
            name, heading, "right", lambda study: display.number(study.columns.get(name), places), decimals=decimals
        )
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
