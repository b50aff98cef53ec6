"""analyses/<name>.toml: what it may say, and what a mistake gets."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.analysis_file import find_analyses, read_analysis
from evidence.errors import DataError, EvidenceError, Problem, UsageError

GOOD = """
review = "heel-pain"

[model]
name = "logistic-normal"
limits = "profile"

[[outcomes]]
outcome = "improved"
by = ["device", "energy"]
cut = {energy = [0.2, 0.4]}
where = {device = ["focused", "radial"]}
time = {nearest = 6}

[[outcomes]]
outcome = "pain_free"
model = {name = "common-effect"}
by = "device"
"""


def write(folder: Path, text: str) -> Path:
    path = folder / "a.toml"
    path.write_text(text, encoding="utf-8")
    return path


def problems(folder: Path, text: str) -> tuple[Problem, ...]:
    with pytest.raises(DataError) as caught:
        read_analysis(write(folder, text))
    return caught.value.problems


def one(folder: Path, text: str) -> Problem:
    found = problems(folder, text)
    assert len(found) == 1, found
    return found[0]


def test_every_option_is_read_and_every_default_is_explicit(tmp_path: Path) -> None:
    analysis = read_analysis(write(tmp_path, GOOD))
    first, second = analysis.outcomes
    assert (analysis.name, analysis.review) == ("a", "heel-pain")
    assert first.by == ("device", "energy") and first.cut == {"energy": (0.2, 0.4)}
    assert first.where == {"device": ["focused", "radial"]} and first.time == {"nearest": 6.0}
    assert first.model.name == "logistic-normal" and first.model.limits == "profile"
    assert second.model.name == "common-effect" and second.by == ("device",)
    printed = first.to_dict()
    assert printed["model"]["level"] == 0.95 and printed["study_limits"] == "clopper-pearson"


def test_a_list_of_cuts_belongs_to_the_one_column_of_by(tmp_path: Path) -> None:
    text = 'review = "r"\n[[outcomes]]\noutcome = "o"\nby = ["dose"]\ncut = [1, 2]\n'
    assert read_analysis(write(tmp_path, text)).outcomes[0].cut == {"dose": (1.0, 2.0)}
    assert one(tmp_path, text.replace('["dose"]', '["dose", "x"]')).code == "cut-of-what"


@pytest.mark.parametrize(
    ("old", "new", "code", "line", "mend"),
    [
        ('[[outcomes]]\noutcome = "pain_free"', '[[outcomes]]\noutcomee = "pain_free"', "unknown-key", 16, "outcome"),
        ('limits = "profile"', 'limits = "profle"', None, 4, "profile"),
        ('name = "logistic-normal"', 'name = "logistic-norma"', "unknown-model", 4, "logistic-normal"),
        ("cut = {energy = [0.2, 0.4]}", "cut = {energy = [0.4, 0.2]}", "wrong-value", 11, "rising"),
        ("time = {nearest = 6}", 'time = "middle"', "wrong-value", 13, "nearest = 12"),
        ('by = "device"', "by = 3", "wrong-value", 18, "key"),
        ('where = {device = ["focused", "radial"]}', "where = {device = []}", "wrong-value", 12, "column"),
        ('review = "heel-pain"', 'reviews = "heel-pain"', "unknown-key", 2, "review"),
        ('by = "device"', 'by = ["year", "device", "device"]', "wrong-value", 18, "names 'device' twice"),
        ("[model]", "[modle]", "unknown-key", 4, "model"),
        ('by = "device"', 'by = "device"\ncaveat = "a\\u0007b"', "control-character", 19, "without it"),
    ],
)
def test_a_mistake_is_named_with_its_line_and_mend(
    tmp_path: Path, old: str, new: str, code: str | None, line: int, mend: str
) -> None:
    found = problems(tmp_path, GOOD.replace(old, new))
    hits = [problem for problem in found if problem.line == line and (code is None or problem.code == code)]
    assert hits, found
    assert mend in hits[0].mend or mend in hits[0].message
    assert hits[0].file and hits[0].file.endswith("a.toml")


def test_all_problems_come_at_once(tmp_path: Path) -> None:
    text = 'colour = "red"\n[[outcomes]]\nby = 3\n[[outcomes]]\noutcome = "a"\n[[outcomes]]\noutcome = "a"\n'
    codes = {problem.code for problem in problems(tmp_path, text)}
    assert codes == {"unknown-key", "missing-key", "wrong-value", "repeated-outcome"}


@pytest.mark.parametrize("sentence", ["About 25 % respond.", "Half (0.5) respond.", "In 2021 it began."])
def test_prose_holds_no_numbers(tmp_path: Path, sentence: str) -> None:
    problem = one(tmp_path, GOOD + f'caveat = "{sentence}"\n')
    assert problem.code == "number-in-prose" and problem.line == 19


def test_names_with_digits_are_not_numbers(tmp_path: Path) -> None:
    text = GOOD + 'caveat = "IL-6, FGF23 and anti-Mi2 were not measured."\n'
    assert "FGF23" in str(read_analysis(write(tmp_path, text)).outcomes[1].caveat)


def test_broken_toml_is_a_problem_with_its_line(tmp_path: Path) -> None:
    problem = one(tmp_path, 'review = "r"\n[[outcomes]\n')
    assert (problem.code, problem.line) == ("not-toml", 2)


def test_a_file_that_is_not_text_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "b.toml").write_bytes(b"PK\x03\x04\x00")
    with pytest.raises(DataError):
        read_analysis(tmp_path / "b.toml")


def test_an_analysis_saved_with_a_bom_and_crlf_is_read(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert len(read_analysis(path).outcomes) == 2


def test_unknown_names_list_the_near_ones(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "analyses").mkdir()
    (tmp_path / "analyses" / "heel-pain.toml").write_text(GOOD, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert [path.stem for path in find_analyses()] == ["heel-pain"]
    assert read_analysis("heel-pain").name == "heel-pain"
    with pytest.raises(UsageError, match="heel-pain"):
        find_analyses(["heal-pain"])
    with pytest.raises(UsageError, match="folder"):
        find_analyses(["analyses"])


def test_no_analysis_at_all_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="analyses/NAME"):
        find_analyses((), tmp_path / "nowhere")


def test_an_error_without_a_place_takes_the_outcome_s_place(tmp_path: Path) -> None:
    analysis = read_analysis(write(tmp_path, GOOD))
    error = analysis.place(UsageError(Problem("x", "m", "n")), analysis.outcomes[1])
    assert isinstance(error, EvidenceError) and error.problems[0].line == 15
    assert error.problems[0].column == "pain_free"


def test_a_review_beside_the_analysis_is_found(tmp_path: Path) -> None:
    (tmp_path / "analyses").mkdir()
    (tmp_path / "data" / "heel-pain").mkdir(parents=True)
    analysis = read_analysis(write(tmp_path / "analyses", GOOD))
    assert Path(analysis.review) == tmp_path / "data" / "heel-pain"
