"""A table in memory: a DataFrame, arrays by name, or a table of pyarrow."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import data_error, usage
from .batches import Batch, Coded, Raw, Runs, batch_of, runs_of
from .columns import Columns

if TYPE_CHECKING:
    import pandas as pd

FILE = "table"


@dataclass(frozen=True, slots=True)
class MemorySource:
    """Rows of a frame; lines are 1-based rows, the header not counted."""

    frame: pd.DataFrame
    columns: Columns
    id_type: Any = None
    file: str = FILE

    def batches(self, mark: int | None = None) -> Iterator[tuple[int, Batch]]:
        """All rows at once, from a row on."""
        frame, first, chosen = self.frame.iloc[mark or 0 :], mark or 0, self.columns
        if len(frame) == 0:
            return
        study = None if chosen.study is None else _coded(frame[chosen.study])
        raw = Raw(
            runs_of(_coded(frame[chosen.by])),
            _cells(frame[chosen.events]),
            _cells(frame[chosen.total]),
            study,
            lambda row: first + row + 1,
            {},
        )
        yield first, batch_of(raw, chosen, self.file)

    def runs(self) -> Iterator[tuple[int, Runs]]:
        """The ids alone."""
        if len(self.frame):
            yield 0, runs_of(_coded(self.frame[self.columns.by]))


def frame_of(table: Any) -> pd.DataFrame:
    """A table in memory as a frame.

    Raises:
        UsageError: something that is no table. DataError: columns of different lengths.
    """
    import pandas as pd

    if isinstance(table, pd.DataFrame):
        return table
    if isinstance(table, Mapping):
        try:
            return pd.DataFrame({str(name): np.asarray(column) for name, column in table.items()})
        except ValueError as error:
            raise data_error(f"the columns don't fit: {error}", "give columns of one length", "shape") from error
    if hasattr(table, "to_pandas"):
        frame: pd.DataFrame = table.to_pandas(integer_object_nulls=True)
        return frame
    what = "give a DataFrame, a dict of arrays, a pyarrow table, or the path of a CSV or Parquet file"
    raise usage(f"{type(table).__name__} is no table", what, "no-table")


def _coded(column: pd.Series[Any]) -> Coded:
    import pandas as pd

    codes, values = pd.factorize(column)
    return Coded(codes, list(values))


def _cells(column: pd.Series[Any]) -> Any:
    """Numbers as numbers; anything else as cells."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if is_numeric_dtype(column.dtype) and not is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return _coded(column)
