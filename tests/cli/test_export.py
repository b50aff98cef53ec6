"""`evidence export` on the command line: what is written, what is refused, and that it is read again as it was."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from evidence.bibliography.choosing import CHOICES
from evidence.bibliography.decisions import Decision, write_decisions
from evidence.bibliography.importing import read_records_text
from evidence.bibliography.record import KEPT
from evidence.bibliography.screening import Decision as Screened
from evidence.bibliography.screening import ScreenedFiles
from evidence.bibliography.store import Import, Store, Stored, without_raw, write_store
from evidence.cli import export
from evidence.errors import EvidenceError, UsageError

runner = CliRunner()
CSV = 'title,authors,year,doi\nFirst of all,"Ada, A.; Bö, B.",2001,10.1000/a\n=Second,,2002,\n'


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer(pretty_exceptions_enable=False)
    made.command("export")(export.command)
    return made


@pytest.fixture
def review(third_review: Path) -> Path:
    """The synthetic review with two imported records, one of which is a report that it includes."""
    records = read_records_text(CSV, "found.csv").batch.records
    one = Import("import-1", "found.csv", "0", "table", "utf-8", "Base", "2024-05-31", 1, "import-1", 2, 2, 0)
    stored = [
        Stored(key, "import-1", without_raw(record)) for key, record in zip(("ada", "unseen2002"), records, strict=True)
    ]
    write_store(third_review, Store((one,), tuple(stored)), {})
    lines = (third_review / "screening.csv").read_text(encoding="utf-8").split("\n")
    at = lines[0].split(",").index("report_id")
    included = next(line for line in lines[1:] if ",included," in f",{line},").split(",")[at]
    replaced = [replace(stored[0], record_id=included), stored[1]]
    write_store(third_review, Store((one,), tuple(replaced)), {})
    return third_review


def kept(text: str) -> list[dict[str, object]]:
    return [{name: getattr(record, name) for name in KEPT} for record in read_records_text(text, "x").batch.records]


@pytest.mark.parametrize("to", ["ris", "bibtex", "csv", "RIS"])
def test_all_records_on_standard_output(app: typer.Typer, review: Path, to: str) -> None:
    result = runner.invoke(app, [str(review), "--to", to])
    assert result.exit_code == 0
    assert kept(result.stdout) == kept(CSV)


@pytest.mark.parametrize(("name", "title"), [("a.ris", "RIS"), ("a.bib", "BibTeX"), ("a.csv", "CSV")])
def test_the_ending_of_the_file_says_the_format(
    app: typer.Typer, review: Path, tmp_path: Path, name: str, title: str
) -> None:
    target = tmp_path / name
    result = runner.invoke(app, [str(review), "-o", str(target)])
    assert result.output == f"wrote {target}: 2 records as {title}\n"
    assert kept(target.read_text(encoding="utf-8")) == kept(CSV)


def test_the_included_ones_and_those_without_a_record(app: typer.Typer, review: Path) -> None:
    result = runner.invoke(app, [str(review), "--to", "ris", "--which", "included"])
    assert result.exit_code == 0
    assert [record["title"] for record in kept(result.stdout)] == ["First of all"]
    assert "included report" in result.stderr and "without an imported record:" in result.stderr


@pytest.mark.parametrize(
    ("typed", "code", "mend"),
    [
        ([], "no-format", "ris, bibtex, csv"),
        (["--to", "risk"], "unknown-format", "did you mean ris"),
        (["-o", "x.docx"], "no-format", "--to"),
        (["--to", "ris", "--which", "some"], "unknown-choice", "included"),
        (["--to", "csv", "-o", "{review}/screening.csv"], "own-file", "elsewhere"),
        (["--to", "csv", "-o", "{review}/none/x.csv"], "no-folder", "make it first"),
    ],
)
def test_wrong_usage(app: typer.Typer, review: Path, typed: list[str], code: str, mend: str) -> None:
    before = (review / "screening.csv").read_bytes()
    result = runner.invoke(app, [str(review), *(part.format(review=review) for part in typed)])
    assert isinstance(result.exception, UsageError)
    (problem,) = result.exception.problems
    assert problem.code == code and mend in problem.mend
    assert (review / "screening.csv").read_bytes() == before


def test_nothing_imported(app: typer.Typer, third_review: Path) -> None:
    result = runner.invoke(app, [str(third_review), "--to", "ris"])
    assert isinstance(result.exception, EvidenceError)
    assert result.exception.problems[0].code == "no-records"


def test_each_choice_is_what_it_says(app: typer.Typer, review: Path) -> None:
    write_decisions(review, (Decision("ada2001", "unseen2002", "same", decided_by="anna"),))
    names = {which: runner.invoke(app, [str(review), "--to", "csv", "--which", which]) for which in CHOICES}
    assert {which: len(kept(result.stdout)) if result.exit_code == 0 else 0 for which, result in names.items()} == {
        "all": 2,
        "unique": 1,
        "to-screen": 0,
        "to-read": 0,
        "included": 1,
    }
    write_decisions(review, ())
    screen = ScreenedFiles(review)
    assert len(kept(runner.invoke(app, [str(review), "--to", "ris", "--which", "to-screen"]).stdout)) == 1
    screen.record("anna", [Screened("unseen2002", "title_abstract", "include")])
    assert len(kept(runner.invoke(app, [str(review), "--to", "ris", "--which", "to-read"]).stdout)) == 1
