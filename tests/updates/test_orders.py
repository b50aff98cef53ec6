"""Shares of a difference, averaged over orders."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import permutations
from math import factorial, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.updates.orders import Plan, State, plan, shares

VALUES = st.lists(st.floats(-5, 5), min_size=16, max_size=16)


def valued(planned: Plan, values: list[float]) -> dict[State, float]:
    return dict(zip(planned.states, values, strict=True))


def by_hand(values: Mapping[State, float], sources: int) -> list[float]:
    """Every order of single sources written out; those through a coalition without a value left away."""
    moved, used = [0.0] * sources, 0
    for order in permutations(range(sources)):
        way = [tuple(int(i in order[:j]) for i in range(sources)) for j in range(sources + 1)]
        if any(values[state] != values[state] for state in way):
            continue
        used += 1
        for source, before, after in zip(order, way, way[1:], strict=False):
            moved[source] += values[after] - values[before]
    return [total / used for total in moved]


@given(VALUES)
def test_shares_are_the_mean_over_all_orders_and_sum_to_the_whole(values: list[float]) -> None:
    planned = plan([1, 1, 1, 1])
    known = valued(planned, values)
    found = shares(planned, known)
    assert found is not None and not found.blocked and planned.exact
    # Sums of 24 orders of values up to 5: rounding stays far below 1e-9.
    assert found.each == pytest.approx(by_hand(known, 4), abs=1e-9)
    assert sum(found.each) == pytest.approx(values[-1] - values[0], abs=1e-9)


def test_members_of_a_kind_share_as_single_sources_would() -> None:
    together, apart = plan([3, 1]), plan([1, 1, 1, 1])
    known = {state: (1 + state[0]) ** 2 * (1 + 3 * state[1]) for state in together.states}
    single = {state: known[sum(state[:3]), state[3]] for state in apart.states}
    found, expected = shares(together, known), shares(apart, single)
    assert found is not None and expected is not None
    assert expected.each == pytest.approx([found.each[0]] * 3 + [found.each[1]], abs=1e-12)


def test_orders_through_a_coalition_without_a_value_are_left_out() -> None:
    planned = plan([1, 1, 1])
    known = {state: float(sum(state) ** 2 + state[0]) for state in planned.states}
    known[1, 0, 0] = nan
    found = shares(planned, known)
    assert found is not None and found.blocked
    assert found.each == pytest.approx(by_hand(known, 3), abs=1e-12)
    assert sum(found.each) == pytest.approx(known[1, 1, 1] - known[0, 0, 0], abs=1e-12)


def test_no_way_with_values_is_no_answer() -> None:
    planned = plan([1, 1])
    assert shares(planned, {(0, 0): 1.0, (0, 1): nan, (1, 0): nan, (1, 1): 2.0}) is None
    assert shares(planned, {(0, 0): nan, (0, 1): 1.0, (1, 0): 1.0, (1, 1): 2.0}) is None


def test_nothing_changed_has_no_shares() -> None:
    planned = plan([])
    found = shares(planned, {(): 0.5})
    assert planned.states == ((),) and found is not None and found.each == ()


def test_many_sources_are_sampled_with_an_error_that_covers_the_truth() -> None:
    sizes = [1] * 13
    planned = plan(sizes)
    assert not planned.exact and len(planned.orders) == 2 * (4096 // 26)
    assert plan([1] * 12).exact and plan([40, 40]).exact
    weights = range(13)

    def value(state: State) -> float:
        return float(sum(w * s for w, s in zip(weights, state, strict=True)) ** 2)

    found = shares(planned, {state: value(state) for state in planned.states})
    assert found is not None
    total = sum(weights)
    for weight, each, error in zip(weights, found.each, found.errors, strict=True):
        # The share of one in a squared sum is its weight times the sum; four errors miss by chance 1 in 16,000.
        assert abs(each - weight * total) <= 4 * error + 1e-9
    assert found.each[0] == 0
    assert sum(found.each) == pytest.approx(total**2, abs=1e-9)
    assert plan(sizes).orders == planned.orders


def test_sampled_orders_count_alike_where_others_are_left_out() -> None:
    way = ((0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (1, 2, 0), (0, 2, 1))
    full = plan([1, 1, 1])
    planned = Plan(full.sizes, full.states, way)
    known = {state: float(sum(state) ** 2 + state[0]) for state in planned.states}
    known[1, 1, 0] = nan
    found = shares(planned, known)
    assert found is not None and found.blocked
    # All six orders of three: those that are left make the mean, whether or not their reverse is left too.
    assert found.each == pytest.approx(by_hand(known, 3), abs=1e-12)
    known[1, 0, 0] = known[0, 1, 0] = nan
    alone = Plan(full.sizes, full.states, way[:2])
    assert shares(alone, known) is None  # one pair tells nothing of its error


def test_the_error_is_that_of_the_mean_over_pairs() -> None:
    full = plan([1, 1, 1])
    planned = Plan(full.sizes, full.states, ((0, 1, 2), (2, 1, 0), (1, 0, 2), (2, 0, 1), (1, 2, 0), (0, 2, 1)))
    known = {state: float((1 + state[0]) * (1 + 2 * state[1]) * (1 + 3 * state[2])) for state in planned.states}
    found = shares(planned, known)
    assert found is not None and not found.blocked
    # The first source moves 1 and 12, 3 and 4, 12 and 1 in the pairs: means 6.5, 3.5, 6.5.
    assert found.each[0] == pytest.approx(16.5 / 3, abs=1e-12)
    assert found.errors[0] == pytest.approx(1.0, abs=1e-12)  # sd of the means sqrt(3), of 3 pairs


def test_long_sums_of_orders_do_not_overflow() -> None:
    planned = plan([200, 2])
    found = shares(planned, {state: state[0] + 5.0 * state[1] for state in planned.states})
    assert factorial(202) > 10**300 and found is not None
    assert found.each == pytest.approx([1, 5], abs=1e-9)
