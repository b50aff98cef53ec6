"""The text of a row: its cells are those that the reader of the tables finds."""

from __future__ import annotations

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.row_text import cell_text, cell_texts, line_end, line_ends, row_text, value_of


@pytest.mark.parametrize(
    ("body", "parts"),
    [
        ("", [""]),
        (",", ["", ""]),
        ('1, "x" ,', ["1", ' "x" ', ""]),
        ('"a ""b"", c","two\r\nlines",', ['"a ""b"", c"', '"two\r\nlines"', ""]),
        ('a"b,""', ['a"b', '""']),
    ],
)
def test_a_row_is_cut_at_its_delimiters(body: str, parts: list[str]) -> None:
    assert cell_texts(body, ",") == parts


@given(
    st.lists(st.text(st.sampled_from(" a;,\"'\n\r\t|"), max_size=5), min_size=1, max_size=4),
    st.sampled_from(",;\t|"),
    st.booleans(),
)
def test_cells_come_back_from_their_text(cells: list[str], delimiter: str, quoted: bool) -> None:
    parts = [cell_text(cell, delimiter, quoted) for cell in cells]
    body = row_text(parts, delimiter)
    assert next(csv.reader([body], delimiter=delimiter, strict=True)) == cells
    assert cell_texts(body, delimiter) == (parts if any(parts) or len(parts) > 1 else ['""'])


def test_line_ends() -> None:
    assert [line_end(text) for text in ("a\n", "a\r\n", "a\r", "a", "")] == ["\n", "\r\n", "\r", "", ""]
    assert line_ends("a\r\nb\rc\n\nd") == 4
    assert value_of(" two\r\nlines\rmore ") == "two\nlines\nmore"
