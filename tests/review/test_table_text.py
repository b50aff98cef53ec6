"""CSV tables written back: rows that nobody touched keep their bytes, whatever they look like."""

from __future__ import annotations

from pathlib import Path

import pytest

from evidence.errors import DataError
from evidence.review.table_text import read_table_text, rewritten

ODD = 'a,b,c\r\n1, "x" ,\r\n"2","two\r\nlines",z\r\n\r\n3,,"q""q"\r\n'


def table(folder: Path, text: str | bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


@pytest.mark.parametrize(
    "text",
    [
        "a,b\n1,2\n",
        "a,b\n1,2",
        "a,b\n",
        "a;b\n1;2\n",
        'a,b\n"1","2"\n\n\n',
        "\ufeffa,b\r\n1,é\r\n",
        "a,b,,\n1,2,,\n",
        "sep=;\na;b\n1;2\n",
        "a,b\r1,2\r",
    ],
)
def test_all_rows_as_they_are_are_the_file(tmp_path: Path, text: str) -> None:
    path = table(tmp_path, text)
    found = read_table_text(path)
    content, lines = rewritten(found, found.header, list(range(len(found.rows))))
    assert content == path.read_bytes() and lines == found.lines


def test_a_changed_row_is_written_and_the_others_keep_their_bytes(tmp_path: Path) -> None:
    found = read_table_text(table(tmp_path, ODD.replace(' "x" ', " x ")))
    assert found.rows == (("1", "x", ""), ("2", "two\nlines", "z"), ("3", "", 'q"q'))
    content, lines = rewritten(found, found.header, [0, {"a": "2", "b": "n,w"}, 2, {"a": "4"}])
    assert content.decode() == 'a,b,c\r\n1, x ,\r\n2,"n,w",\r\n3,,"q""q"\r\n4,,\r\n'
    assert lines == (2, 3, 4, 5)


def test_rows_can_go_and_come_at_the_end_of_a_file_without_line_end(tmp_path: Path) -> None:
    found = read_table_text(table(tmp_path, "a,b\n1,2\n3,4"))
    assert rewritten(found, found.header, [1, {"a": "5"}])[0] == b"a,b\n3,4\n5,\n"
    assert rewritten(found, found.header, [])[0] == b"a,b\n"


def test_a_row_below_the_last_stands_above_the_empty_lines(tmp_path: Path) -> None:
    found = read_table_text(table(tmp_path, "a,b\n1,2\n\n\n"))
    assert rewritten(found, found.header, [0, {"a": "3"}])[0] == b"a,b\n1,2\n3,\n\n\n"


def test_a_new_column_goes_to_the_end_of_every_row(tmp_path: Path) -> None:
    found = read_table_text(table(tmp_path, "a;b\n1;2\n"))
    assert rewritten(found, ("a", "b", "c"), [0, {"c": "x;y"}])[0] == b'a;b;c\n1;2;\n;;"x;y"\n'


def test_no_file_is_an_empty_table_and_gets_its_header(tmp_path: Path) -> None:
    found = read_table_text(tmp_path / "none.csv")
    assert not found.exists
    assert rewritten(found, ("a", "b"), [{"b": "1"}]) == (b"a,b\n,1\n", (2,))


def test_rows_that_cannot_be_read_are_problems_with_their_line(tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        read_table_text(table(tmp_path, "a,b\n1,2,3\n"))
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("row-too-long", 2)]
