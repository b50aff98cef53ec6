"""Why the counts of an outcome differ between two versions: each change of an arm's counts has one source."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from ..counts import Counts
from ..display import count

Kind = Literal["new-study", "removed-study", "corrected", "eligibility", "method"]
#: In the order in which sources are told.
KINDS: Mapping[Kind, str] = {
    "new-study": "New study",
    "removed-study": "Removed study",
    "corrected": "Corrected numbers",
    "eligibility": "Changed eligibility",
    "method": "Changed method",
}


@dataclass(frozen=True, slots=True)
class PoolArm:
    """An arm in the pool of one version.

    Attributes:
        arm_id, study, label: Which arm, the id of its study, its printed name.
        events, n: Its counts.
        rows: Cells of its rows of the outcome in outcomes.csv, so that a changed cell is told from a changed choice.
    """

    arm_id: str
    study: str
    label: str
    events: int
    n: int
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """What one version gives to the comparison of one outcome.

    Attributes:
        arms: In the pool. model: Frozen specification.
        studies: study_id -> label of all studies of the version, in the pool or not.
        left_out: arm_id -> why it is not in the pool.
        years: study_id -> year, None = not seen.
    """

    arms: tuple[PoolArm, ...]
    model: Any
    studies: Mapping[str, str]
    left_out: Mapping[str, str] = field(default_factory=dict)
    years: Mapping[str, int | None] = field(default_factory=dict)

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
    """

    kind: Kind
    name: str
    detail: str
    cells: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ArmChange:
    """The counts of an arm of one study before and after; n = 0 where it is not in the pool."""

    study: str
    before: PoolArm | None
    after: PoolArm | None

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
    return tuple(ArmChange(key[0], old.get(key), new.get(key)) for key in sorted(old.keys() | new.keys()))


def sources_of(changes: Sequence[ArmChange], before: Side, after: Side) -> tuple[Source, ...]:
    """The sources, new studies first; nothing that is the same in both versions is one."""
    by_kind: dict[tuple[Kind, str], list[int]] = {}
    for position, change in enumerate(changes):
        if change.same:
            continue
        kind = _kind(change, before, after)
        named = change.study if kind in ("new-study", "removed-study") else ""
        by_kind.setdefault((kind, named), []).append(position)
    found = [_source(kind, cells, changes, (before, after)) for (kind, _), cells in by_kind.items()]
    if before.model.to_dict() != after.model.to_dict():
        found.append(Source("method", KINDS["method"], f"{before.model.title}, then {after.model.title}"))
    order = list(KINDS)
    return tuple(sorted(found, key=lambda source: (order.index(source.kind), source.name, source.detail)))


def _kind(change: ArmChange, before: Side, after: Side) -> Kind:
    if change.study not in before.studies:
        return "new-study"
    if change.study not in after.studies:
        return "removed-study"
    if change.before is not None and change.after is not None and change.before.rows != change.after.rows:
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
        return Source(kind, sides[side].studies[study], f"{count(x, n)}{unknown}", tuple(cells))
    told = "; ".join(_told(change, sides) for change in here)
    return Source(kind, KINDS[kind], told, tuple(cells))


def _told(change: ArmChange, sides: tuple[Side, Side]) -> str:
    arm = change.after or change.before
    assert arm is not None
    if change.before is None:
        why = sides[0].left_out.get(arm.arm_id)
        return f"{arm.label} {count(*change.counts(1))} is in now" + (f" (before: {why})" if why else "")
    if change.after is None:
        why = sides[1].left_out.get(arm.arm_id)
        return f"{arm.label} {count(*change.counts(0))} is no longer in" + (f" ({why})" if why else "")
    return f"{arm.label} {count(*change.counts(0))}, now {count(*change.counts(1))}"
