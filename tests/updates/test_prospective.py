"""How much new evidence crosses a threshold, against every number tried one by one."""

from __future__ import annotations

from dataclasses import replace
from functools import cache
from statistics import NormalDist
from time import process_time
from typing import Any

import numpy as np
import pytest

import evidence
from evidence.errors import ComputeError, UsageError
from evidence.updates.crossing import EVERY, first_crossing, grid_of
from evidence.updates.prospect_text import amount, rows, verdict
from evidence.updates.prospective import (
    TARGETS,
    OneSeries,
    Plan,
    Printed,
    Search,
    SeveralSeries,
    Target,
    default_rates,
    printed,
    printed_now,
    prospects,
    whole,
    with_added,
)
from evidence.updates.sequential import level_at, spent

POOL = evidence.Counts([3, 5, 2, 6], [5, 6, 4, 8])
MODELS = (
    evidence.model("logistic-normal"),
    evidence.model("beta-binomial"),
    evidence.model("inverse-variance", measure="PLO"),
    evidence.model("inverse-variance", measure="PFT"),
    evidence.model("common-effect"),
)
#: For the brute force: every size up to this one is fitted.
TOP = 300


@cache
def every_fit(model: Any, plan: Any) -> tuple[Printed, Printed]:
    """What is printed now, and with every number of a plan, each fitted once for all thresholds and targets."""
    numbers = np.arange(1, plan.top + 1)
    return printed_now(POOL, model), printed(with_added(POOL, *plan.added(numbers)), model)


def by_hand(model: Any, plan: Any, target: Target, threshold: float) -> int | None:
    """The smallest number that crosses, of all of them, each with its own counts."""
    numbers = np.arange(1, plan.top + 1)
    now, found = every_fit(model, plan)
    if target == "estimate":
        sign = np.sign(now.value[0] - threshold)
        crossed = np.sign(found.value - threshold) == -sign
    else:
        before = now.lower[0] <= threshold <= now.upper[0]
        crossed = ((found.lower <= threshold) & (threshold <= found.upper)) != before
    return int(numbers[crossed][0]) if crossed.any() else None


PLANS: tuple[Plan, ...] = (OneSeries(0.15, TOP), OneSeries(0.4, TOP), OneSeries(0.0, TOP), SeveralSeries(0.3, 60))


@pytest.mark.parametrize("model", MODELS[2:], ids=lambda model: model.title)
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_the_smallest_number_is_that_of_brute_force(model: Any, plan: Plan) -> None:
    agrees(model, plan)


def agrees(model: Any, plan: Plan) -> None:
    """One search for both thresholds, as the command has it, against every number tried one by one."""
    search = Search(POOL, model)
    for threshold in (0.5, 0.6):
        for one in search.prospects(threshold, [plan]):
            assert one.number == by_hand(model, plan, one.target, threshold), (threshold, one)


def test_the_smallest_number_of_a_likelihood_model_is_that_of_brute_force() -> None:
    plan = OneSeries(0.2, 30)
    for one in prospects(POOL, MODELS[0], 0.6, [plan]):
        assert one.number == by_hand(MODELS[0], plan, one.target, 0.6), one


@pytest.mark.slow
@pytest.mark.parametrize("model", MODELS[:2], ids=lambda model: model.title)
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_likelihood_models_agree_with_brute_force_everywhere(model: Any, plan: Plan) -> None:
    agrees(model, plan)


#: Where a share of whole events goes up and down around the threshold, or a wide interval comes down to it.
UNEVEN = (
    (MODELS[4], evidence.Counts([3, 23, 27], [4, 28, 28]), 0.5, OneSeries(0.5, 600)),
    (MODELS[4], evidence.Counts([17, 13, 12, 5, 24], [28, 28, 28, 8, 37]), 0.6, OneSeries(0.62, 4000)),
    (
        evidence.model("inverse-variance", measure="PR"),
        evidence.Counts([12, 0, 1, 1, 1, 0], [28, 2, 1, 2, 8, 1]),
        0.6,
        OneSeries(0.55),
    ),
    (
        evidence.model("inverse-variance", measure="PAS", limits="t", tau2="PM"),
        evidence.Counts([23, 6, 0, 8, 6, 2, 0], [28, 8, 1, 8, 8, 2, 1]),
        0.8,
        SeveralSeries(0.75, 5),
    ),
)


@pytest.mark.parametrize(("model", "pool", "threshold", "plan"), UNEVEN)
def test_the_smallest_number_is_found_where_shares_are_uneven(
    model: Any, pool: evidence.Counts, threshold: float, plan: Plan
) -> None:
    numbers = np.arange(1, min(plan.top, 4000) + 1)
    every = printed(with_added(pool, *plan.added(numbers)), model)
    now = printed_now(pool, model)
    for one in prospects(pool, model, threshold, [plan]):
        side = now.side(one.target, threshold)[0]
        there = every.side(one.target, threshold)
        crossed = there != side if one.target == "interval" or side == 0 else there == -side
        assert one.number == (int(numbers[crossed][0]) if crossed.any() else None), one


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.title)
def test_a_pool_that_mirrors_itself_is_on_the_middle(model: Any) -> None:
    now = printed_now(evidence.Counts([1, 9, 5], [10, 10, 10]), model)
    assert now.side("estimate", 0.5).tolist() == [0.0]
    assert default_rates(float(now.value[0]), 0.5) == (0.0, 1.0)


def test_a_bayesian_model_can_be_asked() -> None:
    model = evidence.model("bayesian", likelihood="normal")
    (one,) = prospects(POOL, model, 0.6, [OneSeries(0.0, 6)], ["estimate"])
    assert one.number is not None and one.value is not None and one.value < 0.6


def test_what_is_off_the_threshold_is_printed_off_it() -> None:
    counts = evidence.Counts([600], [1000])
    (one,) = prospects(counts, evidence.model("common-effect"), 0.6, [OneSeries(0.0)], ["estimate"])
    assert amount(one, "patient") == "1 patient (0 with the event): 59.9 %"
    (two,) = prospects(evidence.Counts([6000], [9999]), evidence.model("common-effect"), 0.6, [OneSeries(0.0)])[:1]
    assert two.number == 2 and amount(two, "patient") == "2 patients (0 with the event): 59.99 %"


def test_sizes_without_an_estimate_are_said() -> None:
    (one,) = prospects(POOL, evidence.model("common-effect"), 0.2, [OneSeries(0.4, 40)], ["estimate"])
    assert one.number is None and verdict([one], "patient") is not None
    some = replace(one, undefined=3)
    assert verdict([some], "patient") is None
    assert amount(some, "patient").endswith("; with 3 of the numbers tried there is no estimate")


def test_a_common_effect_crosses_where_the_totals_do() -> None:
    # 16 of 23 and n more at 0: 16 / (23 + n) < 0.5 from n = 10 on.
    (one,) = prospects(POOL, evidence.model("common-effect"), 0.5, [OneSeries(0.0)], ["estimate"])
    assert (one.number, one.events, one.n) == (10, 0, 10)
    assert one.value == pytest.approx(16 / 33, abs=1e-12)  # a closed form
    # (16 + round(0.49 n)) / (23 + n) < 0.5 from about n = 450 on, where the share of whole events saws up and down.
    numbers = np.arange(1, 10_001)
    share = (16 + whole(0.49 * numbers)) / (23 + numbers)
    (saw,) = prospects(POOL, evidence.model("common-effect"), 0.5, [OneSeries(0.49)], ["estimate"])
    assert saw.number == int(numbers[share < 0.5][0])


def test_no_single_study_can_is_an_answer() -> None:
    model = evidence.model("logistic-normal")
    found = prospects(POOL, model, 0.4, [OneSeries(0.2)], ["estimate"])
    assert found[0].number is None and found[0].n == 10_000 and found[0].events == 2000
    assert amount(found[0], "patient").startswith("no single series of up to 10,000 patients can: ")
    said = verdict(found, "patient")
    assert said is not None and "no single series of up to 10,000 patients can do it: estimate below 40 %" in said


def test_added_series_have_the_assumed_share() -> None:
    events, n = SeveralSeries(0.25, 2).added(np.array([1, 4]))
    assert n.tolist() == [[2, 0, 0, 0], [2, 2, 2, 2]]
    assert events[1].sum() == 2 and (events <= n).all()
    assert whole(np.array([0.5, 1.5, 2.4999, 0.15 * 10])).tolist() == [1, 2, 2, 2]
    assert SeveralSeries(0.5, 9999).top == 1 and SeveralSeries(0.5, 10).top == 200
    favourable = OneSeries(0.3, 40).favourable(downwards=True)
    share = whole(0.3 * favourable) / favourable
    assert favourable[-1] == 40 and (share[:-1] <= 0.3).all()


@pytest.mark.parametrize("model", MODELS[:2], ids=lambda model: model.title)
def test_events_and_non_events_mirror(model: Any) -> None:
    mirrored = evidence.Counts(POOL.n - POOL.events, POOL.n)
    # All new patients with the event, or none: halves are rounded up, which has no mirror.
    for target in TARGETS:
        (one,) = prospects(POOL, model, 0.55, [OneSeries(0.0, 60)], [target])
        (other,) = prospects(mirrored, model, 0.45, [OneSeries(1.0, 60)], [target])
        assert one.number == other.number and one.now == -other.now


def test_order_of_studies_does_not_matter() -> None:
    model = evidence.model("inverse-variance", measure="PLO")
    turned = evidence.Counts(POOL.events[::-1], POOL.n[::-1])
    plans: list[Plan] = [OneSeries(0.2), SeveralSeries(0.2, 5)]
    for one, other in zip(prospects(POOL, model, 0.5, plans), prospects(turned, model, 0.5, plans), strict=True):
        assert one.number == other.number


@pytest.mark.parametrize("first", [1, 5, 13, 137, 4999, 10_000])
def test_a_step_is_found_wherever_it_is(first: int) -> None:
    every = np.arange(1, 10_001)
    found = first_crossing(lambda numbers: (numbers >= first).astype(float), every, 10_000)
    assert (found.number, found.until) == (first, None)


def test_what_goes_again_is_told() -> None:
    every = np.arange(1, 1001)
    found = first_crossing(lambda numbers: ((numbers >= 7) & (numbers < 500)).astype(float), every, 1000)
    assert found.number == 7 and found.until is not None and found.until >= 500
    none = first_crossing(lambda numbers: np.full(numbers.size, np.nan), every, 1000)
    assert none.number is None and none.undefined == grid_of(every, 1000).size
    assert grid_of(every, 3).tolist() == [1, 2, 3] and set(range(1, EVERY + 1)) <= set(grid_of(every, 1000).tolist())


def test_arms_of_one_study_stay_together() -> None:
    arms = evidence.Counts([3, 5, 2, 6], [5, 6, 4, 8], studies=["a", "a", "b", "c"])
    summed = evidence.Counts([8, 2, 6], [11, 4, 8])
    model = evidence.model("logistic-normal")
    ours, theirs = (prospects(counts, model, 0.5, [OneSeries(0.0, 40)], ["estimate"])[0] for counts in (arms, summed))
    assert ours.number == theirs.number


def test_without_an_estimate_there_is_no_answer() -> None:
    with pytest.raises(ComputeError, match="no estimate"):
        prospects(evidence.Counts([0], [0]), evidence.model(), 0.5, [OneSeries(0.0)])


def test_a_model_without_wald_limits_is_searched_as_it_is() -> None:
    model = evidence.model("bayesian")
    (found,) = prospects(POOL, model, 0.5, [OneSeries(0.0, 6)], ("estimate",))
    assert found.number is None or found.number <= 6


@pytest.mark.parametrize("target", ["lower", "upper"])
def test_a_limit_crosses_where_it_passes_the_threshold(target: Target) -> None:
    model, plan = MODELS[2], OneSeries(0.9 if target == "lower" else 0.1, TOP)
    sizes = np.arange(1, TOP + 1)
    found = printed(with_added(POOL, *plan.added(sizes)), model)
    now = printed_now(POOL, model)
    threshold = float(getattr(now, target)[0]) + (0.05 if target == "lower" else -0.05)
    crossed = getattr(found, target) > threshold if target == "lower" else getattr(found, target) < threshold
    (met,) = prospects(POOL, model, threshold, [plan], (target,))
    assert met.now == (-1 if target == "lower" else 1)
    assert met.number == (int(sizes[crossed][0]) if crossed.any() else None)


def test_default_rates_lie_across_the_threshold() -> None:
    assert default_rates(0.8, 0.5) == (0.25, 0.0)
    assert default_rates(0.2, 0.5) == (0.75, 1.0)
    assert default_rates(0.5, 0.5) == (0.0, 1.0)


def test_a_row_for_each_plan() -> None:
    model = evidence.model("common-effect")
    found = prospects(POOL, model, 0.5, [OneSeries(0.0), SeveralSeries(0.0, 5)])
    table = rows(found, "patient")
    assert [row[0] for row in table] == ["One series at 0 %", "Series of 5 at 0 %"]
    assert table[0][1] == "10 patients (0 with the event): 48.5 %" and table[1][1] == "2 series (0 of 10): 48.5 %"


def test_alpha_is_spent_whole_and_late() -> None:
    assert spent(1.0, 0.05) == pytest.approx(0.05, abs=1e-12) and spent(0.0, 0.05) == 0.0  # by its definition
    # Half of it on each side: 4 - 4 Phi(2.241403 / sqrt(0.5)) = 4 - 4 Phi(3.169822), by tables of the normal.
    assert spent(0.5, 0.05) == pytest.approx(0.003051, abs=1e-6)
    parts = [1 - level_at(look, 5) for look in range(1, 6)]
    assert sum(parts) == pytest.approx(0.05, abs=1e-12) and parts == sorted(parts)  # adds up to alpha by telescoping
    assert level_at(1, 1) == pytest.approx(0.95, abs=1e-12)
    for look, looks in ((0, 5), (6, 5)):
        with pytest.raises(UsageError):
            level_at(look, looks)


#: Two-sided boundaries of the same spending function at 5 %, equally spaced looks: gsDesign's sfLDOF at 0.025 a side,
#: and recomputed by integrating the density from look to look.
BOUNDARIES = (
    (2.963, 1.969),
    (3.710, 2.511, 1.993),
    (4.333, 2.963, 2.359, 2.014),
    (4.877, 3.357, 2.680, 2.290, 2.031),
)


@pytest.mark.parametrize("published", BOUNDARIES, ids=len)
def test_looks_are_those_of_the_spending_function_or_wider(published: tuple[float, ...]) -> None:
    looks = len(published)
    ours = [NormalDist().inv_cdf((1 + level_at(look, looks)) / 2) for look in range(1, looks + 1)]
    assert ours[0] == pytest.approx(published[0], abs=5e-4)  # printed to three decimals
    assert all(a >= b - 5e-4 for a, b in zip(ours, published, strict=True))


def test_a_pool_of_23_is_searched_up_to_10000_quickly() -> None:
    events = [1, 0, 1, 1, 9, 2, 3, 1, 1, 0, 1, 2, 2, 1, 4, 1, 1, 1, 0, 1, 1, 1, 2]
    n = [1, 1, 1, 1, 28, 2, 4, 1, 1, 1, 1, 2, 3, 1, 5, 1, 1, 1, 1, 1, 1, 1, 2]
    # Of the processor, which does not count while other programs have it.
    began = process_time()
    found = prospects(evidence.Counts(events, n), evidence.model("logistic-normal"), 0.5, [OneSeries(0.2)])
    assert process_time() - began < 3  # measured: 0.9 s
    assert [one.number for one in found] == [None, None]
