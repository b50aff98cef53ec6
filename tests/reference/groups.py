"""Groups with a common tau2 beside meta's: the residual tau2 of a regression on them, and what follows from it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
from scipy.special import ndtri

from evidence.counts import Counts
from evidence.pooling.common_tau import common_parts
from evidence.pooling.family import LOGISTIC_NORMAL
from evidence.pooling.group_test import group_test
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.joint import Joint
from evidence.pooling.tau2_mods import TAU2_MODS
from tests.reference import meta
from tests.reference.binomial import Key
from tests.reference.matching import DEFAULT_THRESHOLD, LOOSE, THRESHOLD, Pair, numbers

Groups = Mapping[Any, tuple[Key, Key]]
#: lme4's stopping rule with 7 nodes, of a standard error and of tau.
PACKAGE = 1e-3


def common_tau_pairs(arms: Groups, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """One record of metaprop_subgroup with tau.common."""
    yield from (_glmm if options["method"] == "GLMM" else _inverse)(arms, options, values)


def _glmm(arms: Groups, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """Centres, their standard errors and the common tau of the logistic-normal model."""
    top = Joint.of([_counts(level, arms[level]) for level in values["levels"]], LOGISTIC_NORMAL).maximum()
    tau = float(np.sqrt(values["tau2_w"][0]))
    yield Pair("tau", top.tau, tau, PACKAGE * max(tau, 1.0))
    reach = float(ndtri(0.975)) * top.se
    ours = {"TE": top.mu, "seTE": top.se, "lower": top.mu - reach, "upper": top.mu + reach}
    for name, mine in ours.items():
        # A limit is off by what the centre and 1.96 standard errors are.
        times = 1 + float(ndtri(0.975)) if name in ("lower", "upper") else 1.0
        for i, reference in enumerate(numbers(values[f"{name}_random_w"])):
            yield Pair(f"{name}_random_w", float(mine[i]), float(reference), times * PACKAGE * float(top.se[i]))


def _counts(level: Any, part: tuple[Key, Key]) -> Counts:
    """The studies of a group, each with a name that no other group has."""
    x, n = (np.array(values, dtype=int) for values in part)
    return Counts(x, n, studies=[f"{level} {i}" for i in range(x.size)])


def _inverse(arms: Groups, options: Mapping[str, Any], values: Mapping[str, Any]) -> Iterator[Pair]:
    """Every group at the common tau2, as metaprop prints it; then the model itself, and its test."""
    levels = values["levels"]
    tau2, smallest = residual_tau2([arms[level] for level in levels], options)
    theirs = values["tau2_w"][0]
    yield Pair("tau2", tau2, theirs, 1e-8 * theirs + THRESHOLD, LOOSE if _near(tau2, theirs) else None)
    room = 1e-8 + sum(len(x) for x, _ in arms.values()) * THRESHOLD / (tau2 + smallest)
    for i, level in enumerate(levels):
        x, n = arms[level]
        if len(x) < 2:
            continue
        ours, again = (meta.quantities(x, n, options, at=at) for at in (tau2, theirs))
        for name, mine in ours.items():
            reference = _at(values.get(f"{name}_w"), i)
            if reference is None or name in ("tau", "tau2") or "common" in name:
                continue
            allowed = room * (abs(reference) + abs(ours["seTE_random"])) + 1e-12
            follows = _near(tau2, theirs) and abs(again[name] - reference) <= allowed
            few = meta.FEW if "predict" in name and len(x) < 3 else None
            yield Pair(name, mine, reference, allowed, few or (LOOSE if follows else None))
    if options["method.random.ci"] == "classic":
        yield from _through_the_model(arms, options, values, room, _near(tau2, theirs))


def _at(values: Any, i: int) -> float | None:
    found = values[i] if isinstance(values, list) else None
    return float(found) if isinstance(found, int | float) else None


def _near(ours: float, theirs: float) -> bool:
    return 0 <= abs(ours - theirs) < DEFAULT_THRESHOLD


def residual_tau2(groups: list[tuple[Key, Key]], options: Mapping[str, Any]) -> tuple[float, float]:
    """The common tau2 and the smallest sampling variance."""
    parts = [meta.effects(x, n, options["sm"], 0.5, "only0", "ours") for x, n in groups]
    y, v = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    columns = np.repeat(np.eye(len(groups)), [len(x) for x, _ in groups], axis=0)
    return float(TAU2_MODS[options["method.tau"]](y[None], v[None], columns)[0]), float(v.min())


def _through_the_model(
    arms: Groups, options: Mapping[str, Any], values: Mapping[str, Any], room: float, near: bool
) -> Iterator[Pair]:
    """Groups by ``common_parts``, and Cochran's Q between the groups, which is the Wald test of the regression."""
    chosen = InverseVariance(meta.MEASURE[options["sm"]], options["method.tau"], "wald", "none", boundary="corrected")
    groups = {str(level): _counts(level, arms[level]) for level in values["levels"]}
    loose = LOOSE if near else None
    parts = common_parts(chosen, groups, list(groups))
    for i, label in enumerate(groups):
        if label in parts:
            analysis = parts[label].analysis
            assert analysis is not None
            for name, theirs in (("estimate", "TE_random_w"), ("se", "seTE_random_w")):
                reference = float(values[theirs][i])
                allowed = room * (abs(reference) + analysis["se"]) + 1e-12
                close = abs(analysis[name] - reference) <= DEFAULT_THRESHOLD * (1 + abs(reference))
                yield Pair(f"model's {name}", analysis[name], reference, allowed, loose if close else None)
    test = group_test(chosen, groups).test
    assert test is not None
    for name, theirs in (("statistic", "Q_b_random"), ("df", "df_Q_b_random"), ("p", "pval_Q_b_random")):
        reference = float(values[theirs])
        allowed = room * (1 + abs(reference))
        close = abs(test[name] - reference) <= 10 * DEFAULT_THRESHOLD * (1 + abs(reference))
        yield Pair(f"between: {name}", test[name], reference, allowed, loose if close else None)
