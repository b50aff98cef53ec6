"""The difference of a pooled proportion between two versions, shared out among its sources.

Every coalition of sources is an analysis: the counts of the earlier version with the changes of these sources made,
under the earlier method, or the later one where the change of method is among them. All coalitions that differ are
fitted together, one stack for each method. The number is the one that a headline prints: the marginal mean, or the
model's own centre where it has no mean. Models have it for every pool of one study or more, on boundaries by their
stated rule, also where a headline would show counts alone for so few: the way from one printed number to the other may
lead over pools that nobody would print. A coalition without a patient, or that could not be fitted, has none; orders
that pass through it are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import isfinite
from typing import Any

import numpy as np

from ..counts import Counts
from ..pooling.anatomy import centres, same_estimates
from ..pooling.headline import prints_counts
from .orders import MOST_STATES, Plan, State, plan, shares
from .sources import ArmChange, Side, Source, arm_changes, sources_of

#: The counts of the arms of a study, in order of size.
_Study = tuple[tuple[int, int], ...]
#: The pool of a coalition: which method, and its studies in order, whatever their names.
_Pool = tuple[int, tuple[_Study, ...]]


@dataclass(frozen=True, slots=True)
class Part:
    """What one source moves.

    Attributes:
        source: The source.
        pooled: Change of the printed proportion, a fraction.
        error: Its standard error where orders were sampled, else 0.
        observed: Change of the observed share of events.
        scale: Change on the analysis scale; None where a coalition has no finite value there.
    """

    source: Source
    pooled: float
    error: float
    observed: float | None
    scale: float | None

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "kind": self.source.kind,
            "name": self.source.name,
            "detail": self.source.detail,
            "points": 100 * self.pooled,
            "points_error": 100 * self.error,
            "observed_points": None if self.observed is None else 100 * self.observed,
            "scale": self.scale,
        }


@dataclass(frozen=True, slots=True)
class Decomposition:
    """The difference and its parts, which sum to it.

    Attributes:
        before, after: The printed proportion of each version.
        parts: One for each source.
        exact: Whether all orders of the sources were taken; else ``orders`` of them were sampled.
        coalitions: Analyses that were fitted. blocked: Whether orders were left out, having no estimate on their way.
        counts_alone: So many of the fitted ones have an estimate where a headline would print counts alone.
    """

    before: float
    after: float
    parts: tuple[Part, ...]
    exact: bool
    orders: int
    coalitions: int
    blocked: bool
    counts_alone: int = 0

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return {
            "before": self.before,
            "after": self.after,
            "points": 100 * (self.after - self.before),
            "parts": [part.to_dict() for part in self.parts],
            "exact": self.exact,
            "orders": self.orders,
            "coalitions": self.coalitions,
            "blocked": self.blocked,
            "counts_alone": self.counts_alone,
        }


def decompose(before: Side, after: Side, most: int = MOST_STATES) -> Decomposition | None:
    """The difference of the printed proportion between two versions, by source.

    Args:
        before, after: The pools. most: Coalitions up to which all orders are taken.

    Returns:
        None where an end has no proportion, or no order of the changes has one all the way.
    """
    changes = arm_changes(before, after)
    sources = sources_of(changes, before, after)
    kinds = _kinds(sources, changes)
    planned = plan([len(members) for members in kinds], most)
    pools = {state: _pool(state, kinds, sources, changes) for state in planned.states}
    if same_estimates(before.model, after.model):
        # Other limits are told as a change of method, and move no estimate by so much as a rounding error.
        pools = {state: (0, studies) for state, (_, studies) in pools.items()}
    fitted = _fitted(list(dict.fromkeys(pools.values())), (before.model, after.model))
    found = _shared(planned, kinds, sources, {state: fitted[pool] for state, pool in pools.items()}, len(fitted))
    thin = sum(isfinite(values[0]) and _prints_counts(pool) for pool, values in fitted.items())
    return None if found is None else replace(found, counts_alone=thin)


def _prints_counts(pool: _Pool) -> bool:
    arms = [arm for study in pool[1] for arm in study]
    return prints_counts(len(pool[1]), sum(n for _, n in arms), sum(events for events, _ in arms))


def _shared(
    planned: Plan,
    kinds: Sequence[Sequence[int]],
    sources: Sequence[Source],
    values: Mapping[State, tuple[float, float, float]],
    coalitions: int,
) -> Decomposition | None:
    pooled, observed, scale = (
        shares(planned, {state: three[which] for state, three in values.items()}) for which in range(3)
    )
    if pooled is None:
        return None
    whole_scale = scale is not None and not scale.blocked and not any(source.kind == "method" for source in sources)
    parts: list[Part | None] = [None] * len(sources)
    for kind, members in enumerate(kinds):
        for member in members:
            parts[member] = Part(
                sources[member],
                pooled.each[kind],
                pooled.errors[kind],
                None if observed is None else observed.each[kind],
                scale.each[kind] if whole_scale and scale is not None else None,
            )
    return Decomposition(
        values[planned.states[0]][0],
        values[planned.states[-1]][0],
        tuple(part for part in parts if part is not None),
        planned.exact,
        len(planned.orders),
        coalitions,
        pooled.blocked,
    )


def _kinds(sources: Sequence[Source], changes: Sequence[ArmChange]) -> tuple[tuple[int, ...], ...]:
    """Sources that are the same to every pool: whole studies with the same counts, and the same after them."""
    found: dict[Any, list[int]] = {}
    for position, source in enumerate(sources):
        found.setdefault(_signature(position, source, changes), []).append(position)
    return tuple(tuple(members) for members in found.values())


def _signature(position: int, source: Source, changes: Sequence[ArmChange]) -> Any:
    studies = {changes[i].study for i in source.cells}
    whole = tuple(i for i, change in enumerate(changes) if change.study in studies)
    if len(studies) != 1 or whole != source.cells:
        return position
    return tuple(sorted((changes[i].counts(0), changes[i].counts(1)) for i in source.cells))


def _pool(
    state: State, kinds: Sequence[Sequence[int]], sources: Sequence[Source], changes: Sequence[ArmChange]
) -> _Pool:
    """The pool of a coalition: of each kind its first members are in, and any others would make the same pool."""
    joined = [sources[member] for members, many in zip(kinds, state, strict=True) for member in members[:many]]
    changed = {cell for source in joined for cell in source.cells}
    studies: dict[str, list[tuple[int, int]]] = {}
    for position, change in enumerate(changes):
        counts = change.counts(int(position in changed))
        if counts[1]:
            studies.setdefault(change.study, []).append(counts)
    method = int(any(source.kind == "method" for source in joined))
    arms = (tuple(sorted(study)) for study in studies.values())
    return method, tuple(sorted(arms, key=lambda study: (-len(study), study)))


def _fitted(pools: Sequence[_Pool], models: tuple[Any, Any]) -> dict[_Pool, tuple[float, float, float]]:
    """Printed proportion, observed share and effect on the analysis scale of every pool; NaN where it has none."""
    found: dict[_Pool, tuple[float, float, float]] = {}
    for method, model in enumerate(models):
        mine = [pool for pool in pools if pool[0] == method and pool[1]]
        if not mine:
            continue
        stack = _stack([studies for _, studies in mine])
        estimates = centres(model, stack)
        printed = np.where(np.isfinite(estimates.mean), estimates.mean, estimates.estimate)
        share = stack.events.sum(-1) / stack.n.sum(-1)
        for row, pool in enumerate(mine):
            found[pool] = (float(printed[row]), float(share[row]), float(estimates.effect[row]))
    nothing = (float("nan"),) * 3
    return {pool: found.get(pool, nothing) for pool in pools}


def _stack(pools: Sequence[Sequence[_Study]]) -> Counts:
    """One row for each pool; a place for each study, as wide as the most arms that any pool has there."""
    places = max(len(pool) for pool in pools)
    widths = [max(len(pool[place]) for pool in pools if place < len(pool)) for place in range(places)]
    starts = np.concatenate(([0], np.cumsum(widths)))
    cells = np.zeros((2, len(pools), starts[-1]), dtype=np.int64)
    for row, pool in enumerate(pools):
        for place, arms in enumerate(pool):
            cells[:, row, starts[place] : starts[place] + len(arms)] = np.asarray(arms).T
    return Counts(
        cells[0], cells[1], studies=[f"study {i + 1}" for i, width in enumerate(widths) for _ in range(width)]
    )
