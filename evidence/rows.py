"""Bytes to rows of text: encoding, delimiter, quoting, widths; every row keeps its physical line."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .characters import UNSEEN
from .display import plural
from .encoding import decode
from .errors import Problem, near

#: Longest cell that is read; longer ones are nearly always a quote that was never closed.
LONGEST_CELL = 131_072

_SEP_LINE = re.compile(r'"?sep=(.)"?[,;\t]*', re.IGNORECASE)
#: What git writes into a file that two people changed.
_CONFLICT = re.compile(r"^(?:<{7}|>{7})(?=[ \r\n]|\Z)", re.MULTILINE)
_BETWEEN = "======="
#: A folder of up to so many files is listed where a file is not there and no name is near.
FEW_NAMES = 6
_NAMES = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


Row = tuple[int, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class RawTable:
    """A table as text, before anything is known about its columns.

    Attributes:
        file: Path as the user gave it.
        header: Column names, outer spaces removed; a name may stand twice (then there is a problem).
        header_line: 1-based physical line of the header.
        rows: ``(line, cells)`` per row: 1-based physical line on which the row starts, and one text per column,
            outer spaces removed; "" = empty. Rows of the wrong width are not here; each one is a problem.
        problems: What was found, in file order.
        delimiter: The character between cells.
        complete: False where a row, or the whole file, could not be read.
    """

    file: str
    header: tuple[str, ...] = ()
    header_line: int = 1
    rows: tuple[tuple[int, tuple[str, ...]], ...] = ()
    problems: tuple[Problem, ...] = ()
    delimiter: str = ","
    complete: bool = True

    @property
    def lines(self) -> tuple[int, ...]:
        """Physical line of each row."""
        return tuple(line for line, _ in self.rows)


@dataclass(frozen=True, slots=True)
class _Text:
    """Decoded text with its delimiter; ``skipped`` lines (an Excel ``sep=;`` line) stand before it."""

    file: str
    text: str
    delimiter: str
    skipped: int = 0


def read_rows(path: str | Path) -> RawTable:
    """The rows of a CSV or TSV file; never raises for what the file holds or for a file that can't be opened.

    UTF-8 (with or without BOM) and UTF-16 are read; Windows-1252 is read with a warning. The delimiter is that of an
    Excel ``sep=;`` line, a tab in .tsv and .tab files, else the one of comma, semicolon, tab and bar that splits the
    header into most cells. Trailing empty rows and empty trailing columns are left away.

    Args:
        path: File to read; its text is the ``file`` of every problem.

    Returns:
        The table with its problems; without header and rows where nothing could be read.
    """
    file = str(path)
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError) as error:
        return RawTable(file, problems=(unreadable(Path(path), error),), complete=False)
    return parse_rows(content, file)


def parse_rows(content: bytes, file: str) -> RawTable:
    """The rows of the bytes of a CSV or TSV file, e.g. of standard input (``file`` is then ``<stdin>``).

    Same rules and result as :func:`read_rows`.
    """
    text, problems = decode(content, file)
    if text is None:
        return RawTable(file, problems=tuple(problems), complete=False)
    if (conflict := conflict_markers(text, file)) is not None:
        return RawTable(file, problems=(*problems, conflict), complete=False)
    source = _dialect(text, file)
    table = _table(source)
    if source.delimiter != "," and not file.casefold().endswith((".tsv", ".tab")):
        problems.append(_other_delimiter(source))
    return replace(table, problems=(*problems, *table.problems))


def unreadable(path: Path, error: Exception) -> Problem:
    """Why a file could not be opened, with the near names of its folder."""
    file = str(path)
    if isinstance(error, FileNotFoundError):
        return Problem("missing-file", "there is no such file", _near_files(path), file)
    if isinstance(error, IsADirectoryError) or _is_folder(path):
        return Problem("is-a-folder", "this is a folder, not a file", "give the file itself", file)
    if isinstance(error, PermissionError):
        return Problem("no-permission", "the file may not be read", "close it elsewhere, or mend its rights", file)
    return Problem("unreadable", f"the file can't be read: {error}", "check the path and the disk", file)


def conflict_markers(text: str, file: str) -> Problem | None:
    """The problem of a text with both sides of a merge that nobody has settled, at the first line that says so."""
    found = _CONFLICT.search(text)
    return None if found is None else _unsettled(file, text.count("\n", 0, found.start()) + 1)


def _unsettled(file: str, line: int) -> Problem:
    message = "the file holds both sides of a merge that is not settled"
    mend = "settle the merge: keep the right rows or lines of both sides, and delete <<<<<<<, ======= and >>>>>>>"
    return Problem("conflict-markers", message, mend, file, line)


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _near_files(path: Path) -> str:
    """The names of the folder that are near; all of a few, and of many none."""
    try:
        names = sorted(entry.name for entry in path.parent.iterdir() if entry.is_file())
    except OSError:
        return f"check the path: the folder {path.parent} can't be read either"
    if not names:
        return "check the path: its folder holds no files"
    mend = near(path.name, names)
    if "did you mean" in mend:
        return mend.partition(" Known:")[0]
    return mend if len(names) <= FEW_NAMES else f"check the path: its folder holds {len(names)} files of other names"


def _dialect(text: str, file: str) -> _Text:
    first, rest = _first_line(text)
    declared = _SEP_LINE.fullmatch(first.rstrip("\r\n "))
    if declared:
        return _Text(file, rest, declared[1], 1)
    if file.casefold().endswith((".tsv", ".tab")):
        return _Text(file, text, "\t")
    return _Text(file, text, max(_NAMES, key=lambda mark: _header_width(text, mark)))


def _first_line(text: str) -> tuple[str, str]:
    lines = io.StringIO(text, newline="")
    first = lines.readline()
    return first, text[len(first) :]


def _header_width(text: str, delimiter: str) -> int:
    try:
        for row in csv.reader(io.StringIO(text, newline=""), delimiter=delimiter):
            if any(cell.strip(" ,;\t|") for cell in row):
                return len(row)
    except csv.Error:
        pass
    return 0


def _other_delimiter(source: _Text) -> Problem:
    name = _NAMES.get(source.delimiter, repr(source.delimiter))
    return Problem(
        "delimiter",
        f"the cells are separated by {name}, not by comma; read so",
        "nothing, if the columns are right; else save the table as CSV UTF-8 (comma delimited)",
        source.file,
        1,
        severity="warning",
    )


def _table(source: _Text) -> RawTable:
    rows, problems = _split(source)
    return table_of_rows(rows, problems, source.file, source.delimiter)


def table_of_rows(rows: list[Row], problems: list[Problem], file: str, delimiter: str) -> RawTable:
    """The table in rows of text, whatever they come from: header, widths, repeated headers, empty rows.

    Args:
        rows: ``(line, cells)``, empty ones included. problems: What reading them found.
        file: Name for problems. delimiter: Of the text, or "" for a worksheet.
    """
    while rows and not any(rows[-1][1]):
        rows.pop()
    filled = [row for row in rows if row[1]]
    head = next((i for i, row in enumerate(filled) if any(row[1])), None)
    if head is None:
        mend = "give it a header row with the column names"
        problems.append(Problem("empty-file", "the file holds no table", mend, file, 1))
        return RawTable(file, problems=tuple(problems), delimiter=delimiter, complete=False)
    line, header = filled[head]
    body = filled[head + 1 :]
    header, body = _without_empty_columns(header, body)
    problems.extend(_header_problems(header, file, line))
    kept, found = _checked_rows(header, body, file)
    complete = not any(problem.severity == "error" for problem in (*problems, *found))
    return RawTable(file, header, line, kept, (*problems, *found), delimiter, complete)


def _split(source: _Text) -> tuple[list[Row], list[Problem]]:
    rows: list[Row] = []
    problems: list[Problem] = []
    reader = csv.reader(io.StringIO(source.text, newline=""), delimiter=source.delimiter, strict=True)
    while True:
        start = reader.line_num + 1 + source.skipped
        try:
            cells = next(reader)
        except StopIteration:
            return rows, problems
        except csv.Error as error:
            problems.append(_quote_problem(source.file, start, reader.line_num + source.skipped, error))
            continue
        rows.append((start, tuple(cell.strip() for cell in cells)))


def _quote_problem(file: str, start: int, end: int, error: csv.Error) -> Problem:
    if "field larger" in str(error) or "unexpected end" in str(error):
        message = f"a quote opens in the row that starts here and is not closed by line {end}"
    else:
        message = f"a quote ends inside a cell, in line {end}"
    mend = 'close the quote at the end of its cell; write a quote inside a quoted cell twice ("")'
    return Problem("unclosed-quote", message, mend, file, start)


def _without_empty_columns(header: tuple[str, ...], body: list[Row]) -> tuple[tuple[str, ...], list[Row]]:
    """Spreadsheets write columns that were emptied; those at the end go if nobody wrote anything below either."""
    width = len(header)
    while width > 1 and not header[width - 1]:
        width -= 1
    if width == len(header) or any(any(cells[width:]) for _, cells in body):
        return header, body
    return header[:width], [(line, cells[:width] if len(cells) == len(header) else cells) for line, cells in body]


def _header_problems(header: Sequence[str], file: str, line: int) -> list[Problem]:
    problems = []
    for position, name in enumerate(header, start=1):
        if not name:
            message = f"column {position} has no name"
            problems.append(Problem("unnamed-column", message, "name it, or delete the column", file, line))
        elif UNSEEN.search(name):
            message = f"the column {name!r} has a character in its name that can't be seen"
            problems.append(Problem("control-character", message, "type the name again without it", file, line))
    for name, times in Counter(name for name in header if name).items():
        if times > 1:
            message = f"the column {name!r} stands {times} times in the header"
            problems.append(Problem("repeated-column", message, "keep one of them", file, line, name))
    return problems


def _checked_rows(header: tuple[str, ...], body: list[Row], file: str) -> tuple[tuple[Row, ...], list[Problem]]:
    kept: list[Row] = []
    problems: list[Problem] = []
    for line, cells in body:
        found = _row_problems(header, cells, file, line)
        problems.extend(found)
        if all(problem.code == "control-character" for problem in found):
            kept.append((line, cells))
    return tuple(kept), problems


def _row_problems(header: tuple[str, ...], cells: tuple[str, ...], file: str, line: int) -> list[Problem]:
    if cells == (_BETWEEN,) and len(header) > 1:
        return [_unsettled(file, line)]
    if cells == header:
        mend = "delete this line: it repeats the header"
        return [Problem("repeated-header", "the header stands here again", mend, file, line)]
    if not any(cells):
        return [Problem("empty-row", "the row is empty; skipped", "delete it", file, line, severity="warning")]
    if len(cells) != len(header):
        return [_width_problem(header, cells, file, line)]
    return [
        Problem(
            "control-character",
            f"{value!r} holds a character that can't be seen",
            "type the cell again without it",
            file,
            line,
            name,
        )
        for name, value in zip(header, cells, strict=True)
        if UNSEEN.search(value)
    ]


def _width_problem(header: tuple[str, ...], cells: tuple[str, ...], file: str, line: int) -> Problem:
    if len(cells) > len(header):
        extra = ", ".join(repr(cell) for cell in cells[len(header) :][:3])
        message = f"the row has {plural(len(cells), 'cell')}, the header {len(header)}; beyond the header: {extra}"
        mend = "put a cell that holds the delimiter into double quotes, or delete the extra cells"
        return Problem("row-too-long", message, mend, file, line, header[-1])
    lacking = f"none for {header[len(cells)]!r} and after"
    message = f"the row has {plural(len(cells), 'cell')}, the header {len(header)}; {lacking}"
    mend = "add the missing cells (empty ones too), one delimiter for each"
    return Problem("row-too-short", message, mend, file, line, header[len(cells)])
