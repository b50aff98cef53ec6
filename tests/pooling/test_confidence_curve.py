"""A result at every level: its own limits among them, nested, and every kind of result has its curve."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit, logit, stdtrit

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.measures.limits import study_limits
from evidence.pooling import MODELS, model, pool
from evidence.pooling.confidence_curve import Limits, confidence_curve, counts_of
from evidence.pooling.result import Interval, Pooled

FEW = (0.05, 3.0)
COUNTED = [name for name in MODELS if name != "poisson-normal"]
MIXED = Counts([3, 1, 0, 9, 4, 2], [7, 1, 3, 28, 6, 9])
SETS = {
    "no events": Counts([0, 0, 0], [3, 2, 5]),
    "only events": Counts([3, 2, 5], [3, 2, 5]),
    "all or none": Counts([3, 0, 4, 0], [3, 5, 4, 1]),
    "singles": Counts([1, 0, 1, 1], [1, 1, 1, 1]),
    "one study": Counts([2], [5]),
    "two studies": Counts([1, 3], [4, 4]),
    "identical": Counts([2, 2, 2], [5, 5, 5]),
    "two arms of a study": Counts([2, 3, 1, 4], [5, 6, 7, 9], studies=["a", "a", "b", "c"]),
}


def pooled(counts: Counts, name: str = "inverse-variance") -> Pooled:
    found = pool(counts, name)
    assert isinstance(found, Pooled)
    return found


@pytest.mark.parametrize("name", COUNTED)
def test_its_own_level_has_the_printed_limits(name: str) -> None:
    result = pooled(MIXED, name)
    curve = confidence_curve(result, FEW)
    at = int(np.flatnonzero(curve.level == 0.95)[0])
    for limits, ci in ((curve.mean, result.mean_ci), (curve.centre, result.ci), (curve.new, result.pi)):
        assert (limits is None) == (ci is None)
        if limits is not None and ci is not None:
            # A stack equals its rows to 1e-10.
            assert (limits.lower[at], limits.upper[at]) == pytest.approx((ci.lower, ci.upper), abs=1e-9)


def nested(limits: Limits) -> None:
    assert (np.diff(limits.lower) <= 1e-9).all() and (np.diff(limits.upper) >= -1e-9).all()
    if limits.middle is not None:
        assert (limits.lower <= limits.middle + 1e-6).all() and (limits.upper >= limits.middle - 1e-6).all()


@pytest.mark.parametrize("data", SETS)
@pytest.mark.parametrize("name", ["inverse-variance", "beta-binomial"])
def test_every_kind_of_result_has_nested_limits(name: str, data: str) -> None:
    result = pooled(SETS[data], name)
    curve = confidence_curve(result, (0.05, 2.0))
    assert curve.mean is not None or curve.centre is not None
    for limits in (curve.mean, curve.centre, curve.new):
        if limits is not None:
            nested(limits)


def test_the_limits_of_totals_are_exact_at_every_level() -> None:
    curve = confidence_curve(pooled(SETS["no events"]), FEW)
    assert curve.mean is not None
    for level, upper in zip(curve.level, curve.mean.upper, strict=True):
        assert upper == pytest.approx(study_limits([0], [10], level=float(level))[1][0], abs=1e-12)


def test_levels_in_between_follow_the_formula() -> None:
    result = pooled(Counts([5, 9, 3, 12, 6], [20, 30, 25, 40, 22]))
    fine = confidence_curve(result).finer()
    assert fine.centre is not None and result.analysis is not None and result.estimate is not None
    t = stdtrit(4, 0.5 * (1 + fine.level))
    # Cubics between 22 levels of a smooth curve.
    expected = expit(logit(result.estimate) + t * result.analysis["se"])
    assert fine.centre.upper == pytest.approx(expected, abs=2e-4)
    assert (np.diff(fine.level) > 0).all() and fine.level.size > 150


def test_a_simulated_prediction_interval_has_no_curve() -> None:
    found = pool(MIXED, model("inverse-variance", prediction="bootstrap", draws=200))
    assert isinstance(found, Pooled) and isinstance(found.pi, Interval)
    assert confidence_curve(found, (1.0,)).new is None


def test_arms_keep_their_studies() -> None:
    counts = counts_of(pooled(SETS["two arms of a study"]))
    assert counts.studies == ("a", "a", "b", "c") and counts.events.tolist() == [2, 3, 1, 4]


@pytest.mark.parametrize("quantiles", [(), (1.0, 0.5), (0.0, 1.0)])
def test_quantiles_that_do_not_rise_are_refused(quantiles: tuple[float, ...]) -> None:
    with pytest.raises(UsageError, match="rising"):
        confidence_curve(pooled(MIXED), quantiles)
