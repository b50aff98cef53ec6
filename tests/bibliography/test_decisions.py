"""Decisions on pairs are rows that people can change."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from evidence.bibliography.decisions import Decision, outcome_named, read_decisions, settled, write_decisions
from evidence.errors import DataError, UsageError

RULED = Decision("a", "b", "same", "0.990", "DOI agrees")
BAD = replace(RULED, first="c", second="", outcome=cast(Any, "perhaps"))
SAID = Decision("b", "a", "different", "", "two cases", "anna", "2024-05-31")


def test_rows_come_back(tmp_path: Path) -> None:
    rows = (RULED, Decision("a", "c", "ask", "0.700", "title, no DOI"))
    write_decisions(tmp_path, rows)
    assert [(row.first, row.outcome, row.reason) for row in read_decisions(tmp_path)] == [
        ("a", "same", "DOI agrees"),
        ("a", "ask", "title, no DOI"),
    ]


def test_a_person_takes_the_place_of_the_rule() -> None:
    (row,) = settled((RULED,), ("b", "a"), SAID, "abc")
    assert (row.outcome, row.score, row.decided_by, row.reason) == ("different", "0.990", "anna", "two cases")
    assert settled((RULED,), ("a", "c"), SAID, "abc")[1].pair == {"a", "c"}


@pytest.mark.parametrize(
    ("pair", "said", "told"),
    [
        (("a", "x"), SAID, "'x' is not known"),
        (("a", "a"), SAID, "same record twice"),
        (("a", "b"), Decision("a", "b", "same"), "needs a name"),
    ],
)
def test_what_can_not_be_decided(pair: tuple[str, str], said: Decision, told: str) -> None:
    with pytest.raises(UsageError, match=told):
        settled((RULED,), pair, said, "abc")


def test_an_outcome_has_a_word() -> None:
    assert outcome_named("same") == "same"
    with pytest.raises(UsageError, match="'maybe' is not known"):
        outcome_named("maybe")


def test_bad_rows_are_told_with_line_and_mend(tmp_path: Path) -> None:
    write_decisions(tmp_path, (RULED, SAID, Decision("c", "c", "same"), BAD))
    with pytest.raises(DataError) as error:
        read_decisions(tmp_path)
    assert [(one.code, one.line) for one in error.value.problems] == [
        ("repeated-pair", 3),
        ("pair-of-one", 4),
        ("unknown-term", 5),
        ("missing-value", 5),
    ]
