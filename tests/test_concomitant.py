"""Other treatments at the same time: which arms name them, say none, or don't say."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from evidence.concomitant import concomitant_treatment
from evidence.review.review import check_review, read_review
from evidence.tables.given_tables import concomitant_table

COLUMN = '\n[columns.arms.others]\ntype = "text"\nheading = "Also given"\nmeaning = "Other treatments"\n'


def test_the_first_review() -> None:
    """9 cells are filled; their arms treat 1 + 3 + 7 x 1 patients; 14 are empty."""
    review = read_review("sts-calcinosis-cutis")
    found = concomitant_treatment(review)
    assert found is not None
    assert (len(found.named), found.named_patients, found.none, len(found.silent), found.silent_patients) == (
        9,
        11,
        (),
        14,
        99,
    )
    assert found.named["jcrpe2021-1"] == "acetazolamide; phosphate-lowering agents"
    table = concomitant_table(review, found)
    assert len(table.rows) == 9 and table.columns[1].heading == "Given together with"
    assert all(row[0].cites for row in table.rows), "every row cites its reports"


def test_the_second_review() -> None:
    found = concomitant_treatment(read_review("sts-calciphylaxis"))
    assert found is not None
    assert (len(found.named), found.named_patients, found.arms, found.silent_patients) == (3, 79, 8, 66)


def test_a_review_that_declares_no_column_has_no_section(third_review: Path) -> None:
    review = read_review(third_review)
    assert review.settings.concomitant is None and concomitant_treatment(review) is None


def with_column(folder: Path, name: str, cells: dict[str, str]) -> None:
    path = folder / "review.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(f'concomitant = "{name}"\n' + text + COLUMN, encoding="utf-8")
    arms = folder / "arms.csv"
    head, *rows = arms.read_text(encoding="utf-8").splitlines()
    lines = [f"{head},others", *(f"{row},{cells.get(row.split(',')[0], '')}" for row in rows)]
    arms.write_text("\n".join(lines) + "\n", encoding="utf-8")


def test_none_and_silence_are_told_apart(third_review: Path) -> None:
    with_column(third_review, "others", {"ada-low": "None", "ada-high": "ice; insoles", "bo": "no.", "di": "ice"})
    found = concomitant_treatment(read_review(third_review))
    assert found is not None and found.heading == "Also given"
    assert dict(found.named) == {"ada-high": "ice; insoles"}, "di's patients are cy's"
    assert (found.none, found.none_patients, found.silent, found.silent_patients) == (
        ("ada-low", "bo"),
        26,
        ("na-1", "cy"),
        26,
    )


@pytest.mark.parametrize("name", ["other", "energy_mj_mm2", "n_treated"])
def test_a_column_that_is_not_there_is_a_problem(name: str, third_review: Path) -> None:
    with_column(third_review, name, {})
    (problem,) = [one for one in check_review(third_review) if one.severity == "error"]
    assert (problem.code, problem.column, problem.line) == ("unknown-column", "concomitant", 1)
    assert "others" in problem.mend


def test_settings_keep_what_they_are_given() -> None:
    settings = read_review("sts-calciphylaxis").settings
    assert settings.concomitant == "concomitant_therapy"
    assert replace(settings, concomitant=None).concomitant is None
