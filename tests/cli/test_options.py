"""The help of shared options names what there is."""

from __future__ import annotations

import re
from typing import Any, get_args

from evidence import model
from evidence.cli import options
from evidence.pooling import beta_binomial, effects, logistic_normal, poisson_normal


def help_of(option: Any) -> str:
    return str(get_args(option)[1].help)


def test_every_prediction_interval_is_named() -> None:
    words = set(re.findall(r"[a-z-]+", help_of(options.Prediction)))
    for known in (beta_binomial, effects, logistic_normal, poisson_normal):
        assert words >= set(known.PREDICTIONS)


def test_the_example_of_an_option_works_alone() -> None:
    assert "tau_scale=0.5" in help_of(options.Option)
    assert model("bayesian", tau_scale=0.5).to_dict()["tau_scale"] == 0.5
