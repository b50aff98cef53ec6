"""Whether a recipe's numbers are those that were printed, to every printed digit."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite, sqrt
from typing import Any

import numpy as np

from .calls import calls
from .computing import Values
from .published import Printed, Published
from .recipe import Recipe
from .scales import SCALES

#: A recipe comes near when every number is within so many units of its last printed digit (J).
NEAR = 2.0
_PROPORTIONS = ("estimate", "lower", "upper")
_PREDICTED = ("pi_lower", "pi_upper")
#: Numbers of a recipe that don't need to be asked for.
NUMBERS = (*_PROPORTIONS, "tau2", "i2_q", "i2_tau2", "q", "se", "sd")
_WAYS = ("half-up", "half-even", "truncated", "twice")
#: Name of a number of the recipe -> what it is, in words.
I2_KINDS = {"i2_q": "I2 from Q", "i2_tau2": "I2 from tau2"}


@dataclass(frozen=True, slots=True)
class Fit:
    """A recipe beside the published numbers.

    Attributes:
        recipe: Which.
        values: Its numbers by name (``NUMBERS``, and pi_lower, pi_upper where asked for); None where it gives none.
        rounding: How its numbers become the printed ones: a key of ``ROUNDINGS``; None where they do not.
        apart: Printed part -> distance in units of its last digit, infinite where the recipe has no proportion.
        absent: Printed parts that the recipe does not give; they don't stop a match.
        i2_kind: Which I2 was compared: a key of ``I2_KINDS``.
        pi_kind: Which prediction interval was: a key of ``PREDICTIONS``.
        why: Why there are no limits, as a clause; None where there are some or nobody knows.
    """

    recipe: Recipe
    values: dict[str, float | None]
    rounding: str | None
    apart: dict[str, float]
    absent: tuple[str, ...] = ()
    i2_kind: str | None = None
    pi_kind: str | None = None
    why: str | None = None

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
            "pi": self.pi_kind,
            "why_no_limits": self.why,
        }


def compare(recipe: Recipe, found: Values, published: Published, row: int = 0) -> Fit:
    """One row of a recipe's numbers beside the published ones."""
    values = {name: known(getattr(found, name)[row]) for name in NUMBERS}
    ways, apart, absent = set(_WAYS), {}, []
    kinds: dict[str, str] = {}
    for name, printed in published.parts.items():
        if name in _PREDICTED:
            continue
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
        apart[name], kinds[name] = _apart(best[1], printed, name), best[0]
    pi_kind = _predicted(found, published, row, ways)
    if pi_kind is not None:
        for name, value in zip(_PREDICTED, found.predicted[pi_kind][:, row], strict=True):
            printed_limit = getattr(published, name)
            values[name] = float(value)
            if printed_limit is not None:
                ways &= _roundings(float(value), printed_limit, name)
                apart[name] = _apart(float(value), printed_limit, name)
    elif published.predicts is not None:
        absent += [name for name in _PREDICTED if getattr(published, name) is not None]
    why = None if found.why is None else str(found.why[row]) or None
    return Fit(recipe, values, _rounding(ways), apart, tuple(absent), kinds.get("i2"), pi_kind, why)


def _predicted(found: Values, published: Published, row: int, ways: set[str]) -> str | None:
    """The kind of prediction interval that comes nearest to the printed one; None where there is none."""
    printed = [(name, limit) for name in _PREDICTED if (limit := getattr(published, name)) is not None]

    def off(kind: str) -> tuple[bool, float]:
        limits = dict(zip(_PREDICTED, found.predicted[kind][:, row].tolist(), strict=True))
        left = set(ways)
        for name, limit in printed:
            left &= _roundings(limits[name], limit, name)
        return not left, max(_apart(limits[name], limit, name) for name, limit in printed)

    usable = [kind for kind, limits in found.predicted.items() if np.isfinite(limits[:, row]).all()]
    return min(usable, key=off) if printed and usable else None


def known(value: np.floating[Any] | float) -> float | None:
    """A number, or None for NaN and infinity."""
    return float(value) if isfinite(value) else None


def _candidates(name: str, values: dict[str, float | None], recipe: Recipe) -> list[tuple[str, float]]:
    """What a printed part may be of the recipe's numbers: I2 has two definitions, the double arcsine two scales."""
    if name == "i2":
        return [(kind, value) for kind in I2_KINDS if (value := values[kind]) is not None]
    if name == "half":
        return _halves(values, recipe)
    if name not in ("tau2", "tau"):
        value = values[name]
        return [] if value is None else [(name, value)]
    tau2 = values["tau2"]
    if tau2 is None:
        return []
    sums = recipe.scale is not None and SCALES[recipe.scale].measure == "PFT"
    factors = (1.0, 4.0) if sums else (1.0,)
    return [(name, factor * tau2 if name == "tau2" else sqrt(factor * tau2)) for factor in factors]


def _halves(values: dict[str, float | None], recipe: Recipe) -> list[tuple[str, float]]:
    """What may stand behind +-: half the width of the limits, the standard error of a proportion, a deviation."""
    lower, upper = values["lower"], values["upper"]
    found = [] if lower is None or upper is None else [("limits", 0.5 * (upper - lower))]
    plain = recipe.family in ("totals", "unweighted") or SCALES.get(recipe.scale or "", SCALES["logit"]).measure == "PR"
    return found + [(name, value) for name in ("se", "sd") if plain and (value := values[name]) is not None]


def _clipped(value: float, printed: Printed, name: str) -> float:
    """Proportions are cut off at 0 and 1 unless what was printed lies beyond."""
    if name not in (*_PROPORTIONS, *_PREDICTED) or not 0 <= printed.value <= 1:
        return value
    return min(max(value, 0.0), 1.0)


def _roundings(value: float, printed: Printed, name: str) -> frozenset[str]:
    return printed.roundings(_clipped(value, printed, name))


def _apart(value: float, printed: Printed, name: str) -> float:
    return printed.apart(_clipped(value, printed, name))


def _rounding(ways: set[str]) -> str | None:
    if {"half-up", "half-even"} <= ways:
        return "rounded"
    return next((way for way in _WAYS if way in ways), None)
