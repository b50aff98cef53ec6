"""Lights and bars: each judgement where it belongs, told apart in grey, words where nothing was judged."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.figures import STYLES, Figure, kind_named, style_named
from evidence.figures.lights import LIGHTS, MISSING
from evidence.figures.not_done import NotDone
from evidence.figures.page import Page
from evidence.figures.risk_of_bias import LightsLayout, risk_of_bias
from evidence.figures.risk_summary import BarsLayout, risk_of_bias_summary
from evidence.review.appraisal import judgements
from evidence.review.appraisal_tools import TOOLS
from evidence.review.review import Review, read_review
from tests.figures.looking import assert_whole
from tests.thirdreview import write_third_review

NAMES = ("risk-of-bias", "risk-of-bias-summary")
HEADER = "study_id,tool,item,rater,judgement,support,source_location\n"


@pytest.fixture(scope="module")
def synthetic(calcinosis: Path) -> Review:
    return read_review(calcinosis.parent / "synthetic-example")


@pytest.fixture(scope="module")
def few(tmp_path_factory: pytest.TempPathFactory) -> Review:
    """One study with every kind of judgement: a difference that is open, and items that nobody judged."""
    folder = write_third_review(tmp_path_factory.mktemp("bias") / "few")
    rows = [f"ada-2001,jbi-case-series,{i},A,{word},," for i, word in enumerate(("yes", "no", "unclear"), start=1)]
    rows += ["ada-2001,jbi-case-series,4,A,not_applicable,,", "ada-2001,jbi-case-series,1,B,no,,"]
    (folder / "appraisals.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return read_review(folder)


def lights(review: Review, width: float = 174.0, style: str = "default", tool: str = "") -> LightsLayout:
    found = risk_of_bias(review, style=replace(style_named(style), width_mm=width), tool=tool).layout
    assert isinstance(found, LightsLayout)
    return found


def bars(review: Review, width: float = 174.0, style: str = "default", tool: str = "") -> BarsLayout:
    found = risk_of_bias_summary(review, style=replace(style_named(style), width_mm=width), tool=tool).layout
    assert isinstance(found, BarsLayout)
    return found


def words(page: Page) -> str:
    return " ".join(text.text for text in page.texts).replace("\u00a0", " ")


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", [174.0, 84.0])
def test_nothing_is_clipped_and_no_words_touch(synthetic: Review, few: Review, width: float, style: str) -> None:
    for review in (synthetic, few):
        for found in (lights(review, width, style), bars(review, width, style)):
            assert_whole(found.page)
    assert sum(shape.role == "banner" for shape in lights(synthetic, width).page.shapes) == 1


@pytest.mark.parametrize("width", [174.0, 84.0])
def test_there_is_a_light_for_every_judgement_in_the_row_of_its_study(synthetic: Review, width: float) -> None:
    found = lights(synthetic, width)
    labels = {str(row["study_id"]): str(row["label"]) for row in synthetic.rows("studies")}
    expected = {
        (labels[study], code): judgement
        for study, codes in judgements(synthetic).items()
        for code, judgement in codes.items()
    }
    assert {(light.study, light.item): light.judgement for light in found.lights} == expected
    circles = [shape for shape in found.page.shapes if shape.role == "light"]
    used = {light.judgement for light in found.lights}
    assert len(circles) == len(expected) + len(used)  # the key has one of each
    for light, shape in zip(found.lights, circles, strict=False):
        assert shape.fill == LIGHTS[light.judgement].fill
        assert sum(x for x, _ in shape.points) / len(shape.points) == pytest.approx(light.x, abs=1e-9)
    rows = {light.study: light.y for light in found.lights}
    assert len(set(rows.values())) == len(rows) == 29
    heads = {text.text: text.x for text in found.page.texts if text.bold}
    assert all(light.x == pytest.approx(heads[light.item]) for light in found.lights)


def test_signs_are_in_the_circles_and_their_fills_differ_in_grey() -> None:
    greys = [grey(light.fill) for name, light in LIGHTS.items() if name in ("yes", "unclear", "no")]
    assert min(abs(a - b) for i, a in enumerate(greys) for b in greys[i + 1 :]) > 0.2
    assert len({light.sign for light in LIGHTS.values()}) == len(LIGHTS)
    # Contrast of sign and fill, WCAG: at least 4.5 to 1.
    for light in LIGHTS.values():
        dark, bright = sorted((luminance(light.ink), luminance(light.fill)))
        assert (bright + 0.05) / (dark + 0.05) >= 4.5, light


def grey(colour: str) -> float:
    """Lightness from 0 to 1, as print in grey shows it."""
    return math.pow(luminance(colour), 1 / 2.2)


def luminance(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_what_is_open_and_what_nobody_judged_have_signs_of_their_own(few: Review) -> None:
    found = lights(few)
    by_item = {light.item: light.judgement for light in found.lights}
    assert by_item == {"S1": "open", "S2": "no", "S3": "unclear", "S4": "not_applicable"} | dict.fromkeys(
        (f"S{i}" for i in range(5, 11)), MISSING
    )
    text = words(found.page)
    assert "raters differ, not settled" in text and "not judged" in text
    assert "Not appraised here, 4 of 5 studies:" in text
    assert "raters A and B alike before consensus, of 1 study" in text and "S1 0 % (0.00)" in text


def test_bars_are_shares_of_the_studies_and_add_up(synthetic: Review) -> None:
    found = bars(synthetic)
    settled = judgements(synthetic)
    for tool in TOOLS.values():
        total = sum(any(item.code in codes for item in tool.items) for codes in settled.values())
        for item in tool.items:
            parts = [part for part in found.parts if part.item == item.code]
            assert sum(part.studies for part in parts) == total
            for part in parts:
                amount = sum(codes.get(item.code) == part.judgement for codes in settled.values())
                assert (part.studies, part.of) == (amount, total)
                whole = parts[-1].right - parts[0].left
                assert (part.right - part.left) / whole == pytest.approx(amount / total, abs=1e-12)
    boxes = [shape for shape in found.page.shapes if shape.role == "part"]
    assert len(boxes) == len(found.parts)


@pytest.mark.parametrize("width", [174.0, 84.0])
def test_every_number_of_a_bar_is_written_in_it_or_below(synthetic: Review, width: float) -> None:
    found = bars(synthetic, width)
    text = words(found.page)
    for part in found.parts:
        short = f"{LIGHTS[part.judgement].sign} {part.studies}"
        assert short in text
    assert "Percent of 12 studies" in text


def test_each_study_counts_once_and_nothing_is_added_up(synthetic: Review) -> None:
    for found in (lights(synthetic), bars(synthetic)):
        text = words(found.page)
        assert "nothing is weighted or added up to a score" in text
        assert not any(word in text.casefold() for word in ("total score", "overall", "points"))


def test_one_tool_is_shown_on_request(synthetic: Review) -> None:
    assert {light.item[0] for light in lights(synthetic, tool="murad-2018").lights} == {"M"}
    assert {part.item[0] for part in bars(synthetic, tool="jbi-case-reports").parts} == {"R"}
    assert "Selection" in words(lights(synthetic, tool="murad-2018").page)
    for draw in (risk_of_bias, risk_of_bias_summary):
        with pytest.raises(UsageError, match="murad"):
            draw(synthetic, tool="murad")


@pytest.fixture(scope="module")
def seed(calcinosis: Path) -> Review:
    return read_review(calcinosis)


@pytest.mark.parametrize("name", NAMES)
def test_a_review_without_appraisals_is_told_how_to_add_them(seed: Review, name: str) -> None:
    for width in (174.0, 84.0):
        style = replace(style_named("default"), width_mm=width)
        figure: Figure[NotDone] = kind_named(name).draw(seed, style, {})
        assert_whole(figure.layout.page)
        text = words(figure.layout.page)
        assert "Not done yet: no study has been appraised." in text and "Seed: not a finished" in text
        assert all(column in text for column in HEADER.strip().split(","))
        assert "Not done yet" in figure.alt


@pytest.mark.parametrize("name", NAMES)
def test_a_tool_that_nobody_used_is_said(few: Review, name: str) -> None:
    figure = kind_named(name).draw(few, "default", {"tool": "murad-2018"})
    assert "no study has been appraised with murad-2018" in figure.alt


def test_the_alt_text_has_the_counts(synthetic: Review) -> None:
    for draw, says in ((risk_of_bias, "yes 8"), (risk_of_bias_summary, "yes 8 of 12")):
        alt = draw(synthetic).alt
        assert f"S1 Criteria for inclusion are clear: {says}" in alt


@pytest.mark.parametrize(("k", "widths"), [(80, (174.0,)), (200, (84.0,))])
def test_no_row_is_lost_when_there_are_many_with_long_labels(
    synthetic: Review, k: int, widths: tuple[float, ...]
) -> None:
    review = many(synthetic, k)
    for width in widths:
        found = lights(review, width)
        assert_whole(found.page)
        assert len(found.lights) == 8 * k
        gaps = sorted({round(light.y, 6) for light in found.lights})
        assert len(gaps) == k and min(b - a for a, b in pairwise(gaps)) > 2 * 1.75
    assert math.isclose(sum(part.studies for part in bars(review).parts), 8 * k)


def many(review: Review, k: int) -> Review:
    """As many case reports, all judged alike by one rater."""
    import pandas as pd

    studies = pd.concat([review.tables["studies"].iloc[:1]] * k, ignore_index=True)
    studies["study_id"] = [f"s{i}" for i in range(k)]
    studies["label"] = [f"Ångström-Größe & Ωmega {i}, report of a case with a long name" for i in range(k)]
    rows = pd.concat([review.tables["appraisals"].iloc[:1]] * (8 * k), ignore_index=True)
    rows["study_id"] = [f"s{i // 8}" for i in range(8 * k)]
    rows["tool"], rows["item"] = "jbi-case-reports", [i % 8 + 1 for i in range(8 * k)]
    return replace(review, tables={**review.tables, "studies": studies, "appraisals": rows})
