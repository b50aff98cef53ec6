"""The entry of one report: from a BibTeX file, from a record, from nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography import formats
from evidence.bibliography.entry import entry_in, entry_of_nothing, entry_of_record
from evidence.bibliography.reading import Reference, parse_bibliography
from evidence.bibliography.record import Batch, Format, Record
from evidence.errors import EvidenceError

ONE = """% from the publisher
@Article{ Smith_2024,
  author = {Smith, Jane and Doe, A.},
  title  = {Nodules \\& {NSAIDs}: 5\\% of all},
  year = 2024,
  doi = {https://doi.org/10.1000/made.up},
  langid = {ngerman}
}
"""
TWO = ONE + "@misc{other, title = {Another}}\n"


def written(path: Path, text: str) -> Path:
    path.write_text(text, encoding="utf-8", newline="")
    return path


def read_back(text: str) -> Reference:
    found = parse_bibliography(text, "x.bib")
    assert not found.problems
    (reference,) = found.references.values()
    return reference


def test_the_only_entry_of_a_file_gets_the_key_and_keeps_its_words(tmp_path: Path) -> None:
    entry = entry_in(written(tmp_path / "one.bib", ONE), "smith2024")
    assert entry.text == ONE.partition("\n")[2].replace(" Smith_2024", "smith2024")
    assert (entry.family, entry.year, entry.doi, entry.language) == ("Smith", "2024", "10.1000/made.up", "de")
    assert entry.where == "one.bib"


def test_an_entry_of_several_is_chosen_by_its_key(tmp_path: Path) -> None:
    path = written(tmp_path / "two.bib", TWO.replace("\n", "\r\n"))
    assert read_back(entry_in(path, "other").text).title == "Another"
    with pytest.raises(EvidenceError, match="holds 2 entries, none of them smith2024"):
        entry_in(path, "smith2024")


def test_an_entry_that_needs_a_string_of_its_file_is_written_out(tmp_path: Path) -> None:
    text = '@string{jx = "Journal of Examples \\& more"}\n' + ONE.replace("year = 2024", "journal = jx, year = 2024")
    entry = entry_in(written(tmp_path / "one.bib", text), "smith2024")
    reference = read_back(entry.text)
    assert (reference.key, reference.journal) == ("smith2024", "Journal of Examples & more")
    assert reference.title == "Nodules & NSAIDs: 5% of all"


@pytest.mark.parametrize(
    ("text", "code"), [("no entry", "no-entry"), ("", "no-entry"), ("@article{x, title = {open", "broken-entry")]
)
def test_a_file_without_an_entry_is_said(tmp_path: Path, text: str, code: str) -> None:
    with pytest.raises(EvidenceError) as caught:
        entry_in(written(tmp_path / "none.bib", text), "x")
    assert [problem.code for problem in caught.value.problems] == [code]
    assert caught.value.problems[0].file == str(tmp_path / "none.bib")


def test_a_file_that_is_not_there_is_said(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match=r"none\.bib can't be read"):
        entry_in(tmp_path / "none.bib", "x")


def test_any_format_of_records_will_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def read(text: str, _file: str) -> Batch:
        records = tuple(Record(title=line) for line in text.splitlines()[1:])
        return Batch(len(records), records)

    made_up = Format("made-up", "Made up", lambda text: text.startswith("RECORDS"), read)
    monkeypatch.setattr(formats, "FORMATS", {"made-up": made_up})
    entry = entry_in(written(tmp_path / "one.txt", "RECORDS\nA title\n"), "smith2024")
    assert (read_back(entry.text).title, entry.where) == ("A title", "one.txt")
    with pytest.raises(EvidenceError, match="2 entries"):
        entry_in(written(tmp_path / "two.txt", "RECORDS\nA\nB\n"), "smith2024")


def test_a_record_becomes_an_entry_that_says_the_same() -> None:
    record = Record(
        kind="chapter",
        title="A & B: {100} % of $x_1 #2",
        authors=("Møller, Å.", "WHO Study Group"),
        year=2021,
        journal="Book of Examples",
        doi="10.1000/a_b%20",
        url="https://example.org/a_b?c=1&d=2",
        language="eng",
    )
    entry = entry_of_record("moller2021", record, "MEDLINE")
    reference = read_back(entry.text)
    assert reference.title == "A & B: 100 % of $x_1 #2"
    assert reference.authors == ("Møller, Å.", "WHO Study Group")
    assert (reference.year, reference.journal, reference.doi) == ("2021", "Book of Examples", "10.1000/a_b%20")
    assert (reference.url, entry.url) == (None, "https://example.org/a_b?c=1&d=2")  # the DOI is the address
    assert (entry.family, entry.language, entry.where) == ("Møller", "en", "MEDLINE")


@pytest.mark.parametrize(
    ("author", "family"),
    [
        ("Smith, Jane", "Smith"),
        ("van der Berg, J.", "van der Berg"),
        ("Smith JA", "Smith"),
        ("O'Neil-Brown J.-P.", "O'Neil-Brown"),
        ("WHO Study Group", "WHO Study Group"),
        ("Møller", "Møller"),
    ],
)
def test_the_family_name_of_a_record(author: str, family: str) -> None:
    assert entry_of_record("x", Record(authors=(author, "Doe, A.")), "").family == family


@pytest.mark.parametrize(
    ("author", "family"),
    [("Jane Smith", "Smith"), ("Jane van der Berg", "van der Berg"), ("others", None), ("Smith J", "Smith")],
)
def test_the_family_name_of_a_bibtex_entry(tmp_path: Path, author: str, family: str | None) -> None:
    path = written(tmp_path / "x.bib", f"@misc{{x, author = {{{author} and Doe, A.}}}}\n")
    assert entry_in(path, "x").family == (family or "Doe, A.".partition(",")[0])


@pytest.mark.parametrize(
    ("said", "code"), [("en", "en"), ("eng", "en"), ("English", "en"), ("Chinese", "zh"), ("Klingon", None), ("", None)]
)
def test_languages_are_codes_or_not_known(said: str, code: str | None) -> None:
    assert entry_of_record("x", Record(language=said), "").language == code


def test_a_report_of_which_nothing_is_known_has_an_entry_with_its_key_only() -> None:
    reference = read_back(entry_of_nothing("x2024").text)
    assert (reference.key, dict(reference.fields)) == ("x2024", {})
