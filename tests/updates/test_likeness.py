"""Rows whose id and a cell changed are found by DOI, by nearly equal cells, by label; no other is taken for them."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.updates.difference import Difference, difference
from evidence.updates.likeness import identity, same_arms, same_labels, same_reports
from evidence.updates.renames import Rename
from tests.updates.test_difference import edit, now, table


def renamed(folder: Path, *more: tuple[str, tuple[str, str]]) -> Difference:
    """What differs after every id of Bo was corrected, and other cells with it."""
    before = now(folder)
    edit(folder, "studies", ("bo-2002", "bo-2003"))
    edit(folder, "reports", ("bo2002,bo-2002", "bo2003,bo-2003"))
    edit(folder, "screening", ("bo2002", "bo2003"))
    edit(folder, "arms", ("bo,bo-2002", "bo03,bo-2003"))
    edit(folder, "outcomes", ("\nbo,", "\nbo03,"))
    for name, pair in more:
        edit(folder, name, pair)
    return difference(before, now(folder))


NAMES = (Rename("studies", "bo-2002", "bo-2003"), Rename("reports", "bo2002", "bo2003"), Rename("arms", "bo", "bo03"))
LABEL = ("studies", ("bo-2003,Bo 2002", "bo-2003,Bo 2003"))
YEAR = ("studies", (",2002,Chile; Peru", ",2003,Chile; Peru"))
REPORT_YEAR = ("reports", ("bo-2003,2002", "bo-2003,2003"))
COUNT = ("outcomes", ("bo03,improved,patient,8,12", "bo03,improved,patient,7,12"))
WITHOUT_DOI = ("reports", ("10.1000/bo", ""))


@pytest.mark.parametrize(
    ("more", "cells"),
    [
        ((LABEL,), ["label"]),
        ((YEAR,), ["year"]),
        ((LABEL, YEAR, REPORT_YEAR), ["label", "year"]),
        ((LABEL, YEAR, COUNT, WITHOUT_DOI), ["label", "year"]),
    ],
    ids=["label", "year", "year of the report too", "without a DOI"],
)
def test_a_renamed_study_with_corrected_cells_is_the_same(
    heel: Path, more: tuple[tuple[str, tuple[str, str]], ...], cells: list[str]
) -> None:
    found = renamed(heel, *more)
    wanted = NAMES if WITHOUT_DOI not in more else (NAMES[0], NAMES[2])
    assert found.renames == wanted
    assert [change.column for change in table(found, "studies").changes] == cells
    corrected = {change.column for change in table(found, "reports").changes}
    assert corrected == ({"year"} if REPORT_YEAR in more else set())
    assert [change.new for change in table(found, "outcomes").changes] == (["7"] if COUNT in more else [])


def test_another_study_with_arms_alike_is_new(heel: Path) -> None:
    found = renamed(heel, LABEL, YEAR, ("reports", ("10.1000/bo", "10.1000/other")))
    assert found.renames == ()
    assert table(found, "studies").added == ("bo-2003",) and table(found, "arms").removed == ("bo",)


ARM = {"label": "Radial", "n": "12", "device": "radial", "energy": "0.2"}


@pytest.mark.parametrize(
    ("labels", "cells", "same"),
    [
        (("Bo 2002", "Bo 2003"), {}, True),
        (("Bo 2002", "Boe 2003"), {}, False),
        (("Ash 2002", "Ash 2003"), {"extra": "1"}, True),
        (("Ash 2002", "Ash 2003"), {"n": "11"}, False),
        (("Ash 2002", "Elm 2003"), {"guided": "no"}, False),
    ],
)
def test_arms_need_equal_cells_and_a_study_that_may_be_the_same(
    labels: tuple[str, str], cells: dict[str, str], same: bool
) -> None:
    before, after = (
        {"studies": [{"study_id": name, "label": label}], "arms": [{"arm_id": name, "study_id": name, **arm}]}
        for name, label, arm in (("a", labels[0], ARM), ("b", labels[1], {**ARM, **cells}))
    )
    if same and labels[0].startswith("Bo"):
        assert same_arms(before, after, {"a": "b"}) == {"a": "b"}
    else:
        assert same_arms(before, after, {}) == ({"a": "b"} if same else {})


def test_two_that_could_be_the_same_are_not_taken() -> None:
    before = {"studies": [{"study_id": "a", "label": "Ash"}], "arms": [{"arm_id": "a", "study_id": "a", **ARM}]}
    twins = [{"arm_id": name, "study_id": "b", **ARM} for name in ("b1", "b2")]
    assert same_arms(before, {"studies": [{"study_id": "b", "label": "Ash"}], "arms": twins}, {}) == {}
    reports = [{"report_id": name, "url_or_doi": "10.1000/x"} for name in ("r1", "r2")]
    assert same_reports([{"report_id": "r", "url_or_doi": "10.1000/X"}], reports) == {}
    assert same_reports([{"report_id": "r", "url_or_doi": "doi:10.1000/X"}], reports[:1]) == {"r": "r1"}


def test_a_label_that_stayed_and_hardly_another_cell_changed() -> None:
    row = {"label": "Ash 2002", "year": "2002", "country": "Peru"}
    before = {"studies": [{"study_id": "a", **row}]}
    assert same_labels(before, {"studies": [{"study_id": "b", **row, "year": "2003"}]}) == {"a": "b"}
    other = {"study_id": "b", **row, "year": "2003", "country": "Chile"}
    assert same_labels(before, {"studies": [other]}) == {}


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("https://doi.org/10.1000/ABC", "10.1000/abc"),
        ("http://www.example.org/a/", "example.org/a"),
        ("https://example.org/A", "example.org/a"),
        ("", ""),
    ],
)
def test_a_report_is_known_by_its_doi_or_address(text: str, wanted: str) -> None:
    assert identity({"url_or_doi": text}) == wanted
