"""Two versions compared: their tables, and the outcomes of an analysis with what moved them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ..errors import unknown
from ..pooling import model
from ..review.review import Review
from .change_text import Told
from .conclusions import judged
from .difference import Difference, difference
from .explained import Explained, explain
from .finding import review_of
from .inclusion import end_of
from .requests import Request, Requests, Unasked
from .version import Version


@dataclass(frozen=True, slots=True)
class State:
    """A version that can be asked for outcomes.

    Attributes:
        version: The version. review: As read of its tables. analyses: Its own.
    """

    version: Version
    review: Review
    analyses: tuple[Requests, ...]


#: Reads the analyses of a version.
ReadAnalyses = Callable[[Version], Sequence[Requests]]


def state_of(version: Version, read: ReadAnalyses) -> State:
    """A version with its review and its analyses.

    Raises:
        DataError: problems in its tables or analyses.
    """
    return State(version, review_of(version), tuple(read(version)))


def outcomes_of(state: State, names: Sequence[str] = ()) -> tuple[str, ...]:
    """The outcomes to compare: those named, else all of the version's analyses.

    Raises:
        UsageError: the review has no such outcome.
    """
    known = tuple(state.review.settings.outcomes)
    for name in names:
        if name not in known:
            raise unknown("outcome", name, known)
    asked = names or [request.outcome for analysis in state.analyses for request in analysis.outcomes]
    return tuple(dict.fromkeys(asked))


def compare(
    before: State | None, after: State, names: Sequence[str], found: Difference, tell: Callable[[str], None]
) -> tuple[Explained, ...]:
    """The change of each outcome.

    Args:
        before: The earlier version, None where there is none. after: The later one.
        names: Outcomes. found: What differs in the tables. tell: Told the name of each outcome as it begins.
    """
    told = []
    for name in names:
        tell(name)
        mine = request_of(after, name)
        earlier = None if before is None else _matching(before, mine)
        start = (
            None
            if before is None or earlier is None
            else end_of(before.version.label, before.review, earlier, found.renames)
        )
        kept = None if before is None else _kept(before.version, name)
        end = end_of(after.version.label, after.review, mine)
        told.append(replace(explain(name, start, end, kept), conclusions=judged(mine.conclusions, start, end)))
    return tuple(told)


def _kept(version: Version, name: str) -> float | None:
    """The proportion of an outcome that was frozen with a version, as its first analysis printed it."""
    for outcomes in version.results.values():
        for result in outcomes:
            if result.get("outcome") == name:
                pooled = result.get("pooled") or {}
                mean: float | None = pooled.get("mean")
                return pooled.get("estimate") if mean is None else mean
    return None


def request_of(state: State, name: str) -> Request:
    """What is done with an outcome in a version: what its first analysis that has it says, else the defaults."""
    requests = (request for analysis in state.analyses for request in analysis.outcomes if request.outcome == name)
    return next(requests, None) or Unasked(name, model())


def _matching(state: State, later: Request) -> Request:
    """What a version did with the outcome; as the later version does where it has no analysis of it."""
    requests = (r for analysis in state.analyses for r in analysis.outcomes if r.outcome == later.outcome)
    return next(requests, later)


def nothing_before(after: State, names: Sequence[str], tell: Callable[[str], None]) -> tuple[Explained, ...]:
    """What the first version says of each outcome."""
    return compare(None, after, names, Difference((), (), ()), tell)


def told_of(before: State, after: State, names: Sequence[str], tell: Callable[[str], None]) -> Told:
    """Everything that is told of the difference of two versions."""
    found = difference(before.version, after.version)
    return Told(before.version, after.version, found, compare(before, after, names, found, tell))
