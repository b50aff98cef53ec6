"""EndNote's export and refer."""

from __future__ import annotations

import pytest

from evidence.bibliography.formats.refer import FORMAT
from evidence.bibliography.record import Batch, Record

ONE = """%0 Journal Article
%A Ada, Anna
%A Liu R.
%D 2016
%T Calcinosis cutis
%J Journal of tests
%V 3
%N 2
%P 10-12
%R https://doi.org/10.1000/ABC
%@ 1234-5678
%G eng
%M 31000001
%~ PubMed
%U http://x.org
%K skin
calcium
%X Words

go on.
%Z a note
"""
TWO = "%0 Book\n%A Bö, B.\n%B The Book\n%D 2017\n"


def read(text: str) -> Batch:
    batch = FORMAT.read(text, "x.enw")
    for record in batch.records:
        assert record.raw == text[record.start : record.end]
        assert record.line == text.count("\n", 0, record.start) + 1
    return batch


def titles(batch: Batch) -> list[str | None]:
    return [record.title for record in batch.records]


def test_every_part_of_a_record() -> None:
    (record,) = read(ONE).records
    assert record == Record(
        kind="article",
        title="Calcinosis cutis",
        authors=("Ada, Anna", "Liu, R."),
        year=2016,
        journal="Journal of tests",
        volume="3",
        issue="2",
        pages="10-12",
        doi="10.1000/abc",
        pmid="31000001",
        issn="1234-5678",
        language="eng",
        url="http://x.org",
        keywords=("skin", "calcium"),
        abstract="Words go on.",
        accession="31000001",
        database="PubMed",
        other={"Z": ("a note",)},
        raw=ONE.removesuffix("\n"),
        line=1,
        start=0,
        end=len(ONE) - 1,
    )


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (f"{ONE}\n{TWO}", ["Calcinosis cutis", "The Book"]),
        (f"{ONE}{TWO}", ["Calcinosis cutis", "The Book"]),
        (f"\ufeff{ONE}\n\n\n{ONE}", ["Calcinosis cutis"] * 2),
        (f"{ONE}\n{ONE[19:]}", ["Calcinosis cutis"] * 2),
        (f"{ONE[19:]}\n{TWO}", ["Calcinosis cutis", "The Book"]),
        ("%A Ada, A.\n%T One\n\n%A Bö, B.\n%T Two\n", ["One", "Two"]),
        ("%A Ada, A.\n%T One\n\n%K skin\n", ["One"]),
        (f"%0 Book\n%0 Thesis\n{TWO}", ["The Book"]),
    ],
)
def test_records_are_told_apart(text: str, expected: list[str]) -> None:
    batch = read(text)
    assert titles(batch) == expected
    assert batch.problems == ()


def test_a_record_with_nothing_to_know_it_by_is_reported() -> None:
    batch = read(f"%0 Journal Article\n%E Ed, E.\n\n{TWO}")
    assert (batch.found, titles(batch)) == (2, ["The Book"])
    assert [(problem.code, problem.line) for problem in batch.reported] == [("empty-record", 1)]


def test_doubts() -> None:
    batch = read(ONE.replace("2016", "in press"))
    assert [(problem.code, problem.line) for problem in batch.problems] == [("bad-year", 1)]


def test_the_kind_as_written_stays_where_it_is_none_of_ours() -> None:
    (record,) = read("%0 Patent\n%T T\n").records
    assert (record.kind, record.other) == ("other", {"0": ("Patent",)})
    assert read("%T T\n").records[0].kind is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ONE, True),
        ("%A Ada\n", True),
        ("%0\n", False),
        ("% Encoding: UTF-8\n@article{a, title = {T}}\n", False),
        ("%A remark\n@article{a, title = {T}}\n", False),
        ("50 %A b\n", False),
    ],
)
def test_what_looks_like_refer(text: str, expected: bool) -> None:
    assert FORMAT.fits(text) is expected
