"""Some rows of a table of many analyses: as they were read, and checked."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ..counts import LARGEST_N
from ..errors import Problem
from .columns import Columns
from .row_problems import NONE, no_id, number_in, problems_of

Floats = npt.NDArray[np.float64]
Index = npt.NDArray[np.int64]
Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Coded:
    """A column as its different values, and which of them stands in each row.

    Attributes:
        codes: Position in ``values``, shape (rows,); -1 where nothing stands.
        values: Texts, or whatever a table in memory holds.
    """

    codes: npt.NDArray[np.integer[Any]]
    values: Sequence[Any]

    def text(self, row: int) -> str:
        """What stands in a row."""
        code = self.codes[row]
        return "" if code < 0 else text_of(self.values[code])

    def taken(self, values: npt.NDArray[Any]) -> npt.NDArray[Any]:
        """One value for each of ``values`` and a last one for nothing, in each row."""
        return np.asarray(values[self.codes])


@dataclass(frozen=True, slots=True, eq=False)
class Runs:
    """Which analysis rows belong to.

    Attributes:
        starts: First row of each run of rows of one id, shape (runs,). names: The id of each run; None for none.
        rows: How many there are.
        typed: A number for the outer blanks of the id of each run, 0 where it has none; None where no id has any.
    """

    starts: Index
    names: Sequence[Any]
    rows: int
    typed: Hashes | None = None

    @property
    def lengths(self) -> Index:
        """Rows of each run."""
        return np.diff(np.append(self.starts, self.rows))

    def of(self, row: int) -> Any:
        """The id of a row."""
        return self.names[int(np.searchsorted(self.starts, row, side="right")) - 1]


@dataclass(frozen=True, slots=True, eq=False)
class Raw:
    """Rows as they were read.

    Attributes:
        ids: Of the analyses. events, total: Numbers (NaN where there is none) or cells. study: Of arms, or None.
        line: Row of these -> where it stands in the file.
        broken: Row -> what is wrong with it as a row of text.
    """

    ids: Runs
    events: Coded | Floats
    total: Coded | Floats
    study: Coded | None
    line: Callable[[int], int]
    broken: Mapping[int, Problem]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """Rows that were checked.

    Attributes:
        ids: Of the analyses. events, total: Shape (rows,); what a row with a problem holds has no meaning.
        studies: Hash of the study of each row, or None where every row is one.
        problems: Row -> what is wrong with it.
    """

    ids: Runs
    events: Floats
    total: Floats
    studies: Hashes | None
    problems: Mapping[int, Sequence[Problem]]

    @property
    def rows(self) -> int:
        """How many."""
        return self.ids.rows


def text_of(value: Any) -> str:
    """A value as the text that a cell would hold."""
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, float | np.floating):
        return "" if np.isnan(value) else f"{value:.17g}"
    return str(value)


def coded(cells: Sequence[Any]) -> Coded:
    """A column of cells by its different ones."""
    known: dict[Any, int] = {}
    codes = np.fromiter((known.setdefault(cell, len(known)) for cell in cells), dtype=np.int64, count=len(cells))
    return Coded(codes, list(known))


def batch_of(raw: Raw, columns: Columns, file: str) -> Batch:
    """The rows, checked: only those with a problem are looked at one by one."""
    events, total = _numbers(raw.events, is_time=False), _numbers(raw.total, columns.of_rates)
    bad = _impossible(events, total, columns.of_rates)
    if None in raw.ids.names:
        bad |= np.repeat([name is None for name in raw.ids.names], raw.ids.lengths)
    bad[list(raw.broken)] = True
    problems = {row: _problems(raw, row, columns, file) for row in np.flatnonzero(bad).tolist()}
    studies = None if raw.study is None else _studies(raw.study)
    return Batch(raw.ids, events, total, studies, problems)


def runs_of(ids: Coded) -> Runs:
    """Where the ids of a column change."""
    values = [*ids.values, None]
    names = [*map(name_of, values)]
    codes = ids.codes
    starts = np.flatnonzero(np.concatenate([[True], codes[1:] != codes[:-1]])[: codes.size]).astype(np.int64)
    blanks = blanks_of(values, names)
    of = codes[starts]
    typed = None if blanks is None else blanks[of]
    return Runs(starts, [names[code] for code in of.tolist()], int(codes.size), typed)


def blanks_of(values: Sequence[Any], names: Sequence[Any]) -> Hashes | None:
    """A number for what stands around each name in its cell, 0 for nothing; None where nothing does anywhere.

    Args:
        values: The cells. names: ``name_of`` each.
    """
    around = [name is not None and name is not value for value, name in zip(values, names, strict=True)]
    if not any(around):
        return None
    hashes = hashes_of([str(value) if differs else "" for value, differs in zip(values, around, strict=True)])
    return np.where(around, hashes | np.uint64(1), np.uint64(0))


def name_of(value: Any) -> Any:
    """An id as it was typed, without outer spaces; None where there is none."""
    if isinstance(value, str):
        return value.strip() or None
    return None if value is None or value != value else value


def _numbers(cells: Coded | Floats, is_time: bool) -> Floats:
    if not isinstance(cells, Coded):
        return cells
    return cells.taken(np.array([*(_number(value, is_time) for value in cells.values), NONE]))


def _number(value: Any, is_time: bool) -> float:
    if isinstance(value, int | float | np.number) and not isinstance(value, bool):
        return float(value)
    return NONE if value is None else number_in(text_of(value), is_time)


def _impossible(events: Floats, total: Floats, of_rates: bool) -> npt.NDArray[np.bool_]:
    """Rows whose counts can't be, NaN among them: every comparison with it is false."""
    fine = (events >= 0) & (events == np.floor(events)) & (events <= LARGEST_N)
    if of_rates:
        fine &= (total > 0) & np.isfinite(total)
    else:
        fine &= (total >= 1) & (total == np.floor(total)) & (total <= LARGEST_N) & (events <= total)
    return np.asarray(~fine)


def _problems(raw: Raw, row: int, columns: Columns, file: str) -> list[Problem]:
    line = raw.line(row)
    found = [] if raw.ids.of(row) is not None else [no_id(columns, file, line)]
    if row in raw.broken:
        return [*found, raw.broken[row]]
    cells = tuple(_cell(column, row) for column in (raw.events, raw.total))
    return [*found, *problems_of((cells[0], cells[1]), columns, file, line)]


def _cell(column: Coded | Floats, row: int) -> str:
    return column.text(row) if isinstance(column, Coded) else text_of(float(column[row]))


def _studies(study: Coded) -> Hashes:
    """A number for each study; a row without one is a study of its own."""
    hashes = hashes_of([text_of(value) for value in study.values])
    found = study.taken(np.append(hashes, np.uint64(0)))
    alone = study.taken(np.array([*(text_of(value) == "" for value in study.values), True]))
    # Within an analysis these differ from each other; that one meets a hash has a chance of 2^-64 for each pair.
    found[alone] = np.arange(alone.sum(), dtype=np.uint64)
    return np.asarray(found, dtype=np.uint64)


def hashes_of(texts: Sequence[str], key: str = "evidence of many") -> Hashes:
    """64-bit hashes of texts, the same in every process."""
    from pandas.util import hash_array

    return np.asarray(hash_array(np.array(texts, dtype=object), hash_key=key, categorize=False), dtype=np.uint64)
