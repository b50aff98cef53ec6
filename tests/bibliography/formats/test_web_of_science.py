"""Tagged text of the Web of Science."""

from __future__ import annotations

import pytest

from evidence.bibliography.formats.web_of_science import FORMAT, collection
from evidence.bibliography.record import Batch, Record

HEAD, FOOT = "FN Clarivate Analytics Web of Science\nVR 1.0\n", "EF"
ONE = """PT J
AU Ada, AB
   Bö, C
AF Ada, Anna B.
   Bo, Carl
CA Calcinosis Grp
TI Calcinosis of the skin: a
   long title
SO JOURNAL OF TESTS
LA English
DT Article
DE skin; calcium
   deposits
ID THERAPY
AB Words.
C1 [Ada, AB] Univ Test
SN 0006-2960
EI 1520-4995
PD JUN 8
PY 2004
VL 43
IS 22
BP 7003
EP 7016
DI 10.1000/ABC
UT WOS:000221807500019
PM 15170338
ER
"""
TWO = "PT J\nAU Li, X\nTI Second\nPY 2005\nUT WOS:000000000000002\nER\n"


def read(text: str) -> Batch:
    batch = FORMAT.read(text, "x.txt")
    for record in batch.records:
        assert record.raw == text[record.start : record.end]
        assert record.line == text.count("\n", 0, record.start) + 1
    return batch


def titles(batch: Batch) -> list[str | None]:
    return [record.title for record in batch.records]


def test_every_part_of_a_record() -> None:
    batch = read(f"{HEAD}{ONE}\n{FOOT}")
    (record,) = batch.records
    assert batch.problems == ()
    assert record == Record(
        kind="article",
        title="Calcinosis of the skin: a long title",
        authors=("Ada, Anna B.", "Bo, Carl", "Calcinosis Grp"),
        year=2004,
        journal="JOURNAL OF TESTS",
        volume="43",
        issue="22",
        pages="7003-7016",
        doi="10.1000/abc",
        pmid="15170338",
        issn="0006-2960; 1520-4995",
        language="English",
        keywords=("skin", "calcium deposits", "THERAPY"),
        abstract="Words.",
        accession="WOS:000221807500019",
        database="Web of Science",
        other={
            "AU": ("Ada, AB\nBö, C",),
            "DT": ("Article",),
            "C1": ("[Ada, AB] Univ Test",),
            "PD": ("JUN 8",),
        },
        raw=ONE.removesuffix("\n"),
        line=3,
        start=len(HEAD),
        end=len(HEAD) + len(ONE) - 1,
    )


@pytest.mark.parametrize(
    ("text", "expected", "problems"),
    [
        (f"{HEAD}{ONE}\n{TWO}\n{FOOT}\n", ["long", "Second"], []),
        (f"{HEAD}{ONE}{TWO}{FOOT}\n{HEAD}{TWO}{FOOT}", ["long", "Second", "Second"], []),
        (f"\ufeff{HEAD}{TWO}\n{FOOT}", ["Second"], []),
        (f"{HEAD}{ONE.removesuffix('ER' + chr(10))}{TWO}{FOOT}", ["long", "Second"], [("no-end", 3)]),
        (f"{HEAD}{ONE}{TWO[5:]}{FOOT}", ["long", "Second"], [("no-start", 31)]),
        (f"{HEAD}{TWO.removesuffix('ER' + chr(10))}", ["Second"], [("cut-off", 3)]),
        (f"{HEAD}PT J\nLA English\nER\n{TWO}", ["Second"], [("empty-record", 3)]),
        (f"{HEAD}{TWO.replace('2005', 'soon')}", ["Second"], [("bad-year", 3)]),
        (HEAD + FOOT, [], []),
    ],
)
def test_nothing_is_lost_without_a_word(text: str, expected: list[str], problems: list[tuple[str, int]]) -> None:
    batch = read(text)
    assert [str(title).replace("Calcinosis of the skin: a long title", "long") for title in titles(batch)] == expected
    assert [(problem.code, problem.line) for problem in (*batch.reported, *batch.problems)] == problems


def test_short_names_where_full_ones_are_missing() -> None:
    (record,) = read(TWO.replace("TI", "   Ada, A\nAF Li, Xi\nTI")).records
    assert record.authors == ("Li, X", "Ada, A")


@pytest.mark.parametrize(
    ("publication", "sort", "kind"),
    [
        ("J", "Article", "article"),
        ("J", "Article; Proceedings Paper", "article"),
        ("J", "Meeting Abstract", "conference"),
        ("J", "Editorial Material", "article"),
        ("C", "Proceedings Paper", "conference"),
        ("S", "Article; Book Chapter", "chapter"),
        ("B", "Book", "book"),
        ("P", "", "other"),
        ("J", "Preprint", "preprint"),
    ],
)
def test_kinds(publication: str, sort: str, kind: str) -> None:
    (record,) = read(f"PT {publication}\nTI T\nDT {sort}\nER\n").records
    assert record.kind == kind


def test_the_database_of_a_number() -> None:
    assert collection("WOS:000") == "Web of Science"
    assert collection("MEDLINE:123") == "MEDLINE"
    assert (collection("WOS"), collection("X:1"), collection(None)) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [(HEAD + ONE, True), (TWO, True), ("PT J\n", False), ("TY  - JOUR\nTI  - T\nER  - \n", False), ("", False)],
)
def test_what_looks_like_the_web_of_science(text: str, expected: bool) -> None:
    assert FORMAT.fits(text) is expected
