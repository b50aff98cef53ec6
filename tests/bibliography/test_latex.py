"""LaTeX to text and back: marks that every .bib has, and any text written so that it reads back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.bibliography.bibtex_names import name_of, names, write_name
from evidence.bibliography.cleaning import person
from evidence.bibliography.latex import decode, decode_address, encode, encode_address


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"M{\"u}ller caf\'{e} \'{\i}x \v{S} \c{c} {\ss} \"Uber", "Müller café íx Š ç ß Über"),
        (r"{\o}re \o re \o{} re \AA ngstr \L{}ukasz", "øre øre ø re Ångstr Łukasz"),
        (r"50\% of A\&B, {\textless}5, 3{\textdegree}C", "50% of A&B, <5, 3°C"),
        ("n.s.~2, A~b, about ~50%", "n.s. 2, A b, about ~50%"),
        (r"\textit{E. coli} and {\emph{x}}", "E. coli and x"),
        (r"$\alpha$ and $\beta_2$ but $5 and $6", "α and β_2 but $5 and $6"),
        ("C--C, 1---2, a-b", "C–C, 1—2, a-b"),
        (r"\unknown x \textcolor{red}{y}", " x y"),
        ("{{DNA} repair}", "DNA repair"),
        ("no mark", "no mark"),
    ],
)
def test_marks(latex: str, text: str) -> None:
    assert " ".join(decode(latex).split()) == " ".join(text.split())


@given(st.text(alphabet="\\{}~^%&$#_-'\"` aéo王textit<>", max_size=40))
def test_what_is_written_is_read(text: str) -> None:
    assert decode(encode(text)) == text
    assert decode_address(encode_address(text)) == text
    assert encode(text).count("{") == encode(text).count("}")


def test_an_address_is_left_alone() -> None:
    assert decode_address("http://a--b/~x%20_y") == "http://a--b/~x%20_y"
    assert decode_address(r"http://a.b/{~}x\_y") == "http://a.b/~x_y"


@pytest.mark.parametrize(
    ("field", "found"),
    [
        ("Jean César and T. W. J. de Geus", ("César, Jean", "de Geus, T. W. J.")),
        ("Smith, John AND Doe, J.", ("Smith, John", "Doe, J.")),
        ("{Barnes and Noble} and {World Health Organization}", ("Barnes and Noble", "World Health Organization")),
        ("World Health Organization", ("World Health Organization",)),
        ("King, Jr., Martin Luther and Ford, Henry, III", ("King, Martin Luther, Jr.", "Ford, Henry, III")),
        ("Smith J and 王伟 and 王 伟", ("Smith, J", "王伟", "王 伟")),
        (r"Schwonnek, Ren{\'{e}} and {\'E}mile Zola", ("Schwonnek, René", "Zola, Émile")),
        ("Ada, A. and others", ("Ada, A.",)),
        ("and", ("and",)),
        ("", ()),
    ],
)
def test_names(field: str, found: tuple[str, ...]) -> None:
    assert names(field) == found


@given(st.text(alphabet="AbJr., {}\\andé王&-", min_size=1, max_size=20).map(person).filter(bool))
def test_a_name_is_read_as_it_was_written(name: str) -> None:
    assert name_of(write_name(name)) == name
    assert names(f"{write_name(name)} and {write_name(name)}") == (name, name)


def test_plain_names_are_written_plainly() -> None:
    assert write_name("Smith, John") == "Smith, John"
    assert write_name("King, Martin Luther, Jr.") == "King, Jr., Martin Luther"
    assert write_name("World Health Organization") == "{World Health Organization}"
