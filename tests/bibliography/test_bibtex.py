"""BibTeX as records: exact places, one problem for each broken entry, what an entry takes of the book it stands in."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from evidence.bibliography.bibtex_entries import entries, value_of
from evidence.bibliography.formats.bibtex import fits, read
from evidence.bibliography.record import Batch, Record

CORPORA = Path(__file__).parents[3] / "shared" / "corpora" / "bibliography"
GOOD = "@article{good,\n  title = {A {DNA} title},\n  author = {Ada, A. and Bö, B.},\n  year = 2001,\n}\n"


def only(text: str) -> Record:
    batch = read(text, "x.bib")
    assert len(batch.records) == batch.found == 1, batch
    return batch.records[0]


def codes(batch: Batch) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in (*batch.reported, *batch.problems)]


def test_the_parts_of_an_entry() -> None:
    record = only(
        "@Article{Key,\n title = {On {X}},\n subtitle = {a case},\n author = {Ada Lovelace and {WHO}},\n"
        " journaltitle = {J. Med.},\n date = {2014-03-01},\n volume = 3,\n number = {4},\n pages = {10--12},\n"
        " doi = {https://doi.org/10.1000/A\\_b},\n note = {PMID: 123},\n pmc = {PMC45},\n issn = {1234-5678},\n"
        " language = {english},\n url = {http://a.b/~c},\n keywords = {one, two},\n abstract = {50\\% of\n  us},\n"
        " source = {Scopus}, unique-id = {WOS:000}}\n"
    )
    assert (record.kind, record.title, record.authors) == ("article", "On X: a case", ("Lovelace, Ada", "WHO"))
    assert (record.year, record.journal, record.volume, record.issue) == (2014, "J. Med.", "3", "4")
    assert (record.pages, record.doi, record.pmid, record.pmcid) == ("10-12", "10.1000/a_b", "123", "PMC45")
    assert (record.issn, record.language, record.url) == ("1234-5678", "english", "http://a.b/~c")
    assert (record.keywords, record.abstract) == (("one", "two"), "50% of us")
    assert (record.accession, record.database) == ("WOS:000", "Scopus")
    assert record.other == {"key": ("Key",), "note": ("PMID: 123",)}


def test_places_are_exact() -> None:
    text = f'% Encoding: UTF-8\n\n {GOOD}@misc(b, title = "x") @misc{{c, title={{y}}}}\n@comment{{jabref-meta: x;}}\n'
    batch = read(text, "x.bib")
    assert [text[record.start : record.end] == record.raw for record in batch.records] == [True] * 3
    assert [record.line for record in batch.records] == [3, 8, 8]
    assert [record.raw[:7] for record in batch.records] == ["@articl", "@misc(b", "@misc{c"]
    assert batch.problems == ()


@pytest.mark.parametrize(
    ("text", "problems", "titles"),
    [
        ("@misc{b, title = {open\n" + GOOD, [("broken-entry", 1)], ["A DNA title"]),
        (GOOD + "@misc{b, title = {open\n", [("broken-entry", 6)], ["A DNA title"]),
        ("@misc{b\n title = {x}}\n" + GOOD, [("broken-entry", 1)], ["A DNA title"]),
        ("@misc{b, title = {x} year = {@ {y}}}\n" + GOOD, [("broken-entry", 1)], ["A DNA title"]),
        ('@misc{b, title = "x\n' + GOOD + GOOD, [("broken-entry", 1), ("duplicate-key", 7)], ["A DNA title"] * 2),
        ("@string{j = {open\n" + GOOD, [("broken-string", 1)], ["A DNA title"]),
        ("@comment{open\n" + GOOD, [], ["A DNA title"]),
        ("@misc{, title={no key}}", [], ["no key"]),
        ("@misc{b, title={x}, title={y}}", [("duplicate-field", 1)], ["x"]),
        ("@misc{b, title={x}, doi={hello}}", [("bad-doi", 1)], ["x"]),
        ("@misc{b}\n" + GOOD, [("empty-record", 1)], ["A DNA title"]),
        ("words\n" + GOOD, [("text-outside", 1)], ["A DNA title"]),
        ("@misc{b, title={a\x0bb}}", [("control-character", 1)], ["a b"]),
        ("@set{s, entryset={a}}\n@xdata{x, title={no record}}\n", [], []),
    ],
)
def test_what_is_wrong_is_one_problem(text: str, problems: list[tuple[str, int]], titles: list[str]) -> None:
    batch = read(text, "x.bib")
    assert codes(batch) == problems
    assert [record.title for record in batch.records] == titles


def test_abbreviations_and_pieces() -> None:
    text = '@string{Jean={Jean}}\n@string(jb = jean # " Bö")\n@misc{a, author = JB, title = "A " # {B # c} # 3}\n'
    record = only(text)
    assert (record.authors, record.title) == (("Bö, Jean",), "A B # c3")
    assert value_of("{C# language}", {}) == "C# language"


def test_a_part_takes_what_it_does_not_say_from_its_book() -> None:
    text = (
        "@incollection{a, title={Part}, author={A, B}, crossref={alias}}\n"
        "@inbook{x, title={Other}, xref={book}}\n"
        "@book{book, ids={alias, more}, title={Whole}, year=1999, doi={10.1000/book}, isbn={978-3-16-148410-0}}\n"
        "@misc{c, title={Circle}, crossref={d}}\n@misc{d, title={Square}, crossref={c}}\n"
    )
    part, other, book, *circle = read(text, "x.bib").records
    assert (part.journal, part.year, part.issn, part.doi) == ("Whole", 1999, "978-3-16-148410-0", None)
    assert (other.journal, other.year) == ("Whole", None)
    assert (book.doi, [record.title for record in circle]) == ("10.1000/book", ["Circle", "Square"])


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ("@phdthesis{a, title={x}}", "thesis"),
        ("@misc{a, title={x}, archiveprefix={arXiv}, eprint={1}}", "preprint"),
        ("@misc{a, title={x}}", "other"),
        ("@misc{a, title={x}, entrysubtype={trial}}", "trial"),
        ("@misc{a, title={x}, entrysubtype={unspecified}}", None),
        ("@wrong{a, title={x}}", "other"),
    ],
)
def test_kinds(fields: str, kind: str | None) -> None:
    assert only(fields).kind == kind


@pytest.mark.parametrize(
    ("text", "fitting"), [(GOOD, True), ("@string{a={b}}", True), ("a@b {c}, d", False), ("", False)]
)
def test_what_looks_like_bibtex(text: str, fitting: bool) -> None:
    assert fits(text) is fitting


def test_a_large_file_is_cut_in_time_that_grows_with_its_length() -> None:
    text = "".join(GOOD.replace("good", f"k{i}") for i in range(300)) + "@misc{open, title = {\n" * 300
    found, _ = entries(text)
    assert len(found) == 600 and sum(entry.broken is not None for entry in found) == 300


def snippets() -> Iterator[str]:
    yield from (
        one["bibtex"] for one in json.loads((CORPORA / "bibtexparser_v2/inline_bibtex_strings.json").read_text("utf-8"))
    )


def test_snippets_of_bibtexparser() -> None:
    """Each is read or reported; a record needs a title, an author or a number to be of use."""
    if not CORPORA.is_dir():
        pytest.skip("no folder ../shared/corpora beside the clone")
    batches = [read(text, "x.bib") for text in snippets()]
    assert len(batches) == 120
    for text, batch in zip(snippets(), batches, strict=True):
        assert all(text[record.start : record.end] == record.raw for record in batch.records)
    codes = [problem.code for batch in batches for problem in batch.reported]
    assert sum(batch.found for batch in batches) == 96
    assert (codes.count("broken-entry"), codes.count("empty-record"), len(codes)) == (21, 15, 36)
