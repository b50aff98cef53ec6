"""Rules of screening.csv and of the screeners' files: what is decided on is known, and why is said."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from ..bibliography import screening
from ..errors import Problem, near_id
from .reading import Table
from .settings import ReviewSettings


def screener_problems(folder: Path, settings: ReviewSettings) -> list[Problem]:
    """What is wrong in the screeners' files of a review; their reasons are the review's words."""
    return screening.screening_problems(folder, settings.vocabulary.get(("screening", "reason"), {}))


def screening_problems(
    tables: Mapping[str, Table], records: Collection[str], complete: bool = True
) -> Iterator[Problem]:
    """Reports that nothing is known of, and decisions without a reason.

    Args:
        records: Ids of the records that were imported. Of one that is excluded by title or abstract nothing more need
            be known: PRISMA asks for the reasons of reports that were read in full.
        complete: False where the records can't be read: then no report is unknown.
    """
    screening, reports = tables["screening"], tables["reports"]
    described = {str(row["report_id"]) for row in reports.rows if row["report_id"] is not None}
    for position, row in enumerate(screening.rows):
        name, decision = row["report_id"], row["decision"]
        bare = (
            (name in records or not complete)
            and name not in described
            and decision == "excluded"
            and row["stage"] == "title_abstract"
        )
        if bare or name is None:
            continue
        if complete and reports.complete and name not in described:
            yield _undescribed(screening, position, row, tuple(described), name in records)
        if decision in ("excluded", "awaiting_classification") and row["reason"] is None:
            message = f"{name} is {decision} without a reason"
            yield screening.problem("no-reason", position, "reason", message, "give the reason")
    for position, row in enumerate(reports.rows):
        if row["study_id"] is not None and row["design"] is None:
            message = f"{row['report_id']} belongs to a study, but has no design"
            yield reports.problem("no-design", position, "design", message, "fill it: evidence codebook has the words")


def _undescribed(
    table: Table, position: int, row: Mapping[str, Any], described: tuple[str, ...], imported: bool
) -> Problem:
    name = row["report_id"]
    if imported and row["decision"] == "included":
        message = f"{name} is included, but has no row in reports.csv and no study yet"
        mend = f"run evidence add {Path(table.file).parent} {name}, then fill the cells that check lists"
        return table.problem("not-extracted", position, "report_id", message, mend)
    if imported:
        message = f"{name} was decided on in full, but has no row in reports.csv"
        mend = "add it there and to references.bib; evidence screen writes both where it is decided"
        return table.problem("not-described", position, "report_id", message, mend)
    message = f"report_id: {name!r} is not in reports.csv"
    mend = near_id(name, described, "reports.csv")
    return table.problem("unknown-id", position, "report_id", message, mend)
