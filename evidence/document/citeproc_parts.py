"""What citeproc-py is given beside a style: marks for formatting, numbers and years that can be found or told apart."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from .csl_json import BOLD, BOLD_END, ITALIC, ITALIC_END, NUMBER, NUMBER_END, RAISED, RAISED_END


class Marks:
    """The formatter of citeproc-py: formatting as marks in the text."""

    @staticmethod
    def preformat(value: Any) -> str:
        return str(value)

    @staticmethod
    def Italic(value: Any) -> str:  # noqa: N802
        return f"{ITALIC}{value}{ITALIC_END}"

    @staticmethod
    def Bold(value: Any) -> str:  # noqa: N802
        return f"{BOLD}{value}{BOLD_END}"

    @staticmethod
    def Superscript(value: Any) -> str:  # noqa: N802
        return f"{RAISED}{value}{RAISED_END}"

    Oblique = Italic
    Light = Underline = Subscript = SmallCaps = preformat


class NumberOfEntry(int):
    """The number of an entry in the list, which has numbers of its own."""

    def __str__(self) -> str:
        return f"{NUMBER}{int(self)}{NUMBER_END}"


class LetteredYear(int):
    """A year with the letter that tells it from another one of the same authors."""

    letter: str

    def __new__(cls, year: int, letter: str) -> LetteredYear:
        made = super().__new__(cls, year)
        made.letter = letter
        return made

    def __abs__(self) -> LetteredYear:
        return self

    def __str__(self) -> str:
        return f"{int(self)}{self.letter}"


@contextmanager
def any_case() -> Iterator[None]:
    """Let a style change the case of names and dates, too: the library expects its own kind of text and gets others.

    Every thirtieth style does that. The library is as it was afterwards.
    """
    from citeproc.model import Name_Part, TextCased
    from citeproc.string import MixedString, String

    before, parts_before = TextCased.case, Name_Part.format_part

    def case(element: Any, value: Any, language: Any = None) -> Any:
        if value is None or not str(value):
            return value
        if isinstance(value, MixedString):
            value = MixedString(part if hasattr(part, "words") else String(part) for part in value)
        return before(element, value if hasattr(value, "words") else String(value), language)

    def format_part(element: Any, given: Any, family: Any) -> Any:
        made = parts_before(element, given, family)
        return tuple(None if part is None else str(part) for part in made)

    TextCased.case, Name_Part.format_part = case, format_part
    try:
        yield
    finally:
        TextCased.case, Name_Part.format_part = before, parts_before


def with_number(item: Any) -> Any:
    """The item whose number can be found again in what the style prints."""
    made = _numbered()(item.key)
    made.citation = item.citation
    return made


@cache
def _numbered() -> Any:
    from citeproc import CitationItem

    class Numbered(CitationItem):  # type: ignore[misc]
        @property
        def number(self) -> int:
            return NumberOfEntry(super().number)

    return Numbered
