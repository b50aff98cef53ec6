"""changes.csv: why a cell was changed, one row for each change, which `evidence diff` tells beside the change."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..errors import Problem, near
from .cells import BadCell, parse_cell
from .days import is_day
from .reading import Table
from .row_names import plain, row_names

NAME = "changes"
#: In the notes of a change whose row was taken out of its table since.
GONE = "row taken out since"

Row = Mapping[str, Any]


def same_cell(one: Row, table: str, row: str, column: str) -> bool:
    """Whether a row of changes.csv is about a cell."""
    return one.get("table") == table and one.get("column") == column and plain(one.get("row") or "") == plain(row)


def reason_of(rows: Sequence[Row], cell: tuple[str, str, str], now: str, before: Sequence[Row] = ()) -> str | None:
    """Why a cell has its value: the reason of the last change to that value, None where nobody said.

    Args:
        rows: Of changes.csv. cell: Table, name of the row, and column. now: Its value as written.
        before: Rows of changes.csv in an earlier version; what they say was said before.
    """
    said = [(one.get("new"), one.get("reason")) for one in before if same_cell(one, *cell)]
    for one in reversed(rows):
        if same_cell(one, *cell) and plain(one.get("new") or "") == plain(now) and one.get("reason"):
            return None if (one.get("new"), one.get("reason")) in said else str(one["reason"])
    return None


def change_problems(tables: Mapping[str, Table]) -> list[Problem]:
    """Changes of what is not there, of nothing, or to a value that the cell does not have now."""
    changes = tables[NAME]
    names = {name: _positions(table) for name, table in tables.items() if name in {r["table"] for r in changes.rows}}
    problems, last = list[Problem](), dict[tuple[str, int, str], int]()
    for position, row in enumerate(changes.rows):
        if row["date"] is not None and not is_day(row["date"]):
            message, mend = f"{row['date']!r} can be misread", "write the day as 2024-05-31"
            problems.append(changes.warning("date-unclear", position, "date", message, mend))
        if row["row"] is None or row["column"] is None or row["table"] is None:
            continue
        found = _place(changes, position, tables, names)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        if plain(row["old"] or "") == plain(row["new"] or ""):
            message = f"{row['row']} {row['column']}: old and new are both {row['new'] or 'empty'}"
            problems.append(changes.problem("change-of-nothing", position, "new", message, "give the value before"))
        last[row["table"], found, row["column"]] = position
    for (name, at, column), position in last.items():
        problems += _not_now(changes, position, tables[name], at, column)
    return problems


def _positions(table: Table) -> dict[str, int]:
    return {plain(name): i for i, name in enumerate(row_names(table.rows, table.spec))}


def _place(
    changes: Table, position: int, tables: Mapping[str, Table], names: Mapping[str, Mapping[str, int]]
) -> int | Problem:
    """Position of the row that a change is about, or what is wrong with its name."""
    row = changes.rows[position]
    name, column = row["table"], row["column"]
    table = tables.get(name)
    if table is None or name == NAME:
        known = tuple(other for other in tables if other != NAME)
        return changes.problem("unknown-table", position, "table", f"there is no table {name!r}", near(name, known))
    if table.spec.column(column) is None:
        message = f"{column!r} is not a column of {table.spec.file}"
        return changes.problem("unknown-column", position, "column", message, near(column, table.spec.names))
    found = names[name].get(plain(row["row"]))
    if found is None and table.complete:
        message = f"{table.spec.file} has no row {row['row']!r}"
        if GONE in (row["notes"] or ""):
            return -1
        mend = f"name it as evidence diff does; if it was taken out since, write {GONE!r} into notes here"
        return changes.warning("change-without-row", position, "row", message, mend)
    return -1 if found is None else found


def _not_now(changes: Table, position: int, table: Table, at: int, column: str) -> list[Problem]:
    """Whether the last change of a cell is to the value that it has."""
    spec = table.spec.column(column)
    if at < 0 or spec is None:
        return []
    row, now = changes.rows[position], table.rows[at][column]
    new = parse_cell(row["new"] or "", spec)
    if new == now or (isinstance(new, str) and isinstance(now, str) and plain(new) == plain(now)):
        return []
    if isinstance(new, BadCell):
        return [changes.problem(new.code, position, "new", f"{row['row']} {column}: {new.message}", new.mend)]
    shown = "empty" if now is None else f"{now:g}" if isinstance(now, float) else str(now)
    message = f"{row['row']} {column}: the last change is to {row['new'] or 'empty'}, but {table.file} has {shown}"
    mend = f"add the row of the change to {shown} with its reason (evidence correct), or mend the table"
    return [changes.warning("change-differs", position, "new", message, mend)]
