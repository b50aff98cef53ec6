"""Where citations stand: one screener, two blinded ones, conflicts, consensus."""

from __future__ import annotations

from dataclasses import replace

import pytest

from evidence.bibliography.screening import Decision, Screened, Word
from evidence.bibliography.screening_states import Screening, ordered
from evidence.errors import UsageError
from tests.bibliography.citing import citation, citations, decision, decisions, screening


def states(found: Screening) -> list[str]:
    return [found.state(one.report_id) for one in found.citations]


def full(number: int, word: Word, reason: str | None = None) -> Decision:
    return decision(number, word, reason, "full_text")


def test_one_screener_settles_alone() -> None:
    found = screening(
        7,
        anna=[
            *(decision(i, "include") for i in range(1, 5)),
            decision(5, "exclude"),
            decision(6, "unsure"),
            full(2, "include"),
            full(3, "exclude", "no_outcome"),
            full(4, "unsure", "not_retrieved"),
        ],
    )
    assert states(found) == ["to_screen", "wanted", "included", "excluded", "awaiting", "excluded", "wanted"]
    assert [one.report_id for one in found.queue("anna", "title_abstract")] == ["author0"]
    assert [one.report_id for one in found.queue("anna", "full_text")] == ["author1", "author6"]
    assert found.counts()["wanted"] == 2


def test_one_screener_is_not_asked_what_another_has_judged() -> None:
    found = screening(3, anna=[decision(0, "include"), decision(1, "exclude")])
    assert [one.report_id for one in found.queue("ben", "title_abstract")] == ["author2"]
    assert [one.report_id for one in found.queue("ben", "full_text")] == ["author0"]


@pytest.mark.parametrize(
    ("first", "second", "state"),
    [
        ("include", "include", "wanted"),
        ("include", "unsure", "wanted"),
        ("unsure", "unsure", "wanted"),
        ("exclude", "exclude", "excluded"),
        ("include", "exclude", "conflict"),
        ("unsure", "exclude", "conflict"),
    ],
)
def test_two_screeners_at_title_and_abstract(first: Word, second: Word, state: str) -> None:
    found = screening(1, 2, anna=[decision(0, first)], ben=[decision(0, second)])
    assert states(found) == [state]
    assert bool(found.conflicts("title_abstract")) == (state == "conflict")


def test_a_citation_that_needs_two_waits_for_the_second() -> None:
    found = screening(2, 2, anna=[decision(0, "include"), decision(1, "exclude")])
    assert states(found) == ["to_screen", "to_screen"]
    assert found.queue("anna", "title_abstract") == []
    assert len(found.queue("ben", "title_abstract")) == 2


def test_a_third_screener_is_not_asked_what_two_have_judged() -> None:
    found = screening(2, 2, anna=[decision(0, "include")], ben=[decision(0, "exclude")])
    assert [one.report_id for one in found.queue("cleo", "title_abstract")] == ["author1"]


def test_consensus_settles_a_conflict_and_changes_no_screeners_word() -> None:
    both = {"anna": [decision(0, "include")], "ben": [decision(0, "exclude")]}
    found = screening(1, 2, [decision(0, "exclude", "no_outcome")], **both)
    assert states(found) == ["excluded"]
    assert found.conflicts("title_abstract") == []
    assert found.verdict("author0", "title_abstract").reason == "no_outcome"
    assert list(found.pairs("title_abstract")) == [("anna", "ben", [("include", "exclude")])]


def test_one_reason_is_printed_for_a_report_so_two_are_a_conflict_in_full_text_only() -> None:
    reasons = {"anna": "no_outcome", "ben": "review"}
    early = screening(1, 2, **{name: [decision(0, "exclude", why)] for name, why in reasons.items()})
    assert early.verdict("author0", "title_abstract").standing == "settled"
    assert early.verdict("author0", "title_abstract").reason is None
    late = screening(1, 2, **{name: [decision(0, "include"), full(0, "exclude", why)] for name, why in reasons.items()})
    assert [one.report_id for one in late.conflicts("full_text")] == ["author0"]
    assert late.conflicts("title_abstract") == []


def test_notes_of_all_are_kept_once() -> None:
    said = {name: [decision(0, "exclude", notes=note)] for name, note in (("a", "x"), ("b", "y"), ("c", "x"))}
    assert screening(1, 3, **said).verdict("author0", "title_abstract").notes == "x; y"


def test_reasons_that_differ_by_abstract_are_named_and_none_is_taken() -> None:
    anna = [decision(0, "exclude", "review", notes="odd"), decision(1, "exclude", "review"), decision(2, "include")]
    ben = [decision(0, "exclude", "animals"), decision(1, "exclude"), decision(2, "unsure")]
    found = screening(3, needed=2, anna=anna, ben=ben)
    verdicts = [found.verdict(f"author{i}", "title_abstract") for i in range(3)]
    assert [(one.reason, one.notes) for one in verdicts] == [
        (None, "reasons differ: review, animals; odd"),
        ("review", None),
        (None, None),
    ]


def test_unsure_counts_as_include_in_the_agreement_on_abstracts_only() -> None:
    said = {
        "anna": [decision(0, "unsure"), decision(1, "exclude"), full(0, "unsure", "r")],
        "ben": [decision(0, "include"), decision(1, "exclude"), full(0, "include")],
    }
    found = screening(2, 2, **said)
    assert list(found.pairs("title_abstract")) == [("anna", "ben", [("include", "include"), ("exclude", "exclude")])]
    assert list(found.pairs("full_text")) == [("anna", "ben", [("unsure", "include")])]


def test_what_the_table_decides_is_not_asked_until_a_screener_speaks() -> None:
    found = replace(screening(2), tabled=frozenset({"author0"}))
    assert states(found) == ["tabled", "to_screen"]
    assert [one.report_id for one in found.queue("anna", "title_abstract")] == ["author1"]
    assert states(found.with_file("anna", decisions(decision(0, "exclude")))) == ["excluded", "to_screen"]


def test_full_texts_that_were_judged_elsewhere_need_no_word_on_the_abstract() -> None:
    assert states(screening(1, 2, anna=[full(0, "include")])) == ["wanted"]
    assert states(screening(1, 2, anna=[full(0, "include")], ben=[full(0, "include")])) == ["included"]


def test_a_word_on_a_record_that_is_a_duplicate_by_now_counts_for_its_group() -> None:
    said = Screened({"anna": decisions(decision(7, "exclude"))})
    apart = Screening((citation(0), citation(7)), said)
    assert states(apart) == ["to_screen", "excluded"]
    merged = Screening((citation(0, "author7"),), said)
    assert states(merged) == ["excluded"]
    assert merged.judged("anna", "title_abstract") == 1


def test_orders() -> None:
    found = (*citations(4), citation(9, year=None))
    assert ordered(found, "imported") == list(found)
    assert [one.record.year for one in ordered(found, "year")] == [2003, 2002, 2001, 2000, None]
    shuffled = ordered(found, "random:1")
    assert sorted(one.report_id for one in shuffled) == [one.report_id for one in found]
    assert ordered(found, "random:1") == shuffled
    # Later imports move none of the others: their order among themselves is the same.
    more = ordered((*found, *(citation(number) for number in range(20, 40))), "random:1")
    assert [one for one in more if one in found] == shuffled
    assert len({tuple(one.report_id for one in ordered(found, f"random:{seed}")) for seed in range(9)}) > 1
    for wrong in ("alphabet", "random", "random:"):
        with pytest.raises(UsageError):
            ordered(found, wrong)
