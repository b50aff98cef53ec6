"""What changed since an earlier version: the sources that moved an outcome, and what differs in each table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..updates.change_text import summary
from ..updates.difference import Difference
from ..updates.explained import ROUNDED, Explained, ordered, rounded_apart, rows
from ..updates.inclusion import End
from .table import Cell, Table, TableColumn

_FOOT = (
    "Points are percentage points, averaged over the orders in which the changes can come. The proportion is the"
    " printed one; the observed share is that of all units in the pool."
)


def change_table(name: str, explained: Explained) -> Table | None:
    """Before, each source, after; None where the change can't be shared out.

    Args:
        name: Of its file. explained: The change.
    """
    said = rows(explained)
    if not said or explained.parts is None or explained.before is None:
        return None
    before, after, parts = explained.before, explained.after, explained.parts
    share = None if before.n == 0 or after.n == 0 else 100 * (after.events / after.n - before.events / before.n)
    values: list[tuple[str, float | None, float | None, float | None]] = [
        ("version", *_end(before)),
        *(
            (part.source.kind, _points(part.observed), _points(part.pooled), _points(part.error) or None)
            for part in ordered(parts.parts)
        ),
        ("change", share, 100 * (parts.after - parts.before), None),
        ("version", *_end(after)),
    ]
    columns = (
        TableColumn("source", "Source"),
        TableColumn("kind", "Kind", where="csv"),
        TableColumn("what_changed", "What changed"),
        TableColumn("observed", "Observed share, points", "right"),
        TableColumn("proportion", "Proportion, points", "right"),
        TableColumn("standard_error", "Standard error, points", "right", where="csv"),
    )
    body = tuple(
        (Cell(source, source), Cell("", kind), Cell(what, _counted(what)), Cell(a, x), Cell(b, y), Cell("", error))
        for (source, what, a, b), (kind, x, y, error) in zip(said, values, strict=True)
    )
    caption = f"{after.title}: what moved the proportion since {before.label}."
    feet = (_FOOT, ROUNDED) if rounded_apart(explained) else (_FOOT,)
    return Table(name, caption, columns, body, feet)


def _counted(what: str) -> str | None:
    """What changed, for a file: 3/6 would become a day in a spreadsheet."""
    return re.sub(r"\b(\d+)/(\d+)\b", r"\1 of \2", what) or None


def _points(value: float | None) -> float | None:
    return None if value is None else 100 * value


def _end(end: End) -> tuple[float | None, float | None, None]:
    """Of a version its observed share and its proportion in percent."""
    return (100 * end.events / end.n if end.n else None), _points(end.value), None


#: Kinds of changes that are counted of each table: key, heading.
COUNTED = (
    ("rows_added", "Rows added"),
    ("rows_removed", "Rows removed"),
    ("cells_corrected", "Cells corrected"),
    ("cells_reclassified", "Cells reclassified"),
    ("links_changed", "Links cut or made"),
)


def difference_table(name: str, since: str, difference: Difference) -> Table | None:
    """What differs in each table, counted; None where no table differs.

    Args:
        name: Of its file. since: Label of the earlier version. difference: Of the tables.
    """
    differing = [table for table in difference.tables if not table.same]
    if not differing:
        return None
    columns = (
        TableColumn("table", "Table"),
        *(TableColumn(key, heading, "right") for key, heading in COUNTED),
        TableColumn("summary", "In words", where="csv"),
    )
    body = tuple(
        (
            Cell(table.table, table.table),
            *_counts((table.added, table.removed, table.of("corrected"), table.of("reclassified"), table.links)),
            Cell("", summary(table)),
        )
        for table in differing
    )
    return Table(name, f"What differs in the tables since {since}.", columns, body)


def _counts(changes: Sequence[Sequence[object]]) -> tuple[Cell, ...]:
    return tuple(Cell(str(len(found)), len(found)) for found in changes)
