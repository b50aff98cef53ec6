"""Viechtbauer 2007, Confidence intervals for the amount of heterogeneity in meta-analysis: Table II (p. 44).

Stat Med 26:37, 10.1002/sim.2514

Seen in metafor's tests/testthat/test_analysis_example_viechtbauer2007a.r: 3 decimals. Data: metadat's
dat.collins1985b, pre-eclampsia under diuretics, log odds ratios.
"""

from __future__ import annotations

import numpy as np

from evidence.pooling.tau2 import TAU2
from evidence.pooling.tau2_limits import profile_tau2_limits, q_profile_limits
from tests.published.printed import apart, log_odds_ratios

Y, V = log_odds_ratios(
    [14, 21, 14, 6, 12, 138, 15, 6, 65],
    [131, 385, 57, 38, 1011, 1370, 506, 108, 153],
    [14, 17, 24, 18, 35, 175, 20, 2, 40],
    [136, 134, 48, 40, 760, 1336, 524, 103, 102],
)


def test_estimates() -> None:
    assert not apart([TAU2[method](Y, V) for method in ("DL", "ML", "REML", "SJ")], "0.230 0.239 0.301 0.456")


def test_q_profile() -> None:
    assert not apart(np.array(q_profile_limits(Y, V, 0.95)), "0.072 2.203")


def test_profile_likelihood() -> None:
    for method, printed in (("ML", "0.027 1.131"), ("REML", "0.043 1.475")):
        assert not apart(np.array(profile_tau2_limits(Y, V, TAU2[method](Y, V), method, 0.95)), printed)
