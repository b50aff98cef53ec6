"""The comparison of built numbers with committed ones notices what it must."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

PATH = Path(__file__).resolve().parents[1] / "scripts" / "compare_results.py"


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_results", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


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
def test_a_difference_is_found(compare: ModuleType, old: Any, new: Any) -> None:
    assert list(compare.differences(old, new))


@pytest.mark.parametrize(("old", "new"), [({"a": 0.5}, {"a": 0.5 + 1e-9}), (1e9, 1e9 + 1), ([None, "x"], [None, "x"])])
def test_rounding_is_not_a_difference(compare: ModuleType, old: Any, new: Any) -> None:
    assert list(compare.differences(old, new)) == []
