"""Results of every kind, for figures that are drawn of one: k from 1 to 500, boundaries, arms of one study, groups."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

import numpy as np

from evidence.counts import Counts
from evidence.pooling import pool
from evidence.pooling.result import Context, Pooled
from evidence.pooling.subgroups import Subgroups

BANNER = "Seed: not for treatment decisions."


def many(k: int) -> Counts:
    """Small and large studies, their sizes and events by chance."""
    rng = np.random.default_rng(k)
    n = np.where(rng.random(k) < 0.3, rng.integers(1, 4, k), rng.integers(5, 90, k))
    return Counts(rng.binomial(n, 0.3), n, [f"Author {i} (2001)" for i in range(k)])


DATA: Mapping[str, Counts] = {
    "one": Counts([2], [9], ["Ångström & Größe 2019"]),
    "two": Counts([2, 5], [9, 8]),
    "three": Counts([2, 5, 6], [9, 8, 30], ["Παπαδόπουλος 2022", "Smith [abstract] 2023", "$x_1$ 2021"]),
    "23": many(23),
    "80": many(80),
    "500": many(500),
    "identical": Counts([4] * 30, [9] * 30),
    "no events": Counts([0, 0, 0, 0], [3, 4, 9, 9]),
    "only events": Counts([3, 4, 9, 9], [3, 4, 9, 9]),
    "all or none": Counts([4, 0, 9, 9], [4, 4, 9, 9]),
    "singles": Counts([1, 0] * 6, [1] * 12),
    "arms of one study": Counts([2, 5, 3, 1], [8, 9, 20, 6], studies=["a", "a", "b", "c"]),
}


@cache
def result(name: str, model: str = "inverse-variance") -> Pooled:
    """The result of a set of ``DATA``."""
    found = pool(DATA[name], model)
    assert isinstance(found, Pooled)
    return found


def context(arms: int) -> Context:
    """Of a review with a banner."""
    return Context("r", "o", "Complete remission", "patient", arms, arms + 2, 900, 3, 0, {"route": "Route"}, BANNER)


@dataclass(frozen=True)
class Chosen:
    """A selection with groups."""

    counts: Counts
    study_columns: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, tuple[int, ...]]
    context: Context
    by: str = "route"
    group_contexts: Mapping[str, Context] = field(default_factory=dict)


@cache
def grouped(model: str = "inverse-variance") -> Subgroups:
    """Two groups of 12 and 11 arms."""
    groups = {"topical": tuple(range(12)), "intravenous": tuple(range(12, 23))}
    contexts = {label: context(len(arms)) for label, arms in groups.items()}
    columns: tuple[Mapping[str, Any], ...] = tuple({"route": "topical" if i < 12 else "intravenous"} for i in range(23))
    found = pool(Chosen(DATA["23"], columns, groups, context(23), group_contexts=contexts), model)
    assert isinstance(found, Subgroups)
    return found


def words(page: Any) -> str:
    """Everything written on a page, in one line."""
    return " ".join(text.text for text in page.texts)
