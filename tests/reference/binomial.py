"""The logistic-normal model beside rma.glmm, glmer, GLMMadaptive, glmmTMB, metaprop's GLMM and a solver of 101 nodes.

Tolerances: 1e-6 of the standard error against the solver; 1e-3 of it against the packages, whose optimisers stop that
early. What is further apart is explained by a calculation: the same quadrature repeated, or the likelihood at the point
where the package stopped.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import expit, logit, ndtri, stdtrit

from evidence.counts import Counts
from evidence.measures import MEASURES
from evidence.pooling.beta_binomial import BetaBinomial
from evidence.pooling.boundaries import classify
from evidence.pooling.cells import cells_of, log_likelihood
from evidence.pooling.common_effect import CommonEffect
from evidence.pooling.logistic_normal import LogisticNormal
from evidence.pooling.profile import maximise
from evidence.pooling.result import Estimates
from tests.reference import hermite
from tests.reference.matching import Pair

Key = tuple[float, ...]
Triple = tuple[float, float, float]

SOLVER, PACKAGE = 1e-6, 1e-3
#: lme4 looks for the modes of Laplace's approximation until the penalised residuals move by less than 1e-7 (tolPwrss):
#: its points lie lower than the maximum by less than TOP, its own log-likelihood is off by less than MODES, and what it
#: prints by less than LOOSE_SE standard errors.
TOP, MODES, LOOSE_SE = 2e-5, 1e-3, 0.02
#: A tau below this is 0 to the packages' own precision.
NO_TAU = 1e-4
BOUNDARIES: Mapping[str, str] = {
    "all-zero": "no events: exact here",
    "all-events": "only events: exact here",
    "tau-infinite": "every study all or none: tau is infinite here",
    "tau-not-identified": "units of 1 only: tau is not identified here",
    "single-study": "one study: its own exact limits here",
}


#: Data sets to be fitted together, in one stack for each kind of limits: (x, n) -> None.
TOGETHER: dict[tuple[Key, Key], None] = {}


def register(x: Key, n: Key) -> None:
    """Say that a data set will be asked for."""
    if status_of(x, n) not in BOUNDARIES:
        TOGETHER[x, n] = None


def predicted(x: Key, n: Key) -> bool:
    """Whether a prediction interval is made of mu, its standard error and tau."""
    return len(x) > 2 and sum(size > 1 for size in n) > 2 and str(estimates(x, n, "wald").status) == "ok"


@cache
def stack(limits: str, prediction: str) -> tuple[dict[tuple[Key, Key], int], Estimates]:
    """Our fits of the registered data sets as one stack, and the row of each."""
    chosen = [pair for pair in TOGETHER if prediction == "none" or predicted(*pair)]
    return fitted(LogisticNormal(limits=limits, prediction=prediction), chosen)


def fitted(
    model: LogisticNormal | BetaBinomial, chosen: list[tuple[Key, Key]]
) -> tuple[dict[tuple[Key, Key], int], Estimates]:
    """One stack of data sets of different size, and the row of each."""
    table = np.zeros((2, len(chosen), max(len(x) for x, _ in chosen)), dtype=int)
    for i, (x, n) in enumerate(chosen):
        table[:, i, : len(x)] = x, n
    return {pair: i for i, pair in enumerate(chosen)}, model.estimate(Counts(table[0], table[1]))


def row_of(found: Estimates, row: int) -> Estimates:
    """One analysis of a stack."""
    return Estimates(*(getattr(found, name)[row] for name in Estimates.__dataclass_fields__))


@cache
def estimates(x: Key, n: Key, limits: str, prediction: str = "none") -> Estimates:
    """Our logistic-normal fit of one data set."""
    if (x, n) in TOGETHER:
        rows, found = stack(limits, prediction)
        return row_of(found, rows[x, n])
    return LogisticNormal(limits=limits, prediction=prediction).estimate(Counts(x, n))


def status_of(x: Key, n: Key) -> str:
    """What the counts are before anything is fitted."""
    return str(classify(np.array(x, dtype=int)[None], np.array(n, dtype=int)[None])[0])


@cache
def centre(x: Key, n: Key) -> Triple:
    """Our mu, its standard error and tau."""
    found = estimates(x, n, "wald")
    return float(logit(found.estimate)), float(found.se), float(found.tau)


def height(x: Key, n: Key, mu: float, tau: float) -> float:
    """Exact log-likelihood at a point."""
    cells = cells_of(np.array(x, dtype=int)[None], np.array(n, dtype=int)[None])
    return float(log_likelihood(cells, np.array([mu]), np.array([tau])).value[0])


@cache
def top(x: Key, n: Key) -> float:
    """Our maximum of the log-likelihood."""
    return float(maximise(cells_of(np.array(x, dtype=int)[None], np.array(n, dtype=int)[None])).value[0])


def derived(found: Triple, quantile: float, t: tuple[float, float]) -> dict[str, float]:
    """Everything that follows from mu, its standard error and tau; ``t`` quantiles with k - 1 and k - 2 degrees."""
    mu, se, tau = found
    ways = {"": quantile, "_t": t[0], "_riley": t[1]}
    reach = float(np.hypot(se, tau))
    limits = {"b": mu, "se": se, "tau": tau, "ci_lb": mu - quantile * se, "ci_ub": mu + quantile * se}
    for suffix, q in ways.items():
        limits |= {f"pi_lb{suffix}": mu - q * reach, f"pi_ub{suffix}": mu + q * reach}
    mean = float(MEASURES["PLO"].mean(np.asarray(mu), np.asarray(tau**2)))
    return {**limits, "mean": mean, "back_pred": float(expit(mu))}


def quantiles(k: int, t_limits: bool) -> tuple[float, tuple[float, float]]:
    """Quantile of the limits, and t with k - 1 and k - 2 degrees of freedom."""
    t = (float(stdtrit(max(k - 1, 1), 0.975)), float(stdtrit(max(k - 2, 1), 0.975)))
    return (t[0] if t_limits else float(ndtri(0.975))), t


def ours(x: Key, n: Key, t_limits: bool) -> dict[str, float]:
    """The same quantities as our model reports them: limits and predictions are its own."""
    limits = "t" if t_limits else "wald"
    found = estimates(x, n, limits)
    mu, se, tau = centre(x, n)
    values = {"b": mu, "se": se, "tau": tau, "mean": float(found.mean), "back_pred": float(found.estimate)}
    values |= {"ci_lb": float(logit(found.lower)), "ci_ub": float(logit(found.upper))}
    if predicted(x, n):
        for suffix, prediction in (("", limits.replace("wald", "normal")), ("_t", "t"), ("_riley", "riley")):
            pi = estimates(x, n, "wald", prediction)
            values |= {f"pi_lb{suffix}": float(logit(pi.pi_lower)), f"pi_ub{suffix}": float(logit(pi.pi_upper))}
    return values


def reason(x: Key, n: Key, theirs: Triple, nodes: int, laplace_to_the_end: bool) -> tuple[str, Triple, float] | None:
    """Why a package's centre is not the maximum: the reason, what it should then be, and how near in units of se."""
    mu, _, tau = theirs
    if tau > NO_TAU:
        again = hermite.maximum(x, n, nodes, mu, tau)
        label = "1 node (Laplace), repeated" if nodes == 1 else f"{nodes} nodes, repeated"
        if abs(again[0] - mu) < PACKAGE * again[1] and abs(again[2] - tau) < PACKAGE * tau:
            return label, again, LOOSE_SE if nodes == 1 and not laplace_to_the_end else PACKAGE
        if nodes == 1 and not laplace_to_the_end:
            at = np.array([[mu, tau], [again[0], again[2]]])
            low, high = hermite.log_likelihood(np.array(x), np.array(n), at, 1)
            if 0 <= high - low < TOP:
                return "1 node (Laplace), modes to 1e-7", again, LOOSE_SE
    if height(x, n, mu, tau) < top(x, n) - 1e-9:
        return "stopped below the maximum", theirs, PACKAGE
    return None


def glmm_pairs(
    x: Key, n: Key, theirs: Mapping[str, float], nodes: int, t_limits: bool, to_the_end: bool
) -> Iterator[Pair]:
    """Numbers of one random-effects fit: ``theirs`` has the names of ``derived``, tau among them."""
    status = status_of(x, n)
    if status in BOUNDARIES:
        for name, reference in theirs.items():
            yield Pair(name, np.nan, reference, 0.0, BOUNDARIES[status])
        return
    mine, (mu, se, tau) = ours(x, n, t_limits), centre(x, n)
    quantile, t = quantiles(len(x), t_limits)
    point = (theirs["b"], theirs["se"], theirs["tau"]) if "b" in theirs else (mu, se, tau)
    if "b" not in theirs and tau > NO_TAU:
        point = hermite.maximum(x, n, nodes, mu, tau)
    apart = max(abs(point[0] - mu) / se, abs(point[1] / se - 1), abs(point[2] - tau) / max(tau, NO_TAU / PACKAGE))
    found = reason(x, n, point, nodes, to_the_end) if apart > PACKAGE else None
    should = derived(found[1], quantile, t) if found else {}
    for name, reference in theirs.items():
        # Every quantity moves by no more than mu, its limits, and the spread behind a prediction do.
        size = (1 + quantile) * se if not name.startswith("pi") else (1 + t[1]) * float(np.hypot(se, tau))
        allowed = PACKAGE * (size if name != "tau" else max(tau, NO_TAU / PACKAGE))
        why = "none where tau is 0, or below 3 studies" if name not in mine else None
        value = mine.get(name, np.nan)
        if found and name in mine and abs(value - reference) > allowed:
            near = abs(should[name] - reference) <= found[2] / PACKAGE * allowed
            why = found[0] if near else None
        yield Pair(name, value, reference, allowed, why)


def rma_glmm_pairs(xi: Any, ni: Any, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """metafor's rma.glmm and lme4's glmer."""
    x, n = tuple(map(float, xi)), tuple(map(float, ni))
    predict, back = values.get("predict") or {}, values.get("back") or {}
    if options.get("method") == "FE":
        yield from common_pairs(x, n, {**values, **{f"back_{key}": value for key, value in back.items()}})
        return
    t_limits = options.get("test") == "t"
    theirs = {name: values[name] for name in ("b", "se", "ci_lb", "ci_ub") if values.get(name) is not None}
    theirs["tau"] = float(np.sqrt(values["tau2"]))
    for name in ("pi_lb", "pi_ub", "pi_lb_riley", "pi_ub_riley"):
        if isinstance(predict.get(name), int | float):
            theirs[name] = predict[name]
    for name, key in (("back_pred", "pred"), ("mean", "ilogit_int_pred")):
        if isinstance(back.get(key), int | float):
            theirs[name] = back[key]
    if len(x) > 0 and not isinstance(theirs.get("se"), int | float):
        theirs["se"] = np.nan
    yield from glmm_pairs(x, n, theirs, options["nAGQ"], t_limits, options.get("package") == "glmmTMB")
    if isinstance(values.get("loglik"), int | float) and status_of(x, n) not in BOUNDARIES:
        yield _height_pair(x, n, theirs, values["loglik"], options["nAGQ"])


def _height_pair(x: Key, n: Key, theirs: Mapping[str, float], reference: float, nodes: int) -> Pair:
    """The log-likelihood: a step of 1e-3 standard errors away from the maximum costs 5e-7."""
    pair = Pair("loglik", float(estimates(x, n, "wald").log_likelihood), reference, 0.5 * PACKAGE**2)
    if pair.matches:
        return pair
    at = np.array([[theirs["b"], theirs["tau"]]])
    again = float(hermite.log_likelihood(np.array(x), np.array(n), at, nodes)[0])
    if nodes == 1 and abs(again - reference) < MODES:
        return replace(pair, explained="1 node (Laplace), repeated")
    return replace(pair, explained="stopped below the maximum" if reference < pair.ours else None)


def common_pairs(x: Key, n: Key, values: Mapping[str, Any]) -> Iterator[Pair]:
    """A common-effect fit: closed forms, against an iterative one with a tolerance of 1e-8."""
    status = status_of(x, n)
    found = CommonEffect(limits="wald").estimate(Counts(x, n))
    se = float(found.se)
    mine = {"b": float(logit(found.estimate)), "se": se, "loglik": float(found.log_likelihood)}
    mine |= {"ci_lb": float(logit(found.lower)), "ci_ub": float(logit(found.upper))}
    mine |= {"back_pred": float(found.estimate), "back_ci_lb": float(found.lower), "back_ci_ub": float(found.upper)}
    why = BOUNDARIES[status] if status in ("all-zero", "all-events", "single-study") else None
    for name, value in mine.items():
        reference = values.get(name)
        if isinstance(reference, int | float):
            # R's glm stops when the deviance moves by less than 1e-8; its standard error belongs to the step before.
            yield Pair(name, value, reference, 1e-4 * se if name != "loglik" else 1e-7 * abs(reference), why)


def common_limits(x: Key, n: Key) -> tuple[float, float]:
    """Wald limits of the common-effect fit, on the logit."""
    found = CommonEffect(limits="wald").estimate(Counts(x, n))
    return float(logit(found.lower)), float(logit(found.upper))


def reference_pairs(xi: Any, ni: Any, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """reference_glmm: 101 nodes, and its profile limits."""
    x, n = tuple(map(float, xi)), tuple(map(float, ni))
    status = status_of(x, n)
    if status in BOUNDARIES:
        for name in ("b", "se", "tau", "loglik", "marginal_mean_prop"):
            if isinstance(values.get(name), int | float):
                yield Pair(name, np.nan, values[name], 0.0, BOUNDARIES[status])
        return
    found = estimates(x, n, "profile")
    mu, se, tau = centre(x, n)
    for name, value, unit in (
        ("b", mu, se),
        ("se", se, 3 * se),
        ("tau", tau, max(tau, 0.01)),
        ("marginal_mean_prop", float(found.mean), float(found.mean)),
    ):
        yield Pair(name, value, values[name], SOLVER * unit)
    yield Pair("loglik", float(found.log_likelihood), values["loglik"], 1e-8)
    for side, bound in ((found.lower, "lb"), (found.upper, "ub")):
        reference = values.get(f"profile_ci_b_{bound}")
        if isinstance(reference, int | float) and abs(reference) < 30:
            # Roots of a profile of their own, to about 1e-6 on the logit.
            pair = Pair(f"profile_{bound}", float(logit(side)), reference, 2e-5 * max(1.0, abs(reference)))
            inside = not pair.matches and rise(x, n, reference) < float(ndtri(0.975)) ** 2 - 0.01
            yield replace(pair, explained="limit too early: the deviance has not risen" if inside else None)


def rise(x: Key, n: Key, mu: float) -> float:
    """Rise of the deviance at a median, by a plain search over tau: another way than that of the model."""
    found = minimize_scalar(
        lambda tau: -height(x, n, mu, tau), bounds=(0.01, 30), method="bounded", options={"xatol": 1e-9}
    )
    return 2 * (top(x, n) + float(found.fun))
