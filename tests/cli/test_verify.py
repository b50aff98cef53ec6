"""evidence verify: what was changed is found and named, what holds is said, nothing is written."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from evidence.cli import main
from evidence.document.sums import SUMS
from tests.thirdreview import NAME, write_third_review

ANALYSIS = """
review = "heel-pain"
model = {name = "common-effect"}
sensitivity = ["leave-one-out"]

[[outcomes]]
outcome = "improved"
"""


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with one review, its analysis and its report; made once, copied for each test."""
    folder = tmp_path_factory.mktemp("built")
    write_third_review(folder / "data" / NAME)
    (folder / "analyses").mkdir()
    file = folder / "analyses" / "heel-pain.toml"
    file.write_text(ANALYSIS, encoding="utf-8")
    assert main(["build", str(file), "-o", str(folder / "reports")]) == 0
    return folder


@pytest.fixture
def project(built: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The same as a working directory that a test may change."""
    folder = tmp_path / "project"
    shutil.copytree(built, folder)
    monkeypatch.chdir(folder)
    return folder


Said = Callable[..., tuple[int, str]]


@pytest.fixture
def verify(capsys: pytest.CaptureFixture[str]) -> Said:
    """Run the command: its exit code and everything it said."""

    def run(*arguments: str) -> tuple[int, str]:
        capsys.readouterr()
        code = main(["verify", *arguments])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return code, out + err

    return run


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


def replaced(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="\n")


def test_a_report_that_holds_says_so_and_nothing_is_written(project: Path, verify: Said) -> None:
    before = contents(project)
    code, said = verify("heel-pain")
    assert code == 0, said
    assert "The report holds." in said and "FAIL" not in said
    stored = json.loads((project / "reports" / "heel-pain" / "results.json").read_text(encoding="utf-8"))
    assert f"{len(stored['files']) - 2} of {len(stored['files']) - 2} files as built" in said
    assert f"{len(stored['inputs'])} of {len(stored['inputs'])} inputs unchanged" in said
    assert contents(project) == before


def test_a_report_copied_elsewhere_says_what_it_needs(project: Path, verify: Said, tmp_path: Path) -> None:
    copy = tmp_path / "elsewhere" / "of a friend"
    shutil.copytree(project / "reports" / "heel-pain", copy)
    assert verify(str(copy))[0] == 0
    shutil.move(project / "analyses", project / "moved")
    code, said = verify(str(copy))
    assert code == 2 and "[no-analysis]" in said and "--analysis FILE" in said
    assert verify(str(copy), "--analysis", "moved/heel-pain.toml")[0] == 0


def test_a_table_that_was_changed_is_named_and_what_moved_with_it(project: Path, verify: Said) -> None:
    replaced(project / "data" / NAME / "outcomes.csv", "cy,improved,patient,20,25", "cy,improved,patient,21,25")
    code, said = verify()
    assert code == 1
    assert "data/heel-pain/outcomes.csv was changed" in said
    assert ".pooled.events: " in said and " in the report, " in said and " now" in said
    assert "The report does not hold: inputs and numbers differ." in said


def test_a_table_that_is_gone_is_named_before_the_reading_fails(project: Path, verify: Said) -> None:
    (project / "data" / NAME / "arms.csv").unlink()
    code, said = verify()
    assert code == 1 and "data/heel-pain/arms.csv is missing" in said and "mend:" in said


def test_results_that_were_edited_do_not_come_out_again(project: Path, verify: Said) -> None:
    file = project / "reports" / "heel-pain" / "results.json"
    stored = json.loads(file.read_text(encoding="utf-8"))
    mean = stored["outcomes"][0]["pooled"]["mean"]
    stored["outcomes"][0]["pooled"]["mean"] = mean + 1e-6
    file.write_text(json.dumps(stored), encoding="utf-8")
    code, said = verify()
    assert code == 1 and "results.json was changed" in said
    assert "1 difference beyond 1e-08" in said and f"outcomes[0].pooled.mean: {mean + 1e-6!r} in the report" in said


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("results.json", None, "this is no report"),
        ("results.json", "{", "can't be read"),
        ("results.json", "[]", "no results of a report"),
        ("results.json", '{"analysis": {}}', "inputs, libraries, outcomes is not there"),
        ("results.json", '{"analysis": {}, "inputs": {}, "libraries": {}, "outcomes": []}', "the name of the analysis"),
        (SUMS, None, "of an earlier version"),
    ],
)
def test_what_is_no_report_is_refused(project: Path, verify: Said, name: str, content: str | None, says: str) -> None:
    file = project / "reports" / "heel-pain" / name
    file.unlink() if content is None else file.write_text(content, encoding="utf-8")
    code, said = verify("reports/heel-pain")
    assert code == 1 and says in said and "mend:" in said and str(Path("reports", "heel-pain", name)) in said


def test_wrong_usage(project: Path, verify: Said) -> None:
    code, said = verify("heal-pain")
    assert code == 2 and "did you mean heel-pain" in said
    code, said = verify("heel-pain", "heel-pain", "--analysis", "analyses/heel-pain.toml")
    assert code == 2 and "--analysis is of one report" in said
    shutil.rmtree(project / "reports")
    code, said = verify()
    assert code == 2 and "[no-report]" in said


def test_one_report_that_fails_does_not_keep_the_others_from_being_told(project: Path, verify: Said) -> None:
    shutil.copytree(project / "reports" / "heel-pain", project / "reports" / "a-copy")
    (project / "reports" / "a-copy" / SUMS).unlink()
    code, said = verify()
    assert code == 1 and "The report holds." in said and "[no-sums]" in said
