"""What is new in a review: its versions against the tables as they are, outcome by outcome of an analysis."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ..errors import DataError
from .change_text import Told
from .comparing import ReadAnalyses, State, ends_of, kept_of, state_of
from .conclusions import judged
from .difference import Difference, difference
from .explained import explain
from .finding import frozen_versions
from .history import History
from .requests import Request


@dataclass(frozen=True, slots=True)
class News:
    """What is new.

    Attributes:
        same: Labels of versions whose tables, settings and analyses are those of now.
        told: The differences of now from the latest version and from the first one, where there are two.
        histories: Of each outcome, in the order of the analysis.
        unreadable: (label, what is wrong) of versions whose tables today's codebook refuses.
    """

    same: tuple[str, ...]
    told: tuple[Told, ...]
    histories: tuple[History, ...]
    unreadable: tuple[tuple[str, str], ...] = ()


def news_of(
    folder: Path, after: State, read: ReadAnalyses, tell: Callable[[str], None] = lambda step: None
) -> News | None:
    """What is new in a review since its earlier versions; None where it has none.

    Args:
        folder: Of the review. after: As it is now, with the analysis whose outcomes are compared.
        read: Reads the analyses of a version. tell: Told each step.

    Raises:
        DataError: a version is damaged.
    """
    versions = frozen_versions(folder)
    if not versions:
        return None
    found = [(version, difference(version, after.version)) for version in versions]
    states: list[tuple[State, Difference]] = []
    unreadable = []
    for version, differs in found:
        if differs.same:
            continue
        tell(version.label)
        try:
            states.append((state_of(version, read), differs))
        except DataError as error:
            unreadable.append((version.label, error.problems[0].message))
    same = tuple(version.label for version, differs in found if differs.same)
    histories = tuple(_histories(states, after, tell)) if states else ()
    shown = [len(states) - 1, 0] if len(states) > 1 else range(len(states))
    told = tuple(_told(states[i], i, after, (histories, tell)) for i in shown)
    return News(same, told, histories, tuple(unreadable))


def _requests(after: State) -> list[Request]:
    return [request for analysis in after.analyses for request in analysis.outcomes]


def _histories(
    states: Sequence[tuple[State, Difference]], after: State, tell: Callable[[str], None]
) -> Iterator[History]:
    for request in _requests(after):
        tell(request.outcome)
        yield History(
            request.outcome,
            ends_of(states, after, request),
            after.review.settings.banner,
            tuple(request.conclusions),
            (*(state.version.told_until for state, _ in states), None),
        )


def _told(
    earlier: tuple[State, Difference],
    which: int,
    after: State,
    found: tuple[Sequence[History], Callable[[str], None]],
) -> Told:
    """The differences of now from the version that stands at place ``which`` of the histories."""
    (before, differs), (histories, tell) = earlier, found
    outcomes = []
    for request, history in zip(_requests(after), histories, strict=True):
        tell(f"{before.version.label}: {request.outcome}")
        kept = kept_of(before.version, request)
        start, end = history.ends[which], history.ends[-1]
        explained = explain(request.outcome, start, end, kept, differs)
        concluded = judged(history.conclusions, start, end)
        outcomes.append(replace(explained, banner=history.banner, conclusions=concluded))
    return Told(before.version, after.version, differs, tuple(outcomes))
