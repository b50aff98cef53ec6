"""An analysis as a do-file of Stata: meta set with the effects in full view, melogit, mepoisson, or exact limits."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from . import metafor
from .quoting import comment, stata_string

if TYPE_CHECKING:
    from .case import Case
    from .comparison import Quantity

NAME = "Stata"
#: Measure -> effect and standard error as Stata writes them; x and m are the corrected events and non-events.
EFFECTS: Mapping[str, tuple[str, str]] = {
    "PR": ("x / (x + m)", "sqrt(x * m / (x + m)^3)"),
    "PLN": ("ln(x / (x + m))", "sqrt(1 / x - 1 / (x + m))"),
    "PLO": ("ln(x / m)", "sqrt(1 / x + 1 / m)"),
    "PRZ": ("invnormal(x / (x + m))", "sqrt(x * m / (x + m)^3) / normalden(invnormal(x / (x + m)))"),
    "PAS": ("asin(sqrt(events / n))", "sqrt(1 / (4 * n))"),
    "PFT": ("(asin(sqrt(events / (n + 1))) + asin(sqrt((events + 1) / (n + 1)))) / 2", "sqrt(1 / (4 * n + 2))"),
}
#: Our estimators -> Stata's; empirical Bayes is Paule and Mandel's.
ESTIMATORS: Mapping[str, str] = {
    "REML": "reml",
    "ML": "mle",
    "EB": "ebayes",
    "PM": "ebayes",
    "DL": "dlaird",
    "SJ": "sjonkman",
    "HE": "hedges",
    "HS": "hschmidt",
}
ITERATIVE = ("reml", "mle", "ebayes")
#: Our limits -> options of meta summarize.
LIMITS: Mapping[str, str] = {
    "wald": "",
    "t": " tdistribution",
    "hk": " se(khartung)",
    "hk-floor": " se(khartung, truncated)",
}
WHERE: Mapping[str, str] = {
    "only0": " if events == 0 | events == n",
    "all": "",
    "if0all": " if bare > 0",
}
NO_MODEL: Mapping[str, str] = {
    "beta-binomial": "it has no beta-binomial model of counts out of n",
    "bayesian": "its bayes prefix samples, so that no two runs give the numbers of a quadrature",
}
#: Points of melogit's and mepoisson's quadrature.
POINTS = 100


def refusal(case: Case) -> str | None:
    """Why Stata can't do this analysis, or None."""
    return f"{NO_MODEL[case.model.name]}." if case.model.name in NO_MODEL and case.fitted else None


def script(case: Case, expected: Mapping[str, Quantity], heading: str, version: str) -> str:
    """The whole do-file: data, the commands with every option, our numbers as comments."""
    needs = "16" if case.inverse_variance is not None else "14"
    lines = [
        f"* {comment(heading)}",
        f"* {comment(case.model.title)}",
        f"* Written by evidence {version}. Needs Stata {needs} or newer and no user-written command; not run by us.",
        f"version {needs}",
        "clear",
        "",
        *_data(case),
        "",
        *_commands(case),
        "",
        *metafor.comments(case, expected, "*"),
    ]
    return "\n".join(lines) + "\n"


def _data(case: Case) -> list[str]:
    counts, size = case.counts, "time" if case.is_rates else "n"
    lines = [
        f"set obs {counts.k}",
        'generate str study = ""',
        "generate double events = .",
        f"generate double {size} = .",
    ]
    for i in range(counts.k):
        lines += [
            f"replace study = {stata_string(counts.labels[i])} in {i + 1}",
            f"replace events = {int(counts.events[i])} in {i + 1}",
            f"replace {size} = {counts.n[i].item()!r} in {i + 1}",
        ]
    return [*lines, "generate id = _n"]


def _commands(case: Case) -> list[str]:
    if not case.fitted:
        return [f"* No model: the status of these counts is {case.pooled.status}.", *_totals(case)]
    if case.inverse_variance is not None:
        return _inverse_variance(case)
    return _common_effect(case) if case.model.name == "common-effect" else _mixed(case)


def _inverse_variance(case: Case) -> list[str]:
    model = case.model
    add = model.to_dict()["add"]
    effect, se = EFFECTS[model.measure]
    correction = ["generate double x = events", "generate double m = n - events"]
    if add > 0:
        if model.to == "if0all":
            correction.append("egen bare = total(events == 0 | events == n)")
        correction += [f"replace {name} = {name} + {add!r}{WHERE[model.to]}" for name in ("x", "m")]
    level = metafor.percent(model.level)
    estimator = ESTIMATORS[model.tau2]
    summarize = f"meta summarize, random({estimator}) level({level}){LIMITS[model.limits]}"
    if estimator in ITERATIVE:
        summarize += " iterate(5000) tolerance(1e-14) nrtolerance(1e-14)"
    if model.prediction.startswith("riley"):
        summarize += f" predinterval({level})"
    return [
        f"* Effects on the scale {model.measure}, with the correction in full view. From Stata 18 on, meta esize has",
        "* proportions too, with its own way of correcting them.",
        *correction,
        f"generate double effect = {effect}",
        f"generate double se = {se}",
        f"meta set effect se, random({estimator}) studylabel(study) level({level})",
        summarize,
        "return list",
        *_prediction_remark(model.prediction),
    ]


def _prediction_remark(prediction: str) -> list[str]:
    if prediction.startswith("riley") or prediction == "none":
        return []
    return [f"* No predinterval(): Stata's has the t quantile with k - 2 degrees of freedom, ours is {prediction}."]


def _mixed(case: Case) -> list[str]:
    level = metafor.percent(case.model.level)
    options = f"intmethod(mvaghermite) intpoints({POINTS}) level({level}) tolerance(1e-10) nrtolerance(1e-10)"
    if case.is_rates:
        command = f"mepoisson events, exposure(time) || id:, {options}"
    else:
        command = f"melogit events || id:, binomial(n) {options}"
    lines = [
        "* The model is fitted to one row per study; _cons is the estimate, var(_cons[id]) is tau2.",
        command,
        "matrix list e(b)",
    ]
    if case.model.limits == "wald":
        return lines
    return [*lines, f"* Its limits are Wald's; ours are {case.model.limits}."]


def _common_effect(case: Case) -> list[str]:
    level = metafor.percent(case.model.level)
    fit = f"glm events, family(binomial n) link(logit) level({level}) ltolerance(1e-14)"
    return [fit, "matrix list e(b)", *_totals(case)]


def _totals(case: Case) -> list[str]:
    if case.is_rates:
        return []
    total, events = int(case.counts.n.sum()), int(case.counts.events.sum())
    return [
        "* Exact limits of the totals:",
        f"cii proportions {total} {events}, exact level({metafor.percent(case.model.level)})",
    ]
