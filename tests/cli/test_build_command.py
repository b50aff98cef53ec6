"""evidence build: what it writes and says, and that a failure leaves the previous report as it was."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from evidence.cli import main
from tests.thirdreview import NAME, write_third_review

ANALYSIS = """
review = "heel-pain"
model = {name = "common-effect"}

[[outcomes]]
outcome = "improved"
by = ["device"]
"""


def write_project(folder: Path) -> None:
    write_third_review(folder / "data" / NAME)
    (folder / "analyses").mkdir()
    (folder / "analyses" / "heel-pain.toml").write_text(ANALYSIS, encoding="utf-8")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one review and one analysis, and nothing else."""
    write_project(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Such a folder with its report, built once."""
    folder = tmp_path_factory.mktemp("once")
    write_project(folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        assert main(["build"]) == 0
    return folder


@pytest.fixture
def built(once: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it that a test may change."""
    shutil.copytree(once, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def without_word(monkeypatch: pytest.MonkeyPatch) -> None:
    """The Word file, which takes a fifth of a build and which the test does not look at, is there and empty."""
    monkeypatch.setattr("evidence.document.build.to_docx", lambda _document, _curators: b"")


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def test_a_third_review_goes_from_check_to_report_without_a_line_of_code(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["check", NAME]) == 0
    assert main(["pool", NAME, "--outcome", "improved", "--by", "device"]) == 0
    capsys.readouterr()
    assert main(["build"]) == 0
    said = capsys.readouterr().out
    folder = project / "reports" / "heel-pain"
    for words in ("written in", "index.html", "report.md", "results.json", "tables/", "figures/", " kB"):
        assert words in said
    assert "Synthetic example" in (folder / "index.html").read_text(encoding="utf-8")
    log = (folder / "build.log").read_text(encoding="utf-8")
    assert "python: " in log and "built: " in log


@pytest.mark.usefixtures("without_word")
def test_what_a_build_leaves_to_the_reader_is_said(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "analyses" / "heel-pain.toml"
    path.write_text('sections = ["summary"]\nsensitivity = ["leave-one-out"]\n' + ANALYSIS, encoding="utf-8")
    assert main(["build"]) == 0
    said = capsys.readouterr()
    assert "heel-pain.toml:1:sections: warning: the answers to leave-one-out stand in results.json only" in said.err
    path.write_text('sensitivity = ["leave-one-out"]\n' + ANALYSIS, encoding="utf-8")
    assert main(["build"]) == 0
    assert "questions-left-out" not in capsys.readouterr().err
    foreign = project / "elsewhere" / "heel-pain"
    foreign.mkdir(parents=True)
    (foreign / "mine.txt").write_text("mine")
    assert main(["build", "-o", str(foreign.parent)]) == 3
    assert "no build of ours" in capsys.readouterr().err


def test_building_twice_changes_only_the_log(built: Path) -> None:
    first = contents(built / "reports" / "heel-pain")
    assert main(["build", str(built / "analyses" / "heel-pain.toml"), "-o", str(built / "reports")]) == 0
    second = contents(built / "reports" / "heel-pain")
    assert first.keys() == second.keys()
    assert {name for name in first if first[name] != second[name]} <= {"build.log"}
    assert [path.name for path in (built / "reports").iterdir()] == ["heel-pain"]


def test_bad_data_leaves_the_previous_report_and_says_where(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = contents(built / "reports" / "heel-pain")
    table = built / "data" / NAME / "outcomes.csv"
    table.write_text(table.read_text(encoding="utf-8").replace("bo,improved,patient,8,12", "bo,improved,patient,80,12"))
    settings = built / "data" / NAME / "review.toml"
    settings.write_text(settings.read_text(encoding="utf-8").replace('funding = "none"', 'funding = ""'))
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    told = ["warning:" in line for line in said.splitlines() if not line.startswith("  mend:")]
    assert set(told) == {True, False} and told == sorted(told, reverse=True), "what failed comes last"
    assert "outcomes.csv:7" in said and "mend:" in said and "Traceback" not in said
    assert contents(built / "reports" / "heel-pain") == before


def test_an_unknown_name_is_wrong_usage_and_lists_the_near_one(
    project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["build", "heal-pain"]) == 2
    assert "heel-pain" in capsys.readouterr().err


def test_a_mistake_in_the_analysis_is_placed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "analyses" / "heel-pain.toml"
    path.write_text(ANALYSIS.replace('"device"', '"devise"'), encoding="utf-8")
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert "heel-pain.toml:5" in said and "device" in said


@pytest.mark.parametrize(
    ("above", "code", "mend"),
    [
        ('sections = ["resluts"]', "unknown-section", "results"),
        ("sections = []", "no-section", "delete the line"),
        ('sections = ["summary"]\nfigures = ["prisma-flow"]', "figure-left-out", 'add "flow" to sections'),
        ('sections = ["summary", "notes", "summary"]', "wrong-value", "each once"),
    ],
)
def test_sections_that_cannot_be_made_are_refused_before_anything_is_computed(
    project: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, above: str, code: str, mend: str
) -> None:
    monkeypatch.setattr("evidence.document.build.find", None)
    (project / "analyses" / "heel-pain.toml").write_text(f"{above}\n{ANALYSIS}", encoding="utf-8")
    assert main(["build"]) == 1
    said = capsys.readouterr().err
    assert f"heel-pain.toml:{1 + above.count(chr(10))}:" in said and f"[{code}]" in said and mend in said


def test_a_review_that_is_not_there_is_placed(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = project / "analyses" / "heel-pain.toml"
    path.write_text(ANALYSIS.replace(f'"{NAME}"', '"heal-pain"'), encoding="utf-8")
    line = 1 + ANALYSIS[: ANALYSIS.index("review =")].count("\n")
    assert main(["build"]) == 1
    assert f"heel-pain.toml:{line}:review: 'heal-pain' is neither" in capsys.readouterr().err


@pytest.mark.usefixtures("without_word")
def test_one_failing_analysis_does_not_stop_the_others(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (project / "analyses" / "a-broken.toml").write_text("review = [", encoding="utf-8")
    assert main(["build"]) == 1
    assert (project / "reports" / "heel-pain" / "index.html").is_file()
    assert "a-broken.toml" in capsys.readouterr().err


def test_a_report_left_aside_by_a_break_is_put_back(built: Path) -> None:
    folder = built / "reports" / "heel-pain"
    folder.rename(folder.with_name("heel-pain.old"))
    (built / "analyses" / "heel-pain.toml").write_text("review = [", encoding="utf-8")
    assert main(["build"]) == 1
    assert (folder / "index.html").is_file() and not folder.with_name("heel-pain.old").exists()


def test_a_folder_of_somebody_s_own_is_not_replaced(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    own = project / "reports" / "heel-pain"
    own.mkdir(parents=True)
    (own / "thesis.txt").write_text("mine")
    assert main(["build"]) == 3
    assert "not-a-report" in capsys.readouterr().err and (own / "thesis.txt").read_text() == "mine"
