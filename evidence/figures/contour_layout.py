"""A value over two axes: shaded steps with labelled borders."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from math import ceil, floor

from ..sensitivity.pictures import Contour
from .labels import Box
from .marks import key, lighter
from .page import Shape, Stroke, Text, rectangle
from .pen import Pen
from .plot import HEIGHT, Frame, Plot, Point, open_plot
from .scales import MOST_TICKS, Scale, Tick, linear_ticks, scale_of
from .text import MM_PER_POINT, width_mm

Corner = tuple[float, float, float]

#: About so many steps of the shade.
STEPS = 8
#: A field of proportions that varies less, in percentage points, is one shade: its lines would be rounding.
LEAST_POINTS = 1.0


def contour_layout(pen: Pen, picture: Contour, frame: Frame | None = None) -> Plot:
    """Draw the steps, their box within ``frame``; the pen then stands below them."""
    style = pen.style
    x = _axis(picture.x, picture.log_x)
    y = _axis(picture.y, picture.log_y)
    if picture.whole_y:
        y = replace(y, ticks=whole_ticks(picture.y))
    plot = open_plot(pen, (x, y), (picture.x_label, picture.y_label), height=HEIGHT, frame=frame)
    levels = levels_of(picture)
    ends = [-float("inf"), *(value for value, _ in levels), float("inf")]
    triangles = list(_triangles(plot, picture))
    segments: dict[int, list[tuple[Point, Point]]] = {i: [] for i in range(len(levels))}
    for triangle in triangles:
        for step, (low, high) in enumerate(pairwise(ends)):
            piece = _between(triangle, low, high)
            if len(piece) > 2:
                points = tuple((corner[0], corner[1]) for corner in piece)
                pen.shapes.append(Shape(points, _shade(style.study, step, len(levels) + 1), role="field"))
        for i, (value, _) in enumerate(levels):
            segments[i] += _border(triangle, value)
    for found in segments.values():
        pen.strokes += [Stroke((a, b), style.ink, 0.6) for a, b in found]
    _labels(pen, plot, levels, list(segments.values()))
    _key(pen, picture, levels)
    missing = any(value is None for row in picture.z for value in row)
    pen.feet(["White: not defined there."] if missing else [])
    return plot


def _axis(values: Sequence[float], log: bool) -> Scale:
    found = scale_of(values, log=log and min(values) > 0, pad=0.0)
    low, high = min(values), max(values)
    if low == high:
        return found
    ticks = tuple(tick for tick in found.ticks if low <= tick[0] <= high)
    fitted = Scale(low, high, found.log, ticks)
    return fitted.reversed() if values[0] > values[-1] else fitted


def whole_ticks(values: Sequence[float]) -> tuple[Tick, ...]:
    """Whole numbers between the least and the largest value, the ends among them where they are few."""
    low, high = ceil(min(values)), floor(max(values))
    if high - low < MOST_TICKS:
        return tuple((float(value), f"{value:,}") for value in range(low, high + 1))
    return tuple(tick for tick in linear_ticks(low, high) if float(tick[0]).is_integer())


def levels_of(picture: Contour) -> tuple[tuple[float, str], ...]:
    """Round values between the lowest and the highest, with their words."""
    found = [value for row in picture.z for value in row if value is not None]
    if not found or min(found) == max(found):
        return ()
    factor = 100.0 if picture.proportion else 1.0
    low, high = factor * min(found), factor * max(found)
    if picture.proportion and high - low < LEAST_POINTS:
        return ()
    return tuple((value / factor, words) for value, words in linear_ticks(low, high, STEPS) if low < value < high)


def _shade(colour: str, step: int, steps: int) -> str:
    return lighter(colour, 0.92 - 0.72 * step / max(steps - 1, 1))


def _triangles(plot: Plot, picture: Contour) -> Iterator[tuple[Corner, Corner, Corner]]:
    """Each cell of the grid as four triangles about its middle; none where a corner is not defined."""
    places = [
        [None if z is None else (*plot.at(x, y), z) for x, z in zip(picture.x, row, strict=True)]
        for y, row in zip(picture.y, picture.z, strict=True)
    ]
    for upper, lower in pairwise(places):
        for (a, b), (d, c) in zip(pairwise(upper), pairwise(lower), strict=True):
            if a is None or b is None or c is None or d is None:
                continue
            corners = (a, b, c, d)
            mean = [sum(corner[i] for corner in corners) / 4 for i in range(3)]
            middle = (mean[0], mean[1], mean[2])
            for first, second in zip(corners, (b, c, d, a), strict=True):
                yield first, second, middle


def _between(triangle: Sequence[Corner], low: float, high: float) -> list[Corner]:
    """The part of a triangle whose values lie between two levels (Sutherland and Hodgman)."""
    return _cut(_cut(list(triangle), low, 1.0), high, -1.0)


def _cut(corners: list[Corner], level: float, sign: float) -> list[Corner]:
    if level in (-float("inf"), float("inf")):
        return corners
    kept: list[Corner] = []
    for a, b in zip(corners, [*corners[1:], *corners[:1]], strict=True):
        if sign * (a[2] - level) >= 0:
            kept.append(a)
        if (a[2] - level) * (b[2] - level) < 0:
            kept.append(_crossing(a, b, level))
    return kept


def _crossing(a: Corner, b: Corner, level: float) -> Corner:
    t = (level - a[2]) / (b[2] - a[2])
    return a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1]), level


def _border(triangle: Sequence[Corner], level: float) -> Iterator[tuple[Point, Point]]:
    """Where a level crosses a triangle."""
    a, b, c = triangle
    found = [_crossing(p, q, level)[:2] for p, q in ((a, b), (b, c), (c, a)) if (p[2] < level) != (q[2] < level)]
    if len(found) == 2:
        yield found[0], found[1]


def _labels(
    pen: Pen, plot: Plot, levels: Sequence[tuple[float, str]], segments: Sequence[Sequence[tuple[Point, Point]]]
) -> None:
    """The value of each border on it, where it is furthest from the labels before it and from the frame."""
    style, taken = pen.style, list[Box]()
    high = style.note_pt * MM_PER_POINT
    for (_, words), found in zip(levels, segments, strict=True):
        wide = width_mm(words, style.note_pt) + 1.0
        best, room = None, 0.0
        for (x0, y0), (x1, y1) in found:
            x, y = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
            box = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
            inner = min(box[0] - plot.left, plot.right - box[2], box[1] - plot.top, plot.bottom - box[3])
            free = min([min(inner, 8.0), *(_apart(box, other) for other in taken)])
            if free > room:
                best, room = box, free
        if best is not None:
            taken.append(best)
            pen.shapes.append(Shape(rectangle(*best), "white", role="label"))
            middle = 0.5 * (best[0] + best[2])
            pen.texts.append(Text(middle, best[3] - 0.24 * high, words, style.note_pt, style.ink, "center"))


def _apart(a: Box, b: Box) -> float:
    """Distance of two boxes; negative where they touch."""
    return max(a[0] - b[2], b[0] - a[2], a[1] - b[3], b[1] - a[3])


def _key(pen: Pen, picture: Contour, levels: Sequence[tuple[float, str]]) -> None:
    """What the shades stand for."""
    style = pen.style
    unit = f"{picture.z_label}, %" if picture.proportion else picture.z_label
    pen.y += 1.0
    pen.paragraph(unit, style.margin_mm, pen.width, style.note_pt, style.muted)
    words = [name for _, name in levels]
    if not words:
        return
    spans = [f"below {words[0]}", *(f"{a} to {b}" for a, b in pairwise(words)), f"above {words[-1]}"]
    box = rectangle(-2.0, -1.0, 2.0, 1.0)
    entries = [
        (Shape(box, _shade(style.study, i, len(spans)), style.faint, 0.4, "key"), span) for i, span in enumerate(spans)
    ]
    key(pen, entries, gap=3.5)
