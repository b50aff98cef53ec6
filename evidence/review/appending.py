"""Rows put at the end of a table, or taken out of it, so that every other row keeps its bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ..encoding import codec_of, decode
from ..errors import DataError, Problem
from ..rows import RawTable, parse_rows

Cells = Mapping[str, str]

#: What says that the rows of a file can't be told from each other.
_UNCLEAR = frozenset({"unclosed-quote", "repeated-column", "unnamed-column"})


@dataclass(frozen=True, slots=True)
class Appended:
    """A table with further rows.

    Attributes:
        content: The bytes of the file with them.
        header: Column names in the order of the file.
        lines: 1-based physical line of each new row.
    """

    content: bytes
    header: tuple[str, ...]
    lines: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _File:
    """A table that can be changed: its physical lines with their ends, and how its text is written."""

    raw: RawTable
    lines: tuple[str, ...]
    mark: bytes
    codec: str

    def spans(self) -> Iterator[tuple[int, int, list[str]]]:
        """First line, line after the last, and cells of each row: 0-based; the header and empty rows are rows too."""
        reader = csv.reader(self.lines, delimiter=self.raw.delimiter, strict=True)
        start = 0
        for cells in reader:
            yield start, reader.line_num, cells
            start = reader.line_num

    @property
    def line_end(self) -> str:
        """What ends the lines, by the last one that has an end."""
        ended = next((line for line in reversed(self.lines) if line[-1:] in "\r\n"), "\n")
        return "\r\n" if ended.endswith("\r\n") else ended[-1]

    @property
    def quotes_all(self) -> bool:
        """Whether every cell of the header stands in quotes."""
        return "".join(self.lines[: self.raw.header_line]).count('"') >= 2 * len(self.raw.header)

    def encoded(self, text: str) -> bytes:
        """Bytes of a text in the encoding of the file.

        Raises:
            DataError: it has no place for a character.
        """
        try:
            return text.encode(self.codec)
        except UnicodeEncodeError as error:
            character = text[error.start]
            message = f"the file is Windows-1252, which has no place for {character!r}"
            mend = "save the table as UTF-8 (Excel: 'CSV UTF-8 (comma delimited)'), then run it again"
            raise DataError(Problem("bad-encoding", message, mend, self.raw.file)) from error

    def bytes_of(self, lines: Iterable[str]) -> bytes:
        """Bytes of a file of these lines."""
        return self.mark + self.encoded("".join(lines))


def append_rows(content: bytes, file: str, columns: Sequence[str], rows: Sequence[Cells]) -> Appended:
    """Put rows at the end of a table, before rows without text that a spreadsheet left there.

    Encoding, delimiter, line ends and quoting are those of the file; a last line without its end gets one. A column
    that the file has and a row does not is an empty cell; a value whose column the file lacks is left away.

    Args:
        content: Bytes of the file; none where it does not exist, so that it gets the header ``columns``.
        file: Its path, for problems.
        columns: Names of the header of a new file.
        rows: Column -> text; absent = empty.

    Raises:
        DataError: the file can't be read, or has no place for a character.
    """
    table = _opened(content or _written([columns], ",", "\n", False).encode(), file)
    end = max(after for _, after, cells in table.spans() if any(cell.strip() for cell in cells))
    before = list(table.lines[:end])
    if before[-1][-1:] not in ("\r", "\n"):
        before.append(table.line_end)
    lines, at = list[int](), end + 1
    for row in rows:
        cells = [row.get(name, "") for name in table.raw.header]
        before.append(_written([cells], table.raw.delimiter, table.line_end, table.quotes_all))
        lines.append(at)
        at += len(_physical(before[-1]))
    return Appended(table.bytes_of([*before, *table.lines[end:]]), table.raw.header, tuple(lines))


def without_rows(content: bytes, file: str, leaves: Callable[[Sequence[str]], bool]) -> tuple[bytes, int]:
    """Take rows out of a table.

    Args:
        content, file: Bytes and path. leaves: Whether a row of these cells goes; the header never does.

    Returns:
        The bytes without them, and how many they are.

    Raises:
        DataError: the file can't be read.
    """
    table = _opened(content, file)
    kept, gone = list[str](), 0
    for start, after, cells in table.spans():
        if start >= table.raw.header_line and leaves(cells):
            gone += 1
        else:
            kept += table.lines[start:after]
    return table.bytes_of(kept), gone


def _opened(content: bytes, file: str) -> _File:
    raw = parse_rows(content, file)
    unclear = [problem for problem in raw.problems if problem.code in _UNCLEAR]
    if unclear or not raw.header:
        raise DataError(unclear or raw.problems)
    mark, codec = codec_of(content)
    text, _ = decode(content, file)
    return _File(raw, _physical(text or ""), mark, codec)


def _physical(text: str) -> tuple[str, ...]:
    """Lines of a text with their ends, whatever ends them."""
    return tuple(io.StringIO(text, newline=""))


def _written(rows: Iterable[Sequence[str]], delimiter: str, line_end: str, quotes_all: bool) -> str:
    text = io.StringIO(newline="")
    quoting: Literal[0, 1] = csv.QUOTE_ALL if quotes_all else csv.QUOTE_MINIMAL
    csv.writer(text, delimiter=delimiter, lineterminator=line_end, quoting=quoting).writerows(rows)
    return text.getvalue()
