"""The built page in a real browser: nothing asked for, nothing broken, readable on a phone and in print."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence.figures.text import MM_PER_POINT, SLACK, width_mm
from tests.pages.conftest import OPEN, build_page, watch
from tests.short_list import short_list

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

#: Questions whose answers have figures of every kind (rows, panels, lines, points), tables, notes, or none of them.
KINDS = ("missing-outcomes", "report-size", "size-covariate", "influence", "overlap", "harms-silence", "patients")

SCREEN: ViewportSize = {"width": 1280, "height": 900}


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the report of the first review with a question of every kind, built now."""
    return build_page(short_list("sts-calcinosis-cutis", KINDS), tmp_path_factory.mktemp("reports"))


@pytest.fixture(scope="module")
def loaded(browser: Browser, report: Path) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page, what it asked for, and what it complained of."""
    watched = watch(browser, (report / "index.html").as_uri())
    page, requests, complaints = watched.page, watched.requests, watched.complaints
    page.evaluate("document.querySelectorAll('details[open]').forEach(d => d.dataset.open = '')")
    yield page, requests, complaints
    page.close()


@pytest.fixture
def opened(loaded: tuple[Page, list[str], list[str]]) -> tuple[Page, list[str], list[str]]:
    """The same page for every test, as a reader finds it: what others unfolded or resized is as it was."""
    page, _, _ = loaded
    page.emulate_media(media="screen")
    page.set_viewport_size(SCREEN)
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = 'open' in d.dataset)")
    return loaded


def test_the_page_asks_for_nothing_but_itself_and_complains_of_nothing(
    opened: tuple[Page, list[str], list[str]], report: Path
) -> None:
    page, requests, complaints = opened
    page.wait_for_load_state("networkidle")
    assert requests == [(report / "index.html").as_uri()]
    assert complaints == []


def test_every_figure_is_drawn(opened: tuple[Page, list[str], list[str]], report: Path) -> None:
    page, _, _ = opened
    page.evaluate(OPEN)
    drawn = page.locator("figure svg")
    assert drawn.count() == len(list((report / "figures").glob("*.svg"))) > 0
    for i in range(drawn.count()):
        box = drawn.nth(i).bounding_box()
        assert box is not None and box["width"] > 300 and box["height"] > 50
        # A drawing with links in it is a group: what is in an image can't be reached.
        links = drawn.nth(i).locator("a").count()
        assert drawn.nth(i).get_attribute("role") == ("group" if links else "img")


def test_the_figures_font_is_in_the_page_and_is_the_one_that_they_are_drawn_in(
    opened: tuple[Page, list[str], list[str]],
) -> None:
    page, _, complaints = opened
    page.evaluate(OPEN)
    faces = page.evaluate(
        "document.fonts.ready.then(fonts => [...fonts].map(face => [face.family, face.weight, face.status]))"
    )
    assert sorted(faces) == [["DejaVu Sans", "400", "loaded"], ["DejaVu Sans", "700", "loaded"]]
    # The browser's width of a line is what was measured, to the rounding of the browser: no other font stands in.
    first = page.locator("figure svg text").first
    words, box = first.inner_html(), first.evaluate("text => text.getComputedTextLength()")
    size = float(str(first.evaluate("text => text.parentNode.getAttribute('font-size')")))
    assert box == pytest.approx(width_mm(words, size, True) / MM_PER_POINT / SLACK, rel=0.005)
    assert complaints == []


def test_the_page_never_scrolls_sideways_and_figures_that_do_say_so(
    opened: tuple[Page, list[str], list[str]],
) -> None:
    page, _, _ = opened
    page.evaluate(OPEN)
    cue = "getComputedStyle(document.querySelector('figure .scroll'), '::before').content"
    cut = "(e => e.scrollWidth > e.clientWidth + 1)(document.querySelector('figure .scroll'))"
    for width in (320, 390, 768, 1280, 2000):
        page.set_viewport_size({"width": width, "height": 844})
        inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert inner <= outer, width
        assert ("scroll sideways" in page.evaluate(cue)) == page.evaluate(cut) == (width < 600), width


def test_print_shows_what_is_folded_on_the_screen_and_names_the_files_of_what_it_leaves_out(
    opened: tuple[Page, list[str], list[str]], report: Path
) -> None:
    page, _, _ = opened
    page.emulate_media(media="print")
    seen = page.evaluate(
        "[...document.querySelectorAll('details table')].map(t => [!!t.closest('details.screen'),"
        " t.getBoundingClientRect().height > 10])"
    )
    assert seen and all(left_out != shown for left_out, shown in seen)
    assert {left_out for left_out, _ in seen} == {True, False}
    assert page.locator("summary:visible, nav:visible").count() == 0
    lines = page.locator("p.print:visible").all_inner_texts()
    assert len(lines) == page.locator("details.screen").count() == page.locator("p.print").count()
    for file in re.findall(r"tables/[\w-]+\.csv", " ".join(lines)):
        assert (report / file).is_file()
    pages = len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True)))
    # Measured: 38 pages with these questions; with the long tables it would be more than a hundred.
    assert 15 < pages < 42


def test_links_within_the_page_lead_somewhere_and_files_exist(
    opened: tuple[Page, list[str], list[str]], report: Path
) -> None:
    page, _, _ = opened
    links = page.evaluate("[...document.querySelectorAll('a')].map(a => a.getAttribute('href'))")
    ids = set(page.evaluate("[...document.querySelectorAll('[id]')].map(e => e.id)"))
    for link in links:
        if link.startswith("#"):
            assert link[1:] in ids, link
        elif not link.startswith("https://") and not link.startswith("http://"):
            assert (report / link).is_file(), link


def test_numbers_on_the_page_are_those_of_the_results(opened: tuple[Page, list[str], list[str]], report: Path) -> None:
    from evidence import display

    page, _, _ = opened
    results = json.loads((report / "results.json").read_text(encoding="utf-8"))
    rows = page.locator("#table-results tbody tr")
    assert rows.count() == len(results["outcomes"])
    for i, outcome in enumerate(results["outcomes"]):
        pooled = outcome["pooled"]
        cells = [text.replace("\u00a0", " ") for text in rows.nth(i).locator("th, td").all_inner_texts()]
        assert cells[0] == outcome["title"]
        assert cells[1].startswith(f"{pooled['events']}/{pooled['n']}")
        if pooled["headline"]["kind"] == "observed":
            assert cells[4] == "not pooled"
        else:
            assert cells[4] == display.percent(pooled["mean"])
            assert cells[5] == display.percent_interval(pooled["mean_ci"]["lower"], pooled["mean_ci"]["upper"])


def test_landmarks_headings_and_tables_are_named(opened: tuple[Page, list[str], list[str]]) -> None:
    page, _, _ = opened
    assert page.locator("main").count() == page.locator("h1").count() == page.locator("nav[aria-label]").count() == 1
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4,h5')].map(h => +h.tagName[1])")
    assert all(after - before <= 1 for before, after in pairwise(levels)), levels
    assert page.locator("table").count() == page.locator("table > caption").count() > 10
    assert page.locator("thead th:not([scope=col]), tbody th:not([scope=row])").count() == 0
    assert page.evaluate("document.documentElement.lang") == "en"


def test_the_keyboard_reaches_the_content_and_wide_tables(opened: tuple[Page, list[str], list[str]]) -> None:
    page, _, _ = opened
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.locator(".scroll:not([tabindex='0'])").count() == 0


def test_the_banner_stands_before_anything_else(opened: tuple[Page, list[str], list[str]]) -> None:
    page, _, _ = opened
    text = page.locator("body").inner_text()
    assert text.index("not for treatment decisions") < text.index("Summary")
    assert re.search(r"59 of 69 reports known at\s+abstract level", text)
