"""What was changed in a worksheet since it was written: which rows, which of their cells."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from ..characters import UNSEEN
from ..errors import Problem
from .cells import BadCell, parse_cell
from .sheet_layout import SheetTable, canonical, identity, identity_columns
from .sheet_reading import Filled
from .sheet_stamp import Stamped

#: Part of the cells that two rows share at least, if they are one row whose name was changed.
_SHARED = 0.5
#: Pairs of rows that are still compared for it.
_MOST_PAIRS = 250_000

Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Change:
    """A row that differs from what the workbook was written from.

    Attributes:
        was: Its cells then; None for a row that was added. now: Its cells now; None for one that was removed.
        place: Its number in the worksheet; 0 for one that was removed.
        origin: Its number (0-based) among the rows then; of an added one that of the row above it, -1 = none above.
    """

    was: Cells | None
    now: Cells | None
    place: int
    origin: int

    @property
    def cells(self) -> dict[str, tuple[str, str]]:
        """Column -> before and after, of the cells that differ; of an added row those that are filled."""
        was, now = self.was or {}, self.now or {}
        names = dict.fromkeys((*was, *now))
        return {
            name: (was.get(name, ""), now.get(name, "")) for name in names if was.get(name, "") != now.get(name, "")
        }


@dataclass(frozen=True, slots=True)
class TableChanges:
    """What differs in one table.

    Attributes:
        table: Which. columns: That the workbook was written with. names: Those and the ones that it has now.
        before: Its rows as the workbook was written. after: As they stand now.
        changes: In the order of the worksheet, removed rows last.
        places: Number (0-based) of a row then -> its number in the worksheet.
        sorted: Whether the rows stand in the order in which they were written.
    """

    table: SheetTable
    columns: tuple[str, ...]
    names: tuple[str, ...]
    before: tuple[Cells, ...]
    after: tuple[Cells, ...]
    changes: tuple[Change, ...]
    places: Mapping[int, int]
    sorted: bool


def changes_of(filled: Filled, stamped: Stamped, file: str, problems: list[Problem]) -> TableChanges:
    """What was changed in a worksheet; what can't stand in its column is a problem.

    A worksheet without one of its columns leaves that column as it is.

    Args:
        filled: The worksheet. stamped: What it was written from. file: Its name, for problems. problems: Appended to.
    """
    table = filled.table
    specs = {column.name: column for column in table.columns}
    names = tuple(dict.fromkeys((*stamped.columns, *filled.letters)))
    before = [{name: row.get(name, "") for name in names} for row in stamped.rows]
    rows = [replace(row, cells={name: row.cells.get(name, "") for name in names}) for row in filled.rows]
    origins = align(table, before, [row.cells for row in rows], filled.letters)
    changes, above = list[Change](), -1
    for at, (row, origin) in enumerate(zip(rows, origins, strict=True)):
        if origin is None:
            changes.append(Change(None, row.cells, row.number, above))
            continue
        above, was = origin, before[origin]
        same = {
            name: name not in filled.letters
            or canonical(was[name], specs.get(name)) == canonical(text, specs.get(name))
            for name, text in row.cells.items()
        }
        rows[at] = replace(row, cells={name: was[name] if same[name] else text for name, text in row.cells.items()})
        if not all(same.values()):
            changes.append(Change(was, rows[at].cells, row.number, origin))
    problems += _gone_columns(filled, stamped, file)
    problems += [found for change in changes for found in _bad_cells(filled, change, file)]
    kept = {origin for origin in origins if origin is not None}
    changes += [Change(was, None, 0, i) for i, was in enumerate(before) if i not in kept]
    places = {origin: row.number for row, origin in zip(rows, origins, strict=True) if origin is not None}
    order = [origin for origin in origins if origin is not None]
    after = tuple(row.cells for row in rows)
    return TableChanges(
        table, stamped.columns, names, tuple(before), after, tuple(changes), places, order == sorted(order)
    )


def _gone_columns(filled: Filled, stamped: Stamped, file: str) -> list[Problem]:
    return [
        Problem(
            "missing-column",
            f"the column {name!r} is gone; what the table has there stays as it is",
            "bring it back to change it; to empty its cells, empty them",
            f"{file}:{filled.title}",
            severity="warning",
        )
        for name in stamped.columns
        if name not in filled.letters and any(row.get(name) for row in stamped.rows)
    ]


def _bad_cells(filled: Filled, change: Change, file: str) -> list[Problem]:
    """Cells that were typed and can't stand in their column, whatever the other rows say."""
    specs = {column.name: column for column in filled.table.columns}
    problems = []
    for name, (_, text) in change.cells.items():
        found = parse_cell(text, specs[name]) if name in specs else None
        if found is None or not isinstance(found, BadCell):
            if not UNSEEN.search(text):
                continue
            mend = "type the cell again without it"
            found = BadCell("control-character", f"{text!r} holds a character that can't be seen", mend)
        problems.append(filled.problem(file, change.place, name, found))
    return problems


def align(
    table: SheetTable, before: Sequence[Cells], now: Sequence[Cells], there: Mapping[str, str]
) -> list[int | None]:
    """Which of the rows before each row is: the same cells, else the same name, else most of the same cells.

    Args:
        table: Whose rows they are. before, now: Cells of each row. there: Columns that the worksheet has.

    Returns:
        For each row now its number (0-based) among those before, or None for a new one.
    """
    columns = [column for column in table.columns if column.name in there]
    first, second = (
        [tuple(canonical(row.get(column.name, ""), column) for column in columns) for row in rows]
        for rows in (before, now)
    )
    found: list[int | None] = [None] * len(now)
    free = _pair(first, second, found, range(len(first)))
    if set(identity_columns(table.spec)) <= set(there):
        free = _pair(
            [identity(table.spec, row) for row in before], [identity(table.spec, row) for row in now], found, free
        )
    _pair_by_likeness(first, second, found, free)
    return found


def _pair(
    before: Sequence[tuple[str, ...]], now: Sequence[tuple[str, ...]], found: list[int | None], free: Sequence[int]
) -> list[int]:
    """Pair rows that are alike, in their order; returns the rows before that are still free."""
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for i in free:
        places[before[i]].append(i)
    for at, key in enumerate(now):
        if found[at] is None and any(key) and places.get(key):
            found[at] = places[key].pop(0)
    taken = set(found)
    return [i for i in free if i not in taken]


def _pair_by_likeness(
    before: Sequence[tuple[str, ...]], now: Sequence[tuple[str, ...]], found: list[int | None], free: list[int]
) -> None:
    """Pair rows that stand between the same rows and have most cells alike."""
    new = [at for at, origin in enumerate(found) if origin is None]
    if len(new) * len(free) > _MOST_PAIRS:
        return
    for at in new:
        above = max((origin for origin in found[:at] if origin is not None), default=-1)
        below = min((origin for origin in found[at:] if origin is not None), default=len(before))
        there = [i for i in free if above < i < below]
        best = max(there, key=lambda i: (_likeness(before[i], now[at]), -i), default=None)
        if best is not None and _likeness(before[best], now[at]) >= _SHARED:
            found[at] = best
            free.remove(best)


def _likeness(one: tuple[str, ...], other: tuple[str, ...]) -> float:
    """Share of filled cells that are the same."""
    filled = [(a, b) for a, b in zip(one, other, strict=True) if a or b]
    return sum(a == b for a, b in filled) / len(filled) if filled else 0.0


def named(table: SheetTable, row: Cells) -> str:
    """A row as it is called."""
    return " ".join(text for text in identity(table.spec, row) if text) or "row without a name"
