"""PRISMA's numbers: counted by hand for small tables, adding up for any, and those of the cards for the reviews."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.bibliography.flow import Flow, Included, count_flow
from evidence.bibliography.streams import Source, Stream
from evidence.review.review import read_review

DATABASES = ("Base One", "Base Two")


def report(key: str, study: str | None, seen: str = "full_text") -> dict[str, Any]:
    return {"report_id": key, "study_id": study, "source_seen": seen}


def screened(key: str, decision: str, source: str | None = "Base One", **more: Any) -> dict[str, Any]:
    row = {"report_id": key, "source": source, "decision": decision, "stage": "full_text", "reason": None}
    return {**row, "version": None, **more}


def log(
    source: str, kind: str, records: int | None, *removed: int | None, version: int | None = None
) -> dict[str, Any]:
    names = ("duplicates_removed", "automation_removed", "otherwise_removed")
    return {"source": source, "kind": kind, "records": records, **dict(zip(names, removed, strict=True))} | {
        "version": version
    }


def tables(**more: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Two studies of the first version, one of which got a further report in the second; one new study."""
    found = {
        "screening": [
            screened("a", "included", "Base One; Base Two"),
            screened("b", "included", "reference lists"),
            screened("x", "excluded", stage="title_abstract", reason="review"),
            screened("a2", "duplicate_report", version=2),
            screened("c", "included", version=2),
            screened("y", "excluded", version=2, stage="title_abstract", reason="review"),
            screened("z", "excluded", version=2, reason="not_retrieved"),
            screened("w", "awaiting_classification", "colleagues", version=2, reason="unclear"),
        ],
        "reports": [report("a", "A"), report("b", "B"), report("a2", "A"), report("c", "C")]
        + [report(key, None, "abstract") for key in "xyzw"],
        "studies": [{"study_id": key, "n_treated": n} for key, n in (("A", 5), ("B", 1), ("C", 7))],
        "arms": [
            {"study_id": key, "n_treated": n, "same_patients_as": None}
            for key, n in (("A", 2), ("A", 3), ("B", 1), ("C", 7))
        ],
        "patients": [{"patient_id": "b1"}],
        "searches": [],
    }
    return {**found, **more}


def test_an_update_counts_what_was_in_what_is_new_and_all() -> None:
    flow = count_flow(tables(), DATABASES)
    assert flow.previous == Included(studies=2, reports=2, arms=3, treated=6)
    assert flow.new == Included(studies=1, reports=1, arms=1, treated=7)
    assert flow.included == Included(studies=3, reports=4, arms=4, treated=13)
    assert (flow.further, flow.described, flow.found) == (1, 1, 8)
    assert flow.differences == ()


def test_the_streams_are_those_of_the_latest_version() -> None:
    databases, other = count_flow(tables(), DATABASES).streams
    assert databases.way == "databases" and other.way == "other"
    assert (databases.screened, databases.at("title_abstract"), databases.at("full_text")) == (4, 1, 3)
    assert databases.not_retrieved == {"excluded": 1}
    assert databases.rows("excluded", "full_text") == {} and databases.rows("excluded", "title_abstract") == {
        "review": 1
    }
    assert databases.sources == (Source("Base One", "database", None, 4), Source("Base Two", "database", None, 0))
    assert other.sources == (Source("colleagues", None, None, 1),)
    assert other.rows("awaiting_classification", "full_text") == {"unclear": 1}


def test_what_is_not_recorded_is_none_and_never_0() -> None:
    (databases, other) = count_flow(tables(), DATABASES).streams
    assert databases.records is None and databases.removed == (None, None, None)
    assert other.records is None and databases.gap == 0


@pytest.mark.parametrize(
    ("rows", "records", "removed", "gap"),
    [
        ([log("Base One", "database", 6, 1, 0, 0), log("base two", "database", 1, 0, 1, 0)], 7, (1, 1, 0), 1),
        ([log("Base One", "database", 5, 1, 0, 0), log("Base Two", "database", 0, 0, 0, 0)], 5, (1, 0, 0), 0),
        ([log("Base One", "database", 3, 0, None, 0), log("Base Two", "database", 0, 0, 0, 0)], 3, (0, None, 0), -1),
        ([log("Base One", "database", 9, 0, None, 0), log("Base Two", "database", 0, 0, 0, 0)], 9, (0, None, 0), 0),
        ([log("Base One", "database", 9, 5, 0, 0)], None, (None, None, None), 0),
    ],
    ids=["more-than-screened", "adds-up", "fewer-than-screened", "part-not-recorded", "one-source-not-in-the-log"],
)
def test_the_search_log(rows: list[Any], records: int | None, removed: tuple[Any, ...], gap: int) -> None:
    flow = count_flow(tables(searches=[{**row, "version": 2} for row in rows]), DATABASES)
    databases = flow.streams[0]
    assert (databases.records, databases.removed, databases.gap) == (records, removed, gap)


def test_reasons_that_differ_are_not_counted_as_not_given() -> None:
    rows = [
        screened("a", "excluded", stage="title_abstract", reason=None, notes="reasons differ: review, animals"),
        screened("b", "excluded", stage="title_abstract", reason=None, notes="odd"),
    ]
    (stream,) = count_flow(tables(screening=rows)).streams
    assert stream.rows("excluded", "title_abstract") == {"no reason given": 1, "reasons differ": 1}


def test_a_register_of_the_log_stands_with_the_databases_and_other_versions_stay_out() -> None:
    searches = [log("colleagues", "register", 2, 1, 0, 0, version=2), log("Base One", "database", 99, 0, 0, 0)]
    (stream,) = count_flow(tables(searches=searches), DATABASES).streams
    assert stream.way == "databases" and stream.screened == 5
    assert [source.records for source in stream.sources] == [None, None, 2]


def test_numbers_that_ought_to_agree_are_said_where_they_do_not() -> None:
    arms = [{"study_id": key, "n_treated": 1, "same_patients_as": None} for key in "ABC"]
    first, second = count_flow(tables(arms=arms)).differences
    assert first.startswith("A has 5 patients, its arms 1:") and second.startswith("C has 7 patients, its arms 1:")
    reports = [row for row in tables()["reports"] if row["report_id"] != "c"]
    assert len(count_flow(tables(reports=reports)).differences) == 2


def test_patients_whom_another_study_counts_too_are_told_apart() -> None:
    arms = [dict(arm) for arm in tables()["arms"]]
    arms[2]["same_patients_as"] = "some arm of A"
    flow = count_flow(tables(arms=arms))
    assert (flow.included.treated, flow.included.repeated, flow.new.repeated) == (13, 1, 0)
    assert flow.differences == ()


def streams_of(review: Path) -> Flow:
    return read_review(review).flow


def test_calcinosis(calcinosis: Path) -> None:
    flow = streams_of(calcinosis)
    (stream,) = flow.streams
    assert (stream.screened, stream.at("title_abstract"), stream.at("full_text")) == (69, 23, 46)
    assert stream.not_retrieved == {"awaiting_classification": 15} and stream.records is None
    assert flow.included == flow.new == Included(23, 30, 23, 110) and flow.previous is None
    assert flow.included.reports == 46 - 15 - 1 and flow.differences == ()


def test_calciphylaxis(calciphylaxis: Path) -> None:
    flow = streams_of(calciphylaxis)
    assert flow.included == Included(8, 8, 8, 145) and flow.described == 0 and flow.differences == ()


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["included", "excluded", "awaiting_classification", "duplicate_report"]),
            st.sampled_from(["title_abstract", "full_text", None]),
            st.sampled_from(["review", "not_retrieved", None]),
            st.sampled_from(["Base One", "Base Two; colleagues", "colleagues", None, ";"]),
        ),
        max_size=30,
    )
)
def test_every_row_is_counted_once(rows: list[tuple[Any, ...]]) -> None:
    screening = [
        screened(str(i), decision, source, stage=stage, reason=reason)
        for i, (decision, stage, reason, source) in enumerate(rows)
    ]
    flow = count_flow({"screening": screening, "reports": [], "studies": [], "arms": []}, DATABASES)
    assert sum(stream.screened for stream in flow.streams) == len(rows) == flow.found
    for stream in flow.streams:
        stages = ("title_abstract", "full_text", None)
        assert stream.screened == sum(stream.at(stage) for stage in stages)
        assert stream.at("full_text") == sum(stream.not_retrieved.values()) + counted(stream)


def counted(stream: Stream) -> int:
    """Reports assessed, by decision and reason."""
    decisions = ("included", "excluded", "awaiting_classification", "duplicate_report")
    return sum(sum(stream.rows(decision, "full_text").values()) for decision in decisions)
