"""Rows at the end of a table: every byte of the others stays, in whatever way the file is written."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.encoding import codec_of, decode
from evidence.errors import DataError
from evidence.review.appending import append_rows, without_rows
from evidence.rows import parse_rows

NEW = ({"b": "ü, x"}, {"a": "n;1", "c": "has no column here"})


@pytest.mark.parametrize(
    ("content", "added", "lines"),
    [
        (b"a,b\n1,2\n", ',"ü, x"\nn;1,\n', (3, 4)),
        (b"a,b\n1,2", '\n,"ü, x"\nn;1,\n', (3, 4)),
        (b"a,b", '\n,"ü, x"\nn;1,\n', (2, 3)),
        (b"a,b\r\n1,2\r\n", ',"ü, x"\r\nn;1,\r\n', (3, 4)),
        (b"a,b\r\n1,2", '\r\n,"ü, x"\r\nn;1,\r\n', (3, 4)),
        (b"a;b\r1;2\r", ';ü, x\r"n;1";\r', (3, 4)),
        (b"\xef\xbb\xbfa;b\r\n1;2\r\n", ';ü, x\r\n"n;1";\r\n', (3, 4)),
        (b"sep=;\r\na;b\r\n1;2\r\n", ';ü, x\r\n"n;1";\r\n', (4, 5)),
        (b'"a","b"\n"1","two\nlines"\n', '"","ü, x"\n"n;1",""\n', (4, 5)),
        (b"b,own,a\n1,2,3\n", '"ü, x",,\n,,n;1\n', (3, 4)),
        ("a\tb\n1\té\n".encode("utf-16"), "\tü, x\nn;1\t\n", (3, 4)),
        (codecs.BOM_UTF16_BE + "a,b\n1,2\n".encode("utf-16-be"), ',"ü, x"\nn;1,\n', (3, 4)),
        ("a;b\n1;é\n".encode("cp1252"), ';ü, x\n"n;1";\n', (3, 4)),
    ],
)
def test_the_bytes_that_were_there_stay_in_front(content: bytes, added: str, lines: tuple[int, ...]) -> None:
    found = append_rows(content, "t.csv", ("a", "b"), NEW)
    assert found.content == content + added.encode(codec_of(content)[1])
    assert found.lines == lines
    assert parse_rows(found.content, "t.csv").lines[-2:] == lines


def test_rows_go_before_the_empty_ones_of_a_spreadsheet() -> None:
    found = append_rows(b"a,b\r\n1,2\r\n,\r\n,\r\n", "t.csv", ("a", "b"), [{"a": "9"}])
    assert (found.content, found.lines) == (b"a,b\r\n1,2\r\n9,\r\n,\r\n,\r\n", (3,))


def test_a_table_that_is_not_there_gets_its_header() -> None:
    assert append_rows(b"", "t.csv", ("a", "b"), [{"b": "x"}]).content == b"a,b\n,x\n"
    assert append_rows(b"", "t.csv", ("a", "b"), []).content == b"a,b\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b'a,b\n"1,2\n', "unclosed-quote"),
        (b"a,a\n1,2\n", "repeated-column"),
        (b"\n\n", "empty-file"),
        (b"a,b\n\xc3\xbc,\xe9\n", "bad-encoding"),
        ("a;b\n1;é\n".encode("cp1252"), "bad-encoding"),  # has no place for the new letter
    ],
)
def test_a_table_in_which_rows_cannot_be_told_is_left_alone(content: bytes, code: str) -> None:
    with pytest.raises(DataError) as caught:
        append_rows(content, "t.csv", ("a", "b"), [{"a": "Łukasz"}])
    assert code in {problem.code for problem in caught.value.problems}


CELL = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")) | st.sampled_from("\n,;\"'"), max_size=6)
ROWS = st.lists(st.tuples(CELL.map(lambda text: f"x{text}"), CELL), max_size=4)


@given(
    rows=ROWS,
    more=ROWS,
    delimiter=st.sampled_from(",;"),
    end=st.sampled_from(["\n", "\r\n"]),
    mark=st.sampled_from([b"", codecs.BOM_UTF8]),
    ended=st.booleans(),
)
def test_what_is_read_back_are_the_old_rows_and_the_new(
    rows: list[tuple[str, str]], more: list[tuple[str, str]], delimiter: str, end: str, mark: bytes, ended: bool
) -> None:
    text = io.StringIO(newline="")
    csv.writer(text, delimiter=delimiter, lineterminator=end).writerows([("first", "second"), *rows])
    content = mark + text.getvalue().encode()
    content = content if ended else content.removesuffix(end.encode())
    found = append_rows(content, "t.csv", (), [{"first": a, "second": b} for a, b in more])
    assert found.content.startswith(content)
    read = parse_rows(found.content, "t.csv")
    assert [cells for _, cells in read.rows] == [(a.strip(), b.strip()) for a, b in (*rows, *more)]
    assert read.lines[len(rows) :] == found.lines


def test_rows_are_taken_out_whole_and_the_others_keep_their_bytes() -> None:
    content = b'\xef\xbb\xbf"a",b\r\nkeep, 1\r\n"go\r\non",2\r\n"keep",\'3\'\r\n,\r\nlast,4'
    left, gone = without_rows(content, "t.csv", lambda cells: cells[0].startswith("go"))
    assert (left, gone) == (content.replace(b'"go\r\non",2\r\n', b""), 1)
    assert without_rows(b"go,b\n", "t.csv", lambda cells: True) == (b"go,b\n", 0)


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_mark_and_text_in_the_codec_are_the_bytes(name: str) -> None:
    content = "a,b\nä,long enough to be told\n".encode(name)
    mark, codec = codec_of(content)
    text, _ = decode(content, "t.csv")
    assert text is not None and mark + text.encode(codec) == content
