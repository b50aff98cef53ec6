"""A review's own tool to appraise studies: declared in review.toml, it is treated like the others everywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.figures.forest_company import Origin, check_company, company
from evidence.figures.risk_of_bias import LightsLayout, risk_of_bias
from evidence.figures.risk_summary import BarsLayout, risk_of_bias_summary
from evidence.review.appraisal import appraisals, judgements, not_done, rater_agreement
from evidence.review.review import check_review, read_review
from evidence.review.settings import read_settings
from evidence.tables.appraisal_tables import settled_table, tools_used

TOOL = """
[appraisal.heel-list]
title = "Heel list"
version = "2, 2024"
source = "protocol of this review"
designs = ["case_series"]

[appraisal.heel-list.domains]
selection = ["All who came were taken in"]
pain_scores = ["Scored before and after", "By somebody else"]
"""
ROWS = """study_id,tool,item,rater,judgement,support,source_location
bo-2002,heel-list,1,A,yes,,
bo-2002,heel-list,2,A,no,"scored once",table 1
bo-2002,heel-list,3,A,unclear,,
bo-2002,heel-list,1,B,no,,
bo-2002,heel-list,2,B,no,,
bo-2002,heel-list,3,B,unclear,,
bo-2002,heel-list,1,consensus,no,,
bo-2002,murad-2018,1,A,yes,,
"""


@pytest.fixture
def appraised(third_review: Path) -> Path:
    with (third_review / "review.toml").open("a", encoding="utf-8") as file:
        file.write(TOOL)
    (third_review / "appraisals.csv").write_text(ROWS, encoding="utf-8")
    return third_review


def found(folder: Path) -> list[tuple[str, int | None, str]]:
    return [(p.code, p.line, p.severity) for p in check_review(folder) if Path(p.file or "").name == "appraisals.csv"]


def test_it_is_read_with_its_domains_version_and_source(appraised: Path) -> None:
    tools = read_review(appraised).settings.tools
    assert list(tools) == ["jbi-case-series", "jbi-case-reports", "murad-2018", "heel-list"]
    tool = tools["heel-list"]
    assert [(item.code, item.number, item.domain, item.text) for item in tool.items] == [
        ("A1", 1, "Selection", "All who came were taken in"),
        ("A2", 2, "Pain scores", "Scored before and after"),
        ("A3", 3, "Pain scores", "By somebody else"),
    ]
    assert (tool.title, tool.source, tool.designs) == (
        "Heel list",
        "2, 2024, protocol of this review",
        ("case_series",),
    )


def test_its_rows_are_checked_like_those_of_any_tool(appraised: Path) -> None:
    assert found(appraised) == [("item-not-judged", 9, "warning")], "of Murad 2018 alone"
    with (appraised / "appraisals.csv").open("a", encoding="utf-8") as file:
        file.write("bo-2002,heel-list,4,A,yes,,\nna,heel-list,1,A,yes,,\nbo-2002,heel-lists,1,A,yes,,\n")
    assert {
        ("unknown-item", 10, "error"),
        ("tool-for-other-design", 11, "warning"),
        ("unknown-term", 12, "error"),
    } <= set(found(appraised))


def test_its_judgements_fill_the_tables(appraised: Path) -> None:
    review = read_review(appraised)
    assert judgements(review, "heel-list") == {"bo-2002": {"A1": "no", "A2": "no", "A3": "unclear"}}
    everything = appraisals(review)
    assert [tool.name for tool in tools_used(everything)] == ["murad-2018", "heel-list"]
    agreed = [(one.item.code, one.agree) for one in rater_agreement(everything)]
    assert agreed == [("A1", 0), ("A2", 1), ("A3", 1)]
    table = settled_table(review, everything, review.settings.tools["heel-list"])
    assert [cell.text for cell in table.rows[0]] == ["Bo 2002", "no*", "no", "unclear", "A, B"]
    assert "A2 (Pain scores) Scored before and after" in table.footnotes[0]


def test_its_lights_are_drawn_alone_and_beside_a_forest_plot(appraised: Path) -> None:
    review = read_review(appraised)
    lights, bars = (draw(review, tool="heel-list").layout for draw in (risk_of_bias, risk_of_bias_summary))
    assert isinstance(lights, LightsLayout) and isinstance(bars, BarsLayout)
    assert {light.item for light in lights.lights} == {"A1", "A2", "A3"}
    assert [(part.item, part.judgement) for part in bars.parts] == [("A1", "no"), ("A2", "no"), ("A3", "unclear")]
    assert "protocol of this review" in " ".join(text.text for text in bars.page.texts)
    beside = company({"risk_of_bias": "heel-list"}, Origin(review, "improved"))
    assert set(beside["lights"]["bo-2002"]) == {"A1", "A2", "A3"}
    assert beside["light_texts"]["A3"] == "By somebody else"
    with pytest.raises(UsageError, match="heel-lists") as caught:
        check_company({"risk_of_bias": "heel-lists"}, review.settings.tools)
    assert "did you mean heel-list" in caught.value.problems[0].mend
    assert "heel-list (3 items; 2, 2024, protocol of this review)" in not_done(known=review.settings.tools)[2]


LEAST = 'title = "T"\nquestion = "Q"\n[outcomes.cured]\ntitle = "Cured"\ndefinition = "All gone"\n'


@pytest.mark.parametrize(
    ("text", "code", "column"),
    [
        ("appraisal = 3\n" + LEAST, "not-a-table", "appraisal"),
        (LEAST + "[appraisal]\nx = 3\n", "not-a-table", "appraisal.x"),
        (LEAST + '[appraisal.murad-2018]\ntitle = "M"\nitems = ["a"]\n', "core-tool", "appraisal.murad-2018"),
        (LEAST + '[appraisal."My tool"]\ntitle = "M"\nitems = ["a"]\n', "bad-name", "appraisal.My tool"),
        (LEAST + '[appraisal.x]\nitems = ["a"]\n', "missing-key", "appraisal.x"),
        (LEAST + '[appraisal.x]\ntitle = "X"\n', "missing-key", "appraisal.x"),
        (LEAST + '[appraisal.x]\ntitle = 3\nitems = ["a"]\n', "not-a-text", "appraisal.x.title"),
        (LEAST + '[appraisal.x]\ntitle = "X"\nitems = "a"\n', "not-a-list", "appraisal.x.items"),
        (LEAST + '[appraisal.x]\ntitle = "X"\nitems = ["a", ""]\n', "not-a-list", "appraisal.x.items"),
        (LEAST + '[appraisal.x]\ntitle = "X"\ndomains = ["a"]\n', "not-a-table", "appraisal.x.domains"),
        (LEAST + '[appraisal.x]\ntitle = "X"\nitem = ["a"]\nitems = ["a"]\n', "unknown-key", "appraisal.x.item"),
        (LEAST + '[appraisal.x]\ntitle = "X"\nletter = "S"\nitems = ["a"]\n', "bad-value", "appraisal.x.letter"),
        (
            LEAST + '[appraisal.x]\ntitle = "X"\nitems = ["a"]\ndesigns = ["trial"]\n',
            "unknown-term",
            "appraisal.x.designs",
        ),
        (LEAST + '[appraisal.x]\ntitle = "X"\nitems = ["a"]\ndesigns = "trial"\n', "not-a-list", "appraisal.x.designs"),
    ],
)
def test_what_a_tool_cannot_be_is_said_at_its_line(text: str, code: str, column: str, tmp_path: Path) -> None:
    path = tmp_path / "review.toml"
    path.write_text(text, encoding="utf-8")
    _, problems = read_settings(path)
    (problem,) = [problem for problem in problems if problem.severity == "error"]
    assert (problem.code, problem.column) == (code, column) and problem.line and problem.mend


def test_two_tools_have_two_letters_and_a_tool_of_items_has_no_domains(tmp_path: Path) -> None:
    path = tmp_path / "review.toml"
    one, other = '[appraisal.x]\ntitle = "X"\nitems = ["a", "b"]\n', '[appraisal.y]\ntitle = "Y"\nitems = ["c"]\n'
    path.write_text(LEAST + one + other, encoding="utf-8")
    settings, _ = read_settings(path)
    assert [item.code for tool in settings.own_tools.values() for item in tool.items] == ["A1", "A2", "B1"]
    assert {item.domain for item in settings.own_tools["x"].items} == {""}
    assert "case_report" in settings.own_tools["x"].designs and settings.own_tools["x"].source == "items of this review"
