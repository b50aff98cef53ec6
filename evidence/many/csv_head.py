"""The beginning of a CSV file of any size: its delimiter, its header, and where its rows begin."""

from __future__ import annotations

import csv
import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

from ..encoding import BOMS
from ..errors import DataError, Problem
from ..rows import parse_rows, unreadable

#: Bytes in which the header must end.
_LONGEST_HEAD = 1 << 20
_SAVE = "save it as CSV UTF-8"
#: Ending of a packed file that is read as it is.
PACKED = ".gz"


@dataclass(frozen=True, slots=True)
class Head:
    """What the beginning of a file says.

    Attributes:
        header: Names of the columns; width: How many cells a row has.
        delimiter: Between cells.
        offset, line: Byte and 1-based line at which the rows begin.
    """

    header: tuple[str, ...]
    width: int
    delimiter: str
    offset: int
    line: int


@contextmanager
def opened(path: Path) -> Iterator[IO[bytes]]:
    """The bytes of a file; those of a packed one (.gz) as they were, where to go back means to begin again.

    Raises:
        DataError: no such file, or a packed one that is damaged.
    """
    packed = path.suffix.casefold() == PACKED
    try:
        with cast(IO[bytes], gzip.open(path) if packed else path.open("rb")) as stream:
            yield stream
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        says, mend = f"this is no whole gzip file: {error}", "pack or copy it again, or give it unpacked"
        raise DataError(Problem("damaged", says, mend, str(path))) from error
    except (OSError, ValueError) as error:
        raise DataError(unreadable(path, error)) from error


def read_head(path: Path) -> Head:
    """The beginning of a file.

    Raises:
        DataError: no such file, no header, a workbook, an encoding other than UTF-8.
    """
    file = str(path)
    with opened(path) as stream:
        start = stream.read(_LONGEST_HEAD)
    if start.startswith(tuple(bom for bom, name in BOMS if name != "utf-8-sig")):
        raise DataError(Problem("bad-encoding", "the file is not UTF-8", _SAVE, file, 1))
    # Whole lines, few: only the header is asked for.
    lines = start.split(b"\n")
    some = b"\n".join(lines[: min(len(lines) - 1, 50)]) if len(lines) > 1 else start
    table = parse_rows(some, file)
    wrong = [
        problem
        for problem in table.problems
        if problem.severity == "error" and (not table.header or problem.line == table.header_line)
    ]
    if wrong or not table.header:
        raise DataError(wrong or Problem("empty-file", "the file holds no table", "give it a header row", file, 1))
    return _ended(start, table.header, table.header_line, table.delimiter)


def _ended(start: bytes, header: tuple[str, ...], line: int, delimiter: str) -> Head:
    """Where the header ends: it may go over several lines."""
    lines = start.decode("utf-8", errors="replace").split("\n")
    before = line - 1
    reader = csv.reader(io.StringIO("\n".join(lines[before:]), newline=""), delimiter=delimiter)
    width = len(next(reader))
    ended = before + reader.line_num
    # Lines of bytes, whose lengths a replaced character would change.
    offset = sum(len(one) + 1 for one in start.split(b"\n")[:ended])
    return Head(header, width, delimiter, min(offset, len(start)), ended + 1)
