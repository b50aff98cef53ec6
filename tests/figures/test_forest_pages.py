"""Long forest plots: broken into whole pages, every row once, files for each kind."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.figures import View, forest
from evidence.figures.forest_layout import ForestLayout
from evidence.figures.forest_pages import Limits, break_rows
from evidence.figures.forest_rows import Row
from tests.figures.forests import assert_placed, grouped, pooled, roles, said, studies, words


@pytest.fixture(scope="module")
def long() -> ForestLayout:
    return forest(pooled(studies(80), "common-effect"), width="two-columns").layout


def test_every_row_stands_on_one_page(long: ForestLayout) -> None:
    assert_placed(long)
    assert len(long.pages) > 1 and len(roles(long.page, "study")) == 80
    assert sum(len(roles(page, "study")) for page in long.pages) == 80
    labels = [word for page in long.pages for word in words(page)]
    for i in (5, 40, 79):
        assert sum(f"name {i} " in f"{label} " for label in labels) == 1


def test_each_page_is_no_higher_than_paper_and_has_title_heads_and_axis(long: ForestLayout) -> None:
    pages = len(long.pages)
    for number, page in enumerate(long.pages, 1):
        assert page.height <= 247.0
        assert {"Study", "Events/n", "Percent of patients"} <= set(words(page))
        assert f"(page {number} of {pages})" in said(page)
    assert ["Squares: studies" in said(page) for page in long.pages] == [False] * (pages - 1) + [True]


def test_the_banner_stands_on_every_page() -> None:
    layout = forest(grouped(), view=View(page_rows=10)).layout
    assert len(layout.pages) > 2
    assert all("Seed: not for treatment decisions." in said(page) for page in layout.pages)


def test_pages_below_each_other_hold_what_the_pages_hold(long: ForestLayout) -> None:
    assert len(long.page.texts) == sum(len(page.texts) for page in long.pages)
    assert long.page.height > sum(page.height for page in long.pages)
    tops = sorted(text.y for text in long.page.texts if "(page " in text.text)
    assert tops[1] - tops[0] > long.pages[0].height


@pytest.mark.parametrize(("k", "width", "pages"), [(60, "two-columns", 1), (80, None, 1), (80, 174, 1)])
def test_nothing_is_broken_that_need_not_be(k: int, width: str | float | None, pages: int) -> None:
    assert len(forest(pooled(studies(k), "common-effect"), width=width).layout.pages) == pages


def rows(kinds: str) -> list[Row]:
    """``hss.s_pp``: heading, study, gap, rule and pooled rows; studies after a heading belong to it."""
    named = {"h": "group", "s": "study", ".": "gap", "_": "rule", "p": "pooled"}
    inside = kinds.startswith("h")
    return [Row(named[kind], kind, level=int(inside and kind == "s")) for kind in kinds]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("kinds", "most", "pages"),
    [
        ("sssss_pp", 5, [[0, 1, 2, 3, 4], [6, 7]]),
        ("sssss_pp", 7, [[0, 1, 2, 3, 4, 5, 6, 7]]),
        # A heading and the gap above it go along with what they head.
        ("hsss.hss_p", 5, [[0, 1, 2, 3], [5, 6, 7, 8, 9]]),
        ("ssssssss", 3, [[0, 1, 2], [3, 4, 5], [6, 7]]),
        # Overall rows that no page holds are broken as well.
        ("s_pppppp", 3, [[0], [2, 3, 4], [5, 6, 7]]),
    ],
)
def test_where_pages_end(kinds: str, most: int, pages: list[list[int]]) -> None:
    found = break_rows(rows(kinds), [1.0] * len(kinds), Limits(rows=most))
    assert [list(sheet.rows) for sheet in found] == pages


def test_a_group_that_goes_on_has_its_heading_again() -> None:
    first, second = break_rows(rows("hssss"), [1.0] * 5, Limits(height=3.0))
    assert (first.continued, second.continued) == (None, 0)


def test_pages_are_one_pdf_or_a_file_each(tmp_path: Path) -> None:
    figure = forest(pooled(studies(12), "common-effect"), view=View(page_rows=8))
    assert len(figure.pages) == 2
    assert figure.save(tmp_path / "a.svg") == (tmp_path / "a-1.svg", tmp_path / "a-2.svg")
    assert figure.save(tmp_path / "a.pdf") == (tmp_path / "a.pdf",)
    assert {path.name for path in tmp_path.iterdir()} == {"a-1.svg", "a-2.svg", "a.pdf"}
    content = (tmp_path / "a.pdf").read_bytes()
    assert content.count(b"/Type /Page ") == 2
    figure.save(tmp_path / "b.pdf")
    assert (tmp_path / "b.pdf").read_bytes() == content


def test_a_whole_figure_as_one_svg_loses_no_page() -> None:
    figure = forest(pooled(studies(12), "common-effect"), view=View(page_rows=8))
    svg = figure.to_svg()
    assert svg.count("(page ") >= 2 and "name 11 " in svg.replace("\n", " ")
