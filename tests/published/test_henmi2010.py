"""Henmi and Copas 2010, Stat Med 29:2969, 10.1002/sim.4029: the usual analysis of their example (p. 2978).

Seen in metafor's tests/testthat/test_analysis_example_henmi2010.r: 4 decimals. Data: metadat's dat.lee2004, acupoint
stimulation against nausea, log odds ratios. Their own method is none of ours.
"""

from __future__ import annotations

from tests.published.printed import apart, ends, log_odds_ratios, pooled

TREATED = [18, 5, 9, 32, 9, 11, 69, 3, 1, 11, 7, 4, 1, 24, 16, 28]
TREATED_N = [100, 50, 20, 135, 23, 18, 122, 25, 30, 30, 44, 47, 30, 40, 50, 110]
CONTROL = [20, 18, 7, 31, 10, 12, 80, 12, 1, 19, 16, 6, 13, 71, 53, 25]
CONTROL_N = [100, 50, 20, 139, 23, 18, 122, 25, 30, 30, 39, 47, 30, 80, 88, 111]


def test_dersimonian_and_laird() -> None:
    y, v = log_odds_ratios(TREATED, TREATED_N, CONTROL, CONTROL_N)
    found = pooled(y, v, "DL")
    assert not apart([found.tau2, found.mu, *ends(found)], "0.3325 -0.6787 -1.0664 -0.2911")
