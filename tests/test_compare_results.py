"""The comparison of built numbers with committed ones notices what it must."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from types import ModuleType

import pytest

PATH = Path(__file__).resolve().parents[1] / "scripts" / "compare_results.py"


@pytest.fixture(scope="module")
def compare() -> ModuleType:
    spec = importlib.util.spec_from_file_location("compare_results", PATH)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def clone(compare: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with one committed result, and the comparison at work in it."""
    monkeypatch.setattr(compare, "ROOT", tmp_path)
    written(tmp_path, "first", '{"mean": 0.5, "n": 3}')
    (tmp_path / ".gitignore").write_text("reports/*.old/\n", encoding="utf-8")
    who = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    for command in (("init", "-q"), ("add", "."), (*who, "commit", "-q", "-m", "one result")):
        subprocess.run(["git", *command], cwd=tmp_path, check=True)
    return tmp_path


def written(clone: Path, name: str, text: str) -> Path:
    path = clone / "reports" / name / "results.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_equal_numbers_pass(compare: ModuleType, clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    written(clone, "first", '{"n": 3, "mean": 0.5000000001}')
    written(clone, "first.old", '{"mean": 0.1}')
    assert compare.main() == 0
    assert capsys.readouterr().out == "reports/first/results.json: 0 differences\n"


def test_a_moved_number_fails_and_is_named(
    compare: ModuleType, clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written(clone, "first", '{"mean": 0.51, "n": 3}')
    assert compare.main() == 1
    assert "first/results.json: .mean: 0.5 committed, 0.51 built\n" in capsys.readouterr().out


def test_a_report_on_one_side_only_fails(compare: ModuleType, clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    new = written(clone, "second", "{}")
    assert compare.main() == 1
    assert "second/results.json: built but not committed\n" in capsys.readouterr().out
    new.unlink()
    (clone / "reports" / "first" / "results.json").unlink()
    assert compare.main() == 1
    assert "first/results.json: committed but not built\n" in capsys.readouterr().out


def test_no_reports_yet_is_no_failure(compare: ModuleType, clone: Path, capsys: pytest.CaptureFixture[str]) -> None:
    subprocess.run(["git", "rm", "-rq", "reports"], cwd=clone, check=True)
    who = ("-c", "user.name=A Tester", "-c", "user.email=tester@example.org", "-c", "commit.gpgsign=false")
    subprocess.run(["git", *who, "commit", "-q", "-m", "none"], cwd=clone, check=True)
    assert compare.main() == 0
    assert capsys.readouterr().out == "no reports to compare\n"
