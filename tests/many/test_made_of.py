"""What a result was made of: in the metadata of a Parquet file, and the same whenever and wherever it is made."""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from pathlib import Path

import pytest

import evidence
from evidence.many.made_of import hash_of
from evidence.many.running import Run, Settings, run_file
from evidence.many.sources import open_source
from evidence.review.headers import Choice
from tests.many.tables import many, written


def run(table: Path, out: Path, model: str = "common-effect", choice: Choice | None = None) -> Run:
    source = open_source(table, "analysis_id", choice or Choice())
    return run_file(source, table, out, Settings(evidence.model(model)))


def test_a_parquet_file_says_what_it_was_made_of(tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow.parquet")
    table, out = written(many(5), tmp_path / "table.csv"), tmp_path / "out.parquet"
    told = run(table, out).made_of
    assert json.loads(arrow.read_schema(out).metadata[b"evidence"]) == told
    assert told["evidence"] == evidence.__version__
    assert told["input"] == {"name": "table.csv", "sha256": hashlib.sha256(table.read_bytes()).hexdigest()}
    assert told["columns"] == {"by": "analysis_id", "events": "events", "total": "total", "study": None}
    assert told["model"] == {"name": "common-effect", "limits": "clopper-pearson", "level": 0.95}
    assert str(tmp_path) not in str(told)


def test_the_bytes_do_not_depend_on_when_and_where(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        table = written(many(5), tmp_path / name / "table.csv")
        run(table, tmp_path / name / "out.parquet")
        found.append((tmp_path / name / "out.parquet").read_bytes())
    assert found[0] == found[1]


def test_a_common_effect_of_rates_is_called_what_it_is(tmp_path: Path) -> None:
    frame = many(5).rename(columns={"total": "hours"})
    found = run(
        written(frame, tmp_path / "table.csv"), tmp_path / "out.csv", choice=replace(Choice(), exposure="hours")
    )
    assert found.model.title == "common-effect, Poisson; limits exact"
    assert found.made_of["model"]["limits"] == "exact" and found.made_of["columns"]["time"] == "hours"


def test_the_hash_of_a_folder_is_that_of_its_names_and_tables(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    folder = written(many(5), tmp_path / "folder")
    before = hash_of(folder)
    (folder / "notes.txt").write_text("not a table")
    assert hash_of(folder) == before
    (folder / "b.parquet").rename(folder / "c.parquet")
    assert hash_of(folder) != before


def test_a_result_in_memory_says_what_it_was_made_of(tmp_path: Path) -> None:
    frame = many(5)
    table = written(frame, tmp_path / "table.csv")
    told = run(table, tmp_path / "out.csv").made_of
    assert evidence.pool_many(table, model="common-effect").attrs["evidence"] == told
    in_memory = evidence.pool_many(frame, model="common-effect").attrs["evidence"]
    assert in_memory == {**told, "input": {"name": "DataFrame"}}
    assert json.loads(json.dumps(in_memory)) == in_memory
    rates = evidence.pool_many(frame, model="common-effect", time="total").attrs["evidence"]
    assert rates["model"]["limits"] == "exact" and rates["columns"]["time"] == "total"
