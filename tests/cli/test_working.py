"""`--workers` and `--cluster` of the commands that fit much."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from evidence import workers as work
from evidence.cli import main
from evidence.workers import Workers


@pytest.fixture
def table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("counts.csv").write_text("study,events,total\na,3,12\nb,10,20\nc,5,40\nd,21,25\n", encoding="utf-8")
    return "counts.csv"


@pytest.fixture
def begun(monkeypatch: pytest.MonkeyPatch) -> list[Workers]:
    """Who was started; this process computes in their place."""
    found: list[Workers] = []

    @contextmanager
    def started(workers: Workers) -> Iterator[work.Pool]:
        found.append(workers)
        yield work.Here()

    monkeypatch.setattr(work, "started", started)
    return found


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ([], []),
        (["--workers", "2"], [Workers(2)]),
        (["--cluster", "tcp://10.0.0.1:8786"], [Workers(cluster="tcp://10.0.0.1:8786")]),
    ],
)
def test_a_question_is_answered_by_those_who_were_named(
    typed: list[str], expected: list[Workers], table: str, begun: list[Workers], capsys: pytest.CaptureFixture[str]
) -> None:
    pytest.importorskip("distributed")
    assert main(["sensitivity", table, "--question", "subsets", *typed]) == 0
    assert begun == [], "one stack needs nobody else"
    first = capsys.readouterr().out
    draws = ["--option", "tau_test=bootstrap", "--option", "draws=4200", "--limits", "wald", "--prediction", "none"]
    assert main(["pool", table, *draws, *typed]) == 0
    assert begun == expected
    assert first


@pytest.mark.parametrize(
    "command", [["sensitivity", "counts.csv", "--question", "subsets"], ["pool", "counts.csv"], ["build"]]
)
def test_without_dask_it_is_said_at_once(
    command: list[str], table: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "distributed", None)
    assert main([*command, "--workers", "2"]) == 2
    said = capsys.readouterr().err
    assert "several workers need Dask" in said and "mend: install the extra [cluster]" in said


def test_a_cluster_and_a_number_are_refused(table: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["pool", table, "--workers", "2", "--cluster", "tcp://10.0.0.1:8786"]) == 2
    assert "a cluster has workers of its own" in capsys.readouterr().err
