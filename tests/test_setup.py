"""The set-up script says what is missing before anything fails, and does its work once."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

SCRIPT = Path(__file__).resolve().parents[1] / "scripts" / "setup_venv.py"


@pytest.fixture
def setup(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The script as a module, at work in a folder of its own."""
    spec = importlib.util.spec_from_file_location("setup_venv", SCRIPT)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    for name, path in (("ROOT", tmp_path), ("VENV", tmp_path / ".venv"), ("PINS", tmp_path / "constraints.txt")):
        monkeypatch.setattr(module, name, str(path))
    monkeypatch.setattr(module, "STAMP", str(tmp_path / ".venv" / "evidence-stamp"))
    (tmp_path / "pyproject.toml").write_text("[project]\n", encoding="utf-8")
    (tmp_path / "constraints.txt").write_text("numpy==2.4.6\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return module


def test_a_missing_ensurepip_is_said_first_with_its_mend(tmp_path: Path) -> None:
    package = tmp_path / "ensurepip"
    package.mkdir()
    (package / "__init__.py").write_text("raise ImportError('left out')\n", encoding="utf-8")
    run = subprocess.run(
        [sys.executable, str(SCRIPT)],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 2
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert run.stderr.splitlines() == [
        "This Python has no ensurepip, so it can't make a virtual environment.",
        f"  mend: on Debian or Ubuntu: apt install python{version}-venv",
    ]


def test_an_old_python_is_said_first(
    setup: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "version_info", (3, 9, 18))
    with pytest.raises(SystemExit):
        setup.complain_early()
    assert capsys.readouterr().err.startswith("Python 3.9.18 is too old: 3.11 or newer is needed.\n  mend: ")


def test_it_builds_once_and_again_when_the_pins_change(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    built = []

    def build(options: list[str]) -> None:
        built.append(options)
        python = Path(setup.python())
        python.parent.mkdir(parents=True, exist_ok=True)
        python.touch()

    monkeypatch.setattr(setup, "build", build)
    monkeypatch.setattr(sys, "argv", ["setup_venv.py"])
    assert [setup.main(), setup.main()] == [0, 0]
    assert len(built) == 1
    Path(setup.PINS).write_text("numpy==2.4.7\n", encoding="utf-8")
    setup.main()
    assert len(built) == 2
    Path(setup.STAMP).unlink()
    setup.main()
    assert len(built) == 3


def test_a_folder_that_was_moved_is_set_up_again(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    before = setup.fingerprint()
    assert setup.fingerprint() == before
    moved = Path(setup.ROOT) / "moved"
    moved.mkdir()
    for name in ("pyproject.toml", "constraints.txt"):
        (moved / name).write_bytes((Path(setup.ROOT) / name).read_bytes())
    monkeypatch.setattr(setup, "ROOT", str(moved))
    assert setup.fingerprint() != before


def test_a_build_that_fails_leaves_no_stamp(setup: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(options: list[str]) -> None:
        setup.stop("pip ended with 1", "read the lines above")

    monkeypatch.setattr(setup, "build", fail)
    monkeypatch.setattr(sys, "argv", ["setup_venv.py"])
    with pytest.raises(SystemExit):
        setup.main()
    assert not Path(setup.STAMP).exists()
