"""Outcomes side by side and models below each other: rows matched by key, nothing inferred for what is missing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.counts import Counts, Rates
from evidence.errors import DataError, UsageError
from evidence.figures import forest, forest_models, forest_panels
from evidence.pooling import pool
from evidence.pooling.result import Pooled
from evidence.pooling.subgroups import Subgroups
from tests.figures.forests import Chosen, assert_placed, centre, context, grouped, pooled, roles, said, words

LABELS = ["Ada 2001", "Bo 2002", "Cy 2003", "Di 2004", "Ed 2005"]


def outcome(title: str, events: list[int], n: list[int], labels: list[str]) -> Pooled:
    found = pooled(Counts(events, n, labels), "common-effect")
    return replace(found, context=replace(context(len(n), "Seed: not for use."), title=title))


REMISSION = outcome("Complete remission", [1, 0, 4, 2], [5, 6, 9, 20], LABELS[:4])
RESPONSE = outcome("Any response", [6, 9, 12, 4], [9, 9, 20, 5], [LABELS[2], LABELS[4], LABELS[3], LABELS[0]])


def test_studies_are_matched_by_key_and_missing_ones_are_empty_not_zero() -> None:
    layout = forest_panels([REMISSION, RESPONSE]).layout
    assert_placed(layout)
    rows = {row.label: row.entries for row in layout.rows if row.kind == "study"}
    assert list(rows) == LABELS
    assert [(e.events, e.n) if e else None for e in rows["Cy 2003"]] == [(4, 9), (6, 9)]
    assert rows["Bo 2002"][1] is None and rows["Ed 2005"][0] is None
    assert "Empty: that study has no count there." in said(layout.page)
    cells = words(layout.page)
    assert [cells.count(label) for label in LABELS] == [1] * 5
    assert cells.count("0/6") == 1 and "0/9" not in cells


def test_marks_stand_on_the_axis_of_their_outcome() -> None:
    layout = forest_panels([REMISSION, RESPONSE]).layout
    expected = []
    for row in layout.rows:
        for axis, entry in zip(layout.axes, row.entries, strict=False):
            if row.kind == "study" and entry is not None and entry.estimate is not None:
                expected.append(axis.at(entry.estimate))
    found = sorted(centre(shape)[0] for shape in roles(layout.page, "study"))
    assert found == pytest.approx(sorted(expected)) and len(found) == 8


def test_each_panel_has_its_title_axis_and_words() -> None:
    layout = forest_panels([REMISSION, RESPONSE]).layout
    cells = words(layout.page)
    assert {"Complete remission and any response", "Complete remission", "Any response"} <= set(cells)
    assert cells.count("Percent of patients") == 2 and said(layout.page).count("Seed: not for use.") == 1
    assert "Complete remission: 7 of 40 patients" in layout.alt and "Any response: 31 of 43 patients" in layout.alt


def test_empty_cells_are_only_mentioned_where_there_are_some() -> None:
    assert "Empty:" not in said(forest_panels([REMISSION, REMISSION]).layout.page)


def test_one_panel_is_the_plain_figure() -> None:
    assert forest_panels([REMISSION]).layout.page == forest(REMISSION).layout.page


def test_panels_are_sorted_by_what_the_first_of_them_says() -> None:
    rows = forest_panels([REMISSION, RESPONSE], sort="size").layout.rows
    assert [row.label for row in rows if row.kind == "study"] == [
        "Di 2004",
        "Cy 2003",
        "Ed 2005",
        "Bo 2002",
        "Ada 2001",
    ]


def test_a_group_that_one_outcome_lacks_is_empty_there() -> None:
    def by_route(events: list[int], routes: dict[str, tuple[int, ...]], title: str) -> Subgroups:
        counts = Counts(events, [9] * len(events), LABELS[: len(events)])
        columns = tuple({"route": next(r for r, at in routes.items() if i in at)} for i in range(len(events)))
        contexts = {route: context(len(at)) for route, at in routes.items()}
        of_all = replace(context(len(events)), title=title)
        result = pool(Chosen(counts, columns, routes, "route", of_all, contexts), "common-effect")
        assert isinstance(result, Subgroups)
        return result

    first = by_route([1, 2, 3, 4, 5], {"oral": (0, 1, 2), "topical": (3, 4)}, "First")
    second = by_route([4, 5, 6], {"oral": (0, 1, 2)}, "Second")
    layout = forest_panels([first, second]).layout
    assert_placed(layout)
    assert [row.label for row in layout.rows if row.kind == "group"] == [
        "Route: oral",
        "Route: topical",
        "All studies",
    ]
    topical = [row for row in layout.rows if row.kind == "study"][3:]
    assert all(row.entries[0] is not None and row.entries[1] is None for row in topical)


def test_what_can_not_stand_side_by_side_is_refused() -> None:
    with pytest.raises(UsageError, match="other groups"):
        forest_panels([grouped(), REMISSION])
    with pytest.raises(UsageError, match="0 results"):
        forest_panels([])
    rates = pool(Rates([1, 2, 3], [4.0, 5.0, 6.0]), "common-effect")
    assert isinstance(rates, Pooled)
    with pytest.raises(UsageError, match="rates and proportions"):
        forest_panels([REMISSION, rates])
    renamed = replace(RESPONSE, studies=tuple(replace(s, label=f"{s.label}x") for s in RESPONSE.studies))
    with pytest.raises(DataError, match="Cy 2003 in one panel and Cy 2003x in another"):
        forest_panels([REMISSION, renamed])


def test_models_share_the_studies() -> None:
    counts = Counts([3, 6, 10, 1], [11, 17, 21, 6], LABELS[:4])
    results = [pooled(counts, name) for name in ("common-effect", "inverse-variance", "beta-binomial")]
    layout = forest_models(results).layout
    assert_placed(layout)
    assert sum(row.kind == "study" for row in layout.rows) == 4 == len(roles(layout.page, "study"))
    diamonds = [row for row in layout.rows if row.kind == "pooled"]
    assert [row.span for row in diamonds] == [
        (ci.lower, value, ci.upper)
        for result in results
        if (value := result.mean) is not None and (ci := result.mean_ci) is not None
    ]
    cells = words(layout.page)
    assert "Weight" not in cells and cells.count("Observed, all studies together") == 1
    names = [row.label for row in layout.rows if row.kind == "group"]
    assert [name.split(",")[0] for name in names] == ["Common-effect", "Inverse-variance", "Beta-binomial"]
    dashed = [line.x0 for line in layout.page.lines if line.dashed]
    assert dashed == pytest.approx([layout.x(results[0].mean or 0.0)])


def test_models_of_other_counts_or_of_groups_are_refused() -> None:
    with pytest.raises(UsageError, match="other counts"):
        forest_models([REMISSION, RESPONSE])
    with pytest.raises(UsageError, match="without by"):
        forest_models([grouped(), grouped()])  # type: ignore[list-item]
