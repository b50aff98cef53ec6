"""A table before it is rendered: cells as text, with the value behind each text."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from .. import display

Align = Literal["left", "right", "center"]


@dataclass(frozen=True, slots=True)
class TableColumn:
    """One column.

    Attributes:
        key: Name in the CSV file.
        heading: Printed name.
        align: Of its cells.
        wide: Whether the cells hold running text (they wrap).
        where: Printed and in the CSV file, or only one of them ("3/28" is printed, 3 and 28 are stored).
    """

    key: str
    heading: str
    align: Align = "left"
    wide: bool = False
    where: Literal["both", "page", "csv"] = "both"


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell.

    Attributes:
        text: What is printed; a dash where nothing was reported.
        value: What stands in the CSV file, at full precision; None = not reported. A number is what the page sorts by,
            also in a column that only the page has.
        href: Address that the text links to, or None.
        cites: Keys of references printed after the text.
    """

    text: str
    value: Any = None
    href: str | None = None
    cites: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under headings; the first column names the row.

    Attributes:
        name: File name without suffix, also the anchor on the page.
        caption: What the table shows, one sentence.
        columns: Headings.
        rows: One tuple of cells per row, as many as columns.
        footnotes: Sentences under the table.
        keys: What each row is about, its anchor on the page: an arm of the review. None where rows have no anchor.
        said: The estimate of each row with its limits as a line to copy, empty where a row has none.
    """

    name: str
    caption: str
    columns: tuple[TableColumn, ...]
    rows: tuple[tuple[Cell, ...], ...]
    footnotes: tuple[str, ...] = field(default=())
    keys: tuple[str, ...] | None = None
    said: tuple[str, ...] | None = None

    def __post_init__(self) -> None:
        for name, of_rows in (("keys", self.keys), ("said", self.said)):
            if of_rows is not None and len(of_rows) != len(self.rows):
                raise ValueError(f"table {self.name}: {len(of_rows)} {name} for {len(self.rows)} rows")
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"table {self.name}: a row has {len(row)} cells for {len(self.columns)} columns")

    @property
    def printed(self) -> Table:
        """The table as a reader sees it."""
        return self._only("page")

    @property
    def stored(self) -> Table:
        """The table as the CSV file has it."""
        return self._only("csv")

    def _only(self, where: str) -> Table:
        kept = [i for i, column in enumerate(self.columns) if column.where in ("both", where)]
        rows = tuple(tuple(row[i] for i in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[i] for i in kept), rows=rows)

    @property
    def cites(self) -> tuple[str, ...]:
        """Keys cited, in reading order."""
        return tuple(key for row in self.rows for cell in row for key in cell.cites)


def missing(value: Any) -> bool:
    """Whether a value of a review's table means "not reported": None, NA, NaN or an empty text."""
    if isinstance(value, float):
        return math.isnan(value)
    return value is None or str(value) in ("", "<NA>")


def plain(value: Any) -> Any:
    """A value of a review's table as a Python value; None where it was not reported."""
    if missing(value):
        return None
    return value.item() if hasattr(value, "item") else value


def cell(value: Any, href: str | None = None, cites: Sequence[str] = ()) -> Cell:
    """A cell of a value as the review has it: numbers short, words as they are, a dash for nothing."""
    value = plain(value)
    if value is None:
        return Cell(display.DASH, None, None, tuple(cites))
    if isinstance(value, bool):
        return Cell("yes" if value else "no", value, href, tuple(cites))
    if isinstance(value, float):
        return Cell(f"{value:g}", value, href, tuple(cites))
    return Cell(str(value), value, href, tuple(cites))


def count_cell(events: int | None, n: int | None, text: str | None = None) -> Cell:
    """A printed count, ``3/28``; sorted by its proportion."""
    share = events / n if events is not None and n else None
    return Cell(display.count(events, n) if text is None else text, share)


def words(value: Any) -> str | None:
    """A code of the codebook as words: ``not_reported`` as ``not reported``; None where there is none."""
    value = plain(value)
    return None if value is None else str(value).replace("_", " ")


def term(value: Any) -> Cell:
    """A cell of a code of the codebook: printed as words, kept as code in the CSV file."""
    text = words(value)
    return Cell(text if text is not None else display.DASH, plain(value))
