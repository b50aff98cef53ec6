"""What new evidence would change whether a conclusion holds: for a rule of one threshold and a model that is quick."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from ..errors import ComputeError, UsageError
from .conclusions import Conclusion, Verdict
from .inclusion import End
from .prospective import OneSeries, Plan, Prospect, SeveralSeries, Target, default_rates, prospects
from .rules import INTERVAL, Condition
from .ties import sides

#: Patients of each of several new series.
SIZE = 10
_UP = (">", ">=")


@dataclass(frozen=True, slots=True)
class Reversal:
    """What it takes to change a verdict.

    Attributes:
        threshold: A proportion. found: One new series at each of two assumed rates, half way from the threshold to the
            end that changes it and that end; then several of ``SIZE`` at the first of them.
    """

    threshold: float
    found: tuple[Prospect, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"threshold": self.threshold, "prospects": [one.to_dict() for one in self.found]}


def threshold_of(conclusion: Conclusion) -> Condition | None:
    """The condition of a conclusion, where it is the only one and asks on which side of a proportion something lies."""
    if len(conclusion.conditions) != 1:
        return None
    (condition,) = conclusion.conditions
    return condition if may_cross(condition) else None


def may_cross(condition: Condition) -> bool:
    """Whether it asks on which side of a proportion between 0 and 1 a pooled number or its interval lies."""
    return condition.threshold is not None and 0 < condition.threshold < 1


def may_be_reversed(conclusion: Conclusion, verdict: Verdict) -> bool:
    """Whether it can be asked how much new evidence would change the verdict."""
    return verdict.holds is not None and threshold_of(conclusion) is not None


def takes_long(model: Any) -> bool:
    """Whether a search through sizes takes long: of a model that has no Wald limits, as a Bayesian one."""
    try:
        return hasattr(model, "limits") and replace(model, limits="wald") is None
    except UsageError:
        return True


def reversal(conclusion: Conclusion, verdict: Verdict, end: End) -> Reversal | None:
    """How much new evidence would change a verdict; None where it can't be asked, or where the search takes long.

    Args:
        conclusion: The rule. verdict: On it, of ``end``. end: What the review says of the outcome.
    """
    condition, model = threshold_of(conclusion), end.side.model
    if condition is None or verdict.holds is None or end.value is None or takes_long(model):
        return None
    threshold = condition.value
    first, last = rates_against(condition, verdict, end)
    plans: list[Plan] = [OneSeries(first), OneSeries(last), SeveralSeries(first, SIZE)]
    try:
        found = prospects(end.side.counts(end.unit), model, threshold, plans, (target_of(condition),))
    except ComputeError:
        return None
    return Reversal(threshold, found)


def target_of(condition: Condition) -> Target:
    """What has to cross for a condition that has a threshold."""
    targets: dict[str, Target] = {
        "estimate": "estimate",
        INTERVAL: "interval",
        "lower": "lower",
        "upper": "upper",
    }
    return targets[condition.of]


def rates_against(condition: Condition, verdict: Verdict, end: End) -> tuple[float, ...]:
    """Rates of new series that pull to where a verdict on a condition changes: half way, and the far end."""
    return default_rates(1.0 if _downwards(condition, verdict, end) else 0.0, condition.value)


def _downwards(condition: Condition, verdict: Verdict, end: End) -> bool:
    """Whether the number has to fall: an interval to the threshold, or off it on the side of the estimate."""
    if condition.of != INTERVAL:
        return bool(verdict.holds) is (condition.how in _UP)
    assert end.ci is not None and end.value is not None
    if sides(end.ci.lower, condition.value) > 0:
        return True
    if sides(end.ci.upper, condition.value) < 0:
        return False
    return end.value < condition.value
