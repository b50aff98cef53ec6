"""A cell corrected with its reason: the cell itself and the row of changes.csv, every other byte as it was."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from ..errors import near, unknown, usage
from ..kept_rows import Edit, KeptRow, KeptTable, kept_table, read_kept
from .changes import NAME, same_cell
from .fitting import fitting
from .further_tables import CHANGES
from .planned import Planned
from .row_names import naming, plain, row_names
from .specs import ColumnSpec, TableSpec

#: Rows that are listed where the asked one does not exist.
SHOWN = 8


@dataclass(frozen=True, slots=True)
class Correction:
    """What somebody corrects.

    Attributes:
        table, row, column: Which cell; a row as ``evidence diff`` names it, or its first words, of one row alone.
        new: What is right; empty = nothing. reason: Why. by: Who says so.
        old: What stood there before; None = what stands there now.
    """

    table: str
    row: str
    column: str
    new: str
    reason: str
    by: str | None = None
    old: str | None = None


def corrected(folder: Path, book: Mapping[str, TableSpec], one: Correction, day: date) -> Planned:
    """What must be written for a correction; a cell that is right already only gets its reason.

    Args:
        folder: Of the review. book: Its tables. one: The correction. day: Of today.

    Raises:
        UsageError: no reason; no such table, row or column; an id; a value that the column can't hold; nothing to
            correct. DataError: a table that can't be changed in place.
    """
    reason = " ".join(one.reason.split())
    if not reason:
        raise usage("a correction needs its reason", 'add --reason "..." with what it rests on', "no-reason")
    spec, column = _column(book, one)
    table = read_kept(folder / spec.file, spec.names).sound()
    row, name = _row(table, spec, one.row)
    new = _new_value(one, column, name)
    now = table.values(row).get(column.name, "")
    done = plain(now) == plain(new)
    old = _old_value(one, f"{name} {column.name}", now, done)
    after = table if done else table.edited([Edit({column.name: new}, row)]).table
    named = _renamed(after, spec, row, name)
    log = _log(folder / CHANGES.file, spec.name, name, named)
    cells = {
        **dict(zip(("table", "row", "column"), (spec.name, named, column.name), strict=True)),
        **dict(zip(("old", "new", "reason"), (old, new, reason), strict=True)),
        "date": day.isoformat(),
        "changed_by": " ".join((one.by or "").split()),
    }
    _refuse_again(log, cells)
    logged = log.edited([Edit(cells)])
    said = f"{name} {column.name}: {old or 'empty'}, now {new or 'empty'} ({reason})"
    path = folder / spec.file
    line = f"{folder / CHANGES.file}: the reason is in line {logged.lines[0]}"
    files = {} if done else {path: after.content()}
    told = (f"{path}: {said}{'; the table had it already' if done else ''}", line)
    return Planned({**files, folder / CHANGES.file: logged.content()}, told)


def value_in(content: bytes, spec: TableSpec, row: str, column: str) -> str | None:
    """The cell of a table as it was; None where it has no such row or column.

    Args:
        content: Bytes of the table. spec: Its columns. row: Name of the row, or its first words. column: Its name.

    Raises:
        DataError: the table can't be read.
    """
    table = kept_table(content, spec.file)
    found = _matching(_named(table, spec), row)
    if len(found) != 1 or column not in table.names:
        return None
    return table.values(found[0][1]).get(column, "")


def _column(book: Mapping[str, TableSpec], one: Correction) -> tuple[TableSpec, ColumnSpec]:
    known = tuple(name for name in book if name != NAME)
    if one.table not in known:
        raise unknown("table", one.table, known)
    spec = book[one.table]
    column = spec.column(one.column)
    if column is None:
        raise unknown(f"column of {spec.name}", one.column, spec.names, "unknown-column")
    if column.type == "id":
        mend = "rename it in every table that names it; evidence diff tells it as a new name"
        raise usage(f"{column.name} names the rows of {spec.file}: other tables name them so", mend, "is-id")
    return spec, column


def _named(table: KeptTable, spec: TableSpec) -> list[tuple[str, KeptRow]]:
    rows = table.filled
    return list(zip(row_names([table.values(row) for row in rows], spec), rows, strict=True))


def _matching(named: Sequence[tuple[str, KeptRow]], asked: str) -> list[tuple[str, KeptRow]]:
    """The row of that name, else those whose names begin with these words."""
    wanted = plain(asked)
    exact = [(name, row) for name, row in named if plain(name) == wanted]
    return exact or [(name, row) for name, row in named if wanted and plain(name).startswith(f"{wanted} ")]


def _row(table: KeptTable, spec: TableSpec, asked: str) -> tuple[KeptRow, str]:
    named = _named(table, spec)
    found = _matching(named, asked)
    if len(found) == 1:
        return found[0][1], found[0][0]
    if found:
        mend = f"name one of them: {' | '.join(name for name, _ in found[:SHOWN])}"
        raise usage(f"{asked!r} can be {len(found)} rows of {table.file}", mend, "ambiguous")
    close = near(asked, [name for name, _ in named], 0.6)
    mend = close.partition(" Known:")[0] if "did you mean" in close else ""
    how = f"a row is named by its {', '.join(naming(spec))}, as evidence diff names it"
    raise usage(f"{table.file} has no row {asked!r}", f"{mend} {how}".strip(), "unknown-row")


def _new_value(one: Correction, column: ColumnSpec, name: str) -> str:
    new = " ".join(one.new.split())
    if not new and column.required:
        raise usage(f"{name} {column.name} can't be empty", f"give its value: {column.meaning}", "missing-value")
    return fitting(new, column, f"{name} {column.name}")


def _old_value(one: Correction, cell: str, now: str, done: bool) -> str:
    """What stood there before."""
    given = None if one.old is None else " ".join(one.old.split())
    if not done:
        if given is not None and plain(given) != plain(now):
            what = f"{cell} is {now or 'empty'} now, not {given or 'empty'}"
            raise usage(what, f"leave --was out, or give what stands there: --was {now!r}", "old-differs")
        return now
    if given is None:
        mend = "if it was corrected before, say what stood there: --was VALUE"
        raise usage(f"{cell} is {now or 'empty'} already", mend, "nothing-to-correct")
    if plain(given) == plain(now):
        raise usage(f"{cell}: {now or 'empty'} before and after", "give what stood there before", "nothing-to-correct")
    return given


def _refuse_again(log: KeptTable, cells: Mapping[str, str]) -> None:
    """Refuse a change that stands there with the same reason."""
    what = ("table", "row", "column", "old", "new", "reason")
    for row in log.filled:
        one = log.values(row)
        if all(plain(one.get(name, "")) == plain(cells[name]) for name in what):
            message = f"{cells['row']} {cells['column']}: this change and its reason are recorded already"
            raise usage(message, f"nothing: it is line {row.line} of {log.file}", "recorded-already")


def _renamed(after: KeptTable, spec: TableSpec, row: KeptRow, name: str) -> str:
    """The name of the row after the correction, which may be one of the cells that it is named by."""
    return next((new for new, one in _named(after, spec) if one.line == row.line), name)


def _log(path: Path, table: str, name: str, named: str) -> KeptTable:
    """changes.csv, with earlier changes of a row under the name that it has now."""
    log = read_kept(path, CHANGES.names).sound()
    if name == named:
        return log
    cells = [(row, log.values(row)) for row in log.filled]
    about = [row for row, one in cells if same_cell(one, table, name, one.get("column", ""))]
    return log.edited([Edit({"row": named}, row) for row in about]).table if about else log


def with_old(one: Correction, old: str | None) -> Correction:
    """The correction with what stood there before, where that was not given."""
    return one if one.old is not None or old is None else replace(one, old=old)
