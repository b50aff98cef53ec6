"""The command line as a whole: exit codes, streams, nothing but words where something is wrong."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from evidence.cli import COMMANDS, main
from evidence.errors import ComputeError, DataError, Problem, UsageError

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "evidence", *arguments],
        cwd=ROOT,
        capture_output=True,
        env={**os.environ, **environment},
        check=False,
    )


def test_help_names_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    said = capsys.readouterr().out
    assert all(f"  {name}" in said for name in COMMANDS)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_names_what_is_given_in_words(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([command, "--help"]) == 0
    said = capsys.readouterr().out
    assert f"Usage: evidence {command} [OPTIONS]" in said and "[[" not in said and "<path>" not in said
    assert not [line for line in said.splitlines() if line.lstrip().startswith("-") and "<str>" in line]


def test_no_command_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "usage:" in capsys.readouterr().out


@pytest.mark.parametrize(("typed", "near"), [("pol", "pool"), ("foret", "forest"), ("bulid", "build")])
def test_a_misspelt_command_lists_the_near_one(typed: str, near: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([typed]) == 2
    assert f"did you mean {near}" in capsys.readouterr().err


@pytest.mark.parametrize("arguments", [["pool", "--nope"], ["pool"], ["--nope"], ["check", "--json=3"]])
def test_wrong_usage_is_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Traceback" not in capsys.readouterr().err


@pytest.mark.parametrize(("kind", "code"), [(DataError, 1), (UsageError, 2), (ComputeError, 3)])
def test_errors_have_their_exit_code(
    kind: type[DataError], code: int, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(name: str, arguments: list[str]) -> int:
        raise kind(Problem("code", "what was found", "what to do", "file.csv", 3, "column"))

    monkeypatch.setattr("evidence.cli.calling.call", fail)
    assert main(["check"]) == code
    assert capsys.readouterr().err == "file.csv:3:column: what was found [code]\n  mend: what to do\n"


def test_what_nobody_foresaw_is_one_line(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(reviews: list[str] | None = None) -> None:
        raise ZeroDivisionError("division by zero")

    monkeypatch.setattr("evidence.cli.check.command", fail)
    monkeypatch.delenv("EVIDENCE_TRACEBACK", raising=False)
    assert main(["check"]) == 3
    said = capsys.readouterr().err
    assert said.startswith("ZeroDivisionError: division by zero [defect]\n  mend: ")
    monkeypatch.setenv("EVIDENCE_TRACEBACK", "1")
    with pytest.raises(ZeroDivisionError):
        main(["check"])


def test_an_interrupt_is_130(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(reviews: list[str] | None = None) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("evidence.cli.check.command", interrupted)
    assert main(["check"]) == 130
    assert capsys.readouterr().err.strip() == "interrupted"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no /dev/full on this system")
@pytest.mark.parametrize("arguments", [["--help"], ["check", "data/sts-calcinosis-cutis"]])
def test_a_full_disk_is_said(arguments: list[str]) -> None:
    with open("/dev/full", "wb") as full:
        found = subprocess.run(
            [sys.executable, "-m", "evidence", *arguments], cwd=ROOT, stdout=full, stderr=subprocess.PIPE, check=False
        )
    assert found.returncode == 3
    assert b"No space left on device [system]" in found.stderr
    assert b"Traceback" not in found.stderr and b"Exception ignored" not in found.stderr


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
@pytest.mark.parametrize(("closed", "code"), [("--help >&-", 0), ("check nowhere 2>&-", 2), ("pol >&- 2>&-", 2)])
def test_a_closed_stream_is_no_error(closed: str, code: int) -> None:
    found = subprocess.run(
        ["sh", "-c", f'"$0" -m evidence {closed}', sys.executable], cwd=ROOT, capture_output=True, check=False
    )
    assert found.returncode == code
    assert b"Traceback" not in found.stderr


def test_cite_is_bibtex_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--cite"]) == 0
    assert "@software{evidence," in capsys.readouterr().out


def test_ascii_output_survives(calcinosis: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """On a stream that can hold nothing else, as a terminal's; another test starts a process with such a stream."""
    printed = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(printed, encoding="ascii"))
    monkeypatch.setenv("PYTHONIOENCODING", "ascii")
    assert main(["pool", str(calcinosis), "--outcome", "any_response"]) == 0
    assert "35 of 57 patients" in printed.getvalue().decode("ascii")


def test_a_reader_that_leaves_is_no_error() -> None:
    process = subprocess.Popen(
        [sys.executable, "-m", "evidence", "check", "data/sts-calcinosis-cutis"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdout is not None and process.stderr is not None
    process.stdout.close()
    said = process.stderr.read()
    process.stderr.close()
    assert process.wait() == 0
    assert said == b""


def test_python_m_evidence_runs() -> None:
    found = run("--version")
    assert found.returncode == 0 and found.stdout.startswith(b"evidence ")
