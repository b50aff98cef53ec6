"""Ratings of certainty: what is settled, what start and domains make, and what is wrong with the table."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.review.certainty import OPEN, certainties, certainty_of, not_judged
from evidence.review.certainty_checks import certainty_problems
from evidence.review.certainty_domains import DOMAINS, JUDGEMENTS, LEVELS, moved
from evidence.review.conditions import conditions
from evidence.review.page import codebook_page
from evidence.review.reading import read_table
from evidence.review.review import book_of, check_review, read_review
from evidence.review.settings import read_settings

HEADER = "outcome,selection,domain,judgement,certainty,reason,rater\n"
#: A whole rating of one rater: from low by one serious domain to very low.
WHOLE = (
    "improved,,start,,low,no comparison group,A",
    "improved,,risk_of_bias,serious,,unclear selection,A",
    "improved,,inconsistency,not_serious,,,A",
    "improved,,indirectness,not_serious,,,A",
    "improved,,imprecision,not_serious,,,A",
    "improved,,publication_bias,undetected,,,A",
    "improved,,overall,,very_low,,A",
)


def write(folder: Path, *rows: str) -> Path:
    (folder / "certainty.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


def found(folder: Path) -> list[tuple[str, int | None, str | None, str]]:
    """Problems of certainty.csv alone: a check of the whole review takes ten times as long."""
    book = book_of(read_settings(folder / "review.toml")[0])
    read = {name: read_table(folder, book[name]) for name in ("arms", "studies", "reports", "certainty")}
    own = [*read["certainty"][1], *certainty_problems({name: table for name, (table, _) in read.items()})]
    return [(p.code, p.line, p.column, p.severity) for p in own]


def changed(**rows: str) -> tuple[str, ...]:
    """The whole rating with other rows for some domains; an empty one is left out."""
    return tuple(row for row in (rows.get(row.split(",")[2], row) for row in WHOLE) if row)


def test_every_word_of_a_domain_is_in_the_codebook_and_moves_at_most_three_levels() -> None:
    words = {word for domain in DOMAINS.values() for word in domain.judgements}
    assert words == set(JUDGEMENTS)
    assert {move for domain in DOMAINS.values() for move in domain.judgements.values()} == {-3, -2, -1, 0, 1, 2}
    assert [name for name, domain in DOMAINS.items() if domain.expected] == [
        "risk_of_bias",
        "inconsistency",
        "indirectness",
        "imprecision",
        "publication_bias",
    ]
    assert "## certainty.csv" in codebook_page() and "`very_serious`: two levels down" in codebook_page()


@pytest.mark.parametrize(
    ("start", "levels", "end"),
    [("high", -1, "moderate"), ("low", -3, "very_low"), ("high", 2, "high"), ("low", 1, "moderate"), ("low", 0, "low")],
)
def test_the_scale_ends_at_very_low_and_high(start: str, levels: int, end: str) -> None:
    assert moved(start, levels) == end and end in LEVELS


def test_a_review_without_the_table_is_fine(third_review: Path) -> None:
    assert certainties(read_review(third_review)) == () and found(third_review) == []
    said = " ".join(not_judged())
    assert said.startswith("Not judged yet") and "certainty.csv" in said and "never from abstracts" in said


def test_a_whole_rating_by_value(third_review: Path) -> None:
    (rating,) = certainties(read_review(write(third_review, *WHOLE)))
    assert found(third_review) == []
    assert (rating.outcome, dict(rating.where), rating.level, rating.expected) == (
        "improved",
        {},
        "very_low",
        "very_low",
    )
    assert list(rating.domains) == list(DOMAINS)[:5] and rating.left_out == ()
    assert rating.domains["risk_of_bias"].word == "serious"
    assert rating.domains["risk_of_bias"].reasons == ("unclear selection",)


def test_the_consensus_wins_with_the_reasons_of_those_who_said_the_same(third_review: Path) -> None:
    rows = (
        *changed(risk_of_bias="improved,,risk_of_bias,serious,,A says,A"),
        "improved,,risk_of_bias,very_serious,,B says,B",
        "improved,,risk_of_bias,serious,,,consensus",
        "improved,,imprecision,serious,,few patients,B",
    )
    (rating,) = certainties(read_review(write(third_review, *rows)))
    settled = rating.domains["risk_of_bias"]
    assert (settled.word, settled.reasons, settled.raters) == ("serious", ("A says",), ("A", "B"))
    assert rating.domains["imprecision"].word == OPEN and rating.expected is None
    assert found(third_review) == [("raters-differ", 11, "judgement", "warning")]


def test_a_rating_belongs_to_the_arms_it_names_in_any_order(third_review: Path) -> None:
    narrow = [row.replace("improved,,", "improved,guided=yes; device=focused,") for row in WHOLE]
    other = [row.replace("improved,,", "improved,device=focused; guided=yes,").replace(",A", ",B") for row in WHOLE]
    ratings = certainties(read_review(write(third_review, *WHOLE, *narrow, *other)))
    assert len(ratings) == 2 and found(third_review) == []
    assert certainty_of(ratings, "improved", {}) is ratings[0]
    assert certainty_of(ratings, "improved", {"device": "focused", "guided": True}) is ratings[1]
    assert certainty_of(ratings, "improved", {"device": ["focused"], "guided": "yes"}) is ratings[1]
    assert certainty_of(ratings, "improved", {"device": ["focused", "radial"]}) is None
    assert certainty_of(ratings, "pain_free", {}) is None


def test_conditions_of_a_cell() -> None:
    assert conditions("a=1; b = x ;a=2") == {"a": frozenset({"1", "2"}), "b": frozenset({"x"})}
    assert conditions(None) == {} == conditions("")


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        (("improved,,overall,,high,,A",), ["no-start", "domain-not-judged"]),
        ((*WHOLE, WHOLE[1]), ["duplicate-row"]),
        (("nothing,,overall,,low,,A",), ["unknown-term"]),
        (changed(overall=""), ["no-overall"]),
        (changed(imprecision=""), ["domain-not-judged"]),
        (changed(risk_of_bias="improved,,risk_of_bias,serious,,,A"), ["no-reason"]),
        (changed(overall="improved,,overall,,low,,A"), ["certainty-too-high"]),
        (changed(overall="improved,,overall,,low,two borderline domains,A"), []),
        (changed(start="improved,,start,,high,randomised,A"), ["certainty-too-low"]),
        (changed(overall="improved,,overall,serious,very_low,,A"), ["judgement-of-level", "no-overall"]),
        (changed(overall="improved,,overall,,,,A"), ["no-certainty", "no-overall"]),
        (changed(imprecision="improved,,imprecision,not_serious,low,,A"), ["level-of-domain", "domain-not-judged"]),
        (changed(imprecision="improved,,imprecision,large,,,A"), ["judgement-of-domain", "domain-not-judged"]),
        (changed(imprecision="improved,,imprecision,,,,A"), ["judgement-of-domain", "domain-not-judged"]),
        (
            (*changed(overall="improved,,overall,,low,,A"), "improved,,large_effect,large,,fivefold,A"),
            ["rated-both-ways"],
        ),
        ((*changed(overall="improved,,overall,,low,so,A"), "improved,,large_effect,large,,fivefold,A"), []),
        (("improved,colour=red,start,,low,,A",), ["unknown-column", "no-overall", "domain-not-judged"]),
        (("improved,device=square,start,,low,,A",), ["unknown-term", "no-overall", "domain-not-judged"]),
        (("improved,device,start,,low,,A",), ["bad-filter", "no-overall", "domain-not-judged"]),
    ],
)
def test_what_is_wrong_is_said(third_review: Path, rows: tuple[str, ...], expected: list[str]) -> None:
    assert sorted(code for code, *_ in found(write(third_review, *rows))) == sorted(expected)


def test_a_level_above_its_domains_is_an_error_with_line_and_mend(third_review: Path) -> None:
    write(third_review, *changed(overall="improved,,overall,,moderate,,A"))
    (problem,) = [p for p in check_review(third_review) if p.code == "certainty-too-high"]
    assert (problem.line, problem.column, problem.severity) == (8, "certainty", "error")
    assert problem.message == "improved: overall moderate, but start low and the domains make very_low"
    assert "say in the reason" in problem.mend


def test_hostile_cells_are_problems_and_no_traceback(third_review: Path) -> None:
    rows = ('"<b>&,""x",;;=,start,,low,=1+1,A', "improved,a=b=c; =,overall,,low,β,Ω", ",,,,,,")
    codes = {code for code, *_ in found(write(third_review, *rows))}
    assert {"unknown-term", "bad-filter", "unknown-column"} <= codes
