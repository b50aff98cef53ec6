"""Files of records into the records of a review: whole, once, and every record accounted for."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DataError, Problem, usage
from .days import past_day
from .ids import name_records
from .importing import Imported, read_record_file
from .store import Import, Store, Stored, Unread, read_store, without_raw, write_store

#: Formats that one database writes and nobody else.
_HOUSES = {"medline": "PubMed", "web-of-science": "Web of Science", "europe-pmc": "Europe PMC"}


@dataclass(frozen=True, slots=True)
class Origin:
    """What is said of files when they are imported.

    Attributes:
        database: What they were exported from; None = as the records or the format say.
        date: Day of the search, ``2024-05-31``; "" = not stated.
        version: Version of the review that they are for.
        search_id: Row of searches.csv that they belong to; None = a new one, with the id of its first import.
        together: Whether files of one database are one search; else each is one of its own.
    """

    database: str | None = None
    date: str = ""
    version: int = 1
    search_id: str | None = None
    together: bool = False


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one file.

    Attributes:
        row: Its row in the import log. before: Whether it had been imported before, so that nothing was done.
        problems: What was found in it; a record that could not be read is an error.
        file: Its name now, which may not be the one it had before.
    """

    row: Import
    before: bool
    problems: tuple[Problem, ...] = ()
    file: str = ""


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
        UsageError: a database that has to be named; a day that can't be; the folder can't be written.
        DataError: a file can't be opened or holds no records of a known format; the records kept so far are damaged.
    """
    if origin.date:
        past_day(origin.date)
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
        self.searches: dict[str, str] = {}

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
            self.taken.append(Taken(before, True, tuple(_otherwise(before, path, origin)), path.name))
            return
        read = read_record_file(content, str(path))
        if not read.batch.found:
            self.problems += [replace(one, severity="error") for one in read.problems]
            return
        row = self._row(path, digest, read, origin)
        self.files[row.copy] = content
        self._keep(row, read)
        found = (*read.problems, *read.batch.problems, *read.batch.reported)
        self.taken.append(Taken(row, False, found, path.name))

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
            origin.search_id or self._search(database, name, origin),
            batch.found,
            len(batch.records),
            len(batch.reported),
        )

    def _search(self, database: str, name: str, origin: Origin) -> str:
        """The search of an import: that of the first file of its database, where they belong together."""
        return self.searches.setdefault(database.casefold(), name) if origin.together else name

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


def _otherwise(before: Import, path: Path, origin: Origin) -> Iterator[Problem]:
    """What is said of a file now that is not what was said when the same bytes were imported."""
    asked = origin.database
    had = f"the very same bytes were imported before, as {before.file} ({before.import_id}), from {before.database}"
    if asked is not None and asked.casefold() != before.database.casefold():
        message = f"{had}: not imported as {asked}"
        mend = (
            f"export from {asked} again if this should be another file; if it never was from {before.database}, write"
            f" {asked} for it in records/imports.csv and as its source in searches.csv"
        )
        yield Problem("imported-before", message, mend, str(path), severity="warning")
    elif path.name != before.file:
        yield Problem("imported-before", had, "nothing, if it is a copy", str(path), severity="warning")


def _named(read: Imported) -> str | None:
    """The database that all records name, or the only one that writes this format."""
    named = Counter(record.database for record in read.batch.records)
    if len(named) == 1:
        (only,) = named
        if only is not None:
            return only
    return _HOUSES.get(read.format)
