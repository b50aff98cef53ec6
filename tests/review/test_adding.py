"""Adding a report: linked rows in every table, nothing guessed, every other byte as it was."""

from __future__ import annotations

import csv
import io
import shutil
from pathlib import Path

import pytest

import evidence
from evidence.bibliography.record import Record
from evidence.bibliography.store import Import, Store, Stored, write_store
from evidence.errors import DataError, EvidenceError, Problem, UsageError
from evidence.pooling.result import Pooled
from evidence.review.adding import Added, Request, add_report
from evidence.review.new_review import new_review
from evidence.review.review import check_review, read_review

BIB = """@article{smith_a,
  author = {Smith, Jane},
  title = {A made-up series},
  year = {2024},
  doi = {10.1000/made.up},
  language = {english},
}
"""
OWN = """
[outcomes.relapse]
title = "Relapse"
definition = "Made up"

[columns.arms.route]
type = "term"
terms = ["oral", "topical"]
required = true
meaning = "Way in"
"""
#: What a reader of the made-up paper would type into the empty cells.
TYPED = {
    "design": "case_series",
    "source_seen": "full_text",
    "n_treated": "10",
    "label": "Topical",
    "condition": "dystrophic",
    "route": "topical",
    "events": "4",
    "total": "10",
    "basis": "reported",
    "source_location": "Table 2",
    "confidence": "high",
}
TABLES = ("reports.csv", "screening.csv", "studies.csv", "arms.csv", "outcomes.csv")


@pytest.fixture
def review(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty review of two outcomes, with a column of its own that is required."""
    monkeypatch.chdir(tmp_path)
    folder = new_review("small", bare=True).folder
    with (folder / "review.toml").open("a", encoding="utf-8") as file:
        file.write(OWN)
    header = (folder / "arms.csv").read_text(encoding="utf-8").strip()
    (folder / "arms.csv").write_text(f"{header},route\n", encoding="utf-8", newline="")
    return folder


@pytest.fixture
def bib(tmp_path: Path) -> Path:
    path = tmp_path / "smith.bib"
    path.write_text(BIB, encoding="utf-8", newline="\n")
    return path


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir()) if path.is_file()}


def errors(folder: Path) -> list[Problem]:
    return [problem for problem in check_review(folder) if problem.severity == "error"]


def told(added: Added) -> list[tuple[str, int, str]]:
    """Places of the cells that are said to be empty."""
    return sorted((part.file, line, name) for part in added.parts for line in part.lines for name in part.empty)


def places(problems: list[Problem]) -> list[tuple[str | None, int | None, str | None]]:
    return sorted((problem.file, problem.line, problem.column) for problem in problems)


def fill(folder: Path, problems: list[Problem], values: dict[str, str]) -> None:
    """Type values into the cells that a check names, as a spreadsheet would."""
    for problem in problems:
        assert problem.file and problem.line and problem.column
        path = Path(problem.file)
        lines = path.read_text(encoding="utf-8").split("\n")
        header, row = next(csv.reader([lines[0]])), next(csv.reader([lines[problem.line - 1]]))
        row[header.index(problem.column)] = values[problem.column]
        text = io.StringIO()
        csv.writer(text, lineterminator="").writerow(row)
        lines[problem.line - 1] = text.getvalue()
        path.write_text("\n".join(lines), encoding="utf-8", newline="")


def test_from_a_reference_to_one_more_study_in_the_pool(calcinosis: Path, tmp_path: Path, bib: Path) -> None:
    review = shutil.copytree(calcinosis, tmp_path / "review")
    before = contents(review)
    warnings = check_review(review)
    earlier = evidence.pool(evidence.select(read_review(review), "complete_remission"), model="logistic-normal")

    added = add_report(review, Request("smith2024", bib))
    after = contents(review)
    changed = {name for name in after if after[name] != before[name]}
    assert changed == {*TABLES, "references.bib"}
    assert all(after[name].startswith(content) for name, content in before.items())
    assert (added.study, added.label) == ("smith-2024", "Smith 2024")

    missing = errors(review)
    assert {problem.code for problem in missing} == {"missing-value", "no-design"}
    assert places(missing) == told(added) and len(missing) == 8 + 5 * 5
    assert [p for p in check_review(review) if p.severity == "warning"] == list(warnings)

    fill(review, missing, TYPED)
    wrong = errors(review)
    assert {problem.code for problem in wrong} == {"parts-differ-from-total"}  # 4 of 10 responded, 4 of 10 did not
    fill(review, wrong, {"events": "6"})
    later = evidence.pool(evidence.select(read_review(review), "complete_remission"), model="logistic-normal")
    assert isinstance(earlier, Pooled) and isinstance(later, Pooled)
    assert (later.k, later.n, later.events) == (earlier.k + 1, earlier.n + 10, earlier.events + 4)


def test_what_the_bibliography_knows_is_filled_and_nothing_else(review: Path, bib: Path) -> None:
    add_report(review, Request("smith2024", bib, arms=2, source="MEDLINE", label="Smith and Doe 2024"))
    last = {name: (review / name).read_text(encoding="utf-8").splitlines()[-1] for name in TABLES}
    assert last["reports.csv"] == "smith2024,smith-2024,2024,,,en,,,10.1000/made.up,"
    assert last["screening.csv"] == "smith2024,MEDLINE,included,full_text,,,"
    assert last["studies.csv"] == "smith-2024,Smith and Doe 2024,2024,,,,"
    assert last["arms.csv"].rstrip(",") == "smith2024-2,smith-2024"
    assert last["outcomes.csv"].rstrip(",") == "smith2024-2,relapse,patient"
    assert (review / "references.bib").read_text(encoding="utf-8") == BIB.replace("smith_a", "smith2024")


def test_of_an_unknown_report_only_its_key_is_there(review: Path) -> None:
    added = add_report(review, Request("jones"))
    assert (added.study, added.label, added.entry.where) == ("jones", "", "")
    assert "nothing is known of it" in added.hint
    assert places(errors(review)) == told(added)
    assert ("not-seen", "references.bib") in {(p.code, Path(p.file or "").name) for p in check_review(review)}


def test_twice_changes_nothing_and_says_what_differs(review: Path, bib: Path) -> None:
    add_report(review, Request("smith2024", bib))
    before = contents(review)
    again = add_report(review, Request("smith2024", bib))
    assert (again.parts, again.differences, again.study) == ((), (), "smith-2024")
    bib.write_text(BIB.replace("2024", "2023"), encoding="utf-8")
    other = add_report(review, Request("smith2024", bib, arms=3, label="Smith 2023"))
    assert other.differences == (
        f"{review / 'reports.csv'}:2: year is '2024'; '2023' now",
        f"{review / 'studies.csv'}:2: label is 'Smith 2024'; 'Smith 2023' now",
        f"{review / 'arms.csv'}: 1 of smith-2024; 3 now",
    )
    assert contents(review) == before


def test_a_further_report_of_a_study(third_review: Path, bib: Path) -> None:
    review = third_review
    (review / "references.bib").write_bytes((review / "references.bib").read_bytes().rstrip())
    added = add_report(review, Request("smith2024", bib, study="ada-2001"))
    assert [Path(part.file).name for part in added.parts] == ["reports.csv", "screening.csv", "references.bib"]
    assert places(errors(review)) == told(added) and {column for _, _, column in told(added)} == {
        "design",
        "source_seen",
    }
    assert (
        (review / "references.bib").read_text(encoding="utf-8").endswith("}\n\n" + BIB.replace("smith_a", "smith2024"))
    )
    fill(review, errors(review), TYPED)
    assert read_review(review).flow.decisions["duplicate_report", "full_text", None] == 2


def test_a_second_study_of_a_name_and_year_has_another_label(review: Path, bib: Path) -> None:
    assert add_report(review, Request("smith2024", bib)).label == "Smith 2024"
    assert add_report(review, Request("smith2024-2", bib)).label == "Smith 2024b"
    assert add_report(review, Request("smith2024-3", bib)).label == "Smith 2024c"


def test_rows_of_some_outcomes(review: Path) -> None:
    added = add_report(review, Request("jones2020", outcomes=("relapse",), arms=2))
    (lines,) = [part.lines for part in added.parts if part.file.endswith("outcomes.csv")]
    assert len(lines) == 2
    with pytest.raises(UsageError, match="did you mean relapse"):
        add_report(review, Request("jones2021", outcomes=("relaps",)))


def test_an_imported_record_is_known(review: Path) -> None:
    record = Record(
        kind="article", title="A made-up series", authors=("Møller, Å.",), year=2019, doi="10.1000/x", language="fre"
    )
    one = Import("import-1", "x.ris", "0", "ris", "utf-8", "MEDLINE", "2024-05-31", 2, "search-1", 1, 1, 0)
    write_store(review, Store((one,), (Stored("moller2019", "import-1", record),)), {})
    added = add_report(review, Request("moller2019"))
    assert (added.label, added.entry.where) == ("Møller 2019", "MEDLINE")
    reports = (review / "reports.csv").read_text(encoding="utf-8").splitlines()
    assert reports[-1] == "moller2019,moller-2019,2019,,,fr,,,10.1000/x,"
    assert (
        (review / "screening.csv").read_text(encoding="utf-8").endswith("\nmoller2019,MEDLINE,included,full_text,,2,\n")
    )
    assert "author = {Møller, Å.}" in (review / "references.bib").read_text(encoding="utf-8")
    near = add_report(review, Request("moler2019"))
    assert near.hint.endswith("did you mean moller2019?")


def test_a_report_that_was_screened_is_not_screened_again(third_review: Path) -> None:
    with (third_review / "screening.csv").open("a", encoding="utf-8") as file:
        file.write("jones2020,reference lists,included,full_text,,\n")
    added = add_report(third_review, Request("jones2020"))
    assert "screening.csv" not in {Path(part.file).name for part in added.parts}
    assert places(errors(third_review)) == told(added)


def test_a_report_that_is_out_is_not_let_in_silently(review: Path) -> None:
    with (review / "screening.csv").open("a", encoding="utf-8") as file:
        file.write("jones2020,,excluded,full_text,no_outcome,,\n")
    before = contents(review)
    with pytest.raises(DataError) as caught:
        add_report(review, Request("jones2020"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == ("not-included", 2, "decision")
    assert contents(review) == before


def test_a_report_of_no_study_is_not_taken_for_one_that_is_in(third_review: Path) -> None:
    before = contents(third_review)
    with pytest.raises(DataError) as caught:
        add_report(third_review, Request("ed2012"))
    (problem,) = caught.value.problems
    assert (problem.code, problem.line, problem.column) == ("no-study", 8, "study_id")
    assert contents(third_review) == before


def test_another_report_of_the_same_doi_is_named(review: Path, bib: Path) -> None:
    assert add_report(review, Request("smith2024", bib)).hint == ""
    bib.write_text(BIB.replace("10.1000/made.up", "https://doi.org/10.1000/MADE.UP"), encoding="utf-8")
    hint = add_report(review, Request("smyth2024", bib)).hint
    assert hint.startswith(f"its DOI is that of smith2024 ({review / 'reports.csv'}:2)")


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        (Request("smith 2024"), "bad-key"),
        (Request("smith,2024"), "bad-key"),
        (Request("=smith"), "bad-key"),
        (Request(""), "bad-key"),
        (Request("x{y}"), "bad-key"),
        (Request("jones", arms=0), "bad-arms"),
        (Request("jones", arms=51), "bad-arms"),
        (Request("jones", study="smith-2023"), "unknown-study"),
        (Request("jones", study="smith-2024", arms=2), "usage"),
        (Request("smith-2024"), "study-there"),
        (Request("taken"), "arm-there"),
        (Request("jones", bib=Path("nowhere.bib")), "unreadable"),
    ],
)
def test_what_does_not_fit_is_refused_and_nothing_is_written(review: Path, request_: Request, code: str) -> None:
    with (review / "studies.csv").open("a", encoding="utf-8") as file:
        file.write("smith-2024,Smith 2024,2024,,case_report,1,\n")
    with (review / "arms.csv").open("a", encoding="utf-8") as file:
        file.write("taken-1,smith-2024,One,1,,,,,oral\n")
    before = contents(review)
    with pytest.raises(EvidenceError) as caught:
        add_report(review, request_)
    assert [problem.code for problem in caught.value.problems] == [code]
    assert contents(review) == before


def excel(content: bytes) -> bytes:
    """A table as a spreadsheet of a country with decimal commas saves it."""
    rows = list(csv.reader(io.StringIO(content.decode(), newline="")))
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=";", lineterminator="\r\n").writerows(rows)
    return b"\xef\xbb\xbf" + text.getvalue().encode()


def test_tables_of_a_spreadsheet_keep_mark_delimiter_and_line_ends(third_review: Path, bib: Path) -> None:
    review = third_review
    for name in TABLES:
        (review / name).write_bytes(excel((review / name).read_bytes()))
    references = review / "references.bib"
    references.write_bytes(references.read_bytes().replace(b"\n", b"\r\n").rstrip())
    before = contents(review)
    added = add_report(review, Request("smith2024", bib, arms=2))
    after = contents(review)
    for name in (*TABLES, "references.bib"):
        new = after[name].removeprefix(before[name])
        assert after[name].startswith(before[name]) and new.count(b"\n") == new.count(b"\r\n") > 0
    assert after["studies.csv"].endswith(b"\r\nsmith-2024;Smith 2024;2024;;;;\r\n")
    entry = BIB.replace("smith_a", "smith2024").replace("\n", "\r\n").encode()
    assert after["references.bib"].endswith(b"}\r\n\r\n" + entry)
    assert places(errors(review)) == told(added)


def test_a_table_that_is_not_there_is_made(review: Path) -> None:
    (review / "outcomes.csv").unlink()
    (review / "references.bib").unlink()
    add_report(review, Request("jones2020"))
    text = (review / "outcomes.csv").read_text(encoding="utf-8")
    assert text.startswith("arm_id,outcome,unit,events,total,") and text.count("\n") == 3
    assert (review / "references.bib").read_text(encoding="utf-8") == "@misc{jones2020,\n}\n"


@pytest.mark.parametrize("name", ["reports.csv", "references.bib"])
def test_a_read_only_file_leaves_all_as_they_were(review: Path, bib: Path, name: str) -> None:
    (review / name).chmod(0o444)
    before = contents(review)
    with pytest.raises(UsageError, match=rf"{name}: it is read-only"):
        add_report(review, Request("smith2024", bib))
    assert contents(review) == before


def test_a_table_that_cannot_be_read_stops_it(review: Path, bib: Path) -> None:
    with (review / "arms.csv").open("a", encoding="utf-8") as file:
        file.write('"open')
    before = contents(review)
    with pytest.raises(DataError) as caught:
        add_report(review, Request("smith2024", bib))
    assert [problem.code for problem in caught.value.problems] == ["unclosed-quote"]
    assert contents(review) == before
