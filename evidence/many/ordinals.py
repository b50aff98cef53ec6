"""The number of each analysis, in the order in which their ids first appear in a table of any size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..errors import ComputeError, Problem
from .batches import Hashes, Index, hashes_of, text_of


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """Ids that have a number, in the order of their hashes: hash, a second one, number; shape (ids,) each."""

    hashes: Hashes
    checks: Hashes
    numbers: Index

    def find(self, hashes: Hashes, checks: Hashes, into: Index) -> None:
        """Write the numbers of those that are known."""
        at = np.minimum(np.searchsorted(self.hashes, hashes), self.hashes.size - 1)
        known = (self.hashes[at] == hashes).nonzero()[0]
        _refuse_same(self.checks[at[known]], checks[known])
        into[known] = self.numbers[at[known]]

    def with_others(self, others: _Known) -> _Known:
        """Both, in one order."""
        order = np.argsort(np.concatenate([self.hashes, others.hashes]), kind="stable")
        pairs = zip(self._parts(), others._parts(), strict=True)
        return _Known(*(np.concatenate(pair)[order] for pair in pairs))

    def _parts(self) -> tuple[Hashes, Hashes, Index]:
        return self.hashes, self.checks, self.numbers


class Ordinals:
    """The number of each analysis; 24 bytes for each.

    Known ids stand in blocks, each more than twice as long as the next: a block takes in those behind it that have
    grown to half its length, so that an id is sorted as often as their number doubles, not with every new batch.
    """

    def __init__(self) -> None:
        self._blocks: list[_Known] = []
        self._size = 0

    @property
    def size(self) -> int:
        """How many there are."""
        return self._size

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
        numbers = np.full(different.size, -1, dtype=np.int64)
        for block in self._blocks:
            block.find(different, checks, numbers)
        new = (numbers < 0).nonzero()[0]
        if new.size:
            numbers[new[np.argsort(first[new])]] = self._size + np.arange(new.size)
            self._add(_Known(different[new], checks[new], numbers[new]))
        return np.asarray(numbers[where])

    def _add(self, block: _Known) -> None:
        self._size += block.numbers.size
        while self._blocks and self._blocks[-1].numbers.size <= 2 * block.numbers.size:
            block = self._blocks.pop().with_others(block)
        self._blocks.append(block)


def _refuse_same(first: Hashes, second: Hashes) -> None:
    """Refuse ids that have one hash, but differ in the other."""
    if (first != second).any():
        says = "two ids have the same hash"
        raise ComputeError(Problem("same-hash", says, "give the ids other names, e.g. with a letter before"))
