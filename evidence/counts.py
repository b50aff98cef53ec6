"""Events out of n: the only data the models see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from .errors import DataError, Problem

Integers = npt.NDArray[np.int64]

#: Above this, n no longer adds exactly in float64 arithmetic of the likelihoods.
LARGEST_N = 10**9


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """Events out of n of k arms, or of a stack of analyses.

    Args:
        events: Units with the event, whole numbers, shape (k,) or (..., k).
        n: Units observed, the same shape; 0 means "this arm is not in this analysis".
        labels: Name of each arm, length k; ``1`` to ``k`` if not given.
        studies: Which study each arm belongs to, length k; every arm its own study if not given.
        keys: Stable id of each arm (e.g. arm_id), length k; the labels if not given.
        unit: What is counted, in the singular: two units never meet in one pool.

    Raises:
        DataError: text, fractions, negatives, events > n, or shapes that differ; every bad cell is named.
    """

    events: Integers
    n: Integers
    labels: tuple[str, ...]
    studies: tuple[str, ...]
    keys: tuple[str, ...]
    unit: str

    def __init__(
        self,
        events: npt.ArrayLike,
        n: npt.ArrayLike,
        labels: Sequence[str] | None = None,
        studies: Sequence[str] | None = None,
        keys: Sequence[str] | None = None,
        unit: str = "patient",
    ) -> None:
        x, total = _whole(events, "events"), _whole(n, "n")
        if x.shape != total.shape or x.ndim == 0:
            raise DataError(
                Problem("shape", f"events has shape {x.shape}, n has {total.shape}", "give one n for each events")
            )
        k = x.shape[-1]
        names = _names(labels, k, "labels") or tuple(str(i + 1) for i in range(k))
        _refuse_impossible(x, total, names)
        for array in (x, total):
            array.flags.writeable = False
        object.__setattr__(self, "events", x)
        object.__setattr__(self, "n", total)
        object.__setattr__(self, "labels", names)
        object.__setattr__(self, "keys", _names(keys, k, "keys") or names)
        object.__setattr__(self, "unit", unit)
        object.__setattr__(self, "studies", _names(studies, k, "studies") or tuple(f"#{i}" for i in range(k)))

    @property
    def k(self) -> int:
        """Number of arms (columns), absent ones included."""
        return int(self.n.shape[-1])

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the stack: () for one analysis."""
        return self.n.shape[:-1]

    @property
    def units(self) -> str:
        """What is counted, in the plural."""
        return self.unit if self.unit.endswith("s") else self.unit + "s"

    def counted_in(self, unit: str) -> Counts:
        """The same counts of another unit."""
        return Counts(self.events, self.n, self.labels, self.studies, self.keys, unit)

    @property
    def shares_studies(self) -> bool:
        """Whether two arms belong to one study."""
        return len(set(self.studies)) < self.k

    def present(self) -> Counts:
        """The analysis without its absent arms (one analysis only)."""
        return self.take(np.flatnonzero(self.n > 0))

    def take(self, index: npt.ArrayLike) -> Counts:
        """The arms at ``index``, in that order."""
        i = np.asarray(index, dtype=np.intp)
        return Counts(
            self.events[..., i],
            self.n[..., i],
            [self.labels[j] for j in i],
            [self.studies[j] for j in i],
            [self.keys[j] for j in i],
            self.unit,
        )

    def by_study(self) -> Counts:
        """One column per study: the arms of a study share its random effect, so an intercept-only likelihood
        needs only their sums.
        """
        if not self.shares_studies:
            return self
        order = list(dict.fromkeys(self.studies))
        position = {study: i for i, study in enumerate(order)}
        sums = np.zeros((2, *self.shape, len(order)), dtype=np.int64)
        for column, study in enumerate(self.studies):
            sums[0, ..., position[study]] += self.events[..., column]
            sums[1, ..., position[study]] += self.n[..., column]
        members: dict[str, list[str]] = {study: [] for study in order}
        for label, study in zip(self.labels, self.studies, strict=True):
            members[study].append(label)
        labels = [" + ".join(members[study]) for study in order]
        return Counts(sums[0], sums[1], labels, order, order, self.unit)


def _whole(values: npt.ArrayLike, name: str) -> Integers:
    try:
        numbers = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(
            Problem("not-a-number", f"{name} holds something that is not a number: {error}", "give whole numbers")
        ) from error
    bad = ~np.isfinite(numbers) | (numbers != np.floor(numbers)) | (np.abs(numbers) > LARGEST_N)
    if bad.any():
        value: Any = numbers[bad].flat[0]
        raise DataError(
            Problem(
                "not-whole",
                f"{name} holds {value:g}, which is not a whole number up to {LARGEST_N:,}",
                "give counts of units, not percentages or missing values; leave a study without a count out",
            )
        )
    return numbers.astype(np.int64)


def _names(names: Sequence[str] | None, k: int, what: str) -> tuple[str, ...] | None:
    if names is None:
        return None
    found = tuple(str(name) for name in names)
    if len(found) != k:
        raise DataError(Problem("shape", f"{len(found)} {what} for {k} arms", f"give one of {what} for each arm"))
    return found


def _refuse_impossible(x: Integers, n: Integers, labels: tuple[str, ...]) -> None:
    problems = []
    for code, bad, says in (
        ("negative", (x < 0) | (n < 0), "is negative"),
        ("events-exceed-total", (x > n) & (n >= 0), "has more events than units"),
    ):
        for place in np.argwhere(bad)[:20]:
            label = labels[place[-1]]
            cell = tuple(place)
            problems.append(
                Problem(code, f"{label}: {x[cell]} events of {n[cell]} {says}", "check events and n against the paper")
            )
    if problems:
        raise DataError(problems)
