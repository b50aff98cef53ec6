"""screening.csv, the screeners' files and [screening] of review.toml, in a review with imported records."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.final_rows import write_missing
from evidence.bibliography.screening import ScreenedFiles, path_of
from evidence.bibliography.screening_states import Screening
from evidence.review.review import check_review, read_review
from evidence.review.settings import read_settings
from evidence.tables.review_tables import not_included
from tests.bibliography.citing import citations, decision, import_records, record


@pytest.fixture
def review(third_review: Path) -> Path:
    """The third review with five imported records."""
    import_records(third_review, [record(i) for i in range(5)])
    return third_review


def add(review: Path, file: str, row: str) -> None:
    path = review / file
    text = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{text}\n{row}\n", encoding="utf-8")


def errors(review: Path) -> list[tuple[str, str, str | None]]:
    found = (problem for problem in check_review(review) if problem.severity == "error")
    return [(problem.code, Path(problem.file or "").name, problem.column) for problem in found]


def test_a_record_excluded_by_its_abstract_needs_no_report_and_no_reason(review: Path) -> None:
    add(review, "screening.csv", "author0,PubMed,excluded,title_abstract,,")
    assert errors(review) == []


@pytest.mark.parametrize(
    ("row", "found"),
    [
        ("author0,PubMed,excluded,full_text,not_shock_waves,", ["not-described"]),
        ("author0,PubMed,excluded,,not_shock_waves,", ["not-described"]),
        ("author0,PubMed,awaiting_classification,full_text,not_shock_waves,", ["not-described"]),
        ("author0,PubMed,excluded,full_text,,", ["not-described", "no-reason"]),
        ("author0,PubMed,included,full_text,,", ["not-extracted"]),
        ("author9,PubMed,excluded,title_abstract,not_shock_waves,", ["unknown-id"]),
        ("author9,PubMed,excluded,title_abstract,,", ["unknown-id", "no-reason"]),
    ],
)
def test_all_others_need_both(row: str, found: list[str], review: Path) -> None:
    add(review, "screening.csv", row)
    assert [code for code, _, _ in errors(review)] == found


def test_a_described_report_needs_a_reason_at_every_stage(review: Path) -> None:
    add(review, "screening.csv", "author0,PubMed,excluded,title_abstract,,")
    add(review, "reports.csv", "author0,,2000,,,,,title_only,,")
    add(review, "references.bib", "@misc{author0,\n}")
    assert errors(review) == [("no-reason", "screening.csv", "reason")]


def test_an_included_record_is_told_what_comes_next(review: Path) -> None:
    add(review, "screening.csv", "author0,PubMed,included,full_text,,")
    (problem,) = [problem for problem in check_review(review) if problem.severity == "error"]
    assert problem.mend.startswith(f"run evidence add {review} author0")


def test_a_report_of_a_study_needs_its_design(review: Path) -> None:
    path = review / "reports.csv"
    text = path.read_text(encoding="utf-8").replace("2002,review,", "2002,,").replace("2011,case_series", "2011,")
    path.write_text(text, encoding="utf-8")
    assert errors(review) == [("no-design", "reports.csv", "design")]


def test_what_the_screeners_settle_is_without_error(review: Path) -> None:
    made = [
        decision(0, "exclude"),
        decision(1, "include"),
        decision(1, "exclude", "not_shock_waves", "full_text"),
        decision(2, "unsure", "not_shock_waves", "full_text"),
    ]
    files = ScreenedFiles(review)
    files.record("anna", made)
    write_missing(review, Screening(citations(5), files.screened()))
    assert errors(review) == []
    found = read_review(review)
    assert found.flow.reasons("excluded", "title_abstract") == {"no reason given": 1, "not_shock_waves": 1}
    excluded = not_included(found, ("excluded",), "excluded", "")
    assert [row[0].value for row in excluded.rows] == ["ed2012", "author1"]


def test_check_tells_what_the_screeners_settled_and_the_table_lacks(review: Path) -> None:
    ScreenedFiles(review).record("anna", [decision(0, "exclude")])
    found = [problem for problem in check_review(review) if problem.code == "screening-behind"]
    assert [(problem.file, problem.severity) for problem in found] == [(str(review / "screening.csv"), "warning")]
    path = review / "screening.csv"
    path.write_bytes(path.read_bytes() + b"author0,PubMed,included,full_text,,\n")
    assert "screening-differs" in {problem.code for problem in check_review(review)}


def test_problems_of_the_screeners_files_are_those_of_the_review(review: Path) -> None:
    ScreenedFiles(review).record("anna", [decision(0, "exclude", "shock_waves")])
    assert errors(review) == [("unknown-term", "anna.csv", "reason")]
    path_of(review, "anna").write_text("report_id\n", encoding="utf-8")
    assert {code for code, _, _ in errors(review)} == {"missing-column"}


def test_settings(review: Path) -> None:
    path = review / "review.toml"
    assert read_settings(path)[0].screening.screeners == 1
    text = path.read_text(encoding="utf-8")
    path.write_text(f'{text}\n[screening]\nscreeners = 2\nhighlight = [" heel ", ""]\n', encoding="utf-8")
    settings, problems = read_settings(path)
    assert [problem for problem in problems if problem.severity == "error"] == []
    assert settings.screening.screeners == 2
    assert settings.screening.highlight == ("heel",)


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("screeners = 0", "bad-value"),
        ("screeners = true", "bad-value"),
        ('screeners = "2"', "bad-value"),
        ('highlight = "heel"', "not-a-list"),
        ("screener = 2", "unknown-key"),
    ],
)
def test_settings_that_cannot_be_read(line: str, code: str, review: Path) -> None:
    path = review / "review.toml"
    path.write_text(f"{path.read_text(encoding='utf-8')}\n[screening]\n{line}\n", encoding="utf-8")
    (problem,) = [problem for problem in read_settings(path)[1] if problem.severity == "error"]
    assert problem.code == code
    assert problem.file == str(path)
