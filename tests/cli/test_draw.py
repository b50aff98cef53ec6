"""`evidence draw`: the list, the options of a figure, a file, and what can't be drawn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.cli import main
from evidence.figures import FIGURES
from evidence.sensitivity.questions import QUESTIONS

TABLE = "Study,Events,N,Route\nAda,3,10,oral\nBo,0,4,oral\nCy,2,9,\nDi,5,8,iv\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a table, as the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counts.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def test_alone_it_lists_every_figure(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw"]) == 0
    out = capsys.readouterr().out
    assert all(f"\n{name} " in out and kind.title in out for name, kind in FIGURES.items())


@pytest.mark.parametrize("name", FIGURES)
def test_every_figure_tells_its_options(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", name]) == 0
    out = capsys.readouterr().out
    assert FIGURES[name].title in out and f"evidence draw {name} REVIEW" in out
    assert all(f"--option {option}=" in out for option in FIGURES[name].options)


def test_figures_of_questions_are_of_questions_that_exist() -> None:
    assert {kind.home for kind in FIGURES.values() if kind.of == "question"} <= set(QUESTIONS)


@pytest.mark.parametrize("name", ["forest", "leave-one-out", "size-funnel"])
def test_a_figure_is_written_and_said(name: str, desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", name, "counts.csv"]) == 0
    assert capsys.readouterr().out == f"wrote {name}-counts.svg\n"
    assert (desk / f"{name}-counts.svg").read_text(encoding="utf-8").count("<svg") == 1


def test_options_reach_the_figure_and_the_question(desk: Path) -> None:
    assert main(["draw", "forest", "counts.csv", "--option", "columns=Route", "-o", "a.svg"]) == 0
    assert "Route" in (desk / "a.svg").read_text(encoding="utf-8")
    assert main(["draw", "bubble", "counts.csv", "--option", "on=n", "-o", "b.svg"]) != 0
    assert main(["draw", "forest", "counts.csv", "--style", "jama", "--dpi", "60", "-o", "c.png"]) == 0


def test_a_question_that_cant_be_asked_has_no_figure(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "specification", "counts.csv"]) == 3
    assert "nothing to draw: there is no review" in capsys.readouterr().err


@pytest.mark.parametrize("name", ["forest", "leave-one-out", "size-funnel"])
def test_a_figure_fits_the_column_of_a_journal(name: str, desk: Path) -> None:
    assert main(["draw", name, "counts.csv", "--width", "column", "-o", "a.svg"]) == 0
    assert 'width="84mm"' in (desk / "a.svg").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        (["forst", "counts.csv"], "did you mean forest"),
        (["forest", "counts.csv", "--option", "colums=a"], "did you mean columns"),
        (["forest", "counts.csv", "--style", "jam"], "did you mean jama"),
        (["forest", "nowhere.csv"], "nowhere.csv"),
        (["overlap", "counts.csv"], "figure 'overlap' is not known"),
        (["gosh", "counts.csv", "--option", "zzz=1"], "no option 'zzz'"),
    ],
)
def test_what_cannot_be_drawn_is_said_with_a_mend(
    typed: list[str], said: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["draw", *typed]) in (1, 2)
    error = capsys.readouterr().err
    assert said in error and "mend: " in error
    assert not list(desk.glob("*.svg"))


@pytest.mark.parametrize(
    "typed", ["adverse-events cut=200 by=concentration_mg_ml", "swimmer by=none", "evidence-map split=false"]
)
def test_a_figure_of_a_whole_review_takes_its_options(typed: str, desk: Path, calcinosis: Path) -> None:
    name, *options = typed.split()
    told = [part for option in options for part in ("--option", option)]
    assert main(["draw", name, str(calcinosis), *told, "-o", "x.svg"]) == 0
    assert "Seed: not a finished" in (desk / "x.svg").read_text(encoding="utf-8")


def test_options_of_a_view_reach_the_forest_plot(desk: Path) -> None:
    options = ["axis=0,0.5", "references=0.25", "sort=size", "right=estimate_ci", "decimals=1", "prediction_as=none"]
    typed = [word for option in options for word in ("--option", option)]
    assert main(["draw", "forest", "counts.csv", *typed, "-o", "a.svg"]) == 0
    svg = (desk / "a.svg").read_text(encoding="utf-8")
    assert "Dotted" in svg and "Arrow" in svg and ">30.0 (6.7 to 65.2)<" in svg
    assert svg.index(">Ada<") < svg.index(">Cy<") < svg.index(">Di<") < svg.index(">Bo<")


def test_a_word_that_a_view_does_not_know_is_refused(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "forest", "counts.csv", "--option", "scale=permille", "-o", "a.svg"]) == 2
    assert "per-1000" in capsys.readouterr().err and not (desk / "a.svg").exists()


def test_words_that_an_option_takes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "forest"]) == 0
    out = capsys.readouterr().out
    assert "scale=WORD" in out and "one of percent, per-1000, proportion" in out
    assert "one of bar, shade, density, none" in out and "VALUE" not in out
    assert main(["draw", "funnel"]) == 0
    assert "one of se, size" in capsys.readouterr().out
    assert main(["draw", "drapery"]) == 0
    assert "one of true, false" in capsys.readouterr().out


@pytest.mark.parametrize("name", [name for name, kind in FIGURES.items() if kind.of != "question"])
def test_an_option_says_what_it_takes(name: str) -> None:
    kind = FIGURES[name]
    for option, default in kind.options.items():
        if default in (None, "", ()):
            assert kind.accepts(option) or option == "cut", option


def test_a_width_with_its_unit_is_told_what_is_accepted(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for width in ("20mm", "20", "1001"):
        assert main(["draw", "forest", "counts.csv", "--width", width]) == 2
        assert "a number of millimetres from 60 to 1000 without the unit" in capsys.readouterr().err


def test_a_question_is_called_by_the_figure_that_was_typed(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["draw", "specification", "counts.csv"]) == 3
    assert capsys.readouterr().err.startswith("specification: nothing to draw")
    assert main(["draw", "bubble", "counts.csv", "--option", "foo=1"]) == 2
    assert capsys.readouterr().err.startswith("figure bubble has no option 'foo'")


def test_options_are_spelled_as_they_are_typed(
    desk: Path, calcinosis: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    whole = [str(calcinosis), "--outcome", "complete_remission"]
    assert main(["draw", "publication-filter", *whole]) == 3
    assert "(--option force=true asks all the same)" in capsys.readouterr().err
    assert main(["sensitivity", *whole, "--question", "publication-filter"]) == 0
    assert "--option force=true asks all the same" in " ".join(capsys.readouterr().out.split())
    assert main(["draw", "gosh", "counts.csv", "--option", "drawn=x"]) == 2
    assert "write it like --option drawn=32768" in capsys.readouterr().err


def test_times_at_risk_are_named_as_in_a_forest_plot(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (desk / "rates.csv").write_text("study,x,years\nA,3,100\nB,5,120\nC,9,80\n", encoding="utf-8")
    typed = ["rates.csv", "--events", "x", "--exposure", "years", "--time-unit", "year"]
    assert main(["draw", "forest", *typed, "-o", "a.svg"]) == 0
    assert "per year" in (desk / "a.svg").read_text(encoding="utf-8")
    assert main(["draw", "gosh", *typed]) == 2
    assert "figure gosh is of proportions" in capsys.readouterr().err


def test_columns_that_do_not_fit_are_counted_and_the_page_that_holds_them_is_named(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    typed = ["forest", "counts.csv", "--option", "columns=Route,events,n,estimate,weight,ci"]
    assert main(["draw", *typed, "--width", "60"]) == 2
    said = capsys.readouterr().err
    found = re.search(r"make it (\d+) mm wide", said)
    assert found and "columns beside the labels and the axis (Route, Events, n," in said
    assert main(["draw", *typed, "--width", found[1], "-o", "a.svg"]) == 0
    assert main(["draw", *typed, "--width", str(int(found[1]) - 3)]) == 2
