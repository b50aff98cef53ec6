"""A built report of the synthetic third review, and its analysis."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.analysis import Analysis
from evidence.analysis_file import read_analysis
from evidence.document.findings import Findings, find
from evidence.review.review import read_review
from tests.short_list import short_list
from tests.thirdreview import NAME, write_third_review

ANALYSIS = """
review = "heel-pain"

[model]
name = "common-effect"

[summary]
selection = "Nobody reports a heel that stayed sore."

[[outcomes]]
outcome = "improved"
by = ["device", "energy_mj_mm2"]
cut = {energy_mj_mm2 = [0.2]}

[[outcomes]]
outcome = "pain_free"
caveat = "Pain & <b>sleep</b> were mixed; β was not."
"""


@pytest.fixture
def third_analysis(third_review: Path) -> Path:
    """File of an analysis of the third review; nothing but these two is needed for a report."""
    path = third_review.parent / "heel-pain.toml"
    path.write_text(ANALYSIS, encoding="utf-8")
    return path


@pytest.fixture
def analysis(third_analysis: Path) -> Analysis:
    """The analysis, read."""
    return read_analysis(third_analysis)


@pytest.fixture(scope="session")
def findings(tmp_path_factory: pytest.TempPathFactory) -> Findings:
    """Everything computed for the third review; made once."""
    folder = tmp_path_factory.mktemp("third")
    write_third_review(folder / NAME)
    (folder / "heel-pain.toml").write_text(ANALYSIS, encoding="utf-8")
    analysis = read_analysis(folder / "heel-pain.toml")
    return find(analysis, read_review(analysis.review))


@pytest.fixture(scope="session")
def calcinosis_findings() -> Findings:
    """Everything computed for the review of calcinosis cutis, with few of its questions; made once."""
    analysis = short_list("sts-calcinosis-cutis")
    return find(analysis, read_review(analysis.review))
