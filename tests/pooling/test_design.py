"""Designs: coding, arms without a covariate, columns that are combinations of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from evidence.counts import Counts, Rates
from evidence.errors import DataError, UsageError
from evidence.pooling.design import Design, basis_of, design_of, nearly_singular
from evidence.pooling.regression import regress


@dataclass(frozen=True)
class Known:
    counts: Counts
    study_columns: tuple[Mapping[str, Any], ...]


def known(**columns: list[Any]) -> Known:
    k = len(next(iter(columns.values())))
    cells = tuple({name: values[i] for name, values in columns.items()} for i in range(k))
    return Known(Counts([1] * k, [3] * k, labels=[f"arm {i}" for i in range(k)]), cells)


def test_a_category_is_coded_against_its_most_frequent_level() -> None:
    found = design_of(known(route=["oral", "topical", "topical", "oral", "topical", "patch"]), ["route"])
    assert found.names == ("intercept", "route: oral", "route: patch")
    assert found.values.tolist() == [[1, 1, 0], [1, 0, 0], [1, 0, 0], [1, 1, 0], [1, 0, 0], [1, 0, 1]]
    (term,) = found.terms
    assert (term.reference, term.arms) == ("topical", (3, 2, 1))


def test_numbers_are_their_own_column_and_settings_are_coded_alike() -> None:
    found = design_of(known(year=[2001, 2005, 2010], route=["a", "b", "a"]), ["year", "route"])
    assert found.names == ("intercept", "year", "route: b")
    assert found.code({"route": "b", "year": 2020}).tolist() == [1, 2020, 1]
    with pytest.raises(UsageError, match="unknown-level"):
        found.code({"route": "c", "year": 2020})
    with pytest.raises(UsageError, match="year 'x' is not a number"):
        found.code({"route": "b", "year": "x"})
    with pytest.raises(UsageError, match="no value of route"):
        found.code({"year": 2020})
    with pytest.raises(UsageError, match="dose is not a covariate"):
        found.code({"year": 2020, "route": "a", "dose": 1})


def test_arms_without_a_covariate_are_left_out_and_named() -> None:
    found = design_of(
        known(year=[2001, None, 2010, float("nan"), 2020], route=["a", "b", None, "a", "b"]), ["year", "route"]
    )
    assert found.rows == (0, 4)
    assert found.left_out == (("arm 1", ("year",)), ("arm 2", ("route",)), ("arm 3", ("year",)))
    assert found.take(np.array([1])).rows == (4,)


@pytest.mark.parametrize(
    ("columns", "asked", "code"),
    [
        ({"year": [1, 2]}, ["yaer"], "unknown-column"),
        ({"year": [1, 2]}, [], "covariates"),
        ({"year": [1, 2]}, ["year", "year"], "covariates"),
        ({"year": [7, 7]}, ["year"], "constant-covariate"),
        ({"year": [None, ""]}, ["year"], "no-arms"),
        ({"drugs": [("a", "b"), ("a",)]}, ["drugs"], "several-items"),
    ],
)
def test_columns_that_cant_be_covariates(columns: dict[str, list[Any]], asked: list[str], code: str) -> None:
    with pytest.raises((UsageError, DataError)) as raised:
        design_of(known(**columns), asked)
    assert raised.value.problems[0].code == code


def test_counts_alone_have_no_columns_and_rates_are_not_regressed() -> None:
    with pytest.raises(UsageError, match="no columns to choose from"):
        design_of(Counts([1, 2], [3, 4]), ["year"])  # type: ignore[arg-type]
    with pytest.raises(DataError, match="only proportions can be regressed"):
        regress(Rates([1, 2], [3, 4]), ["year"])  # type: ignore[arg-type]


def test_one_name_is_one_covariate() -> None:
    assert design_of(known(year=[1, 2]), "year").names == design_of(known(year=[1, 2]), ["year"]).names


@pytest.mark.parametrize(
    ("names", "values", "code"),
    [
        (("a",), [[1.0, 2.0]], "shape"),
        ((), [[]], "shape"),
        (("a", "a"), [[1.0, 2.0]], "duplicate-column"),
        (("a", "b"), [[1.0, np.nan]], "missing-covariate"),
    ],
)
def test_numbers_that_are_no_design(names: tuple[str, ...], values: list[list[float]], code: str) -> None:
    with pytest.raises((UsageError, DataError)) as raised:
        Design(names, np.array(values))
    assert raised.value.problems[0].code == code


def test_a_combination_of_the_others_is_named() -> None:
    x = np.array([[1, 0, 1.0], [1, 0, 1], [1, 1, 0], [1, 1, 0], [1, 0, 1]])
    with pytest.raises(DataError, match=r"b is a combination .*singular-design"):
        basis_of(Design(("intercept", "a", "b"), x))
    with pytest.raises(DataError, match="nought is a combination"):
        basis_of(Design(("intercept", "nought"), np.array([[1.0, 0.0], [1, 0], [1, 0]])))


def test_years_are_no_combination_of_the_intercept() -> None:
    x = np.column_stack([np.ones(5), [2001, 2002, 2004, 2003, 2001]])
    basis = basis_of(Design(("intercept", "year"), x))
    assert basis.q @ basis.r == pytest.approx(x, rel=1e-12)
    assert basis.q.T @ basis.q == pytest.approx(5 * np.eye(2), abs=1e-10)
    c = np.array([[1.0, 2003.0]])
    assert basis.functional(c) @ basis.r == pytest.approx(c, rel=1e-12)


def test_covariates_that_nearly_coincide_are_named() -> None:
    a = np.arange(8.0)
    close = Design(("intercept", "a", "b", "c"), np.column_stack([np.ones(8), a, a + 0.01 * (a % 2), (a % 3)]))
    assert nearly_singular(close) == ["a", "b"]
    apart = Design(("intercept", "a", "b"), np.column_stack([np.ones(8), a, a % 2]))
    assert nearly_singular(apart) == []
