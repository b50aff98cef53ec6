"""Widths of columns: what each wants, else what it needs."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from evidence.tables.widths import shared


def test_there_is_room_for_all() -> None:
    assert shared([10, 20], [5, 5], [8, 15], 100) == (10, 20)


def test_long_columns_give_way_and_short_ones_do_not() -> None:
    short, middle, long = shared([10, 60, 400], [10, 10, 10], [9, 40, 300], 120)
    assert short == 10 and middle < long < 400 and short + middle + long == pytest.approx(120)


def test_where_not_even_the_words_fit_all_shrink_alike() -> None:
    assert shared([50, 90], [30, 60], [40, 80], 45) == pytest.approx((15, 30))


COLUMN = st.tuples(st.floats(1, 40), st.floats(0, 300), st.floats(1, 100))


@settings(max_examples=60, deadline=None)
@given(st.lists(COLUMN, min_size=1, max_size=12), st.floats(50, 300))
def test_the_width_is_never_exceeded_and_nobody_gets_more_than_wanted(
    columns: list[tuple[float, float, float]], width: float
) -> None:
    needed = [need for need, _, _ in columns]
    wanted = [need + more for need, more, _ in columns]
    widths = shared(wanted, needed, [mean for _, _, mean in columns], width)
    assert sum(widths) <= width + 1e-6
    assert all(got <= want + 1e-9 for got, want in zip(widths, wanted, strict=True))
    if sum(needed) <= width:
        assert all(got >= need - 1e-9 for got, need in zip(widths, needed, strict=True))
