"""DerSimonian and Kacker 2007, Contemp Clin Trials 28:105, 10.1016/j.cct.2006.04.004: Tables 3 and 4 (pp. 111-112).

Seen in metafor's tests/testthat/test_analysis_example_dersimonian2007.r: 4 decimals. Their two-step estimators are no
estimators here. CA is HE.
"""

from __future__ import annotations

import numpy as np

from evidence.pooling.effects import centre
from evidence.pooling.normal_likelihood import LIKELIHOODS
from tests.published.printed import apart, log_odds_ratios, pooled

Y, V = log_odds_ratios(
    [5, 5, 12, 69, 9, 313], [156, 303, 565, 1570, 103, 4659], [8, 17, 9, 94, 11, 352], [74, 303, 477, 1565, 105, 4650]
)
METHODS = ("PM", "HE", "DL", "EB", "ML", "REML", "HS", "SJ")


def test_tables_3_and_4() -> None:
    found = [pooled(Y, V, method) for method in METHODS]
    tau = [np.sqrt(part.tau2) for part in found]
    assert not apart(tau[:4], "0.3681 0.4410 0.2323 0.3681")
    assert not apart(tau[5:], "0.1843 0.1330 0.4572")
    mu = [part.mu for part in found]
    assert not apart(mu[:4], "-0.3811 -0.4035 -0.3240 -0.3811")
    assert not apart(mu[5:], "-0.2980 -0.2666 -0.4079")
    assert not apart([part.se for part in found], "0.2060 0.2327 0.1540 0.2060 0.0694 0.1343 0.1125 0.2386")


def test_maximum_likelihood_is_at_0() -> None:
    """0.0023 and -0.1974 are printed: metafor stops when tau2 moves by less than 1e-5. The maximum is at 0."""
    found = pooled(Y, V, "ML")
    height = LIKELIHOODS["ML"].value
    assert float(found.tau2) == 0 and 0.0023**2 < 1e-5
    assert float(height(Y, V, np.zeros(()))) > float(height(Y, V, np.asarray(0.0023**2)))
    at_theirs = centre(Y, V, np.asarray(0.0023**2), "wald", "none", 0.95, np.zeros(()))
    assert not apart([at_theirs.mu, at_theirs.se], "-0.1974 0.0694")
