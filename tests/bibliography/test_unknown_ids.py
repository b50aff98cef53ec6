"""A decision on an id that does not exist is told, by check as an error, else as a warning."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.decisions import read_decisions
from evidence.bibliography.screening import path_of, screening_problems
from evidence.bibliography.store import FOLDER
from evidence.cli import main
from evidence.errors import DataError, near_id
from evidence.review.review import check_review
from tests.bibliography.citing import import_records, record


@pytest.fixture
def review(third_review: Path) -> Path:
    """The third review with ten records and a decision each of a person and a screener."""
    import_records(third_review, [record(i) for i in range(10)])
    pairs(third_review, "author1,author2,different,,,anna,2024-05-31")
    screened(third_review, "author1,title_abstract,include,,2024-05-31,")
    return third_review


def pairs(review: Path, row: str) -> None:
    (review / FOLDER / "duplicates.csv").write_text(f"first,second,outcome,score,reason,decided_by,date\n{row}\n")


def screened(review: Path, row: str) -> None:
    path = path_of(review, "ben")
    path.parent.mkdir(exist_ok=True)
    path.write_text(f"report_id,stage,decision,reason,date,notes\n{row}\n")


def test_ids_that_exist_are_fine(review: Path) -> None:
    assert not any(one.code == "unknown-id" for one in check_review(review))


def test_an_unknown_id_of_a_screener(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    screened(review, "author99,title_abstract,include,,2024-05-31,")
    (problem,) = (one for one in check_review(review) if one.code == "unknown-id")
    assert (problem.file, problem.line, problem.column) == (str(path_of(review, "ben")), 2, "report_id")
    assert "did you mean author9" in problem.mend and problem.severity == "error"
    assert main(["screen", str(review), "--status"]) == 0
    assert "warning: 'author99' is neither" in capsys.readouterr().err


def test_an_unknown_id_of_a_pair(review: Path, capsys: pytest.CaptureFixture[str]) -> None:
    pairs(review, "author1,zzz,different,,,anna,2024-05-31")
    (problem,) = (one for one in check_review(review) if one.code == "unknown-id")
    assert (problem.line, problem.column) == (2, "second")
    assert problem.mend == "write an id of records/records.csv; or delete the row"
    assert main(["dedupe", str(review)]) == 0
    assert "warning: 'zzz' is neither" in capsys.readouterr().err


def test_a_far_fetched_id_is_not_proposed() -> None:
    known = [f"author{i}" for i in range(9)]
    assert near_id("brandt2020", ["rudnik2019", *known], "reports.csv") == "use an id of reports.csv, or add it there"
    assert near_id("auhtor3", known, "reports.csv").startswith("did you mean author3")
    assert "did you mean bo" in near_id("bp", ["bo", "ada"], "arms.csv")


@pytest.mark.parametrize(
    ("score", "day", "found"),
    [
        ("high", "", ["not-a-likeness"]),
        ("1.2", "28.11.2026", ["not-a-likeness", "not-a-day"]),
        ("nan", "2024-02-30", ["not-a-likeness", "not-a-day"]),
    ],
)
def test_scores_and_days_of_pairs(review: Path, score: str, day: str, found: list[str]) -> None:
    pairs(review, f"author1,author2,same,{score},,anna,{day}")
    with pytest.raises(DataError) as error:
        read_decisions(review)
    assert [(one.code, one.line) for one in error.value.problems] == [(code, 2) for code in found]


def test_days_of_screeners(review: Path) -> None:
    screened(review, "author1,title_abstract,include,,28.11.2026,")
    assert [(one.code, one.line, one.column) for one in screening_problems(review)] == [("not-a-day", 2, "date")]
