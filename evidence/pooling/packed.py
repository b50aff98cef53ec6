"""Rows of a stack by how many studies are there: an absent one costs as much as one that is there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

Index = npt.NDArray[np.intp]
Numbers = npt.NDArray[Any]

#: Widths up to which every number of studies has its own; beyond, the next one is a quarter wider.
_EACH, _WIDER = 8, 1.25


def widths_of(sizes: npt.NDArray[np.integer[Any]]) -> Index:
    """The width of the stack that an analysis of each size is put into: a function of its size alone."""
    widths = list(range(1, _EACH + 1))
    while widths[-1] < sizes.max(initial=1):
        widths.append(int(np.ceil(widths[-1] * _WIDER)))
    steps = np.array(widths, dtype=np.int64)
    return np.asarray(steps[np.searchsorted(steps, sizes)])


def by_width(n: Numbers, rows: Index) -> Iterator[tuple[Index, int]]:
    """The rows at ``rows`` of a stack of sizes (rows, k), 0 where a study is absent, in groups of as wide a stack.

    Yields:
        Some rows, and how many columns are enough for each of them, whatever the others are.
    """
    k = n.shape[1]
    there = n[rows] > 0
    if there.all():
        yield rows, k
        return
    widths = np.minimum(widths_of(there.sum(1)), k)
    for width in np.bincount(widths).nonzero()[0].tolist():
        yield rows[widths == width], width


def together(events: Numbers, n: Numbers, width: int) -> tuple[Numbers, Numbers]:
    """The same rows in so many columns, the studies that are there in their order before some that are absent."""
    if width == n.shape[1]:
        return events, n
    order = np.argsort(n <= 0, axis=1, kind="stable")[:, :width]
    row = np.arange(n.shape[0])[:, None]
    # Sums are added up in the order of the memory: that of the rows, also of one row.
    return np.ascontiguousarray(events[row, order]), np.ascontiguousarray(n[row, order])
