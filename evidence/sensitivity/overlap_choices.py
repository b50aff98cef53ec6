"""Arms that share patients, or may, and every admissible choice of those that stay."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations, product
from math import prod
from typing import TYPE_CHECKING, Any

import numpy as np

from ..review.codebook import items

if TYPE_CHECKING:
    from ..counts import Counts
    from ..review.review import Review

#: Of more arms that hang together the selection's own choice alone is kept: there would be too many others.
LARGEST_GROUP = 12

AS_ANALYSED = "as analysed"

Arms = frozenset[str]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """The arms that have a count, whether or not another arm counts their patients already.

    Attributes:
        counts: All of them, shape (k,), keyed by arm_id.
        dropped: Those that ``evidence.select`` leaves out as overlap.
        pairs: Two arm_ids that share patients (True) or may (False); the first is the earlier in arms.csv.
        case_reports: Those that are case reports.
    """

    counts: Counts
    dropped: Arms
    pairs: Mapping[tuple[str, str], bool]
    case_reports: Arms

    @property
    def names(self) -> dict[str, str]:
        """arm_id -> name to print."""
        return dict(zip(self.counts.keys, self.counts.labels, strict=True))

    def without(self, dropped: Collection[str]) -> Counts | None:
        """The counts without these arms; None where none is left."""
        kept = [i for i, key in enumerate(self.counts.keys) if key not in dropped]
        return self.counts.take(kept) if kept else None

    def resolved(self, dropped: Collection[str], excluded: Collection[str] = ()) -> Arms:
        """The arms that are out where a choice drops some, and others are excluded.

        An arm is dropped for the sake of another that may have its patients: where no such arm is left, it stays.
        """
        return self._resolved(dropped, excluded, self.pairs)

    def as_selected(self, excluded: Collection[str] = ()) -> Arms:
        """The same for the choice of ``evidence.select``, which drops an arm only for one with the same patients."""
        return self._resolved(self.dropped, excluded, [pair for pair, known in self.pairs.items() if known])

    def _resolved(self, dropped: Collection[str], excluded: Collection[str], pairs: Iterable[tuple[str, str]]) -> Arms:
        out = set(excluded)
        kept = {key for key in self.counts.keys if key not in out and key not in dropped}
        for key in self.counts.keys:
            if key in dropped and key not in out:
                stands_for = any(key in pair and not kept.isdisjoint(pair) for pair in pairs)
                (out if stands_for else kept).add(key)
        return frozenset(out)

    def neighbours(self, key: str) -> Arms:
        """The arms that share patients with this one, or may."""
        return frozenset(other for pair in self.pairs if key in pair for other in pair if other != key)


@dataclass(frozen=True, slots=True)
class Choices:
    """The arms that each choice drops, the selection's own first.

    Attributes:
        dropped: One set of arm_ids for each choice. complete: Whether these are all admissible choices.
    """

    dropped: tuple[Arms, ...]
    complete: bool

    def named(self, found: Candidates) -> Iterator[tuple[str, Arms]]:
        """Each choice with its name."""
        for i, dropped in enumerate(self.dropped):
            out = [name for key, name in found.names.items() if key in dropped]
            yield (AS_ANALYSED if i == 0 else f"without {', '.join(out)}" if out else "all of them"), dropped


def find_candidates(
    review: Review, outcome: str, where: Mapping[str, Any], time: Any, unread: str = "left-out"
) -> Candidates:
    """The arms with a count of the outcome, and which of them share patients.

    Raises:
        EvidenceError: as ``evidence.select``.
    """
    from ..outcomes import select

    chosen = select(review, outcome, where=where, time=time, unread=unread)
    parts = [chosen]
    dropped = [arm.arm_id for arm in chosen.left_out if arm.reason == "overlap"]
    for arm_id in dropped:
        parts.append(select(review, outcome, where={**where, "arm_id": arm_id}, time=time, unread=unread))
    cells = {str(cells["arm_id"]): cells for part in parts for cells in part.study_columns}
    order = [arm_id for arm_id in review.tables["arms"]["arm_id"] if arm_id in cells]
    counts = _joined([part.counts for part in parts], order)
    case_reports = frozenset(arm_id for arm_id, row in cells.items() if row.get("design") == "case_report")
    return Candidates(counts, frozenset(dropped), _pairs(cells, order), case_reports)


def _joined(parts: list[Counts], order: list[str]) -> Counts:
    """One analysis of all arms, in this order."""
    names = [(key, part.labels[i], part.studies[i]) for part in parts for i, key in enumerate(part.keys)]
    keys, labels, studies = zip(*names, strict=True)
    events, n = (np.concatenate([getattr(part, name) for part in parts]) for name in ("events", "n"))
    return parts[0].like(events, n, labels, studies, keys).take([keys.index(key) for key in order])


def _pairs(cells: Mapping[str, Mapping[str, Any]], order: list[str]) -> dict[tuple[str, str], bool]:
    """Pairs of arms with a count; patients of an arm that are those of a second, and of a third, are in all three."""
    found: dict[tuple[str, str], bool] = {}
    for arm_id in order:
        for other in items(str(cells[arm_id].get("possible_overlap") or "")):
            if other in cells and other != arm_id:
                found.setdefault(_ordered(arm_id, other, order), False)
    for arm_id in order:
        seen = [arm_id]
        while (above := str(cells[seen[-1]].get("same_patients_as"))) in cells and above not in seen:
            seen.append(above)
            found[_ordered(arm_id, above, order)] = True
    return found


def _ordered(one: str, other: str, order: list[str]) -> tuple[str, str]:
    return (one, other) if order.index(one) < order.index(other) else (other, one)


def choices_of(found: Candidates, most: int) -> Choices:
    """Every admissible choice; above ``most``, one group of arms that hang together varied at a time.

    A choice is admissible where no two arms that share patients stay, and every arm left out shares patients, or may,
    with one that stays.
    """
    options, complete = [], True
    for group in _groups(found):
        own = found.dropped & group
        every = _within(found, group) if len(group) <= LARGEST_GROUP else []
        complete = complete and len(group) <= LARGEST_GROUP
        options.append([own, *(dropped for dropped in every if dropped != own)])
    if prod(len(each) for each in options) <= most:
        return Choices(tuple(frozenset().union(*parts) for parts in product(*options)), complete)
    own = frozenset().union(*(each[0] for each in options))
    varied = [own - each[0] | dropped for each in options for dropped in each[1:]]
    return Choices((own, *varied[: most - 1]), False)


def _groups(found: Candidates) -> list[Arms]:
    """The arms that hang together by pairs."""
    groups: list[Arms] = []
    for pair in found.pairs:
        joined = [group for group in groups if group & set(pair)]
        groups = [group for group in groups if group not in joined] + [frozenset(pair).union(*joined)]
    return groups


def _within(found: Candidates, group: Arms) -> Iterator[Arms]:
    """What each admissible choice within a group drops, the fewest arms first."""
    order = [key for key in found.counts.keys if key in group]
    near = {key: found.neighbours(key) for key in order}
    certain = [pair for pair, known in found.pairs.items() if known and pair[0] in group]
    for size in range(len(order)):
        for out in combinations(order, size):
            stays = group.difference(out)
            if all(near[key] & stays for key in out) and not any(stays.issuperset(pair) for pair in certain):
                yield frozenset(out)
