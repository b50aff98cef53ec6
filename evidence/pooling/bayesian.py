"""The logistic-normal model with proper priors: answers where the likelihood alone has none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from scipy.special import expit

from ..counts import Counts
from .assemble import Parts, assemble
from .boundaries import Integers, blank, classify, fill_boundaries
from .cells import cells_of
from .likelihood_parts import arm_notes, one_analysis
from .notes import note
from .options import check_choice, check_level, spell
from .posterior import Posterior, posterior, quantile
from .result import Estimates, Floats, Heterogeneity, Interval, Pooled

PRIORS: Mapping[str, str] = {
    "half-normal": "half-normal",
    "half-cauchy": "half-Cauchy",
    "uniform": "uniform from 0 to",
}
#: The prior's share of the posterior's width above which the result says so (J).
PRIOR_DOMINATED = 0.5


@dataclass(frozen=True, slots=True)
class Bayesian:
    """Specification of the Bayesian logistic-normal model.

    Args:
        mu_sd: Standard deviation of the normal prior of mu around 0 (50 %), on the logit.
        tau_prior: half-normal, half-cauchy or uniform.
        tau_scale: Scale of tau's prior; for uniform its upper end.
        level: Posterior probability of every interval, a fraction.

    Raises:
        UsageError: an unknown prior, a scale that is not positive, a level outside (0, 1).
    """

    mu_sd: float = 2.0
    tau_prior: str = "half-normal"
    tau_scale: float = 1.0
    level: float = 0.95

    name: ClassVar[str] = "bayesian"
    centre: ClassVar[str] = "typical study (median)"

    def __post_init__(self) -> None:
        from ..errors import usage

        check_choice("tau_prior", self.tau_prior, PRIORS)
        check_level(self.level)
        for option in ("mu_sd", "tau_scale"):
            if not getattr(self, option) > 0 or not np.isfinite(getattr(self, option)):
                raise usage(f"{option} {getattr(self, option)} is not positive", "give a scale above 0", "prior")

    @property
    def title(self) -> str:
        """Name and priors, for the first line of a result."""
        return f"bayesian logistic-normal; mu ~ N(0, sd {self.mu_sd:g}), tau ~ {self._tau_text()}; equal-tailed limits"

    def _tau_text(self) -> str:
        return f"{PRIORS[self.tau_prior]} {self.tau_scale:g}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""
        return {"name": self.name, **spell(self)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        text = (
            "A Bayesian logistic-normal model was computed on a deterministic grid, with a normal prior of the logit"
            f" (mean 0, sd {self.mu_sd:g}) and a {self._tau_text()} prior of the between-study standard deviation;"
            f" limits are equal-tailed {self.level:.0%} posterior intervals."
        )
        return text, ()

    def fit(self, counts: Counts, study_limits: str = "clopper-pearson") -> Pooled:
        """Pool one analysis of shape (k,)."""
        studies = one_analysis(counts).by_study()
        events, n = studies.events, studies.n
        if studies.k == 1:
            return self._single(counts, studies, study_limits)
        found = self.posterior(events, n)
        summary = _Summary.of(found, self.level, studies.k)
        notes = arm_notes(counts)
        if found.sd_mu() > PRIOR_DOMINATED * self.mu_sd:
            notes = (*notes, note("prior-dominated"))
        parts = Parts(
            estimate=summary.median[1],
            ci=_interval(summary.median, self.level),
            mean=summary.mean[1],
            mean_ci=_interval(summary.mean, self.level),
            pi=None if summary.new is None else Interval(*summary.new, self.level, "bayes-predictive"),
            status="ok",
            analysis={"measure": "PLO", "estimate": summary.mu, "se": found.sd_mu()},
            heterogeneity=_heterogeneity(summary, self.level),
            log_likelihood=found.log_evidence,
            median=True,
            notes=notes,
        )
        return assemble(self, counts, parts, study_limits)

    def _single(self, counts: Counts, studies: Counts, study_limits: str) -> Pooled:
        out = blank(1)
        out.status[:] = "single-study"
        fill_boundaries(out, studies.events[None], studies.n[None], self.level, study_limits)
        ci = Interval(float(out.lower[0]), float(out.upper[0]), self.level, study_limits)
        estimate = float(out.estimate[0])
        parts = Parts(estimate, ci, estimate, ci, None, "single-study", None, None, None, notes=arm_notes(counts))
        return assemble(self, counts, parts, study_limits)

    def posterior(self, events: Integers, n: Integers) -> Posterior:
        """The posterior of one analysis of shape (k,)."""
        cells = replace(cells_of(events[None], n[None]), precision=self.mu_sd**-2)
        end = self.tau_scale if self.tau_prior == "uniform" else np.inf
        return posterior(cells, self._log_prior(), end)

    def _log_prior(self) -> Callable[[Floats], Floats]:
        scale = self.tau_scale
        if self.tau_prior == "half-normal":
            return lambda tau: 0.5 * np.log(2 / np.pi) - np.log(scale) - 0.5 * (tau / scale) ** 2
        if self.tau_prior == "half-cauchy":
            return lambda tau: np.log(2 / (np.pi * scale)) - np.log1p((tau / scale) ** 2)
        return lambda tau: np.full_like(tau, -np.log(scale))

    def estimate(self, counts: Counts) -> Estimates:
        """Pool every analysis of a stack of shape (..., k)."""
        from .likelihood_rows import reshaped

        studies = counts.by_study()
        events, n = studies.events.reshape(-1, studies.k), studies.n.reshape(-1, studies.k)
        out = blank(events.shape[0])
        status = classify(events, n)
        out.status[:] = np.where(np.isin(status, ("no-fit", "single-study")), status, "ok")
        fill_boundaries(out, events, n, self.level)
        for row in np.flatnonzero(out.status == "ok"):
            present = n[row] > 0
            found = self.posterior(events[row, present], n[row, present])
            summary = _Summary.of(found, self.level, int(present.sum()))
            _write(out, int(row), found, summary)
        return reshaped(out, counts.shape)


@dataclass(frozen=True, slots=True)
class _Summary:
    """Posterior median with equal-tailed limits of the median, the mean and tau, and of a new study's proportion."""

    median: tuple[float, float, float]
    mean: tuple[float, float, float]
    tau: tuple[float, float, float]
    new: tuple[float, float] | None
    mu: float

    @classmethod
    def of(cls, found: Posterior, level: float, k: int) -> _Summary:
        tails = (0.5 * (1 - level), 0.5, 0.5 * (1 + level))
        spread = 6 * found.sd_mu() + 1
        middle = float((found.weight[:, None] * found.density * found.step[:, None] * found.mu).sum())
        span = (middle - spread, middle + spread)
        mu = [quantile(found.median_cdf, tail, *span) for tail in tails]
        mean = [quantile(lambda v: found.mean_cdf(float(expit(v))), tail, -6.0, 6.0) for tail in tails]
        tau = [quantile(found.tau_cdf, tail, 0.0, float(found.tau[-1])) for tail in tails]
        new = None
        if k >= 3:
            new = (
                float(expit(quantile(found.predictive_cdf, tails[0], *span))),
                float(expit(quantile(found.predictive_cdf, tails[2], *span))),
            )
        low, centre, high = (float(expit(v)) for v in mu)
        m_low, m, m_high = (float(expit(v)) for v in mean)
        return cls((low, centre, high), (m_low, m, m_high), (tau[0], tau[1], tau[2]), new, mu[1])


def _interval(three: tuple[float, float, float], level: float) -> Interval:
    return Interval(three[0], three[2], level, "equal-tailed")


def _heterogeneity(summary: _Summary, level: float) -> Heterogeneity:
    low, tau, high = summary.tau
    return Heterogeneity(
        tau=tau,
        tau2=tau**2,
        tau_ci={"lower": low, "upper": high, "level": level, "method": "equal-tailed"},
        tau2_ci={"lower": low**2, "upper": high**2, "level": level, "method": "equal-tailed"},
    )


def _write(out: Estimates, row: int, found: Posterior, summary: _Summary) -> None:
    out.lower[row], out.estimate[row], out.upper[row] = summary.median
    out.mean_lower[row], out.mean[row], out.mean_upper[row] = summary.mean
    out.tau[row], out.tau2[row] = summary.tau[1], summary.tau[1] ** 2
    out.se[row], out.log_likelihood[row] = found.sd_mu(), found.log_evidence
    if summary.new is not None:
        out.pi_lower[row], out.pi_upper[row] = summary.new


def predictive_rows(events: Integers, n: Integers, level: float) -> tuple[Floats, Floats]:
    """Bayesian predictive limits of each row with the default priors, shape (rows,)."""
    model = Bayesian(level=level)
    limits = np.empty((2, events.shape[0]))
    for row in range(events.shape[0]):
        present = n[row] > 0
        found = model.posterior(events[row, present], n[row, present])
        reach = 12 * (found.sd_mu() + float(found.weight @ found.tau)) + 1
        for side, tail in enumerate((0.5 * (1 - level), 0.5 * (1 + level))):
            limits[side, row] = expit(quantile(found.predictive_cdf, tail, -reach, reach))
    return limits[0], limits[1]
