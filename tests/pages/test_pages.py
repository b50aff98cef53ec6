"""The built page in a real browser: nothing asked for, nothing broken, readable on a phone and in print."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence.document.build import build
from tests.short_list import cheap, short_list

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytest.importorskip("playwright", reason="playwright is not installed: pip install the [dev] extra")
pytestmark = pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: apt-get install chromium")


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of the report of the first review with every question that is answered at once, built now."""
    name = "sts-calcinosis-cutis"
    return build(short_list(name, cheap(name)), tmp_path_factory.mktemp("reports")).folder


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser without a network of its own."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield started
        started.close()


@pytest.fixture
def opened(browser: Browser, report: Path) -> Iterator[tuple[Page, list[str], list[str]]]:
    """The page, what it asked for, and what it complained of."""
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    requests: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.goto((report / "index.html").as_uri())
    yield page, requests, complaints
    page.close()


def test_the_page_asks_for_nothing_but_itself_and_complains_of_nothing(
    opened: tuple[Page, list[str], list[str]], report: Path
) -> None:
    page, requests, complaints = opened
    page.wait_for_load_state("networkidle")
    assert requests == [(report / "index.html").as_uri()]
    assert complaints == []


def test_every_figure_is_drawn(opened: tuple[Page, list[str], list[str]], report: Path) -> None:
    page, _, _ = opened
    # Figures of answers stand folded: a reader unfolds them.
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    drawn = page.locator("figure svg")
    assert drawn.count() == len(list((report / "figures").glob("*.svg"))) > 0
    for i in range(drawn.count()):
        box = drawn.nth(i).bounding_box()
        assert box is not None and box["width"] > 300 and box["height"] > 50
        assert drawn.nth(i).get_attribute("role") == "img"


@pytest.mark.parametrize("width", [320, 390, 768, 1280, 2000])
def test_the_page_never_scrolls_sideways(browser: Browser, report: Path, width: int) -> None:
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto((report / "index.html").as_uri())
    page.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    page.close()
    assert inner <= outer


def test_print_shows_what_is_folded_on_the_screen(browser: Browser, report: Path) -> None:
    page = browser.new_page()
    page.goto((report / "index.html").as_uri())
    page.emulate_media(media="print")
    hidden = page.evaluate(
        "[...document.querySelectorAll('details table')].filter(t => t.getBoundingClientRect().height < 10).length"
    )
    page.close()
    assert hidden == 0


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
    levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3,h4')].map(h => +h.tagName[1])")
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
