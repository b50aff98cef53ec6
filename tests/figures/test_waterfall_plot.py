"""The waterfall: every step at its place, raising and lowering told apart without colour, nothing lost on any width."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from evidence.figures import FIGURES, STYLES
from evidence.figures.waterfall_plot import layout_waterfall
from evidence.updates.explained import Explained, paragraph, points
from tests.figures.looking import assert_whole
from tests.updates.test_explained import end
from tests.updates.test_steps import explained

BANNER = "Synthetic: for no decision, and this sentence stands on every output."
MANY = tuple(0.004 * (i % 7 - 3) for i in range(40))


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [257.0, 174.0, 84.0])
@pytest.mark.parametrize("moved", [(0.02, -0.05, 0.01), MANY])
def test_every_step_stands_at_its_place(style: str, width: float, moved: tuple[float, ...]) -> None:
    change = replace(explained(*moved), banner=BANNER)
    layout = layout_waterfall(change, replace(STYLES[style], width_mm=width))
    assert_whole(layout.page)
    assert layout.plot is not None and len(layout.row_y) == len(layout.steps) + 2
    assert layout.plot.right - layout.plot.left > 40, "an axis that can be read"
    bars = [shape for shape in layout.page.shapes if shape.role in ("raises", "lowers")]
    assert len(bars) == len(layout.steps)
    for bar, step, y in zip(bars, layout.steps, layout.row_y[1:], strict=False):
        assert bar.role == ("raises" if step.end >= step.start else "lowers")
        assert bar.points[0][0] == pytest.approx(layout.plot.at_x(step.start), abs=1e-9)
        assert bar.points[2] == pytest.approx((layout.plot.at_x(step.end), y), abs=1e-9)
    assert change.parts is not None
    ends = [sum(x for x, _ in shape.points) / 4 for shape in layout.page.shapes if shape.role == "pooled"]
    assert ends == pytest.approx([layout.plot.at_x(change.parts.before), layout.plot.at_x(change.parts.after)])
    assert BANNER.split(",")[0] in " ".join(text.text for text in layout.page.texts)


def test_on_a_narrow_page_words_stand_above_the_bars_and_nothing_runs_through_them() -> None:
    layout = layout_waterfall(explained(0.02, -0.05, 0.01), replace(STYLES["default"], width_mm=84.0))
    rooms = [shape.points for shape in layout.page.shapes if shape.role == "room"]
    bars = [shape for shape in layout.page.shapes if shape.role in ("raises", "lowers", "pooled")]
    for bar in bars:
        left, right = min(x for x, _ in bar.points), max(x for x, _ in bar.points)
        top, bottom = min(y for _, y in bar.points), max(y for _, y in bar.points)
        for room in rooms:
            beside = room[1][0] <= left or room[0][0] >= right
            assert beside or room[0][1] >= bottom or room[2][1] <= top
    words = [text for text in layout.page.texts if text.text in ("N00", "N01", "N02")]
    assert [text.y < y for text, y in zip(words, layout.row_y[1:], strict=False)] == [True] * 3
    assert not [shape for shape in layout_waterfall(explained(0.02)).page.shapes if shape.role == "room"]


def test_raising_and_lowering_are_told_apart_without_colour() -> None:
    layout = layout_waterfall(explained(0.02, -0.05))
    fills = {shape.role: shape.fill for shape in layout.page.shapes}
    assert fills["lowers"] == "white" != fills["raises"]
    words = {text.text for text in layout.page.texts}
    assert {"raises the proportion", "lowers it", "+2.0", "-5.0"} <= words
    assert "lowers it" not in {text.text for text in layout_waterfall(explained(0.02)).page.texts}


def test_it_is_told_in_words() -> None:
    layout = layout_waterfall(explained(0.02, -0.05))
    assert "Healed: from v1 to now. Version v1: 50.0 %. N01: -5.0 points. N00: +2.0 points. Now: 47.0 %." in layout.alt
    assert [points(step.change) for step in layout.steps] == ["-5.0", "+2.0"]


def test_without_a_decomposition_the_words_stand_in() -> None:
    before = end("v1", ("a", 0, 1), value=None, reason="One study: nothing is pooled.")
    change = Explained("healed", before, end("now", ("a", 3, 9)))
    figure = FIGURES["waterfall"].draw(change, "default", {})
    assert figure.alt == paragraph(change) and figure.layout.plot is None
    assert_whole(figure.layout.page)
    first = replace(change, before=None)
    assert "there is no earlier version" in layout_waterfall(first, replace(STYLES["default"], width_mm=84.0)).alt


def test_nothing_changed() -> None:
    layout = layout_waterfall(explained())
    assert_whole(layout.page)
    assert layout.steps == () and "Neither counts nor method changed." in {text.text for text in layout.page.texts}


def test_an_axis_that_is_cut_says_so_in_ticks_without_needless_digits() -> None:
    narrow = layout_waterfall(explained(0.02, -0.05, 0.01), replace(STYLES["default"], width_mm=84.0))
    words = {text.text for text in narrow.page.texts}
    assert "The axis does not begin at 0." in words
    assert not any(re.fullmatch(r"\d+\.0", text) for text in words)
    whole = layout_waterfall(explained(-0.45, 0.44, 0.43))
    assert "The axis does not begin at 0." not in {text.text for text in whole.page.texts}


def test_a_short_bar_is_a_bar_and_no_triangle() -> None:
    layout = layout_waterfall(explained(0.2, -0.002), replace(STYLES["default"], width_mm=84.0))
    for bar in (shape for shape in layout.page.shapes if shape.role in ("raises", "lowers")):
        (start, _), (neck, _), (tip, _), *_ = bar.points
        assert abs(neck - start) >= 0.5 * abs(tip - start) - 1e-9
