"""Adverse events by groups of arms: who counts, who is silent, and what four states there are."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from evidence import harm_counts
from evidence.errors import UsageError
from evidence.harms import HarmCell, HarmCounts
from evidence.review.harm_statements import is_any_harm, telling_arms
from tests.extractedreview import extracted_review, read_once

#: Closed forms are exact in both; what is left is the rounding of the inverse beta.
TIGHT = 1e-12


def cell(counts: HarmCounts, term: str, group: str) -> HarmCell:
    (row,) = [row for row in counts.rows if row.term == term]
    cells = dict(zip((g.label for g in counts.groups), row.cells, strict=True))
    return {**cells, "all": row.overall}[group]


def test_arms_that_say_anything_and_their_patients_are_those_of_the_tables(calcinosis: Path) -> None:
    counts = harm_counts(read_once(calcinosis))
    assert counts.heading == "Route"
    found = [(g.label, g.telling, g.arms, g.observed, g.treated) for g in (*counts.groups, counts.overall)]
    # martins (1) and clinrheumatol (1); gauffenic (28) and jcem (3); badawi (1) and nih (14); nobody.
    assert found == [
        ("intralesional", 2, 4, 2, 46),
        ("topical", 2, 12, 31, 44),
        ("intravenous", 2, 2, 15, 15),
        ("not reported", 0, 5, 0, 5),
        ("all", 6, 23, 48, 110),
    ]


def test_an_arm_counts_for_an_event_that_its_report_names_or_rules_out(calcinosis: Path) -> None:
    counts = harm_counts(read_once(calcinosis))
    # gauffenic 1 of 35; jcem 0 of 3, as it says that there was no adverse event.
    topical = cell(counts, "application site inflammation", "topical")
    assert (topical.state, topical.events, topical.n, len(topical.arms)) == ("events", 1, 38, 2)
    assert topical.lower == pytest.approx(1 - 0.975 ** (1 / 38), rel=TIGHT)
    # clinrheumatol says that pain was the only event; martins names other events and not this one.
    other = cell(counts, "application site inflammation", "intralesional")
    assert (other.state, other.events, other.n) == ("none", 0, 1)
    assert other.arms == ("Clin Rheumatol 2021 (authors not seen)",)
    assert other.upper == pytest.approx(0.975, rel=TIGHT)
    # badawi and nih name other events, and say nothing of this one.
    silent = cell(counts, "application site inflammation", "intravenous")
    assert silent == HarmCell("not-reported")


def test_any_adverse_event_is_counted_only_where_patients_with_any_are_counted(calcinosis: Path) -> None:
    counts = harm_counts(read_once(calcinosis))
    assert counts.rows[0].any_event and counts.rows[0].term == "Any adverse event"
    found = [(c.state, c.events, c.n) for c in (*counts.rows[0].cells, counts.rows[0].overall)]
    assert found == [("events", 2, 2), ("none", 0, 3), ("events", 1, 1), ("not-reported", None, 0), ("events", 3, 6)]
    assert counts.rows[0].cells[1].upper == pytest.approx(1 - 0.025 ** (1 / 3), rel=TIGHT)


def test_classes_stand_in_the_order_of_the_codebook_and_a_term_without_one_last(calcinosis: Path) -> None:
    classes = [row.organ_class for row in harm_counts(read_once(calcinosis)).rows]
    assert list(dict.fromkeys(classes[1:])) == [
        "Skin and subcutaneous tissue disorders",
        "Infections and infestations",
        "General disorders and administration site conditions",
        "Musculoskeletal and connective tissue disorders",
        None,
    ]


def test_what_a_reader_must_know_of_single_counts_is_said(calcinosis: Path) -> None:
    remarks = harm_counts(read_once(calcinosis)).remarks
    assert remarks[0].startswith("Gauffenic 2023 (CATSS-O), application site inflammation: 35 patients")
    assert remarks[1].startswith("Called serious by the report: serious adverse event, type not stated (NIH ")
    assert len(remarks) == 2


def test_an_event_without_a_number_is_neither_none_nor_unknown(calciphylaxis: Path) -> None:
    counts = harm_counts(read_once(calciphylaxis))
    pain = cell(counts, "injection site pain", "intralesional")
    assert pain == HarmCell("number-not-given", unnumbered=("Strazzula 2013",), unnumbered_n=4)
    # araya: one named as the only complication, so none of the three had pain.
    assert cell(counts, "injection site pain", "intravenous").n == 3
    overall = cell(counts, "injection site pain", "all")
    assert (overall.state, overall.events, overall.n, overall.unnumbered_n) == ("number-not-given", 0, 3, 4)
    # A row of adverse_events that is called like the outcome joins its row; the outcome's own row is preferred.
    assert [(c.events, c.n) for c in counts.rows[0].cells] == [(None, 0), (1, 3), (14, 31)]


def test_a_row_of_either_table_makes_an_arm_say_something(calcinosis: Path, calciphylaxis: Path) -> None:
    for folder, amount in ((calcinosis, 6), (calciphylaxis, 3)):
        review = read_once(folder)
        assert len(telling_arms(review)) == harm_counts(review).overall.telling == amount


def test_another_review_with_other_words(tmp_path: Path) -> None:
    events = (
        "ada-low,Headache,Nervous system disorders,2,14,yes,\n"
        "ada-high,headache,,1,16,no,\n"  # takes the class of the same term
        "ada-high,rash,Skin and subcutaneous tissue disorders,,16,,\n"
        "bo,rash,Skin and subcutaneous tissue disorders,0,12,,\n"
        "cy,headache,,3,25,,yes\n"
        "di,headache,,1,9,,\n"  # patients of cy: counted once
    )
    outcomes = "na-1,unwanted,patient,0,1,,,reported,,text,high,\n"
    counts = harm_counts(extracted_review(tmp_path / "x", events, outcomes=outcomes))
    assert [(row.term, row.organ_class) for row in counts.rows] == [
        ("Any side effect", None),
        ("Headache", "Nervous system disorders"),
        ("rash", "Skin and subcutaneous tissue disorders"),
    ]
    found = {g: cell(counts, "Headache", g) for g in ("focused", "radial", "not reported", "all")}
    assert [(c.state, c.events, c.n) for c in found.values()] == [
        ("events", 3, 30),
        ("events", 3, 25),
        ("none", 0, 1),
        ("events", 6, 56),
    ]
    rash = [cell(counts, "rash", g) for g in ("focused", "radial", "all")]
    assert [(c.state, c.events, c.n, c.unnumbered_n) for c in rash] == [
        ("number-not-given", None, 0, 16),
        ("none", 0, 37, 0),  # bo 0 of 12; cy says that nothing else happened to its 25
        ("number-not-given", 0, 38, 16),
    ]


def test_zero_is_contradicted_by_an_event_and_rows_of_one_arm_are_not_added(tmp_path: Path) -> None:
    events = (
        "bo,rash,Skin and subcutaneous tissue disorders,2,12,yes,\n"
        "bo,Rash,Skin and subcutaneous tissue disorders,3,12,no,\n"
        "cy,headache,Nervous system disorders,1,25,,\n"
    )
    outcomes = "bo,unwanted,patient,0,12,,6,reported,,text,high,\n"
    counts = harm_counts(extracted_review(tmp_path / "x", events, outcomes=outcomes), by="study")
    assert cell(counts, "rash", "Bo 2002").events == 3
    assert cell(counts, "headache", "Bo 2002").state == "not-reported"
    assert any("told in 2 rows" in remark for remark in counts.remarks)


def test_a_number_makes_groups_with_cuts(tmp_path: Path) -> None:
    review = extracted_review(tmp_path / "x", "bo,rash,,2,12,,\n")
    counts = harm_counts(review, by="energy_mj_mm2", cut=("0.25",))
    assert [(g.label, g.arms) for g in counts.groups] == [
        ("< 0.25 mJ/mm2", 2),
        (">= 0.25 mJ/mm2", 3),
        ("not reported", 1),
    ]


@pytest.mark.parametrize(
    ("by", "cut", "level", "code"),
    [
        ("nowhere", (), 0.95, "unknown-column"),
        ("concentration_mg_ml", (), 0.95, "cut-missing"),
        ("concentration_mg_ml", ("a",), 0.95, "bad-cut"),
        ("", (), 95, "level"),
    ],
)
def test_what_does_not_fit_is_said(by: str, cut: tuple[str, ...], level: float, code: str, calcinosis: Path) -> None:
    with pytest.raises(UsageError) as caught:
        harm_counts(read_once(calcinosis), by, cut, level)
    assert caught.value.problems[0].code == code and caught.value.problems[0].mend


def test_it_is_a_frame_and_json(calciphylaxis: Path) -> None:
    counts = harm_counts(read_once(calciphylaxis))
    frame = counts.to_frame()
    assert len(frame) == 3 * 4 and list(frame["group"][:4]) == ["intralesional", "intravenous", "not reported", "all"]
    said = json.loads(json.dumps(counts.to_dict(), allow_nan=False))
    assert said["rows"][1]["cells"][0]["unnumbered"] == ["Strazzula 2013"]
    assert said["rows"][1]["cells"][0]["events"] is None and said["overall"]["telling"] == 3
    assert str(counts).startswith("2 adverse events named; 3 of 8 arms, with 38 of 145 treated patients, say anything")


@pytest.mark.parametrize(
    ("words", "any_harm"),
    [
        ("any_adverse_event", True),
        ("Any adverse event", True),
        ("side-effects", True),
        ("All complications", True),
        ("treatment-related adverse reactions", True),
        ("no adverse event", False),
        ("serious adverse event, type not stated", False),
        ("toxicity", False),
        ("any response", False),
    ],
)
def test_words_that_stand_for_adverse_events_of_whatever_kind(words: str, any_harm: bool) -> None:
    assert is_any_harm(words) is any_harm
