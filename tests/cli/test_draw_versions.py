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
