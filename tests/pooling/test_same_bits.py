"""A row of a stack is, to the last bit, what it is alone: what stands beside it, and how wide the stack is, is nothing.

A run over many analyses that was killed is continued with what is left of them, and must give the same file.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from evidence import Counts, model
from evidence.pooling.cells import by_width, cells_of
from tests.properties.stacks import sparse


def stack(seed: int, rows: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows of reviews of case reports, and rows with large and absent studies."""
    rng = np.random.default_rng(seed)
    x, n = sparse(rng, rows)
    size = np.zeros((rows, n.shape[1]), dtype=np.int64)
    size[:, :9] = rng.integers(1, 900, (rows, 9)) * (rng.random((rows, 9)) < 0.7)
    p = 1 / (1 + np.exp(2 - rng.exponential(1.2, (rows, 1)) * rng.normal(size=size.shape)))
    return np.concatenate([x, rng.binomial(size, p)]), np.concatenate([n, size])


@pytest.mark.parametrize("limits", ["t", "profile-t"])
@pytest.mark.parametrize("name", ["logistic-normal", "beta-binomial"])
def test_a_row_alone_and_in_stacks(name: str, limits: str) -> None:
    x, n = stack(5, 12 if limits == "t" else 5)
    chosen = model(name, limits=limits, prediction="none")
    whole = chosen.estimate(Counts(x, n))
    order = np.random.default_rng(1).permutation(len(x))
    turned = chosen.estimate(Counts(np.pad(x[order], ((0, 0), (3, 20))), np.pad(n[order], ((0, 0), (3, 20)))))
    same(turned, whole, order)
    for row in range(0, len(x), 3):
        same(chosen.estimate(Counts(x[[row]], n[[row]])), whole, np.array([row]))


def test_inverse_variance_alone_and_in_a_stack_as_wide() -> None:
    """Here the sums run over the columns of the stack: more empty ones move the last bits, other rows don't."""
    x, n = stack(6, 40)
    whole = model("inverse-variance").estimate(Counts(x, n))
    for row in range(0, len(x), 2):
        same(model("inverse-variance").estimate(Counts(x[[row]], n[[row]])), whole, np.array([row]))


def same(found: Any, whole: Any, rows: np.ndarray) -> None:
    for field in fields(whole):
        np.testing.assert_array_equal(getattr(found, field.name), getattr(whole, field.name)[rows], field.name)


def test_groups_of_rows_are_as_wide_as_each_row_alone() -> None:
    x, n = stack(7, 30)
    rows = np.flatnonzero((n > 0).any(1))
    groups = by_width(x, n, rows)
    np.testing.assert_array_equal(np.sort(np.concatenate(groups)), rows)
    for group in groups:
        width = cells_of(x[group], n[group]).n.shape[1]
        assert {cells_of(x[[row]], n[[row]]).n.shape[1] for row in group} == {width}
