"""The figures' font as a part of a page or a file: only the characters that are written, as WOFF inside the CSS.

DejaVu Sans is on few machines outside Linux, and text that was measured in it would shift in another font. Its licence
allows that it is embedded and cut down; copyright and licence stay in its table of names.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from functools import lru_cache
from io import BytesIO
from xml.etree import ElementTree

from .page import Page
from .text import FAMILY, font_file

#: Tables that a browser does not need.
NEEDLESS = ("FFTM", "MATH", "gasp")
#: What the font is called, whose it is, and its licence.
NAMES = (0, 1, 2, 13, 14)

#: Text, and whether it is bold.
Written = tuple[str, bool]


def faces_of_page(page: Page) -> str:
    """CSS that brings along the font of a page's texts."""
    return font_faces((text.text, text.bold) for text in page.texts)


def faces_of_drawings(drawings: Iterable[str]) -> str:
    """CSS that brings along the font of the texts of SVG drawings."""
    return font_faces(written for drawing in drawings for written in _written(ElementTree.fromstring(drawing), False))


def font_faces(texts: Iterable[Written]) -> str:
    """One ``@font-face`` for each weight that is written, covering these texts; empty where nothing is."""
    letters: dict[bool, set[str]] = {False: set(), True: set()}
    for text, bold in texts:
        letters[bold] |= set(text)
    return "".join(_face("".join(sorted(found)), bold) for bold, found in letters.items() if found)


def _face(characters: str, bold: bool) -> str:
    coded = b64encode(subset(characters, bold)).decode("ascii")
    source = f'url("data:font/woff;base64,{coded}") format("woff")'
    return f'@font-face{{font-family:"{FAMILY}";font-weight:{700 if bold else 400};src:{source}}}\n'


@lru_cache(maxsize=8)
def subset(characters: str, bold: bool) -> bytes:
    """The font with the glyphs of these characters only, those that it lacks left out, as WOFF."""
    from fontTools import subset as cutting
    from fontTools.ttLib import TTFont

    options = cutting.Options(
        bidi_closure=False,
        flavor="woff",
        hinting=False,
        layout_features=["ccmp", "kern", "liga", "locl", "mark", "mkmk"],
        legacy_kern=False,
        name_IDs=list(NAMES),
        notdef_outline=True,
        recalc_timestamp=False,
    )
    options.drop_tables += NEEDLESS
    buffer = BytesIO()
    with TTFont(font_file(bold), lazy=True, recalcTimestamp=False) as font:
        cutter = cutting.Subsetter(options)
        cutter.populate(text=characters)
        cutter.subset(font)
        cutting.save_font(font, buffer, options)
    return buffer.getvalue()


def _written(element: ElementTree.Element, bold: bool) -> Iterator[Written]:
    """The texts of a drawing, each with its weight."""
    weight = element.get("font-weight")
    bold = weight == "700" if weight else bold
    if element.tag.rpartition("}")[2] == "text":
        yield "".join(element.itertext()), bold
    for inner in element:
        yield from _written(inner, bold)
