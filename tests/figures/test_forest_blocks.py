"""Lights and stacked bars beside the rows: told apart in grey, nothing drawn for what nobody judged or read."""

from __future__ import annotations

import pytest

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.figures import STYLES, View, forest
from evidence.figures.forest_blocks import LIGHTS
from evidence.response_extents import Response, Responses
from tests.figures.forests import assert_placed, pooled, roles, said, words

COUNTS = Counts([3, 6, 0, 1], [10, 8, 4, 6], ["Ada", "Bo", "Cy", "Di"])
ADA, BO, CY, DI = COUNTS.studies
JUDGED = {
    ADA: {"Criteria clear": "low", "Complete": "high"},
    BO: {"Criteria clear": "some", "Complete": "unclear"},
    CY: {"Criteria clear": "low"},
}
EXTENTS = Responses(
    "Any response",
    "patient",
    {"complete": "Remission", "partial": "Partial", "response-unread": "Response, extent not read", "none": "None"},
    (
        Response("Ada", "Ada", ADA, 10, (("complete", 2), ("partial", 1), ("none", 7))),
        Response("Bo", "Bo", BO, 8, (("response-unread", 6), ("none", 2))),
        Response("Cy", "Cy", CY, 4, (("none", 4),)),
    ),
)


@pytest.mark.parametrize("style", STYLES)
def test_blocks_fit_beside_the_axis(style: str) -> None:
    assert_placed(forest(pooled(COUNTS), style=style, view=View(lights=JUDGED, responses=EXTENTS)).layout)


def test_each_judgement_has_its_symbol_in_its_row() -> None:
    layout = forest(pooled(COUNTS), view=View(lights=JUDGED)).layout
    y = {row.label: at for row, at in zip(layout.rows, layout.row_y, strict=True) if row.kind == "study"}
    symbols = {text.text: text.y for text in layout.page.texts if text.align == "center" and text.text in "+−×?"}
    for label, symbol in (("Ada", "×"), ("Bo", "−"), ("Bo", "?")):
        at = y[label]
        assert at is not None and symbols[symbol] == pytest.approx(at, abs=1.0)
    assert len(roles(layout.page, "light-low")) == 2 and len(roles(layout.page, "light-high")) == 1


def test_what_nobody_judged_is_open_and_said() -> None:
    layout = forest(pooled(COUNTS), view=View(lights=JUDGED)).layout
    # Cy lacks one item, Di both.
    assert len(roles(layout.page, "light-none")) == 3
    assert "open circle: not judged yet" in said(layout.page)
    whole = {study: {"Complete": "low"} for study in COUNTS.studies}
    assert "not judged yet" not in said(forest(pooled(COUNTS), view=View(lights=whole)).layout.page)


def test_letters_stand_for_the_items() -> None:
    text = said(forest(pooled(COUNTS), view=View(lights=JUDGED)).layout.page)
    assert "Risk of bias: A Criteria clear; B Complete." in text
    assert all(f"{symbol} {name}" in text for symbol, _, _, name in LIGHTS.values())


def test_an_unknown_judgement_lists_the_known_ones() -> None:
    with pytest.raises(UsageError, match="low, some, high, unclear"):
        forest(pooled(COUNTS), view=View(lights={ADA: {"Complete": "bad"}}))
    with pytest.raises(UsageError, match="0 items"):
        forest(pooled(COUNTS), view=View(lights={}))


def test_bars_are_as_wide_as_their_shares() -> None:
    layout = forest(pooled(COUNTS), view=View(responses=EXTENTS)).layout
    widths = [shape.points[1][0] - shape.points[0][0] for shape in roles(layout.page, "stack")]
    whole = widths[-1]
    assert widths == pytest.approx([whole * share for share in (0.2, 0.1, 0.7, 0.75, 0.25, 1.0)])


def test_what_nobody_read_is_hatched_and_an_arm_without_a_count_has_no_bar() -> None:
    layout = forest(pooled(COUNTS), view=View(responses=EXTENTS)).layout
    (unread,) = [s for s in roles(layout.page, "stack") if s.points[1][0] - s.points[0][0] == pytest.approx(25.5)]
    (x0, y0), (x1, _), (_, y1), _ = unread.points
    hatches = [s for s in roles(layout.page, "hatch") if all(y0 - 1e-6 <= y <= y1 + 1e-6 for _, y in s.points)]
    assert len(hatches) > 10
    assert all(x0 - 1e-6 <= x <= x1 + 1e-6 for shape in hatches for x, _ in shape.points)
    assert "1 arm has no count of it." in said(layout.page)


def test_the_key_names_the_extents_that_occur() -> None:
    cells = words(forest(pooled(COUNTS), view=View(responses=EXTENTS)).layout.page)
    assert {"Remission", "Partial", "Response, extent not read", "None"} <= set(cells)
    assert len(roles(forest(pooled(COUNTS), view=View(responses=EXTENTS)).layout.page, "key")) == 4
