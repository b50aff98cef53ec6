"""Where everything of a forest plot stands on its page or pages. Pure: results in, millimetres and strings out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .. import display
from ..columns import Column
from .forest_axis import Axis, axis_ends, axis_of, draw_axis, reference_of, time_unit_of
from .forest_blocks import Block, blocks_of
from .forest_columns import GIVE_WAY, Chosen, choose_columns, lacks_weights, wanted_fields
from .forest_fields import Fields, Headings, Span, cell_lines, indent, is_bold, label_pt, place_fields, too_narrow
from .forest_heads import baselines, cell_text, column_heads
from .forest_marks import Density, draw_marks, draw_prediction, is_cut
from .forest_order import check_years, without_year
from .forest_pages import Limits, Sheet, break_rows, stacked
from .forest_rows import Result, Row, forest_rows, model_rows
from .forest_view import BREAK_FROM, PLAIN, View, sort_key
from .forest_words import Said, alt_text, footnotes, overall_of, subtitle, title, titles
from .forest_writing import Writing, writing_of
from .page import Area, Line, Page, Shape, Text, rectangle
from .pen import Pen
from .style import DEFAULT, Style, compact
from .text import wrapped

#: Height in mm of a row that shows a density.
DENSITY_MM = 9.0
#: Between the pages of a broken figure that is shown as one.
SHEET_GAP = 6.0


@dataclass(frozen=True, slots=True)
class Asked:
    """What a forest plot is asked for: columns left and right, order, view; ``models``: of the same counts."""

    columns: Sequence[str | Column] = ()
    right: Sequence[str | Column] | None = None
    sort: str = "given"
    view: View = PLAIN
    models: bool = False


@dataclass(frozen=True, slots=True)
class ForestLayout:
    """A forest plot placed.

    Attributes:
        page: Everything to draw; of several pages all of them, one below the other. pages: Each page.
        rows: What the rows say. row_y: Middle of each row in mm from the top of its page; None of gaps between pages.
        row_page: On which page each row stands, from 0.
        axes: One of each panel.
        alt: Description for those who can't see it.
    """

    page: Page
    pages: tuple[Page, ...]
    rows: tuple[Row, ...]
    row_y: tuple[float | None, ...]
    row_page: tuple[int, ...]
    axes: tuple[Axis, ...]
    alt: str

    @property
    def plot(self) -> tuple[float, float]:
        """Left and right end of the first axis in mm."""
        return self.axes[0].left, self.axes[0].right

    def x(self, value: float) -> float:
        """Place of a proportion on the first axis."""
        return self.axes[0].at(value)


@dataclass(frozen=True, slots=True)
class _Plan:
    """A forest plot with its columns placed, before any row is."""

    said: Said
    view: View
    style: Style
    fields: Fields
    axes: tuple[Axis, ...]
    blocks: tuple[Block, ...]
    densities: tuple[Density | None, ...]
    under_title: tuple[str, ...]
    feet: tuple[str, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        return self.said.rows


def layout_forest(
    results: Sequence[Result], asked: Asked = Asked(), style: Style = DEFAULT, page_mm: float | None = None
) -> ForestLayout:
    """Place a forest plot.

    Args:
        results: Pooled results, with or without groups: one, several outcomes, or several models of the same counts.
        asked: Columns, order, view.
        style: Sizes and colours.
        page_mm: Height of a printed page, on which more than 60 studies are broken; None: as high as it needs.

    Raises:
        UsageError: an unknown column or word, or more columns than the page is wide.
    """
    plan = _plan(results, asked, style)
    style = plan.style
    lines = [_row_lines(plan, i) for i in range(len(plan.rows))]
    heights = [_row_height(plan, i, lines[i]) for i in range(len(plan.rows))]
    sheets = break_rows(plan.rows, heights, _limits(plan, page_mm))
    pages: list[Page] = []
    row_y: list[float | None] = [None] * len(plan.rows)
    row_page = [0] * len(plan.rows)
    for number, sheet in enumerate(sheets):
        pen = Pen(style)
        _heading(pen, plan, (number, len(sheets)))
        placed = _sheet(pen, plan, sheet, lines, heights)
        if number == len(sheets) - 1:
            _feet(pen, plan)
        pages.append(pen.page())
        for index, y in placed.items():
            row_y[index], row_page[index] = y, number
    page = stacked(pages, SHEET_GAP)
    return ForestLayout(page, tuple(pages), plan.rows, tuple(row_y), tuple(row_page), plan.axes, alt_text(plan.said))


def _plan(results: Sequence[Result], asked: Asked, style: Style) -> _Plan:
    view, overall = asked.view, [overall_of(result) for result in results]
    prediction = view.prediction_as != "none"
    if asked.models:
        rows = model_rows(overall, asked.sort, prediction)
        panels: Sequence[Result] = results[:1]
    else:
        rows, panels = forest_rows(results, asked.sort, prediction), results
    check_years(rows, asked.sort)
    of_panels = [overall_of(result) for result in panels]
    writings = [
        writing_of(view, style, float(p.model.level), time_unit_of(p), max(study.estimate for study in p.studies))
        for p in of_panels
    ]
    rows = tuple(replace(row, label=writings[0].prose(row.label)) if row.kind == "words" else row for row in rows)
    blocks = blocks_of(view)
    chosen = choose_columns(panels, rows, asked.columns, asked.right, writings[0])
    names = tuple(title(pooled) for pooled in of_panels) if len(panels) > 1 else ()
    heads = Headings(writings[0].wording.first, view.spans, names)
    # Several panels and blocks may need the small letters of a narrow page.
    styles = (style, compact(style, style.margin_mm)) if len(panels) > 1 or blocks else (style,)
    fields, gone, style = _fitting(chosen, rows, writings, blocks, heads, styles)
    axes = tuple(
        replace(
            axis_of(axis_ends(view, rows, at, bool(writing.time_unit)), fields.axes[at], pooled.unit, writing, style),
            reference=reference_of(rows, at, asked.models),
            further=view.references,
        )
        for at, (pooled, writing) in enumerate(zip(of_panels, writings, strict=True))
    )
    densities = _densities(results if asked.models else panels, view)
    said = _said(results, asked, rows, axes, writings[0], fields)
    feet = [*footnotes(said), *_further_feet(rows, asked.sort, gone)]
    feet += [note for block in blocks for note in block.notes(rows)]
    feet += ["No weights: this model gives studies none."] if lacks_weights(rows, asked.columns, asked.right) else []
    above, below = (tuple(map(writings[0].prose, lines)) for lines in (subtitle(said), feet))
    return _Plan(said, view, style, fields, axes, blocks, densities, above, below)


def _fitting(
    chosen: Chosen,
    rows: Sequence[Row],
    writings: Sequence[Writing],
    blocks: Sequence[Block],
    heads: Headings,
    styles: Sequence[Style],
) -> tuple[Fields, list[str], Style]:
    """The columns placed, what had to give way, and the style in which they fit."""
    gone: list[str] = []
    for step in range(len(GIVE_WAY) + 1):
        left = chosen.narrowed(step)
        if step and left == chosen.narrowed(step - 1):
            continue
        gone += [GIVE_WAY[step - 1][1]] if step else []
        for style in styles:
            widths = [block.width(style) for block in blocks]
            fields = place_fields(rows, wanted_fields(left, rows, writings, widths), heads, style)
            if fields is not None:
                return fields, gone, style
    wanted = wanted_fields(left, rows, writings, widths)
    raise too_narrow(wanted, lambda look: place_fields(rows, wanted, heads, look) is not None, style)


def _said(
    results: Sequence[Result],
    asked: Asked,
    rows: tuple[Row, ...],
    axes: Sequence[Axis],
    writing: Writing,
    fields: Fields,
) -> Said:
    cut = any(is_cut(axis, entry) for row in rows for axis, entry in zip(axes, row.entries, strict=False))
    factor, suffix = writing.factor, {"percent": " %"}.get(writing.scale, "")
    references = tuple(f"{value * factor:.6g}{suffix}" for value in asked.view.references)
    facts = [f for f in fields.fields if f.wraps]
    return Said(
        tuple(results),
        asked.models,
        rows,
        asked.view.prediction_as,
        cut,
        references,
        blank=any(entry is None for row in rows if row.kind == "study" for entry in row.entries),
        dashes=any(display.DASH in f.cells for f in facts),
    )


def _further_feet(rows: Sequence[Row], sort: str, gone: Sequence[str]) -> list[str]:
    found = []
    lacking = without_year(rows)
    if sort_key(sort)[0] == "year" and lacking:
        found.append(f"Sorted by year; without a year and so last: {', '.join(dict.fromkeys(lacking))}.")
    if gone:
        found.append(f"Left out, as the page is too narrow: {', '.join(gone)}.")
    return found


def _densities(results: Sequence[Result], view: View) -> tuple[Density | None, ...]:
    """The density of the next study's proportion in each result.

    Raises:
        UsageError: one is asked for, and no model knows it.
    """
    if view.prediction_as != "density":
        return (None,) * len(results)
    from ..errors import usage
    from ..pooling.predictive import predictive_density

    overall = [overall_of(result) for result in results]
    found = [predictive_density(pooled) for pooled in overall]
    unknown = [pooled for pooled, density in zip(overall, found, strict=True) if pooled.pi is not None and not density]
    if unknown and not any(found):
        method = unknown[0].pi.method if unknown[0].pi is not None else ""
        raise usage(
            f"a prediction interval of the kind {method!r} has no density here",
            "draw it as a bar or a shade, or ask for another one: --prediction t of a logit model",
            "no-density",
        )
    return tuple(None if d is None else (d[0].tolist(), d[1].tolist()) for d in found)


def _limits(plan: _Plan, page_mm: float | None) -> Limits:
    """What a page holds; all rows where nothing is to be broken."""
    studies = sum(row.kind == "study" for row in plan.rows)
    height = page_mm if page_mm is not None and studies > BREAK_FROM else None
    if height is None:
        return Limits(rows=plan.view.page_rows)
    pen = Pen(plan.style)
    _heading(pen, plan, (0, 2))
    _column_heads(pen, plan)
    top = pen.y
    pen.y = max(draw_axis(pen, axis, pen.y) for axis in plan.axes)
    axes = pen.y - top
    _feet(pen, plan)
    feet = pen.y - top - axes
    return Limits(height - top - axes - plan.style.margin_mm, plan.view.page_rows, feet)


def _heading(pen: Pen, plan: _Plan, number: tuple[int, int]) -> None:
    """Title, numbers and banner; further pages have the title with their number, and the banner."""
    style, said = plan.style, plan.said
    at, pages = number
    pen.title(titles(said) + (f" (page {at + 1} of {pages})" if pages > 1 else ""))
    for line in plan.under_title if at == 0 else ():
        pen.paragraph(line, style.margin_mm, pen.width, style.font_pt, style.muted)
    banners = dict.fromkeys(p.context.banner for p in said.overall if p.context is not None and p.context.banner)
    for banner in banners:
        pen.banner(banner)
    pen.y += 2.0


def _column_heads(pen: Pen, plan: _Plan) -> None:
    fields, style = plan.fields, plan.style
    over, titles = [*fields.spans], [*fields.titles]
    for block, place in zip(plan.blocks, fields.blocks, strict=True):
        lines = wrapped(block.heading, place[1] - place[0] + 0.01, style.font_pt, True)
        (titles or over).append(Span(tuple(lines), *place))
    column_heads(pen, fields.fields, style, fields.first, over, titles)
    for block, place in zip(plan.blocks, fields.blocks, strict=True):
        block.heads(pen, place, pen.y - 2.0)


def _sheet(
    pen: Pen, plan: _Plan, sheet: Sheet, lines: Sequence[list[list[str]]], heights: Sequence[float]
) -> dict[int, float]:
    """Heads, rows, axes and marks of one page; returns the middles of its rows."""
    _column_heads(pen, plan)
    top = pen.y
    if sheet.continued is not None:
        label = f"{plan.rows[sheet.continued].label} (continued)"
        y = baselines([label], pen.y + 0.5 * heights[sheet.continued], plan.style)[0][1]
        pen.texts.append(Text(plan.style.margin_mm, y, label, plan.style.font_pt, plan.style.ink, bold=True))
        pen.y += heights[sheet.continued]
    middles = {}
    striped = False
    for index in sheet.rows:
        middles[index] = pen.y + 0.5 * heights[index]
        _write_row(pen, plan, index, lines[index], heights[index])
        striped = plan.style.stripe is not None and plan.rows[index].kind == "study" and not striped
        if striped:
            _stripe(pen, plan.style, middles[index], heights[index])
    down = max(draw_axis(pen, axis, top) for axis in plan.axes)
    for block, place in zip(plan.blocks, plan.fields.blocks, strict=True):
        block.foot(pen, place, pen.y)
    _marks(pen, plan, middles, heights, (top, pen.y))
    pen.y = down
    return middles


def _stripe(pen: Pen, style: Style, middle: float, height: float) -> None:
    band = rectangle(style.margin_mm, middle - height / 2, style.width_mm - style.margin_mm, middle + height / 2)
    pen.shapes.append(Shape(band, style.stripe, role="stripe"))


def _write_row(pen: Pen, plan: _Plan, index: int, lines: Sequence[Sequence[str]], height: float) -> None:
    """The text of a row; the pen then stands below it."""
    style, row = plan.style, plan.rows[index]
    middle = pen.y + 0.5 * height
    if row.kind == "study" and row.key:
        pen.areas.append(Area(style.margin_mm, pen.y, style.width_mm - style.margin_mm, pen.y + height, row.key))
    pen.y += height
    if row.kind == "rule":
        pen.lines.append(Line(style.margin_mm, middle, style.width_mm - style.margin_mm, middle, style.ink, 0.4))
    bold, x = is_bold(row), style.margin_mm + indent(row)
    colour = style.muted if row.kind == "words" else style.ink
    for line, y in baselines(lines[0], middle, style):
        pen.texts.append(Text(x, y, line, label_pt(row, style), colour, bold=bold))
    for f, cell in zip(plan.fields.fields, lines[1:], strict=True):
        pen.texts += [cell_text(f, line, y, style, bold) for line, y in baselines(cell, middle, style)]


def _row_lines(plan: _Plan, index: int) -> list[list[str]]:
    """The lines of a row's label, then of each cell."""
    return [list(plan.fields.labels[index]), *(cell_lines(f, index, plan.style) for f in plan.fields.fields)]


def _row_height(plan: _Plan, index: int, lines: Sequence[Sequence[str]]) -> float:
    row, style = plan.rows[index], plan.style
    if row.kind in ("gap", "rule"):
        return 0.5 * style.line_mm
    height = max(len(cell) for cell in lines) * style.line_mm + 2 * style.row_pad_mm
    if row.kind == "prediction" and plan.view.prediction_as == "density" and any(plan.densities):
        return max(height, DENSITY_MM)
    return height


def _marks(
    pen: Pen, plan: _Plan, middles: dict[int, float], heights: Sequence[float], reach: tuple[float, float]
) -> None:
    """Marks of all rows on a page, the prediction interval, and the blocks beside the axes."""
    kind, model = plan.view.prediction_as, 0
    sizes = [e.size for row in plan.rows if row.kind == "study" for e in row.entries if e is not None]
    largest = max(sizes, default=1.0) or 1.0
    for at, axis in enumerate(plan.axes):
        model = -1
        for index, row in enumerate(plan.rows):
            model += row.kind == "pooled" and plan.said.models
            entry = row.entries[at] if at < len(row.entries) else None
            if row.kind == "prediction" and entry is not None and (kind == "shade" or index in middles):
                density = plan.densities[model if plan.said.models else at]
                place = reach if kind == "shade" else (middles[index], 0.5 * heights[index])
                draw_prediction(pen, entry, place, axis, kind, density)
            elif index in middles:
                draw_marks(pen, row, at, middles[index], axis, largest)
    for block, place in zip(plan.blocks, plan.fields.blocks, strict=True):
        for index, y in middles.items():
            block.draw(pen, plan.rows[index], y, place)


def _feet(pen: Pen, plan: _Plan) -> None:
    for block in plan.blocks:
        block.key(pen)
    pen.feet(plan.feet)
