"""Studies whose counts are still to be read: until then they are not in the review that is analysed."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..errors import Problem
from .codebook import items
from .reading import Table

Tables = Mapping[str, Table]

#: Codes of an empty cell that must be filled.
MISSING = frozenset({"missing-value", "no-design"})
#: Code of an included report that has no rows beside its decision yet.
NOT_EXTRACTED = "not-extracted"
#: Studies that are named before the others are counted.
NAMED = 5
#: Code of the warning that studies are left out until theirs are.
UNFINISHED = "unfinished-study"


@dataclass(frozen=True, slots=True)
class Unfinished:
    """Studies that are left out until their cells are filled.

    Attributes:
        labels: Study id -> its name, or the id where it has none yet.
        tables: All tables without the rows of these studies and their reports.
        places: File and line of each of these rows.
        reports: Ids of their reports.
        waiting: Their rows of screening.csv.
    """

    labels: Mapping[str, str]
    tables: Tables
    places: frozenset[tuple[str, int]]
    reports: frozenset[str]
    waiting: tuple[Mapping[str, Any], ...]

    @property
    def sentence(self) -> str:
        """For every output: which studies are not in it."""
        names = tuple(self.labels.values())
        told = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
        if len(names) == 1:
            return f"Without {told}, whose counts are still to be entered."
        return f"Without {len(names)} studies whose counts are still to be entered: {told}."

    def problem(self, folder: Path) -> Problem:
        """The warning that says so."""
        mend = f"fill the cells that evidence check {folder} lists, or delete the rows"
        message = f"{self.sentence[0].lower()}{self.sentence[1:-1]}"
        return Problem(UNFINISHED, message, mend, str(folder / "studies.csv"), severity="warning")


def without_unfinished(tables: Tables, errors: Sequence[Problem]) -> Unfinished | None:
    """The tables without studies of which no count was entered yet, where that explains every error.

    A study is unfinished when it has rows in outcomes.csv and all of them lack events and total. Nothing else is let
    pass: a count that lost one of its cells, any other error, and a finished study that names an unfinished one stay
    errors.

    Args:
        tables: As read. errors: Of the whole review.

    Returns:
        None where an error is left, or no study is unfinished.
    """
    studies, waiting = _studies(tables), _not_extracted(tables["screening"], errors)
    if not studies and not waiting:
        return None
    gone = _rows(tables, studies, waiting)
    places = frozenset((tables[name].file, tables[name].lines[i]) for name, rows in gone.items() for i in rows)
    if any(
        problem.code not in MISSING | {NOT_EXTRACTED} or (problem.file, problem.line) not in places
        for problem in errors
    ):
        return None
    left = {name: _without(table, gone.get(name, frozenset())) for name, table in tables.items()}
    if _named(tables, left):
        return None
    labels = {row["study_id"]: row["label"] or row["study_id"] for row in tables["studies"].rows}
    names = {name: str(labels[name]) for name in labels if name in studies} | {name: name for name in waiting}
    reports = {tables["reports"].rows[i]["report_id"] for i in gone["reports"]}
    screened = tuple(tables["screening"].rows[i] for i in sorted(gone["screening"]))
    return Unfinished(names, left, places, frozenset(reports), screened)


def _not_extracted(screening: Table, errors: Sequence[Problem]) -> tuple[str, ...]:
    """Included reports without any row beside their decision, in the order of the table."""
    lines = {problem.line for problem in errors if problem.code == NOT_EXTRACTED and problem.file == screening.file}
    rows = zip(screening.lines, screening.rows, strict=True)
    return tuple(str(row["report_id"]) for line, row in rows if line in lines)


def _studies(tables: Tables) -> frozenset[Any]:
    of_arm = {row["arm_id"]: row["study_id"] for row in tables["arms"].rows}
    counted: dict[Any, bool] = {}
    for row in tables["outcomes"].rows:
        study = of_arm.get(row["arm_id"])
        if study is not None:
            empty = row["events"] is None and row["total"] is None
            counted[study] = counted.get(study, False) or not empty
    return frozenset(study for study, has_counts in counted.items() if not has_counts)


def _rows(tables: Tables, studies: frozenset[Any], waiting: Sequence[str]) -> dict[str, frozenset[int]]:
    """Rows of each table that belong to these studies, through their arms and reports too, or to waiting reports."""
    arms = {row["arm_id"] for row in tables["arms"].rows if row["study_id"] in studies}
    reports = {row["report_id"] for row in tables["reports"].rows if row["study_id"] in studies}
    reports |= set(waiting)
    ids = {"study_id": studies, "arm_id": arms, "report_id": reports}
    return {name: frozenset(_naming(table, ids)) for name, table in tables.items()}


def _naming(table: Table, ids: Mapping[str, Collection[Any]]) -> Iterator[int]:
    """Rows that one of these is the name of, or that are about one; an arm that only points to another is not."""
    names = {column.name: column.name for column in table.spec.columns if column.name in ids}
    if table.spec.name != "arms":
        names |= {
            column.name: column.refers[1]
            for column in table.spec.columns
            if column.type == "ref" and column.refers and column.refers[1] in ids
        }
    for i, row in enumerate(table.rows):
        if any(row[name] is not None and row[name] in ids[kind] for name, kind in names.items()):
            yield i


def _without(table: Table, rows: Iterable[int]) -> Table:
    gone = frozenset(rows)
    if not gone:
        return table
    kept = [i for i in range(len(table.rows)) if i not in gone]
    return replace(
        table,
        rows=tuple(table.rows[i] for i in kept),
        lines=tuple(table.lines[i] for i in kept),
    )


def _named(tables: Tables, left: Tables) -> bool:
    """Whether a row that is left names one that is gone."""
    for table in left.values():
        for column in table.spec.columns:
            if column.refers is None:
                continue
            target, key = column.refers
            gone = {row[key] for row in tables[target].rows} - {row[key] for row in left[target].rows}
            names = (name for row in table.rows if row[column.name] for name in items(str(row[column.name])))
            if any(name in gone for name in names):
                return True
    return False
