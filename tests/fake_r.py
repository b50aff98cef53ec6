"""A stand-in for Rscript that answers stored text, so that no test needs R."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

FakeR = Callable[..., Path]

SCRIPT = """#!/bin/sh
for last; do :; done
if grep -q system.file "$last"; then cat "{folder}/packages"; exit 0; fi
cp "$last" "{folder}/seen.R"
echo "$1" > "{folder}/first"
. "{folder}/answer"
"""


@pytest.fixture
def fake_r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FakeR:
    """Put a stand-in for Rscript on the path; called with what it prints, it returns the folder of what it saw."""
    if os.name != "posix":
        pytest.skip("the stand-in for Rscript is a shell script")

    def install(output: str, packages: str = "metafor\t3.8-1\t\n", code: int = 0, says: str = "") -> Path:
        folder = tmp_path / "R"
        folder.mkdir(exist_ok=True)
        (folder / "packages").write_text(packages, encoding="utf-8")
        (folder / "output").write_text(output, encoding="utf-8")
        (folder / "says").write_text(says, encoding="utf-8")
        answer = f'cat "{folder}/output"; cat "{folder}/says" >&2; exit {code}\n'
        (folder / "answer").write_text(answer, encoding="utf-8")
        command = folder / "Rscript"
        command.write_text(SCRIPT.format(folder=folder), encoding="utf-8")
        command.chmod(0o755)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
        return folder

    return install


@pytest.fixture
def no_r(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A path without Rscript."""
    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.setenv("PATH", str(empty))
