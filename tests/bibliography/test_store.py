"""What was imported is still there: records by number, kept files by their bytes."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.kept_files import kept_file_problems
from evidence.bibliography.store import FILES, FOLDER, read_store
from evidence.cli import main
from evidence.errors import DataError
from evidence.review.review import check_review
from tests.bibliography.citing import import_records, record


@pytest.fixture
def review(third_review: Path) -> Path:
    """The third review with five imported records."""
    import_records(third_review, [record(i) for i in range(5)])
    return third_review


def told(review: Path) -> list[tuple[str, str]]:
    with pytest.raises(DataError) as error:
        read_store(review)
    return [(one.code, one.message) for one in error.value.problems]


def test_lost_rows_are_told_with_their_import(review: Path) -> None:
    path = review / FOLDER / "records.csv"
    path.write_text("".join(path.read_text().splitlines(keepends=True)[:3]))
    message = "import-1 (export.ris): 5 records read, but 2 of them stand here"
    assert told(review) == [("records-lost", message)]
    assert main(["dedupe", str(review)]) == 1
    first = check_review(review)[0]
    assert first.code == "records-lost" and str(Path("files") / "import-1-export.ris") in first.mend


def test_a_table_that_is_gone(review: Path) -> None:
    (review / FOLDER / "records.csv").unlink()
    assert told(review) == [("records-lost", "import-1 (export.ris): 5 records read, but the table is gone")]


def test_lost_rows_of_unread_records(review: Path) -> None:
    path = review / FOLDER / "imports.csv"
    path.write_text(path.read_text().replace(",5,5,0\n", ",6,5,1\n"))
    assert told(review)[0][1] == ("import-1 (export.ris): 1 record reported as unreadable, but 0 of them stand here")


def test_a_lost_log_is_one_problem(review: Path) -> None:
    (review / FOLDER / "imports.csv").unlink()
    message = "author0: the import 'import-1' is not in imports.csv; 5 records came with it"
    assert told(review) == [("unknown-import", message)]


def test_records_that_cannot_be_read_make_no_report_unknown(review: Path) -> None:
    with (review / "screening.csv").open("a", encoding="utf-8") as file:
        file.write("author0,PubMed,excluded,title_abstract,,\n")
    path = review / FOLDER / "records.csv"
    path.write_text("<<<<<<< HEAD\n" + path.read_text())
    assert [one.code for one in check_review(review) if one.severity == "error"] == ["conflict-markers"]


@pytest.mark.parametrize("done", ["changed", "gone"])
def test_a_kept_file_is_looked_at_by_check(review: Path, done: str) -> None:
    assert list(kept_file_problems(review)) == []
    path = review / FOLDER / FILES / "import-1-export.ris"
    if done == "gone":
        path.unlink()
    else:
        path.write_bytes(path.read_bytes() + b" ")
    (problem,) = (one for one in check_review(review) if one.file == str(path))
    assert (problem.code, problem.severity) == ("missing-file" if done == "gone" else "file-changed", "error")


def test_a_copy_that_no_import_names(review: Path) -> None:
    (review / FOLDER / FILES / "import-1-other.ris").write_text("x")
    assert [(one.code, one.severity) for one in kept_file_problems(review)] == [("file-without-import", "warning")]


@pytest.mark.parametrize("name", ["review.toml", "references.bib", "arms.csv"])
def test_an_unsettled_merge_is_told_once(third_review: Path, name: str) -> None:
    path = third_review / name
    path.write_text(f"{path.read_text().rstrip()}\n<<<<<<< HEAD\n=======\n>>>>>>> theirs\n")
    lines = path.read_text().count("\n") - 2
    errors = [(one.code, one.file, one.line) for one in check_review(third_review) if one.severity == "error"]
    assert errors == [("conflict-markers", str(path), lines)]
