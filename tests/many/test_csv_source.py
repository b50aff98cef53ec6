"""Blocks of a CSV file hold whole rows, wherever they are cut, and are read alike with pyarrow and without."""

from __future__ import annotations

import gzip
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

import evidence
from evidence.errors import DataError
from evidence.many.csv_source import CsvSource
from evidence.many.sources import open_source
from evidence.many.survey import survey
from evidence.review.headers import Choice
from tests.many.tables import ODD

CHOICE = Choice()


def source_of(path: Path, **changed: Any) -> CsvSource:
    found = open_source(path, "analysis_id", CHOICE)
    assert isinstance(found, CsvSource)
    return replace(found, **changed)


def everything(source: CsvSource, mark: Any = None) -> list[tuple[Any, ...]]:
    """Every row, or those from a mark on: id, events, total, problems."""
    rows = []
    for _, batch in source.batches(mark):
        names = [batch.ids.of(row) for row in range(batch.rows)]
        told = [tuple(str(problem) for problem in batch.problems.get(row, ())) for row in range(batch.rows)]
        counts = zip(batch.events.tolist(), batch.total.tolist(), strict=True)
        # What a row with a problem holds has no meaning.
        kept = [None if problems else pair for pair, problems in zip(counts, told, strict=True)]
        rows += list(zip(names, kept, told, strict=True))
    return rows


@pytest.mark.parametrize("arrow", [True, False])
def test_a_block_may_end_anywhere(arrow: bool, tmp_path: Path) -> None:
    path = tmp_path / "odd.csv"
    path.write_text(ODD + 'q,"id over\ntwo lines",5,9\nr,"say ""x""",1,\n', encoding="utf-8")
    if arrow:
        pytest.importorskip("pyarrow")
    whole = everything(source_of(path, arrow=False))
    assert len(whole) == 24 and whole[22][0] == "id over\ntwo lines" and ":26:" in whole[23][2][0]
    for block in (1, 2, 7, 30, 64, 200):
        assert everything(source_of(path, block=block, arrow=arrow)) == whole


@pytest.mark.parametrize("arrow", [True, False])
@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("analysis_id,events,total\r\n07,1,2\r\n07,2,3\r\n", ["07", "07"]),
        ("\ufeffanalysis_id;events;total\n a ;1;2\n", ["a"]),
        ("sep=;\nanalysis_id;events;total\n1e3;1;2\n", ["1e3"]),
        ("analysis_id\tevents\ttotal\nNA\t1\t2", ["NA"]),
        ('note,analysis_id,events,total\n5" wide,a,1,2\n5" wide,b,1,2\n6" x,c,1,2\n', ["a", "b", "c"]),
        ("analysis_id,events,total,,\na,1,2,,\n\n\nb,1,3,,\n", ["a", "b"]),
        ("analysis_id,events,total\nÅre,1,2\n", ["Åre"]),
    ],
)
def test_what_people_save(text: str, ids: list[str], arrow: bool, tmp_path: Path) -> None:
    if arrow:
        pytest.importorskip("pyarrow")
    path = tmp_path / "table.csv"
    path.write_bytes(text.encode("utf-8"))
    for block in (3, 1000):
        rows = everything(source_of(path, block=block, arrow=arrow))
        assert [row[0] for row in rows] == ids and not any(row[2] for row in rows)


@pytest.mark.parametrize("arrow", [True, False])
@pytest.mark.parametrize(
    ("content", "code", "line"),
    [
        (b'analysis_id,events,total\na,1,2\n"b,1,2\nc,1,2\n', "unclosed-quote", 3),
        (b"analysis_id,events,total\na,1,2\n\xc5re,1,2\n", "bad-encoding", 3),
        ("analysis_id,events,total\na,1,2\n".encode("utf-16"), "bad-encoding", 1),
        (b"PK\x03\x04", "workbook", 1),
        (b"", "empty-file", 1),
        (b"analysis_id,events,events,total\n", "repeated-column", 1),
    ],
)
def test_files_that_can_not_be_read(content: bytes, code: str, line: int, arrow: bool, tmp_path: Path) -> None:
    if arrow:
        pytest.importorskip("pyarrow")
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as raised:
        survey(source_of(path, arrow=arrow))
    assert (raised.value.problems[0].code, raised.value.problems[0].line) == (code, line)


def test_a_label_in_another_encoding_does_no_harm(tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(b"label,analysis_id,events,total\n\xc5re,a,1,2\n")
    assert [row[:1] for row in everything(source_of(path))] == [("a",)]


@pytest.mark.parametrize("packed", [True, False])
def test_reading_goes_on_from_any_mark(packed: bool, tmp_path: Path) -> None:
    path = tmp_path / ("table.csv.gz" if packed else "table.csv")
    text = ODD.encode("utf-8")
    path.write_bytes(gzip.compress(text) if packed else text)
    source = source_of(path, block=60)
    whole, marks = everything(source), survey(source).marks
    assert len(marks) > 5
    for row, mark in marks:
        assert everything(source, mark) == whole[row:]


def test_a_packed_file_that_is_cut_off(tmp_path: Path) -> None:
    path = tmp_path / "table.csv.gz"
    rows = "".join(f"{i},{i * 7919 % 97},{100 + i * 31 % 89}\n" for i in range(2000))
    packed = gzip.compress(f"analysis_id,events,total\n{rows}".encode())
    path.write_bytes(packed)
    assert survey(source_of(path)).rows == 2000
    for content in (packed[:-200], b"no gzip", packed[:2000] + b"xx" + packed[2002:]):
        path.write_bytes(content)
        with pytest.raises(DataError, match=r"no whole gzip file.*\n  mend: pack or copy it again"):
            survey(source_of(path))


def test_a_count_with_an_exponent_is_written_out() -> None:
    found = evidence.pool_many({"analysis_id": ["a", "a"], "events": ["1e1", "2"], "total": ["20", "1.5e0"]})
    assert "'1e1' is written with an exponent [exponent]; mend: write 10 |" in found["problem"][0]
    assert "'1.5e0' is not a whole number" in found["problem"][0]


def test_a_header_of_bytes_is_told_without_them(tmp_path: Path) -> None:
    path = tmp_path / "bin.csv"
    path.write_bytes(b"\x00\x01,events\n1,2\n")
    with pytest.raises(DataError) as raised:
        open_source(path, "analysis_id", Choice())
    assert str(raised.value).startswith(f"{path}:1: the column '\\x00\\x01' has a character")
