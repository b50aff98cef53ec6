"""One proportion for all studies: a binomial likelihood with tau = 0 ("fixed effect" in older texts)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from scipy.special import expit, ndtri

from .. import display
from ..counts import Counts, Rates
from .assemble import Parts, assemble
from .boundaries import EXACT_TOTALS, Integers, blank, classify, fill_boundaries
from .cells import cells_of
from .convergence import naming
from .likelihood_parts import half_chi2, one_analysis, value
from .notes import HETEROGENEITY_P, note
from .options import check_choice, check_level, spell
from .profile import maximise
from .profile_limits import step_limits
from .result import Estimates, Heterogeneity, Interval, Note, Pooled

if TYPE_CHECKING:
    from .common_effect_rates import CommonRate

LIMITS: Mapping[str, str] = {
    "clopper-pearson": "exact limits of the totals",
    "profile": "profile likelihood against the chi-squared quantile with 1 degree of freedom",
    "wald": "on the logit, normal quantile",
}


@dataclass(frozen=True, slots=True)
class CommonEffect:
    """Specification of the common-effect model.

    Args:
        limits: clopper-pearson (exact, on the totals; ``exact`` is another name), profile or wald (on the logit).
        level: Nominal coverage, a fraction.

    Raises:
        UsageError: an unknown name or a level outside (0, 1).
    """

    limits: str = "clopper-pearson"
    level: float = 0.95

    name: ClassVar[str] = "common-effect"
    centre: ClassVar[str] = "common proportion"

    def __post_init__(self) -> None:
        if self.limits == "exact":
            object.__setattr__(self, "limits", "clopper-pearson")
        check_choice("limits", self.limits, LIMITS)
        check_level(self.level)

    @property
    def title(self) -> str:
        """Name and limits, for the first line of a result."""
        return f"common-effect, binomial; limits {self.limits}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""
        return {"name": self.name, **spell(self)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        text = (
            "As a common-effect analysis, events and totals were summed over studies, which assumes one proportion for"
            f" all; {self.level:.0%} limits are {LIMITS[self.limits]}."
        )
        return text, ()

    def fit(self, counts: Counts | Rates, study_limits: str = "clopper-pearson") -> Pooled:
        """Pool one analysis of shape (k,), of counts or of rates."""
        if isinstance(counts, Rates):
            return self.for_rates().fit(counts)
        studies = one_analysis(counts).by_study()
        out = self._rows(studies.events[None], studies.n[None])
        status = str(out.status[0])
        method = self.limits
        if status == "single-study":
            fill_boundaries(out, studies.events[None], studies.n[None], self.level, study_limits)
            method = study_limits
        elif status != "ok":
            method = EXACT_TOTALS
        estimate = value(out.estimate)
        ci = Interval(float(out.lower[0]), float(out.upper[0]), self.level, method)
        regular = status == "ok"
        spread = _heterogeneity(studies) if regular else None
        found: tuple[Note, ...] = ()
        if spread is not None and spread.lr_p is not None and spread.lr_p < HETEROGENEITY_P:
            found = (note("common-effect-with-heterogeneity", p=display.p_value(spread.lr_p)),)
        parts = Parts(
            estimate=estimate,
            ci=ci,
            mean=estimate,
            mean_ci=ci,
            pi=None,
            status=status,
            analysis=_analysis(estimate, float(out.se[0])) if regular else None,
            heterogeneity=spread,
            log_likelihood=value(out.log_likelihood),
            weights=list(one_analysis(counts).n / studies.n.sum()) if regular else None,
            notes=found,
        )
        return assemble(self, counts, parts, study_limits)

    def estimate(self, counts: Counts | Rates) -> Estimates:
        """Pool every analysis of a stack of shape (..., k), of counts or of rates."""
        from .likelihood_rows import reshaped

        if isinstance(counts, Rates):
            return self.for_rates().estimate(counts)

        studies = counts.by_study()
        out = self._rows(studies.events.reshape(-1, studies.k), studies.n.reshape(-1, studies.k))
        return reshaped(out, counts.shape)

    def for_rates(self) -> CommonRate:
        """The same model of rates; its exact limits are Poisson's."""
        from .common_effect_rates import CommonRate

        return CommonRate("exact" if self.limits == "clopper-pearson" else self.limits, self.level)

    def _rows(self, events: Integers, n: Integers) -> Estimates:
        out = blank(events.shape[0])
        status = classify(events, n)
        # With tau = 0 a set of all-or-none or single-unit studies is an ordinary binomial sample.
        out.status[:] = np.where(np.isin(status, ("tau-not-identified", "tau-infinite")), "ok", status)
        fill_boundaries(out, events, n, self.level)
        rows = np.flatnonzero(out.status == "ok")
        if rows.size:
            _fill(out, events[rows], n[rows], rows, self)
        return out


def _fill(out: Estimates, events: Integers, n: Integers, rows: np.ndarray, model: CommonEffect) -> None:
    from ..measures.limits import study_limits
    from .likelihood_rows import binomial_log_likelihood

    x, total = events.sum(1), n.sum(1)
    p = x / total
    se = 1 / np.sqrt(total * p * (1 - p))
    quantile = float(ndtri(0.5 * (1 + model.level)))
    if model.limits == "clopper-pearson":
        lower, upper = study_limits(x, total, "clopper-pearson", model.level)
    elif model.limits == "profile":
        fall = np.full(rows.size, 0.5 * quantile**2)
        lower, upper = step_limits(x.astype(float), total.astype(float), fall)
    else:
        logit = np.log(p / (1 - p))
        lower, upper = expit(logit - quantile * se), expit(logit + quantile * se)
    out.estimate[rows], out.mean[rows] = p, p
    out.effect[rows], out.se[rows] = np.log(p / (1 - p)), se
    out.lower[rows], out.upper[rows] = lower, upper
    out.mean_lower[rows], out.mean_upper[rows] = lower, upper
    out.log_likelihood[rows] = binomial_log_likelihood(events, n, p)


def _analysis(estimate: float | None, se: float) -> dict[str, Any] | None:
    if estimate is None:
        return None
    return {"measure": "PLO", "estimate": float(np.log(estimate / (1 - estimate))), "se": se}


def _heterogeneity(studies: Counts) -> Heterogeneity | None:
    """The likelihood-ratio test of tau = 0 against the logistic-normal model; the other parts have no meaning here."""
    events, n = studies.events[None], studies.n[None]
    if str(classify(events, n)[0]) != "ok":
        return None
    with naming(studies):
        top = maximise(cells_of(events, n))
    lr = max(0.0, 2 * float(top.value[0] - top.value_zero[0]))
    return Heterogeneity(lr=lr, lr_p=half_chi2(lr))
