"""What a page does in a browser: cards of studies, ways there and back, tabs, sorting, copying; or no script at all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from tests.pages.conftest import Watched, watch

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

STUDIES = "figure svg a"
#: In the order of the forest plot by device: focused (2 arms), radial (2), not reported.
LOW, HIGH, BO = (f"#forest-improved-by-device--{arm}" for arm in ("ada-low", "ada-high", "bo"))
ARMS = "#table-improved-arms"


@pytest.fixture(scope="module")
def window(browser: Browser, small: str) -> Iterator[Watched]:
    """A window for all tests of this file: to open one takes longer than most of them."""
    found = watch(browser, small)
    yield found
    found.page.close()


@pytest.fixture
def watched(window: Watched, small: str) -> Iterator[Watched]:
    """The small page, loaded anew; it must ask for nothing and complain of nothing."""
    window.page.goto("about:blank")
    window.page.emulate_media(media="screen")
    window.page.mouse.move(0, 0)
    window.requests.clear()
    window.complaints.clear()
    window.page.goto(small)
    yield window
    assert {request.partition("#")[0] for request in window.requests} == {small} and window.complaints == []


@pytest.fixture
def page(watched: Watched) -> Page:
    """The small page."""
    return watched.page


def facts(page: Page) -> dict[str, str]:
    """What the card says, by its headings."""
    said = page.locator("#card dl > div").all()
    return {one.locator("dt").inner_text(): one.locator("dd").inner_text().replace("\u00a0", " ") for one in said}


def column(page: Page, table: str, number: int) -> list[str]:
    """The words of a column of a table, from the top."""
    cells = page.locator(f"{table} tbody tr > :nth-child({number})").all_text_contents()
    return [cell.replace("\u00a0", " ").strip() for cell in cells]


def test_a_study_under_the_pointer_shows_what_its_row_says(page: Page) -> None:
    page.locator(HIGH).hover()
    card = page.locator("#card")
    card.wait_for(state="visible")
    assert card.locator(".study").inner_text() == "Ada 2001: High energy"
    assert facts(page) == {
        "Counts": "12/15",
        "Proportion": "80 %",
        "Exact limits": "52 to 96 %",
        "What was counted": "–",
        "Months": "12",
        "Basis": "reported",
        "Read in": "table 2",
        "Read as": "full text",
        "Confidence": "high",
        "Extractors": "A 12/15; B 11/15; adjudicated 12/15",
        "Report": "DOI",
    }
    assert card.locator("dd a").get_attribute("href") == "https://doi.org/10.1000/ada"
    # The pointer can go into the card and follow its links; Escape closes it without moving the pointer.
    card.hover()
    page.wait_for_timeout(300)
    assert card.is_visible()
    page.keyboard.press("Escape")
    assert card.is_hidden()


def test_what_scrolls_by_under_a_resting_pointer_was_not_pointed_at(page: Page) -> None:
    page.locator(BO).scroll_into_view_if_needed()
    box = page.locator(BO).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] - 150)
    page.locator("#card").wait_for(state="hidden")
    page.evaluate("scrollBy(0, 155)")
    page.locator(f"{BO}:hover").wait_for(state="attached")
    page.wait_for_timeout(300)
    assert page.locator("#card").is_hidden()
    page.mouse.move(box["x"] + 21, box["y"] - 150)
    page.locator("#card").wait_for(state="visible")


def test_every_study_of_every_forest_plot_has_a_card(page: Page) -> None:
    assert page.locator(STUDIES).count() == 7  # 5 arms by device, and 2 arms of the other outcome
    for i in range(7):
        study = page.locator(STUDIES).nth(i)
        study.focus()
        page.keyboard.press("Shift")
        name = str(study.get_attribute("aria-label"))
        assert page.locator("#card .study").inner_text() == name.rpartition(":")[0].rpartition(":")[0] or name
        assert facts(page)["Counts"] in name


def test_the_keyboard_shows_cards_and_moves_among_studies(page: Page) -> None:
    page.locator(LOW).focus()
    page.keyboard.press("ArrowDown")
    assert page.evaluate("'#' + document.activeElement.id") == HIGH
    assert facts(page)["Counts"] == "12/15"
    assert page.locator(HIGH).get_attribute("aria-describedby") == "card"
    page.keyboard.press("End")
    assert facts(page)["Counts"] == "1/1"
    page.keyboard.press("ArrowDown")
    assert page.evaluate("'#' + document.activeElement.id") == LOW
    # A figure is one stop of the Tab key, wherever in it the reader was.
    assert page.locator(f"{STUDIES}[tabindex='0']").count() == 2
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('svg')") is None
    page.locator("#card").wait_for(state="hidden")


def test_a_study_leads_to_its_row_and_the_row_back_to_where_the_reader_was(page: Page) -> None:
    assert page.locator(f"{ARMS} tbody").is_hidden()
    page.locator(HIGH).focus()
    page.keyboard.press("Enter")
    row = page.locator("#row-improved-arms-ada-high")
    assert row.is_visible() and page.evaluate("document.activeElement.id") == "row-improved-arms-ada-high"
    plain, marked = (page.locator(f"#row-improved-arms-{arm} td").first for arm in ("ada-low", "ada-high"))
    colour = "e => getComputedStyle(e).backgroundColor"
    assert marked.evaluate(colour) == "rgb(255, 249, 201)" != plain.evaluate(colour)
    box = row.bounding_box()
    assert box is not None and 0 <= box["y"] < 900
    back = row.locator(".back")
    number = page.locator("figure:has(#forest-improved-by-device--ada-high) figcaption b").inner_text().rstrip(".")
    assert back.get_attribute("data-figure") == number
    # References of the study come first.
    for _ in range(row.locator(".cite a").count() + 1):
        page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "back"
    page.keyboard.press("Enter")
    assert page.evaluate("'#' + document.activeElement.id") == HIGH


def test_a_click_leads_to_the_row_and_so_does_a_second_one(page: Page) -> None:
    for _ in range(2):
        page.locator(BO).click()
        box = page.locator("#row-improved-arms-bo").bounding_box()
        assert box is not None and 0 <= box["y"] < 900
        assert page.locator("#card").is_hidden()
        page.evaluate("document.querySelector('#row-improved-arms-bo').closest('details').open = false")


def test_a_finger_first_shows_the_card(browser: Browser, small: str) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 844}, has_touch=True)
    page.goto(small)
    page.locator(HIGH).scroll_into_view_if_needed()
    page.locator(HIGH).tap(position={"x": 40, "y": 5})
    assert facts(page)["Counts"] == "12/15" and page.url == small
    box = page.locator("#card").bounding_box()
    assert box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390 and box["y"] + box["height"] <= 844
    page.locator('#card a[href^="#"]').tap()
    assert page.url.endswith("#row-improved-arms-ada-high") and page.locator("#card").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.close()


def test_numbers_sort_as_numbers_and_the_third_press_restores(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    heads = page.locator(f"{ARMS} thead th")
    first = column(page, ARMS, 2)
    assert first == ["9/14", "12/15", "8/12", "1/1", "20/25"]
    heads.nth(1).locator("button").press("Enter")
    # By the proportion; 12/15 and 20/25 are the same and stay in their order, both ways.
    assert column(page, ARMS, 2) == ["9/14", "8/12", "12/15", "20/25", "1/1"]
    assert heads.nth(1).get_attribute("aria-sort") == "ascending"
    assert page.locator("[role=status]").inner_text() == "Sorted by Counts, ascending"
    heads.nth(1).locator("button").click()
    assert column(page, ARMS, 2) == ["1/1", "12/15", "20/25", "8/12", "9/14"]
    heads.nth(1).locator("button").click()
    assert column(page, ARMS, 2) == first and heads.nth(1).get_attribute("aria-sort") is None


def test_a_dash_stays_last_and_words_sort_as_words(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(folded => folded.open = true)")
    heads = page.locator(f"{ARMS} thead th")
    months = [head.inner_text() for head in heads.all()].index("Months")
    for wanted in (["6", "6", "12", "12", "–"], ["12", "12", "6", "6", "–"]):
        heads.nth(months).locator("button").click()
        assert column(page, ARMS, months + 1) == wanted
    heads.nth(0).locator("button").click()
    names = [name.split("[")[0].strip() for name in column(page, ARMS, 1)]
    assert names == ["Ada 2001: High energy", "Ada 2001: Low energy", "Bo 2002", "Cy 2010", "NA"]
    assert page.locator("th[aria-sort]").count() == 1


def test_tables_of_less_than_three_rows_are_not_sorted(page: Page) -> None:
    rows = page.evaluate(
        "[...document.querySelectorAll('table')].map(table => [table.tBodies[0].rows.length,"
        " table.querySelectorAll('.sort').length])"
    )
    assert any(n < 3 for n, _ in rows) and all((buttons > 0) == (n >= 3) for n, buttons in rows)


def shown(page: Page) -> list[str]:
    """Titles of the panels that are seen."""
    panels = page.locator(".panel:not([hidden])").all()
    return [str(panel.get_attribute("id")).removeprefix("panel-sensitivity-improved-") for panel in panels]


def test_tabs_answer_to_the_keyboard(page: Page) -> None:
    tabs = page.get_by_role("tab")
    assert tabs.all_inner_texts() == ["Leave one out", "Case reports", "Missing outcomes"]
    assert shown(page) == ["leave-one-out"]
    tabs.first.focus()
    for key, wanted in (
        ("ArrowRight", "case-reports"),
        ("End", "missing-outcomes"),
        ("ArrowRight", "leave-one-out"),
        ("ArrowLeft", "missing-outcomes"),
        ("Home", "leave-one-out"),
    ):
        page.keyboard.press(key)
        assert shown(page) == [wanted], key
        assert page.evaluate("document.activeElement.getAttribute('aria-controls')").endswith(wanted)
    assert page.locator("[role=tab][tabindex='0']").count() == page.locator("[aria-selected=true]").count() == 1
    tabs.nth(1).click()
    assert shown(page) == ["case-reports"] and page.get_by_role("tabpanel").count() == 1


def test_a_link_into_what_is_hidden_opens_it(page: Page, small: str) -> None:
    page.locator("a[href='#panel-sensitivity-improved-missing-outcomes']").click()
    assert shown(page) == ["missing-outcomes"]
    page.goto(f"{small}#figure-sensitivity-improved-case-reports")
    assert shown(page) == ["case-reports"]
    page.goto(f"{small}#row-pain_free-arms-bo")
    assert page.locator("#row-pain_free-arms-bo").is_visible()
    page.goto(small)


#: The clipboard of the machine is shared with others, and a window that is not in front may not read it.
CLIPBOARD = """
window.copied = [];
Object.defineProperty(navigator, "clipboard", {value: {writeText: async (text) => { window.copied.push(text); }}});
"""


def test_an_estimate_is_copied_with_its_limits(page: Page) -> None:
    page.evaluate(CLIPBOARD)
    page.locator("#table-results tbody tr").first.locator(".copy").click()
    page.locator("p.estimate .copy").first.click()
    page.locator(HIGH).focus()
    page.keyboard.press("c")
    page.wait_for_function("window.copied.length === 3")
    result, sentence, study = page.evaluate("window.copied")
    assert result == "Improved, average study: 50/67, 75 % (95 % limits 63 to 84 %, clopper-pearson)"
    assert sentence.startswith("Improved: Average study")
    assert study == "Ada 2001: High energy: 12/15, 80 % (95 % limits 52 to 96 %, clopper-pearson)"
    page.wait_for_function("document.querySelector('[role=status]').textContent.startsWith('Copied: Ada 2001')")
    assert "\u00a0" not in result + sentence + study


def test_a_table_is_copied_as_lines_with_tabs_and_without_a_clipboard_it_is_offered(page: Page) -> None:
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined})")
    page.evaluate("document.execCommand = () => false")
    page.locator("#table-results > .file .copy").click()
    box = page.locator("textarea.to-copy")
    lines = [line.split("\t") for line in box.input_value().split("\n")]
    assert len(lines) == 3 and {len(line) for line in lines} == {8}
    assert lines[0][:2] == ["Outcome", "Observed"] and lines[1][:2] == ["Improved", "50/67 (75 %)"]
    assert page.evaluate("document.activeElement.className") == "to-copy"
    assert "Ctrl+C" in page.locator("[role=status]").inner_text()
    selected = page.evaluate("(box => box.selectionEnd - box.selectionStart)(document.activeElement)")
    assert selected == len(box.input_value())
    page.keyboard.press("Tab")
    assert box.count() == 0


def test_without_a_script_everything_is_there_but_the_card(browser: Browser, small: str) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(small)
    assert page.locator("button, [role=tab]").count() == 0
    assert page.locator(".panel").count() == page.locator(".panel:visible").count() == 3
    assert page.locator(".panel figure:visible").count() == 3 and page.locator(".panel h5:visible").count() == 3
    assert page.locator(f"{ARMS} tbody").is_hidden()
    page.locator(LOW).click()
    row = page.locator("#row-improved-arms-ada-low")
    assert page.url.endswith("#row-improved-arms-ada-low") and row.is_visible()
    assert "A 9/14; B 9/14; adjudicated 9/14" in row.inner_text()
    row.locator(".back").click()
    assert page.url.endswith(LOW)
    context.close()


def test_print_shows_every_panel_and_no_button(page: Page) -> None:
    page.emulate_media(media="print")
    assert page.locator(".panel figure svg:visible").count() == 3
    for i in range(3):
        box = page.locator(".panel figure svg").nth(i).bounding_box()
        assert box is not None and box["height"] > 50
    # The headings of tables are buttons of which only the words are left.
    assert page.locator(".copy:visible, .tab:visible, .to-panel:visible, .ways:visible").count() == 0
    assert set(page.locator("button.sort").evaluate_all("all => all.map(e => getComputedStyle(e).display)")) == {
        "contents"
    }
    assert page.locator("#table-results thead th").first.inner_text() == "Outcome"
    assert len(page.pdf(prefer_css_page_size=True)) > 20_000


def test_only_the_script_of_the_page_may_run(browser: Browser, small: str) -> None:
    watched = watch(browser, small)
    page = watched.page
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    assert len(watched.complaints) == 1 and "script-src" in watched.complaints[0]
    handlers = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes]).filter(a => /^on/.test(a.name))"
    assert page.evaluate(f"{handlers}.length") == 0
    page.close()
