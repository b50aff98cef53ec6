"""Single rows of a table change; every other byte stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.errors import DataError
from evidence.kept_rows import KeptTable, read_kept

COLUMNS = ("report_id", "decision", "notes")
TABLES = {
    "plain": b"report_id,decision,notes\na,included,\nb,excluded,x\n",
    "windows": b"report_id,decision,notes\r\na,included,\r\nb,excluded,x\r\n",
    "old mac": b"report_id,decision,notes\ra,included,\rb,excluded,x\r",
    "no last line end": b"report_id,decision,notes\na,included,\nb,excluded,x",
    "byte order mark": b"\xef\xbb\xbfreport_id,decision,notes\na,included,\nb,excluded,x\n",
    "semicolons": b"sep=;\nreport_id;decision;notes\na;included;\nb;excluded;x\n",
    "quoted": b'"report_id","decision","notes"\n"a","included",""\n"b","excluded","x, ""y""\nand more"\n',
    "spaces and empty rows": b"\n report_id , decision,notes\n\na , included ,\n,,\nb,excluded,x\n,,\n\n",
}


def kept(content: bytes, folder: Path) -> KeptTable:
    path = folder / "table.csv"
    path.write_bytes(content)
    return read_kept(path, COLUMNS, "report_id")


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_what_is_not_touched_stays_byte_for_byte(content: bytes, tmp_path: Path) -> None:
    table = kept(content, tmp_path)
    assert table.content() == content
    assert table.edited([]).content() == content
    rows = table.by("report_id")
    assert list(rows) == ["a", "b"]
    text = content.decode("utf-8")
    before = [text[: text.index(row.text)] for row in rows.values()]
    assert [row.line for row in rows.values()] == [part.count(table.newline) + 1 for part in before]
    gone = table.edited([(rows["a"], None)]).content().decode("utf-8")
    assert gone == text.replace(rows["a"].text, "", 1)


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_a_new_row_goes_below_the_last_that_holds_anything(content: bytes, tmp_path: Path) -> None:
    table = kept(content, tmp_path).edited([(None, {"report_id": "c", "notes": "1; 2, 3"})])
    again = kept(table.content(), tmp_path)
    assert [row.cells[0] for row in again.rows if any(row.cells)] == ["a", "b", "c"]
    assert again.values(again.by("report_id")["c"]) == {"report_id": "c", "decision": "", "notes": "1; 2, 3"}
    last = kept(content, tmp_path).by("report_id")["b"].text.rstrip().encode()
    kept_part = content[: content.index(last) + len(last)]
    assert table.content().startswith(kept_part)


def test_a_changed_row_keeps_the_cells_that_are_not_named(tmp_path: Path) -> None:
    table = kept(TABLES["quoted"], tmp_path)
    changed = table.edited([(table.by("report_id")["a"], {"decision": "excluded"})])
    assert changed.content() == TABLES["quoted"].replace(b'"a","included",""', b"a,excluded,")


def test_a_column_that_a_cell_needs_is_added_to_every_row(tmp_path: Path) -> None:
    table = kept(TABLES["windows"], tmp_path)
    wide = table.edited([(None, {"report_id": "c", "version": "2", "stage": ""})])
    assert wide.content() == (b"report_id,decision,notes,version\r\na,included,,\r\nb,excluded,x,\r\nc,,,2\r\n")


def test_a_table_that_is_not_there_begins_with_its_header(tmp_path: Path) -> None:
    table = read_kept(tmp_path / "none.csv", COLUMNS, "report_id")
    assert table.edited([(None, {"report_id": "a"})]).content() == b"report_id,decision,notes\na,,\n"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"report_id,notes\na,\xff\n", "bad-encoding"),
        (b"id,notes\na,\n", "missing-column"),
        (b'report_id,notes\na,"x\n', "unclosed-quote"),
        (b'report_id,notes\na,"x"y\n', "unclosed-quote"),
        (b"", "empty-file"),
    ],
)
def test_a_table_that_cannot_be_kept_is_refused(content: bytes, code: str, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        kept(content, tmp_path)
    assert [problem.code for problem in caught.value.problems] == [code]


cells = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Zs", "Zl", "Zp")), max_size=5).map(
    str.strip
)


@given(st.lists(st.tuples(cells, cells), max_size=5), st.tuples(cells, cells))
def test_rows_that_were_added_are_read(rows: list[tuple[str, str]], new: tuple[str, str]) -> None:
    table = read_kept(Path("does-not-exist"), ("report_id", "notes"), "report_id")
    named = [{"report_id": f"r{i}{first}", "notes": second} for i, (first, second) in enumerate([*rows, new])]
    for row in named:
        table = table.edited([(None, row)])
    assert [table.values(row) for row in table.rows] == named
