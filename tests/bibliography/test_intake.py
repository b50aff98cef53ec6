"""Files come in whole and once, and every record of them is read or reported."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest

from evidence.bibliography.intake import Intake, Origin, Taken, take_in
from evidence.bibliography.store import FILES, FOLDER, kept_bytes, raw_text, read_store
from evidence.errors import DataError, UsageError

ONE = "TY  - JOUR\nAU  - Smith, Anna\nTI  - Title one\nPY  - 2020\nDO  - 10.5555/one\nER  - \n"
TWO = "TY  - JOUR\nAU  - Smith, Anna\nTI  - Title two\nPY  - 2020\nKW  - first\nKW  - second\nER  - \n"
NOTHING = "TY  - JOUR\nER  - \n"


@pytest.fixture
def review(tmp_path: Path) -> Path:
    folder = tmp_path / "review"
    folder.mkdir()
    return folder


def brought(review: Path, name: str, text: str | bytes, **more: str) -> Intake:
    path = review.parent / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return take_in(review, [path], Origin(**{"database": "Base One", **more}), ["jones2020"])  # type: ignore[arg-type]


def test_records_are_kept_with_where_they_came_from(review: Path) -> None:
    brought(review, "a.ris", ONE + "\n" + TWO, date="2024-05-31")
    store = read_store(review)
    assert [row.record_id for row in store.records] == ["smith2020", "smith2020-2"]
    first, second = store.records
    assert (first.record.title, first.record.doi, second.record.keywords) == (
        "Title one",
        "10.5555/one",
        ("first", "second"),
    )
    assert store.source(first) == "Base One" and store.import_of[first.import_id].date == "2024-05-31"
    assert raw_text(review, store, second).strip().startswith("TY  - JOUR\nAU  - Smith, Anna\nTI  - Title two")
    assert kept_bytes(review, store.imports[0]) == (ONE + "\n" + TWO).encode()


def test_the_same_file_twice_changes_nothing(review: Path) -> None:
    brought(review, "a.ris", ONE)
    before = {path: path.read_bytes() for path in review.rglob("*") if path.is_file()}
    intake = brought(review, "again.ris", ONE)
    assert [one.before for one in intake.taken] == [True]
    assert {path: path.read_bytes() for path in review.rglob("*") if path.is_file()} == before


def test_a_record_that_cannot_be_read_is_reported_and_kept(review: Path) -> None:
    intake = brought(review, "a.ris", ONE + NOTHING + TWO)
    row = intake.taken[0].row
    assert (row.found, row.read, row.reported) == (3, 2, 1)
    assert [(one.import_id, one.line) for one in read_store(review).unread] == [("import-1", 7)]


def test_an_id_of_a_report_is_not_given_to_a_record(review: Path) -> None:
    brought(review, "a.ris", ONE.replace("Smith", "Jones"))
    assert [row.record_id for row in read_store(review).records] == ["jones2020-2"]


def test_later_imports_leave_earlier_rows_alone(review: Path) -> None:
    brought(review, "a.ris", ONE)
    before = (review / FOLDER / "records.csv").read_text()
    brought(review, "b.ris", TWO)
    assert (review / FOLDER / "records.csv").read_text().startswith(before)
    assert [row.import_id for row in read_store(review).imports] == ["import-1", "import-2"]


def test_one_bad_file_and_nothing_is_imported(review: Path) -> None:
    good, bad = review.parent / "a.ris", review.parent / "b.ris"
    good.write_text(ONE)
    bad.write_text("nothing that is a record\n")
    with pytest.raises(DataError):
        take_in(review, [good, bad], Origin("Base One"))
    assert list(review.iterdir()) == []


def test_the_database_must_be_known(review: Path) -> None:
    (review.parent / "a.ris").write_text(ONE)
    with pytest.raises(UsageError, match="which database"):
        take_in(review, [review.parent / "a.ris"], Origin())
    assert list(review.iterdir()) == []


def test_a_day_that_can_be_misread(review: Path) -> None:
    with pytest.raises(UsageError, match="2/1/2024"):
        brought(review, "a.ris", ONE, date="2/1/2024")


def test_a_file_that_was_changed_is_told(review: Path) -> None:
    intake = brought(review, "a.ris", ONE)
    (review / FOLDER / FILES / intake.taken[0].row.copy).write_text(TWO)
    store = read_store(review)
    with pytest.raises(DataError, match="not what it was"):
        raw_text(review, store, store.records[0])


def test_damaged_tables_are_told_with_their_lines(review: Path) -> None:
    brought(review, "a.ris", ONE + TWO)
    path = review / FOLDER / "records.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([lines[0], lines[1].replace("import-1", "import-9"), lines[2].replace("2020,", "x,")]))
    with pytest.raises(DataError) as error:
        read_store(review)
    assert {(one.code, one.line) for one in error.value.problems} >= {("unknown-import", 2), ("not-a-number", 3)}


def test_an_import_is_written_whole_or_not_at_all(review: Path) -> None:
    log, source = review / "searches.csv", review.parent / "a.ris"
    log.write_bytes(b"before")
    log.chmod(0o444)
    source.write_text(ONE, encoding="utf-8")

    def said(taken: Sequence[Taken]) -> dict[Path, bytes]:
        return {log: taken[0].row.import_id.encode()}

    with pytest.raises(UsageError, match=r"searches\.csv: it is read-only"):
        take_in(review, [source], Origin("Base One"), beside=said)
    assert list(review.iterdir()) == [log] and log.read_bytes() == b"before"
    log.chmod(0o644)
    take_in(review, [source], Origin("Base One"), beside=said)
    assert log.read_bytes() == b"import-1" and len(read_store(review).records) == 1


def test_a_folder_that_cannot_be_made_is_said(review: Path) -> None:
    (review / FOLDER).write_text("a file", encoding="utf-8")
    with pytest.raises(UsageError, match="can't make"):
        brought(review, "a.ris", ONE)


@pytest.mark.parametrize(
    ("day", "code"), [("2024-02-30", "no-such-day"), ("2999-01-01", "date-to-come"), ("31.5.2024", "date-unclear")]
)
def test_a_day_that_cannot_be(review: Path, day: str, code: str) -> None:
    with pytest.raises(UsageError) as error:
        brought(review, "a.ris", ONE, date=day)
    assert [one.code for one in error.value.problems] == [code] and list(review.iterdir()) == []


def test_the_same_bytes_from_another_database(review: Path) -> None:
    brought(review, "a.ris", ONE)
    (same,) = brought(review, "a.ris", ONE).taken
    assert same.before and same.problems == ()
    (renamed,) = brought(review, "b.ris", ONE).taken
    (other,) = brought(review, "b.ris", ONE, database="Embase").taken
    had = "the very same bytes were imported before, as a.ris (import-1), from Base One"
    assert [one.message for one in renamed.problems] == [had]
    assert [(one.message, one.severity) for one in other.problems] == [(f"{had}: not imported as Embase", "warning")]
    assert len(read_store(review).records) == 1
