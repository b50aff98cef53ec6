"""Rows of a padded stack, packed: nothing is lost, and no number depends on where the absent studies stand."""

from __future__ import annotations

import numpy as np
import pytest

from evidence.counts import Counts
from evidence.pooling import model
from evidence.pooling.packed import by_width, together, widths_of


def _stack(rows: int, k: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    generator = np.random.default_rng(seed)
    n = generator.integers(1, 40, (rows, k)) * (generator.random((rows, k)) < generator.random((rows, 1)))
    n[:, 4] = 7
    return generator.binomial(n, 0.4), n


def test_a_width_holds_its_analyses_and_is_at_most_a_quarter_wider() -> None:
    sizes = np.arange(1, 3000)
    widths = widths_of(sizes)
    assert (widths >= sizes).all() and (widths <= np.ceil(sizes * 1.25)).all()
    assert np.array_equal(widths[:8], sizes[:8])


@pytest.mark.parametrize("seed", range(5))
def test_every_row_is_in_one_group_with_all_its_studies_in_order(seed: int) -> None:
    events, n = _stack(200, 23, seed)
    chosen = np.random.default_rng(seed).permutation(200)[:150]
    seen: list[int] = []
    for rows, width in by_width(n, chosen):
        x, size = together(events[rows], n[rows], width)
        assert x.shape == size.shape == (rows.size, width)
        for row, ours, units in zip(rows, x, size, strict=True):
            there = n[row] > 0
            assert np.array_equal(units[: there.sum()], n[row][there]) and not units[there.sum() :].any()
            assert np.array_equal(ours[: there.sum()], events[row][there])
        seen += rows.tolist()
    assert sorted(seen) == sorted(chosen.tolist())


def test_a_full_stack_is_left_as_it_is() -> None:
    _, n = _stack(50, 9, 1)
    ((rows, width),) = by_width(n + 1, np.arange(0, 50, 2))
    assert width == 9 and rows.size == 25
    ((rows, width),) = by_width(n, np.zeros(0, dtype=int))
    assert rows.size == 0


@pytest.mark.parametrize("options", [{}, {"tau2": "DL"}, {"measure": "PFT", "back": "harmonic-forced"}], ids=str)
def test_estimates_of_a_padded_stack_are_those_of_its_rows(options: dict[str, str]) -> None:
    events, n = _stack(300, 30, 7)
    chosen = model("inverse-variance", **options)
    whole = chosen.estimate(Counts(events, n))
    for row in range(0, 300, 7):
        there = n[row] > 0
        one = chosen.estimate(Counts(events[row][there], n[row][there]))
        assert whole.status[row] == one.status
        for name in ("estimate", "lower", "upper", "tau2", "se", "pi_lower", "pi_upper", "log_likelihood"):
            # Sums in another order; the root of the score to 1e-13.
            np.testing.assert_allclose(
                getattr(whole, name)[row], getattr(one, name), rtol=1e-10, atol=1e-12, err_msg=f"{name} of row {row}"
            )
