"""The logistic-normal model: the review's own pools, boundaries, stacks and properties."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from scipy.optimize import brentq, minimize_scalar
from scipy.special import expit, stdtrit

from evidence.counts import Counts
from evidence.errors import DataError, UsageError
from evidence.pooling import model
from evidence.pooling.cells import cells_of, log_likelihood
from evidence.pooling.family import log_mean
from evidence.pooling.result import Pooled

REMISSION = ([0, 1, 3, 1, 1, 3, 1, 0, 0, 0, 0, 0, 0], [1, 1, 6, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1])
TOPICAL = ([1, 1, 3, 1, 0, 0], [1, 1, 28, 1, 1, 1])
INTRALESIONAL = ([0, 1, 3], [1, 1, 6])
RESPONSE = (
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 9, 1, 1, 1, 1, 0, 1, 0, 0],
    [1, 1, 6, 1, 2, 3, 1, 1, 3, 1, 1, 28, 1, 1, 1, 1, 1, 1, 1, 1],
)
Data = tuple[list[int], list[int]]


def fit(data: Data, limits: str = "profile-t", **options: object) -> Pooled:
    return model("logistic-normal", limits=limits, **options).fit(Counts(*data))


# The table of METHODS section 1, printed there to two decimals.
@pytest.mark.parametrize(
    ("data", "median", "by_t", "by_profile", "mean", "mean_by_profile"),
    [
        (REMISSION, 0.28, (0.10, 0.58), (0.06, 0.61), 0.32, (0.14, 0.57)),
        (TOPICAL, 0.42, (0.02, 0.96), (0.00, 1.00), 0.45, (0.10, 0.82)),
        (INTRALESIONAL, 0.50, (0.05, 0.95), (0.08, 0.92), 0.50, (0.18, 0.82)),
        (RESPONSE, 0.98, (0.05, 1.00), (0.74, 1.00), 0.82, (0.63, 0.94)),
    ],
)
def test_the_pools_of_the_methods_table(
    data: Data,
    median: float,
    by_t: tuple[float, float],
    by_profile: tuple[float, float],
    mean: float,
    mean_by_profile: tuple[float, float],
) -> None:
    t, profile = fit(data, "t"), fit(data, "profile")
    assert t.ci and profile.ci and profile.mean_ci and t.mean
    assert round(t.estimate or 0, 2) == median
    assert (round(t.ci.lower, 2), round(t.ci.upper, 2)) == by_t
    assert (round(profile.ci.lower, 2), round(profile.ci.upper, 2)) == by_profile
    assert round(t.mean, 2) == mean
    assert (round(profile.mean_ci.lower, 2), round(profile.mean_ci.upper, 2)) == mean_by_profile


def profile_of_mean(data: Data, mean: float) -> float:
    """Profile log-likelihood of the marginal mean by nested one-dimensional searches: slow, and another way."""
    cells = cells_of(np.array([data[0]]), np.array([data[1]]))

    def mu_at(tau: float) -> float:
        return float(
            brentq(lambda mu: np.exp(log_mean(np.array([mu]), np.array([tau])).value[0]) - mean, -400, 400, xtol=1e-13)
        )

    def value(tau: float) -> float:
        return float(log_likelihood(cells, np.array([mu_at(tau)]), np.array([tau])).value[0])

    grid = np.concatenate([[0.0], np.geomspace(0.05, 60, 40)])
    values = [value(t) for t in grid]
    best = int(np.argmax(values))
    low, high = grid[max(best - 1, 0)], grid[min(best + 1, grid.size - 1)]
    found = minimize_scalar(lambda t: -value(t), bounds=(low, high), method="bounded", options={"xatol": 1e-10})
    return max(-float(found.fun), values[best])


@pytest.mark.parametrize("data", [REMISSION, ([3, 6, 10, 1], [11, 17, 21, 6])])
def test_the_profile_of_the_mean_falls_by_the_quantile_at_its_limits(data: Data) -> None:
    pooled = fit(data)
    assert pooled.mean_ci and pooled.log_likelihood is not None
    fall = 0.5 * stdtrit(pooled.k - 1.0, 0.975) ** 2
    for limit in (pooled.mean_ci.lower, pooled.mean_ci.upper):
        # The limit is exact to 1e-8; the slope of the profile there is below 100.
        assert profile_of_mean(data, limit) == pytest.approx(pooled.log_likelihood - fall, abs=1e-6)


def test_the_median_limits_of_profile_t_contain_those_of_profile() -> None:
    wide, narrow = fit(REMISSION).ci, fit(REMISSION, "profile").ci
    assert wide and narrow
    assert wide.lower < narrow.lower < narrow.upper < wide.upper


def test_one_study_is_its_own_proportion() -> None:
    pooled = fit(([3], [28]))
    assert pooled.status == "single-study"
    assert pooled.estimate == pooled.mean == 3 / 28
    assert pooled.ci == pooled.studies[0].ci
    assert pooled.heterogeneity is None and pooled.pi is None and pooled.analysis is None
    assert [n.code for n in pooled.notes] == ["single-study"]


@pytest.mark.parametrize(("events", "estimate"), [([0, 0, 0], 0.0), ([10, 7, 8], 1.0)])
def test_no_events_or_only_events_have_exact_limits_of_the_totals(events: list[int], estimate: float) -> None:
    pooled = fit((events, [10, 7, 8]))
    assert pooled.estimate == pooled.mean == estimate
    assert pooled.log_likelihood == 0.0 and pooled.analysis is None
    assert pooled.ci and pooled.ci.method == "clopper-pearson, tau = 0 assumed"
    # 0 of 25: 1 - 0.025 ** (1 / 25), the closed form of Clopper and Pearson.
    edge = 1 - 0.025 ** (1 / 25)
    width = pooled.ci.upper if estimate == 0 else 1 - pooled.ci.lower
    assert width == pytest.approx(edge, abs=1e-12)
    assert round(edge, 3) == 0.137
    assert pooled.pi is not None and pooled.pi.method == "bayes-predictive"


def test_single_units_estimate_the_mean_only() -> None:
    pooled = fit(([1, 1, 1, 0], [1, 1, 1, 1]))
    assert pooled.status == "tau-not-identified"
    assert pooled.mean == 0.75 and pooled.mean_ci and pooled.mean_ci.method == "clopper-pearson"
    assert pooled.estimate is None and pooled.ci is None and pooled.heterogeneity is None


@pytest.mark.parametrize(
    ("events", "median", "mean"), [([4, 3, 0], 1.0, 2 / 3), ([0, 3, 0], 0.0, 1 / 3), ([4, 3, 0, 0], None, 0.5)]
)
def test_all_or_none(events: list[int], median: float | None, mean: float) -> None:
    pooled = fit((events, [4, 3, 5, 2][: len(events)]))
    assert pooled.status == "tau-infinite"
    assert pooled.estimate == median and pooled.mean == pytest.approx(mean)
    spread = pooled.heterogeneity
    assert spread and spread.tau is None and spread.tau_ci and spread.tau_ci["upper"] is None
    assert pooled.mean_ci and 0 < pooled.mean_ci.lower < mean < pooled.mean_ci.upper < 1
    k, a = len(events), sum(e > 0 for e in events)
    supremum = a * np.log(a / k) + (k - a) * np.log(1 - a / k)
    assert pooled.log_likelihood == pytest.approx(supremum, abs=1e-12)
    # The likelihood at a large tau is below its supremum, and close to it.
    cells = cells_of(np.array([events]), np.array([[4, 3, 5, 2][:k]]))
    from scipy.special import ndtri

    near = log_likelihood(cells, np.array([1e5 * ndtri(a / k)]), np.array([1e5])).value[0]
    assert supremum - 1e-3 < near < supremum


def test_two_studies_use_the_chi_squared_profile() -> None:
    pooled = fit(([3, 2], [10, 12]))
    assert pooled.ci and pooled.ci.method == "profile" and pooled.pi is None


def test_arms_of_one_study_are_summed_and_said() -> None:
    arms = Counts([1, 2, 4, 5], [5, 6, 9, 12], ["a", "a2", "b", "c"], ["A", "A", "B", "C"])
    summed = Counts([3, 4, 5], [11, 9, 12])
    together, apart = model("logistic-normal").fit(arms), model("logistic-normal").fit(summed)
    assert together.estimate == apart.estimate and together.mean_ci == apart.mean_ci
    assert together.k == 3 and len(together.studies) == 4
    assert "several-arms" in [n.code for n in together.notes]


def test_nothing_to_pool_is_an_error_with_a_mend() -> None:
    with pytest.raises(DataError, match="no study has any unit"):
        model("logistic-normal").fit(Counts([0, 0], [0, 0]))
    with pytest.raises(DataError, match="not a stack"):
        model("logistic-normal").fit(Counts([[1, 0]], [[2, 3]]))


def test_names_of_r_are_answered_with_ours() -> None:
    with pytest.raises(UsageError, match="is limits hk here"):
        model("logistic-normal", limits="knha")
    with pytest.raises(UsageError, match="logistic-normal"):
        model("GLMM")
    with pytest.raises(UsageError, match=r"0\.95"):
        model("logistic-normal", level=95)


NAMES = ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper", "tau", "se", "log_likelihood")


def sparse(rng: np.random.Generator, rows: int, k: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    size = rng.integers(1, k + 1, rows)
    n = np.where(rng.random((rows, k)) < 0.5, 1, rng.integers(1, 40, (rows, k)))
    n[np.arange(k) >= size[:, None]] = 0
    spread = rng.choice([0, 0.5, 1.0, 3.0], rows)[:, None]
    p = expit(rng.normal(size=(rows, 1)) * 1.5 + spread * rng.normal(size=(rows, k)))
    return rng.binomial(n, p), n


@pytest.mark.parametrize("limits", ["profile-t", pytest.param("profile", marks=pytest.mark.slow), "t", "wald"])
def test_a_stack_equals_its_rows_and_defines_everything_where_it_says_ok(limits: str) -> None:
    x, n = sparse(np.random.default_rng(7), 60, 9)
    chosen = model("logistic-normal", limits=limits, prediction="none")
    stack = chosen.estimate(Counts(x, n))
    ok = np.isin(stack.status, ("ok", "tau-zero"))
    assert ok.sum() > 25
    for name in NAMES:
        assert np.isfinite(getattr(stack, name)[ok]).all()
    for row in range(0, 60, 4):
        present = n[row] > 0
        alone = chosen.estimate(Counts(x[row, present], n[row, present]))
        assert str(alone.status) == stack.status[row]
        for name in NAMES:
            # DESIGN: a stack equals its rows to 1e-10; limits are roots found to 1e-10 of the log-likelihood.
            both = [float(getattr(stack, name)[row]), float(getattr(alone, name))]
            np.testing.assert_allclose(both[0], both[1], rtol=0, atol=1e-9)


def test_a_stack_of_two_dimensions_keeps_its_shape() -> None:
    x, n = sparse(np.random.default_rng(3), 6, 5)
    flat = model("logistic-normal", limits="t").estimate(Counts(x, n))
    square = model("logistic-normal", limits="t").estimate(Counts(x.reshape(2, 3, 5), n.reshape(2, 3, 5)))
    assert square.estimate.shape == (2, 3)
    np.testing.assert_array_equal(square.estimate.ravel(), flat.estimate)


def dense(rng: np.random.Generator, rows: int) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    n = rng.integers(1, 26, (rows, 8))
    n[np.arange(8) >= rng.integers(3, 9, rows)[:, None]] = 0
    return rng.integers(0, n + 1), n


@pytest.mark.slow
def test_order_does_not_matter_and_the_mirror_mirrors() -> None:
    rng = np.random.default_rng(1)
    x, n = dense(rng, 25)
    order = rng.permutation(8)
    stack = model("logistic-normal", prediction="none").estimate(Counts([x, x[:, order], n - x], [n, n[:, order], n]))
    for name in ("estimate", "lower", "upper", "mean", "mean_lower", "mean_upper", "log_likelihood"):
        values = getattr(stack, name)
        np.testing.assert_allclose(values[1], values[0], atol=1e-8)
    for low, high in (("estimate", "estimate"), ("lower", "upper"), ("mean", "mean"), ("mean_lower", "mean_upper")):
        np.testing.assert_allclose(getattr(stack, low)[2], 1 - getattr(stack, high)[0], atol=1e-7)


@pytest.mark.slow
def test_intervals_contain_their_estimate_and_grow_with_the_level() -> None:
    x, n = dense(np.random.default_rng(2), 25)
    narrow, wide = (
        model("logistic-normal", level=level, prediction="none").estimate(Counts(x, n)) for level in (0.8, 0.95)
    )
    chain = np.stack([wide.mean_lower, narrow.mean_lower, narrow.mean, narrow.mean_upper, wide.mean_upper])
    assert not np.isnan(chain).any()
    assert (np.diff(chain, axis=0) >= -1e-9).all()


def test_doubling_every_study_doubles_the_log_likelihood() -> None:
    x, n = REMISSION
    once, twice = fit(REMISSION, "t"), fit((x + x, n + n), "t")
    assert once.log_likelihood and twice.log_likelihood and once.heterogeneity and twice.heterogeneity
    assert twice.log_likelihood == pytest.approx(2 * once.log_likelihood, abs=1e-9)
    assert twice.estimate == pytest.approx(once.estimate, abs=1e-8)
    assert twice.heterogeneity.tau == pytest.approx(once.heterogeneity.tau, abs=1e-7)


def test_no_spread_has_a_likelihood_ratio_of_exactly_nothing() -> None:
    """Half the null distribution sits at 0, so rounding must not decide between p 1 and p 0.5."""
    for data in (INTRALESIONAL, ([5, 5, 5, 5], [10, 10, 10, 10])):
        spread = fit(data).heterogeneity
        assert spread and spread.tau == 0 and spread.lr == 0 and spread.lr_p == 1


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial"])
def test_studies_that_differ_exactly_as_chance_makes_them_have_no_spread(name: str) -> None:
    """The squared scores sum to the binomial variances to the last digit: which of them is larger is rounding alone."""
    chosen = model(name, limits="t", prediction="none")
    for x, n in (
        ([3, 0, 1], [7, 4, 1]),
        ([2, 4, 2], [5, 5, 2]),
        ([0, 0, 3, 3], [3, 1, 7, 4]),
        ([0, 0, 0, 1], [3, 2, 4, 2]),
        ([3, 0, 0, 3, 3], [5, 1, 5, 7, 6]),
    ):
        events, units = np.array(x), np.array(n)
        total, size = events.sum(), units.sum()
        assert ((events * size - units * total) ** 2).sum() == size * total * (size - total)
        for each in (events, units - events):
            found = chosen.estimate(Counts(each, units))
            assert str(found.status) == "tau-zero" and float(found.tau) == 0.0
            # The binomial's own standard error.
            assert float(found.se) == pytest.approx((size / (total * (size - total))) ** 0.5, rel=1e-12)
