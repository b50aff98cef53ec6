"""Tests of funnel asymmetry and trim-and-fill beside metafor's and meta's.

metabias, trimfill and its refits run at metafor's default convergence; where REML is apart, the numbers are made again
at the tau2 that theirs imply, which must lie within that threshold of ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import stdtr

from evidence.errors import ComputeError
from evidence.measures import MEASURES
from evidence.pooling.effects import centre
from evidence.pooling.tau2 import TAU2, cochran_q
from evidence.sensitivity.asymmetry import PREDICTORS, VANISHING, Line, least_squares, line, ranks
from evidence.sensitivity.filling import Filled, fill
from tests.reference.cases import Case
from tests.reference.matching import DEFAULT_THRESHOLD, LOOSE, THRESHOLD, Floats, Pair, numbers
from tests.reference.meta import MEASURE

RELATIVE = 1e-8
SYMMETRIC = "a symmetric funnel: there the sign of a rounding error decides"
NO_LINE = "identical effects or sizes, or 2 studies: no line here"
TESTS = {"z": "z", "knha": "hk"}


def _line_numbers(found: Line) -> dict[str, float | None]:
    low, high = found.limits(0.95)
    both = {"intercept": found.intercept, "se_intercept": found.intercept_se, "tau2": found.tau2}
    both |= {"slope": found.slope, "se_slope": found.slope_se, "df": found.df, "pval": found.p}
    both |= {"tval": found.statistic, "stat": found.statistic}
    return both | {"limit_est": found.intercept, "limit_ci_lb": low, "limit_ci_ub": high}


def _finite(values: Any) -> Iterator[tuple[str, float]]:
    """The numbers of a record; those that are not defined there are left out."""
    for name, value in values.items():
        if isinstance(value, int | float) and not isinstance(value, bool):
            yield name, float(value)


def regtest_pairs(case: Case) -> Iterator[Pair]:
    """One record of regtest."""
    assert case.values is not None
    options = case.options
    y, v = MEASURES[options["measure"]].effects(case.xi, case.ni)
    x = PREDICTORS[options["predictor"]][0](v, case.ni)
    try:
        found = line(y, v, x, options["model"], TESTS[options.get("test", "z")])
    except ComputeError:
        for name, reference in _finite(case.values):
            yield Pair(name, np.nan, reference, 0.0, NO_LINE)
        return
    assert ("limit_est" in case.values and case.values["limit_est"] is not None) == (options["predictor"] in VANISHING)
    slack = RELATIVE + (y.size * THRESHOLD / (found.tau2 + v.min()) if found.tau2 is not None else 0.0)
    ours = _line_numbers(found)
    units = {"slope": found.slope_se, "se_slope": found.slope_se, "pval": 1.0, "tval": 1.0, "stat": 1.0, "df": 0.0}
    for name, reference in _finite(case.values):
        mine = ours[name]
        assert mine is not None
        room = slack * (abs(reference) + units.get(name, found.intercept_se))
        yield Pair(name, float(mine), reference, RELATIVE * reference + THRESHOLD if name == "tau2" else room)


def ranktest_pairs(case: Case) -> Iterator[Pair]:
    """One record of ranktest."""
    assert case.values is not None
    wanted = dict(_finite(case.values))
    if wanted:
        found = ranks(*MEASURES[case.options["measure"]].effects(case.xi, case.ni))
        for name, ours in (("tau", found.tau), ("pval", found.p)):
            yield Pair(name, ours, wanted[name], 1e-10)


def metabias_pairs(case: Case) -> Iterator[Pair]:
    """One record of metabias."""
    assert case.values is not None
    method, values = case.options["method.bias"], case.values
    if not isinstance(values["estimate"], list) or not isinstance(values["statistic"], int | float):
        return
    theirs = np.array([values["statistic"], values["pval"], *numbers(values["estimate"])], dtype=float)
    y, v = MEASURES[MEASURE[case.options["sm"]]].effects(case.xi, case.ni)
    if method == "Begg":
        rank = ranks(y, v, "normal")
        ours: tuple[float, ...] = (rank.score / rank.score_se, rank.p, float(rank.score), rank.score_se)
        yield from _four(ours, theirs, None)
        return
    try:
        found = _metabias_line(case, method, y, v)
    except ComputeError:
        yield from _four((np.nan,) * 4, theirs, NO_LINE)
        return
    ours = (found.statistic, found.p, found.slope, found.slope_se)
    loose = method == "Thompson" and _at_their_tau2(y, v, found, theirs)
    yield from _four(ours, theirs, LOOSE if loose else None)


def _metabias_line(case: Case, method: str, y: Floats, v: Floats) -> Line:
    """Peters' weights come from the uncorrected cells there, so that 0 % and 100 % have none."""
    if method == "Egger":
        return line(y, v, np.sqrt(v))
    if method == "Thompson":
        return line(y, v, np.sqrt(v), "rma", "t")
    x, n = case.xi, case.ni
    kept = (x > 0) & (x < n)
    x, n = x[kept], n[kept]
    return line(y[kept], 1 / x + 1 / (n - x), 1 / n)


def _four(ours: tuple[float, ...], theirs: Floats, why: str | None) -> Iterator[Pair]:
    for name, mine, reference in zip(("statistic", "pval", "estimate", "se"), ours, theirs, strict=True):
        if np.isfinite(reference):
            yield Pair(name, mine, float(reference), RELATIVE * (1 + abs(float(reference))), why)


def _at_their_tau2(y: Floats, v: Floats, found: Line, theirs: Floats) -> bool:
    """Whether all four numbers are those of one tau2 within metafor's default threshold of ours."""
    assert found.tau2 is not None
    x, k = np.sqrt(v), y.size

    def se(tau2: float) -> float:
        return float(np.sqrt(least_squares(y, v, x, tau2).covariance[1, 1])) - float(theirs[3])

    ends = max(0.0, found.tau2 - DEFAULT_THRESHOLD), found.tau2 + DEFAULT_THRESHOLD
    if se(ends[0]) * se(ends[1]) > 0:
        return False
    slope = least_squares(y, v, x, brentq(se, *ends, xtol=1e-15, rtol=1e-14)).slope
    statistic = slope / theirs[3]
    again = (statistic, 2 * float(stdtr(k - 2.0, -abs(statistic))), slope, theirs[3])
    return bool(np.allclose(again, theirs, rtol=1e-6, atol=1e-9))


def trimfill_pairs(case: Case) -> Iterator[Pair]:
    """One record of metafor's trimfill."""
    assert case.values is not None
    options, values = case.options, case.values
    y, v = MEASURES[options["measure"]].effects(case.xi, case.ni)
    method = None if options["method"] == "EE" else options["method"]
    found = fill(y, v, method, options["estimator"], options["side"])
    symmetric = SYMMETRIC if _symmetric(y) else None
    yield Pair("left", found.side == "left", values["side"] == "left", 0.0, symmetric)
    counts = {"k0": found.missing, "k": y.size + found.missing, "se_k0": found.se, "p_k0": found.p}
    for name, reference in _finite({name: values[name] for name in counts}):
        mine = counts[name]
        yield Pair(name, np.nan if mine is None else mine, reference, RELATIVE * reference, symmetric)
    theirs = numbers(values["filled_yi"]), numbers(values["filled_vi"])
    loose = _shifted(y, v, found, theirs[0]) if method == "REML" else None
    if found.missing == theirs[0].size:
        for name, mine_all, reference_all in (("filled_yi", found.y, theirs[0]), ("filled_vi", found.v, theirs[1])):
            for mine, reference in zip(mine_all, reference_all, strict=True):
                room = RELATIVE * max(abs(reference), 1e-6)
                yield Pair(name, mine, reference, room, loose if name == "filled_yi" else None)
    yield from _refit_pairs((y, v), found, theirs, method, (dict(_finite(values)), symmetric))


def _refit_pairs(
    effects: tuple[Floats, Floats],
    found: Filled,
    theirs: tuple[Floats, Floats],
    method: str | None,
    wanted: tuple[dict[str, float], str | None],
) -> Iterator[Pair]:
    """The pooled effect of all, filled ones included."""
    values, symmetric = wanted
    y, v = effects
    ours = _refit(np.append(y, found.y), np.append(v, found.v), method, None)
    again = _refit(np.append(y, theirs[0]), np.append(v, theirs[1]), method, values["tau2"])
    near = abs(ours["tau2"] - values["tau2"]) < DEFAULT_THRESHOLD
    slack = RELATIVE + y.size * THRESHOLD / float(ours["tau2"] + v.min())
    for name, mine in ours.items():
        reference = values[name]
        room = slack * (ours["se"] + abs(reference)) if name not in ("tau2", "QE") else RELATIVE * reference + THRESHOLD
        follows = near and abs(again[name] - reference) <= room
        yield Pair(name, mine, reference, room, symmetric or (LOOSE if method == "REML" and follows else None))


def _refit(y: Floats, v: Floats, method: str | None, tau2: float | None) -> dict[str, float]:
    if tau2 is None:
        tau2 = 0.0 if method is None else float(TAU2[method](y, v))
    part = centre(y, v, np.asarray(tau2), "wald", "none", 0.95, np.zeros(()))
    ends = float(part.mu - part.reach), float(part.mu + part.reach)
    found = {"b": float(part.mu), "se": float(part.se), "ci_lb": ends[0], "ci_ub": ends[1]}
    return found | {"tau2": tau2, "QE": float(cochran_q(y, v))}


def _shifted(y: Floats, v: Floats, found: Filled, theirs: Floats) -> str | None:
    """Whether all filled effects lie as far from ours as a tau2 within the default threshold moves the mirror."""
    if found.missing == 0 or theirs.size != found.missing:
        return None
    apart = theirs - found.y
    order = np.argsort(y if found.side == "left" else -y, kind="stable")[: y.size - found.missing]
    own = float(TAU2["REML"](y[order], v[order]))
    moved = [2 * (_mean(y[order], v[order], max(0.0, own + by)) - found.centre) for by in (-1, 1) * np.full(2, 1.3e-4)]
    room = 1e-9 * (1 + abs(found.centre))
    inside = min(*moved, 0.0) - room <= apart.mean() <= max(*moved, 0.0) + room
    return LOOSE if np.ptp(apart) <= room and inside else None


def _mean(y: Floats, v: Floats, tau2: float) -> float:
    w = 1 / (v + tau2)
    return float((w * y).sum() / w.sum())


def _symmetric(y: Floats) -> bool:
    """Whether the effects are their own mirror image, up to rounding."""
    ascending = np.sort(y)
    return bool(np.ptp(ascending + ascending[::-1]) < 1e-9)


def trimfill_meta_pairs(case: Case) -> Iterator[Pair]:
    """One record of meta's trimfill: trimmed with common-effect weights, on Egger's side, refitted by REML."""
    assert case.values is not None
    wanted = dict(_finite(case.values))
    if not wanted:
        return
    y, v = MEASURES[MEASURE[case.options["sm"]]].effects(case.xi, case.ni)
    symmetric = SYMMETRIC if _symmetric(y) else None
    slope = least_squares(y, v, np.sqrt(v), None).slope
    found = fill(y, v, None, "L0", "left" if slope > 0 else "right")
    whole = np.append(y, found.y), np.append(v, found.v)
    names = {"b": "TE_random", "ci_lb": "lower_random", "ci_ub": "upper_random", "tau2": "tau2"}
    ours, again = _refit(*whole, "REML", None), _refit(*whole, "REML", wanted["tau2"])
    near = abs(ours["tau2"] - wanted["tau2"]) < DEFAULT_THRESHOLD
    yield Pair("k0", found.missing, wanted["k0"], 0.0, symmetric)
    yield Pair("k", y.size + found.missing, wanted["k"], 0.0, symmetric)
    yield Pair("left", slope > 0, bool(case.values["left"]), 0.0, symmetric)
    for name, theirs in names.items():
        reference = wanted[theirs]
        room = RELATIVE * (ours["se"] + abs(reference)) + THRESHOLD
        loose = near and abs(again[name] - reference) <= room
        yield Pair(theirs, ours[name], reference, room, symmetric or (LOOSE if loose else None))
