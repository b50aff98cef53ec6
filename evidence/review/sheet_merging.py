"""The changes of a workbook in the CSV tables: rows that nobody touched keep their bytes, conflicts are refused."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field

from ..errors import Problem
from ..kept_rows import Edit
from .sheet_changes import Change, TableChanges, named
from .sheet_layout import canonical, identity


@dataclass(frozen=True, slots=True)
class Merged:
    """One table with the changes of a worksheet.

    Attributes:
        changes: All of the worksheet. made: Those that change the file; the others stand in it already.
        content: Bytes of the file; None where it stays as it is.
        places: 1-based line of the new file -> number of the row in the worksheet, where it has one.
    """

    changes: TableChanges
    made: tuple[Change, ...] = ()
    content: bytes | None = None
    places: Mapping[int, int] = field(default_factory=dict)


def merged(changes: TableChanges, place: str, problems: list[Problem]) -> Merged:
    """The file with the changes in it.

    A row that others have changed in the file since the workbook was written, and that was changed in the worksheet
    too, is a conflict: a problem, and the file stays as it is.

    Args:
        changes: Of the worksheet. place: Name of the workbook and the worksheet, for problems. problems: Appended to.
    """
    file = _File.of(changes)
    conflicts: list[Problem] = []
    made, new_cells, added, gone = list[Change](), dict[int, Mapping[str, str]](), list[Change](), set[int]()
    for change in changes.changes:
        at = file.at.get(change.origin) if change.was is not None else None
        if change.was is None:
            wanted = file.fits(change)
            if wanted is None:
                added.append(change)
        elif at is None:
            wanted = file.fits(change)
        elif change.now is None:
            gone.add(at)
            wanted = None
        else:
            new_cells[at] = {name: now for name, (_, now) in change.cells.items()}
            wanted = None
        if wanted is False:
            conflicts.append(_conflict(changes, change, place))
        elif wanted is None:
            made.append(change)
    problems += conflicts
    if conflicts or not made:
        return Merged(changes)
    return _written(changes, file, (tuple(made), new_cells, added, gone))


@dataclass(frozen=True, slots=True)
class _File:
    """The rows of the file beside those that the workbook was written from.

    Attributes:
        at: Number of a row then -> its number in the file, where it still stands as it was.
        others: Rows of the file that are none of those, as compared; by name those that have one.
    """

    changes: TableChanges
    at: Mapping[int, int]
    others: frozenset[tuple[str, ...]]
    names: frozenset[tuple[str, ...]]

    @classmethod
    def of(cls, changes: TableChanges) -> _File:
        rows = changes.table.rows()
        free: dict[tuple[str, ...], list[int]] = defaultdict(list)
        for i, row in enumerate(rows):
            free[_compared(changes, row)].append(i)
        at = {}
        for i, was in enumerate(changes.before):
            found = free.get(_compared(changes, was))
            if found:
                at[i] = found.pop(0)
        left = [rows[i] for places in free.values() for i in places]
        names = frozenset(identity(changes.table.spec, row) for row in left)
        return cls(changes, at, frozenset(_compared(changes, row) for row in left), names)

    def fits(self, change: Change) -> bool | None:
        """A change whose row is not in the file as it was: True = made already, None = to be made, False = conflict."""
        now = change.now
        if now is not None and _compared(self.changes, now) in self.others:
            return True
        spec = self.changes.table.spec
        if change.was is None:
            return False if identity(spec, now or {}) in self.names else None
        if now is None:
            return identity(spec, change.was) not in self.names
        return False


def _compared(changes: TableChanges, row: Mapping[str, str]) -> tuple[str, ...]:
    spec = changes.table
    columns = {column.name: column for column in spec.columns}
    return tuple(canonical(row.get(name, ""), columns.get(name)) for name in changes.columns)


def _conflict(changes: TableChanges, change: Change, place: str) -> Problem:
    row = change.was or change.now or {}
    file = changes.table.spec.file
    done = "removed" if change.now is None else "added" if change.was is None else "changed"
    message = f"{named(changes.table, row)}: {done} here, and {file} has changed since the workbook was written"
    if change.was is not None and change.now is not None:
        told = "; ".join(f"{name} {was!r} -> {now!r}" for name, (was, now) in change.cells.items())
        message += f" ({told})"
    mend = "write a new workbook with `evidence sheet REVIEW -o FILE.xlsx`, and make this change there"
    return Problem("conflict", message, mend, place, change.place or None)


def _written(
    changes: TableChanges,
    file: _File,
    parts: tuple[tuple[Change, ...], Mapping[int, Mapping[str, str]], list[Change], set[int]],
) -> Merged:
    made, new_cells, added, gone = parts
    table, filled = changes.table, changes.table.text.filled
    places = {file.at[origin]: place for origin, place in changes.places.items() if origin in file.at}
    edits = [
        (Edit(None if at in gone else new_cells.get(at, {}), row), 0 if at in gone else places.get(at, 0))
        for at, row in enumerate(filled)
    ]
    for at, new in _below(changes, file, added).items():
        below = None if at == len(filled) else table.text.header if at < 0 else filled[at]
        edits += [(Edit(change.now or {}, None, below), change.place) for change in new]
    told = {name for edit, _ in edits for name, value in (edit.cells or {}).items() if value}
    wide = table.text.with_columns(name for name in table.names if name in told)
    edited = wide.edited([edit for edit, _ in edits])
    lines = zip(edited.lines, edits, strict=True)
    return Merged(changes, made, edited.content(), {line: place for line, (_, place) in lines if place})


def _below(changes: TableChanges, file: _File, added: list[Change]) -> dict[int, list[Change]]:
    """Number of a row of the file -> rows that were added below it; at the end where the order was changed."""
    end = len(changes.table.text.filled)
    found: dict[int, list[Change]] = defaultdict(list)
    last = max(file.at, default=-1)
    for change in added:
        above = change.origin
        while above >= 0 and above not in file.at:
            above -= 1
        at = -1 if above < 0 else file.at[above]
        found[at if changes.sorted and change.origin < last else end].append(change)
    return found
