"""Influence: how far each study moves the result, its limits and the differences between studies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import chdtrc

from .. import display
from ..pooling import specified
from ..pooling.anatomy import with_quick_limits
from ..pooling.result import Floats, Note
from .answer import not_askable
from .asked import Asked, headlines, known
from .deletion import Deletions, WeightedDeletions, weighted_deletions, with_twins
from .influence_strips import strips_of
from .leave_out import FEWEST as FEWEST
from .leave_out import leave_one_out
from .pictures import IntervalRow, Intervals

if TYPE_CHECKING:
    import pandas as pd

    from ..counts import Counts
    from ..pooling import Model
    from ..pooling.result import Estimates

#: metafor's thresholds (its ``influence``), p = 1 coefficient, k studies; an algorithm's custom, no test.
DFFITS_FACTOR = 3.0  #: |DFFITS| above this times sqrt(1 / (k - 1))
COOK_PROBABILITY = 0.5  #: Cook's distance above this quantile of chi-squared with 1 degree of freedom
HAT_FACTOR = 3.0  #: hat above this over k
DFBETAS_LIMIT = 1.0  #: |DFBETAS| above this
#: The quantile itself: chi-squared with 1 degree of freedom, 0.5.
COOK_LIMIT = 0.454936423119572
#: What is left on a boundary, in words.
BOUNDARY_WORDS: Mapping[str, str] = {
    "all-zero": "without it no events are left",
    "all-events": "without it only events are left",
    "tau-infinite": "without it every study is all or none",
    "tau-not-identified": "without it every study has one unit",
    "single-study": "without it one study is left",
    "no-fit": "without it there is no fit",
}


@dataclass(frozen=True, slots=True)
class Influence:
    """How far each study moves the result; arrays have shape (studies,), NaN where not defined.

    Attributes:
        studies: Their names. events, n: Their counts.
        forms: Cook's distance, DFFITS and the covariance ratio on the analysis scale.
        weighted: Hat values and what needs weights; None for models that have none.
        tau: Between-study standard deviation of all studies; tau_without: without each. Both on the model's scale.
        reasons: Why a study is flagged, empty for most.
        left: Estimates without each study; ``status`` says which boundary a deletion hits. whole: Of all, shape (1,).
        model: The specification.
    """

    studies: tuple[str, ...]
    events: np.ndarray
    n: np.ndarray
    forms: Deletions
    weighted: WeightedDeletions | None
    tau: float
    tau_without: Floats
    reasons: tuple[tuple[str, ...], ...]
    left: Estimates
    whole: Estimates
    model: Model
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "influence"

    @property
    def flagged(self) -> tuple[str, ...]:
        """Names of the studies that stand out."""
        return tuple(study for study, why in zip(self.studies, self.reasons, strict=True) if why)

    def __str__(self) -> str:
        shown, whole = headlines(self.left, self.model), headlines(self.whole, self.model)
        shifts = shown.value - whole.value[0]
        if not np.isfinite(shifts).any():
            return "Without any one study there is no estimate left to compare with."
        most = int(np.nanargmax(np.abs(shifts)))
        return (
            f"Leaving out any one study moves the {whole.name} by {display.points(shifts[most])} at most: it is"
            f" {display.percent(whole.value[0])} with all studies, and {display.percent(shown.value[most])} without"
            f" {with_twins(self.studies, np.abs(shifts), most).rstrip(',')}. {self._outstanding(shifts)}."
        )

    def _outstanding(self, shifts: Floats) -> str:
        """Which studies are flagged, how far the result moves without each, and which boundary is left without one."""
        names = self.flagged
        if not names:
            return "By the usual thresholds of influence no study stands out"
        moved = [self._moved(i, shifts[i]) for i, why in enumerate(self.reasons) if why]
        stand = "stand" if len(names) > 1 else "stands"
        return f"By the usual thresholds of influence {_and(names)} {stand} out: {'; '.join(moved)}"

    def _moved(self, i: int, shift: float) -> str:
        """``without it every study is all or none, and it is 2 percentage points more``."""
        without = "without it" if len(self.flagged) == 1 else f"without {self.studies[i]}"
        boundary = BOUNDARY_WORDS.get(str(self.left.status[i]), "").removeprefix("without it ")
        moved = f"the result is {display.points(shift)} {'more' if shift > 0 else 'less'}" if np.isfinite(shift) else ""
        return f"{without} {', and '.join(part for part in (boundary, moved) if part)}"

    @property
    def heads(self) -> dict[str, str]:
        """What stands over a column of numbers, with the threshold above which a study is flagged."""
        k = len(self.studies)
        return {
            "cook": f"Cook's distance (flag above {display.number(COOK_LIMIT)})",
            "dffits": f"DFFITS (flag beyond ±{display.number(dffits_limit(k))})",
            "covariance_ratio": "variance without / with",
            "hat": f"hat (flag above {display.number(HAT_FACTOR / k)})",
            "dfbetas": f"DFBETAS (flag beyond ±{DFBETAS_LIMIT:g})",
        }

    def columns(self) -> dict[str, Any]:
        """Every number by name, one for each study; NaN where not defined."""
        nought = np.full(len(self.studies), np.nan)
        weighted = dict.fromkeys(("hat", "weight", "rstudent", "dfbetas", "q_without"), nought)
        if self.weighted is not None:
            weighted = {f.name: getattr(self.weighted, f.name) for f in fields(self.weighted)}
        return {
            "cook": self.forms.cook,
            "dffits": self.forms.dffits,
            "covariance_ratio": self.forms.covariance_ratio,
            "tau_without": self.tau_without,
            "tau_change": self.tau_without - self.tau,
            **weighted,
        }

    def to_frame(self) -> pd.DataFrame:
        """One row per study: its counts, every measure of influence, the status without it, why it is flagged."""
        import pandas as pd

        flags = {"flagged": [bool(why) for why in self.reasons], "reasons": ["; ".join(why) for why in self.reasons]}
        counted = {"study": self.studies, "events": self.events, "n": self.n}
        return pd.DataFrame({**counted, **self.columns(), "status_without": self.left.status, **flags})

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        columns = self.columns()
        rows = [
            {
                "study": study,
                "events": int(self.events[i]),
                "n": int(self.n[i]),
                **{name: known(values[i]) for name, values in columns.items()},
                "status_without": str(self.left.status[i]),
                "reasons": list(self.reasons[i]),
            }
            for i, study in enumerate(self.studies)
        ]
        thresholds = {
            "cook": COOK_LIMIT,
            "dffits": dffits_limit(len(self.studies)),
            "hat": HAT_FACTOR / len(self.studies),
            "dfbetas": DFBETAS_LIMIT,
            "source": "metafor's influence; its DFFITS is divided otherwise",
        }
        found = {"question": self.question, "model": self.model.to_dict(), "rows": rows, "thresholds": thresholds}
        return {**found, "sentence": str(self)}

    def picture(self) -> Intervals:
        """Cook's distance of each study with its threshold; a deletion on a boundary stands at the edge and says so."""
        cook = self.forms.cook
        edge = 1.05 * max(COOK_LIMIT, float(np.nanmax(cook, initial=0.0)))
        rows = []
        for i, study in enumerate(self.studies):
            cells = tuple(display.number(known(v[i])) for v in (self.forms.dffits, self.forms.covariance_ratio))
            cells = (
                display.count(int(self.events[i]), int(self.n[i])),
                *cells,
                display.number(known(self.tau_without[i])),
            )
            remark, value = BOUNDARY_WORDS.get(str(self.left.status[i])), known(cook[i])
            rows.append(
                IntervalRow(study, edge if value is None else value, None, None, cells, False, remark, value is None)
            )
        heads = ("events", self.heads["dffits"], self.heads["covariance_ratio"], "tau without")
        return Intervals(tuple(rows), self.heads["cook"], heads, COOK_LIMIT, proportion=False, strips=strips_of(self))


def _and(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def dffits_limit(k: int) -> float:
    """metafor's threshold of |DFFITS| for k studies."""
    return DFFITS_FACTOR * float(np.sqrt(1 / (k - 1)))


def influence(counts: Counts, model: str | Model) -> Influence:
    """The influence of each study, from the analyses without it as one stack.

    On the analysis scale, with th and se of all studies and th_i and se_i without study i: Cook's distance
    (th - th_i)^2 / se^2, DFFITS (th - th_i) / se_i, covariance ratio se_i^2 / se^2. Hat values, studentised deletion
    residuals and DFBETAS exist for inverse variances only. se is the one that the interval uses. A study whose deletion
    hits a boundary has no such numbers; it is flagged.

    Args:
        counts: One analysis, shape (k,); the arms of a study are left out together.

    Source: Viechtbauer and Cheung 2010, 10.1002/jrsm.11.

    Raises:
        NotAskableError: fewer than 3 studies, or an analysis that has no standard error itself.
    """
    model = specified(model)
    arms, spec = counts.present(), with_quick_limits(model)
    found = leave_one_out(arms, spec)
    if not np.isfinite(found.whole.se[0]):
        raise not_askable(
            "the analysis of all studies lies on a boundary and has no standard error", "use the Bayesian model"
        )
    studies = arms.by_study()
    forms = Deletions(found.whole.effect[0], found.whole.se[0], found.left.effect, found.left.se)
    weighted = weighted_deletions(spec, arms, found.whole, found.left)
    return Influence(
        found.studies,
        studies.events,
        studies.n,
        forms,
        weighted,
        float(found.whole.tau[0]),
        found.left.tau,
        tuple(reasons_of(i, forms, weighted, str(found.left.status[i])) for i in range(studies.k)),
        found.left,
        found.whole,
        model,
    )


def reasons_of(i: int, forms: Deletions, weighted: WeightedDeletions | None, status: str) -> tuple[str, ...]:
    """Why study ``i`` is flagged: what is above its threshold, or the boundary that is left; empty for most."""
    k = forms.cook.size
    reasons = [BOUNDARY_WORDS[status]] if status in BOUNDARY_WORDS else []
    if chdtrc(1, np.nan_to_num(forms.cook[i])) < 1 - COOK_PROBABILITY:
        reasons.append("Cook's distance")
    if abs(np.nan_to_num(forms.dffits[i])) > dffits_limit(k):
        reasons.append("DFFITS")
    if weighted is not None:
        if weighted.hat[i] > HAT_FACTOR / k:
            reasons.append("hat value")
        if abs(np.nan_to_num(weighted.dfbetas[i])) > DFBETAS_LIMIT:
            reasons.append("DFBETAS")
    return tuple(reasons)


def asked_influence(asked: Asked) -> Influence:
    """For the registry."""
    return influence(asked.counts, asked.model)
