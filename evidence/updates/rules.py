"""What a rule of a conclusion may speak of, and one comparison of it."""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ..review.certainty_domains import LEVELS

#: Proportions that a rule may compare -> how each is named in a sentence.
PROPORTIONS: Mapping[str, str] = {
    "estimate": "estimate",
    "lower": "lower limit",
    "upper": "upper limit",
    "observed": "observed share",
    "prediction_lower": "lower prediction limit",
    "prediction_upper": "upper prediction limit",
    "i2": "I2",
}
#: Limits of the prediction interval among them.
PREDICTED = ("prediction_lower", "prediction_upper")
INTERVAL, PREDICTION = "interval", "prediction_interval"
#: What holds a proportion or does not -> how it is named.
SPANS: Mapping[str, str] = {INTERVAL: "interval", PREDICTION: "prediction interval"}
WIDTH, TAU, CERTAINTY = "width", "tau", "certainty"
#: Whole numbers -> what a sentence says after each.
COUNTED: Mapping[str, str] = {"k": "studies", "n": "counted", "events": "with the event"}
KNOWN = (*PROPORTIONS, *SPANS, WIDTH, TAU, *COUNTED, CERTAINTY)
#: What can be equal to something that is written: all else is computed, and equal to nothing but by chance.
EXACT = (*COUNTED, CERTAINTY)
#: What a pooled number must cross for a conclusion to change.
CROSSED = ("estimate", "lower", "upper", INTERVAL)

OPERATORS: Mapping[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
HOLDING = ("excludes", "includes")
#: Operator -> how a sentence has it.
_HOW: Mapping[str, str] = {
    "<=": "at most",
    ">=": "at least",
    "!=": "other than",
    "<": "below",
    ">": "above",
    "=": "equal to",
}


@dataclass(frozen=True, slots=True)
class Condition:
    """One comparison.

    Attributes:
        of: One of ``KNOWN``. how: An operator, or excludes, includes.
        value: A proportion; of the width percentage points, of certainty the rank of a level.
    """

    of: str
    how: str
    value: float

    @property
    def threshold(self) -> float | None:
        """The proportion that a pooled number must cross for it; None where it speaks of something else."""
        return self.value if self.of in CROSSED else None

    def __str__(self) -> str:
        """In words: ``interval excludes 50 %``, ``lower limit above 50 %``, ``at least 10 studies``."""
        if self.of == CERTAINTY:
            level = LEVELS[int(self.value)].replace("_", " ")
            return f"certainty {level}" if self.how == "=" else f"certainty {_HOW[self.how]} {level}"
        if self.of in COUNTED:
            return f"{_HOW[self.how]} {self.value:g} {COUNTED[self.of]}"
        if self.of == TAU:
            return f"tau, the spread between studies, {_HOW[self.how]} {self.value:g}"
        if self.of == WIDTH:
            return f"width of the interval {_HOW[self.how]} {self.value:g} points"
        value = f"{100 * self.value:.6g} %"
        if self.of in SPANS:
            return f"{SPANS[self.of]} {self.how} {value}"
        return f"{PROPORTIONS[self.of]} {_HOW[self.how]} {value}"
