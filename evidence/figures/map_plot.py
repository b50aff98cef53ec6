"""The evidence map: which arms there are by two columns, as bubbles, and where there are none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

from .. import display
from ..coverage import Coverage, CoverageCell, evidence_coverage
from ..review.groups import NOT_REPORTED_LABEL
from .figure import Figure
from .glyphs import filled_circle
from .grid import Grid, baselines, label_lines, place_grid, rule, sample_key, write_heads, write_label
from .marks import lighter
from .page import Page, Shape, Text, rectangle
from .pen import Pen
from .style import DEFAULT, Style, style_named
from .text import width_mm, wrapped

if TYPE_CHECKING:
    from ..review.review import Review

#: Option -> what it takes.
ACCEPTS = {"rows": ("COLUMN",), "columns": ("COLUMN",)}
#: Widest column in mm, radius of the largest and of the smallest bubble, room around a cell.
COLUMN_MOST, RADIUS_MOST, RADIUS_LEAST, ROUND = 32.0, 6.5, 0.7, 0.5
NONE_FOUND = "none found"
ALL = "All"


@dataclass(frozen=True, slots=True)
class Bubble:
    """The bubble of one cell: row, column, middle and radius in mm."""

    row: int
    column: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True, slots=True)
class MapLayout:
    """An evidence map placed.

    Attributes:
        page: Everything to draw.
        coverage: What is shown. grid: Its columns, the last one for whole rows. bubbles: One for each cell with arms.
        alt: Description for those who can't see it.
    """

    page: Page
    coverage: Coverage
    grid: Grid
    bubbles: tuple[Bubble, ...]
    alt: str


def evidence_map(
    review: Review, *, style: str | Style = "default", rows: str = "", columns: str = "", split: bool = True
) -> Figure[MapLayout]:
    """The arms of a review by two columns, bubbles by number of patients.

    Args:
        review: The review. style: A style or its name.
        rows, columns: As of ``evidence.evidence_coverage``.
        split: Whether the dark part of a bubble says how many of its patients are in case reports.

    Raises:
        UsageError: an unknown column or style, a column of numbers or lists, or more columns than the page is wide.
    """
    chosen = style_named(style) if isinstance(style, str) else style
    return Figure(layout_map(evidence_coverage(review, rows, columns), chosen, split))


def layout_map(coverage: Coverage, style: Style = DEFAULT, split: bool = True) -> MapLayout:
    """Place the map.

    Raises:
        UsageError: more columns than the page is wide.
    """
    pen = Pen(style)
    pen.title(f"Arms found, by {_lower(coverage.row_heading)} and {_lower(coverage.column_heading)}")
    if coverage.banner:
        pen.banner(coverage.banner)
    pen.y += 1.5
    labels = [coverage.row_heading, *coverage.rows]
    grid = place_grid(style, labels, len(coverage.columns) + 1, _needed(coverage, style), COLUMN_MOST)
    numbers = _heads(pen, grid, coverage)
    largest = max((cell.patients for row in coverage.cells for cell in row), default=1) or 1
    widest = min(RADIUS_MOST, 0.5 * (grid.columns[0][1] - grid.columns[0][0]) - ROUND - 0.4)
    bubbles: list[Bubble] = []
    for i, label in enumerate(coverage.rows):
        bubbles += _row(pen, grid, coverage, (i, _capital(label)), _Look(largest, widest, split))
    _totals(pen, grid, coverage)
    _key(pen, coverage, split)
    pen.feet([*numbers, *_feet(coverage, split)])
    return MapLayout(pen.page(), coverage, grid, tuple(bubbles), alt_text(coverage))


@dataclass(frozen=True, slots=True)
class _Look:
    """Patients of the largest bubble and its radius in mm; whether bubbles are split."""

    largest: int
    widest: float
    split: bool

    def radius(self, patients: int) -> float:
        """Areas in proportion to patients, the smallest kept visible."""
        return max(RADIUS_LEAST, self.widest * sqrt(patients / self.largest))


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(heading: str) -> str:
    return heading if heading[1:2].isupper() else heading[:1].lower() + heading[1:]


def cell_lines(cell: CoverageCell) -> tuple[str, str]:
    """``3 arms``, ``n = 31``."""
    return display.plural(cell.arms, "arm"), f"n = {cell.patients:,}"


def _needed(coverage: Coverage, style: Style) -> float:
    cells = [*(cell for row in coverage.cells for cell in row), *coverage.row_totals, *coverage.column_totals]
    words = NONE_FOUND.split()
    words += [line for cell in (*cells, coverage.total) if cell.arms for line in cell_lines(cell)]
    return max(width_mm(word, style.note_pt) for word in words) + 2 * ROUND + 0.8


def _heads(pen: Pen, grid: Grid, coverage: Coverage) -> list[str]:
    """Headings; what the rows are stands before them, or in the first line where rows have lines of their own."""
    style = pen.style
    across, down = coverage.column_heading, coverage.row_heading
    text = f"{across}, by {_lower(down)}" if grid.above else across
    pen.paragraph(text, grid.columns[0][0], grid.right - grid.columns[0][0], style.note_pt, style.muted)
    numbers = write_heads(pen, grid, [*(_capital(label) for label in coverage.columns), ALL])
    if not grid.above:
        lines = wrapped(down, grid.label, style.note_pt)
        for i, line in enumerate(lines):
            y = pen.y - 1.2 - (len(lines) - 1 - i) * style.line_mm
            pen.texts.append(Text(grid.left, y, line, style.note_pt, style.muted))
    rule(pen, grid)
    return numbers


def _row(pen: Pen, grid: Grid, coverage: Coverage, named: tuple[int, str], look: _Look) -> list[Bubble]:
    """One row of cells; returns its bubbles."""
    style, (i, label) = pen.style, named
    cells, words = coverage.cells[i], 2 * style.line_mm
    lines = label_lines(grid, label, style)
    most = max((look.radius(cell.patients) for cell in cells if cell.arms), default=0.0)
    high = max(2 * most + 0.8, 2.0) + words + 2 * ROUND + 0.8
    if grid.above:
        pen.y += 0.8 + len(lines) * style.line_mm
        write_label(pen, lines, grid.left, pen.y - 0.5 * len(lines) * style.line_mm)
    else:
        high = max(high, len(lines) * style.line_mm + 2 * ROUND)
        write_label(pen, lines, grid.left, pen.y + 0.5 * high)
    top, found = pen.y, []
    for j, cell in enumerate(cells):
        left, right = grid.columns[j]
        box = rectangle(left + ROUND, top + ROUND, right - ROUND, top + high - ROUND)
        if not cell.arms:
            pen.shapes.append(Shape(box, "white", style.faint, 0.5, "empty"))
            _centred(pen, _none_lines(grid, style), grid.middle(j), top + 0.5 * high, style.muted)
            continue
        pen.shapes.append(Shape(box, lighter(style.study, 0.9), None, 0.5, "cell"))
        y = top + ROUND + 0.5 * (high - words - 2 * ROUND - 0.8) + 0.2
        bubble = Bubble(i, j, grid.middle(j), y, look.radius(cell.patients))
        pen.shapes += _bubble(cell, bubble, style, look.split)
        _centred(pen, cell_lines(cell), grid.middle(j), top + high - ROUND - 0.6 - 0.5 * words, style.ink)
        found.append(bubble)
    _total(pen, coverage.row_totals[i], grid.middle(len(cells)), top + 0.5 * high)
    pen.y += high
    return found


def _bubble(cell: CoverageCell, bubble: Bubble, style: Style, split: bool) -> list[Shape]:
    share = cell.single_patients / cell.patients if split else 0.0
    return filled_circle(bubble.x, bubble.y, bubble.radius, share, style.study, lighter(style.study, 0.6))


def _none_lines(grid: Grid, style: Style) -> Sequence[str]:
    return wrapped(NONE_FOUND, grid.columns[0][1] - grid.columns[0][0] - 2 * ROUND - 0.6, style.note_pt)


def _centred(pen: Pen, lines: Sequence[str], x: float, middle: float, colour: str) -> None:
    style = pen.style
    for line, y in baselines(lines, middle, style.line_mm, style.note_pt):
        pen.texts.append(Text(x, y, line, style.note_pt, colour, "center"))


def _total(pen: Pen, cell: CoverageCell, x: float, middle: float) -> None:
    lines = cell_lines(cell) if cell.arms else (display.DASH,)
    _centred(pen, lines, x, middle, pen.style.ink if cell.arms else pen.style.muted)


def _totals(pen: Pen, grid: Grid, coverage: Coverage) -> None:
    """Below the last row: all arms of each column."""
    style = pen.style
    pen.y += 0.6
    rule(pen, grid, 0.4)
    high = 2 * style.line_mm + 1.4
    if grid.above:
        pen.y += style.line_mm
        write_label(pen, [ALL], grid.left, pen.y - 0.3 * style.line_mm, bold=True)
    else:
        write_label(pen, [ALL], grid.left, pen.y + 0.5 * high, bold=True)
    for j, cell in enumerate((*coverage.column_totals, coverage.total)):
        _total(pen, cell, grid.middle(j), pen.y + 0.5 * high)
    pen.y += high
    rule(pen, grid)


def _key(pen: Pen, coverage: Coverage, split: bool) -> None:
    style, total = pen.style, coverage.total
    light = lighter(style.study, 0.6)
    entries: list[tuple[Sequence[Shape], str]] = []
    if split and total.case_reports:
        entries.append((filled_circle(0.0, 0.0, 1.2, 1.0, style.study, light), "patients in case reports"))
    if not split or total.single_patients < total.patients:
        words = "patients in other designs" if split else "patients"
        entries.append((filled_circle(0.0, 0.0, 1.2, 0.0, style.study, light), words))
    if coverage.empty:
        empty = Shape(rectangle(-2.0, -1.2, 2.0, 1.2), "white", style.faint, 0.5)
        entries.append(([empty], f"{NONE_FOUND}: no arm of this kind in the review"))
    sample_key(pen, entries)


def _feet(coverage: Coverage, split: bool) -> list[str]:
    total = coverage.total
    text = (
        f"{display.plural(total.arms, 'arm')} of {display.plural(total.studies, 'study', 'studies')}; n = patients"
        " treated. Areas of the bubbles are in proportion to patients, the smallest kept visible."
    )
    if split:
        text += f" {total.single_patients} of {total.patients} patients are in case reports."
    found = [text]
    if coverage.doubled:
        arms = display.plural(coverage.doubled, "arm")
        found.append(f"Patients of {arms} are counted in another arm already: sums count each patient once.")
    return [*found, "The map shows where there are reports, not whether a treatment works."]


def alt_text(coverage: Coverage) -> str:
    """The map in words."""
    total = coverage.total
    parts = [
        f"Evidence map of {_lower(coverage.row_heading)} by {_lower(coverage.column_heading)}:"
        f" {display.plural(total.arms, 'arm')}, {display.plural(total.patients, 'patient')},"
        f" {total.single_patients} of them in case reports."
    ]
    for i, label in enumerate(coverage.rows):
        said, none = [], []
        for j, cell in enumerate(coverage.cells[i]):
            column = _named(coverage.column_heading, coverage.columns[j])
            if cell.arms:
                counts = f"{display.plural(cell.arms, 'arm')}, {display.plural(cell.patients, 'patient')}"
                said.append(f"{column} {counts}")
            else:
                none.append(column)
        if none:
            said.append(f"none found: {', '.join(none)}")
        parts.append(f"{_capital(_named(coverage.row_heading, label))}: {'; '.join(said)}.")
    return " ".join(parts)


def _named(heading: str, label: str) -> str:
    return f"{_lower(heading)} {label}" if label == NOT_REPORTED_LABEL else label
