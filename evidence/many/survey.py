"""The first look at a table: how many analyses it has, whether the rows of each stand together, where chunks end."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from ..errors import ComputeError, Problem
from .batches import Batch, Hashes, Index, Runs, hashes_of, text_of
from .columns import Columns
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


class Ordinals:
    """The number of each analysis, in the order in which they first appear; 24 bytes for each."""

    def __init__(self) -> None:
        self._hashes = np.zeros(0, dtype=np.uint64)
        self._checks = np.zeros(0, dtype=np.uint64)
        self._numbers = np.zeros(0, dtype=np.int64)

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self._numbers.size)

    def of(self, names: Sequence[Any]) -> Index:
        """The numbers of ids, new ones counted on.

        Raises:
            ComputeError: two ids that can't be told apart by their hashes, of which nobody has seen any.
        """
        texts = [text_of(name) if name is not None else "" for name in names]
        different, first, where = np.unique(hashes_of(texts), return_index=True, return_inverse=True)
        where = where.reshape(-1)
        every = hashes_of(texts, "evidence:checked")
        checks = every[first]
        _refuse_same(every, checks[where])
        numbers = self._known(different, checks)
        new = np.flatnonzero(numbers < 0)
        if new.size:
            new = new[np.argsort(first[new])]
            numbers[new] = self.size + np.arange(new.size)
            self._add(different[new], checks[new], numbers[new])
        return np.asarray(numbers[where])

    def _known(self, hashes: Hashes, checks: Hashes) -> Index:
        numbers = np.full(hashes.size, -1, dtype=np.int64)
        if self.size:
            at = np.minimum(np.searchsorted(self._hashes, hashes), self.size - 1)
            known = self._hashes[at] == hashes
            _refuse_same(self._checks[at][known], checks[known])
            numbers[known] = self._numbers[at[known]]
        return numbers

    def _add(self, hashes: Hashes, checks: Hashes, numbers: Index) -> None:
        merged = np.concatenate([self._hashes, hashes])
        order = np.argsort(merged, kind="stable")
        self._hashes = merged[order]
        self._checks = np.concatenate([self._checks, checks])[order]
        self._numbers = np.concatenate([self._numbers, numbers])[order]


def _refuse_same(first: Hashes, second: Hashes) -> None:
    """Refuse ids that have one hash, but differ in the other."""
    if (first != second).any():
        says = "two ids have the same hash"
        raise ComputeError(Problem("same-hash", says, "give the ids other names, e.g. with a letter before"))


def survey(source: Source, chunk: int = CHUNK, tell: Callable[[int], None] = lambda rows: None) -> Plan:
    """Look at the ids of a table.

    Args:
        source: The table. chunk: Rows of a chunk, at least; the last analysis of a chunk is whole.
        tell: Is told the rows that were seen.

    Raises:
        DataError: see the source.
    """
    ordinals, spellings, counts = Ordinals(), Spellings(), np.zeros(0, dtype=np.int64)
    marks: list[tuple[int, Any]] = []
    rows, last, together = 0, -1, True
    for mark, ids in source.runs():
        marks.append((rows, mark))
        numbers, before = ordinals.of(ids.names), counts.size
        counts = np.concatenate([counts, np.zeros(ordinals.size - before, dtype=np.int64)])
        np.add.at(counts, numbers, ids.lengths)
        spellings.add(numbers, ids.typed, before, ordinals.size)
        steps = np.diff(np.concatenate([[last], numbers]))
        together &= bool(((steps == 0) | (steps == 1)).all())
        last = int(numbers[-1])
        rows += ids.rows
        tell(rows)
    ends = np.cumsum(counts)
    return Plan(rows, *_chunks(ends, chunk), together, marks, spellings.mixed)


def _chunks(ends: Index, chunk: int) -> tuple[Index, Index]:
    """First analysis and first row of each chunk, and the ends; ``ends`` is where each analysis' rows end."""
    analyses = [0]
    while analyses[-1] < ends.size:
        done = int(ends[analyses[-1] - 1]) if analyses[-1] else 0
        analyses.append(min(int(np.searchsorted(ends, done + chunk)) + 1, ends.size))
    first = np.array(analyses, dtype=np.int64)
    return first, np.concatenate([[0], ends])[first].astype(np.int64)
