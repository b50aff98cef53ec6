"""What every version of a review says of one outcome, the oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from ..display import plural
from .conclusions import Conclusion, Verdict, judge
from .explained import points
from .inclusion import End, moved_studies
from .method_words import level_words


@dataclass(frozen=True, slots=True)
class History:
    """One outcome over the versions.

    Attributes:
        outcome: Its name. ends: What each version says, the oldest first, now last.
        banner: The sentence that every output of the review must carry.
        conclusions: Those that the analysis draws now.
        dates: Of each end, the day or the year of which it tells; None where that is not known, and of now.
    """

    outcome: str
    ends: tuple[End, ...]
    banner: str | None = None
    conclusions: tuple[Conclusion, ...] = ()
    dates: tuple[str | None, ...] = ()

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

    @property
    def has_estimates(self) -> bool:
        """Whether any version has an estimate."""
        return any(end.value is not None for end in self.ends)

    @property
    def verdicts(self) -> tuple[tuple[Verdict, ...], ...]:
        """Of each end, whether each conclusion holds."""
        return tuple(tuple(judge(one, end) for one in self.conclusions) for end in self.ends)

    @property
    def steps(self) -> tuple[str, ...]:
        """Of each end, what differs from the one before it."""
        return ("", *(step(before, after) for before, after in pairwise(self.ends)))

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        versions = [
            {**end.to_dict(), "step": said, "verdicts": [verdict.to_dict() for verdict in verdicts]}
            for end, said, verdicts in zip(self.ends, self.steps, self.verdicts, strict=True)
        ]
        return {
            "outcome": self.outcome,
            "method": self.method or None,
            "conclusions": [one.to_dict() for one in self.conclusions],
            "versions": versions,
        }


def _named(model: str, ends: Sequence[End]) -> str:
    return ", ".join(end.label for end in ends if end.model == model)


def _at(level: float, ends: Sequence[End]) -> str:
    return ", ".join(end.label for end in ends if end.ci and end.ci.level == level)


def step(before: End, after: End) -> str:
    """What differs from one version to the next: ``2 studies in; 1 arm with other counts; +1.4 points``."""
    moved = moved_studies(before, after)
    came = sum(one.direction == "in" for one in moved)
    old, new = ({arm.arm_id: arm for arm in end.side.arms} for end in (before, after))
    stayed = {one.study for one in before.side.arms} & {one.study for one in after.side.arms}
    other = sum(
        _counts(old, arm_id) != _counts(new, arm_id)
        for arm_id in dict.fromkeys((*old, *new))
        if (old.get(arm_id) or new[arm_id]).study in stayed
    )
    said = [
        *([f"{plural(came, 'study', 'studies')} in"] if came else []),
        *([f"{plural(len(moved) - came, 'study', 'studies')} out"] if len(moved) > came else []),
        *([f"{plural(other, 'arm')} with other counts"] if other else []),
        *(["another method"] if before.side.model != after.side.model else []),
    ]
    if said and before.value is not None and after.value is not None:
        said.append(f"{points(after.value - before.value)} points")
    return "; ".join(said) if said else "the same counts"


def _counts(arms: dict[str, Any], arm_id: str) -> tuple[int, int] | None:
    arm = arms.get(arm_id)
    return None if arm is None else (arm.events, arm.n)
