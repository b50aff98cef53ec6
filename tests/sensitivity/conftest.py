"""Reviews and tables that questions are asked of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import evidence

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def sts() -> Any:
    """The first review."""
    return evidence.read_review(ROOT / "data" / "sts-calcinosis-cutis")


@pytest.fixture(scope="session")
def vessels() -> Any:
    """The second review."""
    return evidence.read_review(ROOT / "data" / "sts-calciphylaxis")


@pytest.fixture
def bare_selection(tmp_path: Path) -> Any:
    """A table of two studies, of no review."""
    path = tmp_path / "two.csv"
    path.write_text("study,events,total\nA,1,3\nB,2,9\n", encoding="utf-8")
    return evidence.select_table(evidence.read_bare_table(path))


@pytest.fixture
def bare_three(tmp_path: Path) -> Any:
    """A table of three studies, of no review."""
    path = tmp_path / "three.csv"
    path.write_text("study,events,total\nA,1,3\nB,2,9\nC,2,4\n", encoding="utf-8")
    return evidence.select_table(evidence.read_bare_table(path))
