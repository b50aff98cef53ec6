"""The record of adjudication: extraction/adjudication.csv of a review, one row for each value that was settled."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from ..errors import Problem
from ..rows import RawTable, read_rows
from .extraction import FOLDER
from .side_by_side import EMPTY, ENTERED, Cell

FILE = "adjudication.csv"
VALUE = "value_"
#: Columns in the order in which a new record is written; those of the extractors' values stand after ``field``.
BEFORE = ("arm_id", "report_id", "table", "field")
AFTER = ("final", "reason")

#: Final values that say that there is no such row or value: ``no row``, ``not entered``, ``left out``, ``empty``.
_ABSENT = re.compile(r"(no row|no outcome row|not entered|not found|left out|excluded|empty)\b.*", re.IGNORECASE)
_COUNT = re.compile(r"(\d+)\s*/\s*(\d+)")
NO_ROW = "no row"


@dataclass(frozen=True, slots=True)
class Ruling:
    """One row of the record.

    Attributes:
        arm_id, report_id, table, field: What it is about; an empty text = not given.
        values: Extractor -> what that extractor had entered, as written.
        final, reason: What was settled, and why.
        line: Its line in the file.
    """

    arm_id: str
    report_id: str
    table: str
    field: str
    values: Mapping[str, str]
    final: str
    reason: str
    line: int

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is found by: the table, the arm or else the report, the field."""
        return self.table, self.arm_id or self.report_id, self.field


@dataclass(frozen=True, slots=True)
class Record:
    """The record as read.

    Attributes:
        path: The file, there or not.
        header: Its columns; empty where there is no file.
        rulings: Its rows.
        delimiter: Between its cells.
        problems: What reading it found.
    """

    path: Path
    header: tuple[str, ...] = ()
    rulings: tuple[Ruling, ...] = ()
    delimiter: str = ","
    problems: tuple[Problem, ...] = ()

    @property
    def extractors(self) -> tuple[str, ...]:
        """Names of the extractors whose values it has a column for."""
        return tuple(name.removeprefix(VALUE) for name in self.header if name.startswith(VALUE))

    def of(self, cell: Cell) -> Ruling | None:
        """The last row that settles a cell, or None; a row without a final value settles nothing."""
        return next((one for one in reversed(self.rulings) if one.key == cell.key and one.final), None)


def read_record(folder: Path) -> Record:
    """The record of adjudication of a review; empty where it has none. Never raises for what the file holds."""
    path = folder / FOLDER / FILE
    if not path.exists():
        return Record(path)
    raw = read_rows(path)
    missing = [name for name in (*BEFORE, *AFTER) if raw.header and name not in raw.header]
    problems = [
        *raw.problems,
        *(
            Problem("missing-column", f"the column {name!r} is missing", "add it", raw.file, raw.header_line, name)
            for name in missing
        ),
    ]
    rulings = () if missing else tuple(_rulings(raw))
    return Record(path, raw.header, rulings, raw.delimiter or ",", tuple(problems))


def _rulings(raw: RawTable) -> Iterable[Ruling]:
    for line, cells in raw.rows:
        row = dict(zip(raw.header, cells, strict=True))
        values = {name.removeprefix(VALUE): text for name, text in row.items() if name.startswith(VALUE)}
        arm, report, table, field = (row[name] for name in BEFORE)
        yield Ruling(arm, report, table, field, values, row["final"], row["reason"], line)


def is_absent(final: str) -> bool:
    """Whether a final value says that there is no such row or value."""
    return _ABSENT.fullmatch(final.strip()) is not None


def is_entered(value: str) -> bool:
    """Whether a value of a row as a whole says that it was entered: ``entered``, ``entered without outcome``."""
    return value.strip().casefold().startswith(ENTERED)


def count_of(text: str) -> tuple[int, int] | None:
    """``3/28`` as events and total, or None."""
    found = _COUNT.fullmatch(text.strip())
    return None if found is None else (int(found[1]), int(found[2]))


def new_header(extractors: Sequence[str]) -> tuple[str, ...]:
    """Columns of a new record."""
    return (*BEFORE, *(f"{VALUE}{name}" for name in extractors), *AFTER)


def said(text: str) -> str:
    """A value of the record without what tells nothing apart: blanks, case, ``1.0`` for ``1``."""
    plain = " ".join(text.split()).casefold()
    try:
        return f"{float(plain):.12g}"
    except ValueError:
        return plain or EMPTY
