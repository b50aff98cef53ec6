"""PubMed's and Ovid's tags of MEDLINE."""

from __future__ import annotations

import pytest

from evidence.bibliography.formats.medline import FORMAT
from evidence.bibliography.record import Batch, Record

PUBMED = """PMID- 31000001
OWN - NLM
IS  - 1759-8486 (Electronic)
IS  - 1759-8478 (Linking)
VI  - 10
IP  - 4
DP  - 2018 Apr
TI  - Calcinosis cutis: a report of
      two cases.
PG  - 335-9
LID - 10.1000/ABC [doi]
AB  - BACKGROUND: Words
      go on.
FAU - Brinjikji, Waleed
AU  - Brinjikji W
FAU - Kallmes, David F
AU  - Kallmes DF
CN  - Calcinosis Study Group
LA  - eng
LA  - ger
PT  - Case Reports
PT  - Journal Article
PMC - PMC45
JT  - Journal of tests
TA  - J Tests
OT  - skin
MH  - Aged
MH  - Calcinosis/*drug
      therapy
"""
SECOND = "PMID- 31000002\nTI  - Second.\nAU  - Li X\nDP  - 2019\nJT  - J\n"


def read(text: str) -> Batch:
    batch = FORMAT.read(text, "x.nbib")
    for record in batch.records:
        assert record.raw == text[record.start : record.end]
        assert record.line == text.count("\n", 0, record.start) + 1
    return batch


def ids(batch: Batch) -> list[str | None]:
    return [record.pmid for record in batch.records]


def test_every_part_of_a_record() -> None:
    (record,) = read(PUBMED).records
    assert record == Record(
        kind="article",
        title="Calcinosis cutis: a report of two cases.",
        authors=("Brinjikji, Waleed", "Kallmes, David F", "Calcinosis Study Group"),
        year=2018,
        journal="Journal of tests",
        volume="10",
        issue="4",
        pages="335-9",
        doi="10.1000/abc",
        pmid="31000001",
        pmcid="PMC45",
        issn="1759-8486; 1759-8478",
        language="eng; ger",
        keywords=("skin", "Aged", "Calcinosis/*drug therapy"),
        abstract="BACKGROUND: Words go on.",
        accession="31000001",
        database="PubMed",
        other={
            "OWN": ("NLM",),
            "AU": ("Brinjikji W", "Kallmes DF"),
            "PT": ("Case Reports", "Journal Article"),
            "TA": ("J Tests",),
        },
        raw=PUBMED.removesuffix("\n"),
        line=1,
        start=0,
        end=len(PUBMED) - 1,
    )


@pytest.mark.parametrize(
    "text",
    [
        f"{PUBMED}\n{SECOND}",
        f"\ufeff{PUBMED}{SECOND}",
        f"\n\n{PUBMED}\n\n\n{SECOND}\n",
        f"{PUBMED}\n{SECOND.replace('PMID- ', 'PMID-')}",
    ],
)
def test_records_are_told_apart(text: str) -> None:
    batch = read(text)
    assert ids(batch) == ["31000001", "31000002"]
    assert batch.problems == ()
    assert batch.records[1].authors == ("Li, X",)


def test_a_record_without_its_number_is_not_lost() -> None:
    batch = read(f"{PUBMED}\n{SECOND.partition(chr(10))[2]}\n{SECOND}")
    assert ids(batch) == ["31000001", None, "31000002"]
    assert [record.title for record in batch.records[1:]] == ["Second.", "Second."]
    head = read(PUBMED.partition("\n")[2] + f"\n{SECOND}")
    assert ids(head) == [None, "31000002"]


def test_a_blank_line_within_a_record() -> None:
    assert ids(read(SECOND.replace("AU", "\nAU"))) == ["31000002"]


def test_a_record_with_nothing_to_know_it_by_is_reported() -> None:
    batch = read(f"PMID- \nOWN - NLM\n\n{SECOND}")
    assert (batch.found, ids(batch)) == (2, ["31000002"])
    assert [(problem.code, problem.line) for problem in batch.reported] == [("empty-record", 1)]


OVID = """<1>
VN  - Ovid Technologies
DB  - Ovid MEDLINE(R) ALL
UI  - 31000001
TI  - First title
      goes on.
AU  - Smith J
YR  - 2020

<2>
VN  - Ovid Technologies
UI  - 31000002
TI  - Second.
AU  - van der Berg AB
"""


def test_ovid_with_numbers() -> None:
    batch = read(OVID)
    first, second = batch.records
    assert (first.title, first.authors, first.year, first.pmid) == (
        "First title goes on.",
        ("Smith, J",),
        2020,
        "31000001",
    )
    assert (first.database, second.authors) == ("Ovid MEDLINE(R) ALL", ("van der Berg, AB",))
    assert batch.problems == ()


def test_ovid_without_numbers() -> None:
    assert ids(read("UI  - 1000\nTI  - T\nAU  - Li X\n\nUI  - 2000\nTI  - U\n")) == ["1000", "2000"]


@pytest.mark.parametrize(
    ("line", "kind"),
    [
        ("PT  - Preprint", "preprint"),
        ("PT  - Book Chapter", "chapter"),
        ("PT  - Dataset", "dataset"),
        ("PT  - Review", "article"),
        ("PT  - Something", None),
    ],
)
def test_kinds(line: str, kind: str | None) -> None:
    assert read(f"PMID- 123\nTI  - T\n{line}\n").records[0].kind == kind


def test_article_number_for_pages() -> None:
    assert read("PMID- 123\nTI  - T\nLID - e219840 [pii]\n").records[0].pages == "e219840"
    assert read("PMID- 123\nTI  - T\nAID - S0190-9622(20)30000-0 [pii]\n").records[0].pages is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PUBMED, True),
        (OVID, True),
        ("TY  - JOUR\nTI  - T\nN1  - x\nPMID- 123\nER  - \n", False),
        ("UI  - 12\n", False),
        ("TI  - T\nAU  - A\n", False),
    ],
)
def test_what_looks_like_medline(text: str, expected: bool) -> None:
    assert FORMAT.fits(text) is expected
