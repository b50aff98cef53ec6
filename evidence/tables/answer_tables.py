"""Every number of an answer as a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .. import display
from .table import Align, Cell, Table, TableColumn, plain

if TYPE_CHECKING:
    from ..sensitivity.answer import Answer

#: Columns for those who compute further: in the files of numbers, not in the page.
TECHNICAL = frozenset({"effect", "se", "tau2", "log_likelihood"})
#: Answers with more rows than this have no table.
MOST_ROWS = 120


def answer_table(name: str, caption: str, answer: Answer) -> Table | None:
    """The answer's frame, without columns that hold nothing; None where it has no rows, or too many to be read.

    Args:
        name: Of the table's file. caption: What it shows.
    """
    frame = answer.to_frame()
    if frame.empty or len(frame) > MOST_ROWS:
        return None
    columns = {str(column): [plain(value) for value in frame[column]] for column in frame.columns}
    kept = {key: values for key, values in columns.items() if any(value is not None for value in values)}
    named = getattr(answer, "heads", {})
    heads = tuple(
        TableColumn(
            key, named.get(key, key.replace("_", " ")), _align(values), where="csv" if key in TECHNICAL else "both"
        )
        for key, values in kept.items()
    )
    rows = tuple(tuple(_cell(values[i]) for values in kept.values()) for i in range(len(frame)))
    return Table(name, caption, heads, rows)


def _align(values: list[Any]) -> Align:
    numbers = all(isinstance(v, int | float) and not isinstance(v, bool) for v in values if v is not None)
    return "right" if numbers else "left"


def _cell(value: Any) -> Cell:
    if value is None:
        return Cell(display.DASH)
    if isinstance(value, bool):
        return Cell("yes" if value else "no", value)
    if isinstance(value, float):
        return Cell(display.significant(value), value)
    return Cell(str(value), value)
