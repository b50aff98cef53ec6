"""A project with the synthetic review and an analysis of it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.thirdreview import NAME, write_third_review

ANALYSIS = f"""
review = "{NAME}"

[model]
name = "inverse-variance"
measure = "PLO"
limits = "hk-floor"

[[outcomes]]
outcome = "improved"
by = ["device"]

[[outcomes]]
outcome = "pain_free"
"""


@pytest.fixture
def heel(tmp_path: Path) -> Path:
    """The review's folder, data/heel-pain, with analyses/heel.toml beside data/."""
    folder = write_third_review(tmp_path / "data" / NAME)
    (tmp_path / "analyses").mkdir()
    (tmp_path / "analyses" / "heel.toml").write_text(ANALYSIS, encoding="utf-8")
    return folder
