"""The flow diagram: every number in its box, arrows from box to box, nothing made up, at both widths."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from evidence.figures import STYLES, style_named
from evidence.figures.boxes import PlacedBox
from evidence.figures.prisma import PrismaLayout, prisma_flow
from evidence.figures.prisma_words import HELD
from evidence.review.review import Review, read_review
from tests.figures.looking import assert_whole

TEMPLATE = Path(__file__).parents[3] / "shared" / "corpora" / "prisma" / "PRISMA.csv"
WIDTHS = (174.0, 84.0)


@pytest.fixture(scope="module")
def synthetic(calcinosis: Path) -> Review:
    return read_review(calcinosis.parent / "synthetic-example")


@pytest.fixture(scope="module")
def seed(calcinosis: Path, tmp_path_factory: pytest.TempPathFactory) -> Review:
    """The first review, as if it had no earlier version."""
    return replace(read_review(calcinosis), path=tmp_path_factory.mktemp("no-versions"))


def layout(review: Review, width: float = 174.0, style: str = "default") -> PrismaLayout:
    return prisma_flow(review, style=replace(style_named(style), width_mm=width)).layout


def said(box: PlacedBox) -> str:
    return " ".join(line for _, line in box.lines).replace(HELD, " ")


def boxes(found: PrismaLayout) -> list[str]:
    return [said(box) for box in found.boxes]


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("width", WIDTHS)
def test_nothing_is_clipped_and_no_words_touch(seed: Review, synthetic: Review, width: float, style: str) -> None:
    for review in (seed, synthetic):
        found = layout(review, width, style)
        assert_whole(found.page)
        assert_apart(found)
        banner = [shape for shape in found.page.shapes if shape.role == "banner"]
        assert len(banner) == 1


def assert_apart(found: PrismaLayout) -> None:
    """No two boxes over each other, every line of text inside its box, every arrow ends at a box."""
    for i, a in enumerate(found.boxes):
        for b in found.boxes[i + 1 :]:
            assert min(a.right, b.right) <= max(a.left, b.left) or min(a.bottom, b.bottom) <= max(a.top, b.top)
    tips = [shape.points[0] for shape in found.page.shapes if shape.role == "arrow"]
    for x, y in tips:
        upon = [box for box in found.boxes if box.left <= x <= box.right and abs(y - box.top) < 1e-6]
        beside = [box for box in found.boxes if box.top <= y <= box.bottom and abs(x - box.left) < 1e-6]
        assert upon or beside, (x, y)
    for line in found.page.lines:
        middle = ((line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2)
        inside = [b for b in found.boxes if b.left < middle[0] < b.right and b.top < middle[1] < b.bottom]
        assert not inside, middle


@pytest.mark.parametrize("width", WIDTHS)
def test_the_seed_says_what_was_not_searched_and_not_recorded(seed: Review, width: float) -> None:
    found = layout(seed, width)
    told = boxes(found)
    assert told[:4] == [
        "Identification of studies via databases and registers",
        *(
            ["Identification of studies via other methods", "No database or register was searched"]
            if width > 100
            else ["No database or register was searched", "Identification of studies via other methods"]
        ),
        told[3],
    ]
    assert "web index of public pages (n not recorded, 68 screened)" in told[3]
    assert told[4] == "Records screened (n = 69)"
    assert told[5].startswith("Records excluded (n = 23) Review or commentary") and "(n = 10)" in told[5]
    assert told[6:10] == [
        "Reports sought for retrieval (n = 46)",
        "Reports not retrieved (n = 15) awaiting classification (n = 15)",
        "Reports assessed for eligibility (n = 31)",
        "Reports excluded (n = 1) No outcome reported (n = 1)",
    ]
    assert told[10] == (
        "Studies included in review (n = 23) Reports of included studies (n = 30) Arms (n = 23) Patients treated"
        " (n = 110) Patients described one by one (n = 18)"
    )
    assert any("keep a search log, searches.csv" in note for note in found.diagram.footnotes)
    assert found.diagram.total is None and found.diagram.previous is None


@pytest.mark.parametrize("width", WIDTHS)
def test_an_update_has_the_previous_studies_the_new_ones_and_all(synthetic: Review, width: float) -> None:
    found = layout(synthetic, width)
    told = boxes(found)
    flow = synthetic.flow
    assert flow.previous is not None
    for start, part in (
        ("Studies included in previous version of review", flow.previous),
        ("New studies included in review", flow.new),
        ("Total studies included in review", flow.included),
    ):
        (box,) = [one for one in told if one.startswith(start)]
        assert f"(n = {part.studies})" in box and f"(n = {part.reports})" in box
        assert f"Patients treated (n = {part.treated})" in box
    assert "not recorded" not in " ".join(told) and not found.diagram.warnings
    # Every box but the titles and the last is left or reached by an arrow: steps, those beside, and the three gathered.
    arrows = sum(shape.role == "arrow" for shape in found.page.shapes)
    beside = sum(len(step.beside) for way in found.diagram.columns for step in way.steps)
    steps = sum(len(way.steps) - 1 for way in found.diagram.columns)
    assert arrows == beside + steps + len(found.diagram.columns) + 2


@pytest.mark.parametrize("width", WIDTHS)
def test_a_frozen_version_fills_the_box_of_the_previous_studies(calcinosis: Path, width: float) -> None:
    found = layout(read_review(calcinosis), width)
    assert_whole(found.page)
    assert_apart(found)
    told = boxes(found)
    assert "Previous studies" in told
    (before,) = [one for one in told if one.startswith("Studies included in previous version of review (n = 12)")]
    (new,) = [one for one in told if one.startswith("New studies included in review (n = 11)")]
    (total,) = [one for one in told if one.startswith("Total studies included in review (n = 23)")]
    assert "Patients treated (n = 17)" in before and "(n = 93)" in new and "(n = 110)" in total
    assert "Records screened (n = 39)" in told
    assert found.diagram.footnotes[0].startswith("Previous version: end-of-2021. Rebuilt from later tables:")


def test_boxes_grow_with_their_text(seed: Review) -> None:
    words = dict(seed.settings.vocabulary)
    words["screening", "reason"] = dict.fromkeys(words["screening", "reason"], "a reason in many words " * 12)
    longer = replace(seed, settings=replace(seed.settings, vocabulary=words))
    for width in WIDTHS:
        found = layout(longer, width)
        assert_whole(found.page)
        assert_apart(found)
        assert found.page.height > layout(seed, width).page.height + 20


def test_numbers_that_do_not_add_up_are_said_on_the_page(synthetic: Review) -> None:
    searches = synthetic.tables["searches"].copy()
    searches["records"] = searches["records"] + 1
    broken = replace(synthetic, tables={**synthetic.tables, "searches": searches})
    words = " ".join(text.text for text in layout(broken).page.texts)
    assert "Does not add up (databases and registers):" in words and "Does not add up (other methods):" in words
    assert "Does not add up" in layout(broken).alt


def test_a_stage_that_is_not_recorded_is_no_number(seed: Review) -> None:
    screening = seed.tables["screening"].copy()
    screening["stage"] = screening["stage"].where(screening["decision"] != "excluded")
    found = layout(replace(seed, tables={**seed.tables, "screening": screening}))
    assert_whole(found.page)
    told = " | ".join(boxes(found))
    assert "Reports sought for retrieval, reports assessed for eligibility (n not recorded)" in told
    assert "Records or reports, stage not recorded, excluded (n = 24)" in told
    assert any("Stage not recorded of 24 records" in note for note in found.diagram.footnotes)


def test_records_excluded_by_their_abstracts_need_no_reason(seed: Review) -> None:
    screening = seed.tables["screening"].copy()
    early = (screening["stage"] == "title_abstract") & (screening["decision"] == "excluded")
    assert early.any()
    screening["reason"] = screening["reason"].where(~early)
    told = boxes(layout(replace(seed, tables={**seed.tables, "screening": screening})))
    assert f"Records excluded (n = {early.sum()})" in told
    assert not any("o reason given" in words for words in told)


def test_many_sources_are_counted_when_they_are_too_many_to_name(seed: Review) -> None:
    screening = seed.tables["screening"].copy()
    screening["source"] = [f"source {i}" for i in range(len(screening))]
    told = boxes(layout(replace(seed, tables={**seed.tables, "screening": screening})))
    assert "source 7 (n not recorded, 1 screened) and 61 further sources" in told[3] and "source 8 " not in told[3]


def test_the_words_are_text_in_the_file_and_the_alt_text_has_every_number(synthetic: Review) -> None:
    figure = prisma_flow(synthetic)
    root = ElementTree.fromstring(figure.to_svg())
    words = ["".join(node.itertext()) for node in root.iter("{http://www.w3.org/2000/svg}text")]
    for box in figure.layout.boxes:
        assert all(line in words for _, line in box.lines)
        assert said(box).split(" (n")[0].split(":")[0] in figure.alt
    assert figure.to_svg() == prisma_flow(synthetic).to_svg()


def test_every_box_of_the_template_has_its_words(synthetic: Review) -> None:
    """The boxes of PRISMA 2020, as another program's template names them; those of a meta-analysis are not drawn."""
    if not TEMPLATE.is_file():
        pytest.skip("no folder ../shared/corpora/prisma beside the clone")
    with TEMPLATE.open(encoding="utf-8", newline="") as file:
        names = [row["boxtext"].rstrip(":") for row in csv.DictReader(file)]
    told = " ".join(boxes(layout(synthetic))) + " " + " ".join(text.text for text in layout(synthetic).page.texts)
    #: Specific databases and registers are named; the synthetic review asked no organisation.
    elsewhere = {"Specific Databases", "Specific Registers", "Organisations"}
    assert not [
        name
        for name in names
        if name.casefold() not in told.casefold() and name not in elsewhere and "meta-analysis" not in name
    ]
