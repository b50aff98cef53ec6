"""XML of EndNote and of PubMed: each record by itself, a broken one is reported and the rest is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.bibliography.formats import FORMATS, endnote_xml, pubmed_xml
from evidence.bibliography.importing import read_record_file, read_records_text
from evidence.bibliography.record import Batch, Record

JABREF = Path(__file__).parents[3] / "shared" / "corpora" / "bibliography" / "jabref" / "importer"

ENDNOTE = """<record>
<ref-type name="Journal Article">17</ref-type>
<contributors><authors><author><style face="normal">Ada, A.</style></author><author>A Group,</author></authors>
<secondary-authors><author>Ed, E.</author></secondary-authors></contributors>
<titles><title><style face="italic">Escherichia</style><style face="normal"> in</style> man</title>
<secondary-title>J Med</secondary-title></titles>
<pages>1-9</pages><volume>3</volume><number>4</number><dates><year>2014</year></dates>
<keywords><keyword>one</keyword><keyword>two&#xD;three</keyword></keywords>
<isbn>1234-5678 (Print)&#xD;1234-5679</isbn><abstract>Of us &lt; them</abstract>
<accession-num>123</accession-num><custom2>PMC45</custom2><electronic-resource-num>10.1000/A</electronic-resource-num>
<remote-database-provider>NLM</remote-database-provider><language>eng</language>
<urls><related-urls><url>http://a.b/c</url></related-urls></urls><notes>read</notes></record>
"""
PUBMED = """<PubmedArticle><MedlineCitation><PMID Version="1">123</PMID><Article>
<Journal><ISSN>1234-5678</ISSN><JournalIssue><Volume>3</Volume><Issue>4</Issue><PubDate><MedlineDate>2014 Jan-Feb
</MedlineDate></PubDate></JournalIssue><Title>Journal of Medicine</Title></Journal>
<ArticleTitle>On <i>E. coli</i>.</ArticleTitle><Pagination><MedlinePgn>1-9</MedlinePgn></Pagination>
<Abstract><AbstractText Label="AIMS">To see.</AbstractText><AbstractText Label="RESULTS">Seen.</AbstractText></Abstract>
<AuthorList><Author><LastName>Ada</LastName><ForeName>Anna B</ForeName></Author><Author>
<CollectiveName>A Study Group</CollectiveName></Author></AuthorList><Language>eng</Language>
<PublicationTypeList><PublicationType>Case Reports</PublicationType></PublicationTypeList></Article>
<MeshHeadingList><MeshHeading><DescriptorName>Humans</DescriptorName></MeshHeading></MeshHeadingList>
<KeywordList><Keyword>one</Keyword></KeywordList></MedlineCitation><PubmedData><ArticleIdList>
<ArticleId IdType="doi">10.1000/A</ArticleId><ArticleId IdType="pmc">PMC45</ArticleId></ArticleIdList>
<ReferenceList><Reference><ArticleIdList><ArticleId IdType="doi">10.9999/cited</ArticleId></ArticleIdList></Reference>
</ReferenceList></PubmedData></PubmedArticle>
"""


def endnote(*records: str) -> str:
    return f"<?xml version='1.0' encoding='UTF-8'?>\n<xml><records>\n{''.join(records)}</records></xml>\n"


def codes(batch: Batch) -> list[tuple[str, int | None]]:
    return [(problem.code, problem.line) for problem in (*batch.reported, *batch.problems)]


def only(text: str, form: str) -> Record:
    found = read_records_text(text, "x.xml")
    assert found.format == form and found.batch.found == 1, found
    return found.batch.records[0]


def test_endnote() -> None:
    text = endnote(ENDNOTE)
    record = only(text, "endnote-xml")
    assert text[record.start : record.end] == record.raw == ENDNOTE.strip() and record.line == 3
    assert (record.kind, record.title) == ("article", "Escherichia in man")
    assert (record.authors, record.year, record.journal) == (("Ada, A.", "A Group"), 2014, "J Med")
    assert (record.volume, record.issue, record.pages) == ("3", "4", "1-9")
    assert (record.doi, record.pmid, record.pmcid) == ("10.1000/a", "123", "PMC45")
    assert (record.issn, record.keywords) == ("1234-5678; 1234-5679", ("one", "two", "three"))
    assert (record.abstract, record.language, record.url) == ("Of us < them", "eng", "http://a.b/c")
    assert (record.accession, record.database) == ("123", "NLM")
    assert record.other["notes"] == ("read",) and record.other["secondary-authors"] == ("Ed, E.",)


def test_a_number_of_the_library_is_kept_where_there_is_none_of_a_database() -> None:
    text = ENDNOTE.replace("<accession-num>123</accession-num>", "<rec-number>77</rec-number>")
    record = only(endnote(text.replace(">NLM<", ">Embase<")), "endnote-xml")
    assert (record.accession, record.pmid) == ("77", None)
    record = only(endnote(text), "endnote-xml")
    assert (record.accession, record.pmid) == (None, None), "it would be read as a number of PubMed again"


def test_pubmed() -> None:
    record = only(f"<PubmedArticleSet>\n{PUBMED}</PubmedArticleSet>", "pubmed-xml")
    assert (record.kind, record.title, record.line) == ("article", "On E. coli.", 2)
    assert (record.authors, record.year) == (("Ada, Anna B", "A Study Group"), 2014)
    assert (record.journal, record.volume, record.issue, record.pages) == ("Journal of Medicine", "3", "4", "1-9")
    assert (record.doi, record.pmid, record.pmcid, record.database) == ("10.1000/a", "123", "PMC45", "PubMed")
    assert (record.abstract, record.keywords) == ("AIMS: To see. RESULTS: Seen.", ("one", "Humans"))


BROKEN = ENDNOTE.replace("</titles>", "")


@pytest.mark.parametrize(
    ("records", "found", "problems"),
    [
        ((ENDNOTE, BROKEN, ENDNOTE), 3, [("broken-record", 26)]),
        ((ENDNOTE.replace("</record>\n", ""), ENDNOTE), 2, [("broken-record", 14)]),
        ((ENDNOTE, ENDNOTE[:200]), 2, [("broken-record", 18)]),
        ((ENDNOTE.replace("J Med", "R&D &eacute;&#x1B;\x0b<!-- x -->"),), 1, [("mended-record", 3)]),
        (("<record><rec-number>1</rec-number></record>\n", ENDNOTE), 2, [("empty-record", 3)]),
        (("<record/>\n",), 1, [("empty-record", 3)]),
        ((), 0, []),
    ],
    ids=["tag-not-closed", "end-missing", "cut-off", "characters", "nothing-in-it", "empty", "none"],
)
def test_what_is_wrong_is_one_problem(records: tuple[str, ...], found: int, problems: list[tuple[str, int]]) -> None:
    text = endnote(*records)
    assert endnote_xml.fits(text)
    batch = endnote_xml.read(text, "x.xml")
    assert (batch.found, codes(batch)) == (found, problems)
    assert all(text[record.start : record.end] == record.raw for record in batch.records)


def test_no_entity_of_a_document_is_read() -> None:
    head = '<!DOCTYPE xml [<!ENTITY a "aaaa"><!ENTITY file SYSTEM "file:///etc/hostname">]>\n'
    batch = endnote_xml.read(head + endnote(ENDNOTE.replace("J Med", "J&a;&file;Med")), "x.xml")
    assert batch.found == 1 and [record.journal for record in batch.records] in ([], ["J&a;&file;Med"])


def test_formats_are_told_apart() -> None:
    assert not pubmed_xml.fits(endnote(ENDNOTE)) and not endnote_xml.fits(f"<PubmedArticleSet>{PUBMED}")
    assert not endnote_xml.fits("<html><p>record</p></html>") and {"pubmed-xml", "endnote-xml"} <= {*list(FORMATS)[:3]}


def test_fields_that_jabref_expects() -> None:
    """Author, title, year, journal and DOI of the BibTeX file beside each file; no differences."""
    if not JABREF.is_dir():
        pytest.skip("no folder ../shared/corpora beside the clone")
    compared = 0
    for path in sorted(JABREF.glob("*.xml")):
        found = read_record_file(path.read_bytes(), path.name).batch.records
        expected = path.with_suffix(".bib")
        wanted = read_record_file(expected.read_bytes(), expected.name).batch.records
        for name in ("authors", "title", "year", "journal", "doi"):
            assert [getattr(one, name) for one in found] == [getattr(one, name) for one in wanted], (path.name, name)
        compared += len(found)
    assert compared == 11
