"""Influence and Baujat's plot beside metafor's: every study left out, as one stack."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from evidence.counts import Counts
from evidence.measures import MEASURES
from evidence.pooling.boundaries import blank
from evidence.pooling.effects import NO_SPREAD, centre
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.result import Estimates
from evidence.sensitivity.baujat import baujat
from evidence.sensitivity.deletion import Deletions, WeightedDeletions, weighted_deletions
from evidence.sensitivity.influence import (
    COOK_LIMIT,
    DFBETAS_LIMIT,
    FEWEST,
    HAT_FACTOR,
    dffits_limit,
    influence,
    reasons_of,
)
from tests.reference.cases import Case
from tests.reference.matching import LIMITS, THRESHOLD, Floats, Pair, numbers
from tests.reference.stacks import SLACK

TOO_FEW = "not asked below 3 studies"
#: metafor divides the shift by the square root of hat times the variance of the effect at the tau2 without the study,
#: here it is the standard error without the study.
OTHER_DFFITS = "DFFITS over another standard error, repeated"
ZERO_WIDTH = "zero-width limits"
NAMES = {
    "cook_d": "cook",
    "dffits": "dffits",
    "cov_r": "covariance_ratio",
    "tau2_del": "tau2_without",
    "rstudent": "rstudent",
    "dfbs": "dfbetas",
    "QE_del": "q_without",
    "hat": "hat",
    "weight_pct": "weight_pct",
}


@dataclass(frozen=True, slots=True)
class Found:
    """Ours, by our names, and what metafor's own DFFITS and flags would be; shape (studies,)."""

    ours: dict[str, Floats]
    flags: list[bool]
    other_dffits: Floats
    other_flags: Floats
    no_width: np.ndarray
    room: Floats


def influence_pairs(case: Case) -> Iterator[Pair]:
    """Every measure and flag of every study."""
    assert case.values is not None
    k = case.xi.size
    found = _found(case) if k >= FEWEST else None
    for theirs, name in NAMES.items():
        for i, reference in enumerate(numbers(case.values[theirs])):
            if found is None:
                yield Pair(name, np.nan, reference, 0.0, TOO_FEW)
            elif not np.isnan(reference):
                yield _pair(found, name, i, reference)
    for i, reference in enumerate(case.values["is_infl"]):
        if found is None:
            yield Pair("flag", np.nan, float(reference or 0), 0.0, TOO_FEW)
            continue
        again = bool(found.other_flags[i]) == bool(reference)
        why = ZERO_WIDTH if found.no_width[i] else OTHER_DFFITS if again else None
        yield Pair("flag", float(found.flags[i]), float(reference or 0), 0.0, why)


def _pair(found: Found, name: str, i: int, reference: float) -> Pair:
    # Each is a smooth function of (th - th_i) / se, which metafor's convergence leaves uncertain by this much.
    room = 4 * float(found.room[i]) * (1 + abs(reference)) if np.isfinite(reference) else 0.0
    if name == "weight_pct":
        room *= 100
    if name == "tau2_without":
        room = SLACK * reference + THRESHOLD
    why = ZERO_WIDTH if found.no_width[i] and name not in ("hat", "weight_pct", "tau2_without", "q_without") else None
    if name == "dffits" and abs(found.other_dffits[i] - reference) <= room:
        why = OTHER_DFFITS
    return Pair(name, float(found.ours[name][i]), reference, room, why)


def baujat_pairs(case: Case) -> Iterator[Pair]:
    """Both axes."""
    assert case.values is not None
    few = case.xi.size < FEWEST
    found = None if few else baujat(_counts(case), _model(case))
    for theirs, name in (("x", "contribution"), ("y", "influence")):
        for i, reference in enumerate(numbers(case.values[theirs])):
            ours = np.nan if found is None else float(getattr(found, name)[i])
            yield Pair(name, ours, reference, 1e-9 * (1 + reference), TOO_FEW if few else None)


def _counts(case: Case) -> Counts:
    return Counts(case.xi.astype(int), case.ni.astype(int))


def _model(case: Case) -> InverseVariance:
    method, limits = case.options["method"], LIMITS[case.options.get("test", "z")]
    tau2 = "DL" if method == "EE" else method
    return InverseVariance(case.options["measure"], tau2, limits, "none", boundary="corrected")


def _found(case: Case) -> Found:
    counts, model, k = _counts(case), _model(case), case.xi.size
    if case.options["method"] == "EE":
        whole, left = _equal_effects(case)
        forms = Deletions(whole.effect[0], whole.se[0], left.effect, left.se)
        weighted = weighted_deletions(model, counts, whole, left)
        assert weighted is not None
        flags = [bool(reasons_of(i, forms, weighted, "ok")) for i in range(k)]
        tau2 = left.tau2
    else:
        asked = influence(counts, model)
        assert asked.weighted is not None
        forms, weighted, left, tau2 = asked.forms, asked.weighted, asked.left, asked.left.tau2
        flags = [bool(why) for why in asked.reasons]
    ours = {name: getattr(weighted, name) for name in ("hat", "rstudent", "dfbetas", "q_without")}
    ours |= {name: getattr(forms, name) for name in ("cook", "dffits", "covariance_ratio")}
    ours |= {"tau2_without": tau2, "weight_pct": 100 * weighted.weight}
    y, v = MEASURES[case.options["measure"]].effects(case.xi, case.ni)
    rest = np.where(np.eye(k, dtype=bool), np.inf, v)
    plain = 1 / np.sqrt((1 / (rest + tau2[:, None])).sum(1))
    factor = (left.se / plain) ** 2
    other = (forms.effect - left.effect) / np.sqrt(factor * weighted.hat * (tau2 + v))
    part = centre(np.where(np.isinf(rest), 0.0, y), rest, tau2, "hk", "none", 0.95, np.zeros(k))
    no_width = (part.factor <= NO_SPREAD) & (model.limits == "hk")
    room = SLACK + k * THRESHOLD / (tau2 + v.min())
    return Found(ours, flags, other, _their_rule(forms, weighted, other), no_width, room)


def _their_rule(forms: Deletions, weighted: WeightedDeletions, dffits: Floats) -> Floats:
    k = dffits.size
    high = (np.abs(dffits) > dffits_limit(k)) | (forms.cook > COOK_LIMIT)
    return np.asarray(high | (weighted.hat > HAT_FACTOR / k) | (np.abs(weighted.dfbetas) > DFBETAS_LIMIT))


def _equal_effects(case: Case) -> tuple[Estimates, Estimates]:
    """All studies, and all but each, at tau2 = 0."""
    y, v = MEASURES[case.options["measure"]].effects(case.xi, case.ni)
    k = v.size
    out = np.eye(k, dtype=bool)
    found = []
    for effects, variances in ((y[None], v[None]), (np.where(out, 0.0, y), np.where(out, np.inf, v))):
        rows = effects.shape[0]
        part = centre(effects, variances, np.zeros(rows), "wald", "none", 0.95, np.zeros(rows))
        estimates = blank(rows)
        estimates.effect[:], estimates.se[:], estimates.tau2[:] = part.mu, part.plain_se, 0.0
        found.append(estimates)
    return found[0], found[1]
