"""Every number of the reference folder, where it lies beside the clone: in the long run.

The short one compares those of them that are kept in the repository (test_conformance.py), and reads every file.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.published.printed import FURTHER_CASES
from tests.reference.conformance import (
    END,
    PEERS,
    README,
    START,
    Account,
    account,
    every_case,
    failures,
    sorted_out,
    table,
    written,
)
from tests.reference.extract import files, read
from tests.reference.procedures import ROWS
from tests.reference.test_behaviour import NOT_ASKED, NUMBERS, REFUSED
from tests.reference.test_conformance import content

FOLDER = Path(__file__).parents[3] / "shared" / "reference"

pytestmark = pytest.mark.skipif(not FOLDER.is_dir(), reason="no folder ../shared/reference beside the clone")

#: Files, records in them, numbers compared: none may vanish.
FILES, RECORDS, COMPARED = 45, 20_365, 323_267
#: Calls of the reference software about odd inputs.
BEHAVIOURS = 58


@pytest.fixture(scope="module")
def found() -> Account:
    return account(FOLDER, slow=False)


@pytest.mark.slow
def test_no_number_is_apart_without_a_reason(found: Account) -> None:
    assert not {name: wrong[:5] for name, wrong in failures(found).items()}


@pytest.mark.slow
def test_every_record_has_a_place_and_none_has_vanished(found: Account) -> None:
    assert not found.lost
    assert found.records == RECORDS
    quick = [tally for tally in found.tallies if not tally.row.slow]
    assert all(tally.records and tally.matching for tally in quick)
    assert sum(tally.compared for tally in quick) == COMPARED


@pytest.mark.slow
def test_the_tables_of_the_readme_are_those_of_this_run(found: Account) -> None:
    """Line by line; the slow rows and the totals are checked below."""
    kept = README.read_text(encoding="utf-8").split(START)[1].split(END)[0].strip().splitlines()
    fresh = table(found).splitlines()
    left = {f"| {row.procedure} | {row.source} " for row in ROWS if row.slow} | {"| all |"}
    assert len(kept) == len(fresh) > len(ROWS)
    for old, new in zip(kept, fresh, strict=True):
        assert old == new or any(old.startswith(name) and new.startswith(name) for name in left)


@pytest.mark.slow
def test_the_tables_of_the_readme_with_the_slow_rows() -> None:
    everything = account(FOLDER)
    assert not failures(everything)
    text = README.read_text(encoding="utf-8")
    assert written(text, everything) == text


def test_every_file_is_read() -> None:
    paths = sorted(FOLDER.glob("*.json"))
    assert len(paths) == FILES
    contents = [json.loads(path.read_text(encoding="utf-8")) for path in paths]
    peers = next(found for found in contents if "cases" in found)
    number = sum(len(found["results"]) for found in contents if "results" in found)
    number += len(peers["cases"]) + len(peers["escalc"])
    number += len(peers["glmm_exact"]["rows"]) + len(peers["peer_edge_outputs"])
    assert number == RECORDS == len(every_case(FOLDER))
    assert (FOLDER / PEERS).is_file()


def test_a_record_that_nothing_knows_is_noticed() -> None:
    case = every_case(FOLDER)[0]
    unknown = type(case)(case.dataset, "a procedure of tomorrow", {}, {}, case.xi, case.ni)
    assert sorted_out([case, unknown])[2] == (unknown,)


def test_numbers_of_papers_are_those_of_tests_published() -> None:
    names = {case.dataset for case in every_case(FOLDER) if case.procedure == "peers: tests and papers"}
    assert names == FURTHER_CASES.keys()


def test_every_odd_input_is_in_the_table() -> None:
    odd = [case for case in every_case(FOLDER) if case.procedure in ("behaviour", "peers: edge outputs")]
    names = {case.options.get("case", case.dataset) for case in odd}
    assert len(odd) == BEHAVIOURS
    assert names <= REFUSED.keys() | NUMBERS.keys() | NOT_ASKED
    assert names >= NOT_ASKED


def test_the_extracts_are_those_of_the_folder() -> None:
    for name, extract in files(read(FOLDER)).items():
        assert content(name) == extract, name
