"""One browser, and the report of a small synthetic review, for all tests of pages."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from evidence.analysis_file import read_analysis
from evidence.document.build import build
from tests.thirdreview import NAME, write_third_review

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from evidence.analysis import Analysis

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

#: Script that opens what is folded, and shows every tab.
OPEN = (
    "document.querySelectorAll('details').forEach(folded => folded.open = true);"
    "document.querySelectorAll('.panel').forEach(panel => { panel.hidden = false; panel.ariaHidden = null; });"
)

ANALYSIS = """
review = "heel-pain"

[model]
name = "common-effect"

[[outcomes]]
outcome = "improved"
by = ["device"]
columns = ["device"]
sensitivity = ["leave-one-out", "case-reports", "missing-outcomes"]

[[outcomes]]
outcome = "pain_free"
"""
#: What each of two people entered; B did not see the arm "bo", and read another count in "ada-high".
EXTRACTED = {
    "a": "ada-low,improved,patient,9,14\nada-high,improved,patient,12,15\nbo,improved,patient,8,12\n",
    "b": "ada-low,improved,patient,9,14\nada-high,improved,patient,11,15\n",
}


@dataclass
class Watched:
    """An open page, what it asked for, and what it complained of."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser without a network of its own."""
    sync_api = pytest.importorskip(
        "playwright.sync_api", reason="playwright is not installed: pip install the [dev] extra"
    )
    if CHROMIUM is None:
        pytest.skip("no Chromium on this machine: apt-get install chromium")
    with sync_api.sync_playwright() as playwright:
        options = ["--no-sandbox", "--disable-background-networking"]
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=options)
        yield started
        started.close()


def build_page(analysis: Analysis, parent: Path) -> Path:
    """Folder of the report of an analysis; its Word file, which no browser shows, is there and empty."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("evidence.document.build.to_docx", lambda _document, _curators: b"")
        return build(analysis, parent).folder


@pytest.fixture(scope="session")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    """Address of a page with forest plots, tabs and the values of two extractors, of 5 arms."""
    folder = tmp_path_factory.mktemp("small")
    review = write_third_review(folder / NAME)
    (review / "extraction").mkdir()
    for name, rows in EXTRACTED.items():
        head = "arm_id,outcome,unit,events,total\n"
        (review / "extraction" / f"extractor_{name}_outcomes.csv").write_text(head + rows, encoding="utf-8")
    (folder / "heel-pain.toml").write_text(ANALYSIS, encoding="utf-8")
    return (build_page(read_analysis(folder / "heel-pain.toml"), folder / "reports") / "index.html").as_uri()


def watch(browser: Browser, address: str, width: int = 1280) -> Watched:
    """The page at an address, in a window of its own, of a reader who wants no motion: a jump is there at once."""
    watched = Watched(browser.new_page(viewport={"width": width, "height": 900}, reduced_motion="reduce"))
    watched.page.on("request", lambda request: watched.requests.append(request.url))
    watched.page.on("console", lambda message: watched.complaints.append(message.text))
    watched.page.on("pageerror", lambda error: watched.complaints.append(str(error)))
    watched.page.goto(address)
    return watched
