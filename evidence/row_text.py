"""The text of one row of a CSV table: its cells as they are written, its line end, how many lines it takes."""

from __future__ import annotations

import re

_LINE_END = re.compile(r"\r\n|\r|\n")


def value_of(cell: str) -> str:
    """A cell as it is compared: outer spaces removed, line ends inside as LF."""
    value = cell.strip()
    return _LINE_END.sub("\n", value) if "\r" in value else value


def line_end(text: str) -> str:
    """The line end of a row, "" for a last one without."""
    return "\r\n" if text.endswith("\r\n") else text[-1:] if text.endswith(("\n", "\r")) else ""


def line_ends(text: str) -> int:
    """Number of line ends in a text, whatever they are."""
    return text.count("\n") + text.count("\r") - text.count("\r\n")


def cell_texts(body: str, delimiter: str) -> list[str]:
    """The text of each cell of a row without its line end, quotes included: joined they are the row."""
    cell = re.compile(rf'"(?:[^"]|"")*"|[^{re.escape(delimiter)}\r\n]*')
    parts, at = list[str](), 0
    while at <= len(body):
        found = cell.match(body, at)
        assert found is not None  # an empty cell always fits
        parts.append(found[0])
        at = found.end() + len(delimiter)
    return parts


def cell_text(value: str, delimiter: str, quoted: bool) -> str:
    """A value as a cell, in quotes where it must be or ``quoted`` says so."""
    if quoted or value != value.strip() or any(mark in value for mark in (delimiter, '"', "\n", "\r")):
        return '"' + value.replace('"', '""') + '"'
    return value


def row_text(cells: list[str], delimiter: str) -> str:
    """Cells as a row without its line end; an empty one of a single column is no empty line."""
    return delimiter.join(cells) or '""'
