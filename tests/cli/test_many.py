"""`evidence many` on the command line."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from contextlib import contextmanager
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
    assert lines[1:3] == ["Columns: analysis_id, events, total", ""]
    few = "  too few studies or units: the counts are the result (note few-studies)"
    counted = {few: 1, "pooled": 3, "one study alone": 1, "with problems": 12}
    found = [line.rsplit(maxsplit=1) for line in lines[3 : 3 + len(counted)]]
    assert {name.rstrip(): int(count) for name, count in found} == counted
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
    code, said, _ = run(capsys, table, "--exposure", "hours", "--model", "common-effect", "--out", str(out))
    assert code == 0 and "common-effect" in said
    assert out.read_text("utf-8").startswith("analysis_id,k,time,events,")


def test_rates_have_a_measure_of_rates_unless_one_is_given(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = str(written(many(5).rename(columns={"total": "hours"}), tmp_path / "table.csv"))
    for i, (typed, says) in enumerate(
        [
            ((), "log rate (IRLN)"),
            (("--measure", "IRS"), "(IRS)"),
            (
                ("--option", "measure=IRFT", "--option", "back=harmonic-forced"),
                "(IRFT), REML; limits hk-floor, back harm",
            ),
        ]
    ):
        out = ("--out", str(tmp_path / f"{i}.csv"))
        code, said, err = run(capsys, table, "--exposure", "hours", "--model", "inverse-variance", *typed, *out)
        assert (code, err) == (0, "") and says in said.splitlines()[0]
    code, _, err = run(
        capsys, table, "--exposure", "hours", "--model", "beta-binomial", "--out", str(tmp_path / "x.csv")
    )
    assert code == 1 and "rates" in err


def test_a_common_effect_of_rates_is_titled_as_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = str(written(many(5).rename(columns={"total": "hours"}), tmp_path / "table.csv"))
    typed = ("--exposure", "hours", "--model", "common-effect", "--option", "limits=wald", "--level", "0.9")
    _, said, _ = run(capsys, table, *typed, "--out", str(tmp_path / "x.csv"))
    assert said.splitlines()[0].endswith("; common-effect, Poisson; limits wald, level 0.9")


def test_notes_are_counted_and_what_was_pooled_has_an_estimate(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table = tmp_path / "table.csv"
    rows = ["ones,1,1", "ones,0,1", "ones,1,1", "a,3,10", "a,4,9", "a,2,12", " a,1,8", "one,2,5", "bad,3,2"]
    table.write_text("analysis_id,events,total\n" + "\n".join(rows) + "\n", encoding="utf-8")
    code, said, _ = run(capsys, str(table), "--out", str(tmp_path / "x.csv"))
    lines = said.splitlines()
    assert code == 0
    assert lines[3:8] == [
        "pooled                                             1",
        "  between-study standard deviation estimated as 0  1",
        "mean only: one unit in every study                 1",
        "one study alone                                    1",
        "with problems                                      1",
    ]
    below = lines[lines.index("Notes, and how many analyses have each:") + 1 :]
    notes = [line.split(maxsplit=2) for line in below[: below.index("")]]
    counts = [int(count) for _, count, _ in notes]
    assert counts == sorted(counts, reverse=True) and all(words.endswith(".") for _, _, words in notes)
    told = {code: count for code, count, _ in notes}
    assert told["id-spellings"] == told["tau-not-identified"] == "1" and told["few-studies"] == "1"
    code, said, _ = run(capsys, str(table), "--out", str(tmp_path / "y.csv"), "--json")
    found = json.loads(said)
    assert {name: str(count) for name, count in found["notes"].items()} == told
    assert (found["pooled"], found["mean_only"]) == (1, 1)
    assert found["made_of"]["input"]["name"] == "table.csv"


def test_analyses_that_pool_would_not_pool_are_counted_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    table, out = tmp_path / "table.csv", ("--model", "inverse-variance", "--out", str(tmp_path / "x.csv"), "--anew")
    table.write_text(
        "analysis_id,study,events,total\na,P,3,10\na,P,4,9\na,Q,2,12\nb,P,1,8\nb,Q,2,9\nc,P,1,9\n", "utf-8"
    )
    line = "  too few studies or units: the counts are the result (note few-studies)  1"
    code, said, _ = run(capsys, str(table), *out)
    assert code == 0 and said.splitlines()[4] == line
    assert "cr2" not in said
    code, said, _ = run(capsys, str(table), *out, "--json")
    assert (json.loads(said)["pooled"], json.loads(said)["too_few"]) == (2, 1)
    code, said, _ = run(capsys, str(table), *out, "--study", "study")
    assert said.splitlines()[0].endswith("; limits hk-floor; cr2 where a study has several arms")
    assert said.splitlines()[1] == "Columns: analysis_id, events, total, study"
    rates = tmp_path / "rates.csv"
    rates.write_text("analysis_id,events,person_years\na,3,10.5\na,4,9\n", "utf-8")
    code, said, _ = run(capsys, str(rates), *out)
    assert "  too few studies: the counts are the result (note few-studies-rates)  1" in said.splitlines()


@pytest.mark.parametrize(("rows", "says"), [("a,3,2\na,1,2\n", "no analysis has a number"), ("", "has no rows")])
def test_where_nothing_was_pooled(rows: str, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table, out = tmp_path / "table.csv", tmp_path / "out.csv"
    table.write_text("analysis_id,events,total\n" + rows, encoding="utf-8")
    code, said, err = run(capsys, str(table), "--out", str(out))
    assert code == 3 and out.exists() and "wrote" in said
    assert says in err and "[nothing-pooled]\n  mend: " in err


def test_what_is_said_of_the_workers_is_a_line(
    odd: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from evidence.workers import Here, Say, Workers

    @contextmanager
    def started(workers: Workers, say: Say) -> Iterator[Here]:
        say("there is no worker: waiting for one, 290 s at most")
        yield Here()

    monkeypatch.setattr("evidence.many.running.started", started)
    code, _, err = run(capsys, "odd.csv", "--model", "common-effect", "--out", "pooled.csv")
    assert (code, err) == (0, "there is no worker: waiting for one, 290 s at most\n")


def test_small_tables_tell_no_speed(capsys: pytest.CaptureFixture[str]) -> None:
    from evidence.cli.many_rendering import _time
    from evidence.many.answers import Tally
    from evidence.many.running import Run
    from evidence.pooling import model
    from evidence.workers import Workers

    def told(analyses: int, seconds: float) -> str:
        return _time(Run(Path("o"), Tally(analyses), seconds, 1, 0, True, model(), {}), Workers())

    assert [told(2, 5.0), told(5000, 0.5), told(5000, 2.0)] == ["5.0 s", "0.5 s", "2.0 s, 2,500 analyses a second"]


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
        (("odd.csv", "--out", "x.csv", "--total", "total", "--exposure", "total"), 2, "two-sizes"),
        (("odd.csv", "--out", "x.csv", "--by", "analysis"), 1, "did you mean analysis_id"),
        (("odd.csv", "--out", "x.csv", "--workers", "0"), 2, "workers"),
        (("odd.csv", "--out", "x.csv", "--workers", "2", "--cluster", "tcp://a:1"), 2, "a cluster has workers"),
        (("odd.csv", "--out", "x.csv", "--model", "rma"), 2, "inverse-variance here"),
        (("odd.csv", "--out", "x.csv", "--model", "poisson-normal"), 1, "with --exposure COL"),
        (("odd.csv", "--out", "x.csv", "--total", "studi"), 1, "--total 'studi' is not a column"),
        (("odd.csv", "--out", "x.csv", "--cluster", "foo"), 2, "'foo' is no address of a Dask scheduler"),
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
