"""Claims of earlier reviews beside our own counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from ..tables.records import Row, rows_of

if TYPE_CHECKING:
    from ..review.review import Review

Verdict = Literal["contradicted", "not contradicted", "too few data", "not checked"]

#: Fewer studies or units than these say nothing about a claim (J).
FEW_STUDIES = 3
FEW_UNITS = 10


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One claim.

    Attributes:
        row: The row of claims.csv.
        where: Arms it speaks of: column -> value.
        lower, upper: The claim as proportions; equal for a single value; None where it is not a proportion.
        events, n, studies: Our counts of the same outcome in the same arms, or None.
        limits: Exact limits of our observed proportion, or None.
        verdict: By whether the claim meets our limits; "too few data" below the thresholds.
    """

    row: Row
    where: dict[str, str]
    lower: float | None = None
    upper: float | None = None
    events: int | None = None
    n: int | None = None
    studies: int | None = None
    limits: tuple[float, float] | None = None
    verdict: Verdict = "not checked"

    @property
    def is_range(self) -> bool:
        """Whether the claim is a range of proportions."""
        return self.lower is not None and self.lower != self.upper

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            **dict(self.row),
            "where": dict(self.where),
            "claimed_lower": self.lower,
            "claimed_upper": self.upper,
            "events": self.events,
            "n": self.n,
            "studies": self.studies,
            "observed_lower": self.limits[0] if self.limits else None,
            "observed_upper": self.limits[1] if self.limits else None,
            "verdict": self.verdict,
        }


def check_claims(review: Review) -> tuple[CheckedClaim, ...]:
    """Every claim of the review; those about a proportion of one of its outcomes are held against our counts."""
    return tuple(_check(review, row) for row in rows_of(review, "claims"))


def _check(review: Review, row: Row) -> CheckedClaim:
    where = parse_filter(row["filter"])
    outcome, claimed = row["outcome"], _claimed(row)
    if row["kind"] != "proportion" or outcome not in review.settings.outcomes or claimed is None:
        return CheckedClaim(row, where)
    counts = _counts(review, str(outcome), where)
    if counts is None:
        return CheckedClaim(row, where, *claimed, events=0, n=0, studies=0, verdict="too few data")
    events, n, studies, limits = counts
    return CheckedClaim(row, where, *claimed, events, n, studies, limits, _verdict(claimed, limits, n, studies))


def parse_filter(value: Any) -> dict[str, str]:
    """``route=topical; design=case_series`` as a mapping; empty where there is none."""
    parts = [part.partition("=") for part in str(value or "").split(";") if "=" in part]
    return {name.strip(): wanted.strip() for name, _, wanted in parts}


def _claimed(row: Row) -> tuple[float, float] | None:
    scale = 100.0 if str(row["unit"] or "").startswith("percent") else 1.0
    ends = (row["value"], row["value"]) if row["value"] is not None else (row["lower"], row["upper"])
    if ends[0] is None or ends[1] is None:
        return None
    return ends[0] / scale, ends[1] / scale


def _counts(review: Review, outcome: str, where: dict[str, str]) -> tuple[int, int, int, tuple[float, float]] | None:
    import numpy as np

    from ..errors import ComputeError
    from ..measures.limits import study_limits
    from ..outcomes import select

    try:
        counts = select(review, outcome, where=where).counts.by_study()
    except ComputeError:
        return None
    events, n = int(counts.events.sum()), int(counts.n.sum())
    if n == 0:
        return None
    lower, upper = study_limits(np.array([events]), np.array([n]), "clopper-pearson", 0.95)
    return events, n, counts.k, (float(lower[0]), float(upper[0]))


def _verdict(claimed: tuple[float, float], limits: tuple[float, float], n: int, studies: int) -> Verdict:
    if studies < FEW_STUDIES or n < FEW_UNITS:
        return "too few data"
    meets = claimed[0] <= limits[1] and claimed[1] >= limits[0]
    return "not contradicted" if meets else "contradicted"
