"""A workbook of a review as somebody fills it: opened with openpyxl, changed, saved."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from evidence.review.sheet_exchange import Exchange, read_sheet, write_exchange
from evidence.review.sheet_layout import sheet_review
from evidence.review.sheet_reading import Filled, SheetRow
from evidence.review.sheet_stamp import Stamped
from evidence.review.sheet_writing import workbook_of
from evidence.review.workbook import letter_of


def written(review: Path, name: str = "filled.xlsx") -> Path:
    """The workbook of a review, beside its folder."""
    path = review.parent / name
    path.write_bytes(workbook_of(sheet_review(review)))
    return path


def worksheet(review: Path, table: str) -> tuple[Filled, Stamped]:
    """A worksheet as it is read before anybody has changed it, and what it was written from."""
    one = sheet_review(review).tables[table]
    rows = tuple(SheetRow(i, cells) for i, cells in enumerate(one.rows(), start=2))
    letters = {name: letter_of(i) for i, name in enumerate(one.names, start=1)}
    return Filled(table, one, letters, rows), Stamped(one.names, tuple(one.rows()))


def retyped(filled: Filled, row: int, **cells: str) -> Filled:
    """The worksheet with other cells in a row (by its place, 0 = the first); a new row where there is none."""
    rows = list(filled.rows)
    if row < len(rows):
        rows[row] = replace(rows[row], cells={**rows[row].cells, **cells})
    else:
        rows.append(SheetRow(2 + row, {**dict.fromkeys(filled.letters, ""), **cells}))
    return replace(filled, rows=tuple(rows))


def filled(review: Path, change: Callable[[Workbook], object], name: str = "filled.xlsx") -> Path:
    """The same after somebody has changed it."""
    return changed(written(review, name), change)


def changed(path: Path, change: Callable[[Workbook], object]) -> Path:
    """A workbook that somebody has changed and saved."""
    book = openpyxl.load_workbook(path)
    change(book)
    book.save(path)
    return path


def put(sheet: Worksheet, row: int, **cells: Any) -> None:
    """Type values into a row, by column."""
    places = {cell.value: at for at, cell in enumerate(sheet[1], start=1)}
    for name, value in cells.items():
        sheet.cell(row, places[name]).value = value


def bytes_of(folder: Path) -> Mapping[str, bytes]:
    """Every file of a review."""
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def exchanged(review: Path, path: Path) -> Exchange:
    """The workbook read back into the tables."""
    found = read_sheet(review, path)
    write_exchange(found)
    return found


def differing(before: Mapping[str, bytes], after: Mapping[str, bytes]) -> list[str]:
    """Names of the files that are not the same."""
    return [name for name in {**before, **after} if before.get(name) != after.get(name)]
