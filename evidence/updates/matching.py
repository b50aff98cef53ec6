"""Whether a recipe's numbers are those that were printed, to every printed digit."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np

from .calls import calls
from .computing import Values
from .published import Printed, Published
from .recipes import Recipe
from .scales import SCALES

#: A recipe comes near when every number is within so many units of its last printed digit (J).
NEAR = 2.0
_PROPORTIONS = ("estimate", "lower", "upper")
#: Name of a number of the recipe -> what it is, in words.
I2_KINDS = {"i2_q": "I2 from Q", "i2_tau2": "I2 from tau2"}


@dataclass(frozen=True, slots=True)
class Fit:
    """A recipe beside the published numbers.

    Attributes:
        recipe: Which.
        values: Its numbers by name (estimate, lower, upper, tau2, i2_q, i2_tau2, q); None where it gives none.
        rounding: How its numbers become the printed ones: a key of ``ROUNDINGS``; None where they do not.
        apart: Printed part -> distance in units of its last digit, infinite where the recipe has no proportion.
        absent: Printed parts that the recipe does not give; they don't stop a match.
        i2_kind: Which I2 was compared: a key of ``I2_KINDS``.
    """

    recipe: Recipe
    values: dict[str, float | None]
    rounding: str | None
    apart: dict[str, float]
    absent: tuple[str, ...] = ()
    i2_kind: str | None = None

    @property
    def matches(self) -> bool:
        """Whether every printed number is met to its digits, all by one way of rounding."""
        return self.rounding is not None

    @property
    def distance(self) -> float:
        """The largest distance of a printed number, in units of its last digit."""
        return max(self.apart.values(), default=float("inf"))

    @property
    def near(self) -> bool:
        """Whether it does not match but comes near."""
        return not self.matches and self.distance <= NEAR

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        apart = {name: value if isfinite(value) else None for name, value in self.apart.items()}
        found = {"values": self.values, "rounding": self.rounding, "units_of_last_digit_apart": apart}
        return {
            **self.recipe.to_dict(),
            "calls": list(calls(self.recipe)),
            **found,
            "not_given": list(self.absent),
            "i2": self.i2_kind,
        }


def compare(recipe: Recipe, found: Values, published: Published, row: int = 0) -> Fit:
    """One row of a recipe's numbers beside the published ones."""
    values = {name: known(getattr(found, name)[row]) for name in found.__dataclass_fields__}
    ways, apart, absent, kind = {"half-up", "half-even", "truncated"}, {}, [], None
    for name, printed in published.parts.items():
        options = _candidates(name, values, recipe)
        if not options:
            if name in _PROPORTIONS:
                ways, apart[name] = set(), float("inf")
            else:
                absent.append(name)
            continue
        best = min(
            options,
            key=lambda option: (not (ways & _roundings(option[1], printed, name)), _apart(option[1], printed, name)),
        )
        ways &= _roundings(best[1], printed, name)
        apart[name] = _apart(best[1], printed, name)
        kind = best[0] if name == "i2" else kind
    return Fit(recipe, values, _rounding(ways), apart, tuple(absent), kind)


def known(value: np.floating[Any] | float) -> float | None:
    """A number, or None for NaN and infinity."""
    return float(value) if isfinite(value) else None


def _candidates(name: str, values: dict[str, float | None], recipe: Recipe) -> list[tuple[str, float]]:
    """What a printed part may be of the recipe's numbers: I2 has two definitions, the double arcsine two scales."""
    if name == "i2":
        return [(kind, value) for kind in I2_KINDS if (value := values[kind]) is not None]
    if name not in ("tau2", "tau"):
        value = values[name]
        return [] if value is None else [(name, value)]
    tau2 = values["tau2"]
    if tau2 is None:
        return []
    sums = recipe.scale is not None and SCALES[recipe.scale].measure == "PFT"
    factors = (1.0, 4.0) if sums else (1.0,)
    return [(name, factor * tau2 if name == "tau2" else sqrt(factor * tau2)) for factor in factors]


def _clipped(value: float, printed: Printed, name: str) -> float:
    """Proportions are cut off at 0 and 1 unless what was printed lies beyond."""
    if name not in _PROPORTIONS or not 0 <= printed.value <= 1:
        return value
    return min(max(value, 0.0), 1.0)


def _roundings(value: float, printed: Printed, name: str) -> frozenset[str]:
    return printed.roundings(_clipped(value, printed, name))


def _apart(value: float, printed: Printed, name: str) -> float:
    return printed.apart(_clipped(value, printed, name))


def _rounding(ways: set[str]) -> str | None:
    if {"half-up", "half-even"} <= ways:
        return "rounded"
    return next((way for way in ("half-up", "half-even", "truncated") if way in ways), None)
