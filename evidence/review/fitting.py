"""A value that somebody typed for a cell, held against the rules of its column."""

from __future__ import annotations

from ..errors import unknown, usage
from .cells import BadCell, parse_cell
from .codebook import items
from .specs import ColumnSpec


def fitting(text: str, column: ColumnSpec, cell: str) -> str:
    """The text, if the column can hold it.

    Args:
        text: As typed. column: Its column. cell: What errors call the cell.

    Raises:
        UsageError: no number where one must be, an unknown word, or a number out of range.
    """
    value = parse_cell(text, column)
    if isinstance(value, BadCell):
        raise usage(f"{cell}: {value.message}", value.mend, value.code)
    words = items(text) if column.type == "list" else (text,)
    wrong = next((word for word in words if column.terms and word and word not in column.terms), None)
    if wrong is not None:
        raise unknown(f"{column.name}", wrong, tuple(column.terms), "unknown-term")
    low, high = column.minimum, column.maximum
    if isinstance(value, int | float) and ((low is not None and value < low) or (high is not None and value > high)):
        limits = f"{'any' if low is None else f'{low:g}'} to {'any' if high is None else f'{high:g}'}"
        raise usage(f"{cell}: {text} is outside {limits}", "check it against the report", "out-of-range")
    return text
