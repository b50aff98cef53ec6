"""The table of pairs of arms that share patients, or may, and what a report says of them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

from evidence.document.blocks import Paragraph, TableBlock
from evidence.document.sections.overlap import section
from evidence.review.review import read_review
from evidence.tables.overlap_table import overlap_table
from evidence.tables.rendering import to_csv


def findings(folder: Path) -> Any:
    return SimpleNamespace(review=read_review(folder))


def test_without_a_named_pair_there_is_nothing(calciphylaxis: Path) -> None:
    assert section(findings(calciphylaxis)) is None


def test_pairs_that_only_arms_name_have_no_columns_of_dashes(third_review: Path) -> None:
    table = overlap_table(read_review(third_review))
    assert table is not None
    assert to_csv(table) == "arm_a,arm_b,n_a,n_b,decision\ncy,di,25,9,same_patients_as\n"
    assert [cell.text for cell in table.rows[0]] == ["Cy 2010", "Di 2011", "25", "9", "same patients"]


def test_decisions_are_shown_and_counted(third_review: Path) -> None:
    ledger = "arm_a,arm_b,decision,reason,decided_by,date\nna-1,ada-low,distinct,other country,A,2024-05-31\n"
    (third_review / "overlap.csv").write_text(ledger, encoding="utf-8")
    made = section(findings(third_review))
    assert made is not None
    told, shown = made.blocks
    assert isinstance(told, Paragraph) and isinstance(shown, TableBlock)
    assert told.text == (
        "The same patients may be told of in several reports. 1 pair of arms has the same patients, who are counted"
        " once; 1 pair of arms was looked at and has different patients. No decision with its reason is recorded for 1"
        " of them.",
    )
    assert [cell.text for cell in shown.table.rows[0]][:6] == [
        "Ada 2001: Low energy",
        "NA",
        "14",
        "1",
        "distinct",
        "other country",
    ]
