"""What a report was made of is looked at before anything is computed."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from evidence.analysis import Analysis
from evidence.analysis_file import read_analysis
from evidence.document.build import build
from evidence.document.sums import SUMS
from evidence.document.verifying import check_files, check_inputs, check_numbers, check_software, read_report
from tests.thirdreview import NAME, write_third_review

ANALYSIS = """
review = "heel-pain"
model = {name = "common-effect"}

[[outcomes]]
outcome = "improved"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one review, its analysis and its report; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("built")
    write_third_review(folder / "data" / NAME)
    (folder / "analyses").mkdir()
    (folder / "analyses" / "heel-pain.toml").write_text(ANALYSIS, encoding="utf-8")
    build(read_analysis(folder / "analyses" / "heel-pain.toml"), folder / "reports")
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """The same, which a test may change."""
    return Path(shutil.copytree(built, tmp_path / "project"))


@pytest.fixture
def report(project: Path) -> Path:
    """The folder of its report."""
    return project / "reports" / "heel-pain"


def analysis_of(project: Path) -> Analysis:
    return read_analysis(project / "analyses" / "heel-pain.toml")


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def test_every_file_but_the_log_and_the_sums_is_in_the_sums(report: Path) -> None:
    stored = json.loads((report / "results.json").read_text(encoding="utf-8"))
    assert set(read_report(report).sums) == set(stored["files"]) - {"build.log", SUMS}
    assert check_files(read_report(report)).holds


@pytest.mark.parametrize("name", ["index.html", "report.md", "results.json", "tables/flow.csv"])
def test_a_file_that_was_changed_or_is_missing_is_named(report: Path, name: str) -> None:
    recorded = read_report(report)
    (report / name).write_bytes((report / name).read_bytes() + b" ")
    assert check_files(recorded).differences == (f"{name} was changed",)
    (report / name).unlink()
    found = check_files(recorded)
    assert not found.holds and found.decides and found.differences == (f"{name} is missing",)


def test_files_that_a_repository_leaves_out_may_be_missing_but_not_changed(report: Path) -> None:
    (report / "report.docx").unlink()
    (report / "mine.txt").write_text("of somebody's own")
    found = check_files(read_report(report))
    assert found.holds and "1 file that a repository leaves out not here" in found.says
    (report / "report.docx").write_text("another")
    assert check_files(read_report(report)).differences == ("report.docx was changed",)


def test_a_report_without_a_single_sum_does_not_hold(report: Path) -> None:
    (report / SUMS).write_text("")
    assert not check_files(read_report(report)).holds


def test_inputs_are_those_that_were_read(project: Path, report: Path) -> None:
    found = check_inputs(read_report(report), analysis_of(project))
    assert found.holds and not found.differences


def test_every_input_that_changed_is_named(project: Path, report: Path) -> None:
    recorded = read_report(report)
    for name in ("review.toml", "outcomes.csv"):
        file = project / "data" / NAME / name
        file.write_text(file.read_text(encoding="utf-8") + "\n# a remark\n", encoding="utf-8", newline="\n")
    edit(project / "analyses" / "heel-pain.toml", "common-effect", "logistic-normal")
    (project / "data" / NAME / "arms.csv").unlink()
    assert set(check_inputs(recorded, analysis_of(project)).differences) == {
        "analyses/heel-pain.toml was changed",
        "data/heel-pain/review.toml was changed",
        "data/heel-pain/outcomes.csv was changed",
        "data/heel-pain/arms.csv is missing",
    }


def test_a_table_with_other_line_ends_is_unchanged(project: Path, report: Path) -> None:
    file = project / "data" / NAME / "outcomes.csv"
    file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    assert check_inputs(read_report(report), analysis_of(project)).holds


def test_a_style_beside_the_analyses_is_found_again(project: Path, report: Path) -> None:
    (project / "styles").mkdir()
    (project / "styles" / "x.csl").write_text("x")
    recorded = read_report(report)
    results = {**recorded.results, "inputs": {"styles/x.csl": "0" * 64, "analyses/y.csl": "0" * 64}}
    found = check_inputs(replace(recorded, results=results), analysis_of(project))
    assert found.differences == ("styles/x.csl was changed", "analyses/y.csl is missing")


def test_other_versions_are_said_and_do_not_decide(report: Path) -> None:
    recorded = read_report(report)
    before = dict(recorded.results["libraries"])
    assert check_software(recorded).holds and before["evidence"]
    results = {**recorded.results, "libraries": {**before, "numpy": "1.0", "gone": "2"}}
    found = check_software(replace(recorded, results=results))
    assert not found.holds and not found.decides
    assert found.differences == (
        f"numpy {before['numpy']}, the report had 1.0",
        "gone is not installed, the report had 2",
    )


def test_a_table_that_came_since_is_named(project: Path, report: Path) -> None:
    recorded = read_report(report)
    inputs = {name: sha for name, sha in recorded.results["inputs"].items() if not name.endswith("references.bib")}
    found = check_numbers(replace(recorded, results={**recorded.results, "inputs": inputs}), analysis_of(project))
    assert found.differences == ("data/heel-pain/references.bib is read now, and was not there",)
