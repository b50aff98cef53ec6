"""`evidence sensitivity`: the list of questions, an answer, its figure, and what can't be asked."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from evidence.cli import main
from evidence.cli.answer_rendering import answer_blocks
from evidence.cli.rendering import print_blocks
from evidence.cli.sensitivity import question_options
from evidence.sensitivity.leave_out import LeaveOneOut
from evidence.sensitivity.pictures import Picture
from tests.figures.pictures import PICTURES

COUNTS = "study,events,n\nAda,16,17\nBo,10,12\nCy,4,8\nDee,43,58\n"


@pytest.fixture
def counts(tmp_path: Path) -> str:
    path = tmp_path / "counts.csv"
    path.write_text(COUNTS, encoding="utf-8")
    return str(path)


def test_an_answer_is_read_on_one_screen(
    counts: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    assert main(["sensitivity", counts, "--question", "leave-one-out", "--model", "beta-binomial"]) == 0
    out = capsys.readouterr().out
    assert "Does the result rest on one study?\nWithout any one study" in out
    assert "without Cy" in out and "all studies" in out and "◆" in out
    assert all(len(line) <= 80 for line in out.splitlines()) and out.count("\n") < 25


def test_without_a_question_the_questions_are_listed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "two.csv"
    path.write_text("study,events,n\nAda,16,17\nBo,10,12\n", encoding="utf-8")
    assert main(["sensitivity", str(path), "--json"]) == 0
    rows = {row["question"]: row for row in json.loads(capsys.readouterr().out)}
    assert rows["leave-one-out"] == {
        "question": "leave-one-out",
        "title": "Does the result rest on one study?",
        "remark": "not here: 2 studies with 29 patients are too little to pool in the first place (fewer than 3 studies"
        " or 10 patients)",
    }
    assert main(["sensitivity", str(path)]) == 0
    assert "--question NAME" in capsys.readouterr().out


def test_an_answer_as_json_and_as_a_figure(counts: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    figure = tmp_path / "left.svg"
    asked = ["sensitivity", counts, "--question", "leave-one-out", "--model", "common-effect", "--level", "0.9"]
    assert main([*asked, "--figure", str(figure), "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["model"]["name"] == "common-effect" and answer["model"]["level"] == 0.9 and len(answer["rows"]) == 4
    assert "does the result rest on one study?" in figure.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (["--question", "leave-one"], "did you mean leave-one-out"),
        (["--question", "leave-one-out", "--option", "most=3"], "no option 'most'"),
        (["--question", "leave-one-out", "--option", "most"], "NAME=VALUE"),
        (["--option", "most=3"], "without a question"),
        (["--figure", "a.svg"], "without a question"),
        (["--question", "leave-one-out", "--outcome", "death"], "leave out --outcome"),
        (["--question", "leave-one-out", "--model-option", "ad=1", "--model", "inverse-variance"], "did you mean add"),
        (["--question", "leave-one-out", "--figure", "a.docx"], "end it in .svg"),
        (["--exposure", "n"], "No such option"),
    ],
)
def test_wrong_words_have_a_mend(counts: str, typed: list[str], says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", counts, *typed]) == 2
    assert says in capsys.readouterr().err


def test_options_of_a_question_have_kinds() -> None:
    assert question_options(["most=3", "share=0.5", "all=true", "how=as-events"]) == {
        "most": 3,
        "share": 0.5,
        "all": True,
        "how": "as-events",
    }


class Pictured:
    """An answer with a picture of any kind."""

    question = LeaveOneOut.question
    notes = ()

    def __init__(self, picture: Picture) -> None:
        self._picture = picture

    def __str__(self) -> str:
        return "It holds."

    def picture(self) -> Picture:
        return self._picture


@pytest.mark.parametrize("name", PICTURES)
def test_every_kind_of_picture_fits_80_columns(name: str) -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, markup=False, highlight=False, emoji=False)
    print_blocks(answer_blocks("Does it hold?", Pictured(PICTURES[name]), 80), console)  # type: ignore[arg-type]
    text = out.getvalue()
    assert text.startswith("Does it hold?\nIt holds.\n") and text.count("\n") > 3
    assert all(len(line) <= 80 for line in text.splitlines())


def test_a_row_without_an_estimate_says_why() -> None:
    out = io.StringIO()
    console = Console(file=out, width=80, markup=False, highlight=False, emoji=False)
    print_blocks(answer_blocks("Does it hold?", Pictured(PICTURES["intervals"]), 80), console)  # type: ignore[arg-type]
    assert "without Odd 2001: the model has no answer here" in out.getvalue()
    assert "20 to no limit" in out.getvalue()
