"""review.toml: what it may say, and what is said when it does not."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.review.settings import HARM_WORDS, OutcomeSpec, TimeRule, read_settings, time_rule
from evidence.review.times import surviving
from evidence.review.toml_reading import key_lines, read_toml

LEAST = 'title = "T"\nquestion = "Q"\n[outcomes.cured]\ntitle = "Cured"\ndefinition = "All gone"\n'


def problems_of(text: str, tmp_path: Path) -> list[tuple[str, int | None, str | None]]:
    path = tmp_path / "review.toml"
    path.write_bytes(text.encode())
    _, problems = read_settings(path)
    return [(p.code, p.line, p.column) for p in problems if p.severity == "error"]


def test_the_least_that_is_enough(tmp_path: Path) -> None:
    assert problems_of(LEAST, tmp_path) == []
    settings, _ = read_settings(tmp_path / "review.toml")
    cured = settings.outcomes["cured"]
    assert (cured.unit, cured.time, cured.part_of, settings.status) == ("patient", TimeRule(), None, "draft")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", [("missing-key", None, "title"), ("missing-key", None, "question"), ("no-outcomes", None, "outcomes")]),
        (LEAST.replace('"T"', "3"), []),
        (LEAST.replace('"T"', "true"), [("not-a-text", 1, "title"), ("missing-key", 1, "title")]),
        ("databases = 3\n" + LEAST, [("not-a-list", 1, "databases")]),
        ('harm_words = "adverse"\n' + LEAST, [("not-a-list", 1, "harm_words")]),
        ("columns = 3\n" + LEAST, [("not-a-table", 1, "columns")]),
        ("vocabulary = {arms = 3}\n" + LEAST, [("unknown-table", 1, "vocabulary.arms")]),
        (LEAST + '[vocabulary.arms]\nroute = ["a"]\n', [("unknown-column", 7, "vocabulary.arms.route")]),
        (LEAST.replace("cured]", '"Cured now"]'), [("bad-name", 3, "outcomes.Cured now")]),
        (LEAST.replace('title = "Cured"\n', ""), [("missing-key", 3, "outcomes.cured")]),
        (LEAST + 'part_of = "cured"\n', [("circular-outcome", 6, "outcomes.cured.part_of")]),
        (
            LEAST + '[outcomes.better]\ntitle = "B"\ndefinition = "D"\nunit = "knee"\npart_of = "cured"\n',
            [("unit-differs", 10, "outcomes.better.part_of")],
        ),
        (LEAST + "time = 12\n", [("unknown-time-rule", 6, "outcomes.cured.time")]),
        (LEAST + "time = { nearest = true }\n", [("unknown-time-rule", 6, "outcomes.cured.time")]),
        (LEAST + '[columns.arms.x]\ntype = "term"\nmeaning = "M"\n', [("no-terms", 6, "columns.arms.x")]),
        (LEAST + '[columns.arms.x]\ntype = "text"\nmeaning = "M"\nmin = 1\n', [("no-limits", 6, "columns.arms.x")]),
        (
            LEAST + '[columns.arms.x]\ntype = "number"\nmeaning = "M"\nmin = 2\nmax = 1\n',
            [("bad-value", 6, "columns.arms.x")],
        ),
        (LEAST + '[columns.arms.x]\ntype = "number"\n', [("missing-key", 6, "columns.arms.x")]),
        (LEAST + '[columns.arms.x]\ntype = "ref"\nmeaning = "M"\n', [("unknown-type", 7, "columns.arms.x.type")]),
        (
            LEAST + '[columns.arms.x]\ntype = "number"\nmeaning = "M"\nrequired = "yes"\n',
            [("bad-value", 9, "columns.arms.x.required")],
        ),
        (
            LEAST + '[columns.arms.x]\ntype = "term"\nmeaning = "M"\nterms = ["a", "a"]\n',
            [("bad-value", 9, "columns.arms.x.terms")],
        ),
        (LEAST + "[columns.arms]\nx = 3\n", [("not-a-table", 7, "columns.arms.x")]),
        (LEAST + "x = \n", [("bad-toml", 6, None)]),
        (LEAST + "title = 'again'\n", [("bad-toml", 6, None)]),
        (LEAST + "[columns.arms.x\n", [("bad-toml", 6, None)]),
    ],
)
def test_what_is_wrong_has_its_line(text: str, expected: list[tuple[str, int | None, str]], tmp_path: Path) -> None:
    assert problems_of(text, tmp_path) == expected


def test_toml_files_as_editors_save_them(tmp_path: Path) -> None:
    path = tmp_path / "review.toml"
    for content in (LEAST.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + LEAST.encode(), LEAST.encode("utf-16")):
        path.write_bytes(content)
        toml = read_toml(path)
        assert toml.problems == ()
        assert toml.line(("outcomes", "cured", "definition")) == 5
    assert [p.code for p in read_toml(tmp_path).problems] == ["is-a-folder"]
    assert [p.code for p in read_toml(tmp_path / "reveiw.toml").problems] == ["missing-file"]


def test_key_lines() -> None:
    text = 'a = 1\n[b."c d"]\ne.f = 2 # x\n[[g]]\nh = 3\n[[g]]\nh = 4\n'
    assert key_lines(text) == {("a",): 1, ("b", "c d"): 2, ("b", "c d", "e", "f"): 3, ("g",): 4, ("g", "h"): 5}


@pytest.mark.parametrize("value", ["nearest = 12", "nearest=12", {"nearest": 12}, TimeRule("nearest", 12.0)])
def test_time_rules(value: str | dict[str, int] | TimeRule) -> None:
    assert time_rule(value) == TimeRule("nearest", 12.0)
    assert str(time_rule(value)) == "nearest = 12"


@pytest.mark.parametrize("value", ["latest", "nearest", "nearest = x", {"nearest": "12"}, {"near": 12}, ""])
def test_unknown_time_rules(value: str | dict[str, object]) -> None:
    with pytest.raises(UsageError, match="last, first, or nearest"):
        time_rule(value)


@pytest.mark.parametrize(
    ("rule", "months", "left"),
    [
        ("last", [3, 12, 6], [1]),
        ("first", [3, 12, 6], [0]),
        ("nearest = 7", [3, 12, 6], [2]),
        ("nearest = 9", [3, 12, 6], [1, 2]),
        ("last", [None], [0]),
        ("last", [None, 12], [0, 1]),
        ("first", [12, None, 6], [1, 2]),
        ("nearest = 12", [None, 12], [1]),
        ("nearest = 12", [None, 60], [1]),
        ("nearest = 12", [None, None], [0, 1]),
        ("last", [], []),
    ],
)
def test_which_time_point_survives(rule: str, months: list[float | None], left: list[int]) -> None:
    assert surviving(time_rule(rule), months) == left


def test_words_of_harm_are_the_reviews_own_or_the_default(tmp_path: Path) -> None:
    path = tmp_path / "review.toml"
    for text, expected in ((LEAST, HARM_WORDS), ('harm_words = ["Schaden"]\n' + LEAST, ("Schaden",))):
        path.write_text(text, encoding="utf-8")
        assert read_settings(path)[0].harm_words == expected


@pytest.mark.parametrize(
    ("title", "harm"),
    [
        ("Any adverse event", True),
        ("Side-effects", True),
        ("Harms", True),
        ("Hepatotoxicity", True),
        ("Pharmacological response", False),
        ("Complete remission", False),
        ("No complications", True),
    ],
)
def test_an_outcome_speaks_of_harm_by_the_beginnings_of_its_words(title: str, harm: bool) -> None:
    assert OutcomeSpec("o", title, "As reported").speaks_of(HARM_WORDS) is harm
    assert not OutcomeSpec("o", title, "As reported").speaks_of(())
