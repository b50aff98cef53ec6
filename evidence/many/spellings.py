"""Ids of analyses that differ only in outer blanks: they are read as one analysis, which is then told of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .batches import Hashes, Index

#: Code, among the notes of an analysis.
ID_SPELLINGS = "id-spellings"


class Spellings:
    """Which analyses have ids that differ in outer blanks; 8 bytes for each analysis once an id has such a blank."""

    def __init__(self) -> None:
        self._first: Hashes | None = None
        self._mixed: set[int] = set()

    @property
    def mixed(self) -> Index:
        """Numbers of the analyses, rising."""
        return np.array(sorted(self._mixed), dtype=np.int64)

    def add(self, numbers: Index, typed: Hashes | None, before: int, size: int) -> None:
        """Take in some runs of rows.

        Args:
            numbers: Of their analyses, shape (runs,). typed: As in ``Runs``. before, size: How many analyses there
                were before these runs, and are with them.
        """
        if typed is None and self._first is None:
            return
        first = self._with_room(size)
        found = np.zeros(numbers.size, dtype=np.uint64) if typed is None else typed
        different, at = np.unique(numbers, return_index=True)
        new = different >= before
        first[different[new]] = found[at[new]]
        self._mixed.update(np.unique(numbers[found != first[numbers]]).tolist())

    def _with_room(self, size: int) -> Hashes:
        """What the first id of each analysis has around it, with room for so many, twice as much where it was short."""
        known = np.zeros(1 << 10, dtype=np.uint64) if self._first is None else self._first
        if size > known.size:
            known = np.concatenate([known, np.zeros(max(size - known.size, known.size), dtype=np.uint64)])
        self._first = known
        return known


def within(mixed: Index, begin: int, end: int) -> Sequence[int]:
    """Those of some analyses, counted from the first of these."""
    low, high = np.searchsorted(mixed, [begin, end])
    found: list[Any] = (mixed[low:high] - begin).tolist()
    return found
