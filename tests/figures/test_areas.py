"""The places of studies on a page: where their rows are, unseen, and known to the drawing by their keys."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

from evidence import Counts, model, pool
from evidence.figures import Figure, forest, forest_panels
from evidence.figures.forest_layout import ForestLayout
from evidence.figures.forest_view import View
from evidence.figures.page import Area, Page
from evidence.figures.svg import svg_of
from tests.figures.looking import assert_whole

SVG = "{http://www.w3.org/2000/svg}"
N = 12
COUNTS = Counts([1] * N, list(range(4, 4 + N)), [f"Study {i}" for i in range(N)], keys=[f"k{i}" for i in range(N)])
POOLED = pool(COUNTS, model("common-effect"))


def areas_of(figure: Figure[ForestLayout]) -> tuple[Area, ...]:
    return figure.layout.page.areas


@pytest.mark.parametrize("style", ["default", "jama"])
def test_each_study_has_the_place_of_its_row(style: str) -> None:
    figure = forest(POOLED, style=style)
    layout, page = figure.layout, figure.layout.page
    assert_whole(page)
    assert [area.key for area in page.areas] == [row.key for row in layout.rows if row.kind == "study"]
    middles = [y for row, y in zip(layout.rows, layout.row_y, strict=True) if row.kind == "study"]
    for area, middle in zip(page.areas, middles, strict=True):
        assert middle == pytest.approx((area.y0 + area.y1) / 2)
        assert 0 < area.x0 < layout.plot[0] < layout.plot[1] < area.x1 < page.width
    for one, other in zip(page.areas[:-1], page.areas[1:], strict=True):
        assert one.y1 <= other.y0 + 1e-9


def test_pages_below_each_other_keep_the_places_of_their_rows() -> None:
    figure = forest(POOLED, view=View(page_rows=7))
    pages = figure.pages
    assert len(pages) > 1 and [len(page.areas) for page in pages][:2] == [7, N - 7]
    assert [area.key for area in areas_of(figure)] == [f"k{i}" for i in range(N)]
    labels = {text.text: text.y for text in figure.layout.page.texts}
    for i, area in enumerate(areas_of(figure)):
        assert area.y0 < labels[f"Study {i}"] < area.y1


def test_several_outcomes_share_the_places_of_their_studies() -> None:
    assert [area.key for area in areas_of(forest_panels([POOLED, POOLED]))] == [f"k{i}" for i in range(N)]


def test_a_drawing_names_the_studies_and_shows_nothing_of_it() -> None:
    page = Page(20, 10, (), (), (), (), (Area(1, 2, 19, 6, "a\"&'<b>\x00"),))
    root = ElementTree.fromstring(svg_of(page, "Alt.", studies=True))
    (group,) = [node for node in root.iter(f"{SVG}g") if node.get("class") == "studies"]
    assert group.get("fill") == "none" and group.get("stroke") is None
    (place,) = group
    assert place.get("data-study") == "a\"&'<b>\ufffd" and list(root)[-1] is group
    assert place.attrib.keys() == {"data-study", "d"}
    assert "studies" not in svg_of(page, "Alt.") + svg_of(Page(20, 10, (), (), ()), "Alt.", studies=True)


def test_a_figure_says_where_its_studies_are_only_if_asked() -> None:
    figure = forest(POOLED)
    assert "data-study" not in figure.to_svg() and figure.to_svg(studies=True).count("data-study") == N
    assert figure.to_svg(embed_font=True, studies=True).count("data-study") == N


def test_files_of_other_kinds_are_the_same_without_them() -> None:
    from evidence.figures.ink import render

    page = Page(20, 10, (), (), ())
    assert render(page, "png", 50) == render(Page(20, 10, (), (), (), (), (Area(1, 2, 19, 6, "a"),)), "png", 50)
