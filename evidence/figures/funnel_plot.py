"""The classic funnel: effects against standard errors, shaded by p around a null or around the pooled centre."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from .. import display
from ..errors import usage
from ..pooling.rate_result import PooledRate
from ..pooling.result import Pooled
from ..pooling.subgroups import Subgroups
from ..sensitivity.contour_funnel import (
    HEIGHTS,
    LEVELS,
    MEASURES_DRAWN,
    Contour,
    ContourFunnel,
    contour_funnel,
)
from .figure import Figure
from .forest_words import observed_and_model, overall_of, title
from .labels import place_names
from .marks import key, lighter
from .page import Line, Page, Shape, Stroke, Text, rectangle, round_shape
from .pen import Pen
from .plot import Plot, open_plot
from .scales import Scale, linear_ticks
from .style import Style, style_named

#: Option -> what it takes.
ACCEPTS = {"measure": MEASURES_DRAWN, "height": HEIGHTS, "null": ("P",)}
HEIGHT, RADIUS, SMALL = 88.0, 0.9, 0.6
#: Up to so many arms have their names, and up to so many have numbers where they lie on each other.
ALL_NAMED, ALL_COUNTED = 14, 120
#: Room on both sides of the outermost effects, as a share of their span; least span, as a share of that of 10 to 90 %.
PAD, LEAST = 0.08, 0.5
#: Distances from 0 or 1 that have ticks first.
ROUND = (0.001, 0.01, 0.05, 0.1, 0.2, 0.5)
#: Shares of white from the middle outwards: the middle, then beyond each contour.
SHADES = (1.0, 0.82, 0.64, 0.46)


@dataclass(frozen=True, slots=True)
class FunnelLayout:
    """The funnel placed.

    Attributes:
        page: Everything to draw. plot: The axes. funnel: The numbers. alt: Description.
    """

    page: Page
    plot: Plot
    funnel: ContourFunnel
    alt: str


def funnel(
    result: Pooled | Subgroups,
    *,
    style: str | Style = "default",
    measure: str = "PLO",
    height: str = "se",
    null: float | None = None,
) -> Figure[FunnelLayout]:
    """A contour funnel.

    Args:
        result: A pooled result; of groups all arms together are drawn. style: A style or its name.
        measure: Scale of the effects, a code of ``evidence.measures.MEASURES`` (not PFT).
        height: se, or size for the square root of n.
        null: A proportion that the contours are around; the pooled centre if not given.

    Raises:
        UsageError: an unknown style, measure or height, a null outside (0, 1), or rates.
    """
    if isinstance(result, PooledRate):
        raise usage("a funnel of rates can't be drawn", "draw a forest plot: it shows rates", "rates")
    pooled = overall_of(result)
    found = contour_funnel(pooled, measure, height, null)
    pen = Pen(style_named(style) if isinstance(style, str) else style)
    pen.title(title(pooled))
    if pooled.context is not None and pooled.context.banner:
        pen.banner(pooled.context.banner)
    pen.y += 0.8
    pen.paragraph(observed_and_model(pooled)[0], pen.style.margin_mm, pen.width, pen.style.font_pt, pen.style.ink)
    name = "Standard error" if height == "se" else "Square root of the number of units"
    axis = "Proportion, %" + ("" if found.measure.is_proportion else f", on the scale of the {found.measure.scale}")
    plot = open_plot(pen, (x_scale(found), y_scale(found)), (axis, name), height=HEIGHT)
    _contours(pen, plot, found)
    left_out = _points(pen, plot, found)
    _key(pen, found)
    pen.feet(list(_words(result, pooled, found, left_out)))
    return Figure(FunnelLayout(pen.page(), plot, found, alt_text(pooled, found)))


def x_scale(found: ContourFunnel) -> Scale:
    """Every effect and the centre have a place; ticks are round proportions, as many as are apart."""
    values = [float(x) for x in found.x] + ([] if found.at is None else [found.at])
    low, high = min(values), max(values)
    at = {p: x for x, p in found.ticks}
    span = max(high - low, LEAST * (at[0.9] - at[0.1]))
    middle = 0.5 * (low + high)
    low, high = middle - (0.5 + PAD) * span, middle + (0.5 + PAD) * span
    if found.measure.is_proportion:
        ticks = tuple((value / 100, words) for value, words in linear_ticks(100 * max(low, 0.0), 100 * min(high, 1.0)))
        return Scale(low, high, ticks=ticks)
    chosen: list[tuple[float, str]] = []
    apart = (high - low) / 12
    # The roundest first, from the middle outwards: what is closer to a tick than a twelfth of the axis is left out.
    for x, p in sorted(found.ticks, key=lambda tick: (_roundness(tick[1]), abs(tick[1] - 0.5))):
        if low <= x <= high and all(abs(x - other) >= apart for other, _ in chosen):
            chosen.append((x, f"{100 * p:g}"))
    return Scale(low, high, ticks=tuple(sorted(chosen)))


def _roundness(proportion: float) -> int:
    """0 of the proportions that an axis shows first, 1 of those that fill its gaps."""
    return 0 if round(min(proportion, 1 - proportion), 3) in ROUND else 1


def y_scale(found: ContourFunnel) -> Scale:
    """The most precise at the top: standard errors fall upwards from the largest to 0, sizes rise."""
    if found.contours:
        ends = [float(found.contours[0].height[0]), float(found.contours[0].height[-1])]
    else:
        ends = [0.0 if found.height == "se" else float(found.y.min()) * 0.9, float(found.y.max()) * 1.06]
    ticks = tuple(tick for tick in linear_ticks(ends[0], ends[1]) if ends[0] <= tick[0] <= ends[1])
    scale = Scale(ends[0], ends[1], ticks=ticks)
    return scale.reversed() if found.height == "se" else scale


def _contours(pen: Pen, plot: Plot, found: ContourFunnel) -> None:
    """The box in the darkest shade, on it what lies within each contour, the widest first; then the centre."""
    if not found.contours or found.at is None:
        return
    style = pen.style
    box = rectangle(plot.left, plot.top, plot.right, plot.bottom)
    pen.shapes.append(Shape(box, lighter(style.study, SHADES[-1]), role="band"))
    for contour, shade in zip(reversed(found.contours), reversed(SHADES[:-1]), strict=True):
        pen.shapes.append(Shape(area(plot, contour), lighter(style.study, shade), role="band"))
        for side in (contour.left, contour.right):
            line = [plot.at(float(x), float(y)) for x, y in zip(side, contour.height, strict=True)]
            pen.strokes += [Stroke(run, style.muted, 0.5) for run in plot.inside(line)]
    at = plot.at_x(found.at)
    pen.strokes.append(Stroke(((at, plot.top), (at, plot.bottom)), style.ink, 0.8, () if found.null else (4, 2.5)))


def area(plot: Plot, contour: Contour) -> tuple[tuple[float, float], ...]:
    """What lies within a contour, as far as the box goes."""

    def place(x: float, y: float) -> tuple[float, float]:
        at_x, at_y = plot.at(x, y)
        return min(max(at_x, plot.left), plot.right), min(max(at_y, plot.top), plot.bottom)

    left = [place(float(x), float(y)) for x, y in zip(contour.left, contour.height, strict=True)]
    right = [place(float(x), float(y)) for x, y in zip(contour.right, contour.height, strict=True)]
    return (*left, *reversed(right))


def radius_of(found: ContourFunnel) -> float:
    """Of the points, in mm."""
    return RADIUS if len(found.x) <= ALL_COUNTED else SMALL


def _points(pen: Pen, plot: Plot, found: ContourFunnel) -> list[str]:
    """Every arm, open where its place is a corrected one; returns the names that found no room."""
    style, radius = pen.style, radius_of(found)
    places = [plot.at(float(x), float(y)) for x, y in zip(found.x, found.y, strict=True)]
    for (x, y), corrected in zip(places, found.corrected, strict=True):
        fill, edge = ("white", style.pooled) if corrected else (style.pooled, "white")
        pen.shapes.append(Shape(round_shape(x, y, radius), fill, edge, 0.9 if corrected else 0.4, "point"))
    names = _names(found, places)
    frame = (plot.left, plot.top, plot.right, plot.bottom)
    centre = [stroke.points for stroke in pen.strokes[-1:]] if found.contours else []
    placed, left_over = place_names(names, [(*place, radius) for place in places], frame, style, centre)
    for name in placed:
        if name.line is not None:
            pen.lines.append(Line(*places[name.index], *name.line, style.muted, 0.35))
        pen.texts.append(Text(name.x, name.y, name.text, style.note_pt, style.ink))
    return [found.labels[i] for i in left_over]


def _names(found: ContourFunnel, places: Sequence[tuple[float, float]]) -> list[tuple[int, str]]:
    """The name of each arm where they are few; ``×3`` where so many lie on each other."""
    spots = [(round(x, 1), round(y, 1)) for x, y in places]
    amounts = Counter(spots)
    if len(places) > ALL_COUNTED:
        return []
    names = {spot: i for i, spot in reversed(list(enumerate(spots))) if len(places) <= ALL_NAMED or amounts[spot] > 1}
    return [(i, f"×{amounts[spot]}" if amounts[spot] > 1 else found.labels[i]) for spot, i in sorted(names.items())]


def _key(pen: Pen, found: ContourFunnel) -> None:
    style = pen.style
    box = rectangle(-2.0, -1.0, 2.0, 1.0)
    entries = []
    if found.contours:
        words = (f"p > {LEVELS[0]:g}", *(f"{b:g} to {a:g}" for a, b in pairwise(LEVELS)))
        for shade, text in zip(SHADES, (*words, f"p < {LEVELS[-1]:g}"), strict=True):
            entries.append((Shape(box, lighter(style.study, shade), style.muted, 0.4, "key"), text))
    if not all(found.corrected):
        dot = Shape(round_shape(0.0, 0.0, RADIUS), style.pooled, "white", 0.4, "key")
        entries.append((dot, "an arm"))
    if any(found.corrected):
        ring = Shape(round_shape(0.0, 0.0, RADIUS), "white", style.pooled, 0.9, "key")
        entries.append((ring, "an arm at a corrected place"))
    key(pen, entries, gap=3.5)


def _words(result: Pooled | Subgroups, pooled: Pooled, found: ContourFunnel, unnamed: Sequence[str]) -> Iterator[str]:
    if found.centre is None:
        yield (
            "No contours: there is no pooled centre that has a place on this scale; name a null to have them around it."
        )
    elif found.null:
        yield f"p of the hypothesis that the proportion is {_percent(found.centre)} (line)."
    else:
        yield (
            f"Contours around {_percent(found.centre)}, the {found.name} (dashed), {found.why}: where studies would lie"
            " if all had this one proportion. They test nothing: a single proportion has no natural null."
        )
    some = sum(found.corrected)
    if some:
        yield (
            f"Open: {display.plural(some, 'arm')} without events or with only events, which"
            f" {'has' if some == 1 else 'have'} no value on this scale and"
            f" {'stands' if some == 1 else 'stand'} where 0.5 added to events and to non-events"
            f" {'puts it' if some == 1 else 'puts them'}."
        )
    yield (
        "This funnel misleads where proportions are sparse: effect and standard error come from the same counts, small"
        " reports have few possible places, and it is lopsided with nothing missing (Hunter 2014,"
        " 10.1016/j.jclinepi.2014.03.003). Read the funnel against size instead."
    )
    if len({study.study for study in pooled.studies}) < len(pooled.studies):
        yield "Arms of one study are points of their own."
    if len(found.x) > ALL_COUNTED:
        yield "Points may lie on each other: they are too many for numbers beside them."
    elif len({(float(x), float(y)) for x, y in zip(found.x, found.y, strict=True)}) < len(found.x):
        yield "×: arms that lie on each other."
    if unnamed:
        yield f"Without room for their names: {', '.join(unnamed)}."
    if isinstance(result, Subgroups):
        yield "All arms together: groups are not told apart."


def _percent(value: float) -> str:
    return display.percent(value, 0 if abs(100 * value - round(100 * value)) < 1e-9 else 1)


def alt_text(pooled: Pooled, found: ContourFunnel) -> str:
    """The figure in words."""
    name = "standard error" if found.height == "se" else "root of size"
    text = (
        f"Funnel of {title(pooled)[:1].lower()}{title(pooled)[1:]}: {display.plural(len(found.x), 'arm')}, effects on"
        f" the scale of the {found.measure.scale} against their {name}."
    )
    if found.centre is not None:
        text += f" Contours of p around {_percent(found.centre)}, " + (
            "a given null." if found.null else f"the {found.name}, {found.why}."
        )
    if any(found.corrected):
        text += f" {sum(found.corrected)} at a corrected place."
    return text
