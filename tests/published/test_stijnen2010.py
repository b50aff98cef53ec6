"""Stijnen, Hamza and Oezdemir 2010, Stat Med 29:3046, 10.1002/sim.4040: Table II (p. 3050) and Table VII (p. 3054).

Seen in metafor's tests/testthat/test_analysis_example_stijnen2010.r, which says where metafor rounds to another digit
than the paper: those digits are metafor's. Data: metadat's dat.nielweise2007 and dat.nielweise2008.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import logit

from evidence.counts import Counts, Rates
from evidence.measures import RATES
from evidence.pooling import model
from tests.published.printed import apart, ends, pooled

STANDARD = [3, 3, 9, 7, 6, 4, 3, 2, 19, 2, 7, 1, 5, 11, 0, 1, 3, 1]
STANDARD_N = [117, 35, 195, 136, 157, 139, 177, 39, 103, 122, 64, 58, 175, 180, 105, 262, 362, 69]
COATED = [0, 1, 2, 0, 5, 1, 1, 1, 1, 1, 0, 0, 3, 6, 0, 0, 1, 4]
COATED_N = [116, 44, 208, 130, 151, 98, 174, 74, 97, 113, 66, 70, 188, 187, 118, 252, 345, 64]
RATE_STANDARD = [11, 8, 14, 10, 1, 8, 15, 7, 3]
DAYS_STANDARD = [1988, 1461, 10962, 1503, 483, 913, 6840, 1015, 440]
RATE_COATED = [7, 8, 3, 6, 1, 1, 17, 3, 2]
DAYS_COATED = [1344, 1600, 12012, 1536, 370, 729, 6760, 1107, 320]


@pytest.mark.parametrize(
    ("events", "n", "on_logit", "proportion"),
    [
        # 0.035 and 0.056 in the paper.
        (STANDARD, STANDARD_N, "-3.30 0.24 0.663", "0.036 0.023 0.055"),
        (COATED, COATED_N, "-4.26 0.26 0.393", "0.014 0.008 0.023"),
    ],
)
def test_table_ii_normal_normal(events: list[int], n: list[int], on_logit: str, proportion: str) -> None:
    found = model("inverse-variance", limits="wald", prediction="none").estimate(Counts(events, n))
    assert not apart([logit(found.estimate), found.se, found.tau2], on_logit)
    assert not apart([found.estimate, found.lower, found.upper], proportion)


@pytest.mark.parametrize(
    ("events", "n", "on_logit", "proportion"),
    [
        (STANDARD, STANDARD_N, "-3.50 0.26 0.81", "0.029 0.018 0.048"),
        (COATED, COATED_N, "-4.81 0.36 0.83", "0.008 0.004 0.016"),
    ],
)
def test_table_ii_binomial_normal(events: list[int], n: list[int], on_logit: str, proportion: str) -> None:
    found = model("logistic-normal", limits="wald", prediction="none").estimate(Counts(events, n))
    assert not apart([logit(found.estimate), found.se, found.tau2], on_logit)
    assert not apart([found.estimate, found.lower, found.upper], proportion)


@pytest.mark.parametrize(
    ("events", "days", "on_log", "rate"),
    [
        # 6.99 in the paper.
        (RATE_STANDARD, DAYS_STANDARD, "1.468 0.243 0.370", "4.34 2.70 6.98"),
        (RATE_COATED, DAYS_COATED, "0.981 0.326 0.639", "2.67 1.41 5.05"),
    ],
)
def test_table_vii_normal_normal(events: list[int], days: list[int], on_log: str, rate: str) -> None:
    y, v = RATES["IRLN"].effects(np.array(events, dtype=float), np.array(days) / 1000)
    found = pooled(y, v, "REML")
    assert not apart([found.mu, found.se, found.tau2], on_log)
    assert not apart(np.exp([float(found.mu), *ends(found)]), rate)


@pytest.mark.parametrize(
    ("events", "days", "on_log", "rate"),
    [
        # tau2 0.316 in the paper.
        (RATE_STANDARD, DAYS_STANDARD, "1.401 0.231 0.317", "4.06 2.58 6.38"),
        # 0.850 and 1.23 in the paper.
        (RATE_COATED, DAYS_COATED, "0.849 0.330 0.654", "2.34 1.22 4.47"),
    ],
)
def test_table_vii_poisson_normal(events: list[int], days: list[int], on_log: str, rate: str) -> None:
    rates = Rates(events, np.array(days) / 1000)
    found = model("poisson-normal", limits="wald", prediction="none").estimate(rates)
    assert not apart([np.log(found.estimate), found.se, found.tau2], on_log)
    assert not apart([found.estimate, found.lower, found.upper], rate)
