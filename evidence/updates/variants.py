"""Tables that differ from one a little: a study less, one counted twice, a slip of the pen; all in one stack."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import numpy.typing as npt

from .. import display
from ..counts import Counts

Ints = npt.NDArray[np.int64]
#: Studies of a table that are left out two at a time (J).
MOST_FOR_PAIRS = 40


@dataclass(frozen=True, slots=True)
class Variant:
    """One table.

    Attributes:
        code: left-out, dropped, twice, pair or slip. text: What is done to the table, to stand before a comma.
        name: Which study or studies.
        events, n: Shape (k + 1,); n = 0 where there is no study.
    """

    code: str
    text: str
    name: str
    events: Ints
    n: Ints


def near_variants(counts: Counts) -> Iterator[Variant]:
    """Each study left out, those at 0 % or 100 % left out, each study counted twice."""
    rows = _Rows(counts)
    if counts.k > 2:
        for i in range(counts.k):
            yield rows.without("left-out", f"Without {rows.name(i)}", [i])
    none, every = np.flatnonzero(counts.events == 0), np.flatnonzero(counts.events == counts.n)
    for which, what in ((none, "without events"), (every, "with events only")):
        if 1 < which.size <= counts.k - 2:
            said = f"Without the {display.plural(which.size, 'study', 'studies')} {what}"
            yield rows.without("dropped", said, which.tolist())
    both = np.union1d(none, every)
    if none.size and every.size and both.size <= counts.k - 2:
        said = f"Without the {display.plural(both.size, 'study', 'studies')} at 0 % or 100 %"
        yield rows.without("dropped", said, both.tolist())
    for i in range(counts.k):
        yield rows.twice(i)


def remote_variants(counts: Counts) -> Iterator[Variant]:
    """Two studies left out; in one study an event or a patient more or less, digits or parts exchanged."""
    rows = _Rows(counts)
    for i in range(counts.k):
        x, n = int(counts.events[i]), int(counts.n[i])
        seen = {(x, n)}
        for events, size in _slips(x, n):
            if 0 <= events <= size and size > 0 and (events, size) not in seen:
                seen.add((events, size))
                said = f"With {display.count(events, size)} in {rows.name(i)}"
                yield rows.changed("slip", said, i, (events, size))
    if 4 <= counts.k <= MOST_FOR_PAIRS:
        for i, j in combinations(range(counts.k), 2):
            yield rows.without("pair", f"Without {rows.name(i)} and {rows.name(j)}", [i, j])


def _slips(x: int, n: int) -> Iterator[tuple[int, int]]:
    for step in (-1, 1):
        yield x + step, n
        yield x, n + step
    yield n - x, n
    for swapped in _swapped(x):
        yield swapped, n
    for swapped in _swapped(n):
        yield x, swapped


def _swapped(number: int) -> Iterator[int]:
    """Two neighbouring digits exchanged; none where a 0 would come first."""
    digits = str(number)
    for i in range(len(digits) - 1):
        other = digits[:i] + digits[i + 1] + digits[i] + digits[i + 2 :]
        if other[0] != "0":
            yield int(other)


class _Rows:
    """Makes variants of a table, which have room for one study more."""

    def __init__(self, counts: Counts) -> None:
        self.events, self.n = np.append(counts.events, 0), np.append(counts.n, 0)
        self.name: Callable[[int], str] = lambda i: (
            f"{counts.labels[i]} ({display.count(int(counts.events[i]), int(counts.n[i]))})"
        )

    def without(self, code: str, text: str, which: list[int]) -> Variant:
        events, n = self.events.copy(), self.n.copy()
        events[which], n[which] = 0, 0
        return Variant(code, text, " and ".join(self.name(i) for i in which[:2]), events, n)

    def changed(self, code: str, text: str, i: int, to: tuple[int, int]) -> Variant:
        events, n = self.events.copy(), self.n.copy()
        events[i], n[i] = to
        return Variant(code, text, self.name(i), events, n)

    def twice(self, i: int) -> Variant:
        events, n = self.events.copy(), self.n.copy()
        events[-1], n[-1] = events[i], n[i]
        return Variant("twice", f"With {self.name(i)} counted twice", self.name(i), events, n)
