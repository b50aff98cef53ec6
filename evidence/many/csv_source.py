"""A CSV file of any size, block by block: by pyarrow where it is installed, by csv where it is not or a row is odd."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import DataError, Problem
from .batches import Batch, Coded, Floats, Raw, Runs, batch_of, blanks_of, coded, name_of, runs_of
from .columns import Columns
from .csv_head import Head, opened

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
        for at, content in self._blocks(mark or Mark(self.head.offset, self.head.line)):
            yield at, batch_of(self._quickly(content, at) or self._carefully(content, at), self.columns, self.file)

    def runs(self) -> Iterator[tuple[Mark, Runs]]:
        """The ids alone.

        Raises:
            DataError: as ``batches``.
        """
        for at, content in self._blocks(Mark(self.head.offset, self.head.line)):
            table = self._table(content, {self.columns.by: "text"})
            yield at, self._carefully(content, at).ids if table is None else _runs(table.column(0))

    def _blocks(self, at: Mark) -> Iterator[tuple[Mark, bytes]]:
        """Whole rows, and where they begin."""
        with opened(self.path) as stream:
            stream.seek(at.offset)
            rest = b""
            while more := stream.read(self.block):
                content = rest + more
                end = self._cut(content, at)
                if end:
                    yield at, content[:end]
                    at = Mark(at.offset + end, at.line + content.count(_LINE_END, 0, end))
                rest = content[end:]
        if rest.strip():
            yield at, rest

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

    def _quickly(self, content: bytes, at: Mark) -> Raw | None:
        """By pyarrow; None where it can't."""
        chosen = self.columns
        kinds = {chosen.by: "text", chosen.events: "count", chosen.total: "time" if chosen.of_rates else "count"}
        if chosen.study is not None:
            kinds[chosen.study] = "cell"
        table = None
        # What is no number, or one that only pyarrow takes for one, is read as the cell it is.
        if b"0x" not in content and b"0X" not in content:
            table = self._table(content, kinds)
        if table is None:
            table = self._table(content, {name: "text" if name == chosen.by else "cell" for name in kinds})
        if table is None:
            return None
        found = dict(zip(kinds, table.columns, strict=True))
        study = None if chosen.study is None else _coded(found[chosen.study])
        ids, events, total = _runs(found[chosen.by]), _cells(found[chosen.events]), _cells(found[chosen.total])
        return Raw(ids, events, total, study, lambda row: self._line(content, at, row), {})

    def _table(self, content: bytes, kinds: Mapping[str, str]) -> Any:
        """Some columns by pyarrow; None without it, or where a row is not as wide as the header, or a cell no number,
        or an id not UTF-8.
        """
        if not self.arrow:
            return None
        import pyarrow as pa
        from pyarrow import csv as arrow

        cell = pa.dictionary(pa.int32(), pa.string())
        types = {"text": pa.string(), "count": pa.int64(), "time": pa.float64(), "cell": cell}
        wanted = {str(self.head.header.index(name)): types[kind] for name, kind in kinds.items()}
        try:
            return arrow.read_csv(
                pa.BufferReader(content),
                read_options=arrow.ReadOptions(
                    column_names=[str(i) for i in range(self.head.width)],
                    use_threads=False,
                    block_size=len(content) + 1,
                ),
                parse_options=arrow.ParseOptions(delimiter=self.head.delimiter, newlines_in_values=True),
                convert_options=arrow.ConvertOptions(column_types=wanted, include_columns=list(wanted), null_values=[]),
            )
        except pa.ArrowInvalid:
            return None

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
        study = None if self.columns.study is None else columns[self.columns.study]
        events, total = columns[self.columns.events], columns[self.columns.total]
        return Raw(runs_of(columns[self.columns.by]), events, total, study, lines.__getitem__, broken)

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


def _has_arrow() -> bool:
    from importlib.util import find_spec

    return find_spec("pyarrow") is not None


def _cells(column: Any) -> Coded | Floats:
    chunk = column.combine_chunks()
    if hasattr(chunk, "dictionary"):
        return _coded(column)
    return np.asarray(chunk.to_numpy(zero_copy_only=False), dtype=np.float64)


def _coded(column: Any) -> Coded:
    chunk = column.combine_chunks()
    return Coded(np.asarray(chunk.indices), chunk.dictionary.to_pylist())


def _runs(column: Any) -> Runs:
    import pyarrow as pa
    import pyarrow.compute as pc

    chunk = column.combine_chunks()
    changes = np.asarray(pc.not_equal(chunk.slice(1), chunk.slice(0, max(len(chunk) - 1, 0))))
    starts = np.flatnonzero(np.concatenate([[True], changes])[: len(chunk)]).astype(np.int64)
    values = chunk.take(pa.array(starts)).to_pylist()
    names = [*map(name_of, values)]
    return Runs(starts, names, len(chunk), blanks_of(values, names))


def _width_problem(found: int, wanted: int, file: str, line: int) -> Problem:
    says = f"the row has {found} cells, the header {wanted}"
    if found > wanted:
        mend = "put a cell that holds the delimiter into double quotes, or delete the extra cells"
        return Problem("row-too-long", says, mend, file, line)
    return Problem("row-too-short", says, "add the missing cells, one delimiter for each", file, line)
