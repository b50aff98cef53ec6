"""The first look at a table: how many analyses it has, whether the rows of each stand together, where chunks end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from .batches import Batch, Index, Runs
from .columns import Columns
from .ordinals import Ordinals
from .spellings import Spellings

#: Rows of a chunk, if not given: some ten thousand analyses.
CHUNK = 200_000


class Source(Protocol):
    """A table that can be read from any mark on."""

    @property
    def columns(self) -> Columns:
        """Those that are read."""

    @property
    def file(self) -> str:
        """Its name for problems."""

    @property
    def id_type(self) -> Any:
        """Type of the ids where the table has types, else None."""

    def batches(self, mark: Any = None) -> Iterator[tuple[Any, Batch]]:
        """The rows from a mark on, in batches with their marks."""

    def runs(self) -> Iterator[tuple[Any, Runs]]:
        """The ids of all rows, with the marks of what holds them."""


@dataclass(frozen=True, slots=True, eq=False)
class Plan:
    """What the first look found.

    Attributes:
        rows: Of the table.
        analyses: First analysis of each chunk and, last, how many there are, shape (chunks + 1,).
        bounds: First row of each chunk, in the order of the analyses, and last the number of rows.
        together: Whether the rows of every analysis stand together.
        marks: First row of each batch and the batch's mark.
        mixed: Analyses whose ids differ in outer blanks, rising.
    """

    rows: int
    analyses: Index
    bounds: Index
    together: bool
    marks: Sequence[tuple[int, Any]]
    mixed: Index

    @property
    def chunks(self) -> int:
        """How many."""
        return self.bounds.size - 1


def survey(source: Source, chunk: int = CHUNK, tell: Callable[[int], None] = lambda rows: None) -> Plan:
    """Look at the ids of a table.

    Args:
        source: The table. chunk: Rows of a chunk, at least; the last analysis of a chunk is whole.
        tell: Is told the rows that were seen.

    Raises:
        DataError: see the source.
    """
    ordinals, spellings, counts = Ordinals(), Spellings(), np.zeros(1 << 16, dtype=np.int64)
    marks: list[tuple[int, Any]] = []
    rows, last, together = 0, -1, True
    for mark, ids in source.runs():
        marks.append((rows, mark))
        before, numbers = ordinals.size, ordinals.of(ids.names)
        counts = _with_room(counts, ordinals.size)
        np.add.at(counts, numbers, ids.lengths)
        spellings.add(numbers, ids.typed, before, ordinals.size)
        steps = np.diff(np.concatenate([[last], numbers]))
        together &= bool(((steps == 0) | (steps == 1)).all())
        last = int(numbers[-1])
        rows += ids.rows
        tell(rows)
    ends = np.cumsum(counts[: ordinals.size])
    return Plan(rows, *_chunks(ends, chunk), together, marks, spellings.mixed)


def _with_room(counts: Index, size: int) -> Index:
    """The counts with zeros behind them for so many at least, twice as long where it was too short."""
    if size <= counts.size:
        return counts
    return np.concatenate([counts, np.zeros(max(size - counts.size, counts.size), dtype=np.int64)])


def _chunks(ends: Index, chunk: int) -> tuple[Index, Index]:
    """First analysis and first row of each chunk, and the ends; ``ends`` is where each analysis' rows end."""
    analyses = [0]
    while analyses[-1] < ends.size:
        done = int(ends[analyses[-1] - 1]) if analyses[-1] else 0
        analyses.append(min(int(np.searchsorted(ends, done + chunk)) + 1, ends.size))
    first = np.array(analyses, dtype=np.int64)
    return first, np.concatenate([[0], ends])[first].astype(np.int64)
