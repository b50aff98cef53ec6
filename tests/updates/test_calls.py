"""The call of R that is printed is the one that makes the recipe."""

from __future__ import annotations

import pytest

from evidence.updates.calls import calls
from evidence.updates.recipes import RECIPES

BY_KEY = {recipe.key: recipe for recipe in RECIPES}


@pytest.mark.parametrize(
    ("key", "metafor", "meta"),
    [
        ("logit/DL/wald", 'measure = "PLO", xi = events, ni = n, method = "DL", test = "z"', 'sm = "PLOGIT"'),
        ("ft-harmonic/REML/hk", 'measure = "PFT", xi = events, ni = n, method = "REML", test = "knha"', '"HK"'),
        ("logit/REML/hk-floor", 'test = "adhoc"', 'adhoc.hakn.ci = "se"'),
        ("logit/common/wald", 'method = "EE"', "common effect"),
        ("glmm-7/t", 'rma.glmm(measure = "PLO"', 'method = "GLMM"'),
    ],
)
def test_of_both(key: str, metafor: str, meta: str) -> None:
    first, second = calls(BY_KEY[key])
    assert metafor in first and meta in second


def test_meta_alone_has_its_own_correction() -> None:
    (call,) = calls(BY_KEY["raw-meta/DL/wald"])
    assert call.startswith("metaprop(") and "PRAW" in call


@pytest.mark.parametrize("key", ["totals/wilson", "ft-variance/DL/wald", "unweighted/mean-t", "raw/DL/ivhet"])
def test_none_where_no_package_makes_it(key: str) -> None:
    assert calls(BY_KEY[key]) == ()
