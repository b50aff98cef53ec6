"""Groups under people's decisions: what they told apart stays apart, in any order, and nothing is dropped."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bibliography.duplicates import Decision, Outcome, Pair, group

IDS = list("abcdef")
ids = st.sampled_from(IDS)
outcomes: st.SearchStrategy[Outcome] = st.sampled_from(["same", "different", "ask"])
scores = st.integers(0, 4).map(lambda n: n / 4)
pairs = st.lists(st.builds(Pair, ids, ids, scores, outcomes, st.just("told")), max_size=12)
decisions = st.dictionaries(
    st.tuples(ids, ids).map(lambda pair: (min(pair), max(pair))).filter(lambda pair: pair[0] != pair[1]), outcomes
).map(lambda found: [(a, b, outcome) for (a, b), outcome in found.items()])


def same(a: str, b: str, score: float = 0.9) -> Pair:
    return Pair(a, b, score, "same", "Title agrees")


def test_groups_stand_in_the_order_of_the_records() -> None:
    found = group(list("dcba"), [same("a", "c"), same("b", "c")])
    assert found.groups == (("d",), ("c", "b", "a"))
    assert found.conflicts == ()


def test_only_same_joins() -> None:
    assert group(["a", "b"], [Pair("a", "b", 0.6, "ask", "")]).groups == (("a",), ("b",))
    assert group(["a", "b"], [], [("b", "a", "same")]).groups == (("a", "b"),)


def test_a_decision_overrides_the_pair_and_can_be_undone() -> None:
    pair = [same("a", "b", 1.0)]
    for outcome in ("different", "ask"):
        decision: Decision = ("b", "a", outcome)
        assert group(["a", "b"], pair, [decision]).groups == (("a",), ("b",))
    assert group(["a", "b"], pair, [("a", "b", "different"), ("b", "a", "same")]).groups == (("a", "b"),)
    assert group(["a", "b"], pair).groups == (("a", "b"),)


def test_different_holds_through_a_third_and_the_likest_pair_wins() -> None:
    found = group(["a", "b", "c"], [same("a", "c", 0.91), same("b", "c", 0.95)], [("a", "b", "different")])
    assert found.groups == (("a",), ("b", "c"))
    assert [str(conflict) for conflict in found.conflicts] == [
        "a and c look the same, but that joins a and b, which were decided to be different"
    ]


def test_decisions_that_contradict_each_other_are_told() -> None:
    found = group(["a", "b", "c"], [], [("a", "b", "same"), ("b", "c", "same"), ("a", "c", "different")])
    assert found.groups == (("a", "b"), ("c",))
    assert [conflict.decided for conflict in found.conflicts] == [True]
    assert "were decided to be the same" in str(found.conflicts[0])


def test_what_is_not_there_is_passed_over() -> None:
    assert group(["a"], [same("a", "z")], [("a", "y", "same"), ("a", "a", "different")]).groups == (("a",),)


@settings(deadline=None)
@given(pairs, decisions, st.randoms())
def test_any_order_gives_the_same_groups(found: list[Pair], decided: list[Decision], rng: object) -> None:
    there = group(IDS, found, decided)
    shuffled, turned = found.copy(), [(b, a, outcome) for a, b, outcome in decided]
    rng.shuffle(shuffled)  # type: ignore[attr-defined]
    rng.shuffle(turned)  # type: ignore[attr-defined]
    assert group(IDS, shuffled, turned) == there
    back = group(IDS[::-1], found, decided)
    assert {frozenset(one) for one in back.groups} == {frozenset(one) for one in there.groups}
    assert back.conflicts == there.conflicts


@settings(deadline=None)
@given(pairs, decisions)
def test_what_people_told_apart_stays_apart_and_nothing_is_lost(found: list[Pair], decided: list[Decision]) -> None:
    result = group(IDS, found, decided)
    assert sorted(one for members in result.groups for one in members) == IDS
    place = {one: i for i, members in enumerate(result.groups) for one in members}
    refused = {frozenset((conflict.first, conflict.second)) for conflict in result.conflicts}
    settled = {frozenset((a, b)) for a, b, _ in decided}
    for a, b, outcome in decided:
        assert outcome != "different" or place[a] != place[b]
        assert outcome != "same" or place[a] == place[b] or frozenset((a, b)) in refused
    for pair in found:
        both = frozenset((pair.first, pair.second))
        if pair.outcome == "same" and both not in settled:
            assert place[pair.first] == place[pair.second] or both in refused
