"""The inverse-variance model beside meta's metaprop: pooled effects, limits, predictions, subgroups.

Tolerances: those of ``matching``, with meta's own convergence where it is the looser one: limits of tau2 come from
metafor's confint at its default precision, 1e-4 absolute. metaprop corrects raw and log proportions of 0 and 1 in its
own way: there, its numbers are made again by its rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np

from evidence.measures import MEASURES
from evidence.pooling.effects import NO_SPREAD, Centre, centre
from evidence.pooling.tau2 import TAU2, cochran_q, typical_variance
from evidence.pooling.tau2_limits import q_profile_limits
from tests.reference.binomial import Key, common_limits, common_pairs, glmm_pairs, status_of
from tests.reference.matching import DEFAULT_THRESHOLD, THRESHOLD, Floats, Pair, other_tau2

MEASURE = {"PLOGIT": "PLO", "PFT": "PFT", "PAS": "PAS", "PRAW": "PR", "PLN": "PLN"}
#: method.predict -> our prediction, and the limits whose standard error it has.
PREDICT = {
    "V": ("t", "wald"),
    "HTS": ("riley", "wald"),
    "S": ("normal", "wald"),
    "HK": ("t", "hk"),
    "HK-PR": ("riley", "hk"),
}
#: Names of a common-effect fit -> those of metaprop.
COMMON = {
    "b": "TE_common",
    "se": "seTE_common",
    "ci_lb": "lower_common",
    "ci_ub": "upper_common",
    "back_pred": "prop_TE_common",
    "back_ci_lb": "prop_lower_common",
    "back_ci_ub": "prop_upper_common",
}
META_RULE = "0 and 1 corrected by meta's own rule"
ZERO_WIDTH = "zero-width limits"
FEW = "none below 3 studies"
CONFINT_PRECISION = 1e-4
#: metafor looks for the upper limit of tau2 up to here, or up to 10 tau2, unless told otherwise.
SEARCH_END = 100.0
SEARCH_ENDS = "search ends at tau2 = 100 or 10 times its estimate"
ZERO = np.zeros(())


def meta_effects(sm: str, x: Floats, n: Floats, add: float) -> tuple[Floats, Floats]:
    """Effects and variances of PRAW and PLN by meta's rule.

    PRAW: only the variance is corrected. PLN: the constant is added once to n, and to the events where there are none;
    n of n keeps its effect 0.
    """
    bare = (x == 0) | (x == n)
    shift = np.where(bare, add, 0.0)
    if sm == "PRAW":
        return x / n, (x + shift) * (n - x + shift) / (n + 2 * shift) ** 3
    events = x + np.where(x == 0, add, 0.0)
    return np.where(x == n, 0.0, np.log(events / (n + shift))), 1 / events - 1 / (n + shift)


@cache
def effects(x: Key, n: Key, sm: str, add: float, to: str, rule: str) -> tuple[Floats, Floats]:
    """Effects and variances by our rule or by meta's."""
    if rule == "meta":
        return meta_effects(sm, np.array(x), np.array(n), add)
    measure = MEASURES[MEASURE[sm]]
    return measure.effects(np.array(x), np.array(n), add if measure.corrected else None, to)


@cache
def spread(x: Key, n: Key, sm: str, add: float, to: str, rule: str, method: str) -> float:
    """tau2."""
    return float(TAU2[method](*effects(x, n, sm, add, to, rule)))


@cache
def spread_limits(x: Key, n: Key, sm: str, add: float, to: str, rule: str) -> tuple[float, float]:
    """Q-profile limits of tau2."""
    lower, upper = q_profile_limits(*effects(x, n, sm, add, to, rule), 0.95)
    return float(lower), float(upper)


def limits_of(options: Mapping[str, Any]) -> str:
    """Our name of method.random.ci."""
    if options.get("method.random.ci") != "HK":
        return "wald"
    return "hk-floor" if options.get("adhoc.hakn.ci") == "se" else "hk"


def quantities(
    x: Key, n: Key, options: Mapping[str, Any], rule: str = "ours", at: float | None = None
) -> dict[str, float]:
    """Everything metaprop prints that the model has, by its names; ``at`` is a tau2 in place of the estimated one."""
    sm, add, to = options["sm"], options.get("incr", 0.5), options.get("method.incr", "only0")
    y, v = effects(x, n, sm, add, to, rule)
    tau2 = spread(x, n, sm, add, to, rule, options["method.tau"]) if at is None else at
    low, high = spread_limits(x, n, sm, add, to, rule)
    one = centre(y, v, ZERO, "wald", "none", 0.95, ZERO)
    many = centre(y, v, np.asarray(tau2), limits_of(options), "none", 0.95, ZERO)
    q, df = float(cochran_q(y, v)), y.size - 1
    prediction, se_of = PREDICT[options.get("method.predict", "V")]
    se_of = "hk-floor" if options.get("adhoc.hakn.pi") == "se" else se_of
    new = centre(y, v, np.asarray(tau2), se_of, prediction, 0.95, ZERO)
    found = {"tau2": tau2, "tau": tau2**0.5, "Q": q, "I2": max(0.0, (q - df) / q) if q > 0 else 0.0}
    found["H"] = max(1.0, (q / df) ** 0.5)
    if options.get("method.I2") == "tau2":
        found["I2"] = tau2 / (tau2 + float(typical_variance(v)))
        found["H"] = (tau2 / float(typical_variance(v)) + 1) ** 0.5
    if options["method.tau"] != "DL":
        found |= {"lower_tau2": low, "upper_tau2": high, "lower_tau": low**0.5, "upper_tau": high**0.5}
    scale, size = MEASURES[MEASURE[sm]], np.asarray(len(n) / sum(1 / k for k in n))
    for name, part in (("common", one), ("random", many)):
        ends = {"TE": 0.0, "lower": -1.0, "upper": 1.0}
        values = {f"{end}_{name}": float(part.mu + at * part.reach) for end, at in ends.items()}
        found |= values | {f"seTE_{name}": float(part.se)}
        found |= {f"prop_{end}": float(scale.back(np.asarray(value), size)) for end, value in values.items()}
    return found | _predicted(new, tau2, scale, size)


def _predicted(new: Centre, tau2: float, scale: Any, size: Floats) -> dict[str, float]:
    ends = {"lower": float(new.mu - new.pi_reach), "upper": float(new.mu + new.pi_reach)}
    found = {f"{end}_predict": value for end, value in ends.items()}
    found["seTE_predict"] = float(np.hypot(float(new.se), tau2**0.5)) if not np.isnan(new.pi_reach) else np.nan
    return found | {f"prop_{end}_predict": float(scale.back(np.asarray(value), size)) for end, value in ends.items()}


def inverse_pairs(xi: Any, ni: Any, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """One record of metaprop(method = "Inverse")."""
    x, n = tuple(map(float, xi)), tuple(map(float, ni))
    if len(x) < 2:
        for name, reference in values.items():
            if isinstance(reference, int | float) and name.startswith(("prop_", "TE", "lower", "upper")):
                yield Pair(name, np.nan, reference, 0.0, "one study: its own exact limits here")
        return
    ours = quantities(x, n, options)
    others: dict[str, dict[str, float]] = {}
    if options["sm"] in ("PRAW", "PLN") and any(a in (0, b) for a, b in zip(x, n, strict=True)):
        found = quantities(x, n, options, "meta")
        gap = abs(found["tau2"] - (values.get("tau2") or 0.0))
        loose = values["tau2"] if 0 < gap < DEFAULT_THRESHOLD and values.get("tau2") is not None else None
        others[META_RULE] = found if loose is None else quantities(x, n, options, "meta", loose)
    y, v = effects(x, n, options["sm"], options.get("incr", 0.5), options.get("method.incr", "only0"), "ours")
    unit = float(np.asarray(ours["seTE_random"]))
    slack = 1e-8 + y.size * THRESHOLD / float(ours["tau2"] + v.min())
    label = other_tau2(y, v, options["method.tau"], ours["tau2"], values.get("tau2"))
    if label:
        others[label] = quantities(x, n, options, at=values["tau2"])
    for name, value in ours.items():
        reference = first(values.get(name))
        if not isinstance(reference, int | float):
            continue
        if name.startswith("prop_"):
            reference = min(max(reference, 0.0), 1.0)
        pair = Pair(name, value, reference, _allowed(name, reference, unit, slack, v))
        if not pair.matches:
            pair = Pair(name, value, reference, pair.allowed, _reason(pair, others, x, n, options, ours["tau2"]))
        yield pair


def first(value: Any) -> Any:
    """The first of several (metaprop's GLMM gives two Q), or the one."""
    return value[0] if isinstance(value, list) and value else value


def _allowed(name: str, reference: float, unit: float, slack: float, v: Floats) -> float:
    if name in ("lower_tau2", "upper_tau2"):
        return CONFINT_PRECISION
    if name in ("lower_tau", "upper_tau"):
        # The square root of the limit and of its error.
        return CONFINT_PRECISION / max(reference, 1e-2)
    if name == "tau2":
        return 1e-8 * reference + THRESHOLD
    if name == "tau":
        return 1e-8 * reference + THRESHOLD / max(reference, 3e-7)
    if name in ("I2", "H"):
        return 1e-8 * max(reference, 1.0) + THRESHOLD / float(typical_variance(v))
    if name == "Q":
        return 1e-10 * (reference + 1e-10)
    return max(unit, 1e-12) * slack + 1e-12 * (1 + abs(reference))


def _reason(
    pair: Pair,
    others: Mapping[str, Mapping[str, float]],
    x: Key,
    n: Key,
    options: Mapping[str, Any],
    tau2: float,
) -> str | None:
    if "predict" in pair.quantity and len(x) < 3:
        return FEW
    for label, numbers in others.items():
        again = numbers.get(pair.quantity, np.nan)
        if abs(again - pair.reference) <= pair.allowed:
            return label
    end = max(SEARCH_END, 10 * tau2)
    end = {"upper_tau2": end, "upper_tau": end**0.5}.get(pair.quantity, np.inf)
    if abs(pair.reference - end) < 1e-6 * end and pair.ours > end:
        return SEARCH_ENDS
    made_of_width = pair.quantity.startswith(("seTE", "lower", "upper", "prop_lower", "prop_upper"))
    identical = any(_identical(x, n, options, rule) for rule in ("ours", "meta"))
    return ZERO_WIDTH if identical and made_of_width else None


def _identical(x: Key, n: Key, options: Mapping[str, Any], rule: str) -> bool:
    """Whether the Hartung-Knapp variance is 0: then ours keeps the usual one."""
    if "HK" not in (options.get("method.random.ci"), str(options.get("method.predict"))[:2]):
        return False
    if rule == "meta" and options["sm"] not in ("PRAW", "PLN"):
        return False
    y, v = effects(x, n, options["sm"], options.get("incr", 0.5), options.get("method.incr", "only0"), rule)
    return bool((v > 0).all()) and float(np.ptp(y)) < NO_SPREAD


def glmm_record_pairs(xi: Any, ni: Any, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """One record of metaprop(method = "GLMM"): lme4 with 7 nodes, and glm for the common effect."""
    x, n = tuple(map(float, xi)), tuple(map(float, ni))
    yield from common_pairs(x, n, {name: values.get(key) for name, key in COMMON.items()})
    renamed = {"b": "TE_random", "se": "seTE_random", "ci_lb": "lower_random", "ci_ub": "upper_random"}
    renamed |= {"back_pred": "prop_TE_random"}
    suffix = "riley" if options.get("method.predict") == "HTS" else "t"
    renamed |= {f"pi_lb_{suffix}": "lower_predict", f"pi_ub_{suffix}": "upper_predict"}
    theirs = {name: values[key] for name, key in renamed.items() if isinstance(values.get(key), int | float)}
    if isinstance(values.get("tau2"), int | float):
        theirs["tau"] = float(np.sqrt(values["tau2"]))
    for pair in glmm_pairs(x, n, theirs, 7, options.get("method.random.ci") == "HK", False):
        if pair.matches or pair.explained:
            yield pair
        else:
            # Its fit had failed: common-effect limits beside 5 degrees of freedom. Made again they must be these.
            again = dict(zip(("ci_lb", "ci_ub"), common_limits(x, n), strict=True)).get(pair.quantity, np.nan)
            fell = abs(again - pair.reference) <= pair.allowed
            yield replace(pair, explained="meta falls back to its common-effect fit" if fell else None)


def subgroup_pairs(
    arms: Mapping[str, tuple[Key, Key]], options: Mapping[str, Any], values: Mapping[str, Any]
) -> Iterator[Pair]:
    """Groups of their own tau2: each is an analysis like any other."""
    for i, level in enumerate(values["levels"]):
        x, n = arms[level]
        part: dict[str, Any] = {
            key.removesuffix("_w"): found[i]
            for key, found in values.items()
            if key.endswith("_w") and isinstance(found, list) and len(found) == len(values["levels"])
        }
        if "Q" in part:
            part["Q"] = [part["Q"]]
        if len(x) < 2 or (options["method"] == "GLMM" and status_of(x, n) == "single-study"):
            continue
        pairs = glmm_record_pairs if options["method"] == "GLMM" else inverse_pairs
        yield from pairs(x, n, options, part)
