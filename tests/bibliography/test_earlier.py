"""The previous version beside the tables of now: whatever it held, previous less gone plus new are all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography.earlier import Earlier
from evidence.bibliography.flow import Flow, Included, count_flow
from tests.bibliography.test_flow import DATABASES, log, tables


def unnumbered() -> dict[str, list[dict[str, Any]]]:
    """The tables without a version in any row."""
    found = tables()
    return {**found, "screening": [{**row, "version": None} for row in found["screening"]]}


def holding(studies: set[str], more: tuple[dict[str, Any], ...] = ()) -> Earlier:
    """A previous version with these studies of A to C, their arms and reports, and further studies."""
    now = unnumbered()
    reports = [row for row in now["reports"] if row["study_id"] in studies]
    ids = {row["report_id"] for row in reports}
    found = {
        **now,
        "reports": reports,
        "screening": [row for row in now["screening"] if row["report_id"] in ids],
        "studies": [*(row for row in now["studies"] if row["study_id"] in studies), *more],
        "arms": [row for row in now["arms"] if row["study_id"] in studies],
    }
    return Earlier("before", found, ("Rebuilt.",))


@given(st.sets(st.sampled_from("ABC")), st.integers(0, 3))
def test_previous_less_gone_plus_new_are_all(studies: set[str], gone: int) -> None:
    went = tuple({"study_id": f"gone{i}", "n_treated": 3} for i in range(gone))
    flow = count_flow(unnumbered(), DATABASES, holding(studies, went))
    assert flow.previous is not None and flow.since is not None
    assert flow.previous.studies - flow.since.gone + flow.new.studies == flow.studies == 3
    assert flow.previous.reports + flow.new.reports + flow.further == flow.included.reports
    assert flow.previous.treated - 3 * gone + flow.new.treated == flow.treated
    assert flow.since.said == (), "nothing was corrected"


def test_what_the_column_says_is_said_by_a_version_that_agrees() -> None:
    now = tables()
    first = [row for row in now["screening"] if row["version"] is None]
    ids = {row["report_id"] for row in first}
    reports = [row for row in now["reports"] if row["report_id"] in ids]
    kept = {
        **now,
        "screening": first,
        "reports": reports,
        "studies": now["studies"][:2],
        "arms": now["arms"][:3],
    }
    by_column = count_flow(now, DATABASES)
    frozen = count_flow(now, DATABASES, Earlier("v1", kept))
    assert frozen.since is not None and frozen.since.label == "v1"
    assert replace(frozen, since=None) == by_column


def test_only_the_searches_that_are_new_are_counted() -> None:
    old = {**log("Base One", "database", 5, 0, 0, 0), "search_id": "s1"}
    new = {**log("Base One", "database", 8, 3, 0, 0), "search_id": "s2"}
    before = holding({"A", "B"})
    earlier = Earlier("v1", {**before.tables, "searches": [old]})
    flow: Flow = count_flow({**unnumbered(), "searches": [old, new]}, ("Base One",), earlier)
    databases = next(stream for stream in flow.streams if stream.way == "databases")
    assert (databases.records, databases.removed[0]) == (8, 3)
    assert next(stream for stream in flow.searched if stream.way == "databases").records == 13


def test_corrected_patients_and_arms_are_told() -> None:
    before = holding({"A", "B"})
    studies = [{**row, "n_treated": row["n_treated"] + 2} for row in before.tables["studies"]]
    flow = count_flow(unnumbered(), DATABASES, Earlier("v1", {**before.tables, "studies": studies, "arms": []}))
    assert flow.since is not None and flow.since.said == (
        "Of the 2 studies of v1 that are still in, patients treated: 10 then, 6 now.",
        "Of the 2 studies of v1 that are still in, arms: 0 then, 3 now.",
    )
    assert isinstance(flow.previous, Included) and flow.previous.treated == 10, "as the version had it"


def test_the_column_that_disagrees_names_the_studies() -> None:
    flow = count_flow(tables(), DATABASES, holding({"A", "C"}))
    first, second = flow.differences
    assert first.startswith("what was in before is not agreed on for 1 study (B): version in screening.csv has it")
    assert "(C): before has it, version in screening.csv not before 2" in second


@pytest.mark.parametrize("key", ["previous", "new", "since", "further_reports"])
def test_without_a_previous_version_the_results_say_nothing_of_it(key: str) -> None:
    assert key not in count_flow(unnumbered(), DATABASES).to_dict()
    assert key in count_flow(unnumbered(), DATABASES, holding({"A"})).to_dict()
