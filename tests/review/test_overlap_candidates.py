"""Pairs of arms that may share patients: what speaks for them, by value, and what is never taken for a sign."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.review.overlap_candidates import (
    ASK,
    AUTHOR,
    BOTH_FIRST,
    BOTH_LAST,
    CROSSED,
    FURTHER,
    FURTHERS,
    NO_AUTHOR,
    Candidate,
    Found,
    find_overlap,
    names_alike,
    texts_alike,
)
from evidence.review.overlap_facts import folded, person
from evidence.review.overlap_reasons import NAMED_PATIENTS, NO_PATIENT, NOT_RECRUITED, RECRUITED
from evidence.review.overlap_settings import OverlapColumns
from evidence.review.review import read_review
from tests.review.overlapping import Study, review

#: Studies that share nothing with the others, so that a value of two studies is not one of all.
FILLERS = {
    f"far{i}": Study((f"Filler{letter * 3}, {letter}. {letter}.",), 1960, f"Country {i}", route="oral", dose=1.0)
    for i, letter in enumerate("CDEFGH")
}


def compared(one: Study, other: Study, columns: OverlapColumns | None = None) -> Candidate | None:
    """The candidate of two studies among the fillers, None where nothing speaks for it."""
    found = find_overlap(review({"one": one, "two": other, **FILLERS}, columns))
    return next((c for c in found.candidates if c.pair == {"one-1", "two-1"}), None)


def points(candidate: Candidate | None) -> dict[str, float]:
    assert candidate is not None
    return {reason.kind: reason.points for reason in candidate.reasons}


def test_the_same_woman_a_year_later_in_the_words_of_the_reason() -> None:
    one = Study(("Costa, M.", "Smith, A. B."), 2019, "Portugal", people=[(54, "F", "left hand")])
    two = Study(("Reis, J.", "Smith, A."), 2020, "Portugal", people=[(55, "F", "hand, left")])
    candidate = compared(one, two)
    assert candidate is not None and candidate.outcome == "same" and candidate.names == ("One", "Two")
    assert candidate.text == (
        "both name Smith, A. B. (Smith, A.) as last author; a woman of 54 (2019) and one of 55 (2020); Portugal;"
        " site left hand; published 2019 and 2020"
    )
    assert points(candidate)["authors"] == AUTHOR + BOTH_LAST


@pytest.mark.parametrize(
    ("mine", "theirs", "expected"),
    [
        (("Abc, X. Y.", "Middle, O. K.", "Def, Z."), ("Ghi, P.", "Middle, O. K.", "Jkl, Q."), AUTHOR),
        (("Middle, O. K.", "Def, Z."), ("Middle, O.", "Jkl, Q."), AUTHOR + BOTH_FIRST),
        (("Middle, O. K.", "Def, Z."), ("Jkl, Q.", "Middle, O."), AUTHOR + CROSSED),
        (("Middle, O. K.",), ("Middle, O.",), AUTHOR + BOTH_FIRST),
        (("Abc, X.", "Middle, O.", "Mother, W."), ("Mother, W.", "Middle, O.", "Jkl, Q."), AUTHOR + FURTHER + CROSSED),
        (("Abc, X.", "Def, Z."), ("Ghi, P.", "Jkl, Q."), NO_AUTHOR),
        (("Middle", "Def, Z."), ("Ghi, P.", "Middle, O.", "Jkl, Q."), AUTHOR / 2),
        (("Abc, X.", "others"), ("Ghi, P.",), 0.0),
        ((), ("Ghi, P.",), 0.0),
    ],
)
def test_first_and_last_authors_weigh_more(mine: tuple[str, ...], theirs: tuple[str, ...], expected: float) -> None:
    one, other = (Study(authors, 2019, "Peru", route="topical", dose=7.5) for authors in (mine, theirs))
    assert points(compared(one, other)).get("authors", 0.0) == expected
    assert points(compared(other, one)).get("authors", 0.0) == expected


def test_many_shared_authors_add_up_to_a_limit() -> None:
    authors = tuple(f"Author{letter * 2}, {letter}. X." for letter in "JKLMNPQ")
    assert points(compared(Study(authors), Study(authors)))["authors"] == AUTHOR + FURTHERS + BOTH_LAST


@pytest.mark.parametrize(
    ("one", "other", "share"),
    [
        ("Müller, Anna B.", "Mueller, A.", 1.0),
        ("Smith, A.B.", "Smith, AB", 1.0),
        ("Anna Smith", "Smith, A.", 1.0),
        ("Smith, A.", "Smith, B.", 0.0),
        ("Smith, A. B.", "Smith, A. C.", 0.0),
        ("Smith", "Smith, A.", 0.5),
        ("Gonzalez-Estrada, A.", "Gonzalez, A.", 0.5),
        ("Li, X.", "Li, X.", 0.5),
        ("Li, X. Y.", "Li, X. Y.", 1.0),
        ("Kim, S.", "Kit, S.", 0.0),
        ("Łukasz Wróbel", "Wrobel, L.", 1.0),
    ],
)
def test_names(one: str, other: str, share: float) -> None:
    a, b = person(one), person(other)
    assert a is not None and b is not None
    assert names_alike(a, b) == names_alike(b, a) == share


def test_nobody_is_no_author() -> None:
    assert person("others") is None and person("") is None and person("al") is None


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Hospital de Santa Maria", "Santa Maria Hospital de", True),
        ("hip", "hip", True),
        ("hip", "lip", False),
        ("", "", False),
        ("left hand", "right leg", False),
    ],
)
def test_texts(one: str, other: str, alike: bool) -> None:
    assert texts_alike(one, other) is texts_alike(other, one) is alike


def test_text_is_folded() -> None:
    assert folded("  Straße-Ærø  LØK ") == "strasse aero lok"


@pytest.mark.parametrize(
    ("people", "others", "years", "expected"),
    [
        ([(54, "F", None)], [(55, "F", None)], (2019, 2020), True),
        ([(54, "F", None)], [(57, "F", None)], (2019, 2020), None),
        ([(54, "F", None)], [(58, "F", None)], (2019, 2022), True),
        ([(54, "F", None)], [(50, "F", None)], (2019, 2022), None),
        ([(54, "F", None)], [(54, "M", None)], (2019, 2019), None),
        ([(54, "F", None)], [(None, "F", None)], (2019, 2019), False),
        ([(54, None, None)], [(54, "F", None)], (2019, 2019), False),
    ],
)
def test_ages_go_with_the_years(
    people: list[tuple[float | None, str | None, str | None]],
    others: list[tuple[float | None, str | None, str | None]],
    years: tuple[int, int],
    expected: bool | None,
) -> None:
    """True = they fit, None = they can't be one patient, False = not known, which says nothing."""
    authors = ("Abc, X. Y.", "Def, Z. Y.")
    found = find_overlap(
        review(
            {
                "one": Study(authors, years[0], "Peru", people=people),
                "two": Study(authors, years[1], "Peru", people=others),
                **FILLERS,
            }
        )
    )
    candidate = next((c for c in found.candidates if c.pair == {"one-1", "two-1"}), None)
    if expected is None:
        assert candidate is None or points(candidate)["patients"] == NO_PATIENT
    else:
        assert ("patients" in points(candidate)) is expected


def test_a_place_recruitment_and_a_note_are_told() -> None:
    columns = OverlapColumns(where=("centre",), years=("first", "last"))
    one = Study(
        (), 2019, None, 9, centre="Lisbon", recruited=(2001, 2005), note="Checked. May overlap with two; asked."
    )
    two = Study((), 2020, None, 7, centre="lisbon", recruited=(2005, 2009))
    candidate = compared(one, two, columns)
    # Two of two studies that say where, and 30 thought to be elsewhere: 16 times fewer.
    assert points(candidate) == {"place": 4.0, "years": RECRUITED, "note": NAMED_PATIENTS}
    assert candidate is not None and 'screening.csv on one: "May overlap with two"' in candidate.text
    assert "centre: Lisbon" in candidate.text and "recruited 2001-2005 and 2005-2009" in candidate.text
    late = compared(one, Study((), 2020, centre="lisbon", recruited=(2006, 2009)), columns)
    assert late is None or points(late)["years"] == NOT_RECRUITED
    half = compared(one, Study((), 2020, centre="lisbon", recruited=(2006, None)), columns)
    assert "years" in points(half) and points(half)["years"] == 1.0, "a first year alone is not the whole time"


def test_treatment_and_country_alone_are_no_reason_to_look() -> None:
    alike = Study((), 2019, "Peru", 8, route="topical", dose=7.5)
    candidate = compared(alike, Study((), 2019, "Peru", 6, route="topical", dose=7.5))
    assert candidate is not None and candidate.score >= ASK and candidate.outcome == "different"
    assert "route topical (in 2 of 8 studies), dose 7.5 mg (in 2 of 8 studies)" in candidate.text
    assert candidate.text.count("dose") == 1, "both ends of a range are one thing that agrees"


def test_equal_counts_are_told() -> None:
    counts = [("cured", 3, 12), ("worse", 0, 12)]
    candidate = compared(Study(n=12, counts=counts), Study(n=14, counts=counts))
    assert candidate is not None
    assert candidate.text == "both cured 3 of 12 patients, worse 0 of 12 patients"
    small = compared(Study(n=2, counts=[("cured", 1, 2)]), Study(n=2, counts=[("cured", 1, 2)]))
    assert small is None, "a small number agrees by chance"


def test_an_author_of_nearly_all_studies_says_nothing_and_is_named() -> None:
    found = find_overlap(review({f"s{i}": Study(("Example, A.",), 2000 + 4 * i) for i in range(8)}))
    assert found.everywhere == ("Example, A.",) and found.candidates == ()
    few = find_overlap(review({f"s{i}": Study(("Example, A. B.",)) for i in range(3)}))
    assert few.everywhere == () and len(few.candidates) == 3, "three studies of one group are not the whole field"


def test_of_studies_with_several_arms_each_arm_meets_the_one_it_is_most_like() -> None:
    authors = ("Abc, X. Y.", "Middle, O. K.")
    made = review({"one": Study(authors, route="topical"), "two": Study(authors, route="topical"), **FILLERS})
    for name in ("one", "two"):
        first = next(row for row in made.rows("arms") if row["arm_id"] == f"{name}-1")
        made.rows("arms").append({**first, "arm_id": f"{name}-2", "label": "second", "route": "oral"})
    found = find_overlap(made)
    asked = [one for one in found.of("same", "ask") if "one-1" in one.pair or "one-2" in one.pair]
    assert {one.pair for one in asked} == {frozenset({"one-1", "two-1"}), frozenset({"one-2", "two-2"})}
    assert asked[0].names == ("One: all", "Two: all")


def test_a_review_names_what_is_alike() -> None:
    one = Study(("Abc, X. Y.",), 2019, people=[(60, "M", "hip")], route="topical")
    two = Study(("Abc, X. Y.",), 2019, people=[(60, "M", "hip")], route="topical")
    every, named = compared(one, two), compared(one, two, OverlapColumns(alike=("site",)))
    assert every is not None and "route topical" in every.text and "site hip" in every.text
    assert named is not None and "route" not in named.text and "site hip" in named.text
    nothing = compared(one, two, OverlapColumns(alike=()))
    assert nothing is not None and "route" not in nothing.text and "site" not in nothing.text


def test_missing_is_not_agreement() -> None:
    found = find_overlap(review({"a": Study(), "b": Study(), "c": Study()}))
    assert (found.candidates, found.pairs, found.studies, found.without_authors) == ((), 3, 3, 3)


def test_arms_of_one_study_are_no_pair_and_known_ones_no_candidates(third_review: Path) -> None:
    found = find_overlap(read_review(third_review))
    assert found.pairs == 14, "6 arms, one pair within one study"
    assert [(one.first, one.second) for one, _ in found.known] == [("cy", "di")]
    assert all(candidate.pair != {"cy", "di"} for candidate in found.candidates)


def test_the_known_pairs_of_the_real_review_come_first_by_their_tables(calcinosis: Path) -> None:
    found = find_overlap(read_review(calcinosis))
    known = {(one.first, one.second): candidate for one, candidate in found.known}
    assert set(known) == {
        ("baumgartnernielsen_eadv-1", "esmed2096-1"),
        ("gauffenic2023-1", "jcem2016-1"),
    }
    best = max(candidate.score for candidate in found.candidates)
    assert all(candidate is not None and candidate.score > best for candidate in known.values())
    assert found.of("same", "ask") == (), "nobody has to look at a false one"
    # The first also without the notes that name it: a strength that no other study has, and the route.
    first = known["baumgartnernielsen_eadv-1", "esmed2096-1"]
    assert first is not None
    assert sum(reason.points for reason in first.reasons if reason.kind != "note") > best


def test_reports_that_are_not_in_are_told_where_a_note_names_a_study(calciphylaxis: Path) -> None:
    outside = find_overlap(read_review(calciphylaxis)).outside
    assert [(one.report_id, one.decision, one.study) for one in outside] == [
        ("jiao2022asn", "awaiting_classification", "Ren Fail 2022 (authors not seen)"),
        ("aad2019mgh", "excluded", "Strazzula 2013"),
    ]
    assert outside[0].text == 'screening.csv on jiao2022asn: "possible overlap with renfail2022sts"'


def test_the_synthetic_example_asks_nothing(calcinosis: Path) -> None:
    found = find_overlap(read_review(calcinosis.parent / "synthetic-example"))
    assert found.of("same", "ask") == () and found.everywhere == ("Example, A.",)


texts = st.sampled_from([None, "Lisbon", "Porto", "lisbon"])
people = st.tuples(
    st.one_of(st.none(), st.integers(50, 54)), st.sampled_from([None, "F", "M"]), st.sampled_from([None, "hand"])
)
studies = st.builds(
    Study,
    authors=st.lists(st.sampled_from(["Smith, A.", "Smith, A. B.", "Li, X.", "Costa, M. J.", "others"]), max_size=3),
    year=st.one_of(st.none(), st.integers(2000, 2020)),
    country=st.sampled_from([None, "Peru", "Chile; Peru"]),
    n=st.integers(1, 3),
    people=st.lists(people, max_size=2),
    route=st.sampled_from([None, "topical", "oral"]),
    dose=st.sampled_from([None, 1.0, 2.0]),
    centre=texts,
    note=st.sampled_from([None, "as in s0", "overlap with s1-1"]),
)


def scores(found: Found) -> dict[frozenset[str], tuple[float, str]]:
    return {one.pair: (one.score, one.outcome) for one in found.candidates}


@given(st.lists(studies, min_size=2, max_size=5), st.randoms(use_true_random=False))
def test_the_order_of_studies_changes_no_score(made: list[Study], rng: random.Random) -> None:
    named = {f"s{i}": study for i, study in enumerate(made)}
    names = list(named)
    rng.shuffle(names)
    shuffled = find_overlap(review({name: named[name] for name in names}))
    assert scores(find_overlap(review(named))) == scores(shuffled)
