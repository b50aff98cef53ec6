"""References and citations by a style: what was read comes through intact, what was not is said."""

from __future__ import annotations

import subprocess
import sys
import time
import warnings
from collections.abc import Mapping
from pathlib import Path

import pytest

from evidence.bibliography.reading import Reference, parse_bibliography, read_references
from evidence.document.blocks import Cite, Emphasis, Link, ReferenceList, Section, Strong, paragraph, plain
from evidence.document.citation_style import CitationStyle, checked_style, own_style
from evidence.document.citing import Printed, print_references
from evidence.document.document import Document, assemble
from evidence.document.html import to_html
from evidence.document.markdown import document_to_markdown
from evidence.document.references import methods_bibliography
from evidence.errors import DataError
from tests.document.styles import AUTHOR_DATE, LIST, NUMBER, ODD, RAISED, style

ROOT = Path(__file__).resolve().parents[2]
NASTY = 'On <b>α</b> & "β" <span class="nocase">x</span>: is p < 0.05 “enough”? &amp; {'


def bib(text: str) -> Mapping[str, Reference]:
    return parse_bibliography(text, "x.bib").references


def printed(
    text: str, chosen: CitationStyle | None = None, clusters: tuple[tuple[str, ...], ...] | None = None
) -> Printed:
    sources = bib(text)
    return print_references(clusters or [(key,) for key in sources], sources, chosen or own_style())


def line(text: str, chosen: CitationStyle | None = None) -> str:
    return plain(printed(text, chosen).entries[0].text)


def author_date() -> CitationStyle:
    return checked_style(AUTHOR_DATE, "author-date.csl")


def document(sources: Mapping[str, Reference], chosen: CitationStyle | None = None) -> Document:
    blocks = (paragraph("Said ", Cite(tuple(sources)), "."), ReferenceList())
    return assemble("T", None, (Section("s", "S", blocks),), sources, chosen)


def test_a_full_entry() -> None:
    assert line(
        "@article{a, author = {Martins, A. A. and Pinho, Ana Rita}, title = {A title}, journal = {J}, year = {2025},"
        " volume = {100}, number = {6}, pages = {1--9}, doi = {10.1000/x}}"
    ) == ("Martins AA, Pinho AR. A title. J. 2025;100(6):1-9. doi:10.1000/x")


def test_what_was_not_seen_says_so_and_the_address_stands() -> None:
    text = line("@misc{a, url = {https://example.org/a}}")
    assert text == "Authors [not seen]. Title [not seen]. Year [not seen]. https://example.org/a"


def test_what_was_not_seen_is_said_in_any_style() -> None:
    found = printed("@misc{a, url = {https://example.org/a}}", author_date())
    assert plain(found.entries[0].text) == "Authors [not seen]. (Year [not seen]). “Title [not seen]”."
    assert plain(found.citations[("a",)]) == "(Authors [not seen] Year [not seen])"


def test_details_not_seen_of_a_methods_source() -> None:
    text = "@article{h, author = {Hunter}, year = {2014}, doi = {10.1016/x}, note = {[details not seen]}}"
    assert line(text) == "Hunter. 2014. [details not seen]. doi:10.1016/x"
    # This style knows nothing of notes: it stands there all the same.
    assert line(text, author_date()) == "Hunter. (2014). https://doi.org/10.1016/x. [details not seen]."


@pytest.mark.parametrize(
    ("authors", "expected"),
    [
        ("Davuluri, S. and others", "Davuluri S, et al."),
        (" and ".join(f"N{i}, A." for i in range(9)), "N0 A, N1 A, N2 A, N3 A, N4 A, N5 A, et al."),
        ("{World Health Organization}", "World Health Organization."),
        ("Smith, Jr, J. P. and de Paulis, A.", "Smith JP Jr, de Paulis A."),
        ("others", "Authors [not seen]."),
        ("Liang, K.-Y.", "Liang K-Y."),
    ],
)
def test_authors(authors: str, expected: str) -> None:
    assert line(f"@misc{{a, author = {{{authors}}}, title = {{T?}}}}").startswith(f"{expected} T? Year")


@pytest.mark.parametrize(
    ("authors", "text", "entry"),
    [
        ("Davuluri, S. and others", "(Davuluri et al. 2022)", "Davuluri, S. et al. (2022)"),
        ("A, B. and C, D.", "(A and C 2022)", "A, B. & C, D. (2022)"),
        ("A, B. and C, D. and E, F.", "(A et al. 2022)", "A, B., C, D., & E, F. (2022)"),
    ],
)
def test_authors_of_an_author_date_style(authors: str, text: str, entry: str) -> None:
    found = printed(f"@misc{{a, author = {{{authors}}}, title = {{T}}, year = {{2022}}}}", author_date())
    assert plain(found.citations[("a",)]) == text
    assert plain(found.entries[0].text) == f"{entry}. “T”."


def test_a_book_a_chapter_and_a_thesis_say_who_published_them() -> None:
    assert line("@book{b, author = {A, B.}, title = {T}, publisher = {P}, address = {Rome}, year = {1999}}") == (
        "A B. T. Rome: P. 1999."
    )
    assert line("@phdthesis{b, author = {A, B.}, title = {T}, school = {University of X}, year = {1999}}") == (
        "A B. T. University of X. 1999."
    )


def test_a_title_comes_through_intact_in_page_and_markdown() -> None:
    source = Reference("k", "article", {}, ("Ölçer, Ş.",), NASTY, "2020", "Ann. <i>X</i>.")
    whole = document({"k": source})
    (entry,) = whole.references
    assert plain(entry.text) == f"Ölçer Ş. {NASTY}. Ann. <i>X</i>. 2020."
    page = to_html(whole)
    assert "On &lt;b&gt;α&lt;/b&gt; &amp; &#34;β&#34; &lt;span class=&#34;nocase&#34;&gt;x" in page
    assert "“enough”? &amp;amp; {" in page
    assert "<b>α" not in page and "Ann. &lt;i&gt;X&lt;/i&gt;. 2020." in page
    assert r"On \<b\>α\</b\> &amp; " + '"β"' in document_to_markdown(whole)


@pytest.mark.parametrize("mark", ["\ufdd0", "\ufdd1", "\ufddb0\ufddb", "\ufddd1\ufdde"])
def test_characters_that_are_no_text_do_no_harm(mark: str) -> None:
    source = Reference("k", "article", {"note": f"n{mark}"}, (f"A{mark}, B.",), f"T{mark}itle", "2020", doi="10.1/x")
    text = plain(print_references([("k",)], {"k": source}, own_style()).entries[0].text)
    assert "T\ufffd" in text and "itle. 2020. n\ufffd" in text and not set(text) & set(mark) - set("01")


def test_italic_bold_and_links_are_runs() -> None:
    entry = printed(
        "@article{a, author = {A, B.}, title = {T}, journal = {J of X}, volume = {7}, year = {2020}, doi = {10.1/x}}",
        author_date(),
    ).entries[0]
    assert [run for run in entry.text if not isinstance(run, str)] == [
        Emphasis("J of X"),
        Strong("7"),
        Link("https://doi.org/10.1/x", "https://doi.org/10.1/x"),
    ]
    html = to_html(
        document(bib("@article{a, author = {A, B.}, title = {T}, journal = {J & X}, volume = {7}}"), author_date())
    )
    assert "<em>J &amp; X</em>. <strong>7</strong>" in html
    sources = bib("@article{a, author = {A, B.}, title = {T}, journal = {J & X}, volume = {7}}")
    assert "*J &amp; X*. **7**" in document_to_markdown(document(sources, author_date()))


SAME = (
    "@misc{z, author = {Zed, A.}, title = {Third}, year = {2020}}"
    " @misc{b, author = {Same, A.}, title = {One}, year = {2020}}"
    " @misc{a, author = {Same, A.}, title = {Two}, year = {2020}}"
    " @misc{c, author = {Same, A.}, title = {Three}}"
)


def test_years_that_look_alike_get_letters_in_the_order_of_the_list() -> None:
    found = printed(SAME, author_date(), (("z", "a"), ("b",), ("c",)))
    # Of the same authors and year, the list keeps the order of mention: a before b.
    assert [entry.key for entry in found.entries] == ["a", "b", "c", "z"]
    assert plain(found.citations[("b",)]) == "(Same 2020b)"
    assert plain(found.citations[("z", "a")]) == "(Same 2020a; Zed 2020)"
    assert plain(found.citations[("c",)]) == "(Same Year [not seen])"
    assert [plain(entry.text) for entry in found.entries][:2] == [
        "Same, A. (2020a). “Two”.",
        "Same, A. (2020b). “One”.",
    ]


def test_authors_that_are_not_all_named_are_told_apart_too() -> None:
    found = printed(
        "@misc{a, author = {A, B. and others}, title = {T}, year = {2022}}"
        " @misc{b, author = {A, B. and C, D. and E, F.}, title = {U}, year = {2022}}",
        author_date(),
    )
    assert {plain(words) for words in found.citations.values()} == {"(A et al. 2022a)", "(A et al. 2022b)"}


def test_years_that_are_not_seen_are_told_apart() -> None:
    found = printed("@misc{a, title = {T}} @misc{b, title = {U}}", author_date())
    assert [plain(words) for words in found.citations.values()] == [
        "(Authors [not seen] Year [not seen]-a)",
        "(Authors [not seen] Year [not seen]-b)",
    ]


def test_each_citation_leads_to_its_reference() -> None:
    found = printed(SAME, author_date(), (("z", "a"),))
    places = {entry.key: f"#ref-{i}" for i, entry in enumerate(found.entries, start=1)}
    links = [run for run in found.citations[("z", "a")] if isinstance(run, Link)]
    assert {link.text.split()[0]: link.href for link in links} == {"Zed": places["z"], "Same": places["a"]}
    page = to_html(document(bib(SAME), author_date()))
    assert '<ul class="references words">' in page and '<li id="ref-4">' in page
    assert '<span class="cite words">(<a href="#ref-' in page


def test_numbers_follow_the_first_mention() -> None:
    found = printed(SAME, None, (("c",), ("z", "c"), ("a",)))
    assert [entry.key for entry in found.entries] == ["c", "z", "a"]
    assert [plain(found.citations[cluster]) for cluster in (("c",), ("z", "c"))] == ["[1]", "[1, 2]"]


def test_a_style_that_sorts_has_its_numbers_and_raised_ones_stand_in_brackets() -> None:
    found = printed(SAME, checked_style(RAISED, "raised.csl"), (("z", "b"), ("c",)))
    assert [plain(entry.text) for entry in found.entries] == ["One", "Third", "Three"]
    assert plain(found.citations[("z", "b")]) == "[1, 2]"
    assert plain(found.citations[("c",)]) == "[3]"


def test_cases_of_names_are_printed_and_the_library_is_left_as_it_was() -> None:
    from citeproc.model import Name_Part, TextCased

    before = TextCased.case, Name_Part.format_part
    odd = checked_style(ODD, "odd.csl")
    assert line("@article{a, author = {de Paulis, Amato}, title = {title}, year = {2020}}", odd) == (
        "~De Paulis, a. 2020. Title"
    )
    assert (TextCased.case, Name_Part.format_part) == before


def test_a_year_that_was_not_seen_is_said_once() -> None:
    odd = checked_style(ODD, "odd.csl")
    assert line("@article{a, author = {A, B.}, title = {T}}", odd) == "~A, b. Year [not seen]. T"


def test_what_a_style_has_nothing_for_is_printed_in_ours() -> None:
    found = printed("@book{b, author = {A, B.}, title = {T}, year = {1999}}", checked_style(ODD, "odd.csl"))
    assert plain(found.entries[0].text) == "A B. T. 1999."


def test_keys_that_differ_by_case_only_are_two() -> None:
    found = printed("@misc{a, title = {One}} @misc{A, title = {Two}}")
    assert ["One" in plain(entry.text) for entry in found.entries] == [True, False]


def test_a_key_without_a_reference_is_a_defect() -> None:
    with pytest.raises(KeyError, match="nobody2020"):
        print_references([("nobody2020",)], {}, own_style())


def test_a_style_that_prints_nothing_in_the_text_is_refused() -> None:
    body = f'<citation><layout><text variable="annote"/></layout></citation>{LIST}'
    with pytest.raises(DataError, match="prints nothing in the text"):
        printed("@misc{a, title = {One}}", checked_style(style(body), "x.csl"))


def test_a_style_that_breaks_the_library_is_refused_by_name() -> None:
    # A macro that calls itself passes the rules of CSL.
    body = f'<macro name="m"><text macro="m"/></macro>{NUMBER}{LIST}'.replace('variable="title"', 'macro="m"')
    with pytest.raises(DataError, match=r"loop\.csl: the style can't be printed: RecursionError") as caught:
        printed("@misc{a, title = {One}}", checked_style(style(body), "loop.csl"))
    assert caught.value.problems[0].code == "style-fails"


def test_every_reference_of_the_project_is_printed_by_both_kinds_of_style() -> None:
    for sources in (read_references(ROOT / "data" / "sts-calcinosis-cutis" / "references.bib"), methods_bibliography()):
        for chosen in (own_style(), author_date()):
            found = print_references([(key,) for key in sources], sources, chosen)
            assert {entry.key for entry in found.entries} == set(sources)
            texts = [plain(found.citations[(key,)]) for key in sources]
            assert len(set(texts)) == len(texts)
            for entry in found.entries:
                text, source = plain(entry.text), sources[entry.key]
                assert (source.title or "[") in text and (source.fields.get("note") or "") in text
                assert not any("\ufdd0" <= letter <= "\ufdef" for letter in text)


def test_the_library_is_loaded_only_when_something_is_cited() -> None:
    code = (
        "import sys; from evidence.document.document import assemble; assemble('t', None, (), {});"
        " print('citeproc' in sys.modules, 'lxml' in sys.modules)"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert run.stdout.split()[0] == "False"


def test_warnings_of_the_library_are_not_passed_on_and_nothing_is_left_changed() -> None:
    before = warnings.filters[:]
    sources = bib("@misc{a, title = {One}}")
    first = print_references([("a",)], sources, own_style())
    assert warnings.filters == before
    assert print_references([("a",)], sources, own_style()) == first
    assert dict(sources) == dict(bib("@misc{a, title = {One}}"))


@pytest.mark.slow
def test_a_hundred_references_take_a_second() -> None:
    sources = read_references(ROOT / "data" / "synthetic-example" / "references.bib")
    start = time.perf_counter()
    print_references([(key,) for key in sources], sources, own_style())
    # 0.8 s measured for 101; a machine five times slower still passes.
    assert time.perf_counter() - start < 5
