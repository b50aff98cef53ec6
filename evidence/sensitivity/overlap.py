"""Patients who may be in two arms: the result under every choice of the arm that keeps them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .. import display
from ..pooling import specified
from ..pooling.notes import note
from ..pooling.result import Note
from .answer import not_askable
from .asked import Asked
from .overlap_choices import Candidates, choices_of, find_candidates
from .varied import Varied, VariedAnswer, Way

if TYPE_CHECKING:
    from ..pooling import Model
    from ..review.review import Review
    from .pictures import Intervals, Panels

#: More choices are not all fitted: groups of arms are then varied one at a time.
MOST = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Overlap(VariedAnswer):
    """The result under every admissible choice of the arms that stay.

    Attributes:
        varied: The analysis first, then the other choices; each is named by the arms it leaves out.
        pairs: Names of the arms that share patients, or may, and whether that is known to be so.
        complete: Whether these are all admissible choices; else the groups of arms are varied one at a time.
    """

    pairs: tuple[tuple[str, str, bool], ...]
    complete: bool
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "overlap"

    def __str__(self) -> str:
        varied = self.varied
        certain = sum(known for _, _, known in self.pairs)
        named = "; ".join(f"{one} and {other}" for one, other, _ in self.pairs[:3])
        more = f" and {len(self.pairs) - 3} more" if len(self.pairs) > 3 else ""
        share = "shares" if len(self.pairs) == 1 else "share"
        may = share if certain == len(self.pairs) else "may share" if certain == 0 else "share or may share"
        choices = display.plural(len(varied.labels), "choice")
        every = f"over the {choices} of which stay" if self.complete else f"over {choices}, one group of arms at a time"
        return (
            f"{display.plural(len(self.pairs), 'pair')} of arms {may} patients ({named}{more}): {every},"
            f" {_span(varied)}, and {varied.range()}."
        )

    @property
    def facts(self) -> dict[str, Any]:
        """The pairs of arms, and whether every choice is here."""
        pairs = [{"arm": one, "other": other, "certain": certain} for one, other, certain in self.pairs]
        return {"pairs": pairs, "complete": self.complete}

    def picture(self) -> Intervals | Panels:
        """A row for each choice."""
        return self.varied.picture()


def overlap(
    review: Review,
    outcome: str,
    model: str | Model,
    where: Mapping[str, Any] | None = None,
    time: Any = None,
    unread: str = "left-out",
) -> Overlap:
    """The result under every admissible choice of which of the arms that share patients stay.

    Admissible is a choice that counts no patient twice where ``same_patients_as`` says they are the same, and leaves no
    arm out whose patients no other arm that stays has, or may have (``possible_overlap``). The choice that
    ``evidence.select`` makes is the primary.

    Args:
        review: The review.
        outcome: Name of the outcome.
        model: The primary model.
        where, time, unread: How arms and rows are selected, as for ``evidence.select``.

    Raises:
        NotAskableError: no two arms with a count share patients, or may.
    """
    model = specified(model)
    found = find_candidates(review, outcome, where or {}, time, unread)
    if not found.pairs:
        raise not_askable(
            "no two arms with a count share patients, or may",
            "name them in same_patients_as or possible_overlap of arms.csv",
        )
    choices = choices_of(found, MOST)
    ways = [Way(name, found.without(dropped), i == 0) for i, (name, dropped) in enumerate(choices.named(found))]
    return Overlap(Varied.of(ways, model), _pairs(found), choices.complete, _notes(found))


def _notes(found: Candidates) -> tuple[Note, ...]:
    unsure = [found.names[key] for pair, known in sorted(found.pairs.items()) if not known for key in pair]
    return (note("overlap", arms=", ".join(dict.fromkeys(unsure))),) if unsure else ()


def _pairs(found: Candidates) -> tuple[tuple[str, str, bool], ...]:
    names = found.names
    return tuple((names[one], names[other], known) for (one, other), known in sorted(found.pairs.items()))


def _span(varied: Varied) -> str:
    order = sorted(range(len(varied.labels)), key=lambda i: varied.events[i] / varied.n[i])
    low, high = varied.counted(order[0]), varied.counted(order[-1])
    return f"the counts go from {low} to {high}" if low != high else f"the counts stay at {low}"


def asked_overlap(asked: Asked) -> Overlap:
    """For the registry."""
    review, outcome = asked.of_review()
    return overlap(review, outcome, asked.model, asked.where, asked.time, asked.unread)
