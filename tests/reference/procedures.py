"""What is compared with what: one row of the table for each procedure and software."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from evidence.measures import MEASURES
from evidence.measures.limits import study_limits
from tests.reference import asymmetry, bayes, betas, binomial, deletions, groups, matching, meta, stacks
from tests.reference.cases import Case
from tests.reference.extract import METHODS
from tests.reference.matching import STUDY_LIMITS, Pair, numbers

METAFOR, META, LME4, OWN = "metafor 5.1-12", "meta 8.4-0", "lme4 1.1-31", "own solver, more exact"
GRID_LIMITS = ("meta_ci", "binom_confint", "jeffreys_brown", "mid_p")
ONE_SIDED, EQUAL_TAILED = "clopper_pearson_one_sided", "jeffreys_equal_tailed"
META_CC = "meta excludes 0 at 0 events, 1 at n"
#: R's default relative tolerance of integrate, the fourth root of the machine's precision.
INTEGRATE = 1.22e-4
PACKAGE = "1e-3 se (1e-3 of tau)"


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the records it takes, and the pairs of numbers of each; ``slow`` is left to ``make test-all``.

    Of the slow ones, reference_glmm and reference_bayes are in the extracts, which ``make test`` compares.
    """

    procedure: str
    source: str
    tolerance: str
    wanted: Callable[[Case], bool]
    pairs: Callable[[Case], Iterator[Pair]]
    slow: bool = False


def _values(case: Case) -> Any:
    assert case.values is not None
    return case.values


def _plain(pairs: Callable[..., Iterator[Pair]]) -> Callable[[Case], Iterator[Pair]]:
    return lambda case: pairs(case.xi, case.ni, case.options, _values(case))


def _rma(case: Case) -> Iterator[Pair]:
    values = _values(case)
    if case.xi.size < 2:
        for name in ("b", "se", "ci_lb", "ci_ub"):
            if isinstance(values.get(name), int | float):
                yield Pair(name, np.nan, values[name], 0.0, binomial.BOUNDARIES["single-study"])
        return
    predict, back = values.get("predict") or {}, values.get("back") or {}
    flat = {**predict, **values, **{f"back_{key}": value for key, value in back.items()}}
    loose = case.procedure == "rma_default_tolerance" or case.procedure.startswith("peers")
    yield from (matching.loose_pairs if loose else matching.rma_pairs)(case.xi, case.ni, case.options, flat)


def _confint(case: Case) -> Iterator[Pair]:
    values = _values(case)
    for pair in matching.confint_pairs(case.xi, case.ni, case.options, values):
        if case.options["control"] == "default":
            end = max(meta.SEARCH_END, 10 * values["tau2"])
            ended = pair.quantity == "tau2_ub" and abs(pair.reference / end - 1) < 1e-6 and pair.ours > end
            room = max(pair.allowed, matching.DEFAULT_THRESHOLD)
            yield replace(pair, allowed=room, explained=meta.SEARCH_ENDS if ended else None)
        else:
            yield pair


def _grid_limits(case: Case) -> Iterator[Pair]:
    values, level = _values(case), case.options["level"]
    if case.procedure in GRID_LIMITS:
        options = {"procedure": case.procedure, **case.options}
        yield from matching.study_limit_pairs(case.xi, case.ni, options, values)
        return
    one_sided = case.procedure == ONE_SIDED
    method = "clopper-pearson" if one_sided else "jeffreys"
    lower, upper = study_limits(case.xi, case.ni, method, 2 * level - 1 if one_sided else level)
    for name, ours, edge in (("lower", lower, case.xi == 0), ("upper", upper, case.xi == case.ni)):
        for i, reference in enumerate(numbers(values[name])):
            why = "the closed side is 0 or 1 here" if edge[i] and not one_sided else None
            yield Pair(name, ours[i], reference, 1e-12, why)


def _study_limits(case: Case) -> Iterator[Pair]:
    """Limits of the studies by metaprop; NAsm are Wald limits on the scale of the analysis."""
    method = STUDY_LIMITS.get(("meta_ci", case.options["method.ci"]))
    if method is None:
        yield from _wald_on_scale(case)
        return
    lower, upper = study_limits(case.xi, case.ni, method)
    for i in range(case.xi.size):
        open_side = method == "wilson-cc" and case.xi[i] in (0, case.ni[i])
        for side, ours in (("lower", lower), ("upper", upper)):
            reference = numbers(_values(case)[side])[i]
            yield Pair(side, ours[i], reference, 1e-12, META_CC if open_side else None)


def _wald_on_scale(case: Case) -> Iterator[Pair]:
    values, sm = _values(case), case.options["sm"]
    x, n = tuple(map(float, case.xi)), tuple(map(float, case.ni))
    ours = meta.effects(x, n, sm, 0.5, "only0", "ours")
    rule = meta.effects(x, n, sm, 0.5, "only0", "meta" if sm in ("PRAW", "PLN") else "ours")
    for name, at in (("TE", 0), ("seTE", 1)):
        for i, reference in enumerate(numbers(values[name])):
            mine, again = (float(found[at][i]) ** (0.5 if at else 1.0) for found in (ours, rule))
            room = (1e-12 + matching.EPS * n[i] / 0.25) * max(abs(reference), 1e-3)
            yield Pair(name, mine, reference, room, meta.META_RULE if abs(again - reference) <= room else None)


def _subgroups(case: Case) -> Iterator[Pair]:
    values, column = _values(case), case.options["group"]
    pairs = groups.common_tau_pairs if case.options.get("tau.common") else meta.subgroup_pairs
    yield from pairs(arms_of(case, column, values["levels"]), case.options, values)


def arms_of(case: Case, column: str, levels: list[Any]) -> dict[Any, tuple[binomial.Key, binomial.Key]]:
    """Counts of each group."""
    found = {}
    for level in levels:
        rows = [row for row in case.rows if str(row.get(column)) == str(level)]
        found[level] = tuple(float(r["xi"]) for r in rows), tuple(float(r["ni"]) for r in rows)
    return found


def _glmm_exact(case: Case) -> Iterator[Pair]:
    """Made by another adaptive integration; its own statement: mu to 1e-4, tau2 to 1e-3 relative."""
    values = _values(case)
    x, n = tuple(map(float, case.xi)), tuple(map(float, case.ni))
    mu, se, tau = binomial.centre(x, n)
    yield Pair("mu", mu, values["mu"], 1e-4)
    yield Pair("tau2", tau**2, values["tau2"], 1e-3 * values["tau2"] + 1e-8)
    yield Pair("se", se, values["se_mu_full_hessian"], 1e-3 * se)
    yield Pair("loglik", binomial.top(x, n), values["loglik"], 1e-7)


def _transform(case: Case) -> Iterator[Pair]:
    values, name = _values(case), case.procedure
    x, reference = numbers(values.get("x", values.get("p"))), numbers(values["value"])
    if name.endswith("hm"):
        ours = MEASURES["PFT"].back(x, np.asarray(case.options["harmonic_mean"]))
    elif name in ("transf.ipft", "meta::asin2p with n"):
        ours = MEASURES["PFT"].back(x, np.asarray(float(case.options["ni" if "ni" in case.options else "n"])))
    elif name == "transf.pft":
        size = float(case.options["ni"])
        ours = MEASURES["PFT"].transformed(x * size, np.asarray(size))[0]
    elif name in ("transf.iarcsin", "transf.ilogit"):
        ours = MEASURES["PAS" if name == "transf.iarcsin" else "PLO"].back(x)
    else:
        ours = MEASURES["PLO"].mean(x, np.asarray(case.options["tau2"]))
    # R's integrate is asked for 1.2e-4 relative; reference_ilogit_int is the same integral at 1e-13.
    room = INTEGRATE if name == "transf.ilogit.int" else 1e-12
    for mine, theirs in zip(ours, reference, strict=True):
        yield Pair("value", float(mine), theirs, room * abs(theirs) + 2e-15)


def _with_slack(case: Case, pairs: Iterator[Pair]) -> Iterator[Pair]:
    relative, absolute = case.slack
    for pair in pairs:
        yield replace(pair, allowed=max(pair.allowed, relative * abs(pair.reference) + absolute))


def _peer_metaprop(case: Case) -> Iterator[Pair]:
    pairs = meta.glmm_record_pairs if case.options["method"] == "GLMM" else meta.inverse_pairs
    yield from _with_slack(case, pairs(case.xi, case.ni, case.options, _values(case)))


def _peer_limits(case: Case) -> Iterator[Pair]:
    options = {"procedure": "meta_ci", "level": 0.95, **case.options}
    yield from _with_slack(case, matching.study_limit_pairs(case.xi, case.ni, options, _values(case)))


def _betas(package: str | None) -> Callable[[Case], Iterator[Pair]]:
    slack = betas.PACKAGE if package else betas.SOLVER
    return lambda case: betas.beta_pairs(case.xi, case.ni, _values(case), slack, package)


def _is(procedure: str, **options: Any) -> Callable[[Case], bool]:
    return lambda case: (
        case.procedure == procedure and all(case.options.get(key) == value for key, value in options.items())
    )


def _one_of(*procedures: str) -> Callable[[Case], bool]:
    return lambda case: case.procedure in procedures


def _random(case: Case) -> bool:
    return case.options["method"] in METHODS and case.options["method"] != "FE"


_glmm = _plain(binomial.rma_glmm_pairs)
_glmm_random = "1e-3 se (1e-3 of tau); loglik 5e-7"
_rma_room = "1e-8 se, tau2 1e-8 + 1e-13"

ROWS: tuple[Row, ...] = (
    Row("escalc", METAFOR, "1e-12", _one_of("escalc"), _plain(matching.escalc_pairs)),
    Row("rma, level 90", METAFOR, _rma_room, _is("rma", level=90), _rma),
    Row("rma FE, EE", METAFOR, _rma_room, lambda c: c.procedure == "rma" and not _random(c), _rma),
    Row("rma, random effects", METAFOR, _rma_room, lambda c: c.procedure == "rma" and _random(c), _rma),
    Row("rma, default convergence", METAFOR, "the same", _one_of("rma_default_tolerance"), _rma, slow=True),
    Row("reference_tau2", OWN, "1e-8; loglik 1e-10", _one_of("reference_tau2"), _plain(matching.tau2_pairs)),
    Row("confint QP, PL", METAFOR, "1e-8 + 1e-12", _is("confint", control="tight"), _confint),
    Row("confint, default convergence", METAFOR, "1.3e-4", _is("confint", control="default"), _confint),
    Row("leave1out", METAFOR, "1e-7 se", _one_of("leave1out"), stacks.stack_pairs),
    Row("cumul", METAFOR, "1e-7 se", _one_of("cumul"), stacks.stack_pairs),
    Row("influence", METAFOR, "4e-7 se", _one_of("influence"), deletions.influence_pairs),
    Row("baujat", METAFOR, "1e-9", _one_of("baujat"), deletions.baujat_pairs),
    Row("regtest", METAFOR, "1e-8 se, tau2 1e-8 + 1e-13", _one_of("regtest"), asymmetry.regtest_pairs),
    Row("ranktest", METAFOR, "1e-10", _one_of("ranktest"), asymmetry.ranktest_pairs),
    Row("metabias", META, "1e-8", _one_of("metabias"), asymmetry.metabias_pairs),
    Row("trimfill", METAFOR, "1e-8 se, tau2 1e-8 + 1e-13", _one_of("trimfill"), asymmetry.trimfill_pairs),
    Row("trimfill", META, "1e-8 se", _one_of("trimfill_meta"), asymmetry.trimfill_meta_pairs),
    Row("limits of one proportion", "meta, binom, own", "1e-12", _one_of(*GRID_LIMITS), _grid_limits),
    Row("limits, one-sided, equal-tailed", "R, qbeta", "1e-12", _one_of(ONE_SIDED, EQUAL_TAILED), _grid_limits),
    Row("metaprop, study limits", META, "1e-12", _one_of("metaprop_study_ci"), _study_limits),
    Row(
        "metaprop Inverse",
        META,
        "1e-8 se, tau2 limits 1e-4",
        _is("metaprop", method="Inverse"),
        _plain(meta.inverse_pairs),
    ),
    Row("metaprop GLMM", META, PACKAGE, _is("metaprop", method="GLMM"), _plain(meta.glmm_record_pairs)),
    Row(
        "metaprop, subgroups, common tau2",
        META,
        "1e-8 se; GLMM 1e-3 se",
        lambda c: c.procedure == "metaprop_subgroup" and bool(c.options.get("tau.common")),
        _subgroups,
        slow=True,
    ),
    Row("metaprop, subgroups", META, "as metaprop", _one_of("metaprop_subgroup"), _subgroups),
    Row("rma.glmm FE", METAFOR, "1e-4 se", _is("rma.glmm", method="FE"), _glmm),
    Row("rma.glmm", "GLMMadaptive", _glmm_random, _is("rma.glmm", package="GLMMadaptive"), _glmm),
    Row("rma.glmm", "glmmTMB", _glmm_random, _is("rma.glmm", package="glmmTMB"), _glmm),
    Row("rma.glmm, 1 node", LME4, PACKAGE, _is("rma.glmm", nAGQ=1), _glmm),
    Row("rma.glmm, 7 nodes", LME4, PACKAGE, _is("rma.glmm", nAGQ=7), _glmm),
    Row("rma.glmm, 25 nodes", LME4, PACKAGE, _is("rma.glmm", nAGQ=25), _glmm),
    Row("glmer, 1 node", LME4, _glmm_random, _is("glmer", nAGQ=1), _glmm),
    Row("glmer, 7 and 25 nodes", LME4, PACKAGE, _one_of("glmer"), _glmm),
    Row(
        "reference_glmm",
        OWN,
        "1e-6 se; limits 2e-5",
        _one_of("reference_glmm"),
        _plain(binomial.reference_pairs),
        slow=True,
    ),
    Row("beta-binomial", "VGAM", "1e-3 se", _one_of("VGAM_betabinomial"), _betas("VGAM"), slow=True),
    Row("beta-binomial", "aod", "1e-3 se", _one_of("aod_betabin"), _betas("aod")),
    Row("reference_betabinomial", OWN, "1e-5 se", _one_of("reference_betabinomial"), _betas(None)),
    Row(
        "bayesmeta", "bayesmeta", "2e-3 of probability", _one_of("bayesmeta"), _plain(bayes.bayesmeta_pairs), slow=True
    ),
    Row(
        "reference_bayes",
        OWN,
        "1e-7 of probability",
        _one_of("reference_bayes"),
        _plain(bayes.quadrature_pairs),
        slow=True,
    ),
    Row(
        "back-transformations",
        "metafor, meta, own",
        "1e-12; integrate 1.2e-4",
        lambda c: c.procedure.startswith(("transf.", "reference_ilogit", "meta::asin2p")),
        _transform,
    ),
    Row("further cases, escalc", METAFOR, "1e-12", _one_of("peers: escalc"), _plain(matching.escalc_pairs)),
    Row("further cases, rma", METAFOR, "1e-5", _one_of("peers: rma"), lambda c: _with_slack(c, _rma(c))),
    Row("further cases, rma.glmm", LME4, PACKAGE, _one_of("peers: rma.glmm"), _glmm),
    Row("further cases, metaprop", "meta 7.0-0", "1e-5", _one_of("peers: metaprop"), _peer_metaprop),
    Row("further cases, limits", "meta 7.0-0", "1e-8", _one_of("peers: limits"), _peer_limits),
    Row("further cases, glmm_exact", OWN, "1e-4, tau2 1e-3", _one_of("peers: glmm_exact"), _glmm_exact),
)
