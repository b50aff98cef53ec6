"""Which of several time points of one arm and outcome is taken."""

from __future__ import annotations

from collections.abc import Sequence

from .settings import TimeRule


def surviving(rule: TimeRule, months: Sequence[float | None]) -> list[int]:
    """Positions of the rows that a time rule leaves of one arm, outcome and unit.

    A row alone is always taken. A row without a time point can't be placed: ``nearest`` prefers dated rows to it,
    ``last`` and ``first`` leave it beside the dated one, so that more than one position means "undecided".

    Args:
        rule: The rule.
        months: Time point of each row; None = not stated.

    Returns:
        One position where the rule decides, else all between which it can't.
    """
    if len(months) < 2:
        return list(range(len(months)))
    dated = [(i, month) for i, month in enumerate(months) if month is not None]
    undated = [i for i, month in enumerate(months) if month is None]
    if not dated:
        return undated
    if rule.kind == "nearest":
        target = rule.months or 0.0
        least = min(abs(month - target) for _, month in dated)
        return [i for i, month in dated if abs(month - target) == least]
    edge = (max if rule.kind == "last" else min)(month for _, month in dated)
    return sorted([i for i, month in dated if month == edge] + undated)
