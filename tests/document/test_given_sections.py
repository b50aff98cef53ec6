"""Sections on treatment, other treatments and times; what question, flow and methods say of what is missing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest

from evidence.document.blocks import Facts, Paragraph, Points, Section, TableBlock, plain, walk
from evidence.document.findings import Findings
from evidence.document.results_json import to_dict
from evidence.document.sections import SECTIONS, methods
from evidence.document.sections import sections as made
from evidence.document.sentences import harms
from evidence.pooling import DEFAULT_RATES_MODEL, MODELS


def words(section: Section | None) -> str:
    assert section is not None
    return " ".join(_words(section))


def _words(section: Section) -> Iterator[str]:
    for block in walk(section.blocks):
        match block:
            case Paragraph(text=runs):
                yield plain(runs)
            case Points(items=items):
                yield from map(plain, items)
            case Facts(items=facts):
                yield from (f"{name}: {plain(runs)}" for name, runs in facts)
            case _:
                pass


def tables(section: Section | None) -> list[str]:
    assert section is not None
    return [block.table.name for block in walk(section.blocks) if isinstance(block, TableBlock)]


def test_they_stand_between_adverse_events_and_other_results() -> None:
    names = list(SECTIONS)
    first = names.index("harms")
    assert names[first + 1 : first + 5] == ["treatment", "time-to-response", "concomitant", "other-results"]


def test_treatment_of_the_first_review(calcinosis_findings: Findings) -> None:
    section = SECTIONS["treatment"](calcinosis_findings)
    said = words(section)
    assert "Of 23 arms with 110 treated patients: concentration is reported by 11 arms (83 patients)" in said
    assert "volume of one session is reported by 1 arm (1 patient)" in said and "it is not 0" in said
    assert tables(section) == ["treatment"]
    assert section is not None
    (table,) = [block.table for block in walk(section.blocks) if isinstance(block, TableBlock)]
    assert "Weeks below 1: once a day is 0.14, twice a day 0.07, three times a week 0.33." in table.footnotes


def test_what_is_in_no_pool(calcinosis_findings: Findings) -> None:
    said = words(SECTIONS["other-results"](calcinosis_findings))
    assert "3 arms with 53 of 110 treated patients have no count of any outcome and so are in no pool." in said


def test_figures_of_an_outcome_are_listed_by_name(calcinosis_findings: Findings) -> None:
    said = words(SECTIONS["provenance"](calcinosis_findings))
    assert "figures: forest; " in said and "options =" not in said


def test_treatment_of_another_subject(findings: Findings) -> None:
    said = words(SECTIONS["treatment"](findings))
    assert "Of 5 arms with 68 treated patients: energy is reported by 4 arms (67 patients)." in said
    assert SECTIONS["concomitant"](findings) is None, "no column is declared"


def test_other_treatments_of_the_first_review(calcinosis_findings: Findings) -> None:
    said = words(SECTIONS["concomitant"](calcinosis_findings))
    assert "9 of 23 arms, with 11 of 110 treated patients, name other treatments" in said
    assert "No arm states that there were none. 14, with 99 patients, do not say" in said


def test_times_and_why_there_is_no_curve(calcinosis_findings: Findings, findings: Findings) -> None:
    said = words(SECTIONS["time-to-response"](calcinosis_findings))
    assert "18 of 110 treated patients are described one by one." in said
    assert "The time until a response was not extracted" in said and "a column response_months" in said
    assert "treated is reported for 5 (1.8 to 60 months)" in said and "followed is reported for 3 (20 to 60" in said
    assert "No curve" in said and "chosen by whoever wrote of them" in said
    third = words(SECTIONS["time-to-response"](findings))
    assert "None of the 68 treated patients is described one by one." in third
    assert "of those that have a count: Improved 4 of 5; Free of pain 2 of" in third and "chosen" not in third


def test_the_swimmer_plot_stands_with_the_times(calcinosis_findings: Findings) -> None:
    chosen = replace(calcinosis_findings.analysis, sections=("characteristics", "time-to-response"))
    found = {section.name: section for section in made(replace(calcinosis_findings, analysis=chosen))}
    names = {name: [getattr(b, "name", "") for b in section.blocks] for name, section in found.items()}
    assert "swimmer" in names["time-to-response"] and "swimmer" not in names["characteristics"]


def test_every_number_is_in_the_results(calcinosis_findings: Findings, findings: Findings) -> None:
    first = json.loads(json.dumps(to_dict(calcinosis_findings), default=str))
    assert first["treatment"]["by"] == "Route" and first["concomitant"]["named_patients"] == 11
    concentration = first["treatment"]["quantities"][0]
    assert concentration["groups"][1]["median"] == 200 and concentration["unit"] == "mg/mL"
    assert first["times"]["patients"][0]["followed"] == {"k": 3, "median": 36, "lowest": 20, "highest": 60}
    third = to_dict(findings)
    assert third["concomitant"] is None and third["treatment"]["by"] == "Device"


def test_the_question_says_what_is_not_stated(calcinosis_findings: Findings, findings: Findings) -> None:
    first, third = words(SECTIONS["question"](calcinosis_findings)), words(SECTIONS["question"](findings))
    for fact in ("Registration", "Protocol", "Search date", "Curators", "Funding", "Competing interests"):
        assert f"{fact}: not stated" in first and f"{fact}: not stated" not in third
    assert "Databases: none searched" in first and "Databases: Example database" in third
    assert "Comparison: not stated" in third and "Designs: not stated" in third and "Comparison: None required" in first


def test_a_search_that_was_not_logged_says_how(findings: Findings) -> None:
    assert "not done yet: no search is logged. Each search goes into searches.csv" in words(SECTIONS["flow"](findings))


def test_methods_name_what_was_used_and_nothing_else(calcinosis_findings: Findings) -> None:
    said = words(methods.section(calcinosis_findings))
    assert "Poisson" not in said and "Rates" not in said, "no rate was pooled"
    for used in ("logistic-normal", "beta-binomial", "Bayesian", "common-effect", "double arcsine", "log odds"):
        assert used in said, used
    assert said.count("by a logistic-normal model") == 1, "the primary model is not among the others"
    assert "half-Cauchy 0.5" in said and "numpy" in said and "whose extent was not read" in said
    assert "No bibliographic database was searched." in said
    assert "Two extractors entered the counts" in said and "42 of 59 counts in the tables" in said
    assert "42 of the 52 counts (81 %, exact limits 67 to 90 %) that either had entered" in said
    assert "Claims of earlier reports were held against the tables" in said
    assert "95%" not in said and "95 %" in said


def test_methods_of_a_review_that_asks_for_less(findings: Findings) -> None:
    said = words(methods.section(findings))
    assert "The database Example database was searched. Other sources: reference lists." in said
    assert "Date of the search: 2024-05-01." in said and "How many people entered the counts is not stated." in said
    assert "Claims of earlier reports" not in said and "Risk of bias was not appraised" in said
    alone = replace(findings, outcomes=tuple(replace(one, subgroups=()) for one in findings.outcomes))
    assert "never ranked" in said and "never ranked" not in words(methods.section(alone))


@pytest.mark.parametrize("name", [name for name in MODELS if name != DEFAULT_RATES_MODEL])
def test_every_model_can_be_the_primary_one(name: str, findings: Findings) -> None:
    from evidence.pooling import model
    from evidence.sensitivity.standing import standing_models

    primary = model(name, level=0.9)
    others = standing_models(primary)
    assert {other.level for other in others} == {0.9} and len(others) == 6
    assert sum(other == primary for other in others) == (name != "inverse-variance")


def test_one_arm_says_and_two_say(findings: Findings, monkeypatch: pytest.MonkeyPatch) -> None:
    for telling, words in ((("a",), "says"), (("a", "b"), "say")):
        monkeypatch.setattr("evidence.document.sentences.harm_arms", lambda found, arms=telling: frozenset(arms))
        sentence = harms(findings)
        assert sentence is not None and f"arms {words} anything about adverse events" in sentence.text
