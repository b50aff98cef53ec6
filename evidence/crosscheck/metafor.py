"""An analysis as a script of R with metafor: what is run to check it, and what a reader is given to run."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from .comparison import Closeness
from .quoting import comment, r_string

if TYPE_CHECKING:
    from .case import Case
    from .comparison import Quantity

NAME = "metafor"
MEASURES = ("PR", "PLN", "PLO", "PAS", "PFT")
#: Our limits -> metafor's test.
TESTS: Mapping[str, str] = {"wald": "z", "t": "t", "hk": "knha", "hk-floor": "adhoc"}
#: Our prediction interval -> the limits with which metafor's predict() has the same.
PREDICTIONS: Mapping[str, tuple[str, ...]] = {"t": ("t", "hk", "hk-floor"), "normal": ("wald",), "none": tuple(TESTS)}
TAU2_LIMITS: Mapping[str, str] = {"q-profile": "QP", "profile": "PL"}
#: metafor's convergence control is absolute and loose by default, and its REML can oscillate.
CONTROL = "list(threshold = 1e-13, tol = 1e-13, stepadj = 0.5, maxiter = 5000)"
#: Nodes of adaptive Gauss-Hermite quadrature: the most lme4 takes. Its default in rma.glmm, 7, is short at large tau.
NODES = 100
#: All digits of a number.
DIGITS = "%.17g"

#: What hangs on the estimate of tau2.
ESTIMATES = ("estimate", "se", "lower", "upper", "proportion", "proportion_lower", "proportion_upper", "tau2")
ITERATED = Closeness(1e-6, "metafor iterates, with its tolerances at 1e-13")
SEARCHED = Closeness(1e-6, "confint() searches to 1e-12")
OPTIMISED = Closeness(1e-3, "glmer's optimiser stops when the deviance changes little")
NO_MODEL: Mapping[str, str] = {
    "beta-binomial": "it has no beta-binomial model of counts out of n.",
    "bayesian": "it has no Bayesian models.",
}
#: The mean proportion over studies at metafor's estimates.
MEAN = "integrate(mean_at, -Inf, Inf, rel.tol = 1e-10)$value"
NO_PROFILE = "rma.glmm has no profile limits"
NO_LIKELIHOOD = "rma.glmm derives it from glmer's conditional deviance, not from the marginal likelihood"


def refusal(case: Case) -> str | None:
    """Why metafor can't do this analysis, or None."""
    model = case.inverse_variance
    if not case.fitted:
        return f"nothing of the model to check: the status is {case.pooled.status}."
    if case.model.name in NO_MODEL:
        return NO_MODEL[case.model.name]
    if model is not None and model.measure not in MEASURES:
        return f"its escalc has {model.measure} in newer versions only; it is not used here."
    return None


def script(case: Case, expected: Mapping[str, Quantity], heading: str, version: str) -> str:
    """The whole script: data, the call with every option, what it printed here as comments.

    Args:
        case: What is analysed.
        expected: Our numbers.
        heading: What the analysis is of; one line of a comment.
        version: Of this package.
    """
    lines = [
        f"# {comment(heading)}",
        f"# {comment(case.model.title)}",
        f"# Written by evidence {version}. Needs R with metafor (tried with 3.8-1). Run: Rscript --vanilla FILE.R",
        "suppressMessages(library(metafor))",
        "",
        *data(case),
        "found <- list()",
        "",
        *model_lines(case),
        *exact_lines(case),
        "",
        *printing("metafor"),
        "",
        *comments(case, expected, "#"),
    ]
    return "\n".join(lines) + "\n"


def data(case: Case) -> list[str]:
    """The studies as vectors of R."""
    counts = case.counts
    lines = [
        vector("study", [r_string(label) for label in counts.labels]),
        vector("events", [str(int(x)) for x in counts.events]),
    ]
    lines.append(vector("time" if case.is_rates else "n", [repr(n.item()) for n in counts.n]))
    if case.arms.k > counts.k:
        lines.append("# The arms of a study share its random effect: their sums stand above, the arms themselves here.")
        lines.append(vector("arm_events", [str(int(x)) for x in case.arms.events]))
        lines.append(vector("arm_n", [repr(n.item()) for n in case.arms.n]))
    return lines


def vector(name: str, values: Sequence[str]) -> str:
    """``name <- c(...)`` in lines of readable length."""
    lines, line = [], f"{name} <- c("
    for i, value in enumerate(values):
        piece = value + (")" if i == len(values) - 1 else ",")
        if len(line) + len(piece) > 110 and not line.endswith("("):
            lines.append(line.rstrip())
            line = "  "
        line += piece + " "
    return "\n".join([*lines, line.rstrip()])


def model_lines(case: Case) -> list[str]:
    """The call and what is taken from it."""
    if why := refusal(case):
        return [f"# {NAME}: {why}"]
    if case.inverse_variance is not None:
        return _inverse_variance(case)
    return _common_effect(case) if case.model.name == "common-effect" else _mixed(case)


def _inverse_variance(case: Case) -> list[str]:
    model = case.model
    options = model.to_dict()
    level = percent(model.level)
    lines = [
        f'effects <- escalc(measure = "{model.measure}", xi = events, ni = n, slab = study, add = {options["add"]!r},'
        f' to = "{model.to}", vtype = "LS")',
        f'fit <- rma(yi, vi, data = effects, method = "{model.tau2}", test = "{TESTS[model.limits]}", level = {level},'
        f" weighted = TRUE,\n  control = {CONTROL})",
        *_back(model.measure, model.way_back),
        "found$estimate <- c(fit$beta)",
        "found$se <- fit$se",
        "found$lower <- fit$ci.lb",
        "found$upper <- fit$ci.ub",
        "found$proportion <- back(c(fit$beta))",
        "found$proportion_lower <- back(fit$ci.lb)",
        "found$proportion_upper <- back(fit$ci.ub)",
        "found$tau2 <- fit$tau2",
        "found$q <- fit$QE",
        "found$i2 <- fit$I2 / 100",
        f'found$log_likelihood <- fit$fit.stats["ll", "{"REML" if model.tau2 == "REML" else "ML"}"]',
    ]
    if model.limits in PREDICTIONS.get(model.prediction, ()) and model.prediction != "none":
        lines += [
            f"prediction <- predict(fit, level = {level})",
            "found$pi_lower <- back(prediction$pi.lb)",
            "found$pi_upper <- back(prediction$pi.ub)",
        ]
    return [
        *lines,
        f'limits <- tryCatch(confint(fit, type = "{TAU2_LIMITS[model.tau2_limits]}", level = {level},'
        " control = list(tol = 1e-12, tau2.max = 1e6))$random[1, 2:3],\n  error = function(e) c(NA, NA))",
        "found$tau2_lower <- limits[[1]]",
        "found$tau2_upper <- limits[[2]]",
    ]


def _back(measure: str, way_back: str | None) -> list[str]:
    """The function ``back`` of R: from the measure's scale to a proportion."""
    if measure == "PFT" and way_back == "inverse-variance":
        return [
            "# The sample size of the way back: 1 / (4 se^2) with the standard error before any adjustment.",
            "size <- sum(1 / (effects$vi + fit$tau2)) / 4",
            "back <- function(y) transf.ipft(y, size)",
        ]
    functions = {
        "PR": "pmin(pmax(y, 0), 1)",
        "PLN": "pmin(exp(y), 1)",
        "PLO": "transf.ilogit(y)",
        "PAS": "transf.iarcsin(y)",
        "PFT": "transf.ipft.hm(y, targs = list(ni = n))",
    }
    return [f"back <- function(y) {functions[measure]}"]


def _mixed(case: Case) -> list[str]:
    model, rates = case.model, case.is_rates
    size, measure = ("ti = time", "IRLN") if rates else ("ni = n", "PLO")
    test, level = "t" if model.limits == "t" else "z", percent(model.level)
    inverse, mean = ("exp", "exp(found$estimate + found$tau2 / 2)") if rates else ("plogis", MEAN)
    lines = [
        f'fit <- rma.glmm(measure = "{measure}", xi = events, {size}, slab = study, add = 1/2, to = "only0",\n'
        f'  drop00 = TRUE, model = "UM.FS", method = "ML", test = "{test}", level = {level}, nAGQ = {NODES})',
        "found$estimate <- c(fit$beta)",
        "found$se <- fit$se",
        f"found$proportion <- {inverse}(c(fit$beta))",
        "found$tau2 <- fit$tau2",
    ]
    if not rates:
        lines.append("mean_at <- function(z) plogis(found$estimate + sqrt(found$tau2) * z) * dnorm(z)")
    lines.append(f"found$mean <- {mean}")
    if model.limits in ("t", "wald"):
        lines += [
            "found$lower <- fit$ci.lb",
            "found$upper <- fit$ci.ub",
            f"found$proportion_lower <- {inverse}(fit$ci.lb)",
            f"found$proportion_upper <- {inverse}(fit$ci.ub)",
        ]
    return lines


def _common_effect(case: Case) -> list[str]:
    limits = case.model.limits
    lines = [
        'fit <- glm(cbind(events, n - events) ~ 1, family = binomial(link = "logit"),'
        " control = glm.control(epsilon = 1e-14, maxit = 200))",
        "found$estimate <- coef(fit)[[1]]",
        "found$se <- sqrt(vcov(fit)[1, 1])",
        "found$proportion <- plogis(found$estimate)",
        "found$log_likelihood <- as.numeric(logLik(fit))",
    ]
    if limits == "wald":
        lines += [
            f"reach <- qnorm(1 - (1 - {case.model.level!r}) / 2) * found$se",
            "found$lower <- found$estimate - reach",
            "found$upper <- found$estimate + reach",
            "found$proportion_lower <- plogis(found$lower)",
            "found$proportion_upper <- plogis(found$upper)",
        ]
    return lines


def exact_lines(case: Case) -> list[str]:
    """Limits of each study on its own and of the totals, where base R has the formula."""
    level = f"conf.level = {case.model.level!r}"
    if case.is_rates:
        return [
            f"own <- function(x, t) poisson.test(x, T = t, {level})$conf.int",
            f"found$study_limits <- c(mapply(own, {_arms(case, 'time')}))",
        ]
    lines = [
        f"exact <- function(x, n) binom.test(x, n, {level})$conf.int",
        "found$total_lower <- exact(sum(events), sum(n))[1]",
        "found$total_upper <- exact(sum(events), sum(n))[2]",
    ]
    own = {
        "clopper-pearson": "exact(x, n)",
        "wilson": f"suppressWarnings(prop.test(x, n, correct = FALSE, {level})$conf.int)",
    }.get(case.study_limits)
    if own is not None:
        lines += [f"own <- function(x, n) {own}", f"found$study_limits <- c(mapply(own, {_arms(case, 'n')}))"]
    return lines


def _arms(case: Case, size: str) -> str:
    return "arm_events, arm_n" if case.arms.k > case.counts.k else f"events, {size}"


def printing(package: str) -> list[str]:
    """Print versions and numbers as lines of tab-separated fields, with all digits."""
    return [
        'cat(sprintf("R\\t%s.%s\\n", R.version$major, R.version$minor))',
        f'cat(sprintf("{package}\\t%s\\n", packageDescription("{package}")$Version))',
        f'for (name in names(found)) cat(name, sprintf("{DIGITS}", found[[name]]), "\\n", sep = "\\t")',
    ]


def comments(case: Case, expected: Mapping[str, Quantity], sign: str) -> list[str]:
    """Our numbers as lines of a comment."""
    lines = [f"{sign} Expected: status {case.pooled.status}"]
    for quantity in expected.values():
        if isinstance(quantity.value, float):
            lines.append(f"{sign}   {quantity.key:<18} {quantity.value!r:<24} {comment(quantity.label)}")
    return lines


def closeness(case: Case) -> dict[str, Closeness]:
    """How close metafor's numbers must be, where not to rounding."""
    model = case.inverse_variance
    if model is None:
        mixed = case.fitted and case.model.name != "common-effect"
        return dict.fromkeys((*ESTIMATES, "mean"), OPTIMISED) if mixed else {}
    found = dict.fromkeys(("tau2_lower", "tau2_upper"), SEARCHED)
    if model.tau2 in ("ML", "REML", "PM", "EB"):
        found |= dict.fromkeys((*ESTIMATES, "i2", "pi_lower", "pi_upper", "log_likelihood"), ITERATED)
    return found


def apart(case: Case) -> dict[str, str]:
    """What metafor's numbers can't be compared with, and why."""
    if refusal(case):
        return {}
    model = case.inverse_variance
    if model is not None:
        if model.limits in PREDICTIONS.get(model.prediction, ()):
            return {}
        why = "metafor's predict() uses the quantile and the standard error of the confidence limits"
        return dict.fromkeys(("pi_lower", "pi_upper"), why)
    if case.model.name == "common-effect":
        why = "glm has no profile limits in base R"
        return dict.fromkeys(("proportion_lower", "proportion_upper"), why) if case.model.limits == "profile" else {}
    found = {"log_likelihood": NO_LIKELIHOOD}
    if case.model.limits.startswith("profile"):
        found |= dict.fromkeys(("proportion_lower", "proportion_upper"), NO_PROFILE)
    return found


def percent(level: float) -> str:
    """A level as metafor takes it: ``95``."""
    return f"{round(100 * level, 10):.12g}"


def options(case: Case) -> dict[str, Any]:
    """What the call was given that decides its numbers, for the record."""
    model = case.inverse_variance
    if refusal(case):
        return {}
    if model is not None:
        chosen = {
            "measure": model.measure,
            "method": model.tau2,
            "test": TESTS[model.limits],
            "level": percent(model.level),
        }
        return {"call": "rma"} | chosen | {"add": model.to_dict()["add"], "to": model.to, "control": CONTROL}
    if case.model.name == "common-effect":
        return {"call": "glm, binom.test"}
    return {"call": "rma.glmm", "measure": "IRLN" if case.is_rates else "PLO", "method": "ML", "nAGQ": NODES}


def number(text: str) -> float:
    """A number that R printed; NaN for NA."""
    return float("nan") if text in ("NA", "NaN") else float(np.float64(text.replace("Inf", "inf")))
