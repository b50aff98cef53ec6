"""Figures that an analysis asks for: drawn where they belong, refused with their line where they don't."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.analysis import FigureRequest
from evidence.analysis_file import read_analysis
from evidence.document.findings import OutcomeFindings, find
from evidence.document.gallery import make_gallery
from evidence.document.html import to_html
from evidence.document.picturing import check_figures, draw_outcome, draw_review
from evidence.errors import DataError
from evidence.figures import FIGURES
from evidence.outcomes import select
from evidence.pooling import pool
from evidence.pooling.result import Pooled
from evidence.review.review import read_review
from evidence.sensitivity.standing import Standing

SYNTHETIC = Path(__file__).resolve().parents[2] / "data" / "synthetic-example"

HEAD = 'review = "heel-pain"\n{above}\n[model]\nname = "common-effect"\n\n[[outcomes]]\noutcome = "improved"\n{below}\n'


def written(third_review: Path, above: str = "", below: str = "") -> Path:
    path = third_review.parent / "figures.toml"
    path.write_text(HEAD.format(above=above, below=below), encoding="utf-8")
    return path


def test_a_forest_plot_is_drawn_of_each_grouping_with_its_options(third_review: Path) -> None:
    below = 'by = ["device"]\nfigures = ["forest", {figure = "forest", columns = ["year"]}]'
    analysis = read_analysis(written(third_review, below=below))
    assert analysis.outcomes[0].figures == (
        FigureRequest("forest", {}, 9),
        FigureRequest("forest", {"columns": ["year"]}, 9),
    )
    found = find(analysis, read_review(analysis.review)).outcomes[0]
    plain, with_year = draw_outcome(analysis, read_review(analysis.review), found)
    assert (plain.name, with_year.name) == ("forest-improved-by-device", "forest-improved-by-device--2")
    assert ">Year<" not in plain.svg and ">Year<" in with_year.svg


@pytest.mark.parametrize(
    ("above", "below", "line", "said"),
    [
        ("", 'figures = ["forst"]', 8, "did you mean forest"),
        ("", 'figures = ["baujat"]', 8, 'sensitivity = ["baujat"]'),
        ('figures = ["forest"]', "", 2, "under [[outcomes]]"),
        ('style = "jam"', "", 2, "did you mean jama"),
        ("", 'figures = [{figure = "forest", colums = ["year"]}]', 8, "did you mean columns"),
        ("", 'figures = [\n"funnel",\n{figure = "forest", responses = "yes"}]', 10, "responses=false"),
        ("", 'figures = [{figure = "forest", risk_of_bias = "jbi-case-serie"}]', 8, "did you mean jbi-case-series"),
        ("", 'figures = [{figure = "forest", risk_of_bias = true}]', 8, "write it like risk_of_bias=WORD"),
        ("", 'figures = [{figure = "forest", scale = "percents"}]', 8, "did you mean percent"),
    ],
)
def test_a_figure_that_cannot_be_drawn_there_is_placed(
    third_review: Path, above: str, below: str, line: int, said: str
) -> None:
    analysis = read_analysis(written(third_review, above, below))
    with pytest.raises(DataError) as caught:
        check_figures(analysis)
    (problem,) = caught.value.problems
    assert (problem.file, problem.line) == (str(analysis.path), line) and said in problem.mend


def test_what_the_review_does_not_tell_is_placed(third_review: Path) -> None:
    analysis = read_analysis(written(third_review, below='figures = [{figure = "forest", risk_of_bias = "all"}]'))
    with pytest.raises(DataError) as caught:
        find(analysis, read_review(analysis.review))
    (problem,) = caught.value.problems
    assert (problem.file, problem.line, problem.column) == (str(analysis.path), 8, "figures")
    assert problem.code == "not-appraised" and "appraisals.csv" in problem.mend


def test_responses_and_risk_of_bias_stand_beside_the_rows() -> None:
    analysis = read_analysis(SYNTHETIC / "analysis.toml")
    review = read_review(SYNTHETIC)
    selection = select(review, "any_response")
    request = next(one for one in analysis.outcomes if one.outcome == "any_response")
    pooled = pool(selection, "common-effect")
    assert isinstance(pooled, Pooled)
    spec = review.settings.outcomes["any_response"]
    found = OutcomeFindings(request, spec, selection, pooled, (), Standing((), None))
    plain, beside = draw_outcome(analysis, review, found)
    assert ">Risk of bias<" in beside.svg and ">Response<" in beside.svg and "S10 Statistical analysis" in beside.svg
    assert ">Risk of bias<" not in plain.svg


def test_an_option_that_a_figure_lacks_is_placed(third_review: Path) -> None:
    analysis = read_analysis(written(third_review, below='figures = [{figure = "forest", colums = ["year"]}]'))
    with pytest.raises(DataError, match="did you mean columns") as caught:
        find(analysis, read_review(analysis.review))
    assert caught.value.problems[0].line == 8


def test_a_figure_whose_option_leaves_nothing_is_refused_and_one_that_waits_is_not(third_review: Path) -> None:
    above = 'figures = [{figure = "risk-of-bias", tool = "murad-2018"}]'
    analysis = read_analysis(written(third_review, above))
    assert draw_review(analysis, read_review(third_review), print) == {}, "nobody has appraised anything yet"
    study = read_review(third_review).rows("studies")[0]["study_id"]
    head = "study_id,tool,item,rater,judgement,support,source_location"
    (third_review / "appraisals.csv").write_text(f"{head}\n{study},jbi-case-series,1,A,yes,,\n", encoding="utf-8")
    with pytest.raises(DataError, match="no study has been appraised with murad-2018") as caught:
        draw_review(analysis, read_review(third_review), print)
    problem = caught.value.problems[0]
    assert (problem.code, problem.line, problem.column) == ("nothing-to-draw", 2, "figures") and "tool" in problem.mend


def test_the_look_of_the_analysis_reaches_its_figures(third_review: Path) -> None:
    drawn = []
    for above in ("", 'style = "jama"'):
        analysis = read_analysis(written(third_review, above))
        drawn.append(find(analysis, read_review(analysis.review)).outcomes[0].figures[0].svg)
    assert drawn[0] != drawn[1] and "#eef2f5" in drawn[1]


def test_the_gallery_shows_every_figure_or_says_why_not(third_review: Path) -> None:
    steps: list[str] = []
    document = make_gallery([read_analysis(written(third_review, below='by = ["device"]'))], steps.append)
    assert [section.name for section in document.sections] == list(FIGURES)
    page = to_html(document)
    assert len(document.figures) + page.count("Not drawn: ") >= len(FIGURES)
    assert "<code>evidence draw forest heel-pain --outcome improved --by device</code>" in page
    assert any("forest" in step for step in steps)
