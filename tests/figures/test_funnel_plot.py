"""The contour funnel: every arm has its point, contours lie where p has their value, nothing is clipped."""

from __future__ import annotations

from dataclasses import replace
from math import sqrt

import pytest

from evidence.counts import Counts, Rates
from evidence.errors import UsageError
from evidence.figures import STYLES
from evidence.figures.funnel_plot import funnel
from evidence.pooling import pool
from tests.figures.looking import assert_whole
from tests.figures.results import BANNER, DATA, grouped, result, words


@pytest.mark.parametrize(
    ("name", "style", "width"),
    [(name, *(("jama", 84.0) if i % 2 else ("default", 174.0))) for i, name in enumerate(DATA)],
)
def test_every_arm_has_a_point_inside_the_box(name: str, style: str, width: float) -> None:
    figure = funnel(result(name), style=replace(STYLES[style], width_mm=width))
    layout = figure.layout
    assert_whole(layout.page)
    points = [shape for shape in layout.page.shapes if shape.role == "point"]
    assert len(points) == DATA[name].k
    plot = layout.plot
    for shape, x, y in zip(points, layout.funnel.x, layout.funnel.y, strict=True):
        middle = [sum(corner[i] for corner in shape.points) / len(shape.points) for i in (0, 1)]
        assert middle == pytest.approx(plot.at(float(x), float(y)), abs=1e-6)
        assert plot.holds(float(x), float(y))
    assert sum(shape.fill == "white" for shape in points) == sum(layout.funnel.corrected)


def test_contours_are_where_p_is_what_the_key_says() -> None:
    layout = funnel(result("23"), null=0.5).layout
    bands = [shape for shape in layout.page.shapes if shape.role == "band"]
    assert len(bands) == 4 and len({shape.fill for shape in bands}) == 4 and bands[-1].fill == "#ffffff"
    written = words(layout.page)
    assert "p > 0.1" in written and "0.05 to 0.1" in written and "0.01 to 0.05" in written and "p < 0.01" in written
    plot = layout.plot
    # Halfway up the 95 % contour stands 1.96 standard errors beside the null.
    half = 0.5 * float(layout.funnel.y.max())
    edge = plot.at(-1.959964 * half, half)
    near = min(sqrt((x - edge[0]) ** 2 + (y - edge[1]) ** 2) for x, y in bands[2].points)
    assert near < 1.5
    assert "hypothesis that the proportion is 50 %" in written


def test_it_says_what_the_centre_is_and_why_the_funnel_misleads() -> None:
    written = words(funnel(result("23")).layout.page)
    assert "the typical study (median) (dashed)" in written and "no natural null" in written
    assert "Hunter 2014, 10.1016/j.jclinepi.2014.03.003" in written
    assert "no pooled centre" in words(funnel(result("no events")).layout.page)
    assert "Arms of one study" in words(funnel(result("arms of one study")).layout.page)


def test_arms_on_each_other_have_their_number() -> None:
    written = words(funnel(result("identical")).layout.page)
    assert "×30" in written
    assert "too many for numbers" in words(funnel(result("500")).layout.page)


def test_groups_show_all_arms_and_the_banner() -> None:
    layout = funnel(grouped()).layout
    written = words(layout.page)
    assert BANNER in written and "groups are not told apart" in written
    assert layout.alt.startswith("Funnel of complete remission: 23 arms")


@pytest.mark.parametrize(("measure", "height"), [("PR", "se"), ("PRZ", "size"), ("PLN", "se"), ("PAS", "size")])
def test_every_scale_and_height_is_whole(measure: str, height: str) -> None:
    layout = funnel(result("23"), measure=measure, height=height).layout
    assert_whole(layout.page)
    assert len(layout.plot.x.ticks) >= 3
    # The most precise is at the top.
    best = layout.funnel.y.min() if height == "se" else layout.funnel.y.max()
    worst = layout.funnel.y.max() if height == "se" else layout.funnel.y.min()
    assert layout.plot.at_y(float(best)) < layout.plot.at_y(float(worst))


def test_rates_have_no_funnel() -> None:
    with pytest.raises(UsageError, match="rates"):
        funnel(pool(Rates([2, 3, 1], [10.0, 20.0, 9.0])))


@pytest.mark.parametrize(
    ("counts", "centre"),
    [
        (
            Counts([16, 43, 25, 18, 22], [20, 58, 42, 30, 41]),
            "the typical study (median) (dashed), the model's own centre",
        ),
        (
            Counts([3, 5, 8], [10, 15, 26]),
            "the average study (mean) (dashed), as the typical study (median) is too weakly identified",
        ),
    ],
    ids=["own", "mean"],
)
def test_the_centre_line_says_which_number_it_is_and_why(counts: Counts, centre: str) -> None:
    layout = funnel(pool(counts)).layout
    assert centre in words(layout.page)
    assert centre.replace(" (dashed)", "") in layout.alt
