"""Pieces of WordprocessingML as text: runs, paragraphs, links, bookmarks, numbers that Word counts itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any
from urllib.parse import quote
from xml.sax.saxutils import escape, quoteattr

from ..characters import without_unseen
from .blocks import Cite, Code, Emphasis, Link, Strong, Text

#: Addresses that a link may have; anything else is printed as text.
SAFE_ADDRESS = re.compile(r"https?://\S+\Z")
#: What an address may hold without being written as %..; Word refuses a file with other characters in an address.
ADDRESS = ":/?#[]@!$&'()*+,;=%-._~"
SPACES = re.compile(r"[ \t\r\n]+")
#: Longest name of a bookmark that Word keeps.
LONGEST_NAME = 40
#: Keeps a percent sign with its number at the end of a line.
NO_BREAK = "\u00a0"


@dataclass
class Bookmarks:
    """Names of the places that links lead to; each anchor of the document has one, and no two the same.

    Attributes:
        known: Anchors that exist; a link to another one is printed as text.
    """

    known: frozenset[str]
    _names: dict[str, str] = field(default_factory=dict)

    def name(self, anchor: str) -> str:
        """The bookmark of an anchor: letters, digits and underscores, 40 at most."""
        if anchor not in self._names:
            name = re.sub(r"\W", "_", anchor, flags=re.ASCII)
            if not name[:1].isalpha():
                name = f"a_{name}"
            if len(name) > LONGEST_NAME or name in self._names.values():
                name = f"{name[: LONGEST_NAME - 9]}_{sha256(anchor.encode()).hexdigest()[:8]}"
            self._names[anchor] = name
        return self._names[anchor]

    def around(self, anchor: str, inner: str) -> str:
        """Runs that the anchor's bookmark holds."""
        name = self.name(anchor)
        number = list(self._names).index(anchor) + 1
        return f'<w:bookmarkStart w:id="{number}" w:name="{name}"/>{inner}<w:bookmarkEnd w:id="{number}"/>'


@dataclass(frozen=True)
class Writer:
    """Texts of a document as runs.

    Attributes:
        citations: Keys cited together -> what stands in the text.
        bookmarks: Places to lead to.
        relate: Address -> id of its relation in the file.
    """

    citations: Mapping[tuple[str, ...], Text]
    bookmarks: Bookmarks
    relate: Callable[[str], str]

    def runs(self, text: Text) -> str:
        """Every run of a text."""
        return "".join(self._run(one) for one in text)

    def _run(self, one: Any) -> str:
        match one:
            case Link(text=words, href=href):
                return self.link(words, href)
            case str(words):
                return run(words)
            case Strong(text=words):
                return run(words, "Strong")
            case Emphasis(text=words):
                return run(words, "Emphasis")
            case Code(text=words):
                return run(words, "Code")
            case Cite(keys=keys):
                return self.cites(keys)
        raise TypeError(f"no rendering for {one!r}")

    def link(self, words: str, href: str) -> str:
        """A link to an address or to a place of the document; what can't be followed is text."""
        if href.startswith("#") and href[1:] in self.bookmarks.known:
            return f'<w:hyperlink w:anchor="{self.bookmarks.name(href[1:])}">{run(words, "Hyperlink")}</w:hyperlink>'
        if SAFE_ADDRESS.match(href):
            relation = self.relate(quote(href, safe=ADDRESS))
            return f'<w:hyperlink r:id="{relation}">{run(words, "Hyperlink")}</w:hyperlink>'
        return run(words)

    def cites(self, keys: tuple[str, ...]) -> str:
        """References as the style of citations prints them, each leading to its place in the list."""
        return self.runs(self.citations[keys]) if keys else ""


def run(words: str, style: str | None = None) -> str:
    """A run of text; spaces and line breaks inside are one space, as on the page."""
    words = SPACES.sub(" ", without_unseen(words)).replace(" %", f"{NO_BREAK}%")
    looks = f'<w:rPr><w:rStyle w:val="{style}"/></w:rPr>' if style else ""
    return f'<w:r>{looks}<w:t xml:space="preserve">{escape(words)}</w:t></w:r>' if words else ""


def paragraph(style: str, inner: str, keep: bool = False, more: str = "") -> str:
    """A paragraph.

    Args:
        style: Id of its style. inner: Its runs. keep: Whether it stays on the page of the next paragraph.
        more: Further properties, those that come after ``keepNext`` in the schema.
    """
    kept = "<w:keepNext/>" if keep else ""
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{kept}{more}</w:pPr>{inner}</w:p>'


def counted(sequence: str, shown: int) -> str:
    """A number that Word counts along a sequence, with what it shows before Word has counted."""
    return field_of(f"SEQ {sequence} \\* ARABIC", str(shown))


def field_of(code: str, shown: str) -> str:
    """A field with its result, so that a reader sees it without updating."""
    opening, closing = field_around(code)
    return opening + run(shown) + closing


def field_around(code: str) -> tuple[str, str]:
    """What stands before and after the result of a field."""
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    return f'{begin}<w:r><w:instrText xml:space="preserve"> {escape(code)} </w:instrText></w:r>{separate}', end


def attribute(words: str) -> str:
    """Text as an attribute's value, in quotes."""
    return quoteattr(without_unseen(words))
