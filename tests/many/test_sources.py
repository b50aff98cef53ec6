"""What a table may be: folders of Parquet files, and what is refused with what to do."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import evidence
from evidence.errors import DataError, UsageError
from evidence.many.parquet_source import ParquetSource
from evidence.many.running import Settings, run_file
from evidence.many.sources import open_source
from evidence.many.survey import survey
from evidence.review.headers import Choice
from tests.many.tables import many, written

COMMON = Settings(evidence.model("common-effect"))


def pooled(path: Any, **asked: Any) -> pd.DataFrame:
    return evidence.pool_many(path, model="common-effect", **asked)


def opened(path: Path) -> ParquetSource:
    found = open_source(path, "analysis_id", Choice())
    assert isinstance(found, ParquetSource)
    return found


def test_a_folder_is_its_files_by_name(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = many(30)
    folder = written(frame, tmp_path / "folder")
    (folder / "_metadata").write_bytes(b"notes of other software")
    (folder / "_temporary").mkdir()
    (folder / "_temporary" / "x.parquet").write_bytes(b"half")
    pd.testing.assert_frame_equal(pooled(folder), pooled(written(frame, tmp_path / "whole.parquet")))
    marks = [mark for _, mark in survey(opened(folder)).marks]
    assert marks == [(0, 0), (1, 0)]
    later = [batch for _, batch in opened(folder).batches((1, 3))]
    half = len(frame) // 2
    assert later[0].events.tolist() == frame["events"].iloc[half + 3 :].tolist()


@pytest.mark.parametrize("column", ["analysis_id", "paper"])
def test_columns_in_the_path(column: str, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    from pyarrow import parquet

    frame = many(12)
    frame["paper"] = np.where(np.arange(len(frame)) % 3 == 0, "a/b", "c d")
    parquet.write_to_dataset(
        pyarrow.Table.from_pandas(frame, preserve_index=False), tmp_path / "d", partition_cols=[column]
    )
    order = frame.sort_values(column, kind="stable")
    asked: Any = {"study": "paper"} if column == "paper" else {}
    found = pooled(tmp_path / "d", **asked).set_index("analysis_id")
    expected = evidence.pool_many(order, model="common-effect", **asked).set_index("analysis_id")
    pd.testing.assert_frame_equal(found.loc[expected.index], expected)


def test_rows_of_a_folder_are_named_by_their_file(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = many(30)
    frame.loc[frame.index[-1], "events"] = -1
    folder = written(frame, tmp_path / "folder")
    rows = len(frame) - len(frame) // 2
    assert pooled(folder)["problem"].iloc[-1].startswith(f"{folder / 'b.parquet'}:{rows}:events: -1 is negative")


def test_files_of_other_columns_or_types(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = many(5)
    for name, changed in (
        ("unknown-column", frame.drop(columns="events")),
        ("other-type", frame.assign(analysis_id=frame["analysis_id"].astype(int))),
    ):
        folder = written(frame, tmp_path / name)
        changed.to_parquet(folder / "c.parquet", index=False)
        with pytest.raises(DataError, match=rf"c.parquet.*{name}"):
            pooled(folder)


@pytest.mark.parametrize("column", ["analysis_id", "events"])
def test_lists_are_no_values(column: str, tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    frame = many(3)
    frame[column] = [[value] for value in frame[column]]
    with pytest.raises(DataError, match=r"holds list.*\[not-a-value\]"):
        pooled(written(frame, tmp_path / "lists.parquet"))


@pytest.mark.parametrize(
    ("ids", "parquet", "text"),
    [
        (pd.array([10, None, 10], dtype="Int64"), "int64", ["10", ""]),
        (np.array([10.0, np.nan, 10.0]), "double", ["10", ""]),
        (np.array([0.1, 2.0, 0.1]), "double", ["0.1", "2"]),
        (pd.array([2**60 + 1, None, 2**60 + 1], dtype="Int64"), "int64", [str(2**60 + 1), ""]),
        (np.array(["010", "1e3", "010"]), "string", ["010", "1e3"]),
    ],
)
def test_ids_are_written_as_they_are(ids: Any, parquet: str, text: list[str], tmp_path: Path) -> None:
    arrow = pytest.importorskip("pyarrow.parquet")
    table = written(
        pd.DataFrame({"analysis_id": ids, "events": [1, 2, 3], "total": [4, 5, 6]}), tmp_path / "table.parquet"
    )
    for ending in (".csv", ".parquet"):
        run_file(opened(table), table, tmp_path / f"out{ending}", COMMON)
    lines = (tmp_path / "out.csv").read_text("utf-8").splitlines()[1:]
    assert [line.partition(",")[0] for line in lines] == text
    assert str(arrow.read_schema(tmp_path / "out.parquet").field(0).type).removeprefix("large_") == parquet


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_ids_of_dates_are_the_same_text_by_every_route(unit: str, tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    times = ["2024-01-02", None, "2024-01-02 03:04:05", "2024-01-02"]
    text = ["2024-01-02 00:00:00", "", "2024-01-02 03:04:05"]
    if unit in ("us", "ns"):
        times[2], text[2] = "2024-01-02 03:04:05.000600", "2024-01-02 03:04:05.000600"
    given: Any = pd.to_datetime(pd.Series(times), format="ISO8601")
    ids = given.astype(f"datetime64[{unit}]")
    for values in (ids, ids.astype("category")):
        frame = pd.DataFrame({"analysis_id": values, "events": [1, 2, 3, 1], "total": [4, 5, 6, 4]})
        for table in (frame, pyarrow.Table.from_pandas(frame), written(frame, tmp_path / "table.parquet")):
            assert pooled(table)["analysis_id"].fillna("").tolist() == text
    days = frame.assign(analysis_id=ids.dt.date)
    for table in (days, written(days, tmp_path / "days.parquet")):
        assert pooled(table)["analysis_id"].fillna("").tolist() == ["2024-01-02", ""]


def test_ids_of_bytes_are_text(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    table = pd.DataFrame({"analysis_id": [b"\xc3\x85re", b"b"], "events": [1, 2], "total": [4, 5]})
    assert pooled(written(table, tmp_path / "text.parquet"))["analysis_id"].tolist() == ["Åre", "b"]
    table["analysis_id"] = [b"\xff", b"b"]
    with pytest.raises(DataError, match=r"no text.*\[bad-encoding\]"):
        pooled(written(table, tmp_path / "bytes.parquet"))


def test_a_folder_without_tables_and_a_result_within_the_table(tmp_path: Path) -> None:
    pytest.importorskip("pyarrow")
    (tmp_path / "empty").mkdir()
    with pytest.raises(DataError, match=r"no Parquet file.*\n  mend: give a file, or a folder of Parquet files"):
        pooled(tmp_path / "empty")
    folder = written(many(3), tmp_path / "folder")
    with pytest.raises(UsageError, match="would lie in the folder of the table"):
        run_file(opened(folder), folder, folder / "out.parquet", COMMON)
    assert sorted(path.name for path in folder.iterdir()) == ["a.parquet", "b.parquet"]


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_pipe_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    for path in (pipe, Path("-")):
        with pytest.raises(DataError, match=r"can be read once \[pipe\]\n  mend: save it first"):
            pooled(path)


@pytest.mark.parametrize(
    ("name", "mend"),
    [
        ("table.xlsx", "save it as CSV UTF-8 or Parquet"),
        ("table.csv.zip", "unpack it first, or pack a CSV file as .csv.gz"),
        ("table.parquet.gz", "unpack it first"),
    ],
)
def test_other_files(name: str, mend: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(b"\x1f\x8b")
    with pytest.raises(DataError, match=mend):
        pooled(tmp_path / name)
