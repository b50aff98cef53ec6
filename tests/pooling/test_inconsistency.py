"""I2 and H2 with their limits, against metafor's confint."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evidence.counts import Counts
from evidence.pooling.inconsistency import q_limits
from evidence.pooling.inverse_variance import InverseVariance
from evidence.pooling.result import Heterogeneity

FOLDER = Path(__file__).parent.parent / "reference"
SETS = json.loads((FOLDER / "datasets.json").read_text(encoding="utf-8"))["sets"]
FROM_TAU2 = json.loads((FOLDER / "i2.json").read_text(encoding="utf-8"))["rows"]
FROM_Q = json.loads((FOLDER / "ht.json").read_text(encoding="utf-8"))["rows"]
NAMES = {"QP": "q-profile", "PL": "profile"}


def spread_of(dataset: str, **options: Any) -> Heterogeneity:
    counts = SETS[dataset]
    found = InverseVariance(boundary="corrected", **options).fit(Counts(counts["xi"], counts["ni"])).heterogeneity
    assert found is not None
    return found


def test_the_references_have_their_cases() -> None:
    assert (len(FROM_TAU2), len(FROM_Q)) == (78, 115)


# metafor's limits of tau2 are roots to 1e-12, absolute: over the typical variance that is what H2 may differ by, and I2
# by less. crisafulli2020 has variances of 1e-5 on the double arcsine.
def test_limits_from_tau2() -> None:
    for dataset, measure, method, kind, level, i2_low, i2_high, h2_low, h2_high in FROM_TAU2:
        found = spread_of(dataset, measure=measure, tau2=method, tau2_limits=NAMES[kind], level=level)
        assert found.i2_ci is not None and found.h2_ci is not None
        assert (found.i2_ci["method"], found.h2_ci["method"], found.h2_ci["level"]) == (NAMES[kind], NAMES[kind], level)
        assert found.tau2_ci is not None
        apart = 1e-9 * h2_high + 2e-12 * (found.h2_ci["upper"] - 1) / max(found.tau2_ci["upper"], 1e-300)
        assert (found.i2_ci["lower"], found.i2_ci["upper"]) == pytest.approx((i2_low, i2_high), abs=apart), dataset
        assert (found.h2_ci["lower"], found.h2_ci["upper"]) == pytest.approx((h2_low, h2_high), abs=apart), dataset


# Closed forms of Q: only Q's rounding is between them. Sets without limits are those of one or two studies.
def test_limits_from_q() -> None:
    without = 0
    for dataset, measure, level, *limits in FROM_Q:
        found = spread_of(dataset, measure=measure, tau2="DL", level=level) if len(SETS[dataset]["ni"]) > 1 else None
        if found is None or found.i2_q_ci is None or found.h2_q_ci is None:
            without += 1
            continue
        ours = [
            100 * found.i2_q_ci["lower"],
            100 * found.i2_q_ci["upper"],
            found.h2_q_ci["lower"],
            found.h2_q_ci["upper"],
        ]
        assert ours == pytest.approx(limits, rel=1e-9, abs=1e-9), (dataset, measure)
        assert found.i2_q_ci["method"] == found.h2_q_ci["method"] == "higgins-thompson"
    assert without < 15


def test_from_q_and_from_tau2_are_one_with_moments() -> None:
    """With DerSimonian and Laird's tau2 the two are the same by definition, when Q is above k - 1."""
    found = spread_of("hasselblad1998", tau2="DL")
    assert (found.i2_q, found.h2_q) == pytest.approx((found.i2, found.h2), rel=1e-12)
    assert found.q is not None and found.q_df is not None
    assert found.h2_q == pytest.approx(found.q / found.q_df)
    other = spread_of("hasselblad1998", tau2="REML")
    assert other.i2_q == found.i2_q and other.i2 != found.i2


def test_every_part_is_named_in_the_result() -> None:
    counts = SETS["syn_under_dispersed"]
    spread = InverseVariance().fit(Counts(counts["xi"], counts["ni"])).to_dict()["heterogeneity"]
    parts = [part for name in ("i2", "h2", "i2_q", "h2_q") for part in (name, f"{name}_ci")]
    assert [part for part in parts if spread[part] is None] == []
    assert (spread["i2_q"], spread["h2_q"], spread["i2_q_ci"]["lower"], spread["h2_q_ci"]["lower"]) == (0, 1, 0, 1)


def test_two_studies_have_limits_from_q_only_where_these_exist() -> None:
    assert q_limits(1.9, 2, 0.95) is None
    found = q_limits(7.0, 2, 0.95)
    assert found is not None
    assert found[0] < 7.0 < found[1]
