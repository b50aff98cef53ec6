"""Which arms there are: how many, and how many patients, in each cell of two columns; and where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import usage
from .review.arm_columns import ArmColumns, arm_columns
from .review.arm_groups import counted_once, crossing_column, patients_of, treatment_column, worded_groups

if TYPE_CHECKING:
    import pandas as pd

    from .review.review import Review

SINGLE = "case_report"


@dataclass(frozen=True, slots=True)
class CoverageCell:
    """The arms of one cell, of a row, of a column or of everything.

    Attributes:
        arms, studies: How many. patients: Treated in them, each counted once.
        case_reports: Arms of case reports. single_patients: Patients in those.
    """

    arms: int = 0
    studies: int = 0
    patients: int = 0
    case_reports: int = 0
    single_patients: int = 0

    def to_dict(self) -> dict[str, int]:
        """Plain values for JSON."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Coverage:
    """The arms of a review by two columns.

    Attributes:
        review: Name of the review.
        row_heading, column_heading: What makes the rows and the columns.
        rows, columns: Their labels in display order; words of the review's own columns that no arm has are among them.
        cells: cells[row][column]. row_totals, column_totals, total: The same of whole rows, columns and everything.
        doubled: Arms whose patients another arm counts already.
        banner: Sentence that every output must carry, or None.
    """

    review: str
    row_heading: str
    column_heading: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    cells: tuple[tuple[CoverageCell, ...], ...]
    row_totals: tuple[CoverageCell, ...]
    column_totals: tuple[CoverageCell, ...]
    total: CoverageCell
    doubled: int
    banner: str | None = None

    @property
    def empty(self) -> int:
        """Cells without an arm."""
        return sum(not cell.arms for row in self.cells for cell in row)

    def to_frame(self) -> pd.DataFrame:
        """One row per cell, those without an arm included."""
        import pandas as pd

        return pd.DataFrame(
            [
                {"row": label, "column": column, **cell.to_dict()}
                for label, cells in zip(self.rows, self.cells, strict=True)
                for column, cell in zip(self.columns, cells, strict=True)
            ]
        )

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "review": self.review,
            "rows": {"heading": self.row_heading, "labels": list(self.rows)},
            "columns": {"heading": self.column_heading, "labels": list(self.columns)},
            "cells": [[cell.to_dict() for cell in row] for row in self.cells],
            "row_totals": [cell.to_dict() for cell in self.row_totals],
            "column_totals": [cell.to_dict() for cell in self.column_totals],
            "total": self.total.to_dict(),
        }


def evidence_coverage(review: Review, rows: str = "", columns: str = "") -> Coverage:
    """The arms of a review by two columns of arms, their studies or their reports.

    Args:
        review: The review.
        rows: The last column of terms that the review declares for its arms if none is given, else the design.
        columns: The first other one, else the design.

    Raises:
        UsageError: an unknown column, the same one twice, or a column of numbers or lists.
    """
    chosen = rows or (treatment_column(review) if columns != treatment_column(review) else "")
    chosen = chosen or crossing_column(review, columns)
    other = columns or crossing_column(review, chosen)
    if chosen == other:
        raise usage(f"{chosen} is named for rows and columns", "name two different columns", "same-column")
    known = arm_columns(review)
    across, down = worded_groups(review, other), worded_groups(review, chosen)
    inside = tuple(
        tuple(_cell(known, [arm for arm in arms if arm in set(others)]) for others in across.arms.values())
        for arms in down.arms.values()
    )
    return Coverage(
        review=review.name,
        row_heading=down.heading,
        column_heading=across.heading,
        rows=tuple(down.arms),
        columns=tuple(across.arms),
        cells=inside,
        row_totals=tuple(_cell(known, arms) for arms in down.arms.values()),
        column_totals=tuple(_cell(known, arms) for arms in across.arms.values()),
        total=_cell(known, tuple(known.arms)),
        doubled=len(known.arms) - len(counted_once(known, known.arms)),
        banner=review.settings.banner,
    )


def _cell(known: ArmColumns, arms: Sequence[str]) -> CoverageCell:
    single = [arm for arm in arms if known.arms[arm]["design"] == SINGLE]
    return CoverageCell(
        arms=len(arms),
        studies=len({known.arms[arm]["study_id"] for arm in arms}),
        patients=patients_of(known, arms),
        case_reports=len(single),
        single_patients=patients_of(known, single),
    )
