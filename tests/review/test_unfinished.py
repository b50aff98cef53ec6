"""While the counts of a study are still to be entered the rest can be analysed, and every output says without whom."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

import evidence
from evidence.bibliography.record import Record
from evidence.bibliography.store import Import, Store, Stored, write_store
from evidence.errors import ComputeError, DataError
from evidence.pooling.result import Pooled
from evidence.review.adding import Request, add_report
from evidence.review.new_review import new_review
from evidence.review.review import check_review, read_review

HALF = "jones2020-1,pain_free,patient,,,,,,,,,"


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")


def test_the_rest_is_as_if_the_study_had_not_been_added(third_review: Path) -> None:
    before = read_review(third_review)
    add_report(third_review, Request("jones2020", label="Jones 2020"))
    add_report(third_review, Request("kim2021"))
    after = read_review(third_review)
    assert after.flow == before.flow
    assert {name: after.rows(name) for name in after.tables} == {name: before.rows(name) for name in before.tables}
    assert after.lines == before.lines
    sentence = "Without 2 studies whose counts are still to be entered: Jones 2020, kim2021."
    assert after.settings.banner == sentence.replace("kim2021", "kim-2021")
    (warning, *others) = after.problems
    assert (warning.code, warning.severity, tuple(others)) == ("unfinished-study", "warning", before.problems)
    assert warning.message.endswith("Jones 2020, kim-2021")
    assert {problem.code for problem in check_review(third_review) if problem.severity == "error"} == {
        "missing-value",
        "no-design",
    }


def test_a_report_that_is_included_and_not_extracted_yet_waits(third_review: Path) -> None:
    before = read_review(third_review)
    names = [f"kim202{i}" for i in range(7)]
    record = Record(kind="article", title="Made up")
    one = Import(
        "import-1", "x.ris", sha256(b"").hexdigest(), "ris", "utf-8", "MEDLINE", "2024-05-01", 1, "search-1", 7, 7, 0
    )
    write_store(third_review, Store((one,), tuple(Stored(name, "import-1", record) for name in names)), {one.copy: b""})
    with (third_review / "screening.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{name},MEDLINE,included,full_text,,\n" for name in names)
    assert {p.code for p in check_review(third_review) if p.severity == "error"} == {"not-extracted"}
    after = read_review(third_review)
    assert {name: after.rows(name) for name in after.tables} == {name: before.rows(name) for name in before.tables}
    assert after.settings.banner == (
        "Without 7 studies whose counts are still to be entered: "
        "kim2020, kim2021, kim2022, kim2023, kim2024 and 2 more."
    )
    assert [row["report_id"] for row in after.searched.waiting] == names


def test_a_result_says_without_whom(third_review: Path) -> None:
    add_report(third_review, Request("jones2020", label="Jones 2020"))
    pooled = evidence.pool(evidence.select(read_review(third_review), "improved"), model="common-effect")
    assert isinstance(pooled, Pooled) and pooled.context is not None
    assert pooled.context.banner == "Without Jones 2020, whose counts are still to be entered."


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("outcomes.csv", HALF, HALF.replace("patient,,", "patient,3,")),  # one count is there: it is nearly finished
        ("outcomes.csv", "bo,improved,patient,8,12,", "bo,improved,patient,,12,"),  # a finished study lost a cell
        ("studies.csv", "di-2011,Di 2011", "di-2011,"),
        ("arms.csv", "jones2020-1,jones-2020,,", "jones2020-1,jones-2020,,many"),  # another kind of error
        ("arms.csv", "di,di-2011,Radial,9,cy,", "di,di-2011,Radial,9,jones2020-1,"),  # a finished arm leans on it
    ],
)
def test_anything_else_is_an_error_as_ever(third_review: Path, file: str, old: str, new: str) -> None:
    add_report(third_review, Request("jones2020"))
    change(third_review / file, old, new)
    with pytest.raises(DataError) as caught:
        read_review(third_review)
    assert "missing-value" in {problem.code for problem in caught.value.problems}


def test_a_study_that_lost_its_row_in_outcomes_is_not_unfinished(third_review: Path) -> None:
    text = (third_review / "outcomes.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    (third_review / "outcomes.csv").write_text("".join(line for line in text if line[:3] != "bo,"), encoding="utf-8")
    change(third_review / "studies.csv", "bo-2002,Bo 2002", "bo-2002,")
    with pytest.raises(DataError, match="missing-value"):
        read_review(third_review)


def test_of_nothing_but_unfinished_studies_no_result_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    new_review("small", bare=True)
    with pytest.raises(ComputeError, match="add one: evidence add"):
        evidence.select(read_review("small"), "response")
    add_report("small", Request("jones2020"))
    with pytest.raises(ComputeError, match=r"no study of the review has counts yet(.|\n)*fill the cells"):
        evidence.select(read_review("small"), "response")
