"""Figures of many rows: whole pages of paper, every row once, heads and axes on each."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from evidence.courses import Course, Courses
from evidence.figures.answers import picture_figure
from evidence.figures.figure import Figure
from evidence.figures.forest_view import sized_style
from evidence.figures.harm_matrix import layout_harms
from evidence.figures.page import Line, Page, Shape, Stroke, Text, rectangle
from evidence.figures.paging import Cut, Part, pages_of
from evidence.figures.prisma import prisma_flow
from evidence.figures.risk_of_bias import risk_of_bias
from evidence.figures.risk_summary import risk_of_bias_summary
from evidence.figures.style import DEFAULT, Style
from evidence.figures.swimmer_plot import layout_swimmer
from evidence.harms import HarmCell, HarmCounts, HarmGroup, HarmRow
from evidence.sensitivity.pictures import IntervalRow, Intervals, Panels, Strip
from tests.extractedreview import read_once
from tests.figures.looking import assert_whole
from tests.figures.pictures import contour, publication

SYNTHETIC = Path(__file__).resolve().parents[2] / "data" / "synthetic-example"
BANNER = "Seed: not for treatment decisions."
STYLES = [("default", "two-columns"), ("jama", "column")]


def names(k: int) -> list[str]:
    return [f"Author {i}a" for i in range(k)]


def intervals(k: int) -> Figure[Any]:
    rows = [IntervalRow(name, 0.4, 0.2, 0.7, ("3/9",)) for name in names(k)]
    rows.append(IntervalRow("all studies", 0.4, 0.3, 0.5, ("3/9",), primary=True))
    return picture_figure(Intervals(tuple(rows), "mean", ("left",), 0.4), "What if?", STYLE, BANNER)


def strips(k: int) -> Figure[Any]:
    rows = tuple(IntervalRow(name, 0.4, None, None, ("3/9",)) for name in names(k))
    values = tuple(0.1 * (i % 7) for i in range(k))
    shown = tuple(Strip(f"Measure {i}", values, 0.0, (0.5,)) for i in range(5))
    return picture_figure(Intervals(rows, "mean", ("left",), strips=shown), "What if?", STYLE, BANNER)


def patients(k: int) -> Figure[Any]:
    people = tuple(
        Course(name, "a", name, "topical" if i < k // 2 else "oral", "complete", "no", 3.0, 5.0, 1.0, 40.0, "F")
        for i, name in enumerate(names(k))
    )
    return Figure(
        layout_swimmer(Courses("r", "Route", people, ("complete", "none"), "m", "r", k, "response", BANNER), STYLE)
    )


def harms(k: int) -> Figure[Any]:
    cell, group = HarmCell("events", 1, 38, 0.0007, 0.138, ("A",)), HarmGroup("topical", 3, 40, 3, 40)
    rows = tuple(HarmRow(name, f"Class {i // 30}", (cell,), cell) for i, name in enumerate(names(k)))
    return Figure(layout_harms(HarmCounts("r", "Route", (group,), group, rows, 0.95, (), BANNER), STYLE))


STYLE: Style = DEFAULT
DRAWN = {"intervals": intervals, "strips": strips, "patients": patients, "harms": harms}


@pytest.mark.parametrize(("style", "width"), STYLES)
@pytest.mark.parametrize("k", [80, 200])
@pytest.mark.parametrize("name", DRAWN)
def test_long_figures_are_whole_pages_no_taller_than_paper(
    name: str, k: int, style: str, width: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(globals(), "STYLE", sized_style(style, width)[0])
    pages = DRAWN[name](k).pages
    assert len(pages) > 1
    for i, page in enumerate(pages, 1):
        assert_whole(page)
        assert page.height <= 247.0
        assert f"Page {i} of {len(pages)}" in words(page) and BANNER in " ".join(words(page))
    lines = [word for page in pages for word in words(page)]
    times = 5 if name == "strips" and width == "column" else 1
    assert {lines.count(name) for name in names(k)} <= set(range(1, times + 1))


def words(page: Page) -> list[str]:
    return [text.text for text in page.texts]


def test_a_group_that_goes_on_has_its_heading_again() -> None:
    first, second, *_ = patients(200).pages
    assert "Route: topical (100 patients)" in words(first)
    assert "Route: topical (continued)" in words(second)


def test_the_axis_stands_below_the_rows_of_each_page() -> None:
    pages = intervals(200).pages
    assert all({"Percent", "100", "mean, %"} <= set(words(page)) for page in pages)
    assert sum("Diamond" in " ".join(words(page)) for page in pages) == 1


def test_the_last_page_has_rows_beside_its_footnotes() -> None:
    for k in range(60, 75):
        last = intervals(k).pages[-1]
        assert sum(word in names(k) for word in words(last)) >= 2 or len(intervals(k).pages) == 1


def test_panels_are_broken_between_them() -> None:
    panels = Panels(tuple((f"Panel {i}", contour() if i % 2 else publication()) for i in range(5)))
    pages = picture_figure(panels, "What if?", DEFAULT, BANNER).pages
    assert len(pages) == 2
    for page in pages:
        assert_whole(page)
    headings = [word for page in pages for word in words(page) if word.startswith("Panel ")]
    assert headings == [f"Panel {i}" for i in range(5)]


def test_risk_of_bias_is_broken_by_study_and_by_item() -> None:
    review = read_once(SYNTHETIC)
    style = replace(sized_style("default", "column")[0], page_mm=120.0)
    lights, bars = risk_of_bias(review, style=style), risk_of_bias_summary(review, style=style)
    for page in (*lights.pages, *bars.pages):
        assert_whole(page)
    assert len(lights.pages) > 2 and len(bars.pages) > 2
    labels = [word for page in lights.pages for word in words(page)]
    assert labels.count("Bravo 1999") == 1


def test_a_flow_on_a_narrow_page_is_broken_between_its_ways() -> None:
    pages = prisma_flow(read_once(SYNTHETIC), style=sized_style("default", "column")[0]).pages
    assert len(pages) == 2
    for page in pages:
        assert_whole(page)
        assert page.height <= 247.0
    # Lines past the other boxes go on at the top of the second page.
    upright = [line for line in pages[1].lines if line.x0 == line.x1 and line.x0 < 10 and line.y0 < 25]
    assert len(upright) == 2


def test_one_tall_page_on_request_and_in_the_page_of_a_report() -> None:
    rows = tuple(IntervalRow(name, 0.4, 0.2, 0.7) for name in names(80))
    tall = picture_figure(Intervals(rows, "mean"), "What if?", replace(DEFAULT, page_mm=None))
    assert len(tall.pages) == 1 and tall.pages[0].height > 247.0
    assert sized_style("default", 174)[0].page_mm is None
    broken = picture_figure(Intervals(rows, "mean"), "What if?")
    assert broken.to_svg() == tall.to_svg()


def table(rows: int) -> tuple[Page, Part]:
    """10 mm of title, 5 of heads, 10 for each row, 5 of axis, 5 of notes, within a margin of 4."""
    end = 15.0 + 10 * rows
    texts = [Text(1, 5, "title", 6, "#000000"), Text(1, 14, "head", 6, "#000000")]
    texts += [Text(1, 20 + 10 * i, f"row {i}", 6, "#000000") for i in range(rows)]
    texts += [Text(1, end + 4, "axis", 6, "#000000"), Text(1, end + 9, "notes", 6, "#000000")]
    lines = (Line(50, 15, 50, end, "#cccccc"), Line(1, end, 100, end, "#000000"))
    shapes = (Shape(rectangle(40, 15, 60, end), "#eeeeee", role="band"), Shape(rectangle(49, 18, 51, 20), "#111111"))
    strokes = (Stroke(((70, 15), (70, end)), "#ff0000"),)
    page = Page(174, end + 14, shapes, lines, tuple(texts), strokes)
    return page, Part((10, 15), tuple(Cut(15.0 + 10 * (i + 1), "group") for i in range(rows)), (end, end + 5))


def test_what_goes_through_all_rows_ends_with_those_of_its_page() -> None:
    page, part = table(12)
    first, second = pages_of(page, [part], replace(DEFAULT, page_mm=110.0))
    assert [word for word in words(first) if "row" in word] == [f"row {i}" for i in range(8)]
    assert [word for word in words(second) if "row" in word] == [f"row {i}" for i in range(8, 12)]
    assert words(second)[:2] == ["title", "head"] and "group (continued)" in words(second)
    for drawn, rows in ((first, 8), (second, 4)):
        (upright,) = [line for line in drawn.lines if line.x0 == line.x1]
        assert upright.y1 - upright.y0 == pytest.approx(10 * rows, abs=0.1)
        (band,) = [shape for shape in drawn.shapes if shape.role == "band"]
        assert band.points[2][1] - band.points[0][1] == pytest.approx(10 * rows, abs=0.1)
        (stroke,) = drawn.strokes
        assert stroke.points[1][1] - stroke.points[0][1] == pytest.approx(10 * rows, abs=0.1)
    assert [len([s for s in drawn.shapes if not s.role]) for drawn in (first, second)] == [1, 0]


def test_a_row_taller_than_paper_has_a_page_of_its_own() -> None:
    page, part = table(3)
    drawn = pages_of(page, [part], replace(DEFAULT, page_mm=30.0))
    # The notes find no room beside a row either.
    assert [sum("row" in word for word in words(one)) for one in drawn] == [1, 1, 1, 0]


def test_what_fits_is_not_broken() -> None:
    page, part = table(3)
    assert pages_of(page, [part], DEFAULT) == (page,)
    assert pages_of(page, [], replace(DEFAULT, page_mm=30.0)) == (page,)


def test_files_of_several_pages_have_numbers(tmp_path: Path) -> None:
    figure = intervals(80)
    assert [path.name for path in figure.save(tmp_path / "rows.svg")] == ["rows-1.svg", "rows-2.svg"]
    assert figure.save(tmp_path / "rows.pdf") == (tmp_path / "rows.pdf",)
    assert (tmp_path / "rows.pdf").read_bytes().count(b"/Type /Page ") == 2
