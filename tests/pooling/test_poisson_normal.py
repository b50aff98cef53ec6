"""The Poisson-normal model: its probabilities, other software's fits, limits by brute force, boundaries, properties."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.special import gammaln
from scipy.stats import norm, poisson
from scipy.stats import t as student

from evidence.counts import Counts, Rates
from evidence.errors import DataError, UsageError
from evidence.measures.rate import poisson_limits
from evidence.pooling import model, pool
from evidence.pooling.poisson_terms import poisson_terms
from evidence.pooling.quadrature import Terms
from evidence.pooling.rate_result import PooledRate
from evidence.pooling.result import Interval, Pooled

REFERENCE: dict[str, Any] = json.loads(
    (Path(__file__).parents[1] / "reference" / "pooled_rates.json").read_text(encoding="utf-8")
)
SPARSE = ([0, 1, 0, 2, 9], [1.0, 2.0, 3.0, 4.0, 5.0])


def one(x: float, time: float, mu: float, tau: float) -> Terms:
    return poisson_terms(*(np.array([float(value)]) for value in (x, time, mu, tau)))


def integral(x: int, time: float, mu: float, tau: float) -> float:
    """The log-probability by SciPy's integration, in pieces around the mode, in units of the value there."""

    # Poisson's and the normal formula as they are: SciPy's own check their arguments at each of 10,000 points.
    constant = x * np.log(time) - gammaln(x + 1) - 0.5 * np.log(2 * np.pi)

    def log_integrand(z: Any) -> Any:
        log_rate = np.minimum(mu + tau * z, 600.0)
        return constant + x * log_rate - time * np.exp(log_rate) - 0.5 * z * z

    low, high = -60.0, 60.0
    for _ in range(12):
        grid = np.linspace(low, high, 401)
        best = int(np.argmax(log_integrand(grid)))
        low, high = grid[max(best - 2, 0)], grid[min(best + 2, 400)]
    mode = 0.5 * (low + high)
    peak = float(log_integrand(mode))

    def inside(reach: float, side: int) -> float:
        return float(max(log_integrand(mode + side * reach), -1e300) - peak + 40)

    ends = [mode + side * brentq(inside, 0, 100, args=(side,)) for side in (-1, 1)]
    pieces = np.linspace(ends[0], ends[1], 13)
    parts = [
        quad(lambda z: np.exp(log_integrand(z) - peak), a, b, epsabs=1e-13, epsrel=1e-11)[0]
        for a, b in pairwise(pieces)
    ]
    return peak + float(np.log(sum(parts)))


@pytest.mark.parametrize(
    ("x", "time", "tau"),
    [
        # All of the middle time and the corners of the others; the rest of the grid is left to the long run.
        pytest.param(
            x, time, tau, marks=() if time == 3.7 or (x in (0, 400) and tau in (1e-3, 40.0)) else pytest.mark.slow
        )
        for x in (0, 1, 7, 400)
        for time in (1e-3, 3.7, 1e6)
        for tau in (1e-3, 0.8, 8.0, 40.0)
    ],
)
def test_probability_is_the_numerical_integral(x: int, time: float, tau: float) -> None:
    for shift in (-1.0, 0.3):
        mu = float(np.log(max(x, 0.5) / time) + shift * (1 + min(tau, 3)))
        # The method's own accuracy: 1e-9 of numerical integration.
        assert one(x, time, mu, tau).logp[0] == pytest.approx(integral(x, time, mu, tau), abs=1e-9)


@pytest.mark.parametrize("tau", [0.0, 1e-16, 1e-9])
@pytest.mark.parametrize(("x", "time"), [(0, 2.0), (12, 1e-3), (300, 1e6)])
def test_no_spread_is_poisson(x: int, time: float, tau: float) -> None:
    mu = float(np.log((x + 1) / time))
    # SciPy's logpmf is a difference of numbers of up to 1,500: rounding of 3e-13 each.
    assert one(x, time, mu, tau).logp[0] == pytest.approx(poisson.logpmf(x, x + 1), abs=1e-11)


def test_millions_of_events_lose_no_digits() -> None:
    """At the observed rate Poisson's log-probability is -log(2 pi x) / 2 - 1 / (12 x): nothing cancels."""
    x = 10_000_000
    expected = -0.5 * np.log(2 * np.pi * x) - 1 / (12 * x)
    assert one(x, 37.0, np.log(x / 37.0), 0.0).logp[0] == pytest.approx(expected, abs=1e-11)
    # A wide spread is flat over the likelihood: the normal density at the mode, over the count.
    wide = one(x, 37.0, np.log(x / 37.0), 3.0).logp[0]
    assert wide == pytest.approx(norm.logpdf(0, scale=3.0) - np.log(x), abs=1e-6)


@pytest.mark.parametrize("tau", [0.3, 2.0, 45.0])
@pytest.mark.parametrize(("x", "time"), [(0, 4.0), (4, 0.5), (60, 30.0)])
def test_derivatives_are_those_of_the_value(x: int, time: float, tau: float) -> None:
    mu, h = 0.4, 1e-5
    here = one(x, time, mu, tau)
    up, down = one(x, time, mu + h, tau), one(x, time, mu - h, tau)
    more, less = one(x, time, mu, tau + h), one(x, time, mu, tau - h)
    for derivative, after, before in [
        (here.mu, up.logp, down.logp),
        (here.tau, more.logp, less.logp),
        (here.mu_mu, up.mu, down.mu),
        (here.mu_tau, more.mu, less.mu),
        (here.tau_tau, more.tau, less.tau),
    ]:
        # Central differences of step 1e-5: truncation 1e-10 of the third derivative (up to 60), rounding 1e-11.
        assert derivative[0] == pytest.approx((after[0] - before[0]) / (2 * h), abs=1e-6)


@pytest.mark.parametrize("name", REFERENCE["sets"])
def test_fits_are_those_of_lme4_and_metafor(name: str) -> None:
    data, found = REFERENCE["sets"][name], REFERENCE["glmm"][name]
    ours = pool(Rates(data["xi"], data["ti"]))
    assert isinstance(ours, PooledRate) and ours.analysis and ours.heterogeneity and ours.heterogeneity.tau
    # glmer's optimiser stops within 1e-6 of its maximum, rma.glmm's (its default control) within 1e-5; at both the
    # likelihood is flat. lme4's log-likelihood at 25 nodes is compared at its own maximum.
    for software, near in (("glmer", 2e-6), ("rma.glmm", 2e-5)):
        assert ours.analysis["estimate"] == pytest.approx(found[software]["beta"], abs=near)
        assert ours.heterogeneity.tau == pytest.approx(found[software]["tau"], abs=near)
        assert ours.analysis["se"] == pytest.approx(found[software]["se"], abs=near)
    assert ours.log_likelihood == pytest.approx(found["glmer"]["log_likelihood"], abs=1e-9)
    assert ours.log_likelihood is not None and ours.log_likelihood >= found["glmer"]["log_likelihood"] - 1e-11


def test_four_data_sets_are_compared() -> None:
    assert len(REFERENCE["sets"]) == len(REFERENCE["glmm"]) == 4


def brute_force_limits(x: list[int], time: list[float], best: float, fall: float) -> list[float]:
    """Limits of log median and log mean from the region of the likelihood itself: bisection at 120 values of tau.

    ``best`` is the maximum found by the model; none of the 120 may be higher.
    """
    taus = np.concatenate([[0.0], np.geomspace(0.02, 12.0, 119)])
    events, times = (np.tile(np.array(values, dtype=float), taus.size) for values in (x, time))

    def sums(mu: Any) -> tuple[Any, Any]:
        terms = poisson_terms(events, times, np.repeat(mu, len(x)), np.repeat(taus, len(x)))
        return terms.logp.reshape(taus.size, -1).sum(1), terms.mu.reshape(taus.size, -1).sum(1)

    def bisected(low: Any, high: Any, keeps_low: Any) -> Any:
        for _ in range(35):
            middle = 0.5 * (low + high)
            rising = keeps_low(middle)
            low, high = np.where(rising, middle, low), np.where(rising, high, middle)
        return 0.5 * (low + high)

    far = np.full(taus.size, 60.0)
    top = bisected(-far, far, lambda mu: sums(mu)[1] > 0)
    heights, target = sums(top)[0], best - fall
    assert best - 0.01 < heights.max() <= best + 1e-10
    inside = heights > target
    down = bisected(-far, top, lambda mu: sums(mu)[0] < target)[inside]
    up = bisected(top, far, lambda mu: sums(mu)[0] > target)[inside]
    shift = 0.5 * taus[inside] ** 2
    return [float(down.min()), float(up.max()), float((down + shift).min()), float((up + shift).max())]


@pytest.mark.parametrize(
    ("data", "limits", "near"),
    [
        (SPARSE, "profile-t", 1.5),
        pytest.param(SPARSE, "profile", 0.2, marks=pytest.mark.slow),
        (([3, 5, 4, 6], [1.0, 1.5, 1.0, 2.0]), "profile-t", 0.01),
    ],
    ids=["sparse-t", "sparse", "tau-zero"],
)
def test_profile_limits_are_those_of_brute_force(data: tuple[list[int], list[float]], limits: str, near: float) -> None:
    quantile = student.ppf(0.975, len(data[0]) - 1) if limits == "profile-t" else norm.ppf(0.975)
    found = model("poisson-normal", limits=limits).estimate(Rates(*data))
    expected = brute_force_limits(*data, float(found.log_likelihood), 0.5 * float(quantile) ** 2)
    ours = np.log([found.lower, found.upper, found.mean_lower, found.mean_upper])
    # The scan's step of 5 % in tau: second order in the median's extreme; the mean's upper one may lie at the end of
    # the region, up to 5 % beyond the last tau, and log mean moves by tau there.
    np.testing.assert_allclose(ours[:3], expected[:3], atol=2e-3)
    assert -1e-7 <= ours[3] - expected[3] <= near
    assert (ours[:3:2] <= np.array(expected[:3:2]) + 1e-7).all() and ours[1] >= expected[1] - 1e-7


@pytest.mark.parametrize(("limits", "df"), [("t", 4), ("wald", None)])
def test_wald_limits_are_on_the_log_rate_and_mapped_to_the_mean(limits: str, df: int | None) -> None:
    pooled = model("poisson-normal", limits=limits).fit(Rates(*SPARSE))
    assert pooled.analysis and pooled.ci and pooled.mean_ci and pooled.heterogeneity and pooled.heterogeneity.tau2
    reach = (norm.ppf(0.975) if df is None else student.ppf(0.975, df)) * pooled.analysis["se"]
    assert pooled.ci.upper == pytest.approx(np.exp(pooled.analysis["estimate"] + reach), rel=1e-12)
    assert pooled.mean_ci.lower == pytest.approx(pooled.ci.lower * np.exp(pooled.heterogeneity.tau2 / 2), rel=1e-12)
    assert (pooled.ci.method, pooled.mean_ci.method) == (limits, f"{limits}, mapped")


def test_two_studies_get_the_chi_squared_profile_and_no_pooled_headline() -> None:
    pooled = pool(Rates([2, 9], [1.0, 1.0]))
    assert isinstance(pooled, PooledRate) and pooled.ci and pooled.pi is None
    assert pooled.ci.method == "profile" and pooled.headline.kind == "observed"
    assert {"few-studies-rates", "no-prediction"} <= {found.code for found in pooled.notes}
    assert pooled.log_likelihood is not None
    expected = brute_force_limits([2, 9], [1.0, 1.0], pooled.log_likelihood, 0.5 * float(norm.ppf(0.975)) ** 2)
    # A step of 5 % in tau: second order in the extreme of the median.
    np.testing.assert_allclose(np.log([pooled.ci.lower, pooled.ci.upper]), expected[:2], atol=2e-3)


@pytest.mark.parametrize(
    ("events", "time", "status", "method"),
    [
        ([3], [2.0], "single-study", "exact Poisson"),
        ([0, 0, 0], [1.0, 2.0, 3.0], "all-zero", "exact Poisson, tau = 0 assumed"),
    ],
)
def test_boundaries_have_exact_limits(events: list[int], time: list[float], status: str, method: str) -> None:
    pooled = pool(Rates(events, time))
    lower, upper = poisson_limits(sum(events), sum(time))
    assert isinstance(pooled, Pooled) and pooled.status == status and pooled.heterogeneity is None
    assert pooled.mean == pooled.estimate == sum(events) / sum(time) and pooled.pi is None and pooled.analysis is None
    assert pooled.mean_ci == pooled.ci == Interval(float(lower), float(upper), 0.95, method)
    assert pooled.log_likelihood == (0.0 if status == "all-zero" else None)
    json.dumps(pooled.to_dict(), allow_nan=False)
    assert f"[{float(lower):.3g}, {float(upper):.3g}]" in str(pooled)


@pytest.mark.parametrize(
    ("events", "time", "why"),
    [
        ([3, 5, 4, 6], [1.0, 1.5, 1.0, 2.0], "tau estimated as 0"),
        ([0, 0, 0], [1.0, 2.0, 3.0], "without events"),
        ([30, 1, 4, 0, 1], [100.0, 0.2, 1.0, 0.1, 0.1], "only 2 of 5 studies have 2 or more events"),
    ],
)
def test_no_prediction_where_it_would_mislead_and_the_result_says_why(
    events: list[int], time: list[float], why: str
) -> None:
    pooled = pool(Rates(events, time))
    assert isinstance(pooled, PooledRate) and pooled.pi is None
    assert [why in found.text for found in pooled.notes if found.code == "no-prediction"] == [True]
    written = pooled.to_dict()
    assert written["pi"] is None and "no-prediction" in {found["code"] for found in written["notes"]}
    assert pooled.status == "all-zero" or "No prediction interval: " in str(pooled)
    silent = model("poisson-normal", prediction="none").fit(Rates(events, time))
    assert silent.pi is None and "no-prediction" not in {found.code for found in silent.notes}


@pytest.mark.parametrize(("prediction", "df"), [("t", 4), ("riley", 3), ("normal", None)])
def test_prediction_is_on_the_log_rate(prediction: str, df: int | None) -> None:
    pooled = model("poisson-normal", prediction=prediction).fit(Rates([4, 12, 9, 2, 30], [5.0, 5.0, 2.0, 3.0, 4.0]))
    assert pooled.pi and pooled.analysis and pooled.heterogeneity and pooled.heterogeneity.tau2
    quantile = norm.ppf(0.975) if df is None else student.ppf(0.975, df)
    reach = quantile * np.sqrt(pooled.analysis["se"] ** 2 + pooled.heterogeneity.tau2)
    assert pooled.pi.upper == pytest.approx(np.exp(pooled.analysis["estimate"] + reach), rel=1e-12)


def test_a_mean_beyond_every_study_is_not_the_headline() -> None:
    """The search for its limits steps out to mu = -125,000 here, where an expected count is 0 to any precision."""
    pooled = pool(Rates([0, 0, 187], [1.0, 1.0, 1.0]))
    assert isinstance(pooled, PooledRate) and pooled.mean is not None and pooled.mean > 187
    assert pooled.headline.kind == "observed" and "mean-extrapolated" in {found.code for found in pooled.notes}
    assert pooled.ci and pooled.ci.open == ("lower", "upper")
    assert pooled.mean_ci and pooled.mean_ci.open == ("upper",) and pooled.to_dict()["mean_ci"]["upper"] is None
    json.dumps(pooled.to_dict(), allow_nan=False)


def test_arms_of_a_study_are_summed() -> None:
    apart = Rates([4, 12, 9, 2], [5.0, 5.0, 2.0, 3.0], studies=["a", "a", "b", "c"])
    pooled, summed = pool(apart), pool(Rates([16, 9, 2], [10.0, 2.0, 3.0]))
    assert isinstance(pooled, Pooled) and isinstance(summed, Pooled)
    assert pooled.mean == pytest.approx(summed.mean, rel=1e-12) and pooled.k == 3 and len(pooled.studies) == 4
    assert "several-arms" in {found.code for found in pooled.notes}


STACK = Rates(
    [[4, 12, 9, 2], [0, 0, 0, 0], [3, 0, 0, 0], [5, 5, 5, 0]],
    np.array([[5, 5, 2, 3], [1, 2, 0, 1], [2, 0, 0, 0], [1, 1, 1, 0]]),
)


@pytest.mark.parametrize("limits", ["profile-t", "t"])
def test_a_stack_is_its_rows(limits: str) -> None:
    specification = model("poisson-normal", limits=limits)
    found = specification.estimate(STACK)
    assert found.status.tolist() == ["ok", "all-zero", "single-study", "tau-zero"]
    for i in range(len(STACK.events)):
        row = specification.estimate(Rates(STACK.events[i], STACK.n[i]))
        for name in row.__dataclass_fields__:
            ours, alone = getattr(found, name)[i], getattr(row, name)
            if name == "status":
                assert ours == alone
            else:
                np.testing.assert_allclose(ours, alone, rtol=1e-10, atol=1e-12, equal_nan=True)
        if found.status[i] in ("ok", "tau-zero"):
            fitted = specification.fit(Rates(STACK.events[i], STACK.n[i]))
            assert fitted.estimate == pytest.approx(float(found.estimate[i]), rel=1e-10)
            assert (fitted.pi is None) == bool(np.isnan(found.pi_lower[i]))


def test_every_study_twice_keeps_the_estimate_and_doubles_the_log_likelihood() -> None:
    x, time = SPARSE
    once = model("poisson-normal", limits="wald").estimate(Rates(x, time))
    twice = model("poisson-normal", limits="wald").estimate(Rates(x * 2, time * 2))
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood, rel=1e-12)
    # The maximum is found to 1e-9 of a standard error of about 1.
    assert twice.estimate == pytest.approx(once.estimate, rel=1e-8) and twice.tau == pytest.approx(once.tau, rel=1e-8)
    assert twice.se == pytest.approx(once.se / np.sqrt(2), rel=1e-7)


@given(
    st.lists(st.tuples(st.integers(0, 30), st.floats(0.1, 50)), min_size=3, max_size=6),
    st.sampled_from([365.25, 1e-3, 1e6, 1 / 3]),
)
@settings(max_examples=8, deadline=None)
def test_another_unit_of_time_changes_nothing_else(data: list[tuple[int, float]], factor: float) -> None:
    x, time = [row[0] for row in data], np.array([row[1] for row in data])
    ours, other = (model("poisson-normal", limits="t").estimate(Rates(x, t)) for t in (time, time * factor))
    assert ours.status == other.status
    for name in ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper", "pi_lower", "pi_upper"):
        # Times are scaled by the observed rate first: what is left is rounding, which a flat likelihood magnifies.
        np.testing.assert_allclose(getattr(other, name) * factor, getattr(ours, name), rtol=1e-7, equal_nan=True)
    for name in ("tau", "se", "log_likelihood"):
        np.testing.assert_allclose(getattr(other, name), getattr(ours, name), rtol=1e-7, atol=1e-9, equal_nan=True)


@pytest.mark.slow
def test_any_rates_give_numbers_in_order() -> None:
    """Drawn wildly, so that far corners are seen: no exception, no warning, no NaN where the status is ok."""
    draw = np.random.default_rng(20)
    time = 10 ** draw.uniform(-3, 6, (60, 4)) * (draw.random((60, 4)) < 0.8)
    events = draw.choice([0, 0, 0, 0, 1, 2, 9, 187, 10**6], (60, 4)) * (time > 0)
    for limits in ("profile-t", "wald"):
        found = model("poisson-normal", limits=limits).estimate(Rates(events, time))
        there = found.status != "no-fit"
        assert there.sum() > 50 and {"ok", "all-zero", "single-study"} <= set(found.status)
        for low, value, high in (
            (found.lower, found.estimate, found.upper),
            (found.mean_lower, found.mean, found.mean_upper),
        ):
            assert np.isfinite(value[there]).all() and np.isfinite(low[there]).all() and (low[there] >= 0).all()
            assert (low <= value * (1 + 1e-9))[there].all() and (value <= high * (1 + 1e-9))[there].all()


@pytest.mark.slow
def test_the_order_of_studies_does_not_matter() -> None:
    x, time = SPARSE
    ours, other = (model("poisson-normal").estimate(Rates(x[::s], time[::s])) for s in (1, -1))
    np.testing.assert_allclose([ours.mean, ours.mean_upper], [other.mean, other.mean_upper], rtol=1e-10)


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial", "bayesian", "inverse-variance"])
def test_models_of_counts_refuse_rates(name: str) -> None:
    for method in ("fit", "estimate"):
        with pytest.raises(DataError, match="poisson-normal"):
            getattr(model(name), method)(Rates(*SPARSE))


def test_rates_are_checked() -> None:
    for method in ("fit", "estimate"):
        with pytest.raises(DataError, match="Rates\\(events, time\\)"):
            getattr(model("poisson-normal"), method)(Counts([1, 2], [3, 4]))
    with pytest.raises(DataError, match="estimate"):
        model("poisson-normal").fit(STACK)
    with pytest.raises(DataError, match="time > 0"):
        pool(Rates([0, 0], [0, 0]))
    with pytest.raises(UsageError, match="profile-t"):
        model("poisson-normal", limits="profil-t")
    for events, time, code in (
        ([1], [-2.0], "time-at-risk"),
        ([1], [0.0], "time-at-risk"),
        ([1], [np.nan], "time-at-risk"),
        ([1.5], [2.0], "not-whole"),
        ([1], ["long"], "not-a-number"),
        ([1, 2], [2.0], "shape"),
    ):
        with pytest.raises(DataError) as caught:
            Rates(events, time)
        assert caught.value.problems[0].code == code


def test_the_result_says_its_units() -> None:
    rates = Rates([4, 12, 9], [5.0, 5.0, 2.0], unit="infection", time_unit="1000 catheter-days")
    pooled = pool(rates)
    assert isinstance(pooled, PooledRate) and pooled.time == 12.0 and pooled.unit == "infection"
    assert "25 infections in 12 x 1000 catheter-days (2.08 per 1000 catheter-days)" in str(pooled)
    assert pooled.to_frame()["time"].tolist() == [5.0, 5.0, 2.0] and "n" not in pooled.to_frame()
    written = pooled.to_dict()
    assert (written["n"], written["time"], written["time_unit"]) == (None, 12.0, "1000 catheter-days")


def test_limits_in_the_tail_of_the_model_have_a_caution_and_no_median_in_the_summary() -> None:
    pooled = pool(Rates([5, 8, 3, 30], [100, 90, 100, 110]))
    assert isinstance(pooled, PooledRate)
    codes = {note.code: note for note in pooled.notes}
    # The largest exact limit of a study is 0.39; by profile-t the mean's is reached at 39,200.
    assert pooled.mean_ci is not None and pooled.mean_ci.upper > 30_000
    assert codes["mean-limit-far"].severity == "caution" and "39,200 per time unit" in codes["mean-limit-far"].text
    assert codes["weakly-identified"].severity == "warning"
    assert pooled.headline.kind == "mean" and not pooled.headline.show_median
    assert "the upper limit lies above those of every study" in pooled.headline.text
    assert "typical study (median): too weakly identified to be printed" in str(pooled)
    assert "prediction-narrower" in codes


def test_limits_within_what_studies_show_have_no_such_caution() -> None:
    pooled = model("poisson-normal").fit(Rates([50, 61, 43, 55, 48, 66], [100] * 6))
    assert not {"mean-limit-far", "weakly-identified"} & {note.code for note in pooled.notes}
    assert pooled.headline.show_median and "; the upper" not in pooled.headline.text


def test_a_limit_never_reached_has_its_own_note() -> None:
    codes = [note.code for note in model("poisson-normal").fit(Rates([0, 2, 1, 30], [100, 50, 400, 60])).notes]
    assert "limit-open" in codes and "mean-limit-far" not in codes
