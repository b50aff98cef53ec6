"""The binomial likelihoods against an independent solver of higher accuracy than the usual packages.

Values: ``glmm.json`` (random-intercept logistic ML, 101-node adaptive quadrature, Newton-polished) and
``betabinomial.json``; how they were made stands in each file. Their own accuracy: gradients below 1e-8 in most sets,
up to 1e-4 in the flattest, so locations are compared on the scale of their standard error.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import logit

from evidence.counts import Counts
from evidence.pooling import model, pool
from evidence.pooling.cells import cells_of, log_likelihood
from evidence.pooling.profile import maximise
from evidence.pooling.result import Pooled

HERE = Path(__file__).parent
SETS: dict[str, Any] = json.loads((HERE / "datasets.json").read_text(encoding="utf-8"))["sets"]
#: Cases in the files: a case that vanishes is noticed.
PINNED = {"glmm": 38, "betabinomial": 40}
#: The sets of every run, beside the made-up ones: small and large, sparse and dense, little and much spread. All of
#: them are in the long run.
QUICK = {
    "bassler2004_treated",
    "bcg_treated",
    "big_k200_sparse",
    "damico2009_treated",
    "kearon1998_sens",
    "nissen2007_death",
    "pagliaro1992",
    "pritz1997",
    "rivera2025_spec",
    "ursino2021",
}


def records(name: str) -> dict[str, dict[str, Any]]:
    rows = json.loads((HERE / f"{name}.json").read_text(encoding="utf-8"))["rows"]
    return {dataset: values for _, dataset, _, values in rows}


GLMM, BETA = records("glmm"), records("betabinomial")


def counts_of(dataset: str) -> Counts:
    chosen = SETS[dataset]
    return Counts(chosen["xi"], chosen["ni"])


@cache
def fitted(dataset: str, name: str, **options: Any) -> Pooled:
    result = pool(counts_of(dataset), model(name, **options))
    assert isinstance(result, Pooled)
    return result


def inner(found: dict[str, dict[str, Any]]) -> list[str]:
    """Cases of two or more studies whose maximum is an inner one or lies at no spread."""
    chosen = {name for name, values in found.items() if values["status"] == "interior" or "= 0" in values["status"]}
    return sorted(name for name in chosen if counts_of(name).k > 1)


def quick(names: list[str]) -> list[Any]:
    """The cases, those that are neither made up nor quick marked as slow."""
    fast = [name for name in names if name in QUICK or name.startswith("syn_")]
    assert len(fast) == len(QUICK) + sum(name.startswith("syn_") for name in names)
    return [name if name in fast else pytest.param(name, marks=pytest.mark.slow) for name in names]


def test_no_case_has_vanished() -> None:
    assert {"glmm": len(GLMM), "betabinomial": len(BETA)} == PINNED
    assert len(inner(GLMM)) >= 33 and len(inner(BETA)) >= 33


@pytest.mark.parametrize("dataset", quick(inner(GLMM)))
def test_logistic_normal(dataset: str) -> None:
    theirs = GLMM[dataset]
    pooled = fitted(dataset, "logistic-normal", limits="profile", prediction="none")
    assert pooled.analysis and pooled.heterogeneity and pooled.log_likelihood is not None
    se = theirs["se"]
    # METHODS section 5: estimates 1e-6; the se of the flattest sets carries the solver's numerical Hessian.
    assert pooled.analysis["estimate"] == pytest.approx(theirs["b"], abs=1e-6 * se)
    assert pooled.analysis["se"] == pytest.approx(se, rel=3e-6)
    assert pooled.heterogeneity.tau == pytest.approx(theirs["tau"], abs=1e-6 * max(theirs["tau"], 0.01))
    # 1e-9 of an integral for each study, and what k of them add up to; the solver says 7e-9 at its largest tau2.
    assert pooled.log_likelihood == pytest.approx(theirs["loglik"], abs=1e-8)
    assert pooled.mean == pytest.approx(theirs["marginal_mean_prop"], rel=1e-7)


#: Limits of theirs at which the deviance has not risen by the quantile: their search stopped early.
INEXACT = {("syn_huge_tiny", "ub")}
CHI2 = 1.959963984540054**2


def fall_at(dataset: str, mu: float) -> float:
    """Rise of the deviance at a median, by a plain search over tau: another way than the one under test."""
    counts = counts_of(dataset)
    cells = cells_of(counts.events[None], counts.n[None])
    found = minimize_scalar(
        lambda tau: -float(log_likelihood(cells, np.array([mu]), np.array([tau])).value[0]),
        bounds=(0.01, 30),
        method="bounded",
        options={"xatol": 1e-10},
    )
    return 2 * (float(maximise(cells).value[0]) + float(found.fun))


@pytest.mark.parametrize("dataset", quick(inner(GLMM)))
def test_profile_limits_of_the_logistic_normal(dataset: str) -> None:
    theirs = GLMM[dataset]
    pooled = fitted(dataset, "logistic-normal", limits="profile", prediction="none")
    assert pooled.ci and pooled.heterogeneity and pooled.heterogeneity.tau_ci
    for side, bound in (("lower", "lb"), ("upper", "ub")):
        expected = theirs.get(f"profile_ci_b_{bound}")
        if (dataset, bound) in INEXACT:
            assert expected is not None
            assert fall_at(dataset, logit(getattr(pooled.ci, side))) == pytest.approx(CHI2, abs=1e-6)
            assert fall_at(dataset, expected) < CHI2 - 0.05
        elif expected is not None and abs(expected) < 30:
            # Their limits are roots of a profile of their own, to about 1e-6 on the logit.
            assert logit(getattr(pooled.ci, side)) == pytest.approx(expected, abs=2e-5 * max(1, abs(expected)))
        expected = theirs.get(f"profile_ci_tau_{bound}")
        if expected is not None:
            assert pooled.heterogeneity.tau_ci[side] == pytest.approx(expected, abs=2e-5 * max(1, expected))


@pytest.mark.parametrize("dataset", quick(inner(BETA)))
def test_beta_binomial(dataset: str) -> None:
    theirs = BETA[dataset]
    pooled = fitted(dataset, "beta-binomial", limits="wald", prediction="none")
    spread = pooled.heterogeneity
    assert pooled.analysis and spread and spread.rho is not None and pooled.log_likelihood is not None
    se = theirs.get("se_logit_mu") or pooled.analysis["se"]
    assert pooled.analysis["estimate"] == pytest.approx(theirs["logit_mu"], abs=1e-5 * se)
    assert pooled.analysis["se"] == pytest.approx(se, rel=1e-5)
    assert spread.rho == pytest.approx(theirs["rho"], abs=1e-6 * max(theirs["rho"], 0.01))
    assert pooled.log_likelihood == pytest.approx(theirs["loglik"], abs=1e-8)
    if theirs.get("ci_mu_wald_lb") is not None and spread.rho > 0:
        assert pooled.ci and np.allclose(
            (pooled.ci.lower, pooled.ci.upper), (theirs["ci_mu_wald_lb"], theirs["ci_mu_wald_ub"]), rtol=1e-5
        )
