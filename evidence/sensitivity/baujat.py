"""Baujat's plot: which studies make the studies differ, and which move the result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from .. import display
from ..pooling import specified
from ..pooling.anatomy import contributions, with_quick_limits
from ..pooling.result import Floats, Note
from .answer import not_askable
from .asked import Asked, headlines, known
from .deletion import with_twins
from .influence import BOUNDARY_WORDS, influence
from .pictures import Points

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.result import Estimates


#: Of more studies than this not all have their names in the figure, but so many of either kind (J).
ALL_NAMED, NAMED = 14, 3


@dataclass(frozen=True, slots=True)
class Baujat:
    """What each study adds to the differences between studies, and what it does to the result.

    Attributes:
        studies: Their names. events, n: Their counts.
        contribution: Shape (studies,), at least 0: of inverse variances the study's part of Q at the estimated tau2
            (metafor's squared Pearson residual), of other models the fall in deviance when it is left out at fixed tau.
        influence: Squared shift of the pooled effect over its squared standard error without the study; NaN where the
            rest lies on a boundary.
        is_deviance: Which of the two the contributions are.
        left: Estimates without each study. whole: Of all, shape (1,). model: The specification.
    """

    studies: tuple[str, ...]
    events: np.ndarray
    n: np.ndarray
    contribution: Floats
    influence: Floats
    is_deviance: bool
    left: Estimates
    whole: Estimates
    model: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "baujat"

    @property
    def share(self) -> Floats:
        """The contributions as shares of their sum; NaN where there are no differences."""
        total = self.contribution.sum()
        return self.contribution / total if total > 0 else np.full(self.contribution.shape, np.nan)

    def __str__(self) -> str:
        if not np.isfinite(self.share).any():
            return "The studies do not differ, so that no study adds to their differences."
        first = int(self.contribution.argmax())
        size = display.percent(float(self.share[first]))
        adds = (
            f"{with_twins(self.studies, self.contribution, first)} makes up {size} of the differences between the"
            f" {len(self.studies)} studies"
        )
        boundary = next((i for i, status in enumerate(self.left.status) if status in BOUNDARY_WORDS), None)
        most = int(np.nanargmax(self.influence)) if boundary is None else boundary
        shown, whole = headlines(self.left, self.model), headlines(self.whole, self.model)
        before, after = (display.percent(known(value)) for value in (whole.value[0], shown.value[most]))
        values = f"the {whole.name} is {before} with it and {after} without"
        if boundary is not None:
            words = BOUNDARY_WORDS[str(self.left.status[most])]
            return f"{adds}; {self.studies[most]} stands highest in the figure: {words}, and {values}."
        if most == first:
            return f"{adds}, and stands highest in the figure as well: {values}."
        return f"{adds}; {with_twins(self.studies, self.influence, most)} stands highest in the figure: {values}."

    def to_frame(self) -> pd.DataFrame:
        """One row per study: counts, contribution, its share, influence, and the status without it."""
        import pandas as pd

        counted = {"study": self.studies, "events": self.events, "n": self.n}
        found = {"contribution": self.contribution, "share": self.share, "influence": self.influence}
        return pd.DataFrame({**counted, **found, "status_without": self.left.status})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        rows = [
            {
                "study": study,
                "events": int(self.events[i]),
                "n": int(self.n[i]),
                "contribution": known(self.contribution[i]),
                "share": known(self.share[i]),
                "influence": known(self.influence[i]),
                "status_without": str(self.left.status[i]),
            }
            for i, study in enumerate(self.studies)
        ]
        kind = "deviance at fixed tau" if self.is_deviance else "Q at the estimated tau2"
        found = {"question": self.question, "model": self.model.to_dict(), "contributions": kind, "rows": rows}
        return {**found, "sentence": str(self)}

    def picture(self) -> Points:
        """A point for each study; one whose deletion hits a boundary stands at the upper edge and says so."""
        edge = 1.05 * max(float(np.nanmax(self.influence, initial=0.0)), 1.0)
        at_edge = ~np.isfinite(self.influence)
        remarks = [BOUNDARY_WORDS.get(str(status)) for status in self.left.status]
        labels = [
            f"{study} ({remark})" if remark and beyond else study
            for study, remark, beyond in zip(self.studies, remarks, at_edge, strict=True)
        ]
        what = "fall in deviance without the study, tau fixed" if self.is_deviance else "squared Pearson residual"
        return Points(
            tuple(float(x) for x in self.contribution),
            tuple(float(y) for y in np.where(at_edge, edge, self.influence)),
            tuple(labels),
            f"contribution to the differences between studies ({what})",
            "influence on the result",
            size=tuple(float(n) for n in self.n),
            flagged=tuple(bool(one) for one in at_edge | self.outlying),
            remark=self._rule(bool(at_edge.any())),
            beyond=tuple(bool(one) for one in at_edge),
        )

    @property
    def outlying(self) -> np.ndarray:
        """Of many studies those that add most to the differences, and those that move the result most; else none."""
        found = np.zeros(len(self.studies), dtype=bool)
        if len(self.studies) > ALL_NAMED:
            for values in (self.contribution, np.nan_to_num(self.influence, nan=0.0)):
                most = np.argsort(-values, kind="stable")[:NAMED]
                found[most[values[most] > 0]] = True
        return found

    def _rule(self, edge: bool) -> str:
        """Which studies stand out, where not all have their names."""
        if not self.outlying.any():
            return ""
        beyond = "; and those without which there is no variance, at the upper edge" if edge else ""
        return (
            f"Standing out: the {NAMED} studies that add most to the differences, and the {NAMED} with most influence"
            f" on the result (our choice of {NAMED}){beyond}."
        )


def baujat(counts: Counts, model: str | Model) -> Baujat:
    """What each study adds to the differences, and its influence on the result.

    Args:
        counts: One analysis, shape (k,); the arms of a study go together.

    Source: Baujat and others 2002, 10.1002/sim.1221.

    Raises:
        NotAskableError: fewer than 3 studies, or an analysis without a standard error or a finite tau.
    """
    model = specified(model)
    found, parts = influence(counts, model), contributions(with_quick_limits(model), counts)
    if not np.isfinite(parts.value).all():
        raise not_askable("the differences between studies have no estimate in these data", "use the Bayesian model")
    return Baujat(
        found.studies,
        found.events,
        found.n,
        parts.value,
        found.forms.dffits**2,
        parts.is_deviance,
        found.left,
        found.whole,
        model,
    )


def asked_baujat(asked: Asked) -> Baujat:
    """For the registry."""
    return baujat(asked.counts, asked.model)
