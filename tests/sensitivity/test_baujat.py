"""Baujat's plot against metafor's numbers, and deviances against refitting with another integration."""

from __future__ import annotations

import json
from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.special import expit
from scipy.stats import betabinom, binom

from evidence import Counts, model
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.baujat import baujat
from tests.sensitivity.quick import quick
from tests.sensitivity.reference import PRITZ, QUESTIONS

COUNTS = Counts([9, 5, 2, 0, 3, 2], [28, 6, 3, 4, 3, 9], list("ABCDEF"))
#: Trapezoid rule in a standard normal variable.
NODE = np.linspace(-10, 10, 2001)
WEIGHT = np.exp(-0.5 * NODE**2) / np.exp(-0.5 * NODE**2).sum()
Log = Callable[[int, int, float], float]


def test_metafors_numbers() -> None:
    found = QUESTIONS["baujat"]
    answer = baujat(PRITZ, model("inverse-variance", measure=found["measure"], tau2=found["method"], limits="wald"))
    # Closed forms; 13 digits are kept.
    np.testing.assert_allclose(answer.contribution, found["x"], rtol=1e-11)
    np.testing.assert_allclose(answer.influence, found["y"], rtol=1e-11)
    assert not answer.is_deviance


def normal_mixture(tau: float) -> Log:
    def log(x: int, n: int, mu: float) -> float:
        return float(np.log(WEIGHT @ binom.pmf(x, n, expit(mu + tau * NODE))))

    return log


def beta_mixture(rho: float) -> Log:
    total = (1 - rho) / rho
    return lambda x, n, mu: float(betabinom.logpmf(x, n, total * expit(mu), total * expit(-mu)))


def highest(log: Log, x: list[int], n: list[int]) -> float:
    if sum(x) in (0, sum(n)):
        return 0.0
    found = minimize_scalar(
        lambda mu: -sum(log(a, b, mu) for a, b in zip(x, n, strict=True)), bounds=(-12, 12), options={"xatol": 1e-9}
    )
    return -float(found.fun)


def mixture_of(name: str) -> Log:
    fitted = model(name).fit(COUNTS)
    if name == "common-effect":
        return lambda x, n, mu: float(binom.logpmf(x, n, expit(mu)))
    spread = fitted.heterogeneity
    assert spread is not None and spread.tau is not None
    if name == "beta-binomial":
        assert spread.rho is not None
        return beta_mixture(spread.rho)
    return normal_mixture(spread.tau)


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial", "bayesian", "common-effect"])
def test_the_contribution_is_the_fall_in_deviance_without_the_study_at_fixed_tau(name: str) -> None:
    log, answer = mixture_of(name), baujat(COUNTS, quick(name))
    assert answer.is_deviance
    x, n = COUNTS.events.tolist(), COUNTS.n.tolist()
    for i in range(COUNTS.k):
        rest = highest(log, x[:i] + x[i + 1 :], n[:i] + n[i + 1 :])
        fall = 2 * (highest(log, [x[i]], [n[i]]) + rest - highest(log, x, n))
        # The search for mu here ends at 1e-9, where the deviance is flat; both have the same tau.
        assert answer.contribution[i] == pytest.approx(fall, abs=1e-7)


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial", "inverse-variance"])
def test_the_influence_is_the_squared_shift_over_the_variance_without_the_study(name: str) -> None:
    chosen = quick(name)
    whole, answer = chosen.fit(COUNTS).analysis, baujat(COUNTS, chosen)
    rest = chosen.fit(COUNTS.take([1, 2, 3, 4, 5])).analysis
    assert whole is not None
    assert rest is not None
    assert answer.influence[0] == pytest.approx(((whole["estimate"] - rest["estimate"]) / rest["se"]) ** 2, abs=1e-7)


def test_large_studies_have_the_contribution_of_normal_effects() -> None:
    """With thousands of units the fall in deviance is the part of Q over 1 less the study's share of the weights."""
    counts = Counts([3000, 4500, 5200, 6100, 4000], [10000] * 5)
    normal = baujat(counts, model("inverse-variance", tau2="ML"))
    deviance = baujat(counts, quick("logistic-normal"))
    share = 1 / counts.k
    np.testing.assert_allclose(deviance.contribution, normal.contribution / (1 - share), rtol=0.01)


def test_the_reading_names_the_study_and_numbers() -> None:
    counts = Counts([2, 1, 3, 2, 19], [20, 15, 30, 25, 20], ["one", "two", "three", "four", "odd"])
    answer = baujat(counts, quick("logistic-normal"))
    assert str(answer).startswith("odd makes up ") and "stands highest in the figure as well" in str(answer)
    picture = answer.picture()
    assert picture.labels == answer.studies
    assert list(picture.size) == [20.0, 15.0, 30.0, 25.0, 20.0]
    json.dumps(answer.to_dict(), allow_nan=False)
    assert answer.to_frame()["share"].sum() == pytest.approx(1)


def test_a_deletion_on_a_boundary_stands_at_the_edge() -> None:
    answer = baujat(Counts([4, 6, 9, 3], [4, 6, 12, 3], list("abcd")), model("logistic-normal"))
    picture = answer.picture()
    assert picture.labels[2] == "c (without it only events are left)" and picture.flagged == (False, False, True, False)
    assert picture.y[2] > max(picture.y[0], picture.y[1], picture.y[3])
    assert "c stands highest in the figure: without it only events are left" in str(answer)


def test_identical_studies_do_not_differ() -> None:
    answer = baujat(Counts([2, 2, 2], [4, 4, 4]), model("inverse-variance"))
    assert "do not differ" in str(answer)
    json.dumps(answer.to_dict(), allow_nan=False)


def test_it_says_when_it_cant_be_asked() -> None:
    with pytest.raises(NotAskableError, match="fewer than 3"):
        baujat(Counts([1, 2], [3, 4]), model("logistic-normal"))
    with pytest.raises(NotAskableError, match="boundary"):
        baujat(Counts([2, 0, 3, 0], [2, 4, 3, 1]), model("logistic-normal"))


def test_of_many_studies_the_outlying_ones_are_named_by_a_rule_that_is_said() -> None:
    generator = np.random.default_rng(5)
    n = generator.integers(5, 60, 40)
    events = generator.binomial(n, 0.4)
    events[7] = n[7]
    many = baujat(Counts(events, n), "inverse-variance")
    picture = many.picture()
    ringed = {i for i, flag in enumerate(picture.flagged) if flag}
    tops = [set(np.argsort(-values)[:3]) for values in (many.contribution, many.influence)]
    assert ringed == tops[0] | tops[1] and 7 in ringed
    assert "the 3 studies that add most" in picture.remark and "our choice of 3" in picture.remark
    few = baujat(Counts(events[:10], n[:10]), "inverse-variance").picture()
    assert not any(few.flagged) and few.remark == ""
