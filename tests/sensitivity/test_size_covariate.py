"""Report size as a covariate, and the funnel against size."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest
from scipy.special import expit
from scipy.stats import beta, binom, norm

from evidence import Counts, Design, model, regress, regression
from evidence.display import percent, percent_interval
from evidence.pooling.standing_in import regression_of, study_proportions
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.asked import Asked
from evidence.sensitivity.questions import ask
from evidence.sensitivity.size_covariate import funnel_limits, size_covariate
from tests.sensitivity.quick import quick

COUNTS = Counts([9, 5, 1, 0, 2, 1, 2, 1], [28, 6, 1, 1, 3, 1, 8, 2], list("ABCDEFGH"))
MODELS = ["inverse-variance", "logistic-normal", "beta-binomial", "bayesian", "common-effect"]


@pytest.mark.parametrize("name", ["logistic-normal", "inverse-variance"])
def test_the_factor_is_the_regression_on_log_size(name: str) -> None:
    design = Design(("intercept", "log n"), np.column_stack([np.ones(8), np.log(COUNTS.n)]))
    spec = model(name, limits="t")
    expected = regress(COUNTS, design, regression_of(spec)).coefficient("log n")
    found = size_covariate(COUNTS, spec).ratio
    # The same model in another unit; its maximum is good to 1e-9 of a standard error.
    for ours, theirs in (
        (found.value, expected.estimate),
        (found.lower, expected.lower),
        (found.upper, expected.upper),
    ):
        assert ours is not None and theirs is not None
        assert np.log(ours) == pytest.approx(theirs * np.log(2), rel=1e-6)


@pytest.mark.parametrize("name", MODELS)
def test_it_works_for_every_model(name: str) -> None:
    answer = size_covariate(COUNTS, quick(name))
    json.dumps(answer.to_dict(), allow_nan=False)
    assert answer.low is not None and answer.high is not None and np.all(answer.low <= answer.high)
    picture = answer.picture()
    assert picture.log_y and picture.x_proportion and len(picture.x) == 8 and len(picture.lines) == 3
    assert len(answer.to_frame()) == 8 and answer.sizes[0] == 1 and answer.sizes[-1] == 28
    assert "with each doubling of size" in str(answer)


def test_the_averages_are_printed_with_their_limits() -> None:
    answer = size_covariate(COUNTS, quick("logistic-normal"))
    found = answer.fitted
    assert found is not None
    for i, where in ((0, "smallest"), (-1, "largest")):
        limits = percent_interval(float(found.mean_lower[i]), float(found.mean_upper[i]))
        assert f"{percent(float(found.mean[i]))} ({limits}) at the {where}" in str(answer)
    frame = answer.to_frame()
    one = frame[frame["study"] == "A"].iloc[0]
    assert (one["fitted_lower"], one["fitted_upper"]) == (found.mean_lower[-1], found.mean_upper[-1])


def test_funnel_limits_are_those_of_the_binomial_where_studies_do_not_differ() -> None:
    sizes = np.array([1, 2, 7, 40, 300])
    low, high = funnel_limits(np.full(10, 0.3), sizes, 0.95)
    assert (low * sizes) == pytest.approx(binom.ppf(0.025, sizes, 0.3), abs=1e-9)
    assert (high * sizes) == pytest.approx(binom.ppf(0.975, sizes, 0.3), abs=1e-9)


def test_funnel_limits_hold_their_share_of_simulated_studies() -> None:
    share = (np.arange(1000) + 0.5) / 1000
    spread = study_proportions(model("logistic-normal"), 0.7, 0.9, share)
    assert spread is not None
    sizes = np.array([5, 40])
    low, high = funnel_limits(spread, sizes, 0.9)
    generator = np.random.default_rng(3)
    p = expit(np.log(0.7 / 0.3) + 0.9 * generator.standard_normal(100_000))
    for n, lower, upper in zip(sizes, low, high, strict=True):
        seen = generator.binomial(n, p) / n
        # Four Monte-Carlo errors of a share of 0.05 of 100,000.
        assert (seen < lower - 1e-9).mean() < 0.05 + 0.003 and (seen > upper + 1e-9).mean() < 0.05 + 0.003
        # One count further in, a side would hold more than its share.
        assert (seen <= lower + 1e-9).mean() > 0.05 - 0.003


def test_proportions_of_studies_under_each_model() -> None:
    share = np.array([0.1, 0.5, 0.8])
    reach = norm.ppf(share)
    logit = np.log(0.6 / 0.4)
    for name in ("logistic-normal", "bayesian", "inverse-variance"):
        assert study_proportions(model(name), 0.6, 0.7, share) == pytest.approx(expit(logit + 0.7 * reach), rel=1e-12)
    rho = 0.2
    sd = np.sqrt(0.6 * 0.4 * rho)
    shape = beta(0.6 * (1 / rho - 1), 0.4 * (1 / rho - 1))
    assert study_proportions(model("beta-binomial"), 0.6, sd, share) == pytest.approx(shape.ppf(share), rel=1e-9)
    assert study_proportions(model("beta-binomial"), 0.6, 0.0, share) == pytest.approx([0.6] * 3)
    assert study_proportions(model("common-effect"), 0.6, np.nan, share) == pytest.approx([0.6] * 3)
    arcsine = study_proportions(model("inverse-variance", measure="PAS"), 0.6, 0.1, share)
    assert arcsine == pytest.approx(np.sin(np.arcsin(np.sqrt(0.6)) + 0.1 * reach) ** 2, rel=1e-12)
    assert study_proportions(model("inverse-variance", measure="PFT"), 0.6, 0.1, share) is None
    for name in MODELS:
        assert study_proportions(model(name), 1.0, 0.5, share) is None
    assert study_proportions(model("logistic-normal"), 0.6, np.nan, share) is None


def test_the_regression_that_stands_in() -> None:
    own = regression_of(model("inverse-variance", tau2="DL", limits="t", level=0.9, add=0.25, to="all"))
    assert own == regression("inverse-variance", tau2="DL", limits="t", level=0.9, add=0.25, to="all")
    arcsine = regression_of(model("inverse-variance", measure="PAS"))
    assert arcsine == regression("inverse-variance", measure="PLO", tau2="REML", limits="hk-floor")
    assert regression_of(model("beta-binomial", limits="wald")) == regression("logistic-normal", limits="wald")
    assert regression_of(model("bayesian")) == regression("logistic-normal", limits="profile-t")


def test_boundaries_have_no_funnel_and_say_why() -> None:
    apart = size_covariate(Counts([1, 1, 0, 0], [1, 2, 8, 9]), model("logistic-normal"))
    assert apart.ratio.status == "tau-infinite" or apart.ratio.status == "separated"
    assert "can't be set against their size" in str(apart)
    every = size_covariate(Counts([1, 2, 9], [1, 2, 9]), model("beta-binomial"))
    assert every.low is None and every.ratio.status == "separated" and every.picture().lines == ()
    json.dumps(every.to_dict(), allow_nan=False)
    assert len(every.to_frame()) == 3


def test_it_says_why_it_is_not_asked(bare_selection: Any) -> None:
    with pytest.raises(NotAskableError, match="all reports have the same size"):
        size_covariate(Counts([1, 0, 1], [1, 1, 1]), model("logistic-normal"))
    answer = ask("size-covariate", Asked(bare_selection, model("logistic-normal")))
    assert str(answer) == "Not asked: fewer than 3 studies."
