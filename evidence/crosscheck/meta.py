"""An analysis as a script of R with meta: metaprop with every option."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from . import metafor
from .comparison import Closeness
from .quoting import comment

if TYPE_CHECKING:
    from .case import Case
    from .comparison import Quantity

NAME = "meta"
MEASURES: Mapping[str, str] = {"PR": "PRAW", "PLN": "PLN", "PLO": "PLOGIT", "PAS": "PAS", "PFT": "PFT"}
ESTIMATORS = ("DL", "HE", "HS", "SJ", "ML", "REML", "EB", "PM")
#: Our prediction interval -> meta's, which has the t quantile with k - 1 and with k - 2 degrees of freedom.
PREDICTIONS: Mapping[str, str] = {"t-classic": "V", "riley-classic": "HTS"}
CORRECTIONS: Mapping[str, str] = {"only0": "only0", "all": "all", "if0all": "if0all", "none": "only0"}
ITERATED = Closeness(1e-4, "meta uses metafor's iteration at its own tolerance")


def refusal(case: Case) -> str | None:
    """Why metaprop can't do this analysis, or None."""
    model = case.inverse_variance
    if not case.fitted:
        return f"nothing of the model to check: the status is {case.pooled.status}."
    if case.model.name == "logistic-normal":
        return None
    if model is None:
        return f"its metaprop has no {case.model.name} model."
    if model.measure not in MEASURES:
        return f"its metaprop has no {model.measure}."
    if model.limits == "t":
        return "its limits with the t quantile have Hartung and Knapp's variance."
    return None


def script(case: Case, expected: Mapping[str, Quantity], heading: str, version: str) -> str:
    """The whole script: data, the call with every option, our numbers as comments."""
    lines = [
        f"# {comment(heading)}",
        f"# {comment(case.model.title)}",
        f"# Written by evidence {version}. Needs R with meta 8.0 or newer; not run by us.",
        "suppressMessages(library(meta))",
        "",
        *metafor.data(case),
        "found <- list()",
        "",
        *([] if refusal(case) else _call(case)),
        *metafor.exact_lines(case),
        "",
        *metafor.printing("meta"),
        "",
        *metafor.comments(case, expected, "#"),
    ]
    return "\n".join(lines) + "\n"


def _call(case: Case) -> list[str]:
    model, level = case.model, repr(case.model.level)
    common = [
        "fit <- metaprop(event = events, n = n, studlab = study,",
        f'  level = {level}, level.ma = {level}, common = FALSE, random = TRUE, method.ci = "CP",',
    ]
    if case.inverse_variance is None:
        test = "HK" if model.limits == "t" else "classic"
        common += [
            '  method = "GLMM", sm = "PLOGIT", method.tau = "ML", incr = 0.5, method.incr = "only0",',
            f'  method.random.ci = "{test}", prediction = FALSE, nAGQ = {metafor.NODES})',
        ]
    else:
        common += _inverse(case)
    limits = ["found$lower <- fit$lower.random", "found$upper <- fit$upper.random"]
    return [
        *common,
        "found$estimate <- fit$TE.random",
        *([] if model.limits.startswith("profile") else limits),
        "found$tau2 <- fit$tau2",
        *(["found$q <- fit$Q"] if case.inverse_variance is not None else []),
    ]


def _inverse(case: Case) -> list[str]:
    model = case.model
    adhoc = {"hk-floor": ', adhoc.hakn.ci = "se"', "hk": ', adhoc.hakn.ci = ""'}.get(model.limits, "")
    prediction = PREDICTIONS.get(model.prediction)
    wanted = (
        f'prediction = TRUE, level.predict = {model.level!r}, method.predict = "{prediction}"'
        if prediction
        else "prediction = FALSE"
    )
    return [
        f'  method = "Inverse", sm = "{MEASURES[model.measure]}", method.tau = "{model.tau2}", method.tau.ci = "QP",',
        f'  incr = {model.to_dict()["add"]!r}, method.incr = "{CORRECTIONS[model.to]}",',
        f'  method.random.ci = "{"HK" if model.limits.startswith("hk") else "classic"}"{adhoc},',
        f"  {wanted},",
        f"  control = {metafor.CONTROL})",
    ]


def closeness(case: Case) -> dict[str, Closeness]:
    """How close meta's numbers must be, where not to rounding."""
    model = case.inverse_variance
    keys = ("estimate", "lower", "upper", "tau2")
    if model is None:
        return dict.fromkeys(keys, metafor.OPTIMISED)
    return dict.fromkeys(keys, ITERATED) if model.tau2 in ("ML", "REML", "PM", "EB") else {}


def apart(case: Case) -> dict[str, str]:
    """What meta's numbers can't be compared with, and why."""
    if refusal(case):
        return {}
    model = case.inverse_variance
    if model is None:
        return (
            dict.fromkeys(("proportion_lower", "proportion_upper"), metafor.NO_PROFILE)
            if (case.model.limits.startswith("profile"))
            else {}
        )
    x, n = case.counts.events, case.counts.n
    if model.measure in ("PR", "PLN") and bool(((x == 0) | (x == n)).any()):
        why = "meta corrects studies without events or non-events on this scale in its own way"
        return dict.fromkeys(("estimate", "lower", "upper", "tau2", "q"), why)
    return {}


def options(case: Case) -> dict[str, Any]:
    """What the call was given that decides its numbers, for the record."""
    if refusal(case):
        return {}
    method = "GLMM" if case.inverse_variance is None else "Inverse"
    return {"call": "metaprop", "method": method, "level": case.model.level}
