"""How far the units of each arm responded: only what the tables record, the rest unread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from evidence.errors import UsageError
from evidence.response_extents import _Arm, _Counts, _units, responses
from evidence.review.review import Review, read_review

DATA = Path(__file__).parents[1] / "data"


@pytest.fixture(scope="module")
def review() -> Review:
    return read_review(DATA / "sts-calcinosis-cutis")


def arm(events: int, n: int = 10, months: float | None = None) -> _Arm:
    return _Arm("Ada", "ada", events, n, months)


@pytest.mark.parametrize(
    ("counts", "worse_told", "expected"),
    [
        (_Counts(arm(6), arm(2), arm(4), None), False, {"complete": 2, "partial": 4, "none": 4}),
        # Complete was not read: how far the 6 responded stays open.
        (_Counts(arm(6), None, arm(4), None), False, {"response-unread": 6, "none": 4}),
        # Only complete was read: nobody knows of the other 8.
        (_Counts(None, arm(2), None, None), False, {"complete": 2, "worse": 0, "unread": 8}),
        (_Counts(None, None, arm(4), None), False, {"response-unread": 6, "none": 4}),
        (_Counts(arm(6), arm(2), arm(4), arm(1)), True, {"complete": 2, "partial": 4, "worse": 1, "none": 3}),
        # The review tells worse, and this arm does not: its non-responders may be worse.
        (_Counts(arm(6), arm(2), None, None), True, {"complete": 2, "partial": 4, "none-unread": 4}),
        # A part of another total or time is no part of this whole.
        (_Counts(arm(6), arm(2, 9), None, None), False, {"response-unread": 6, "none": 4}),
        (_Counts(arm(6, 10, 12.0), arm(2, 10, 3.0), None, None), False, {"response-unread": 6, "none": 4}),
    ],
)
def test_units_by_extent(counts: _Counts, worse_told: bool, expected: dict[str, int]) -> None:
    base = counts.whole or counts.rest or counts.part
    assert base is not None
    units = _units(counts, base, worse_told)
    assert units == expected and sum(units.values()) == base.n


def test_the_first_review_is_told_as_it_was_recorded(review: Review) -> None:
    found = responses(review, "any_response")
    by_label: dict[str, Any] = {one.label: dict(one.extents) for one in found.arms}
    assert by_label["Gauffenic 2023 (CATSS-O)"] == {"complete": 3, "partial": 6, "none": 19}
    assert by_label["Bair 2011"] == {"response-unread": 2}
    assert all(sum(units for _, units in one.extents) == one.n for one in found.arms)
    assert all(units > 0 for one in found.arms for _, units in one.extents)
    assert "worse" not in found.words and found.words["complete"] == "Complete remission"


def test_a_part_asks_for_its_whole(review: Review) -> None:
    assert responses(review, "complete_remission") == responses(review, "any_response")


def test_filters_hold(review: Review) -> None:
    kept = responses(review, "any_response", where={"route": "intravenous"})
    assert [one.label for one in kept.arms] == ["Badawi 2020"]


@pytest.mark.parametrize("outcome", ["recurrence", "no_response", "nothing"])
def test_an_outcome_without_parts_is_refused(outcome: str, review: Review) -> None:
    with pytest.raises(UsageError, match="use any_response"):
        responses(review, outcome)


def test_worse_is_told_apart_where_a_review_records_it() -> None:
    found = responses(read_review(DATA / "synthetic-example"), "any_response")
    by_label = {one.label: dict(one.extents) for one in found.arms}
    assert found.words["worse"] == "Worse" and found.words["none"] == "No response, not worse"
    assert by_label["Charlie 2000"] == {"partial": 3, "worse": 4}
    assert any("none-unread" in extents for extents in by_label.values())
