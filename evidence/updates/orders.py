"""A difference shared out among its sources, averaged over the orders in which they can come.

The share of a source is the mean, over all orders of the sources, of what the value moves when the source joins those
before it (Shapley 1953, A value for n-person games, 10.1515/9781400881970-018). Sources that are the same to the value
(two new reports of 1 of 1) are members of one kind: then a coalition is how many of each kind are in it, and far fewer
have to be valued. An order that passes through a coalition without a value is no way from before to after: the average
is over the other orders, and where every coalition has a value it is Shapley's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from math import isfinite, prod

import numpy as np

#: A coalition: how many members of each kind are in it.
State = tuple[int, ...]
#: Above so many coalitions that differ, orders are sampled.
MOST_STATES = 2**12
#: Fewest pairs of an order and its reverse that are sampled.
FEWEST_PAIRS = 20
SEED = 1


@dataclass(frozen=True, slots=True)
class Shares:
    """What each kind moves the value.

    Attributes:
        each: The share of one member of each kind.
        errors: Standard error of each where orders were sampled; 0 where all were taken.
        blocked: Whether some orders had no value on their way and were left out.
    """

    each: tuple[float, ...]
    errors: tuple[float, ...]
    blocked: bool


@dataclass(frozen=True, slots=True)
class Plan:
    """The coalitions that have to be valued.

    Attributes:
        sizes: Members of each kind.
        states: Coalitions, nobody first and everybody last.
        orders: Sampled orders, as kinds in order, each next to its reverse; empty where all orders are taken.
    """

    sizes: tuple[int, ...]
    states: tuple[State, ...]
    orders: tuple[tuple[int, ...], ...] = ()

    @property
    def exact(self) -> bool:
        """Whether every order is taken."""
        return not self.orders


def plan(sizes: Sequence[int], most: int = MOST_STATES) -> Plan:
    """The coalitions of these kinds: all of them up to ``most``, else those on the way of sampled orders."""
    kinds = tuple(sizes)
    if prod(size + 1 for size in kinds) <= most:
        return Plan(kinds, tuple(product(*(range(size + 1) for size in kinds))))
    members = np.repeat(np.arange(len(kinds)), kinds)
    generator = np.random.default_rng(SEED)
    orders: list[tuple[int, ...]] = []
    for _ in range(max(FEWEST_PAIRS, most // (2 * members.size))):
        order = tuple(int(kind) for kind in generator.permutation(members))
        orders += [order, order[::-1]]
    states = dict.fromkeys(state for order in orders for state in _way(order, len(kinds)))
    nobody, everybody = (0,) * len(kinds), kinds
    between = sorted(state for state in states if state not in (nobody, everybody))
    return Plan(kinds, (nobody, *between, everybody), tuple(orders))


def _way(order: Sequence[int], kinds: int) -> list[State]:
    counts = [0] * kinds
    way = [tuple(counts)]
    for kind in order:
        counts[kind] += 1
        way.append(tuple(counts))
    return way


def shares(planned: Plan, values: Mapping[State, float]) -> Shares | None:
    """The share of one member of each kind; they sum, over all members, to what everybody moves the value.

    Args:
        planned: The coalitions. values: Of each; NaN where it has none.

    Returns:
        None where no order has a value all the way, or, where they are sampled, too few for an error.
    """
    return _all_orders(planned, values) if planned.exact else _sampled(planned, values)


def _counted(planned: Plan, open_: Callable[[State], bool]) -> tuple[dict[State, int], dict[State, int]]:
    """Orders that lead to each coalition, and from it to everybody, through coalitions that are open."""
    start, end = planned.states[0], planned.sizes
    to, onward = dict.fromkeys(planned.states, 0), dict.fromkeys(planned.states, 0)
    to[start], onward[end] = int(open_(start)), int(open_(end))
    for state in planned.states:  # in lexical order: every smaller coalition stands before
        if to[state] == 0:
            continue
        for kind, size in enumerate(planned.sizes):
            if state[kind] < size and open_(larger := _with(state, kind)):
                to[larger] += to[state] * (size - state[kind])
    for state in reversed(planned.states):
        if state == end or not open_(state):
            continue
        onward[state] = sum(
            (size - state[kind]) * onward[_with(state, kind)]
            for kind, size in enumerate(planned.sizes)
            if state[kind] < size
        )
    return to, onward


def _with(state: State, kind: int) -> State:
    return (*state[:kind], state[kind] + 1, *state[kind + 1 :])


def _all_orders(planned: Plan, values: Mapping[State, float]) -> Shares | None:
    to, onward = _counted(planned, lambda state: isfinite(values[state]))
    every = to[planned.sizes]
    if every == 0:
        return None
    moved = [0.0] * len(planned.sizes)
    for state in planned.states:
        for kind, size in enumerate(planned.sizes):
            if to[state] == 0 or state[kind] == size:
                continue
            larger = _with(state, kind)
            through = to[state] * (size - state[kind]) * onward[larger]
            if through:
                moved[kind] += through / every * (values[larger] - values[state])
    each = tuple(total / size for total, size in zip(moved, planned.sizes, strict=True))
    blocked = not all(isfinite(values[state]) for state in planned.states)
    return Shares(each, (0.0,) * len(each), blocked)


def _sampled(planned: Plan, values: Mapping[State, float]) -> Shares | None:
    """The mean over the sampled orders that have a value all the way.

    Pairs are independent, the two orders of a pair are not: the error is that of a ratio, the sum of the moves over the
    number of orders, from one pair to the next.
    """
    found = [_moves(order, planned, values) for order in planned.orders]
    nothing = np.zeros(len(planned.sizes))
    rows = np.array([nothing if row is None else row for row in found]) / np.asarray(planned.sizes)
    moved = rows[::2] + rows[1::2]
    valued = np.array([row is not None for row in found], dtype=np.float64).reshape(-1, 2).sum(axis=1)
    pairs, every = int(np.count_nonzero(valued)), valued.sum()
    if pairs < 2:
        return None
    each = moved.sum(axis=0) / every
    off = moved - valued[:, None] * each
    error = np.sqrt(pairs / (pairs - 1) * (off * off).sum(axis=0)) / every
    return Shares(tuple(map(float, each)), tuple(map(float, error)), bool(every < len(found)))


def _moves(order: Sequence[int], planned: Plan, values: Mapping[State, float]) -> np.ndarray | None:
    """What each kind moves the value in one order; None where a coalition on its way has none."""
    steps = [values[state] for state in _way(order, len(planned.sizes))]
    if not all(isfinite(step) for step in steps):
        return None
    moved = np.zeros(len(planned.sizes))
    for kind, before, after in zip(order, steps, steps[1:], strict=False):
        moved[kind] += after - before
    return moved
