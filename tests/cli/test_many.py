"""`evidence many` on the command line."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from evidence.cli import main
from tests.many.tables import ODD, many, written


@pytest.fixture
def odd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = Path("odd.csv")
    path.write_text(ODD, encoding="utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *typed: str) -> tuple[int, str, str]:
    code = main(["many", *typed])
    printed = capsys.readouterr()
    return code, printed.out, printed.err


def test_counts_come_first_then_problems_by_kind_then_the_file(odd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "odd.csv", "--model", "common-effect", "--out", "pooled.csv")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "16 analyses of 22 rows; common-effect, binomial; limits clopper-pearson"
    assert lines[2:5] == ["pooled            3", "one study alone   1", "with problems    12"]
    at = lines.index("  not-a-number: 2 analyses")
    assert lines[at + 1] == "    odd.csv:5:events: 'three' is not a whole number [not-a-number]"
    assert lines[at + 2].startswith("      mend: ")
    assert lines[-1].endswith(" s; wrote pooled.csv")
    with Path("pooled.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    assert len(rows) == 16 and rows[0]["analysis_id"] == "007"
    assert {row["estimate"] == "" for row in rows if row["problem"]} == {True}


def test_json_and_options_of_the_model(odd: Path, capsys: pytest.CaptureFixture[str]) -> None:
    typed = ("--model", "inverse-variance", "--measure", "PAS", "--level", "0.9", "--option", "back=inverse-variance")
    code, _, err = run(capsys, "odd.csv", *typed, "--out", "pooled.csv", "--json")
    assert code == 2 and "back" in err
    code, out, _ = run(capsys, "odd.csv", *typed[:-2], "--out", "pooled.csv", "--json")
    said = json.loads(out)
    assert (code, said["analyses"], said["pooled"], said["problems"]["date"]) == (0, 16, 3, 1)


def test_rates(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frame = many(5).rename(columns={"total": "hours"})
    table = str(written(frame, tmp_path / "table.csv"))
    out = tmp_path / "pooled.csv"
    code, said, _ = run(capsys, table, "--time", "hours", "--model", "common-effect", "--out", str(out))
    assert code == 0 and "common-effect" in said
    assert out.read_text("utf-8").startswith("analysis_id,k,time,events,")


def test_a_run_goes_on(odd: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    from evidence.many.parts import Parts

    finish = Parts.finish

    def interrupted(self: Parts, chunks: int) -> None:
        raise KeyboardInterrupt

    typed = ("odd.csv", "--model", "common-effect", "--out", "pooled.csv", "--chunk", "5")
    monkeypatch.setattr(Parts, "finish", interrupted)
    code, _, err = run(capsys, *typed)
    assert code == 130
    assert err.splitlines() == [
        "stopped; finished chunks are in pooled.csv.parts: the same command goes on from them",
        "interrupted",
    ]
    monkeypatch.setattr(Parts, "finish", finish)
    code, out, _ = run(capsys, *typed)
    assert code == 0 and "chunks were finished before; wrote pooled.csv" in out.splitlines()[-1]


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        (("odd.csv",), 2, "--out"),
        (("odd.csv", "--out", "x.csv", "--total", "total", "--time", "total"), 2, "two-sizes"),
        (("odd.csv", "--out", "x.csv", "--by", "analysis"), 1, "did you mean analysis_id"),
        (("odd.csv", "--out", "x.csv", "--workers", "0"), 2, "workers"),
        (("odd.csv", "--out", "x.csv", "--workers", "2", "--cluster", "tcp://a:1"), 2, "a cluster has workers"),
        (("odd.csv", "--out", "x.csv", "--model", "rma"), 2, "inverse-variance here"),
        (("odd.csv", "--out", "x.csv", "--model", "poisson-normal"), 1, "not-rates"),
        (("od.csv", "--out", "x.csv"), 1, "did you mean odd.csv"),
        (("odd.csv", "--out", "x.xlsx"), 2, "end it with .parquet or .csv"),
    ],
)
def test_wrong_usage(
    typed: tuple[str, ...], code: int, says: str, odd: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found, out, err = run(capsys, *typed)
    assert (found, out) == (code, "") and says in err
    assert [path.name for path in Path().iterdir()] == ["odd.csv"]
