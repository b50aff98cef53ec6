"""What every version of a review says of one outcome, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from .inclusion import End


@dataclass(frozen=True, slots=True)
class History:
    """One outcome over the versions.

    Attributes:
        outcome: Its name. ends: What each version says, the oldest first, now last.
        banner: The sentence that every output of the review must carry.
    """

    outcome: str
    ends: tuple[End, ...]
    banner: str | None = None

    @property
    def title(self) -> str:
        """Of the outcome, as it is called now."""
        return self.ends[-1].title

    @property
    def what(self) -> str:
        """What the estimates are proportions of, by the latest version that has one."""
        return next((end.what for end in reversed(self.ends) if end.value is not None), "proportion")

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {"outcome": self.outcome, "versions": [end.to_dict() for end in self.ends]}
