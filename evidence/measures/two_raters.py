"""Everything said of two raters who gave words to the same things, in one place: one kappa for all of the project."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from .agreement import Coefficient, category_counts, cohen_kappa, cross_table, gwet_ac1, percent_agreement


@dataclass(frozen=True, slots=True)
class TwoRaters:
    """Agreement of two raters.

    Attributes:
        n: Things that both judged. agree: Those judged alike.
        percent: The share alike with exact limits. kappa: Cohen's, unweighted. ac1: Gwet's.
    """

    n: int
    agree: int
    percent: Coefficient
    kappa: Coefficient
    ac1: Coefficient

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "n": self.n,
            "agree": self.agree,
            "percent": self.percent.to_dict(),
            "kappa": self.kappa.to_dict(),
            "ac1": self.ac1.to_dict(),
        }


def two_raters(
    pairs: Sequence[tuple[Hashable, Hashable]], categories: int | None = None, level: float = 0.95
) -> TwoRaters:
    """Agreement over pairs of judgements, one of each rater.

    Args:
        pairs: What the two said of each thing that both judged.
        categories: How many words there were to choose from, which AC1 asks; None = those used.
        level: Nominal coverage.
    """
    codes = {word: i for i, word in enumerate(dict.fromkeys(word for pair in pairs for word in pair))}
    coded = np.array([[codes[first], codes[second]] for first, second in pairs], dtype=np.int64).reshape(-1, 2)
    n, agree = len(coded), int((coded[:, 0] == coded[:, 1]).sum())
    return TwoRaters(
        n,
        agree,
        percent_agreement(agree, n, level),
        cohen_kappa(cross_table(coded[:, 0].tolist(), coded[:, 1].tolist(), len(codes)), level),
        gwet_ac1(category_counts(coded, max(len(codes), 1)), categories, level),
    )
