"""The data of the benchmarks, the same for every software, and the names of what is timed."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Integers = npt.NDArray[np.int64]
Stack = tuple[Integers, Integers]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to compute, by several programs.

    Attributes:
        key: Its name in files and in the R script. title: In the table.
        events, n: Data of all analyses, shape (rows, k); n = 0 fills up the shorter ones.
        others: How many of the first rows the other programs do; ours does all of them.
        aim: How many times our time per analysis metafor's has to be, the least we ask of ourselves; 0 for none.
    """

    key: str
    title: str
    events: Integers
    n: Integers
    others: int = 1
    aim: int = 0

    @property
    def rows(self) -> int:
        """Analyses."""
        return len(self.events)


def tasks(quick: bool) -> list[Task]:
    """Everything that has a peer."""
    share = 20 if quick else 1
    many, fits = 100_000 // share, 10_000 // share
    few = 40 if quick else 200
    return [
        Task("reml-one", "REML, hk-floor, prediction: one of k = 10", *counts(1, 10), aim=5),
        Task("dl-one", "DL, wald, no prediction: one of k = 10", *counts(1, 10)),
        Task("glmm-one", "logistic-normal, t: one of k = 10", *counts(1, 10), aim=25),
        Task("reml-long", "REML, hk-floor, prediction: one of k = 1,000", *counts(1, 1000), aim=200),
        Task("glmm-long", "logistic-normal, t: one of k = 1,000", *counts(1, 1000), aim=50),
        Task("leave-out", "logistic-normal, t: each of 20 left out", *without_each(*counts(1, 20)), others=20),
        Task("reml-many", f"REML, hk-floor, prediction: {many:,} of k = 2 to 30", *varied(many), few, 300),
        Task("dl-many", f"DL, wald, no prediction: {many:,} of k = 10", *counts(many, 10), few),
        Task("glmm-many", f"logistic-normal, t: {fits:,} of k = 12", *counts(fits, 12), few // 10, 250),
    ]


def counts(rows: int, k: int, seed: int = 1) -> Stack:
    """Random analyses of shape (rows, k): 5 to 60 units, median 40 %, tau 0.8."""
    rng = np.random.default_rng(seed)
    n = rng.integers(5, 61, (rows, k))
    return rng.binomial(n, expit(-0.4 + 0.8 * rng.normal(size=(rows, k)))), n


def varied(rows: int, seed: int = 1) -> Stack:
    """The same with 2 to 30 studies each, shape (rows, 30)."""
    events, n = counts(rows, 30, seed)
    absent = np.arange(30) >= np.random.default_rng(seed + 1).integers(2, 31, (rows, 1))
    return np.where(absent, 0, events), np.where(absent, 0, n)


def without_each(events: Integers, n: Integers) -> Stack:
    """The k analyses that leave one study out, shape (k, k)."""
    kept = ~np.eye(n.size, dtype=bool)
    return np.where(kept, events, 0), np.where(kept, n, 0)


def long(task: Task, rows: int) -> dict[str, npt.NDArray[np.int64]]:
    """The first rows as columns of a file with a row per study: analysis, events, n."""
    row, column = np.nonzero(task.n[:rows])
    return {"analysis": row, "events": task.events[row, column], "n": task.n[row, column]}
