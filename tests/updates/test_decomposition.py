"""The difference of a pooled proportion, shared out among its sources."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import evidence
from evidence.pooling.logistic_normal import LogisticNormal
from evidence.updates.counted_rows import CountedRow
from evidence.updates.decomposition import Decomposition, decompose
from evidence.updates.sources import PoolArm, Side

QUICK = evidence.model("inverse-variance", measure="PLO", tau2="DL", limits="wald")
PRIMARY = LogisticNormal()
#: The parts of a decomposition add up within rounding.
SUMS = 1e-9
LATE = CountedRow("patient", 1, 2)


def side(*arms: tuple[str, int, int], model: Any = QUICK, known: tuple[str, ...] = ()) -> Side:
    """A pool; of the arms of ``known`` studies there is a row that is left out."""
    rows = {f"{name}-1": CountedRow("patient", x, n) for name, x, n in arms}
    pooled = tuple(PoolArm(f"{name}-1", name, name.title(), x, n, rows[f"{name}-1"]) for name, x, n in arms)
    studies = {name: name.title() for name in (*(arm[0] for arm in arms), *known)}
    counted = {key: (row,) for key, row in rows.items()} | {f"{name}-1": (LATE,) for name in known}
    return Side(pooled, model, studies, {f"{name}-1": "filtered" for name in known}, {}, counted)


def parts(found: Decomposition | None) -> dict[str, float]:
    assert found is not None
    total = sum(part.pooled for part in found.parts)
    assert total == pytest.approx(found.after - found.before, abs=SUMS)
    return {part.source.name: part.pooled for part in found.parts}


def printed(given_side: Side) -> float:
    counts = evidence.Counts([arm.events for arm in given_side.arms], [arm.n for arm in given_side.arms])
    mean = evidence.pool(counts, given_side.model).to_dict()["mean"]
    assert isinstance(mean, float)
    return mean


COUNTS = st.integers(1, 12).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
POOLS = st.dictionaries(st.sampled_from("abcdefg"), COUNTS, min_size=2)


@given(POOLS, POOLS)
def test_parts_sum_to_the_change_of_the_printed_number(old: dict[str, Any], new: dict[str, Any]) -> None:
    before, after = (side(*((name, *counts) for name, counts in pool.items())) for pool in (old, new))
    found = decompose(before, after)
    parts(found)
    assert found is not None
    assert found.before == pytest.approx(printed(before), abs=SUMS)
    assert found.after == pytest.approx(printed(after), abs=SUMS)
    shares = [sum(x for x, _ in pool.values()) / sum(n for _, n in pool.values()) for pool in (old, new)]
    assert sum(part.observed or 0 for part in found.parts) == pytest.approx(shares[1] - shares[0], abs=SUMS)


@given(POOLS, POOLS, st.randoms(use_true_random=False))
def test_the_order_of_rows_does_not_matter(old: dict[str, Any], new: dict[str, Any], chance: Any) -> None:
    rows = [[(name, *counts) for name, counts in pool.items()] for pool in (old, new)]
    first = decompose(side(*rows[0]), side(*rows[1]))
    for pool in rows:
        chance.shuffle(pool)
    assert decompose(side(*rows[0]), side(*rows[1])) == first


@given(POOLS)
def test_no_change_has_no_parts(pool: dict[str, Any]) -> None:
    here = side(*((name, *counts) for name, counts in pool.items()))
    found = decompose(here, here)
    assert found is not None and found.parts == () and found.after == found.before


@given(POOLS)
def test_a_sole_change_gets_the_whole(pool: dict[str, Any]) -> None:
    rows = [(name, *counts) for name, counts in pool.items()]
    found = decompose(side(*rows), side(*rows, ("new", 3, 4)))
    assert found is not None
    (part,) = found.parts
    assert (part.source.kind, part.source.name) == ("new-study", "New")
    assert part.pooled == found.after - found.before


def test_the_primary_model_with_every_kind_of_source() -> None:
    before = side(("a", 4, 9), ("b", 1, 1), ("gone", 2, 5), ("c", 0, 3), model=PRIMARY, known=("late",))
    after = side(("a", 5, 9), ("b", 1, 1), ("c", 0, 3), ("late", 1, 2), ("x", 1, 1), ("y", 1, 1), model=QUICK)
    found = decompose(before, after)
    named = parts(found)
    assert set(named) == {"X", "Y", "Gone", "Corrected numbers", "Changed eligibility", "Changed method"}
    assert named["X"] == named["Y"]
    assert found is not None and found.exact and not found.blocked
    assert found.before == pytest.approx(printed(before), abs=SUMS)
    assert found.after == pytest.approx(printed(after), abs=SUMS)
    details = {part.source.name: part.source.detail for part in found.parts}
    assert details["Corrected numbers"] == "A 4/9, now 5/9"
    assert details["Changed eligibility"] == "Late 1/2 is in now (before: filtered)"
    # Another method is another scale: there is no change on it.
    assert {part.scale for part in found.parts} == {None}


def test_other_limits_move_no_estimate() -> None:
    arms = (("a", 4, 9), ("b", 1, 1), ("c", 0, 3))
    found = decompose(side(*arms, model=PRIMARY), side(*arms, ("d", 2, 2), model=replace(PRIMARY, limits="t")))
    named = parts(found)
    assert named["Changed method"] == 0 and named["D"] != 0


@pytest.mark.parametrize("k", [3, 40])
def test_other_limits_move_nothing_in_a_sample_either(k: int) -> None:
    # The coalitions of a sample differ between the methods; stacks of another size round otherwise.
    arms = [(f"s{i:02}", (7 * i) % (4 + i), 3 + i) for i in range(k)]
    new = [(f"n{i:02}", i % 5, 4 + i // 2) for i in range(13)]
    other = evidence.model("inverse-variance", measure="PLO", tau2="DL", limits="hk", level=0.9)
    found = decompose(side(*arms), side(*arms, *new, model=other), most=100)
    assert found is not None and not found.exact
    assert parts(found)["Changed method"] == 0


def test_one_method_is_one_source_under_both_in_every_coalition() -> None:
    old, new = (("a", 4, 9), ("b", 1, 2), ("c", 0, 3)), (("a", 4, 9), ("b", 1, 2), ("c", 0, 3), ("d", 3, 4))
    first, second = QUICK, PRIMARY
    value = {
        (arms, m): printed(side(*arms, model=model)) for arms in (old, new) for m, model in enumerate((first, second))
    }
    named = parts(decompose(side(*old, model=first), side(*new, model=second)))
    method = (value[old, 1] - value[old, 0] + value[new, 1] - value[new, 0]) / 2
    assert named["Changed method"] == pytest.approx(method, abs=SUMS)


def test_arms_of_a_study_are_one_source_and_stay_arms() -> None:
    base = side(("a", 4, 9), ("b", 1, 2))
    arms = tuple(PoolArm(f"new-{i}", "new", f"New: {i}", x, 4) for i, x in enumerate((1, 3)))
    after = replace(base, arms=(*base.arms, *arms), studies={**base.studies, "new": "New"})
    found = decompose(base, after)
    assert found is not None and [part.source.detail for part in found.parts] == ["4/8"]
    labels = ["a", "b", "new", "new"]
    counts = evidence.Counts([4, 1, 1, 3], [9, 2, 4, 4], studies=labels)
    assert found.after == pytest.approx(evidence.pool(counts, QUICK).to_dict()["mean"], abs=SUMS)


def test_first_counts_of_known_studies_are_each_a_source_and_alike() -> None:
    arms = (("a", 4, 9), ("b", 1, 2))
    bare = side(*arms)
    before = replace(bare, studies={**bare.studies, "p": "P", "q": "Q"}, counted={**bare.counted, "p-1": (), "q-1": ()})
    found = decompose(before, side(*arms, ("p", 1, 1), ("q", 1, 1), ("r", 1, 1)))
    named = parts(found)
    assert found is not None and [part.source.kind for part in found.parts] == ["new-study", "new-data", "new-data"]
    assert named["P"] == named["Q"] == named["R"] and found.coalitions == 4


def test_a_way_over_no_patient_is_left_out_and_said() -> None:
    found = decompose(side(("a", 1, 2)), side(("b", 3, 4)))
    named = parts(found)
    assert found is not None and found.blocked and set(named) == {"A", "B"}
    assert decompose(side(("a", 1, 2)), side()) is None


def test_the_scale_is_told_only_where_every_coalition_is_finite() -> None:
    inside = decompose(side(("a", 4, 9), ("b", 1, 2), model=PRIMARY), side(("a", 5, 9), ("b", 1, 2), model=PRIMARY))
    edge = decompose(side(("a", 2, 2), ("b", 3, 3), model=PRIMARY), side(("a", 1, 2), ("b", 3, 3), model=PRIMARY))
    assert inside is not None and edge is not None
    assert all(part.scale is not None for part in inside.parts) and all(part.scale is None for part in edge.parts)


def test_a_sample_keeps_its_sum_and_equal_sources_equal() -> None:
    before = side(("a", 4, 9), ("b", 1, 2))
    new = [(f"n{i:02}", i % 5, 4 + i // 2) for i in range(12)]
    after = side(("a", 4, 9), ("b", 1, 2), *new, ("p", 1, 1), ("q", 1, 1))
    found = decompose(before, after, most=200)
    named = parts(found)
    assert found is not None and not found.exact and found.orders == 40
    assert named["P"] == named["Q"] and all(part.error > 0 for part in found.parts)
    assert decompose(before, after, most=200) == found


def test_pools_on_the_way_of_which_counts_alone_would_be_printed_are_counted() -> None:
    before = side(("a", 3, 9), ("b", 1, 4), ("c", 2, 6))
    grown = decompose(before, side(("a", 3, 9), ("b", 1, 4), ("c", 2, 6), ("d", 1, 5)))
    assert grown is not None and grown.counts_alone == 0 and grown.coalitions == 2
    renewed = decompose(before, side(("d", 1, 5), ("e", 2, 7), ("f", 4, 8)))
    # Of 2^6 pools 22 have fewer than 3 studies; every one of them but the empty one is fitted.
    assert renewed is not None and (renewed.coalitions, renewed.blocked) == (64, True)
    assert renewed.counts_alone == 21 and renewed.to_dict()["counts_alone"] == 21
