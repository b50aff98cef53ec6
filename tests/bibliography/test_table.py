"""Tables of databases and programs as records: headers, delimiters, cells with several values, exact places."""

from __future__ import annotations

import pytest

from evidence.bibliography.formats.table import fits, read
from evidence.bibliography.record import Batch, Record
from evidence.bibliography.table_rows import rows
from evidence.bibliography.table_values import escaped, joined, keywords, people, unescaped


def only(text: str) -> Record:
    batch = read(text, "x.csv")
    assert len(batch.records) == batch.found == 1 and fits(text), batch
    (record,) = batch.records
    assert text[record.start : record.end] == record.raw and text.count("\n", 0, record.start) + 1 == record.line
    return record


def codes(batch: Batch) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in (*batch.reported, *batch.problems)]


def test_embase() -> None:
    record = only(
        "Title,Original Title,Author Names,Source,Abstract,keywords,Open URL Link\n"
        '"A cyst, of ""us""",,"Liu R., Adler D.G.",J Med (2014) 3:4 (152-160). Date of Publication: 2014,"One\n\ntwo",'
        '"cyst (diagnosis, surgery), human",http://a.b/x?issn=12345678&id=doi:10.1000%2FA-1&atitle=x\n'
    )
    assert (record.title, record.authors) == ('A cyst, of "us"', ("Liu, R.", "Adler, D.G."))
    assert (record.journal, record.year, record.volume, record.issue) == ("J Med", 2014, "3", "4")
    assert (record.pages, record.doi, record.issn) == ("152-160", "10.1000/a-1", "12345678")
    assert (record.abstract, record.keywords) == ("One two", ("cyst (diagnosis, surgery)", "human"))


def test_scopus() -> None:
    record = only(
        '"Authors","Author full names","Title","Year","Source title","Volume","Issue","Art. No.","Page start",'
        '"Page end","DOI","Link","Document Type","Source","EID","PubMed ID"\n'
        '"Ada A.B.; Bö C.-D.","Ada, Anna (57190000001); Bö, C. (57190000002)","T","2004","J Med","3","4","","15","42",'
        '"10.1000/a","https://www.scopus.com/x","Conference paper","Scopus","2-s2.0-1","123"\n'
    )
    assert (record.authors, record.pages) == (("Ada, A.B.", "Bö, C.-D."), "15-42")
    assert (record.kind, record.accession, record.database) == ("conference", "2-s2.0-1", "Scopus")
    assert (record.journal, record.pmid) == ("J Med", "123")
    assert record.other == {"Author full names": ("Ada, Anna (57190000001); Bö, C. (57190000002)",)}


def test_pubmed() -> None:
    record = only(
        '"PMID","Title","Authors","Citation","First Author","Journal/Book","Publication Year","PMCID","DOI"\n'
        '"123","T.","Bray F, de la Cruz-Merino L, A Study Group","J Med. 2024 May-Jun;74(3):229-263. doi: 10.1000/a.",'
        '"Bray F","J Med","2024","PMC45","10.1000/a"\n'
    )
    assert record.authors == ("Bray, F", "de la Cruz-Merino, L", "A Study Group")
    assert (record.journal, record.volume, record.issue, record.pages) == ("J Med", "74", "3", "229-263")
    assert (record.pmid, record.pmcid, record.year) == ("123", "PMC45", 2024)


def test_web_of_science_has_no_quoted_cells() -> None:
    text = (
        "PT\tAU\tTI\tSO\tPY\tVL\tIS\tBP\tEP\tDI\tUT\tPM\tDE\tDT\n"
        'J\tAda, A; Bö, B\t"Quoted" start\tJ MED\t2020\t1\t2\t3\t4\t10.1000/a\tWOS:0001\t123\ta; b\t'
        "Review; Early Access\t\n"
    )
    record = only(text)
    assert (record.title, record.authors, record.kind) == ('"Quoted" start', ("Ada, A", "Bö, B"), "article")
    assert (record.pages, record.accession, record.database) == ("3-4", "WOS:0001", "Web of Science")


def test_screening_programs_keep_their_labels() -> None:
    rayyan = only(
        'key,title,year,journal,authors,notes,pubmed_id\nrayyan-1,T,2021,J Med,"Ada, A. and Bö, B.",'
        '"RAYYAN-INCLUSION: {""Ada""=>""Included""}",\n'
    )
    assert rayyan.authors == ("Ada, A.", "Bö, B.")
    assert rayyan.other == {"key": ("rayyan-1",), "notes": ('RAYYAN-INCLUSION: {"Ada"=>"Included"}',)}
    asreview = only("record_id,primary_title,first_authors,label_included\n7,T,\"['Marx, Karl', 'Bö, B.']\",0\n")
    assert (asreview.title, asreview.authors) == ("T", ("Marx, Karl", "Bö, B."))
    assert (asreview.accession, asreview.other) == ("7", {"record_id": ("7",), "label_included": ("0",)})
    covidence = only('Title,Authors,Published Year,Covidence #,Notes,Tags\nT,"Ada, A.; Bö, B.",2020,#3,no,x\n')
    assert covidence.other == {"Covidence #": ("#3",), "Notes": ("no",), "Tags": ("x",)}


def test_a_number_of_the_file_is_kept_where_there_is_none_of_a_database() -> None:
    """Whoever made the file finds the record by it; it is no number of PubMed and makes no table one of records."""
    assert only("record_id,title,year,journal,database\n7,T,2020,J,Embase\n").accession == "7"
    record = only("record_id,title,year,journal,database\n7,T,2020,J,PubMed\n")
    assert (record.accession, record.pmid, record.other) == (None, None, {"record_id": ("7",)})
    assert only("ID,title,year,accession\nid_1,T,2020,L44\n").accession == "L44"
    assert not fits("id,arm,year\n1,a,2020\n")


def test_names_run_together_are_taken_apart() -> None:
    assert people("Adeli K.Lewis G. F.O'Neill S.") == ("Adeli, K.", "Lewis, G. F.", "O'Neill, S.")
    assert people("J.Smith") == ("J.Smith",)
    assert people("A.Study Group of St.Gallen") == ("A.Study Group of St.Gallen",)


def test_the_book_of_proceedings_is_the_journal() -> None:
    record = only("ID,ENTRYTYPE,title,year,journal,booktitle,pages\na1,inproceedings,T,2003,,Conf of X,12--20\n")
    assert (record.kind, record.journal, record.pages) == ("conference", "Conf of X", "12-20")


def test_zotero() -> None:
    record = only(
        '"Key","Item Type","Publication Year","Author","Title","Publication Title","Abstract Note","Extra",'
        '"Manual Tags"\n'
        '"K","journalArticle","2019","Smith, John Paul","T","J Med","Abs","PMID: 123\nPMCID: PMC45","a; b"\n'
    )
    assert (record.kind, record.authors, record.journal) == ("article", ("Smith, John Paul",), "J Med")
    assert (record.pmid, record.pmcid, record.keywords) == ("123", "PMC45", ("a", "b"))


@pytest.mark.parametrize(
    "text",
    [
        "TITLE ; Publication_Year;AUTHOR(S)\nT;2014;Ada, A.\n",
        "sep=;\ntitle;year;authors\nT;2014;Ada, A.\n",
        "title\tyear\tauthors\nT\t2014\tAda, A.",
        "title|year|authors|\nT|2014|Ada, A.|\n",
        'title,year,authors\nT,2014,"Ada, A.",,\n\n,,\n',
        'Exported today\n\ntitle,year,authors\n\'=T,2014,"Ada, A."\n'.replace("'=T", "T"),
    ],
    ids=["semicolon", "declared", "tab", "bar", "empty-cells", "words-before"],
)
def test_headers_and_delimiters(text: str) -> None:
    record = only(text)
    assert (record.title, record.year, record.authors) == ("T", 2014, ("Ada, A.",))


HEAD = "title,authors,year\n"


@pytest.mark.parametrize(
    ("body", "titles", "problems"),
    [
        ("a,b\nc,,1999\n", ["c"], [("row-too-short", 2)]),
        ("a,b,2000,x\nc,,1999\n", ["c"], [("row-too-long", 2)]),
        ('"a,b,2000\n"c",,1999\nd,,1998\n', ["c", "d"], [("unclosed-quote", 2)]),
        ('"a" b,b,2000\nc,,1999\n', ["c"], [("unclosed-quote", 2)]),
        ('a 5" tube,b,2000\n', ['a 5" tube'], []),
        ('"a\nb",,2000\n"c""d" ,,1999', ["a b", 'c"d'], []),
        (f"a,,2000\n{HEAD}c,,1999\n", ["a", "c"], [("repeated-header", 3)]),
        (",,2000\nc,,1999\n", ["c"], [("empty-record", 2)]),
        ("a\x0bb,,2000\n", ["a b"], []),
        (f"{'x' * 200_000},,2000\n", ["x" * 200_000], []),
    ],
)
def test_each_row_is_read_or_reported(body: str, titles: list[str], problems: list[tuple[str, int]]) -> None:
    batch = read(HEAD + body, "x.csv")
    assert [record.title for record in batch.records] == titles
    assert codes(batch) == problems


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "Dear all,\nthe title is,\n", "study_id,year\n1,2\n", "{}"])
def test_other_tables_and_texts_are_none_of_records(text: str) -> None:
    assert not fits(text)
    assert codes(read(text, "x.csv")) == [("no-header", None)]


@pytest.mark.parametrize(
    ("cell", "names"),
    [
        ("Smith, John", ("Smith, John",)),
        ("Smith, J., Doe, K.", ("Smith, J.", "Doe, K.")),
        ("John Smith, Mary Ann Doe, Li Wei", ("John Smith", "Mary Ann Doe", "Li Wei")),
        ("Smith J", ("Smith, J",)),
        ("Ada, A.\nBö, B.", ("Ada, A.", "Bö, B.")),
        ("[No author name available]", ()),
        ("WHO, Geneva Office, Department A;", ("WHO, Geneva Office, Department A",)),
        ("", ()),
    ],
)
def test_names_of_a_cell(cell: str, names: tuple[str, ...]) -> None:
    assert people(cell) == names


def test_one_value_stays_one() -> None:
    for name in ("Smith, John and Co, Ltd", "Smith, John", "WHO, Geneva, Department A", "['x']", "Smith J., Doe K."):
        assert people(joined((name,), people)) == people(f"{name};")
    assert joined(("Smith, John",), people) == "Smith, John" and joined((), people) == ""
    assert keywords(joined(("Aged, 80 and over",), keywords)) == ("Aged, 80 and over",)
    assert [unescaped(escaped(cell)) for cell in ("=1", "'=1", "a", "-", "@x")] == ["=1", "'=1", "a", "-", "@x"]


def test_rows_are_cut_in_time_that_grows_with_their_number() -> None:
    text = 'a,"open\n' * 3000
    assert sum(row.broken for row in rows(text, ",")) >= 1500
