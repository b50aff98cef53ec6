"""A regression on what size a report has, or why there is none: what case reports and report size share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import display
from ..errors import ComputeError
from ..pooling.notes import FEW_STUDIES, FEW_UNITS
from ..pooling.regression import regress
from ..pooling.standing_in import regression_of

if TYPE_CHECKING:
    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.design import Design
    from ..pooling.regression import Regression
    from ..pooling.regression_result import Regressed

#: What the codes of a regression without an estimate mean here.
REASONS = {
    "separated": "there is no finite odds ratio, as {separated}",
    "tau-infinite": "there is no odds ratio, as nearly every report has events only or none, so that the differences"
    " between studies have no estimate",
}
#: exp of a logit beyond this is no longer a number.
_FURTHEST = 700.0


@dataclass(frozen=True, slots=True)
class OddsRatio:
    """The odds ratio of one column of a regression, or why there is none.

    Attributes:
        status: Of the regression (ok, tau-zero, tau-not-identified), few-studies, or the code of what it failed by
            (separated, tau-infinite, no-fit).
        reason: Why there is none, as a clause; None where there is one.
        value, lower, upper: None where not defined; ``upper`` is None too where no limit was reached.
        p: Two-sided. regressed: The regression. spec: Its specification.
    """

    status: str
    reason: str | None
    value: float | None
    lower: float | None
    upper: float | None
    p: float | None
    regressed: Regressed | None
    spec: Regression

    def limits_text(self, level: float) -> str:
        """The limits as a sentence part, which says where the data set none."""
        if self.lower is None and self.upper is None:
            return "the data set no limits to it"
        low = 0.0 if self.lower is None else self.lower
        high = np.inf if self.upper is None else self.upper
        told = "which include no difference" if low <= 1 <= high else "which exclude no difference"
        return f"{display.percent(level)} limits {display.ratio(low)} to {display.ratio(high)}, {told}"

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "status": self.status,
            "reason": self.reason,
            "odds_ratio": self.value,
            "lower": self.lower,
            "upper": self.upper,
            "p": self.p,
            "regression": self.spec.to_dict(),
            "tau": None if self.regressed is None else self.regressed.heterogeneity.tau,
        }


def odds_ratio(counts: Counts, design: Design, model: Model, column: str, separated: str) -> OddsRatio:
    """Regress on a design and read one column.

    Args:
        counts: One analysis, an arm for each study and a row of the design.
        separated: What separation means here, as a clause.
    """
    spec = regression_of(model)
    k, n = counts.k, int(counts.n.sum())
    if k < FEW_STUDIES or n < FEW_UNITS:
        few = f"{display.plural(k, 'study', 'studies')} with {display.plural(n, counts.unit)}"
        return OddsRatio("few-studies", f"{few} are too few for a model", None, None, None, None, None, spec)
    if int(counts.events.sum()) in (0, n):
        reason = f"there is no odds ratio, as no report has {'an event' if counts.events.sum() == 0 else 'a non-event'}"
        return OddsRatio("separated", reason, None, None, None, None, None, spec)
    try:
        found = regress(counts, design, spec)
    except ComputeError as error:
        problem = error.problems[0]
        reason = REASONS.get(problem.code, problem.message).format(separated=separated)
        return OddsRatio(problem.code, reason, None, None, None, None, None, spec)
    c = found.coefficient(column)
    value, lower, upper = (_odds(log) for log in (c.estimate, c.lower, c.upper))
    return OddsRatio(found.status, None, value, lower, upper, c.p, found, spec)


def _odds(log: float | None) -> float | None:
    if log is None or log > _FURTHEST:
        return None
    return float(np.exp(log))
