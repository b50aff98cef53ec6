"""How much new evidence would move a number across a threshold: one series of any size, or several of one size.

New series are added to the pool as studies of their own and every size of a grid is fitted in one stack. No formula is
behind it, so it holds for every model, and "none can" is an answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol

import numpy as np
import numpy.typing as npt

from ..counts import Counts
from ..errors import ComputeError, Problem
from ..pooling.anatomy import with_quick_limits
from .crossing import Crossing, first_crossing
from .ties import sides

Floats = npt.NDArray[np.float64]
Integers = npt.NDArray[np.int64]
#: What may cross: the printed proportion, its interval (which then holds the threshold, or no longer does), or a limit.
Target = Literal["estimate", "interval", "lower", "upper"]
TARGETS: tuple[Target, ...] = ("estimate", "interval")

#: The largest new series, and the most new series of one size (J).
LARGEST, MOST = 10_000, 200


class Plan(Protocol):
    """New evidence of growing amount at an assumed rate: ``number`` counts patients of one series, or series."""

    @property
    def rate(self) -> float:
        """Share of events, 0 to 1."""

    @property
    def top(self) -> int:
        """The largest number that is tried."""

    def added(self, numbers: Integers) -> tuple[Integers, Integers]:
        """Events and n of the new studies for each number, shape (rows, studies); n = 0 where there is none."""

    def favourable(self, downwards: bool) -> Integers:
        """Numbers among which the smallest that crosses is sought first, rising."""


@dataclass(frozen=True, slots=True)
class OneSeries:
    """One series of n patients, events = rate x n rounded to the nearest whole number (halves up)."""

    rate: float
    top: int = LARGEST

    def __str__(self) -> str:
        return f"one series at {assumed(self.rate)}"

    def added(self, numbers: Integers) -> tuple[Integers, Integers]:
        """As ``Plan``."""
        return whole(self.rate * numbers)[:, None], numbers[:, None]

    def favourable(self, downwards: bool) -> Integers:
        """Of the sizes with the same events, the one with the smallest share (downwards) or the largest.

        As events are whole numbers, the share of a series goes up and down with its size; these sizes are free of that.
        """
        sizes = np.arange(1, self.top + 1)
        if self.rate in (0.0, 1.0):
            return sizes
        events = whole(self.rate * sizes)
        steps = np.flatnonzero(events[1:] != events[:-1])
        ends = sizes[steps] if downwards else sizes[steps + 1]
        return np.unique(np.append(ends, self.top))


@dataclass(frozen=True, slots=True)
class SeveralSeries:
    """Series of ``size`` patients each; their events add up to rate x patients, rounded after each series."""

    rate: float
    size: int

    def __str__(self) -> str:
        return f"series of {self.size} at {assumed(self.rate)}"

    @property
    def top(self) -> int:
        """At most ``MOST`` series, and together no more patients than the largest series has."""
        return max(1, min(MOST, LARGEST // self.size))

    def added(self, numbers: Integers) -> tuple[Integers, Integers]:
        """As ``Plan``."""
        which = np.arange(1, int(numbers.max()) + 1)
        together = whole(self.rate * self.size * np.append(0, which))
        events = together[1:] - together[:-1]
        there = which[None, :] <= numbers[:, None]
        return np.where(there, events, 0), np.where(there, self.size, 0)

    def favourable(self, downwards: bool) -> Integers:
        """Every number."""
        return np.arange(1, self.top + 1)


def assumed(proportion: float) -> str:
    """A rate or threshold that was typed, as percent: ``20 %``, ``12.5 %``."""
    return f"{100 * proportion:.6g} %"


def whole(values: npt.ArrayLike) -> Integers:
    """Rounded to whole numbers, halves up; 0.15 x 10 is a half although it is not in binary."""
    return np.asarray(np.floor(np.asarray(values, dtype=np.float64) + 0.5 + 1e-9), dtype=np.int64)


@dataclass(frozen=True, slots=True, eq=False)
class Printed:
    """The printed proportion and its limits, shape (rows,); NaN where not defined."""

    value: Floats
    lower: Floats
    upper: Floats

    def side(self, target: Target, threshold: float) -> Floats:
        """Where the target lies: -1 below the threshold, 1 above, 0 on it or holding it; NaN where not defined."""
        if target != "interval":
            return sides({"estimate": self.value, "lower": self.lower, "upper": self.upper}[target], threshold)
        lower, upper = sides(self.lower, threshold), sides(self.upper, threshold)
        known = ~(np.isnan(lower) | np.isnan(upper))
        return np.where(known, np.where(lower > 0, 1.0, np.where(upper < 0, -1.0, 0.0)), np.nan)


@dataclass(frozen=True, slots=True)
class Prospect:
    """What it takes for one target under one plan.

    Attributes:
        target, plan: What is to cross, and what is added. threshold: A proportion.
        now: Side on which the target lies now, as ``Printed.side``.
        number: The smallest number that crosses; None where none does.
        events, n: Events and patients that this number adds; of the largest number where none crosses.
        value, lower, upper: The printed proportion with them.
        until: A larger number that was tried and does not cross; None where all of those cross.
        undefined: Numbers tried with which the model has no such number.
    """

    target: Target
    plan: Plan
    threshold: float
    now: int
    number: int | None
    events: int
    n: int
    value: float | None
    lower: float | None
    upper: float | None
    until: int | None = None
    undefined: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "target": self.target,
            "rate": self.plan.rate,
            "size": getattr(self.plan, "size", None),
            "largest": self.plan.top,
            "threshold": self.threshold,
            "side_now": self.now,
            "number": self.number,
            "events": self.events,
            "n": self.n,
            "proportion": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "not_with": self.until,
            "undefined": self.undefined,
        }


def with_added(counts: Counts, events: Integers, n: Integers) -> Counts:
    """A stack: the pool with new studies, one row for each row of ``events`` and ``n``, shape (rows, studies)."""
    old = counts.present()
    rows, new = n.shape
    names = [f"new series {i + 1}" for i in range(new)]
    return Counts(
        np.column_stack([np.broadcast_to(old.events, (rows, old.k)), events]),
        np.column_stack([np.broadcast_to(old.n, (rows, old.k)), n]),
        labels=[*old.labels, *names],
        studies=[*old.apart("the pool").studies, *names],
        unit=old.unit,
    )


def printed(counts: Counts, model: Any) -> Printed:
    """What is printed for each row of a stack: the marginal mean where the model has one, else its own centre."""
    found = model.estimate(counts)
    mean = np.isfinite(found.mean)
    return Printed(
        np.where(mean, found.mean, found.estimate),
        np.where(mean, found.mean_lower, found.lower),
        np.where(mean, found.mean_upper, found.upper),
    )


def printed_now(counts: Counts, model: Any) -> Printed:
    """What is printed without anything new, shape (1,)."""
    nothing = np.zeros((1, 0), dtype=np.int64)
    return printed(with_added(counts, nothing, nothing), lean(model))


def lean(model: Any) -> Any:
    """The model without its prediction interval, which no threshold is set for."""
    from dataclasses import replace

    return replace(model, prediction="none") if hasattr(model, "prediction") else model


def prospects(
    counts: Counts,
    model: Any,
    threshold: float,
    plans: Sequence[Plan],
    targets: Sequence[Target] = TARGETS,
    tell: Callable[[str], None] = lambda step: None,
) -> tuple[Prospect, ...]:
    """What it takes under each plan for each target to cross the threshold.

    Args:
        counts: The pool as it is, shape (k,). model: Frozen specification.
        threshold: A proportion, 0 to 1. plans: What may be added. targets: What may cross.
        tell: Told each plan as it begins.

    Raises:
        ComputeError: the model has no such number of the pool as it is.
    """
    return Search(counts, model).prospects(threshold, plans, targets, tell)


class Search:
    """The pool with new evidence: what was fitted for one threshold serves every other one."""

    def __init__(self, counts: Counts, model: Any) -> None:
        """A search of one pool by one model, nothing fitted yet."""
        self.model = model
        self._counts, self._lean = counts, lean(model)
        self._now: Printed | None = None
        self._fits: dict[Plan, _Fits] = {}

    @property
    def now(self) -> Printed | None:
        """What is printed without anything new, shape (1,); None of an empty pool."""
        if self._now is None and self._counts.n.any():
            self._now = printed_now(self._counts, self._lean)
        return self._now

    def prospects(
        self,
        threshold: float,
        plans: Sequence[Plan],
        targets: Sequence[Target] = TARGETS,
        tell: Callable[[str], None] = lambda step: None,
    ) -> tuple[Prospect, ...]:
        """As ``prospects``."""
        now = self.now
        if now is None or any(np.isnan(now.side(target, threshold)[0]) for target in targets):
            raise ComputeError(
                Problem("no-estimate", "the model has no estimate of the pool as it is", "read the counts")
            )
        # What is fitted with limits has the estimates as well.
        order = sorted(targets, key=lambda target: target == "estimate")
        found: dict[tuple[Plan, Target], Prospect] = {}
        for plan in plans:
            tell(str(plan))
            fits = self._fits.setdefault(plan, _Fits(self._counts, self._lean, plan))
            found |= {(plan, target): _prospect(fits, threshold, target, now) for target in order}
        return tuple(found[plan, target] for plan in plans for target in targets)


def _prospect(fits: _Fits, threshold: float, target: Target, now: Printed) -> Prospect:
    side = float(now.side(target, threshold)[0])
    plan = fits.plan

    def crosses(numbers: Integers) -> Floats:
        there = fits.printed(numbers, target).side(target, threshold)
        crossed = there != side if target == "interval" or side == 0 else there == -side
        return np.where(np.isnan(there), np.nan, crossed)

    downwards = side > 0 if side else plan.rate < threshold
    met = first_crossing(crosses, plan.favourable(downwards), plan.top)
    return _told(fits, met, (target, threshold, int(side)))


def _told(fits: _Fits, met: Crossing, asked: tuple[Target, float, int]) -> Prospect:
    target, threshold, start = asked
    at = np.array([met.number or fits.plan.top])
    events, n = fits.plan.added(at)
    end = fits.printed(at, "interval")
    return Prospect(
        target,
        fits.plan,
        threshold,
        start,
        met.number,
        int(events.sum()),
        int(n.sum()),
        _known(end.value),
        _known(end.lower),
        _known(end.upper),
        met.until,
        met.undefined,
    )


def _known(values: Floats) -> float | None:
    return None if np.isnan(values[0]) else float(values[0])


class _Fits:
    """The printed proportion for each number of a plan, each fitted once; limits only where they are asked for."""

    def __init__(self, counts: Counts, model: Any, plan: Plan) -> None:
        self.counts, self.plan = counts, plan
        # No limit moves the estimate.
        quickest = with_quick_limits(model)
        self._limits_cost = quickest != model
        self._models = {True: model, False: quickest}
        self._known: dict[bool, dict[int, tuple[float, float, float]]] = {True: {}, False: {}}

    def printed(self, numbers: Integers, target: Target) -> Printed:
        """The printed proportion with each number; the limits are NaN or others where the target is the estimate."""
        full = target != "estimate" or not self._limits_cost
        known = self._known[True] if full else {**self._known[False], **self._known[True]}
        new = np.array(sorted({int(number) for number in numbers} - known.keys()), dtype=np.int64)
        if new.size:
            fitted = printed(with_added(self.counts, *self.plan.added(new)), self._models[full])
            rows = zip(fitted.value, fitted.lower, fitted.upper, strict=True)
            made = dict(zip(map(int, new), ((float(a), float(b), float(c)) for a, b, c in rows), strict=True))
            self._known[full].update(made)
            known = {**known, **made}
        table = np.array([known[int(number)] for number in numbers]).reshape(-1, 3)
        return Printed(table[:, 0], table[:, 1], table[:, 2])


def default_rates(value: float, threshold: float) -> tuple[float, ...]:
    """Rates across the threshold from the estimate: half way to the far end, and the far end; both ends where on it."""
    if sides(value, threshold) == 0:
        return (0.0, 1.0)
    return (threshold / 2, 0.0) if value > threshold else ((1 + threshold) / 2, 1.0)
