"""`evidence sheet`: what it writes, what it prints, what it refuses."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.cli import main
from tests.review.workbooks import bytes_of, changed, differing, put


@pytest.fixture
def there(third_review: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The review, with its folder's parent as the working directory."""
    monkeypatch.chdir(third_review.parent)
    return third_review


def run(capsys: pytest.CaptureFixture[str], *typed: str) -> tuple[int, str, str]:
    code = main(["sheet", *typed])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return code, said.out, said.err


def test_a_workbook_goes_out_and_its_changes_come_back(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = run(capsys, "heel-pain")
    assert (code, err) == (0, "")
    wrote, how = out.splitlines()
    assert wrote == "wrote heel-pain.xlsx: 14 worksheets, 39 rows"
    assert how == "read it back with: evidence sheet heel-pain --read heel-pain.xlsx"
    path, before = (
        changed(there.parent / "heel-pain.xlsx", lambda book: put(book["outcomes"], 2, events=5)),
        bytes_of(there),
    )
    told = "outcomes.csv: rows 1 changed\n  ~ ada-low improved patient 3 (row 2)\n      events: 6 -> 5\n"
    code, out, err = run(capsys, "heel-pain", "--read", "heel-pain.xlsx", "--dry-run")
    assert (code, out, err) == (0, told + "nothing written (--dry-run)\n", "")
    assert bytes_of(there) == before
    workbook = path.read_bytes()
    code, out, err = run(capsys, "heel-pain", "--read", "heel-pain.xlsx")
    assert (code, out, err) == (0, told + "wrote heel-pain/outcomes.csv\n", "")
    assert differing(before, bytes_of(there)) == ["outcomes.csv"] and path.read_bytes() != workbook
    assert run(capsys, "heel-pain", "--read", "heel-pain.xlsx")[1] == "heel-pain.xlsx: no changes\n"


def test_a_workbook_that_somebody_may_have_filled_is_not_written_over(
    there: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = there.parent / "mine.xlsx"
    assert run(capsys, "heel-pain", "-o", "mine.xlsx")[0] == 0
    assert run(capsys, "heel-pain", "-o", "mine.xlsx")[0] == 0, "the same bytes do no harm"
    path.write_bytes(b"typed")
    code, _, err = run(capsys, "heel-pain", "-o", "mine.xlsx")
    assert code == 2 and "[file-exists]" in err and "--read mine.xlsx" in err and path.read_bytes() == b"typed"
    assert run(capsys, "heel-pain", "-o", "mine.xlsx", "--replace")[0] == 0 and path.read_bytes()[:2] == b"PK"


@pytest.mark.parametrize(
    ("typed", "code", "said"),
    [
        (("heel-pain", "--dry-run"), 2, "add --read FILE.xlsx"),
        (("heel-pain", "--read", "a.xlsx", "-o", "b.xlsx"), 2, "--read and --output"),
        (("heel-pain", "-o", "a.csv"), 2, "write -o a.xlsx"),
        (("heel-pain", "-o", "nowhere/a.xlsx"), 2, "[no-folder]"),
        (("heel-pain", "--read", "none.xlsx"), 1, "[missing-file]"),
        (("heel-pain", "--read", "heel-pain/arms.csv"), 1, "[no-workbook]"),
        (("heel", "-o", "a.xlsx"), 2, "[no-such-review]"),
    ],
)
def test_what_cannot_be_done_is_said_with_its_mend(
    there: Path, capsys: pytest.CaptureFixture[str], typed: tuple[str, ...], code: int, said: str
) -> None:
    found, out, err = run(capsys, *typed)
    assert (found, out) == (code, "") and said in err and "mend:" in err


def test_problems_of_a_workbook_are_told_at_their_cells(there: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run(capsys, "heel-pain")
    changed(there.parent / "heel-pain.xlsx", lambda book: put(book["outcomes"], 2, events="few"))
    before = bytes_of(there)
    code, out, err = run(capsys, "heel-pain", "--read", "heel-pain.xlsx")
    assert (code, out) == (1, "") and err.startswith("heel-pain.xlsx:outcomes:2:D: events: 'few' is not a whole number")
    assert bytes_of(there) == before
