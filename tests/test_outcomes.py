"""Who is in a pool, who is left out and why: the reviews' own numbers, and every rule on the synthetic review."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from evidence.errors import ComputeError, DataError, UsageError
from evidence.outcomes import UNREAD, Selection, select
from evidence.review.review import Review, read_review
from tests.thirdreview import NAME, write_third_review


@pytest.fixture(scope="module")
def skin(calcinosis: Path) -> Review:
    return read_review(calcinosis)


@pytest.fixture(scope="module")
def vessels(calciphylaxis: Path) -> Review:
    return read_review(calciphylaxis)


@pytest.fixture(scope="module")
def heel(tmp_path_factory: pytest.TempPathFactory) -> Review:
    return read_review(write_third_review(tmp_path_factory.mktemp("outcomes") / NAME))


def totals(selection: Selection) -> tuple[int, int, int]:
    """Events, units and arms in the pool."""
    return int(selection.counts.events.sum()), int(selection.counts.n.sum()), selection.counts.k


def arms(selection: Selection) -> dict[str, tuple[int, int]]:
    counts = selection.counts
    return {key: (int(x), int(n)) for key, x, n in zip(counts.keys, counts.events, counts.n, strict=True)}


@pytest.mark.parametrize(
    ("outcome", "unread", "expected"),
    [
        ("any_response", "left-out", (35, 57, 20)),
        ("no_response", "left-out", (22, 57, 20)),
        ("complete_remission", "left-out", (10, 45, 13)),
        ("complete_remission", "as-non-events", (10, 57, 20)),
        ("complete_remission", "as-events", (22, 57, 20)),
        ("recurrence", "left-out", (1, 2, 2)),
        ("any_adverse_event", "left-out", (3, 6, 4)),
    ],
)
def test_calcinosis_totals(skin: Review, outcome: str, unread: str, expected: tuple[int, int, int]) -> None:
    selection = select(skin, outcome, unread=unread)
    assert totals(selection) == expected
    context = selection.context
    assert (context.arms_in, context.arms_all, context.treated) == (expected[2], 23, 110)
    assert context.arms_in + len(selection.left_out) == 23
    assert context.title == skin.settings.outcomes[outcome].title
    assert context.comparison == 0
    assert context.banner == skin.settings.banner


@pytest.mark.parametrize(
    ("outcome", "route", "expected", "of"),
    [
        ("complete_remission", "intralesional", (4, 8, 3), (4, 46)),
        ("complete_remission", "topical", (6, 33, 6), (12, 44)),
        ("any_response", "intralesional", (8, 8, 3), (4, 46)),
        ("any_response", "intravenous", (1, 1, 1), (2, 15)),
    ],
)
def test_calcinosis_by_route(
    skin: Review, outcome: str, route: str, expected: tuple[int, int, int], of: tuple[int, int]
) -> None:
    filtered = select(skin, outcome, where={"route": route})
    assert totals(filtered) == expected
    assert (filtered.context.arms_all, filtered.context.treated) == of
    whole = select(skin, outcome, by="route")
    assert whole.groups is not None
    members = whole.counts.take(whole.groups[route])
    assert (members.events.tolist(), members.keys) == (filtered.counts.events.tolist(), filtered.counts.keys)
    group = whole.group_contexts[route]
    assert (group.arms_in, group.arms_all, group.treated) == (expected[2], *of)
    assert list(whole.groups) == ["intralesional", "topical", "intravenous", "not reported"]


def test_groups_hold_every_arm_once(skin: Review) -> None:
    for by, cut in (("route", ()), ("concentration_mg_ml", (100, 200)), ("year", (2010, 2020)), ("country", ())):
        selection = select(skin, "any_response", by=by, cut=cut)
        assert selection.groups is not None
        assert sorted(i for members in selection.groups.values() for i in members) == list(range(20))
        assert sum(context.treated or 0 for context in selection.group_contexts.values()) == 110
        assert list(selection.groups)[-1] == "not reported"


def test_numeric_groups(skin: Review) -> None:
    selection = select(skin, "any_response", by="concentration_mg_ml", cut=(100, 200))
    assert selection.groups is not None
    assert list(selection.groups) == ["100 to < 200 mg/mL", ">= 200 mg/mL", "not reported"]
    strengths = [selection.study_columns[i]["concentration_mg_ml"] for i in selection.groups["100 to < 200 mg/mL"]]
    assert set(strengths) == {100, 150}
    assert {selection.study_columns[i]["concentration_mg_ml"] for i in selection.groups["not reported"]} == {None}


def test_left_out_arms_say_why(skin: Review) -> None:
    left_out = {item.arm_id: item for item in select(skin, "complete_remission").left_out}
    assert len(left_out) == 10
    assert {item.reason for item in left_out.values()} == {"no-outcome"}
    assert left_out["esmed2096-1"].text == "continuous results only"
    assert left_out["esmed2096-1"].n_treated == 38
    assert left_out["bair2011-1"].text == "any response 2 of 2, but complete remission was not read"
    assert left_out["jpeds2012-1"].text == "no outcome that can be counted"


def test_study_columns(skin: Review) -> None:
    selection = select(skin, "complete_remission")
    names = {"arm_id", "study_id", "study", "year", "country", "design", "route", "condition", "concentration_mg_ml"}
    names |= {"source_location", "confidence", "basis", "timepoint_months", "source_seen", "n_treated", "label"}
    for cells in selection.study_columns:
        assert names <= set(cells)
    first = selection.study_columns[0]
    assert (first["study"], first["year"], first["route"]) == ("Martins 2025", 2025, "intralesional")
    assert (first["timepoint_months"], first["source_location"]) == (60.0, "case paragraphs")
    assert type(first["year"]) is int
    assert selection.counts.labels[0] == "Martins 2025"
    assert selection.columns["arm_id"].tolist() == list(selection.counts.keys)
    routes = {cells["arm_id"]: cells["route"] for cells in selection.study_columns}
    assert routes["nefro2023-1"] is None
    assert selection.context.headings["concentration_mg_ml"] == "Concentration (mg/mL)"
    assert selection.context.case_reports == 11


def test_assumed_rows_are_marked(skin: Review) -> None:
    selection = select(skin, "complete_remission", unread="as-events")
    basis = Counter(cells["basis"] for cells in selection.study_columns)
    assert basis["assumed"] == 7


def test_deaths_need_a_rule_for_the_row_without_a_time(vessels: Review) -> None:
    assert arms(select(vessels, "death")) == {"obialo2017-1": (5, 23), "renfail2022sts-1": (4, 31)}
    assert select(vessels, "death").context.comparison == 1
    for rule in ("last", "first"):
        with pytest.raises(DataError, match=r"outcomes\.csv:8.*lines 7 and 8") as raised:
            select(vessels, "death", time=rule)
        assert raised.value.problems[0].code == "two-time-points"
    elsewhere = select(vessels, "death", time="last", where={"study_id": "ren-fail-2022"})
    assert arms(elsewhere) == {"renfail2022sts-1": (4, 31)}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"ada-low": (9, 14), "ada-high": (12, 15), "bo": (8, 12), "na-1": (1, 1), "cy": (20, 25)}),
        ({"time": "first", "where": {"study_id": "ada-2001"}}, {"ada-low": (6, 14), "ada-high": (11, 16)}),
        ({"time": {"nearest": 10}, "where": {"arm_id": "ada-low"}}, {"ada-low": (9, 14)}),
        (
            {"where": {"device": ["focused", "not_reported"]}},
            {"ada-low": (9, 14), "ada-high": (12, 15), "na-1": (1, 1)},
        ),
        ({"where": {"energy_mj_mm2": "0.30"}}, {"cy": (20, 25)}),
        ({"where": {"energy_mj_mm2": [0.1, 0.2]}}, {"ada-low": (9, 14), "bo": (8, 12)}),
        ({"where": {"energy_mj_mm2": None}}, {"na-1": (1, 1)}),
        ({"where": {"sides": "right"}}, {"ada-low": (9, 14), "bo": (8, 12), "cy": (20, 25)}),
        ({"where": {"sides": "left; right"}}, {"ada-low": (9, 14), "cy": (20, 25)}),
        ({"where": {"country": "Peru"}}, {"bo": (8, 12)}),
        ({"where": {"guided": True}}, {"ada-low": (9, 14), "ada-high": (12, 15)}),
        ({"where": {"language": "ja"}}, {"cy": (20, 25)}),
        ({"where": {"setting": "hospital"}}, {"cy": (20, 25)}),
        ({"where": {"confidence": "high", "device": "radial"}}, {"cy": (20, 25)}),
        ({"where": {"arm_id": "di"}}, {"di": (7, 9)}),
    ],
)
def test_filters_and_times(heel: Review, options: dict[str, Any], expected: dict[str, tuple[int, int]]) -> None:
    assert arms(select(heel, "improved", **options)) == expected


def test_patients_counted_elsewhere_are_left_out_as_overlap(heel: Review) -> None:
    selection = select(heel, "improved")
    (overlap,) = selection.left_out
    assert (overlap.arm_id, overlap.reason) == ("di", "overlap")
    assert "Cy 2010" in overlap.text
    assert (selection.context.arms_all, selection.context.treated) == (5, 68)
    alone = select(heel, "improved", where={"arm_id": "di"})
    assert (alone.context.arms_all, alone.context.treated) == (1, 9)


def test_two_units_never_meet(heel: Review) -> None:
    selection = select(heel, "pain_free")
    assert arms(selection) == {"ada-low": (3, 14), "bo": (0, 12)}
    reasons = {item.arm_id: item.reason for item in selection.left_out}
    assert reasons == {"ada-high": "no-outcome", "na-1": "no-outcome", "cy": "wrong-unit", "di": "no-outcome"}
    assert selection.context.treated == 68
    heels = select(heel, "heel_swollen")
    assert (arms(heels), heels.context.unit) == ({"cy": (2, 40)}, "heel")


def test_filters_on_the_row_keep_the_arm_among_the_treated(heel: Review) -> None:
    selection = select(heel, "improved", where={"confidence": "high"})
    assert set(arms(selection)) == {"ada-low", "ada-high", "cy"}
    assert (selection.context.arms_in, selection.context.arms_all, selection.context.treated) == (3, 5, 68)
    assert {item.arm_id for item in selection.left_out if item.reason == "filter"} == {"bo", "na-1"}


def test_arms_of_one_study_are_told_apart(heel: Review) -> None:
    counts = select(heel, "improved").counts
    assert counts.labels[:2] == ("Ada 2001: Low energy", "Ada 2001: High energy")
    assert counts.studies[0] == counts.studies[1] == "ada-2001"
    assert counts.labels[3] == "NA"


def test_labels_of_groups_have_one_line(heel: Review) -> None:
    groups = select(heel, "improved", by="setting").groups
    assert groups is not None
    assert list(groups) == ["clinic", "clinic, private", "hospital", "not reported"]


@pytest.mark.parametrize(
    ("outcome", "options", "code", "says"),
    [
        ("improvd", {}, "unknown-outcome", "did you mean improved"),
        ("improved", {"by": "devise"}, "unknown-column", "did you mean device"),
        ("improved", {"where": {"devise": "radial"}}, "unknown-column", "did you mean device"),
        ("improved", {"where": {"device": "radail"}}, "unknown-value", "did you mean radial"),
        ("improved", {"where": {"country": "Perou"}}, "unknown-value", "did you mean Peru"),
        ("improved", {"where": {"energy_mj_mm2": "low"}}, "not-a-number", "give a number"),
        ("improved", {"where": {"device": []}}, "no-value", "device=value"),
        ("improved", {"by": "energy_mj_mm2"}, "cut-missing", "give cuts"),
        ("improved", {"by": "energy_mj_mm2", "cut": (2, 1)}, "bad-cut", "smallest first"),
        ("improved", {"by": "energy_mj_mm2", "cut": (1, 1)}, "bad-cut", "smallest first"),
        ("improved", {"by": "energy_mj_mm2", "cut": (float("nan"),)}, "bad-cut", "smallest first"),
        ("improved", {"by": "device", "cut": (1,)}, "cut-not-a-number", "group by a number"),
        ("improved", {"cut": (1,)}, "cut-without-by", "add by"),
        ("improved", {"time": "latest"}, "unknown-time-rule", "nearest = 12"),
        ("improved", {"unread": "as-events"}, "not-a-part", "part_of"),
        ("pain_free", {"unread": "as-event"}, "unknown-unread-option", "as-events"),
    ],
)
def test_wrong_usage_names_the_near_ones(
    heel: Review, outcome: str, options: dict[str, Any], code: str, says: str
) -> None:
    with pytest.raises(UsageError) as raised:
        select(heel, outcome, **options)
    (problem,) = raised.value.problems
    assert problem.code == code
    assert says in problem.mend


def test_nobody_left_is_an_error_of_its_own(heel: Review) -> None:
    with pytest.raises(ComputeError, match="no arm of the selection has a count of swollen heel"):
        select(heel, "heel_swollen", where={"device": "focused"})
    with pytest.raises(ComputeError, match="no arm passes the filter"):
        select(heel, "improved", where={"device": "focused", "sides": None})


def test_unread_extents_are_bounds(heel: Review) -> None:
    low, middle, high = (
        select(heel, "pain_free", unread=option) for option in ("as-non-events", "left-out", "as-events")
    )
    assert set(UNREAD) == {"left-out", "as-non-events", "as-events"}
    assert totals(low) == (3, 51, 5)
    assert totals(middle) == (3, 26, 2)
    assert totals(high) == (23, 51, 5)


def test_counts_know_their_unit(heel: Review) -> None:
    assert select(heel, "heel_swollen").counts.unit == "heel"
    assert select(heel, "improved").counts.unit == "patient"
