"""A result on a terminal: complete, honest and readable at any width."""

from __future__ import annotations

import io
from collections.abc import Sequence
from functools import cache

import pytest
from rich.console import Console

from evidence.bare import select_table
from evidence.cli.rendering import plain, show
from evidence.cli.study_table import plot_line, table_rows
from evidence.outcomes import LeftOut
from evidence.pooling import pool
from evidence.pooling.result import Pooled
from evidence.pooling.subgroups import Subgroups
from evidence.review.spreadsheet import parse_bare_table

ROWS = (
    ("Ada 2001 [abstract]", 3, 10, "oral"),
    ("Bo 2002 and others (authors and year not seen in full)", 5, 9, "oral"),
    ("Ödön 2003", 0, 12, "oral"),
    ("Di 2004", 1, 1, "iv"),
    ("Ed 2005", 4, 11, ""),
    ("Flo 2006", 7, 8, ""),
    ("Guy 2007", 2, 3, ""),
)


@cache
def result(rows: tuple[tuple[str, int, int, str], ...] = ROWS, by: str | None = None) -> Pooled | Subgroups:
    lines = ["Study\tEvents\tN\tRoute", *("\t".join(map(str, row)) for row in rows)]
    table = parse_bare_table("\n".join(lines).encode(), "counts.tsv")
    return pool(select_table(table, by=by))


def printed(
    found: Pooled | Subgroups,
    width: int = 100,
    encoding: str = "utf-8",
    left_out: Sequence[LeftOut] = (),
    verbose: bool = False,
) -> str:
    stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="strict", newline="\n")
    console = Console(file=stream, width=width, markup=False, highlight=False, emoji=False)
    show(found, console, left_out, verbose)
    stream.seek(0)
    return stream.read()


def test_the_observed_count_comes_first_then_the_mean_then_the_studies() -> None:
    text = printed(result())
    places = [text.index(part) for part in ("counts", "22 of 54 patients", "Average study (mean)", "Prop.", "Ada 2001")]
    assert places == sorted(places)


@pytest.mark.parametrize("width", [40, 60, 80, 100, 160])
@pytest.mark.parametrize("by", [None, "Route"])
def test_no_line_is_wider_than_the_terminal_and_no_study_is_lost(width: int, by: str | None) -> None:
    text = printed(result(by=by), width)
    assert max(len(line) for line in text.splitlines()) <= width
    assert not [line for line in text.splitlines() if line != line.rstrip()]
    for label, events, n, _ in ROWS:
        assert label.split()[0] in text
        assert f"{events}/{n} " in text
    assert "[abstract]" in text
    assert "…" not in text


def test_ascii_terminals_get_signs_they_can_show() -> None:
    text = printed(result(), encoding="ascii")
    assert "Odon 2003" in text
    assert "---o---" in text
    assert "=#=" in text
    assert "?" not in text
    assert plain("É – ∞") == "E - inf"


def test_a_group_without_a_pooled_value_says_so_and_one_study_shows_itself() -> None:
    found = list(table_rows(result(by="Route")))
    assert [row.label for row in found if row.kind == "group"] == ["Route: oral", "Route: iv", "Route: not reported"]
    assert [row.label for row in found if row.kind == "pooled"] == ["Together (mean)", "Together (mean)"]
    few = printed(result(ROWS[:2]))
    assert "not pooled: counts only" in few
    assert "Average study" not in few
    assert "◆" not in few


def test_groups_are_never_tested_when_too_thin_and_the_text_says_why() -> None:
    text = printed(result(ROWS[:4], by="Route"))
    assert "No test for subgroup differences" in " ".join(text.split())
    assert "not-randomised" in text


def test_one_study_is_shown_with_its_limits_only() -> None:
    text = printed(result(ROWS[:1]))
    assert "nothing is pooled" in text
    assert "Observed" in text
    assert "All studies" not in text


def left(times: int) -> list[LeftOut]:
    return [LeftOut(f"a{i}", f"Arm {i}", "s", 3, "no-outcome", "no count of death") for i in range(times)]


def test_arms_left_out_are_listed_when_few_or_asked_for_and_always_counted() -> None:
    assert "Arm 2: no count of death" in printed(result(), left_out=left(3))
    many = printed(result(), left_out=left(12))
    assert "12 arms left out: 12 without a count of this outcome" in many
    assert "Arm 2" not in many
    assert "Arm 11: no count of death" in printed(result(), left_out=left(12), verbose=True)


def test_a_bare_table_claims_nothing_about_case_reports() -> None:
    assert "case reports" not in printed(result())


def test_the_text_plot_puts_limits_and_point_where_they_are() -> None:
    assert plot_line((0.0, 0.5, 1.0), 11, pooled=False) == "─────■─────"
    assert plot_line((0.2, 0.2, 0.4), 11, pooled=True) == "  ◆━━      "
    assert plot_line(None, 11, pooled=False) == ""
