"""What differs between two versions, table by table: rows added, removed, corrected, reclassified, and why."""

from __future__ import annotations

import tomllib
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

from ..errors import DataError
from ..review.adjudication import Record, read_record
from ..review.changes import NAME as CHANGES
from ..review.changes import reason_of
from ..review.review import SETTINGS, book_of
from ..review.row_names import row_names
from ..review.settings import read_settings
from ..review.specs import ColumnSpec, TableSpec, items
from ..rows import parse_rows
from .finding import laid_out
from .renames import Rename, Row, find_renames, renamed_rows
from .version import Version

#: Tables whose classes decide where a study stands; a class is a term or a list of terms.
_CLASSED = ("studies", "arms", "reports", "screening")
_REASON = "reason"
_NOTES = "notes"
Change = Literal["corrected", "reclassified", "unlinked", "linked"]


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell that changed.

    Attributes:
        row: Name of its row. column: Its column. old, new: As written; empty = nothing.
        kind: ``unlinked`` or ``linked`` where ids left or joined the cell only as their rows went or came;
            ``reclassified`` where the column makes groups or decides who is in; else ``corrected``.
        why: From changes.csv, the record of adjudication, or a note that was written with it; None where nobody said.
    """

    row: str
    column: str
    old: str
    new: str
    kind: Change
    why: str | None


@dataclass(frozen=True, slots=True)
class TableDifference:
    """What differs in one table.

    Attributes:
        table: Its name. added, removed: Names of rows. changes: Of cells, in the order of the later table.
        columns_added, columns_removed: Names in the header.
        absent: Which version does not have the table: before, after, or None.
        not_kept: Whether that version was rebuilt and left the table out: then no row of it came or went.
    """

    table: str
    added: tuple[str, ...]
    removed: tuple[str, ...]
    changes: tuple[CellChange, ...]
    columns_added: tuple[str, ...] = ()
    columns_removed: tuple[str, ...] = ()
    absent: Literal["before", "after"] | None = None
    not_kept: bool = False

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not (self.added or self.removed or self.changes or self.columns_added or self.columns_removed)

    def of(self, kind: Change) -> tuple[CellChange, ...]:
        """The changes of one kind."""
        return tuple(change for change in self.changes if change.kind == kind)

    @property
    def links(self) -> tuple[CellChange, ...]:
        """Cells that lost or gained only the rows that went or came."""
        return (*self.of("unlinked"), *self.of("linked"))


@dataclass(frozen=True, slots=True)
class Difference:
    """What differs between two versions.

    Attributes:
        tables: Those of either version. renames: Ids that are called otherwise now.
        other: Further files that differ: review.toml, references.bib, analyses.
    """

    tables: tuple[TableDifference, ...]
    renames: tuple[Rename, ...]
    other: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        return not self.renames and not self.other and all(table.same for table in self.tables)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "tables": [asdict(table) for table in self.tables if not table.same or table.not_kept],
            "renamed": [asdict(rename) for rename in self.renames],
            "other": list(self.other),
        }


@dataclass(frozen=True, slots=True)
class _State:
    """The tables of a version as text."""

    book: Mapping[str, TableSpec]
    rows: Mapping[str, list[dict[str, str]]]
    headers: Mapping[str, tuple[str, ...]]
    record: Record
    groups: frozenset[str]
    not_kept: tuple[str, ...]


def difference(before: Version, after: Version) -> Difference:
    """What differs between two versions.

    Raises:
        DataError: a table that can't be read.
    """
    old, new = _state(before), _state(after)
    book = {**old.book, **new.book}
    renames = find_renames(old.rows, new.rows, book)
    old = replace(old, rows={name: renamed_rows(rows, name, renames, book) for name, rows in old.rows.items()})
    tables = [name for name in book if name != CHANGES and (name in old.rows or name in new.rows)]
    texts = {spec.file for spec in book.values()}
    other = sorted(
        name
        for name in before.files.keys() | after.files.keys()
        if name not in texts and "extraction/" not in name and _text(before, name) != _text(after, name)
    )
    return Difference(tuple(_table(name, old, new, book) for name in tables), renames, tuple(other))


def _text(version: Version, name: str) -> bytes | None:
    content = version.files.get(name)
    return None if content is None else content.removeprefix(BOM_UTF8).replace(b"\r\n", b"\n")


def _state(version: Version) -> _State:
    with laid_out(version) as root:
        folder = root / "data" / version.review
        settings, _ = read_settings(folder / SETTINGS)
        record = read_record(folder)
    book = book_of(settings)
    rows: dict[str, list[dict[str, str]]] = {}
    headers: dict[str, tuple[str, ...]] = {}
    for name, spec in book.items():
        if (content := version.files.get(spec.file)) is None:
            continue
        raw = parse_rows(content, f"{version.label}/{spec.file}")
        if not raw.complete:
            raise DataError(raw.problems)
        headers[name] = raw.header
        rows[name] = [dict(zip(raw.header, cells, strict=True)) for _, cells in raw.rows]
    return _State(book, rows, headers, record, frozenset(_groups(version)), version.not_kept)


def _groups(version: Version) -> Iterator[str]:
    """Columns by which the analyses of a version group or choose arms."""
    for content in version.analyses.values():
        try:
            outcomes = tomllib.loads(content.decode("utf-8-sig")).get("outcomes", [])
        except ValueError:  # told with its place where the analysis is read
            continue
        for outcome in outcomes if isinstance(outcomes, list) else ():
            if isinstance(outcome, dict):
                by, where = outcome.get("by", []), outcome.get("where", {})
                yield from [by] if isinstance(by, str) else by if isinstance(by, list) else ()
                yield from where if isinstance(where, dict) else ()


def _table(name: str, old: _State, new: _State, book: Mapping[str, TableSpec]) -> TableDifference:
    absent: Literal["before", "after"] | None = (
        "before" if name not in old.rows else "after" if name not in new.rows else None
    )
    if absent is not None and name in (old if absent == "before" else new).not_kept:
        return TableDifference(name, (), (), (), absent=absent, not_kept=True)
    before = _keyed(old.rows.get(name, []), book[name])
    after = _keyed(new.rows.get(name, []), book[name])
    before, after = _matched(name, before, after)
    changes = [
        change
        for key, row in after.items()
        if key in before
        for change in _cells(name, key, before[key], row, (old, new))
    ]
    headers = old.headers.get(name, ()), new.headers.get(name, ())
    return TableDifference(
        name,
        tuple(key for key in after if key not in before),
        tuple(key for key in before if key not in after),
        tuple(changes),
        tuple(column for column in headers[1] if headers[0] and column not in headers[0]),
        tuple(column for column in headers[0] if headers[1] and column not in headers[1]),
        absent,
    )


def _keyed(rows: Sequence[Row], spec: TableSpec) -> dict[str, Row]:
    """Rows by name; one that shares its name with an earlier row has its number beside it."""
    return dict(zip(row_names(rows, spec), rows, strict=True))


def _matched(table: str, before: dict[str, Row], after: dict[str, Row]) -> tuple[dict[str, Row], dict[str, Row]]:
    """An outcome's row whose unit or time alone was corrected is the same row, where only one can be meant."""
    if table != "outcomes":
        return before, after
    went = _by_arm({key: row for key, row in before.items() if key not in after})
    came = _by_arm({key: row for key, row in after.items() if key not in before})
    pairs = [(went[arm][0], came[arm][0]) for arm in went if len(went[arm]) == len(came.get(arm, ())) == 1]
    same = {old: new for old, new in pairs if _is_one(before[old], after[new])}
    return {same.get(key, key): row for key, row in before.items()}, after


def _is_one(old: Row, new: Row) -> bool:
    """As of ``counted_rows.one_row``: other counts at another time are another row."""
    cells = [
        [_plain(row.get(name, "")) for name in ("unit", "events", "total", "timepoint_months")] for row in (old, new)
    ]
    (unit, *counts, time), (other_unit, *other_counts, other_time) = cells
    return counts == other_counts or (unit == other_unit and not (time and other_time))


def _by_arm(rows: Mapping[str, Row]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for key, row in rows.items():
        found.setdefault((row.get("arm_id", ""), row.get("outcome", "")), []).append(key)
    return found


def _cells(table: str, key: str, old: Row, new: Row, states: tuple[_State, _State]) -> Iterator[CellChange]:
    spec = states[1].book.get(table, states[0].book[table])
    for column in dict.fromkeys((*new, *old)):
        was, now = old.get(column, ""), new.get(column, "")
        known = spec.column(column)
        if _plain(was) == _plain(now):
            continue
        if known is not None and (followed := _followed(known, was, now, states)) is not None:
            yield CellChange(key, column, was, now, followed, None)
            continue
        is_class = table in _CLASSED and known is not None and known.type == "term"
        grouping = column in states[0].groups | states[1].groups and table in (*_CLASSED, "outcomes")
        kind: Change = "reclassified" if is_class or grouping else "corrected"
        yield CellChange(key, column, was, now, kind, _why((table, key, column), (old, new), states))


def _followed(column: ColumnSpec, old: str, new: str, states: tuple[_State, _State]) -> Change | None:
    """That a list of ids only lost rows that are gone, or only gained rows that came; None where it changed otherwise.

    Args:
        column: Its spec. old, new: The lists; ids that were renamed are called alike. states: The versions.
    """
    if column.refers is None:
        return None
    table, key = column.refers
    there = [{row.get(key) for row in state.rows.get(table, ())} for state in states]
    lost, gained = (_without(one, other) for one, other in ((old, new), (new, old)))
    kept = [[item for item in items(cell) if item not in (*lost, *gained)] for cell in (old, new)]
    if kept[0] != kept[1] or (lost and gained):
        return None
    if lost:
        return "unlinked" if there[1].isdisjoint(lost) else None
    return "linked" if gained and there[0].isdisjoint(gained) else None


def _without(cell: str, other: str) -> list[str]:
    return [item for item in items(cell) if item not in items(other)]


def _plain(cell: str) -> str:
    try:
        return f"{float(cell):.12g}"
    except ValueError:
        return " ".join(cell.split())


def _why(cell: tuple[str, str, str], rows: tuple[Row, Row], states: tuple[_State, _State]) -> str | None:
    """Why a cell was changed: what changes.csv says, or a ruling that is new, else what was newly written beside it.

    ``cell``: table, name of the row, and column.
    """
    table, _, column = cell
    logs = [state.rows.get(CHANGES, []) for state in states]
    if (why := reason_of(logs[1], cell, rows[1].get(column, ""), logs[0])) is not None:
        return why
    before = {(one.key, one.final, one.reason) for one in states[0].record.rulings}
    row = rows[1]
    about = {row.get(name) for name in ("arm_id", "report_id", "study_id") if row.get(name)}
    field = row.get("outcome") if table == "outcomes" else column
    for one in reversed(states[1].record.rulings):
        fits = one.table == table and one.field in (field, column) and about & {one.arm_id, one.report_id}
        if fits and one.final and one.reason and (one.key, one.final, one.reason) not in before:
            return one.reason
    for beside in (_REASON, _NOTES):
        if column != beside and rows[0].get(beside, "") != row.get(beside, "") and row.get(beside):
            return row[beside]
    return None
