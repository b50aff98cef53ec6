"""``[overlap]`` of review.toml: which columns it may name."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.review.overlap_settings import OverlapColumns
from evidence.review.settings import read_settings

GOOD = '\n[overlap]\nwhere = ["setting"]\nalike = ["device", "shoe_size"]\nyears = ["year"]\n'


def write(folder: Path, text: str) -> Path:
    path = folder / "review.toml"
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    return path


def test_columns_of_the_review_and_core_ones(third_review: Path) -> None:
    path = third_review / "review.toml"
    assert read_settings(path)[0].overlap == OverlapColumns()
    settings, problems = read_settings(write(third_review, GOOD))
    assert problems == []
    assert settings.overlap == OverlapColumns(("setting",), ("device", "shoe_size"), ("year",))


@pytest.mark.parametrize(
    ("text", "code", "path"),
    [
        ('overlap = "x"', "not-a-table", "overlap"),
        ('[overlap]\nwhere = ["seting"]', "unknown-column", "overlap.where"),
        ('[overlap]\nwhere = "setting"', "not-a-list", "overlap.where"),
        ('[overlap]\nyears = ["setting"]', "bad-value", "overlap.years"),
        ('[overlap]\nyears = ["year", "n_treated", "shoe_size"]', "bad-value", "overlap.years"),
        ('[overlap]\nwhen = ["year"]', "unknown-key", "overlap.when"),
    ],
)
def test_what_cannot_be_meant(text: str, code: str, path: str, third_review: Path) -> None:
    file = third_review / "review.toml"
    whole = file.read_text(encoding="utf-8")
    file.write_text(f"{text}\n{whole}" if text.startswith("overlap") else f"{whole}\n{text}\n", encoding="utf-8")
    errors = [(problem.code, problem.column) for problem in read_settings(file)[1] if problem.severity == "error"]
    assert errors == [(code, path)]
