"""Columns of tables and forest plots."""

from __future__ import annotations

import pytest

from evidence.columns import COLUMNS, column, fact_text
from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.pooling import pool


def test_built_in_columns_show_the_study() -> None:
    result = pool(Counts([3], [28], ["Gauffenic 2023"]), "common-effect")
    study = result.studies[0]  # type: ignore[union-attr]
    shown = {name: chosen.cell(study) for name, chosen in COLUMNS.items()}
    assert shown["label"] == "Gauffenic 2023"
    assert (shown["events"], shown["n"], shown["events_n"]) == ("3", "28", "3/28")
    assert shown["estimate"] == "11 %" and shown["estimate_ci"] == "11 (2 to 28)"


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "not reported"), (250.0, "250"), (0.14, "0.14"), ("case_report", "case report"), ("a_b c", "a_b c")],
)
def test_facts_as_text(value: object, text: str) -> None:
    assert fact_text(value) == text


def test_an_unknown_column_lists_the_near_ones() -> None:
    with pytest.raises(UsageError, match="did you mean weight"):
        column("wieght", pool(Counts([3, 1], [28, 4])))


@pytest.mark.parametrize(
    ("name", "text"), [("estimate:1", "10.7 %"), ("ci:1", "2.3 to 28.2"), ("estimate_ci:2", "10.71 (2.27 to 28.23)")]
)
def test_decimals_behind_a_name(name: str, text: str) -> None:
    result = pool(Counts([3], [28]), "common-effect")
    assert column(name, result).cell(result.studies[0]) == text  # type: ignore[union-attr]


def test_counts_have_no_decimals_and_proportions_no_time() -> None:
    result = pool(Counts([3, 1], [28, 4]))
    with pytest.raises(UsageError, match="events has no decimals"):
        column("events:1", result)
    with pytest.raises(UsageError, match="'time' is not known"):
        column("time", result)
