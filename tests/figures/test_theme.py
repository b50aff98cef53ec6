"""Colours of seaborn's palettes on paper."""

from __future__ import annotations

import pytest
import seaborn as sns

from evidence.errors import UsageError
from evidence.figures import STYLES, style_named, with_palette
from evidence.figures.theme import CONTRAST, contrast_with_white, dark_enough


def parts(colour: str) -> list[int]:
    return [int(colour[i : i + 2], 16) for i in (1, 3, 5)]


def test_the_first_colours_are_those_of_the_palette() -> None:
    style = with_palette("jama", "colorblind")
    blue, orange, *_ = sns.color_palette("colorblind").as_hex()
    assert style.study == blue and parts(style.pooled) <= parts(str(orange))
    assert (style.ink, style.stripe, style.width_mm) == (STYLES["jama"].ink, STYLES["jama"].stripe, 174.0)


@pytest.mark.parametrize("name", ["colorblind", "pastel", "Set3", "viridis", "husl", "ch:s=.25,rot=-.25"])
def test_marks_can_be_seen_on_white(name: str) -> None:
    style = with_palette("default", name)
    for colour in (style.study, style.pooled, *style.series):
        assert contrast_with_white(parts(colour)) >= CONTRAST, colour


@pytest.mark.parametrize("style", STYLES)
def test_so_can_those_of_our_own(style: str) -> None:
    look = style_named(style)
    for colour in (look.study, look.pooled, look.accent, look.muted, *look.series):
        assert contrast_with_white(parts(colour)) >= CONTRAST, colour


def test_contrast_is_that_of_the_standard() -> None:
    # WCAG 2.1: black on white 21, white on white 1; #767676 is the lightest grey with 4.5, to its two digits.
    assert contrast_with_white([0, 0, 0]) == pytest.approx(21.0)
    assert contrast_with_white([255, 255, 255]) == pytest.approx(1.0)
    assert contrast_with_white([0x76] * 3) == pytest.approx(4.54, abs=0.005)
    assert dark_enough("#123456") == "#123456" and dark_enough("#ffff00") < "#ffff00"


def test_an_unknown_palette_has_a_mend() -> None:
    with pytest.raises(UsageError, match="no palette of seaborn") as caught:
        with_palette("default", "colourblind")
    assert "colorblind" in caught.value.problems[0].mend
