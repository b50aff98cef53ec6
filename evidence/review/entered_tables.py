"""Every table that extractors kept of what they entered: extraction/extractor_NAME_TABLE.csv of a review."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from ..errors import Problem, near
from .extraction import FOLDER
from .reading import Table, read_table
from .specs import ColumnSpec, TableSpec

PREFIX = "extractor_"
#: Tables in which raters stand as rows; they are compared where they stand.
OWN_RATERS = ("appraisals", "certainty")
#: Columns that name a row of a table without an id of its own.
ROW_KEYS: Mapping[str, tuple[str, ...]] = {
    "outcomes": ("arm_id", "outcome", "unit"),
    "adverse_events": ("arm_id", "term"),
}
#: Columns in which extractors say where and how they read something: shown beside a value, not compared.
SOURCES = ("source_location", "coding")
#: Columns that belong to an extractor's own way of working, or in which nobody writes the same sentence.
NOT_COMPARED = frozenset({"notes", "definition", "derivation", "agreed_by_both", "label", "own_arm_id", *SOURCES})

#: Table -> extractor -> what that extractor entered; tables in the order of the codebook, extractors by name.
Entered = Mapping[str, Mapping[str, Table]]


def read_entered(folder: Path, book: Mapping[str, TableSpec]) -> tuple[dict[str, dict[str, Table]], list[Problem]]:
    """What each extractor entered, and every problem of the files; never raises for what they hold.

    Columns that the codebook does not know are passed over, and words that it does not know are kept: the files are a
    record. A table of one extractor alone is read too.

    Args:
        folder: Of the review. book: Its codebook.
    """
    found: dict[str, dict[str, Table]] = {}
    problems: list[Problem] = []
    for path in sorted((folder / FOLDER).glob(f"{PREFIX}*.csv")):
        name, table = _parts(path.stem, book)
        if table is None or not name:
            problems.append(_stray(path, book))
        elif table in OWN_RATERS:
            mend = f"put each rater's rows into {table}.csv, which has a column for it"
            message = f"{table} are compared by their raters, not by extractor"
            problems.append(Problem("not-extracted", message, mend, str(path), severity="warning"))
        else:
            read, own = read_table(folder / FOLDER, _relaxed(book[table], path.stem))
            found.setdefault(table, {})[name] = read
            problems += [problem for problem in own if problem.code != "unknown-column"]
            problems += _twice(read, table)
    return {table: found[table] for table in book if table in found}, problems


def row_key(table: str, spec: TableSpec) -> tuple[str, ...]:
    """Columns that name a row; empty where nothing does."""
    return (spec.key,) if spec.key else ROW_KEYS.get(table, ())


def compared(table: str, spec: TableSpec, tables: Sequence[Table]) -> tuple[ColumnSpec, ...]:
    """Columns that at least two extractors' files have and that say something about the report."""
    keys = {*row_key(table, spec), "events", "total"} if table == "outcomes" else set(row_key(table, spec))
    kept = [{name for name in one.spec.names if any(row[name] is not None for row in one.rows)} for one in tables]
    return tuple(
        column
        for column in spec.columns
        if column.name not in keys | NOT_COMPARED and sum(column.name in names for names in kept) >= 2
    )


def _parts(stem: str, book: Mapping[str, TableSpec]) -> tuple[str, str | None]:
    """``extractor_a_adverse_events`` to ``a`` and ``adverse_events``; the longest name of a table counts."""
    rest = stem.removeprefix(PREFIX)
    table = max((name for name in book if rest.endswith(f"_{name}")), key=len, default=None)
    return (rest, None) if table is None else (rest.removesuffix(f"_{table}"), table)


def _stray(path: Path, book: Mapping[str, TableSpec]) -> Problem:
    rest, known = path.stem.removeprefix(PREFIX), [name for name in book if name not in OWN_RATERS]
    mend = f"name it extractor_NAME_TABLE.csv; {near(rest.partition('_')[2] or rest, known)}"
    return Problem("unknown-table", "no table ends this file's name; not read", mend, str(path), severity="warning")


def _relaxed(spec: TableSpec, stem: str) -> TableSpec:
    """The table as extractors may keep it: its keys required, everything else free; numbers must still be numbers."""
    keys = row_key(spec.name, spec)
    columns = [
        ColumnSpec(
            column.name,
            column.type if column.is_numeric else "list" if column.type == "list" else "text",
            column.meaning,
            required=column.name in keys,
            unit=column.unit,
        )
        for column in spec.columns
    ]
    columns += [ColumnSpec(name, "text", "How it was entered") for name in SOURCES if spec.column(name) is None]
    return replace(spec, name=stem, columns=tuple(columns), required=False, filled=False)


def _twice(table: Table, name: str) -> list[Problem]:
    """Rows that say again what an earlier row of the same extractor says of."""
    keys = ROW_KEYS.get(name) or tuple(column.name for column in table.spec.columns if column.required)
    if name == "outcomes":
        keys = (*keys, "timepoint_months")
    seen: dict[tuple[Any, ...], int] = {}
    problems = []
    for i, row in enumerate(table.rows):
        key = tuple(row[column] for column in keys)
        if key in seen:
            what = " ".join(str(part) for part in key if part is not None)
            message = f"{what} stands in line {table.lines[seen[key]]} already"
            mend = "keep the one that was meant; the last one is compared"
            problems.append(table.warning("duplicate-row", i, keys[0], message, mend))
        else:
            seen[key] = i
    return problems
