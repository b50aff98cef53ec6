"""What `evidence matter` is asked: thresholds that are given, or those of the conclusions that an analysis draws."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from .conclusions import Conclusion, Verdict, judge
from .inclusion import End
from .prospective import TARGETS, Target, default_rates
from .reversal import may_cross, rates_against, target_of
from .rules import Condition


@dataclass(frozen=True, slots=True)
class Part:
    """The part of a conclusion that is looked at, and the conclusion.

    Attributes:
        conclusion: Whole. verdict: On the whole. condition: The part; None where no part can be looked at.
    """

    conclusion: Conclusion
    verdict: Verdict
    condition: Condition | None = None

    @property
    def rest(self) -> tuple[Condition, ...]:
        """The conditions that are not looked at."""
        return tuple(one for one in self.conclusion.conditions if one != self.condition)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **self.conclusion.to_dict(),
            **self.verdict.to_dict(),
            "looked_at": None if self.condition is None else str(self.condition),
            "not_looked_at": [str(one) for one in self.rest],
        }


@dataclass(frozen=True, slots=True)
class Question:
    """What has to cross which threshold, and at which rates new series are tried."""

    threshold: float
    targets: tuple[Target, ...]
    rates: tuple[float, ...]
    part: Part | None = None


def of_threshold(threshold: float, rates: Sequence[float], end: End) -> Question:
    """The estimate and its interval against a threshold that is given."""
    assert end.value is not None
    return Question(threshold, TARGETS, tuple(rates) or default_rates(end.value, threshold))


def of_conclusions(
    conclusions: Sequence[Conclusion], rates: Sequence[float], end: End, looked: End
) -> tuple[tuple[Question, ...], tuple[Part, ...]]:
    """A question for each condition that a pooled number can cross.

    Args:
        conclusions: Of the outcome. rates: That are given, or none. end: The outcome now.
        looked: The same with the interval that is looked at, which decides where new series have to pull.

    Returns:
        The questions, and the conclusions without any.
    """
    asked, left = [], []
    for conclusion in conclusions:
        whole = judge(conclusion, end)
        inside = [one for one in conclusion.conditions if may_cross(one)]
        for one in inside:
            holds = judge(replace(conclusion, conditions=(one,)), looked)
            against = tuple(rates) or rates_against(one, holds, looked)
            asked.append(Question(one.value, (target_of(one),), against, Part(conclusion, whole, one)))
        if not inside:
            left.append(Part(conclusion, whole))
    return tuple(asked), tuple(left)
