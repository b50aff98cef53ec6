"""A delimited text cut into rows with their exact places: one that is broken ends at the end of its line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

DELIMITERS = (",", ";", "\t", "|")
_DECLARED = re.compile(r'"?sep=(.)"?[,;\t]*\n', re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        cells: Its texts, quotes removed, spaces around them as well.
        start, end, line: Its place in the text, without the line end; 1-based line.
        broken: A quote opens in it that isn't closed where a cell ends.
    """

    cells: tuple[str, ...]
    start: int
    end: int
    line: int
    broken: bool = False

    @property
    def empty(self) -> bool:
        """Whether nothing stands in any cell."""
        return not any(self.cells)


def rows(text: str, delimiter: str, start: int = 0) -> Iterator[Row]:
    """The rows of a text from a place on. In a table with tabs a quote that isn't closed is a letter.

    A row with a quote that isn't closed ends with its line: what follows is read as usual.
    """
    line, at = 1 + text.count("\n", 0, start), start
    while at < len(text):
        row = _row(text, delimiter, at, line)
        yield row
        line += text.count("\n", at, row.end + 1)
        at = row.end + 1


def _row(text: str, delimiter: str, start: int, line: int) -> Row:
    quoted, bare = _patterns(delimiter)
    cells: list[str] = []
    at = start
    while True:
        found = quoted.match(text, at)
        if found is not None:
            cells.append(found[1].replace('""', '"').strip())
        else:
            found = bare.match(text, at)
            assert found is not None  # it matches nothing, too
            if found[0].lstrip(" ").startswith('"') and delimiter != "\t":
                end = text.find("\n", start)
                return Row((), start, len(text) if end < 0 else end, line, broken=True)
            cells.append(found[0].strip())
        at = found.end()
        if at >= len(text) or text[at] != delimiter:
            return Row(tuple(cells), start, at, line)
        at += 1


@cache
def _patterns(delimiter: str) -> tuple[re.Pattern[str], re.Pattern[str]]:
    mark = re.escape(delimiter)
    return re.compile(rf' *"((?>[^"]*(?:""[^"]*)*))" *(?={mark}|\n|\Z)'), re.compile(rf"[^{mark}\n]*")


def declared(text: str) -> tuple[str | None, int]:
    """The delimiter that a first line ``sep=;`` declares, and where the table starts."""
    found = _DECLARED.match(text)
    return (found[1], found.end()) if found else (None, 0)
