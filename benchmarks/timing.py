"""How a call is timed, and the table of times."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

REPEATS, QUICK = 9, 3


@dataclass(frozen=True, slots=True)
class Row:
    """One time.

    Attributes:
        task: What is computed; rows of one task are compared with ours.
        who: By which software.
        seconds: Of one call, the best of several.
        analyses: How many analyses the call does.
    """

    task: str
    who: str
    seconds: float
    analyses: int = 1


def best(call: Callable[[], object], quick: bool, at_least: float = 0.02, rounds: int | None = None) -> float:
    """Seconds of one call: the best of several rounds, each of as many calls as take ``at_least`` seconds."""
    number = 1
    while (taken := _round(call, number)) < at_least and number < 4096:
        number *= 2
    return min([taken, *(_round(call, number) for _ in range(rounds or (QUICK if quick else REPEATS)))]) / number


def _round(call: Callable[[], object], number: int) -> float:
    start = time.perf_counter()
    for _ in range(number):
        call()
    return time.perf_counter() - start


def table(rows: Sequence[Row]) -> str:
    """A line for each row: time of an analysis, and how many times ours that is."""
    own = {row.task: row.seconds / row.analyses for row in reversed(rows) if row.who == "evidence"}
    order = list(dict.fromkeys(row.task for row in rows))
    lines = [f"{'task':<58} {'software':<22} {'ms/analysis':>12} {'analyses/s':>11} {'ratio':>7}"]
    for row in sorted(rows, key=lambda row: order.index(row.task)):
        each = row.seconds / row.analyses
        ratio = f"{each / own[row.task]:7.1f}" if row.task in own else "      -"
        lines.append(f"{row.task:<58} {row.who:<22} {1e3 * each:12.3f} {1 / each:11,.0f} {ratio}")
    return "\n".join(lines)
