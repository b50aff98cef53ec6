"""A CSV file of any size, block by block: by pyarrow where it is installed, by csv where it is not or a row is odd."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, Problem
from .batches import Batch, Coded, Raw, batch_of, coded
from .columns import Columns
from .csv_head import Head

#: Bytes that are read at a time.
BLOCK = 4 << 20
_QUOTE, _LINE_END = b'"', b"\n"
_CLOSE = 'close the quote at the end of its cell; write a quote inside a quoted cell twice ("")'
_SAVE = "save it as CSV UTF-8 (Excel: 'CSV UTF-8 (comma delimited)')"


@dataclass(frozen=True, slots=True)
class Mark:
    """A place at which a row begins: byte, and 1-based line."""

    offset: int
    line: int


@dataclass(frozen=True, slots=True)
class CsvSource:
    """Rows of a CSV file.

    Attributes:
        path, head, columns: The file, its beginning, and the columns that are read.
        block: Bytes that are read at a time. arrow: Whether pyarrow may be used.
    """

    path: Path
    head: Head
    columns: Columns
    block: int = BLOCK
    arrow: bool = field(default_factory=lambda: _has_arrow())
    id_type: Any = None

    @property
    def file(self) -> str:
        """Name for problems."""
        return str(self.path)

    def batches(self, mark: Mark | None = None) -> Iterator[tuple[Mark, Batch]]:
        """The rows from a mark on, each batch with the mark of its own.

        Raises:
            DataError: a quote that is never closed, an id that is no UTF-8.
        """
        at = mark or Mark(self.head.offset, self.head.line)
        with self.path.open("rb") as stream:
            stream.seek(at.offset)
            rest = b""
            while more := stream.read(self.block):
                content = rest + more
                end = self._cut(content, at)
                if end:
                    yield at, self._batch(content[:end], at)
                    at = Mark(at.offset + end, at.line + content.count(_LINE_END, 0, end))
                rest = content[end:]
        if rest.strip():
            yield at, self._batch(rest, at)

    def _cut(self, content: bytes, at: Mark) -> int:
        """Where the last whole row ends."""
        end = content.rfind(_LINE_END) + 1
        if content.count(_QUOTE, 0, end) % 2 == 0:
            return end
        # A cell goes over this line, or a quote stands for itself: only reading tells.
        lines = content[:end].decode("latin-1").split("\n")[:-1]
        reader = csv.reader((line + "\n" for line in lines), delimiter=self.head.delimiter, strict=True)
        last = 0
        try:
            for _ in reader:
                last = reader.line_num
        except csv.Error as error:
            if "unexpected end" not in str(error):
                raise self._unclosed(at.line + last) from error
        return sum(len(line) + 1 for line in lines[:last])

    def _unclosed(self, line: int) -> DataError:
        says = "a quote in the row that starts here does not end where its cell does"
        return DataError(Problem("unclosed-quote", says, _CLOSE, self.file, line))

    def _batch(self, content: bytes, at: Mark) -> Batch:
        raw = (self._quickly(content, at) if self.arrow else None) or self._carefully(content, at)
        return batch_of(raw, self.columns, self.file)

    def _quickly(self, content: bytes, at: Mark) -> Raw | None:
        """By pyarrow; None where a row is not as wide as the header, or a text is not UTF-8."""
        import pyarrow as pa
        from pyarrow import csv as arrow

        names = [str(i) for i in range(self.head.width)]
        wanted = [str(self.head.header.index(name)) for name in self.columns.wanted]
        kind = pa.dictionary(pa.int32(), pa.string())
        try:
            table = arrow.read_csv(
                pa.BufferReader(content),
                read_options=arrow.ReadOptions(column_names=names, use_threads=False, block_size=len(content) + 1),
                parse_options=arrow.ParseOptions(delimiter=self.head.delimiter, newlines_in_values=True),
                convert_options=arrow.ConvertOptions(
                    column_types=dict.fromkeys(wanted, kind), include_columns=wanted, null_values=[]
                ),
            )
        except pa.ArrowInvalid:
            return None
        columns = {
            name: _of_arrow(table.column(place)) for name, place in zip(self.columns.wanted, wanted, strict=True)
        }
        return self._raw(columns, lambda row: self._line(content, at, row))

    def _carefully(self, content: bytes, at: Mark) -> Raw:
        """Row by row; one that is too short or too long has that as its problem."""
        text = content.decode("utf-8", errors="surrogateescape")
        lines, rows = self._rows(text, at)
        broken = {
            i: _width_problem(len(row), self.head.width, self.file, lines[i])
            for i, row in enumerate(rows)
            if len(row) != self.head.width
        }
        for i in broken:
            rows[i] = (rows[i] + [""] * self.head.width)[: self.head.width]
        columns = {}
        for name in self.columns.wanted:
            place = self.head.header.index(name)
            columns[name] = coded([row[place] for row in rows])
        self._refuse_foreign(columns[self.columns.by], lines)
        return self._raw(columns, lines.__getitem__, broken)

    def _rows(self, text: str, at: Mark) -> tuple[list[int], list[list[str]]]:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=self.head.delimiter, strict=True)
        lines: list[int] = []
        rows: list[list[str]] = []
        line = 0
        try:
            for row in reader:
                if row:
                    lines.append(at.line + line)
                    rows.append(row)
                line = reader.line_num
        except csv.Error as error:
            raise self._unclosed(at.line + line) from error
        return lines, rows

    def _refuse_foreign(self, ids: Coded, lines: list[int]) -> None:
        for code, value in enumerate(ids.values):
            if any("\udc80" <= letter <= "\udcff" for letter in value):
                row = int(np.flatnonzero(ids.codes == code)[0])
                says = f"the {self.columns.by} in this row is not UTF-8"
                raise DataError(Problem("bad-encoding", says, _SAVE, self.file, lines[row], self.columns.by))

    def _line(self, content: bytes, at: Mark, row: int) -> int:
        """The line of a row: rows are lines, unless a cell goes over several or a line is empty."""
        if _QUOTE not in content and b"\n\n" not in content and b"\n\r\n" not in content and content[:1] not in b"\r\n":
            return at.line + row
        return self._rows(content.decode("utf-8", errors="surrogateescape"), at)[0][row]

    def _raw(self, columns: dict[str, Coded], line: Any, broken: dict[int, Problem] | None = None) -> Raw:
        chosen = self.columns
        study = None if chosen.study is None else columns[chosen.study]
        return Raw(columns[chosen.by], columns[chosen.events], columns[chosen.total], study, line, broken or {})


def _has_arrow() -> bool:
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def _of_arrow(column: Any) -> Coded:
    chunk = column.combine_chunks()
    return Coded(np.asarray(chunk.indices), chunk.dictionary.to_pylist())


def _width_problem(found: int, wanted: int, file: str, line: int) -> Problem:
    says = f"the row has {found} cells, the header {wanted}"
    if found > wanted:
        mend = "put a cell that holds the delimiter into double quotes, or delete the extra cells"
        return Problem("row-too-long", says, mend, file, line)
    return Problem("row-too-short", says, "add the missing cells, one delimiter for each", file, line)
