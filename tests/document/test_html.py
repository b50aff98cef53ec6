"""Blocks on the page: each rendered, escaped, and safe whatever an address or a drawing says."""

from __future__ import annotations

import pytest

from evidence.bibliography.reading import Reference
from evidence.document.blocks import (
    Block,
    Cite,
    Details,
    Facts,
    FigureBlock,
    Heading,
    Link,
    Notes,
    Points,
    ReferenceList,
    Section,
    Strong,
    TableBlock,
    paragraph,
    text,
)
from evidence.document.document import assemble
from evidence.document.html import to_html
from evidence.document.markdown import document_to_markdown
from evidence.pooling.result import Note
from evidence.tables.table import Cell, Table, TableColumn

SVG = (
    '<?xml version="1.0"?><!DOCTYPE svg><svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">'
    '<metadata>2024-01-01</metadata><defs><clipPath id="p1"><rect/></clipPath></defs>'
    '<g id="axes" clip-path="url(#p1)"><use href="#axes"/></g></svg>'
)


def render(*blocks: Block, title: str = "T") -> tuple[str, str]:
    known = {"k": Reference("k", "misc", title="A <ref>")}
    document = assemble(title, "Banner & more", (Section("s", "Section", blocks),), known)
    return to_html(document), document_to_markdown(document)


def test_every_kind_of_block_is_rendered_in_both_formats() -> None:
    table = Table("t", "Caption", (TableColumn("a", "A"),), ((Cell("one", 1, None, ("k",)),),), ("Foot.",))
    html, markdown = render(
        Heading("Heading", 3, "anchor"),
        paragraph("A ", Strong("strong"), " word ", Cite(("k",)), kind="lead"),
        Points((text("first"), text("second")), numbered=True),
        Facts((("Term", text("fact")),)),
        Details("Folded", (paragraph("inside"),)),
        TableBlock(table),
        FigureBlock("f", SVG, "What it shows", "Figure caption"),
        Notes((Note("code", "warning", "Beware.", ("k",)),)),
        ReferenceList(),
    )
    for words in (
        "Heading",
        "strong",
        "first",
        "fact",
        "inside",
        "one",
        "Foot.",
        "Figure caption",
        "Beware.",
        "What it shows",
    ):
        assert words in html and words in markdown, words
    assert '<a href="#ref-1">1</a>' in html and "\\[1\\]" in markdown
    assert "A &lt;ref&gt;" in html and "A \\<ref\\>" in markdown
    assert '<th scope="col"' in html and '<th scope="row"' in html and "<caption" in html


@pytest.mark.parametrize(
    "href", ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "https://a b", "//x"]
)
def test_only_web_addresses_become_links(href: str) -> None:
    table = Table("t", "C", (TableColumn("a", "A"),), ((Cell("cell", None, href),),))
    html, _ = render(paragraph(Link("words", href)), TableBlock(table))
    assert "words" in html and "cell" in html and href.replace("&", "&amp;") not in html


def test_an_address_is_escaped() -> None:
    html, _ = render(paragraph(Link("w", 'https://e.org/?a=1&b="2"')))
    assert 'href="https://e.org/?a=1&amp;b=&#34;2&#34;"' in html


def test_a_drawing_keeps_its_references_and_takes_no_id_of_another() -> None:
    html, _ = render(FigureBlock("one", SVG, "alt <1>", "cap"), FigureBlock("two", SVG, "alt", "cap"))
    assert 'id="one-p1"' in html and "url(#one-p1)" in html and 'href="#one-axes"' in html
    assert 'id="two-p1"' in html and ' id="p1"' not in html
    assert "2024-01-01" not in html and "<?xml" not in html
    assert '<desc id="one-desc">alt &lt;1&gt;</desc>' in html and 'role="img"' in html


def test_text_is_escaped_everywhere() -> None:
    bad = "<b>&\"'β"
    table = Table("t", bad, (TableColumn("a", bad),), ((Cell(bad),),), (bad,))
    html, _ = render(
        Heading(bad), paragraph(bad, Strong(bad)), TableBlock(table), Notes((Note("c", "info", bad),)), title=bad
    )
    assert '<b>&"' not in html and html.count("&lt;b&gt;&amp;&#34;&#39;β") >= 8


def test_a_percent_sign_stays_with_its_number() -> None:
    html, markdown = render(paragraph("61 to 98 % of"))
    assert "98\u00a0%" in html and "98 %" in markdown
