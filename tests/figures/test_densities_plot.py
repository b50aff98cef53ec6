"""Densities drawn: a panel for each distribution, its limits and its printed value at their places."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from evidence.counts import Rates
from evidence.errors import UsageError
from evidence.figures import STYLES
from evidence.figures.densities_plot import DensitiesLayout, density_plot
from evidence.pooling import pool
from tests.figures.looking import assert_whole
from tests.figures.results import BANNER, grouped, result, words

POOLED = ["three", "500", "identical", "all or none", "singles", "arms of one study"]


@cache
def drawn(name: str, model: str = "bayesian") -> DensitiesLayout:
    return density_plot(result(name, model)).layout


@pytest.mark.parametrize("name", POOLED)
def test_a_bayesian_result_has_four_panels(name: str) -> None:
    layout = drawn(name)
    assert_whole(layout.page)
    assert [density.what for density in layout.shown] == ["mean", "median", "new", "tau"]
    printed = [line for line in layout.page.strokes if line.dashes == (1.2, 1.4) and len(line.points) == 2]
    found = result(name, "bayesian")
    spread = found.heterogeneity
    assert spread is not None
    values = [found.mean, found.estimate, spread.tau]
    plots = [plot for density, plot in zip(layout.shown, layout.plots, strict=True) if density.what != "new"]
    places = [plot.at_x(value) for plot, value in zip(plots, values, strict=True) if value is not None]
    # The key has one more such line, which lies level.
    upright = [line.points[0][0] for line in printed if line.points[0][0] == line.points[1][0]]
    assert upright == pytest.approx(places)


@pytest.mark.parametrize(("style", "width", "columns"), [("default", 174.0, 2), ("jama", 84.0, 1)])
def test_panels_stand_side_by_side_where_there_is_room(style: str, width: float, columns: int) -> None:
    layout = density_plot(result("23", "bayesian"), style=replace(STYLES[style], width_mm=width)).layout
    assert_whole(layout.page)
    assert len({plot.left for plot in layout.plots}) == columns
    dashed = [stroke for stroke in layout.page.strokes if stroke.dashes == (4.0, 2.5) and len(stroke.points) > 2]
    assert len(dashed) == 4
    assert "N(0, sd 2), tau ~ half-normal 1" in words(layout.page)


def test_the_prior_can_be_left_out() -> None:
    layout = density_plot(result("three", "bayesian"), prior=False).layout
    assert not [stroke for stroke in layout.page.strokes if stroke.dashes == (4.0, 2.5)]
    assert "prior)" not in words(layout.page)


@pytest.mark.parametrize("model", ["inverse-variance", "beta-binomial"])
def test_another_model_has_the_density_of_a_new_study(model: str) -> None:
    layout = drawn("arms of one study", model)
    assert_whole(layout.page)
    (density,), (plot,) = layout.shown, layout.plots
    assert density.what == "new"
    # The darker area ends at the limits.
    inner = [shape for shape in layout.page.shapes if shape.role == "band"][-1]
    ends = min(x for x, _ in inner.points), max(x for x, _ in inner.points)
    assert ends == pytest.approx((plot.at_x(density.lower), plot.at_x(density.upper)))
    assert "one more study of the same kind" in words(layout.page)


def test_a_peak_at_an_end_is_cut_and_said() -> None:
    layout = drawn("all or none")
    assert "Cut at the top" in words(layout.page)
    assert "Cut at the top" not in words(drawn("three").page)


def test_groups_show_all_arms_and_the_banner() -> None:
    layout = density_plot(grouped("bayesian")).layout
    written = words(layout.page)
    assert BANNER in written and "groups are not drawn apart" in written
    assert layout.alt.startswith("Densities for complete remission, bayesian logistic-normal")


@pytest.mark.parametrize(("name", "model"), [("one", "bayesian"), ("two", "bayesian"), ("23", "common-effect")])
def test_a_result_without_a_density_is_an_error_with_a_mend(name: str, model: str) -> None:
    with pytest.raises(UsageError, match="no-density"):
        density_plot(result(name, model))


def test_rates_have_no_densities() -> None:
    with pytest.raises(UsageError, match="rates"):
        density_plot(pool(Rates([2, 3, 1], [10.0, 20.0, 9.0])))
