"""Real files of other software in BibTeX, XML and tables: each is read or its problems are told, counts are theirs."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from evidence.bibliography.decoding import decode_records
from evidence.bibliography.importing import read_record_file

CORPORA = Path(__file__).parents[3] / "shared" / "corpora" / "bibliography"
ENDINGS = frozenset({".bib", ".xml", ".csv", ".tsv", ".tab"})
#: Files without any record: only comments and abbreviations, or nothing.
WITHOUT = frozenset(
    {"comments_only.bib", "comments_only_output.bib", "common_strings.bib", "empty.bib", "multiline_comments.bib"}
)

pytestmark = pytest.mark.skipif(not CORPORA.is_dir(), reason="no folder ../shared/corpora beside the clone")


def files() -> list[Path]:
    found = [path for path in sorted(CORPORA.rglob("*")) if path.suffix in ENDINGS and path.parent != CORPORA]
    assert len(found) > 100
    return found


def test_every_file_is_read() -> None:
    for path in files():
        content = path.read_bytes()
        found = read_record_file(content, path.name)
        text = decode_records(content, path.name).text or ""
        assert bool(found.batch.found) is (path.name not in WITHOUT), path
        for record in found.batch.records:
            assert text[record.start : record.end] == record.raw, path
            assert text.count("\n", 0, record.start) + 1 == record.line, path
        assert all(problem.line for problem in found.batch.reported), path
        assert {problem.code for problem in found.batch.reported} <= {"empty-record"}, path


def test_counts_are_those_of_the_software_the_files_come_from() -> None:
    with (CORPORA / "EXPECTED_COUNTS.csv").open(encoding="utf-8", newline="") as table:
        rows = [row for row in csv.DictReader(table) if Path(row["file"]).suffix in ENDINGS]
    for row in rows:
        path = CORPORA / row["file"]
        assert read_record_file(path.read_bytes(), path.name).batch.found == int(row["expected_records"]), row
    assert len(rows) >= 8


def test_one_library_as_ris_and_as_xml() -> None:
    first, second = (
        read_record_file((CORPORA / "reflib" / f"blue-light.{ending}").read_bytes(), "x").batch.records
        for ending in ("ris", "xml")
    )
    assert len(first) == len(second) == 102
    for name in ("title", "authors", "year", "journal", "volume", "issue", "doi", "pmid", "abstract"):
        ours, theirs = ({(one.title, getattr(one, name)) for one in records} for records in (first, second))
        assert len(ours - theirs) <= 2, (name, list(ours - theirs)[:3], list(theirs - ours)[:3])
