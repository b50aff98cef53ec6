"""Columns left and right of the axis: by name, with decimals, under common headings, and what gives way."""

from __future__ import annotations

import pytest

from evidence.columns import Column
from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.figures import View, forest
from evidence.figures.text import width_mm
from tests.figures.forests import assert_placed, grouped, pooled, said, studies, words

COUNTS = Counts([3, 6, 10, 0], [11, 17, 21, 6], ["Ada 2001", "Bo 2002", "Cy 2003", "Di 2004"])


def test_columns_stand_where_they_were_asked_for_in_their_order() -> None:
    layout = forest(pooled(COUNTS, "inverse-variance"), ["n", "events"], right=["weight", "estimate_ci"]).layout
    assert_placed(layout)
    left, right = layout.plot
    heads = {text.text: text.x for text in layout.page.texts if text.bold}
    assert heads["Study"] < heads["n"] < heads["Events"] < left
    assert right < heads["Weight"] < heads["Percent"]
    assert "Events/n" not in heads and "95 % CI" not in heads


def test_columns_that_are_asked_for_are_not_drawn_twice() -> None:
    layout = forest(pooled(COUNTS), ["events_n", "n", "n"], right=["ci", "ci"]).layout
    heads = [text.text for text in layout.page.texts if text.bold]
    assert [heads.count(head) for head in ("Events/n", "n", "95 % CI", "Percent")] == [1, 1, 1, 0]


def test_decimals_are_those_of_the_column() -> None:
    cells = words(forest(pooled(COUNTS), right=["estimate:2", "ci:1", "estimate_ci"]).layout.page)
    assert "27.27" in cells and "6.0 to 61.0" in cells and "27 (6 to 61)" in cells


def test_facts_have_decimals_too() -> None:
    cells = words(forest(grouped(), ["dose:1"]).layout.page)
    assert "100.0" in cells and "103.0" in cells


@pytest.mark.parametrize("name", ["route:1", "events:2"])
def test_words_and_counts_have_no_decimals(name: str) -> None:
    with pytest.raises(UsageError, match="has no decimals"):
        forest(grouped(), [name])


def test_a_column_of_ones_own_is_drawn_for_studies_only() -> None:
    own = Column("first", "First letter", "left", lambda study: study.label[0])
    cells = words(forest(pooled(COUNTS), [own]).layout.page)
    assert "First letter" in cells and [cells.count(letter) for letter in "ABCD"] == [1, 1, 1, 1]


def test_a_heading_spans_its_columns_and_is_never_wider() -> None:
    view = View(spans={"Complete remission": ("events", "n")})
    page = forest(pooled(COUNTS), ["events", "n"], view=view).layout.page
    assert_placed(forest(pooled(COUNTS), ["events", "n"], view=view).layout)
    over = [text for text in page.texts if text.text in ("Complete", "remission", "Complete remission")]
    heads = {text.text: text for text in page.texts if text.bold and text.text in ("Events", "n")}
    first, last = heads["Events"], heads["n"]
    assert over and all(text.y < first.y and text.align == "center" for text in over)
    for text in over:
        half = width_mm(text.text, text.size_pt, True) / 2
        assert text.x + half <= last.x + 0.1
    rule = [line for line in page.lines if line.y0 == line.y1 and abs(line.x1 - last.x) < 1e-6]
    assert any(line.x0 < first.x - width_mm("Events", first.size_pt, True) + 0.5 for line in rule)


@pytest.mark.parametrize("names", [("events", "estimate"), ("events", "nothing"), ("route", "n")])
def test_a_heading_over_columns_that_are_apart_is_refused(names: tuple[str, ...]) -> None:
    with pytest.raises(UsageError, match="side by side"):
        forest(grouped(), ["route", "events", "n"], view=View(spans={"Over": names}))


def test_brackets_of_all_rows_stand_in_one_line() -> None:
    layout = forest(pooled(COUNTS), right=["estimate_ci"]).layout
    cells = [text for text in layout.page.texts if " (" in text.text and text.text.endswith(")") and "to" in text.text]
    rows = [text for text in cells if text.text[0].isdigit()]
    at = [text.x + width_mm(text.text.partition(" (")[0], text.size_pt, text.bold) for text in rows]
    assert len(rows) > 5 and max(at) - min(at) < 1e-6


def test_on_a_narrow_page_columns_give_way_in_order_and_it_is_said() -> None:
    result = pooled(COUNTS, "inverse-variance")
    wide, narrow = forest(result).layout, forest(result, width="column").layout
    assert_placed(narrow)
    assert narrow.page.width == 84
    assert "Weight" in words(wide.page) and "Weight" not in words(narrow.page)
    assert "6 to 61" in words(narrow.page)
    assert "Left out, as the page is too narrow: the weights." in said(narrow.page)
    tighter = forest(result, width="column", view=View(decimals=1)).layout
    assert "27.3 (6.0 to 61.0)" in words(tighter.page)
    assert "Left out, as the page is too narrow: the weights, a column of its own for the limits." in said(tighter.page)


@pytest.mark.parametrize("style", ["default", "jama", "revman5", "bmj", "lancet"])
def test_every_style_fits_a_column_of_a_journal(style: str) -> None:
    result = pooled(studies(23), "inverse-variance")
    layout = forest(result, style=style, width="column").layout
    assert_placed(layout)
    assert layout.plot[1] - layout.plot[0] > 18.99


def test_columns_that_were_asked_for_never_give_way() -> None:
    result = pooled(COUNTS, "inverse-variance")
    with pytest.raises(UsageError, match=r"make it \d+ mm wide"):
        forest(result, ["events", "n"], right=["estimate", "ci", "weight"], width="column")


def test_numbers_of_pooled_rows_stand_in_their_columns() -> None:
    result = pooled(COUNTS, "common-effect")
    layout = forest(result, ["events", "n"], right=["weight"]).layout
    row = layout.rows.index(next(row for row in layout.rows if row.kind == "pooled"))
    y = layout.row_y[row]
    assert y is not None
    found = {text.text for text in layout.page.texts if abs(text.y - y) < 1.5}
    assert {"19", "55", "100.0 %"} <= found
