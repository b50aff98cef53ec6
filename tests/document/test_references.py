"""References: only what was seen, and every key that anything may cite."""

from __future__ import annotations

import re

import pytest

from evidence.bibliography.reading import parse_bibliography
from evidence.document.blocks import Cite, Section, paragraph, plain
from evidence.document.document import assemble
from evidence.document.references import Entry, entries, entry, href, methods_bibliography
from evidence.pooling import MODELS, model
from evidence.pooling.notes import citations


def printed(bibtex: str) -> str:
    reference = next(iter(parse_bibliography(bibtex, "x.bib").references.values()))
    return plain(entry(reference).text)


def test_a_full_entry() -> None:
    text = printed(
        "@article{a, author = {Martins, A. A. and Pinho, A.}, title = {A title}, journal = {J}, year = {2025},"
        " volume = {100}, number = {6}, pages = {1--9}, doi = {10.1000/x}}"
    )
    assert text == "Martins AA, Pinho A. A title. J. 2025;100(6):1-9. doi:10.1000/x"


def test_what_was_not_seen_says_so_and_the_address_stands() -> None:
    text = printed("@misc{a, url = {https://example.org/a}}")
    assert text == "Authors [not seen]. Title [not seen]. Year [not seen]. https://example.org/a"


def test_details_not_seen_of_a_methods_source() -> None:
    text = printed("@article{h, author = {Hunter}, year = {2014}, doi = {10.1016/x}, note = {[details not seen]}}")
    assert text == "Hunter. 2014. [details not seen]. doi:10.1016/x"


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("Davuluri, S. and others", "Davuluri S, et al."),
        (" and ".join(f"N{i}, A." for i in range(9)), "N0 A, N1 A, N2 A, N3 A, N4 A, N5 A, et al."),
        ("{World Health Organization}", "World Health Organization."),
    ],
)
def test_authors(authors: str, expected: str) -> None:
    assert printed(f"@misc{{a, author = {{{authors}}}, title = {{T?}}}}").startswith(f"{expected} T? ")


def test_every_key_that_a_model_or_a_note_cites_is_in_methods_bib() -> None:
    known = set(methods_bibliography())
    cited = set(citations())
    for name in MODELS:
        cited |= set(model(name).describe()[1])
    for measure in ("PLO", "PFT"):
        cited |= set(model("inverse-variance", measure=measure).describe()[1])
    assert cited <= known, cited - known


def test_every_methods_source_has_a_doi_or_an_address_and_says_when_details_are_missing() -> None:
    for key, source in methods_bibliography().items():
        assert href(source), key
        assert source.title or "[details not seen]" in source.fields.get("note", ""), key


def test_numbers_follow_the_first_mention() -> None:
    known = {key: Entry(key, (key,)) for key in "abc"}
    sections = (
        Section("one", "One", (paragraph("x ", Cite(("c",))),)),
        Section("two", "Two", (paragraph(Cite(("a", "c"))),)),
    )
    document = assemble("t", None, sections, known)
    assert document.numbers == {"c": 1, "a": 2}


def test_a_key_without_an_entry_is_a_defect() -> None:
    with pytest.raises(KeyError, match="nobody2020"):
        assemble("t", None, (Section("s", "S", (paragraph(Cite(("nobody2020",))),)),), {})


def test_the_review_s_own_entry_wins_over_the_methods_one() -> None:
    ours = parse_bibliography("@misc{stijnen2010, title = {Ours}}", "x.bib").references
    assert "Ours" in plain(entries(ours, methods_bibliography())["stijnen2010"].text)


def test_methods_bib_holds_no_machine_path() -> None:
    assert not re.search(r"/(?:home|tmp|work)/", str(methods_bibliography()))
