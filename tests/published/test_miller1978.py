"""Miller 1978, The inverse of the Freeman-Tukey double arcsine transformation, Am Stat 32:138.

10.1080/00031305.1978.10479283

Seen in metafor's tests/testthat/test_analysis_example_miller1978.r, which compares with page 138, four decimals.
Miller's effects are sums of arcsines: twice ours.
"""

from __future__ import annotations

import numpy as np

from evidence.counts import Counts
from evidence.measures import MEASURES
from evidence.pooling import model
from tests.published.printed import agrees, apart, ends, pooled

X, N = np.array([3.0, 6, 10, 1]), np.array([11.0, 17, 21, 6])
FIVE_X, FIVE_N = np.array([0.0, 4, 9, 16, 20]), np.array([10.0, 10, 15, 20, 20])
PFT = MEASURES["PFT"]


def harmonic(n: np.ndarray) -> np.ndarray:
    return np.asarray(n.size / (1 / n).sum())


def test_effects_and_variances() -> None:
    y, v = PFT.effects(X, N)
    assert not apart(2 * y, "1.1391 1.2888 1.5253 0.9515")
    assert not apart(4 * v, "0.0870 0.0571 0.0465 0.1538")


def test_unweighted_mean() -> None:
    mean = PFT.effects(X, N)[0].mean()
    assert agrees(2 * mean, "1.2262")
    assert agrees(float(PFT.back(mean, harmonic(N))), "0.3164")


def test_weighted_mean() -> None:
    found = pooled(*PFT.effects(X, N), "EE")
    assert agrees(2 * float(found.mu), "1.3093")
    assert agrees(float(PFT.back(found.mu, harmonic(N))), "0.3595")


def test_single_proportions_come_back() -> None:
    for x, n in ((np.array([0.0, 10]), np.array([10.0, 10])), (FIVE_X, FIVE_N)):
        np.testing.assert_allclose(PFT.back(PFT.effects(x, n)[0], n), x / n, atol=1e-12)


def test_five_studies() -> None:
    found = pooled(*PFT.effects(FIVE_X, FIVE_N), "EE")
    values = np.array([float(found.mu), *ends(found)])
    assert not apart(PFT.back(values, harmonic(FIVE_N)), "0.6886 0.5734 0.7943")


def test_the_same_by_the_model() -> None:
    """tau2 is 0 for Miller's four studies: the random-effects model gives the weighted mean."""
    chosen = model("inverse-variance", measure="PFT", limits="wald", back="harmonic", prediction="none")
    assert agrees(float(chosen.estimate(Counts(X.astype(int), N.astype(int))).estimate), "0.3595")
