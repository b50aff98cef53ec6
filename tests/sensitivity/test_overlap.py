"""Patients in two arms: every admissible choice, against the definition."""

from __future__ import annotations

import json
from itertools import chain, combinations, pairwise
from pathlib import Path

import pytest

from evidence import Counts, model, select
from evidence.review.review import Review, read_review
from evidence.sensitivity.answer import NotAskableError
from evidence.sensitivity.overlap import overlap
from evidence.sensitivity.overlap_choices import Candidates, choices_of, find_candidates
from tests.sensitivity.reviews import changed

BETA = model("beta-binomial")


def candidates(arms: str, certain: str = "", possible: str = "", dropped: str = "") -> Candidates:
    """Arms of one letter; pairs as two letters."""
    pairs = {(p[0], p[1]): p in certain.split() for p in (*certain.split(), *possible.split())}
    counts = Counts([1] * len(arms), [2] * len(arms), list(arms))
    return Candidates(counts, frozenset(dropped), pairs, frozenset())


def admissible(found: Candidates) -> set[frozenset[str]]:
    """From the definition, over all subsets of all arms."""
    arms = found.counts.keys
    good = set()
    for out in map(frozenset, chain.from_iterable(combinations(arms, size) for size in range(len(arms)))):
        twice = any(known and not out & set(pair) for pair, known in found.pairs.items())
        needless = any(all(key not in pair or out >= set(pair) for pair in found.pairs) for key in out)
        if not twice and not needless:
            good.add(out)
    return good


@pytest.mark.parametrize(
    "found",
    [
        candidates("abc", certain="ab", dropped="b"),
        candidates("abc", possible="ab"),
        candidates("abcde", certain="ab bc", possible="ae", dropped="b"),
        candidates("abcdef", certain="ab ac bc", possible="de ef", dropped="bc"),
        candidates("abcd"),
    ],
)
def test_choices_are_those_of_the_definition(found: Candidates) -> None:
    choices = choices_of(found, most=1000)
    assert choices.complete and choices.dropped[0] == found.dropped
    assert set(choices.dropped) == admissible(found) and len(set(choices.dropped)) == len(choices.dropped)


def test_too_many_choices_are_varied_one_group_at_a_time() -> None:
    found = candidates("abcdef", possible="ab cd ef")
    assert len(choices_of(found, 27).dropped) == 27
    few = choices_of(found, 20)
    assert not few.complete and len(few.dropped) == 7 and all(len(dropped) <= 1 for dropped in few.dropped)


def test_a_large_group_keeps_the_choice_of_the_selection() -> None:
    arms = "abcdefghijklmn"
    found = candidates(arms, possible=" ".join(a + b for a, b in pairwise(arms)), dropped="c")
    choices = choices_of(found, 1000)
    assert choices.dropped == (frozenset("c"),) and not choices.complete


def test_an_arm_dropped_for_one_that_is_excluded_is_in_again() -> None:
    found = candidates("abc", certain="ab", possible="bc", dropped="b")
    assert found.as_selected() == {"b"} and found.as_selected({"a"}) == {"a"}
    assert found.resolved("b", "a") == {"a", "b"} and found.resolved("b", "ac") == {"a", "c"}


def test_possible_overlap_of_the_first_review(sts: Review) -> None:
    """JCEM 2016 may hold patients of Gauffenic 2023: both, or either. In remission only one of them has a count."""
    answer = overlap(sts, "any_response", BETA)
    varied = answer.varied
    assert sorted(zip(varied.events.tolist(), varied.n.tolist(), strict=True)) == [(26, 29), (32, 54), (35, 57)]
    assert varied.primary.tolist() == [True, False, False] and (varied.events[0], varied.n[0]) == (35, 57)
    (pair,) = answer.pairs
    assert pair[2] is False and "1 pair of arms may share patients" in str(answer)
    assert [note.code for note in answer.notes] == ["overlap"]
    json.dumps(answer.to_dict(), allow_nan=False)
    with pytest.raises(NotAskableError, match="no two arms with a count share patients"):
        overlap(sts, "complete_remission", BETA)


def test_the_same_patients_are_never_counted_twice(third_review: Path) -> None:
    heel = read_review(third_review)
    answer = overlap(heel, "improved", BETA)
    assert answer.varied.labels == ("as analysed", "without Cy 2010") and answer.varied.n.tolist() == [67, 51]
    assert "1 pair of arms shares patients (Cy 2010 and Di 2011)" in str(answer) and answer.notes == ()
    whole = select(heel, "improved").counts
    assert answer.varied.found.estimate[0] == pytest.approx(BETA.fit(whole).estimate, abs=1e-9)


def test_the_arms_that_count_patients_of_a_third(tmp_path: Path) -> None:
    """Bo's patients are Di's, and Di's are Cy's: one of the three stays."""
    heel = changed(tmp_path, arms=("bo,bo-2002,Radial,12,,", "bo,bo-2002,Radial,12,di,"))
    found = find_candidates(heel, "improved", {}, None)
    assert found.dropped == {"bo", "di"} and len(found.pairs) == 3
    assert set(choices_of(found, 100).dropped) == {
        frozenset({"bo", "di"}),
        frozenset({"bo", "cy"}),
        frozenset({"di", "cy"}),
    }
