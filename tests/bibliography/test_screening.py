"""The files of the screeners: names, reading with problems, writing whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.screening import (
    CONSENSUS,
    ScreenedFiles,
    path_of,
    screener_name,
    screening_problems,
    stage_named,
)
from evidence.errors import DataError, UsageError
from tests.bibliography.citing import DAY, decision, decisions

HEADER = "report_id,stage,decision,reason,date,notes\n"


@pytest.mark.parametrize("name", ["anna", "Jürgen", "a.b-c_d", "2nd", " anna "])
def test_names_that_can_be_files(name: str) -> None:
    assert screener_name(name) == name.strip()


@pytest.mark.parametrize(
    "name", ["", "..", "../anna", "a/b", "a\\b", ".anna", "anna.", "con", "NUL.x", "a b", "-a", "x" * 41, CONSENSUS]
)
def test_names_that_cannot(name: str) -> None:
    with pytest.raises(UsageError) as caught:
        screener_name(name)
    assert caught.value.problems[0].code == "screener-name"


def test_a_name_that_differs_by_capitals_only_is_the_same_file_on_some_systems() -> None:
    assert screener_name("Anna", ["Anna"]) == "Anna"
    with pytest.raises(UsageError, match="there is a screener Anna already"):
        screener_name("anna", ["Anna"])


def test_stages_have_names() -> None:
    assert stage_named("full_text") == "full_text"
    with pytest.raises(UsageError, match="did you mean full_text"):
        stage_named("fulltext")


def test_what_is_written_is_read(tmp_path: Path) -> None:
    made = [decision(0, "include"), decision(1, "exclude", "no_outcome", "full_text", 'a "note", with\na second line')]
    ScreenedFiles(tmp_path).record("anna", made)
    ScreenedFiles(tmp_path).record(CONSENSUS, [decision(2, "unsure")])
    screened = ScreenedFiles(tmp_path).screened()
    assert screened.screeners == {"anna": decisions(*made)}
    assert screened.consensus == decisions(decision(2, "unsure"))
    assert screening_problems(tmp_path) == []


def test_the_last_word_replaces_the_earlier_and_stands_last(tmp_path: Path) -> None:
    files = ScreenedFiles(tmp_path)
    files.record("anna", [decision(0, "include"), decision(1, "include")])
    files.record("anna", [decision(0, "exclude")])
    text = path_of(tmp_path, "anna").read_text(encoding="utf-8")
    assert text == HEADER + f"author1,title_abstract,include,,{DAY},\nauthor0,title_abstract,exclude,,{DAY},\n"
    files.take_back("anna", "author1", "title_abstract")
    files.take_back("anna", "nobody", "title_abstract")
    assert ScreenedFiles(tmp_path).screened().screeners["anna"] == decisions(decision(0, "exclude"))


def test_two_windows_of_one_screener_lose_nothing(tmp_path: Path) -> None:
    first, second = ScreenedFiles(tmp_path), ScreenedFiles(tmp_path)
    first.record("anna", [decision(0, "include")])
    second.record("anna", [decision(1, "exclude")])
    first.record("anna", [decision(2, "unsure")])
    assert len(second.screened().screeners["anna"]) == 3


def test_saying_the_same_again_keeps_the_day(tmp_path: Path) -> None:
    files = ScreenedFiles(tmp_path)
    files.record("anna", [decision(0, "include")])
    again = [type(one)(one.report_id, one.stage, one.decision, date="2030-01-01") for one in [decision(0, "include")]]
    assert files.record("anna", again) == decisions(decision(0, "include"))


@pytest.mark.parametrize(
    ("row", "code", "column"),
    [
        ("author0,title,include,,,", "unknown-term", "stage"),
        ("author0,full_text,yes,,,", "unknown-term", "decision"),
        (",full_text,include,,,", "missing-value", "report_id"),
        ("author0,full_text,exclude,,,", "no-reason", "reason"),
        ("author0,full_text,unsure,,,", "no-reason", "reason"),
        ("author0,title_abstract,exclude,no_outcom,,", "unknown-term", "reason"),
        ("author9,title_abstract,include,,,", "repeated-decision", "report_id"),
    ],
)
def test_a_row_that_cannot_be_read_is_a_problem_with_its_line(row: str, code: str, column: str, tmp_path: Path) -> None:
    path = path_of(tmp_path, "anna")
    path.parent.mkdir(parents=True)
    path.write_text(f"{HEADER}author9,title_abstract,exclude,,,\n{row}\n", encoding="utf-8")
    (problem,) = screening_problems(tmp_path, ["no_outcome"])
    assert (problem.code, problem.file, problem.line, problem.column) == (code, str(path), 3, column)


def test_a_file_that_cannot_be_read_is_not_written_over(tmp_path: Path) -> None:
    path = path_of(tmp_path, "anna")
    path.parent.mkdir(parents=True)
    broken = HEADER + "author0,title_abstract,perhaps,,,\n"
    path.write_text(broken, encoding="utf-8")
    files = ScreenedFiles(tmp_path)
    for attempt in (files.screened, lambda: files.record("anna", [decision(1, "include")])):
        with pytest.raises(DataError):
            attempt()
    assert path.read_text(encoding="utf-8") == broken


def test_a_file_without_a_column_is_a_problem(tmp_path: Path) -> None:
    path = path_of(tmp_path, "anna")
    path.parent.mkdir(parents=True)
    path.write_text("report_id,stage,decision,date,notes\n", encoding="utf-8")
    assert [problem.code for problem in screening_problems(tmp_path)] == ["missing-column"]
