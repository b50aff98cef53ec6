"""Viechtbauer 2005, J Educ Behav Stat 30:261, 10.3102/10769986030003261: the two examples (pp. 271 and 272).

Seen in metafor's tests/testthat/test_analysis_example_viechtbauer2005.r: tau2 with 3 decimals, I2 and H2 with 2.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.published.printed import apart, i2_h2, pooled

METHODS = ("HS", "HE", "DL", "ML", "REML", "EB", "SJ")
FIRST = (
    np.array([-0.581, 0.530, 0.771, 1.031, 0.553, 0.295, 0.078, 0.573, -0.176, -0.232]),
    np.array([0.023, 0.052, 0.060, 0.115, 0.095, 0.203, 0.200, 0.211, 0.051, 0.040]),
)
SECOND_Y = "0.100 -0.162 -0.090 -0.049 -0.046 -0.010 -0.431 -0.261 0.134 0.019 0.175 0.056 0.045 0.103 0.121 -0.482"
SECOND_V = "0.016 0.015 0.050 0.050 0.032 0.052 0.036 0.024 0.034 0.033 0.031 0.034 0.039 0.167 0.134 0.096 0.016 0.035"
SECOND = np.array(f"{SECOND_Y} 0.290 0.342".split(), dtype=float), np.array(SECOND_V.split(), dtype=float)


@pytest.mark.parametrize(
    ("data", "tau2", "i2", "h2"),
    [
        (
            FIRST,
            "0.228 0.148 0.277 0.197 0.223 0.192 0.199",
            "77.23 68.80 80.44 74.51 76.84 74.05 74.75",
            "4.39 3.21 5.11 3.92 4.32 3.85 3.96",
        ),
        (
            SECOND,
            "0.010 0.000 0.013 0.013 0.016 0.010 0.025",
            "22.93 0.00 27.53 28.45 32.02 23.72 42.67",
            "1.30 1.00 1.38 1.40 1.47 1.31 1.74",
        ),
    ],
)
def test_seven_estimators(data: tuple[np.ndarray, np.ndarray], tau2: str, i2: str, h2: str) -> None:
    found = [pooled(*data, method) for method in METHODS]
    assert not apart([part.tau2 for part in found], tau2)
    shares = [i2_h2(part, data[1]) for part in found]
    assert not apart([share for share, _ in shares], i2)
    assert not apart([ratio for _, ratio in shares], h2)
