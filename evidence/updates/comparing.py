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
from .inclusion import End, end_of
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
        if before is None:
            end = _now(after, mine)
            told.append(replace(explain(name, None, end), conclusions=judged(mine.conclusions, None, end)))
        else:
            told.append(explained_since(before, after, mine, found))
    return tuple(told)


def explained_since(before: State, after: State, mine: Request, found: Difference) -> Explained:
    """The change of one outcome.

    Args:
        before, after: The versions. mine: What the later one does with the outcome. found: What differs in the tables.
    """
    start, end = _then(before, after, mine, found), _now(after, mine)
    told = explain(mine.outcome, start, end, kept_of(before.version, mine), found)
    return replace(told, conclusions=judged(mine.conclusions, start, end))


def ends_of(befores: Sequence[tuple[State, Difference]], after: State, mine: Request) -> tuple[End, ...]:
    """What each version says of one outcome.

    Args:
        befores: Earlier versions with what differs since. after: The latest. mine: What it does with the outcome.
    """
    return (*(_then(before, after, mine, found) for before, found in befores), _now(after, mine))


def _then(before: State, after: State, mine: Request, found: Difference) -> End:
    return end_of(before.version.label, before.review, _matching(before, after, mine), found.renames)


def _now(after: State, mine: Request) -> End:
    return end_of(after.version.label, after.review, mine)


def kept_of(version: Version, request: Request) -> float | None:
    """The proportion of an outcome that was frozen with a version, as its first analysis of these arms printed it."""
    for outcomes in version.results.values():
        for result in outcomes:
            if result.get("outcome") == request.outcome and (result.get("where") or {}) == dict(request.where):
                pooled = result.get("pooled") or {}
                mean: float | None = pooled.get("mean")
                return pooled.get("estimate") if mean is None else mean
    return None


def request_of(state: State, name: str) -> Request:
    """What is done with an outcome in a version: what its first analysis that has it says, else the defaults."""
    requests = (request for analysis in state.analyses for request in analysis.outcomes if request.outcome == name)
    return next(requests, None) or Unasked(name, model())


def _matching(before: State, after: State, later: Request) -> Request:
    """What a version did with the outcome: on the same arms, or in its only analysis of it where there is one in each.

    As the later version does where it has no such analysis.
    """
    earlier = _requests(before, later.outcome)
    same = next((request for request in earlier if dict(request.where) == dict(later.where)), None)
    if same is not None:
        return same
    return earlier[0] if len(earlier) == 1 and len(_requests(after, later.outcome)) == 1 else later


def _requests(state: State, outcome: str) -> list[Request]:
    return [request for analysis in state.analyses for request in analysis.outcomes if request.outcome == outcome]


def nothing_before(after: State, names: Sequence[str], tell: Callable[[str], None]) -> tuple[Explained, ...]:
    """What the first version says of each outcome."""
    return compare(None, after, names, Difference((), (), ()), tell)


def told_of(before: State, after: State, names: Sequence[str], tell: Callable[[str], None]) -> Told:
    """Everything that is told of the difference of two versions."""
    found = difference(before.version, after.version)
    return Told(before.version, after.version, found, compare(before, after, names, found, tell))
