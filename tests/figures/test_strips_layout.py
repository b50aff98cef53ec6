"""Strips: every value at its place on its own axis, what lies beyond a threshold marked, nothing lost on any width."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.counts import Counts
from evidence.figures import STYLES, answer_figure
from evidence.figures.strips_layout import PlacedStrips
from evidence.pooling import model
from evidence.sensitivity.influence import influence
from evidence.sensitivity.pictures import Strip
from tests.figures.looking import assert_whole
from tests.figures.results import DATA, words


@pytest.mark.parametrize(
    ("name", "style", "width"), [("23", "default", 174.0), ("80", "default", 84.0), ("three", "jama", 84.0)]
)
def test_every_value_stands_at_its_place(name: str, style: str, width: float) -> None:
    answer = influence(DATA[name], model("inverse-variance"))
    layout = answer_figure(answer, style=replace(STYLES[style], width_mm=width)).layout
    assert_whole(layout.page)
    (part,) = layout.parts
    assert isinstance(part, PlacedStrips) and len(part.strips) == 6
    marks = [shape for shape in layout.page.shapes if shape.role in ("point", "flagged")]
    wanted = [
        (plot.at_x(value), y, strip.beyond(i))
        for strip, plot, rows in zip(part.strips, part.plots, part.y, strict=True)
        for i, (value, y) in enumerate(zip(strip.values, rows, strict=True))
        if value is not None
    ]
    assert len(marks) == len(wanted) == 6 * DATA[name].k
    for shape, (x, y, out) in zip(marks, wanted, strict=True):
        middle = [sum(corner[i] for corner in shape.points) / len(shape.points) for i in (0, 1)]
        assert middle == pytest.approx([x, y], abs=1e-6) and (shape.role == "flagged") == out
    tiers = {plot.top for plot in part.plots}
    assert len(tiers) == (1 if width > 100 else 3)


def test_what_is_flagged_is_bold_and_beyond_its_threshold() -> None:
    answer = influence(DATA["23"], model("inverse-variance"))
    layout = answer_figure(answer).layout
    bold = {text.text for text in layout.page.texts if text.bold}
    beyond = {
        study for i, study in enumerate(answer.studies) if any(strip.beyond(i) for strip in answer.picture().strips)
    }
    assert beyond >= {study for study, why in zip(answer.studies, answer.reasons, strict=True) if why}
    assert {study for study in answer.studies if study in bold} == beyond


def test_a_model_without_weights_shows_the_result_without_each_study() -> None:
    strips = influence(DATA["three"], model("beta-binomial", limits="wald")).picture().strips
    assert [strip.title for strip in strips][-1] == "result without, %" and strips[-1].proportion
    assert "hat value" not in [strip.title for strip in strips]


def test_a_deletion_on_a_boundary_is_at_the_edge_and_says_so() -> None:
    from evidence.counts import Counts

    layout = answer_figure(influence(Counts([0, 0, 3, 0], [4, 5, 9, 6]), model("inverse-variance"))).layout
    missing = [shape for shape in layout.page.shapes if shape.role == "missing"]
    assert len(missing) == 5 and "without it no events are left" in words(layout.page)


@pytest.mark.parametrize(
    ("thresholds", "beyond"),
    [((), [False, False, False]), ((0.5,), [False, False, True]), ((-0.5, 0.5), [True, False, True])],
)
def test_beyond_a_threshold(thresholds: tuple[float, ...], beyond: list[bool]) -> None:
    strip = Strip("x", (-1.0, 0.2, 1.0, None), 0.0, thresholds)
    assert [strip.beyond(i) for i in range(3)] == beyond and not strip.beyond(3)


def test_an_axis_of_what_cannot_be_negative_begins_at_0() -> None:
    layout = answer_figure(influence(Counts([3, 5, 8], [10, 15, 26]), model("logistic-normal"))).layout
    (part,) = layout.parts
    assert isinstance(part, PlacedStrips)
    of = {strip.title: plot.x for strip, plot in zip(part.strips, part.plots, strict=True)}
    assert of["tau without"].low == 0 and of["Cook's distance"].low == 0
    assert of["DFFITS"].low < 0
