"""What a table is: a file by its ending, or something in memory."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import DataError, Problem
from ..review.headers import Choice
from ..review.spreadsheet import WORKBOOK_ENDINGS
from ..rows import unreadable
from .columns import find_columns
from .csv_head import read_head
from .csv_source import CsvSource
from .memory_source import FILE, MemorySource, frame_of
from .parquet_source import ParquetSource, read_schema
from .survey import Source

if TYPE_CHECKING:
    from ..pooling import Model

PARQUET = (".parquet", ".pq")
_PACKED = (".gz", ".bz2", ".xz", ".zst", ".zip")


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
    return MemorySource(frame, find_columns([str(name) for name in frame.columns], by, choice, FILE))


def open_source(path: Path, by: str, choice: Choice) -> Source:
    """A file that can be read.

    Raises:
        EvidenceError: as ``source_of``.
    """
    ending = path.suffix.casefold()
    if not path.is_file():
        raise DataError(unreadable(path, IsADirectoryError() if path.is_dir() else FileNotFoundError()))
    if ending in WORKBOOK_ENDINGS or ending in _PACKED:
        mend = "save it as CSV UTF-8 or Parquet" if ending in WORKBOOK_ENDINGS else "unpack it first"
        raise DataError(Problem("not-a-table", f"{ending} files are not read by chunks", mend, str(path)))
    if ending in PARQUET:
        schema = read_schema(path)
        columns = find_columns(schema.names, by, choice, str(path))
        return ParquetSource(path, columns, _plain(schema.field(columns.by).type))
    head = read_head(path)
    return CsvSource(path, head, find_columns(head.header, by, choice, str(path), head.line - 1))


def _plain(kind: Any) -> Any:
    """The type of the values."""
    import pyarrow as pa

    return kind.value_type if pa.types.is_dictionary(kind) else kind


def default_model(model: str | Model | None, of_rates: bool) -> Model:
    """The specification, or that of a name; without one the default."""
    from ..pooling import DEFAULT_MODEL, DEFAULT_RATES_MODEL, specified

    return specified((DEFAULT_RATES_MODEL if of_rates else DEFAULT_MODEL) if model is None else model)
