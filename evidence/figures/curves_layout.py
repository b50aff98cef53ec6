"""Lines over one x: the main one with a band, names at their ends."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from .. import display
from ..sensitivity.pictures import Curve, Curves
from .marks import Look, key, lighter, looks, mark
from .page import Line, Shape, Stroke, Text
from .pen import Pen
from .plot import Frame, Plot, Point, open_plot, rule
from .scales import Scale, reach, scale_of
from .style import Style
from .text import width_mm, wrapped

#: Lines with more points than this are drawn without a mark at each.
MOST_MARKS = 40
#: Up to so many values of x can be names that stand apart from each other.
MOST_NAMED = 12
#: Widest name at the end of a line, in mm.
NAME_MOST = 38.0
#: How far apart in mm the limits of two lines stand at one x.
DODGE = 0.9


def curves_layout(pen: Pen, picture: Curves, frame: Frame | None = None) -> Plot:
    """Draw the lines, their box within ``frame``; the pen then stands below them."""
    style, curves = pen.style, picture.curves
    several = len(curves) > 1
    x, y = x_scale(picture, style), y_scale(picture)
    names = [wrapped(curve.label, NAME_MOST, style.note_pt, bold=i == 0) for i, curve in enumerate(curves)]
    room = max(width_mm(line, style.note_pt, i == 0) for i, lines in enumerate(names) for line in lines) + 5.0
    unit = f"{picture.y_label}, %" if picture.proportion else picture.y_label
    beside = several and len([line for lines in names for line in lines]) <= 20
    thin = bool(picture.ticks) and len(picture.x) > MOST_NAMED
    plot = open_plot(pen, (x, y), (picture.x_label, unit), room if beside else 0.0, frame=frame, thin=thin)
    rule(pen, plot, y=picture.reference)
    chosen = looks(style)
    styled = [(curve, chosen[i % len(chosen)]) for i, curve in enumerate(curves)]
    _band(pen, plot, picture.x, *styled[0])
    for i, (curve, look) in reversed(list(enumerate(styled))):
        aside = replace(plot, left=plot.left + dodge(i, picture), right=plot.right + dodge(i, picture))
        if i:
            _limits(pen, aside, picture.x, curve, look)
        _line(pen, aside, picture.x, curve, look)
    if beside:
        _names(pen, plot, picture, styled, names)
    elif several:
        key(pen, [(look, curve.label) for curve, look in styled])
    pen.feet(list(_words(picture)))
    return plot


def dodge(i: int, picture: Curves) -> float:
    """How far in mm line i stands aside, where x are names and its limits would hide those of others."""
    apart = picture.ticks and len(picture.x) <= MOST_NAMED
    return DODGE * ((i + 1) // 2) * (-1) ** i if apart else 0.0


def x_scale(picture: Curves, style: Style) -> Scale:
    """The axis of x in the picture's own direction, with its words."""
    xs = picture.x
    log = picture.log_x and min(xs) > 0
    named = bool(picture.ticks)
    pad = 0.5 / max(len(xs) - 1, 1) if named and len(xs) <= MOST_NAMED else 0.03
    found = scale_of(xs, log=log, pad=pad)
    if named:
        room = (style.width_mm - 60.0) / len(xs)
        words = ["\n".join(wrapped(w, room, style.note_pt)) if room > 9 else w for w in picture.ticks]
        found = Scale(found.low, found.high, log, tuple(zip(xs, words, strict=True)))
    return found.reversed() if len(xs) > 1 and xs[0] > xs[-1] else found


def y_scale(picture: Curves) -> Scale:
    """The axis of y: every value has a place, limits as far as they leave the lines legible."""
    values = [v for curve in picture.curves for v in curve.y]
    limits = [v for curve in picture.curves for side in (curve.lower, curve.upper) for v in side or ()]
    held = (*limits, *values) if picture.proportion else reach(values, limits)
    return scale_of([*held, picture.reference], picture.proportion)


def _runs(plot: Plot, xs: Sequence[float], ys: Sequence[float | None]) -> Iterator[list[Point]]:
    """Places of a line, broken where a value is missing."""
    run: list[Point] = []
    for x, y in zip(xs, ys, strict=True):
        if y is None:
            if run:
                yield run
            run = []
        else:
            run.append(plot.at(x, y))
    if run:
        yield run


def _line(pen: Pen, plot: Plot, xs: Sequence[float], curve: Curve, look: Look) -> None:
    for run in _runs(plot, xs, curve.y):
        if len(run) > 1:
            pen.strokes.append(Stroke(tuple(run), look.colour, 1.3, look.dashes))
        if len(xs) <= MOST_MARKS or len(run) == 1:
            pen.shapes += [mark(look, *point) for point in run]


def _held(plot: Plot, value: float) -> float:
    low, high = sorted((plot.y.low, plot.y.high))
    return min(max(value, low), high)


def _band(pen: Pen, plot: Plot, xs: Sequence[float], curve: Curve, look: Look) -> None:
    """The area between the limits of the main line; where a side is missing there is none."""
    if curve.lower is None or curve.upper is None:
        return
    both = [
        None if low is None or high is None else (_held(plot, low), _held(plot, high))
        for low, high in zip(curve.lower, curve.upper, strict=True)
    ]
    lower = list(_runs(plot, xs, [None if pair is None else pair[0] for pair in both]))
    upper = list(_runs(plot, xs, [None if pair is None else pair[1] for pair in both]))
    tint = lighter(look.colour, 0.82)
    for low, high in zip(lower, upper, strict=True):
        if len(low) > 1:
            pen.shapes.append(Shape((*low, *reversed(high)), tint, role="band"))
        else:
            pen.lines.append(Line(*low[0], *high[0], look.colour, 0.8))


def _limits(pen: Pen, plot: Plot, xs: Sequence[float], curve: Curve, look: Look) -> None:
    """Limits of a further line: thin bars where there is room for them, thin lines where not."""
    if curve.lower is None or curve.upper is None:
        return
    if len(xs) > MOST_MARKS:
        for side in (curve.lower, curve.upper):
            held = [None if value is None else _held(plot, value) for value in side]
            pen.strokes += [Stroke(tuple(run), look.colour, 0.5, (1, 2)) for run in _runs(plot, xs, held) if run[1:]]
        return
    for x, low, high in zip(xs, curve.lower, curve.upper, strict=True):
        if low is not None and high is not None:
            at = plot.at_x(x)
            ends = plot.at_y(_held(plot, low)), plot.at_y(_held(plot, high))
            pen.lines.append(Line(at, ends[0], at, ends[1], look.colour, 0.6))


def _names(
    pen: Pen, plot: Plot, picture: Curves, styled: Sequence[tuple[Curve, Look]], names: Sequence[list[str]]
) -> None:
    """The name of each line at its right end, moved up or down as far as others need it."""
    style, leading = pen.style, pen.style.line_mm * 0.85
    wanted = []
    for i, (curve, _) in enumerate(styled):
        ends = [plot.at(x, y) for x, y in zip(picture.x, curve.y, strict=True) if y is not None]
        end = max(ends, default=(plot.right, plot.bottom))
        wanted.append((end[1], i, end))
    wanted.sort()
    heights = [len(names[i]) * leading for _, i, _ in wanted]
    tops = spread([y for y, _, _ in wanted], heights, plot.top - 2.0, plot.bottom)
    x = plot.right + 3.0
    for top, height, (_, i, end) in zip(tops, heights, wanted, strict=True):
        look = styled[i][1]
        pen.lines.append(Line(end[0] + 1.2, end[1], x - 0.8, top + height / 2, style.muted, 0.35))
        for j, line in enumerate(names[i]):
            pen.texts.append(Text(x, top + (j + 0.75) * leading, line, style.note_pt, look.colour, bold=i == 0))


def spread(middles: Sequence[float], heights: Sequence[float], top: float, bottom: float) -> list[float]:
    """Tops of blocks near their middles (rising), one below the other without touching, within top and bottom."""
    tops: list[float] = []
    free = top
    for middle, height in zip(middles, heights, strict=True):
        tops.append(max(free, middle - height / 2))
        free = tops[-1] + height
    limit = bottom
    for i in reversed(range(len(tops))):
        tops[i] = min(tops[i], limit - heights[i])
        limit = tops[i]
    return tops


def _words(picture: Curves) -> Iterator[str]:
    main, *others = picture.curves
    kind = _main_limits(main)
    if kind:
        yield f"{kind}: limits of {main.label}." if others else f"{kind}: limits."
    if any(curve.lower is not None for curve in others):
        few = len(picture.x) <= MOST_MARKS
        yield "Thin bars: limits of the other lines." if few else "Dotted: limits of the other lines."
    if picture.reference is not None:
        value = display.percent(picture.reference) if picture.proportion else display.significant(picture.reference)
        yield f"Dashed level line: {value}."
    gaps = [curve.label for curve in picture.curves if None in curve.y]
    if gaps:
        which = "" if len(picture.curves) == 1 else f" ({'; '.join(gaps)})"
        yield f"Where a line breaks off there is no value{which}."


def _main_limits(main: Curve) -> str:
    """How the limits of the main line are drawn: a band where they go on from one x to the next, else bars."""
    pairs = zip(main.lower or (), main.upper or (), strict=True)
    there = [low is not None and high is not None for low, high in pairs]
    if not any(there):
        return ""
    band = any(a and b for a, b in pairwise(there))
    lone = any(here and not any(there[max(i - 1, 0) : i] + there[i + 1 : i + 2]) for i, here in enumerate(there))
    return "Band and bar of its colour" if band and lone else "Band" if band else "Bar of its colour"
