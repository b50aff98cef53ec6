"""BibTeX files: what is right is read, what is broken is a problem with its line, nothing is guessed."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from evidence.bibliography.reading import Bibliography, parse_bibliography, read_bibliography, read_references
from evidence.errors import DataError

GOOD = "@article{good,\n  author = {Ada, A. and Bö, B.},\n  title = {A {DNA} title},\n  year = {2001},\n}\n"


def parse(text: str) -> Bibliography:
    return parse_bibliography(text, "x.bib")


def found(bibliography: Bibliography) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in bibliography.problems]


def test_an_entry() -> None:
    reference = parse(GOOD).references["good"]
    assert reference.authors == ("Ada, A.", "Bö, B.")
    assert (reference.title, reference.year, reference.kind, reference.line) == ("A DNA title", "2001", "article", 1)
    assert (reference.doi, reference.url, reference.journal) == (None, None, None)


@pytest.mark.parametrize(
    ("text", "expected", "read"),
    [
        (GOOD, [], ["good"]),
        ("", [], []),
        ("@comment{hey}\n% a remark\n" + GOOD, [], ["good"]),
        ("junk\n" + GOOD, [("text-outside", 1)], ["good"]),
        (GOOD + "@misc{b, title = {open\n", [("broken-entry", 6)], ["good"]),
        ("@misc{b, title = {open\n" + GOOD, [("broken-entry", 1)], ["good"]),
        ("@misc{b\n title = {x}}\n" + GOOD, [("broken-entry", 1)], ["good"]),
        (GOOD + GOOD, [("duplicate-key", 6)], ["good"]),
        ("@misc{b, title={x}, title={y}}\n" + GOOD, [("duplicate-field", 1)], ["good"]),
        ("@misc{, title={x}}\n" + GOOD, [("missing-key", 1)], ["good"]),
        ("@misc{b, doi={hello}}\n", [("bad-doi", 1)], ["b"]),
    ],
)
def test_the_rest_is_read(text: str, expected: list[tuple[str, int]], read: list[str]) -> None:
    bibliography = parse(text)
    assert found(bibliography) == expected
    assert list(bibliography.references) == read


@pytest.mark.parametrize(
    ("field", "name", "expected"),
    [
        ("title = {M{\\\"u}ller and caf\\'{e}, 50\\% of 100%}", "title", "Müller and café, 50% of 100%"),
        ("title = {An\n   old {T}itle}", "title", "An old Title"),
        ('title = "quoted"', "title", "quoted"),
        ("title = {R&D costs $5}", "title", "R&D costs $5"),
        ("title = {Therapy of {\\textit{Fasciitis}}}", "title", "Therapy of Fasciitis"),
        ("doi = {https://doi.org/10.1000/A_b}", "doi", "10.1000/A_b"),
        ("DOI = {doi: 10.1000/ab}", "doi", "10.1000/ab"),
        ("url = {https://example.org/a%20b_c?d=1&e={2}}", "url", "https://example.org/a%20b_c?d=1&e={2}"),
        ("date = {2020-05-01}", "year", "2020"),
        ("booktitle = {A meeting}", "journal", "A meeting"),
        ("title = {}", "title", None),
    ],
)
def test_fields(field: str, name: str, expected: str | None) -> None:
    bibliography = parse(f"@misc{{x,\n  {field},\n}}")
    assert bibliography.problems == ()
    assert getattr(bibliography.references["x"], name) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Ada, A. and others", ("Ada, A.", "others")),
        ("Ada, A.\n and Bo, B.", ("Ada, A.", "Bo, B.")),
        ("Anderson, A.", ("Anderson, A.",)),
        ("Band, And", ("Band, And",)),
    ],
)
def test_authors(text: str, expected: tuple[str, ...]) -> None:
    assert parse(f"@misc{{x, author = {{{text}}}}}").references["x"].authors == expected


def test_string_macros_are_resolved() -> None:
    assert parse('@string{j = "Journal"}\n@misc{x, journal = j}').references["x"].journal == "Journal"


def test_files(tmp_path: Path) -> None:
    path = tmp_path / "references.bib"
    assert found(read_bibliography(path)) == [("missing-file", None)]
    assert found(read_bibliography(tmp_path)) == [("is-a-folder", None)]
    path.write_bytes(b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode())
    assert list(read_references(path)) == ["good"]
    path.write_bytes(GOOD.encode("cp1252"))
    assert found(read_bibliography(path)) == [("bad-encoding", 2)]
    with pytest.raises(DataError, match="bad-encoding"):
        read_references(path)


def test_a_broken_entry_is_told_once_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        parse("@misc{b, title = {open\n" + GOOD)
    assert caplog.records == []
    assert logging.getLogger("bibtexparser").propagate


@pytest.mark.parametrize(("name", "entries"), [("calcinosis", 69), ("calciphylaxis", 35)])
def test_reviews(name: str, entries: int, request: pytest.FixtureRequest) -> None:
    folder: Path = request.getfixturevalue(name)
    bibliography = read_bibliography(folder / "references.bib")
    assert (len(bibliography.references), bibliography.problems) == (entries, ())
    assert all(reference.doi or reference.url for reference in bibliography.references.values())
