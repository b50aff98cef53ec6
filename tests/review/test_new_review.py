"""A new review is valid from its first minute, says what is made up, and can be emptied."""

from __future__ import annotations

from pathlib import Path

import pytest

import evidence
from evidence import files
from evidence.analysis_file import read_analysis
from evidence.errors import UsageError, usage
from evidence.pooling.result import Pooled
from evidence.review import codebook, example
from evidence.review import new_review as making
from evidence.review.codebook import CORE, ColumnSpec
from evidence.review.example import MARK, example_rows
from evidence.review.new_review import LONGEST_NAME, new_review, take_example_out
from evidence.review.review import check_review, read_all, read_review
from evidence.review.unfinished import UNFINISHED

EVERYWHERE = "Synthetic data: no patient, no study"


@pytest.fixture(autouse=True)
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def errors(folder: Path) -> list[str]:
    return [str(problem) for problem in check_review(folder) if problem.severity == "error"]


def everything(folder: Path) -> dict[str, bytes]:
    return {str(path): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def test_every_core_table_has_all_its_columns_and_one_linked_row() -> None:
    made = new_review("heel-pain", title='Shock "waves" \\ for heel pain', question="Who gets\nbetter?")
    assert errors(made.folder) == []
    review = read_review("heel-pain")
    assert set(made.tables) == set(CORE) == set(review.tables)
    for name, table in CORE.items():
        header = (made.folder / table.file).read_text(encoding="utf-8").splitlines()[0]
        assert header == ",".join(table.names)
        if name == "overlap":  # a table of pairs: there is one arm
            assert review.rows(name) == []
            continue
        (row,) = review.rows(name)
        assert any(str(cell).endswith(MARK) for cell in row.values()), name
    assert (review.settings.title, review.settings.question) == ('Shock "waves" \\ for heel pain', "Who gets better?")
    assert "no_reference" not in {problem.code for problem in review.problems}
    assert read_analysis("heel-pain").review == str(made.folder)


def test_every_number_says_that_it_is_made_up() -> None:
    new_review("heel-pain")
    review = read_review("heel-pain")
    pooled = evidence.pool(evidence.select(review, "response"), model="logistic-normal")
    assert (
        isinstance(pooled, Pooled)
        and pooled.context is not None
        and (pooled.context.banner or "").startswith(EVERYWHERE)
    )
    assert MARK in pooled.studies[0].label


def test_example_rows_beside_findings_are_errors() -> None:
    made = new_review("heel-pain")
    assert [p.code for p in check_review(made.folder) if p.code.startswith("example")] == ["example-rows"]
    change(made.folder / "review.toml", 'status = "synthetic"', 'status = "draft"')
    found = [problem for problem in check_review(made.folder) if problem.code == "example-row"]
    assert [(Path(problem.file or "").stem, problem.line) for problem in found] == [
        (name, 2) for name in CORE if name != "overlap"
    ]
    assert {problem.severity for problem in found} == {"error"}


def test_a_bare_review_is_valid_and_says_what_comes_next() -> None:
    made = new_review("heel-pain", bare=True)
    reading = read_all(made.folder)
    assert reading.errors == () and reading.settings.banner is None
    (said,) = [problem for problem in reading.problems if problem.code != "not-stated"]
    assert (said.code, said.severity) == ("empty-review", "warning")
    assert said.mend == f"add the first: evidence add {made.folder} KEY --bib FILE"
    assert MARK not in "".join(path.read_text(encoding="utf-8") for path in made.folder.iterdir())


def test_screened_and_nothing_included_yet_is_valid() -> None:
    folder = new_review("heel-pain", bare=True).folder
    with (folder / "screening.csv").open("a", encoding="utf-8") as file:
        file.write("jones2020,,excluded,full_text,no_outcome,,\n")
    with (folder / "reports.csv").open("a", encoding="utf-8") as file:
        file.write("jones2020,,2020,case_report,,,,abstract,,\n")
    with (folder / "references.bib").open("a", encoding="utf-8") as file:
        file.write("@misc{jones2020, title = {Made up}}\n")
    assert errors(folder) == []
    assert "nothing-included" in {problem.code for problem in check_review(folder)}
    change(folder / "screening.csv", "excluded,full_text,no_outcome", "included,full_text,")
    (error,) = errors(folder)
    assert error.startswith(f"{folder / 'reports.csv'}:2:study_id: jones2020 is included but names no study")


def test_a_table_that_lost_its_rows_is_an_error_as_ever() -> None:
    folder = new_review("heel-pain").folder
    path = folder / "outcomes.csv"
    path.write_text(path.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    assert "[empty-table]" in "".join(errors(folder))


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_example_is_taken_out_and_what_was_entered_stays(end: str) -> None:
    folder = new_review("heel-pain").folder
    bare = everything(new_review("bare", title="Heel pain", bare=True).folder)
    own = {"references.bib": "@misc{jones2020, title = {x}}\n", "searches.csv": "s1,Ours,database,2024-01-02,,5,,,,,\n"}
    for path in folder.iterdir():
        text = path.read_text(encoding="utf-8") + own.get(path.name, "")
        path.write_bytes(text.replace("\n", end).encode())
    taken = take_example_out(folder)
    assert len(taken) == len(CORE) - 1 + 3
    for path in folder.iterdir():
        text = bare[f"data/bare/{path.name}"].decode().replace("evidence new bare", "evidence new heel-pain")
        expected = text.replace(" bare`", " heel-pain`") + own.get(path.name, "")
        assert path.read_bytes().decode() == expected.replace("\n", end), path.name
    assert take_example_out(folder) == {}


@pytest.mark.parametrize(
    "name",
    [
        "",
        "Heel-pain",
        "heel pain",
        "../x",
        "a/b",
        "a\\b",
        ".",
        "-x",
        "x-",
        "a--b",
        "é",
        "con",
        "lpt1",
        "x" * (LONGEST_NAME + 1),
    ],
)
def test_a_name_that_some_system_cannot_have_is_refused(desk: Path, name: str) -> None:
    with pytest.raises(UsageError) as caught:
        new_review(name)
    assert [problem.code for problem in caught.value.problems] == ["bad-name"]
    assert list(desk.iterdir()) == []


def test_what_is_there_stays(desk: Path) -> None:
    new_review("heel-pain")
    before = everything(desk)
    with pytest.raises(UsageError, match="data/heel-pain is there already"):
        new_review("heel-pain")
    (desk / "analyses" / "neck-pain.toml").write_text("x")
    with pytest.raises(UsageError, match=r"analyses/neck-pain\.toml is there already"):
        new_review("neck-pain")
    assert everything(desk) == {**before, str(desk / "analyses" / "neck-pain.toml"): b"x"}


def test_an_unseen_character_is_refused(desk: Path) -> None:
    with pytest.raises(UsageError, match=r"--title holds U\+0001"):
        new_review("heel-pain", title="a\x01b")
    assert list(desk.iterdir()) == []


@pytest.mark.parametrize("fails", ["outcomes.csv", "heel-pain.toml"])
def test_nothing_is_left_half_written(desk: Path, monkeypatch: pytest.MonkeyPatch, fails: str) -> None:
    def write(target: Path, content: bytes) -> None:
        if target.name == fails:
            raise usage("no room", "make room")
        files.write_whole(target, content)

    monkeypatch.setattr(making, "write_whole", write)
    with pytest.raises(UsageError, match="no room"):
        new_review("heel-pain")
    assert list(desk.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said(desk: Path) -> None:
    (desk / "data").write_text("a file")
    with pytest.raises(UsageError, match="can't write data/heel-pain"):
        new_review("heel-pain")
    assert [path.name for path in desk.iterdir()] == ["data"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        (ColumnSpec("x", "text", "", required=True), "made up"),
        (ColumnSpec("x", "term", "", required=True, terms={"first": "", "second": ""}), "first"),
        (ColumnSpec("x", "integer", "", required=True, minimum=3), "3"),
        (ColumnSpec("x", "number", "", required=True), "1"),
        (ColumnSpec("x", "yes_no", "", required=True), "no"),
        (ColumnSpec("x", "text", ""), ""),
    ],
)
def test_a_new_core_column_is_in_the_example_by_itself(
    monkeypatch: pytest.MonkeyPatch, column: ColumnSpec, cell: str
) -> None:
    table = CORE["reports"].with_columns({"x": column})
    assert [row["x"] for row in example_rows(table)] == [cell]
    monkeypatch.setattr(codebook, "CORE", {**CORE, "reports": table})
    assert example_rows(codebook.CORE["reports"])[0]["report_id"] == example.REPORT


def test_the_code_of_the_warning_is_stable() -> None:
    assert UNFINISHED == "unfinished-study"
