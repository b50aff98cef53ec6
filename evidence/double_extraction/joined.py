"""How far the extractors of a review agree, what is left to settle, and whether what was settled is in the tables."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from ..errors import ComputeError, DataError, Problem
from ..review.adjudication import Ruling
from ..review.adjudication_checks import Extracted, read_extracted, settling_problems
from ..review.extraction import FOLDER
from ..review.recorded_agreement import Recorded, read_recorded
from ..review.side_by_side import Cell, Desk, place_of
from .agreement import Comparison, FieldAgreement, NotComputed, by_outcome, comparisons, fields_of

if TYPE_CHECKING:
    from ..review.review import Review


@dataclass(frozen=True, slots=True)
class ComparedCell:
    """A cell as each extractor entered it, and what was settled.

    Attributes:
        cell: What each entered. extractors: Their names, in the order of its entries.
        ruling: What was settled, or None.
    """

    cell: Cell
    extractors: tuple[str, ...]
    ruling: Ruling | None

    @property
    def where(self) -> str:
        """The arm, or what else the row is named by."""
        return self.cell.arm_id or self.cell.report_id or " ".join(self.cell.row)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON, and for a row of the queue."""
        cell, ruling = self.cell, self.ruling
        entries = zip(self.extractors, cell.entries, strict=True)
        return {
            "arm_id": cell.arm_id,
            "report_id": cell.report_id,
            "table": cell.table,
            "field": cell.field,
            "values": {
                name: {"value": entry.text, "at": place_of(entry), "source": entry.source} for name, entry in entries
            },
            "alike": not cell.differs,
            "final": None if ruling is None else ruling.final,
            "reason": None if ruling is None else ruling.reason,
        }


@dataclass(frozen=True, slots=True)
class DoubleExtraction:
    """What two or more extractors made of the same reports.

    Attributes:
        review: Name of the review. extractors: Names, of every table that two or more kept.
        tables: Table -> extractor -> rows entered.
        comparisons: Shares of cells and rows alike, with what the review's own record says of the same.
        not_computed: What a reader looks for and these files can't tell.
        fields: Agreement on each column, for each pair of extractors, and of all where there are more than two.
        outcomes: Agreement on the counts of each outcome, likewise.
        cells: Every cell that somebody filled, side by side.
        recorded: Table -> rows of the record of adjudication about what no extractor's file holds.
        problems: Warnings: what is not settled, contradicts itself, or is not in the tables.
    """

    review: str
    extractors: tuple[str, ...]
    tables: dict[str, dict[str, int]]
    comparisons: tuple[Comparison, ...]
    not_computed: tuple[NotComputed, ...]
    fields: tuple[FieldAgreement, ...]
    outcomes: tuple[FieldAgreement, ...]
    cells: tuple[ComparedCell, ...]
    recorded: dict[str, int]
    problems: tuple[Problem, ...]

    @property
    def disagreements(self) -> tuple[ComparedCell, ...]:
        """The cells that were not entered alike, settled or not."""
        return tuple(one for one in self.cells if one.cell.differs)

    @property
    def open(self) -> tuple[ComparedCell, ...]:
        """The disagreements that nobody settled."""
        return tuple(one for one in self.disagreements if one.ruling is None)

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "review": self.review,
            "extractors": list(self.extractors),
            "tables": self.tables,
            "comparisons": [one.to_dict() for one in self.comparisons],
            "not_computed": [one.to_dict() for one in self.not_computed],
            "fields": [one.to_dict() for one in self.fields],
            "outcomes": [one.to_dict() for one in self.outcomes],
            "cells": [one.to_dict() for one in self.cells],
            "disagreements": [one.to_dict() for one in self.disagreements],
            "open": len(self.open),
            "recorded": self.recorded,
            "problems": [
                {"code": one.code, "place": one.place, "message": one.message, "mend": one.mend}
                for one in self.problems
            ],
        }


def double_extraction(review: Review, level: float = 0.95) -> DoubleExtraction:
    """Lay what the extractors of a review entered side by side.

    Args:
        review: The review. level: Of every interval.

    Raises:
        ComputeError: no table was kept by two extractors.
        DataError: a file in ``extraction`` can't be read, with every problem of all of them.
    """
    desk = desk_of(review)
    extracted = readable(read_extracted(desk))
    names = {table: tuple(tables) for table, tables in extracted.entered.items() if len(tables) > 1}
    if not names:
        raise too_few(extracted)
    record = read_recorded(desk.folder)
    compared = tuple(matched(comparisons(extracted, desk, level), record))
    return DoubleExtraction(
        review.name,
        tuple(sorted({name for table in names.values() for name in table})),
        {table: {name: len(one.rows) for name, one in extracted.entered[table].items()} for table in extracted.entered},
        compared,
        tuple(_not_computed(extracted, record, compared)),
        tuple(one for table in names for one in fields_of(extracted, desk, table, level)),
        tuple(by_outcome(extracted, desk, level)) if "outcomes" in names else (),
        compared_cells(extracted),
        _elsewhere(extracted),
        (*extracted.problems, *settling_problems(extracted, desk), *_differing(compared)),
    )


def desk_of(review: Review) -> Desk:
    """A review's tables as they are needed beside what extractors entered."""
    rows = {name: review.rows(name) for name in review.tables}
    return Desk(review.path, review.settings, review.codebook, rows, review.lines)


def readable(extracted: Extracted) -> Extracted:
    """What was read, if it could be.

    Raises:
        DataError: with every problem.
    """
    if any(problem.severity == "error" for problem in extracted.problems):
        raise DataError(extracted.problems)
    return extracted


def too_few(extracted: Extracted) -> ComputeError:
    """The error where nothing was entered twice."""
    people = sorted({name for tables in extracted.entered.values() for name in tables})
    message = {
        0: f"no values of single extractors are kept in {FOLDER}/",
        1: f"{FOLDER}/ holds the values of one extractor only ({', '.join(people).upper()})",
    }.get(len(people), f"{FOLDER}/ holds no table that two extractors kept")
    mend = f"keep what each extractor entered in {FOLDER}/extractor_NAME_outcomes.csv, and other tables likewise"
    return ComputeError(Problem("one-extractor", f"{message}: there is nothing to compare", mend))


def compared_cells(extracted: Extracted) -> tuple[ComparedCell, ...]:
    """Every cell that somebody filled, in the order of the tables, with what was settled."""
    return tuple(
        ComparedCell(cell, tuple(extracted.entered[cell.table]), extracted.record.of(cell))
        for cell in extracted.cells
        if cell.filled
    )


def matched(found: Sequence[Comparison], record: Sequence[Recorded]) -> Iterator[Comparison]:
    """Comparisons with the row of the review's own record that speaks of the same."""
    for one in found:
        same = next((row for row in record if (row.metric, row.among) == (one.metric, one.among)), None)
        yield replace(one, recorded=same)


def _not_computed(
    extracted: Extracted, record: Sequence[Recorded], compared: Sequence[Comparison]
) -> Iterator[NotComputed]:
    used = {id(one.recorded) for one in compared if one.recorded is not None}
    left = tuple(row for row in record if id(row) not in used)
    if len(extracted.entered.get("screening", {})) < 2:
        reason = (
            f"the decisions of each extractor are not among the tables in {FOLDER}/, so neither agreement nor kappa can"
            f" be computed; {FOLDER}/extractor_NAME_screening.csv would hold them (evidence screen compares screeners)"
        )
        yield NotComputed("eligibility", reason, tuple(row for row in left if "eligib" in row.metric.casefold()))
        left = tuple(row for row in left if "eligib" not in row.metric.casefold())
    if left:
        yield NotComputed("other recorded agreement", f"the tables in {FOLDER}/ do not hold what it was made of", left)


def _elsewhere(extracted: Extracted) -> dict[str, int]:
    known = {cell.key for cell in extracted.cells if cell.differs}
    counts: dict[str, int] = {}
    for ruling in extracted.record.rulings:
        if ruling.key not in known:
            counts[ruling.table] = counts.get(ruling.table, 0) + 1
    return counts


def _differing(compared: Sequence[Comparison]) -> Iterator[Problem]:
    for one in compared:
        row = one.recorded
        if row is not None and (row.n, row.agree) != (one.n, one.agree):
            message = f"{one.metric}: recorded {row.agree} of {row.n}, computed {one.agree} of {one.n}"
            mend = "correct the record, or the extractors' files if they were changed afterwards"
            yield Problem("agreement-differs", message, mend, row.file, row.line, "n_agree", "warning")
