"""What an address and an accession number tell of a record, and that telling it twice changes nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography.completing import completed
from evidence.bibliography.record import Record

FIELDS = ("doi", "pmid", "pmcid", "accession", "database", "url")


@pytest.mark.parametrize(
    ("record", "found"),
    [
        (Record(url="https://doi.org/10.1000/A"), {"doi": "10.1000/a"}),
        (Record(url="http://x.y/doi/full/10.1000/a"), {"doi": "10.1000/a"}),
        (Record(url="http://x.y/?issn=1&id=doi:10.1000%2Fa&title=b"), {"doi": "10.1000/a"}),
        (Record(url="http://www.ncbi.nlm.nih.gov/pubmed/123"), {"pmid": "123"}),
        (Record(url="https://www.ncbi.nlm.nih.gov/pmc/articles/PMC45/"), {"pmcid": "PMC45"}),
        (Record(url="https://www.scopus.com/x?eid=2-s2.0-1&y"), {"accession": "2-s2.0-1"}),
        (Record(url="https://www.embase.com/s?subaction=v&id=L123456789&from=e"), {"accession": "L123456789"}),
        (Record(url="http://a.b http://c.d"), {"url": "http://a.b"}),
        (Record(accession="123", database="Ovid MEDLINE(R)"), {"pmid": "123"}),
        (Record(accession="PMID:123"), {"pmid": "123"}),
        (Record(accession="123", database="Embase"), {}),
        (Record(accession="123"), {}),
        (Record(accession="WOS:0001"), {"database": "Web of Science"}),
        (Record(accession="MEDLINE:123"), {"database": "MEDLINE", "pmid": "123"}),
        (Record(url="https://doi.org/10.1000/a", doi="10.1000/b", pmid="1"), {}),
    ],
)
def test_what_is_told(record: Record, found: dict[str, str]) -> None:
    after = completed(record)
    assert {name: getattr(after, name) for name in FIELDS if getattr(after, name) != getattr(record, name)} == found


parts = st.none() | st.sampled_from(
    ["10.1000/x", "MEDLINE:1", "PMC12", "https://doi.org/10.1/", "L1234567", "PubMed", "a;//b"]
)


@given(parts, parts, parts)
def test_done_twice_it_changes_nothing(url: str | None, accession: str | None, database: str | None) -> None:
    once = completed(Record(url=url, accession=accession, database=database))
    assert completed(once) == once
