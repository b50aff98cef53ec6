"""`evidence new` and `evidence add` on the command line."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.cli import main
from evidence.review.codebook import CORE

BIB = "@article{smith, author = {Smith, J.}, title = {Made up}, year = {2024}, doi = {10.1000/made.up}}\n"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "smith.bib").write_text(BIB, encoding="utf-8")
    return tmp_path


def printed(capsys: pytest.CaptureFixture[str], *typed: str, code: int = 0) -> str:
    assert main(typed) == code
    told = capsys.readouterr()
    return told.out + told.err


def test_from_nothing_to_the_cells_to_fill(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "new", "heel-pain", "--bare").splitlines() == [
        "wrote data/heel-pain/",
        f"  {len(CORE)} tables, headers only",
        "  review.toml     what the review asks, and its outcomes: begin here",
        "  references.bib  one entry for each report",
        "  README.md       the card of the data set",
        "wrote analyses/heel-pain.toml",
        "next: edit review.toml, then add a report: evidence add heel-pain KEY --bib FILE",
    ]
    assert (
        printed(capsys, "check", "-q", "heel-pain")
        == f"data/heel-pain: 0 rows in 0 of {len(CORE)} tables, 0 errors, 7 warnings\n"
    )
    assert printed(capsys, "add", "heel-pain", "smith2024", "--bib", "smith.bib", "--arms", "2").splitlines() == [
        "smith2024: a new study, smith-2024 (Smith 2024)",
        "known from smith.bib: Smith, 2024, 10.1000/made.up",
        "  data/heel-pain/reports.csv:2     fill design, source_seen",
        "  data/heel-pain/screening.csv:2   nothing to fill",
        "  data/heel-pain/studies.csv:2     fill design, n_treated",
        "  data/heel-pain/arms.csv:2-3      fill label, n_treated",
        "  data/heel-pain/outcomes.csv:2-3  fill events, total, basis, source_location, confidence",
        "  data/heel-pain/references.bib:1  nothing to fill",
        "next: fill these cells, then run: evidence check data/heel-pain",
    ]
    checked = printed(capsys, "check", "-q", "heel-pain", code=1)
    assert checked.endswith(f"data/heel-pain: 7 rows in 5 of {len(CORE)} tables, 18 errors, 6 warnings\n")
    assert checked.count("[missing-value]") + checked.count("[no-design]") == checked.count("[") == 18
    assert "outcomes.csv:2:events: the cell is empty [missing-value]\n  mend: fill it: Units with" in checked
    assert "; delete the row where the report does not tell\n" in checked
    again = printed(capsys, "add", "heel-pain", "smith2024", "--arms", "3").splitlines()
    assert again == [
        "smith2024 is in data/heel-pain already, of the study smith-2024: nothing written",
        "  data/heel-pain/arms.csv: 2 of smith-2024; 3 now",
        "the tables stand as they are: change these cells there, if what is given now is right",
    ]
    further = printed(capsys, "add", "heel-pain", "smith2025", "--study", "smith-2024").splitlines()
    assert further[:2] == [
        "smith2025: a further report of the study smith-2024",
        "nothing is known of it (no --bib): its entry in references.bib holds only the key",
    ]


def test_the_example_can_be_looked_at_and_taken_out(capsys: pytest.CaptureFixture[str]) -> None:
    assert "evidence new heel-pain --bare" in printed(capsys, "new", "heel-pain", "--title", "Heel pain")
    shown = printed(capsys, "pool", "heel-pain", "--outcome", "response")
    assert shown.startswith("Synthetic data: no patient, no study") and "Example 2020 (delete this row)" in shown
    taken = printed(capsys, "new", "heel-pain", "--bare")
    assert "data/heel-pain/arms.csv: 1 example row taken out\n" in taken
    assert taken.endswith(
        "review.toml: the status is draft now\ndata/heel-pain/README.md: says so\nnext: evidence check heel-pain\n"
    )
    assert "0 errors" in printed(capsys, "check", "-q", "heel-pain")
    assert "is there already" in printed(capsys, "new", "heel-pain", "--bare", code=2)
    assert "no study of the review has counts yet" in printed(
        capsys, "pool", "heel-pain", "--outcome", "response", code=3
    )


def test_wrong_words_are_told_with_their_mends(capsys: pytest.CaptureFixture[str]) -> None:
    assert "such as heel-pain" in printed(capsys, "new", "Heel Pain", code=2)
    assert "neither a folder nor a review" in printed(capsys, "add", "heel-pain", "smith2024", code=2)
    printed(capsys, "new", "heel-pain", "--bare")
    assert "[bad-key]" in printed(capsys, "add", "heel-pain", "smith 2024", code=2)
    assert "nowhere.bib can't be read" in printed(capsys, "add", "heel-pain", "x", "--bib", "nowhere.bib", code=2)


@pytest.mark.slow
def test_a_report_of_the_example_is_built_right_away(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    printed(capsys, "new", "heel-pain")
    printed(capsys, "build")
    page = (desk / "reports" / "heel-pain" / "index.html").read_text(encoding="utf-8")
    assert page.count("Synthetic data: no patient, no study") > 1
    figures = sorted((desk / "reports" / "heel-pain" / "figures").glob("*.svg"))
    assert len(figures) == 5
    assert all("Synthetic data" in path.read_text(encoding="utf-8") for path in figures)
    printed(capsys, "add", "heel-pain", "smith2024", "--bib", "smith.bib")
    assert "without Smith 2024, whose counts are still to be entered" in printed(capsys, "build")
    page = (desk / "reports" / "heel-pain" / "index.html").read_text(encoding="utf-8")
    assert "Without Smith 2024, whose counts are still to be entered." in page
