"""The sets of counts of a multiverse: every combination of sources, unread extents, overlapping arms, case reports."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ..errors import ComputeError
from .overlap_choices import Candidates, Choices, choices_of, find_candidates
from .source_confidence import CORE_RESTRICTIONS, EVERYTHING, has_words, held_to

if TYPE_CHECKING:
    from ..counts import Counts
    from ..review.review import Review

#: More choices of overlapping arms are not all crossed with everything else: they are varied one group at a time.
MOST_CHOICES = 24

#: Extents that were not read: left out; or all read one way, which no analyst would defend, but which bound the truth.
UNREAD = {
    "left-out": "left out",
    "as-non-events": "lower bound: without the outcome",
    "as-events": "upper bound: with the outcome",
}
#: Case reports with the series, and without them.
CASE_REPORTS = ("in", "out")


@dataclass(frozen=True, slots=True, eq=False)
class Cell:
    """One combination, the model aside, in the words that are printed.

    Attributes:
        sources, unread, overlap, case_reports: What was chosen.
        counts: The arms; None = no arm is left.
        primary: Whether it is what the analysis itself counts.
    """

    sources: str
    unread: str
    overlap: str
    case_reports: str
    counts: Counts | None
    primary: bool

    @property
    def words(self) -> tuple[str, str, str, str]:
        """What was chosen."""
        return self.sources, self.unread, self.overlap, self.case_reports


@dataclass(frozen=True, slots=True, eq=False)
class Grid:
    """All combinations; ``complete`` says whether every admissible choice of overlapping arms is among them."""

    cells: tuple[Cell, ...]
    complete: bool


def grid_of(review: Review, outcome: str, where: Mapping[str, Any], time: Any, unread: str) -> Grid:
    """Every combination of the choices about the data.

    Args:
        review, outcome, where, time, unread: As the analysis itself selects, see ``evidence.select``.

    Raises:
        EvidenceError: as ``evidence.select``, for the analysis itself.
    """
    own = find_candidates(review, outcome, where, time, unread)
    extents = _extents(review, outcome, where, time, unread)
    widest = own if len(extents) == 1 else find_candidates(review, outcome, where, time, "as-events")
    choices = choices_of(widest, MOST_CHOICES)
    cells = []
    for sources, held in _held(review, where).items():
        for extent in extents:
            found = _candidates(review, outcome, held, time, extent)
            primary = sources == EVERYTHING and extent == unread
            cells += list(_cells(found, widest, choices, (sources, UNREAD[extent], primary)))
    return Grid(tuple(cells), choices.complete)


def _extents(review: Review, outcome: str, where: Mapping[str, Any], time: Any, unread: str) -> tuple[str, ...]:
    """The ways to take unread extents; the analysis' own alone where none is unread."""
    if not review.settings.outcomes[outcome].part_of:
        return (unread,)
    sizes = {option: find_candidates(review, outcome, where, time, option).counts.k for option in UNREAD}
    return tuple(UNREAD) if len(set(sizes.values())) > 1 else (unread,)


def _held(review: Review, where: Mapping[str, Any]) -> dict[str, dict[str, Any] | None]:
    """The analysis' own filter, and held to each restriction that the review has the words for."""
    held: dict[str, dict[str, Any] | None] = {EVERYTHING: dict(where)}
    for label, wanted in CORE_RESTRICTIONS.items():
        if has_words(review, wanted):
            held[label] = held_to(review, where, wanted)
    return held


def _candidates(
    review: Review, outcome: str, held: Mapping[str, Any] | None, time: Any, unread: str
) -> Candidates | None:
    """The arms with a count under a filter; None where there is none."""
    if held is None:
        return None
    try:
        return find_candidates(review, outcome, held, time, unread)
    except ComputeError:
        return None


def _cells(
    found: Candidates | None, widest: Candidates, choices: Choices, chosen: tuple[str, str, bool]
) -> Iterator[Cell]:
    """The combinations with each choice of overlapping arms, case reports in and out."""
    sources, unread, primary = chosen
    seen: set[tuple[tuple[str, ...], tuple[int, ...]]] = set()
    for i, (name, dropped) in enumerate(choices.named(widest)):
        for word in CASE_REPORTS:
            counts: Counts | None = None
            if found is not None:
                excluded = found.case_reports if word == "out" else frozenset()
                out = found.resolved(dropped, excluded) if i else found.as_selected(excluded)
                counts = found.without(out)
            if counts is not None:
                # A choice that leaves the arms as they are is none.
                arms = (counts.keys, tuple(counts.n.tolist()))
                if arms in seen:
                    continue
                seen.add(arms)
            yield Cell(sources, unread, name, word, counts, primary and i == 0 and word == "in")
