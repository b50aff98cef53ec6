"""Events out of n, or in a time at risk: the only data the models see."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from .errors import DataError, Problem

Integers = npt.NDArray[np.int64]

#: Above this, n no longer adds exactly in float64 arithmetic of the likelihoods.
LARGEST_N = 10**9
#: What a study is called that nobody named.
_UNNAMED = re.compile(r"#\d+")


class Arms(ABC):
    """What counts and rates share: k arms, or a stack of analyses, some arms of which may be of one study."""

    __slots__ = ()

    events: Integers
    n: npt.NDArray[Any]
    labels: tuple[str, ...]
    studies: tuple[str, ...]
    keys: tuple[str, ...]
    unit: str

    @abstractmethod
    def like(
        self,
        events: npt.ArrayLike,
        n: npt.ArrayLike,
        labels: Sequence[str],
        studies: Sequence[str],
        keys: Sequence[str],
    ) -> Self:
        """Other arms of the same kind and unit."""

    @property
    def k(self) -> int:
        """Number of arms (columns), absent ones included."""
        return int(self.n.shape[-1])

    @property
    def units(self) -> str:
        """What is counted, in the plural."""
        return plural_of(self.unit)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the stack: () for one analysis."""
        return self.n.shape[:-1]

    @property
    def shares_studies(self) -> bool:
        """Whether two arms belong to one study."""
        return len(set(self.studies)) < self.k

    def present(self) -> Self:
        """The analysis without its absent arms (one analysis only)."""
        return self.take(np.flatnonzero(self.n > 0))

    def take(self, index: npt.ArrayLike) -> Self:
        """The arms at ``index``, in that order."""
        i = np.asarray(index, dtype=np.intp)
        names = ([row[j] for j in i] for row in (self.labels, self.studies, self.keys))
        return self.like(self.events[..., i], self.n[..., i], *names)

    def apart(self, name: str) -> Self:
        """The same arms, to stand beside others: a study that nobody named is named after ``name`` as well."""
        studies = [f"{study} of {name}" if _UNNAMED.fullmatch(study) else study for study in self.studies]
        return self.like(self.events, self.n, self.labels, studies, self.keys)

    def by_study(self) -> Self:
        """One column per study: the arms of a study share its random effect, so an intercept-only likelihood
        needs only their sums.
        """
        if not self.shares_studies:
            return self
        order = list(dict.fromkeys(self.studies))
        position = {study: i for i, study in enumerate(order)}
        members: dict[str, list[str]] = {study: [] for study in order}
        sums = np.zeros((2, *self.shape, len(order)), dtype=self.n.dtype)
        for column, study in enumerate(self.studies):
            sums[0, ..., position[study]] += self.events[..., column]
            sums[1, ..., position[study]] += self.n[..., column]
            members[study].append(self.labels[column])
        return self.like(sums[0], sums[1], [" + ".join(members[study]) for study in order], order, order)


@dataclass(frozen=True, slots=True, eq=False)
class Counts(Arms):
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
        found = _named(labels, studies, keys, k)
        _refuse_impossible(x, total, found["labels"])
        for array in (x, total):
            array.flags.writeable = False
        for name, value in {"events": x, "n": total, "unit": unit, **found}.items():
            object.__setattr__(self, name, value)

    def counted_in(self, unit: str) -> Counts:
        """The same counts of another unit."""
        return Counts(self.events, self.n, self.labels, self.studies, self.keys, unit)

    def like(
        self,
        events: npt.ArrayLike,
        n: npt.ArrayLike,
        labels: Sequence[str],
        studies: Sequence[str],
        keys: Sequence[str],
    ) -> Self:
        """Other counts of the same unit."""
        return type(self)(events, n, labels, studies, keys, self.unit)


@dataclass(frozen=True, slots=True, eq=False)
class Rates(Arms):
    """Events in a time at risk of k arms, or of a stack of analyses.

    Args:
        events: Events, whole numbers, shape (k,) or (..., k).
        time: Time at risk, the same shape; 0 means "this arm is not in this analysis". It is kept as ``n``.
        labels, studies, keys: As for ``Counts``.
        unit: What is counted, in the singular.
        time_unit: What time is counted in, in the singular: ``year``, or ``patient-year``.

    Raises:
        DataError: text, negatives, events that are not whole or happen in no time, or shapes that differ.
    """

    events: Integers
    n: npt.NDArray[np.float64]
    labels: tuple[str, ...]
    studies: tuple[str, ...]
    keys: tuple[str, ...]
    unit: str
    time_unit: str

    def __init__(
        self,
        events: npt.ArrayLike,
        time: npt.ArrayLike,
        labels: Sequence[str] | None = None,
        studies: Sequence[str] | None = None,
        keys: Sequence[str] | None = None,
        unit: str = "event",
        time_unit: str = "time unit",
    ) -> None:
        x, t = _whole(events, "events"), _numbers(time, "time")
        if x.shape != t.shape or x.ndim == 0:
            raise DataError(
                Problem("shape", f"events has shape {x.shape}, time has {t.shape}", "give one time for each events")
            )
        found = _named(labels, studies, keys, x.shape[-1])
        _refuse_timeless(x, t, found["labels"])
        for array in (x, t):
            array.flags.writeable = False
        for name, value in {"events": x, "n": t, "unit": unit, "time_unit": time_unit, **found}.items():
            object.__setattr__(self, name, value)

    @property
    def time(self) -> npt.NDArray[np.float64]:
        """Time at risk."""
        return self.n

    @property
    def time_units(self) -> str:
        """What time is counted in, in the plural."""
        return plural_of(self.time_unit)

    def like(
        self,
        events: npt.ArrayLike,
        n: npt.ArrayLike,
        labels: Sequence[str],
        studies: Sequence[str],
        keys: Sequence[str],
    ) -> Self:
        """Other rates of the same units."""
        return type(self)(events, n, labels, studies, keys, self.unit, self.time_unit)


def plural_of(unit: str) -> str:
    """The plural of a unit."""
    return unit if unit.endswith("s") else unit + "s"


def _named(
    labels: Sequence[str] | None, studies: Sequence[str] | None, keys: Sequence[str] | None, k: int
) -> dict[str, tuple[str, ...]]:
    names = _names(labels, k, "labels") or tuple(str(i + 1) for i in range(k))
    return {
        "labels": names,
        "studies": _names(studies, k, "studies") or tuple(f"#{i}" for i in range(k)),
        "keys": _names(keys, k, "keys") or names,
    }


def _numbers(values: npt.ArrayLike, name: str) -> npt.NDArray[np.float64]:
    try:
        return np.array(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise DataError(
            Problem("not-a-number", f"{name} holds something that is not a number: {error}", "give numbers")
        ) from error


def _refuse_timeless(x: Integers, t: npt.NDArray[np.float64], labels: tuple[str, ...]) -> None:
    bad = ~np.isfinite(t) | (t < 0) | (x < 0) | ((t == 0) & (x > 0))
    if bad.any():
        places = [tuple(place) for place in np.argwhere(bad)[:20]]
        raise DataError(
            [
                Problem(
                    "time-at-risk",
                    f"{labels[cell[-1]]}: {x[cell]} events in a time of {t[cell]:g} can't be",
                    "check events and time against the paper; leave a study without a time out",
                )
                for cell in places
            ]
        )


def _whole(values: npt.ArrayLike, name: str) -> Integers:
    numbers = _numbers(values, name)
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
