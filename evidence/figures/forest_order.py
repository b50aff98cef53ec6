"""The order of a forest plot's studies: as given, by label, year, size or estimate; ties stay as they were."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..errors import usage
from .forest_view import sort_key

if TYPE_CHECKING:
    from .forest_rows import Row

#: Runs of digits are compared as numbers, so that "Study 10" stands after "Study 9".
PIECES = re.compile(r"(\d+)")


def sorted_rows(rows: Sequence[Row], sort: str) -> list[Row]:
    """The rows of studies in order.

    Args:
        rows: Rows of studies.
        sort: given, label (A first), year (earliest first), size (largest first) or estimate (lowest first); with ``-``
            in front the other way round. Rows without a year, or without an estimate, come last either way.

    Raises:
        UsageError: an unknown word, or years asked for where no study has one.
    """
    word, backwards = sort_key(sort)
    if word == "given":
        return list(reversed(rows)) if backwards else list(rows)
    if word == "label":
        return sorted(rows, key=lambda row: _label_key(row.label), reverse=backwards)
    numbers = {id(row): _number(row, word) for row in rows}
    last = [row for row in rows if numbers[id(row)] is None]
    placed = [row for row in rows if numbers[id(row)] is not None]
    return sorted(placed, key=lambda row: numbers[id(row)] or 0.0, reverse=backwards != (word == "size")) + last


def check_years(rows: Sequence[Row], sort: str) -> None:
    """Refuse to sort by year where no study has one.

    Raises:
        UsageError: as said.
    """
    studies = [row for row in rows if row.kind == "study"]
    if sort_key(sort)[0] == "year" and all(year_of(row) is None for row in studies):
        raise usage("no study has a year to sort by", "add a column year to the table, or sort by another", "no-year")


def without_year(rows: Sequence[Row]) -> list[str]:
    """Labels of the studies that have no year."""
    return [row.label for row in rows if row.kind == "study" and year_of(row) is None]


def year_of(row: Row) -> int | None:
    """The year that the study's own columns state; never read out of a label."""
    for entry in row.entries:
        columns = entry.study.columns if entry is not None and entry.study is not None else {}
        for name, value in columns.items():
            if name.casefold() == "year" and value is not None and not isinstance(value, bool):
                text = f"{value:.0f}" if isinstance(value, float) else str(value).strip()
                return int(text) if text.isdecimal() else None
    return None


def _number(row: Row, word: str) -> float | None:
    if word == "year":
        return year_of(row)
    return row.entry.size if word == "size" else row.entry.estimate


def _label_key(label: str) -> list[tuple[int, int, str]]:
    pieces = PIECES.split(label.casefold())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece]
