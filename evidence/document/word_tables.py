"""Tables of a Word file: columns that fit the text, a header row on each page, rows that stay whole."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil

from ..tables.table import Align, Cell, Table
from ..tables.widths import shared
from .word_xml import Writer, paragraph, run

#: Id of the style of every table.
TABLE_STYLE = "EvidenceTable"
#: Twentieths of a point.
TWIPS_PER_MM = 1440 / 25.4
#: Left and right of each cell together.
PADDING_MM = 2.4
SIZES_PT = (8.0, 7.0, 6.0)
#: Widths are measured in DejaVu Sans. Lines of the file's font are narrower; of single words some are, some are not.
NARROWER, WORD, BOLD_WORD = 0.9, 1.0, 0.92
#: Longer words may be broken, in mm for each point of the text.
LONGEST_WORD = 3.5
#: Rows with more lines than this on average are too narrow to be read.
MOST_LINES = 5.0
#: Lower tables stay on one page, in mm; of higher ones the first rows stay together, and the last ones.
LOW_MM = 85.0
TOGETHER = 2
LINE_MM_PER_PT = 0.42


@dataclass(frozen=True, slots=True)
class Fit:
    """How a table stands in a width: its columns in mm, the size of its text, lines of an average row."""

    columns: tuple[float, ...]
    size_pt: float
    lines: float

    @property
    def is_readable(self) -> bool:
        """Whether the text has its full size and rows are not towers."""
        return self.size_pt == SIZES_PT[0] and self.lines <= MOST_LINES


def fit(table: Table, width: float) -> Fit:
    """Columns that fit a width in mm, with the largest of the sizes that no word needs more room than.

    At the smallest size long words are broken where even that is not enough.
    """
    for size in SIZES_PT:
        wanted, needed, mean = _measured(table, size)
        if sum(needed) <= width or size == SIZES_PT[-1]:
            columns = shared(wanted, needed, mean, width)
            return Fit(columns, size, _lines(table, columns, size))
    raise AssertionError("there is a smallest size")


def _measured(table: Table, size: float) -> tuple[list[float], list[float], list[float]]:
    """What each column wants for its longest line, needs for its longest word, and the mean of its lines."""
    wanted, needed, mean = [], [], []
    for i, column in enumerate(table.columns):
        texts = [_text(row[i]) for row in table.rows]
        widths = [_width(text, size) for text in texts] or [0.0]
        words = [_width(word, size, WORD) for text in set(texts) for word in text.split()]
        words += [_width(word, size, BOLD_WORD, bold=True) for word in column.heading.split()]
        need = PADDING_MM + min(max(words, default=0.0), LONGEST_WORD * size)
        needed.append(need)
        wanted.append(max(PADDING_MM + max(widths), PADDING_MM + _width(column.heading, size) / 2, need))
        mean.append(PADDING_MM + sum(widths) / len(widths))
    return wanted, needed, mean


def _lines(table: Table, columns: tuple[float, ...], size: float) -> float:
    """Lines of an average row, about."""
    if not table.rows:
        return 1.0
    heights = [
        max(_width(_text(cell), size) / (column - PADDING_MM) for cell, column in zip(row, columns, strict=True))
        for row in table.rows
    ]
    return sum(ceil(1.05 * height) for height in heights) / len(heights)


def _text(cell: Cell) -> str:
    return cell.text + " [000]" * bool(cell.cites)


def _width(text: str, size: float, factor: float = NARROWER, bold: bool = False) -> float:
    from ..figures.text import width_mm

    return width_mm(text, size, bold) * factor


def table_xml(table: Table, fitted: Fit, writer: Writer) -> str:
    """The rows; caption and footnotes are paragraphs of their own."""
    twips = [round(column * TWIPS_PER_MM) for column in fitted.columns]
    style = text_style(fitted.size_pt)
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in twips)
    heads = (run(column.heading) for column in table.columns)
    aligns = [column.align for column in table.columns]
    height = len(table.rows) * (fitted.lines * fitted.size_pt * LINE_MM_PER_PT + 0.7)
    last = len(table.rows) - 1
    rows = [_row(heads, aligns, twips, style, keep=True, header=True)]
    for i, row in enumerate(table.rows):
        texts = (_cell_runs(cell, writer) for cell in row)
        kept = height < LOW_MM or i < TOGETHER or i > last - TOGETHER
        rows.append(_row(texts, aligns, twips, style, keep=kept and (i < last or bool(table.footnotes))))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="{TABLE_STYLE}"/>'
        f'<w:tblW w:w="{sum(twips)}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        '<w:tblLook w:val="0620" w:firstRow="1" w:lastRow="0" w:firstColumn="0" w:lastColumn="0" w:noHBand="1"'
        f' w:noVBand="1"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>{"".join(rows)}</w:tbl>'
    )


def text_style(size_pt: float) -> str:
    """Id of the style of a table's text of this size."""
    return f"TableText{size_pt:.0f}"


def _row(
    texts: Iterable[str], aligns: Sequence[Align], twips: Sequence[int], style: str, keep: bool, header: bool = False
) -> str:
    """A row that does not split; ``keep`` holds it on the page of the next row."""
    cells = []
    for text, align, width in zip(texts, aligns, twips, strict=True):
        words = paragraph(style, text, keep, "" if align == "left" else f'<w:jc w:val="{align}"/>')
        cells.append(f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{words}</w:tc>')
    repeated = "<w:tblHeader/>" if header else ""
    return f"<w:tr><w:trPr><w:cantSplit/>{repeated}</w:trPr>{''.join(cells)}</w:tr>"


def _cell_runs(cell: Cell, writer: Writer) -> str:
    words = writer.link(cell.text, cell.href) if cell.href else run(cell.text)
    return words + (run(" ") + writer.cites(cell.cites) if cell.cites else "")
