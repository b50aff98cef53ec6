"""Parts of a record as they are compared: text, title, names, journal, volume, pages, DOI."""

from __future__ import annotations

import pytest

from evidence.bibliography.duplicates.essence import doi_of, essence
from evidence.bibliography.duplicates.folding import plain, words
from evidence.bibliography.duplicates.names import Name, compare_authors, names_of
from evidence.bibliography.duplicates.places import (
    Pages,
    Place,
    compare_journals,
    compare_pages,
    issue_of,
    journal_of,
    pages_of,
    volume_of,
)
from evidence.bibliography.duplicates.titles import (
    compare_titles,
    counted_on,
    cut_within_a_word,
    numbers_differ,
    title_of,
)
from evidence.bibliography.record import Record


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Œdème à Łódź", ("oedeme", "a", "lodz")),
        ("Straße &amp; CO<sub>2</sub>", ("strasse", "co", "2")),
        ("TNF-α", ("tnf", "alpha")),
        ("MÃ¼ller’s test", ("mullers", "test")),
        ("1,200 of 10 000", ("1200", "of", "10", "000")),
        ("p < 0·05 and q > 1", ("p", "0", "05", "and", "q", "1")),
        ("疾病 研究", ("疾病", "研究")),
        ("σύστημα", ("συστημα",)),
    ],
)
def test_words_of_a_text(text: str, found: tuple[str, ...]) -> None:
    assert words(plain(text)) == found


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("[Tumours of the skin]. [German]", "tumoursoftheskin"),
        ("Tumours of the skin [Review] [42 refs]", "tumoursoftheskin"),
        ("[Tumours of the skin (author's transl)]", "tumoursoftheskin"),
        ("RETRACTED: Tumours of the skin", "tumoursoftheskin"),
        ("Part II: two cases", "part22cases"),
        ("UNKNOWN", ""),
        (None, ""),
    ],
)
def test_notes_are_no_part_of_a_title(text: str | None, letters: str) -> None:
    assert title_of(text).joined == letters


@pytest.mark.parametrize(
    ("text", "notice"),
    [
        ("Erratum: Tumours of the skin", "correction"),
        ("Tumours of the skin (corrigendum)", "correction"),
        ("Author's reply", "reply"),
        ("Tumours of the skin - reply", "reply"),
        ("Commentary: Tumours of the skin", "comment"),
        ("Re: Tumours of the skin", "comment"),
        ("Retraction notice to tumours of the skin", "retraction"),
        ("Correction of post-stroke deficits by exercise", ""),
        ("Tumours of the skin [Erratum appears in Skin 2011;3:4]", ""),
        ("Responses of cells to light", ""),
    ],
)
def test_what_a_paper_does_to_another(text: str, notice: str) -> None:
    assert title_of(text).notice == notice


@pytest.mark.parametrize(
    ("a", "b", "likeness"),
    [
        ("Tumours of the skin.", "TUMOURS OF THE SKIN", "equal"),
        ("Post-stroke tumours", "Poststroke tumours", "equal"),
        ("Anaemia in randomised trials", "Anemia in randomized trials", "equal"),
        ("Tumors of the inner skin", "Tumours of inner skin", "near"),
        ("Tumours of the skin of hands: a case series", "Tumours of the skin of hands", "part"),
        ("Tumours of the skin with hepatitis B virus", "Tumours of the skin with hepatitis C virus", "close"),
        ("Tumours of the skin of hands, feet in 2010", "Tumours of the skin of hands, feet", "close"),
        ("Tumours of the skin", "Sleep of the just", "far"),
        ("Tumours of the skin", None, "missing"),
    ],
)  # fmt: skip
def test_how_titles_compare(a: str, b: str | None, likeness: str) -> None:
    assert compare_titles(title_of(a), title_of(b)) == likeness
    assert compare_titles(title_of(b), title_of(a)) == likeness


def test_numbers_of_a_series() -> None:
    assert numbers_differ(title_of("Cases: part I"), title_of("Cases: part II"))
    assert numbers_differ(title_of("Report 2010"), title_of("Report 2011"))
    assert not numbers_differ(title_of("Part two of cases"), title_of("Part 2 of cases"))
    assert counted_on(title_of("Cases of skin"), title_of("Cases of skin. Part 2"))
    assert not counted_on(title_of("Cases of skin"), title_of("Cases of skin and bone"))


def test_a_title_cut_within_a_word_is_not_one_that_says_less() -> None:
    whole = title_of("Tumours of the skin of imaginary hands and feet")
    assert cut_within_a_word(whole, title_of("Tumours of the skin of imagin"))
    assert not cut_within_a_word(title_of("Tumours of the skin of imaginary hands"), whole)
    assert not cut_within_a_word(whole, whole)


@pytest.mark.parametrize(
    ("authors", "names"),
    [
        (("Adam K.Lewis G. F.",), (Name(("adam",), "k"), Name(("lewis",), "g"))),
        (("O'Neill C. P.van der Berg J.",), (Name(("oneill",), "c"), Name(("berg", "vanderberg"), "j"))),
        (("Lewis, Gary F.",), (Name(("lewis",), "g", "garyf"),)),
        (("G. F. Lewis", "et al."), (Name(("lewis",), "g"),)),
        (("Lewis GF", "Adam K"), (Name(("lewis",), "g"), Name(("adam",), "k"))),
        (("Lewis, G. and Adam, K. and others",), (Name(("lewis",), "g", "g"), Name(("adam",), "k", "k"))),
        (("Anonymous",), ()),
        (("UNKNOWN",), ()),
    ],
)
def test_names_in_any_writing(authors: tuple[str, ...], names: tuple[Name, ...]) -> None:
    assert names_of(authors) == names


def test_how_lists_of_authors_compare() -> None:
    one, two = names_of(["Lewis, G.", "Adam, K.", "Li, W."]), names_of(["Lewis, H.", "Li, W."])
    found = compare_authors(one, two)
    assert found is not None
    assert (found.of, found.shared, found.first) == (2, 1.5, True)
    assert compare_authors(one, ()) is None


@pytest.mark.parametrize(
    ("text", "pages"),
    [
        ("221-8", Pages("", 221, 228)),
        ("221–228", Pages("", 221, 228)),
        ("pp. 221--228", Pages("", 221, 228)),
        ("S557-S558", Pages("s", 557, 558)),
        ("e0187376", Pages("e", 187376, None)),
        ("Cd002273", Pages("cd", 2273, None)),
        ("01-Apr", Pages("", 1, 4)),
        ("Apr-10", Pages("", 4, 10)),
        ("152-153.e1", Pages("", 152, 153)),
        ("215 p", None),
        ("S0190-9622(17)32798-3", None),
        ("no pagination", None),
        ("-", None),
        (None, None),
    ],
)
def test_pages_in_any_writing(text: str | None, pages: Pages | None) -> None:
    assert pages_of(text) == pages


@pytest.mark.parametrize(
    ("a", "b", "agreement"),
    [
        ("221-8", "221-228", "same"),
        ("221", "221-228", "same"),
        ("S53", "53", "same"),
        ("1-17", "566-582", "part"),
        ("7", "101576", "part"),
        ("221-228", "223", "part"),
        ("221-228", "229-231", "differ"),
        ("S53", "S54", "differ"),
        ("221-228", None, "missing"),
    ],
)
def test_how_pages_compare(a: str, b: str | None, agreement: str) -> None:
    assert compare_pages(pages_of(a), pages_of(b)) == agreement
    assert compare_pages(pages_of(b), pages_of(a)) == agreement


@pytest.mark.parametrize(
    ("text", "volume"),
    [
        ("61 (Supplement 1)", ("61", "")),
        ("4 (1) (no pagination)", ("4", "1")),
        ("Vol. 007", ("7", "")),
        ("XII", ("", "")),
        ("iv", ("4", "")),
        ("4 sep", ("4", "")),
        ("2013", ("", "")),
        ("Ph.D.", ("", "")),
        ("3)", ("", "3")),
    ],
)
def test_volumes_in_any_writing(text: str, volume: tuple[str, str]) -> None:
    assert volume_of(text, 2013) == volume


def test_issues_in_any_writing() -> None:
    texts = ("Pt 4", "SUPPL. 3", "Suppl", "21 Suppl 1", "3-B", "", None)
    assert [issue_of(text) for text in texts] == ["4", "s3", "s", "21", "3", "", ""]


@pytest.mark.parametrize(
    ("a", "b", "agreement"),
    [
        ("Current Opinion in Lipidology", "Curr Opin Lipidol", "same"),
        ("The Lancet (London, England)", "Lancet", "same"),
        ("Brain & Nerves", "Brain and nerves", "same"),
        ("Journal of the American Medical Association", "JAMA", "same"),
        ("Circulation. Conference: Heart Association Meeting", "Circulation", "same"),
        ("Zentralblatt fur Haut", "Zentralbl. Haut", "same"),
        ("Journal of Digital Studies", "Workshop of Digital Studies", "part"),
        ("Clinical Rheumatology", "Journal of Dermatology", "differ"),
        ("Clinical Rheumatology", None, "missing"),
        ("http://registry.example.org", "Clinical Rheumatology", "missing"),
    ],
)
def test_how_journals_compare(a: str, b: str | None, agreement: str) -> None:
    one, two = Place(journal_of(a)), Place(journal_of(b))
    assert compare_journals(one, two) == agreement
    assert compare_journals(two, one) == agreement


def test_an_issn_names_the_journal() -> None:
    one = essence(Record(journal="Haut", issn="0957-9672 (Print)\n0957-9670")).place
    two = essence(Record(journal="Skin", issn="09579672")).place
    assert compare_journals(one, two) == "same"


@pytest.mark.parametrize(
    ("text", "doi"),
    [
        ("http://dx.doi.org/10.1234/ABC.5", "10.1234/abc.5"),
        ("doi: 10.1234/abc.5", "10.1234/abc.5"),
        ("10.1234/abc.", ""),
        ("none", ""),
        (None, ""),
    ],
)
def test_dois_in_any_writing(text: str | None, doi: str) -> None:
    assert doi_of(text) == doi


def test_a_doi_in_the_address_counts() -> None:
    assert essence(Record(url="https://doi.org/10.1234/abc.5")).doi == "10.1234/abc.5"
