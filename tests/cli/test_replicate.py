"""evidence replicate: what matches, what comes near, and what the primary model says before and after an update."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence.cli import main
from evidence.updates import replication
from evidence.updates.recipes import RECIPES

BEFORE = "study,year,events,n\nA,2010,3,12\nB,2012,5,31\nC,2013,0,4\nD,2015,9,22\nE,2018,2,16\n"
AFTER = BEFORE + "F,2023,14,40\nG,,3,9\n"
#: R metafor 3.8-1: rma(measure = "PLO", method = "EE") of these counts, predict(transf = transf.ilogit).
COMMON = "24.5% (16.1-35.4)"


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The recipes in closed form: the others are tested by themselves, and take a second."""
    recipes = tuple(recipe for recipe in RECIPES if recipe.family in ("normal", "totals"))
    monkeypatch.setattr(replication, "RECIPES", recipes)
    monkeypatch.setenv("COLUMNS", "100")


@pytest.fixture
def tables(tmp_path: Path) -> tuple[str, str]:
    before, after = tmp_path / "before.csv", tmp_path / "after.csv"
    before.write_text(BEFORE, encoding="utf-8")
    after.write_text(AFTER, encoding="utf-8")
    return str(before), str(after)


def test_a_match_is_told_in_full(tables: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replicate", tables[0], "--published", COMMON]) == 0
    said = capsys.readouterr().out
    assert f"recipes give {COMMON} to every printed digit" in " ".join(said.split())
    assert "logit/common/wald  24.471 [16.090, 35.377] %, rounded" in said
    assert 'rma(measure = "PLO"' in said and "known" in said
    assert "Primary model, same data" in said and "updated" not in said


def test_an_update(tables: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replicate", tables[0], "--published", COMMON, "--update", tables[1]]) == 0
    said = capsys.readouterr().out
    assert "By its recipe, updated data" in said and "Primary model, updated data" in said
    assert "Updated data: 36 of 134 patients in 7 of 7 arms" in said


def test_an_update_without_old_studies(tables: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    Path(tables[1]).write_text(AFTER.replace("A,2010,3,12\n", "").replace("5,31", "6,31"), encoding="utf-8")
    assert main(["replicate", tables[0], "--published", COMMON, "--update", tables[1]]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "Check the update: A is not in the update. B differs (5/31, then 6/31)." in said


def test_studies_until_a_year(tables: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replicate", tables[1], "--published", COMMON, "--until", "2018", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["data"] == {"k": 5, "events": 19, "n": 85}
    assert found["undated"] == ["G"] and found["until"] == 2018
    assert "logit/common/wald" in [fit["recipe"] for fit in found["matched"]]
    assert found["updated"]["n"] == 134
    assert found["tried"] == len(found["recipes"])


def test_nothing_matches(tables: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replicate", tables[0], "--published", "0.9012 [0.8003, 0.9504]; k = 7"]) == 0
    said = capsys.readouterr().out
    assert "None of" in said and "The nearest" in said and "Commonly the cause" in said
    assert "7 studies were published, these data have 5." in said


def test_of_a_review(calcinosis: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = ["--outcome", "any_response", "--published", "61% (48 to 74)", "--where", "route=topical"]
    assert main(["replicate", str(calcinosis), *typed]) == 0
    said = capsys.readouterr().out
    assert "Any response" in said and "The nearest" in said


def test_level(tables: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["replicate", tables[0], "--published", "24.5%", "--level", "0.9", "--verbose"]) == 0
    said = capsys.readouterr().out
    assert "(90% limits)" in said and "Every recipe:" in said


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        (["--published", "abc"], 2, "can't read 'abc'"),
        (["--published", "0.3", "--until", "2000"], 3, "the first study is of 2010"),
        (["--published", "0.3", "--until", "2015", "--update", "x.csv"], 2, "give one of them"),
        (["--published", "0.3", "--update", "nowhere.csv"], 1, "nowhere.csv"),
        (["--published", "0.3", "--outcome", "x"], 2, "--outcome"),
        (["--published", "0.3", "--level", "95"], 2, "--level 0.95"),
        ([], 2, "--published"),
    ],
)
def test_bad_input(
    typed: list[str], code: int, says: str, tables: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["replicate", tables[0], *typed]) == code
    said = capsys.readouterr()
    assert says in said.err and not said.out


def test_a_bad_row_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "bad.csv"
    table.write_text("study,events,n\nA,3,12\nB,15,12\n", encoding="utf-8")
    assert main(["replicate", str(table), "--published", "0.3"]) == 1
    assert "bad.csv:3:events" in capsys.readouterr().err


def test_times_at_risk_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "rates.csv"
    table.write_text("study,events,person_years\nA,3,12.5\nB,1,10\n", encoding="utf-8")
    assert main(["replicate", str(table), "--published", "0.3"]) == 2
    assert "times at risk" in capsys.readouterr().err
