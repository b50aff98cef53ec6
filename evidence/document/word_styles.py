"""The looks of a Word file: paragraph, character and table styles, lists, the page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .word_tables import SIZES_PT, TABLE_STYLE

if TYPE_CHECKING:
    from docx.document import Document as WordDocument

#: As wide as Helvetica and Liberation Sans, one of which every machine has.
FONT, CODE_FONT = "Arial", "Courier New"
INK, MUTED, RULE, LINK = "1A1A1A", "555555", "444444", "1F4E79"
CAUTION_INK, CAUTION_GROUND = "7A1F1F", "FBF1EE"
#: A4, in mm.
PAPER = (210.0, 297.0)
SIDE, TOP, BOTTOM, EDGE = 20.0, 23.0, 20.0, 10.0
TEXT_WIDTH = PAPER[0] - 2 * SIDE
ACROSS_WIDTH = PAPER[1] - 2 * SIDE
FIGURE_WIDTH = 150.0
TEXT_HEIGHT = PAPER[1] - TOP - BOTTOM


@dataclass(frozen=True, slots=True)
class Look:
    """A paragraph style: sizes and spaces in points, indents in mm.

    Attributes:
        based: Name of the style it is based on. hanging: How far lines after the first stand in.
        more: Further properties in WordprocessingML.
    """

    size: float
    before: float = 0.0
    after: float = 0.0
    bold: bool = False
    ink: str = INK
    left: float = 0.0
    hanging: float = 0.0
    line: float = 1.0
    keep: bool = False
    based: str = "Normal"
    more: str = ""


_EDGE = f'<w:pBdr><w:left w:val="single" w:sz="24" w:space="6" w:color="{CAUTION_INK}"/></w:pBdr>'
_GROUND = f'<w:shd w:val="clear" w:color="auto" w:fill="{CAUTION_GROUND}"/>'

#: Name of a paragraph style -> its look; those that Word knows keep their names.
LOOKS: Mapping[str, Look] = {
    "Normal": Look(10, after=6, line=1.15, based=""),
    "Title": Look(20, after=8, bold=True),
    "Heading 1": Look(15, before=18, after=6, bold=True, keep=True),
    "Heading 2": Look(12, before=14, after=4, bold=True, keep=True),
    "Heading 3": Look(10.5, before=10, after=3, bold=True, ink=MUTED, keep=True),
    "Lead": Look(11, after=6, line=1.15),
    "Caution": Look(10, before=2, after=8, ink=CAUTION_INK, left=3, more=_EDGE + _GROUND),
    "Caption": Look(9, before=10, after=3),
    "Figure": Look(10, before=8, keep=True),
    "Figure Caption": Look(9, before=3, after=10, based="Caption"),
    "Table Note": Look(8, before=2, ink=MUTED, left=3, hanging=3),
    "After Table": Look(4),
    "Label": Look(10, before=6, after=3, bold=True, keep=True),
    "Fact": Look(10, after=3, left=6, hanging=6, line=1.1),
    "List Bullet": Look(10, after=3, left=6, hanging=6, line=1.1),
    "List Number": Look(10, after=3, left=6, hanging=6, line=1.1),
    "Bibliography": Look(9.5, after=3, left=9, hanging=9, line=1.05),
    "TOC 1": Look(10, after=2),
    "Header": Look(8, ink=CAUTION_INK),
    "Footer": Look(8, ink=MUTED),
    **{f"Table Text {size:.0f}": Look(size, before=1.0, after=1.0) for size in SIZES_PT},
}


#: Ids of the styles of the library's template that stay.
BUILT_IN = frozenset({"DefaultParagraphFont", "TableNormal", "NoList"})


def style_id(name: str) -> str:
    """Id of a style in the file: its name without spaces."""
    return name.replace(" ", "")


def add_styles(word: WordDocument) -> None:
    """Put all styles into a document that was made from the library's template."""
    styles = word.styles.element
    for style in list(styles.style_lst):
        if style.styleId not in BUILT_IN:
            styles.remove(style)
    for name, look in LOOKS.items():
        _add(styles, _paragraph_style(name, look))
    for name, looks in CHARACTERS.items():
        style = f'<w:style {{}} w:type="character" w:styleId="{name}"><w:name w:val="{name}"/>'
        _add(styles, f"{style}<w:qFormat/><w:rPr>{looks}</w:rPr></w:style>")
    _add(styles, _TABLE)


#: Name of a character style -> its properties.
CHARACTERS: Mapping[str, str] = {
    "Strong": "<w:b/>",
    "Emphasis": "<w:i/>",
    "Code": f'<w:rFonts w:ascii="{CODE_FONT}" w:hAnsi="{CODE_FONT}" w:cs="{CODE_FONT}"/>',
    "Hyperlink": f'<w:color w:val="{LINK}"/><w:u w:val="single"/>',
}

_LINE = f'w:val="single" w:space="0" w:color="{RULE}"'
_TABLE = (
    f'<w:style {{}} w:type="table" w:customStyle="1" w:styleId="{TABLE_STYLE}"><w:name w:val="Evidence Table"/>'
    '<w:basedOn w:val="TableNormal"/><w:uiPriority w:val="99"/><w:qFormat/><w:tblPr>'
    f'<w:tblBorders><w:top {_LINE} w:sz="8"/><w:bottom {_LINE} w:sz="8"/>'
    '<w:insideH w:val="single" w:sz="4" w:space="0" w:color="D9D9D9"/></w:tblBorders>'
    '<w:tblCellMar><w:left w:w="68" w:type="dxa"/><w:right w:w="68" w:type="dxa"/></w:tblCellMar></w:tblPr>'
    '<w:tblStylePr w:type="firstRow"><w:rPr><w:b/></w:rPr><w:tcPr><w:tcBorders>'
    f'<w:bottom {_LINE} w:sz="6"/></w:tcBorders><w:vAlign w:val="bottom"/></w:tcPr></w:tblStylePr></w:style>'
)


def _paragraph_style(name: str, look: Look) -> str:
    based = f'<w:basedOn w:val="{style_id(look.based)}"/>' if look.based else ""
    default = ' w:default="1"' if name == "Normal" else ""
    keep = "<w:keepNext/><w:keepLines/>" if look.keep else ""
    numbered = f'<w:numPr><w:numId w:val="{LISTS[name]}"/></w:numPr>' if name in LISTS else ""
    spacing = f'w:before="{look.before * 20:.0f}" w:after="{look.after * 20:.0f}" w:line="{look.line * 240:.0f}"'
    indent = f'<w:ind w:left="{_twips(look.left)}" w:hanging="{_twips(look.hanging)}"/>'
    level = f'<w:outlineLvl w:val="{int(name[-1]) - 1}"/>' if name.startswith("Heading") else ""
    weight = "<w:b/>" if look.bold else ""
    return (
        f'<w:style {{}} w:type="paragraph" w:styleId="{style_id(name)}"{default}><w:name w:val="{_word_name(name)}"/>'
        f"{based}<w:qFormat/><w:pPr>{keep}{numbered}{look.more}"
        f'<w:spacing {spacing} w:lineRule="auto"/>{indent}{level}</w:pPr>'
        f'<w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:cs="{FONT}" w:eastAsia="{FONT}"/>{weight}'
        f'<w:color w:val="{look.ink}"/><w:sz w:val="{look.size * 2:.0f}"/><w:szCs w:val="{look.size * 2:.0f}"/>'
        "</w:rPr></w:style>"
    )


#: Style -> the list of numbering.xml that it is numbered by.
LISTS = {"List Bullet": 1, "List Number": 2}


def _word_name(name: str) -> str:
    """Word's own names of its own styles begin with a small letter."""
    own = name.startswith(("Heading", "TOC")) or name in ("Caption", "Header", "Footer")
    return name.lower() if own else name


def _add(styles: Any, xml: str) -> None:
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    styles.append(parse_xml(xml.replace("{}", nsdecls("w"), 1)))


def add_lists(word: WordDocument) -> None:
    """Bullets and numbers as the styles of lists need them, in place of the template's lists."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    numbering = word.part.numbering_part.element
    for child in list(numbering):
        numbering.remove(child)
    for name, number in LISTS.items():
        kind, text = ("bullet", "•") if name == "List Bullet" else ("decimal", "%1.")
        numbering.append(
            parse_xml(
                f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}"><w:multiLevelType w:val="singleLevel"/>'
                f'<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="{kind}"/>'
                f'<w:pStyle w:val="{style_id(name)}"/><w:lvlText w:val="{text}"/><w:lvlJc w:val="left"/>'
                f'<w:pPr><w:ind w:left="{_twips(6)}" w:hanging="{_twips(6)}"/></w:pPr></w:lvl></w:abstractNum>'
            )
        )
    for number in LISTS.values():
        numbering.append(parse_xml(_num(number, number, nsdecls("w"))))


def restarted(word: WordDocument, times: int) -> int:
    """The number of a numbered list that begins at 1 again; ``times`` counts the lists before it."""
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    number = LISTS["List Number"] + 1 + times
    again = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride>'
    word.part.numbering_part.element.append(
        parse_xml(_num(number, LISTS["List Number"], nsdecls("w")).replace("</w:num>", f"{again}</w:num>"))
    )
    return number


def _num(number: int, of: int, names: str) -> str:
    return f'<w:num {names} w:numId="{number}"><w:abstractNumId w:val="{of}"/></w:num>'


def _twips(mm: float) -> int:
    return round(mm * 1440 / 25.4)
