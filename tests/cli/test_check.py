"""`evidence check` and `evidence codebook` on the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evidence.cli import check, codebook
from evidence.errors import DataError, UsageError

runner = CliRunner()


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer(pretty_exceptions_enable=False)
    made.command("check")(check.command)
    made.command("codebook")(codebook.command)
    return made


def test_warnings_do_not_fail(app: typer.Typer, calcinosis: Path) -> None:
    result = runner.invoke(app, ["check", str(calcinosis)])
    assert result.exit_code == 0
    *_, last = result.output.splitlines()
    assert last == f"{calcinosis}: 299 rows in 9 of 9 tables, 0 errors, 51 warnings"
    assert f"{calcinosis / 'adverse_events.csv'}:6:total: warning: gauffenic2023-1" in result.output
    assert "[adverse-total-exceeds-arm]" in result.output


def test_no_warnings(app: typer.Typer, calcinosis: Path) -> None:
    result = runner.invoke(app, ["check", str(calcinosis), "--no-warnings"])
    assert result.output == f"{calcinosis}: 299 rows in 9 of 9 tables, 0 errors, 51 warnings\n"


def test_errors_fail_and_all_are_printed(app: typer.Typer, third_review: Path) -> None:
    for file, old, new in (("arms.csv", "radial,0.3", "radail,0,3"), ("outcomes.csv", ",8,12,", ",18,12,")):
        path = third_review / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8", newline="")
    result = runner.invoke(app, ["check", "-q", str(third_review)])
    assert result.exit_code == 1
    assert f"{third_review / 'arms.csv'}:6:notes: the row has 10 cells, the header 9" not in result.output
    assert f"{third_review / 'arms.csv'}:6:" in result.output
    assert f"{third_review / 'outcomes.csv'}:7:events: bo improved: 18 events of 12 patients" in result.output
    assert result.output.count("  mend: ") == result.output.count(" [")


def test_json(app: typer.Typer, third_review: Path) -> None:
    (third_review / "arms.csv").unlink()
    result = runner.invoke(app, ["check", "--json", str(third_review)])
    assert result.exit_code == 1
    (review,) = json.loads(result.output)["reviews"]
    assert (review["errors"], review["tables"]) == (1, 4)
    (error,) = [problem for problem in review["problems"] if problem["severity"] == "error"]
    assert error["code"] == "missing-file"
    assert set(error) == {"code", "message", "mend", "file", "line", "column", "severity"}
    quiet = runner.invoke(app, ["check", "--json", "--no-warnings", str(third_review)])
    assert [p["code"] for p in json.loads(quiet.output)["reviews"][0]["problems"]] == ["missing-file"]


def test_none_means_all(app: typer.Typer, calcinosis: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(calcinosis.parents[1])
    result = runner.invoke(app, ["check", "-q"])
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.output.splitlines()] == [
        str(Path("data/sts-calcinosis-cutis")),
        str(Path("data/sts-calciphylaxis")),
        str(Path("data/synthetic-example")),
    ]


def test_a_review_that_is_not_there_does_not_hide_the_others(
    app: typer.Typer, third_review: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    result = runner.invoke(app, ["check", "-q", "nowhere", str(third_review)])
    assert result.exit_code == 2
    assert "[no-such-review]" in result.output
    assert f"{third_review}: 39 rows in 5 of 5 tables" in result.output
    nothing = runner.invoke(app, ["check"])
    assert isinstance(nothing.exception, UsageError)


def test_labels_in_brackets_survive(app: typer.Typer, third_review: Path) -> None:
    path = third_review / "arms.csv"
    text = path.read_text(encoding="utf-8").replace("Radial,12,,radial", "Smith [abstract],12,,[bold]")
    path.write_text(text, encoding="utf-8", newline="")
    result = runner.invoke(app, ["check", str(third_review)])
    assert "device: '[bold]' is not in the codebook [unknown-term]" in result.output


def test_codebook_of_the_core(app: typer.Typer) -> None:
    result = runner.invoke(app, ["codebook"])
    assert result.exit_code == 0
    assert result.output.startswith("# Codebook\n")
    assert "| `n_treated` |" in result.output
    assert "route" not in result.output


def test_codebook_of_a_review(app: typer.Typer, third_review: Path, tmp_path: Path) -> None:
    path = tmp_path / "codebook.md"
    result = runner.invoke(app, ["codebook", str(third_review), "-o", str(path)])
    assert result.exit_code == 0
    page = path.read_text(encoding="utf-8")
    row = "| `energy_mj_mm2` (own) | Energy of a pulse | number, mJ/mm2 |  | 0 to 5 |"
    assert row in page
    assert "| `pain_free` | No pain on a scale from 0 to 10 | patient | part of `improved` | last |" in page
    assert "`focused`: one focus; `radial`: spread out" in page


def test_codebook_refuses_what_it_cannot_do(app: typer.Typer, third_review: Path, tmp_path: Path) -> None:
    result = runner.invoke(app, ["codebook", "-o", str(tmp_path / "nowhere" / "x.md")])
    assert isinstance(result.exception, UsageError)
    (third_review / "review.toml").write_text("title = ", encoding="utf-8")
    result = runner.invoke(app, ["codebook", str(third_review)])
    assert isinstance(result.exception, DataError)
