"""The pages of docs/ name what the program has."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.many.answers import NOT_POOLED
from evidence.many.columns import Columns
from evidence.many.tables import headings
from evidence.pooling.boundaries import STATUSES

ROOT = Path(__file__).parents[1]
PAGES = sorted((ROOT / "docs").glob("*.md"))


def test_every_column_and_status_of_many_analyses_is_told() -> None:
    text = (ROOT / "docs" / "many.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`.*?) \|", text, re.M)
    told = {name for row in rows for name in re.findall(r"`([^`]+)`", row)}
    for of_rates in (False, True):
        columns = headings(Columns("analysis", "events", "total", None, of_rates))
        assert set(columns) - {"analysis"} <= told
    assert {*STATUSES, NOT_POOLED} <= told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_to_files(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target
