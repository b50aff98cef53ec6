"""An import and its row of the search log: both are written, or neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.intake import Origin
from evidence.bibliography.store import FOLDER, read_store
from evidence.errors import UsageError
from evidence.review.importing import import_files, log_search

LOG = "search_id;source;date;note of ours\r\nhand;Hand search;2020-01-01;gezählt\r\n"
RECORD = "TY  - JOUR\nAU  - Smith, Anna\nTI  - A title\nPY  - 2020\nER  - \n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "found.ris"
    path.write_text(RECORD, encoding="utf-8")
    return path


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp1252"])
def test_the_log_is_added_to_as_it_is_written(third_review: Path, source: Path, encoding: str) -> None:
    log = third_review / "searches.csv"
    log.write_bytes(LOG.encode(encoding))
    import_files(third_review, [source], Origin("Base One", "2024-05-31", 1), {"kind": "database"})
    log_search(third_review, {"search_id": "none", "source": "Base Two"}, 1)
    header, hand, *new = log.read_bytes().decode(encoding).splitlines()
    assert (header, hand) == (
        "search_id;source;date;note of ours;kind;version",
        "hand;Hand search;2020-01-01;gezählt;;",
    )
    assert new == ["import-1;Base One;2024-05-31;;database;1", "none;Base Two;;;;1"]
    assert len(read_store(third_review).records) == 1


def test_without_the_log_nothing_is_imported(third_review: Path, source: Path) -> None:
    log = third_review / "searches.csv"
    log.write_bytes(LOG.encode())
    log.chmod(0o444)
    with pytest.raises(UsageError, match="read-only"):
        import_files(third_review, [source], Origin("Base One", "2024-05-31", 1), {})
    assert log.read_bytes() == LOG.encode() and not (third_review / FOLDER).exists()
