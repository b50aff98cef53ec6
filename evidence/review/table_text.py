"""A CSV table with the very text of each row, so that it can be written back with only those rows changed that are."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path

from ..encoding import decode
from ..errors import DataError
from ..rows import RawTable, parse_rows, unreadable

_BOM = b"\xef\xbb\xbf"
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class TableText:
    """The rows of a CSV file.

    Attributes:
        path: Where it is; there need be no file yet.
        header: Column names; empty without a file.
        rows: One text per column, outer spaces removed, line ends inside a cell as LF; "" = empty.
        texts: The very text of each row, with its line end and the empty lines below it.
        head: Everything above the first row. tail: Empty lines at the end.
        width: Cells of a row as written: empty columns at the end count.
        delimiter, newline: As in the file. bom: Whether it starts with a byte order mark.
        lines: 1-based physical line of each row.
    """

    path: Path
    header: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    texts: tuple[str, ...] = ()
    head: str = ""
    tail: str = ""
    width: int = 0
    delimiter: str = ","
    newline: str = "\n"
    bom: bool = False
    lines: tuple[int, ...] = ()

    @property
    def exists(self) -> bool:
        """Whether there is such a file."""
        return bool(self.header)

    def cells(self, row: int) -> dict[str, str]:
        """The cells of a row by column."""
        return dict(zip(self.header, self.rows[row], strict=True))


def read_table_text(path: Path) -> TableText:
    """The rows of a CSV file with their text; a file that does not exist has none.

    Raises:
        DataError: a row can't be read, with every problem of the file.
    """
    if not path.exists():
        return TableText(path)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(unreadable(path, error)) from error
    raw = parse_rows(content, str(path))
    errors = [problem for problem in raw.problems if problem.severity == "error"]
    text, _ = decode(content, str(path))
    if errors or text is None:
        raise DataError(errors)
    return _with_texts(TableText(path, delimiter=raw.delimiter, bom=content.startswith(_BOM)), raw, text)


def _with_texts(table: TableText, raw: RawTable, text: str) -> TableText:
    lines = io.StringIO(text, newline="").readlines()
    starts = [*raw.lines, len(lines) + 1]
    first_end = _LINE_END.search(text)
    header = next(csv.reader(lines[raw.header_line - 1 :], delimiter=raw.delimiter))
    texts = ["".join(lines[a - 1 : b - 1]) for a, b in pairwise(starts)]
    end = len(lines)
    while texts and end > raw.lines[-1] and not lines[end - 1].strip("\r\n"):
        end -= 1
    if texts:
        texts[-1] = "".join(lines[raw.lines[-1] - 1 : end])
    return replace(
        table,
        header=raw.header,
        rows=tuple(tuple(_LINE_END.sub("\n", cell) for cell in cells) for _, cells in raw.rows),
        texts=tuple(texts),
        tail="".join(lines[end:]),
        head="".join(lines[: starts[0] - 1]),
        width=len(header),
        newline=first_end[0] if first_end else "\n",
        lines=raw.lines,
    )


def rewritten(
    table: TableText, header: Sequence[str], rows: Sequence[int | Mapping[str, str]]
) -> tuple[bytes, tuple[int, ...]]:
    """The bytes of a table with other rows.

    Args:
        table: As it is.
        header: Its columns, or those and further ones at the end: then every row is written anew.
        rows: The rows in order: the number (0-based) of one that stays as it is, or the cells of one that is written.

    Returns:
        Bytes in UTF-8, and the 1-based physical line of each row.
    """
    anew = tuple(header) != table.header
    width = len(header) if anew else table.width
    parts = [_line(header, width, table) if anew else table.head]
    lines, line = [], 1 + len(_LINE_END.findall(parts[0]))
    for row in rows:
        above = parts[-1]
        if above and not above.endswith(("\r", "\n")):
            parts.append(table.newline)
            line += 1
        lines.append(line)
        if isinstance(row, int) and not anew:
            parts.append(table.texts[row])
        else:
            cells = table.cells(row) if isinstance(row, int) else row
            parts.append(_line([cells.get(name, "") for name in header], width, table))
        line += len(_LINE_END.findall(parts[-1]))
    content = "".join([*parts, table.tail]).encode("utf-8")
    return (_BOM + content if table.bom else content), tuple(lines)


def _line(cells: Sequence[str], width: int, table: TableText) -> str:
    line = io.StringIO(newline="")
    writer = csv.writer(line, delimiter=table.delimiter, lineterminator=table.newline)
    writer.writerow([*cells, *[""] * (width - len(cells))])
    return line.getvalue()
