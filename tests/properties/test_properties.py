"""What is true of every model it is claimed of, whatever the data: each property first on paper, then here.

Examples are few and always the same, one in the short run; one is a stack, so that each holds for many analyses.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.counts import Counts, Rates
from evidence.measures import MEASURES
from evidence.pooling import model
from evidence.pooling.bayesian import Bayesian
from evidence.pooling.result import Estimates
from tests.conftest import FEW_EXAMPLES
from tests.properties.stacks import sparse, sparse_rates

#: The likelihood models without their prediction intervals, which are tested with the posterior.
LIKELIHOODS: list[tuple[str, dict[str, Any]]] = [
    ("common-effect", {}),
    ("common-effect", {"limits": "profile"}),
    ("logistic-normal", {"limits": "t", "prediction": "none"}),
    ("logistic-normal", {"limits": "profile", "prediction": "none"}),
    ("beta-binomial", {"limits": "t", "prediction": "none"}),
    ("beta-binomial", {"limits": "profile-t", "prediction": "none"}),
]
SYMMETRIC = [(name, tau2) for name, measure in MEASURES.items() if measure.symmetric for tau2 in ("REML", "DL")]
INVERSE: list[tuple[str, dict[str, Any]]] = [
    ("inverse-variance", {"measure": measure, "tau2": tau2}) for measure, tau2 in SYMMETRIC
]
NUMBERS = ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper", "tau", "log_likelihood")
ML: tuple[str, dict[str, Any]] = ("inverse-variance", {"measure": "PLO", "tau2": "ML", "limits": "wald"})
ROWS = 8
seeds = st.integers(0, 2**32 - 1)
few = settings(max_examples=1 if settings().max_examples == FEW_EXAMPLES else 2, deadline=None, derandomize=True)


def stack(seed: int, rows: int = ROWS, most: int = 7) -> tuple[np.ndarray, np.ndarray, np.random.Generator]:
    rng = np.random.default_rng(seed)
    return *sparse(rng, rows, most), rng


def part(whole: Estimates, rows: np.ndarray) -> Estimates:
    return Estimates(**{field.name: getattr(whole, field.name)[rows] for field in fields(Estimates)})


def same(a: Estimates, b: Estimates, names: tuple[str, ...] = NUMBERS, atol: float = 1e-10) -> None:
    np.testing.assert_array_equal(a.status, b.status)
    for name in names:
        np.testing.assert_allclose(getattr(a, name), getattr(b, name), rtol=atol, atol=atol, err_msg=name)


@pytest.mark.parametrize(("name", "options"), [*LIKELIHOODS, *INVERSE, ML])
@few
@given(seeds)
def test_order_mirror_and_doubling(name: str, options: dict[str, Any], seed: int) -> None:
    """Order never matters; exchanging events and non-events mirrors binomial likelihoods and symmetric scales; every
    study twice doubles a log-likelihood that is a sum over studies (not restricted ones or moments, which count k - 1).
    """
    x, n, rng = stack(seed)
    order, none = rng.permutation(x.shape[1]), np.zeros_like(x)
    events = [[x, none], [x[:, order], none], [n - x, none], [x, x]]
    units = [[n, none], [n[:, order], none], [n, none], [n, n]]
    whole = model(name, **options).estimate(Counts(np.block(events), np.block(units)))
    once, moved, mirrored, twice = (part(whole, np.arange(4 * ROWS).reshape(4, -1)[i]) for i in range(4))
    # Sums in another order differ by rounding; a limit on a flat likelihood moves by its square root.
    same(once, moved, atol=1e-7)
    for one, other in (("estimate", "estimate"), ("lower", "upper"), ("mean", "mean"), ("mean_lower", "mean_upper")):
        np.testing.assert_allclose(getattr(once, one), 1 - getattr(mirrored, other), atol=1e-7, err_msg=one)
    np.testing.assert_allclose(once.tau, mirrored.tau, atol=1e-6)
    if options.get("tau2", "ML") == "ML":
        fitted = np.isin(once.status, ("ok", "tau-zero"))
        np.testing.assert_allclose(twice.log_likelihood[fitted], 2 * once.log_likelihood[fitted], rtol=1e-9, atol=1e-9)
        np.testing.assert_allclose(twice.estimate[fitted], once.estimate[fitted], atol=1e-7)
        np.testing.assert_allclose(twice.tau[fitted], once.tau[fitted], atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize(("name", "options"), [*LIKELIHOODS, *INVERSE])
def test_a_stack_is_its_rows(name: str, options: dict[str, Any]) -> None:
    x, n, rng = stack(11)
    chosen = model(name, **options)
    whole = chosen.estimate(Counts(x, n))
    for row in rng.integers(0, x.shape[0], 3):
        alone = chosen.estimate(Counts(x[row], n[row]))
        assert str(alone.status) == whole.status[row]
        for field in NUMBERS:
            # DESIGN: 1e-10.
            one, other = float(getattr(alone, field)), float(getattr(whole, field)[row])
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10, err_msg=field)


@pytest.mark.parametrize("options", [{}, {"likelihood": "normal"}, {"limits": "hpd"}])
def test_a_stack_of_posteriors_is_its_rows(options: dict[str, Any]) -> None:
    x, n, _ = stack(5, rows=3, most=6)
    chosen = model("bayesian", **options)
    # The last row has the studies of the first in another order, and is computed with it.
    whole = chosen.estimate(Counts(np.vstack([x, x[0, ::-1]]), np.vstack([n, n[0, ::-1]])))
    for row in range(x.shape[0]):
        alone = chosen.estimate(Counts(x[row], n[row]))
        for field in (*NUMBERS, "pi_lower", "pi_upper"):
            one, other = float(getattr(alone, field)), float(getattr(whole, field)[row])
            np.testing.assert_allclose(one, other, rtol=1e-10, atol=1e-10, err_msg=field)
    for field in NUMBERS:
        assert np.array_equal(getattr(whole, field)[0], getattr(whole, field)[-1], equal_nan=True)


@pytest.mark.parametrize("limits", ["clopper-pearson", "profile", "wald"])
@few
@given(seeds)
def test_one_event_more_moves_the_common_proportion_up(limits: str, seed: int) -> None:
    """True of the observed proportion and its limits, not of models with a spread."""
    x, n, rng = stack(seed)
    room = n - x > 0
    has_room = room.any(1)
    column = np.where(room, rng.random(x.shape), -1.0).argmax(1)
    more = x.copy()
    more[np.arange(x.shape[0])[has_room], column[has_room]] += 1
    low, high = (model("common-effect", limits=limits).estimate(Counts(events, n)) for events in (x, more))
    inner = has_room & np.isin(low.status, ("ok",)) & np.isin(high.status, ("ok",))
    for name in ("estimate", "lower", "upper"):
        assert (getattr(high, name)[inner] >= getattr(low, name)[inner]).all()


@pytest.mark.parametrize(("name", "options"), LIKELIHOODS)
@few
@given(seeds)
def test_limits_contain_the_estimate_and_widen_with_the_level(name: str, options: dict[str, Any], seed: int) -> None:
    x, n, _ = stack(seed)
    narrow, wide = (model(name, level=level, **options).estimate(Counts(x, n)) for level in (0.8, 0.95))
    for low, middle, high in (("lower", "estimate", "upper"), ("mean_lower", "mean", "mean_upper")):
        inner = [getattr(narrow, field) for field in (low, middle, high)]
        outer = [getattr(wide, field) for field in (low, middle, high)]
        chain = np.stack([outer[0], inner[0], inner[1], inner[2], outer[2]])
        chain = chain[:, ~np.isnan(chain).any(0)]
        assert chain.size and (np.diff(chain, axis=0) >= -1e-8).all()


@pytest.mark.parametrize("limits", ["t", "wald"])
@few
@given(seeds)
def test_the_confidence_interval_lies_inside_the_prediction_interval(limits: str, seed: int) -> None:
    """With the same quantile and the same standard error."""
    x, n, _ = stack(seed)
    chosen = model("inverse-variance", limits=limits, prediction={"t": "t", "wald": "normal"}[limits])
    found = chosen.estimate(Counts(x, n))
    there = ~np.isnan(found.pi_lower)
    assert (found.pi_lower[there] <= found.lower[there]).all() and (found.upper[there] <= found.pi_upper[there]).all()


@settings(max_examples=20, deadline=None, derandomize=True)
@given(seeds)
def test_i2_is_a_fraction(seed: int) -> None:
    x, n, rng = stack(seed, rows=1, most=8)
    chosen = model(
        "inverse-variance", measure=str(rng.choice(list(MEASURES))), tau2=str(rng.choice(["DL", "REML", "PM", "SJ"]))
    )
    spread = chosen.fit(Counts(x[0], n[0])).heterogeneity
    if spread is not None:
        for share in (spread.i2, spread.i2_q):
            assert share is not None and 0 <= share <= 1


@settings(max_examples=8, deadline=None, derandomize=True)
@given(seeds)
def test_a_posterior_is_a_distribution(seed: int) -> None:
    x, n, rng = stack(seed, rows=1, most=8)
    present = n[0] > 0
    prior = [("half-normal", 1.0), ("half-cauchy", 0.5), ("uniform", 3.0)][rng.integers(3)]
    found = Bayesian(tau_prior=prior[0], tau_scale=prior[1]).posterior(x[0, present], n[0, present])
    assert found.weight.sum() == pytest.approx(1, abs=1e-12)
    # The Fourier series of the density is as exact as the quantiles are asked to be.
    # Under a half-Cauchy prior a new study lies as far out as tau does.
    ends = np.array([-1e12, 1e12])
    for cdf in (found.median_cdf, found.predictive_cdf):
        np.testing.assert_allclose(cdf(ends), [0, 1], atol=1e-7)
    np.testing.assert_allclose(found.mean_cdf(np.array([-29.0, 29.0])), [0, 1], atol=1e-7)
    np.testing.assert_allclose(found.tau_cdf(np.sinh(np.array(found.ends))), [0, 1], atol=1e-9)
    at = np.linspace(-8, 8, 41)
    for cdf in (found.median_cdf, found.mean_cdf, found.predictive_cdf):
        assert (np.diff(cdf(at)) >= -1e-7).all()


@pytest.mark.parametrize("limits", ["t", "profile-t"])
@few
@given(seeds)
def test_rates(limits: str, seed: int) -> None:
    """Order, rows of a stack, and time counted in another unit: rates and limits scale, tau and log-likelihood stay."""
    rng = np.random.default_rng(seed)
    rows = {"t": 6, "profile-t": 3}[limits]
    x, time = sparse_rates(rng, rows, 6)
    chosen = model("poisson-normal", limits=limits)
    whole = chosen.estimate(Rates(x, time))
    order = rng.permutation(x.shape[1])
    same(whole, chosen.estimate(Rates(x[:, order], time[:, order])), atol=1e-6)
    scaled = chosen.estimate(Rates(x, 12 * time))
    same(whole, scaled, ("tau", "log_likelihood"), atol=1e-6)
    for name in ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper"):
        np.testing.assert_allclose(getattr(scaled, name) * 12, getattr(whole, name), rtol=1e-6, atol=1e-12)
    row = int(rng.integers(rows))
    alone = chosen.estimate(Rates(x[row], time[row]))
    for name in NUMBERS:
        np.testing.assert_allclose(float(getattr(alone, name)), getattr(whole, name)[row], rtol=1e-10, atol=1e-10)
