"""The Bayesian model with the normal likelihood against an independent quadrature of higher accuracy."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.pooling.posterior import quantile
from tests.reference.bayes import LEVELS, posterior_of, quadrature_pairs

HERE = Path(__file__).parent
SETS: dict[str, Any] = json.loads((HERE / "datasets.json").read_text(encoding="utf-8"))["sets"]
ROWS = json.loads((HERE / "bayes.json").read_text(encoding="utf-8"))["rows"]
#: Cases in the file: a case that vanishes is noticed.
PINNED = 180


def test_no_case_has_vanished() -> None:
    assert len(ROWS) == PINNED


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row[1]} {row[2]['tau_prior']} {row[2]['mu_prior']}")
def test_posterior(row: list[Any]) -> None:
    _, dataset, options, theirs = row
    data = SETS[dataset]
    wrong = [pair for pair in quadrature_pairs(data["xi"], data["ni"], options, theirs) if not pair.matches]
    assert not wrong


@pytest.mark.parametrize("row", ROWS[::12], ids=lambda row: f"{row[1]} {row[2]['tau_prior']} {row[2]['mu_prior']}")
def test_quantiles_are_found(row: list[Any]) -> None:
    _, dataset, options, theirs = row
    data = SETS[dataset]
    counts = tuple(map(float, data["xi"])), tuple(map(float, data["ni"]))
    found = posterior_of(*counts, options["tau_prior"], options["mu_prior"])
    ways = {"mu": (found.median_cdf, -10, 10), "theta": (found.predictive_cdf, -20, 20)}
    for name, (below, low, high) in ways.items():
        for level, at in zip(LEVELS, ("q025", "median", "q975"), strict=True):
            # METHODS section 5: quantiles to 1e-6.
            expected = theirs[f"{name}_{at}"]
            assert quantile(below, float(level), low, high) == pytest.approx(expected, abs=1e-6 * max(1, abs(expected)))
