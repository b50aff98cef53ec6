"""What a column and a table are: name, meaning, type, unit, allowed values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

ColumnType = Literal["id", "ref", "refs", "text", "list", "term", "yes_no", "integer", "number", "year"]

#: Types of columns that hold numbers.
NUMERIC = frozenset({"integer", "number", "year"})

#: Separates the items of a list inside a cell.
LIST_SEPARATOR = "; "


@dataclass(frozen=True, slots=True)
class ColumnSpec:
    """One column of a table.

    Attributes:
        name: Name in the header.
        type: ``id`` (names its row, never twice), ``ref`` (an id of another table), ``refs`` (several), ``text``,
            ``list`` (texts separated by ``"; "``), ``term`` (one of ``terms``), ``yes_no``, ``integer``, ``number``,
            ``year``.
        meaning: What it holds, for the codebook page.
        required: Every row has a value. The column must then be in the header.
        unit: Unit of a number, e.g. ``mg/mL``.
        terms: Allowed values with their meanings; for ``list``, of each item; empty = any.
        minimum, maximum: Allowed range of a number, ends included.
        refers: For ``ref`` and ``refs``, ``(table, column)`` that must hold the value.
        heading: For people, in tables and figures; made from the name if empty.
        own: Declared by the review, not by this codebook.
    """

    name: str
    type: ColumnType
    meaning: str
    required: bool = False
    unit: str | None = None
    terms: Mapping[str, str] = field(default_factory=dict)
    minimum: float | None = None
    maximum: float | None = None
    refers: tuple[str, str] | None = None
    heading: str = ""
    own: bool = False

    @property
    def is_numeric(self) -> bool:
        """Whether it holds numbers."""
        return self.type in NUMERIC

    @property
    def title(self) -> str:
        """Heading with the unit: ``Concentration (mg/mL)``."""
        text = self.heading or self.name.replace("_", " ").capitalize()
        return f"{text} ({self.unit})" if self.unit else text


@dataclass(frozen=True, slots=True)
class TableSpec:
    """One table: file ``<name>.csv``, what a row is, and its columns in order.

    Attributes:
        name, row: Name, and what one row stands for.
        columns: The columns, own ones of the review last.
        required: The file must be there.
        filled: It must hold a row.
    """

    name: str
    row: str
    columns: tuple[ColumnSpec, ...]
    required: bool = True
    filled: bool = True

    @property
    def file(self) -> str:
        """Name of the file."""
        return f"{self.name}.csv"

    @property
    def names(self) -> tuple[str, ...]:
        """Column names in order."""
        return tuple(column.name for column in self.columns)

    @property
    def key(self) -> str | None:
        """Name of the id column, if a row has an id."""
        return next((column.name for column in self.columns if column.type == "id"), None)

    def column(self, name: str) -> ColumnSpec | None:
        """The column of that name, or None."""
        return next((column for column in self.columns if column.name == name), None)

    def with_columns(self, own: Mapping[str, ColumnSpec]) -> TableSpec:
        """This table with the columns a review declares."""
        return replace(self, columns=(*self.columns, *own.values()))


def items(cell: str) -> tuple[str, ...]:
    """The items of a list cell."""
    return tuple(part.strip() for part in cell.split(LIST_SEPARATOR.strip()) if part.strip())
