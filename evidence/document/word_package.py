"""The file around the text of a Word document: pages, head and foot, properties; no time of the day in its bytes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from io import BytesIO
from typing import TYPE_CHECKING, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from ..characters import without_unseen
from .word_styles import BOTTOM, EDGE, PAPER, SIDE, TOP
from .word_xml import SPACES, field_of, paragraph, run

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

#: Every time in the file: the first that a zip archive can name.
TIME = datetime(1980, 1, 1)
#: Word cuts longer values of a file's properties.
LONGEST_PROPERTY = 255
#: Parts of the library's template that hold nothing of ours, by the end of their relation's type.
NEEDLESS = ("/thumbnail", "/stylesWithEffects", "/customXml")
#: What a .docx says of the Word that it was made for: 15 is that of 2013 and after.
MODE = "15"


def set_page(section: Any, across: bool = False) -> None:
    """A4, upright or across, with the margins of the document."""
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    width, height = PAPER[::-1] if across else PAPER
    section.orientation = WD_ORIENT.LANDSCAPE if across else WD_ORIENT.PORTRAIT
    section.page_width, section.page_height = Mm(width), Mm(height)
    section.left_margin = section.right_margin = Mm(SIDE)
    section.top_margin, section.bottom_margin = Mm(TOP), Mm(BOTTOM)
    section.header_distance = section.footer_distance = Mm(EDGE)


def next_section(word: WordDocument) -> Any:
    """A new section on a new page; the one before ends with its last paragraph, not with an empty one."""
    from docx.oxml.ns import qn

    section = word.add_section()
    closing = word.element.body.sectPr.getprevious()
    last = closing.getprevious()
    if last is not None and last.tag == qn("w:p"):
        last.get_or_add_pPr().append(closing.pPr.find(qn("w:sectPr")))
        word.element.body.remove(closing)
    return section


def set_head_and_foot(section: Any, banner: str | None) -> None:
    """The banner at the head of each page, its number at the foot."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    numbers = run("Page ") + field_of("PAGE", "1") + run(" of ") + field_of("NUMPAGES", "1")
    centred = '<w:jc w:val="center"/>'
    for part, style, inner in ((section.header, "Header", run(banner or "")), (section.footer, "Footer", numbers)):
        part.is_linked_to_previous = False
        for old in list(part._element):
            part._element.remove(old)
        xml = paragraph(style, inner, more=centred)
        part._element.append(parse_xml(xml.replace("<w:p>", f"<w:p {nsdecls('w')}>", 1)))


def set_properties(word: WordDocument, title: str, authors: Sequence[str]) -> None:
    """Title, authors, language; nothing of who ran the program, and when."""
    known = word.core_properties
    known.title, known.author = _property(title), _property("; ".join(authors))
    known.language = "en"
    known.created = known.modified = TIME
    known.revision = 1
    known.comments = known.keywords = known.subject = known.category = known.last_modified_by = ""


def _property(words: str) -> str:
    words = SPACES.sub(" ", without_unseen(words)).strip()
    return words if len(words) <= LONGEST_PROPERTY else f"{words[: LONGEST_PROPERTY - 1]}…"


def drop_needless(word: WordDocument) -> None:
    """Leave out what the template brings along and nothing here uses; name the Word that the file is for."""
    from docx.oxml.ns import qn

    for relations in (word.part.package.rels, word.part.rels):
        for key in [key for key, found in relations.items() if found.reltype.endswith(NEEDLESS)]:
            del relations[key]
    settings = word.settings.element
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), MODE)
    for language in settings.iter(qn("w:themeFontLang")):
        language.attrib.pop(qn("w:eastAsia"), None)


def packed(word: WordDocument) -> bytes:
    """The file's bytes: parts in a fixed order, all of the same time; pictures are packed already."""
    raw, whole = BytesIO(), BytesIO()
    word.save(raw)
    with ZipFile(raw) as parts, ZipFile(whole, "w") as archive:
        for name in sorted(parts.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = ZipInfo(name, TIME.timetuple()[:6])
            entry.compress_type = ZIP_STORED if name.endswith(".png") else ZIP_DEFLATED
            entry.create_system, entry.external_attr = 0, 0
            archive.writestr(entry, parts.read(name))
    return whole.getvalue()
