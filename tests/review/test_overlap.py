"""Pairs that arms.csv and overlap.csv name, what is wrong with a ledger, and what a decision changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from evidence.errors import DataError, UsageError
from evidence.outcomes import select
from evidence.review.overlap import DECISIONS, joined, known_pairs, named_possible, named_same
from evidence.review.overlap_checks import DIFFERS, overlap_problems
from evidence.review.overlap_deciding import change, decided
from evidence.review.page import codebook_page
from evidence.review.reading import read_table
from evidence.review.review import book_of, check_review, read_review
from evidence.review.settings import read_settings

HEADER = "arm_a,arm_b,decision,reason,decided_by,date,notes\n"
DAY = date(2026, 3, 1)


def write(folder: Path, *rows: str) -> Path:
    (folder / "overlap.csv").write_text(HEADER + "".join(f"{row}\n" for row in rows), encoding="utf-8")
    return folder


def name_possible(folder: Path, arm: str, others: str) -> None:
    """Give arms.csv the column possible_overlap, filled for one arm."""
    path = folder / "arms.csv"
    head, *rows = path.read_text(encoding="utf-8").splitlines()
    filled = [f"{row},{others if row.startswith(f'{arm},') else ''}" for row in rows]
    path.write_text("\n".join((f"{head},possible_overlap", *filled, "")), encoding="utf-8")


def found(folder: Path) -> list[tuple[str, str, int | None, str]]:
    """Problems of the ledger alone: a check of the whole review takes ten times as long."""
    book = book_of(read_settings(folder / "review.toml")[0])
    read = {name: read_table(folder, book[name]) for name in ("arms", "overlap")}
    own = [*read["overlap"][1], *overlap_problems({name: table for name, (table, _) in read.items()})]
    return [(p.code, Path(p.file or "").name, p.line, p.severity) for p in own]


def test_a_review_without_the_table_is_fine(third_review: Path) -> None:
    assert found(third_review) == []
    assert not (third_review / "overlap.csv").exists()
    assert "## overlap.csv" in codebook_page() and "`unclear`: what was read" in codebook_page()


def test_known_pairs_stand_once_and_in_the_order_of_the_arms(third_review: Path) -> None:
    name_possible(third_review, "bo", "ada-low; ada-high")
    write(third_review, "bo,ada-low,unclear,one town,A,2024-05-31,", "na-1,bo,distinct,other country,,,")
    review = read_review(third_review)
    known = known_pairs(review.rows("arms"), review.rows("overlap"))
    assert [(one.first, one.second, one.named, one.decision and one.decision.decision) for one in known] == [
        ("ada-low", "bo", "possible_overlap", "unclear"),
        ("ada-high", "bo", "possible_overlap", None),
        ("bo", "na-1", None, "distinct"),
        ("cy", "di", "same_patients_as", None),
    ]


def test_patients_are_the_same_through_other_arms() -> None:
    same = {frozenset("ab"), frozenset("bc"), frozenset("de")}
    assert joined(same, frozenset("ac")) and joined(same, frozenset("ca")) and not joined(same, frozenset("ad"))
    arms: list[dict[str, str | None]] = [
        {"arm_id": "a", "same_patients_as": "a", "possible_overlap": "a; b"},
        {"arm_id": "b", "same_patients_as": None, "possible_overlap": None},
    ]
    assert named_same(arms) == set() and named_possible(arms) == {frozenset("ab")}


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ("di,cy,same_patients,said so,,,", []),
        ("cy,di,same_patients,said so,,2024-05-31,", []),
        ("cy,di,distinct,no,,,", [(DIFFERS, "overlap.csv", 2, "error")]),
        ("cy,di,unclear,no,,,", [(DIFFERS, "overlap.csv", 2, "error")]),
        ("cy,bo,same_patients,no,,,", [(DIFFERS, "overlap.csv", 2, "error")]),
        ("cy,bo,unclear,no,,,", [(DIFFERS, "overlap.csv", 2, "error")]),
        ("bo,bo,distinct,no,,,", [("pair-of-one", "overlap.csv", 2, "error")]),
        ("bo,cy,distinct,no,,31.5.24,", [("date-unclear", "overlap.csv", 2, "warning")]),
        ("bo,cy,maybe,no,,,", [("unknown-term", "overlap.csv", 2, "error")]),
        ("bo,cy,distinct,,,,", [("missing-value", "overlap.csv", 2, "error")]),
    ],
)
def test_rules_of_a_row(row: str, expected: list[tuple[str, str, int, str]], third_review: Path) -> None:
    problems = [p for p in found(write(third_review, row)) if p[0] != "overlap-undecided"]
    assert [p for p in problems if p[0] != "unknown-term" or p[3] == "error"][: len(expected) or 1] == expected


def test_possible_overlap_is_for_what_is_unclear(third_review: Path) -> None:
    name_possible(third_review, "bo", "cy")
    settled = "di,cy,same_patients,said so,,,"
    assert found(write(third_review, "cy,bo,unclear,one town,,,", settled)) == []
    assert found(write(third_review, "cy,bo,distinct,other town,,,", settled)) == [(DIFFERS, "overlap.csv", 2, "error")]
    name = third_review / "arms.csv"
    name.write_text(name.read_text(encoding="utf-8").replace("some of Cy,", "some of Cy,cy"), encoding="utf-8")
    twice = found(write(third_review, "cy,bo,unclear,one town,,,", settled))
    assert twice == [(DIFFERS, "overlap.csv", 3, "warning")], "not verified, and decided"


def test_a_pair_stands_once_in_either_order_and_a_begun_ledger_is_to_be_finished(third_review: Path) -> None:
    write(third_review, "bo,cy,distinct,other country,,,", "cy,bo,distinct,other country,,,")
    assert found(third_review) == [
        ("duplicate-row", "overlap.csv", 3, "error"),
        ("overlap-undecided", "arms.csv", 7, "warning"),
    ]


def test_arms_that_do_not_exist_are_named(third_review: Path) -> None:
    write(third_review, "bo,cz,distinct,other country,,,")
    assert [(p.code, p.line) for p in check_review(third_review) if p.severity == "error"] == [("unknown-id", 2)]


def test_a_decision_needs_a_reason_two_arms_and_a_known_word() -> None:
    for other, decision, reason, code in (
        ("b", "distinct", " \n", "no-reason"),
        ("b", "distinct", None, "no-reason"),
        ("a", "distinct", "x", "pair-of-one"),
        ("b", "different", "x", "unknown-decision"),
    ):
        with pytest.raises(UsageError) as error:
            decided("a", other, decision, reason, None, DAY)
        assert error.value.problems[0].code == code
    assert decided("a", "b", "unclear", " one\n town ", " ", DAY).reason == "one town"


@pytest.mark.parametrize("decision", DECISIONS)
@pytest.mark.parametrize(
    ("pair", "named"),
    [(("bo", "cy"), "cy; di"), (("cy", "bo"), "cy"), (("di", "cy"), ""), (("ada-high", "na-1"), "")],
)
def test_what_is_decided_is_what_the_check_wants(
    decision: str, pair: tuple[str, str], named: str, third_review: Path
) -> None:
    """Whatever arms.csv said before, the review is without a contradiction after."""
    if named:
        name_possible(third_review, "bo", named)
    one = decided(*pair, decision, "because", "A", DAY)
    made = change(read_review(third_review), one)
    before = (third_review / "arms.csv").read_bytes()
    assert not (third_review / "overlap.csv").exists(), "nothing is written yet"
    made.write()
    assert [p for p in found(third_review) if p[0] != "overlap-undecided"] == []
    assert f"{pair[0]},{pair[1]},{decision},because,A,2026-03-01," in (third_review / "overlap.csv").read_text()
    after = (third_review / "arms.csv").read_bytes()
    assert (before != after) is (len(made.said) > 1)


def test_both_tables_are_written_or_neither(third_review: Path) -> None:
    write(third_review, 'bo,cy,distinct,"no, never",A,2020-01-01,kept')
    ledger, arms = third_review / "overlap.csv", third_review / "arms.csv"
    before = ledger.read_bytes(), arms.read_bytes()
    made = change(read_review(third_review), decided("bo", "cy", "same_patients", "because", None, DAY))
    assert list(made.files) == [arms, ledger]
    ledger.chmod(0o444)
    with pytest.raises(UsageError, match="read-only"):
        made.write()
    assert (ledger.read_bytes(), arms.read_bytes()) == before


def test_the_arm_named_first_gives_way(third_review: Path) -> None:
    change(read_review(third_review), decided("bo", "cy", "same_patients", "because", None, DAY)).write()
    left = {arm.arm_id: arm.reason for arm in select(read_review(third_review), "improved").left_out}
    assert left == {"bo": "overlap", "di": "overlap"}


def test_a_decision_is_changed_in_its_row(third_review: Path) -> None:
    write(third_review, 'bo,cy,distinct,"no, never",A,2020-01-01,kept')
    made = change(read_review(third_review), decided("cy", "bo", "unclear", "perhaps", None, DAY))
    made.write()
    assert (third_review / "overlap.csv").read_text(encoding="utf-8") == HEADER + (
        "cy,bo,unclear,perhaps,,2026-03-01,kept\n"
    )
    assert "before: distinct by A (no, never)" in made.said[0]


def test_a_contradiction_can_be_decided_away(third_review: Path) -> None:
    write(third_review, "cy,di,distinct,no,,,")
    with pytest.raises(DataError):
        read_review(third_review)
    change(read_review(third_review, but=(DIFFERS,)), decided("cy", "di", "distinct", "no", None, DAY)).write()
    assert read_review(third_review).rows("arms")[-1]["same_patients_as"] is None


def test_what_other_arms_contradict_is_refused_and_nothing_written(third_review: Path) -> None:
    arms = third_review / "arms.csv"
    arms.write_text(arms.read_text(encoding="utf-8").replace("bo,bo-2002,Radial,12,", "bo,bo-2002,Radial,12,cy"))
    review = read_review(third_review)
    with pytest.raises(UsageError, match="through other arms"):
        change(review, decided("bo", "di", "distinct", "no", None, DAY))
    text = arms.read_text(encoding="utf-8").replace("Low energy,14,", "Low energy,14,ada-high")
    arms.write_text(text, encoding="utf-8")
    again = read_review(third_review)
    with pytest.raises(UsageError, match="both have the same patients as a third arm"):
        change(again, decided("bo", "ada-low", "same_patients", "x", None, DAY))
    with pytest.raises(UsageError, match="'bu' is not known"):
        change(review, decided("bu", "di", "distinct", "no", None, DAY))
    assert not (third_review / "overlap.csv").exists()
