"""`evidence sensitivity`: the list of questions, an answer, its figure, and what can't be asked."""

from __future__ import annotations

import io
import json
from pathlib import Path

import pytest
from rich.console import Console

from evidence.cli import main
from evidence.cli.answer_rendering import answer_blocks
from evidence.cli.questioning import question_options
from evidence.cli.rendering import print_blocks
from evidence.sensitivity.leave_out import LeaveOneOut
from evidence.sensitivity.pictures import IntervalRow, Intervals, Picture
from evidence.sensitivity.questions import QUESTIONS
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
        "options": {},
        "remark": "not here: 2 studies with 29 patients are too little to pool in the first place (fewer than 3 studies"
        " or 10 patients)",
    }
    assert main(["sensitivity", str(path)]) == 0
    assert "--question NAME" in capsys.readouterr().out


def test_questions_that_need_a_review_are_one_line_of_a_bare_table(
    counts: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    assert main(["sensitivity", counts]) == 0
    out = capsys.readouterr().out
    assert out.count("overlap") == 1 and out.count("there is no review") == 0
    needing = [name for name, question in QUESTIONS.items() if question.of_review]
    assert f"Of a review only: {', '.join(needing)}." in out and "leave-one-out" in out


def test_options_are_told_with_their_defaults(counts: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["sensitivity", counts, "--question", "publication-filter", "--options"]) == 0
    out = capsys.readouterr().out
    assert "  --option force=false " in out and "  --option most=3 " in out and "exempt=A,B" in out
    assert main(["sensitivity", counts, "--question", "overlap", "--options"]) == 0
    assert capsys.readouterr().out == "overlap\n  no options\n"
    assert main(["sensitivity", counts, "--options"]) == 0
    out = capsys.readouterr().out
    assert "\ncalibration\n" in out and "overlap" not in out


@pytest.mark.parametrize("question", ["overlap", "cumulative", "multiverse"])
def test_what_cant_be_asked_cant_be_drawn(
    question: str, counts: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    figure = tmp_path / "a.svg"
    assert main(["sensitivity", counts, "--question", question, "--figure", str(figure)]) == 3
    assert f"{question}: nothing to draw: " in capsys.readouterr().err and not figure.exists()
    assert main(["sensitivity", counts, "--question", question]) == 0


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
        (["--question", "multiverse", "--option", "zzz=1"], "no option 'zzz'"),
        (["--question", "publication-filter", "--option", "force=3"], "write it like --option force=false"),
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


def printed(picture: Picture, width: int) -> str:
    out = io.StringIO()
    console = Console(file=out, width=width, markup=False, highlight=False, emoji=False)
    print_blocks(answer_blocks("Does it hold?", Pictured(picture), width), console)  # type: ignore[arg-type]
    return out.getvalue()


@pytest.mark.parametrize("width", [40, 60, 80])
@pytest.mark.parametrize("name", PICTURES)
def test_every_kind_of_picture_fits_the_terminal_and_nothing_is_cut(name: str, width: int) -> None:
    text = printed(PICTURES[name], width)
    assert text.startswith("Does it hold?\nIt holds.\n") and text.count("\n") > 3
    assert all(len(line) <= width for line in text.splitlines()) and "…" not in text


def test_in_a_narrow_terminal_names_stay_whole_and_the_last_columns_go_with_a_word() -> None:
    names = ("Calcium chloride case (authors and year not seen)", "Baumgartner-Nielsen (EADV, year not seen)")
    rows = tuple(IntervalRow(name, 0.97, None, None, ("1/1", "0.36", "1.11", "0.88")) for name in names)
    heads = ("events", "DFFITS", "variance without / with", "tau without")
    picture = Intervals(rows, "Cook's distance", heads, 0.45, proportion=False)
    wide, narrow, least = (" ".join(printed(picture, width).split()) for width in (100, 60, 40))
    assert "without room" not in wide and "1.11 0.88 0.97" in wide
    assert "without room here: tau without; a wider terminal shows them, --json prints every number." in narrow
    assert "1/1 0.36 1.11 0.97" in narrow and "0.88" not in narrow
    assert "without room here: DFFITS; variance without / with; tau without;" in least and "1/1 0.97" in least
    for text in (narrow, least):
        assert all(word in text for name in names for word in name.split())


def test_a_row_without_an_estimate_says_why() -> None:
    text = printed(PICTURES["intervals"], 80)
    assert "without Odd 2001: the model has no answer here" in text
    assert "20 to no limit" in text
