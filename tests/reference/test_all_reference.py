"""Every number of the reference folder, where it lies beside the clone."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.reference.conformance import README, Tally, tallies, written
from tests.reference.extract import files, read
from tests.reference.test_conformance import content

FOLDER = Path(__file__).parents[3] / "shared" / "reference"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder ../shared/reference beside the clone")

#: Procedure -> numbers compared: none may vanish.
COMPARED = {
    "escalc": 45_406,
    "rma": 47_442,
    "reference_tau2": 815,
    "confint": 2_042,
    "limits of one proportion": 6_084,
    "metaprop_study_ci": 6_108,
    "leave1out": 7_268,
    "cumul": 6_992,
}


@pytest.fixture(scope="module")
def found() -> dict[str, Tally]:
    return tallies(FOLDER)


@pytest.mark.parametrize("procedure", COMPARED)
def test_all_data_sets_match(procedure: str, found: dict[str, Tally]) -> None:
    tally = found[procedure]
    assert not tally.wrong, tally.wrong[:5]
    assert tally.compared == COMPARED[procedure]


def test_the_table_of_the_readme_is_that_of_this_run(found: dict[str, Tally]) -> None:
    text = README.read_text(encoding="utf-8")
    assert written(text, found) == text


def test_the_extracts_are_those_of_the_folder() -> None:
    for name, extract in files(read(FOLDER)).items():
        assert content(name) == extract, name
