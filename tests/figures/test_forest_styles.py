"""The looks of journals: wording, decimal marks, brackets, columns; and that grey is enough."""

from __future__ import annotations

import re

import pytest

from evidence.counts import Counts
from evidence.figures import STYLES, forest
from evidence.figures.style import compact, of_width, style_named
from tests.figures.forests import assert_placed, grouped, pooled, said, words

COUNTS = Counts([3, 6, 10, 1, 9], [11, 17, 21, 6, 10], ["Ada", "Bo", "Cy", "Di", "Ed"])


@pytest.mark.parametrize(
    ("style", "cells"),
    [
        ("default", {"Study", "Events/n", "27", "6 to 61", "95 % CI", "20.5 %"}),
        ("jama", {"Source", "No./total No.", "27 (6-61)", "90 (55 to >99)", "20.5%"}),
        ("revman5", {"Events", "Total", "Weight", "0.27 [0.06, 0.61]", "[0.07, 0.87]"}),
        ("bmj", {"No with", "event/total", "27 (6 to 61)", "(95% CI)"}),
        ("lancet", {"n/N", "27·3 (6·0–61·0)", "20·5%", "29 of 65 patients (44·6%)."}),
    ],
)
def test_each_journal_has_its_wording(style: str, cells: set[str]) -> None:
    layout = forest(pooled(COUNTS, "inverse-variance"), style=style).layout
    assert_placed(layout)
    assert cells <= set(words(layout.page))


def test_the_lancet_has_no_decimal_point_in_its_numbers() -> None:
    text = said(forest(pooled(COUNTS, "inverse-variance"), style="lancet").layout.page)
    assert not re.search(r"\d\.\d", text) and re.search(r"p 0·\d", text)


@pytest.mark.parametrize("style", STYLES)
def test_groups_are_drawn_in_every_style(style: str) -> None:
    assert_placed(forest(grouped(), ["route"], style=style).layout)


def grey(colour: str) -> float:
    """Luminance from 0 to 1 (Rec. 709), as a copier sees it."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), parts, strict=True))


@pytest.mark.parametrize("name", STYLES)
def test_marks_are_dark_and_the_prediction_interval_is_light_in_grey(name: str) -> None:
    style = STYLES[name]
    assert max(grey(style.study), grey(style.pooled), grey(style.ink), grey(style.muted)) < 0.45
    assert 0.5 < grey(style.prediction) < 0.9 and grey(style.faint) > 0.8
    assert style.stripe is None or grey(style.stripe) > 0.9


def test_narrow_pages_have_letters_that_journals_still_take() -> None:
    narrow = of_width(style_named("default"), 84.0)
    # 6 points are the least that common instructions to authors allow.
    assert (narrow.width_mm, narrow.note_pt, narrow.font_pt) == (84.0, 6.0, 6.5)
    assert of_width(style_named("default"), 174.0) == style_named("default")
    assert compact(style_named("jama"), 4.0).stripe == style_named("jama").stripe
