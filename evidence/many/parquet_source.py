"""A Parquet table of any size, one file or several: only the columns that are wanted are read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, Problem
from .batches import Batch, Coded, Raw, Runs, batch_of, runs_of, text_of
from .columns import Columns
from .parquet_files import Part, opened, plain_type

#: Rows that are read at a time.
ROWS = 1 << 18
#: A place in the table: the file, and the row of it.
Mark = tuple[int, int]


@dataclass(frozen=True, slots=True)
class ParquetSource:
    """Rows of Parquet files, one after another; lines are 1-based rows of a file.

    Attributes:
        path: Of the file, or of the folder. parts: The files. columns: Those that are read.
        id_type: Type of the ids, which they keep.
    """

    path: Path
    parts: Sequence[Part]
    columns: Columns
    id_type: Any

    @property
    def file(self) -> str:
        """Name for problems."""
        return str(self.path)

    def batches(self, mark: Mark = (0, 0)) -> Iterator[tuple[Mark, Batch]]:
        """The rows from a mark on; reading begins with the group of rows that it is in."""
        for at, rows in self._tables(mark, list(self.columns.wanted)):
            yield at, self._batch(rows, at)

    def runs(self) -> Iterator[tuple[Mark, Runs]]:
        """The ids alone."""
        for at, rows in self._tables((0, 0), [self.columns.by]):
            yield at, runs_of(self._ids(rows))

    def _tables(self, mark: Mark, columns: list[str]) -> Iterator[tuple[Mark, Any]]:
        """Some rows, and the mark of the first."""
        for number in range(mark[0], len(self.parts)):
            part, first = self.parts[number], mark[1] if number == mark[0] else 0
            own = [name for name in columns if name not in part.fixed]
            for at, rows in _rows(part.path, first, own):
                yield (number, at), _completed(rows, part, columns)

    def _ids(self, rows: Any) -> Coded:
        import pyarrow as pa
        import pyarrow.compute as pc

        column = rows.column(self.columns.by)
        if plain_type(column.type) == self.id_type:
            return _coded(column)
        if pa.types.is_temporal(plain_type(column.type)):
            return _times(column)
        try:
            return _coded(pc.cast(column, self.id_type))
        except pa.ArrowInvalid as error:
            says, mend = f"{self.columns.by} holds what is no text: {error}", "write it as text in UTF-8"
            raise DataError(Problem("bad-encoding", says, mend, self.file, None, self.columns.by)) from error

    def _batch(self, rows: Any, at: Mark) -> Batch:
        chosen = self.columns
        study = None if chosen.study is None else _coded(rows.column(chosen.study))
        raw = Raw(
            runs_of(self._ids(rows)),
            _cells(rows.column(chosen.events)),
            _cells(rows.column(chosen.total)),
            study,
            lambda row: at[1] + row + 1,
            {},
        )
        return batch_of(raw, chosen, str(self.parts[at[0]].path))


def _rows(path: Path, first: int, columns: list[str]) -> Iterator[tuple[int, Any]]:
    """Some rows of a file from one on, and the number of the first of them."""
    with opened(path) as file:
        begins = np.concatenate([[0], np.cumsum([_rows_in(file, i) for i in range(file.num_row_groups)])])
        group = int(np.searchsorted(begins, first, side="right")) - 1
        at = int(begins[group])
        groups = list(range(group, file.num_row_groups))
        for part in file.iter_batches(ROWS, row_groups=groups, columns=columns, use_threads=False):
            if at + part.num_rows > first:
                yield max(first, at), part.slice(max(first - at, 0))
            at += part.num_rows


def _completed(rows: Any, part: Part, columns: list[str]) -> Any:
    """The rows with the columns that stand in the path of their file."""
    import pyarrow as pa

    fixed = [name for name in columns if name in part.fixed]
    if not fixed:
        return rows
    found = {name: rows.column(name) for name in rows.schema.names}
    for name in fixed:
        found[name] = pa.repeat(pa.scalar(part.fixed[name], pa.string()), rows.num_rows)
    return pa.record_batch(found)


def _rows_in(file: Any, group: int) -> int:
    return int(file.metadata.row_group(group).num_rows)


def _coded(column: Any) -> Coded:
    codes, values = _dictionary(column)
    return Coded(codes, values.to_pylist())


def _times(column: Any) -> Coded:
    """Dates and times as the text that they are in a DataFrame: no digits for nothing below a second."""
    codes, values = _dictionary(column)
    return Coded(codes, [text_of(value) for value in values.to_pandas()])


def _dictionary(column: Any) -> tuple[Any, Any]:
    """Which value stands in each row, -1 for none, and the values."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not pa.types.is_dictionary(column.type):
        column = column.dictionary_encode()
    return np.asarray(pc.fill_null(column.indices, -1)), column.dictionary


def _cells(column: Any) -> Any:
    """Numbers as numbers; anything else as cells."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_integer(kind) or pa.types.is_floating(kind):
        return np.array(pc.cast(column, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)
    return _coded(column)
