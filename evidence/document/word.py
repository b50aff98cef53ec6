"""The document as a Word file: real styles, editable tables, captions that Word counts, the same bytes each time.

The text is upright A4, its appendix lies across. The banner stands below the title and at the head of each page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING

from .blocks import FigureBlock, Heading, TableBlock
from .document import Document
from .word_blocks import APPENDIX, Body, Places, written
from .word_package import drop_needless, next_section, packed, set_head_and_foot, set_page, set_properties
from .word_styles import FIGURE_WIDTH, TEXT_HEIGHT, add_lists, add_styles, restarted
from .word_xml import Bookmarks, Writer, attribute, field_around, paragraph, run

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

#: Room for a caption below a picture, in mm.
CAPTION_MM = 22.0
EMU_PER_MM = 36_000
HYPERLINK = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/hyperlink"
PICTURE = (
    '<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{cx}" cy="{cy}"/>'
    '<wp:docPr id="{id}" name="{name}" descr={alt}/><wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/>'
    '</wp:cNvGraphicFramePr><a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture">'
    '<pic:pic><pic:nvPicPr><pic:cNvPr id="{id}" name="{name}" descr={alt}/><pic:cNvPicPr/></pic:nvPicPr><pic:blipFill>'
    '<a:blip r:embed="{relation}"/><a:stretch><a:fillRect/></a:stretch></pic:blipFill><pic:spPr><a:xfrm>'
    '<a:off x="0" y="0"/><a:ext cx="{cx}" cy="{cy}"/></a:xfrm><a:prstGeom prst="rect"><a:avLst/></a:prstGeom>'
    "</pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>"
)


def to_docx(document: Document, authors: Sequence[str] = ()) -> bytes:
    """The document as the content of a .docx file.

    Args:
        document: What is rendered. authors: Named in the file's properties; none leaves them empty.
    """
    import docx

    word = docx.Document()
    add_styles(word)
    add_lists(word)
    drop_needless(word)
    set_properties(word, document.title, authors)
    _write(word, document)
    return packed(word)


def _write(word: WordDocument, document: Document) -> None:
    relate = partial(word.part.relate_to, reltype=HYPERLINK, is_external=True)
    writer = Writer(document.citations, Bookmarks(_anchors(document)), relate)
    lists, pictures = count(), count(1)
    body = Body(
        Places(
            writer,
            document.references,
            document.numbered,
            lambda figure: list(_pictures(word, figure, pictures)),
            lambda: restarted(word, next(lists)),
        )
    )
    set_page(word.sections[0])
    set_head_and_foot(word.sections[0], document.banner)
    # Only when all sections are written it is known whether there is an appendix.
    text = [xml for part in document.sections for xml in body.section(part)]
    for xml in (*_front(document, writer, bool(body.later)), *text):
        _append(word, xml)
    if body.later:
        set_page(next_section(word), across=True)
        for xml in body.appendix():
            _append(word, xml)


def _anchors(document: Document) -> frozenset[str]:
    """Every place of the file that can be led to."""
    found = {APPENDIX}
    for section in document.sections:
        found.add(section.name)
        for block in written(section.blocks):
            match block:
                case Heading(anchor=str(anchor)):
                    found.add(anchor)
                case TableBlock(table=table):
                    found.add(f"table-{table.name}")
                case FigureBlock(name=name):
                    found.add(f"figure-{name}")
                case _:
                    pass
    return frozenset(found | {f"ref-{i}" for i in range(1, len(document.references) + 1)})


def _front(document: Document, writer: Writer, has_appendix: bool) -> Iterator[str]:
    """Title, banner and contents."""
    yield paragraph("Title", run(document.title))
    if document.banner:
        yield paragraph("Caution", run("Please note. ", "Strong") + run(document.banner))
    listed = [(section.title, section.name) for section in document.sections]
    listed += [("Appendix", APPENDIX)] * has_appendix
    links = [writer.link(title, f"#{anchor}") for title, anchor in listed]
    opening, closing = field_around('TOC \\o "1-1" \\h \\z')
    for i, link in enumerate(links):
        yield paragraph("TOC1", opening * (i == 0) + link + closing * (i == len(links) - 1))


def _pictures(word: WordDocument, figure: FigureBlock, numbers: Iterator[int]) -> Iterator[str]:
    """Each page of a figure as a run: as wide as it is, and no larger than the text."""
    from ..figures.raster import png_of

    for page in figure.pages:
        relation, _ = word.part.get_or_add_image(BytesIO(png_of(page)))
        scale = min(1.0, FIGURE_WIDTH / page.width, (TEXT_HEIGHT - CAPTION_MM) / page.height)
        number = next(numbers)
        yield PICTURE.format(
            cx=round(page.width * scale * EMU_PER_MM),
            cy=round(page.height * scale * EMU_PER_MM),
            id=number,
            name=f"Picture {number}",
            alt=attribute(figure.alt),
            relation=relation,
        )


def _append(word: WordDocument, xml: str) -> None:
    """Put a paragraph or table before the properties of the last section."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    tag, rest = xml.split(">", 1)
    element = parse_xml(f"{tag} {nsdecls('w', 'r', 'wp', 'a', 'pic')}>{rest}")
    word.element.body.sectPr.addprevious(element)
