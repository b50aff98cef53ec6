"""Counts and rates as data: what they share, and what can't be made."""

from __future__ import annotations

import pytest

from evidence.counts import Arms, Counts, Rates


def test_arms_are_an_idea_that_nobody_can_make() -> None:
    with pytest.raises(TypeError, match="like"):
        Arms()  # type: ignore[abstract]


@pytest.mark.parametrize(
    "arms",
    [
        Counts([1, 2, 3], [4, 5, 0 + 6], studies=["a", "a", "b"], unit="lesion"),
        Rates([1, 2, 3], [4.5, 5.0, 6.0], studies=["a", "a", "b"], unit="lesion", time_unit="day"),
    ],
    ids=["counts", "rates"],
)
def test_taking_and_summing_keep_kind_and_units(arms: Arms) -> None:
    summed, first = arms.by_study(), arms.take([0])
    assert type(summed) is type(first) is type(arms) and summed.unit == first.unit == "lesion"
    assert summed.events.tolist() == [3, 3] and summed.n[0] == arms.n[0] + arms.n[1]
    assert summed.labels == ("1 + 2", "b") or summed.labels == ("1 + 2", "3")
    assert arms.units == "lesions" and arms.k == 3 and arms.shares_studies and not first.shares_studies


def test_units_of_time_have_a_plural() -> None:
    assert Rates([1], [2.0], time_unit="person-year").time_units == "person-years"
    assert Rates([1], [2.0]).time_units == "time units"
    assert Rates([1], [2.0], time_unit="days").time_units == "days"
