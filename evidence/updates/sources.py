"""Why the counts of an outcome differ between two versions: each change of an arm's counts has one source.

A study that the earlier version did not have is new. Where it was known, what decides is the row of outcomes.csv that
counts now: a row that was not there (first counts, a later time point, a further arm) is new data of this study; a row
whose cells changed, or that was taken away, is a correction; the same rows, chosen or left out otherwise, are changed
eligibility. So is a study that came or went because its reports were screened otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..counts import Counts
from ..display import count, plural
from .counted_rows import CountedRow, counterpart
from .exclusions import Decisions, exclusion
from .method_words import method_change

Kind = Literal["new-study", "new-data", "removed-study", "corrected", "eligibility", "method"]
#: In the order in which sources are told.
KINDS: Mapping[Kind, str] = {
    "new-study": "New study",
    "new-data": "New data",
    "removed-study": "Removed study",
    "corrected": "Corrected numbers",
    "eligibility": "Changed eligibility",
    "method": "Changed method",
}
#: Kinds of which each study is a source of its own; a study that was screened otherwise is one as well.
NAMED: tuple[Kind, ...] = ("new-study", "new-data", "removed-study")
#: So many arms that came or went for the same reason are told together.
TOGETHER = 3


@dataclass(frozen=True, slots=True)
class PoolArm:
    """An arm in the pool of one version.

    Attributes:
        arm_id, study, label: Which arm, the id of its study, its printed name.
        events, n: Its counts. row: The row of outcomes.csv that they are; None where it is not known.
    """

    arm_id: str
    study: str
    label: str
    events: int
    n: int
    row: CountedRow | None = None


@dataclass(frozen=True, slots=True)
class Side:
    """What one version gives to the comparison of one outcome.

    Attributes:
        arms: In the pool. model: Frozen specification.
        studies: study_id -> label of all studies of the version, in the pool or not.
        left_out: arm_id -> why it is not in the pool.
        years: study_id -> year, None = not seen.
        counted: arm_id -> rows of the outcome, of all arms of the version, in the pool or not.
        reports: study_id -> ids of its reports. decisions: report_id -> how it was screened.
        reasons: arm_id -> why its counts were corrected in this version.
    """

    arms: tuple[PoolArm, ...]
    model: Any
    studies: Mapping[str, str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    years: Mapping[str, int | None] = field(default_factory=dict)
    counted: Mapping[str, tuple[CountedRow, ...]] = field(default_factory=dict)
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    decisions: Decisions = field(default_factory=dict)
    reasons: Mapping[str, str] = field(default_factory=dict)

    def excluded(self, study: str, other: Side) -> str | None:
        """Why a study that the other version has is not in this one, by its screening: ``excluded: no outcome``."""
        return None if study in self.studies else exclusion(other.reports.get(study, ()), self.decisions)

    def counts(self, unit: str) -> Counts:
        """The arms of the pool as counts."""
        return Counts(
            [arm.events for arm in self.arms],
            [arm.n for arm in self.arms],
            labels=[arm.label for arm in self.arms],
            studies=[arm.study for arm in self.arms],
            unit=unit,
        )


@dataclass(frozen=True, slots=True)
class Source:
    """One source of the difference.

    Attributes:
        kind: What kind of change. name: As it is printed. detail: What changed, as a phrase.
        cells: Positions of the changes of arms that it makes; none for a changed method.
        studies: Ids of the studies of these arms.
    """

    kind: Kind
    name: str
    detail: str
    cells: tuple[int, ...] = ()
    studies: frozenset[str] = frozenset()

    @property
    def title(self) -> str:
        """Kind and name: ``New data: Bo 2002``; the kind alone where it is no study's."""
        return f"{KINDS[self.kind]}: {self.name}" if self.named else self.name

    @property
    def named(self) -> bool:
        """Whether it is of one study, by whose name it goes."""
        return self.name != KINDS[self.kind]


@dataclass(frozen=True, slots=True)
class ArmChange:
    """The counts of an arm of one study before and after; n = 0 where it is not in the pool.

    Attributes:
        study: Id of its study. before, after: The arm in each pool.
        elsewhere: Whether the other pool has this arm as one of another study.
    """

    study: str
    before: PoolArm | None
    after: PoolArm | None
    elsewhere: bool = False

    @property
    def arm(self) -> PoolArm:
        """The arm as it is now, or as it was last."""
        arm = self.after or self.before
        assert arm is not None
        return arm

    @property
    def same(self) -> bool:
        """Whether the counts are the same in both pools."""
        return self.counts(0) == self.counts(1)

    def counts(self, side: int) -> tuple[int, int]:
        """Events and n before (0) or after (1)."""
        arm = (self.before, self.after)[side]
        return (0, 0) if arm is None else (arm.events, arm.n)


def arm_changes(before: Side, after: Side) -> tuple[ArmChange, ...]:
    """Every arm of either pool, in the order of their names; an arm that changed its study is two."""
    old = {(arm.study, arm.arm_id): arm for arm in before.arms}
    new = {(arm.study, arm.arm_id): arm for arm in after.arms}
    both = {arm.arm_id for arm in before.arms} & {arm.arm_id for arm in after.arms}
    return tuple(
        ArmChange(key[0], old.get(key), new.get(key), key[1] in both and (key not in old or key not in new))
        for key in sorted(old.keys() | new.keys())
    )


def sources_of(changes: Sequence[ArmChange], before: Side, after: Side) -> tuple[Source, ...]:
    """The sources, new studies first; nothing that is the same in both versions is one."""
    sides = (before, after)
    anew = _arms_anew(changes, sides)
    by_kind: dict[tuple[Kind, str], list[int]] = {}
    for position, change in enumerate(changes):
        if change.same:
            continue
        kind = _kind(change, sides, anew)
        own = kind in NAMED or (kind == "eligibility" and any(change.study not in side.studies for side in sides))
        by_kind.setdefault((kind, change.study if own else ""), []).append(position)
    found = [
        _screened(cells, changes, sides) if kind == "eligibility" and own else _source(kind, cells, changes, sides)
        for (kind, own), cells in by_kind.items()
    ]
    if before.model.to_dict() != after.model.to_dict():
        found.append(Source("method", KINDS["method"], method_change(before.model, after.model)))
    order = list(KINDS)
    return tuple(sorted(found, key=lambda source: (order.index(source.kind), source.name, source.detail)))


def _arms_anew(changes: Sequence[ArmChange], sides: tuple[Side, Side]) -> frozenset[str]:
    """Studies whose patients were made into other arms: some arms are gone, others came."""
    gone = {change.study for change in changes if change.after is None and _is_unknown(change, sides[1])}
    came = {change.study for change in changes if change.before is None and _is_unknown(change, sides[0])}
    return frozenset(gone & came)


def _is_unknown(change: ArmChange, side: Side) -> bool:
    return change.arm.arm_id not in side.counted and not change.elsewhere


def _kind(change: ArmChange, sides: tuple[Side, Side], anew: frozenset[str]) -> Kind:
    before, after = sides
    if change.elsewhere:
        return "corrected"
    if change.study not in before.studies:
        return "eligibility" if before.excluded(change.study, after) else "new-study"
    if change.study not in after.studies:
        return "eligibility" if after.excluded(change.study, before) else "removed-study"
    if change.study in anew and None in (change.before, change.after):
        return "corrected"
    return _kind_of_rows(change, before, after)


def _kind_of_rows(change: ArmChange, before: Side, after: Side) -> Kind:
    """By the rows that count: was the later one there before, and is the earlier one still there, as it was."""
    key = change.arm.arm_id
    old, new = before.counted.get(key, ()), after.counted.get(key, ())
    if change.after is not None:
        row = change.after.row
        was = None if row is None else counterpart(row, new, old)
        if was is None:
            return "new-data"
        if was != row:
            return "corrected"
    if change.before is not None:
        row = change.before.row
        if row is None or counterpart(row, old, new) != row:
            return "corrected"
    return "eligibility"


def _source(kind: Kind, cells: Sequence[int], changes: Sequence[ArmChange], sides: tuple[Side, Side]) -> Source:
    here = [changes[i] for i in cells]
    if kind in ("new-study", "removed-study"):
        side = 1 if kind == "new-study" else 0
        x, n = (sum(change.counts(side)[part] for change in here) for part in (0, 1))
        study = here[0].study
        year = sides[side].years.get(study, 0)
        unknown = "; year unknown" if kind == "new-study" and year is None else ""
        return Source(kind, sides[side].studies[study], f"{count(x, n)}{unknown}", tuple(cells), frozenset({study}))
    name = sides[1].studies[here[0].study] if kind == "new-data" else KINDS[kind]
    if kind == "new-data":
        told = [_told(change, sides).removeprefix(f"{name}: ").removeprefix(f"{name} ") for change in here]
    else:
        told = list(_all_told(here, sides))
    studies = frozenset(change.study for change in here)
    return Source(kind, name, "; ".join(text for text in told if text), tuple(cells), studies)


def _screened(cells: Sequence[int], changes: Sequence[ArmChange], sides: tuple[Side, Side]) -> Source:
    """A study that came or went because its reports were screened otherwise."""
    here = [changes[i] for i in cells]
    study = here[0].study
    gone = study not in sides[1].studies
    having, without = sides if gone else (sides[1], sides[0])
    x, n = (sum(change.counts(0 if gone else 1)[part] for change in here) for part in (0, 1))
    why = without.excluded(study, having)
    said = f"{count(x, n)}, {why}" if gone else f"{count(x, n)} in now, before {why}"
    return Source("eligibility", having.studies[study], said, tuple(cells), frozenset({study}))


def _all_told(changes: Sequence[ArmChange], sides: tuple[Side, Side]) -> Iterator[str]:
    """What happened to each arm; many to which the same happened together."""
    alike: dict[tuple[bool, str], list[ArmChange]] = {}
    for change in changes:
        if (why := _why(change, sides)) is not None:
            alike.setdefault((change.after is None, why), []).append(change)
    for change in changes:
        why = _why(change, sides)
        members = [] if why is None else alike[change.after is None, why]
        if why is None or len(members) < TOGETHER:
            yield _told(change, sides)
        elif members[0] is change:
            yield _together(members, why)


def _together(changes: Sequence[ArmChange], why: str) -> str:
    gone = changes[0].after is None
    studies = {change.study for change in changes}
    many = plural(len(studies), "study", "studies") if len(studies) == len(changes) else plural(len(changes), "arm")
    named = ", ".join(f"{change.arm.label} {count(*change.counts(0 if gone else 1))}" for change in changes)
    return f"{many} {f'no longer in ({why})' if gone else f'in now (before: {why})'}: {named}"


def _why(change: ArmChange, sides: tuple[Side, Side]) -> str | None:
    """Why an arm is in one pool alone, by the version that leaves it out; None where it is in both, or nobody says."""
    if change.elsewhere or (change.before is not None and change.after is not None):
        return None
    without, having = sides if change.before is None else (sides[1], sides[0])
    return without.left_out.get(change.arm.arm_id) or without.excluded(change.study, having)


def _told(change: ArmChange, sides: tuple[Side, Side]) -> str:
    """What happened to an arm; nothing where its other study tells it."""
    arm = change.arm
    if change.elsewhere:
        return "" if change.after is None else f"{arm.label} {count(arm.events, arm.n)} is an arm of another study now"
    why = _why(change, sides)
    if change.before is None:
        before = f" (before: {why})" if why else "" if arm.arm_id in sides[0].counted else ", an arm that was not there"
        return f"{arm.label} {count(*change.counts(1))} is in now{before}"
    reason = sides[1].reasons.get(arm.arm_id)
    if change.after is None:
        said = why or reason
        return f"{arm.label} {count(*change.counts(0))} is no longer in" + (f" ({said})" if said else "")
    then, now = _at(change.before, change.after), _at(change.after, change.before)
    because = f" ({reason})" if reason else ""
    return f"{arm.label} {count(*change.counts(0))}{then}, now {count(*change.counts(1))}{now}{because}"


def _at(arm: PoolArm, other: PoolArm) -> str:
    """When it was counted, where that differs: `` at 6 months``."""
    if arm.row is None or other.row is None or arm.row.months == other.row.months:
        return ""
    months = arm.row.months
    return " without a time" if months is None else f" at {months:g} {'month' if months == 1 else 'months'}"
