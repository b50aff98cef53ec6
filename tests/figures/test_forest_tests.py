"""Rows of words in a forest plot: spread, test for subgroup differences, groups without counts."""

from __future__ import annotations

import pytest

from evidence.counts import Counts
from evidence.figures import forest, forest_models, forest_panels
from evidence.figures.forest_layout import ForestLayout
from evidence.figures.forest_rows import Row
from evidence.figures.forest_tests import spread_words
from evidence.pooling import pool
from evidence.pooling.subgroups import Subgroups
from tests.figures.forests import Chosen, assert_placed, context, pooled, said, studies

MODEL = "inverse-variance"


def halves() -> Subgroups:
    """Two groups that may be tested, and one of which no arm has a count."""
    counts = Counts([3, 5, 4, 9, 12, 15], [10, 12, 11, 14, 17, 20], [f"Author {i}" for i in range(6)])
    groups = {"topical": (0, 1, 2), "intravenous": (3, 4, 5)}
    contexts = {"topical": context(3), "oral": context(1), "intravenous": context(3)}
    columns = tuple({"route": "topical" if i < 3 else "intravenous"} for i in range(6))
    found = pool(Chosen(counts, columns, groups, "route", context(6), contexts), MODEL)
    assert isinstance(found, Subgroups)
    return found


def said_rows(layout: ForestLayout) -> list[Row]:
    return [row for row in layout.rows if row.kind == "words"]


@pytest.mark.parametrize(("style", "width"), [("default", 174), ("jama", 84), ("lancet", 174), ("revman5", 84)])
def test_the_test_stands_in_a_row_left_of_the_axis(style: str, width: float) -> None:
    layout = forest(halves(), style=style, width=width).layout
    assert_placed(layout)
    last = layout.rows[-1]
    assert last.kind == "words" and last.label.startswith("Test for subgroup differences (") and ", p " in last.label
    # Once: the footnotes do not say it again.
    assert said(layout.page).count("Test for subgroup differences") == 1
    assert said(layout.page).count("Heterogeneity:") == 3


def test_numbers_in_rows_of_words_have_the_decimal_mark_of_the_style() -> None:
    assert "." not in forest(halves(), style="lancet").layout.rows[-1].label.removesuffix(".")


def test_each_group_and_all_studies_have_their_spread() -> None:
    result = halves()
    rows = said_rows(forest(result).layout)
    spreads = [spread_words(group) for _, group in result.groups]
    assert [row.label for row in rows if row.level and "Het" in row.label] == spreads
    assert next(row.label for row in rows if not row.level) == spread_words(result.overall)
    assert all(text.startswith("Heterogeneity: tau ") and " I2 " in text for text in spreads)


def test_a_group_of_which_no_arm_has_a_count_stands_in_its_place() -> None:
    result = halves()
    assert result.labels == ("topical", "oral", "intravenous") and result.silent == (("oral", 3),)
    labels = [row.label for row in forest(result).layout.rows]
    at = labels.index("Route: oral")
    assert labels.index("Route: topical") < at < labels.index("Route: intravenous")
    assert labels[at + 1] == "No counts (3 arms)"


def test_groups_that_are_not_compared_say_why_in_a_row() -> None:
    counts = studies(6)
    groups = {"oral": (0, 1), "intravenous": (2, 3, 4, 5)}
    columns = tuple({"route": "oral"} for _ in range(6))
    contexts = {label: context(len(at)) for label, at in groups.items()}
    layout = forest(pool(Chosen(counts, columns, groups, "route", context(6), contexts), MODEL)).layout
    assert layout.rows[-1].label.startswith("No test for subgroup differences: fewer than two groups have 3 studies")


def test_of_several_results_only_models_have_rows_of_spread() -> None:
    counts = studies(8)
    models = forest_models([pooled(counts, name) for name in (MODEL, "logistic-normal")]).layout
    assert_placed(models)
    assert sum("Heterogeneity" in row.label for row in said_rows(models)) == 2
    panels = forest_panels([pooled(counts, MODEL), pooled(studies(9), MODEL)]).layout
    assert not said_rows(panels) and said(panels.page).count("Heterogeneity:") == 2


def test_outcomes_side_by_side_say_each_test_with_its_outcome_or_all_at_once() -> None:
    layout = forest_panels([halves(), halves()]).layout
    assert_placed(layout)
    assert sum("Test for subgroup differences" in row.label for row in said_rows(layout)) == 1
