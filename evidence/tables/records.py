"""Rows of a review's tables as plain values, and which report belongs to what."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from .table import plain

if TYPE_CHECKING:
    from ..review.review import Review

Row = Mapping[str, Any]

#: Order in which a study's reports are named: the one that carries it first.
_DECISIONS = ("included", "duplicate_report", "awaiting_classification", "excluded")


def rows_of(review: Review, table: str) -> list[Row]:
    """Rows of a table of the review; None where nothing was reported, no rows where the review has no such table."""
    return [*review.rows(table)]


def by_key(review: Review, table: str, key: str) -> dict[str, Row]:
    """Rows of a table by the value of one column."""
    return {str(row[key]): row for row in rows_of(review, table)}


def reports_of(review: Review) -> dict[str, tuple[str, ...]]:
    """Study -> ids of its reports, the report that carries the study first."""
    decision = {str(row["report_id"]): str(row["decision"]) for row in rows_of(review, "screening")}
    found: dict[str, list[str]] = {}
    for row in rows_of(review, "reports"):
        if row["study_id"] is not None:
            found.setdefault(str(row["study_id"]), []).append(str(row["report_id"]))

    def place(report: str) -> int:
        name = decision.get(report, "")
        return _DECISIONS.index(name) if name in _DECISIONS else len(_DECISIONS)

    return {study: tuple(sorted(ids, key=place)) for study, ids in found.items()}


def address(value: Any) -> str | None:
    """A DOI or an address as something to click, or None."""
    text = plain(value)
    if text is None:
        return None
    text = str(text).strip()
    if text.startswith(("http://", "https://")):
        return text
    return f"https://doi.org/{text}" if text.startswith("10.") else None
