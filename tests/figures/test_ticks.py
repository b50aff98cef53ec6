"""Ticks where values are whole numbers, ratios, or too many for their words."""

from __future__ import annotations

from itertools import pairwise

import pytest

from evidence.figures import STYLES, picture_figure
from evidence.figures.contour_layout import whole_ticks
from evidence.figures.intervals_layout import PlacedRows
from evidence.figures.plot import Plot
from evidence.figures.style import of_width
from evidence.sensitivity.pictures import Contour, Curve, Curves, IntervalRow, Intervals
from tests.figures.looking import assert_whole


@pytest.mark.parametrize("sizes", [(1.0, 2.0), (1.0, 4.0), (1.0, 2.0, 3.0, 9.0), (2.0, 28.0), (1.0, 11.0)])
def test_sizes_have_whole_ticks(sizes: tuple[float, ...]) -> None:
    ticks = whole_ticks(sizes)
    assert len(ticks) >= 2 and all(words == f"{value:.0f}" for value, words in ticks)
    rows = tuple((0.1, 0.5) for _ in sizes)
    picture = Contour((1.0, 0.1), sizes, rows, "share", "size", "mean", log_x=True, whole_y=True)
    layout = picture_figure(picture, "Size").layout
    assert_whole(layout.page)
    (part,) = layout.parts
    assert isinstance(part, Plot) and part.y.ticks == ticks


@pytest.mark.parametrize("width", [84.0, 174.0])
def test_words_of_many_sizes_stand_in_one_line_with_both_ends(width: float) -> None:
    xs = tuple(float(size) for size in range(1, 24))
    ticks = tuple(f"{x:g}\n{24 - x:g} studies" for x in xs)
    picture = Curves(xs, "Size", "mean", (Curve("mean", tuple(0.5 for _ in xs)),), ticks, log_x=True)
    layout = picture_figure(picture, "Size", of_width(STYLES["default"], width)).layout
    assert_whole(layout.page)
    below = [text for text in layout.page.texts if text.text.endswith(" studies")]
    assert len({round(text.y, 6) for text in below}) == 1
    assert {"23 studies", "1 studies"} <= {text.text for text in below}
    assert 3 <= len(below) < len(xs)
    (part,) = layout.parts
    assert isinstance(part, Plot)
    marks = [line for line in layout.page.lines if line.x0 == line.x1 and line.y0 == part.bottom]
    assert len(marks) == len(xs)


def test_ratios_stand_on_a_logarithmic_axis_under_their_own_heading() -> None:
    rows = (
        IntervalRow("year", 0.96, 0.85, 1.08),
        IntervalRow("route", 4.0, 0.5, None),
        IntervalRow("dose", 1e-200, 0.0, 2.0),
    )
    picture = Intervals(rows[:2], "odds ratio", reference=1.0, proportion=False, ratio=True)
    layout = picture_figure(picture, "Ratios").layout
    assert_whole(layout.page)
    (part,) = layout.parts
    assert isinstance(part, PlacedRows) and part.plot.x.log and part.plot.x.holds(1.0)
    written = [text.text for text in layout.page.texts]
    assert "Odds ratio" in written and "Value" not in written and "odds ratio, logarithmic axis" in written
    # Equal ratios are equally far apart.
    steps = [part.plot.at_x(b) - part.plot.at_x(a) for a, b in pairwise((0.5, 1.0, 2.0, 4.0))]
    assert steps == pytest.approx([steps[0]] * 3)
    assert_whole(picture_figure(Intervals(rows, "odds ratio", proportion=False, ratio=True), "Ratios").layout.page)
