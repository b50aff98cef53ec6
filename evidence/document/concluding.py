"""The conclusions that an analysis draws from an outcome: whether each holds now, and what would change that."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ..analysis import OutcomeAnalysis
    from ..outcomes import Selection
    from ..pooling.result import Pooled
    from ..review.review import Review
    from ..updates.conclusions import Conclusion, Verdict


@dataclass(frozen=True, slots=True)
class Concluded:
    """A conclusion now.

    Attributes:
        conclusion: Name and rule. verdict: Whether it holds.
        change: What new evidence would change the verdict, as values and as a sentence; None where it was not asked.
        left: Whether it can be asked for, and was not because the model takes long.
    """

    conclusion: Conclusion
    verdict: Verdict
    change: tuple[dict[str, Any], str] | None = None
    left: bool = False

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        values, text = (None, None) if self.change is None else self.change
        return {
            **self.conclusion.to_dict(),
            "said": self.conclusion.said,
            **self.verdict.to_dict(),
            "change": values,
            "change_text": text,
        }


def conclude(review: Review, request: OutcomeAnalysis, selection: Selection, pooled: Pooled) -> tuple[Concluded, ...]:
    """The conclusions of an outcome, each judged by the pooled result.

    Args:
        review: The tables. request: With the conclusions. selection: The arms. pooled: Their result.
    """
    if not request.conclusions:
        return ()
    from ..updates.conclusions import judge
    from ..updates.inclusion import end_now
    from ..updates.prospect_text import reversal_text
    from ..updates.reversal import may_be_reversed, reversal

    end = end_now(review, request, selection, pooled)
    found = []
    for one in request.conclusions:
        verdict = judge(one, end)
        change = reversal(one, verdict, end)
        told = None if change is None else (change.to_dict(), reversal_text(change, end.unit))
        found.append(Concluded(one, verdict, told, told is None and may_be_reversed(one, verdict)))
    return tuple(found)
