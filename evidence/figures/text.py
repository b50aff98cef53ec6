"""Widths of text as it will be drawn, and lines that fit a width."""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from typing import Any

MM_PER_POINT = 25.4 / 72
FAMILY = "DejaVu Sans"
#: Tried in this order for what the first one lacks, and by viewers that don't have it: Verdana is as wide.
FAMILIES = (FAMILY, "Verdana", "Noto Sans", "Noto Sans CJK JP", "Arial Unicode MS", "sans-serif")
#: A word that is too long may be broken behind these.
HYPHENS = re.compile(r"(?<=[-/\u2013])")
#: A percent sign with a space that does not end a line.
PERCENT, GLUED = re.compile(r"(?<=\d) %"), "\u00a0%"
#: Renderers differ in rounding and kerning; measured text gets a little more room than it needs.
SLACK = 1.01


def font_file(bold: bool, italic: bool = False) -> Path:
    """The font that text is measured with: the one that comes with matplotlib, whatever else is installed.

    Italic letters are as wide as upright ones, and are measured as such.
    """
    from matplotlib import get_data_path

    style = "-" + "Bold" * bold + "Oblique" * italic if bold or italic else ""
    return Path(get_data_path()) / "fonts" / "ttf" / f"DejaVuSans{style}.ttf"


@lru_cache(maxsize=2)
def _font(bold: bool) -> Any:
    from matplotlib.ft2font import FT2Font

    font = FT2Font(str(font_file(bold)))
    font.set_size(100, 72)
    return font


@lru_cache(maxsize=20_000)
def width_mm(text: str, size_pt: float, bold: bool = False) -> float:
    """Width of one line of text.

    A character that the font lacks is counted as a full-width square, so that no other font makes it overlap.
    """
    points = sum(advance(character, bold) for character in text)
    points += sum(kerning(a, b, bold) for a, b in pairwise(text))
    return points * size_pt / 100 * MM_PER_POINT * SLACK


@lru_cache(maxsize=20_000)
def advance(character: str, bold: bool) -> float:
    """How far a letter of 100 points moves the pen, in points."""
    from matplotlib.ft2font import LoadFlags

    font = _font(bold)
    if not font.get_char_index(ord(character)):
        return 100.0
    return float(font.load_char(ord(character), LoadFlags.NO_HINTING).linearHoriAdvance / 65536)


@lru_cache(maxsize=20_000)
def kerning(first: str, second: str, bold: bool) -> float:
    """How much closer two letters of 100 points stand, in points; never positive."""
    from matplotlib.ft2font import Kerning

    font = _font(bold)
    a, b = font.get_char_index(ord(first)), font.get_char_index(ord(second))
    return min(float(font.get_kerning(a, b, Kerning.UNFITTED) / 64), 0.0) if a and b else 0.0


def missing_characters(texts: list[str]) -> str:
    """Characters that the font has no glyph for, each once."""
    font = _font(False)
    letters = dict.fromkeys(c for text in texts for c in text if c.isprintable())
    return "".join(c for c in letters if not font.get_char_index(ord(c)))


def wrapped(text: str, width: float, size_pt: float, bold: bool = False) -> list[str]:
    """Lines of text that fit a width in mm: broken at spaces, and inside a word only where it is longer than a line.

    A percent sign stays with its number.
    """
    lines: list[str] = []
    for paragraph in PERCENT.sub(GLUED, text).splitlines() or [""]:
        current = ""
        for word in paragraph.split(" "):
            candidate = f"{current} {word}" if current else word
            if width_mm(candidate, size_pt, bold) <= width:
                current = candidate
                continue
            if current:
                lines.append(current)
            *full, current = _broken(word, width, size_pt, bold)
            lines += full
        lines.append(current)
    return [line.replace(GLUED, " %") for line in lines]


def _broken(word: str, width: float, size_pt: float, bold: bool) -> list[str]:
    """Pieces of a word that is longer than a line: broken behind hyphens, elsewhere only where that is not enough."""
    pieces = [""]
    for part in HYPHENS.split(word):
        if pieces[-1] and width_mm(pieces[-1] + part, size_pt, bold) > width:
            pieces.append("")
        for character in part:
            if pieces[-1] and width_mm(pieces[-1] + character, size_pt, bold) > width:
                pieces.append("")
            pieces[-1] += character
    return pieces
