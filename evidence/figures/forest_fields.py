"""The columns of a forest plot across the page: text fields left and right of each axis, and labels that fit theirs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal

from ..errors import usage
from .forest_rows import Row
from .style import MOST_MM, NARROW_MM, STYLES, Style, of_width
from .text import width_mm, wrapped

Tries = tuple[tuple[float, float, float], ...]
#: Widest label, widest further column and least axis in mm, tried from generous to tight until all have room.
TRIES: Tries = (
    (78.0, 40.0, 64.0),
    (70.0, 34.0, 54.0),
    (62.0, 30.0, 48.0),
    (54.0, 26.0, 42.0),
    (46.0, 22.0, 38.0),
    (38.0, 18.0, 34.0),
    (28.0, 15.0, 34.0),
)
#: The same with several panels or blocks, and on a narrow page.
TRIES_PANELS: Tries = (
    (60.0, 30.0, 46.0),
    (46.0, 24.0, 36.0),
    (38.0, 18.0, 28.0),
    (30.0, 15.0, 24.0),
    (24.0, 13.0, 16.0),
)
TRIES_NARROW: Tries = ((34.0, 22.0, 30.0), (28.0, 18.0, 26.0), (22.0, 14.0, 24.0), (18.5, 12.0, 19.0))
AXIS_MOST = 95.0
#: Wider pages are tried in steps of so many mm, where a mend says how wide one must be.
WIDTH_STEP = 2
#: Room for the rows below the studies, however short the studies' labels are, on a wide and on a narrow page.
LABEL_LEAST, LABEL_LEAST_NARROW = 28.0, 18.5
#: Where further columns may be no wider than this, headings over numbers are broken into lines.
HEADINGS_WRAP_BELOW = 23.0
#: A longer word is broken.
WORD_MOST = 30.0
INDENT = 2.5
#: Between two panels, in widths of the gap between columns.
PANEL_GAP = 2.0
#: Stands between the two numbers of a range and is aligned from row to row.
TO = " to "

Align = Literal["left", "right", "range"]


@dataclass(frozen=True, slots=True)
class Field:
    """One column of text on the page.

    Attributes:
        heading: Above it. align: left, right, or range (``13 to 60``, the ``to`` of all rows in one line).
        cells: Text of each row.
        x, width: Left side and width in mm. split: Where the ``to`` of a range begins, from x.
        wraps: Whether long cells are broken into lines.
        name: Of the column. token: What stands in one line in a range, such as `` to ``.
    """

    heading: str
    align: Align
    cells: tuple[str, ...]
    x: float = 0.0
    width: float = 0.0
    split: float = 0.0
    wraps: bool = False
    name: str = ""
    token: str = TO


@dataclass(frozen=True, slots=True)
class Wanted:
    """Columns to place: those beside the labels, those left and right of each axis, widths of blocks at the right."""

    shared: tuple[Field, ...]
    panels: tuple[tuple[tuple[Field, ...], tuple[Field, ...]], ...]
    blocks: tuple[float, ...] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """All columns from left to right."""
        return (*self.shared, *(f for left, right in self.panels for f in (*left, *right)))

    def each(self, change: Callable[[Field], Field]) -> Wanted:
        """With every column changed."""
        shared = tuple(map(change, self.shared))
        panels = tuple((tuple(map(change, left)), tuple(map(change, right))) for left, right in self.panels)
        return replace(self, shared=shared, panels=panels)


@dataclass(frozen=True, slots=True)
class Span:
    """A heading over several columns: its lines, and from where to where it reaches in mm."""

    lines: tuple[str, ...]
    x0: float
    x1: float


@dataclass(frozen=True, slots=True)
class Fields:
    """All columns placed.

    Attributes:
        fields: From left to right. labels: Lines of each row's label. axes: Ends of each axis in mm.
        first: Lines of the heading of the labels. blocks: Left and right end of each block.
        spans: Headings over several columns; titles: over whole panels.
    """

    fields: tuple[Field, ...]
    labels: tuple[tuple[str, ...], ...]
    axes: tuple[tuple[float, float], ...]
    first: tuple[str, ...] = ("Study",)
    blocks: tuple[tuple[float, float], ...] = ()
    spans: tuple[Span, ...] = ()
    titles: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True)
class Headings:
    """What stands over the columns: over the labels, over neighbouring columns, over each panel."""

    first: str = "Study"
    spans: Mapping[str, Sequence[str]] | None = None
    titles: tuple[str, ...] = ()


def place_fields(rows: Sequence[Row], wanted: Wanted, headings: Headings, style: Style) -> Fields | None:
    """Share the page's width between labels, columns and axes; None where they don't fit."""
    narrow = style.width_mm < NARROW_MM
    panels = len(wanted.panels)
    tries = TRIES_NARROW if narrow else TRIES_PANELS if panels > 1 or wanted.blocks else TRIES
    first = max(width_mm(word, style.font_pt, bold=True) for word in headings.first.split()) + 0.01
    for label_most, text_most, axis_least in tries:
        fitted = _spread(wanted.each(partial(sized, most=text_most, style=style)), headings.spans or {}, style)
        label_wanted = max(_label_wanted(rows, fitted, style), first)
        label = max(min(label_most, label_wanted), first)
        taken = label + style.gap_mm + _breadth(fitted.fields, style)
        taken += sum(block + style.gap_mm for block in fitted.blocks) + (panels - 1) * PANEL_GAP * style.gap_mm
        axis = (style.width_mm - 2 * style.margin_mm - taken) / panels
        if axis >= axis_least:
            label = min(label_wanted, label + (axis - axis_least) * panels)
            return _placed(rows, fitted, label, headings, style)
    return None


def too_narrow(wanted: Wanted, fits: Callable[[Style], bool], style: Style) -> Exception:
    """The error where nothing more can give way: which columns there are, and on what width they would fit.

    Args:
        wanted: The columns that are left. fits: Whether they fit a page. style: Of the page.
    """
    names = [" ".join(f.heading.split()) or f.name for f in wanted.fields]
    count = f"{len(names)} {'column' if len(names) == 1 else 'columns'} beside the labels and the axis"
    found = f"{count} ({', '.join(names)}) don't fit a page {style.width_mm:g} mm wide"
    widths = range(int(style.width_mm) + 1, int(MOST_MM) + 1, WIDTH_STEP)
    needed = next((wide for wide in widths if fits(_wider(style, float(wide)))), None)
    mend = "ask for fewer columns" if needed is None else f"make it {needed} mm wide, or ask for fewer columns"
    return usage(found, mend, "too-many-columns")


def _wider(style: Style, width: float) -> Style:
    """The style on a wider page: from a width on, its letters are no longer the small ones."""
    return of_width(STYLES.get(style.name, style) if width >= NARROW_MM else style, width)


def _breadth(fields: Sequence[Field], style: Style) -> float:
    return sum(f.width + style.gap_mm for f in fields)


def _spread(wanted: Wanted, spans: Mapping[str, Sequence[str]], style: Style) -> Wanted:
    """Columns under one heading are at least as wide as its longest word."""
    for heading, names in spans.items():
        word = max(width_mm(word, style.font_pt, bold=True) for word in heading.split() or [""])
        for side in _sides(wanted):
            under = [f for f in side if f.name in names]
            lacking = word + 0.1 - (_breadth(under, style) - style.gap_mm)
            if under and lacking > 0:
                first = under[0]
                wider = replace(first, width=first.width + lacking, split=first.split + lacking)
                wanted = wanted.each(partial(_exchanged, old=first, new=wider))
    return wanted


def _exchanged(f: Field, old: Field, new: Field) -> Field:
    return new if f is old else f


def _sides(wanted: Wanted) -> list[tuple[Field, ...]]:
    """Runs of columns that no axis parts."""
    runs: list[tuple[Field, ...]] = [wanted.shared]
    for left, right in wanted.panels:
        runs[-1] = (*runs[-1], *left)
        runs.append(right)
    return runs


def _placed(rows: Sequence[Row], wanted: Wanted, label: float, headings: Headings, style: Style) -> Fields:
    """Columns from the left up to the first axis, then from the right end to it; the axes share what is between."""
    gap, panels = style.gap_mm, len(wanted.panels)
    x = style.margin_mm + label + gap
    placed, axes, titles = [], [], []
    for f in wanted.shared:
        placed.append(replace(f, x=x))
        x += f.width + gap
    beside = sum(_breadth((*left, *right), style) for left, right in wanted.panels)
    blocks_wide = sum(block + gap for block in wanted.blocks)
    end = style.width_mm - style.margin_mm - blocks_wide
    axis_wide = (end - x - beside - (panels - 1) * PANEL_GAP * gap) / panels
    # The columns right of a single axis stay at the page's edge, and the axis beside them.
    spare = max(axis_wide - AXIS_MOST, 0.0) if panels == 1 else 0.0
    for i, (left, right) in enumerate(wanted.panels):
        start = x
        for f in left:
            placed.append(replace(f, x=x))
            x += f.width + gap
        axes.append((x + spare, x + axis_wide))
        x += axis_wide + gap
        for f in right:
            placed.append(replace(f, x=x))
            x += f.width + gap
        if headings.titles:
            words = wrapped(headings.titles[i], x - gap - start, style.font_pt, True)
            titles.append(Span(tuple(words), start, x - gap))
        x += (PANEL_GAP - 1) * gap
    blocks, x = [], end + gap
    for block in wanted.blocks:
        blocks.append((x, x + block))
        x += block + gap
    counts = placed[: len(wanted.shared) + len(wanted.panels[0][0])]
    labels = tuple(tuple(_label_lines(rows, i, label, counts, axes[0][0], style)) for i in range(len(rows)))
    spans = _spans(placed, wanted, headings.spans or {}, style)
    first = tuple(wrapped(headings.first, max(label, LABEL_LEAST_NARROW), style.font_pt, True))
    return Fields(tuple(placed), labels, tuple(axes), first, tuple(blocks), spans, tuple(titles))


def _spans(
    placed: Sequence[Field], wanted: Wanted, spans: Mapping[str, Sequence[str]], style: Style
) -> tuple[Span, ...]:
    """Headings over neighbours.

    Raises:
        UsageError: columns that don't stand beside each other, or that the plot does not have.
    """
    runs, at, found = [], 0, []
    for side in _sides(wanted):
        runs.append(placed[at : at + len(side)])
        at += len(side)
    for heading, names in spans.items():
        over = [[i for i, f in enumerate(run) if f.name in names] for run in runs]
        over_there = [(run, where) for run, where in zip(runs, over, strict=True) if where]
        known = {f.name for f in placed}
        lacking = [name for name in names if name not in known]
        whole = all(where == list(range(where[0], where[0] + len(where))) for _, where in over_there)
        if lacking or not over_there or not whole or any(len(where) < len(set(names)) for _, where in over_there):
            said = ", ".join(names)
            raise usage(f"{heading!r} can't stand over {said}", "name columns that stand side by side", "span")
        for run, where in over_there:
            x0, x1 = run[where[0]].x, run[where[-1]].x + run[where[-1]].width
            found.append(Span(tuple(wrapped(heading, x1 - x0 + 0.01, style.font_pt, True)), x0, x1))
    return tuple(found)


def sized(f: Field, most: float, style: Style) -> Field:
    """The field with its width: that of its widest cell up to ``most``, and never less than its longest word."""
    if f.align == "range":
        return _sized_range(f, style)

    def width(text: str) -> float:
        return width_mm(text, style.font_pt, bold=True)

    if not f.wraps:
        heads = f.heading.split() if most < HEADINGS_WRAP_BELOW else [f.heading]
        return replace(f, width=max(width(text) for text in (*heads, *f.cells)))
    widest = max(width(text) for text in (f.heading, *f.cells))
    word = min(max(width(word) for text in (f.heading, *f.cells) for word in text.split() or [""]), WORD_MOST)
    room = max(min(widest, most), word) + 0.01
    lines = [line for text in {f.heading, *f.cells} for line in wrapped(text, room, style.font_pt, True)]
    return replace(f, width=max(width(line) for line in lines))


def _sized_range(f: Field, style: Style) -> Field:
    halves = [cell.partition(f.token) for cell in f.cells]
    before = max(width_mm(low, style.font_pt, bold=True) for low, _, _ in halves)
    after = max(width_mm(to + high, style.font_pt, bold=True) for _, to, high in halves)
    heading = max(width_mm(line, style.font_pt, bold=True) for line in _broken_heading(f))
    width = max(before + after, heading)
    return replace(f, width=width, split=before + 0.5 * (width - before - after))


def heading_lines(f: Field, style: Style) -> list[str]:
    """The heading in lines that fit its column."""
    if f.align == "range" and width_mm(f.heading, style.font_pt, bold=True) > f.width + 0.01:
        return [line for line in _broken_heading(f) if line]
    return wrapped(f.heading, f.width + 0.01, style.font_pt, True)


def _broken_heading(f: Field) -> list[str]:
    """``Percent (95 % CI)`` may stand in two lines, as its cells have two parts."""
    before, token, after = f.heading.partition(f.token)
    return [before, f"{token}{after}".strip()]


def _label_wanted(rows: Sequence[Row], wanted: Wanted, style: Style) -> float:
    """Width at which no label is broken. Rows that aren't studies may run on over their empty cells."""
    narrow = style.width_mm < NARROW_MM
    empty = sum(f.width + style.gap_mm for f in wanted.shared if f.wraps)
    studies = [_label_width(row, style) for row in rows if row.kind == "study"]
    others = [_label_width(row, style) - empty for row in rows if row.kind not in ("study", "group", "words")]
    return max([*studies, *others, LABEL_LEAST_NARROW if narrow else LABEL_LEAST])


def _label_width(row: Row, style: Style) -> float:
    return width_mm(row.label, style.font_pt, is_bold(row)) + indent(row) + 0.01


def _label_lines(
    rows: Sequence[Row], index: int, width: float, beside: Sequence[Field], axis_left: float, style: Style
) -> list[str]:
    """A study's label stays in its column; the label of another row runs over the empty cells beside it."""
    row = rows[index]
    if row.kind in ("group", "words"):
        width = axis_left - style.margin_mm - style.gap_mm
    elif row.kind != "study":
        ends = [_text_left(f, f.cells[index], style) for f in beside if f.cells[index]]
        width = max(width, min([*ends, axis_left]) - style.margin_mm - style.gap_mm)
    return wrapped(row.label, width - indent(row), label_pt(row, style), is_bold(row))


def label_pt(row: Row, style: Style) -> float:
    """Size of a row's label: sentences are as small as notes."""
    return style.note_pt if row.kind == "words" else style.font_pt


def _text_left(f: Field, cell: str, style: Style) -> float:
    """Where the text of a cell begins."""
    if f.align == "right":
        return f.x + f.width - width_mm(cell, style.font_pt, True)
    if f.align == "range":
        return f.x + f.split - width_mm(cell.partition(f.token)[0], style.font_pt, True)
    return f.x


def cell_lines(f: Field, index: int, style: Style) -> list[str]:
    """A cell's text in lines that fit its field."""
    return wrapped(f.cells[index], f.width + 0.01, style.font_pt, True) if f.wraps else [f.cells[index]]


def is_bold(row: Row) -> bool:
    """Headings and pooled rows."""
    return row.kind in ("group", "pooled")


def indent(row: Row) -> float:
    """Rows of a group stand in a little."""
    return INDENT if row.level else 0.0
