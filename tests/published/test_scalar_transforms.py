"""Transformations of single numbers, as metafor's tests and RC MetaStudio's print them.

Seen in metafor's tests/testthat/test_misc_transf.r, test_misc_escalc.r, test_misc_rma_handling_nas.r, and in RC
MetaStudio's test_workspace_scales.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logit

from evidence.counts import Counts
from evidence.measures import MEASURES
from tests.published.printed import apart


def test_metafor_transf() -> None:
    tenth, ten = np.array(1.0), np.array(10.0)
    assert not apart([MEASURES["PLO"].transformed(tenth, ten)[0]], "-2.197225")
    assert not apart([MEASURES["PAS"].transformed(tenth, ten)[0]], "0.321751")
    assert not apart([MEASURES["PFT"].transformed(tenth, ten)[0]], "0.373394")
    assert not apart([MEASURES["PLO"].mean(np.array(logit(0.1)), np.array(0.1))], "0.103591")


def test_metafor_arcsine() -> None:
    y, v = MEASURES["PAS"].effects(np.array([10.0]), np.array([20.0]))
    assert not apart([y[0], v[0]], "0.7854 0.0125")


def test_rc_metastudio() -> None:
    three, ten = np.array(3.0), np.array(10.0)
    found = [
        MEASURES["PLO"].transformed(three, ten)[0],
        MEASURES["PLO"].back(np.array(0.4)),
        MEASURES["PAS"].transformed(three, ten)[0],
        MEASURES["PAS"].back(np.array(0.4)),
        MEASURES["PFT"].transformed(np.array(6.0), np.array(20.0))[0],
        MEASURES["PFT"].back(np.array(0.6), np.array(20.0)),
    ]
    printed = (
        "-0.847297860387204 0.598687660112452 0.579639740363704 0.151646645326417 0.589711175015508 0.310010631597454"
    )
    assert not apart(found, printed)


def test_studies_without_a_value_are_not_counted() -> None:
    """Ten studies, one without a count and one without its moderator: 8; without a correction 6 have a logit."""
    counts = Counts([0, 0, 2, 2, 3, 8, 9, 2], [20] * 8)
    assert counts.k == 8
    y, _ = MEASURES["PLO"].effects(counts.events, counts.n, 0.0, "none")
    assert np.isfinite(y).sum() == 6
