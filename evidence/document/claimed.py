"""What every checked claim is: what was claimed, what our tables hold of it, and the verdict."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from ..review.arm_columns import ArmColumns, arm_columns
from ..review.arm_groups import counted_once
from ..tables.records import Row, by_key

if TYPE_CHECKING:
    from ..review.review import Review

Verdict = Literal["contradicted", "not contradicted", "too few data", "not checked"]
Limits = tuple[float, float]

#: Fewer studies or units than these say nothing about a claim (J).
FEW_STUDIES = 3
FEW_UNITS = 10


@dataclass(frozen=True, slots=True)
class CheckedClaim:
    """One claim.

    Attributes:
        row: The row of claims.csv.
        where: Arms it speaks of: column -> value.
        lower, upper: The claim as proportions, of a proportion; as numbers in their unit, of other kinds; equal for a
            single value; None where it states none.
        events, n: Our counts of the same outcome in the same arms, or None.
        studies: How many of our studies the check rests on, or None.
        limits: Exact limits of our observed proportion, or None.
        estimate: Mean over studies and its limits where our counts can be pooled, or None.
        prediction: Prediction interval of a new study, or None.
        found: What our tables hold, in words.
        numbers: Other numbers in ``found``, by name.
        own: Whether the stating report's own arms are among ours.
        verdict: ``not checked`` where the kind allows no check.
    """

    row: Row
    where: dict[str, str]
    lower: float | None = None
    upper: float | None = None
    events: int | None = None
    n: int | None = None
    studies: int | None = None
    limits: Limits | None = None
    estimate: tuple[float, float, float] | None = None
    prediction: Limits | None = None
    found: str = ""
    numbers: Mapping[str, Any] = field(default_factory=dict)
    own: bool = False
    verdict: Verdict = "not checked"

    @property
    def is_proportion(self) -> bool:
        """Whether it is about a proportion of an outcome of the review."""
        return self.row["kind"] == "proportion" and self.lower is not None

    @property
    def is_range(self) -> bool:
        """Whether the claim is a range of values."""
        return self.lower is not None and self.lower != self.upper

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        mean, low, high = self.estimate or (None, None, None)
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
            "mean": mean,
            "mean_lower": low,
            "mean_upper": high,
            "predicted_lower": self.prediction[0] if self.prediction else None,
            "predicted_upper": self.prediction[1] if self.prediction else None,
            "found": self.found,
            "numbers": dict(self.numbers),
            "own_report": self.own,
            "verdict": self.verdict,
        }


def parse_filter(value: Any) -> dict[str, str]:
    """``route=topical; design=case_series`` as a mapping; empty where there is none."""
    parts = [part.partition("=") for part in str(value or "").split(";") if "=" in part]
    return {name.strip(): wanted.strip() for name, _, wanted in parts}


def arms_meant(review: Review, where: Mapping[str, str]) -> tuple[ArmColumns, tuple[str, ...]]:
    """The arms that a claim speaks of, none whose patients another of them counts.

    Raises:
        UsageError: an unknown column or value.
    """
    known = arm_columns(review)
    filters = [one for one in known.filters(where) if not one.of_row]
    meant = [arm for arm, cells in known.arms.items() if all(one.passes(cells[one.column.name]) for one in filters)]
    return known, counted_once(known, meant)


def studies_of(known: ArmColumns, arms: Collection[str]) -> int:
    """How many studies these arms are of."""
    return len({known.arms[arm]["study_id"] for arm in arms})


def is_own(review: Review, row: Row, known: ArmColumns, arms: Collection[str]) -> bool:
    """Whether a study of the report that states the claim is among these arms."""
    study = by_key(review, "reports", "report_id")[str(row["report_id"])]["study_id"]
    return study is not None and any(known.arms[arm]["study_id"] == study for arm in arms)
