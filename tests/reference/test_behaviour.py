"""Odd and invalid inputs: what metafor and meta do with them is in behaviour_errors.json, what we do is in this table.

Every input either is refused, with a code and a mend, or has a right number. ``test_all_reference`` fails when the
folder holds an input that is not here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
from scipy.special import logit

from evidence.counts import Counts
from evidence.errors import EvidenceError
from evidence.measures import MEASURES
from evidence.pooling import model, pool
from evidence.pooling.result import Pooled
from evidence.pooling.tau2 import TAU2

NAN = float("nan")
ZEROS = ([0] * 5, [4, 7, 11, 1, 2])


def pooled(events: Any, n: Any, name: str = "logistic-normal", **options: Any) -> Pooled:
    if name in ("logistic-normal", "beta-binomial"):
        options = {"prediction": "none", **options}
    found = pool(Counts(events, n), model(name, **options))
    assert isinstance(found, Pooled)
    return found


def inverse(events: Any, n: Any, **options: Any) -> Pooled:
    return pooled(events, n, "inverse-variance", **{"limits": "wald", **options})


def on_logit(found: Pooled) -> tuple[float, float, float]:
    """Estimate and limits on the logit."""
    assert found.ci is not None and found.estimate is not None
    return float(logit(found.estimate)), float(logit(found.ci.lower)), float(logit(found.ci.upper))


def limits_of(found: Pooled) -> tuple[float | None, float, float]:
    """Estimate and limits."""
    assert found.ci is not None
    return found.estimate, found.ci.lower, found.ci.upper


@cache
def exact_zero() -> tuple[Any, ...]:
    """No events in five studies by every model: 0, with exact limits of 0 of 25, where others say 9.9 % or 0 to 1."""
    found = [pooled(*ZEROS, name) for name in ("logistic-normal", "common-effect", "beta-binomial")]
    found += [inverse(*ZEROS), inverse(*ZEROS, measure="PFT")]
    return tuple((p.status, p.estimate, p.ci.lower, round(p.ci.upper, 4)) for p in found if p.ci)


@cache
def single_study() -> tuple[Any, ...]:
    """7 of 9 by every model: its proportion and exact limits, and no heterogeneity."""
    names = ("logistic-normal", "common-effect", "beta-binomial", "bayesian", "inverse-variance")
    found = [pooled([7], [9], name) for name in names] + [inverse([7], [9], limits="hk")]
    return tuple((p.status, p.estimate, round(p.ci.lower, 4), round(p.ci.upper, 4)) for p in found if p.ci)


def zero_variance() -> tuple[float, float]:
    """A ratio of variances above 1e7, pooled: tau2 and the effect."""
    y, v = np.array([0.5, 0.8, 1.0]), np.array([500, 0.02, 1e-7])
    tau2 = float(TAU2["REML"](y, v))
    w = 1 / (v + tau2)
    return tau2, float((w * y).sum() / w.sum())


def identical() -> tuple[Any, ...]:
    """Identical studies under hk: the usual variance, not 0; and the method says so."""
    found = inverse([3] * 5, [10] * 5, limits="hk")
    assert found.ci is not None
    return found.ci.method, round(float(logit(found.ci.upper) - logit(found.ci.lower)), 6)


def freeman_tukey() -> tuple[bool, bool]:
    """Schwarzer's problem: by the harmonic mean the pooled 0.011 % lies far below the 2 % of all; ours does not."""
    found = inverse([1, 2, 4000], [8, 9, 200_000], measure="PFT")
    assert found.estimate is not None
    return 0.02 < found.estimate < 0.2222, found.ci is not None and found.ci.lower <= 0.02 <= found.ci.upper


#: Input (the reference's name of it) -> our call and the code that refuses it.
REFUSED: dict[str, tuple[Callable[[], Any], str]] = {
    "events > n": (lambda: Counts([5, 3], [4, 10]), "events-exceed-total"),
    "negative events": (lambda: Counts([-1, 3], [4, 10]), "negative"),
    "NA in events": (lambda: Counts([NAN, 3, 4], [6, 10, 9]), "not-whole"),
    "NA in n": (lambda: Counts([2, 3, 4], [6, NAN, 9]), "not-whole"),
    "all NA": (lambda: Counts([NAN, NAN], [6, 10]), "not-whole"),
    "fractional events": (lambda: Counts([2.5, 3], [6, 10]), "not-whole"),
    "fractional events GLMM": (lambda: Counts([2.5, 3, 4], [6, 10, 9]), "not-whole"),
    "empty input": (lambda: pooled([], []), "no-studies"),
    "unequal lengths": (lambda: Counts([1, 2, 3], [6, 10]), "shape"),
    "text input": (lambda: Counts(["one", "2"], [6, 10]), "not-a-number"),
    "infinite n": (lambda: Counts([1, 2], [np.inf, 10]), "not-whole"),
    "all 100%, raw, no correction": (
        lambda: inverse([4, 7], [4, 7], measure="PR", to="none", boundary="corrected"),
        "no-variance",
    ),
    "one study has zero variance": (lambda: inverse([2, 8, 3], [4, 10, 3], measure="PR", to="none"), "no-variance"),
    "one study has zero variance, DL": (
        lambda: inverse([2, 8, 3], [4, 10, 3], measure="PR", to="none", tau2="DL"),
        "no-variance",
    ),
    "unknown method": (lambda: inverse([1, 3, 8], [9, 9, 9], tau2="XX"), "unknown-tau2"),
    "level 95 instead of 0.95": (lambda: inverse([1, 3, 8], [9, 9, 9], level=95), "level"),
    "non-convergence of Fisher scoring (maxiter 2)": (
        lambda: inverse([1, 3, 8], [9, 9, 9], maxiter=2),
        "unknown-option",
    ),
}

EXACT_ZERO = (("all-zero", 0.0, 0.0, 0.1372),) * 5
EXACT_ONE = (("single-study", 7 / 9, 0.3999, 0.9719),) * 6
#: Input -> our call and its number; reference numbers where they are right.
NUMBERS: dict[str, tuple[Callable[[], Any], Any]] = {
    "n = 0": (lambda: (pooled([0, 3], [0, 10]).k, pooled([0, 3], [0, 10]).estimate), (1, 0.3)),
    "a study without events left out, as with NA": (
        lambda: on_logit(inverse([0, 3, 4], [0, 10, 9])),
        (-0.5263959019949188, -1.4691415691621834, 0.4163497651723458),
    ),
    "k = 1": (single_study, EXACT_ONE),
    "k = 1 with knha": (single_study, EXACT_ONE),
    "k = 1 FE": (single_study, EXACT_ONE),
    "k = 1 Inverse": (single_study, EXACT_ONE),
    "k = 2 prediction default": (lambda: inverse([1, 8], [9, 10]).pi, None),
    "k = 2 prediction knha": (lambda: inverse([1, 8], [9, 10], limits="hk").pi, None),
    "k = 2 prediction Riley (df 0 is replaced by 1)": (lambda: inverse([1, 8], [9, 10], prediction="riley").pi, None),
    "k = 2 prediction HTS": (lambda: inverse([1, 8], [9, 10], prediction="riley").pi, None),
    "all zero, REML": (exact_zero, EXACT_ZERO),
    "all zero, FE, Freeman-Tukey": (exact_zero, EXACT_ZERO),
    "all zero, GLMM": (exact_zero, EXACT_ZERO),
    "all zero, GLMM FE": (exact_zero, EXACT_ZERO),
    "all zero, Inverse": (exact_zero, EXACT_ZERO),
    "all zero, corrected on request": (
        lambda: on_logit(inverse(*ZEROS, boundary="corrected")),
        (-2.211906059051765, -3.536452993039399, -0.8873591250641313),
    ),
    "all 100%, GLMM": (
        lambda: limits_of(pooled([4, 7, 11], [4, 7, 11]))[:2],
        # 0.025 ** (1 / 22): all 22 of 22.
        (1.0, 0.025 ** (1 / 22)),
    ),
    # peer_cases.json: meta prints 0 to 1 for each of these three. 0.025 ** (1 / n) is the exact limit.
    "meta-edge-one-study-zero": (lambda: limits_of(pooled([0], [20])), (0.0, 0.0, 1 - 0.025 ** (1 / 20))),
    "meta-edge-all-zero": (lambda: limits_of(pooled([0] * 3, [10, 20, 30])), (0.0, 0.0, 1 - 0.025 ** (1 / 60))),
    "meta-edge-all-events": (lambda: limits_of(pooled([5, 5], [5, 5])), (1.0, 0.025 ** (1 / 10), 1.0)),
    "ratio of variances > 1e7": (zero_variance, (0.010000450327004452, 0.9499917491748757)),
    "identical studies, REML knha: the Hartung-Knapp SE collapses to 0": (
        identical,
        # t with 4 degrees of freedom, 2.776445, times 1 / sqrt(5 * 2.1), twice.
        ("hk-floor", round(2 * 2.7764451051977987 / 10.5**0.5, 6)),
    ),
    "identical studies, HK": (identical, ("hk-floor", round(2 * 2.7764451051977987 / 10.5**0.5, 6))),
    "PFT back-transform gives a proportion far from every study (Schwarzer 2019 problem)": (
        freeman_tukey,
        (True, True),
    ),
    "ipft.hm with a bare vector as targs": (
        lambda: float(MEASURES["PFT"].back(np.array(0.5), np.asarray(3 / (1 / 4 + 1 / 5 + 1 / 6)))),
        # metafor 3.8-1: transf.ipft.hm(0.5, targs = list(ni = c(4, 5, 6))).
        0.181073905102,
    ),
    "meta::backtransf PFT, vector x and scalar n": (
        lambda: float(MEASURES["PFT"].back(np.array([0.5, 0.6, 0.7]), np.asarray(10.0))[0]),
        0.204573048532042,
    ),
    "level 0.95 instead of 95": (
        lambda: on_logit(inverse([1, 3, 8], [9, 9, 9], level=0.95)),
        # Their effect and standard error with the quantile of 95 %; at level 0.95 they give an interval of 0.95 %.
        (-0.2559050569704501, -0.2559050569704501 - 1.959964 * 1.1631922, -0.2559050569704501 + 1.959964 * 1.1631922),
    ),
}
#: Counts have no variance that could be negative; moderators and tests of small-study effects are of later work.
NOT_ASKED = {
    "negative variance",
    "moderator collinear",
    "as many moderators as studies",
    "Egger with k = 2",
    "Egger below k.min",
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_mend(name: str) -> None:
    call, code = REFUSED[name]
    with pytest.raises(EvidenceError) as caught:
        call()
    assert {problem.code for problem in caught.value.problems} == {code}
    assert all(len(problem.mend) > 10 for problem in caught.value.problems)


@pytest.mark.parametrize("name", NUMBERS)
def test_a_right_number(name: str) -> None:
    call, expected = NUMBERS[name]
    found = call()
    if isinstance(expected, float) or (isinstance(expected, tuple) and isinstance(expected[0], float)):
        # metafor's REML stops when tau2 moves by less than 1e-5.
        np.testing.assert_allclose(found, expected, rtol=1e-5)
    else:
        assert found == expected


def test_every_prediction_of_two_studies_is_none_not_infinite() -> None:
    assert inverse([1, 8], [9, 10], limits="t").to_dict()["pi"] is None
