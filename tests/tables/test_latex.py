"""Tables as LaTeX: nothing of a text is taken for a command, and all of it is there."""

from __future__ import annotations

import re

import pytest

from evidence.tables.latex import LETTERS, beyond_pdftex, escape_latex, to_latex
from evidence.tables.table import Cell, Table, TableColumn


def table(*rows: tuple[Cell, ...], caption: str = "A & B.", notes: tuple[str, ...] = ()) -> Table:
    columns = tuple(TableColumn(f"c{i}", f"Head {i}", "right" if i else "left") for i in range(len(rows[0])))
    return Table("my_table", caption, columns, rows, notes)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("50 % & 3_4 #1 $2 {x}", r"50 \% \& 3\_4 \#1 \$2 \{x\}"),
        ("a\\b~c^d", r"a\textbackslash{}b\textasciitilde{}c\textasciicircum{}d"),
        ("<1 | >99", r"\textless{}1 \textbar{} \textgreater{}99"),
        ("β ≥ 2 µg, τ²", r"\ensuremath{\beta} \ensuremath{\geq} 2 \ensuremath{\mu}g, \ensuremath{\tau}\ensuremath{^2}"),
        ("1–2 — “q” ‘r’", "1--2 --- ``q'' `r'"),
        ("--option '' ,,", "-{}-option '{}' ,{},"),
        ("[0.1, 0.2]", "{[}0.1, 0.2{]}"),
        ('"`?', r"\textquotedbl{}\textasciigrave{}?"),
        ("two\n lines\u00a0%", r"two lines~\%"),
        ("e\u0301 Ö", "é Ö"),
        ("a\x00\u200bb", "ab"),
    ],
)
def test_every_sign_is_printed_as_it_is(text: str, written: str) -> None:
    assert escape_latex(text) == written


def test_no_ascii_sign_is_left_to_tex() -> None:
    for sign in map(chr, range(33, 127)):
        written = escape_latex(f"x{sign}y")
        assert sign.isalnum() or sign in "!'()*+,-./:;=?@" or written != f"x{sign}y", sign
    assert all(letter.count("{") == letter.count("}") for key, letter in LETTERS.items() if key not in "{}")


def test_a_small_table_stays_whole() -> None:
    made = to_latex(table((Cell("one"), Cell("3/4")), (Cell("[two"), Cell("–")), notes=("50 % of it.",)))
    assert made.splitlines() == [
        r"% my_table: needs \usepackage{booktabs,array,textcomp} and \usepackage[T1]{fontenc}",
        r"\begin{table}[htbp]",
        r"\footnotesize\setlength{\tabcolsep}{4pt}",
        r"\caption{A \& B.}\label{tab:my-table}",
        r"\begin{tabular}{lr}",
        r"\toprule",
        r"\textbf{Head 0} & \textbf{Head 1} \\",
        r"\midrule",
        r"one & 3/4 \\",
        r"{[}two & -- \\",
        r"\bottomrule",
        r"\end{tabular}",
        r"\par\smallskip 50 \% of it.",
        r"\end{table}",
    ]


def test_a_long_table_goes_over_pages_with_its_header_and_columns_that_fit() -> None:
    rows = [
        (Cell(f"row {i}", href="https://e.org/a_b%20c#d~e", cites=("k_1", "k2")), Cell("word " * 40)) for i in range(30)
    ]
    made = to_latex(table(*rows, notes=("Note.",)))
    assert made.count(r"\textbf{Head 0}") == 2 and r"\endfirsthead" in made and r"\endlastfoot" in made
    assert r"\href{https://e.org/a\_b\%20c\#d\string~e}{row 7}~\cite{k_1,k2}" in made
    parts = [float(part) for part in re.findall(r"dimexpr ([\d.]+)\\linewidth", made)]
    assert len(parts) == 2 and sum(parts) == pytest.approx(1.0, abs=0.002)
    body = [line for line in made.splitlines() if line.startswith(r"\href")]
    assert len(body) == 30 and all(line.endswith(r"\\") for line in body)
    assert "longtable,hyperref" in made.splitlines()[0] and made.count("{") - made.count("}") == 0


def test_letters_of_other_scripts_ask_for_another_tex() -> None:
    assert beyond_pdftex("Ångström β ≥ Žižek") == ""
    assert beyond_pdftex("漢字 Ж") == "漢字Ж"
    assert "% needs LuaLaTeX or XeLaTeX, with a font that has Ж" in to_latex(table((Cell("Ж"),)))
    assert "LuaLaTeX" not in to_latex(table((Cell("β"),)))
