"""Patients without a count: what the proportion would be if they had had the outcome, and if they had not."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

from .. import display
from ..pooling import notes as thresholds
from ..pooling import specified
from ..pooling.notes import note
from ..pooling.result import Note
from .answer import not_askable
from .asked import Asked
from .varied import Varied, VariedAnswer, Way, unpooled

if TYPE_CHECKING:
    from ..counts import Counts
    from ..outcomes import Selection
    from ..pooling import Model
    from ..review.review import Review

AS_READ = "as read"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What the proportion would be if every treated patient without a count had failed, or succeeded.

    Attributes:
        treated: Patients treated in the arms of the selection.
        lowest, highest: Events out of ``treated`` at the two extremes.
    """

    treated: int
    lowest: int
    highest: int


@dataclass(frozen=True, slots=True, eq=False)
class MissingOutcomes(VariedAnswer):
    """The outcome with patients without a count taken one way and the other.

    Attributes:
        varied: As read first; then extents unread as without the outcome and with it; then every treated patient
            without a count the same two ways. Pairs that change nothing are left out.
        title: Title of the outcome, as it stands in a sentence.
        treated: Patients treated, or None where something else is counted.
        has_unread, has_bounds: Which pairs there are.
    """

    title: str
    treated: int | None
    has_unread: bool
    has_bounds: bool
    notes: tuple[Note, ...] = ()

    question: ClassVar[str] = "missing-outcomes"

    def __str__(self) -> str:
        varied, title = self.varied, self.title
        of_treated = "" if self.treated is None else f", of {self.treated} treated"
        parts = [f"{title}: {varied.counted(0)}{of_treated}"]
        if self.has_unread:
            parts.append(f"{varied.counted(1)} if unread extents are not {title}, {varied.counted(2)} if they are")
        if self.has_bounds:
            low, high = varied.counted(-2), varied.counted(-1)
            parts.append(f"{low} if no treated patient without a count had it, {high} if all of them had")
        parts.append(varied.range())
        text = "; ".join(parts)
        return f"{text[:1].upper()}{text[1:]}."

    @property
    def facts(self) -> dict[str, Any]:
        """Patients treated."""
        return {"treated": self.treated}


def missing_outcomes(
    review: Review,
    outcome: str,
    model: str | Model,
    where: Mapping[str, Any] | None = None,
    time: Any = None,
    unread: str = "left-out",
) -> MissingOutcomes:
    """The outcome with patients without a count taken one way and the other, as counts and pooled.

    Where the counts as read are too few to pool, nothing is pooled: assumed counts are no data.

    Args:
        review: The review.
        outcome: Name of the outcome.
        model: The primary model.
        where, time: How arms and rows are selected, as for ``evidence.select``.
        unread: How the analysis itself takes unread extents; it is marked as the primary.

    Raises:
        NotAskableError: every treated patient has a count, or none is known to lack one.
    """
    model = specified(model)
    from ..outcomes import select

    read = select(review, outcome, where=where, time=time)
    extents, enough = unread_extents(review, outcome, where, time, read), not unpooled(read.counts)
    ways = [Way(AS_READ, read.counts, unread == "left-out" or not extents)]
    options = ("as-non-events", "as-events")
    ways += [
        Way(label, chosen.counts, unread == option, enough)
        for (label, chosen), option in zip(extents.items(), options, strict=False)
    ]
    title = review.settings.outcomes[outcome].title
    bounds = treated_bounds(review, read, extents)
    if bounds is not None:
        for word, happened in (("not ", False), ("", True)):
            label = f"every treated patient without a count taken as {word}{in_sentence(title)}"
            start = fullest(read, extents) if happened else read
            ways.append(Way(label, completed(review, start, happened), pool=enough))
    if len(ways) == 1:
        raise _nothing_missing(read)
    treated = read.context.treated if read.context.unit == "patient" else None
    varied = Varied.of(ways, model)
    return MissingOutcomes(varied, in_sentence(title), treated, bool(extents), bounds is not None, _notes(bounds, read))


def unread_extents(
    review: Review, outcome: str, where: Mapping[str, Any] | None, time: Any, read: Selection
) -> dict[str, Selection]:
    """For an outcome that is part of another: the arms that have the whole but not the part, counted either way.

    Args:
        read: The selection without them.

    Returns:
        Label -> selection, "not" first; empty where there is no such arm.
    """
    from ..outcomes import select

    spec = review.settings.outcomes[outcome]
    if not spec.part_of:
        return {}
    found = {
        f"unread extent counted as {word}{in_sentence(spec.title)}": select(
            review, outcome, where=where, time=time, unread=option
        )
        for word, option in (("not ", "as-non-events"), ("", "as-events"))
    }
    known = int(read.counts.n.sum())
    return {label: chosen for label, chosen in found.items() if int(chosen.counts.n.sum()) > known}


def fullest(selection: Selection, extents: Mapping[str, Selection]) -> Selection:
    """Where the outcome is part of another, the selection in which unread extents are events: who is known to lack the
    whole can't have had the part.
    """
    return list(extents.values())[-1] if extents else selection


def treated_bounds(review: Review, selection: Selection, extents: Mapping[str, Selection]) -> Bounds | None:
    """The two extremes as counts; None where every treated patient has a count, or where units are not patients.

    Args:
        extents: What ``unread_extents`` says of the selection.
    """
    if selection.context.unit != "patient":
        return None
    lowest = completed(review, selection, happened=False)
    highest = completed(review, fullest(selection, extents), happened=True)
    treated = int(lowest.n.sum())
    if treated == int(selection.counts.n.sum()):
        return None
    return Bounds(treated, int(lowest.events.sum()), int(highest.events.sum()))


def completed(review: Review, selection: Selection, happened: bool, only: Collection[str] | None = None) -> Counts:
    """The counts with every treated patient who lacks one, in the arm they were treated in.

    Args:
        selection: Of patients.
        happened: Whether they are taken to have had the outcome.
        only: Arms whose patients are added; all of the selection if None.
    """
    from ..review.arm_columns import arm_columns

    arms, counts = arm_columns(review).arms, selection.counts
    roots = {arm_id: _root(arm_id, selection.asked, arms) for arm_id in selection.asked}
    n = dict(zip(counts.keys, counts.n.tolist(), strict=True))
    events = dict(zip(counts.keys, counts.events.tolist(), strict=True))
    names = dict(zip(counts.keys, zip(counts.labels, counts.studies, strict=True), strict=True))
    names |= {arm.arm_id: (arm.label, arm.study_id) for arm in selection.left_out}
    for root in dict.fromkeys(roots.values()):
        told = [arm_id for arm_id in counts.keys if roots.get(arm_id) == root]
        missing = int(arms[root]["n_treated"]) - sum(n[arm_id] for arm_id in told)
        if missing > 0 and (only is None or root in only):
            home = told[0] if told else root
            n[home] = n.get(home, 0) + missing
            events[home] = events.get(home, 0) + (missing if happened else 0)
    labels, studies = zip(*(names[key] for key in n), strict=True)
    return counts.like(list(events.values()), list(n.values()), labels, studies, list(n))


def _root(arm_id: str, asked: Collection[str], arms: Mapping[str, Mapping[str, Any]]) -> str:
    """The arm among those asked that counts these patients first."""
    seen = [arm_id]
    while (other := arms[seen[-1]]["same_patients_as"]) in asked and other not in seen:
        seen.append(str(other))
    return seen[-1]


def _nothing_missing(read: Selection) -> Exception:
    unit = read.context.unit
    if unit == "patient":
        return not_askable("every treated patient has a count of this outcome", "nothing is missing")
    reason = f"{unit}s are counted, and how many of them were treated is not known"
    return not_askable(reason, "ask it of an outcome that is counted in patients")


def _notes(bounds: Bounds | None, read: Selection) -> tuple[Note, ...]:
    if bounds is None:
        return ()
    missing = bounds.treated - int(read.counts.n.sum())
    if missing <= thresholds.MISSING_SHARE * bounds.treated:
        return ()
    share, units = display.percent(missing / bounds.treated), read.counts.units
    return (note("outcome-missing", missing=missing, treated=bounds.treated, share=share, units=units),)


def in_sentence(title: str) -> str:
    """A title with a small first letter."""
    return title[:1].lower() + title[1:]


def asked_missing_outcomes(asked: Asked) -> MissingOutcomes:
    """For the registry."""
    review, outcome = asked.of_review()
    return missing_outcomes(review, outcome, asked.model, asked.where, asked.time, asked.unread)
