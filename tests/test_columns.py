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
