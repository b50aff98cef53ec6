"""A table as LaTeX: booktabs, caption and label, footnotes below; long ones go over pages with their header.

Letters of Latin scripts are left as they are (pdfTeX with T1 fonts has them); Greek letters and signs become commands;
for anything else the file says that it needs LuaLaTeX or XeLaTeX.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import ceil
from unicodedata import category, normalize
from urllib.parse import quote

from .table import Align, Cell, Table
from .widths import shared

#: Letters of a line of text, about: what is wider has columns of fixed width.
LINE = 92
#: What stands between two columns, in letters.
BETWEEN = 2
#: Letters of the longest words of all columns, beyond which a page across is better.
ACROSS = 115
#: Tables of more lines may be broken over pages.
MOST_LINES = 40
ALIGNS: Mapping[Align, str] = {"left": "l", "right": "r", "center": "c"}
RAGGED: Mapping[Align, str] = {"left": r"\raggedright", "right": r"\raggedleft", "center": r"\centering"}

SPECIAL: Mapping[str, str] = {
    **{mark: f"\\{mark}" for mark in "&%$#_{}"},
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    "<": r"\textless{}",
    ">": r"\textgreater{}",
    "|": r"\textbar{}",
    '"': r"\textquotedbl{}",
    "`": r"\textasciigrave{}",
    # After the end of a row it would open an option.
    "[": "{[}",
    "]": "{]}",
    "\u00a0": "~",
    "–": "--",
    "—": "---",
    "‘": "`",
    "’": "'",
    "“": "``",
    "”": "''",
    "…": r"\ldots{}",
    "•": r"\textbullet{}",
    "€": r"\texteuro{}",
    "\u2010": "-",
    "\u2011": "-",
}
_GREEK = (
    "α alpha β beta γ gamma δ delta ε varepsilon ζ zeta η eta θ theta ι iota κ kappa λ lambda μ mu ν nu ξ xi π pi ρ rho"
    " σ sigma ς varsigma τ tau υ upsilon φ varphi χ chi ψ psi ω omega Γ Gamma Δ Delta Θ Theta Λ Lambda Ξ Xi Π Pi"
    " Σ Sigma Υ Upsilon Φ Phi Ψ Psi Ω Omega"
)
_SIGNS = (
    "− - × times ± pm ≥ geq ≤ leq ≠ neq ≈ approx ∞ infty → rightarrow ← leftarrow ↔ leftrightarrow · cdot ÷ div √ surd"
    " ² ^2 ³ ^3 ¹ ^1 ⁰ ^0 ⁴ ^4 ° ^{\\circ} µ mu ∼ sim ¬ neg ∈ in"
)
#: Letters and signs that are set as mathematics.
MATHS: Mapping[str, str] = {
    sign: f"\\ensuremath{{{name if name[0] in '-^' else chr(92) + name}}}"
    for words in (_GREEK.split(), _SIGNS.split())
    for sign, name in zip(words[::2], words[1::2], strict=True)
}
#: Greek letters that look like Latin ones have no command.
LATIN_LOOKING = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΧο", "ABEZHIKMNOPTXo", strict=True))
#: Stands between letters that would become one sign; no text holds it.
APART = "\0"
LETTERS = {**SPECIAL, **MATHS, **LATIN_LOOKING, APART: "{}"}
_LIGATURES = re.compile(r"([-',])(?=\1)")
#: T1 fonts have the letters up to here.
LAST_OF_T1 = 0x17F


def to_latex(table: Table) -> str:
    """The printed table as a file to be read into a document; its first lines say what the document must load."""
    table = table.printed
    fractions = _fractions(table)
    is_long = _lines(table, fractions) > MOST_LINES
    body = _long(table, fractions) if is_long else _floating(table, fractions)
    return "\n".join([*_remarks(table, is_long), *body]) + "\n"


def escape_latex(text: str) -> str:
    """Text that LaTeX prints as it is, on one line."""
    seen = "".join(letter for letter in normalize("NFC", text) if letter in " \t\r\n" or not _is_unseen(letter))
    line = re.sub(r"[ \t\r\n]+", " ", seen).strip()
    return "".join(LETTERS.get(letter, letter) for letter in _LIGATURES.sub(f"\\1{APART}", line))


def beyond_pdftex(text: str) -> str:
    """Characters that only LuaLaTeX and XeLaTeX can print, each once."""
    letters = dict.fromkeys(normalize("NFC", text))
    return "".join(one for one in letters if ord(one) > LAST_OF_T1 and one not in LETTERS and not _is_unseen(one))


def _is_unseen(letter: str) -> bool:
    return category(letter) in ("Cc", "Cf", "Cs")


def _remarks(table: Table, is_long: bool) -> Iterator[str]:
    """What the document that reads the file in must know."""
    words = _words(table)
    packages = ["booktabs", "array", *["longtable"] * is_long]
    packages += ["hyperref"] * any(cell.href for row in table.rows for cell in row)
    packages += ["textcomp"]
    yield f"% {table.name}: needs \\usepackage{{{','.join(packages)}}} and \\usepackage[T1]{{fontenc}}"
    if any(cell.cites for row in table.rows for cell in row):
        yield "% cites keys of the review's references.bib"
    if letters := beyond_pdftex(words):
        yield f"% needs LuaLaTeX or XeLaTeX, with a font that has {letters}"
    if sum(_longest_word(table, i) for i in range(len(table.columns))) > ACROSS:
        yield "% wide: best on a page across (pdflscape)"


def _words(table: Table) -> str:
    texts = [table.caption, *table.footnotes, *(column.heading for column in table.columns)]
    return "".join([*texts, *(cell.text for row in table.rows for cell in row)])


def _floating(table: Table, fractions: tuple[float, ...]) -> Iterator[str]:
    """A table that stays whole."""
    yield r"\begin{table}[htbp]"
    yield r"\footnotesize\setlength{\tabcolsep}{4pt}"
    yield _caption(table)
    yield rf"\begin{{tabular}}{{{_columns(table, fractions)}}}"
    yield from (r"\toprule", _heads(table), r"\midrule", *_rows(table), r"\bottomrule", r"\end{tabular}")
    yield from (rf"\par\smallskip {escape_latex(note)}" for note in table.footnotes)
    yield r"\end{table}"


def _long(table: Table, fractions: tuple[float, ...]) -> Iterator[str]:
    """A table that is broken over pages, its header on each."""
    yield r"{\footnotesize\setlength{\tabcolsep}{4pt}"
    yield rf"\begin{{longtable}}{{{_columns(table, fractions)}}}"
    yield _caption(table) + r" \\"
    yield from (r"\toprule", _heads(table), r"\midrule", r"\endfirsthead")
    yield rf"\multicolumn{{{len(table.columns)}}}{{l}}{{Table \thetable{{}}, continued}} \\"
    yield from (r"\toprule", _heads(table), r"\midrule", r"\endhead")
    yield from (r"\bottomrule", r"\endfoot", r"\bottomrule", r"\endlastfoot")
    yield from _rows(table)
    yield r"\end{longtable}"
    yield from (rf"\noindent {escape_latex(note)}\par" for note in table.footnotes)
    yield "}"


def _caption(table: Table) -> str:
    label = re.sub(r"[^A-Za-z0-9:.-]+", "-", table.name)
    return rf"\caption{{{escape_latex(table.caption)}}}\label{{tab:{label}}}"


def _heads(table: Table) -> str:
    return _row([rf"\textbf{{{escape_latex(column.heading)}}}" for column in table.columns])


def _rows(table: Table) -> Iterator[str]:
    return (_row([_cell(cell) for cell in row]) for row in table.rows)


def _row(cells: list[str]) -> str:
    return " & ".join(cells) + r" \\"


def _cell(cell: Cell) -> str:
    text = escape_latex(cell.text)
    if cell.href:
        text = rf"\href{{{_address(cell.href)}}}{{{text}}}"
    return text + (rf"~\cite{{{','.join(cell.cites)}}}" if cell.cites else "")


def _address(href: str) -> str:
    """An address as the argument of a command inside a table."""
    written = quote(href, safe=":/?#@!$&'()*+,;=%-._~")
    return re.sub(r"([%#&_$])", r"\\\1", written).replace("~", r"\string~")


def _columns(table: Table, fractions: tuple[float, ...]) -> str:
    """As wide as their text, or of these fractions of a line."""
    if not fractions:
        return "".join(ALIGNS[column.align] for column in table.columns)
    kinds = zip(table.columns, fractions, strict=True)
    return "".join(
        rf">{{{RAGGED[column.align]}\arraybackslash\hspace{{0pt}}}}p{{\dimexpr {part:.3f}\linewidth-2\tabcolsep\relax}}"
        for column, part in kinds
    )


def _fractions(table: Table) -> tuple[float, ...]:
    """Parts of a line for each column; none where all have room as they are."""
    wanted, needed, mean = [], [], []
    for i, column in enumerate(table.columns):
        lengths = [len(row[i].text) for row in table.rows] or [0]
        longest = max(*lengths, len(column.heading))
        wanted.append(float(longest + BETWEEN))
        needed.append(float(_longest_word(table, i) + BETWEEN))
        mean.append(sum(lengths) / len(lengths) + BETWEEN)
    if sum(wanted) <= LINE:
        return ()
    widths = shared(wanted, needed, mean, LINE)
    return tuple(width / LINE for width in widths)


def _lines(table: Table, fractions: tuple[float, ...]) -> int:
    """Lines of all rows, about."""
    if not fractions:
        return len(table.rows)
    room = [part * LINE - BETWEEN / 2 for part in fractions]
    return sum(
        max(ceil(len(cell.text) / width) for cell, width in zip(row, room, strict=True)) or 1 for row in table.rows
    )


def _longest_word(table: Table, i: int) -> int:
    words = [word for row in table.rows for word in row[i].text.split()] + table.columns[i].heading.split()
    return max(map(len, words), default=0)
