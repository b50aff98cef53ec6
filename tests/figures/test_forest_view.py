"""Scale, limited axes with arrows, further lines, and the prediction interval in each of its forms."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from evidence.counts import Counts, Rates
from evidence.errors import UsageError
from evidence.figures import View, forest
from evidence.pooling import model, pool
from evidence.pooling.predictive import predictive_density
from evidence.pooling.rate_result import PooledRate
from evidence.pooling.result import Pooled
from tests.figures.forests import assert_placed, centre, pooled, roles, said, words

COUNTS = Counts([3, 6, 10, 1, 9], [11, 17, 21, 6, 10], ["Ada", "Bo", "Cy", "Di", "Ed"])


@pytest.fixture(scope="module")
def result() -> Pooled:
    return pooled(COUNTS)


@pytest.mark.parametrize(
    ("scale", "cell", "caption", "last_tick"),
    [
        ("percent", "27", "Percent of patients", "100"),
        ("per-1000", "273", "Per 1000 patients", "1000"),
        ("proportion", "0.27", "Proportion of patients", "1"),
    ],
)
def test_scales(scale: str, cell: str, caption: str, last_tick: str, result: Pooled) -> None:
    layout = forest(result, view=View(scale=scale)).layout
    assert_placed(layout)
    assert {cell, caption, last_tick} <= set(words(layout.page))
    # The scale is how numbers are printed: no mark moves.
    assert layout.x(0.25) == pytest.approx(layout.plot[0] + 0.25 * (layout.plot[1] - layout.plot[0]))


def test_a_limited_axis_cuts_with_arrows_and_prints_whole_numbers(result: Pooled) -> None:
    layout = forest(result, view=View(axis=(0.2, 0.6))).layout
    assert_placed(layout)
    left, right = layout.plot
    assert layout.x(0.2) == pytest.approx(left) and layout.x(0.6) == pytest.approx(right)
    marks = roles(layout.page, "study")
    # Di has 1 of 6 and Ed 9 of 10: their squares lie beyond the axis, and only arrows point there.
    assert len(marks) == 3
    tips = {round(shape.points[0][0], 6) for shape in roles(layout.page, "arrow")}
    assert tips == {round(left, 6), round(right, 6)}
    assert "55 to >99" in words(layout.page)
    assert "Arrow: goes on beyond the axis" in said(layout.page)


def test_a_whole_axis_has_no_arrows(result: Pooled) -> None:
    layout = forest(result).layout
    assert not roles(layout.page, "arrow") and "Arrow" not in said(layout.page)


def test_arrows_are_exactly_at_the_limits_that_are_cut(result: Pooled) -> None:
    layout = forest(result, view=View(axis=(0.0, 0.62), prediction_as="none")).layout
    spans = [row.span for row in layout.rows if row.kind != "counts" and row.span]
    cut = sum(high > 0.62 for _, _, high in spans)
    assert len(roles(layout.page, "arrow")) == cut > 2


def test_lines_stand_at_their_values_and_are_named(result: Pooled) -> None:
    layout = forest(result, view=View(references=(0.3, 0.55))).layout
    at = sorted(stroke.points[0][0] for stroke in layout.page.strokes)
    assert at == pytest.approx([layout.x(0.3), layout.x(0.55)])
    assert "Dotted lines: 30 % and 55 %." in said(layout.page)


@pytest.mark.parametrize(
    ("kind", "shown"),
    [("bar", (1, 0, 0)), ("density", (1, 1, 0)), ("shade", (0, 0, 1)), ("none", (0, 0, 0))],
)
def test_the_prediction_interval_in_each_form(kind: str, shown: tuple[int, int, int], result: Pooled) -> None:
    layout = forest(result, view=View(prediction_as=kind)).layout
    assert_placed(layout)
    assert tuple(len(roles(layout.page, role)) for role in ("prediction", "density", "band")) == shown
    assert sum(row.kind == "prediction" for row in layout.rows) == (kind != "none")


def test_none_leaves_no_trace_of_the_prediction_interval() -> None:
    wide = pooled(Counts([0, 9, 1, 8, 0, 9], [10, 10, 10, 9, 12, 9]))
    assert any(note.code == "prediction-wide" for note in wide.notes)
    text = said(forest(wide, view=View(prediction_as="none")).layout.page)
    assert "rediction" not in text and "next study" not in text


def test_the_shade_reaches_from_limit_to_limit_through_all_rows(result: Pooled) -> None:
    layout = forest(result, view=View(prediction_as="shade")).layout
    assert result.pi is not None
    (band,) = roles(layout.page, "band")
    xs, ys = zip(*band.points, strict=True)
    assert (min(xs), max(xs)) == pytest.approx((layout.x(result.pi.lower), layout.x(result.pi.upper)))
    assert all(min(ys) < y < max(ys) for y in layout.row_y if y is not None)


@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial", "inverse-variance"])
def test_the_density_holds_what_the_interval_says(name: str) -> None:
    found = pooled(COUNTS, name)
    density = predictive_density(found, points=4001)
    assert density is not None and found.pi is not None
    p, d = density
    inside = (p >= found.pi.lower) & (p <= found.pi.upper)
    # The trapezoid on 4001 points of a smooth density, and the ends of the interval between two of them.
    assert np.trapezoid(d[inside], p[inside]) == pytest.approx(0.95, abs=2e-3)


def test_a_density_that_nobody_knows_is_refused() -> None:
    found = pool(COUNTS, model("inverse-variance", measure="PAS"))
    assert isinstance(found, Pooled) and predictive_density(found) is None
    with pytest.raises(UsageError, match="as a bar or a shade"):
        forest(found, view=View(prediction_as="density"))


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"scale": "permille"}, "per-1000"),
        ({"prediction_as": "curve"}, "density"),
        ({"axis": (0.5, 0.2)}, "two ends"),
        ({"axis": (0.5,)}, "two ends"),
        ({"axis": ("a", "b")}, "no number"),
        ({"references": (-0.1,)}, "not possible"),
        ({"decimals": 9}, "0 to 6"),
        ({"decimals": 1.5}, "0 to 6"),
        ({"page_rows": 2}, "5 to 1000"),
    ],
)
def test_a_word_or_number_out_of_place_is_refused(options: dict[str, Any], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        View(**options)


@pytest.mark.parametrize(
    ("view", "says"),
    [(View(axis=(0.0, 2.0)), "proportions at 1"), (View(axis=(0.0, 0.4), references=(0.5,)), "beyond the axis")],
)
def test_an_axis_that_can_not_be_is_refused(view: View, says: str, result: Pooled) -> None:
    with pytest.raises(UsageError, match=says):
        forest(result, view=view)


@pytest.mark.parametrize(
    ("width", "says"), [("wide", "column, two-columns, page"), ("12", "60 to 1000"), (5000.0, "60 to 1000")]
)
def test_a_width_that_can_not_be_is_refused(width: str | float, says: str, result: Pooled) -> None:
    with pytest.raises(UsageError, match=says):
        forest(result, width=width)


def rates(events: list[int], time: list[float]) -> PooledRate:
    found = pool(Rates(events, time, unit="relapse", time_unit="patient-year"))
    assert isinstance(found, PooledRate)
    return found


def test_rates_are_drawn_on_an_axis_of_their_own() -> None:
    found = rates([1, 2, 3, 0, 9], [10, 20.5, 30, 4, 51])
    layout = forest(found).layout
    assert_placed(layout)
    assert {"Time", "20.5", "0.098", "Relapses per patient-year"} <= set(words(layout.page))
    marks = [centre(shape)[0] for shape in roles(layout.page, "study")]
    assert marks == pytest.approx([layout.x(study.estimate) for study in found.studies])
    assert max(study.estimate for study in found.studies) < layout.axes[0].high


def test_rates_per_thousand() -> None:
    layout = forest(rates([1, 2, 3, 0, 9], [10, 20.5, 30, 4, 51]), view=View(scale="per-1000", decimals=1)).layout
    assert {"97.6", "Relapses per 1000 patient-years"} <= set(words(layout.page))


@pytest.mark.parametrize(("events", "time"), [([0, 0, 0], [10.0, 20.5, 3.0]), ([1, 2], [10.0, 20.5]), ([3], [10.0])])
def test_extreme_rates_are_drawn(events: list[int], time: list[float]) -> None:
    layout = forest(rates(events, time)).layout
    assert_placed(layout)
    assert len(roles(layout.page, "study")) == len(events)


def test_a_prediction_interval_that_is_the_narrower_one_is_explained_where_it_is_drawn() -> None:
    result = pool(Counts([3, 5, 8], [10, 15, 26]))
    drawn = " ".join(text.text for text in forest(result).layout.page.texts)
    assert "(bayes-predictive) is that of the Bayesian model" in drawn and "does not contradict" in drawn
    hidden = " ".join(text.text for text in forest(result, view=View(prediction_as="none")).layout.page.texts)
    assert "bayes-predictive" not in hidden
