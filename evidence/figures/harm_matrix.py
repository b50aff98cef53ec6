"""The matrix of adverse events: one row for each event, one column for each group of arms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .. import display
from ..harms import HarmCell, HarmCounts, HarmRow, harm_counts
from ..review.groups import NOT_REPORTED_LABEL
from .figure import Figure
from .grid import COLUMN_PAD, Grid, baselines, label_lines, place_grid, rule, sample_key, write_heads, write_label
from .marks import lighter
from .page import Page, Shape, Text, rectangle
from .pen import Pen
from .style import DEFAULT, Style, style_named
from .text import width_mm

if TYPE_CHECKING:
    from ..review.review import Review

#: Option -> what it takes.
ACCEPTS = {"by": ("COLUMN",)}
#: Widest column in mm, indent of an event below its class, room around a box and inside it.
COLUMN_MOST, INDENT, ROUND, INSIDE = 34.0, 2.5, 0.6, 0.9
#: Height in mm of the line of the limits, below the words of a cell.
LIMITS_MM = 1.7
ALL = "All arms"
NO_CLASS = "Class not given"
#: State -> words beside its sample.
STATES = {
    "events": "events/patients observed, exact limits",
    "none": "a report says that there were none",
    "number-not-given": "it happened, number not given (?)",
    "not-reported": "not reported: no report says whether it happened",
}


@dataclass(frozen=True, slots=True)
class HarmLayout:
    """A matrix of adverse events placed.

    Attributes:
        page: Everything to draw.
        counts: What is shown. grid: Its columns, one for each group and one for all arms.
        row_y: Middle of each row of ``counts`` in mm from the top.
        alt: Description for those who can't see it.
        pages: Of a file, where it is taller than paper.
    """

    page: Page
    counts: HarmCounts
    grid: Grid | None
    row_y: tuple[float, ...]
    alt: str
    pages: tuple[Page, ...] = ()


def adverse_event_matrix(
    review: Review, *, style: str | Style = "default", by: str = "", cut: Sequence[float] = (), level: float = 0.95
) -> Figure[HarmLayout]:
    """The adverse events of a review by groups of arms.

    Args:
        review: The review. style: A style or its name.
        by, cut, level: As of ``evidence.harm_counts``.

    Raises:
        UsageError: an unknown column or style, cuts or a level that do not fit, or more groups than the page is wide.
    """
    chosen = style_named(style) if isinstance(style, str) else style
    return Figure(layout_harms(harm_counts(review, by, cut, level), chosen))


def layout_harms(counts: HarmCounts, style: Style = DEFAULT) -> HarmLayout:
    """Place the matrix.

    Raises:
        UsageError: more groups than the page is wide.
    """
    pen = Pen(style)
    pen.title(f"Adverse events by {_lower(counts.heading)}")
    if counts.banner:
        pen.banner(counts.banner)
    pen.y += 1.5
    if not counts.rows:
        pen.paragraph(_nothing(counts), style.margin_mm, pen.width, style.font_pt, style.ink)
        return HarmLayout(pen.page(), counts, None, (), f"Adverse events. {_nothing(counts)}")
    cells = [cell for row in counts.rows for cell in (*row.cells, row.overall)]
    grid, stacked = _grid(counts, cells, style)
    head = pen.y
    pen.texts.append(Text(grid.columns[0][0], pen.y + style.line_mm - 0.8, counts.heading, style.note_pt, style.muted))
    pen.y += style.line_mm
    numbers = write_heads(pen, grid, [*(_capital(group.label) for group in counts.groups), ALL])
    _coverage(pen, grid, counts)
    pen.breaks.heads(head, pen.y)
    middles = _rows(pen, grid, counts, stacked)
    pen.breaks.foot(pen.y, pen.y)
    rule(pen, grid)
    found = {cell.state for cell in cells}
    sample_key(pen, [(_sample(state, style), words) for state, words in STATES.items() if state in found])
    pen.feet([*numbers, *_feet(counts, cells)])
    return HarmLayout(pen.page(), counts, grid, tuple(middles), alt_text(counts), pen.pages())


def _nothing(counts: HarmCounts) -> str:
    told = counts.overall
    return (
        f"Nothing recorded: no adverse event is named in what was read, and no arm of {told.arms} has a count of"
        " patients with any. Silence is not the same as freedom from adverse events. Events are read from"
        " adverse_events.csv."
    )


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _lower(heading: str) -> str:
    """A heading inside a sentence; abbreviations stay as they are."""
    return heading if heading[1:2].isupper() else heading[:1].lower() + heading[1:]


def cell_words(cell: HarmCell) -> tuple[str, str]:
    """Counts of a cell, and its limits; an empty text for what there is not."""
    if cell.state == "not-reported":
        return display.DASH, ""
    counted = [display.count(cell.events, cell.n)] if cell.n else []
    hidden = [f"?/{cell.unnumbered_n}"] if cell.unnumbered else []
    shown = cell.state in ("events", "none")
    limits = display.percent_interval(cell.lower, cell.upper).removesuffix(" %") if shown else ""
    return " + ".join([*counted, *hidden]), limits


def _grid(counts: HarmCounts, cells: Sequence[HarmCell], style: Style) -> tuple[Grid, bool]:
    """The grid, and whether limits stand below the counts instead of beside them."""
    labels = [*(row.term for row in counts.rows), *(label for label, _ in _told(counts))]
    words = [cell_words(cell) for cell in cells]
    around = 2 * (ROUND + INSIDE)
    beside = max(width_mm(_inline(*pair), style.font_pt) for pair in words) + around
    below = max(max(width_mm(a, style.font_pt), width_mm(b, style.note_pt)) for a, b in words) + around
    columns = len(counts.groups) + 1
    room = style.width_mm - 2 * style.margin_mm
    if columns * beside + 0.3 * room <= room:
        return place_grid(style, labels, columns, beside, COLUMN_MOST), False
    return place_grid(style, labels, columns, max(below, _told_width(counts, style)), COLUMN_MOST), True


def _inline(count: str, limits: str) -> str:
    return f"{count} ({limits})" if limits else count


def _told(counts: HarmCounts) -> tuple[tuple[str, list[str]], ...]:
    groups = (*counts.groups, counts.overall)
    return (
        ("Arms that say anything", [f"{group.telling} of {group.arms}" for group in groups]),
        ("Patients treated in them", [f"{group.observed} of {group.treated}" for group in groups]),
    )


def _told_width(counts: HarmCounts, style: Style) -> float:
    return max(width_mm(text, style.note_pt) for _, texts in _told(counts) for text in texts) + COLUMN_PAD


def _coverage(pen: Pen, grid: Grid, counts: HarmCounts) -> None:
    """How many arms say anything, and how many patients they treated: below the headings."""
    style = pen.style
    for label, texts in _told(counts):
        lines = label_lines(grid, label, style)
        height = len(lines) * style.line_mm
        middle = pen.y + 0.5 * height
        for line, y in baselines(lines, middle, style.line_mm, style.note_pt):
            pen.texts.append(Text(grid.left, y, line, style.note_pt, style.muted))
        if grid.above:
            middle, height = middle + height, height + style.line_mm
        for i, text in enumerate(texts):
            ((_, y),) = baselines([text], middle, style.line_mm, style.note_pt)
            pen.texts.append(Text(grid.middle(i), y, text, style.note_pt, style.muted, "center"))
        pen.y += height
    pen.y += 0.9
    rule(pen, grid)
    pen.y += 0.6


def _rows(pen: Pen, grid: Grid, counts: HarmCounts, stacked: bool) -> list[float]:
    style, middles = pen.style, []
    classed = any(row.organ_class for row in counts.rows)
    before: str | None = None
    headings = [None if row.any_event or not classed else row.organ_class or NO_CLASS for row in counts.rows]
    for row, heading, after in zip(counts.rows, headings, (*headings[1:], None), strict=True):
        if heading and heading != before:
            pen.y += 1.0
            pen.paragraph(heading, grid.left, grid.right - grid.left, style.font_pt, style.muted, bold=True)
            pen.y += 0.6
        before = heading
        middles.append(_row(pen, grid, row, stacked, INDENT if heading else 0.0))
        pen.breaks.row(pen.y, heading if heading and heading == after else "")
    return middles


def _row(pen: Pen, grid: Grid, row: HarmRow, stacked: bool, indent: float) -> float:
    """One event: its words, and a box for each cell; returns its middle."""
    style = pen.style
    lines = label_lines(grid, row.term, style, row.any_event, indent)
    words = (2 if stacked else 1) * style.line_mm
    own, high = len(lines) * style.line_mm, words + LIMITS_MM + 2 * INSIDE + 2 * ROUND
    if grid.above:
        pen.y += own
    else:
        high = max(own + 2 * ROUND, high)
    top, middle = pen.y, pen.y + 0.5 * high
    beside = middle if not grid.above else top - 0.5 * own
    write_label(pen, lines, grid.left + indent, beside, row.any_event)
    for i, cell in enumerate((*row.cells, row.overall)):
        left, right = grid.columns[i]
        box = (left + ROUND, top + ROUND, right - ROUND, top + high - ROUND)
        pen.shapes += _boxes(cell.state, box, style)
        _cell(pen, cell, box, stacked)
    pen.y += high
    return middle


def _boxes(state: str, box: tuple[float, float, float, float], style: Style) -> list[Shape]:
    """Shaded where there were events, half shaded where their number is not given, empty where there were none."""
    corners, tint = rectangle(*box), lighter(style.study, 0.72)
    if state == "events":
        return [Shape(corners, tint, style.study, 0.5, state)]
    if state == "none":
        return [Shape(corners, "white", style.study, 0.5, state)]
    if state == "number-not-given":
        left, top, right, bottom = box
        half = ((left, bottom), (right, top), (right, bottom))
        return [Shape(corners, "white", style.study, 0.5, state), Shape(half, tint, None, 0.5, "part")]
    return []


def _sample(state: str, style: Style) -> list[Shape]:
    if state == "not-reported":
        return [Shape(rectangle(-0.8, -0.12, 0.8, 0.12), style.muted)]
    return _boxes(state, (-2.2, -1.2, 2.2, 1.2), style)


def _cell(pen: Pen, cell: HarmCell, box: tuple[float, float, float, float], stacked: bool) -> None:
    """The words of a cell, and its limits on a line from 0 to 100 %."""
    style, (left, top, right, bottom) = pen.style, box
    count, limits = cell_words(cell)
    middle = 0.5 * (left + right)
    line = cell.state in ("events", "none")
    centre = 0.5 * (top + bottom) - (0.5 * LIMITS_MM if line else 0.0)
    texts = [(count, style.font_pt), (limits, style.note_pt)] if stacked and limits else []
    texts = texts or [(_inline(count, limits), style.font_pt)]
    colour = style.muted if cell.state == "not-reported" else style.ink
    places = baselines([text for text, _ in texts], centre, style.line_mm, style.font_pt)
    for (text, y), (_, size) in zip(places, texts, strict=True):
        pen.texts.append(Text(middle, y, text, size, colour, "center"))
    if not line or cell.lower is None or cell.upper is None:
        return
    start, y = left + 1.5, bottom - 1.4
    wide = right - 1.5 - start
    track = style.faint if cell.state == "none" else "white"
    pen.shapes.append(Shape(rectangle(start, y - 0.1, start + wide, y + 0.1), track, role="track"))
    reach = rectangle(start + cell.lower * wide, y - 0.2, start + cell.upper * wide, y + 0.2)
    pen.shapes.append(Shape(reach, style.study, role="limits"))
    at = start + wide * (cell.events or 0) / cell.n
    pen.shapes.append(Shape(rectangle(at - 0.55, y - 0.55, at + 0.55, y + 0.55), style.study, role="estimate"))


def _feet(counts: HarmCounts, cells: Sequence[HarmCell]) -> list[str]:
    level = f"{100 * counts.level:g}"
    feet = [
        "Counts in the arms that say anything, not rates; groups are not compared. An arm that tells of other events"
        " only is silent about an event, unless its report says that there were no others."
    ]
    if any(cell.n for cell in cells):
        text = f"In brackets or below, in percent, and as a line from 0 to 100 %: exact {level} % limits."
        if any(len(cell.arms) > 1 for cell in cells):
            text += " Where several arms are in one cell, they are counted as one sample."
        feet.append(text)
    feet += [
        f"{row.term}: in the arms that say how many patients had any; single events that other arms tell are not in it."
        for row in counts.rows
        if row.any_event
    ]
    return [*feet, *counts.remarks]


def alt_text(counts: HarmCounts) -> str:
    """The matrix in words."""
    parts = [f"Adverse events by {_lower(counts.heading)}. {counts}"]
    for row in counts.rows:
        named = [(_named(counts, g.label), cell) for g, cell in zip(counts.groups, row.cells, strict=True)]
        said = [f"{label} {_said(cell)}" for label, cell in named if cell.state != "not-reported"]
        silent = [label for label, cell in named if cell.state == "not-reported"]
        if silent:
            said.append(f"nothing said: {', '.join(silent)}")
        parts.append(f"{row.term}: {'; '.join(said)}.")
    return " ".join(parts)


def _named(counts: HarmCounts, label: str) -> str:
    return f"{_lower(counts.heading)} {label}" if label == NOT_REPORTED_LABEL else label


def _said(cell: HarmCell) -> str:
    counted = f"{cell.events} of {cell.n}" if cell.n else ""
    if cell.state in ("events", "none"):
        counted += f" ({display.percent_interval(cell.lower, cell.upper)})"
    hidden = f"an unknown number of {cell.unnumbered_n}" if cell.unnumbered else ""
    return " and ".join(part for part in (counted, hidden) if part)
