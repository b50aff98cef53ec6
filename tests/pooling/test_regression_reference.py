"""Regressions against other software and independent solvers: every record of tests/reference/regression.json.

Tolerances, with their reasons:

* tau2: 1e-8 relative, plus metafor's convergence threshold of 1e-13 and 1e-10 of the smallest sampling variance, below
  which rounding moves the root; the bracketing solver to the same.
* What is computed at tau2: 1e-8 of the standard error plus what that threshold moves it; metafor inverts X'WX, which
  costs up to 1e-9 where years are a column (condition 1e6 of X).
* Logistic-normal: 1e-6 of a standard error; log-likelihood 1e-9 plus 1e-10 relative, the reference's own error.
* rma.glmm with 7 nodes and lme4's optimiser: 2e-3 of a standard error, tau2 1e-3 relative. On roever2022 it stops at
  tau = 0, where the likelihood is lower; ours is there the quadrature solver's.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence.counts import Counts
from evidence.measures import MEASURES
from evidence.pooling.design import Design, basis_of
from evidence.pooling.inverse_variance_regression import InverseVarianceRegression
from evidence.pooling.logistic_regression import LogisticRegression
from evidence.pooling.regression_result import Regressed, predict
from evidence.pooling.tau2_mods import TAU2_MODS, log_likelihood, weighted

FILE = Path(__file__).parents[1] / "reference" / "regression.json"
LIMITS = {"z": "wald", "knha": "hk"}
THRESHOLD = 1e-13

Record = Mapping[str, Any]


@cache
def logistic(name: str, mods: str) -> Regressed:
    return LogisticRegression(limits="wald").fit(*data(name, mods))


@cache
def content() -> Record:
    found: Record = json.loads(FILE.read_text(encoding="utf-8"))
    return found


def rows(procedure: str) -> list[tuple[str, Record, Record]]:
    return [(name, options, values) for kind, name, options, values in content()["rows"] if kind == procedure]


def data(name: str, mods: str) -> tuple[Counts, Design]:
    found = content()["sets"][name]
    values = np.array(found["designs"][mods], dtype=float)
    return Counts(found["xi"], found["ni"]), Design(tuple(f"x{i}" for i in range(values.shape[1])), values)


def column(values: Any) -> np.ndarray:
    return np.array([np.nan if value is None else value for value in values], dtype=float)


def test_no_record_vanishes() -> None:
    assert Counter(kind for kind, *_ in content()["rows"]) == {
        "rma_mods": 472,
        "anova_LRT": 48,
        "reference_tau2_mods": 92,
        "rma.glmm": 28,
        "reference_glmm_mods": 21,
    }


def slack_of(counts: Counts, measure: str, tau2: float) -> tuple[float, float]:
    """Smallest sampling variance, and the relative move of weights by metafor's threshold."""
    _, v = MEASURES[measure].effects(counts.events, counts.n)
    return float(v.min()), counts.k * THRESHOLD / (tau2 + float(v.min()))


@pytest.mark.parametrize(
    ("measure", "method"),
    [
        # Of the second measure one estimator; each estimator with the first one.
        pytest.param(measure, method, marks=() if measure == "PLO" or method == "REML" else pytest.mark.slow)
        for measure in ("PLO", "PFT")
        for method in ("REML", "DL", "ML", "PM", "SJ")
    ],
)
def test_metafor(method: str, measure: str) -> None:
    compared = 0
    for name, options, values in rows("rma_mods"):
        if options["method"] != method or options["measure"] != measure:
            continue
        counts, design = data(name, options["mods"])
        model = InverseVarianceRegression(measure=measure, tau2=method, limits=LIMITS[options["test"]])
        result = model.fit(counts, design)
        identical = result.limits != model.limits
        assert identical == (options["test"] == "knha" and max(column(values["se"])) < 1e-6), (name, options)
        compare(result, options, values, slack_of(counts, measure, values["tau2"]), identical)
        compared += 1
    plenty = {"REML": 56, "DL": 56, "ML": 40, "PM": 40, "SJ": 40}
    assert compared == (plenty[method] if measure == "PLO" else 40)


def compare(result: Regressed, options: Record, values: Record, slack: tuple[float, float], identical: bool) -> None:
    smallest, off = slack
    spread, tau2 = result.heterogeneity, values["tau2"]
    assert spread.tau2 == pytest.approx(tau2, rel=1e-8, abs=THRESHOLD + 1e-10 * smallest)
    unit = np.array([c.se for c in result.coefficients]) * (1e-8 + off)
    got = {name: column([getattr(c, name) for c in result.coefficients]) for name in ("estimate", "se", "lower", "p")}
    assert (np.abs(got["estimate"] - column(values["b"])) <= unit).all()
    if not identical:
        assert (np.abs(got["se"] - column(values["se"])) <= unit).all()
        assert (np.abs(got["lower"] - column(values["ci_lb"])) <= 15 * unit).all()
        # The tail of the normal distribution at z is as steep as z; p values here go down to 1e-200.
        assert got["p"] == pytest.approx(column(values["pval"]), rel=1e-4 + 1e3 * off, abs=1e-12)
        assert result.omnibus is not None
        assert result.omnibus.statistic == pytest.approx(values["QM"], rel=1e-7 + 10 * off, abs=1e-9)
        assert result.omnibus.p == pytest.approx(values["QMp"], rel=1e-4 + 1e3 * off, abs=1e-12)
    if "QE" in values:
        assert spread.q == pytest.approx(values["QE"], rel=1e-9, abs=1e-10)
    if values.get("I2") is not None:
        assert 100 * (spread.i2 or 0) == pytest.approx(values["I2"], abs=1e-6 + 100 * off)
    if values.get("R2") is not None and result.r2 is not None:
        assert 100 * result.r2 == pytest.approx(values["R2"], abs=1e-5 + 1e4 * off)
    compare_likelihood(result, options, values, off)
    compare_prediction(result, options, values, identical)


def compare_likelihood(result: Regressed, options: Record, values: Record, off: float) -> None:
    y, v = MEASURES[options["measure"]].effects(result.counts.events, result.counts.n)
    at = np.array([result.heterogeneity.tau2 or 0.0])
    for kind in ("ML", "REML"):
        reference = values.get(f"loglik_{kind}")
        if reference is not None:
            ours = float(log_likelihood(y[None], v[None], result.design.values, at, kind == "REML")[0])
            # metafor takes log det X'X from a product of eigenvalues: 1e-9 where years are a column.
            assert ours == pytest.approx(reference, rel=2e-9, abs=1e-8 + y.size * off)
            if options["method"] == kind:
                assert result.log_likelihood == pytest.approx(ours, rel=1e-12)


def compare_prediction(result: Regressed, options: Record, values: Record, identical: bool) -> None:
    """The first row, on the analysis scale where the way back is the logit's."""
    if options["measure"] != "PLO" or identical:
        return
    first = values["predict_first_rows"]
    found = predict(result, result.design.values[:1])
    for name, ours in (("pred", found.estimate), ("ci_lb", found.lower)):
        assert float(ours[0]) == pytest.approx(1 / (1 + np.exp(-first[name])), rel=1e-6, abs=1e-9)
    if "pi_lb" in first and first["pi_lb"] is not None:
        assert float(found.pi_lower[0]) == pytest.approx(1 / (1 + np.exp(-first["pi_lb"])), rel=1e-6, abs=1e-9)


def test_metafor_common_effect() -> None:
    """Without tau2 (FE): what the weighted fit itself gives."""
    compared = 0
    for name, options, values in rows("rma_mods"):
        if options["method"] != "FE":
            continue
        counts, design = data(name, options["mods"])
        y, v = MEASURES[options["measure"]].effects(counts.events, counts.n)
        fit = weighted(y[None], v[None], design.values, np.zeros(1))
        assert float(fit.rss[0]) == pytest.approx(values["QE"], rel=1e-9, abs=1e-10)
        basis = basis_of(design)
        scaled = basis.q / np.sqrt(v)[:, None]
        gamma, *_ = np.linalg.lstsq(scaled, y / np.sqrt(v))
        b = basis.back @ gamma
        assert (np.abs(b - column(values["b"])) <= 1e-8 * column(values["se"])).all()
        compared += 1
    assert compared == 40


@pytest.mark.parametrize("method", ["ML", "REML"])
def test_the_bracketing_solver(method: str) -> None:
    compared = 0
    for name, options, values in rows("reference_tau2_mods"):
        if options["method"] != method:
            continue
        counts, design = data(name, options["mods"])
        y, v = MEASURES[options["measure"]].effects(counts.events, counts.n)
        tau2 = TAU2_MODS[method](y[None], v[None], basis_of(design).q)
        assert float(tau2[0]) == pytest.approx(values["tau2"], rel=1e-8, abs=1e-10 * float(v.min())), (name, options)
        height = float(log_likelihood(y[None], v[None], design.values, tau2, method == "REML")[0])
        assert height >= values["loglik"] - 2e-9 * abs(values["loglik"]) - 1e-9
        compared += 1
    assert compared == 46


def test_likelihood_ratio_tests_of_metafor() -> None:
    compared = 0
    for name, options, values in rows("anova_LRT"):
        counts, design = data(name, options["full"])
        y, v = MEASURES[options["measure"]].effects(counts.events, counts.n)
        smallest, off = slack_of(counts, options["measure"], 0.0)
        reduced = np.ones((counts.k, 1)) if options["reduced"] == "~1" else data(name, options["reduced"])[1].values
        height = []
        for x in (design.values, reduced):
            tau2 = TAU2_MODS["ML"](y[None], v[None], x)
            height.append(float(log_likelihood(y[None], v[None], x, tau2, restricted=False)[0]))
        assert 2 * (height[0] - height[1]) == pytest.approx(values["LRT"], rel=1e-7, abs=1e-7 + 1e3 * off * smallest)
        assert height == pytest.approx([values["ll_full"], values["ll_reduced"]], rel=1e-9, abs=1e-8)
        compared += 1
    assert compared == 48


def test_the_quadrature_solver() -> None:
    compared = 0
    for name, options, values in rows("reference_glmm_mods"):
        result = logistic(name, options["mods"])
        years = np.linalg.cond(result.design.values) > 1e5
        b, se = column(values["b"]), np.array([c.se for c in result.coefficients])
        ours = np.array([c.estimate for c in result.coefficients])
        assert (np.abs(ours - b) <= 1e-6 * se).all(), (name, options)
        assert (result.heterogeneity.tau or 0.0) == pytest.approx(values["tau"], abs=1e-7)
        height = values["loglik"]
        assert result.log_likelihood == pytest.approx(height, rel=1e-10, abs=1e-9), (name, options)
        zero = (result.log_likelihood or 0.0) - 0.5 * (result.heterogeneity.lr or 0.0)
        assert zero == pytest.approx(values["loglik_tau0"], rel=1e-10, abs=1e-9)
        if not years:
            # The solver's own standard errors are by differences of its gradient.
            assert se == pytest.approx(column(values["se"]), rel=2e-4)
        compared += 1
    assert compared == 21


def test_glmm_of_metafor() -> None:
    compared = 0
    for name, options, values in rows("rma.glmm"):
        result = logistic(name, options["mods"])
        se = column(values["se"])
        ours = np.array([c.estimate for c in result.coefficients])
        if name == "roever2022":
            assert values["tau2"] < 1e-12 and (result.heterogeneity.lr or 0) > 0.05
            continue
        assert (np.abs(ours - column(values["b"])) <= 2e-3 * se).all(), (name, options)
        assert [c.se for c in result.coefficients] == pytest.approx(list(se), rel=1e-3)
        assert result.heterogeneity.tau2 == pytest.approx(values["tau2"], rel=1e-3, abs=1e-8)
        assert result.omnibus is not None
        assert result.omnibus.statistic == pytest.approx(values["QM"], rel=2e-3, abs=1e-6)
        compared += 1
    assert compared == 27
