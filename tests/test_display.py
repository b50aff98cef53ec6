"""Numbers to text."""

from __future__ import annotations

import math

import pytest

from evidence import display


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, "–"),
        (0.0, "0"),
        (1e-9, "<0.001"),
        (0.0111, "0.011"),
        (0.0996, "0.1"),
        (0.417, "0.42"),
        (1.0204, "1.02"),
        (1.994, "1.99"),
        (1.996, "2.0"),
        (7.0, "7.0"),
        (9.96, "10"),
        (54.3, "54"),
        (154.0, "150"),
        (999.0, "1000"),
        (1001.0, ">1,000"),
        (math.inf, "no limit"),
    ],
)
def test_an_odds_ratio_has_no_more_digits_than_it_knows(value: float | None, text: str) -> None:
    assert display.ratio(value) == text


@pytest.mark.parametrize(
    ("difference", "text"),
    [
        (0.094, "9 percentage points"),
        (-0.094, "9 percentage points"),
        (0.011, "1 percentage point"),
        (0.004, "less than 1 percentage point"),
        (0.0, "less than 1 percentage point"),
    ],
)
def test_a_difference_is_told_in_points(difference: float, text: str) -> None:
    assert display.points(difference) == text


@pytest.mark.parametrize("noise", [0.0, 1e-16, -1e-16])
def test_halves_go_up_whatever_a_rounding_error_does(noise: float) -> None:
    # Exact limits of 0 of 1 and 1 of 1.
    assert (display.percent(0.025 + noise), display.percent(0.975 + noise)) == ("3 %", "98 %")
    assert (display.proportion(0.025 + noise, 2), display.proportion(0.975 + noise, 2)) == ("0.03", "0.98")


@pytest.mark.parametrize(
    ("value", "limits", "expected"),
    [
        (0.614, (), "61 of 100"),
        (0.614, (0.476, 0.74), "61 of 100 (48 to 74)"),
        (0.001, (0.0, 0.999), "<1 of 100 (0 to >99)"),
        (1.0, (0.5, 1.0), "100 of 100 (50 to 100)"),
        (None, (0.1, 0.2), "–"),
    ],
)
def test_people_of_a_hundred(value: float | None, limits: tuple[float, ...], expected: str) -> None:
    assert display.of_hundred(value, *limits) == expected


def test_limits_as_people_of_a_hundred() -> None:
    assert display.hundred_interval(0.0001, 0.74) == "<1 to 74 of 100"
    assert display.hundred_interval(None, 0.74) == "–"
