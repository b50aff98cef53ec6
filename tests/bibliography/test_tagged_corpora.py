"""Real files of other software: every one is read or told, with the counts and the fields that its makers expect."""

from __future__ import annotations

import csv
import re
from functools import cache
from pathlib import Path

import pytest

from evidence.bibliography.decoding import decode_records
from evidence.bibliography.importing import Imported, read_record_file
from evidence.bibliography.reading import Reference, parse_bibliography
from evidence.bibliography.record import Record

CORPUS = Path(__file__).parents[3] / "shared" / "corpora" / "bibliography"
IMPORTER = CORPUS / "jabref" / "importer"
TAGGED = (".ris", ".nbib", ".enw", ".txt")

pytestmark = pytest.mark.skipif(
    not CORPUS.is_dir(), reason="the files of other software are not beside this repository"
)

#: Files with records of which no one can be told from another: reported, as the makers' tests are of single tags.
NOTHING_TO_KNOW = {
    "baseline_reference_types.ris",
    "example_multiline.ris",
    "Endnote.pattern.E.enw",
    "Endnote.pattern.no_enw",
}
#: (file, field) -> why the field is not JabRef's.
BY_DESIGN = {
    ("RisImporterTest1.ris", "author"): "A2 are editors here, and not among the authors",
    ("RisImporterTest1.ris", "title"): "the first of five titles, where JabRef joins them",
    ("RisImporterTest1.ris", "journal"): "a second start tag begins a record; JabRef takes the journal of the third",
    ("RisImporterTest7.ris", "author"): "A2 are editors here, and not among the authors",
    ("RisImporterTest8_date.ris", "journal"): "the full name (JF), where JabRef takes the short one (JO)",
    ("RisImporterTestDate1.1.ris", "journal"): "the full name (JF), where JabRef takes the short one (JO)",
    ("RisImporterTestDate1.2.ris", "journal"): "the full name (JF), where JabRef takes the short one (JO)",
    ("RisImporterTestWithEmptyER.ris", "journal"): "the full name (JF), where JabRef takes the short one (JO)",
    ("NbibImporterTest.nbib", "author"): "a group (CN) is an author too, as in PubMed's own citation",
}


@cache
def read(path: Path) -> Imported:
    return read_record_file(path.read_bytes(), path.name)


def files(*suffixes: str) -> list[Path]:
    found = (path for path in sorted(CORPUS.rglob("*")) if path.is_file())
    return [path for path in found if not suffixes or path.suffix in suffixes]


def expected_counts() -> list[tuple[str, int]]:
    with (CORPUS / "EXPECTED_COUNTS.csv").open(encoding="utf-8") as table:
        rows = [(row["file"], int(row["expected_records"])) for row in csv.DictReader(table)]
    return [(file, number) for file, number in rows if file.endswith(TAGGED)]


def test_every_file_is_read_or_told() -> None:
    seen = files()
    assert len(seen) > 150
    for path in seen:
        found = read(path)
        batch = found.batch
        assert batch.found == len(batch.records) + len(batch.reported), path
        assert batch.found or found.problems, f"{path} is neither read nor told of"


def test_every_tagged_file_has_records() -> None:
    seen = files(*TAGGED)
    assert len(seen) >= 53
    for path in seen:
        assert read(path).batch.records or path.name in NOTHING_TO_KNOW, path


def test_places_and_raw_texts_are_exact() -> None:
    for path in files(*TAGGED):
        text = decode_records(path.read_bytes(), path.name).text
        assert text is not None
        for record in read(path).batch.records:
            assert record.raw == text[record.start : record.end]
            assert record.line == text.count("\n", 0, record.start) + 1


def test_counts_are_those_of_the_makers() -> None:
    expected = expected_counts()
    assert len(expected) == 12
    assert {file: len(read(CORPUS / file).batch.records) for file, _ in expected} == dict(expected)


def test_records_of_real_exports_are_whole() -> None:
    """Every record that a database wrote has title, author, year and journal."""
    numbers = {
        "asreview/_baseline.ris": 100,
        "asreview/baseline_zotero.ris": 100,
        "asreview/embase.ris": 6,
        "asreview/scopus.ris": 6,
        "asreview/pubmed_zotero.ris": 6,
        "asreview/web_of_science.txt": 10,
        "rispy/example_wos.ris": 2,
        "reflib/blue-light.ris": 102,
    }
    for file, number in numbers.items():
        records = read(CORPUS / file).batch.records
        assert len(records) == number
        assert all(record.title and record.year and record.journal and record.kind == "article" for record in records)
        assert sum(not record.authors for record in records) <= 1, "an anonymous paper is among those of blue light"


def beside(path: Path) -> Reference:
    """What JabRef expects of a file: the one entry beside it, which has no key."""
    text = path.with_suffix(".bib").read_text(encoding="utf-8")
    (reference,) = parse_bibliography(re.sub(r"(@\w+\{),", r"\1x,", text, count=1), "x.bib").references.values()
    return reference


def pairs() -> list[Path]:
    return [path for path in files(*TAGGED) if path.parent == IMPORTER and path.with_suffix(".bib").exists()]


def alike(text: str | None) -> str:
    """A text as a reader compares it: dashes, spaces and points apart."""
    return " ".join(re.sub(r"-+|[\u2010-\u2015.]", " ", text or "").casefold().split())


def names(people: tuple[str, ...]) -> list[list[str]]:
    """Each name as its words, whichever comes first."""
    return [sorted(alike(name.replace(",", " ")).split()) for name in people]


def differences(record: Record, expected: Reference) -> dict[str, tuple[object, object]]:
    """Field -> what is here and what JabRef expects, where they differ."""
    doi = expected.doi or expected.fields.get("article-doi")
    fields: dict[str, tuple[object, object]] = {
        "author": (names(record.authors), names(expected.authors)),
        "title": (alike(record.title), alike(expected.title)),
        "year": (str(record.year or ""), expected.year or ""),
        "journal": (alike(record.journal), alike(expected.journal)),
        "doi": (record.doi, doi.lower() if doi else None),
    }
    return {name: both for name, both in fields.items() if both[0] != both[1]}


def test_the_fields_are_those_that_jabref_expects() -> None:
    seen = pairs()
    assert len(seen) == 19
    found = {(path.name, name): both for path in seen for name, both in compared(path).items()}
    assert {place: both for place, both in found.items() if place not in BY_DESIGN} == {}
    assert set(BY_DESIGN) == set(found), "a difference that is gone is no longer by design"


def compared(path: Path) -> dict[str, tuple[object, object]]:
    return differences(read(path).batch.records[0], beside(path))


def test_the_short_name_of_a_journal_is_kept() -> None:
    for file in ("RisImporterTest8_date.ris", "RisImporterTestWithEmptyER.ris"):
        record = read(IMPORTER / file).batch.records[0]
        assert record.other["JO"] == ("J. Chem. Phys.",) == (beside(IMPORTER / file).journal,)
    editors = read(IMPORTER / "RisImporterTest7.ris").batch.records[0].other["A2"]
    assert editors == ("Martin, Steve", "Clark, Joe")


def test_jabrefs_encodings() -> None:
    """Each declared and undeclared encoding gives the entry that JabRef reads."""
    holds = {"utf-16": "Ü ist ein Umlaut", "utf-8": "Ü ist ein Umlaut", "windows-1252": "25° C", "tiny": "New York"}
    seen = [path for path in files(".bib") if path.name.startswith(("encoding-", "tiny-"))]
    assert len(seen) == 14
    for path in seen:
        decoded = decode_records(path.read_bytes(), path.name)
        assert decoded.text is not None
        text = decoded.text.replace("\u00a0", " ")
        expected = next((words for name, words in holds.items() if name in path.name), "testtitle")
        assert ("Test I. Last" if "decoding-fails" in path.name else expected) in text, path
