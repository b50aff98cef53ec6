"""Entries that are written are read with the same fields."""

from __future__ import annotations

import pytest

from evidence.bibliography.bibtex_entry import bibtex_entry, has_entry, with_entry, without_entry
from evidence.bibliography.reading import parse_bibliography
from evidence.bibliography.record import Record
from tests.bibliography.citing import record


def test_what_was_seen_is_read_back() -> None:
    found = parse_bibliography(bibtex_entry("author1", record(1)), "references.bib")
    assert found.problems == ()
    reference = found.references["author1"]
    assert reference.kind == "article"
    assert reference.authors == ("Author1, A.", "Second, B.")
    assert (reference.title, reference.year, reference.journal) == (
        "Made-up title number 1",
        "2001",
        "Journal of Examples",
    )
    assert dict(reference.fields)["pmid"] == "1001"
    assert reference.url is None


@pytest.mark.parametrize(
    ("title", "read"),
    [
        ("100% of {all}, at last", "100% of all, at last"),
        ("An } open brace {", "An open brace"),
        ("Back\\slash & # $ _ ^ ~", "Back\\slash & # $ _ ^ ~"),
        ('"Quoted" @article{x, y}', '"Quoted" @articlex, y'),
        ("Ü̈ber α-Blocker 中文", "Ü̈ber α-Blocker 中文"),
    ],
)
def test_titles_that_hold_what_bibtex_means_something_by(title: str, read: str) -> None:
    found = parse_bibliography(bibtex_entry("k", Record(title=title)), "references.bib")
    assert found.problems == ()
    assert found.references["k"].title == read


def test_fields_that_were_not_seen_are_not_there() -> None:
    assert bibtex_entry("k", Record()) == "@misc{k,\n}\n"
    assert (
        bibtex_entry("k", Record(url="https://example.org/a b")) == "@misc{k,\n  url = {https://example.org/ab},\n}\n"
    )
    chapter = parse_bibliography(bibtex_entry("k", Record(kind="chapter", journal="Book")), "references.bib")
    assert chapter.references["k"].fields == {"booktitle": "Book"}


def test_a_group_with_and_in_its_name_stays_one_author() -> None:
    found = parse_bibliography(bibtex_entry("k", Record(authors=("Centers for Control and Prevention", "Bo, C."))), "r")
    assert len(found.references["k"].authors) == 2


@pytest.mark.parametrize("text", ["", "@misc{a,\n}\n", "@misc{a,\n}", "@misc{a,\r\n}\r\n", "% only a remark\n"])
def test_an_entry_is_added_and_taken_out_again(text: str) -> None:
    entry = bibtex_entry("author1", record(1))
    longer = with_entry(text, entry)
    assert longer.startswith(text)
    assert has_entry(longer, "author1")
    assert not has_entry(longer, "author")
    assert without_entry(longer, entry).strip() == text.strip()
    assert without_entry(text, entry) == text
