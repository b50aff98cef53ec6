"""Whether a file of a figure can show every character that is written, and which font is needed if not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any

from ..errors import Problem, usage
from .file_kinds import Kind
from .page import Page
from .text import FAMILIES, FAMILY, missing_characters

#: Further fonts of common systems, for letters of East Asia and signs in files that can't look for fonts themselves.
FURTHER = (
    "Noto Sans CJK SC",
    "Noto Sans SC",
    "Noto Sans JP",
    "Noto Sans KR",
    "Droid Sans Fallback",
    "Hiragino Sans",
    "PingFang SC",
    "Yu Gothic",
    "Microsoft YaHei",
    "Malgun Gothic",
    "Noto Emoji",
    "Noto Sans Symbols 2",
)
#: Their files, as far as matplotlib, which remembers an older list of fonts, may have missed them.
FILES = ("DroidSansFallback", "NotoSansCJK", "NotoSansSC", "NotoSansJP", "NotoSansKR", "NotoEmoji", "NotoSansSymbols2")
#: PDF holds outlines of TrueType only.
FOR_PDF = (".ttf",)
#: First and last character of scripts -> a free font that has them.
SCRIPTS: Sequence[tuple[int, int, str]] = (
    (0x1100, 0x11FF, "Noto Sans KR"),
    (0x2E80, 0x312F, "Noto Sans JP"),
    (0x3130, 0x318F, "Noto Sans KR"),
    (0x3190, 0xA4CF, "Noto Sans SC"),
    (0xAC00, 0xD7FF, "Noto Sans KR"),
    (0xF900, 0xFAFF, "Noto Sans SC"),
    (0xFF00, 0xFFEF, "Noto Sans JP"),
    (0x20000, 0x3FFFF, "Noto Sans SC"),
    (0x2190, 0x2BFF, "Noto Sans Symbols 2"),
    (0x1F000, 0x1FAFF, "Noto Emoji"),
)
OTHER = "the Noto Sans of its script"


class MissingGlyphsWarning(UserWarning):
    """A file shows boxes in the place of characters; ``problem`` says which, and what mends it."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


@contextmanager
def known_fonts(pages: Sequence[Page]) -> Iterator[str]:
    """While this lasts matplotlib knows the font that a style brings, and fonts that were installed since it looked.

    Yields:
        The name of the family that the style brings, or an empty text.

    Raises:
        UsageError: no such file, or not a font.
    """
    from matplotlib import font_manager

    manager = font_manager.fontManager
    before = list(manager.ttflist)
    try:
        if _unwritten(pages):
            known = {font.fname for font in before}
            for file in sorted(font_manager.findSystemFonts()):
                if file not in known and Path(file).name.startswith(FILES):
                    _add(file)
        yield _add(pages[0].font) if pages[0].font else ""
    finally:
        manager.ttflist[:] = before


def _add(file: str) -> str:
    from matplotlib import font_manager

    try:
        font_manager.fontManager.addfont(file)
    except (OSError, RuntimeError) as error:
        mend = "give the path of a .ttf or .otf file"
        raise usage(f"{file} can't be read as a font", mend, "font") from error
    return str(font_manager.fontManager.ttflist[-1].name)


def _unwritten(pages: Iterable[Page]) -> str:
    """Characters that DejaVu Sans has no glyph for."""
    return missing_characters([text.text for page in pages for text in page.texts])


def families(kind: Kind, own: str = "") -> list[str]:
    """The fonts that a file is written with: the first one always, ``own``, then the known ones that are installed."""
    from matplotlib import font_manager

    listed = font_manager.fontManager.ttflist
    installed = {font.name for font in listed if kind != "pdf" or font.fname.lower().endswith(FOR_PDF)}
    return [name for name in (FAMILY, own, *FAMILIES[1:], *FURTHER) if name in installed]


def lacking(pages: Sequence[Page], kind: Kind) -> str:
    """Characters of pages that no font of a kind of file has, each once.

    Raises:
        UsageError: the style's font can't be read.
    """
    missing = _unwritten(pages)
    if kind == "svg" or not missing:
        return ""
    with known_fonts(pages) as own:
        fonts = [_opened(_file_of(name)) for name in families(kind, own)]
    return "".join(c for c in missing if not any(font.get_char_index(ord(c)) for font in fonts))


def _file_of(family: str) -> str:
    from matplotlib import font_manager

    return str(font_manager.fontManager.findfont(font_manager.FontProperties(family=[family])))


@lru_cache(maxsize=16)
def _opened(file: str) -> Any:
    from matplotlib.ft2font import FT2Font

    return FT2Font(file)


def missing_problem(characters: str, kind: Kind, file: str | Path) -> Problem:
    """What is said of characters that a file can't show."""
    fonts = dict.fromkeys(_font_for(ord(c)) for c in characters)
    ending = " as a .ttf file" if kind == "pdf" else ""
    return Problem(
        "missing-glyphs",
        f"no font here has {' '.join(characters)}: boxes stand in their place",
        f"write .svg, where text stays text; or give a font that has them{ending} with --font FILE"
        f" (Style(font=FILE) in Python), such as {' and '.join(fonts)}",
        str(file),
        severity="warning",
    )


def _font_for(character: int) -> str:
    return next((name for first, last, name in SCRIPTS if first <= character <= last), OTHER)
