"""What the workbook of a review holds: one worksheet for each table, whose columns, names and rows stand here."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import DataError
from ..kept_rows import KeptTable, read_kept
from .cells import BadCell, parse_number
from .review import SETTINGS, book_of, find_review
from .settings import ReviewSettings, read_settings
from .specs import ColumnSpec, TableSpec

if TYPE_CHECKING:
    from ..errors import Problem

#: Worksheets beside the tables; none of them is read, but the last says what the workbook was written from.
README, COLUMNS, LISTS, STAMP = "Read me", "Columns", "Lists", "evidence"
#: Rows below the last one that have drop-downs and checks too.
ROOM = 500
#: Characters that a cell of a spreadsheet can hold.
LONGEST_CELL = 32_767

#: Columns that name a row together, of tables whose rows have no id.
_IDENTITY: Mapping[str, tuple[str, ...]] = {
    "outcomes": ("arm_id", "outcome", "unit", "timepoint_months"),
    "adverse_events": ("arm_id", "term"),
    "appraisals": ("study_id", "tool", "item", "rater"),
    "certainty": ("outcome", "selection", "domain", "rater"),
}
#: How openpyxl reads the escape of an escape (ECMA-376 part 1, 22.9.2.19), whatever else it is part of.
_ESCAPED = "x005F_"
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


@dataclass(frozen=True, slots=True)
class SheetTable:
    """One table as a worksheet.

    Attributes:
        spec: Of the codebook, with its name.
        columns: As they stand in the worksheet: those of the file in its order, then the others of the codebook.
        text: The file.
    """

    spec: TableSpec
    columns: tuple[ColumnSpec, ...]
    text: KeptTable

    @property
    def name(self) -> str:
        """Name of the table and of its worksheet."""
        return self.spec.name

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in the order of the worksheet."""
        return tuple(column.name for column in self.columns)

    def rows(self) -> list[dict[str, str]]:
        """The rows of the file, every column of the worksheet in each."""
        return [dict.fromkeys(self.names, "") | self.text.values(row) for row in self.text.filled]


@dataclass(frozen=True, slots=True)
class SheetReview:
    """A review as a workbook: its folder, what review.toml says, its tables by name."""

    folder: Path
    settings: ReviewSettings
    tables: Mapping[str, SheetTable]

    @property
    def name(self) -> str:
        """Name of the folder."""
        return self.folder.resolve().name


def sheet_review(review: str | Path) -> SheetReview:
    """A review as far as a workbook needs it: cells may hold anything, but every row must be readable.

    Raises:
        DataError: no such review, review.toml has errors, or a row of a table can't be read.
    """
    folder = find_review(review)
    settings, found = read_settings(folder / SETTINGS)
    problems: list[Problem] = [problem for problem in found if problem.severity == "error"]
    tables = {}
    for name, spec in book_of(settings).items():
        try:
            text = read_kept(folder / spec.file, spec.names).sound()
        except DataError as error:
            problems += error.problems
            continue
        tables[name] = SheetTable(spec, _columns(spec, text), text)
    if problems:
        raise DataError(problems)
    return SheetReview(folder, settings, tables)


def _columns(spec: TableSpec, text: KeptTable) -> tuple[ColumnSpec, ...]:
    written = [
        spec.column(name) or ColumnSpec(name, "text", "Not in the codebook: see evidence check") for name in text.names
    ]
    return (*written, *(column for column in spec.columns if column.name not in text.names))


def identity_columns(spec: TableSpec) -> tuple[str, ...]:
    """Columns that name a row of a table: its id, or those that do together."""
    return (spec.key,) if spec.key else _IDENTITY.get(spec.name, spec.names[:2])


def identity(spec: TableSpec, row: Mapping[str, str]) -> tuple[str, ...]:
    """What names a row, empty cells included."""
    return tuple(canonical(row.get(name, ""), spec.column(name)) for name in identity_columns(spec))


def canonical(text: str, column: ColumnSpec | None) -> str:
    """A cell as two of them are compared: ``12.0`` is 12 in a column of numbers, and text as it comes back."""
    if column is None or not column.is_numeric or not text:
        return text.replace(_ESCAPED, "")
    number = exact_number(text)
    return text if number is None else f"{number.normalize():f}"


def exact_number(text: str) -> Decimal | None:
    """The number in a cell that a spreadsheet can hold without loss (15 digits), or None."""
    if isinstance(parse_number(text, whole=False), BadCell):
        return None
    try:
        number = Decimal(text)
    except InvalidOperation:
        return None
    return number if Decimal(f"{float(number):.15g}") == number else None


def for_workbook(text: str) -> str:
    """A text as it is put into a workbook, where ``_x0041_`` would be taken for an escaped letter."""
    return _LOOKS_ESCAPED.sub("_x005F_", text)


def from_workbook(text: str) -> str:
    """A text of a workbook as it was put in; openpyxl undoes the escape only where Excel has saved the file."""
    return text.replace("_x005F_", "_")
