"""One cell changed, every other byte as it was."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import DataError
from evidence.review.cell_editing import quoted, read_csv_text, read_text
from evidence.rows import parse_rows

TEXT = '\ufeffid,"name",note\r\n1,"a ""b"", c","two\r\nlines"\r\n\r\n2,,x\r\n'


def test_a_cell_in_a_file_with_quotes_breaks_and_a_mark() -> None:
    table = read_text(TEXT, "t.csv")
    assert table.cells(2) == {"id": "1", "name": 'a "b", c', "note": "two\r\nlines"}
    assert table.with_cell(5, "name", "d, e").text == TEXT.replace("2,,x", '2,"d, e",x')
    assert table.with_cell(2, "note", "").text == TEXT.replace('"two\r\nlines"', "")
    assert table.with_column("new").text == (
        '\ufeffid,"name",note,new\r\n1,"a ""b"", c","two\r\nlines",\r\n\r\n2,,x,\r\n'
    )
    assert table.with_row({"note": "z", "id": "3", "more": "4"}).text.endswith("2,,x,\r\n3,,z,4\r\n")


def test_a_last_line_without_end_and_another_delimiter() -> None:
    assert read_text("a;b\n1;2", "t.csv").with_row({"a": "3", "b": "4;5"}).text == 'a;b\n1;2\n3;"4;5"\n'


def test_columns_emptied_in_a_spreadsheet_stay_behind_a_new_one() -> None:
    assert read_text("a,b,,\n1,2,,\n", "t.csv").with_cell(2, "c", "x").text == "a,b,c,,\n1,2,x,,\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [("a,b\nä,1\n".encode("cp1252"), "not-utf-8"), (b"a,b\n1,2,3\n", "row-too-long"), (b"", "empty-file")],
)
def test_what_cannot_be_changed_in_place(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as error:
        read_csv_text(path)
    assert error.value.problems[0].code == code
    with pytest.raises(DataError):
        read_csv_text(tmp_path / "absent.csv")


cell = st.sampled_from(
    ["", "a", "ä b", ",", '"', '""', 'a"b', '"a"', "a\nb", "a\n\n,b", "a;b", ',"', '",', 'a\n"', '\'"\n"']
)


@given(
    st.lists(st.tuples(cell, cell, cell), min_size=1, max_size=4),
    st.sampled_from(["\n", "\r\n"]),
    st.data(),
)
def test_only_the_cell_changes(rows: list[tuple[str, str, str]], end: str, data: st.DataObject) -> None:
    lines = ["x,y,z", *(",".join(quoted(one, ",") for one in ("k", *row)) for row in rows)]
    table = read_text("".join(f"{line}{end}" for line in ["k," + lines[0], *lines[1:]]), "t.csv")
    i = data.draw(st.integers(0, len(rows) - 1))
    column, value = data.draw(st.sampled_from("xyz")), data.draw(cell)
    changed = table.with_cell(table.raw.lines[i], column, value)
    again = [list(cells) for _, cells in parse_rows(changed.content, "t.csv").rows]
    expected = [["k", *row] for row in rows]
    expected[i]["kxyz".index(column)] = value
    assert again == expected
    line = table.raw.lines[i]
    start, stop = table.spans[line]["kxyz".index(column)]
    assert changed.text[:start] == table.text[:start] and changed.text.endswith(table.text[stop:])
