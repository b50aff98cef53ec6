"""A filled workbook read back into the tables of its review: all of it is known before anything is written."""

from __future__ import annotations

import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from ..errors import DataError, Problem
from ..files import write_all, write_whole
from ..rows import unreadable
from .review import read_all
from .sheet_changes import align, changes_of
from .sheet_layout import SheetReview, sheet_review
from .sheet_merging import Merged, merged
from .sheet_reading import Filled, read_filled
from .sheet_stamp import Stamp, Stamped, restamped

#: What reading a workbook back does.
STEPS = ("reading the workbook", "comparing it with the tables", "checking the tables as they will be")
_LINE = re.compile(r"\bline \d+")


@dataclass(frozen=True, slots=True)
class Exchange:
    """What reading a workbook back does.

    Attributes:
        review: Its tables as they are. path: Of the workbook.
        tables: Those of which something was changed in the workbook, by name.
        warnings: What was read otherwise than it stands there, or not read.
        worse: What ``check`` will find after it and does not find now, each at its row of the workbook.
        content: Bytes of the workbook, with a stamp of now where something was changed in it.
    """

    review: SheetReview
    path: Path
    tables: Mapping[str, Merged]
    warnings: tuple[Problem, ...]
    worse: tuple[Problem, ...]
    content: bytes

    @property
    def files(self) -> dict[str, bytes]:
        """Table -> new bytes of its file, of those that change."""
        return {name: one.content for name, one in self.tables.items() if one.content is not None}


def _quiet(_step: str) -> None:
    """For those who want to hear nothing."""


def read_sheet(review: str | Path, path: Path, tell: Callable[[str], None] = _quiet) -> Exchange:
    """What a filled workbook changes; nothing is written yet.

    Args:
        review: Its folder or name. path: The workbook. tell: Is told each of ``STEPS`` as it begins.

    Raises:
        DataError: every problem of it, by worksheet, row and column letter; conflicts with rows that were changed in
            the tables since; a review that can't be read.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(unreadable(path, error)) from error
    tell(STEPS[0])
    ours, file = sheet_review(review), str(path)
    book = read_filled(content, file, ours)
    tell(STEPS[1])
    problems = list(book.problems)
    tables = {}
    for name, filled in book.sheets.items():
        stamped = book.stamp.tables.get(name, Stamped(filled.table.names, ()))
        changes = changes_of(filled, stamped, file, problems)
        if changes.changes:
            tables[name] = merged(changes, f"{file}:{filled.title}", problems)
    if any(problem.severity == "error" for problem in problems):
        raise DataError(problems)
    found = Exchange(ours, path, tables, tuple(problems), (), content)
    tell(STEPS[2])
    stamp = _stamp(found, book.stamp)
    worse = tuple(_worse(found, book.sheets)) if found.files else ()
    return replace(found, worse=worse, content=restamped(content, stamp) if tables else content)


def write_exchange(found: Exchange) -> bool:
    """Write the tables that change, and the stamp of the workbook, so that work in it can go on.

    Returns:
        Whether the workbook has its new stamp; it can't where another program keeps it.

    Raises:
        UsageError: a table can't be written; all of them are as they were then.
    """
    from ..errors import UsageError

    write_all({Path(found.review.tables[name].text.file): content for name, content in found.files.items()})
    if found.path.read_bytes() == found.content:
        return True
    with suppress(UsageError):
        write_whole(found.path, found.content)
        return True
    return False


def _stamp(found: Exchange, old: Stamp) -> Stamp:
    """The tables as the workbook now has them: what is changed in it from here on differs from this."""
    now = {
        name: Stamped(one.changes.names, one.changes.after) for name, one in found.tables.items() if one.changes.changes
    }
    return Stamp(old.review, {**old.tables, **now})


def _worse(found: Exchange, sheets: Mapping[str, Filled]) -> Iterator[Problem]:
    """What a check finds in the tables as they will be and not in those as they are."""
    folder = found.review.folder
    with TemporaryDirectory() as made:
        copy = Path(shutil.copytree(folder, Path(made) / found.review.name, ignore=shutil.ignore_patterns(".*")))
        for name, content in found.files.items():
            (copy / found.review.tables[name].spec.file).write_bytes(content)
        before, after = read_all(folder).problems, read_all(copy).problems
    known, places = Counter(_alike(problem) for problem in before), dict[str, Mapping[int, int]]()
    for problem in after:
        if known[_alike(problem)] > 0:
            known[_alike(problem)] -= 1
            continue
        name = Path(problem.file or "").stem
        if name in sheets and name not in places:
            places[name] = _places(found.tables.get(name), sheets[name])
        yield _placed(problem, found, sheets.get(name), places.get(name, {}))


def _alike(problem: Problem) -> tuple[str | None, ...]:
    """What makes two problems the same, wherever their rows stand."""
    file = Path(problem.file or "").name
    return problem.code, problem.severity, file, problem.column, _LINE.sub("line", problem.message)


def _placed(problem: Problem, found: Exchange, filled: Filled | None, places: Mapping[int, int]) -> Problem:
    """The problem at its row of the workbook; one that has none there at its file."""
    row = None if problem.line is None else places.get(problem.line)
    if filled is None or row is None:
        return replace(problem, file=str(found.review.folder / Path(problem.file or "").name))
    place = f"{found.path}:{filled.title}"
    letter = filled.letters.get(problem.column or "")
    if letter is None:
        return replace(problem, file=place, line=row)
    return replace(problem, file=place, line=row, column=letter, message=f"{problem.column}: {problem.message}")


def _places(one: Merged | None, filled: Filled) -> Mapping[int, int]:
    """Line of the file as it will be -> row of the worksheet."""
    if one is not None and one.content is not None:
        return one.places
    table = filled.table
    origins = align(table, table.rows(), [row.cells for row in filled.rows], filled.letters)
    rows = zip(filled.rows, origins, strict=True)
    return {table.text.filled[origin].line: row.number for row, origin in rows if origin is not None}
