"""A published pooled proportion as it was printed: its numbers, each with its digits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import floor
from typing import Any

#: Rounding -> how the last digit came about, in words.
ROUNDINGS = {
    "rounded": "rounded",
    "half-up": "rounded, a half up",
    "half-even": "rounded, a half to the even digit",
    "truncated": "cut off",
    "twice": "rounded twice, first to one digit more",
}
#: Of the last digit: more than rounding errors of the arithmetic.
_NOISE = 1e-7
#: Proportions and their limits, in the order in which they are printed.
PROPORTIONS = ("estimate", "lower", "upper", "pi_lower", "pi_upper")
#: Parts of a published result, in the order in which they are compared.
PARTS = (*PROPORTIONS, "half", "se", "sd", "i2", "tau2", "tau", "q")


@dataclass(frozen=True, slots=True)
class Printed:
    """A number as it was printed.

    Attributes:
        value: On its own scale, proportions and I2 as fractions. digits: Decimals of ``value``. text: As printed.
    """

    value: float
    digits: int
    text: str

    def roundings(self, value: float) -> frozenset[str]:
        """The ways of rounding (half-up, half-even, truncated, twice) that print ``value`` as this number."""
        scaled, printed = value * 10.0**self.digits, round(self.value * 10.0**self.digits)
        low = floor(scaled + _NOISE)
        found = set()
        if abs(scaled - low - 0.5) <= _NOISE:
            found |= {"half-up"} if printed == low + 1 else set()
            found |= {"half-even"} if printed == low + low % 2 else set()
        elif printed == floor(scaled + 0.5):
            found |= {"half-up", "half-even"}
        if printed == (low if scaled > -_NOISE else -floor(-scaled + _NOISE)):
            found.add("truncated")
        if printed == floor(floor(scaled * 10 + 0.5 + _NOISE) / 10 + 0.5):
            found.add("twice")
        return frozenset(found)

    def apart(self, value: float) -> float:
        """How far ``value`` is from the printed number, in units of its last digit."""
        return abs(value - self.value) * 10.0**self.digits


@dataclass(frozen=True, slots=True)
class Published:
    """A published result; what was not printed is None.

    Attributes:
        text: As given. estimate, lower, upper: The pooled proportion and its limits. level: Of the limits, a fraction.
        pi_lower, pi_upper: Prediction limits. pi_level: Theirs; that of the limits if None.
        half: What stood behind +-: half the width of the limits, a standard error or deviation.
        se, sd: A standard error or deviation, where it was called so.
        i2, tau2, tau, q: What was printed of heterogeneity. studies, units, events: k, n and events, where printed.
        per: What the proportions are printed per: 1, 100 or more.
    """

    text: str
    estimate: Printed | None
    lower: Printed | None
    upper: Printed | None
    level: float = 0.95
    pi_lower: Printed | None = None
    pi_upper: Printed | None = None
    pi_level: float | None = None
    half: Printed | None = None
    se: Printed | None = None
    sd: Printed | None = None
    i2: Printed | None = None
    tau2: Printed | None = None
    tau: Printed | None = None
    q: Printed | None = None
    studies: int | None = None
    units: int | None = None
    events: int | None = None
    per: int = 1

    @property
    def parts(self) -> dict[str, Printed]:
        """What was printed, by name."""
        return {name: value for name in PARTS if (value := getattr(self, name)) is not None}

    @property
    def predicts(self) -> float | None:
        """The level of the prediction interval; None where none was printed."""
        if self.pi_lower is None and self.pi_upper is None:
            return None
        return self.level if self.pi_level is None else self.pi_level

    def flipped(self) -> Published:
        """The same of the non-events."""

        def other(number: Printed | None) -> Printed | None:
            return None if number is None else replace(number, value=1 - number.value)

        return replace(self, estimate=other(self.estimate), lower=other(self.upper), upper=other(self.lower))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        numbers = {name: {"value": part.value, "digits": part.digits} for name, part in self.parts.items()}
        of_data = {"k": self.studies, "n": self.units, "events": self.events}
        of_pi = {} if self.predicts is None else {"pi_level": self.predicts}
        return {"text": self.text, "level": self.level, **of_pi, "per": self.per, **numbers, **of_data}
