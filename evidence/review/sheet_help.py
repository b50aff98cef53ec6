"""What a workbook tells the people who fill it: the first worksheet, notes of headers, messages at cells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from .page import TYPES, allowed
from .sheet_layout import COLUMNS, LISTS, SheetReview, SheetTable
from .specs import LIST_SEPARATOR, ColumnSpec

#: Most characters of a message at a cell, and of its title (Excel's limits).
LONGEST_MESSAGE, LONGEST_TITLE = 255, 32
#: Kinds of line on the first worksheet: how it is set.
TITLE, HEADING, TEXT, HEAD_ROW, ROW = "title", "heading", "text", "head row", "row"

Line = tuple[str, Sequence[str]]

_HOW = (
    "One worksheet for each table, one row for each of what the table below names. Add rows at the end or insert them"
    " anywhere; empty rows don't matter. Order, filters and sorting don't matter either.",
    "An empty cell means: not reported, not known. 0 means: somebody reported that there were none. Never type 0 for"
    " what a paper does not say, and no NA, n/a or - for an empty cell.",
    "A dark header with white letters: every row needs a value there. A light header: may stay empty. A column's"
    f" meaning is in the note of its header, at each of its cells, and in the worksheet {COLUMNS}.",
    f"Cells with a drop-down take one of its words; the worksheet {LISTS} says what they mean. Where a cell takes"
    f" several, type them with {LIST_SEPARATOR.strip()} between them.",
    "Numbers: digits only, no units, no percent, no thousands separator. Text cells keep what you type, also 1-2 or"
    " 2020-01; a text that begins with = + - or @ is a text, not a formula.",
    "Don't merge cells. Formulas are read as the values they show. Columns of your own are not read: a review declares"
    " its columns in review.toml.",
)


def read_me(review: SheetReview) -> Iterator[Line]:
    """The first worksheet, line by line: how it is set, and its cells."""
    settings = review.settings
    yield TITLE, (settings.title,)
    yield TEXT, (settings.question,)
    for name, text in settings.eligibility.items():
        yield ROW, (name.replace("_", " ").capitalize(), text)
    yield HEADING, ("How to fill it",)
    for text in _HOW:
        yield TEXT, (text,)
    yield HEADING, ("How to read it back",)
    yield TEXT, (f"evidence sheet {review.name} --read FILE.xlsx --dry-run   (shows what would change)",)
    yield TEXT, (f"evidence sheet {review.name} --read FILE.xlsx   (writes it into the CSV tables)",)
    yield HEADING, ("Outcomes",)
    yield HEAD_ROW, ("outcome", "what counts as an event", "counted in", "relations")
    for outcome in settings.outcomes.values():
        related = [f"part of {outcome.part_of}"] if outcome.part_of else []
        related += [f"complement of {outcome.complement_of}"] if outcome.complement_of else []
        told = f"{outcome.title}: {outcome.definition}"
        yield ROW, (outcome.name, told, f"{outcome.unit}s", ", ".join(related))
    yield HEADING, ("Worksheets",)
    yield HEAD_ROW, ("worksheet", "one row for each", "rows now", "may be left out")
    for table in review.tables.values():
        free = "" if table.spec.required else "yes"
        yield ROW, (table.name, table.spec.row, str(len(table.text.filled)), free)


def columns_page(review: SheetReview) -> Iterator[tuple[str, ...]]:
    """The worksheet of all columns: a header, then one line for each."""
    yield ("worksheet", "column", "meaning", "type", "unit", "needed", "allowed")
    for table in review.tables.values():
        for column in table.columns:
            yield (
                table.name,
                column.name,
                _plain(column.meaning),
                _plain(TYPES[column.type]),
                column.unit or "",
                "yes" if column.required else "",
                _plain(allowed(column)),
            )


def note(column: ColumnSpec) -> str:
    """The note of a header: all that is known of the column."""
    lines = [_plain(column.meaning), _kind(column)]
    lines += [f"{term}: {says}" if says else term for term, says in column.terms.items()]
    return "\n".join(lines)


def message(column: ColumnSpec) -> str:
    """The message at a cell: meaning, kind and whether it is needed, cut to what a spreadsheet shows."""
    kind = _kind(column)
    return f"{_cut(_plain(column.meaning), LONGEST_MESSAGE - len(kind) - 1)}\n{kind}"


def refusal(column: ColumnSpec) -> str:
    """What is said to a value that the cell does not take."""
    if column.is_numeric:
        told = f"{_kind(column)} Digits only; leave the cell empty where nothing is reported."
    else:
        told = "Take a word of the list, or leave the cell empty where nothing is reported."
    return _cut(told, LONGEST_MESSAGE)


def title(table: SheetTable, column: ColumnSpec) -> str:
    """The title of the message at a cell."""
    return _cut(f"{table.name}: {column.name}", LONGEST_TITLE)


def _kind(column: ColumnSpec) -> str:
    parts = [_plain(TYPES[column.type]).capitalize()]
    if column.unit:
        parts.append(f"in {column.unit}")
    if column.is_numeric or column.refers:
        parts += [_plain(allowed(column))] if allowed(column) else []
    parts.append("needed" if column.required else "empty = not reported")
    return ", ".join(parts) + "."


def _plain(text: str) -> str:
    return text.replace("`", "")


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1].rstrip() + "…"
