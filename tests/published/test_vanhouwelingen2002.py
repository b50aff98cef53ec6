"""Van Houwelingen, Arends and Stijnen 2002, Stat Med 21:589, 10.1002/sim.1040: BCG, text of pp. 596, 597, 599.

Seen in metafor's tests/testthat/test_analysis_example_vanhouwelingen2002.r and on
metafor-project.org/doku.php/analyses:vanhouwelingen2002 (limits of tau2 0.1302 to 1.1812, at confint's default
precision of 1.2e-4; the test has 3 decimals). Data: metadat's dat.colditz1994, log odds ratios. The limits by Knapp
and Hartung's method are metafor's.
"""

from __future__ import annotations

import numpy as np

from evidence.pooling.tau2_limits import q_profile_limits
from tests.published.printed import apart, ends, log_odds_ratios, pooled

VACCINATED = [4, 6, 3, 62, 33, 180, 8, 505, 29, 17, 186, 5, 27]
VACCINATED_N = [123, 306, 231, 13598, 5069, 1541, 2545, 88391, 7499, 1716, 50634, 2498, 16913]
CONTROL = [11, 29, 11, 248, 47, 372, 10, 499, 45, 65, 141, 3, 29]
CONTROL_N = [139, 303, 220, 12867, 5808, 1451, 629, 88391, 7277, 1665, 27338, 2341, 17854]
Y, V = log_odds_ratios(VACCINATED, VACCINATED_N, CONTROL, CONTROL_N)


def test_common_effect() -> None:
    found = pooled(Y, V, "EE")
    # 0.703 in the paper.
    assert not apart(np.exp([float(found.mu), *ends(found)]), "0.647 0.595 0.702")


def test_random_effects_by_maximum_likelihood() -> None:
    found = pooled(Y, V, "ML")
    assert not apart(np.exp([float(found.mu), *ends(found)]), "0.476 0.336 0.675")
    assert not apart([found.tau2], "0.302")
    assert not apart(np.exp(ends(pooled(Y, V, "ML", "hk"))), "0.318 0.714")


def test_limits_of_tau2() -> None:
    assert not apart(np.array(q_profile_limits(Y, V, 0.95)), "0.130 1.181")


def test_prediction() -> None:
    found = pooled(Y, V, "ML", prediction="normal")
    # The paper leaves the error of the mean out (p. 599); with it, as here, metafor prints the second pair.
    spread = 1.959964 * np.sqrt(found.tau2)
    assert not apart([found.mu - spread, found.mu + spread], "-1.820 0.336")
    assert not apart([found.mu - found.pi_reach, found.mu + found.pi_reach], "-1.875 0.391")
