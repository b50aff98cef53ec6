"""The numbers of one analysis by a two-parameter likelihood as a result's parts, with the name of every formula."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import ndtr, ndtri

from ..counts import Arms, Counts
from .assemble import Parts
from .boundaries import EXACT_MEAN, EXACT_TOTALS, fill_boundaries
from .cells import cells_of
from .convergence import naming
from .family import LOGISTIC_NORMAL
from .given import counts_given
from .notes import note
from .options import BAYES_PREDICTIVE, prediction_name
from .profile import Maximum
from .profile_limits import tau_limits
from .result import Estimates, Floats, Heterogeneity, Interval, Note

if TYPE_CHECKING:
    from .likelihood_rows import Likelihood, Rows


def parts_of(model: Likelihood, counts: Counts, study_limits: str) -> Parts:
    """Fit one analysis.

    Raises:
        DataError: no arm has any unit. ComputeError: a search did not settle.
    """
    from .likelihood_rows import fit_rows, has_median, needs_bayes

    studies = one_analysis(counts).by_study()
    with naming(studies):
        rows = fit_rows(model, studies.events[None], studies.n[None])
        if rows.failures:
            raise rows.failures[0]
        spread = _heterogeneity(model, rows, studies)
    out = rows.estimates
    status = str(out.status[0])
    if status == "single-study":
        fill_boundaries(out, studies.events[None], studies.n[None], model.level, study_limits)
    bayes = bool(needs_bayes(out, studies.n[None], np.array([studies.k]), model)[0])
    ci_method, mean_method = _methods(model, status, str(rows.limits[0]), study_limits)
    return Parts(
        estimate=value(out.estimate),
        ci=_interval(out.lower, out.upper, model.level, ci_method),
        mean=value(out.mean),
        mean_ci=_interval(out.mean_lower, out.mean_upper, model.level, mean_method),
        pi=_interval(out.pi_lower, out.pi_upper, model.level, BAYES_PREDICTIVE if bayes else prediction_name(model)),
        status=status,
        analysis=_analysis(out, rows.top),
        heterogeneity=spread,
        log_likelihood=value(out.log_likelihood),
        median=has_median(model) and status in ("ok", "tau-zero", "tau-infinite"),
        notes=(*arm_notes(counts), *(_stands_in(status) if bayes and model.prediction != "bayes" else ())),
    )


def _stands_in(status: str) -> tuple[Note, ...]:
    """Why the Bayesian predictive interval has taken the place of the model's own."""
    reasons = {"tau-zero": "the spread is estimated as 0", "ok": "fewer than 3 studies have 2 or more units"}
    return (note("prediction-bayes", why=reasons.get(status, "the spread has no estimate")),)


def one_analysis(counts: Counts) -> Counts:
    """The arms present of one analysis.

    Raises:
        DataError: a stack, or no arm with any unit.
    """
    from ..errors import data_error

    counts = counts_given(counts)
    if counts.shape != ():
        raise data_error(
            f"fit() takes one analysis, not a stack of shape {counts.shape}", "use estimate() for a stack", "shape"
        )
    arms = counts.present()
    if arms.k == 0:
        raise data_error("no study has any unit", "give at least one study with n > 0", "no-studies")
    return arms


def value(array: Floats) -> float | None:
    """The only element, None where it is NaN."""
    number = float(array[0])
    return None if np.isnan(number) else number


def arm_notes(counts: Arms) -> tuple[Note, ...]:
    """That several arms of a study were summed."""
    return tuple(several_arms(counts.present(), "the arms of a study share its random effect and were summed"))


def several_arms(arms: Arms, how: str) -> list[Note]:
    """Which studies have several arms, and how the model deals with it; none where every arm is a study."""
    several = [study for study in dict.fromkeys(arms.studies) if arms.studies.count(study) > 1]
    return [note("several-arms", studies=", ".join(several), how=how)] if several else []


def _methods(model: Likelihood, status: str, limits: str, study_limits: str) -> tuple[str, str]:
    """Names of the formulas of the median's and the mean's limits."""
    if status == "single-study":
        return study_limits, study_limits
    if status in ("all-zero", "all-events"):
        return EXACT_TOTALS, EXACT_TOTALS
    if status == "tau-not-identified":
        return EXACT_MEAN, EXACT_MEAN
    if status == "tau-infinite" and limits in ("t", "wald"):
        return "profile-t", "profile-t"
    return limits, limits if limits.startswith("profile") or "median" not in model.centre else f"{limits}, mapped"


def _interval(lower: Floats, upper: Floats, level: float, method: str) -> Interval | None:
    low, high = value(lower), value(upper)
    if low is None or high is None:
        return None
    exact = method.startswith("clopper-pearson")
    sides = [side for side, there in (("lower", low <= 0), ("upper", high >= 1)) if there and not exact]
    return Interval(low, high, level, method, tuple(sides))


def _analysis(out: Estimates, top: Maximum) -> dict[str, Any] | None:
    if out.status[0] not in ("ok", "tau-zero"):
        return None
    return {"measure": "PLO", "estimate": float(top.mu[0]), "se": float(top.se[0])}


def _heterogeneity(model: Likelihood, rows: Rows, studies: Counts) -> Heterogeneity | None:
    """The spread with its profile limits (chi-squared, 1 df) and the likelihood-ratio test of no spread."""
    if str(rows.estimates.status[0]) not in ("ok", "tau-zero", "tau-infinite"):
        return None
    top, level = rows.top, model.level
    cells = cells_of(studies.events[None], studies.n[None], model.family)
    fall = np.array([0.5 * ndtri(0.5 * (1 + level)) ** 2])
    lower, upper = tau_limits(cells, top, fall)
    low, high = float(lower[0]), float(upper[0]) if np.isfinite(upper[0]) else None
    lr = max(0.0, 2 * float(top.value[0] - top.value_zero[0]))
    simulated = None
    if model.tau_test == "bootstrap":
        from .bootstrap import likelihood_test

        simulated = likelihood_test(model, studies, lr)
    spread, variance = value(rows.estimates.tau), value(rows.estimates.tau2)
    tested = Heterogeneity(tau=spread, tau2=variance, lr=lr, lr_p=half_chi2(lr), lr_bootstrap=simulated)
    if model.family is not LOGISTIC_NORMAL:
        known = np.isfinite(top.tau[0])
        rho = None if not known else _rho(float(top.tau[0]))
        limits = {"lower": _rho(low), "upper": None if high is None else _rho(high), "level": level}
        return replace(tested, rho=rho, rho_ci={**limits, "method": "profile"})
    return replace(
        tested,
        tau_ci={"lower": low, "upper": high, "level": level, "method": "profile"},
        tau2_ci={"lower": low**2, "upper": None if high is None else high**2, "level": level, "method": "profile"},
    )


def _rho(tau: float) -> float:
    return tau * tau / (1 + tau * tau)


def half_chi2(lr: float) -> float:
    """p of the likelihood-ratio test of tau = 0, where half the null distribution sits at 0."""
    return 1.0 if lr <= 0 else float(ndtr(-np.sqrt(lr)))
