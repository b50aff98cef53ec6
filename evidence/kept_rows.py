"""A CSV table of which single cells and rows change; every other byte stays as somebody's spreadsheet wrote it."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from .encoding import codec_of, decode
from .errors import DataError, Problem
from .row_text import cell_text, cell_texts, line_end, line_ends, row_text, value_of
from .rows import RawTable, conflict_markers, parse_rows, unreadable

Cells = Mapping[str, str]

#: Characters, whole lines, in which the header is looked for.
_HEAD = 16_384
#: What says that the columns of a file can't be told from each other.
_UNCLEAR = frozenset({"repeated-column", "unnamed-column"})
_LABELS = {"cp1252": "Windows-1252"}


@dataclass(frozen=True, slots=True)
class KeptRow:
    """A row as it stands in a file.

    Attributes:
        cells: Values: outer spaces removed, line ends inside as LF. All that are written: a row that is too short has
            fewer than the header, an empty line none.
        text: Its very text with the line end.
        line: 1-based physical line it starts on, by which a table tells its rows apart.
    """

    cells: tuple[str, ...]
    text: str
    line: int = 0


@dataclass(frozen=True, slots=True)
class Edit:
    """One change of a table.

    Attributes:
        cells: Column -> text of the cells that change, or of a new row; none = the row stays, and its line is told;
            None = the row is taken out.
        row: Row of the table; None = a new one.
        below: Row, or header, below which a new one goes; None = the last row that holds anything.
    """

    cells: Cells | None
    row: KeptRow | None = None
    below: KeptRow | None = None


@dataclass(frozen=True, slots=True)
class KeptTable:
    """A table with the text of every row.

    Attributes:
        file: Path for problems.
        head: Text before the header: a ``sep=;`` line, empty lines.
        header: Names and text. rows: What follows, empty rows too.
        delimiter, newline: As the table has them; the line end is that of the last row that has one.
        mark, codec: Byte order mark and encoding.
    """

    file: str
    head: str
    header: KeptRow
    rows: tuple[KeptRow, ...]
    delimiter: str = ","
    newline: str = "\n"
    mark: bytes = b""
    codec: str = "utf-8"

    @property
    def names(self) -> tuple[str, ...]:
        """Names of the columns; those that were emptied at the right are none."""
        width = next((i for i in range(len(self.header.cells), 0, -1) if self.header.cells[i - 1]), 0)
        return self.header.cells[:width]

    @property
    def filled(self) -> tuple[KeptRow, ...]:
        """The rows that hold anything."""
        return tuple(row for row in self.rows if any(row.cells))

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

    def own(self, cells: Cells) -> dict[str, str]:
        """Those of some cells whose column the table has."""
        names = frozenset(self.names)
        return {name: cell for name, cell in cells.items() if name in names}

    def content(self) -> bytes:
        """The bytes of the file.

        Raises:
            DataError: its encoding has no place for a character.
        """
        text = "".join((self.head, self.header.text, *(row.text for row in self.rows)))
        try:
            return self.mark + text.encode(self.codec)
        except UnicodeEncodeError as error:
            label = _LABELS.get(self.codec, self.codec.upper())
            message = f"the file is {label}, which has no place for {text[error.start]!r}"
            mend = "save the table as UTF-8 (Excel: 'CSV UTF-8 (comma delimited)'), then run it again"
            raise DataError(Problem("bad-encoding", message, mend, self.file)) from error

    def sound(self) -> KeptTable:
        """The table, every row of which can be read.

        Raises:
            DataError: every row that is too short or too long, and whatever else is an error.
        """
        if errors := _errors(parse_rows(self.content(), self.file)):
            raise DataError(errors)
        return self

    def edited(self, edits: Sequence[Edit]) -> Edited:
        """The table with rows changed, taken out or added; columns that a cell needs and the table lacks are added.

        A cell that has its new value already keeps its bytes, as do the other cells of its row. A row that is changed
        gets the cells that it was too short by. New cells are quoted where they must be, or where every name of the
        header is.
        """
        wide = self.with_columns([name for one in edits for name, cell in (one.cells or {}).items() if cell])
        changes = {one.row.line: i for i, one in enumerate(edits) if one.row is not None}
        below: dict[int | None, list[int]] = defaultdict(list)
        for i, one in enumerate(edits):
            if one.row is None and one.cells is not None:
                below[one.below.line if one.below is not None else None].append(i)
        made = list[tuple[KeptRow, int | None]]()
        for row in (wide.header, *wide.rows):
            change = changes.get(row.line)
            cells = {} if change is None else edits[change].cells
            if cells is not None:
                made.append((wide._changed(row, cells) if cells else row, change))
            for i in below.get(row.line, ()):
                made.append((wide._new(edits[i].cells or {}, made[-1][0]), i))
        at = 1 + max(i for i, (row, _) in enumerate(made) if any(row.cells))
        for shift, i in enumerate(below.get(None, ())):
            made.insert(at + shift, (wide._new(edits[i].cells or {}, made[at + shift - 1][0]), i))
        return wide._numbered(made, len(edits))

    def with_columns(self, names: Iterable[str]) -> KeptTable:
        """The table with these columns: missing ones come right of the others, empty in every row that has them all.

        A row that was too short stays so: which of its cells is missing is not known.
        """
        known, width = frozenset(self.names), len(self.names)
        new = [name for name in dict.fromkeys(names) if name not in known]
        if not new:
            return self
        empty = [""] * len(new)
        rows = tuple(
            self._widened(row, empty) if len(row.cells) >= width and any(row.cells) else row for row in self.rows
        )
        return replace(self, header=self._widened(self.header, new), rows=rows)

    def _widened(self, row: KeptRow, cells: Sequence[str]) -> KeptRow:
        """The row with further cells after the last column that has a name."""
        width, end = len(self.names), line_end(row.text)
        body = row.text.removesuffix(end)
        added = [self._written(cell) if cell else "" for cell in cells]
        if len(row.cells) == width:
            text = self.delimiter.join([body, *added])
        else:
            parts = cell_texts(body, self.delimiter)
            text = self.delimiter.join([*parts[:width], *added, *parts[width:]])
        return KeptRow((*row.cells[:width], *cells, *row.cells[width:]), text + end, row.line)

    def _changed(self, row: KeptRow, cells: Cells) -> KeptRow:
        """The row with other values in some cells; the text of all others stays."""
        place = {name: i for i, name in enumerate(self.names)}
        values = {place[name]: cell for name, cell in cells.items() if name in place}
        now = [*row.cells, *[""] * (len(self.header.cells) - len(row.cells))]
        wrong = {i: cell for i, cell in values.items() if value_of(cell) != now[i]}
        if not wrong:
            return row
        end = line_end(row.text)
        parts = cell_texts(row.text.removesuffix(end), self.delimiter)
        parts += [""] * (len(now) - len(parts))
        for i, cell in wrong.items():
            now[i], parts[i] = value_of(cell), self._written(cell)
        return KeptRow(tuple(now), row_text(parts, self.delimiter) + end, row.line)

    def _new(self, cells: Cells, above: KeptRow) -> KeptRow:
        """A row below another, whose line end it has."""
        values = [cells.get(name, "") for name in self.names]
        values += [""] * (len(self.header.cells) - len(values))
        text = row_text([self._written(value) for value in values], self.delimiter)
        return KeptRow(tuple(map(value_of, values)), text + (line_end(above.text) or self.newline))

    def _written(self, value: str) -> str:
        return cell_text(value, self.delimiter, self._quotes_all())

    def _quotes_all(self) -> bool:
        """Whether every name of the header stands in quotes."""
        return self.header.text.count('"') >= 2 * len(self.names)

    def _numbered(self, made: Sequence[tuple[KeptRow, int | None]], edits: int) -> Edited:
        """The table of these rows, header first, with their lines; a row that something follows gets a line end."""
        lines, rows = [0] * edits, list[KeptRow]()
        line = 1 + line_ends(self.head)
        for i, (row, edit) in enumerate(made):
            if rows and rows[-1].text.endswith("\r") and row.text == "\n":
                rows[-1] = replace(rows[-1], text=f"{rows[-1].text}\n")  # two line ends that came together are one
                continue
            ended = i == len(made) - 1 or line_end(row.text)
            if not ended or row.line != line:
                row = replace(row, text=row.text if ended else row.text + self.newline, line=line)
            rows.append(row)
            if edit is not None:
                lines[edit] = line
            line += line_ends(rows[-1].text)
        return Edited(replace(self, header=rows[0], rows=tuple(rows[1:])), tuple(lines))


@dataclass(frozen=True, slots=True)
class Edited:
    """A table after edits.

    Attributes:
        table: As it is then.
        lines: 1-based physical line of the row of each edit; 0 of one that was taken out.
    """

    table: KeptTable
    lines: tuple[int, ...]

    def content(self) -> bytes:
        """The bytes of the file.

        Raises:
            DataError: its encoding has no place for a character.
        """
        return self.table.content()


def read_kept(path: Path, columns: Sequence[str], key: str | None = None) -> KeptTable:
    """A table with the text of its rows; an empty one with these columns where there is no file.

    Encodings and delimiters are those that :func:`evidence.rows.read_rows` reads.

    Raises:
        DataError: the file can't be read; it holds no table, no column ``key``, a quote that is not closed, or a column
            without a name or with another's.
    """
    if not path.exists():
        return new_table(str(path), columns)
    try:
        content = path.read_bytes()
    except OSError as error:
        raise DataError(unreadable(path, error)) from error
    table = kept_table(content, str(path))
    if key is not None and key not in table.names:
        mend = f"add it, or bring the table back: {', '.join(columns)}"
        message = f"the column {key!r} is missing"
        raise DataError(Problem("missing-column", message, mend, str(path), table.header.line, key))
    return table


def new_table(file: str, columns: Sequence[str]) -> KeptTable:
    """A table without rows; ``file`` is named in problems."""
    return KeptTable(file, "", KeptRow(tuple(columns), ",".join(columns) + "\n", 1), ())


def kept_table(content: bytes, file: str) -> KeptTable:
    """The bytes of a table with the text of its rows; ``file`` is named in problems.

    Raises:
        DataError: as :func:`read_kept`.
    """
    text, problems = decode(content, file)
    if text is None:
        raise DataError(problems)
    if (conflict := conflict_markers(text, file)) is not None:
        raise DataError(conflict)
    lines = list(io.StringIO(text, newline=""))
    first = parse_rows("".join(io.StringIO(text, newline="").readlines(_HEAD)).encode("utf-8"), file)
    unclear = [problem for problem in first.problems if problem.code in _UNCLEAR]
    if unclear or not first.header:
        raise DataError(unclear or _errors(first))
    try:
        header, *rows = _split(lines[first.header_line - 1 :], first)
    except csv.Error as error:
        raise DataError(_errors(parse_rows(content, file))) from error
    ends = (line_end(row.text) for row in (*reversed(rows), header))
    newline = next((end for end in ends if end), "\n")
    head = "".join(lines[: first.header_line - 1])
    return KeptTable(file, head, header, tuple(rows), first.delimiter, newline, *codec_of(content))


def _split(lines: Sequence[str], first: RawTable) -> list[KeptRow]:
    reader = csv.reader(iter(lines), delimiter=first.delimiter, strict=True)
    rows, start = list[KeptRow](), 0
    for cells in reader:
        written = "".join(lines[start : reader.line_num])
        rows.append(KeptRow(tuple(map(value_of, cells)), written, first.header_line + start))
        start = reader.line_num
    return rows


def _errors(raw: RawTable) -> list[Problem]:
    return [problem for problem in raw.problems if problem.severity == "error"]
