"""Caveats from how each arm is known."""

from __future__ import annotations

from typing import Any

from evidence.pooling.arm_notes import notes_of_arms

ARMS: list[dict[str, Any]] = [
    {"study": "A 2020", "confidence": "low", "source_seen": "abstract", "year": 2020, "possible_overlap": "B 2021"},
    {"study": "B 2021", "confidence": "high", "source_seen": "full_text", "year": None, "possible_overlap": None},
    {"study": "C 2022", "confidence": "low", "source_seen": "title_only", "year": 2022, "possible_overlap": None},
]


def test_each_way_of_knowing_little_is_said() -> None:
    assert {n.code: n.text for n in notes_of_arms(ARMS)} == {
        "low-confidence": "Read with low confidence (success by title, or without a definition): 2 of 3 arms.",
        "abstract-only": "Known from an abstract or less, not from the full text: 2 of 3 arms.",
        "overlap": "May hold patients of another report, not verified: A 2020.",
        "no-year": "Without a year: 1 of 3 arms.",
    }


def test_data_without_these_columns_say_nothing() -> None:
    assert notes_of_arms([{"route": "topical"}, {}]) == ()


def test_other_treatments_are_counted_where_they_are_stated() -> None:
    arms = [{"concomitant_therapy": given} for given in ("bosentan; calcitriol", "none", None, "", "calcitriol")]
    texts = {n.code: n.text for n in notes_of_arms([*arms, {"study": "no such column"}])}
    assert texts["mixed-concomitant"].startswith(
        "Other treatments at the same time: in 2 of 6 arms (not said in 2 more), where"
    )
    assert notes_of_arms([{"concomitant_therapy": None}, {"concomitant_therapy": "none"}]) == ()
