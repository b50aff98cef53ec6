"""An import and its row of the search log: both are written, or neither."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.intake import Origin
from evidence.bibliography.store import FOLDER, read_store
from evidence.errors import UsageError
from evidence.review.importing import import_files, log_search
from evidence.review.review import check_review

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


def logged(review: Path) -> list[list[str]]:
    """Search id, source and day of each row of the log."""
    return [row.split(",")[:3] for row in (review / "searches.csv").read_text(encoding="utf-8").splitlines()[1:]]


@pytest.fixture
def sources(tmp_path: Path) -> list[Path]:
    """Three files, each of one record."""
    paths = [tmp_path / f"{i}.ris" for i in range(3)]
    for i, path in enumerate(paths):
        path.write_text(RECORD.replace("A title", f"Title {i}"), encoding="utf-8")
    return paths


@pytest.mark.parametrize(("date", "query", "rows"), [("2024-05-31", "", 1), ("", "heel", 1), ("", "", 3)])
def test_files_of_one_search_have_one_row(
    third_review: Path, sources: list[Path], date: str, query: str, rows: int
) -> None:
    import_files(third_review, sources, Origin("Base One", date), {"query": query})
    new = [row[0] for row in logged(third_review) if row[1] == "Base One"]
    assert new == ["import-1", "import-2", "import-3"][:rows]
    of = {one.search_id for one in read_store(third_review).imports}
    assert of == set(new)


def test_a_later_file_of_a_logged_search_has_its_day(third_review: Path, sources: list[Path]) -> None:
    import_files(third_review, sources[:1], Origin("Base One", "2024-05-31"), {})
    before = (third_review / "searches.csv").read_bytes()
    import_files(third_review, sources[1:], Origin("Base One", search_id="import-1"), {})
    assert (third_review / "searches.csv").read_bytes() == before
    assert [one.date for one in read_store(third_review).imports] == ["2024-05-31"] * 3


def test_a_search_without_its_row_is_told(third_review: Path, source: Path) -> None:
    import_files(third_review, [source], Origin("Base One", "2024-05-31"), {})
    log = third_review / "searches.csv"
    assert "search-not-logged" not in {one.code for one in check_review(third_review)}
    log.write_text("".join(line for line in log.read_text().splitlines(True) if not line.startswith("import-1,")))
    (problem,) = (one for one in check_review(third_review) if one.code == "search-not-logged")
    assert problem.message == "import-1: 1 record of Base One came with it, but it has no row"
