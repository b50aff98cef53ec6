"""The Word file, read back: headings, captions, tables, figures, links; whatever the text says."""

from __future__ import annotations

import re
from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import docx
import pytest
from docx.document import Document as WordDocument
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.table import Table as WordTable
from docx.text.paragraph import Paragraph as WordParagraph
from PIL import Image

from evidence.bibliography.reading import Reference
from evidence.document.blocks import (
    Block,
    Cite,
    Code,
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
from evidence.document.build import make
from evidence.document.document import Document, assemble
from evidence.document.findings import Findings
from evidence.document.word import to_docx
from evidence.document.word_blocks import written
from evidence.document.word_styles import TEXT_HEIGHT
from evidence.figures.page import Page, Shape, Text, rectangle
from evidence.pooling.result import Note
from evidence.tables.table import Cell, Table, TableColumn

HOSTILE = "<b>&amp; \"q\" 'r' β ≥ ]]> \\ {x} %s"
PAGE = Page(174.0, 60.0, (Shape(rectangle(10, 10, 60, 40), "#336699"),), (), (Text(20, 50, "Größe", 8, "#000000"),))


def document(*blocks: Block, title: str = "T", banner: str | None = "Banner & more") -> Document:
    known = {"k": Reference("k", "misc", title="A <ref>", doi="10.1/x")}
    return assemble(title, banner, (Section("s", "Section", blocks),), known)


def read(content: bytes) -> WordDocument:
    return docx.Document(BytesIO(content))


def table(name: str, *rows: tuple[str, ...], notes: tuple[str, ...] = ()) -> Table:
    columns = tuple(TableColumn(f"c{i}", f"Column {i}", "right" if i else "left") for i in range(len(rows[0])))
    return Table(name, f"Caption of {name}.", columns, tuple(tuple(map(Cell, row)) for row in rows), notes)


def wide(name: str) -> Table:
    return table(name, *(("word " * 40, *("incomprehensibilities " * 3 for _ in range(11))) for _ in range(3)))


def words(element: object) -> str:
    """Visible text of a paragraph or cell: that of runs in links too, without codes of fields."""
    nodes = element._element.iter(qn("w:t"), qn("w:tab"))  # type: ignore[attr-defined]
    return "".join(node.text or "" if node.tag == qn("w:t") else "\t" for node in nodes).replace("\u00a0", " ")


def lines(word: WordDocument, style: str | None = None) -> list[str]:
    return [words(one) for one in word.paragraphs if style is None or (one.style and one.style.name == style)]


def sizes(section: Any) -> tuple[int, int, int]:
    """Width and height of the page, and width of the text."""
    width = int(section.page_width)
    return width, int(section.page_height), width - int(section.left_margin) - int(section.right_margin)


def in_order(word: WordDocument) -> Iterator[WordParagraph | WordTable]:
    yield from word.iter_inner_content()


def everything() -> tuple[Block, ...]:
    return (
        Heading("Heading", 3, "anchor"),
        Heading("Smaller", 4),
        paragraph("A ", Strong("strong"), " word, ", Code("typed --so"), " ", Cite(("k",)), kind="lead"),
        paragraph(
            "Take care, see ",
            Link("above", "#anchor"),
            " or ",
            Link("there", "https://e.org/a b?x=ä&y"),
            kind="caution",
        ),
        Points((text("first"), text("second")), numbered=True),
        Points((text("again first"),), numbered=True),
        Points((text("a point"),)),
        Facts((("Term", text("fact")),)),
        Details("Folded", (paragraph("inside"),)),
        Details("Left out of print", (TableBlock(table("later", ("x", "1"))),), "Elsewhere."),
        TableBlock(Table("t", "Caption", (TableColumn("a", "A"),), ((Cell("one", 1, None, ("k",)),),), ("Foot.",))),
        FigureBlock("f", "<svg/>", "What it <shows>", "Figure caption", (PAGE,)),
        Notes((Note("code", "warning", "Beware.", ("k",)),)),
        ReferenceList(),
    )


def test_every_kind_of_block_has_its_style() -> None:
    word = read(to_docx(document(*everything()), ("Ada", "Bo")))
    styled = [(one.style.name, words(one)) for one in word.paragraphs if one.style and words(one)]
    for expected in (
        ("Title", "T"),
        ("Caution", "Please note. Banner & more"),
        ("Heading 1", "Section"),
        ("Heading 2", "Heading"),
        ("Heading 3", "Smaller"),
        ("Lead", "A strong word, typed --so [1]"),
        ("Caution", "Take care, see above or there"),
        ("List Number", "first"),
        ("List Bullet", "a point"),
        ("Fact", "Term: fact"),
        ("Label", "Folded"),
        ("Normal", "inside"),
        ("Normal", "Left out of print: see Table S1 in the appendix."),
        ("Caption", "Table 1. Caption"),
        ("Table Note", "Foot."),
        ("Figure Caption", "Figure 1. Figure caption"),
        ("List Bullet", "Warning: Beware. [1]"),
        ("Bibliography", "1.\tAuthors [not seen]. A <ref>. Year [not seen]. doi:10.1/x"),
        ("Heading 1", "Appendix"),
        ("Caption", "Table S1. Caption of later."),
    ):
        assert expected in styled, expected
    assert (word.core_properties.title, word.core_properties.author) == ("T", "Ada; Bo")
    assert word.core_properties.language == "en"


def test_a_numbered_list_begins_at_one_again() -> None:
    word = read(to_docx(document(*everything())))
    numbered = [one for one in word.paragraphs if one.style and one.style.name == "List Number"]
    first, second, other = (one._element.find(f".//{qn('w:numId')}").get(qn("w:val")) for one in numbered)
    assert first == second != other


def test_the_banner_is_at_the_head_and_the_number_at_the_foot_of_every_page() -> None:
    word = read(to_docx(document(*everything())))
    assert len(word.sections) == 2
    for section in word.sections:
        assert words(section.header.paragraphs[0]) == "Banner & more"
        assert "PAGE" in section.footer.paragraphs[0]._element.xml
    assert words(read(to_docx(document(paragraph("a"), banner=None))).sections[0].header.paragraphs[0]) == ""


@pytest.mark.parametrize("title", [HOSTILE, "t" * 400, "Größe β ≥ “q”"])
def test_hostile_text_is_intact_everywhere(title: str) -> None:
    blocks = (
        Heading(title, 3, title),
        paragraph(title, Strong(title), Link(title, "https://example.org/?a=\"<>'β"), Code(title)),
        Facts(((title, text(title)),)),
        TableBlock(Table(title, title, (TableColumn("a", title),), ((Cell(title),),), (title,))),
        FigureBlock(title, "<svg/>", title, title, (PAGE,)),
        Notes((Note("code", "info", title, ()),)),
    )
    word = read(to_docx(document(*blocks, title=title, banner=title), (title,)))
    assert lines(word, "Title") == [title] and lines(word, "Heading 2") == [title]
    assert title * 4 in lines(word)
    assert f"{title}: {title}" in lines(word, "Fact")
    assert words(word.tables[0].rows[0].cells[0]) == words(word.tables[0].rows[1].cells[0]) == title
    assert alts(word) == [title]
    assert word.core_properties.title == (title if len(title) < 256 else "t" * 254 + "…")


def test_characters_that_xml_lacks_never_break_the_file() -> None:
    word = read(
        to_docx(document(paragraph("a\x00b\x0bc\ufffe"), FigureBlock("f", "", "\x07", "c", (PAGE,)), title="\x1f"))
    )
    assert "a\ufffdb\ufffdc\ufffd" in lines(word) and alts(word) == ["\ufffd"]


def test_same_input_same_bytes_without_the_time_of_the_day() -> None:
    first, second = (to_docx(document(*everything())) for _ in range(2))
    assert first == second
    with ZipFile(BytesIO(first)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        assert archive.testzip() is None
        core = archive.read("docProps/core.xml").decode()
        assert set(re.findall(r"\d{4}-\d\d-\d\dT", core)) == {"1980-01-01T"} and "python" not in core
        assert not {name for name in archive.namelist() if "thumbnail" in name or "customXml" in name}


def test_a_table_has_a_header_row_on_each_page_and_rows_that_stay_whole() -> None:
    word = read(to_docx(document(TableBlock(table("t", *((f"row {i}", "1") for i in range(60)))))))
    (made,) = word.tables
    heads = [row._tr.find(f".//{qn('w:tblHeader')}") is not None for row in made.rows]
    assert heads == [True] + [False] * 60
    assert all(row._tr.find(f".//{qn('w:cantSplit')}") is not None for row in made.rows)
    kept = [bool(row.cells[0].paragraphs[0].paragraph_format.keep_with_next) for row in made.rows]
    assert kept[:3] == [True] * 3 and not any(kept[3:59]) and kept[59:] == [True, False]


def test_a_caption_stays_with_its_table_and_a_heading_with_what_follows() -> None:
    word = read(to_docx(document(Heading("H"), TableBlock(table("t", ("a", "b"))))))
    caption = next(one for one in word.paragraphs if words(one).startswith("Table 1"))
    assert caption.paragraph_format.keep_with_next
    for name in ("Heading 1", "Heading 2", "Heading 3", "Label", "Figure"):
        assert word.styles[name].element.pPr.find(qn("w:keepNext")) is not None, name


def test_a_table_too_wide_for_the_text_lies_across_in_the_appendix() -> None:
    word = read(to_docx(document(TableBlock(wide("w")), TableBlock(table("n", ("a", "b"))))))
    assert [words(one) for one in word.paragraphs if words(one).startswith("Table")] == [
        "Table S1 in the appendix: Caption of w.",
        "Table 1. Caption of n.",
        "Table S1. Caption of w.",
    ]
    (width, height, _), (across, depth, _) = map(sizes, word.sections)
    assert width < height and across > depth
    for made, section in zip(word.tables, word.sections, strict=True):
        room = sizes(section)[2]
        # Widths are whole twentieths of a point.
        assert sum(column.width or 0 for column in made.columns) <= room + 635 * len(made.columns)


def test_numbers_folded_twice_are_left_to_the_files() -> None:
    inner = Details("Every number", (TableBlock(wide("n")),), "Every number: tables/n.csv.")
    word = read(
        to_docx(document(Details("Figure and numbers", (paragraph("p"), inner)), paragraph(Link("n", "#table-n"))))
    )
    assert "Every number: tables/n.csv." in lines(word) and not word.tables
    assert not [one for one in word.element.body.iter(qn("w:hyperlink")) if one.get(qn("w:anchor")) == "table_n"]


def alts(word: WordDocument) -> list[str]:
    return [str(one.get("descr")) for one in word.element.body.iter(qn("wp:docPr"))]


def test_a_figure_fits_the_page_and_is_named() -> None:
    tall = Page(174.0, 500.0, (Shape(rectangle(0, 0, 174, 500), "#cccccc"),), (), ())
    word = read(
        to_docx(
            document(FigureBlock("f", "", "Alt & text", "C", (tall, PAGE)), FigureBlock("g", "", "Only words", "D"))
        )
    )
    assert alts(word) == ["Alt & text"] * 2
    for shape in word.inline_shapes:
        assert shape.width <= sizes(word.sections[0])[2] and shape.height < Mm(TEXT_HEIGHT)
    assert word.inline_shapes[0].height / word.inline_shapes[0].width == pytest.approx(500 / 174, rel=1e-4)
    assert "Only words" in lines(word)
    with ZipFile(BytesIO(to_docx(document(FigureBlock("f", "", "a", "C", (PAGE,)))))) as archive:
        (name,) = [name for name in archive.namelist() if name.endswith(".png")]
        with Image.open(BytesIO(archive.read(name))) as picture:
            assert round(picture.info["dpi"][0]) == 300 and picture.mode == "P"


@pytest.fixture(scope="module")
def built(findings: Findings) -> tuple[Document, WordDocument]:
    """The document of the third review, and the Word file made of it, read back."""
    made = make(findings)
    return made, read(to_docx(made, ("Ada",)))


def test_captions_are_numbered_without_gaps(built: tuple[Document, WordDocument]) -> None:
    made, word = built
    captions = [words(one) for one in word.paragraphs if one.style and one.style.name in ("Caption", "Figure Caption")]
    numbers = {
        kind: [int(match[1]) for caption in captions if (match := re.match(rf"{kind}(\d+)\. ", caption))]
        for kind in ("Table ", "Table S", "Figure ")
    }
    assert sum(map(len, numbers.values())) == len(captions)
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert len(numbers["Figure "]) == len(made.figures) == len(alts(word)) and len(numbers["Table "]) > 3
    codes = [str(code.text).split()[1] for code in word.element.body.iter(qn("w:instrText")) if "SEQ" in str(code.text)]
    assert [codes.count(name) for name in ("Table", "Table_S", "Figure")] == [len(found) for found in numbers.values()]


def test_tables_say_what_the_tables_of_the_page_say(built: tuple[Document, WordDocument]) -> None:
    made, word = built
    printed = {
        block.table.caption: block.table.printed
        for section in made.sections
        for block in written(section.blocks)
        if isinstance(block, TableBlock)
    }
    found, caption = {}, ""
    for one in in_order(word):
        if isinstance(one, WordTable):
            found[caption] = [[words(cell) for cell in row.cells] for row in one.rows]
        elif one.style and one.style.name == "Caption":
            caption = words(one).split(". ", 1)[1]
    assert found.keys() == printed.keys()
    for caption, wanted in printed.items():
        cited = {key: f" [{number}]" for key, number in made.numbers.items()}
        assert found[caption][0] == [column.heading for column in wanted.columns]
        for row, cells in zip(found[caption][1:], wanted.rows, strict=True):
            for cell, wanted_cell in zip(row, cells, strict=True):
                bare = re.sub(r" \[[\d, ]+\]$", "", cell) if wanted_cell.cites else cell
                assert bare == " ".join(wanted_cell.text.split())
                assert not wanted_cell.cites or all(cited[key].strip(" []") in cell for key in wanted_cell.cites)


def test_every_link_leads_somewhere(built: tuple[Document, WordDocument]) -> None:
    made, word = built
    body = word.element.body
    marks = [str(mark.get(qn("w:name"))) for mark in body.iter(qn("w:bookmarkStart"))]
    assert len(marks) == len(set(marks)) and all(re.fullmatch(r"[A-Za-z]\w{0,39}", name) for name in marks)
    links = list(body.iter(qn("w:hyperlink")))
    inner = {str(link.get(qn("w:anchor"))) for link in links if link.get(qn("w:anchor"))}
    assert inner <= set(marks)
    assert {f"ref_{i}" for i in range(1, len(made.references) + 1)} <= inner
    outer = {link.get(qn("r:id")) for link in links} - {None}
    assert outer and all(word.part.rels[one].is_external for one in outer)
    assert all(re.fullmatch(r"https?://[!-~]+", word.part.rels[one].target_ref) for one in outer)
