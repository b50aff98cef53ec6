"""A CSV table of which single rows are added, changed or taken out; every other byte stays as somebody typed it."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .errors import DataError, Problem
from .rows import parse_rows

#: Characters, whole lines, in which the header is looked for.
_HEAD = 16_384
_BOM = "\ufeff"
_UTF8 = "save it as CSV UTF-8 (Excel: 'CSV UTF-8 (comma delimited)'), so that its other rows can stay as they are"


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row: its cells, outer spaces removed, its text with the line end, and the 1-based line it starts on."""

    cells: tuple[str, ...]
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table with the text of every row.

    Attributes:
        file: Path for problems.
        head: Text before the header: a byte order mark, a ``sep=;`` line, empty lines.
        header: Names and text. rows: What follows, empty rows too.
        delimiter, newline: As the table has them.
    """

    file: str
    head: str
    header: KeptRow
    rows: tuple[KeptRow, ...]
    delimiter: str
    newline: str

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns."""
        return self.header.cells

    def by(self, key: str) -> dict[str, KeptRow]:
        """The first row with each value of a column."""
        place, found = self.names.index(key), dict[str, KeptRow]()
        for row in self.rows:
            if len(row.cells) > place and row.cells[place]:
                found.setdefault(row.cells[place], row)
        return found

    def values(self, row: KeptRow) -> dict[str, str]:
        """The cells of a row by column; a row that is too short lacks the last ones."""
        return dict(zip(self.names, row.cells, strict=False))

    def content(self) -> bytes:
        """The bytes of the file."""
        return "".join((self.head, self.header.text, *(row.text for row in self.rows))).encode("utf-8")

    def edited(self, edits: Sequence[tuple[KeptRow | None, Mapping[str, str] | None]]) -> KeptTable:
        """The table with rows changed, taken out or added; columns that a cell needs and the table lacks are added.

        Args:
            edits: Each a row of this table and its cells that change, or None to take it out; or None and the cells of
                a new row, which goes below the last row that holds anything.
        """
        needed = [name for _, cells in edits for name, cell in (cells or {}).items() if cell]
        wide = self.with_columns(needed)
        changes = {id(row): cells for row, cells in edits if row is not None}
        rows = [wide.header]
        for old, row in zip(self.rows, wide.rows, strict=True):
            cells = changes.get(id(old), {})
            if cells:
                rows.append(replace(wide._row({**wide.values(row), **cells}), line=old.line))
            elif cells is not None:
                rows.append(row)
        new = [wide._row(cells) for row, cells in edits if row is None and cells]
        at = 1 + max(i for i, row in enumerate(rows) if any(row.cells))
        if new and not rows[at - 1].text.endswith(("\n", "\r")):
            rows[at - 1] = replace(rows[at - 1], text=rows[at - 1].text + wide.newline)
        header, *rest = (*rows[:at], *new, *rows[at:])
        return replace(wide, header=header, rows=tuple(rest))

    def with_columns(self, names: Sequence[str]) -> KeptTable:
        """The table with these columns: missing ones are added at the right, empty in every row."""
        new = [name for name in dict.fromkeys(names) if name not in self.names]
        if not new:
            return self
        header = self._lengthened(self.header, new)
        empty = [""] * len(new)
        rows = tuple(self._lengthened(row, empty) if any(row.cells) else row for row in self.rows)
        return replace(self, header=header, rows=rows)

    def _lengthened(self, row: KeptRow, cells: Sequence[str]) -> KeptRow:
        text = row.text.rstrip("\r\n")
        end = row.text[len(text) :]
        added = "".join(self.delimiter + cell for cell in cells)
        return KeptRow((*row.cells, *cells), text + added + end, row.line)

    def _row(self, values: Mapping[str, str]) -> KeptRow:
        cells = tuple(values.get(name, "") for name in self.names)
        text = io.StringIO(newline="")
        csv.writer(text, delimiter=self.delimiter, lineterminator=self.newline).writerow(cells)
        return KeptRow(cells, text.getvalue())


def read_kept(path: Path, columns: Sequence[str], key: str) -> KeptTable:
    """A table with the text of its rows; an empty one with these columns where there is no file.

    Raises:
        DataError: the file is not UTF-8, holds no table or no column ``key``, or a quote that is not closed.
    """
    if not path.exists():
        return KeptTable(str(path), "", KeptRow(tuple(columns), ",".join(columns) + "\n", 1), (), ",", "\n")
    try:
        content = path.read_bytes()
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        raise DataError(Problem("bad-encoding", "the file is not UTF-8", _UTF8, str(path), line)) from error
    except OSError as error:
        mend = "close it in other programs, or mend its rights"
        raise DataError(Problem("unreadable", f"the file can't be read: {error.strerror}", mend, str(path))) from error
    first = parse_rows("".join(io.StringIO(text, newline="").readlines(_HEAD)).encode("utf-8"), str(path))
    if not first.header:
        raise DataError(first.problems)
    if key not in first.header:
        mend = f"add it, or bring the table back: {', '.join(columns)}"
        message = f"the column {key!r} is missing"
        raise DataError(Problem("missing-column", message, mend, str(path), first.header_line, key))
    return _kept(text, str(path), first.delimiter, first.header_line)


def _kept(text: str, file: str, delimiter: str, header_line: int) -> KeptTable:
    lines = list(io.StringIO(text, newline=""))
    head = "".join(lines[: header_line - 1])
    body = "".join(lines[header_line - 1 :])
    if header_line == 1 and body.startswith(_BOM):
        head, body = _BOM, body[1:]
    rest = io.StringIO(body, newline="")
    parts = list(rest)
    reader = csv.reader(iter(parts), delimiter=delimiter, strict=True)
    rows, start = [], 0
    try:
        for cells in reader:
            written = "".join(parts[start : reader.line_num])
            rows.append(KeptRow(tuple(cell.strip() for cell in cells), written, header_line + start))
            start = reader.line_num
    except csv.Error as error:
        message = "a quote opens in the row that starts here and ends inside a cell, or never"
        mend = 'close the quote at the end of its cell; write a quote inside a quoted cell twice ("")'
        raise DataError(Problem("unclosed-quote", message, mend, file, header_line + start)) from error
    newline = "\r\n" if "\r\n" in text else "\n" if "\n" in text or "\r" not in text else "\r"
    return KeptTable(file, head, rows[0], tuple(rows[1:]), delimiter, newline)
