"""All rows of one study, in whatever table they stand: what is to be taken out when it is excluded."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..errors import Problem
from .codebook import items
from .reading import Table

Tables = Mapping[str, Table]
#: Table, position, column, and the id that the cell names.
Named = tuple[str, int, str, str]


@dataclass(frozen=True, slots=True)
class StudyRows:
    """Where a study stands.

    Attributes:
        study: Its id.
        rows: Table -> positions of rows that are of it alone: its own, of its arms, and of what names these.
        named: (table, position, column, id) of cells of other rows that name one of them: its reports, other arms.
        reports: Positions of its reports in reports.csv.
    """

    study: str
    rows: Mapping[str, tuple[int, ...]]
    named: tuple[Named, ...]
    reports: tuple[int, ...]


def study_rows(tables: Tables, study: str) -> StudyRows:
    """Where a study stands in the tables of a review."""
    gone: dict[str, set[str]] = {name: set() for name in tables}
    gone["studies"].add(study)
    rows: dict[str, set[int]] = {name: set() for name in tables}
    while any(_follow(table, gone, rows[name]) for name, table in tables.items()):
        continue
    found = {name: tuple(sorted(positions)) for name, positions in rows.items() if positions}
    named = tuple(one for name, table in tables.items() for one in _naming(name, table, gone, rows[name]))
    reports = tuple(i for i, row in enumerate(tables["reports"].rows) if row["study_id"] == study)
    return StudyRows(study, found, named, reports)


def _follow(table: Table, gone: Mapping[str, set[str]], rows: set[int]) -> bool:
    """Add the rows that can't be without one that is gone; whether there was any new one."""
    key, name = table.spec.key, table.spec.name
    needed = [column for column in table.spec.columns if column.type == "ref" and column.required and column.refers]
    before = len(rows)
    for position, row in enumerate(table.rows):
        own = key is not None and name == "studies" and row[key] in gone[name]
        if own or any(column.refers and row[column.name] in gone[column.refers[0]] for column in needed):
            rows.add(position)
            if key is not None and row[key] is not None:
                gone[name].add(row[key])
    return len(rows) > before


def _naming(name: str, table: Table, gone: Mapping[str, set[str]], rows: set[int]) -> Iterator[Named]:
    for column in table.spec.columns:
        if column.refers is None:
            continue
        for position, row in enumerate(table.rows):
            value = row[column.name]
            if position in rows or value is None:
                continue
            for one in items(value) if column.type == "refs" else (value,):
                if one in gone[column.refers[0]]:
                    yield name, position, column.name, one


def excluded_study(tables: Tables, position: int, decided: Mapping[Any, Any]) -> Problem | None:
    """The problem of a study none of whose reports is included, with all of its rows; None where it has no report.

    Args:
        tables: Of the review. position: Of the study in studies.csv. decided: Report -> decision.
    """
    table = tables["studies"]
    found = study_rows(tables, table.rows[position]["study_id"])
    reports = [tables["reports"].rows[i]["report_id"] for i in found.reports]
    if not reports:
        return None
    told = ", ".join(f"{report} is {decided.get(report) or 'without a decision'}" for report in reports)
    message = f"{found.study} has no report that is included: {told}"
    keep = f"to keep the study, make the decision on one of its reports {'included'!r} in screening.csv"
    if not {decided.get(report) for report in reports} & {"excluded", "awaiting_classification"}:
        return table.problem("study-without-report", position, "study_id", message, keep)
    out = f"to leave it out, delete its rows ({'; '.join(_placed(found, tables))})"
    if cells := list(_cells(found, tables)):
        out += f" and empty {', '.join(cells)}"
    mend = f"{out}: evidence exclude REVIEW {found.study} does it; {keep}"
    return table.problem("study-without-report", position, "study_id", message, mend)


def _placed(found: StudyRows, tables: Tables) -> Iterator[str]:
    for name, positions in found.rows.items():
        lines = ", ".join(str(tables[name].lines[i]) for i in positions)
        yield f"{tables[name].spec.file} {'line' if len(positions) == 1 else 'lines'} {lines}"


def _cells(found: StudyRows, tables: Tables) -> Iterator[str]:
    for name, position, column, one in found.named:
        own = tables[name].rows[position][column] == one
        what = column if own else f"{one} in {column}"
        yield f"{what} of {tables[name].spec.file} line {tables[name].lines[position]}"
