"""Wang's tutorial, Conducting meta-analyses of proportions in R: output of metafor and weightr on 19 studies of Xia.

Seen in the repository wnk4242/meta-analysis-of-proportion (data_notransf.csv; images of the printed output in the
Word file: image6, image7, image9, image16). Raw proportions; 4 decimals, fewer for Q and the rest.
"""

from __future__ import annotations

import numpy as np

from evidence.counts import Counts
from evidence.pooling import model
from evidence.pooling.tau2 import cochran_q
from tests.published.printed import agrees, apart, ends, i2_h2, pooled

X = np.array([25, 79, 27, 398, 112, 58, 320, 89, 177, 1409, 289, 232, 294, 66, 69, 39, 104, 186, 402.0])
N = np.array([53, 121, 119, 543, 142, 86, 419, 120, 205, 2640, 716, 235, 508, 91, 77, 58, 113, 208, 485.0])
Y, V = X / N, X / N * (1 - X / N) / N
#: Estimate, standard error, limits, Q, tau2, I2, H2 without each study in turn.
LEFT_OUT = """
0.7164 0.0544 0.6099 0.8230 2272.8261 0.0521 99.2520 133.6957
0.7071 0.0548 0.5997 0.8146 2284.4248 0.0529 99.2558 134.3779
0.7308 0.0525 0.6279 0.8337 2085.2520 0.0484 99.1848 122.6619
0.7026 0.0565 0.5918 0.8134 2287.1492 0.0562 99.2567 134.5382
0.6996 0.0552 0.5915 0.8077 2292.4954 0.0535 99.2584 134.8527
0.7059 0.0547 0.5987 0.8132 2288.5399 0.0527 99.2572 134.6200
0.7009 0.0563 0.5906 0.8112 2292.2502 0.0557 99.2584 134.8382
0.7022 0.0550 0.5945 0.8100 2291.8730 0.0532 99.2582 134.8161
0.6953 0.0557 0.5862 0.8044 2278.9733 0.0545 99.2541 134.0573
0.7143 0.0508 0.6147 0.8138 1513.0670 0.0451 98.8765 89.0039
0.7216 0.0511 0.6213 0.8218 1855.1800 0.0458 99.0836 109.1282
0.6887 0.0440 0.6026 0.7749 1013.8982 0.0335 98.3233 59.6411
0.7114 0.0551 0.6035 0.8193 2208.0388 0.0533 99.2301 129.8846
0.7032 0.0548 0.5957 0.8106 2291.4340 0.0529 99.2581 134.7902
0.6936 0.0550 0.5859 0.8014 2280.5600 0.0532 99.2546 134.1506
0.7060 0.0546 0.5989 0.8131 2289.7780 0.0526 99.2576 134.6928
0.6921 0.0553 0.5838 0.8005 2259.6574 0.0537 99.2477 132.9210
0.6936 0.0558 0.5842 0.8029 2260.6924 0.0547 99.2480 132.9819
0.6972 0.0570 0.5855 0.8088 2282.5097 0.0571 99.2552 134.2653
"""


def test_subgroups() -> None:
    for part, effect, spread, q in (
        (slice(0, 13), "0.6487 0.0715 0.5085 0.7890", "0.0653 99.45 182.77", "2193.2740"),
        (slice(13, 19), "0.8381 0.0292 0.7810 0.8953", "0.0039 83.39 6.02", "30.0973"),
    ):
        found = pooled(Y[part], V[part], "DL")
        assert not apart([found.mu, found.se, *ends(found)], effect)
        assert not apart([found.tau2, *i2_h2(found, V[part])], spread)
        assert agrees(float(cochran_q(Y[part], V[part])), q)


def test_overall() -> None:
    found = pooled(Y, V, "DL")
    assert not apart([found.mu, *ends(found)], "0.70 0.60 0.81")
    assert agrees(float(cochran_q(Y, V)), "2292.63")


def test_maximum_likelihood() -> None:
    found = pooled(Y, V, "ML")
    assert not apart([found.mu, *ends(found), found.tau2], "0.7049 0.6198 0.7901 0.0346")
    # weightr prints 0.04346, by a numerical Hessian of its own. With tau2 fixed it is 0.04344, with tau2 estimated
    # 0.04345; peer_cases.json allows 6e-5.
    assert abs(float(found.se) - 0.04346) < 6e-5


def test_leave_one_out() -> None:
    rows = LEFT_OUT.strip().splitlines()
    assert len(rows) == X.size
    for i, printed in enumerate(rows):
        y, v = np.delete(Y, i), np.delete(V, i)
        found = pooled(y, v, "DL")
        numbers = [found.mu, found.se, *ends(found), cochran_q(y, v), found.tau2, *i2_h2(found, v)]
        assert not apart(numbers, printed), i


def test_leave_one_out_as_one_stack_of_the_model() -> None:
    inside = ~np.eye(X.size, dtype=bool)
    counts = Counts(np.where(inside, X, 0).astype(int), np.where(inside, N, 0).astype(int))
    chosen = model("inverse-variance", measure="PR", tau2="DL", limits="wald", prediction="none")
    found = chosen.estimate(counts)
    for i, printed in enumerate(LEFT_OUT.strip().splitlines()):
        assert not apart([found.estimate[i], found.se[i], found.lower[i]], " ".join(printed.split()[:3])), i
