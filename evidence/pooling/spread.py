"""Stacks of many fits, cut and spread over the processes at hand.

A fit may differ in its last digits by what else is in its stack. A stack is therefore cut by its size alone: what comes
out is the same to the bit in one process or in many.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, fields
from itertools import islice, pairwise
from typing import TYPE_CHECKING

import numpy as np

from ..workers import at_hand
from .result import Estimates

if TYPE_CHECKING:
    from ..counts import Counts
    from . import Model

#: Most rows that are fitted as one stack, e.g. the 2,000 draws that a simulation has if nobody asks for more.
ROWS = 2048
#: Chunks that may be under way at once: they are small, and one model takes a hundred times as long as another.
AHEAD = 64

#: Is told the rows that are done, and of how many, of one stack.
Tell = Callable[[int, int], None]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """Rows of a stack, counts of shape (rows, k), and the model that fits them."""

    model: Model
    counts: Counts


def estimate_part(part: Part) -> Estimates:
    """The estimates of each row with their limits."""
    return part.model.estimate(part.counts)


def centre_part(part: Part) -> Estimates:
    """The same without limits where these cost much."""
    from .anatomy import centres

    return centres(part.model, part.counts)


def nobody(done: int, rows: int) -> None:
    """Tell nobody."""


def estimates(
    stacks: Iterable[tuple[Model, Counts]], task: Callable[[Part], Estimates] = estimate_part, tell: Tell = nobody
) -> Iterator[Estimates]:
    """The estimates of each stack of shape (rows, k), in their order; stacks are asked for as they can be fitted.

    Args:
        stacks: Each with the model that fits it. task: ``estimate_part`` or ``centre_part``.
        tell: Told how far the stack is whose turn it is.
    """
    begun: deque[tuple[int, int]] = deque()

    def parts() -> Iterator[Part]:
        for model, counts in stacks:
            slices = cut(counts.shape[0])
            begun.append((len(slices), counts.shape[0]))
            yield from (Part(model, _rows_of(counts, rows)) for rows in slices)

    results = at_hand().map(task, parts(), AHEAD)
    for first in results:
        number, rows = begun.popleft()
        found = [first]
        tell(first.status.size, rows)
        for part in islice(results, number - 1):
            found.append(part)
            tell(sum(one.status.size for one in found), rows)
        yield end_to_end(found)


def cut(rows: int, most: int = ROWS) -> list[slice]:
    """Slices of about the same length, none longer than ``most``; one of an empty stack."""
    number = max(1, -(-rows // most))
    ends = [rows * i // number for i in range(number + 1)]
    return [slice(start, end) for start, end in pairwise(ends)]


def _rows_of(counts: Counts, rows: slice) -> Counts:
    if rows == slice(0, counts.shape[0]):
        return counts
    return counts.like(counts.events[rows], counts.n[rows], counts.labels, counts.studies, counts.keys)


def end_to_end(parts: list[Estimates]) -> Estimates:
    """Stacks as one stack, row after row."""
    if len(parts) == 1:
        return parts[0]
    return Estimates(**{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(Estimates)})
