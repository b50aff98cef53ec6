"""Single cells and rows of a table change; every other byte stays, in whatever way the file is written."""

from __future__ import annotations

import codecs
import io
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.encoding import codec_of, decode
from evidence.errors import DataError
from evidence.kept_rows import Edit, KeptTable, kept_table, new_table, read_kept
from evidence.rows import parse_rows

COLUMNS = ("report_id", "decision", "notes")
TABLES = {
    "plain": b"report_id,decision,notes\na,included,\nb,excluded,x\n",
    "windows": b"report_id,decision,notes\r\na,included,\r\nb,excluded,x\r\n",
    "old mac": b"report_id,decision,notes\ra,included,\rb,excluded,x\r",
    "mixed line ends": b"report_id,decision,notes\r\na,included,\rb,excluded,x\n",
    "no last line end": b"report_id,decision,notes\na,included,\nb,excluded,x",
    "byte order mark": b"\xef\xbb\xbfreport_id,decision,notes\na,included,\nb,excluded,x\n",
    "UTF-16": "report_id;decision;notes\r\na;included;\r\nb;excluded;x é\r\n".encode("utf-16"),
    "Windows-1252": "report_id,decision,notes\r\na,included,\r\nb,excluded,x é\r\n".encode("cp1252"),
    "semicolons": b"sep=;\nreport_id;decision;notes\na;included;\nb;excluded;x\n",
    "tabs": b"report_id\tdecision\tnotes\na\tincluded\t\nb\texcluded\tx\n",
    "quoted": b'"report_id","decision","notes"\n"a","included",""\n"b","excluded","x, ""y""\nand more"\n',
    "spaces and empty rows": b"\n report_id , decision,notes\n\na , included ,\n,,\nb,excluded,x\n,,\n\n",
    "emptied columns": b"report_id,decision,notes,,\na,included,,,\nb,excluded,x,,\n",
    "too short, too long": b"report_id,decision,notes\na,included\nb,excluded,x,y\n",
}
both = pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)


def kept(content: bytes) -> KeptTable:
    return kept_table(content, "t.csv")


def text_of(content: bytes) -> str:
    text, _ = decode(content, "t.csv")
    assert text is not None
    return text


def edited(content: bytes, *edits: Edit) -> bytes:
    return kept(content).edited(edits).content()


@both
def test_what_is_not_touched_stays_byte_for_byte(content: bytes) -> None:
    table = kept(content)
    assert table.content() == content
    assert table.edited([Edit({}, row) for row in table.rows]).content() == content
    rows = table.by("report_id")
    assert list(rows) == ["a", "b"]
    text = text_of(content)
    lines = io.StringIO(text, newline="").readlines()
    assert ["".join(lines[row.line - 1 :]).startswith(row.text) for row in rows.values()] == [True, True]
    gone = table.edited([Edit(None, rows["a"])])
    assert (text_of(gone.content()), gone.lines) == (text.replace(rows["a"].text, "", 1), (0,))


@both
def test_a_new_row_goes_below_the_last_that_holds_anything(content: bytes) -> None:
    found = kept(content).edited([Edit({"report_id": "c", "notes": "1; 2, 3"})])
    again = kept(found.content())
    assert [row.cells[0] for row in again.filled] == ["a", "b", "c"]
    new = again.by("report_id")["c"]
    assert again.values(new) == {"report_id": "c", "decision": "", "notes": "1; 2, 3"}
    assert (new.line,) == found.lines and len(new.cells) == len(again.header.cells)
    last = kept(content).by("report_id")["b"].text.rstrip()
    text = text_of(content)
    assert text_of(found.content()).startswith(text[: text.index(last) + len(last)])


@both
def test_a_new_row_in_between_moves_the_others_down(content: bytes) -> None:
    table = kept(content)
    found = table.edited([Edit({"report_id": "z"}, below=table.header), Edit({}, table.by("report_id")["b"])])
    again = kept(found.content())
    assert [row.cells[0] for row in again.filled] == ["z", "a", "b"]
    assert found.lines == tuple(again.by("report_id")[name].line for name in ("z", "b"))


@both
def test_a_changed_cell_is_all_that_changes(content: bytes) -> None:
    table = kept(content)
    again = kept(table.edited([Edit({"decision": "excluded"}, table.by("report_id")["a"])]).content())
    before, after = table.by("report_id"), again.by("report_id")
    assert after["b"] == before["b"]
    assert after["a"].text.rstrip(",\r\n") == before["a"].text.replace("included", "excluded").rstrip(",\r\n").replace(
        " excluded ", "excluded"
    )


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
    table = kept(content)
    rows = ({"b": "ü, x"}, {"a": "n;1", "c": "has no column here"})
    found = table.edited([Edit(table.own(row)) for row in rows])
    assert found.content() == content + added.encode(codec_of(content)[1])
    assert found.lines == lines
    assert parse_rows(found.content(), "t.csv").lines[-2:] == lines


def test_rows_go_before_the_empty_ones_of_a_spreadsheet() -> None:
    found = kept(b"a,b\r\n1,2\r\n,\r\n,\r\n").edited([Edit({"a": "9"})])
    assert (found.content(), found.lines) == (b"a,b\r\n1,2\r\n9,\r\n,\r\n,\r\n", (3,))


def test_rows_are_taken_out_whole_and_the_others_keep_their_bytes() -> None:
    content = b'\xef\xbb\xbf"a",b\r\nkeep, 1\r\n"go\r\non",2\r\n"keep",\'3\'\r\n,\r\nlast,4'
    row = next(row for row in kept(content).rows if row.cells[0] == "go\non")
    assert edited(content, Edit(None, row)) == content.replace(b'"go\r\non",2\r\n', b"")


QUOTED = '\ufeffid,"name",note\r\n1,"a ""b"", c","two\r\nlines"\r\n\r\n2,,x\r\n'


def test_cells_in_a_file_with_quotes_breaks_and_a_mark() -> None:
    table = kept(QUOTED.encode())
    first, _, second = table.rows
    assert (first.line, second.line) == (2, 5)
    assert table.values(first) == {"id": "1", "name": 'a "b", c', "note": "two\nlines"}

    def after(*edits: Edit) -> str:
        return table.edited(edits).content().decode()

    assert after(Edit({"name": "d, e"}, second)) == QUOTED.replace("2,,x", '2,"d, e",x')
    assert after(Edit({"note": ""}, first)) == QUOTED.replace('"two\r\nlines"', "")
    assert after(Edit({"note": "two\nlines", "id": " 1"}, first)) == QUOTED
    wide = '\ufeffid,"name",note,new\r\n1,"a ""b"", c","two\r\nlines",\r\n\r\n2,,x,\r\n'
    assert table.with_columns(["new"]).content().decode() == wide
    assert after(Edit({"note": "z", "id": "3", "more": "4"})).endswith("2,,x,\r\n3,,z,4\r\n")


def test_a_table_that_quotes_every_name_has_every_new_cell_in_quotes() -> None:
    content = TABLES["quoted"]
    row = kept(content).by("report_id")["a"]
    changed = edited(content, Edit({"decision": "excluded"}, row))
    assert changed == content.replace(b'"included"', b'"excluded"')


def test_rows_of_which_some_are_changed_taken_out_and_added() -> None:
    content = b'a,b,c\r\n1, x ,\r\n"2","two\r\nlines",z\r\n\r\n3,,"q""q"\r\n4,,'
    table = kept(content)
    one, two, _, three, four = table.rows
    edits = [Edit({}, one), Edit({"a": "2", "b": "n,w"}, two), Edit({"a": "5"}, below=two), Edit(None, three)]
    found = table.edited([*edits, Edit({}, four), Edit({"c": "6"})])
    assert found.content() == b'a,b,c\r\n1, x ,\r\n"2","n,w",z\r\n5,,\r\n\r\n4,,\r\n,,6\r\n'
    assert found.lines == (2, 3, 4, 0, 6, 7)


def test_a_column_that_a_cell_needs_is_added_to_every_row() -> None:
    wide = edited(TABLES["windows"], Edit({"report_id": "c", "version": "2", "stage": ""}))
    assert wide == b"report_id,decision,notes,version\r\na,included,,\r\nb,excluded,x,\r\nc,,,2\r\n"


def test_columns_emptied_in_a_spreadsheet_stay_behind_a_new_one() -> None:
    row = kept(b"a,b,,\n1,2,,\n").rows[0]
    assert edited(b"a,b,,\n1,2,,\n", Edit({"c": "x"}, row)) == b"a,b,c,,\n1,2,x,,\n"


def test_what_a_row_lacks_or_has_too_much_gets_into_no_new_column() -> None:
    content = b"a,b\n1\n2,3,4\n"
    assert kept(content).with_columns(["c"]).content() == b"a,b,c\n1\n2,3,,4\n"
    assert edited(content, Edit({"a": "9"}, kept(content).rows[0])) == b"a,b\n9,\n2,3,4\n"


def test_a_row_of_one_empty_cell_is_no_empty_line() -> None:
    content = b"a\n1\n"
    assert edited(content, Edit({"a": ""}, kept(content).rows[0])) == b'a\n""\n'


def test_a_table_that_is_not_there_begins_with_its_header(tmp_path: Path) -> None:
    table = read_kept(tmp_path / "none.csv", COLUMNS, "report_id")
    assert table == new_table(str(tmp_path / "none.csv"), COLUMNS)
    assert table.content() == b"report_id,decision,notes\n"
    assert table.edited([Edit({"report_id": "a"})]).content() == b"report_id,decision,notes\na,,\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"report_id,\xc3\xbc\na,\xff\n", "bad-encoding"),
        (b"id,notes\na,\n", "missing-column"),
        (b'report_id,notes\na,"x\n', "unclosed-quote"),
        (b'report_id,notes\na,"x"y\n', "unclosed-quote"),
        (b"report_id,a,a\n1,2,3\n", "repeated-column"),
        (b"report_id,,a\n1,2,3\n", "unnamed-column"),
        (b"", "empty-file"),
        (b"\n\n", "empty-file"),
    ],
)
def test_a_table_that_cannot_be_kept_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    path = tmp_path / "table.csv"
    path.write_bytes(content)
    with pytest.raises(DataError) as caught:
        read_kept(path, COLUMNS, "report_id")
    assert [problem.code for problem in caught.value.problems] == [code]


def test_a_folder_is_no_table(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="a folder"):
        read_kept(tmp_path, COLUMNS)


def test_a_character_that_the_file_has_no_place_for_is_named() -> None:
    with pytest.raises(DataError, match="the file is Windows-1252, which has no place for 'Ł'"):
        edited(TABLES["Windows-1252"], Edit({"notes": "Łukasz"}))


def test_rows_that_cannot_be_read_are_problems_with_their_line() -> None:
    with pytest.raises(DataError) as caught:
        kept(TABLES["too short, too long"]).sound()
    assert [(one.code, one.line) for one in caught.value.problems] == [("row-too-short", 2), ("row-too-long", 3)]
    assert kept(TABLES["quoted"]).sound().content() == TABLES["quoted"]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "cp1252"])
def test_mark_and_text_in_the_codec_are_the_bytes(name: str) -> None:
    content = "a,b\nä,long enough to be told\n".encode(name)
    mark, codec = codec_of(content)
    assert mark + text_of(content).encode(codec) == content


@dataclass(frozen=True)
class Case:
    """A table as somebody wrote it: its bytes, and each row with cells by column (empty rows have none)."""

    content: bytes
    names: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


VALUE = st.text(st.sampled_from("aé,;\"'\n "), max_size=4).map(str.strip)
ENDS = st.sampled_from(["\n", "\r\n", "\r"])
CODECS = st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp1252"])


def written(cells: Sequence[str], quotes: Sequence[bool], pads: Sequence[str]) -> str:
    """A row as a person or a program writes it: quotes where none are needed, spaces around what has none."""
    needed = [any(mark in cell for mark in ',"\n') for cell in cells]
    return ",".join(
        '"' + cell.replace('"', '""') + '"' if must or may else pad + cell + pad
        for cell, must, may, pad in zip(cells, needed, quotes, pads, strict=True)
    )


@st.composite
def cases(draw: st.DrawFn) -> Case:
    width = draw(st.integers(2, 3))
    names = ("first", "second", "third")[:width]
    row = st.tuples(VALUE.map(lambda cell: f"x{cell}".strip()), *[VALUE] * (width - 1))
    rows: list[tuple[str, ...]] = draw(st.lists(row, max_size=4))
    styles = st.tuples(*[st.booleans()] * width), st.tuples(*[st.sampled_from(["", " "])] * width)
    text = written(names, draw(styles[0]), ("",) * width) + draw(ENDS)
    for one in rows:
        text += draw(st.sampled_from(["", "", "\n", "," * (width - 1) + "\r\n"])) if text[-1] != "\r" else ""
        text += written(one, *map(draw, styles)) + draw(ENDS)
    if draw(st.booleans()):
        text = text.rstrip("\r\n")
    return Case(text.encode(draw(CODECS)), names, tuple(rows))


@given(cases(), st.data())
def test_any_edits_of_any_table_are_read_back_and_touch_nothing_else(case: Case, data: st.DataObject) -> None:
    table = kept(case.content)
    names = case.names
    assert [row.cells for row in table.filled] == list(case.rows)
    new = st.fixed_dictionaries({"second": VALUE.map(lambda cell: f"y{cell}".strip())})
    changes: st.SearchStrategy[dict[str, str] | None] = (
        st.none() | st.just({}) | st.dictionaries(st.sampled_from([*names[1:], "more"]), VALUE, max_size=2)
    )
    edits, expected, touched = list[Edit](), list[dict[str, str]](), set[int]()
    for row in table.filled:
        change = data.draw(changes)
        edits.append(Edit(change, row))
        values = table.values(row)
        if change is not None:
            expected.append({**values, **change})
        if change is None or any(values.get(name, "") != cell for name, cell in change.items()):
            touched.add(row.line)
        if data.draw(st.booleans()):
            edits.append(Edit(data.draw(new), below=row))
            expected.append(dict(edits[-1].cells or {}))
    edits += [Edit(cells) for cells in data.draw(st.lists(new, max_size=2))]
    expected += [dict(one.cells or {}) for one in edits if one.row is None and one.below is None]
    found = table.edited(edits)
    content = found.content()
    read = parse_rows(content, "t.csv")
    columns = (*names, "more") if any(one.cells and one.cells.get("more") for one in edits) else names
    assert read.header == columns
    assert [dict(zip(columns, cells, strict=True)) for _, cells in read.rows] == [
        {name: cells.get(name, "") for name in columns} for cells in expected
    ]
    assert read.lines == tuple(line for line in found.lines if line)
    if columns == names:
        made = {
            line for one, line in zip(edits, found.lines, strict=True) if one.row is None or one.row.line in touched
        }
        before = "".join(row.text for row in (table.header, *table.rows) if row.line not in touched)
        after = "".join(row.text for row in (found.table.header, *found.table.rows) if row.line not in made)
        assert after in (before, before + table.newline)
    assert [row.text for row in kept(content).filled] == [row.text for row in found.table.filled]


def test_line_ends_that_come_together_are_one() -> None:
    table = kept(b"first,second\rx,\n\ny,\n")
    found = table.edited([Edit(None, table.filled[0])])
    assert found.content() == b"first,second\r\ny,\n"
    assert [row.text for row in kept(found.content()).filled] == [row.text for row in found.table.filled] == ["y,\n"]
    assert kept(found.content()).header.text == found.table.header.text
