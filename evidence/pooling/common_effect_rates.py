"""One rate for all studies: a Poisson likelihood with tau = 0, on the totals."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.special import gammaln, lambertw, ndtri, xlogy

from .. import display
from ..counts import Rates
from ..measures.rate import poisson_limits
from .assemble import Parts
from .boundaries import Integers, blank
from .given import one_rates_analysis
from .likelihood_parts import half_chi2, several_arms, value
from .notes import HETEROGENEITY_P, note
from .options import check_choice, check_level, spell
from .profile import maximise
from .rate_boundaries import EXACT, boundary_parts, classify_rates, fill_rate_boundaries
from .rate_result import assemble_rates
from .rate_rows import scaled
from .result import Estimates, Floats, Heterogeneity, Interval, Note, Pooled

LIMITS: Mapping[str, str] = {
    "exact": "exact Poisson limits of the total",
    "profile": "profile likelihood against the chi-squared quantile with 1 degree of freedom",
    "wald": "on the log rate, normal quantile",
}


@dataclass(frozen=True, slots=True)
class CommonRate:
    """Specification of the common-effect model of rates, which ``CommonEffect`` becomes where rates are pooled.

    Args:
        limits: exact (Poisson, on the totals), profile or wald (on the log rate).
        level: Nominal coverage, a fraction.

    Raises:
        UsageError: an unknown name or a level outside (0, 1).
    """

    limits: str = "exact"
    level: float = 0.95

    name: ClassVar[str] = "common-effect"
    centre: ClassVar[str] = "common rate"

    def __post_init__(self) -> None:
        check_choice("limits", self.limits, LIMITS)
        check_level(self.level)

    @property
    def title(self) -> str:
        """Name and limits, for the first line of a result."""
        return f"common-effect, Poisson; limits {self.limits}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""
        return {"name": self.name, **spell(self)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        text = (
            "As a common-effect analysis, events and times at risk were summed over studies, which assumes one rate for"
            f" all; {self.level:.0%} limits are {LIMITS[self.limits]}."
        )
        return text, ()

    def fit(self, rates: Rates) -> Pooled:
        """Pool one analysis of shape (k,).

        Raises:
            DataError: a stack, or no time at risk.
        """
        arms = one_rates_analysis(rates)
        studies = arms.by_study()
        out = self._rows(studies.events[None], studies.n[None])
        status = str(out.status[0])
        several = several_arms(arms, "the arms were summed")
        if status != "ok":
            parts = replace(boundary_parts(studies, status, self.level), notes=tuple(several))
        else:
            parts = self._parts(arms, studies, out, several)
        return assemble_rates(self, rates, parts)

    def estimate(self, rates: Rates) -> Estimates:
        """Pool every analysis of a stack of shape (..., k)."""
        from .likelihood_rows import reshaped

        studies = rates.by_study()
        return reshaped(
            self._rows(studies.events.reshape(-1, studies.k), studies.n.reshape(-1, studies.k)), rates.shape
        )

    def _parts(self, arms: Rates, studies: Rates, out: Estimates, several: list[Note]) -> Parts:
        estimate, method = value(out.estimate), EXACT if self.limits == "exact" else self.limits
        ci = Interval(float(out.lower[0]), float(out.upper[0]), self.level, method)
        spread = _heterogeneity(studies)
        p = spread.lr_p or 0.0
        apart = [note("common-effect-with-heterogeneity-rates", p=display.p_value(p))] if p < HETEROGENEITY_P else []
        return Parts(
            estimate=estimate,
            ci=ci,
            mean=estimate,
            mean_ci=ci,
            pi=None,
            status="ok",
            analysis={"measure": "IRLN", "estimate": float(np.log(out.estimate[0])), "se": float(out.se[0])},
            heterogeneity=spread,
            log_likelihood=value(out.log_likelihood),
            weights=[float(share) for share in arms.time / arms.time.sum()],
            notes=(*several, *apart),
        )

    def _rows(self, events: Integers, time: Floats) -> Estimates:
        out = blank(events.shape[0])
        out.status[:] = classify_rates(events, time)
        fill_rate_boundaries(out, events, time, self.level)
        rows = np.flatnonzero(out.status == "ok")
        if rows.size:
            _fill(out, events[rows], time[rows], rows, self)
        return out


def _fill(out: Estimates, events: Integers, time: Floats, rows: np.ndarray, model: CommonRate) -> None:
    x, total = events.sum(1), time.sum(1)
    rate, se = x / total, 1 / np.sqrt(x)
    quantile = float(ndtri(0.5 * (1 + model.level)))
    if model.limits == "exact":
        lower, upper = poisson_limits(x, total, model.level)
    elif model.limits == "profile":
        lower, upper = (rate * factor for factor in _profile_factors(x.astype(float), 0.5 * quantile**2))
    else:
        lower, upper = rate * np.exp(-quantile * se), rate * np.exp(quantile * se)
    out.estimate[rows], out.mean[rows] = rate, rate
    out.effect[rows], out.se[rows] = np.log(rate), se
    out.lower[rows], out.mean_lower[rows] = lower, lower
    out.upper[rows], out.mean_upper[rows] = upper, upper
    expected = time * rate[:, None]
    out.log_likelihood[rows] = (xlogy(events, expected) - expected - gammaln(events + 1)).sum(1)


def _profile_factors(x: Floats, fall: float) -> tuple[Floats, Floats]:
    """Limits over the estimate: the roots f of x (f - 1 - log f) = fall, by Lambert's W on its two branches."""
    at = -np.exp(-1 - fall / x)
    return -lambertw(at, 0).real, -lambertw(at, -1).real


def _heterogeneity(studies: Rates) -> Heterogeneity:
    """The likelihood-ratio test of tau = 0 against the Poisson-normal model; the other parts have no meaning here."""
    top = maximise(scaled(studies.events[None], studies.time[None]).cells)
    lr = max(0.0, 2 * float(top.value[0] - top.value_zero[0]))
    return Heterogeneity(lr=lr, lr_p=half_chi2(lr))
