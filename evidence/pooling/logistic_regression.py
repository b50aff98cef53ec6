"""Regression with binomial counts: logit p = X beta + tau Z, arms of one study sharing Z, by maximum likelihood.

Source: Stijnen, Hamza and Oezdemir 2010, 10.1002/sim.4040.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from scipy.special import chdtrc, expit, fdtrc, ndtr, ndtri, stdtr, stdtrit

from ..counts import Counts
from ..errors import ComputeError, Problem
from .convergence import naming
from .design import Basis, Design, basis_of
from .family import log_mean
from .likelihood_parts import half_chi2
from .mixed_logit import TAU_TOP, Constraint, MixedLogit, Top, free, maximise, mixed_logit
from .mixed_logit_limits import Peak, profile_limits, tau_limits
from .notes import note
from .options import check_choice, check_level, spell
from .regression_notes import several_arms, shared_notes
from .regression_result import Coefficient, Omnibus, Predicted, Regressed
from .result import Floats, Heterogeneity, Note
from .separation import refuse_separation

LIMITS: Mapping[str, str] = {
    "profile-t": "profile likelihood against the squared t quantile with k - p degrees of freedom, k studies",
    "profile": "profile likelihood against the chi-squared quantile with 1 degree of freedom",
    "t": "the t quantile with k - p degrees of freedom, k studies",
    "wald": "the normal quantile",
}
TAU_FREE, TAU_NOUGHT = "ok", "tau-not-identified"


@dataclass(frozen=True, slots=True)
class LogisticRegression:
    """Specification of the logistic-normal regression.

    Args:
        limits: profile-t, profile, t or wald; with profile limits tau is free. With one residual degree of freedom
            profile-t is profile.
        level: Nominal coverage, a fraction.

    Raises:
        UsageError: an unknown name (near ones are listed) or a level outside (0, 1).
    """

    limits: str = "profile-t"
    level: float = 0.95

    name: ClassVar[str] = "logistic-normal"

    def __post_init__(self) -> None:
        check_choice("limits", self.limits, LIMITS)
        check_level(self.level)

    @property
    def title(self) -> str:
        """Name and limits, for the first line of a result."""
        return f"logistic-normal regression, ML; limits {self.limits}"

    def to_dict(self) -> dict[str, Any]:
        """Name and every option."""
        return {"name": self.name, **spell(self)}

    def describe(self) -> tuple[str, tuple[str, ...]]:
        """The methods sentence and its citations."""
        text = (
            "Proportions were regressed on the covariates by a logistic-normal model (binomial counts, normally"
            " distributed study logits, maximum likelihood); the arms of a study share its random effect."
            f" {self.level:.0%} limits are by {LIMITS[self.limits]}."
        )
        return text, ("stijnen2010",)

    def fit(self, counts: Counts, design: Design) -> Regressed:
        """Regress one analysis; one row of the design for each arm.

        Raises:
            DataError: a singular design. ComputeError: the likelihood has no maximum: separation, or arms that are all
                or none, whose likelihood rises as tau grows; or a search that does not settle.
        """
        basis = basis_of(design)
        refuse_separation(counts, design, basis.q)
        with naming(counts):
            return _Fit.of(self, counts, design, basis).result()

    def predict(self, regressed: Regressed, rows: Floats) -> Predicted:
        """Proportions at rows of the design, shape (m, p); the mean's t and wald limits keep tau as estimated."""
        tau = regressed.heterogeneity.tau or 0.0
        fit = _Fit.known(self, regressed)
        beta = np.array([c.estimate for c in regressed.coefficients])
        at = rows @ beta
        if regressed.limits.startswith("profile"):
            ends = profile_limits(fit.likelihood, fit.peak, fit.fall, fit.basis.functional(rows), means=True)
            low, high = ends.lower, ends.upper
            mean_low, mean_high = ends.mean_lower, ends.mean_upper
        else:
            reach = fit.quantile * np.sqrt(np.vecdot(rows @ regressed.covariance, rows))
            low, high = at - reach, at + reach
            mean_low, mean_high = (log_mean(end, np.full(at.size, tau)).value for end in (low, high))
        se = np.sqrt(np.vecdot(rows @ regressed.covariance, rows) + tau * tau)
        quantile = ndtri(0.5 * (1 + self.level)) if self.limits == "wald" else stdtrit(fit.df, 0.5 * (1 + self.level))
        lost = np.full(at.size, np.nan) if regressed.status == TAU_NOUGHT else 0.0
        return Predicted(
            expit(at),
            expit(low),
            expit(high),
            np.exp(log_mean(at, np.full(at.size, tau)).value),
            np.exp(mean_low),
            np.exp(mean_high),
            expit(at - quantile * se) + lost,
            expit(at + quantile * se) + lost,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Fit:
    """One regression: its likelihood and the maximum, gamma being the coefficients of the orthogonal columns."""

    model: LogisticRegression
    counts: Counts
    design: Design
    basis: Basis
    likelihood: MixedLogit
    peak: Peak
    status: str

    @classmethod
    def of(cls, model: LogisticRegression, counts: Counts, design: Design, basis: Basis) -> _Fit:
        """Find the maximum.

        Raises:
            ComputeError: the likelihood still rises at the largest tau.
        """
        likelihood = mixed_logit(counts, basis.q)
        known = bool((counts.by_study().n > 1).any())
        held = free(1, likelihood.p)
        top = maximise(likelihood, start_of(counts, basis.q), held, known)
        if top.tau[0] >= TAU_TOP:
            raise ComputeError(
                Problem(
                    "tau-infinite",
                    "nearly every arm has events only or none: the likelihood keeps rising as the between-study"
                    " standard deviation grows, so that no coefficient has an estimate",
                    "pool without covariates (evidence pool), which says what such data tell about the average study",
                )
            )
        status = TAU_NOUGHT if not known else ("tau-zero" if top.tau[0] == 0 else TAU_FREE)
        return cls(model, counts, design, basis, likelihood, peak_of(top), status)

    @classmethod
    def known(cls, model: LogisticRegression, regressed: Regressed) -> _Fit:
        """The fit of a result."""
        basis = basis_of(regressed.design)
        likelihood = mixed_logit(regressed.counts, basis.q)
        gamma = basis.r @ np.array([c.estimate for c in regressed.coefficients])
        tau = regressed.heterogeneity.tau or 0.0
        value = float(likelihood.sums(gamma[None], np.array([tau])).value[0])
        zero = value - 0.5 * (regressed.heterogeneity.lr or 0.0)
        peak = Peak(gamma, tau, value, zero, regressed.status != TAU_NOUGHT)
        return cls(model, regressed.counts, regressed.design, basis, likelihood, peak, regressed.status)

    @property
    def df(self) -> int:
        """Studies less coefficients."""
        return len(set(self.counts.studies)) - self.likelihood.p

    @property
    def limits(self) -> str:
        """The formula in use."""
        return "profile" if self.model.limits == "profile-t" and self.df == 1 else self.model.limits

    @property
    def quantile(self) -> float:
        """Of the limits' reference distribution."""
        tail = 0.5 * (1 + self.model.level)
        return float(ndtri(tail) if self.limits in ("wald", "profile") else stdtrit(float(self.df), tail))

    @property
    def fall(self) -> float:
        """Fall of the log-likelihood at a profile limit."""
        return 0.5 * self.quantile**2

    def result(self) -> Regressed:
        """Everything as a result."""
        back = self.basis.back
        covariance = back @ self._covariance() @ back.T
        coefficients = self._coefficients(back @ self.peak.gamma, np.sqrt(np.diagonal(covariance)))
        alone = self._without_covariates()
        tau2_rest = None if alone is None else float(alone.tau[0]) ** 2
        return Regressed(
            coefficients=coefficients,
            covariance=covariance,
            heterogeneity=self._heterogeneity(),
            r2=None if not tau2_rest else max(0.0, 1 - self.peak.tau**2 / tau2_rest),
            omnibus=None if alone is None else self._omnibus(alone, coefficients, covariance),
            log_likelihood=self.peak.value,
            status=self.status,
            limits=self.limits,
            counts=self.counts,
            design=self.design,
            notes=tuple(self._notes(coefficients)),
            model=self.model,
        )

    def _covariance(self) -> Floats:
        """Inverse information about gamma; with tau where it is not on its boundary."""
        sums = self.likelihood.sums(self.peak.gamma[None], np.array([self.peak.tau]))
        information, p = -sums.hessian[0], self.likelihood.p
        if self.peak.tau == 0:
            information = information[:p, :p]
        return np.asarray(np.linalg.inv(information)[:p, :p])

    def _coefficients(self, beta: Floats, se: Floats) -> tuple[Coefficient, ...]:
        profile = self.limits.startswith("profile")
        functionals = self.basis.functional(np.eye(beta.size))
        if profile:
            ends = profile_limits(self.likelihood, self.peak, self.fall, functionals)
            lower, upper = ends.lower, ends.upper
            statistic = np.sqrt(self._ratios(functionals))
        else:
            lower, upper = beta - self.quantile * se, beta + self.quantile * se
            statistic = np.abs(beta) / se
        t = self.limits in ("profile-t", "t")
        p = 2 * (stdtr(float(self.df), -statistic) if t else ndtr(-statistic))
        return tuple(
            Coefficient(
                name,
                float(beta[i]),
                float(se[i]),
                float(lower[i]) if np.isfinite(lower[i]) else None,
                float(upper[i]) if np.isfinite(upper[i]) else None,
                float(p[i]),
                float(self.df) if t else None,
            )
            for i, name in enumerate(self.design.names)
        )

    def _ratios(self, functionals: Floats) -> Floats:
        """Likelihood ratio of each coefficient being 0, tau free, shape (p,)."""
        held = Constraint(functionals, np.zeros(functionals.shape[0]))
        top = maximise(self.likelihood, self.peak.gamma, held, self.peak.free_tau)
        return np.maximum(2 * (self.peak.value - top.value), 0.0)

    def _without_covariates(self) -> Top | None:
        """The maximum with the intercept alone; None where there is no such model."""
        if self.design.intercept is None or self.likelihood.p == 1:
            return None
        ones = np.ones((self.counts.k, 1))
        return maximise(mixed_logit(self.counts, ones), start_of(self.counts, ones), free(1, 1), self.peak.free_tau)

    def _omnibus(self, alone: Top, coefficients: tuple[Coefficient, ...], covariance: Floats) -> Omnibus:
        at = np.delete(np.arange(self.likelihood.p), self.design.intercept or 0)
        df, t = int(at.size), self.limits in ("profile-t", "t")
        if self.limits.startswith("profile"):
            name, statistic = "likelihood ratio", max(0.0, 2 * (self.peak.value - float(alone.value[0])))
        else:
            b, c = np.array([coefficients[i].estimate for i in at]), covariance[np.ix_(at, at)]
            scale = np.sqrt(np.diagonal(c))
            name, statistic = "Wald", float(b / scale @ np.linalg.solve(c / np.outer(scale, scale), b / scale))
        if t:
            return Omnibus(name, statistic / df, df, self.df, float(fdtrc(df, self.df, statistic / df)))
        return Omnibus(name, statistic, df, None, float(chdtrc(df, statistic)))

    def _heterogeneity(self) -> Heterogeneity:
        """tau with its profile limits (chi-squared, 1 df) and the likelihood-ratio test of no spread."""
        if not self.peak.free_tau:
            return Heterogeneity()
        level = self.model.level
        low, high = tau_limits(self.likelihood, self.peak, 0.5 * float(ndtri(0.5 * (1 + level))) ** 2)
        upper = high if np.isfinite(high) else None
        lr = max(0.0, 2 * (self.peak.value - self.peak.value_zero))
        common: dict[str, Any] = {"level": level, "method": "profile"}
        return Heterogeneity(
            tau=self.peak.tau,
            tau2=self.peak.tau**2,
            tau_ci={"lower": low, "upper": upper, **common},
            tau2_ci={"lower": low**2, "upper": None if upper is None else upper**2, **common},
            lr=lr,
            lr_p=half_chi2(lr),
        )

    def _notes(self, coefficients: tuple[Coefficient, ...]) -> list[Note]:
        found = shared_notes(self.counts, self.design)
        several = several_arms(self.counts)
        if several:
            found.append(note("several-arms-shared", studies=several))
        if self.status == "tau-zero":
            found.append(note("tau-zero"))
        if self.status == TAU_NOUGHT:
            found.append(note("tau-not-identified-regression", unit=self.counts.unit))
        open_ones = [c.name for c in coefficients if c.lower is None or c.upper is None]
        if open_ones:
            found.append(note("coefficient-open", names=", ".join(open_ones)))
        return found


def start_of(counts: Counts, q: Floats) -> Floats:
    """gamma whose linear predictor is nearest to the pooled logit in every arm; columns of q with q'q = k."""
    pooled = np.log((counts.events.sum() + 0.5) / ((counts.n - counts.events).sum() + 0.5))
    return np.asarray(q.T @ np.full(counts.k, pooled) / counts.k)


def peak_of(top: Top) -> Peak:
    """The maximum of a single row."""
    return Peak(top.gamma[0], float(top.tau[0]), float(top.value[0]), float(top.value_zero[0]), top.free_tau)
