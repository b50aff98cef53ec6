"""Studies of a figure lead to their rows, and the rows back; keys are what a review calls its arms."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

import pytest

from evidence import Counts, model, pool
from evidence.document.blocks import Block, Details, FigureBlock, Section, TableBlock, paragraph
from evidence.document.document import Document, assemble
from evidence.document.html import sorted_by, to_html
from evidence.document.study_links import origins, row_anchor, rows_by_table
from evidence.figures import forest
from evidence.tables.table import Cell, Table, TableColumn

KEYS = ("plain-1", "two words", 'a"&<b>', "ä/1%")
COUNTS = Counts([1, 2, 0, 3], [4, 5, 6, 7], ["One", "Two", 'Three "&"', "Four"], keys=KEYS)
POOLED = pool(COUNTS, model("common-effect"))


def page_of(*blocks: Block) -> tuple[Document, str]:
    document = assemble("T", "Beware <.", (Section("s", "Section", blocks),), {})
    return document, to_html(document)


def figure(name: str = "f", rows: str | None = "arms") -> FigureBlock:
    return FigureBlock(name, forest(POOLED).to_svg(studies=True), "What it shows.", "Caption.", rows=rows)


def table(keys: tuple[str, ...] = KEYS) -> TableBlock:
    said = tuple(f"Study {i}: 1/4 <&>" for i in range(len(keys)))
    rows = tuple((Cell(key), Cell("1/4", 0.25)) for key in keys)
    columns = (TableColumn("a", "Arm"), TableColumn("n", "n", "right"))
    return TableBlock(Table("arms", "Arms.", columns, rows, keys=keys, said=said))


def test_every_study_leads_to_its_row_and_every_row_back() -> None:
    _, html = page_of(figure(), figure("g"), Details("Folded", (table(),)))
    links = re.findall(r'<a id="([^"]+)" href="#([^"]+)" aria-label="([^"]+)"><path d="M', html)
    rows = re.findall(r'<tr id="([^"]+)" tabindex="-1" data-said="([^"]+)">', html)
    back = re.findall(r'<a class="back" href="#([^"]+)" data-figure="Figure 1"', html)
    assert [target for _, target, _ in links] == [row for row, _ in rows] * 2 and len(rows) == 4
    assert {name.replace("&lt;", "<") for _, _, name in links} == {f"Study {i}: 1/4 <&amp;&gt;" for i in range(4)}
    assert back == [place for place, _, _ in links[:4]]
    ids = re.findall(r'\sid="([^"]+)"', html)
    assert len(set(ids)) == len(ids) and all(re.fullmatch(r"\S+", found) for found in ids)


def test_no_two_keys_have_the_same_anchor() -> None:
    keys = ("a b", "a-b", "a_b", "a~20~b", "a%20b", "A b", "ab")
    assert len({row_anchor("t", key) for key in keys}) == len(keys)
    assert all(re.fullmatch(r"[A-Za-z0-9_.~-]+", row_anchor("t", key)) for key in keys)


def test_a_drawing_with_links_is_a_group_and_without_them_an_image() -> None:
    _, linked = page_of(figure(), table())
    assert 'role="group" aria-labelledby="f-title" aria-describedby="f-desc"' in linked
    assert '<g aria-hidden="true">' in linked and "data-study" not in linked
    for rows in (None, "elsewhere"):
        _, html = page_of(figure(rows=rows), table())
        assert 'role="img" aria-labelledby="f-title f-desc"' in html
        assert "data-study" not in html and "aria-hidden" not in html.partition("<script>")[0] and "<a id=" not in html


def test_a_study_without_a_row_has_no_link() -> None:
    document, html = page_of(figure(), table(KEYS[:2]))
    assert html.count("<a id=") == 2
    assert list(rows_by_table(document)["arms"]) == list(KEYS[:2])
    assert {origin.figure for origin in origins(document).values()} == {1}


def test_the_policy_of_the_page_allows_its_own_script_and_no_other() -> None:
    _, html = page_of(paragraph("First words."))
    (script,) = re.findall(r"<script>(.*?)</script>", html, re.DOTALL)
    (policy,) = re.findall(r'http-equiv="Content-Security-Policy" content="([^"]+)"', html)
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}';" in policy and "default-src 'none'" in policy
    assert script.count("\n") > 100 and not re.search(r"\beval\b|innerHTML|fetch\(|https?:", script)
    assert '<meta name="description" content="T: Beware &lt;.">' in html


@pytest.mark.parametrize(
    ("cell", "number"),
    [
        (Cell("32 %", 0.3169999), "0.3169999"),
        (Cell("3", 3), None),
        (Cell("2.5", 2.5), None),
        (Cell("60", 60.0), None),
        (Cell("no limit", float("inf")), "Infinity"),
        (Cell("yes", True), None),
        (Cell("word", "code"), None),
        (Cell("–", None), None),
    ],
)
def test_what_a_cell_is_sorted_by_is_written_where_its_text_is_something_else(cell: Cell, number: str | None) -> None:
    assert sorted_by(cell) == number
