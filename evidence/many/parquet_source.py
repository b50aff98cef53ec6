"""A Parquet file of any size, or a table of pyarrow: only the columns that are wanted are read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, Problem, usage
from ..rows import unreadable
from .batches import Batch, Coded, Raw, Runs, batch_of, runs_of
from .columns import Columns

#: Rows that are read at a time.
ROWS = 1 << 18
NO_ARROW = "install the extra [many] (pyarrow), or use CSV"


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """Rows of a Parquet file; lines are 1-based rows, the header not counted.

    Attributes:
        path, columns: The file, and the columns that are read. id_type: Type of the ids, which they keep.
    """

    path: Path
    columns: Columns
    id_type: Any

    @property
    def file(self) -> str:
        """Name for problems."""
        return str(self.path)

    def batches(self, mark: int | None = None) -> Iterator[tuple[int, Batch]]:
        """The rows from a row on; a mark is the number of a row, and reading begins with the group it is in."""
        for at, part in self._parts(mark or 0, list(self.columns.wanted)):
            yield at, self._batch(part, at)

    def runs(self) -> Iterator[tuple[int, Runs]]:
        """The ids alone."""
        for at, part in self._parts(0, [self.columns.by]):
            yield at, runs_of(_coded(part.column(0)))

    def _parts(self, first: int, columns: list[str]) -> Iterator[tuple[int, Any]]:
        """Some rows, and the number of the first."""
        with _opened(self.path) as file:
            begins = np.concatenate([[0], np.cumsum([_rows_in(file, i) for i in range(file.num_row_groups)])])
            group = int(np.searchsorted(begins, first, side="right")) - 1
            at = int(begins[group])
            groups = list(range(group, file.num_row_groups))
            for part in file.iter_batches(ROWS, row_groups=groups, columns=columns, use_threads=False):
                if at + part.num_rows > first:
                    kept = part.slice(max(first - at, 0))
                    begin = max(first, at)
                    yield begin, kept
                at += part.num_rows

    def _batch(self, part: Any, first: int) -> Batch:
        chosen = self.columns
        study = None if chosen.study is None else _coded(part.column(chosen.study))
        raw = Raw(
            runs_of(_coded(part.column(chosen.by))),
            _cells(part.column(chosen.events)),
            _cells(part.column(chosen.total)),
            study,
            lambda row: first + row + 1,
            {},
        )
        return batch_of(raw, chosen, self.file)


def read_schema(path: Path) -> Any:
    """Names and types of the columns.

    Raises:
        UsageError: pyarrow is not installed. DataError: no such file, or no Parquet file.
    """
    with _opened(path) as file:
        return file.schema_arrow


def _opened(path: Path) -> Any:
    try:
        import pyarrow as pa
        from pyarrow import parquet
    except ImportError:
        raise usage(f"{path} is Parquet, which needs pyarrow", NO_ARROW, "no-pyarrow") from None
    try:
        return parquet.ParquetFile(path)
    except OSError as error:
        raise DataError(unreadable(path, error)) from error
    except pa.ArrowInvalid as error:
        says, mend = f"this is no Parquet file: {error}", "give a Parquet or a CSV file"
        raise DataError(Problem("not-parquet", says, mend, str(path))) from error


def _rows_in(file: Any, group: int) -> int:
    return int(file.metadata.row_group(group).num_rows)


def _coded(column: Any) -> Coded:
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    codes = pc.fill_null(column.indices, -1)
    return Coded(np.asarray(codes), column.dictionary.to_pylist())


def _cells(column: Any) -> Any:
    """Numbers as numbers; anything else as cells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.array(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    return _coded(column)
