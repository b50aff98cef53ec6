"""Repeated updating: the level of the interval at one of several planned looks.

Optional, and conservative. A review is updated when studies appear, not at planned amounts of information, and its
studies differ: no boundary for trials holds for it exactly, and no required amount of information is computed here.
Each look gets the part of alpha that an O'Brien-Fleming-type spending function frees at it, looks being equally far
apart in information. The parts add up to alpha, so that by Bonferroni all looks together err no more often, however
their estimates depend on each other. Boundaries for trials assume independent increments and are narrower after the
first look, where both are the same: with 5 looks z = 4.88, 3.36, 2.68, 2.29, 2.03, here 4.88, 3.36, 2.71, 2.39, 2.23.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from statistics import NormalDist

from ..errors import usage


@dataclass(frozen=True, slots=True)
class Look:
    """The interval at one of several planned looks: its level, and its limits now."""

    look: int
    looks: int
    level: float
    lower: float
    upper: float

    @property
    def of(self) -> str:
        """``look 2 of 5``."""
        return f"look {self.look} of {self.looks}"

    def __str__(self) -> str:
        return f"{self.of} (level {100 * self.level:.6g} %)"


def spent(information: float, alpha: float) -> float:
    """Alpha of both sides that is spent up to a share of the planned information.

    Each side has half of alpha, a, and spends 2 - 2 Phi(z(1 - a/2) / sqrt(information)) of it.

    Args:
        information: 0 to 1. alpha: Of all looks together, two-sided.

    Source: Lan and DeMets 1983, 10.1093/biomet/70.3.659, as printed in the manual of gsDesign (sfLDOF), where alpha is
    that of one side.
    """
    if information <= 0:
        return 0.0
    z = NormalDist().inv_cdf(1 - alpha / 4)
    return 4 * NormalDist().cdf(-z / sqrt(information))


def level_at(look: int, looks: int, level: float = 0.95) -> float:
    """The level of the interval at a look, so that the intervals of all looks together keep ``level``.

    Raises:
        UsageError: there is no such look.
    """
    if not 1 <= look <= looks:
        raise usage(f"there is no look {look} of {looks}", "count looks from 1, as in --look 2/5", "no-look")
    alpha = 1 - level
    return 1 - (spent(look / looks, alpha) - spent((look - 1) / looks, alpha))
