"""Kinds of records of which little agrees, or too much: of registers, replies, corrections, translations."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.bibliography.duplicates import find_duplicates
from evidence.bibliography.duplicates.registers import UNKNOWN, registered
from evidence.bibliography.record import Record

from .papers import SKIN, unnumbered

#: A trial as ClinicalTrials.gov has it, and as the Cochrane register of trials does.
TRIAL = Record(
    kind="trial",
    title="Intralesional thiosulfate in adults with calcinosis",
    year=2012,
    journal="ClinicalTrials.gov",
    url="https://clinicaltrials.gov/show/NCT01234567",
)
CENTRAL = replace(
    TRIAL, kind="article", authors=("Nct,",), journal="https://clinicaltrials.gov/show/NCT01234567", url=None
)
WHO = replace(
    CENTRAL,
    authors=("Euctr, D. K.",),
    journal="http://www.who.int/trialsearch/Trial2.aspx?TrialID=EUCTR2019-001806-40-DK",
)
EDITORIAL = Record(
    title="Editor's comments",
    authors=("Rai, A.",),
    year=2018,
    journal="Lantern",
    volume="42",
    issue="1",
    pages="iii-ix",
)
REPLY = replace(SKIN, title="Reply", authors=("Roe, R.",), pages="568-9", doi=None, pmid=None, abstract=None)
GERMAN = replace(
    unnumbered(SKIN),
    title="Natriumthiosulfat bei Verkalkungen",
    journal="Zeitschrift erfundener Hautkrankheiten",
    abstract=None,
)
MEETING = replace(unnumbered(SKIN), kind="conference", volume=None, issue=None, pages=None, abstract=None)


def outcome(a: Record, b: Record) -> str:
    """What is told of two records, whichever comes first."""
    found = {
        tuple(pair.outcome for pair in find_duplicates(list(zip("ab", two, strict=True)))) for two in ((a, b), (b, a))
    }
    assert len(found) == 1
    return (*found.pop(), "different")[0]


@pytest.mark.parametrize(
    ("record", "number"),
    [
        (TRIAL, "nct01234567"),
        (CENTRAL, "nct01234567"),
        (WHO, "euctr2019-001806-40-dk"),
        (replace(CENTRAL, authors=("NCT01234567,",), journal="CENTRAL"), "nct01234567"),
        (replace(CENTRAL, journal="ISRCTN registry"), UNKNOWN),
        (replace(SKIN, title="A trial (NCT01234567)"), ""),
        (replace(SKIN, url="https://clinicaltrials.gov/show/NCT01234567"), ""),
    ],
)
def test_the_number_of_a_trial_is_found_in_records_of_registers_only(record: Record, number: str) -> None:
    assert registered(record) == number


@pytest.mark.parametrize(
    ("a", "b", "wanted"),
    [
        (TRIAL, CENTRAL, "same"),
        (TRIAL, replace(CENTRAL, year=2019, title=f"{TRIAL.title} (SKIN-1)"), "same"),
        (TRIAL, replace(TRIAL, url="https://clinicaltrials.gov/show/NCT07654321"), "different"),
        (WHO, replace(WHO, journal=(WHO.journal or "").replace("DK", "DE")), "ask"),
        (TRIAL, replace(SKIN, title=TRIAL.title, year=2012, doi=None, pmid=None), "different"),
        (TRIAL, replace(SKIN, title=TRIAL.title, year=2012, volume=None, issue=None, pages=None), "different"),
    ],
    ids=["two databases", "registered anew", "another trial", "another country", "the paper", "the paper online"],
)
def test_a_trial_is_told_by_its_number_and_is_not_the_paper(a: Record, b: Record, wanted: str) -> None:
    assert outcome(a, b) == wanted


@pytest.mark.parametrize(
    ("b", "wanted"),
    [
        (replace(EDITORIAL, journal="Lant.", authors=("RAI, ARUN",)), "same"),
        (replace(EDITORIAL, pages=None), "same"),
        (replace(EDITORIAL, issue="2", pages="iii-xi"), "different"),
        (replace(EDITORIAL, volume="43", year=2019), "different"),
        (replace(EDITORIAL, authors=("Lee, B.",), pages="x-xi"), "different"),
    ],
    ids=["two databases", "no pages", "next issue", "next volume", "another editor"],
)
def test_a_title_that_recurs_tells_nothing_away_from_its_place(b: Record, wanted: str) -> None:
    assert outcome(EDITORIAL, b) == wanted


def test_a_bare_reply_is_told_by_its_place() -> None:
    whole = replace(REPLY, title=f"{SKIN.title} - Reply", pages="568-569")
    assert outcome(REPLY, whole) == "same"
    assert outcome(replace(REPLY, title="Author's reply"), whole) == "same"
    assert outcome(REPLY, replace(whole, pages="612-613")) == "different"
    assert outcome(REPLY, replace(whole, authors=("Doe, J.",))) == "different"


@pytest.mark.parametrize(
    "title",
    ["{} (vol 78, pg 821, 2018)", "{} [Corrigendum]", "{} (correction)", "Erratum: {} (Imaginary (2018) 78 (821-828))"],
)
def test_a_correction_is_told_from_its_paper_however_it_is_marked(title: str) -> None:
    paper = unnumbered(SKIN)
    correction = replace(paper, title=title.format(SKIN.title), pages="1199", abstract=None)
    assert outcome(paper, correction) == "different"
    assert outcome(correction, replace(correction, title=f"Corrigendum to: {SKIN.title}")) == "same"


def test_the_protocol_of_a_cochrane_review_has_its_number_and_is_not_the_review() -> None:
    review = replace(unnumbered(SKIN), journal="Cochrane Database Syst Rev", volume=None, issue="3", pages="CD002273")
    protocol = replace(review, title=f"{SKIN.title} (Protocol)", issue="1", year=2017, abstract=None)
    assert outcome(review, protocol) == "different"
    assert outcome(protocol, replace(protocol, title=SKIN.title, pages="Cd002273")) == "same"


def test_a_paper_in_another_language_has_two_titles_and_two_journals() -> None:
    translated = replace(
        unnumbered(SKIN), title="[Thiosulfate for calcified lesions]", journal="J Fictitious Dermatoses"
    )
    assert outcome(GERMAN, translated) == "same"
    assert (
        outcome(replace(GERMAN, language="ger"), replace(translated, title="Thiosulfate for calcified lesions"))
        == "same"
    )
    assert outcome(GERMAN, replace(translated, title="Thiosulfate for calcified lesions")) == "different"
    assert outcome(GERMAN, replace(translated, volume="79")) == "different"


@pytest.mark.parametrize("ending", ["/full", "/abstract", ".pdf", "/pdf", "#sec1", "?via=x"])
def test_what_a_page_has_behind_a_doi_is_no_part_of_it(ending: str) -> None:
    few = Record(title=(SKIN.title or "")[:40], doi=SKIN.doi, year=2018)
    assert outcome(SKIN, replace(few, doi=f"https://doi.org/{SKIN.doi}{ending}")) == "same"


def test_journals_of_one_name_are_told_apart_by_where_they_are_from() -> None:
    european = replace(
        unnumbered(SKIN), journal="European Skin Journal", volume=None, pages=None, issue=None, year=2018
    )
    assert outcome(european, replace(european, journal="Eur Skin J")) == "same"
    assert outcome(european, replace(european, journal="American Skin Journal", abstract=None)) == "ask"


def test_a_thesis_is_one_whoever_is_named_for_its_publisher() -> None:
    thesis = replace(
        SKIN, kind="thesis", journal="University of Ulm", volume=None, issue=None, pages=None, doi=None, pmid=None
    )
    abstract = replace(thesis, kind=None, journal="Dissertation Abstracts International", volume="55", pages="812")
    assert outcome(thesis, abstract) == "same"
    assert outcome(abstract, unnumbered(SKIN)) == "different"


def test_abstracts_of_one_team_that_share_the_doi_of_a_supplement_are_asked_about() -> None:
    one = replace(
        SKIN, title="Thiosulfate for lesions in young women", issue="Suppl 1", pages=None, pmid=None, abstract=None
    )
    assert outcome(one, replace(one, title="Thiosulfate for lesions in older women")) == "ask"


def test_a_preprint_with_pages_of_its_own_is_the_paper_in_a_list_too() -> None:
    preprint = replace(SKIN, journal="bioRxiv", volume=None, issue=None, pages="2017.11.03.366112", doi=None, pmid=None)
    assert outcome(SKIN, preprint) == "same"


def test_meetings_of_two_years_are_two_papers() -> None:
    one = replace(MEETING, journal="Proceedings of the Imaginary Skin Conference")
    assert outcome(one, replace(one, journal="Imaginary Skin Conference (ISC)")) == "same"
    assert outcome(one, replace(one, year=2019)) == "different"
