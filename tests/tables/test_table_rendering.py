"""Tables as CSV and Markdown: values at full precision, and text that can't break out of its cell."""

from __future__ import annotations

import csv
import io

import pandas as pd
import pytest

from evidence.tables.rendering import escape_markdown, markdown_link, to_csv, to_markdown
from evidence.tables.table import Cell, Table, TableColumn, cell, missing, plain, term


def table() -> Table:
    columns = (
        TableColumn("study", "Study"),
        TableColumn("shown", "Counts", "right", where="page"),
        TableColumn("estimate", "Estimate", "right"),
        TableColumn("events", "Events", where="csv"),
    )
    rows = (
        (Cell('A|B "x"\nβ <i>', 'A|B "x"\nβ <i>', None, ("k1",)), Cell("1/3"), Cell("33 %", 1 / 3), Cell("", 1)),
        (Cell("C", "C", "https://example.org/a b"), Cell("–"), Cell("–"), Cell("", None)),
    )
    return Table("t", "A & *B*", columns, rows, ("A note_.",))


def test_csv_keeps_every_digit_and_leaves_out_what_is_only_printed() -> None:
    rows = list(csv.reader(io.StringIO(to_csv(table()))))
    assert rows[0] == ["study", "estimate", "events"]
    assert rows[1] == ['A|B "x"\nβ <i>', repr(1 / 3), "1"]
    assert rows[2] == ["C", "", ""]


def test_markdown_has_one_row_per_line_and_escapes_its_own_signs() -> None:
    text = to_markdown(table(), lambda keys: f" ({', '.join(keys)})")
    lines = text.splitlines()
    assert lines[0] == "**A &amp; \\*B\\***"
    assert lines[2] == "| Study | Counts | Estimate |"
    assert lines[4] == '| A\\|B "x" β \\<i\\> (k1) | 1/3 | 33 % |'
    assert lines[5].startswith("| [C](<https://example.org/a%20b>)")
    assert lines[-1] == "- A note\\_."


@pytest.mark.parametrize("address", ["https://e.org/a>b", "https://e.org/a)b", "https://e.org/\\"])
def test_an_address_cannot_break_out_of_its_link(address: str) -> None:
    link = markdown_link("text", address)
    assert link.startswith("[text](<") and link.endswith(">)") and link.count(">") == 1


def test_a_row_of_the_wrong_width_is_a_defect() -> None:
    with pytest.raises(ValueError, match="2 cells for 1 columns"):
        Table("t", "c", (TableColumn("a", "A"),), ((Cell("1"), Cell("2")),))


@pytest.mark.parametrize("value", [None, "", pd.NA, float("nan")])
def test_every_kind_of_missing_is_one_dash(value: object) -> None:
    assert missing(value) and plain(value) is None
    assert cell(value).text == "–" and cell(value).value is None


def test_zero_is_not_missing() -> None:
    assert cell(0).text == "0" and cell(0).value == 0
    assert cell(0.5).text == "0.5"
    assert term("not_reported").text == "not reported" and term("not_reported").value == "not_reported"


def test_line_breaks_never_reach_markdown() -> None:
    assert escape_markdown("a\r\nb\tc") == "a b c"
