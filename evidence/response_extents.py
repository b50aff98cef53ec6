"""How far the units of every arm responded, as far as the review recorded it: what is not recorded stays unread."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from .errors import ComputeError, usage
from .outcomes import Selection, select

if TYPE_CHECKING:
    from .review.review import Review
    from .review.settings import OutcomeSpec, TimeRule

Extent = Literal["complete", "partial", "response-unread", "none", "none-unread", "worse", "unread"]
#: In the order of a stacked bar: from the best to the worst, then what nobody read.
EXTENTS: tuple[Extent, ...] = ("complete", "partial", "response-unread", "none", "none-unread", "worse", "unread")


@dataclass(frozen=True, slots=True)
class Response:
    """The units of one arm by extent.

    Attributes:
        key, label, study: arm_id, printed name, study_id.
        n: Units. extents: (extent, units) in the order of ``EXTENTS``, none of them 0; they sum to n.
    """

    key: str
    label: str
    study: str
    n: int
    extents: tuple[tuple[Extent, int], ...]


@dataclass(frozen=True, slots=True)
class Responses:
    """The arms of a review by extent of response.

    Attributes:
        title, unit: What responds, and what is counted, in the singular.
        words: Name of each extent that the review can tell. arms: In the order of arms.csv, those with a count.
    """

    title: str
    unit: str
    words: Mapping[Extent, str]
    arms: tuple[Response, ...]


def responses(
    review: Review,
    outcome: str,
    where: Mapping[str, Any] | None = None,
    time: TimeRule | str | Mapping[str, Any] | None = None,
) -> Responses:
    """Complete, partial, no response and worse of every arm.

    A part is combined with its whole only where both are of the same time and the same total. Partial is what the whole
    holds beyond the complete ones; where these are not recorded, the extent counts as not read.

    Args:
        review: The review. outcome: The response, or a part of it. where, time: As ``select`` takes them.

    Raises:
        UsageError: an unknown name, or an outcome without parts. DataError: as of ``select``.
    """
    outcomes = review.settings.outcomes
    spec = outcomes.get(outcome)
    whole = outcomes[spec.part_of] if spec is not None and spec.part_of else spec
    part = _first(outcomes, "part_of", whole)
    if whole is None or part is None:
        known = [o.name for o in outcomes.values() if _first(outcomes, "part_of", o) and not o.complement_of]
        mend = f"use {' or '.join(known)}" if known else "declare part_of of an outcome in review.toml"
        raise usage(f"{outcome!r} is no outcome that has a part, such as complete remission", mend, "no-extents")
    rest = _first(outcomes, "complement_of", whole)
    worse = _first(outcomes, "part_of", rest)
    found = {o.name: _arms(review, o, where, time) for o in (whole, rest, part, worse) if o is not None}
    # The whole of an arm where there is one, else the first count there is.
    arms: dict[str, _Arm] = {}
    for of in found.values():
        arms = of | arms
    order = [str(arm_id) for arm_id in review.tables["arms"]["arm_id"] if str(arm_id) in arms]
    made = []
    for key in order:
        counts = _Counts(
            *(found.get(o.name, {}).get(key) if o is not None else None for o in (whole, part, rest, worse))
        )
        units = _units(counts, arms[key], worse is not None)
        shown = tuple((extent, units[extent]) for extent in EXTENTS if units.get(extent))
        made.append(Response(key, arms[key].label, arms[key].study, arms[key].n, shown))
    return Responses(whole.title, whole.unit, _words(whole, part, rest, worse), tuple(made))


@dataclass(frozen=True, slots=True)
class _Arm:
    """One count: label, study, events of n, time point."""

    label: str
    study: str
    events: int
    n: int
    months: float | None


@dataclass(frozen=True, slots=True)
class _Counts:
    """The counts of one arm: response, its complete part, no response, the worse; None = not recorded."""

    whole: _Arm | None
    part: _Arm | None
    rest: _Arm | None
    worse: _Arm | None


def _first(outcomes: Mapping[str, OutcomeSpec], relation: str, to: OutcomeSpec | None) -> OutcomeSpec | None:
    if to is None:
        return None
    return next((o for o in outcomes.values() if getattr(o, relation) == to.name and o.unit == to.unit), None)


def _arms(
    review: Review,
    spec: OutcomeSpec,
    where: Mapping[str, Any] | None,
    time: TimeRule | str | Mapping[str, Any] | None,
) -> dict[str, _Arm]:
    try:
        selection = select(review, spec.name, where, time=time)
    except ComputeError:
        return {}
    return dict(_counted(selection))


def _counted(selection: Selection) -> Iterator[tuple[str, _Arm]]:
    counts = selection.counts
    for i, cells in enumerate(selection.study_columns):
        months = cells.get("timepoint_months")
        yield (
            counts.keys[i],
            _Arm(counts.labels[i], counts.studies[i], int(counts.events[i]), int(counts.n[i]), months),
        )


def _units(counts: _Counts, base: _Arm, worse_told: bool) -> dict[Extent, int]:
    """Units of one arm by extent; ``base`` is the count whose total and time hold."""
    part, worse = (_beside(arm, base) for arm in (counts.part, counts.worse))
    responded = None
    if counts.whole is not None:
        responded = counts.whole.events
    elif counts.rest is not None:
        responded = base.n - counts.rest.events
    units: dict[Extent, int] = {}
    if part is not None:
        units["complete"] = part.events
    if responded is None:
        units["worse"] = worse.events if worse is not None else 0
        units["unread"] = base.n - sum(units.values())
        return units
    if part is not None and part.events <= responded:
        units["partial"] = responded - part.events
    else:
        units = {"response-unread": responded}
    failed = base.n - responded
    if worse is not None and worse.events <= failed:
        units |= {"worse": worse.events, "none": failed - worse.events}
    else:
        units["none-unread" if worse_told else "none"] = failed
    return units


def _beside(arm: _Arm | None, base: _Arm) -> _Arm | None:
    """The count if it is of the same total and time."""
    return arm if arm is not None and (arm.n, arm.months) == (base.n, base.months) else None


def _words(
    whole: OutcomeSpec, part: OutcomeSpec, rest: OutcomeSpec | None, worse: OutcomeSpec | None
) -> dict[Extent, str]:
    none = rest.title if rest is not None else f"Without {whole.title[:1].lower()}{whole.title[1:]}"
    words: dict[Extent, str] = {
        "complete": part.title,
        "partial": f"{whole.title}, not complete",
        "response-unread": f"{whole.title}, extent not read",
        "none": f"{none}, not worse" if worse is not None else none,
        "none-unread": f"{none}, extent not read",
        "unread": "Extent not read",
    }
    return words | ({"worse": worse.title} if worse is not None else {})
