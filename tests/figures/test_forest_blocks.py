"""Lights and stacked bars beside the rows: told apart in grey, nothing drawn for what nobody judged or read."""

from __future__ import annotations

import pytest

from evidence.counts import Counts
from evidence.errors import UsageError
from evidence.figures import STYLES, View, forest
from evidence.figures.forest_layout import ForestLayout
from evidence.figures.lights import LEVELS, LIGHTS
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
    assert lights_of(layout) == {
        "Ada": ["+", "×"],
        "Bo": ["\u2212", "?"],
        "Cy": ["+", "–"],
        "Di": ["–", "–"],
    }
    # Only what was judged has a circle.
    assert len(roles(layout.page, "light")) == 5


def lights_of(layout: ForestLayout) -> dict[str, list[str]]:
    """Label -> signs in its row, from left to right."""
    signs = [light.sign for light in (*LEVELS.values(), *LIGHTS.values())]
    found = {}
    for row, y in zip(layout.rows, layout.row_y, strict=True):
        if row.kind == "study" and y is not None:
            there = [t for t in layout.page.texts if t.align == "center" and t.text in signs and abs(t.y - y) < 1.2]
            found[row.label] = [text.text for text in sorted(there, key=lambda text: text.x)]
    return found


def test_what_nobody_judged_is_said_only_where_it_is_so() -> None:
    assert "– not judged by these items." in said(forest(pooled(COUNTS), view=View(lights=JUDGED)).layout.page)
    whole = {study: {"Complete": "low"} for study in COUNTS.studies}
    assert "not judged" not in said(forest(pooled(COUNTS), view=View(lights=whole)).layout.page)


def test_letters_stand_for_the_items_and_items_of_known_tools_have_their_code_and_text() -> None:
    text = said(forest(pooled(COUNTS), view=View(lights=JUDGED)).layout.page)
    assert "Risk of bias: A Criteria clear; B Complete." in text
    assert "+ low, \u2212 some concerns, × high, ? unclear" in text
    known = said(forest(pooled(COUNTS), view=View(lights={ADA: {"S4": "yes", "S5": "not_applicable"}})).layout.page)
    assert "Risk of bias: S4 " in known and "; S5 " in known and ". + yes, n/a not applicable" in known


@pytest.mark.parametrize(
    ("lights", "says"),
    [
        ({ADA: {"Complete": "bad"}}, "low, some, high, yes, unclear"),
        ({}, "0 items"),
        ({ADA: {str(i): "low" for i in range(27)}}, "27 items"),
        ({ADA: {"A": "low", "B": "no"}}, "two kinds of tools"),
    ],
)
def test_lights_that_can_not_be_drawn_are_refused(lights: dict[str, dict[str, str]], says: str) -> None:
    with pytest.raises(UsageError, match=says):
        forest(pooled(COUNTS), view=View(lights=lights))


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
