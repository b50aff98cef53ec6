"""How a call is timed, and the table of times."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

US = "evidence"
#: Seconds of a call that is not made a second time.
LONG = 3.0


@dataclass(frozen=True, slots=True)
class Row:
    """One time of one round.

    Attributes:
        task: What is computed; rows of one task are compared with ours.
        who: By which software.
        seconds: Of the whole call.
        analyses: How many analyses the call does.
    """

    task: str
    who: str
    seconds: float
    analyses: int = 1


def timed(call: Callable[[], object], at_least: float = 0.05) -> float:
    """Seconds of one call: the mean of as many as take ``at_least`` seconds together, the first left out."""
    number, taken = 1, _round(call, 1)
    if taken > LONG:
        return taken
    taken = _round(call, 1)
    while taken < at_least and number < 4096:
        number *= 2
        taken = _round(call, number)
    return taken / number


def _round(call: Callable[[], object], number: int) -> float:
    start = time.perf_counter()
    for _ in range(number):
        call()
    return time.perf_counter() - start


def medians(rows: Sequence[Row]) -> dict[tuple[str, str], float]:
    """Seconds per analysis by task and software: the median of the rounds, tasks in order of appearance."""
    each: dict[tuple[str, str], list[float]] = {}
    for row in rows:
        each.setdefault((row.task, row.who), []).append(row.seconds / row.analyses)
    return {key: statistics.median(seconds) for key, seconds in each.items()}


def table(rows: Sequence[Row], aims: dict[str, int]) -> str:
    """A Markdown table: time of an analysis, and how many times ours that is."""
    middle = medians(rows)
    order = list(dict.fromkeys(row.task for row in rows))
    lines = [
        "| task | software | ms per analysis | per second | times ours | asked for |",
        "|---|---|---:|---:|---:|---:|",
    ]
    for (task, who), each in sorted(middle.items(), key=lambda item: (order.index(item[0][0]), item[0][1] != US)):
        ours = middle.get((task, US))
        ratio = f"{each / ours:,.1f}" if ours and who != US else ""
        aim = f"{aims[task]}" if who == "metafor" and aims.get(task) else ""
        lines.append(f"| {task} | {who} | {_three(1e3 * each)} | {_three(1 / each)} | {ratio} | {aim} |")
    return "\n".join(lines)


def _three(value: float) -> str:
    """Three digits, no exponent."""
    return f"{value:,.0f}" if value >= 100 else f"{value:.3g}"
