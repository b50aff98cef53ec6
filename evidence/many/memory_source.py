"""A table in memory: a DataFrame, arrays by name, or a table of pyarrow."""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import DataError, Problem, data_error, usage
from .batches import Batch, Coded, Raw, Runs, batch_of, coded, runs_of, text_of
from .columns import Columns

if TYPE_CHECKING:
    import pandas as pd

FILE = "table"
_NUMBERS = (int, float, np.number, np.bool_)


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
        study = None if chosen.study is None else _coded(frame[chosen.study], self.file)
        raw = Raw(
            runs_of(_ids(frame[chosen.by], self.file)),
            _cells(frame[chosen.events], self.file),
            _cells(frame[chosen.total], self.file),
            study,
            lambda row: first + row + 1,
            {},
        )
        yield first, batch_of(raw, chosen, self.file)

    def runs(self) -> Iterator[tuple[int, Runs]]:
        """The ids alone."""
        if len(self.frame):
            yield 0, runs_of(_ids(self.frame[self.columns.by], self.file))


def frame_of(table: Any) -> pd.DataFrame:
    """A table in memory as a frame.

    Raises:
        UsageError: something that is no table. DataError: columns of different lengths.
    """
    import pandas as pd

    if isinstance(table, pd.DataFrame):
        return _named(table)
    if isinstance(table, Mapping):
        try:
            return pd.DataFrame({str(name): np.asarray(column) for name, column in table.items()})
        except ValueError as error:
            raise data_error(f"the columns don't fit: {error}", "give columns of one length", "shape") from error
    if hasattr(table, "to_pandas"):
        given: Any = table
        # Of a table of pyarrow: whole numbers stay whole where some are missing.
        options = {"integer_object_nulls": True} if type(table).__module__.startswith("pyarrow") else {}
        return _named(given.to_pandas(**options))
    what = "give a DataFrame, a dict of arrays, a pyarrow table, or the path of a CSV or Parquet file"
    raise usage(f"{type(table).__name__} is no table", what, "no-table")


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame with texts for the names of its columns."""
    names = [str(name) for name in frame.columns]
    return frame if names == list(frame.columns) else frame.set_axis(names, axis="columns")


def _ids(column: pd.Series[Any], file: str) -> Coded:
    """Ids of one kind: all numbers, or all text, so that 1 and "1" are one analysis; dates are text."""
    found = _coded(column, file)
    kinds = set(map(type, found.values))
    if any(all(issubclass(kind, alike) for kind in kinds) for alike in (str, _NUMBERS)):
        return found
    new = coded([value if isinstance(value, str) else text_of(value) for value in found.values])
    return Coded(np.append(new.codes, -1)[found.codes], new.values)


def _coded(column: pd.Series[Any], file: str) -> Coded:
    import pandas as pd

    try:
        codes, values = pd.factorize(column)
    except TypeError as error:
        row = next((i for i, value in enumerate(column) if not isinstance(value, Hashable)), 0)
        says = f"{column.name!r} holds a {type(column.iloc[row]).__name__}, not one value in each row"
        problem = Problem("not-a-value", says, "give it one value in each row", file, row + 1, str(column.name))
        raise DataError(problem) from error
    return Coded(codes, list(values))


def _cells(column: pd.Series[Any], file: str) -> Any:
    """Numbers as numbers; anything else as cells."""
    from pandas.api.types import is_bool_dtype, is_numeric_dtype

    if is_numeric_dtype(column.dtype) and not is_bool_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan)
    return _coded(column, file)
