"""Appraisals: what is settled, how far raters agree, and what is wrong with the table."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from evidence.errors import UsageError
from evidence.review.appraisal import Appraised, appraisals, judgements, not_done, of_tool, rater_agreement
from evidence.review.appraisal_tools import TOOLS, item_named
from evidence.review.review import check_review, read_review

HEADER = "study_id,tool,item,rater,judgement,support,source_location\n"
SERIES = [f"bo-2002,jbi-case-series,{item},{rater},yes,read so,p. 2" for rater in "AB" for item in range(1, 11)]


def write(folder: Path, *rows: str) -> Path:
    (folder / "appraisals.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


def found(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    return [
        (p.code, p.line, p.column, p.severity)
        for p in check_review(folder)
        if Path(p.file or "").name == "appraisals.csv"
    ]


def test_tools_have_their_items_each_with_a_code_of_its_own() -> None:
    assert {name: len(tool.items) for name, tool in TOOLS.items()} == {
        "jbi-case-series": 10,
        "jbi-case-reports": 8,
        "murad-2018": 8,
    }
    codes = [item.code for tool in TOOLS.values() for item in tool.items]
    assert len(set(codes)) == 26 and max(map(len, codes)) <= 3
    assert [item.number for item in TOOLS["murad-2018"].items] == list(range(1, 9))
    domains = dict.fromkeys(item.domain for item in TOOLS["murad-2018"].items)
    assert list(domains) == ["Selection", "Ascertainment", "Causality", "Reporting"]
    assert all(re.search(r"\b20\d\d\b.* 10\.\d{4,}/\S+", tool.source) for tool in TOOLS.values()), "version and DOI"
    named = item_named("S4")
    assert named is not None and (named[0].name, named[1].number) == ("jbi-case-series", 4)
    assert item_named("Z1") is None


def test_a_review_without_the_table_is_fine(third_review: Path) -> None:
    review = read_review(third_review)
    assert appraisals(review) == () and judgements(review) == {} and found(third_review) == []


def test_the_consensus_wins_agreement_stands_and_a_difference_is_open(third_review: Path) -> None:
    rows = [*SERIES[:10], "bo-2002,jbi-case-series,1,B,no,,", "bo-2002,jbi-case-series,2,B,unclear,,"]
    rows += ["bo-2002,jbi-case-series,2,consensus,no,,", "bo-2002,jbi-case-series,3,B,yes,,"]
    review = read_review(write(third_review, *rows))
    settled = judgements(review)
    assert list(settled) == ["bo-2002"]
    assert dict(settled["bo-2002"]) == {"S1": "open", "S2": "no"} | {f"S{i}": "yes" for i in range(3, 11)}
    second = appraisals(review)[1]
    assert (dict(second.judgements), second.consensus) == ({"A": "yes", "B": "unclear"}, "no")
    assert second.support == ("read so",)


def test_studies_come_in_the_order_of_the_table_of_studies(third_review: Path) -> None:
    rows = ["bo-2002,jbi-case-series,2,A,no,,", "ada-2001,murad-2018,8,A,yes,,", "ada-2001,jbi-case-series,1,A,no,,"]
    review = read_review(write(third_review, *rows))
    assert {study: dict(codes) for study, codes in judgements(review).items()} == {
        "ada-2001": {"S1": "no", "M8": "yes"},
        "bo-2002": {"S2": "no"},
    }
    assert judgements(review, "murad-2018") == {"ada-2001": {"M8": "yes"}}
    with pytest.raises(UsageError, match="murat-2018") as error:
        judgements(review, "murat-2018")
    assert "did you mean murad-2018" in error.value.problems[0].mend


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (["bo-2002,jbi-case-series,11,A,yes,,"], ("unknown-item", 2, "item", "error")),
        (["bo-2002,jbi-case-series,0,A,yes,,"], ("too-small", 2, "item", "error")),
        (["bo-2002,jbi,1,A,yes,,"], ("unknown-term", 2, "tool", "error")),
        (["bo-2002,jbi-case-series,1,A,maybe,,"], ("unknown-term", 2, "judgement", "error")),
        (["bo-2002,jbi-case-series,1,,yes,,"], ("missing-value", 2, "rater", "error")),
        (["bo-2003,jbi-case-series,1,A,yes,,"], ("unknown-id", 2, "study_id", "error")),
        ([*SERIES, SERIES[0]], ("duplicate-row", 22, "item", "error")),
        (["bo-2002,jbi-case-reports,1,A,yes,,"], ("tool-for-other-design", 2, "tool", "warning")),
        (SERIES[:9], ("item-not-judged", 10, "item", "warning")),
        ([*SERIES[:19], "bo-2002,jbi-case-series,10,B,no,,"], ("raters-differ", 21, "judgement", "warning")),
        ([*SERIES, "bo-2002,jbi-case-series,4,consensus,no,,"], ("consensus-differs", 22, "judgement", "warning")),
    ],
)
def test_a_problem_has_its_place(rows: list[str], expected: tuple[str, int, str, str], third_review: Path) -> None:
    assert expected in found(write(third_review, *rows))


def test_two_raters_who_agree_on_every_item_are_no_problem(third_review: Path) -> None:
    assert found(write(third_review, *SERIES, "bo-2002,jbi-case-series,1,consensus,yes,,")) == []


def test_agreement_is_per_item_between_the_raters_of_the_study_without_the_consensus() -> None:
    tool = TOOLS["jbi-case-reports"]
    first, second = tool.items[:2]
    rows = (
        Appraised("a", tool, first, {"B": "yes", "A": "yes"}, "no"),
        Appraised("b", tool, first, {"A": "no", "B": "unclear"}, "no"),
        Appraised("c", tool, first, {"A": "no"}, None),
        Appraised("a", tool, second, {"A": "no", "C": "no"}, None),
    )
    found = [(one.item.code, one.raters, one.agree, one.n) for one in rater_agreement(rows)]
    assert found == [("R1", ("A", "B"), 1, 2), ("R2", ("A", "C"), 1, 1)]
    assert of_tool(rows, "murad-2018") == ()


def test_what_is_missing_is_said_with_every_column_and_tool() -> None:
    text = " ".join(not_done())
    assert text.startswith("Not done yet: no study has been appraised.") and "appraisals.csv" in text
    assert all(name in text for name in (*HEADER.strip().split(","), *TOOLS, "not_applicable", "consensus"))
    assert "with murad-2018." in not_done("murad-2018")[0]


SEARCHES = "search_id,source,kind,records,duplicates_removed,automation_removed,otherwise_removed\n"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # The third review screened 5 reports of its database and 2 of reference lists.
        (["1,Example database,database,9,4,0,0", "2,reference lists,citation,2,0,0,0"], None),
        (["1,Example database,database,9,3,0,0"], ("records-differ", 2, "records", "warning")),
        (["1,Example database,database,4,,,"], ("records-differ", 2, "records", "warning")),
        (["1,Example database,database,9,,,"], None),
        (["1,Example database,data base,9,,,"], ("unknown-term", 2, "kind", "error")),
        (["1,Example database,database,-9,,,"], ("negative", 2, "records", "error")),
    ],
)
def test_records_of_the_search_log_add_up(
    rows: list[str], expected: tuple[str, int, str, str] | None, third_review: Path
) -> None:
    (third_review / "searches.csv").write_text(SEARCHES + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    problems = [
        (p.code, p.line, p.column, p.severity)
        for p in check_review(third_review)
        if Path(p.file or "").name == "searches.csv"
    ]
    assert problems == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("day", "unclear"), [("2024-05-31", False), ("2024-05", False), ("2/1/2024", True), ("2024-13-01", True)]
)
def test_a_day_of_a_search_that_can_be_misread_is_said(day: str, unclear: bool, third_review: Path) -> None:
    table = f"search_id,source,kind,date,records\n1,Example database,database,{day},\n"
    (third_review / "searches.csv").write_text(table, encoding="utf-8")
    told = [(p.line, p.column, p.severity) for p in check_review(third_review) if p.code == "date-unclear"]
    assert told == ([(2, "date", "warning")] if unclear else [])
