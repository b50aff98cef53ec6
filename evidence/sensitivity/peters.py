"""A Peters-type test, on request only: effects on 1 / size with sizes as weights, invalid for proportions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .. import display
from ..pooling import specified
from ..pooling.result import Floats, Note
from .asked import Asked
from .asymmetry import Line
from .pictures import Points
from .small_study import LEVEL, PETERS, Effects, effects_of, line_asked, line_values, reasons, scatter, study_rows

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model


@dataclass(frozen=True, slots=True)
class Peters:
    """Effects on 1 / size, weighted by size.

    Attributes:
        effects: Of the studies. fitted: The line. notes: Why the test is not valid.
    """

    effects: Effects
    fitted: Line
    notes: tuple[Note, ...]

    question: ClassVar[str] = "peters"

    @property
    def x(self) -> Floats:
        """1 / size, shape (k,)."""
        return 1 / self.effects.n

    def __str__(self) -> str:
        return (
            f"A Peters-type test gives p {display.p_value(self.fitted.p)} in {self.effects.y.size} studies, which can't"
            " be relied on: proportions near 0 or 100 % and the correction of small studies alone make it reject."
            f" Without anything missing it did so at the {LEVEL:.2f} level {PETERS}."
        )

    def to_frame(self) -> pd.DataFrame:
        """One row per study: effect, variance, size and 1 / size."""
        import pandas as pd

        return pd.DataFrame(study_rows(self.effects, predictor=self.x))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "question": self.question,
            "weights": "n",
            "corrected": self.effects.corrected,
            **line_values(self.effects, self.fitted),
            "sentence": str(self),
            "notes": [n.to_dict() for n in self.notes],
        }

    def picture(self) -> Points:
        """Effects against 1 / size, with the line."""
        return scatter(self.effects, self.x, "1 / size", self.fitted)


def peters(counts: Counts, model: str | Model) -> Peters:
    """A test of Peters' type: the corrected effects on 1 / n with weights n.

    For proportions there is no such test of its authors; meta's weights, from the uncorrected cells, leave out every
    study of 0 % or 100 %, which is most of a review of case reports. Sizes as weights leave out none.

    Args:
        counts: One analysis, shape (k,); arms of a study are summed.
        model: Its scale where it is an inverse-variance model, else corrected logits.

    Raises:
        NotAskableError: fewer than 10 studies, or sizes or effects that are all the same.

    Source: after Peters et al. 2006, 10.1001/jama.295.6.676; against it Hunter 2014, 10.1016/j.jclinepi.2014.03.003.
    """
    model = specified(model)
    effects = effects_of(counts, model)
    fitted = line_asked(effects.y, 1 / effects.n, 1 / effects.n, "lm", "t")
    return Peters(effects, fitted, reasons())


def asked_peters(asked: Asked) -> Peters:
    """For the registry."""
    return peters(asked.counts, asked.model)
