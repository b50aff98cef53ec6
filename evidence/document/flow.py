"""Reports found, screened, in and out: counted from screening.csv, and nothing made up for a box."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..tables.records import rows_of

if TYPE_CHECKING:
    from ..review.review import Review


@dataclass(frozen=True, slots=True)
class Flow:
    """Counts of a review's reports.

    Attributes:
        found: Reports in screening.csv.
        sources: How each was found -> number, as the table has it.
        decisions: (decision, stage, reason or None) -> number.
        studies: Included studies; ``treated`` their patients.
        seen: How much of a report was read -> number of reports; ``seen_included`` those of included studies.
    """

    found: int
    sources: dict[str, int]
    decisions: dict[tuple[str, str | None, str | None], int]
    studies: int
    treated: int
    seen: dict[str, int]
    seen_included: dict[str, int]

    def total(self, decision: str, stage: str | None = None) -> int:
        """Reports with a decision, at one stage or at all."""
        return sum(
            n for (name, at, _), n in self.decisions.items() if name == decision and (stage is None or at == stage)
        )

    def at(self, stage: str) -> int:
        """Reports settled at a stage, whatever the decision."""
        return sum(n for (_, where, _), n in self.decisions.items() if where == stage)

    def reasons(self, decision: str, stage: str | None = None) -> dict[str, int]:
        """Reason -> reports with that decision, most frequent first."""
        counted: Counter[str] = Counter()
        for (name, at, reason), n in self.decisions.items():
            if name == decision and (stage is None or at == stage):
                counted[reason or "no reason given"] += n
        return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "found": self.found,
            "sources": dict(self.sources),
            "decisions": [
                {"decision": decision, "stage": stage, "reason": reason, "reports": n}
                for (decision, stage, reason), n in self.decisions.items()
            ],
            "studies": self.studies,
            "treated": self.treated,
            "source_seen": dict(self.seen),
            "source_seen_included": dict(self.seen_included),
        }


def count_flow(review: Review) -> Flow:
    """The counts of a review."""
    screening, reports = rows_of(review, "screening"), rows_of(review, "reports")
    studies = rows_of(review, "studies")
    included = {row["report_id"] for row in screening if row["decision"] == "included"}
    decisions = Counter((str(row["decision"]), row["stage"], row["reason"]) for row in screening)
    order = sorted(decisions.items(), key=lambda item: tuple(str(part) for part in item[0]))
    return Flow(
        found=len(screening),
        sources=_counted(row["source"] for row in screening),
        decisions=dict(order),
        studies=len(studies),
        treated=sum(int(row["n_treated"]) for row in studies),
        seen=_counted(row["source_seen"] for row in reports),
        seen_included=_counted(row["source_seen"] for row in reports if row["report_id"] in included),
    )


def _counted(values: Any) -> dict[str, int]:
    counted = Counter("not stated" if value is None else str(value) for value in values)
    return dict(sorted(counted.items(), key=lambda item: (-item[1], item[0])))
