"""Files that answers are written to: the parts of a run, and the whole."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Protocol

from ..errors import usage
from .answers import Answers
from .columns import Columns
from .made_of import KEY
from .parquet_files import NO_ARROW
from .tables import arrow_of_answers, csv_heading, csv_of_answers

#: Analyses of a row group of a Parquet file.
_GROUP = 100_000


class Format(Protocol):
    """How answers are written."""

    def part(self, answers: Answers) -> bytes:
        """The answers of one chunk."""

    def whole(self, parts: Iterable[Path], stream: BinaryIO) -> None:
        """All of them."""


@dataclass(frozen=True, slots=True)
class Csv:
    """Text: a part is its rows."""

    columns: Columns

    def part(self, answers: Answers) -> bytes:
        """Rows without a header."""
        return csv_of_answers(answers, self.columns)

    def whole(self, parts: Iterable[Path], stream: BinaryIO) -> None:
        """The header, then the rows of each part."""
        stream.write(csv_heading(self.columns))
        for part in parts:
            stream.write(part.read_bytes())


@dataclass(frozen=True, slots=True)
class Parquet:
    """A part is a Parquet file; so is the whole, in larger groups of rows, with what it was made of as metadata."""

    columns: Columns
    id_type: Any
    made_of: Mapping[str, Any] | None = None

    def part(self, answers: Answers) -> bytes:
        """A file of its own."""
        import pyarrow as pa
        from pyarrow import parquet

        sink = pa.BufferOutputStream()
        parquet.write_table(arrow_of_answers(answers, self.columns, self.id_type), sink, compression="zstd")
        return bytes(sink.getvalue().to_pybytes())

    def whole(self, parts: Iterable[Path], stream: BinaryIO) -> None:
        """Parts are read one after another and joined to groups."""
        import pyarrow as pa
        from pyarrow import parquet

        schema = arrow_of_answers(_NOTHING, self.columns, self.id_type).schema
        if self.made_of is not None:
            schema = schema.with_metadata({KEY: json.dumps(self.made_of, ensure_ascii=False).encode("utf-8")})
        with parquet.ParquetWriter(stream, schema, compression="zstd") as writer:
            held: list[Any] = []
            for part in parts:
                held.append(parquet.read_table(part, use_threads=False))
                if sum(table.num_rows for table in held) >= _GROUP:
                    writer.write_table(pa.concat_tables(held), row_group_size=1 << 40)
                    held = []
            if held:
                writer.write_table(pa.concat_tables(held), row_group_size=1 << 40)


def _nothing() -> Answers:
    import numpy as np

    from .answers import Tally
    from .fitting import NUMBERS

    none = np.zeros(0)
    whole = {"k": none, "n": none, "events": none}
    return Answers([], whole, np.zeros((len(NUMBERS), 0)), [], [], [], Tally())


_NOTHING = _nothing()


def format_of(out: Path, columns: Columns, id_type: Any, made_of: Mapping[str, Any] | None = None) -> Format:
    """The format that the ending of a file says.

    Args:
        out: The file. columns, id_type: Of the table. made_of: What the result is made of, if
            that is to be said.

    Raises:
        UsageError: another ending; Parquet without pyarrow.
    """
    ending = out.suffix.casefold()
    if ending == ".csv":
        return Csv(columns)
    if ending not in (".parquet", ".pq"):
        says = f"{out} ends in {ending}, which is not written" if ending else f"{out} has no ending"
        raise usage(says, "end it with .parquet or .csv", "ending")
    try:
        import pyarrow  # noqa: F401
    except ImportError:
        raise usage(f"{out} is Parquet, which needs pyarrow", NO_ARROW, "no-pyarrow") from None
    return Parquet(columns, id_type, made_of)
