"""The waterfall: how a pooled proportion came from what one version says to what a later one says, source by source."""

from __future__ import annotations

from dataclasses import dataclass

from .. import display
from ..updates.explained import BLOCKED, ROUNDED, Explained, limits_words, paragraph, points, rounded_apart, thin_words
from ..updates.inclusion import End
from ..updates.steps import Step, steps
from .change_rows import RowWords, frame_of, write_axis, write_heads, write_row
from .figure import Figure
from .marks import key
from .page import Line, Page, Shape, diamond
from .pen import Pen
from .plot import Plot
from .scales import Scale, scale_of
from .style import DEFAULT, Style, style_named

#: Half the height of a bar and of an end in mm; length of the point of a bar.
HALF, END_HALF, POINT = 1.15, 1.5, 1.3
#: Share of a short bar that is its point, so that it is still a bar.
POINT_SHARE = 0.5
HEADS = ("Proportion,\npoints", "Observed,\npoints")
#: Columns that stand back: the observed share.
OBSERVED = (1,)


@dataclass(frozen=True, slots=True)
class WaterfallLayout:
    """A waterfall placed.

    Attributes:
        page: Everything to draw. explained: What is shown. steps: The way, between the two ends.
        row_y: Middle of each row in mm from the top: before, each step, after. plot: Its axis, None without a way.
        alt: Description for those who can't see it. pages: Of a file, where it is taller than paper.
    """

    page: Page
    explained: Explained
    steps: tuple[Step, ...]
    row_y: tuple[float, ...]
    plot: Plot | None
    alt: str
    pages: tuple[Page, ...] = ()


def waterfall(explained: Explained, *, style: str | Style = "default") -> Figure[WaterfallLayout]:
    """The change of one outcome, source by source; where it can't be shared out, why.

    Args:
        explained: The change. style: A style or its name.

    Raises:
        UsageError: an unknown style.
    """
    return Figure(layout_waterfall(explained, style_named(style) if isinstance(style, str) else style))


def layout_waterfall(explained: Explained, style: Style = DEFAULT) -> WaterfallLayout:
    """Place the waterfall."""
    pen = Pen(style)
    before, after = explained.before, explained.after
    pen.title(_title(explained))
    if explained.banner:
        pen.banner(explained.banner)
    pen.y += 1.5
    if before is None or explained.parts is None:
        said = paragraph(explained)
        pen.paragraph(said, style.margin_mm, pen.width, style.font_pt, style.ink)
        pen.feet(())
        return WaterfallLayout(pen.page(), explained, (), (), None, said, pen.pages())
    way = steps(explained)
    levels = {end.ci.level for end in (before, after) if end.ci}
    rows = [_end_words(before, len(levels) > 1), *map(_step_words, way), _end_words(after, len(levels) > 1)]
    frame = frame_of(rows, HEADS, style)
    head = pen.y
    write_heads(pen, frame, "Source", HEADS)
    top = pen.y
    pen.breaks.heads(head, top)
    middles = []
    for row in rows:
        middles.append(write_row(pen, frame, row, OBSERVED))
        pen.breaks.row(pen.y)
    ends = (explained.parts.before, explained.parts.after)
    scale = scale_of([*ends, *(step.end for step in way)], proportion=True, pad=0.1)
    plot = write_axis(pen, frame, top, scale, f"{_capital(after.what)}, %")
    _draw(pen, plot, ends, way, middles)
    key(pen, _samples(way, style))
    pen.feet(_feet(explained, scale))
    return WaterfallLayout(pen.page(), explained, way, tuple(middles), plot, _alt(explained, way), pen.pages())


def _title(explained: Explained) -> str:
    before, after = explained.before, explained.after
    if before is None:
        return f"{after.title}: no earlier version"
    return f"{after.title}: from {before.label} to {after.label}"


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _end_words(end: End, levels_differ: bool) -> RowWords:
    counts = f"{display.count(end.events, end.n)} in {display.plural(end.k, 'study', 'studies')}"
    named = "" if levels_differ else "limits "
    limits = f"; {named}{limits_words(end, levels_differ)}" if end.ci else ""
    shown = (display.percent(end.value, 1), display.percent(end.events / end.n, 1) if end.n else display.DASH)
    return RowWords(_version(end.label), counts + limits, shown, bold=True)


def _version(label: str) -> str:
    return "Now" if label == "now" else f"Version {label}"


def _step_words(step: Step) -> RowWords:
    error = f" ± {points(step.error).removeprefix('+')}" if step.error else ""
    return RowWords(step.name, step.detail, (points(step.change) + error, points(step.observed)))


def _draw(pen: Pen, plot: Plot, ends: tuple[float, float], way: tuple[Step, ...], middles: list[float]) -> None:
    """Ends as diamonds, steps as bars that point where they go, thin lines from one row to the next."""
    style = pen.style
    at = [ends[0], *(step.end for step in way)]
    for value, y, below in zip(at, middles, middles[1:], strict=False):
        x = plot.at_x(value)
        pen.lines.append(Line(x, y, x, below, style.muted, 0.5, dashed=True))
    for value, y in zip(ends, (middles[0], middles[-1]), strict=True):
        x = plot.at_x(value)
        corners = diamond(x - END_HALF, x, x + END_HALF, y, END_HALF)
        pen.shapes.append(Shape(corners, style.pooled, style.pooled, 0.7, "pooled"))
    for step, y in zip(way, middles[1:], strict=False):
        pen.shapes.append(_bar(plot.at_x(step.start), plot.at_x(step.end), y, style))


def _bar(start: float, end: float, y: float, style: Style) -> Shape:
    """A bar that ends in a point: filled where it raises the proportion, open where it lowers it."""
    side = 1 if end >= start else -1
    neck = end - side * min(POINT, POINT_SHARE * abs(end - start))
    corners = ((start, y - HALF), (neck, y - HALF), (end, y), (neck, y + HALF), (start, y + HALF))
    if side > 0:
        return Shape(corners, style.study, style.study, 0.8, "raises")
    return Shape(corners, "white", style.pooled, 0.8, "lowers")


def _samples(way: tuple[Step, ...], style: Style) -> list[tuple[Shape, str]]:
    found = [(_bar(-1.8, 1.8, 0.0, style), "raises the proportion")] if any(s.change > 0 for s in way) else []
    found += [(_bar(1.8, -1.8, 0.0, style), "lowers it")] if any(s.change < 0 for s in way) else []
    return found


def _feet(explained: Explained, scale: Scale) -> list[str]:
    parts = explained.parts
    assert parts is not None
    if not parts.parts:
        return ["Neither counts nor method changed."]
    feet = [
        "Steps are averages over the orders in which the changes can come (Shapley), in percentage points; they add up"
        " to the whole change. Beside them the change of the observed share of all"
        f" {'patients' if explained.after.unit == 'patient' else 'units'}."
    ]
    if rounded_apart(explained):
        feet.append(ROUNDED)
    if scale.low > 0:
        feet.append("The axis does not begin at 0.")
    if not parts.exact:
        feet.append(f"Sampled: {parts.orders} orders; after ± the standard error.")
    if parts.blocked:
        feet.append(BLOCKED)
    if thin := thin_words(parts):
        feet.append(thin)
    return feet


def _alt(explained: Explained, way: tuple[Step, ...]) -> str:
    before, after = explained.before, explained.after
    assert before is not None
    said = [f"Waterfall. {_title(explained)}. {_version(before.label)}: {display.percent(before.value, 1)}."]
    said += [f"{step.name}: {points(step.change)} points." for step in way]
    return " ".join([*said, f"{_version(after.label)}: {display.percent(after.value, 1)}."])
