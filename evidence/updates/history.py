"""What every version of a review says of one outcome, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from .inclusion import End
from .method_words import level_words


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
        """What the estimates are proportions of, the latest first where versions differ in it."""
        found = dict.fromkeys(end.what for end in reversed(self.ends) if end.value is not None)
        return " or ".join(found) or "proportion"

    @property
    def method(self) -> str:
        """How the estimates were made: all of them by the software of today."""
        estimated = [end for end in self.ends if end.value is not None]
        models = dict.fromkeys(end.model for end in estimated)
        said = (
            "; ".join(f"{model} ({_named(model, estimated)})" for model in models)
            if len(models) > 1
            else "".join(models)
        )
        computed = "Each version's estimate is computed by this software from its own tables"
        levels = dict.fromkeys(end.ci.level for end in estimated if end.ci)
        if len(levels) > 1:
            said += "; intervals at " + ", ".join(f"{level_words(level)} ({_at(level, estimated)})" for level in levels)
        return f"{computed}, as its own analysis says where it has one: {said}." if said else ""

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "outcome": self.outcome,
            "method": self.method or None,
            "versions": [end.to_dict() for end in self.ends],
        }


def _named(model: str, ends: Sequence[End]) -> str:
    return ", ".join(end.label for end in ends if end.model == model)


def _at(level: float, ends: Sequence[End]) -> str:
    return ", ".join(end.label for end in ends if end.ci and end.ci.level == level)
