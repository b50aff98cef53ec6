"""Claims of earlier reviews and letters, each held against our own tables in the way that its kind allows."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from ..tables.records import Row, rows_of
from .claim_events import check_events
from .claim_proportions import check_proportion
from .claim_values import check_most_frequent, check_range
from .claimed import CheckedClaim, parse_filter

if TYPE_CHECKING:
    from ..analysis import Analysis
    from ..review.review import Review

#: How each kind of claim is checked; a kind that is not here is listed, not checked.
CHECKS: Mapping[str, Callable[[Review, Row, Any], CheckedClaim]] = {
    "proportion": check_proportion,
    "most_frequent": check_most_frequent,
    "range": check_range,
    "named_events": check_events,
}


def check_claims(review: Review, analysis: Analysis | None = None) -> tuple[CheckedClaim, ...]:
    """Every claim of the review, with its verdict.

    Args:
        review: The review.
        analysis: What its outcomes are pooled by; the default model without it.
    """
    return tuple(_check(review, row, analysis) for row in rows_of(review, "claims"))


def _check(review: Review, row: Row, analysis: Analysis | None) -> CheckedClaim:
    check = CHECKS.get(str(row["kind"]))
    if check is None:
        return CheckedClaim(row, parse_filter(row["filter"]))
    return check(review, row, _model(row, analysis))


def _model(row: Row, analysis: Analysis | None) -> Any:
    """What the analysis pools the claim's outcome by, or its first outcome where it leaves that one out."""
    from ..pooling import model

    if analysis is None or not analysis.outcomes:
        return model("logistic-normal")
    asked = [one for one in analysis.outcomes if one.outcome == row["outcome"]]
    return (asked or list(analysis.outcomes))[0].model
