"""The patients of a review, each joined with its arm, nobody counted twice."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..counts import Counts
from ..errors import DataError, Problem, near, usage

if TYPE_CHECKING:
    import pandas as pd

    from ..review.codebook import ColumnSpec
    from ..review.review import Review

#: Types of columns that can be a covariate, and those of an event.
USABLE, OF_EVENTS = ("integer", "number", "year", "term", "yes_no"), ("term", "yes_no")
NOT_REPORTED = "not_reported"


@dataclass(frozen=True, slots=True)
class Described:
    """Patients with a known event, and what is known of each and of its arm: what ``design_of`` reads.

    Attributes:
        counts: One patient each: events 0 or 1, n 1, labels the patients' names. study_columns: Column -> value.
        treated: Treated in the arms they come from.
    """

    counts: Counts
    study_columns: tuple[Mapping[str, Any], ...]
    treated: int


def described(
    review: Review, events: Sequence[str], column: str, arms: Sequence[str] | None, on: Sequence[str]
) -> Described:
    """The patients of a review's arms whose event is known.

    Raises:
        UsageError: an unknown or unusable column or value. DataError: patients that two arms count, or more of them
            than the arm treated.
    """
    _check_event(review, events, column)
    for name in on:
        _check_covariate(review, name)
    tables = review.tables
    of = {row["arm_id"]: row for row in _rows(tables["arms"])}
    people = [row for row in _rows(tables["patients"]) if arms is None or row["arm_id"] in arms]
    _refuse_doubled(of, people)
    known = [row for row in people if row[column] not in (None, NOT_REPORTED)]
    counts = Counts(
        [int(row[column] in events) for row in known],
        [1] * len(known),
        labels=[row["patient_id"] for row in known],
        studies=[of[row["arm_id"]]["study_id"] for row in known],
    )
    cells = tuple({name: _cell(row, of[row["arm_id"]], name) for name in on} for row in known)
    treated = sum(int(of[arm]["n_treated"]) for arm in {row["arm_id"] for row in known})
    return Described(counts, cells, treated)


def _rows(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Rows of a table, missing values as None."""
    plain = frame.astype(object).where(frame.notna(), None)
    return [{str(name): value for name, value in row.items()} for row in plain.to_dict("records")]


def _cell(patient: Mapping[str, Any], arm: Mapping[str, Any], name: str) -> Any:
    value = patient[name] if name in patient else arm[name]
    return None if value == NOT_REPORTED else value


def _refuse_doubled(of: Mapping[str, Mapping[str, Any]], people: Sequence[Mapping[str, Any]]) -> None:
    """Refuse a patient that is counted twice.

    Raises:
        DataError: names the arms.
    """
    number: dict[str, int] = {}
    for row in people:
        number[row["arm_id"]] = number.get(row["arm_id"], 0) + 1
    problems: list[Problem] = []
    first: dict[str, str] = {}
    for arm, count in number.items():
        other = first.setdefault(_original(of, arm), arm)
        if other != arm:
            message = f"arms {other} and {arm} hold the same patients, and both describe them"
            mend = "keep the rows of one of the two arms in patients.csv"
            problems.append(Problem("patient-twice", message, mend, "patients.csv"))
        if count > int(of[arm]["n_treated"]):
            message = f"arm {arm} describes {count} patients and treated {of[arm]['n_treated']}"
            problems.append(Problem("patient-twice", message, "check both against the paper", "patients.csv"))
    if problems:
        raise DataError(problems)


def _original(of: Mapping[str, Mapping[str, Any]], arm: str) -> str:
    """The arm at the end of ``same_patients_as``."""
    seen = {arm}
    while (further := of[arm]["same_patients_as"]) is not None and further not in seen:
        arm = str(further)
        seen.add(arm)
    return arm


def _usable(review: Review, types: Sequence[str], tables: Sequence[str]) -> dict[str, ColumnSpec]:
    """Columns of these types by name; of two tables' columns of one name the first."""
    found: dict[str, ColumnSpec] = {}
    for table in tables:
        for spec in review.codebook[table].columns:
            if spec.type in types:
                found.setdefault(spec.name, spec)
    return found


def _check_event(review: Review, events: Sequence[str], column: str) -> None:
    columns = _usable(review, OF_EVENTS, ("patients",))
    if column not in columns:
        raise usage(f"{column!r} is no column of events of patients.csv", near(column, list(columns)), "unknown-column")
    terms = [term for term in columns[column].terms or ("yes", "no") if term != NOT_REPORTED]
    for value in events:
        if value not in terms:
            raise usage(f"{value!r} is not a value of {column}", near(value, terms), "unknown-value")


def _check_covariate(review: Review, name: str) -> None:
    columns = _usable(review, USABLE, ("patients", "arms"))
    if name not in columns:
        what = f"{name!r} is no column of numbers, terms or yes and no of patients.csv or arms.csv"
        raise usage(what, near(name, list(columns)), "unknown-column")
