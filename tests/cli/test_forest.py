"""A forest plot of a spreadsheet or a review: one file, named by the ending, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.cli import main
from evidence.cli.forest import default_name

TABLE = "Study,Events,N,Route\nSmith [abstract],3,10,oral\nBo,0,4,oral\nCy,2,9,\nDi & Söhne <2>,5,8,iv\n"


@pytest.fixture
def desk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder with a table, as the current folder."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "counts.csv").write_text(TABLE, encoding="utf-8")
    return tmp_path


def files(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} - {"counts.csv"}


def test_the_plot_is_written_to_the_current_folder_and_said(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forest", "counts.csv"]) == 0
    assert capsys.readouterr().out == "wrote forest-counts.svg\n"
    assert files(desk) == {"forest-counts.svg"}
    svg = (desk / "forest-counts.svg").read_text(encoding="utf-8")
    assert svg.count("<svg") == 1


@pytest.mark.parametrize(("ending", "start"), [("pdf", b"%PDF"), ("png", b"\x89PNG"), ("svg", b"<?xml")])
def test_the_ending_decides_and_an_older_file_is_replaced(ending: str, start: bytes, desk: Path) -> None:
    path = desk / f"plot.{ending}"
    path.write_bytes(b"old")
    assert main(["forest", "counts.csv", "--by", "Route", "--columns", "Route,events_n", "-o", path.name]) == 0
    assert path.read_bytes().startswith(start)
    assert files(desk) == {path.name}


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["-o", "plot.docx"], "docx"),
        (["-o", "nowhere/plot.svg"], "nowhere"),
        (["-o", "."], ".svg"),
        (["--columns", "Rute"], "did you mean Route"),
        (["--style", "jamma"], "did you mean jama"),
    ],
)
def test_a_wrong_word_leaves_nothing_behind(
    options: list[str], says: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forest", "counts.csv", *options]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert says in err
    assert "  mend: " in err
    assert files(desk) == set()


def test_a_style_of_a_journal_changes_the_drawing(desk: Path) -> None:
    for style in ("default", "jama"):
        assert main(["forest", "counts.csv", "--style", style, "-o", f"{style}.svg"]) == 0
    assert (desk / "default.svg").read_bytes() != (desk / "jama.svg").read_bytes()


def test_a_palette_changes_the_colours_and_an_unknown_one_is_refused(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forest", "counts.csv", "-o", "own.svg"]) == 0
    assert main(["forest", "counts.csv", "--palette", "colorblind", "-o", "other.svg"]) == 0
    assert (desk / "own.svg").read_bytes() != (desk / "other.svg").read_bytes()
    assert main(["forest", "counts.csv", "--palette", "nonsense"]) == 2
    assert "[unknown-palette]" in capsys.readouterr().err


def test_default_names_come_from_the_input() -> None:
    assert default_name("some/folder/My counts.xlsx", None) == "forest-My-counts.svg"
    assert default_name("sts-calcinosis-cutis", "complete_remission") == "forest-complete_remission.svg"
    assert default_name("-", None) == "forest.svg"
    assert default_name("...", None) == "forest.svg"


def test_options_reach_the_plot(desk: Path) -> None:
    options = ["--columns", "events,n", "--right", "estimate_ci:1", "--span", "Counts=events,n", "--sort", "-size"]
    options += ["--scale", "proportion", "--axis", "0,0.8", "--reference", "0.25", "--prediction-as", "none"]
    assert main(["forest", "counts.csv", *options, "--width", "two-columns", "-o", "a.svg"]) == 0
    svg = (desk / "a.svg").read_text(encoding="utf-8")
    assert all(words in svg for words in ("Counts", "Proportion", "(95 % CI)", "Dotted", "Arrow:"))
    labels = ["Bo", "Di &amp; Söhne &lt;2&gt;", "Cy", "Smith [abstract]"]
    places = [svg.index(f">{label}<") for label in labels]
    assert places == sorted(places)


def test_a_broken_plot_is_a_file_for_each_page(desk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forest", "counts.csv", "--page-rows", "5", "-o", "a.svg"]) == 0
    assert capsys.readouterr().out == "wrote a-1.svg\nwrote a-2.svg\n"
    assert files(desk) == {"a-1.svg", "a-2.svg"}


def test_a_further_model_stands_below_the_first(desk: Path) -> None:
    assert main(["forest", "counts.csv", "--beside-model", "common-effect", "-o", "a.svg"]) == 0
    svg = (desk / "a.svg").read_text(encoding="utf-8")
    assert "Models of the same counts" in svg and "Common-effect, binomial" in svg


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--beside", "any_response"], "it has no further outcome"),
        (["--beside", "x", "--beside-model", "common-effect"], "use one of them"),
        (["--responses"], "a bare table has no extents"),
        (["--risk-of-bias", "all"], "a bare table has no appraisals"),
        (["--span", "Counts"], "HEADING=A,B"),
        (["--axis", "0,x"], "no number"),
        (["--sort", "Rute"], "use one of given"),
        (["--scale", "permille"], "did you mean"),
        (["--width", "narrow"], "column, two-columns, page"),
    ],
)
def test_options_that_do_not_fit_are_refused(
    options: list[str], says: str, desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forest", "counts.csv", *options]) == 2
    assert says in capsys.readouterr().err
    assert files(desk) == set()


def test_outcomes_of_a_review_stand_side_by_side_with_their_responses(desk: Path) -> None:
    review = str(Path(__file__).parents[2] / "data" / "sts-calcinosis-cutis")
    options = ["--outcome", "complete_remission", "--beside", "any_response", "--model", "common-effect"]
    assert main(["forest", review, *options, "--responses", "--width", "page", "-o", "a.svg"]) == 0
    svg = (desk / "a.svg").read_text(encoding="utf-8")
    assert "Complete remission and any response" in svg and "Any response, extent not read" in svg


def test_lights_of_an_appraised_review_and_a_word_where_nothing_was_appraised(
    desk: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = Path(__file__).parents[2] / "data"
    options = ["--outcome", "any_response", "--model", "common-effect", "--risk-of-bias", "murad-2018", "-o", "a.svg"]
    assert main(["forest", str(data / "synthetic-example"), *options]) == 0
    assert "Risk of bias: M1 " in (desk / "a.svg").read_text(encoding="utf-8")
    assert main(["forest", str(data / "sts-calcinosis-cutis"), *options]) == 2
    assert "Not done yet" in capsys.readouterr().err
