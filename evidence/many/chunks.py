"""Chunks of whole analyses, in the order in which they first appear in the table."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import ne
from typing import Any

import numpy as np

from ..errors import Problem
from .batches import Batch, Floats, Hashes, Index, Runs
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
    problems = {row - begin: found for row, found in batch.problems.items() if begin <= row < end}
    studies = None if batch.studies is None else batch.studies[begin:end]
    return Batch(
        _runs_between(batch.ids, begin, end), batch.events[begin:end], batch.total[begin:end], studies, problems
    )


def _runs_between(ids: Runs, begin: int, end: int) -> Runs:
    first, last = np.searchsorted(ids.starts, [begin, end]).tolist()
    starts, names = ids.starts[first:last] - begin, list(ids.names[first:last])
    if begin < end and (not starts.size or starts[0] > 0):
        starts, names = np.concatenate([[0], starts]), [ids.names[first - 1], *names]
    return Runs(starts, names, end - begin)


def joined(batches: Sequence[Batch]) -> Batch:
    """Several batches as one."""
    if len(batches) == 1:
        return batches[0]
    offsets = np.cumsum([0, *(batch.rows for batch in batches)]).tolist()
    pairs = list(zip(batches, offsets[:-1], strict=True))
    ids = Runs(
        np.concatenate([batch.ids.starts + offset for batch, offset in pairs]),
        [name for batch in batches for name in batch.ids.names],
        offsets[-1],
    )
    studies = [batch.studies for batch in batches if batch.studies is not None]
    return Batch(
        ids,
        np.concatenate([batch.events for batch in batches]),
        np.concatenate([batch.total for batch in batches]),
        np.concatenate(studies) if studies else None,
        {row + offset: found for batch, offset in pairs for row, found in batch.problems.items()},
    )


def chunk_of(number: int, rows: Batch) -> Chunk:
    """Rows of whole analyses, those of each together, as a chunk."""
    names = rows.ids.names
    begins = np.array([True, *map(ne, names[1:], names[:-1])])[: len(names)]
    starts = rows.ids.starts[begins]
    problems: defaultdict[int, list[Problem]] = defaultdict(list)
    for row in sorted(rows.problems):
        problems[int(np.searchsorted(starts, row, side="right")) - 1] += rows.problems[row]
    kept = [name for name, new in zip(names, begins.tolist(), strict=True) if new]
    ends = np.append(starts[1:], rows.rows)
    return Chunk(number, kept, ends, rows.events, rows.total, rows.studies, dict(problems))
