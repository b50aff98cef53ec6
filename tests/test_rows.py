"""Bytes to rows: what spreadsheets write is read, or reported with its line; no row vanishes."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evidence.rows import RawTable, parse_rows, read_rows

ROWS = ((2, ("1", "é")), (3, ("2", "x")))


def found(table: RawTable) -> list[tuple[str, int | None, str]]:
    return [(problem.code, problem.line, problem.severity) for problem in table.problems]


@pytest.mark.parametrize(
    "content",
    [
        "a,b\n1,é\n2,x\n".encode(),
        "a,b\r\n1,é\r\n2,x\r\n".encode(),
        "a,b\r1,é\r2,x\r".encode(),
        "a,b\n1,é\n2,x".encode(),
        "\ufeffa,b\n1,é\n2,x\n".encode(),
        "a,b\n1,é\n2,x\n\n\n,\n , \n".encode(),
        "a,b,,\n1,é,,\n2,x,,\n".encode(),
        ' a , b\n" 1 ",é\n2,"x"\n'.encode(),
        "a,b\n1,é\n2,x\n".encode("utf-16"),
        "\ufeffa,b\n1,é\n2,x\n".encode("utf-16-be"),
        "a,b\n1,é\n2,x\n".encode("utf-16-le"),
        "a,b\n1,é\n2,x\n".encode("utf-32"),
    ],
    ids=[
        "utf8",
        "crlf",
        "cr",
        "no-end",
        "bom",
        "trailing-rows",
        "trailing-columns",
        "spaces",
        "utf16",
        "utf16be",
        "utf16-unmarked",
        "utf32",
    ],
)
def test_reads_what_programs_write(content: bytes) -> None:
    table = parse_rows(content, "t.csv")
    assert (table.header, table.rows, table.problems, table.complete) == (("a", "b"), ROWS, (), True)


@pytest.mark.parametrize(
    ("content", "lines", "warning"),
    [
        (b"a;b\n1;2,5\n", (2,), "delimiter"),
        (b"sep=;\r\na;b\r\n1;2,5\r\n", (3,), "delimiter"),
        (b'"sep=;"\na;b\n1;2,5\n', (3,), "delimiter"),
        (b"a\tb\n1\t2,5\n", (2,), "delimiter"),
        (b'a,b\n1,"2,5"\n', (2,), None),
        (b'sep=,\na,b\n1,"2,5"\n', (3,), None),
    ],
)
def test_other_delimiters(content: bytes, lines: tuple[int, ...], warning: str | None) -> None:
    table = parse_rows(content, "t.csv")
    assert table.header == ("a", "b")
    assert table.rows == tuple((line, ("1", "2,5")) for line in lines)
    assert [problem.code for problem in table.problems] == ([warning] if warning else [])
    assert table.complete


def test_tab_separated_file_is_no_surprise() -> None:
    assert parse_rows(b"a\tb\n1\t2\n", "t.tsv").problems == ()


def test_windows_1252_is_read_with_a_warning_that_shows_it() -> None:
    table = parse_rows("a,b\n1,x\n2,Delgado-Márquez\n".encode("cp1252"), "t.csv")
    assert table.rows[1] == (3, ("2", "Delgado-Márquez"))
    assert found(table) == [("not-utf-8", 3, "warning")]
    assert "Márquez" in table.problems[0].message


def test_line_breaks_inside_quotes_keep_physical_lines() -> None:
    table = parse_rows(b'a,b\n"1\n2\r\n3",x\n4,"y\n\nz"\n5,w\n', "t.csv")
    assert table.lines == (2, 5, 8)
    assert table.rows[0][1] == ("1\n2\r\n3", "x")


@pytest.mark.parametrize(
    ("content", "expected", "kept"),
    [
        (b"", [("empty-file", 1, "error")], ()),
        (b"\n\n,,\n", [("empty-file", 1, "error")], ()),
        (b"sep=;\n", [("delimiter", 1, "warning"), ("empty-file", 1, "error")], ()),
        (b"a,b\n1,2\n3,4,5\n6,7\n", [("row-too-long", 3, "error")], (2, 4)),
        (b"a,b\n1,2,\n", [("row-too-long", 2, "error")], ()),
        (b"a,b\n1\n2,3\n", [("row-too-short", 2, "error")], (3,)),
        (b"a,b\n1,2\na,b\n3,4\n", [("repeated-header", 3, "error")], (2, 4)),
        (b"a,b\n1,2\n,\n3,4\n", [("empty-row", 3, "warning")], (2, 4)),
        (b"a,b,a\n1,2,3\n", [("repeated-column", 1, "error")], (2,)),
        (b"a,,b\n1,2,3\n", [("unnamed-column", 1, "error")], (2,)),
        (b"a,b,\n1,2,3\n", [("unnamed-column", 1, "error")], (2,)),
        (b'a,b\n1,"x\n2,3\n', [("unclosed-quote", 2, "error")], ()),
        (b'a,b\n0,1\n1,"x\n2,"3\n4,5\n', [("unclosed-quote", 3, "error")], (2, 5)),
        (b'a,b\n1,"x"y\n2,3\n', [("unclosed-quote", 2, "error")], (3,)),
        (b"a,b\n1,x\x00y\n", [("control-character", 2, "error")], (2,)),
        (b"a,b\n1,x\x0by\n", [("control-character", 2, "error")], (2,)),
        (b"a,b\x01\n1,2\n", [("control-character", 1, "error")], (2,)),
        ("a,b\n1,x\ufffey\n".encode(), [("control-character", 2, "error")], (2,)),
        ("a,b\né,1\n".encode() + "á,2\n".encode("cp1252"), [("bad-encoding", 3, "error")], ()),
        (b"a,b\n1,\x81\n", [("bad-encoding", 2, "error")], ()),
        (b"\xff\xfea\x00,", [("bad-encoding", 1, "error")], ()),
        (b"PK\x03\x04rest", [("workbook", 1, "error")], ()),
        (b'a,b\n1,"' + b"x" * 200_000 + b"\n", [("unclosed-quote", 2, "error")], ()),
    ],
)
def test_reports_with_the_line(content: bytes, expected: list[tuple[str, int, str]], kept: tuple[int, ...]) -> None:
    table = parse_rows(content, "t.csv")
    assert found(table) == expected
    assert table.lines == kept
    assert table.complete is all(severity == "warning" for _, _, severity in expected)
    assert all(problem.mend and problem.file == "t.csv" for problem in table.problems)


def test_wrong_widths_name_column_and_value() -> None:
    long, short = parse_rows(b"a,b\n1,2,odd\n3\n", "t.csv").problems
    assert "'odd'" in long.message
    assert (short.column, short.place) == ("b", "t.csv:3:b")


def test_files_that_are_not_there(tmp_path: Path) -> None:
    (tmp_path / "arms.csv").write_text("a\n1\n", encoding="utf-8")
    (missing,) = read_rows(tmp_path / "arm.csv").problems
    assert (missing.code, missing.file) == ("missing-file", str(tmp_path / "arm.csv"))
    assert "arms.csv" in missing.mend
    assert [p.code for p in read_rows(tmp_path).problems] == ["is-a-folder"]
    for i in range(9):
        (tmp_path / f"figure{i}.png").touch()
    for name, mend in (("arm.csv", "did you mean arms.csv?"), ("x.y", "its folder holds 10 files of other names")):
        (missing,) = read_rows(tmp_path / name).problems
        assert missing.mend.endswith(mend)
    assert [p.code for p in read_rows(tmp_path / "nowhere" / "x.csv").problems] == ["missing-file"]
    assert [p.code for p in read_rows("bad\0name.csv").problems] == ["unreadable"]
    assert read_rows(tmp_path / "arms.csv").rows == ((2, ("1",)),)


CELLS = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")) | st.sampled_from("\n,;\t\"'"), max_size=8
)


@given(st.lists(st.tuples(CELLS, CELLS, CELLS), max_size=6), st.sampled_from(["\n", "\r\n"]))
def test_round_trip(rows: list[tuple[str, str, str]], end: str) -> None:
    """Every row that a CSV writer writes comes back, outer spaces aside, in its order and on its own line."""
    written = io.StringIO(newline="")
    writer = csv.writer(written, lineterminator=end)
    writer.writerow(("one", "two", "three"))
    writer.writerows(rows)
    table = parse_rows(written.getvalue().encode(), "t.csv")
    stripped = [tuple(cell.strip() for cell in row) for row in rows]
    assert [cells for _, cells in table.rows] == [row for row in stripped if any(row)]
    assert list(table.lines) == sorted(set(table.lines))
    assert table.complete
    assert {problem.code for problem in table.problems} <= {"empty-row"}


@given(st.binary(max_size=60))
def test_never_raises(content: bytes) -> None:
    table = parse_rows(content, "t.csv")
    assert table.header or any(problem.severity == "error" for problem in table.problems)
    assert all(len(cells) == len(table.header) for _, cells in table.rows)


CONFLICT = "a,b\n1,2\n<<<<<<< HEAD\n3,4\n=======\n3,5\n>>>>>>> other\n"


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_a_merge_that_is_not_settled_is_one_problem(end: str) -> None:
    table = parse_rows(CONFLICT.replace("\n", end).encode(), "t.csv")
    assert [(one.code, one.line) for one in table.problems] == [("conflict-markers", 3)]
    assert table.rows == () and not table.complete and "settle the merge" in table.problems[0].mend


def test_a_line_between_two_sides_that_was_left(tmp_path: Path) -> None:
    table = parse_rows(b"a,b\n1,2\n=======\n3,4\n", "t.csv")
    assert [(one.code, one.line) for one in table.problems] == [("conflict-markers", 3)]


def test_a_cell_may_hold_the_same_characters() -> None:
    table = parse_rows(b'a,b\n"text\n=======\n>>> x",<<<<<<<\n', "t.csv")
    assert table.problems == () and len(table.rows) == 1
