"""RIS in the dialects that databases and programs write, and what becomes of records that are broken."""

from __future__ import annotations

import pytest

from evidence.bibliography.formats.ris import FORMAT
from evidence.bibliography.record import Batch, Record

GOOD = "TY  - JOUR\nAU  - Ada, A.\nTI  - First\nPY  - 2001\nER  - \n"


def read(text: str) -> Batch:
    batch = FORMAT.read(text, "x.ris")
    for record in batch.records:
        assert record.raw == text[record.start : record.end]
        assert record.line == text.count("\n", 0, record.start) + 1
    return batch


def one(text: str) -> Record:
    batch = read(text)
    assert batch.reported == ()
    (record,) = batch.records
    return record


def fields(*lines: str) -> Record:
    return one("\n".join(("TY  - JOUR", "TI  - T", *lines, "ER  - ")))


def found(batch: Batch) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in (*batch.reported, *batch.problems)]


def titles(batch: Batch) -> list[str | None]:
    return [record.title for record in batch.records]


def test_every_part_of_a_record() -> None:
    record = one(
        "TY  - CHAP\nTI  - On\n  calcium\nAU  - Valle-Delgado,J. J. \nA1  - Liu R.\nPY  - 2001/09/01/\nT2  - A Book\n"
        "VL  - 6\nIS  - 3\nSP  - 193\nEP  - 194\nDO  - https://doi.org/10.1000/ABC\n"
        "SN  - 0021-9606 (Print)\nSN  - 0021-9606\n"
        "LA  - eng\nUR  - https://x.org/1; https://x.org/2\nKW  - a; b\nKW  - c\nAB  - Words.\nAN  - 99\nDB  - Embase\n"
        "A2  - Editor, E.\nXX  - unknown\nXX  - again\nN1  - a note\n* its second line\nER  - \n"
    )
    assert record == Record(
        kind="chapter",
        title="On calcium",
        authors=("Valle-Delgado, J. J.", "Liu, R."),
        year=2001,
        journal="A Book",
        volume="6",
        issue="3",
        pages="193-194",
        doi="10.1000/abc",
        issn="0021-9606",
        language="eng",
        url="https://x.org/1",
        keywords=("a", "b", "c"),
        abstract="Words.",
        accession="99",
        database="Embase",
        other={"A2": ("Editor, E.",), "XX": ("unknown", "again"), "N1": ("a note\n* its second line",)},
        raw=record.raw,
        line=1,
        start=0,
        end=record.end,
    )


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "\ufeff" + GOOD,
        " \ufeff\n" + GOOD,
        "\n\n" + GOOD,
        "1.\n" + GOOD,
        'Record #1 of 2\nProvider: P\nContent: text/plain; charset="UTF-8"\n1.\n' + GOOD,
        GOOD.replace("ER  - \n", "ER  -"),
        GOOD.replace("  - ", "\t- "),
        GOOD.replace("  - ", " - "),
        GOOD.replace("TY", "  TY"),
        GOOD.replace("TY  - JOUR", "TY  - Journal Article"),
    ],
)
def test_one_record_however_it_is_written(text: str) -> None:
    batch = read(text)
    record = one(text)
    assert (record.kind, record.title, record.authors, record.year) == ("article", "First", ("Ada, A.",), 2001)
    assert batch.problems == ()


@pytest.mark.parametrize(
    ("text", "read_titles", "problems"),
    [
        ("", [], []),
        (GOOD + GOOD, ["First", "First"], []),
        (GOOD.replace("ER  - \n", ""), ["First"], [("cut-off", 1)]),
        (GOOD.replace("ER  - \n", "\n2.\n") + GOOD, ["First", "First"], [("no-end", 1)]),
        (GOOD.replace("TY  - JOUR\n", ""), ["First"], [("no-start", 1)]),
        (GOOD + "\n" + GOOD.replace("TY  - JOUR\n", "") + GOOD, ["First"] * 3, [("no-start", 7)]),
        (GOOD + "TI  - Tail\nAU  - Bö, B.\n", ["First", "Tail"], [("no-start", 6), ("no-end", 6)]),
        ("heading\n" + GOOD + "\nother text\nmore\n", ["First"], [("text-outside", 1)]),
        ("TY  - JOUR\nN1  - a note only\nER  - \n" + GOOD, ["First"], [("empty-record", 1)]),
        ("TY  - JOUR\nER  - \n" + GOOD, ["First"], [("empty-record", 1)]),
        ("TY  - BOOK\nTY  - JOUR\n" + GOOD[11:], ["First"], []),
        (GOOD.replace("2001", "n.d."), ["First"], [("bad-year", 1)]),
        (GOOD.replace("2001", "///"), ["First"], []),
        (GOOD.replace("ER", "DO  - none\nER"), ["First"], [("bad-doi", 1)]),
        (GOOD.replace("First", "Fir\x00st"), ["First"], [("control-character", 3)]),
        (GOOD + "ER  - \n", ["First"], [("text-outside", 6)]),
    ],
)
def test_nothing_is_lost_without_a_word(text: str, read_titles: list[str], problems: list[tuple[str, int]]) -> None:
    batch = read(text)
    assert titles(batch) == read_titles
    assert found(batch) == problems
    assert batch.found == len(batch.records) + len(batch.reported)


def test_the_raw_text_keeps_what_the_fields_do_not() -> None:
    text = GOOD.replace("First", "Fir\x00st")
    assert one(text).raw == text.removesuffix("\n")


def test_an_end_tag_with_a_text_does_not_end_a_record_that_goes_on() -> None:
    record = one("TY  - JOUR\nTI  - T\nAB  - Tumours:\nER  - positive\nPY  - 2001\nER  - done\n\n")
    assert (record.year, record.other) == (2001, {"ER": ("positive", "done")})


def test_a_line_without_a_tag_goes_on_with_the_value() -> None:
    record = fields("AB  - first line,", "ER then second line", "", "and the last", "AU  - Ada,", "  A.")
    assert (record.abstract, record.authors) == ("first line, ER then second line and the last", ("Ada, A.",))


def test_names_on_lines_of_their_own() -> None:
    assert fields("AU  - Ada, A.", "Bö, B.").authors == ("Ada, A.", "Bö, B.")
    assert fields("AU  - Ada, A.; Bö, B.").authors == ("Ada, A.", "Bö, B.")
    assert fields("AU  - Ada, A.", "A1  - Ada, A.").authors == ("Ada, A.",)


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["M3  - doi: 10.1000/a"], "10.1000/a"),
        (["N1  - doi:10.1000/a"], "10.1000/a"),
        (["UR  - http://dx.doi.org/10.1000/A"], "10.1000/a"),
        (["UR  - https://onlinelibrary.wiley.com/doi/full/10.1000/a"], "10.1000/a"),
        (["UR  - https://x.org/doi/10.1000/a/full"], "10.1000/a"),
        (["LK  - http://x.org/s?id=doi:10.1000%2Fa&atitle=T"], "10.1000/a"),
        (["DO  - none", "M3  - 10.1000/a"], "10.1000/a"),
        (["N1  - References: Bö, A Paper (2001), doi: 10.1000/other"], None),
        (["M3  - Article"], None),
    ],
)
def test_a_doi_wherever_it_stands(lines: list[str], expected: str | None) -> None:
    assert fields(*lines).doi == expected


@pytest.mark.parametrize(
    ("lines", "pmid", "pmcid"),
    [
        (["DB  - PubMed", "AN  - 123"], "123", None),
        (["DP  - NLM", "AN  - 123", "C2  - PMC45"], "123", "PMC45"),
        (["U1  - 123[pmid]", "U2  - PMC45[pmcid]"], "123", "PMC45"),
        (["DB  - Embase", "DB  - Medline", "U2  - L123456789", "C5  - 123"], "123", None),
        (["DB  - Scopus", "C2  - 123"], "123", None),
        (["DB  - PMC", "AN  - PMC45"], None, "PMC45"),
        (["L2  - https://pubmed.ncbi.nlm.nih.gov/123/"], "123", None),
        (["N1  - PMID: 123"], "123", None),
        (["DB  - Embase", "AN  - 123"], None, None),
        (["AN  - 123"], None, None),
    ],
)
def test_numbers_of_pubmed(lines: list[str], pmid: str | None, pmcid: str | None) -> None:
    record = fields(*lines)
    assert (record.pmid, record.pmcid) == (pmid, pmcid)


@pytest.mark.parametrize(
    ("lines", "accession", "database"),
    [
        (["DB  - Embase", "DB  - Medline", "U2  - L123456789"], "L123456789", "Embase; Medline"),
        (["AN  - WOS:000444108200009"], "WOS:000444108200009", "Web of Science"),
        (["DB  - Scopus", "UR  - https://www.scopus.com/record?eid=2-s2.0-85&partnerID=40"], "2-s2.0-85", "Scopus"),
        (["ID  - 2006713348"], "2006713348", None),
        (["ID  - smith2020"], None, None),
        (["ID  - 895"], None, None),
    ],
)
def test_number_and_database(lines: list[str], accession: str | None, database: str | None) -> None:
    record = fields(*lines)
    assert (record.accession, record.database) == (accession, database)


@pytest.mark.parametrize(
    ("lines", "kind"),
    [
        (["TY  - JOUR"], "article"),
        (["TY  - JOUR", "M3  - Conference Abstract"], "conference"),
        (["TY  - JOUR", "M3  - Conference Paper"], "article"),
        (["TY  - CPAPER"], "conference"),
        (["TY  - GEN"], "other"),
        (["TY  - GEN", "M3  - Preprint"], "preprint"),
        (["TY  - JOUR", "M3  - Trial registry record"], "trial"),
        (["TY  - THES"], "thesis"),
        (["TY  - WEB"], "website"),
        (["TY  - Newspaper Article"], "news"),
        (["TY  - "], None),
    ],
)
def test_kinds(lines: list[str], kind: str | None) -> None:
    record = one("\n".join((*lines, "TI  - T", "ER  - ")))
    assert record.kind == kind
    assert ("TY" in record.other) == (kind in ("other", "preprint") and "GEN" in lines[0])


def test_journal_and_title_by_kind() -> None:
    book = one("TY  - BOOK\nBT  - The Book\nT2  - A Series\nAU  - Ada, A.\nER  - ")
    assert (book.title, book.journal, book.other) == ("The Book", None, {"T2": ("A Series",)})
    both = fields("JF  - The Journal", "JO  - Journ.", "T2  - The Journal")
    assert (both.journal, both.other) == ("The Journal", {"JO": ("Journ.",), "T2": ("The Journal",)})
    assert one("TY  - JOUR\nT1  - Long title\nTI  - Short\nER  - ").title == "Long title"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (GOOD, True),
        (GOOD.replace("TY  - JOUR\n", ""), True),
        ("PMID- 123\nTI  - T\nAU  - Ada A\n", False),
        ("title,authors\nT,Ada\n", False),
        ("@article{a, title = {T}}\n", False),
        ("FN Clarivate\nVR 1.0\nPT J\nTI T\nER\nEF\n", False),
        ("", False),
    ],
)
def test_what_looks_like_ris(text: str, expected: bool) -> None:
    assert FORMAT.fits(text) is expected
