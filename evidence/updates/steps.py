"""An explained change as the steps of a waterfall: from the earlier proportion to the later, small sources together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..display import plural
from .decomposition import Part
from .explained import SEEN, Explained, ordered

#: So many steps at most; the smallest of more sources are one step.
MOST_STEPS = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way.

    Attributes:
        name: Its source, or how many there are together. detail: What changed, as a phrase.
        start, end: The proportion before and after it. observed: Change of the observed share, a fraction, or None.
        error: Standard error of the step where orders were sampled, else 0.
    """

    name: str
    detail: str
    start: float
    end: float
    observed: float | None
    error: float = 0.0

    @property
    def change(self) -> float:
        """How far it moves the proportion, a fraction."""
        return self.end - self.start

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "name": self.name,
            "detail": self.detail,
            "start": self.start,
            "end": self.end,
            "points": 100 * self.change,
            "observed_points": None if self.observed is None else 100 * self.observed,
            "points_error": 100 * self.error,
        }


def steps(explained: Explained, most: int = MOST_STEPS) -> tuple[Step, ...]:
    """The way from the earlier proportion to the later one; no step where there is no decomposition.

    Sources are in the order of the table. Those that move less than can be printed, and the smallest of more than
    ``most``, are one step at the end.
    """
    if explained.parts is None:
        return ()
    parts = ordered(explained.parts.parts)
    by_size = sorted(parts, key=lambda part: -abs(part.pooled))
    shown = [part for part in by_size if 100 * abs(part.pooled) >= SEEN]
    if len(shown) > most or (len(shown) == most and len(shown) < len(parts)):
        shown = shown[: most - 1]
    own = [part for part in parts if part in shown]
    rest = [part for part in parts if part not in shown]
    if len(rest) == 1:
        own, rest = list(parts), []
    way, at = [], explained.parts.before
    for part in own:
        way.append(Step(_name(part), part.source.detail, at, at + part.pooled, part.observed, part.error))
        at += part.pooled
    if rest:
        way.append(_together(rest, at, bool(own)))
    return tuple(way)


def _together(parts: list[Part], at: float, others: bool) -> Step:
    observed = [part.observed for part in parts if part.observed is not None]
    name = plural(len(parts), "other source" if others else "source")
    moved = sum(part.pooled for part in parts)
    error = sum(part.error**2 for part in parts) ** 0.5
    return Step(f"{name} together", "", at, at + moved, sum(observed) if len(observed) == len(parts) else None, error)


def _name(part: Part) -> str:
    """The study, with what happened to it where it did not come anew; else the kind of change."""
    return part.source.name if part.source.kind == "new-study" else part.source.title
