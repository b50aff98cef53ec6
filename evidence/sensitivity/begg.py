"""Begg and Mazumdar's rank test, on request only: invalid for proportions, and it says so."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..errors import ComputeError
from ..pooling import specified
from ..pooling.result import Note
from .answer import not_askable
from .asked import Asked
from .asymmetry import Ranks, ranks
from .pictures import Points
from .small_study import Effects, effects_of, reasons, scatter, study_rows

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model


@dataclass(frozen=True, slots=True)
class Begg:
    """Rank correlation of standardised effects and variances.

    Attributes:
        effects: Of the studies. found: The correlation and its p. notes: Why the test is not valid.
    """

    effects: Effects
    found: Ranks
    notes: tuple[Note, ...]

    question: ClassVar[str] = "begg"

    def __str__(self) -> str:
        return (
            f"Begg's rank test gives p {display.p_value(self.found.p)} (Kendall's tau"
            f" {display.number(self.found.tau)}) in {self.effects.y.size} studies, which can't be relied on: a"
            " proportion and its variance come from the same counts, so that they are correlated without anything"
            " missing."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per study: effect, variance and size."""
        import pandas as pd

        return pd.DataFrame(study_rows(self.effects))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "measure": self.effects.scale.measure,
            "k": int(self.effects.y.size),
            "tau": self.found.tau,
            "p": self.found.p,
            "exact": self.found.exact,
            "sentence": str(self),
            "notes": [n.to_dict() for n in self.notes],
        }

    def picture(self) -> Points:
        """Effects against their standard errors."""
        return scatter(self.effects, np.sqrt(self.effects.v), "the standard error")


def begg(counts: Counts, model: str | Model) -> Begg:
    """Begg and Mazumdar's rank test of funnel asymmetry; p is exact where nothing is tied.

    Args:
        counts: One analysis, shape (k,); arms of a study are summed.
        model: Its scale where it is an inverse-variance model, else corrected logits.

    Raises:
        NotAskableError: fewer than 10 studies, or variances that are all the same.

    Source: Begg and Mazumdar 1994, 10.2307/2533446; against it Hunter 2014, 10.1016/j.jclinepi.2014.03.003.
    """
    model = specified(model)
    effects = effects_of(counts, model)
    try:
        found = ranks(effects.y, effects.v)
    except ComputeError as error:
        raise not_askable("every study has the same variance or effect", "there is nothing to mend") from error
    return Begg(effects, found, reasons())


def asked_begg(asked: Asked) -> Begg:
    """For the registry."""
    return begg(asked.counts, asked.model)
