"""The README's lines are run as they stand, in order; what they print must be what the README shows."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence.cli import main

ROOT = Path(__file__).parents[1]
FENCE = re.compile(r"^```(\w+)[ ]?([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
#: Fences that are run; ``sh`` holds the set-up, which other tests run.
RUN = ("csv", "bibtex", "console", "python")


@dataclass(frozen=True)
class Block:
    """One fenced block: its language, the file it names, and its text."""

    language: str
    file: str
    text: str


def blocks() -> list[Block]:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    return [Block(*found) for found in FENCE.findall(text) if found[0] in RUN]


def commands(block: Block) -> list[tuple[str, str]]:
    """Each command of a console block with the output shown below it."""
    parts = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    return [(part.partition("\n")[0], part.partition("\n")[2]) for part in parts]


class Desk:
    """A folder beside a copy of the data, with `evidence` on the path.

    The first line of `evidence` is a process of its own; the following ones are run in this process, and what follows
    a bar gets what they print: starting a process again and again is not what the README is about.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.capsys, self.started = folder, capsys, False
        shutil.copytree(ROOT / "data", folder / "data")
        tools = folder / "tools"
        tools.mkdir()
        script = tools / "evidence"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m evidence "$@"\n', encoding="utf-8")
        script.chmod(0o755)
        monkeypatch.setenv("PATH", f"{tools}{os.pathsep}{os.environ['PATH']}")
        monkeypatch.setenv("PYTHONPATH", str(ROOT))
        monkeypatch.setenv("COLUMNS", "80")
        monkeypatch.setenv("PYTHONIOENCODING", "utf-8")
        monkeypatch.chdir(folder)

    def shell(self, command: str, given: str = "") -> str:
        done = subprocess.run(["bash", "-c", command], input=given, capture_output=True, encoding="utf-8", check=False)
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode == 0, f"{command}: {done.stderr}{done.stdout}"
        return done.stdout

    def run(self, command: str) -> str:
        if not command.startswith("evidence ") or not self.started:
            self.started |= command.startswith("evidence ")
            return self.shell(command)
        ours, bar, rest = command.partition(" | ")
        code = main(shlex.split(ours)[1:])
        printed = self.capsys.readouterr()
        # A check that finds something exits with 1, which a shell does not tell behind a bar.
        allowed = (0, 1) if bar and ours.startswith("evidence check ") else (0,)
        assert code in allowed and not printed.err, f"{command}: {printed.err}{printed.out}"
        return self.shell(rest, printed.out) if bar else printed.out

    def follow(self, block: Block) -> None:
        if block.language == "console":
            for command, shown in commands(block):
                assert self.run(command).rstrip() == shown.rstrip(), command
        elif block.language == "python":
            exec(compile(block.text, "README.md", "exec"), {})
            assert self.capsys.readouterr().out
        else:
            path = self.folder / block.file
            assert path.exists() or "/" not in block.file, f"{block.file}: the README adds to a file that is not there"
            with path.open("a", encoding="utf-8", newline="") as file:
                file.write(block.text)


@pytest.mark.skipif(shutil.which("bash") is None, reason="the README's console lines are for a POSIX shell")
def test_every_line_of_the_readme_does_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    desk = Desk(tmp_path, monkeypatch, capsys)
    for block in blocks():
        desk.follow(block)
    assert (tmp_path / "forest.svg").read_text(encoding="utf-8").count("<svg") == 1


def test_the_readme_shows_a_changed_estimate_after_a_study_is_added() -> None:
    shown = [
        output
        for block in blocks()
        if block.language == "console"
        for command, output in commands(block)
        if "complete_remission" in command
    ]
    found = [re.search(r"Average study \(mean\)\s+([0-9.]+)", output) for output in shown]
    before, after = (match[1] for match in found if match)
    assert before != after


def test_the_readme_has_no_block_that_nobody_runs() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    languages = {language for language, _, _ in FENCE.findall(text)}
    assert languages <= {*RUN, "sh", "powershell"}
    assert text.count("```") == 2 * len(FENCE.findall(text))
    assert {"csv", "console", "python"} <= languages


def test_pictures_and_pages_that_the_readme_shows_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    targets = [target for target in re.findall(r"\]\(([^)#]+)\)", text) if "://" not in target]
    assert targets
    assert [target for target in targets if not (ROOT / target).exists()] == []
