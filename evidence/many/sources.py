"""What a table is: a file or a folder by its ending, or something in memory."""

from __future__ import annotations

import stat
from pathlib import Path
from typing import Any

from ..errors import DataError, Problem
from ..review.headers import Choice
from ..review.spreadsheet import WORKBOOK_ENDINGS
from ..rows import unreadable
from .columns import find_columns
from .csv_head import PACKED, read_head
from .csv_source import CsvSource
from .memory_source import FILE, MemorySource, frame_of
from .parquet_files import ENDINGS, id_type_of, parts_of
from .parquet_source import ParquetSource
from .survey import Source

_OTHER_PACKED = (".bz2", ".xz", ".zst", ".zip", ".7z", ".tgz")
#: Endings of files that may be packed as .gz.
_TEXTS = ("", ".csv", ".tsv", ".tab", ".txt")


def source_of(table: Any, by: str, choice: Choice) -> Source:
    """A table that can be read.

    Args:
        table: A path, or a table in memory. by: Column of the ids. choice: Further columns.

    Raises:
        EvidenceError: no such file, no such column, no table.
    """
    if isinstance(table, str | Path):
        return open_source(Path(table), by, choice)
    frame = frame_of(table)
    return MemorySource(frame, find_columns(list(frame.columns), by, choice, FILE))


def open_source(path: Path, by: str, choice: Choice) -> Source:
    """A file that can be read, or a folder of Parquet files.

    Raises:
        EvidenceError: as ``source_of``.
    """
    if _is_folder(path) or path.suffix.casefold() in ENDINGS:
        parts = parts_of(path)
        columns = find_columns(parts[0].names, by, choice, str(parts[0].path))
        return ParquetSource(path, parts, columns, id_type_of(parts, columns))
    _refuse_ending(path)
    head = read_head(path)
    return CsvSource(path, head, find_columns(head.header, by, choice, str(path), head.line - 1))


def _is_folder(path: Path) -> bool:
    """Whether a path is a folder; it is a file else.

    Raises:
        DataError: it is neither, or is not there.
    """
    try:
        mode = path.stat().st_mode
    except (OSError, ValueError) as error:
        if str(path) == "-":
            raise _pipe("standard input") from None
        raise DataError(unreadable(path, error)) from error
    if not stat.S_ISDIR(mode) and not stat.S_ISREG(mode):
        raise _pipe(str(path))
    return stat.S_ISDIR(mode)


def _pipe(name: str) -> DataError:
    says = "the table is read twice, first its ids, then its counts, and what comes through a pipe can be read once"
    return DataError(Problem("pipe", says, "save it first (... > table.csv), and give that file", name))


def _refuse_ending(path: Path) -> None:
    ending = path.suffix.casefold()
    if ending in WORKBOOK_ENDINGS:
        mend = "save it as CSV UTF-8 or Parquet"
    elif ending in _OTHER_PACKED or (ending == PACKED and Path(path.stem).suffix.casefold() not in _TEXTS):
        mend = "unpack it first, or pack a CSV file as .csv.gz"
    else:
        return
    raise DataError(Problem("not-a-table", f"{ending} files are not read by chunks", mend, str(path)))
