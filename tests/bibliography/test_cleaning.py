"""Parts of records as databases write them, and what they are cleaned to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography.cleaning import (
    doi,
    keywords,
    label_of,
    pages,
    people,
    person,
    plain,
    pmcid,
    pmid,
    serials,
    text_of,
    year,
)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("10.1000/ABC", "10.1000/abc"),
        ("doi: 10.1000/abc.", "10.1000/abc"),
        ("http://dx.doi.org/10.1000/abc?via=x", "10.1000/abc"),
        ("https://doi.org/10.1000/a%2Fb", "10.1000/a/b"),
        ("(doi:10.1000/abc).", "10.1000/abc"),
        ("10.1000/s0140-6736(97)11096-0", "10.1000/s0140-6736(97)11096-0"),
        ("10.1002/(SICI)1097(1996)15:4<361::AID-1>3.0.CO;2-4", "10.1002/(sici)1097(1996)15:4<361::aid-1>3.0.co;2-4"),
        ("10.1000/abc [doi]", "10.1000/abc"),
        ("10.1000/abc[doi]", "10.1000/abc"),
        ("J Test. 2016;5:67. doi: 10.1000/abc. eCollection 2016.", "10.1000/abc"),
        ("http://x.org/q?id=doi:10.1000%2Fabc&atitle=Calcinosis", "10.1000/abc"),
        ("10.1000/a\u200bbc", "10.1000/abc"),
        ("10.1/abc", None),
        ("DOI", None),
        ("", None),
        (None, None),
    ],
)
def test_doi(written: str | None, expected: str | None) -> None:
    assert doi(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("26957754", "26957754"),
        ("123[pmid]", "123"),
        ("PMID: 33", "33"),
        ("MEDLINE:15368318", "15368318"),
        ("23690738.0", "23690738"),
        ("https://pubmed.ncbi.nlm.nih.gov/26957754/", "26957754"),
        ("http://www.ncbi.nlm.nih.gov/pubmed/22752652", "22752652"),
        ("https://europepmc.org/article/MED/33809141", "33809141"),
        ("https://www.ncbi.nlm.nih.gov/pmc/articles/PMC123456/", None),
        ("L39097156", None),
        ("WOS:000444108200009", None),
        ("123456789", None),
        ("0", None),
        (None, None),
    ],
)
def test_pmid(written: str | None, expected: str | None) -> None:
    assert pmid(written) == expected


def test_pmcid() -> None:
    assert pmcid("https://www.ncbi.nlm.nih.gov/pmc/articles/pmc3654245/") == "PMC3654245"
    assert pmcid("PMC4756000[pmcid]") == "PMC4756000"
    assert pmcid("EPMC12") is None
    assert pmcid(None) is None


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2001/09/01/", 2001),
        ("Dec 2014", 2014),
        ("20160512", 2016),
        ("201605", 2016),
        ("c2005", 2005),
        ("1998-1999", 1998),
        ("12/05/2016", 2016),
        ("2015/october", 2015),
        ("99", None),
        ("10 15", None),
        ("YEAR/MONTH/DAY/", None),
        ("3001", None),
        ("12345", None),
        (None, None),
    ],
)
def test_year(written: str | None, expected: int | None) -> None:
    assert year(written) == expected


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("193", "194", "193-194"),
        ("1-22", None, "1-22"),
        ("377", "86", "377-86"),
        ("193--194", None, "193-194"),
        ("193 – 194", None, "193-194"),
        ("245-251", "251", "245-251"),
        ("12", "12-15", "12-15"),
        ("e0815", "e0815", "e0815"),
        ("100364", "nan", "100364"),
        ("", "5", "5"),
        ("-", "", None),
        (None, None, None),
    ],
)
def test_pages(first: str | None, last: str | None, expected: str | None) -> None:
    assert pages(first, last) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Valle-Delgado,J. J. ", "Valle-Delgado, J. J."),
        ("Smith, John, Jr", "Smith, John, Jr"),
        ("Liu R.", "Liu, R."),
        ("Eloubeidi M.A.", "Eloubeidi, M.A."),
        ("Sartre J.-P.", "Sartre, J.-P."),
        ("van der Berg JB", "van der Berg, JB"),
        ("Müller Ü.", "Müller, Ü."),
        ("Catarina Barata", "Catarina Barata"),
        ("Donald E. Knuth", "Donald E. Knuth"),
        ("World Health Organization", "World Health Organization"),
        ("Calcinosis Study Group UK", "Calcinosis Study Group UK"),
        ("MRC UK", "MRC UK"),
        ("王小明", "王小明"),
        (" , ", ""),
    ],
)
def test_person(written: str, expected: str) -> None:
    assert person(written) == expected


def test_people_of_one_value() -> None:
    assert people(["Ada, A.; Bö, B.;", "Li X"]) == ("Ada, A.", "Bö, B.", "Li, X")
    assert people(["Wang, Y.", "Wang, Y."]) == ("Wang, Y.", "Wang, Y."), "two people may have one name"


def test_keywords() -> None:
    assert keywords(["a; b\nc", "b", " "]) == ("a", "b", "c")
    assert keywords(["Colitis, Ulcerative/*therapy"]) == ("Colitis, Ulcerative/*therapy",)
    assert keywords(["a, b; c"], ",") == ("a", "b", "c")


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        (["2226-7190", "2226-7190"], "2226-7190"),
        (["1929-0748 1929-0748"], "1929-0748"),
        (["03064530 (ISSN)", "0025-732X", "0025-732x"], "03064530; 0025-732X"),
        (["2277-9175 (Print)\n2277-9175"], "2277-9175"),
        (["ISBN 978-3-86680-192-9"], "978-3-86680-192-9"),
        (["978 3 16 148410 0"], "978 3 16 148410 0"),
        (["nan", ""], None),
    ],
)
def test_serials(written: list[str], expected: str | None) -> None:
    assert serials(written) == expected


def test_plain() -> None:
    assert plain(" a\x00\x85b\u2028\tc\x0bd\n") == "a b c d"
    assert plain("<i>In vivo</i> &amp;amp; p &lt; 0.05 <sub>2</sub>") == "In vivo & p < 0.05 2"
    assert plain("n < 5 and m > 3; AT&T; \ufeffx\u200b") == "n < 5 and m > 3; AT&T; x"


def test_words_for_nothing() -> None:
    assert label_of(" NaN ") is None
    assert text_of("Nan") == "Nan", "may be a title or a name"
    assert label_of("Suppl 1") == "Suppl 1"
    assert (text_of(" \n"), text_of(None)) == (None, None)


@given(st.text(max_size=40))
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    for clean in (plain, person):
        assert clean(clean(text)) == clean(text)
    assert people(people([text])) == people([text])
    assert keywords(keywords([text])) == keywords([text])
    assert pages(pages(text)) == pages(text)
    assert doi(doi(text)) == doi(text)


@given(st.from_regex(r"10\.[0-9]{4,6}/[!-~]{1,30}", fullmatch=True))
def test_a_clean_doi_stays(written: str) -> None:
    found = doi(written)
    assert found is None or doi(found) == found
