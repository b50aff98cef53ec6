"""What axe-core finds on the pages, on a desk and on a phone, with everything open and a card shown."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.pages.conftest import OPEN, build_page, watch
from tests.short_list import short_list

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WIDTHS = (1280, 390)
#: A card is shown as well.
POINT = "document.querySelector('figure svg a')?.dispatchEvent(new PointerEvent('pointermove', {bubbles: true}))"

axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="pip install the [dev] extra")


def violations(browser: Browser, address: str, width: int) -> list[tuple[str, str, str]]:
    """Rule, weight and first place of everything that is not as it should be."""
    page = watch(browser, address, width).page
    page.evaluate(OPEN)
    page.evaluate(POINT)
    if page.locator("figure svg a").count():
        page.locator("#card").wait_for(state="visible")
    found: dict[str, Any] = axe.Axe().run(page, options={"resultTypes": ["violations"]}).response
    assert found["testEngine"]["name"] == "axe-core" and len(found["passes"]) > 20
    page.close()
    return [(one["id"], one["impact"], one["nodes"][0]["html"]) for one in found["violations"]]


@pytest.mark.parametrize("width", [pytest.param(WIDTHS[0], marks=pytest.mark.slow), WIDTHS[1]])
def test_the_small_page_has_no_violation(browser: Browser, small: str, width: int) -> None:
    assert violations(browser, small, width) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["sts-calcinosis-cutis", "sts-calciphylaxis"])
def test_the_reports_have_no_violation(browser: Browser, name: str, tmp_path: Path) -> None:
    address = (build_page(short_list(name), tmp_path) / "index.html").as_uri()
    assert {width: violations(browser, address, width) for width in WIDTHS} == {width: [] for width in WIDTHS}


@pytest.mark.slow
def test_the_gallery_has_no_violation(browser: Browser, tmp_path: Path) -> None:
    from evidence.document.gallery import make_gallery
    from evidence.document.html import to_html

    path = tmp_path / "index.html"
    path.write_text(to_html(make_gallery([short_list("sts-calcinosis-cutis")])), encoding="utf-8", newline="\n")
    assert {width: violations(browser, path.as_uri(), width) for width in WIDTHS} == {width: [] for width in WIDTHS}
