"""What the report of the first review says first (METHODS section 7), and that its words hold the results' numbers."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import pytest

from evidence import display
from evidence.document.build import render
from evidence.document.findings import Findings
from evidence.document.found import found
from evidence.document.sentences import Sentence, beside, summary
from evidence.errors import Problem
from evidence.pooling.notes import FEW_STUDIES, FEW_UNITS, SERIES_SIZE


@pytest.fixture(scope="module")
def points(calcinosis_findings: Findings) -> dict[str, Sentence]:
    return {point.name: point for point in summary(calcinosis_findings)}


@pytest.fixture(scope="module")
def files(calcinosis_findings: Findings) -> dict[str, str]:
    return render(calcinosis_findings)


def test_the_points_come_in_the_order_of_the_methods(points: dict[str, Sentence]) -> None:
    expected = ["method-range", "selection", "coverage", "definitions", "groups", "harms", "claim-claim01"]
    assert list(points)[:7] == expected


def test_one_the_range_by_method_and_why(points: dict[str, Sentence]) -> None:
    text = points["method-range"].text
    start = "Any response ranges from 61 to 98 of 100 patients by method, on the same 35 of 57 patients, because"
    assert text.startswith(start)
    assert "9 of 28" in text and "20 of 23" in text
    assert "the models average over studies, however small, and the observed count over patients" in text


def test_two_who_gets_reported(points: dict[str, Sentence]) -> None:
    text = points["selection"].text
    assert "16 of 23 arms are case reports" in text
    assert "Of 22 patients not counted as any response, 19 are in one study" in text and "3 in 3 other studies" in text
    assert "papers about other drugs" in text


def test_three_how_many_are_counted(points: dict[str, Sentence]) -> None:
    text = points["coverage"].text
    assert "Of 110 treated patients" in text
    assert "57 are counted in any response and 45 in complete remission" in text
    assert "Of the others there is no count that could be used." in text
    assert "8 of 46 treated patients (intralesional) and 1 of 15 treated patients (intravenous)" in text


def test_four_what_counts(points: dict[str, Sentence]) -> None:
    text = points["definitions"].text
    assert "shrinkage on radiographs, healing of ulcers and success told by a title only" in text
    assert "Of 12 patients it could not be read whether they had complete remission." in text
    assert "18 of 100 patients (10 of 57)" in text and "39 of 100 (22 of 57)" in text


def test_five_routes_are_not_compared(points: dict[str, Sentence], files: dict[str, str]) -> None:
    text = points["groups"].text
    assert "route" in text and "No test, no ranking" in text
    start, end = files["report.md"].index("## Results"), files["report.md"].index("## Adverse events")
    said = files["report.md"][start:end] + " ".join(point.text for point in points.values())
    for word in ("superior", "better than", "more effective", "best route", "significant", "rank first"):
        assert word not in said, word
    assert "No test for subgroup differences" in said


def test_six_harms_are_counts(points: dict[str, Sentence]) -> None:
    text = points["harms"].text
    assert "6 of 23 arms say anything about adverse events" in text
    assert "Recurrence: 1 of 2 patients in 2 of 23 arms" in text and "not rates" in text


def test_seven_the_letter_s_claim(points: dict[str, Sentence]) -> None:
    text = points["claim-claim01"].text
    assert "50 to 100 %" in text and "can't say" in text and "4 of 8" in text and "16 to 84 %" in text


def test_any_response_is_never_summarised_as_98_percent(files: dict[str, str]) -> None:
    for name in ("index.html", "report.md"):
        text = files[name].replace("\u00a0", " ")
        start, end = text.index("Summary"), text.index("Question and eligibility", text.index("Read this before"))
        shown = [text[m.start() - 6 : m.end()] for m in re.finditer(r"\b98\b", text[:end]) if m.start() > start]
        assert shown == ["61 to 98"], shown


def test_every_number_of_the_summary_is_in_the_results(
    calcinosis_findings: Findings, points: dict[str, Sentence], files: dict[str, str]
) -> None:
    stored = {point["name"]: point for point in json.loads(files["results.json"])["summary"]}
    stored |= {point["name"]: point for point in json.loads(files["results.json"])["found"]}
    said = points | {point.name: point for point in found(calcinosis_findings)}
    assert set(said) == set(stored)
    for name, point in said.items():
        assert stored[name]["text"] == point.text
        known = {str(SERIES_SIZE), str(FEW_STUDIES), str(FEW_UNITS), "100"} | {
            form for value in numbers(stored[name]["numbers"]) for form in forms(value)
        }
        known |= {"1", "99"} if "less than 1 to more than 99 of 100" in point.text else set()
        known |= {form for value in numbers_of_outcomes(files) for form in forms(value)}
        shown = re.findall(r"\d+(?:\.\d+)?", re.sub(r"“[^”]*”|\([A-Z][^)]*\)|[A-Z]\w+ \d{4}", "", point.text))
        assert shown == [] or set(shown) <= known, set(shown) - known


def numbers_of_outcomes(files: dict[str, str]) -> list[float]:
    outcomes = json.loads(files["results.json"])["outcomes"]
    found: list[float] = []
    for outcome in outcomes:
        pooled = outcome["pooled"]
        found += [*numbers(pooled["headline"]), pooled["events"], pooled["n"]]
        found += [value for key, value in pooled["context"].items() if isinstance(value, int)]
        found += [study[key] for study in pooled["studies"] for key in ("events", "n")]
    return found


def numbers(value: object) -> list[float]:
    if isinstance(value, dict):
        return [number for item in value.values() for number in numbers(item)]
    if isinstance(value, list):
        return [number for item in value for number in numbers(item)]
    return [value] if isinstance(value, int | float) and not isinstance(value, bool) else []


def forms(value: float) -> set[str]:
    """How a number may be printed: as a count, or as percent."""
    shown = {f"{value:g}"}
    if 0 <= value <= 1:
        shown.add(display.percent(value).removesuffix(" %"))
    return shown


def test_beside_every_estimate_stand_case_reports_and_comparison(
    calcinosis_findings: Findings, files: dict[str, str]
) -> None:
    for outcome in calcinosis_findings.outcomes:
        line = beside(outcome)
        assert "are case reports; no comparison group." in line
        assert line.replace(" %", "\u00a0%") in files["index.html"]


def test_the_same_counts_by_every_method_include_the_unread_extents(files: dict[str, str]) -> None:
    table = files["tables/complete_remission-methods.csv"]
    assert "unread extent counted as not complete remission" in table
    rows = list(csv.DictReader(table.splitlines()))
    assert {(row["events"], row["n"]) for row in rows} == {("10", "45"), ("10", "57"), ("22", "57")}


def test_flow_makes_no_number_up(files: dict[str, str]) -> None:
    text = files["index.html"]
    assert "Databases: not searched. Other sources (index of public web pages): 69." in text
    assert "not recorded" in text


def test_continuous_results_of_52_patients_are_named(files: dict[str, str]) -> None:
    assert "52 of 110, in 2 arms, have continuous results only" in files["index.html"]


def test_every_report_has_a_reference_and_what_was_not_seen_says_so(
    calcinosis_findings: Findings, files: dict[str, str]
) -> None:
    cited = re.findall(r'<li id="ref-(\d+)"', files["index.html"])
    assert len(cited) >= len(calcinosis_findings.review.references)
    assert "Authors [not seen]." in files["index.html"] and "Title [not seen]." in files["index.html"]


def test_silence_about_the_review_is_said(files: dict[str, str]) -> None:
    for heading in ("Registration", "Protocol", "Funding", "Competing interests", "Search date"):
        assert f"**{heading}**: not stated" in files["report.md"], heading


def test_a_review_without_these_data_says_less(findings: Findings) -> None:
    names = [point.name for point in summary(findings)]
    assert not [name for name in names if name.startswith("claim")]
    assert "method-range" in names and "coverage" in names
    text = " ".join(point.text for point in summary(findings))
    assert "STS" not in text and "remission" not in text and "route" not in text


def test_warnings_of_the_tables_are_shown_without_a_path(calcinosis_findings: Findings) -> None:
    from evidence.document.sections.notes import section

    problem = Problem("odd", "7 of 3", "look", "/home/somebody/data/arms.csv", 5, "n", severity="warning")
    review = replace(calcinosis_findings.review, problems=(problem,))
    made = section(replace(calcinosis_findings, review=review))
    assert made is not None and "arms.csv:5:n: 7 of 3" in str(made) and "/home" not in str(made)


def test_no_stored_count_looks_like_a_date(files: dict[str, str]) -> None:
    """3/6 in a CSV file becomes 3 June in a spreadsheet: counts are stored as two numbers."""
    tables = {name: text for name, text in files.items() if name.endswith(".csv")}
    assert len(tables) > 20
    for name, text in tables.items():
        for row in csv.reader(text.splitlines()):
            assert not [cell for cell in row if re.fullmatch(r"\d+/\d+", cell)], name


#: Words of statisticians that an unfamiliar clinician need not know.
JARGON = ("logit", "profile", "tau", "heterogene", "marginal", "median", "quantile", "likelihood", "posterior", "crude")


def test_the_summary_is_in_plain_words_and_in_people_of_a_hundred(
    calcinosis_findings: Findings, points: dict[str, Sentence]
) -> None:
    said = [*(point.text for point in points.values()), *(one.text for one in found(calcinosis_findings))]
    for text in said:
        assert not [word for word in JARGON if re.search(rf"\b{word}", text.casefold())], text
    assert sum("of 100" in text for text in said) >= 4


def test_what_was_found_comes_after_what_is_uncertain(files: dict[str, str]) -> None:
    text = files["report.md"]
    places = [text.index(part) for part in ("How much the method matters", "An earlier claim", "### What was found")]
    assert places == sorted(places) and places[-1] < text.index("Results at a glance")
    assert "An arm is a group of patients who were treated alike" in text[: places[0]]


def test_what_was_found_counts_first_then_parts_then_the_average(calcinosis_findings: Findings) -> None:
    said = {one.name: one.text for one in found(calcinosis_findings)}
    # 15 of 34 is 44.1 %, 20 of 23 is 87.0 %; exact limits 27.2 to 62.1 and 66.4 to 97.2 (tests/measures).
    assert said["found-any_response"].startswith(
        "35 of 57 patients had it: 61 of 100."
        " Series of 5 or more patients: 15 of 34 (44 of 100, exact 95 % interval 27 to 62 of 100)."
        " Reports of fewer than 5 patients: 20 of 23 (87 of 100, exact 95 % interval 66 to 97 of 100)."
        " On average over studies 82 of 100 patients (95 % interval 62 to 95 of 100);"
        " in a further study it may be anything from less than 1 to more than 99 of 100."
    )
    assert said["found-recurrence"] == (
        "1 of 2 patients had it, too few to speak of 100. Fewer than 3 studies: the counts are shown and not pooled."
        " Certainty (GRADE): not judged yet."
    )


def test_a_figure_without_data_is_left_to_its_section(calcinosis_findings: Findings, files: dict[str, str]) -> None:
    """Nobody has appraised a study: the section says so, and a figure of the same words adds nothing."""
    assert "risk-of-bias" in [asked.figure for asked in calcinosis_findings.analysis.figures]
    assert "figures/adverse-events.svg" in files and "figures/risk-of-bias.svg" not in files
    assert "Not done yet: no study has been appraised." in files["report.md"]
