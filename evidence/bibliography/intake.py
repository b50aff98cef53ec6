"""Files of records into the records of a review: whole, once, and every record accounted for."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DataError, Problem, usage
from .ids import name_records
from .importing import Imported, read_record_file
from .store import Import, Store, Stored, Unread, read_store, without_raw, write_store

_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
#: Formats that one database writes and nobody else.
_HOUSES = {"medline": "PubMed", "web-of-science": "Web of Science", "europe-pmc": "Europe PMC"}


@dataclass(frozen=True, slots=True)
class Origin:
    """What is said of files when they are imported.

    Attributes:
        database: What they were exported from; None = as the records or the format say.
        date: Day of the search, ``2024-05-31``; "" = not stated.
        version: Version of the review that they are for.
        search_id: Row of searches.csv that they belong to; None = one for each file, with the id of its import.
    """

    database: str | None = None
    date: str = ""
    version: int = 1
    search_id: str | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file.

    Attributes:
        row: Its row in the import log. before: Whether it had been imported before, so that nothing was done.
        problems: What was found in it; a record that could not be read is an error.
    """

    row: Import
    before: bool
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True)
class Intake:
    """The records of a review with what was imported now.

    Attributes:
        store: All of them. taken: What became of each file, in order. files: Copies to be kept: name -> bytes.
    """

    store: Store
    taken: tuple[Taken, ...]
    files: dict[str, bytes]


def take_in(
    review: Path,
    paths: Sequence[Path],
    origin: Origin,
    known: Iterable[str] = (),
    step: Callable[[str], None] = lambda _: None,
    beside: Callable[[Sequence[Taken]], Mapping[Path, bytes]] = lambda _: {},
) -> Intake:
    """Import files of records into a review; nothing is written if one of them can't be used.

    Args:
        review: Its folder.
        paths: Files in any format of :data:`~evidence.bibliography.formats.FORMATS`.
        origin: Where they come from.
        known: Ids that a new record may not have: those of the review's reports.
        step: Told the name of each file before it is read.
        beside: What else is written with these files, path -> bytes: all of it, or nothing.

    Raises:
        UsageError: a database that has to be named; a day that can be misread; the folder can't be written.
        DataError: a file can't be opened or holds no records of a known format; the records kept so far are damaged.
    """
    if origin.date and not _DAY.fullmatch(origin.date):
        raise usage(f"the day {origin.date!r} can be misread", "write it as 2024-05-31", "date-unclear")
    intake = _Taking(read_store(review), set(known))
    for path in paths:
        step(path.name)
        intake.add(path, origin)
    if intake.problems:
        raise DataError(intake.problems)
    if intake.files:
        write_store(review, intake.store, intake.files, beside(intake.taken))
    return Intake(intake.store, tuple(intake.taken), intake.files)


class _Taking:
    """The store as it grows, file by file."""

    def __init__(self, store: Store, known: set[str]) -> None:
        self.store, self.known = store, known
        self.taken: list[Taken] = []
        self.files: dict[str, bytes] = {}
        self.problems: list[Problem] = []

    def add(self, path: Path, origin: Origin) -> None:
        try:
            content = path.read_bytes()
        except (OSError, ValueError) as error:
            from ..rows import unreadable

            self.problems.append(unreadable(path, error))
            return
        digest = hashlib.sha256(content).hexdigest()
        before = next((one for one in self.store.imports if one.sha256 == digest), None)
        if before is not None:
            self.taken.append(Taken(before, before=True))
            return
        read = read_record_file(content, str(path))
        if not read.batch.found:
            self.problems += [replace(one, severity="error") for one in read.problems]
            return
        row = self._row(path, digest, read, origin)
        self.files[row.copy] = content
        self._keep(row, read)
        found = (*read.problems, *read.batch.problems, *read.batch.reported)
        self.taken.append(Taken(row, before=False, problems=found))

    def _row(self, path: Path, digest: str, read: Imported, origin: Origin) -> Import:
        batch = read.batch
        numbers = [int(one.import_id.rpartition("-")[2]) for one in self.store.imports]
        database = origin.database or _named(read)
        if database is None:
            message = f"{path}: neither the file nor its format says which database it is from"
            raise usage(message, 'name it: --database "Embase"', "no-database")
        name = f"import-{max(numbers, default=0) + 1}"
        return Import(
            name,
            path.name,
            digest,
            read.format,
            read.encoding,
            database,
            origin.date,
            origin.version,
            origin.search_id or name,
            batch.found,
            len(batch.records),
            len(batch.reported),
        )

    def _keep(self, row: Import, read: Imported) -> None:
        batch = read.batch
        taken = (*self.known, *self.store.by_id)
        names = name_records(batch.records, taken)
        new = tuple(
            Stored(name, row.import_id, without_raw(record)) for name, record in zip(names, batch.records, strict=True)
        )
        unread = tuple(Unread(row.import_id, p.line, p.code, p.message, p.mend) for p in batch.reported)
        self.store = Store(
            (*self.store.imports, row), (*self.store.records, *new), (*self.store.unread, *unread), self.store.lines
        )


def _named(read: Imported) -> str | None:
    """The database that all records name, or the only one that writes this format."""
    named = Counter(record.database for record in read.batch.records)
    if len(named) == 1:
        (only,) = named
        if only is not None:
            return only
    return _HOUSES.get(read.format)
