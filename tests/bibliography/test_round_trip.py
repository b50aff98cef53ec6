"""Import, export, import: every field that is kept comes back, through each target, whatever stands in it."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from evidence.bibliography import cleaning
from evidence.bibliography.completing import completed
from evidence.bibliography.decoding import decode_records
from evidence.bibliography.formats import FORMATS
from evidence.bibliography.importing import read_records_text
from evidence.bibliography.record import KEPT, KINDS, Record
from evidence.bibliography.tagged import usable
from evidence.bibliography.writing import TARGETS

CORPORA = Path(__file__).parents[3] / "shared" / "corpora"
#: Target -> the format that reads it.
READ_BY = {"ris": "ris", "bibtex": "bibtex", "csv": "table"}

NASTY = [
    *("ER  - ", "TY  - JOUR", "%0 Journal Article", "PMID- 1", "PT J", "<record>", "]]>", "sep=;", "@article{x,"),
    *("{", "}", "{{x}", "\\", "\\textit{a}", "\\'e", "$x^2$", "$\\alpha$", "50%", "# & _ ~ ^", "~x", "a.~b"),
    *('"', '""', "'", "''", "``", "=1+1", "+49", "-5", "@sum", "'=x", ",", ";", "; ", "--", "---", "a\nb", "\t"),
    *("<i>x</i>", "&amp;", "&lt;", "neoplasms/*therapy", "王伟", "김", "😀", "é", "e\u0301", "Ω", "\u200b", "\ufeff"),
    *("Smith, J.", "Müller-Lüdenscheidt", "van der Berg", "WHO", "Group, The", " and ", "AND", "others", "[x]"),
    *("['x', 'y']", "x" * 3000, "10.1000/x", "1-2", "None"),
]
texts = st.lists(st.sampled_from(NASTY) | st.text(max_size=12), max_size=5).map("".join)
names = st.one_of(
    texts,
    st.tuples(texts, texts).map(", ".join),
    st.sampled_from(["Smith, John", "Smith, John, Jr.", "de la Cruz, Ana", "World Health Organization", "Smith J"]),
)
addresses = st.one_of(
    st.none(),
    texts,
    st.sampled_from(
        [
            "https://doi.org/10.1000/A_b",
            "http://a.b/~c/%20_d?e=1&f=--2",
            "https://pubmed.ncbi.nlm.nih.gov/123/",
            "https://www.scopus.com/inward/record.uri?eid=2-s2.0-1&partnerID=40",
            "http://a.b http://c.d",
        ]
    ),
)


@st.composite
def records(draw: st.DrawFn) -> Record:
    """Records with anything in them, cleaned as every format cleans."""
    record = Record(
        kind=draw(st.sampled_from((*KINDS, None))),
        title=cleaning.text_of(draw(texts)),
        authors=cleaning.people(draw(st.lists(names, max_size=3))),
        year=draw(st.none() | st.integers(1000, 2999)),
        journal=cleaning.text_of(draw(texts)),
        volume=cleaning.label_of(draw(texts)),
        issue=cleaning.label_of(draw(texts)),
        pages=cleaning.pages(draw(texts | st.sampled_from(["12-23", "943-7", "e33", "1-1-5", "12-23, 25"]))),
        doi=cleaning.doi(draw(st.none() | texts.map(lambda text: f"10.1000/{text}"))),
        pmid=draw(st.none() | st.integers(1, 99_999_999).map(str)),
        pmcid=draw(st.none() | st.integers(10, 9_999_999).map(lambda number: f"PMC{number}")),
        issn=cleaning.serials([draw(texts | st.sampled_from(["1234-5678", "1234-567X; 978-3-16-148410-0"]))]),
        language=cleaning.label_of(draw(texts)),
        url=cleaning.text_of(draw(addresses)),
        keywords=cleaning.keywords(draw(st.lists(texts, max_size=3))),
        abstract=cleaning.text_of(draw(texts)),
        accession=cleaning.text_of(draw(texts | st.sampled_from(["WOS:000", "MEDLINE:12", "L1234567", "PMID:5"]))),
        database=cleaning.text_of(draw(texts | st.sampled_from(["PubMed", "Embase", "Scopus"]))),
    )
    return completed(record)


def kept(record: Record) -> dict[str, object]:
    return {name: getattr(record, name) for name in KEPT}


@pytest.mark.parametrize("target", TARGETS)
@settings(max_examples=120, deadline=None)
@given(st.lists(records().filter(usable), min_size=1, max_size=3))
@example([Record(title="a"), Record(title="b", authors=("A, B; C",)[:0], keywords=("one, two",))])
def test_any_record_comes_back(target: str, written: list[Record]) -> None:
    text = TARGETS[target].write([(f"r{i}", record) for i, record in enumerate(written)])
    found = read_records_text(text, "x")
    assert found.format == READ_BY[target]
    assert [kept(record) for record in found.batch.records] == [kept(record) for record in written]


@pytest.mark.parametrize("target", TARGETS)
def test_every_record_of_every_real_file_comes_back(target: str) -> None:
    if not CORPORA.is_dir():
        pytest.skip("no folder ../shared/corpora beside the clone")
    files = [
        path for name in ("bibliography", "dedup") for path in sorted((CORPORA / name).rglob("*")) if path.is_file()
    ]
    compared = 0
    for path in files:
        text = decode_records(path.read_bytes(), path.name).text or ""
        before = read_records_text(text, path.name).batch.records
        after = FORMATS[READ_BY[target]].read(
            TARGETS[target].write([(f"r{i}", record) for i, record in enumerate(before)]), path.name
        )
        assert [kept(record) for record in after.records] == [kept(record) for record in before], path
        compared += len(before)
    assert compared > 3000


def test_no_cell_is_a_formula() -> None:
    record = Record(title="=HYPERLINK(1)", authors=("+A, B",), abstract="-x", volume="@1", accession="'=x")
    text = TARGETS["csv"].write([("=id", record)])
    (row,) = list(csv.reader(io.StringIO(text)))[1:]
    assert not [cell for cell in row if re.match(r"[=+\-@]", cell)]
    assert kept(read_records_text(text, "x").batch.records[0]) == kept(record)


def test_headers_are_those_of_asreview_and_rayyan() -> None:
    header = TARGETS["csv"].write([]).split("\n")[0].split(",")
    assert {"key", "title", "authors", "journal", "issn", "volume", "issue", "pages", "year", "url", "abstract"} <= set(
        header
    )
    assert {"doi", "keywords", "pubmed_id", "pmc_id", "language"} <= set(header)


def test_keys_are_valid_and_different() -> None:
    identities = ["müller2020", "Muller2020", "a b,{c}", "王", "", "müller2020"]
    text = TARGETS["bibtex"].write([(identity, Record(title="x")) for identity in identities])
    keys = re.findall(r"@misc\{([^,]*),", text)
    assert keys == ["muller2020", "Muller2020-2", "abc", "record", "record-2", "muller2020-3"]
