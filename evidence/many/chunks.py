"""Chunks of whole analyses, in the order in which they first appear in the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import Problem
from .batches import Batch, Floats, Hashes, Index
from .survey import Plan, Source


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """Some analyses with all their rows.

    Attributes:
        number: Of the chunk. names: Id of each analysis, None for that of the rows without one.
        ends: Where the rows of each analysis end, shape (analyses,).
        events, total, studies: Of each row.
        problems: Analysis -> what is wrong with its rows.
    """

    number: int
    names: Sequence[Any]
    ends: Index
    events: Floats
    total: Floats
    studies: Hashes | None
    problems: Mapping[int, Sequence[Problem]]

    @property
    def sizes(self) -> Index:
        """Rows of each analysis."""
        return np.diff(self.ends, prepend=0)


def read_chunks(source: Source, plan: Plan, first: int = 0) -> Iterator[Chunk]:
    """The chunks of a table in which the rows of each analysis stand together.

    Args:
        source, plan: The table and what the first look found. first: Chunk to begin with.
    """
    if first >= plan.chunks:
        return
    begin = int(plan.bounds[first])
    at, mark = next((row, mark) for row, mark in reversed(plan.marks) if row <= begin)
    held: list[Batch] = []
    number = first
    for _, batch in source.batches(mark):
        kept = batch if at >= begin else rows_of(batch, begin - at, batch.rows)
        at += batch.rows
        held.append(kept)
        while number < plan.chunks and at >= plan.bounds[number + 1]:
            size = int(plan.bounds[number + 1] - plan.bounds[number])
            whole = joined(held)
            yield chunk_of(number, rows_of(whole, 0, size))
            held = [rows_of(whole, size, whole.rows)]
            number += 1


def rows_of(batch: Batch, begin: int, end: int) -> Batch:
    """Some rows of a batch."""
    if begin == 0 and end == batch.rows:
        return batch
    runs = slice(*np.searchsorted(batch.starts, [begin, end]))
    starts, names = batch.starts[runs] - begin, list(batch.names[runs])
    if begin < end and (not starts.size or starts[0] > 0):
        before = int(np.searchsorted(batch.starts, begin, side="right")) - 1
        starts, names = np.concatenate([[0], starts]), [batch.names[before], *names]
    problems = {row - begin: found for row, found in batch.problems.items() if begin <= row < end}
    studies = None if batch.studies is None else batch.studies[begin:end]
    return Batch(starts, names, batch.events[begin:end], batch.total[begin:end], studies, problems)


def joined(batches: Sequence[Batch]) -> Batch:
    """Several batches as one."""
    if len(batches) == 1:
        return batches[0]
    offsets = np.cumsum([0, *(batch.rows for batch in batches[:-1])]).tolist()
    problems = {
        row + o: found for batch, o in zip(batches, offsets, strict=True) for row, found in batch.problems.items()
    }
    studies = [batch.studies for batch in batches if batch.studies is not None]
    return Batch(
        np.concatenate([batch.starts + o for batch, o in zip(batches, offsets, strict=True)]),
        [name for batch in batches for name in batch.names],
        np.concatenate([batch.events for batch in batches]),
        np.concatenate([batch.total for batch in batches]),
        np.concatenate(studies) if studies else None,
        problems,
    )


def chunk_of(number: int, rows: Batch) -> Chunk:
    """Rows of whole analyses, those of each together, as a chunk."""
    names = rows.names
    begins = np.array([i == 0 or name != names[i - 1] for i, name in enumerate(names)])
    starts = rows.starts[begins]
    problems: defaultdict[int, list[Problem]] = defaultdict(list)
    for row in sorted(rows.problems):
        problems[int(np.searchsorted(starts, row, side="right")) - 1] += rows.problems[row]
    kept = [name for name, new in zip(names, begins.tolist(), strict=True) if new]
    ends = np.append(starts[1:], rows.rows)
    return Chunk(number, kept, ends, rows.events, rows.total, rows.studies, dict(problems))
