"""`evidence draw` of versions: the change of an outcome, its history, and what can't be drawn."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.cli import main
from tests.thirdreview import NAME
from tests.updates.conftest import heel as heel
from tests.updates.test_news import correct
from tests.updates.test_versions import freeze


@pytest.fixture
def project(heel: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of data/ and analyses/ is the current one; the review has one version and was corrected since."""
    monkeypatch.chdir(heel.parent.parent)
    freeze(heel, "2026-05")
    correct(heel, 3)
    return heel.parent.parent


def test_a_waterfall_and_a_history_are_written(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = [NAME, "--outcome", "improved", "-o"]
    assert main(["draw", "waterfall", *typed, "w.svg"]) == 0
    assert main(["draw", "waterfall", *typed, "v.svg", "--from", "2026-05"]) == 0
    assert main(["draw", "history", *typed, "h.svg", "--width", "84"]) == 0
    taken = "From 2026-05, the latest version, frozen 2026-11-28; --from takes another.\n"
    assert capsys.readouterr().out == f"{taken}wrote w.svg\nwrote v.svg\nwrote h.svg\n"
    drawn = (project / "w.svg").read_text(encoding="utf-8")
    assert "Improved: from 2026-05 to now" in drawn and "Corrected numbers" in drawn
    assert drawn == (project / "v.svg").read_text(encoding="utf-8"), "the latest version is the one of the default"
    assert "50/67 in 4 studies" in (project / "h.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["waterfall", NAME], "the outcome is missing"),
        (
            ["waterfall", NAME, "--outcome", "improved", "--by", "device"],
            "--by can't be used with a figure of versions",
        ),
        (["waterfall", NAME, "--outcome", "improved", "--from", "2026-06"], "did you mean 2026-05"),
        (["waterfall", NAME, "--outcome", "improved", "--option", "a=1"], "the figure has no option 'a'"),
        (["history", NAME, "--outcome", "improved", "--from", "2026-05"], "a history begins with the first version"),
        (["history", "counts.csv", "--outcome", "improved"], "counts.csv is a table"),
        (["forest", NAME, "--outcome", "improved", "--from", "2026-05"], "forest does not compare versions"),
        (["forest", NAME, "--outcome", "improved", "--to", "2026-05"], "--to can't be used"),
        (["waterfall", NAME, "--outcome", "improved", "--to", "2026-05"], "no version is earlier than 2026-05"),
    ],
)
def test_what_cant_be_drawn_says_why(
    typed: list[str], says: str, project: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (project / "counts.csv").write_text("Study,Events,N\nAda,3,10\n", encoding="utf-8")
    assert main(["draw", *typed]) == 2
    assert says in capsys.readouterr().err


def test_a_review_without_versions_says_how_to_make_one(
    heel: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(heel.parent.parent)
    for figure in ("waterfall", "history"):
        assert main(["draw", figure, NAME, "--outcome", "improved"]) == 2
        assert "evidence snapshot" in capsys.readouterr().err


def test_errors_of_today_leave_what_was_frozen_to_be_drawn(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = project / "data" / NAME
    freeze(folder, "2026-06", "2026-11-28T10:00:00Z")
    correct(folder, 13)
    typed = [NAME, "--outcome", "improved", "-o"]
    assert main(["draw", "waterfall", *typed, "w.svg"]) == 1
    assert "--to 2026-06" in capsys.readouterr().err and not (project / "w.svg").exists()
    assert main(["draw", "waterfall", *typed, "w.svg", "--to", "2026-06"]) == 0
    assert "From 2026-05, the latest version before 2026-06" in capsys.readouterr().out
    assert "Improved: from 2026-05 to 2026-06" in (project / "w.svg").read_text(encoding="utf-8")
    assert main(["draw", "history", *typed, "h.svg"]) == 0
    said = capsys.readouterr().err
    assert "now is left out: bo improved: 13 events of 12 patients" in said and "outcomes.csv:7:events" in said
    drawn = (project / "h.svg").read_text(encoding="utf-8")
    assert "2026-06" in drawn and "45/67" in drawn
    assert main(["draw", "history", *typed, "f.svg", "--to", "2026-05"]) == 0
    assert "2026-06" not in (project / "f.svg").read_text(encoding="utf-8")
    assert main(["diff", NAME, "-o", "CHANGES.md"]) == 0
    assert "now is left out" in capsys.readouterr().err
    assert "## 2026-06, frozen 2026-11-28, since 2026-05" in (project / "CHANGES.md").read_text(encoding="utf-8")


def test_the_options_of_a_figure_of_versions_name_the_versions(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "waterfall"]) == main(["draw", "history"]) == 0
    waterfall, history = capsys.readouterr().out.split("history:")
    assert "--from VERSION" in waterfall and "--to VERSION" in waterfall
    assert "--from" not in history and "--to VERSION" in history
