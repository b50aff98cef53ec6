"""What every effect measure has: a scale, the way there from counts, and the way back."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, ClassVar

import numpy as np
import numpy.typing as npt

from ..errors import unknown, usage

if TYPE_CHECKING:
    from collections.abc import Mapping

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

#: The harmonic mean of the sizes is refused on the way back when a study is smaller than this (J).
SMALLEST_FOR_HARMONIC = 5

#: When a constant is added to events and non-events.
TO: Mapping[str, str] = {
    "only0": "in studies without events or without non-events",
    "all": "in all studies",
    "if0all": "in all studies if any has no events or no non-events",
    "none": "nowhere",
}


class Measure(ABC):
    """The scale that proportions (or rates) are combined on.

    Attributes:
        name: metafor's code.
        title: Words for it.
        scale: Words for the analysis scale.
        centre: What a pooled value estimates.
        add: Constant added by default to events and non-events of studies that have none of either.
        corrected: Whether such a constant is ever needed.
        lower: Lower end of the analysis scale.
        upper: Upper end.
        symmetric: Whether exchanging events and non-events mirrors every result.
        logit: Whether the analysis scale is the logit.
        is_proportion: Whether the scale is the proportion (or the rate) itself, so that its centre is the mean.
        of_rates: Whether it is a scale of rates.
        sized: Whether the way back needs a sample size.
        clipped: Whether values beyond the ends occur and are cut off on the proportion scale.
        cites: Keys of methods.bib.
    """

    __slots__ = ()

    name: ClassVar[str]
    title: ClassVar[str]
    scale: ClassVar[str]
    centre: ClassVar[str] = "typical study (median)"
    add: ClassVar[float] = 0.5
    corrected: ClassVar[bool] = True
    lower: ClassVar[float] = -np.inf
    upper: ClassVar[float] = np.inf
    symmetric: ClassVar[bool] = True
    logit: ClassVar[bool] = False
    is_proportion: ClassVar[bool] = False
    of_rates: ClassVar[bool] = False
    sized: ClassVar[bool] = False
    clipped: ClassVar[bool] = False
    cites: ClassVar[tuple[str, ...]] = ()

    def effects(
        self, events: npt.ArrayLike, n: npt.ArrayLike, add: float | None = None, to: str = "only0"
    ) -> tuple[Floats, Floats]:
        """Effects and sampling variances of a stack.

        Args:
            events: Counts, shape (..., k).
            n: Totals, shape (..., k); 0 means absent.
            add: Constant for events and non-events; None for the measure's own.
            to: One of ``TO``; ``if0all`` looks at each analysis of the stack by itself.

        Returns:
            y, v: Shape (..., k). Absent studies have y = 0, v = inf; a study that has no value on this scale
            (only with ``add = 0`` or ``to = "none"``) has y = v = NaN.

        Raises:
            UsageError: an unknown ``to``, a negative ``add``, or any ``add`` on a scale that needs none.
        """
        constant = self.correction(add, to)
        x, size = np.asarray(events, dtype=float), np.asarray(n, dtype=float)
        absent = size == 0
        some_absent = bool(absent.any())
        if some_absent:
            x, size = np.where(absent, 0.5, x), np.where(absent, 1.0, size)
        if constant > 0:
            x, size = self.shifted(x, size, _shift(self.bare(x, size), constant, to))
        with np.errstate(divide="ignore", invalid="ignore"):
            y, v = self.transformed(x, size)
        lost = ~np.isfinite(y)
        if lost.any():
            y, v = np.where(lost, np.nan, y), np.where(lost, np.nan, v)
        if some_absent:
            y, v = np.where(absent, 0.0, y), np.where(absent, np.inf, v)
        return y, v

    def correction(self, add: float | None, to: str = "only0") -> float:
        """The constant in use.

        Raises:
            UsageError: as ``effects``.
        """
        if to not in TO:
            raise unknown("correction policy", to, list(TO), "unknown-to")
        if add is None:
            return self.add if to != "none" else 0.0
        if not (isinstance(add, int | float) and np.isfinite(add) and add >= 0):
            raise usage(f"add {add!r} is not a number of at least 0", "give add = 0.5, for example", "add")
        if add > 0 and not self.corrected:
            raise usage(
                f"add {add:g} with measure {self.name}, which needs no correction",
                "leave add out, or give add = 0",
                "add",
            )
        return float(add) if to != "none" else 0.0

    def bare(self, x: Floats, n: Floats) -> Bools:
        """Studies that have no value or no variance without a correction."""
        return np.asarray((x == 0) | (x == n))

    def small(self, x: Floats, n: Floats) -> Bools:
        """Studies that are too small for the harmonic mean on the way back."""
        return np.asarray((n > 0) & (n < SMALLEST_FOR_HARMONIC))

    def shifted(self, x: Floats, n: Floats, shift: Floats) -> tuple[Floats, Floats]:
        """Counts with ``shift`` added to events and to non-events."""
        return x + shift, n + 2 * shift

    @abstractmethod
    def transformed(self, x: Floats, n: Floats) -> tuple[Floats, Floats]:
        """Effects and sampling variances of (corrected) counts."""

    @abstractmethod
    def back(self, y: Floats, size: Floats | None = None) -> Floats:
        """The proportion of a value on the analysis scale, in [0, 1]; ``size`` for measures that are ``sized``."""

    def mean(self, y: Floats, tau2: Floats) -> Floats:
        """Mean proportion over studies whose effects are N(y, tau2); NaN where it does not exist."""
        return np.full(np.broadcast_shapes(np.shape(y), np.shape(tau2)), np.nan)

    def beyond(self, y: Floats) -> Bools:
        """Where a value lies outside the ends of the scale and is cut off."""
        return np.asarray((y < self.lower) | (y > self.upper))


def _shift(bare: Bools, constant: float, to: str) -> Floats:
    """What is added to the events of each study."""
    if to == "all":
        return np.full(bare.shape, constant)
    if to == "if0all":
        bare = np.broadcast_to(bare.any(-1, keepdims=True), bare.shape)
    return np.asarray(constant * bare, dtype=np.float64)
