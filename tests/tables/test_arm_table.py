"""The arms of an outcome: counts, where and by whom they were read; estimates as lines to copy."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence import model, pool
from evidence.errors import DataError
from evidence.outcomes import select
from evidence.pooling.result import Pooled
from evidence.review.review import Review, read_review
from evidence.tables.result_tables import arm_table, glance
from evidence.tables.said import said
from evidence.tables.table import Cell, Table, TableColumn, count_cell

HEAD = "arm_id,outcome,unit,events,total,timepoint_months\n"


def extracted(review: Path, rows: str, name: str = "a") -> None:
    folder = review / "extraction"
    folder.mkdir(exist_ok=True)
    (folder / f"extractor_{name}_outcomes.csv").write_text(HEAD + rows, encoding="utf-8")


def arms(folder: Path, outcome: str = "improved") -> Table:
    review = read_review(folder)
    selection = select(review, outcome)
    return arm_table(outcome, "Improved", review, selection, _pooled(review, outcome))


def _pooled(review: Review, outcome: str) -> Pooled:
    found = pool(select(review, outcome), model("common-effect"))
    assert isinstance(found, Pooled)
    return found


def column(table: Table, key: str) -> list[str]:
    at = [column.key for column in table.columns].index(key)
    return [row[at].text for row in table.rows]


def test_each_row_has_the_key_of_its_arm_and_a_line_to_copy(third_review: Path) -> None:
    table = arms(third_review)
    assert table.keys == ("ada-low", "ada-high", "bo", "na-1", "cy")
    assert table.said is not None
    assert table.said[0] == "Ada 2001: Low energy: 9/14, 64 % (95 % limits 35 to 87 %, clopper-pearson)"
    assert column(table, "report") == ["DOI", "DOI", "DOI", "page", "DOI"]
    assert "extracted" not in [column.key for column in table.columns]
    assert table.printed.keys == table.keys and table.stored.said == table.said


def test_values_of_extractors_stand_beside_the_adjudicated_ones(third_review: Path) -> None:
    # A read two time points of one arm, and a heel that is no patient; B entered an arm without its time.
    extracted(third_review, "ada-low,improved,patient,6,14,3\nada-low,improved,patient,8,14,12\n")
    extracted(third_review, "ada-low,improved,patient,9,14,\nbo,improved,heel,1,2,6\ncy,improved,patient,,,\n", "b")
    found = column(arms(third_review), "extracted")
    assert found[0] == "A 8/14; B 9/14; adjudicated 9/14"
    assert found[2] == "A –; B –; adjudicated 8/12"
    assert found[4] == "A –; B –; adjudicated 20/25"


def test_counts_without_the_time_of_the_final_one_are_all_named(third_review: Path) -> None:
    extracted(third_review, "ada-low,improved,patient,6,14,3\nada-low,improved,patient,7,14,6\n")
    assert column(arms(third_review), "extracted")[0] == "A 6/14 or 7/14; adjudicated 9/14"


def test_a_file_of_an_extractor_that_can_not_be_read_is_said(third_review: Path) -> None:
    extracted(third_review, "ada-low,improved,patient,15,14,12\n")
    with pytest.raises(DataError) as caught:
        arms(third_review)
    (problem,) = caught.value.problems
    assert problem.code == "events-exceed-total" and problem.line == 2


def test_results_at_a_glance_are_copied_with_their_limits(third_review: Path) -> None:
    review = read_review(third_review)
    table = glance([("Improved", _pooled(review, "improved")), ("Free", _pooled(review, "pain_free"))])
    assert table.said == (
        "Improved, average study: 50/67, 75 % (95 % limits 63 to 84 %, clopper-pearson)",
        "Free, observed: 3/26, 12 % (95 % limits 2 to 30 %, clopper-pearson)",
    )


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (said("A", "1/2", "50 %", 0.01, 0.99, "95 %, exact"), "A: 1/2, 50 % (95 % limits 1 to 99 %, exact)"),
        (said("A", "1/2", "50 %", 0.01, 0.99, ", hk"), "A: 1/2, 50 % (limits 1 to 99 %, hk)"),
        (said("A", "1/2", "50 %", 0.01, 0.99), "A: 1/2, 50 % (limits 1 to 99 %)"),
        (said("A", "", "50 %", 0.01, 0.99, "95 %"), "A: 50 % (95 % limits 1 to 99 %)"),
        (said("A", "1/2", "50 %", None, None), "A: 1/2, 50 %"),
    ],
)
def test_a_line_to_copy_says_what_there_is(line: str, words: str) -> None:
    assert line == words


def test_a_count_is_sorted_by_its_proportion() -> None:
    assert count_cell(3, 28) == Cell("3/28", 3 / 28)
    assert count_cell(0, 0) == Cell("0/0") and count_cell(None, 4) == Cell("–")


def test_keys_and_lines_are_as_many_as_rows() -> None:
    for lines in ({"keys": ("a", "b")}, {"said": ()}):
        with pytest.raises(ValueError, match="for 1 rows"):
            Table("t", "T", (TableColumn("a", "A"),), ((Cell("x"),),), **lines)
