"""The drop-downs of a workbook: lists of words on a worksheet of their own, ids by the range in which they stand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from .sheet_help import LONGEST_MESSAGE, message, refusal, title
from .sheet_layout import LISTS, ROOM, SheetReview, SheetTable
from .specs import ColumnSpec
from .workbook import letter_of

_YES_NO = {"yes": "", "no": ""}
#: Limits of numbers that have none: what parse_number takes.
_LARGEST = 10**9


@dataclass(frozen=True, slots=True)
class WordList:
    """One list: its heading, its words with what they mean, and whether another cell decides that it is this one.

    Attributes:
        heading: ``table.column``. words: Word -> meaning. name: Defined name of the range, "" where none is needed.
    """

    heading: str
    words: Mapping[str, str]
    name: str = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """What a cell takes, as a spreadsheet checks it.

    Attributes:
        kind: What is checked; None = nothing, the message alone is shown.
        title, message: Shown at the cell. refusal: Said to what does not fit.
        formula, upper: Of the check: the range of a list, or the limits.
        style: ``stop`` refuses, ``warning`` asks; None = the list is an offer.
    """

    kind: Literal["list", "whole", "decimal"] | None
    title: str
    message: str
    refusal: str = ""
    formula: str = ""
    upper: str = ""
    style: Literal["stop", "warning"] | None = "stop"


@dataclass(frozen=True, slots=True)
class Lists:
    """The lists of a workbook, and in which column of the worksheet each stands (1-based)."""

    lists: tuple[WordList, ...]
    at: Mapping[str, int] = field(default_factory=dict)

    def range_of(self, heading: str) -> str:
        """The range of a list, as a formula names it."""
        letter = letter_of(self.at[heading])
        length = next(len(one.words) for one in self.lists if one.heading == heading)
        return f"{LISTS}!${letter}$2:${letter}${length + 1}"


def word_lists(review: SheetReview) -> Lists:
    """The lists of a review: words of its columns, and the items of each tool by their wording."""
    lists = list(_words(review))
    # Each list has a column for its words and one for what they mean.
    return Lists(tuple(lists), {one.heading: 1 + 2 * i for i, one in enumerate(lists)})


def _words(review: SheetReview) -> Iterator[WordList]:
    yield WordList("yes or no", _YES_NO)
    for table in review.tables.values():
        for column in table.columns:
            if column.terms:
                yield WordList(f"{table.name}.{column.name}", column.terms)
    for tool in review.settings.tools.values():
        words = {f"{item.number} {item.text}": item.domain or tool.source for item in tool.items}
        yield WordList(f"items of {tool.name}", words, items_name(tool.name))


def items_name(tool: str) -> str:
    """Defined name of the list of a tool's items; the formula of the drop-down makes it of the cell beside it."""
    return f"items_{tool.replace('-', '_')}"


def choice(review: SheetReview, table: SheetTable, column: ColumnSpec, lists: Lists) -> Choice:
    """What a cell of a column takes."""
    told = (title(table, column), message(column))
    refused = refusal(column)
    if (table.name, column.name) == ("appraisals", "item"):
        return _item(table, told)
    if column.type == "yes_no":
        return Choice("list", *told, refused, lists.range_of("yes or no"))
    if column.terms:
        words = lists.range_of(f"{table.name}.{column.name}")
        return Choice("list", *told, refused, words, style=None if column.type == "list" else "stop")
    if column.refers is not None and column.refers[0] in review.tables:
        target = review.tables[column.refers[0]]
        says = f"{column.refers[1]} of the worksheet {target.name} does not hold this."
        found = ids(target, column.refers[1])
        return Choice("list", *told, says, found, style=None if column.type == "refs" else "warning")
    if column.is_numeric:
        low = -_LARGEST if column.minimum is None else column.minimum
        high = _LARGEST if column.maximum is None else column.maximum
        return Choice("decimal" if column.type == "number" else "whole", *told, refused, f"{low:.15g}", f"{high:.15g}")
    return Choice(None, *told)


def _item(table: SheetTable, told: tuple[str, str]) -> Choice:
    """The items of the tool that the row names, by their wording; the number alone is taken too."""
    tool = letter_of(1 + table.names.index("tool"))
    says = "Choose the tool first: the list then holds its items. The number alone will do."
    text = f"{told[1]}\n{says}"[:LONGEST_MESSAGE]
    return Choice("list", told[0], text, formula=f'INDIRECT("items_"&SUBSTITUTE(${tool}2,"-","_"))', style=None)


def ids(table: SheetTable, column: str) -> str:
    """The ids in a worksheet, as far down as they reach; new ones are in the list as soon as they are typed."""
    letter, last = letter_of(1 + table.names.index(column)), last_row(table)
    whole = f"{table.name}!${letter}$2:${letter}${last}"
    return f"OFFSET({table.name}!${letter}$2,0,0,MAX(1,COUNTA({whole})),1)"


def last_row(table: SheetTable) -> int:
    """Last row of a worksheet that has drop-downs."""
    return 1 + len(table.text.filled) + ROOM
