"""Counts of adverse events by group: every cell with its denominator, silence told from none."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest

from evidence.harms import harm_counts
from evidence.review.review import read_review
from evidence.tables.harm_table import TELLING, harm_table
from evidence.tables.rendering import to_csv
from evidence.tables.table import Table

HEADER = "arm_id,term,system_organ_class,events,total,serious,management,no_other_event,source_location,notes\n"
ROWS = (
    "ada-low,pain,,3,14,no,,,text,",
    "ada-high,pain,,0,16,not_reported,,,text,",
    'bo,"bruise, <b>",,,12,yes,,,text,',
    "cy,pain,,2,25,no,,yes,text,",
)


@pytest.fixture
def table(third_review: Path) -> Table:
    (third_review / "adverse_events.csv").write_text(HEADER + "\n".join(ROWS) + "\n", encoding="utf-8")
    return harm_table(harm_counts(read_review(third_review), by="device"))


def texts(table: Table) -> dict[str, list[str]]:
    return {row[0].text: [cell.text for cell in row[1:]] for row in table.printed.rows}


def test_the_first_row_says_who_says_anything(table: Table) -> None:
    assert [column.heading for column in table.printed.columns][1:5] == [
        "focused",
        "radial",
        "not reported",
        "All arms",
    ]
    # Di has the patients of Cy: its 9 are not counted again.
    assert texts(table)[TELLING][:4] == [
        "2 of 2 arms, 30 of 30 treated",
        "2 of 3 arms, 37 of 37 treated",
        "0 of 1 arm, 0 of 1 treated",
        "4 of 6 arms, 67 of 68 treated",
    ]


def test_cells_hold_their_denominator_and_silence_is_a_dash(table: Table) -> None:
    # 5 of 55: exact limits 3.0 to 20.0 %.
    assert texts(table)["pain"][:5] == ["3/30 in 2 arms", "2/25 in 1 arm", "–", "5/55 in 3 arms", "3 to 20 %"]
    assert texts(table)["bruise, <b>"][:5] == [
        "–",
        "0/25 in 1 arm; number not given in 1 arm of 12 patients",
        "–",
        "0/25 in 1 arm; number not given in 1 arm of 12 patients",
        "–",
    ]
    assert "Called serious by the report: bruise, <b> (Bo 2002)." in table.footnotes
    assert "counts, not rates" in table.caption


def test_the_file_holds_numbers_states_and_names(table: Table) -> None:
    rows = {row["term"]: row for row in csv.DictReader(io.StringIO(to_csv(table)))}
    pain, bruise = rows["pain"], rows["bruise, <b>"]
    assert (pain["group_1_name"], pain["group_1_events"], pain["group_1_n"], pain["group_1_arms"]) == (
        "focused",
        "3",
        "30",
        "2",
    )
    assert (pain["group_3_state"], pain["group_3_events"]) == ("not-reported", "")
    assert (bruise["all_state"], bruise["all_n"], bruise["all_arms"], bruise["upper"]) == (
        "number-not-given",
        "25",
        "2",
        "",
    )


def test_limits_wait_for_three_arms_and_ten_patients(third_review: Path) -> None:
    rows = HEADER + "na-1,pain,,1,1,no,,,text,\nada-low,rash,,1,14,no,,,text,\nbo,rash,,0,12,no,,,text,\n"
    (third_review / "adverse_events.csv").write_text(rows, encoding="utf-8")
    made = texts(harm_table(harm_counts(read_review(third_review), by="device")))
    assert made["pain"][3:5] == ["1/1 in 1 arm", "–"]
    assert made["rash"][3:5] == ["1/26 in 2 arms", "–"]
