"""Every kind of bad input in a review: reported with file, line, column, code and mend; never an exception."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from evidence.errors import DataError, Problem
from evidence.review.review import check_review, read_review


@dataclass(frozen=True)
class Case:
    """Replace ``old`` by ``new`` in a file; expect one error of this code at this line and column."""

    file: str
    old: str
    new: str
    code: str
    line: int | None
    column: str | None
    says: str = ""

    @property
    def id(self) -> str:
        return f"{self.code}-{self.file}-{self.column}-{self.new[:12]!r}"


ROW = "bo,improved,patient,8,12,,6,"

CELLS = [
    Case("outcomes.csv", ROW, "bo,improved,patient,eight,12,,6,", "not-a-number", 7, "events", "'eight'"),
    Case("outcomes.csv", ROW, "bo,improved,patient,NA,12,,6,", "not-a-number", 7, "events", "leave the cell empty"),
    Case("outcomes.csv", ROW, "bo,improved,patient,inf,12,,6,", "not-a-number", 7, "events", "'inf'"),
    Case("outcomes.csv", ROW, "bo,improved,patient,1_0,12,,6,", "not-a-number", 7, "events", "'1_0'"),
    Case("outcomes.csv", ROW, "bo,improved,patient,٣,12,,6,", "not-a-number", 7, "events", "'٣'"),
    Case("outcomes.csv", ROW, "bo,improved,patient,8.5,12,,6,", "not-whole", 7, "events", "'8.5'"),
    Case("outcomes.csv", ROW, "bo,improved,patient,-8,12,,6,", "negative", 7, "events", "-8"),
    Case("outcomes.csv", ROW, "bo,improved,patient,8/12,12,,6,", "fraction", 7, "events", "8 into events and 12"),
    Case("outcomes.csv", ROW, "bo,improved,patient,67%,12,,6,", "percent", 7, "events", "'67%'"),
    Case("outcomes.csv", ROW, 'bo,improved,patient,"1,200",12,,6,', "thousands-comma", 7, "events", "write 1200"),
    Case("outcomes.csv", ROW, 'bo,improved,patient,8,12,,"6,5",', "decimal-comma", 7, "timepoint_months", "write 6.5"),
    Case("outcomes.csv", ROW, "bo,improved,patient,8,99999999999,,6,", "out-of-range", 7, "total"),
    Case("outcomes.csv", ROW, "bo,improved,patient,8,0,,6,", "total-zero", 7, "total", "total of 0"),
    Case("outcomes.csv", ROW, "bo,improved,patient,,12,,6,", "missing-value", 7, "events"),
    Case("outcomes.csv", ROW, "bo,improved,patients,8,12,,6,", "unknown-term", 7, "unit", "did you mean patient"),
    Case("outcomes.csv", ROW, "bo,improvd,patient,8,12,,6,", "unknown-term", 7, "outcome", "did you mean improved"),
    Case("outcomes.csv", ROW, "bp,improved,patient,8,12,,6,", "unknown-id", 7, "arm_id", "did you mean bo"),
    Case("arms.csv", "bo,bo-2002,Radial,12,,radial", "bo,bo-2002,Radial,12,,radail", "unknown-term", 4, "device"),
    Case("arms.csv", "0.2,right,no,", "5.2,right,no,", "too-large", 4, "energy_mj_mm2", "5.2"),
    Case("arms.csv", "0.2,right,no,", "0.2,rihgt,no,", "unknown-term", 4, "sides", "'rihgt'"),
    Case("arms.csv", "0.2,right,no,", "0.2,right,No,", "not-yes-no", 4, "guided", "'No'"),
    Case("arms.csv", "na-1,na,", "bo,na,", "duplicate-id", 5, "arm_id", "'bo'"),
    Case("arms.csv", "di,di-2011,Radial,9,cy", "di,di-2011,Radial,9,cyy", "unknown-id", 7, "same_patients_as"),
    Case("studies.csv", "bo-2002,Bo 2002,2002", "bo-2002,Bo 2002,202", "too-small", 3, "year"),
    Case("studies.csv", "cy-2010,Cy 2010", 'cy-2010,"Cy 2010', "unclosed-quote", 6, None),
    Case("studies.csv", "cy-2010,Cy 2010,", "cy-2010,Cy, 2010,", "row-too-long", 6, "setting"),
    Case("studies.csv", "controlled_trial,25,hospital", "controlled_trial,25", "row-too-short", 6, "setting"),
    Case("studies.csv", "country,", "countries,", "unknown-column", 1, "countries", "did you mean country"),
    Case("studies.csv", "n_treated", "treated", "missing-column", 1, "n_treated"),
    Case("studies.csv", "country,", "year,", "repeated-column", 1, "year"),
    Case("screening.csv", "ada2001,Ex", "ada\x072001,Ex", "control-character", 2, "report_id"),
    Case("screening.csv", "ada2001,Ex", "ada\uffff2001,Ex", "control-character", 2, "report_id"),
    Case(
        "references.bib",
        "@article{bo2002,",
        "@article{bo2002,\n  note = {a\x0bb},",
        "control-character",
        10,
        None,
        "U+000B",
    ),
    Case("review.toml", 'status = "draft"', 'status = "dr\\u0007aft"', "control-character", 4, "status"),
    Case("references.bib", "@article{bo2002,", "@article{bo2002", "broken-entry", 9, None),
    Case("references.bib", "@article{bo2002,", "@article{ada2001,", "duplicate-key", 9, None),
    Case("references.bib", "@article{bo2002,", "@article{,", "missing-key", 9, None),
    Case("review.toml", 'status = "draft"', 'status = "draft', "bad-toml", 4, None),
    Case("review.toml", 'status = "draft"', 'status = "sead"', "unknown-status", 4, "status", "did you mean seed"),
    Case("review.toml", "curators =", "curator =", "unknown-key", 8, "curator", "did you mean curators"),
    Case(
        "review.toml",
        'part_of = "improved"',
        'part_of = "improve"',
        "unknown-outcome",
        21,
        "outcomes.pain_free.part_of",
    ),
    Case("review.toml", "{ nearest = 3 }", "{ nearst = 3 }", "unknown-time-rule", 36, "outcomes.heel_swollen.time"),
    Case("review.toml", 'unit = "mJ/mm2"', 'unitt = "mJ/mm2"', "unknown-key", 53, "columns.arms.energy_mj_mm2.unitt"),
    Case("review.toml", 'type = "yes_no"', 'type = "boolean"', "unknown-type", 64, "columns.arms.guided.type"),
    Case("review.toml", "[columns.arms.guided]", "[columns.arm.guided]", "unknown-table", 63, "columns.arm"),
    Case("review.toml", "[columns.arms.guided]", "[columns.arms.label]", "core-column", 63, "columns.arms.label"),
    Case("review.toml", 'reason = ["not_shock_waves"]', "reason = 3", "bad-value", 42, "vocabulary.screening.reason"),
]


@pytest.mark.parametrize("case", CELLS, ids=lambda case: case.id)
def test_one_mistake_is_one_problem_in_its_place(case: Case, third_review: Path) -> None:
    path = third_review / case.file
    text = path.read_text(encoding="utf-8")
    assert case.old in text
    path.write_text(text.replace(case.old, case.new, 1), encoding="utf-8", newline="")
    errors = [problem for problem in check_review(third_review) if problem.severity == "error"]
    match = [(p.file, p.line, p.column) for p in errors if p.code == case.code]
    assert (str(path), case.line, case.column) in match, "\n".join(map(str, errors))
    problem = next(p for p in errors if (p.code, p.line) == (case.code, case.line))
    assert case.says in problem.message + problem.mend
    assert not problem.message.startswith(f"{case.column}:"), "its place names the column"
    with pytest.raises(DataError):
        read_review(third_review)


QUIET = {"fraction", "percent", "decimal-comma", "not-a-number", "unknown-term", "row-too-long"}


@pytest.mark.parametrize("case", [case for case in CELLS if case.code in QUIET], ids=lambda case: case.id)
def test_a_mistake_sets_off_no_others(case: Case, third_review: Path) -> None:
    path = third_review / case.file
    path.write_text(path.read_text(encoding="utf-8").replace(case.old, case.new, 1), encoding="utf-8", newline="")
    codes = [problem.code for problem in check_review(third_review) if problem.severity == "error"]
    assert codes == [case.code]


READ_CORRECTLY: dict[str, Callable[[str], bytes]] = {
    "bom": lambda text: b"\xef\xbb\xbf" + text.encode(),
    "crlf": lambda text: text.replace("\n", "\r\n").encode(),
    "utf-16": lambda text: text.encode("utf-16"),
    "trailing-rows": lambda text: (text + ",,,,\n\n\n").encode(),
    "no-last-newline": lambda text: text.rstrip("\n").encode(),
    "whole-as-decimal": lambda text: text.replace(",12,,radial", ",12.0,,radial").encode(),
    "padded": lambda text: text.replace(",12,,radial", ", 12 ,, radial").encode(),
}


@pytest.mark.parametrize("write", READ_CORRECTLY.values(), ids=READ_CORRECTLY)
def test_read_correctly_without_a_word(write: Callable[[str], bytes], third_review: Path) -> None:
    expected = read_review(third_review)
    path = third_review / "arms.csv"
    path.write_bytes(write(path.read_text(encoding="utf-8")))
    found = read_review(third_review)
    assert found.tables["arms"].equals(expected.tables["arms"])
    assert [p.code for p in found.problems] == [p.code for p in expected.problems]


def test_windows_1252_is_read_with_a_warning(third_review: Path) -> None:
    path = third_review / "arms.csv"
    path.write_bytes(path.read_text(encoding="utf-8").replace("One patient", "Señor").encode("cp1252"))
    review = read_review(third_review)
    assert "not-utf-8" in [problem.code for problem in review.problems]
    assert "Señor" in review.tables["arms"]["label"].tolist()


@pytest.mark.parametrize("start", ["", "sep=;\r\n", '"sep=;"\r\n'], ids=["plain", "sep-line", "quoted-sep-line"])
def test_semicolon_separated_table(start: str, third_review: Path) -> None:
    expected = read_review(third_review).tables["screening"]
    path = third_review / "screening.csv"
    path.write_text(start + path.read_text(encoding="utf-8").replace(",", ";"), encoding="utf-8", newline="")
    review = read_review(third_review)
    assert review.tables["screening"].equals(expected)
    assert "delimiter" in [problem.code for problem in review.problems]
    assert review.lines["screening"][0] == (3 if start else 2)


def codes_of(problems: tuple[Problem, ...], file: Path) -> list[str]:
    return [problem.code for problem in problems if problem.file == str(file) and problem.severity == "error"]


@pytest.mark.parametrize("name", ["reports", "screening", "studies", "arms", "outcomes"])
@pytest.mark.parametrize("how", ["missing", "folder", "nothing", "header-only", "workbook"])
def test_a_table_that_is_not_there(name: str, how: str, third_review: Path) -> None:
    path = third_review / f"{name}.csv"
    header = path.read_text(encoding="utf-8").partition("\n")[0]
    path.unlink()
    if how == "folder":
        path.mkdir()
    elif how != "missing":
        path.write_bytes({"nothing": b"", "header-only": header.encode(), "workbook": b"PK\x03\x04"}[how])
    expected = {"missing": "missing-file", "folder": "is-a-folder", "nothing": "empty-file", "workbook": "workbook"}
    assert expected.get(how, "empty-table") in codes_of(check_review(third_review), path)


def test_optional_tables_may_be_missing_but_not_misspelt(third_review: Path) -> None:
    assert not (third_review / "claims.csv").exists()
    assert "unknown-table" not in [p.code for p in read_review(third_review).problems]
    (third_review / "adverse_event.csv").write_text("arm_id\n", encoding="utf-8")
    (stray,) = [p for p in read_review(third_review).problems if p.code == "unknown-table"]
    assert "adverse_events.csv" in stray.mend


def test_a_missing_review_names_the_near_ones(monkeypatch: pytest.MonkeyPatch, calcinosis: Path) -> None:
    monkeypatch.chdir(calcinosis.parents[1])
    with pytest.raises(DataError, match="did you mean sts-calcinosis-cutis"):
        read_review("sts-calcinosis")
    with pytest.raises(DataError, match="not a review folder"):
        read_review(calcinosis / "arms.csv")
    with pytest.raises(DataError, match="no-such-review"):
        read_review("bad\0name")


def test_an_empty_folder_is_no_review(tmp_path: Path) -> None:
    with pytest.raises(DataError) as raised:
        read_review(tmp_path)
    assert [p.code for p in raised.value.problems] == ["no-such-review"]


def test_every_missing_table_is_told_at_once(tmp_path: Path) -> None:
    (tmp_path / "screening.csv").touch()
    with pytest.raises(DataError) as raised:
        read_review(tmp_path)
    missing = {Path(p.file or "").name for p in raised.value.problems if p.code == "missing-file"}
    tables = {f"{name}.csv" for name in ("reports", "studies", "arms", "outcomes")}
    assert missing == {*tables, "review.toml", "references.bib"}
    assert all("evidence codebook" in p.mend for p in raised.value.problems if (p.file or "").endswith("arms.csv"))


def test_every_problem_of_every_table_at_once(third_review: Path, calcinosis: Path) -> None:
    folder = third_review.parent / "broken"
    shutil.copytree(calcinosis, folder)
    for file, old, new in (
        ("arms.csv", ",topical,20%", ",topicl,20%"),
        (
            "outcomes.csv",
            "martins2025-1,complete_remission,patient,0,1",
            "martins2025-1,complete_remission,patient,2,1",
        ),
        ("studies.csv", "Tajalli 2019,2019", "Tajalli 2019,about 2019"),
        ("reports.csv", "bair2011,bair-2011", "bair2011,bair-2012"),
    ):
        path = folder / file
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new, 1), encoding="utf-8", newline="")
    codes = {(Path(p.file or "").name, p.code) for p in check_review(folder) if p.severity == "error"}
    assert codes >= {
        ("arms.csv", "unknown-term"),
        ("outcomes.csv", "events-exceed-total"),
        ("studies.csv", "not-a-number"),
        ("reports.csv", "unknown-id"),
        ("studies.csv", "study-without-report"),
    }


def test_a_study_named_na_stays(third_review: Path) -> None:
    studies = read_review(third_review).tables["studies"]
    assert studies["label"].tolist()[2] == "NA"
    assert studies["study_id"].tolist()[2] == "na"
