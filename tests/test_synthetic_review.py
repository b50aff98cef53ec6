"""The synthetic example is what its script writes, is clean, and says everywhere that it is made up."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType

import pytest

from evidence.analysis_file import find_analyses, read_analysis
from evidence.review.review import Review, check_review, read_review

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "data" / "synthetic-example"


@pytest.fixture(scope="module")
def script() -> ModuleType:
    spec = importlib.util.spec_from_file_location("synthetic_review", ROOT / "scripts" / "synthetic_review.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    # A dataclass looks its module up.
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def review() -> Review:
    return read_review(FOLDER)


def test_the_script_writes_the_committed_bytes(script: ModuleType, tmp_path: Path) -> None:
    assert script.main([str(tmp_path)]) == 0
    written = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert written == {path.name: path.read_bytes() for path in FOLDER.iterdir() if path.is_file()}


def test_it_is_clean() -> None:
    assert check_review(FOLDER) == ()


def test_it_says_what_it_is(review: Review) -> None:
    assert review.settings.title.startswith("Synthetic example")
    assert (review.settings.banner or "").startswith("Synthetic data: no patient, no study")
    card = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert card.startswith("# Synthetic example: no patient, no study") and "made up by a program" in card
    assert all("does not exist" in str(reference.title) for reference in review.references.values())


def test_no_report_of_it_is_built_unless_it_is_named(review: Review, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    analyses = [read_analysis(path) for path in find_analyses()]
    assert all("synthetic" not in str(analysis.review) for analysis in analyses)
    named = read_analysis(FOLDER / "analysis.toml")
    assert read_review(named.review).name == review.name == "synthetic-example"


def test_it_has_what_the_real_reviews_lack(review: Review) -> None:
    studies, arms = review.rows("studies"), review.rows("arms")
    assert len(studies) == 30 and len(arms) > 30
    assert len({row["route"] for row in arms}) == 4 and len({row["condition"] for row in arms}) == 3
    events = review.rows("adverse_events")
    silent = {row["arm_id"] for row in arms} - {row["arm_id"] for row in events}
    assert silent and {row["events"] == 0 for row in events} == {True, False}
    assert {row["rater"] for row in review.rows("appraisals")} == {"A", "B", "consensus"}
    assert {row["tool"] for row in review.rows("appraisals")} == {"jbi-case-series", "jbi-case-reports", "murad-2018"}
    assert {row["version"] for row in review.rows("screening")} == {1, 2}
    assert {row["response"] for row in review.rows("patients")} >= {"complete", "partial", "none"}


def test_patients_are_those_that_the_outcomes_count(review: Review) -> None:
    outcomes = {(row["arm_id"], row["outcome"]): row["events"] for row in review.rows("outcomes")}
    patients = review.rows("patients")
    for arm in {row["arm_id"] for row in patients}:
        mine = [row["response"] for row in patients if row["arm_id"] == arm]
        if "not_reported" not in mine:
            assert mine.count("complete") == outcomes[arm, "complete_remission"]
            assert mine.count("complete") + mine.count("partial") == outcomes[arm, "any_response"]
            assert mine.count("worse") == outcomes[arm, "worse"]
