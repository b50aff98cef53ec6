"""A difference as tables for other programs: each row and cell that changed; each source of what moved the outcomes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ..updates.difference import Difference
from ..updates.explained import Explained
from .change_tables import change_table
from .table import Cell, Table, TableColumn


def differences_table(difference: Difference) -> Table:
    """Every id that was renamed, row that came or went, and cell that changed."""
    keys = ("table", "change", "row", "column", "old", "new", "why")
    body = tuple(tuple(Cell(text or "", text or None) for text in row) for row in _rows(difference))
    return Table("differences", "What differs.", tuple(TableColumn(key, key) for key in keys), body)


def _rows(difference: Difference) -> Iterator[tuple[str | None, ...]]:
    for rename in difference.renames:
        yield rename.table, "renamed", rename.new, None, rename.old, rename.new, None
    for table in difference.tables:
        if table.not_kept:
            yield table.table, "not compared", None, None, None, None, "a version was rebuilt without the table"
        yield from ((table.table, "added", row, None, None, None, None) for row in table.added)
        yield from ((table.table, "removed", row, None, None, None, None) for row in table.removed)
        for one in table.changes:
            yield table.table, one.kind, one.row, one.column, one.old, one.new, one.why
        yield from ((table.table, "column added", None, name, None, None, None) for name in table.columns_added)
        yield from ((table.table, "column removed", None, name, None, None, None) for name in table.columns_removed)
    yield from ((name, "changed as well", None, None, None, None, None) for name in difference.other)


def sources_table(outcomes: Sequence[Explained]) -> Table:
    """Of each outcome both versions and the sources between them; the versions alone where it can't be shared out."""
    outcome = TableColumn("outcome", "Outcome")
    columns: tuple[TableColumn, ...] = ()
    body: list[tuple[Cell, ...]] = []
    for one in outcomes:
        table = change_table("sources", one)
        name = Cell(one.outcome, one.outcome)
        if table is not None:
            columns = table.columns
            body += [(name, *row) for row in table.rows]
        else:
            body += [(name, *_bare(end.label, end.events, end.n, end.value)) for end in (one.before, one.after) if end]
    return Table("sources", "What moved the outcomes.", (outcome, *(columns or _COLUMNS)), tuple(body))


def _bare(label: str, events: int, n: int, value: float | None) -> tuple[Cell, ...]:
    counts = f"{events} of {n}" if n else None
    share = 100 * events / n if n else None
    values = (f"Version {label}", "version", counts, share, None if value is None else 100 * value, None)
    return tuple(Cell("", one) for one in values)


#: As of ``change_table``, where no outcome has one.
_COLUMNS = tuple(
    TableColumn(key, key) for key in ("source", "kind", "what_changed", "observed", "proportion", "standard_error")
)
