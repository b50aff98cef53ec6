"""The same analysis by statsmodels: effects with known variances, a binomial GLM, limits of one proportion."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import numpy as np

from .comparison import Answer, Closeness, Value

if TYPE_CHECKING:
    from .case import Case

NAME = "statsmodels"
#: Our estimators of tau2 -> its names. Empirical Bayes solves Paule and Mandel's equation.
ESTIMATORS: Mapping[str, str] = {"DL": "chi2", "PM": "iterated", "EB": "iterated"}
#: Our limits of one proportion -> its names.
STUDY_LIMITS: Mapping[str, str] = {
    "clopper-pearson": "beta",
    "wilson": "wilson",
    "agresti-coull": "agresti_coull",
    "jeffreys": "jeffreys",
    "wald": "normal",
}
#: Its stopping rule of Paule and Mandel's iteration; closer, rounding can end it at tau2 = 0.
ITERATION = {"atol": 1e-5, "maxiter": 500}
STOPPED = Closeness(1e-5, "statsmodels iterates until Q is within 1e-5 of k - 1")
FITTED = Closeness(1e-7, "iteratively reweighted least squares until the deviance stands still")
CAN_NOT: Mapping[str, str] = {
    "logistic-normal": "its mixed models of counts are Bayesian approximations, so it has no logistic-normal model by"
    " maximum likelihood.",
    "poisson-normal": "its mixed models of counts are Bayesian approximations, so it has no Poisson-normal model by"
    " maximum likelihood.",
    "beta-binomial": "it has no beta-binomial model of counts out of n.",
    "bayesian": "its Bayesian mixed models are variational approximations, so it can't check this posterior.",
}


def answer(case: Case) -> Answer:
    """statsmodels' numbers, and the sentence on what it has not."""
    values, closeness, apart, says, options = _pooled(case) if case.fitted else ({}, {}, {}, None, {})
    if not case.fitted and case.model.name in CAN_NOT:
        says = f"nothing of the model to check: the status is {case.pooled.status}."
    return Answer(NAME, version("statsmodels"), {**values, **_limits(case)}, closeness, apart, says, options)


_Found = tuple[dict[str, Value], dict[str, Closeness], dict[str, str], str | None, dict[str, Any]]


def _pooled(case: Case) -> _Found:
    if case.model.name == "common-effect":
        return _common_effect(case)
    model = case.inverse_variance
    if model is None:
        return {}, {}, {}, CAN_NOT.get(case.model.name), {}
    if model.tau2 not in ESTIMATORS:
        return {}, {}, {}, f"it has no {model.tau2} estimator of tau2 (only DL and PM).", {}
    return _inverse_variance(case, model.tau2, model.limits)


def _inverse_variance(case: Case, tau2: str, limits: str) -> _Found:
    from statsmodels.stats.meta_analysis import combine_effects

    method = ESTIMATORS[tau2]
    iteration: dict[str, Any] = ITERATION if method == "iterated" else {}
    y, v = case.effects()
    use_t = limits != "wald"
    adjusted = limits.startswith("hk")
    with np.errstate(invalid="ignore", divide="ignore"):  # a tau2 below 0 can make its own weights negative
        found = combine_effects(y, v, method_re=method, row_names=None, use_t=use_t, alpha=case.alpha, **iteration)
        low, high = found.conf_int(alpha=case.alpha, use_t=use_t)[3 if adjusted else 1]
    values: dict[str, Value] = {
        "estimate": float(found.mean_effect_re),
        "se": float(found.sd_eff_w_re_hksj if adjusted else found.sd_eff_w_re),
        "lower": float(low),
        "upper": float(high),
        "tau2": float(found.tau2),
        "q": float(found.q),
    }
    values = {key: value for key, value in values.items() if np.all(np.isfinite(value))}
    closeness = dict.fromkeys(("estimate", "se", "lower", "upper", "tau2"), STOPPED) if iteration else {}
    apart: dict[str, str] = {}
    if found.tau2 < 0:
        why = f"statsmodels does not truncate its tau2 of {found.tau2:.3g} at 0"
        apart = dict.fromkeys(("estimate", "se", "lower", "upper", "tau2"), why)
    elif limits == "hk-floor" and case.centre().factor < 1:
        why = "statsmodels has Hartung and Knapp's variance without the floor, which is in use here"
        apart = dict.fromkeys(("se", "lower", "upper"), why)
    options = {"method_re": method, "use_t": use_t, "alpha": case.alpha, **iteration}
    return values, closeness, apart, None, options


def _common_effect(case: Case) -> _Found:
    from statsmodels.genmod.families import Binomial
    from statsmodels.genmod.families.links import Logit
    from statsmodels.genmod.generalized_linear_model import GLM

    x, n = case.counts.events, case.counts.n
    options: dict[str, Any] = {"method": "IRLS", "tol": 1e-14, "maxiter": 200}
    model = GLM(np.column_stack([x, n - x]), np.ones((case.counts.k, 1)), family=Binomial(link=Logit()))
    found = model.fit(**options)
    logit, se = float(found.params[0]), float(found.bse[0])
    low, high = (float(limit) for limit in found.conf_int(alpha=case.alpha)[0])
    values: dict[str, Value] = {"estimate": logit, "se": se, "log_likelihood": float(found.llf)}
    values["proportion"] = _expit(logit)
    if case.model.limits == "wald":
        values |= {"lower": low, "upper": high, "proportion_lower": _expit(low), "proportion_upper": _expit(high)}
    return values, dict.fromkeys(values, FITTED), {}, None, options


def _limits(case: Case) -> dict[str, Value]:
    """Limits of each study, and of the totals where they are what is reported."""
    if case.is_rates:
        return {}
    found: dict[str, Value] = {}
    if case.study_limits in STUDY_LIMITS:
        found["study_limits"] = _interval(case, case.arms.events, case.arms.n, case.study_limits)
    totals = np.array([case.arms.events.sum()]), np.array([case.arms.n.sum()])
    lower, upper = _interval(case, *totals, "clopper-pearson")
    return {**found, "total_lower": lower, "total_upper": upper}


def _interval(case: Case, events: Any, n: Any, method: str) -> tuple[float, ...]:
    """Lower and upper limit of each study in turn."""
    from statsmodels.stats.proportion import proportion_confint

    lower, upper = proportion_confint(events, n, alpha=case.alpha, method=STUDY_LIMITS[method])
    # A side without events or non-events is closed at 0 or 1 in our limits, whatever the formula says.
    lower, upper = np.where(events == 0, 0.0, np.maximum(lower, 0)), np.where(events == n, 1.0, np.minimum(upper, 1))
    return tuple(float(limit) for limit in np.column_stack([lower, upper]).ravel())


def _expit(value: float) -> float:
    return float(1 / (1 + np.exp(-value)))
