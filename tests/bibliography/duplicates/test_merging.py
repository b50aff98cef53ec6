"""One record of several: the best of each field, nothing mixed that doesn't belong together, nothing lost."""

from __future__ import annotations

from dataclasses import replace
from itertools import permutations

import pytest

from evidence.bibliography.duplicates import merge
from evidence.bibliography.record import KEPT, Record

from .papers import SKIN

OVID = replace(
    SKIN, title="INTRALESIONAL SODIUM THIOSULFATE FOR CALCINOSIS CUTIS", authors=("Müller H.P.", "García-López M."),
    journal="J Imaginary Skin Med", pages="821-8", doi=None, pmid=None, database="Embase", accession="L61",
    keywords=("Skin", "calcium"), raw="first", abstract="Short.", issn="1234-5678", other={"AB": ("x",)}, line=3, end=5,
)  # fmt: skip
PUBMED = replace(
    SKIN, database="MEDLINE", accession="M7", keywords=("calcium", "injections"), raw="second", language="English",
    issn="1234-5678; 8765-4321", other={"AB": ("y",), "LR": ("2019",)}, abstract=None, line=90,
)  # fmt: skip
PREPRINT = replace(
    SKIN, kind="preprint", journal="medRxiv", volume=None, issue=None, pages=None, year=2017, pmid=None,
    doi="10.1101/2017.01.02.17187", database="Europe PMC", raw="third", abstract="The longest abstract of them all.",
)  # fmt: skip


def test_the_best_of_each_field() -> None:
    one = merge([OVID, PUBMED])
    assert one.title == SKIN.title and one.authors == SKIN.authors
    assert (one.journal, one.pages, one.doi, one.pmid) == (SKIN.journal, "821-828", SKIN.doi, SKIN.pmid)
    assert (one.abstract, one.language) == ("Short.", "English")


def test_every_source_stays() -> None:
    one = merge([OVID, PUBMED])
    assert (one.database, one.accession) == ("Embase; MEDLINE", "L61; M7")
    assert one.issn == "1234-5678; 8765-4321"
    assert one.keywords == ("Skin", "calcium", "injections")
    assert one.other == {"AB": ("x", "y"), "LR": ("2019",)}
    assert one.raw == "first\n\nsecond"
    assert (one.line, one.start, one.end) == (3, 0, 5)


def test_a_paper_is_not_mixed_with_its_preprint() -> None:
    one = merge([PREPRINT, OVID])
    assert (one.kind, one.year, one.journal, one.volume) == ("article", 2018, "J Imaginary Skin Med", "78")
    assert one.abstract == PREPRINT.abstract
    assert merge([PREPRINT, replace(PREPRINT, database="Other")]).journal == "medRxiv"


def test_any_order_gives_the_same_values() -> None:
    ordered = ("keywords", "issn", "accession", "database")
    for records in permutations([OVID, PUBMED, PREPRINT]):
        one, two = merge(records), merge([OVID, PUBMED, PREPRINT])
        for name in set(KEPT) - set(ordered):
            assert getattr(one, name) == getattr(two, name), name
        for name in ordered:
            assert set(getattr(one, name)) == set(getattr(two, name))


def test_one_record_and_one_twice_are_themselves() -> None:
    assert merge([OVID]) is OVID
    assert merge([PUBMED, PUBMED]) == PUBMED


def test_garbled_and_marked_up_titles_give_way() -> None:
    for bad in (
        "<b>Intralesional</b> sodium thiosulfate: a very long story of it",
        "[Longer than any other title is here, in all]",
    ):
        assert merge([replace(SKIN, title=bad), SKIN]).title == SKIN.title
    garbled = replace(SKIN, authors=tuple(a.encode().decode("cp1252", "replace") for a in SKIN.authors))
    assert merge([garbled, SKIN]).authors == SKIN.authors


def test_empty_records_make_an_empty_one() -> None:
    assert merge([Record(), Record(line=3)]) == Record()
    with pytest.raises(ValueError, match="no record"):
        merge([])
