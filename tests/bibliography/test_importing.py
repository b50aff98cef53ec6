"""A file's format and encoding are found by what it holds; a file that can't be used says what to do."""

from __future__ import annotations

import pytest

from evidence.bibliography.formats import FORMATS
from evidence.bibliography.importing import read_record_file, read_records_text

FILES = {
    "ris": "TY  - JOUR\nTI  - Étude\nAU  - Ada, A.\nER  - \n",
    "medline": "PMID- 123\nTI  - Étude\nAU  - Ada A\n",
    "web-of-science": "FN Clarivate\nVR 1.0\nPT J\nTI Étude\nAU Ada, A\nER\nEF\n",
    "refer": "%0 Book\n%T Étude\n%A Ada, A.\n",
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
@pytest.mark.parametrize("name", FILES)
def test_format_and_encoding_are_found_whatever_the_suffix(name: str, encoding: str) -> None:
    found = read_record_file(FILES[name].replace("\n", "\r\n").encode(encoding), "export.dat")
    assert found.format == name
    assert found.encoding == encoding.removesuffix("-sig")
    assert [record.title for record in found.batch.records] == ["Étude"]
    assert [problem.code for problem in found.problems] == (["not-utf-8"] if encoding == "cp1252" else [])


@pytest.mark.parametrize("name", FILES)
def test_a_text_fits_one_format_only(name: str) -> None:
    assert [form.name for form in FORMATS.values() if form.fits(FILES[name])] == [name]


@pytest.mark.parametrize(
    ("content", "code", "mend"),
    [
        (b"", "empty-file", "export the records again"),
        (b"\xef\xbb\xbf \r\n\x1a", "empty-file", "export the records again"),
        (b"Dear all,\nhere are the records.\n", "unknown-format", "RIS, EndNote export"),
        (b"<!DOCTYPE html><html><body>Log in</body></html>", "unknown-format", "in PubMed choose 'PubMed'"),
        (b"%PDF-1.7", "not-text", "RIS"),
        (b"PK\x03\x04", "workbook", "CSV"),
        ((FILES["ris"] + FILES["medline"]).encode(), "mixed-formats", "a file of its own"),
        (b"FN Clarivate\nVR 1.0\nEF\n", "no-records", "export its records again"),
    ],
)
def test_a_file_that_cannot_be_used_is_one_problem_with_a_mend(content: bytes, code: str, mend: str) -> None:
    found = read_record_file(content, "export.ris")
    (problem,) = found.problems
    assert (problem.code, problem.file, found.batch.found) == (code, "export.ris", 0)
    assert mend in problem.mend
    assert problem.severity == ("warning" if code == "no-records" else "error")
    assert found.format == ("web-of-science" if code == "no-records" else "")


def test_a_web_page_is_named() -> None:
    assert "a web page" in read_record_file(b"\n<html><p>x</p></html>", "x").problems[0].message


def test_a_text_at_hand() -> None:
    found = read_records_text(FILES["medline"], "PubMed")
    assert (found.format, found.encoding, found.batch.found, found.problems) == ("medline", "", 1, ())
