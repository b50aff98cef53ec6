"""Two sets of results side by side: what differs is found, rounding is not."""

from __future__ import annotations

from typing import Any

import pytest

from evidence.document.comparison import differences, largest_difference, numbers


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ({"a": 0.5}, {"a": 0.5 + 1e-7}),
        ({"a": 0.5}, {"a": None}),
        ({"a": 1}, {"a": True}),
        ({"a": [1, 2]}, {"a": [1]}),
        ({"a": 1}, {}),
        ({}, {"a": 1}),
        ("x", "y"),
    ],
)
def test_a_difference_is_found(old: Any, new: Any) -> None:
    assert list(differences(old, new))


@pytest.mark.parametrize(("old", "new"), [({"a": 0.5}, {"a": 0.5 + 1e-9}), (1e9, 1e9 + 1), ([None, "x"], [None, "x"])])
def test_rounding_is_not_a_difference(old: Any, new: Any) -> None:
    assert list(differences(old, new)) == []


def test_places_are_named_and_the_sides_as_asked() -> None:
    old, new = {"a": [{"b": 1.0}]}, {"a": [{"b": 2.0}]}
    assert list(differences(old, new, "", ("in the report", "now"))) == [".a[0].b: 1.0 in the report, 2.0 now"]


def test_numbers_are_counted_and_the_largest_difference_found() -> None:
    old, new = {"a": [1, 2.0, True, "3", None], "b": {"c": 100.0}}, {"a": [1, 2.5, True, "3", None], "b": {"c": 101.0}}
    assert numbers(old) == 3
    assert largest_difference(old, new) == 0.2


def test_a_number_that_is_not_one_differs_from_every_other() -> None:
    assert list(differences({"a": float("nan")}, {"a": 1.0}))
