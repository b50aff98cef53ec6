"""Groups: never ranked, tested only where it means something."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from scipy.optimize import minimize

from evidence.counts import Counts
from evidence.pooling import pool
from evidence.pooling.cells import cells_of, log_likelihood
from evidence.pooling.group_test import likelihood_ratio_test
from evidence.pooling.result import Context
from evidence.pooling.subgroups import Subgroups


@dataclass(frozen=True)
class Chosen:
    counts: Counts
    study_columns: tuple[Mapping[str, Any], ...]
    groups: Mapping[str, tuple[int, ...]] | None
    by: str | None
    context: Context
    group_contexts: Mapping[str, Context]


def context(arms: int) -> Context:
    return Context("r", "o", "Outcome", "patient", arms, arms, None, 0, headings={"route": "Route"})


def chosen(x: list[int], n: list[int], groups: dict[str, tuple[int, ...]]) -> Chosen:
    counts = Counts(x, n)
    columns = tuple({"route": next(g for g, at in groups.items() if i in at)} for i in range(len(x)))
    contexts = {label: context(len(at)) for label, at in groups.items()}
    return Chosen(counts, columns, groups, "route", context(len(x)), contexts)


A, B = ([3, 6, 10], [11, 17, 21]), ([9, 8, 14], [12, 10, 16])


def test_groups_are_pooled_apart_and_keep_their_columns() -> None:
    result = pool(chosen(A[0] + B[0], A[1] + B[1], {"a": (0, 1, 2), "b": (3, 4, 5)}))
    assert isinstance(result, Subgroups)
    assert [label for label, _ in result.groups] == ["a", "b"]
    alone = pool(Counts(*A))
    assert result.groups[0][1].mean == pytest.approx(alone.mean)  # type: ignore[union-attr]
    assert result.groups[1][1].studies[0].columns == {"route": "b"}
    assert result.heading == "Route"
    values = result.to_dict()
    assert [g["group"] for g in values["subgroups"]] == ["a", "b"] and values["test"]["df"] == 1


def test_the_likelihood_ratio_is_that_of_a_direct_maximum() -> None:
    test = likelihood_ratio_test([Counts(*A), Counts(*B)])
    rows = [cells_of(np.array([g[0]]), np.array([g[1]])) for g in (A, B)]

    def minus(p: np.ndarray) -> float:
        tau = np.array([abs(p[2])])
        return -sum(float(log_likelihood(c, p[i : i + 1], tau).value[0]) for i, c in enumerate(rows))

    def least(function: Callable[[np.ndarray], float], start: list[float]) -> float:
        found = minimize(function, np.array(start), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-12})
        return float(found.fun)

    both = least(minus, [0.0, 1.0, 0.4])
    one = least(lambda p: minus(np.array([p[0], p[0], p[1]])), [0.5, 0.6])
    assert test and test["statistic"] == pytest.approx(2 * (one - both), abs=1e-7)


def test_no_test_where_groups_are_thin() -> None:
    result = pool(chosen([1, 1, 3, 0, 1, 3], [1, 1, 28, 1, 1, 6], {"topical": (0, 1, 2), "injected": (3, 4, 5)}))
    assert isinstance(result, Subgroups)
    assert result.test is None and result.no_test and result.no_test.startswith("No test")
    assert "not-randomised" in [n.code for n in result.overall.notes]


def test_a_group_with_one_study_shows_that_study() -> None:
    result = pool(chosen([1, 1, 3, 0], [3, 4, 28, 5], {"a": (0, 1, 2), "b": (3,)}))
    assert isinstance(result, Subgroups)
    single = result.groups[1][1]
    assert single.status == "single-study" and single.headline.kind == "observed"
