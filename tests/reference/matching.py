"""Our number beside the reference number, with what may lie between them and why.

Scales of the tolerances:

* closed forms: 1e-12 relative; metafor takes variances from 1 - p, which loses eps * n / add of their digits;
* tau2: 1e-8 relative plus metafor's own convergence threshold, which is absolute (1e-13 at its tight control);
* everything computed at tau2: 1e-8 of the standard error plus what that threshold moves it: k * 1e-13 / (tau2 + min v);
* limits of tau2: 1e-8 relative plus metafor's absolute precision of 1e-12.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from evidence.measures import MEASURES, Measure
from evidence.measures.limits import study_limits
from evidence.pooling.effects import NO_SPREAD, Centre, centre
from evidence.pooling.normal_likelihood import LIKELIHOODS
from evidence.pooling.tau2 import TAU2, cochran_q, typical_variance
from evidence.pooling.tau2_limits import profile_tau2_limits, q_profile_limits

Floats = npt.NDArray[np.float64]
Record = Mapping[str, Any]

EPS = float(np.finfo(float).eps)
#: metafor's convergence threshold and the precision of its limits of tau2, both absolute.
THRESHOLD, LIMIT_PRECISION = 1e-13, 1e-12
#: The same at its default control, where Paule and Mandel's equation is solved to 1.2e-4 only.
DEFAULT_THRESHOLD = 1.3e-4
LOOSE = "metafor's default convergence, absolute"
LIMITS = {"z": "wald", "t": "t", "knha": "hk", "adhoc": "hk-floor"}
STUDY_LIMITS = {
    ("meta_ci", "CP"): "clopper-pearson",
    ("meta_ci", "WS"): "wilson",
    ("meta_ci", "WSCC"): "wilson-cc",
    ("meta_ci", "AC"): "agresti-coull",
    ("meta_ci", "SA"): "wald",
    ("meta_ci", "SACC"): "wald-cc",
    ("binom_confint", "exact"): "clopper-pearson",
    ("binom_confint", "wilson"): "wilson",
    ("binom_confint", "agresti-coull"): "agresti-coull",
    ("binom_confint", "asymptotic"): "wald",
    ("binom_confint", "prop.test"): "wilson-cc",
    ("jeffreys_brown", None): "jeffreys",
    ("mid_p", None): "mid-p",
}


@dataclass(frozen=True, slots=True)
class Pair:
    """One number of ours, the reference's, and the distance allowed; ``explained`` names a known divergence."""

    quantity: str
    ours: float
    reference: float
    allowed: float
    explained: str | None = None

    @property
    def matches(self) -> bool:
        return abs(self.ours - self.reference) <= self.allowed


def numbers(values: Sequence[float | str | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values])


def escalc_pairs(xi: Floats, ni: Floats, options: Record, values: Record) -> Iterator[Pair]:
    measure = MEASURES[options["measure"]]
    y, v = measure.effects(xi, ni, options["add"] if measure.corrected else None, options["to"])
    relative = 1e-12 + EPS * ni / 0.25
    refused = None if measure.corrected else "a correction of PAS or PFT is refused here"
    for name, ours, reference in (("yi", y, numbers(values["yi"])), ("vi", v, numbers(values["vi"]))):
        assert (np.isnan(ours) == np.isnan(reference)).all()
        for i in np.flatnonzero(~np.isnan(reference)):
            yield Pair(
                name,
                ours[i],
                reference[i],
                relative[i] * max(abs(reference[i]), 1e-3 if name == "yi" else 0.0),
                refused,
            )


def other_tau2(y: Floats, v: Floats, method: str, ours: float, theirs: float | None) -> str | None:
    """Why a package's tau2 is another one than ours: it stopped early, or at a maximum that is the lower one."""
    if theirs is None or abs(theirs - ours) <= 1e-8 * ours + THRESHOLD:
        return None
    if abs(theirs - ours) < DEFAULT_THRESHOLD:
        return LOOSE
    if method in LIKELIHOODS:
        value = LIKELIHOODS[method].value
        if float(value(y, v, np.asarray(theirs))) < float(value(y, v, np.asarray(ours))):
            return "a lower maximum of the likelihood"
    return None


def loose_pairs(xi: Floats, ni: Floats, options: Record, values: Record) -> Iterator[Pair]:
    """One record of rma with metafor's default convergence control: where its tau2 is apart from ours, the rest of its
    numbers must follow from its tau2.
    """
    y, v = MEASURES[options["measure"]].effects(xi, ni)
    again: Iterator[Pair] = iter(())
    why = None
    if options["method"] in TAU2:
        why = other_tau2(y, v, options["method"], float(TAU2[options["method"]](y, v)), values["tau2"])
        if why:
            again = rma_pairs(xi, ni, options, values, np.asarray(values["tau2"]))
    follows = {pair.quantity: pair.matches for pair in again}
    for pair in rma_pairs(xi, ni, options, values):
        yield replace(pair, explained=why) if follows.get(pair.quantity) and not pair.matches else pair


def rma_pairs(xi: Floats, ni: Floats, options: Record, values: Record, tau2: Floats | None = None) -> Iterator[Pair]:
    """One record of rma: the pooled effect, its limits, prediction and what follows from tau2, ours if not given."""
    measure = MEASURES[options["measure"]]
    y, v = measure.effects(xi, ni)
    method, limits = options["method"], LIMITS[options["test"]]
    if tau2 is None:
        tau2 = TAU2[method](y, v) if method in TAU2 else np.zeros(())
    level = options.get("level", 95) / 100
    found = centre(y, v, tau2, limits, "normal" if limits == "wald" else "t", level, np.zeros(()))
    slack = ni.size * THRESHOLD / float(tau2 + v.min())
    identical = "zero-width limits" if limits == "hk" and float(found.factor) <= NO_SPREAD else None
    yield from _tau2_pairs(y, v, tau2, values, random=method in TAU2)
    yield from _likelihood_pairs(y, v, tau2, values, slack)
    riley = centre(y, v, tau2, limits, "riley", level, np.zeros(()))
    unit = float(found.plain_se) * (1e-8 + slack)
    for name, ours in _on_scale(found, riley, method in TAU2 and ni.size > 2).items():
        reference = values.get(name)
        if isinstance(reference, int | float):
            yield Pair(name, ours, reference, unit, identical if name != "b" else None)
    yield from _back_pairs(measure, found, ni, values, unit, identical)


def _on_scale(found: Centre, riley: Centre, predicted: bool) -> dict[str, float]:
    mu, reach = float(found.mu), float(found.reach)
    ours = {"b": mu, "se": float(found.se), "ci_lb": mu - reach, "ci_ub": mu + reach}
    if predicted:
        for suffix, pi in (("", float(found.pi_reach)), ("_riley", float(riley.pi_reach))):
            ours |= {f"pi_lb{suffix}": mu - pi, f"pi_ub{suffix}": mu + pi}
    return ours


def _tau2_pairs(y: Floats, v: Floats, tau2: Floats, values: Record, random: bool) -> Iterator[Pair]:
    s2, reference = float(typical_variance(v)), values["tau2"]
    yield Pair("tau2", float(tau2), reference, 1e-8 * reference + THRESHOLD)
    off = 1e-8 + THRESHOLD / s2
    if random and values.get("I2") is not None:
        yield Pair("I2", 100 * float(tau2 / (tau2 + s2)), values["I2"], 100 * off)
        if values.get("H2") is not None:
            yield Pair("H2", float(tau2) / s2 + 1, values["H2"], off * values["H2"])
    if values.get("QE") is not None:
        yield Pair("QE", float(cochran_q(y, v)), values["QE"], 1e-10 * (values["QE"] + 1e-10))


def _likelihood_pairs(y: Floats, v: Floats, tau2: Floats, values: Record, slack: float) -> Iterator[Pair]:
    for name in ("ML", "REML"):
        reference = values.get(f"loglik_{name}")
        if reference is not None:
            yield Pair(
                f"loglik_{name}",
                float(LIKELIHOODS[name].value(y, v, tau2)),
                reference,
                1e-9 * abs(reference) + 1e-9 + slack * y.size,
            )


def _back_pairs(
    measure: Measure, found: Centre, ni: Floats, values: Record, unit: float, identical: str | None
) -> Iterator[Pair]:
    """Back on the proportion scale, where metafor does not cut off at 0 and 1; steepest slope of any scale is 1."""
    size = np.asarray(ni.size / (1 / ni).sum())
    for name, at in (("pred", 0.0), ("ci_lb", -1.0), ("ci_ub", 1.0)):
        reference = values.get(f"back_{name}")
        if reference is not None:
            ours = float(measure.back(found.mu + at * found.reach, size))
            yield Pair(
                f"back_{name}",
                ours,
                min(max(reference, 0.0), 1.0),
                unit + 1e-12,
                identical if name != "pred" else None,
            )


def tau2_pairs(xi: Floats, ni: Floats, options: Record, values: Record) -> Iterator[Pair]:
    """The independent solver: as exact as ours, so only rounding lies between; our likelihood is at least as high."""
    y, v = MEASURES[options["measure"]].effects(xi, ni)
    ours, reference = float(TAU2[options["method"]](y, v)), values["tau2"]
    yield Pair("tau2", ours, reference, 1e-8 * reference + 1e-10 * float(v.min()))
    if values.get("loglik") is not None:
        height = float(LIKELIHOODS[options["method"]].value(y, v, np.asarray(ours)))
        reference = values["loglik"]
        yield Pair("loglik", min(height, reference), reference, 1e-10 * abs(reference))


def confint_pairs(xi: Floats, ni: Floats, options: Record, values: Record) -> Iterator[Pair]:
    y, v = MEASURES[options["measure"]].effects(xi, ni)
    level, method = options["level"] / 100, options["method"]
    if options["type"] == "QP":
        lower, upper = q_profile_limits(y, v, level)
    else:
        lower, upper = profile_tau2_limits(y, v, TAU2[method](y, v), method, level)
    for name, ours in (("tau2_lb", lower), ("tau2_ub", upper)):
        reference = values[name]
        yield Pair(name, float(ours), reference, 1e-8 * reference + LIMIT_PRECISION)


def study_limit_pairs(xi: Floats, ni: Floats, options: Record, values: Record) -> Iterator[Pair]:
    """Limits of single proportions; two defects of the references are named, not copied."""
    key = (options["procedure"], options.get("method"))
    method = STUDY_LIMITS[key]
    level = options["level"]
    lower, upper = study_limits(xi, ni, method, level)
    for name, ours in (("lower", lower), ("upper", upper)):
        for i, reference in enumerate(numbers(values[name])):
            explained = None
            if key == ("binom_confint", "prop.test"):
                explained = _prop_test(level, 2 * xi[i] == ni[i])
            elif method == "wilson-cc" and xi[i] in (0, ni[i]):
                explained = "meta excludes 0 at 0 events, 1 at n"
            yield Pair(name, ours[i], min(max(reference, 0.0), 1.0), 1e-12, explained)


def _prop_test(level: float, half: bool) -> str | None:
    if level != 0.95:
        return "binom.confint ignores the level for prop.test"
    return "prop.test drops the correction at x = n / 2" if half else None


#: Procedure -> its pairs.
PROCEDURES = {
    "escalc": escalc_pairs,
    "rma": rma_pairs,
    "reference_tau2": tau2_pairs,
    "confint": confint_pairs,
    "study_limits": study_limit_pairs,
}
