"""The drapery plot: each study's own p, the result's limits at their height, nothing clipped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from evidence.counts import Rates
from evidence.errors import UsageError
from evidence.figures import STYLES
from evidence.figures.drapery_plot import POINTS, drapery
from evidence.pooling import pool
from tests.figures.looking import assert_whole
from tests.figures.results import BANNER, DATA, grouped, result, words


@pytest.mark.parametrize(
    ("name", "style", "width"),
    [(name, *(("jama", 84.0) if i % 2 else ("default", 174.0))) for i, name in enumerate(DATA)],
)
def test_every_arm_is_in_a_curve_inside_the_box(name: str, style: str, width: float) -> None:
    layout = drapery(result(name), style=replace(STYLES[style], width_mm=width)).layout
    assert_whole(layout.page)
    assert sum(study.studies for study in layout.studies) == DATA[name].k
    assert [study.n for study in layout.studies] == sorted((s.n for s in layout.studies), reverse=True)
    plot = layout.plot
    long = [stroke for stroke in layout.page.strokes if len(stroke.points) == len(POINTS)]
    assert len(long) == len(layout.studies)
    for x, y in (point for stroke in long for point in stroke.points):
        assert plot.left - 1e-9 <= x <= plot.right + 1e-9 and plot.top - 1e-9 <= y <= plot.bottom + 1e-9


@pytest.mark.parametrize("model", ["inverse-variance", "common-effect", "bayesian"])
def test_at_the_height_of_a_level_the_result_is_as_wide_as_its_limits(model: str) -> None:
    found = result("23", model)
    layout = drapery(found).layout
    at = [x for x, p in layout.pooled if abs(p - 0.05) < 1e-9]
    assert found.mean_ci is not None
    # A stack equals its rows to 1e-10.
    assert at == pytest.approx([found.mean_ci.lower, found.mean_ci.upper], abs=1e-8)
    assert (found.mean, 1.0) in layout.pooled
    if found.pi is not None:
        assert [x for x, p in layout.new if abs(p - 0.05) < 1e-9] == pytest.approx(
            [found.pi.lower, found.pi.upper], abs=1e-8
        )
    else:
        assert layout.new == ()


def test_a_study_is_as_wide_as_its_exact_limits() -> None:
    study = next(s for s in drapery(result("three")).layout.studies if s.n == 30)
    inside = np.array(POINTS)[np.array(study.p) >= 0.05]
    limits = next(row.ci for row in result("three").studies if row.n == 30)
    # The curve has a point at every quarter of a percent.
    assert (inside[0], inside[-1]) == pytest.approx((limits.lower, limits.upper), abs=0.0026)


def test_the_same_counts_are_one_curve_with_their_number() -> None:
    layout = drapery(result("identical")).layout
    assert len(layout.studies) == 1 and "4/9 ×30" in words(layout.page)
    assert "4/9" not in words(drapery(result("identical"), labels=False).layout.page)


def test_where_nothing_is_pooled_there_are_only_studies_and_the_reason() -> None:
    for name in ("one", "two", "no events"):
        layout = drapery(result(name)).layout
        assert layout.pooled == () and layout.new == ()
        assert "No curve of a result" in words(layout.page)


def test_of_a_bayesian_result_it_is_said_that_this_is_no_p() -> None:
    assert "1 - the posterior probability" in words(drapery(result("all or none", "bayesian")).layout.page)
    assert "posterior" not in words(drapery(result("23")).layout.page)


def test_the_region_of_a_new_study_can_be_left_out() -> None:
    layout = drapery(result("23"), prediction=False).layout
    assert layout.new == () and "region of a new study" not in words(layout.page)


def test_groups_show_all_arms_and_the_banner() -> None:
    layout = drapery(grouped()).layout
    written = words(layout.page)
    assert BANNER in written and "groups are not drawn apart" in written
    assert layout.alt.startswith("Drapery plot of complete remission: p-value functions of 23 arms")


def test_rates_have_no_drapery() -> None:
    with pytest.raises(UsageError, match="rates"):
        drapery(pool(Rates([2, 3, 1], [10.0, 20.0, 9.0])))
