"""Posterior and predictive densities: one panel for each, the prior dashed, the limits shaded."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .. import display
from ..errors import usage
from ..pooling.densities import Density, densities
from ..pooling.rate_result import PooledRate
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from .figure import Figure
from .forest_words import observed_and_model, overall_of, title
from .marks import Look, key, lighter
from .page import Line, Page, Shape, Stroke, rectangle
from .pen import Pen
from .plot import Plot, below_axis
from .scales import Scale, linear_ticks
from .style import Style, style_named
from .text import width_mm

#: Height of a panel, least width of two side by side, and the gap between them, in mm.
HEIGHT, LEAST, GAP = 34.0, 60.0, 9.0
#: A peak in the outermost cells would hide the rest: the axis ends at so many times the height of the inner ones.
PEAK, FEW = 1.6, 6
#: A prior may be so many times as high as the rest before it is cut.
PRIOR = 1.5
#: Dashes of the prior, and dots of the printed value.
BEFORE, PRINTED = (4.0, 2.5), (1.2, 1.4)


@dataclass(frozen=True, slots=True)
class DensitiesLayout:
    """Panels placed.

    Attributes:
        page: Everything to draw. shown: The distributions, as the panels. plots: Their axes. alt: Description.
    """

    page: Page
    shown: tuple[Density, ...]
    plots: tuple[Plot, ...]
    alt: str


def density_plot(
    result: Pooled | Subgroups, *, style: str | Style = "default", prior: bool = True
) -> Figure[DensitiesLayout]:
    """Posterior densities of a Bayesian result with their priors, or the predictive density of another one.

    Args:
        result: A pooled result; of groups all arms together are drawn. style: A style or its name.
        prior: Whether to draw what was assumed before any study, dashed.

    Raises:
        UsageError: an unknown style, rates, or a result that has no such distribution.
    """
    if isinstance(result, PooledRate):
        raise usage("densities of rates can't be drawn", "read their limits with evidence pool", "rates")
    pooled = overall_of(result)
    pen = Pen(style_named(style) if isinstance(style, str) else style)
    shown = densities(pooled)
    pen.title(title(pooled))
    if pooled.context is not None and pooled.context.banner:
        pen.banner(pooled.context.banner)
    pen.y += 0.8
    for line in observed_and_model(pooled):
        pen.paragraph(line, pen.style.margin_mm, pen.width, pen.style.font_pt, pen.style.ink)
    plots = _panels(pen, shown, prior)
    _key(pen, shown, prior)
    pen.feet(list(_words(result, pooled, shown, plots)))
    return Figure(DensitiesLayout(pen.page(), shown, tuple(plots), alt_text(pooled, shown)))


def _panels(pen: Pen, shown: Sequence[Density], prior: bool) -> list[Plot]:
    """Side by side where the page has room, else one below the other."""
    two = len(shown) > 1 and pen.width >= 2 * LEAST + GAP
    width = 0.5 * (pen.width - GAP) if two else pen.width
    plots, bottom = [], pen.y
    for i, density in enumerate(shown):
        right = two and i % 2 == 1
        if not right:
            top = pen.y = bottom
        pen.y = top
        left = pen.style.margin_mm + (width + GAP if right else 0.0)
        plots.append(_panel(pen, density, (left, width), prior))
        bottom = max(bottom, pen.y)
    pen.y = bottom
    return plots


def _panel(pen: Pen, density: Density, across: tuple[float, float], prior: bool) -> Plot:
    """Heading, numbers, curve and axis of one distribution."""
    style, (left, width) = pen.style, across
    pen.y += 2.5
    pen.paragraph(density.label, left, width, style.font_pt, style.ink, bold=True)
    pen.paragraph(printed(density), left, width, style.note_pt, style.muted)
    before = prior_heights(density) if prior else []
    top, scale = pen.y + 1.5, x_scale(density)
    # The last number of the axis is centred on its end.
    end = left + width - max(0.5 * width_mm(scale.ticks[-1][1], style.note_pt) - 0.5 * style.margin_mm, 0.0)
    plot = Plot(left, end, top, top + HEIGHT, scale, Scale(0.0, highest(density, before)))
    for value, _ in plot.x.ticks:
        at = plot.at_x(value)
        pen.lines.append(Line(at, plot.top, at, plot.bottom, style.faint, 0.4))
    _fill(pen, plot, density)
    if before:
        _curve(pen, plot, density, before, Look(style.muted, BEFORE))
    _curve(pen, plot, density, list(density.density), Look(style.study))
    if density.middle is not None:
        at = plot.at_x(density.middle)
        pen.strokes.append(Stroke(((at, plot.top), (at, plot.bottom)), style.pooled, 1.2, PRINTED))
    pen.lines.append(Line(plot.left, plot.bottom, plot.right, plot.bottom, style.ink, 0.7))
    pen.y = plot.bottom
    below_axis(pen, plot, "tau, on the logit" if density.what == "tau" else "Proportion, %")
    return plot


def x_scale(density: Density) -> Scale:
    """The axis of a panel: percent, or values of tau."""
    low, high = float(density.edges[0]), float(density.edges[-1])
    if density.what == "tau":
        return Scale(low, high, ticks=linear_ticks(low, high))
    return Scale(low, high, ticks=tuple((value / 100, words) for value, words in linear_ticks(100 * low, 100 * high)))


def prior_heights(density: Density) -> list[float]:
    """The density of the prior in each cell; nothing where there is none."""
    if density.prior is None:
        return []
    return [float(mass) / float(b - a) for mass, (a, b) in zip(density.prior, pairwise(density.edges), strict=True)]


def highest(density: Density, prior: Sequence[float]) -> float:
    """Where the axis of the density ends: at the top, or below a peak at an end of the scale.

    ``prior`` are the prior's heights.
    """
    heights = [float(value) for value in density.density]
    rest = max(heights[FEW:-FEW], default=0.0)
    top = min(max(heights), PEAK * rest) if rest > 0 else max(heights)
    return 1.05 * max(top, min(max(prior, default=0.0), PRIOR * top))


def cut(density: Density, plot: Plot) -> bool:
    """Whether a peak goes on above the panel."""
    return float(density.density.max()) > plot.y.high


def places(plot: Plot, density: Density, heights: Sequence[float]) -> list[tuple[float, float]]:
    """The curve through the middles of the cells, and out to both ends, cut at the top of the panel."""
    middles = [0.5 * float(a + b) for a, b in pairwise(density.edges)]
    xs = [float(density.edges[0]), *middles, float(density.edges[-1])]
    ys = [heights[0], *heights, heights[-1]]
    return [plot.at(x, min(y, plot.y.high)) for x, y in zip(xs, ys, strict=True)]


def _curve(pen: Pen, plot: Plot, density: Density, heights: Sequence[float], look: Look) -> None:
    pen.strokes.append(Stroke(tuple(places(plot, density, heights)), look.colour, 1.2, look.dashes))


def _fill(pen: Pen, plot: Plot, density: Density) -> None:
    """The area between the limits, darker than what lies outside."""
    style = pen.style
    curve = places(plot, density, list(density.density))
    base = plot.bottom
    outside = ((plot.left, base), *curve, (plot.right, base))
    pen.shapes.append(Shape(tuple(outside), lighter(style.study, 0.88), role="band"))
    low, high = plot.at_x(max(density.lower, plot.x.low)), plot.at_x(min(density.upper, plot.x.high))
    inner = [point for point in curve if low < point[0] < high]
    ends = [(x, _height(curve, x)) for x in (low, high)]
    area = ((low, base), ends[0], *inner, ends[1], (high, base))
    pen.shapes.append(Shape(area, lighter(style.study, 0.6), role="band"))


def _height(curve: Sequence[tuple[float, float]], x: float) -> float:
    """Height of a curve at x, in mm from the top."""
    for (x0, y0), (x1, y1) in pairwise(curve):
        if x0 <= x <= x1:
            return y0 if x1 == x0 else y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return curve[-1][1]


def printed(density: Density) -> str:
    """The numbers as they are printed elsewhere, with the name of their formula."""
    level = f"{100 * density.level:g} %"
    if density.what == "tau":
        limits = f"{level} limits {display.number(density.lower)} to {display.number(density.upper)}"
        value = display.number(density.middle)
    else:
        limits = f"{level} limits {display.percent_interval(density.lower, density.upper)}"
        value = "" if density.middle is None else display.percent(density.middle)
    return f"{value}; {limits} ({density.method})" if value else f"{limits} ({density.method})"


def _key(pen: Pen, shown: Sequence[Density], prior: bool) -> None:
    style = pen.style
    what = "after the studies" if any(density.prior is not None for density in shown) else "density"
    box = rectangle(-2.0, -1.0, 2.0, 1.0)
    entries: list[tuple[Look | Shape, str]] = [(Look(style.study), what)]
    if prior and any(density.prior is not None for density in shown):
        entries.append((Look(style.muted, BEFORE), "before them (prior)"))
    entries.append((Shape(box, lighter(style.study, 0.6), style.study, 0.4, "key"), "between the limits"))
    if any(density.middle is not None for density in shown):
        entries.append((Look(style.pooled, PRINTED), "printed value"))
    before = len(pen.shapes)
    key(pen, entries)
    # The lines have no points.
    pen.shapes[before:] = [shape for shape in pen.shapes[before:] if shape.role == "key"]


def _words(
    result: Pooled | Subgroups, pooled: Pooled, shown: Sequence[Density], plots: Sequence[Plot]
) -> Iterator[str]:
    yield "Areas are probabilities; heights of panels are not alike."
    if any(density.prior is not None for density in shown):
        yield f"Priors: {pooled.model.title.partition(';')[2].strip().partition(';')[0]}."
    elif shown[0].what == "new" and len(shown) == 1:
        yield (
            "Where the proportion of one more study of the same kind would lie: its limits of every level"
            f" ({shown[0].method}) are the quantiles of this density."
        )
    high = [density.label for density, plot in zip(shown, plots, strict=True) if cut(density, plot)]
    if high:
        yield f"Cut at the top, where the curve goes on: {', '.join(high)}."
    tau = next((density for density in shown if density.what == "tau"), None)
    if tau is not None and 1 - tau.mass.sum() > 0.001:
        yield f"Beyond the axis of tau: {display.percent(1 - float(tau.mass.sum()), 1)} of its posterior."
    if isinstance(result, Subgroups):
        yield "All arms together: groups are not drawn apart."


def alt_text(pooled: Pooled, shown: Sequence[Density]) -> str:
    """The figure in words."""
    parts = "; ".join(f"{density.label}: {printed(density)}" for density in shown)
    return f"Densities for {title(pooled)[:1].lower()}{title(pooled)[1:]}, {pooled.model.title}. {parts}."
