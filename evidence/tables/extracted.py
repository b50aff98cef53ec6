"""What each extractor entered for an arm, beside what was adjudicated."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from .. import display
from ..review.extraction import read_extractions
from .table import Cell

if TYPE_CHECKING:
    from ..review.review import Review


def extracted_cells(review: Review, rows: Sequence[Mapping[str, Any]]) -> tuple[Cell, ...]:
    """A cell for each adjudicated row (arm, outcome, unit, time point): ``A 0/1; B –; adjudicated 0/1``.

    A dash: the extractor entered no such count. None at all where the review keeps no values of single extractors.

    Raises:
        DataError: a file of an extractor can't be read.
    """
    entered = {name: table.rows for name, table in read_extractions(review).items()}
    if not entered:
        return ()
    return tuple(_cell(entered, row) for row in rows)


def _cell(entered: Mapping[str, Sequence[Mapping[str, Any]]], final: Mapping[str, Any]) -> Cell:
    parts = [f"{name.upper()} {_counts(found, final)}" for name, found in entered.items()]
    text = "; ".join([*parts, f"adjudicated {display.count(final['events'], final['total'])}"])
    return Cell(text, text)


def _counts(found: Sequence[Mapping[str, Any]], final: Mapping[str, Any]) -> str:
    """The extractor's counts of the arm, outcome and unit: those at the same time point, else all of them."""
    same = [row for row in found if all(row[name] == final[name] for name in ("arm_id", "outcome", "unit"))]
    timed = [row for row in same if row["timepoint_months"] == final["timepoint_months"]]
    return (
        " or ".join(dict.fromkeys(display.count(row["events"], row["total"]) for row in timed or same)) or display.DASH
    )
