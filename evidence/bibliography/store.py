"""The records of a review: its folder ``records/``, read and written whole."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeVar

from ..display import plural
from ..errors import DataError, Problem, usage
from ..files import write_all, write_whole
from ..rows import RawTable, read_rows
from .record import KEPT, Record

Row = TypeVar("Row", "Import", "Unread")

#: Folder of a review with its records, and of that folder with the files they came from.
FOLDER, FILES = "records", "files"
IMPORTS, RECORDS, UNREAD = "imports.csv", "records.csv", "unread.csv"

#: Separates the items of a cell with several.
SEPARATOR = "; "
_LISTS = frozenset({"authors", "keywords"})
_PLACE = ("record_id", "import_id", "line", "start", "end")


@dataclass(frozen=True, slots=True)
class Import:
    """One file that was imported.

    Attributes:
        import_id: ``import-1``, ``import-2``, ... in the order of importing.
        file: Name of the file as it was given. sha256: Of its bytes.
        format, encoding: What it was read as.
        database: Database or other source that it comes from. date: Day of the search or export, ``2024-05-31``.
        version: Version of the review it was imported for.
        search_id: Row of searches.csv that it belongs to.
        found, read, reported: Records that stand in it; read; reported as unreadable.
    """

    import_id: str
    file: str
    sha256: str
    format: str
    encoding: str
    database: str
    date: str
    version: int
    search_id: str
    found: int
    read: int
    reported: int

    @property
    def copy(self) -> str:
        """Name of the kept copy of the file."""
        return f"{self.import_id}-{Path(self.file).name}"


@dataclass(frozen=True, slots=True)
class Stored:
    """A record of the review: its id, the import it came with, and what it says (``raw`` stays in the kept file)."""

    record_id: str
    import_id: str
    record: Record


@dataclass(frozen=True, slots=True)
class Unread:
    """A record that could not be read: where it stands, and why."""

    import_id: str
    line: int | None
    code: str
    message: str
    mend: str


@dataclass(frozen=True)
class Store:
    """All that was imported into a review, in the order of importing.

    Attributes:
        imports, records, unread: As their tables have them.
        lines: Record id -> 1-based line in records.csv.
    """

    imports: tuple[Import, ...] = ()
    records: tuple[Stored, ...] = ()
    unread: tuple[Unread, ...] = ()
    lines: Mapping[str, int] = field(default_factory=dict)

    @cached_property
    def by_id(self) -> Mapping[str, Stored]:
        """Record id -> record."""
        return {stored.record_id: stored for stored in self.records}

    @cached_property
    def import_of(self) -> Mapping[str, Import]:
        """Import id -> import."""
        return {one.import_id: one for one in self.imports}

    def source(self, stored: Stored) -> str:
        """The database or other source that a record came from."""
        return self.import_of[stored.import_id].database


def read_store(review: Path) -> Store:
    """The records of a review's folder; empty where nothing was imported.

    Raises:
        DataError: a table can't be read, with every problem of all of them; it has not as many records of an import
            as were read.
    """
    folder = review / FOLDER
    problems: list[Problem] = []
    imports = tuple(_read(folder / IMPORTS, Import, problems))
    readable = not problems
    unread = tuple(_read(folder / UNREAD, Unread, problems))
    stored, lines = _read_records(folder / RECORDS, problems)
    if readable:
        problems += _unresolved(folder, imports, stored, lines)
    if not problems:
        problems += _unaccounted(folder, imports, stored, unread)
    if problems:
        raise DataError(problems)
    return Store(imports, tuple(stored), unread, lines)


def read_imports(review: Path) -> tuple[Import, ...]:
    """The log of imports alone.

    Raises:
        DataError: it can't be read.
    """
    problems: list[Problem] = []
    imports = tuple(_read(review / FOLDER / IMPORTS, Import, problems))
    if problems:
        raise DataError(problems)
    return imports


def raw_text(review: Path, store: Store, stored: Stored) -> str:
    """The text of a record as it stands in the kept file.

    Raises:
        DataError: the file is gone or was changed.
    """
    from .decoding import decode_records

    one = store.import_of[stored.import_id]
    content = kept_bytes(review, one)
    text = decode_records(content, one.file).text or ""
    return text[stored.record.start : stored.record.end]


def kept_bytes(review: Path, one: Import) -> bytes:
    """The bytes of an imported file, as they were.

    Raises:
        DataError: the kept copy is gone or was changed.
    """
    import hashlib

    path = review / FOLDER / FILES / one.copy
    mend = "bring it back from the history of the folder; evidence never writes it twice"
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(Problem("missing-file", "the imported file is gone", mend, str(path))) from error
    if hashlib.sha256(content).hexdigest() != one.sha256:
        raise DataError(Problem("file-changed", "the imported file is not what it was", mend, str(path)))
    return content


def write_store(
    review: Path, store: Store, files: Mapping[str, bytes], beside: Mapping[Path, bytes] = MappingProxyType({})
) -> None:
    """Write the tables of ``records/`` and the copies of newly imported files: all of them, or none.

    Args:
        files: Name of the copy -> bytes, of imports that are new.
        beside: Further files that say something of these records: path -> bytes.

    Raises:
        UsageError: a file can't be written. Everything is as it was then.
    """
    folder = review / FOLDER
    made = [path for path in (folder / FILES, folder) if not path.exists()]
    try:
        (folder / FILES).mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise usage(
            f"can't make {folder / FILES}: {error.strerror}", "mend the rights of its folder", "write"
        ) from error
    contents = {folder / FILES / name: content for name, content in files.items()}
    contents[folder / UNREAD] = _table(_names(Unread), (_cells(row) for row in store.unread))
    contents[folder / RECORDS] = _table((*_PLACE, *KEPT), (_record_cells(row) for row in store.records))
    contents[folder / IMPORTS] = _table(_names(Import), (_cells(row) for row in store.imports))
    try:
        write_all({**contents, **beside})
    except BaseException:
        for path in made:
            with suppress(OSError):
                path.rmdir()
        raise


def write_table(path: Path, names: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> None:
    """Write a CSV table: None is an empty cell, a tuple its items separated by ``"; "``.

    Raises:
        UsageError: the file can't be written; an older one stays whole.
    """
    write_whole(path, _table(names, ([_cell(row.get(name)) for name in names] for row in rows)))


def read_plain(
    path: Path, names: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[int, dict[str, str | None]]]:
    """The rows of a table as texts with their lines, None where empty; nothing where there is no file.

    Columns that are not named are passed over; a named one that is missing is a problem, as is every row that can't
    be read.
    """
    if not path.exists():
        return
    raw = read_rows(path)
    problems += [problem for problem in raw.problems if problem.severity == "error"]
    problems += _missing_columns(raw, names)
    places = [(name, raw.header.index(name)) for name in names if name in raw.header]
    for line, cells in raw.rows:
        yield line, dict.fromkeys(names) | {name: cells[i] or None for name, i in places}


def _missing_columns(raw: RawTable, names: Sequence[str]) -> list[Problem]:
    if not raw.header:
        return []
    return [
        Problem("missing-column", f"the column {name!r} is missing", "add it", raw.file, raw.header_line, name)
        for name in names
        if name not in raw.header
    ]


def _names(kind: type) -> tuple[str, ...]:
    return tuple(part.name for part in fields(kind))


def _cells(row: Any) -> list[str]:
    return [_cell(getattr(row, part.name)) for part in fields(row)]


def _record_cells(row: Stored) -> list[str]:
    record = row.record
    place = (row.record_id, row.import_id, record.line, record.start, record.end)
    return [_cell(value) for value in (*place, *(getattr(record, name) for name in KEPT))]


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, tuple):
        return SEPARATOR.join(value)
    return str(value)


def _table(names: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(names)
    writer.writerows(rows)
    return text.getvalue().encode("utf-8")


def _read(path: Path, kind: type[Row], problems: list[Problem]) -> Iterator[Row]:
    """Rows of a table whose columns are the fields of a dataclass."""
    types = {part.name: str(part.type) for part in fields(kind)}
    for line, row in read_plain(path, tuple(types), problems):
        values: dict[str, Any] = {}
        for name, value in row.items():
            whole = types[name].startswith("int")
            values[name] = _number(value, name, str(path), line, problems) if whole else value or ""
        yield kind(**values)


def _read_records(path: Path, problems: list[Problem]) -> tuple[list[Stored], dict[str, int]]:
    stored, lines = [], {}
    for line, row in read_plain(path, (*_PLACE, *KEPT), problems):
        identity = row["record_id"] or ""
        if not identity or identity in lines:
            told = f"the record {identity} stands here again" if identity else "a record without an id"
            problems.append(Problem("repeated-id", told, "bring the table back", str(path), line, "record_id"))
        lines[identity] = line
        values: dict[str, Any] = {name: _value(name, row[name]) for name in KEPT}
        for name in ("line", "start", "end", "year"):
            values[name] = _number(row[name], name, str(path), line, problems)
        values["start"], values["end"] = values["start"] or 0, values["end"] or 0
        stored.append(Stored(identity, row["import_id"] or "", Record(**values)))
    return stored, lines


def _value(name: str, text: str | None) -> Any:
    if name in _LISTS:
        return tuple(part for part in (text or "").split(SEPARATOR) if part)
    return text


def _number(text: str | None, name: str, file: str, line: int, problems: list[Problem]) -> int | None:
    if text is None:
        return None
    if text.isascii() and text.isdigit():
        return int(text)
    problems.append(Problem("not-a-number", f"{text!r} is not a whole number", "write digits only", file, line, name))
    return None


def _unresolved(
    folder: Path, imports: Sequence[Import], stored: Sequence[Stored], lines: Mapping[str, int]
) -> list[Problem]:
    """Imports that records name, and that are not in the log; at the first of their records."""
    known = {one.import_id for one in imports}
    strange = [row for row in stored if row.import_id not in known]
    first = {row.import_id: row.record_id for row in reversed(strange)}
    number = Counter(row.import_id for row in strange)
    mend = f"bring the row of the import back to {IMPORTS}"
    return [
        Problem(
            "unknown-import",
            f"{name}: the import {one!r} is not in {IMPORTS}; {plural(number[one], 'record')} came with it",
            mend,
            str(folder / RECORDS),
            lines[name],
            "import_id",
        )
        for one, name in sorted(first.items(), key=lambda item: lines[item[1]])
    ]


def _unaccounted(
    folder: Path, imports: Sequence[Import], stored: Sequence[Stored], unread: Sequence[Unread]
) -> Iterator[Problem]:
    """Imports of which the tables have not as many rows as were written."""
    read, reported = (Counter(row.import_id for row in rows) for rows in (stored, unread))
    for one in imports:
        for file, here, written, what in (
            (RECORDS, read[one.import_id], one.read, "read"),
            (UNREAD, reported[one.import_id], one.reported, "reported as unreadable"),
        ):
            if written is not None and here != written:
                table = folder / file
                now = f"{here:,} of them stand here" if table.exists() else "the table is gone"
                message = f"{one.import_id} ({one.file}): {plural(written, 'record')} {what}, but {now}"
                kept = folder / FILES / one.copy
                mend = f"bring the table back from the history of the folder or a copy; the imported file is in {kept}"
                yield Problem("records-lost", message, mend, str(table))


def without_raw(record: Record) -> Record:
    """A record as the store keeps it: without what can be had from the kept file."""
    return replace(record, raw="", other={})
