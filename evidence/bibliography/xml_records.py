"""XML cut into its records first, each then parsed alone: one that is broken takes nothing of the next with it.

A record alone has no document type, so it can declare no entities: none is fetched, and none grows.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

from ..characters import NOT_XML

_NUMBERED = re.compile(r"&#(?:[xX]([0-9A-Fa-f]{1,6})|(\d{1,7}));")
_NAMED = re.compile(r"&(?!(?:amp|lt|gt|quot|apos);)([A-Za-z]{2,10}\d{0,2});")
_BARE = re.compile(r"&(?!#?\w{1,12};)")


@dataclass(frozen=True, slots=True)
class Piece:
    """One record of a text: the text from its first to its last tag, and the 1-based line where it starts."""

    raw: str
    start: int
    line: int

    @property
    def end(self) -> int:
        """Where it ends."""
        return self.start + len(self.raw)


def pieces(text: str, names: str) -> Iterator[Piece]:
    """The elements of a name, also one whose end is missing: it ends where the next begins.

    Args:
        names: Pattern of the names of elements that are records.
    """
    tag = re.compile(rf"<(?P<close>/?)(?:{names})(?=[\s>/])[^<>]*>")
    start: int | None = None
    line, counted = 1, 0
    for found in tag.finditer(text):
        if found["close"]:
            if start is not None:
                yield Piece(text[start : found.end()], start, line)
            start = None
            continue
        if start is not None:
            yield Piece(text[start : found.start()].rstrip(), start, line)
        start = found.start()
        line += text.count("\n", counted, start)
        counted = start
        if found[0].endswith("/>"):
            yield Piece(found[0], start, line)
            start = None
    if start is not None:
        yield Piece(re.split(r"</(?:records|xml|PubmedArticleSet)>", text[start:], maxsplit=1)[0].rstrip(), start, line)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A record as a tree, or why it is none: ``error`` with its line in the record, from 0. ``mended``: see there."""

    tree: ElementTree.Element | None
    error: str = ""
    line: int = 0
    mended: bool = False


def parsed(raw: str) -> Parsed:
    """The tree of a record; characters that XML can't hold are left out, where nothing else is wrong with it."""
    try:
        return Parsed(ElementTree.fromstring(raw))
    except ElementTree.ParseError as error:
        found = error
    try:
        return Parsed(ElementTree.fromstring(_mended(raw)), mended=True)
    except ElementTree.ParseError:
        return Parsed(None, str(found).split(":")[0], found.position[0] - 1)


def _mended(raw: str) -> str:
    named = _NAMED.sub(lambda found: html.escape(html.unescape(found[0])), NOT_XML.sub("", raw))
    return _BARE.sub("&amp;", _NUMBERED.sub(_numbered, named))


def _numbered(found: re.Match[str]) -> str:
    number = int(found[1], 16) if found[1] else int(found[2])
    return found[0] if number < 0x110000 and not NOT_XML.match(chr(number)) else ""


def text(element: ElementTree.Element | None) -> str:
    """Everything that is written in an element; its runs of one style follow each other."""
    return "" if element is None else "".join(element.itertext()).replace("\r", "\n").strip()


def texts(tree: ElementTree.Element, path: str) -> list[str]:
    """What is written in each element of a path, without empty ones."""
    return [found for found in (text(element) for element in tree.iterfind(path)) if found]


def first(tree: ElementTree.Element, *paths: str) -> str:
    """What is written in the first element that is filled; "" where none is."""
    return next((found for path in paths for found in texts(tree, path)), "")


def first_words(tree: ElementTree.Element) -> str:
    """How the text of a record begins, for a problem."""
    return " / ".join(part.strip() for part in tree.itertext() if part.strip())[:60]
