"""20,000 random sparse analyses through every model in one call: no exception, no warning, no number missing."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evidence.counts import Counts, Rates
from evidence.pooling import MODELS, model
from evidence.pooling.boundaries import STATUSES
from evidence.pooling.result import Estimates
from tests.properties.stacks import sparse, sparse_rates

ROWS = 20_000
#: A posterior takes some 50 ms.
POSTERIORS = 2_000
#: Limits are roots found to 1e-10 of a log-likelihood; where it is flat, a limit moves by more.
ROUNDING = 1e-8

CASES: list[tuple[str, dict[str, Any]]] = [
    ("common-effect", {}),
    ("common-effect", {"limits": "profile"}),
    ("common-effect", {"limits": "wald"}),
    *(
        ("inverse-variance", {"measure": measure, "tau2": tau2, "limits": limits})
        for measure, tau2, limits in (
            ("PLO", "REML", "hk-floor"),
            ("PLO", "ML", "wald"),
            ("PR", "REML", "hk"),
            ("PR", "PM", "t"),
            ("PLN", "DL", "hk-floor"),
            ("PRZ", "SJ", "t"),
            ("PAS", "HE", "hk"),
            ("PFT", "REML", "wald"),
            ("PFT", "HS", "hk-floor"),
        )
    ),
    ("logistic-normal", {"limits": "profile-t", "prediction": "none"}),
    ("logistic-normal", {"limits": "t", "prediction": "none"}),
    ("beta-binomial", {"limits": "profile-t", "prediction": "none"}),
    ("beta-binomial", {"limits": "t", "prediction": "none"}),
]
FITTED = ("ok", "tau-zero")
PROPORTIONS = ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper", "pi_lower", "pi_upper")


def ordered(lower: np.ndarray, middle: np.ndarray, upper: np.ndarray) -> bool:
    slack = ROUNDING * (1 + np.abs(middle))
    return bool(((lower <= middle + slack) & (middle <= upper + slack)).all())


def check(found: Estimates, names: tuple[str, ...]) -> None:
    assert set(found.status) <= set(STATUSES)
    fitted = np.isin(found.status, FITTED)
    assert fitted.any()
    for name in names:
        assert np.isfinite(getattr(found, name)[fitted]).all(), name
    for low, middle, high in (("lower", "estimate", "upper"), ("mean_lower", "mean", "mean_upper")):
        values = [getattr(found, name) for name in (low, middle, high)]
        there = np.isfinite(np.stack(values)).all(0)
        assert ordered(*(value[there] for value in values)), middle
    assert (found.tau[fitted] >= 0).all()


def check_proportions(found: Estimates) -> None:
    for name in PROPORTIONS:
        values = getattr(found, name)
        known = values[~np.isnan(values)]
        assert ((known >= 0) & (known <= 1)).all(), name
    assert (np.isnan(found.pi_lower) == np.isnan(found.pi_upper)).all()


def test_every_model_of_counts_is_here() -> None:
    assert {name for name, _ in CASES} | {"bayesian", "poisson-normal"} == set(MODELS)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "options"), CASES, ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else value
)
def test_sparse_counts(name: str, options: dict[str, Any]) -> None:
    found = model(name, **options).estimate(Counts(*sparse(np.random.default_rng(20), ROWS)))
    numbers: tuple[str, ...] = ("estimate", "lower", "upper", "log_likelihood")
    if name != "common-effect":
        numbers += ("tau", "tau2", "se")
    if name != "inverse-variance" or options["measure"] in ("PLO", "PRZ", "PR"):
        numbers += ("mean", "mean_lower", "mean_upper")
    if name == "common-effect":
        assert np.isnan(found.tau).all()
        found.tau[:] = 0.0
    check(found, numbers)
    check_proportions(found)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial"])
def test_prediction_intervals_of_sparse_counts(name: str) -> None:
    x, n = sparse(np.random.default_rng(21), POSTERIORS)
    found = model(name, limits="t").estimate(Counts(x, n))
    check_proportions(found)
    due = (found.status != "single-study") & ((n > 0).sum(1) >= 3)
    assert np.isfinite(found.pi_lower[due]).all() and (found.pi_lower[due] <= found.pi_upper[due]).all()
    assert np.isnan(found.pi_lower[~due]).all()


@pytest.mark.slow
@pytest.mark.parametrize("likelihood", ["binomial", "normal"])
def test_posteriors_of_sparse_counts(likelihood: str) -> None:
    found = model("bayesian", likelihood=likelihood).estimate(Counts(*sparse(np.random.default_rng(22), POSTERIORS)))
    check(
        found, ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper", "tau", "tau2", "se", "log_likelihood")
    )
    check_proportions(found)


@pytest.mark.slow
@pytest.mark.parametrize("limits", ["profile-t", "t"])
def test_sparse_rates(limits: str) -> None:
    found = model("poisson-normal", limits=limits).estimate(Rates(*sparse_rates(np.random.default_rng(23), ROWS)))
    fitted = np.isin(found.status, FITTED)
    # An upper limit that was never reached is inf.
    for upper in (found.upper, found.mean_upper):
        assert not np.isnan(upper[fitted]).any()
        upper[np.isinf(upper)] = 1e300
    check(found, ("estimate", "lower", "mean", "mean_lower", "tau", "tau2", "se", "log_likelihood"))
