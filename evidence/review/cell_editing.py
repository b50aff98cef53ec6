"""One cell of a CSV file changed, one column or row added: every other byte stays as it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ..errors import DataError, Problem
from ..rows import RawTable, parse_rows

_BOM = "\ufeff"

#: Start and end of each cell of a row within the text, quotes included.
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class CsvText:
    """A CSV file as text, and where its cells stand.

    Attributes:
        text: All of it, a byte order mark included.
        raw: The same as rows of cells.
        spans: Physical line on which a row starts -> its cells.
    """

    text: str
    raw: RawTable
    spans: Mapping[int, Spans]

    @property
    def content(self) -> bytes:
        """The bytes of the file."""
        return self.text.encode("utf-8")

    @property
    def newline(self) -> str:
        """How its lines end."""
        return "\r\n" if "\r\n" in self.text else "\n"

    def cells(self, line: int) -> dict[str, str]:
        """Column -> cell of the row that starts on a line."""
        return dict(zip(self.raw.header, next(cells for at, cells in self.raw.rows if at == line), strict=True))

    def with_cell(self, line: int, column: str, value: str) -> CsvText:
        """The file with another value in a cell.

        Args:
            line: Physical line on which the row starts. column: Added to the table where it is not there.
        """
        table = self.with_column(column)
        start, end = table.spans[line][table.raw.header.index(column)]
        return read_text(table.text[:start] + quoted(value, table.raw.delimiter) + table.text[end:], self.raw.file)

    def with_column(self, name: str) -> CsvText:
        """The file with an empty column of that name as the last one, or as it is where it has one."""
        if name in self.raw.header:
            return self
        text, last = self.text, len(self.raw.header) - 1
        for line in sorted((self.raw.header_line, *self.raw.lines), reverse=True):
            end = self.spans[line][last][1]
            cell = name if line == self.raw.header_line else ""
            text = f"{text[:end]}{self.raw.delimiter}{cell}{text[end:]}"
        return read_text(text, self.raw.file)

    def with_row(self, cells: Mapping[str, str]) -> CsvText:
        """The file with one more row at its end; columns that are not there are added."""
        table = self
        for name in cells:
            table = table.with_column(name)
        row = table.raw.delimiter.join(quoted(cells.get(name, ""), table.raw.delimiter) for name in table.raw.header)
        between = "" if table.text.endswith(("\n", "\r")) else table.newline
        return read_text(f"{table.text}{between}{row}{table.newline}", self.raw.file)


def read_csv_text(path: Path) -> CsvText:
    """A CSV file to change.

    Raises:
        DataError: it can't be read, it holds errors, or it is not UTF-8.
    """
    file = str(path)
    try:
        text = path.read_bytes().decode("utf-8")
    except OSError as error:
        raise DataError(Problem("unreadable", f"the file can't be read: {error}", "check the path", file)) from error
    except UnicodeDecodeError as error:
        mend = "save it as CSV UTF-8, or make the change in a spreadsheet"
        raise DataError(Problem("not-utf-8", "only a file in UTF-8 is changed in place", mend, file)) from error
    found = read_text(text, file)
    if errors := [problem for problem in found.raw.problems if problem.severity == "error"]:
        raise DataError(errors)
    return found


def read_text(text: str, file: str) -> CsvText:
    """The same of a text; ``file`` is named in problems."""
    raw = parse_rows(text.encode("utf-8"), file)
    return CsvText(text, raw, _spans(text, raw.delimiter))


def quoted(value: str, delimiter: str) -> str:
    """A value as a cell."""
    if any(mark in value for mark in (delimiter, '"', "\n", "\r")) or value != value.strip():
        return '"' + value.replace('"', '""') + '"'
    return value


def _spans(text: str, delimiter: str) -> dict[int, Spans]:
    rows: dict[int, Spans] = {}
    cells: list[tuple[int, int]] = []
    start = i = len(_BOM) if text.startswith(_BOM) else 0
    line = first = 1
    inside = False
    while i < len(text):
        mark = text[i]
        ends = mark in "\r\n"
        width = 2 if text.startswith("\r\n", i) else 1
        if inside and text.startswith('""', i):
            i += 2
            continue
        if mark == '"' and (inside or i == start):
            inside = not inside
        elif mark == delimiter and not inside:
            cells.append((start, i))
            start = i + 1
        elif ends and not inside:
            rows[first] = (*cells, (start, i))
            cells, start, first = [], i + width, line + 1
        line += ends
        i += width if ends else 1
    if cells or start < len(text):
        rows[first] = (*cells, (start, len(text)))
    return rows
