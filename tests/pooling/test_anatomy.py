"""The effect on the analysis scale, estimates without limits, and deviances at fixed tau."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evidence import Counts, Rates, model
from evidence.pooling.anatomy import (
    centres,
    contributions,
    has_weights,
    i2_of,
    known_effects,
    same_estimates,
    with_quick_limits,
)

COUNTS = Counts([9, 5, 1, 3], [28, 6, 2, 9])
#: Rows that are fitted, and one of each boundary.
STACK = Counts(
    [[9, 5, 1, 3], [0, 0, 0, 0], [28, 0, 2, 9], [1, 0, 1, 0], [9, 5, 0, 0], [4, 0, 0, 0]],
    [[28, 6, 2, 9], [28, 6, 2, 9], [28, 0, 2, 9], [1, 1, 1, 1], [9, 5, 4, 0], [9, 0, 0, 0]],
)
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]


@pytest.mark.parametrize("name", MODELS)
def test_other_limits_are_the_same_estimates_and_other_models_are_not(name: str) -> None:
    chosen: Any = model(name)
    other: Any = model(name, level=0.8)
    assert same_estimates(chosen, other) and chosen != other
    apart = [model(one) for one in MODELS if one != name]
    assert not any(same_estimates(chosen, one) for one in apart)
    assert chosen.estimate(COUNTS).effect == pytest.approx(other.estimate(COUNTS).effect, rel=1e-12)  # rounding


@pytest.mark.parametrize(
    ("name", "option"),
    [
        ("inverse-variance", {"measure": "PAS"}),
        ("inverse-variance", {"tau2": "DL"}),
        ("inverse-variance", {"to": "all"}),
        ("bayesian", {"mu_sd": 1.5}),
        ("bayesian", {"likelihood": "normal"}),
    ],
)
def test_options_that_move_estimates_make_another_model(name: str, option: dict[str, Any]) -> None:
    assert not same_estimates(model(name), model(name, **option))


@pytest.mark.parametrize("name", MODELS)
def test_the_effect_of_a_stack_is_that_of_the_analysis(name: str) -> None:
    chosen: Any = model(name)
    stack = chosen.estimate(Counts(COUNTS.events[None], COUNTS.n[None]))
    analysis = chosen.fit(COUNTS).analysis
    assert stack.effect[0] == pytest.approx(analysis["estimate"], rel=1e-10)
    assert stack.se[0] == pytest.approx(analysis["se"], rel=1e-10)


@pytest.mark.parametrize("measure", ["PR", "PLN", "PAS", "PFT"])
def test_the_effect_is_on_the_measures_scale(measure: str) -> None:
    chosen = model("inverse-variance", measure=measure)
    analysis = chosen.fit(COUNTS).analysis
    assert analysis is not None and float(chosen.estimate(COUNTS).effect) == analysis["estimate"]


@pytest.mark.parametrize("name", ["poisson-normal", "common-effect", "inverse-variance"])
def test_the_effect_of_rates_is_a_log_rate(name: str) -> None:
    rates = Rates([3, 9, 4, 20], [10.0, 12.0, 30.0, 25.0])
    chosen = model(name, **({"measure": "IRLN"} if name == "inverse-variance" else {}))
    analysis = chosen.fit(rates).analysis
    assert analysis is not None and float(chosen.estimate(rates).effect) == pytest.approx(
        analysis["estimate"], rel=1e-10
    )


@pytest.mark.parametrize("name", MODELS)
def test_estimates_without_limits_are_the_same_estimates(name: str) -> None:
    whole, quick = model(name).estimate(STACK), centres(model(name), STACK)
    assert list(whole.status) == list(quick.status)
    for field in ("estimate", "mean", "effect", "se", "tau", "tau2", "log_likelihood"):
        np.testing.assert_array_equal(getattr(whole, field), getattr(quick, field), err_msg=field)
    limited = with_quick_limits(model(name)).estimate(STACK)
    np.testing.assert_array_equal(limited.effect, whole.effect)
    np.testing.assert_array_equal(limited.se, whole.se)


def test_only_inverse_variances_have_weights_and_i2() -> None:
    assert [name for name in MODELS if has_weights(model(name))] == ["inverse-variance"]
    chosen = model("inverse-variance")
    i2 = i2_of(chosen, COUNTS, chosen.estimate(COUNTS).tau2)
    spread = chosen.fit(COUNTS).heterogeneity
    assert i2 is not None and spread is not None and float(i2) == pytest.approx(spread.i2, rel=1e-12)
    assert i2_of(model("logistic-normal"), COUNTS, np.ones(())) is None
    assert known_effects(model("logistic-normal"), COUNTS) is None
    assert known_effects(model("bayesian", likelihood="normal"), COUNTS) is not None


def test_contributions_of_normal_effects_add_up_to_q_over_their_variances() -> None:
    chosen = model("inverse-variance", tau2="PM")
    value = contributions(chosen, Counts([30, 5, 12, 3], [40, 60, 20, 9])).value
    # Paule and Mandel's tau2 is where Q is k - 1.
    assert value.sum() == pytest.approx(3, rel=1e-9)
    arms = Counts([30, 5, 12, 3], [40, 60, 20, 9], studies=["a", "b", "a", "c"])
    assert contributions(chosen, arms).value[0] == pytest.approx(value[0] + value[2], rel=1e-9)


def test_without_a_finite_tau_there_are_no_contributions() -> None:
    found = contributions(model("logistic-normal"), Counts([2, 0, 3, 0], [2, 4, 3, 1]))
    assert found.is_deviance and np.isnan(found.value).all()
    assert (contributions(model("common-effect"), Counts([0, 0], [3, 4])).value == 0).all()
