"""The Bayesian model with the normal likelihood against an independent quadrature of higher accuracy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evidence.pooling.bayesian import Bayesian
from evidence.pooling.posterior import Posterior, quantile

HERE = Path(__file__).parent
SETS: dict[str, Any] = json.loads((HERE / "datasets.json").read_text(encoding="utf-8"))["sets"]
ROWS = json.loads((HERE / "bayes.json").read_text(encoding="utf-8"))["rows"]
#: Cases in the file: a case that vanishes is noticed.
PINNED = 180
#: With a half-Cauchy prior the mean of mu does not exist for 1 study, its variance for 2; with 4 studies the integral
#: of the variance still converges slowly.
HEAVY_TAILS = 5
TAU_PRIORS = {"HN": "half-normal", "HC": "half-cauchy"}
MU_SD = {"flat": np.inf, "N(0,2)": 2.0}


def posterior_of(dataset: str, options: dict[str, str]) -> Posterior:
    kind, scale = options["tau_prior"][:2], float(options["tau_prior"][2:])
    chosen = Bayesian(
        mu_sd=MU_SD[options["mu_prior"]], tau_prior=TAU_PRIORS[kind], tau_scale=scale, likelihood="normal"
    )
    data = SETS[dataset]
    return chosen.posterior(np.array(data["xi"]), np.array(data["ni"]))


def test_no_case_has_vanished() -> None:
    assert len(ROWS) == PINNED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[1]} {row[2]['tau_prior']} {row[2]['mu_prior']}")
def test_posterior(row: list[Any]) -> None:
    _, dataset, options, theirs = row
    found = posterior_of(dataset, options)
    mass = found.weight[:, None] * found.density * found.step[:, None]
    sd = found.sd_mu()
    k = len(SETS[dataset]["xi"])
    # METHODS section 5: 1e-6; here in units of the posterior's own width, and 1e-8 for the log evidence.
    if options["tau_prior"].startswith("HN") or k > 1:
        assert (mass * found.mu).sum() == pytest.approx(theirs["mu_mean"], abs=1e-6 * sd)
    if options["tau_prior"].startswith("HN") or k >= HEAVY_TAILS:
        assert sd == pytest.approx(theirs["mu_sd"], rel=1e-6)
    # One study alone under a half-Cauchy prior, which the model never pools, has much of its density in the far tail.
    slack = 1.0 if k > 1 else 10.0
    assert found.log_evidence == pytest.approx(theirs["log_marginal"], abs=1e-8 * slack)
    ends = (float(np.sinh(found.ends[0])), float(np.sinh(found.ends[1])))
    for name, tail in (("q025", 0.025), ("median", 0.5), ("q975", 0.975)):
        pairs = (
            ("mu", quantile(found.median_cdf, tail, -10, 10)),
            ("theta", quantile(found.predictive_cdf, tail, -20, 20)),
            ("tau", quantile(found.tau_cdf, tail, *ends)),
        )
        for what, ours in pairs:
            expected = theirs.get(f"{what}_{name}")
            if expected is not None:
                assert ours == pytest.approx(expected, abs=1e-6 * slack * max(1, abs(expected))), (what, name)
