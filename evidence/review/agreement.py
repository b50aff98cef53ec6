"""How far two people agree who judged the same things."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Agreement:
    """Agreement of two raters.

    Attributes:
        n: Things judged by both. agree: Those judged alike.
        kappa: Cohen's, unweighted, from -1 to 1; None where nothing was judged, or both used one and the same word
            throughout, so that chance alone explains everything.
    """

    n: int
    agree: int
    kappa: float | None

    @property
    def share(self) -> float | None:
        """Share judged alike; None where nothing was judged by both."""
        return self.agree / self.n if self.n else None


def agreement(pairs: Sequence[tuple[Hashable, Hashable]]) -> Agreement:
    """Agreement over pairs of judgements, one of each rater.

    Source: Cohen 1960, 10.1177/001316446002000104.
    """
    n = len(pairs)
    agree = sum(a == b for a, b in pairs)
    first, second = Counter(a for a, _ in pairs), Counter(b for _, b in pairs)
    # Whole numbers, so that perfect chance agreement is found exactly.
    chance = sum(first[word] * second[word] for word in first)
    kappa = None if chance == n * n else (n * agree - chance) / (n * n - chance)
    return Agreement(n, agree, kappa)
