"""The stamp of a workbook: a hidden worksheet that holds the tables as they stood when sheet and CSV last agreed.

What was changed in a worksheet is what differs from it, so that a CSV that others have changed since loses nothing.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from ..errors import DataError, Problem
from .sheet_layout import STAMP, for_workbook, from_workbook

if TYPE_CHECKING:
    from openpyxl.workbook.workbook import Workbook

_MARK = "evidence sheet, version 1"
_TABLE, _ROW = "table", "row"
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#: Time of every part of a workbook, so that the same tables give the same bytes.
TIME = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Stamped:
    """A table as the stamp holds it: its columns in the worksheet, and its rows by column."""

    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a workbook was written from: name of the review, and its tables by name."""

    review: str
    tables: Mapping[str, Stamped]

    def lines(self) -> Iterable[Sequence[str]]:
        """The rows of the hidden worksheet."""
        yield (_MARK, self.review)
        for name, table in self.tables.items():
            yield (_TABLE, name, *table.columns)
            for row in table.rows:
                yield (_ROW, name, *(row.get(column, "") for column in table.columns))


def read_stamp(book: Workbook, file: str) -> Stamp:
    """The stamp of a workbook.

    Raises:
        DataError: it has none, or one of another version.
    """
    lines: list[list[str]] = []
    if STAMP in book.sheetnames:
        cells = book[STAMP].iter_rows(values_only=True)
        lines = [["" if value is None else from_workbook(str(value)) for value in row] for row in cells]
    if not lines or lines[0][:1] != [_MARK]:
        message = "the workbook does not say from which tables it was written"
        mend = "write a new one with `evidence sheet REVIEW -o FILE.xlsx`, and copy your rows into its worksheets"
        raise DataError(Problem("no-stamp", message, mend, file))
    columns: dict[str, tuple[str, ...]] = {}
    rows: dict[str, list[Mapping[str, str]]] = {}
    for kind, name, *given in lines[1:]:
        if kind == _TABLE:
            columns[name], rows[name] = tuple(cell for cell in given if cell), []
        elif kind == _ROW and name in columns:
            rows[name].append(dict(zip(columns[name], given, strict=False)))
    return Stamp(lines[0][1], {name: Stamped(columns[name], tuple(rows[name])) for name in columns})


def restamped(content: bytes, stamp: Stamp) -> bytes:
    """The workbook with another stamp; every other part of it stays as it is, byte for byte.

    Raises:
        KeyError: the workbook has no part for the stamp.
    """
    whole = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(whole, "w") as new:
        part = _part(old)
        for entry in old.infolist():
            new.writestr(entry, _worksheet(stamp) if entry.filename == part else old.read(entry))
    return whole.getvalue()


def _part(archive: zipfile.ZipFile) -> str:
    """Name of the part that holds the hidden worksheet."""
    from xml.etree import ElementTree

    book = ElementTree.fromstring(archive.read("xl/workbook.xml"))
    links = ElementTree.fromstring(archive.read("xl/_rels/workbook.xml.rels"))
    for sheet in book.iter():
        if sheet.tag.endswith("}sheet") and sheet.get("name") == STAMP:
            wanted = next(value for key, value in sheet.items() if key.endswith("}id"))
            target = next(link.get("Target", "") for link in links if link.get("Id") == wanted)
            return target.removeprefix("/") if target.startswith("/") else f"xl/{target}"
    raise KeyError(STAMP)


def _worksheet(stamp: Stamp) -> bytes:
    rows = []
    for number, cells in enumerate(stamp.lines(), start=1):
        texts = "".join(_cell(text, number, column) for column, text in enumerate(cells, start=1) if text)
        rows.append(f'<row r="{number}">{texts}</row>')
    return (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n<worksheet xmlns="{_MAIN}"><sheetData>'
        f"{''.join(rows)}</sheetData></worksheet>"
    ).encode()


def _cell(text: str, row: int, column: int) -> str:
    from .workbook import letter_of

    told = escape(for_workbook(text), {"\r": "&#13;"})
    return f'<c r="{letter_of(column)}{row}" t="inlineStr"><is><t xml:space="preserve">{told}</t></is></c>'


def fixed_in_time(content: bytes) -> bytes:
    """The workbook with fixed times in its packing and its properties: the same cells give the same bytes."""
    whole = BytesIO()
    with zipfile.ZipFile(BytesIO(content)) as old, zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = old.read(name)
            if name == "docProps/core.xml":
                part = re.sub(rb"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", b"1980-01-01T00:00:00Z", part)
            entry = zipfile.ZipInfo(name, TIME)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system, entry.external_attr = 0, 0
            new.writestr(entry, part)
    return whole.getvalue()
