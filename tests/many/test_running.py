"""A run keeps its finished chunks: one that was killed goes on from them, and its file is the same to the byte."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

import evidence
from evidence.errors import EvidenceError, Problem, UsageError
from evidence.many.formats import Csv
from evidence.many.parts import Parts, held
from evidence.many.running import Run, Settings, run_file
from evidence.many.sources import open_source
from evidence.review.headers import Choice
from evidence.workers import Workers, WorkersLostError
from tests.many.tables import many, written

SETTINGS = Settings(evidence.model("common-effect"), chunk=25)
ENDINGS = [".csv", ".parquet"]


def run(table: Path, out: Path, settings: Settings = SETTINGS, told: list[Any] | None = None) -> Run:
    def tell(*what: Any) -> None:
        if told is not None:
            told.append(what)

    return run_file(open_source(table, "analysis_id", Choice()), table, out, settings, tell)


@pytest.fixture(params=[*ENDINGS, ".csv.gz", ""])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Tables whose analyses are together, and one whose are not."""
    if request.param in (".parquet", ""):
        pytest.importorskip("pyarrow")
    frame = many(40)
    if request.param == ".parquet":
        frame = frame.sample(frac=1, random_state=1)
    return written(frame, tmp_path / f"table{request.param}")


class StopError(Exception):
    """The end of a process, as far as what it has written goes."""


def stop(monkeypatch: pytest.MonkeyPatch, table: Path, out: Path, after: int) -> None:
    """A run that ends after so many chunks, in the middle of the next."""
    add = Parts.add

    def some(self: Parts, number: int, answers: Any) -> None:
        if number == after:
            (self.folder / f".{number:06}.part.part").write_bytes(b"half of")
            raise StopError
        add(self, number, answers)

    with monkeypatch.context() as patched:
        patched.setattr(Parts, "add", some)
        with pytest.raises(StopError):
            run(table, out)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("after", [0, 1, 3])
def test_a_run_that_was_stopped_goes_on(
    table: Path, ending: str, after: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if ending == ".parquet":
        pytest.importorskip("pyarrow")
    whole, again = tmp_path / f"whole{ending}", tmp_path / f"again{ending}"
    first = run(table, whole)
    stop(monkeypatch, table, again, after)
    assert not again.exists()
    told: list[Any] = []
    second = run(table, again, told=told)
    assert (first.resumed, second.resumed, second.chunks) == (0, after, first.chunks)
    assert first.chunks > 4 and second.tally == first.tally
    assert again.read_bytes() == whole.read_bytes()
    assert told[-1] == ("pooling", second.tally.rows, second.tally.rows)
    assert not again.with_name(f"{again.name}.parts").exists()


def test_a_part_that_was_damaged_is_made_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table = written(many(40), tmp_path / "table.csv")
    run(table, tmp_path / "whole.csv")
    stop(monkeypatch, table, tmp_path / "again.csv", 4)
    part = tmp_path / "again.csv.parts" / "000002.part"
    part.write_bytes(part.read_bytes()[:-5])
    assert run(table, tmp_path / "again.csv").resumed == 2
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


def test_parts_that_an_older_evidence_told_less_of_are_no_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, out = written(many(40), tmp_path / "table.csv"), tmp_path / "out.csv"
    stop(monkeypatch, table, out, 2)
    said = tmp_path / "out.csv.parts" / "000001.json"
    told = json.loads(said.read_bytes())
    del told["tally"]["pooled"]
    said.write_text(json.dumps(told))
    assert run(table, out).resumed == 1


def test_who_loses_the_workers_is_told_that_chunks_are_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, out = written(many(40), tmp_path / "table.csv"), tmp_path / "out.csv"
    add = Parts.add

    def lost(self: Parts, number: int, answers: Any) -> None:
        if number == 2:
            raise WorkersLostError(Problem("workers-lost", "there has been no worker", "start some"))
        add(self, number, answers)

    with monkeypatch.context() as patched:
        patched.setattr(Parts, "add", lost)
        with pytest.raises(
            WorkersLostError, match=r"mend: start some; finished chunks are kept in .*out.csv.parts, and"
        ):
            run(table, out)
    assert run(table, out).resumed == 2


@pytest.mark.parametrize("change", ["input", "model", "chunk"])
def test_parts_of_another_run_are_refused_or_discarded(
    change: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table, out = written(many(40), tmp_path / "table.csv"), tmp_path / "out.csv"
    stop(monkeypatch, table, out, 2)
    settings = SETTINGS
    if change == "input":
        written(many(40, seed=2), table)
    elif change == "model":
        settings = replace(settings, model=evidence.model("common-effect", level=0.9))
    else:
        settings = replace(settings, chunk=26)
    with pytest.raises(UsageError, match=rf"2 finished chunks of another run: {change} differs .*\n  mend: .*--anew"):
        run(table, out, settings)
    assert run(table, out, replace(settings, anew=True)).resumed == 0
    assert out.exists()


def test_a_file_that_is_there_is_not_replaced_unasked(tmp_path: Path) -> None:
    table, out = written(many(3), tmp_path / "table.csv"), tmp_path / "out.csv"
    out.write_text("mine")
    with pytest.raises(UsageError, match="is there already"):
        run(table, out)
    assert out.read_text() == "mine" and sorted(p.name for p in tmp_path.iterdir()) == ["out.csv", "table.csv"]
    run(table, out, replace(SETTINGS, anew=True))
    assert out.read_text().startswith("analysis_id,k,n,events,estimate")


@pytest.mark.parametrize("by_link", [False, True])
def test_the_table_is_never_written_over(by_link: bool, tmp_path: Path) -> None:
    table = written(many(3), tmp_path / "table.csv")
    before, out = table.read_bytes(), table
    if by_link:
        out = tmp_path / "link.csv"
        try:
            out.symlink_to(table)
        except OSError:
            pytest.skip("links may not be made here")
    with pytest.raises(UsageError, match=r"is the table itself \[same-file\]\n  mend: give another file with --out$"):
        run(table, out, replace(SETTINGS, anew=True))
    assert table.read_bytes() == before


@pytest.mark.parametrize("anew", [False, True])
def test_a_folder_that_no_run_has_written_is_left_alone(anew: bool, tmp_path: Path) -> None:
    table, out = written(many(3), tmp_path / "table.csv"), tmp_path / "out.csv"
    notes = tmp_path / "out.csv.parts" / "notes.txt"
    notes.parent.mkdir()
    notes.write_text("mine")
    with pytest.raises(UsageError, match=r"holds 'notes.txt', which no run has written"):
        run(table, out, replace(SETTINGS, anew=anew))
    assert notes.read_text() == "mine" and not out.exists()


def test_two_processes_do_not_write_one_file(tmp_path: Path) -> None:
    table, out = written(many(3), tmp_path / "table.csv"), tmp_path / "out.csv"
    source = open_source(table, "analysis_id", Choice())
    with held(Parts(out, Csv(source.columns)), {}, anew=False), pytest.raises(UsageError, match="another process"):
        run(table, out)


@pytest.mark.parametrize(
    ("out", "says"),
    [
        ("no/out.csv", "does not exist"),
        ("out.txt", r"out.txt ends in .txt, which is not written"),
        ("out", "out has no ending"),
        ("is.csv", r"is.csv is a folder \[folder\]\n  mend: give a file with --out, e.g. .*is.csv/pooled.csv"),
        (".", "is a folder"),
        (f"{'x' * 250}.csv", "mend: give a shorter name"),
    ],
)
def test_where_nothing_can_be_written(out: str, says: str, tmp_path: Path) -> None:
    (tmp_path / "is.csv").mkdir()
    with pytest.raises(UsageError, match=says):
        run(written(many(3), tmp_path / "table.csv"), tmp_path / out)


def test_a_full_disk_keeps_what_is_finished(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    table, out = written(many(40), tmp_path / "table.csv"), tmp_path / "out.csv"
    write = Path.write_bytes

    def full(self: Path, content: bytes) -> int:
        if "000003" in self.name:
            raise OSError(28, "No space left on device")
        return write(self, content)

    with monkeypatch.context() as patched:
        patched.setattr(Path, "write_bytes", full)
        with pytest.raises(UsageError, match="No space left on device") as raised:
            run(table, out)
    goes_on = f"finished chunks are kept in {out}.parts, and the same command goes on from them"
    assert raised.value.problems[0].mend == f"make room on the disk; {goes_on}"
    assert run(table, out).resumed == 3


def test_a_disk_that_is_full_before_a_chunk_is_finished_promises_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = written(many(40).sample(frac=1, random_state=1), tmp_path / "table.csv")
    opened = Path.open

    def full(self: Path, *given: Any, **more: Any) -> Any:
        if self.suffix == ".rows":
            raise OSError(28, "No space left on device")
        return opened(self, *given, **more)

    monkeypatch.setattr(Path, "open", full)
    with pytest.raises(UsageError, match=r"rows: No space left.*\n  mend: make room on the disk$"):
        run(table, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_nothing_is_left_where_nothing_was_finished(tmp_path: Path) -> None:
    table = tmp_path / "table.csv"
    table.write_text('analysis_id,events,total\na,1,2\n"b,1,2\n')
    with pytest.raises(EvidenceError, match="unclosed-quote"):
        run(table, tmp_path / "out.csv")
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]


def test_without_pyarrow_csv_is_pooled_and_parquet_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = written(many(20), tmp_path / "table.csv")
    run(table, tmp_path / "with.csv")
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setattr("evidence.many.csv_source._has_arrow", lambda: False)
    run(table, tmp_path / "without.csv")
    assert (tmp_path / "without.csv").read_bytes() == (tmp_path / "with.csv").read_bytes()
    (tmp_path / "in.parquet").write_bytes(b"PAR1")
    for given, out in (("table.csv", "out.parquet"), ("in.parquet", "out.csv")):
        with pytest.raises(UsageError, match=r"needs pyarrow.*\n  mend: install the extra \[many\]"):
            run(tmp_path / given, tmp_path / out)


def test_a_table_without_rows_makes_a_table_without_rows(tmp_path: Path) -> None:
    (tmp_path / "table.csv").write_text("analysis_id,events,total\n")
    assert run(tmp_path / "table.csv", tmp_path / "out.csv").tally.analyses == 0
    assert len(pd.read_csv(tmp_path / "out.csv")) == 0


@pytest.fixture
def slowly(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[subprocess.Popen[bytes]]:
    """A run in a process of its own that takes a while, with so many workers."""
    table = written(many(400), tmp_path / "table.csv")
    command = [sys.executable, "-m", "evidence", "many", str(table), "--model", "common-effect", "--chunk", "1"]
    command += ["--out", str(tmp_path / "out.csv"), "--workers", str(request.param)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, start_new_session=True) as process:
        parts = tmp_path / "out.csv.parts"
        end = time.monotonic() + 60
        while not (parts / "000010.json").exists():
            assert process.poll() is None and time.monotonic() < end
            time.sleep(0.005)
        yield process
        process.kill()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
@pytest.mark.parametrize(
    ("how", "slowly"), [(signal.SIGKILL, 1), (signal.SIGINT, 1), (signal.SIGINT, 2)], indirect=["slowly"]
)
def test_a_process_that_is_killed(how: int, slowly: subprocess.Popen[bytes], tmp_path: Path) -> None:
    os.killpg(slowly.pid, how)
    _, said = slowly.communicate(timeout=60)
    if how == signal.SIGINT:
        assert slowly.returncode == 130
        assert said.endswith(b"the same command goes on from them\ninterrupted\n") and said.count(b"\n") == 2
    settings = replace(SETTINGS, chunk=1)
    found = run(tmp_path / "table.csv", tmp_path / "out.csv", settings)
    assert 10 < found.resumed < found.chunks
    run(tmp_path / "table.csv", tmp_path / "whole.csv", settings)
    assert (tmp_path / "out.csv").read_bytes() == (tmp_path / "whole.csv").read_bytes()


@pytest.mark.slow
@pytest.mark.skipif(os.name == "nt", reason="signals of POSIX")
def test_a_worker_that_dies_and_any_number_of_workers_leave_the_same_file(tmp_path: Path) -> None:
    pytest.importorskip("distributed")
    psutil = pytest.importorskip("psutil")

    table = written(many(400), tmp_path / "table.csv")
    run(table, tmp_path / "1.csv")
    killed: list[int] = []

    def kill(what: str, done: int, of: int) -> None:
        if what == "pooling" and 0 < done < of and not killed:
            worker = next(p for p in psutil.Process().children(recursive=True) if "spawn_main" in " ".join(p.cmdline()))
            worker.kill()
            killed.append(worker.pid)

    for count in (2, 4):
        settings = replace(SETTINGS, workers=Workers(count))
        out = tmp_path / f"{count}.csv"
        run_file(open_source(table, "analysis_id", Choice()), table, out, settings, kill)
        assert out.read_bytes() == (tmp_path / "1.csv").read_bytes()
    assert len(killed) == 1


def test_a_defect_of_a_model_of_something_else_is_told_before_anything_is_read(tmp_path: Path) -> None:
    table = written(many(3), tmp_path / "table.csv")
    with pytest.raises(EvidenceError, match="is for rates"):
        run(table, tmp_path / "out.csv", Settings(evidence.model("poisson-normal")))
    assert [path.name for path in tmp_path.iterdir()] == ["table.csv"]
