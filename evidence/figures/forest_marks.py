"""The marks of a forest plot: squares and limits of studies, diamonds, the prediction interval, arrows at the edge."""

from __future__ import annotations

from collections.abc import Sequence
from math import sqrt

from .forest_axis import Axis
from .forest_rows import Entry, Row
from .marks import lighter
from .page import Line, Shape, diamond, rectangle
from .pen import Pen
from .style import Style

#: Half heights in mm of diamonds and of the prediction bar, and side of an open square.
POOLED_HALF, MEDIAN_HALF, PREDICTION_HALF, PART_SIDE = 1.3, 1.0, 0.55, 1.7
#: Length and half the height of an arrow's head.
HEAD, HEAD_HALF = 1.3, 0.6
Points = tuple[tuple[float, float], ...]
#: Proportions and densities there, of the next study.
Density = tuple[Sequence[float], Sequence[float]]


def draw_marks(pen: Pen, row: Row, panel: int, y: float, axis: Axis, largest: float) -> None:
    """The mark of one row in one panel.

    Args:
        pen: Draws. row, panel: What is drawn. y: Middle of the row in mm. axis: Of the panel.
        largest: Size of the largest study, whose square has the full side.
    """
    entry = row.entries[panel] if panel < len(row.entries) else None
    if entry is None or entry.span is None or row.kind == "prediction":
        return
    style = pen.style
    low, middle, high = entry.span
    if row.kind in ("study", "part"):
        _limits(pen, axis, (low, high), y, style.study)
        if axis.holds(middle):
            side = PART_SIDE if row.kind == "part" else side_of(entry, largest, style)
            x = axis.at(middle)
            box = rectangle(x - side / 2, y - side / 2, x + side / 2, y + side / 2)
            fill = style.study if row.kind == "study" else "white"
            pen.shapes.append(Shape(box, fill, style.study, 0.7, row.kind))
        return
    half, fill = (POOLED_HALF, style.pooled) if row.kind == "pooled" else (MEDIAN_HALF, "white")
    points = diamond(axis.beyond(low), axis.beyond(middle), axis.beyond(high), y, half)
    _clipped_shape(pen, axis, Shape(points, fill, style.pooled, 0.7, row.kind))
    _heads(pen, axis, (low, high), y, style.pooled)


def side_of(entry: Entry, largest: float, style: Style) -> float:
    """Side of a study's square: its area is proportional to the size of the study, the smallest kept visible."""
    return max(style.marker_min_mm, style.marker_mm * sqrt(entry.size / largest))


def draw_prediction(
    pen: Pen, entry: Entry, place: tuple[float, float], axis: Axis, kind: str, density: Density | None = None
) -> None:
    """The prediction interval as a bar or a curve in its row, or a shade through all rows.

    Args:
        pen: Draws. entry: Its limits. axis: Of the panel. kind: bar, shade or density. density: For a curve.
        place: Middle of its row and half its height; of a shade, top and bottom of the rows.
    """
    style = pen.style
    if entry.span is None:
        return
    low, _, high = entry.span
    if kind == "shade":
        band = rectangle(axis.beyond(low), place[0], axis.beyond(high), place[1])
        _clipped_shape(pen, axis, Shape(band, lighter(style.prediction, 0.6), role="band"))
        return
    y, half = place
    if kind == "density" and density is not None:
        base = y + half - 1.2
        peak = max(density[1])
        top = [(axis.beyond(p), base - (2 * half - 1.8) * d / peak) for p, d in zip(*density, strict=True)]
        curve = ((top[0][0], base), *top, (top[-1][0], base))
        _clipped_shape(pen, axis, Shape(curve, style.prediction, style.pooled, 0.4, "density"))
        y = base + 0.6
    bar = rectangle(axis.beyond(low), y - PREDICTION_HALF, axis.beyond(high), y + PREDICTION_HALF)
    _clipped_shape(pen, axis, Shape(bar, style.prediction, style.pooled, 0.4, "prediction"))
    _heads(pen, axis, (low, high), y, style.pooled)


def is_cut(axis: Axis, entry: Entry | None) -> bool:
    """Whether a mark goes on beyond the axis."""
    return entry is not None and entry.span is not None and not all(axis.holds(value) for value in entry.span)


def _limits(pen: Pen, axis: Axis, limits: tuple[float, float], y: float, colour: str) -> None:
    low, high = limits
    if axis.beyond(high) >= axis.left and axis.beyond(low) <= axis.right:
        # The line ends inside the arrow's head.
        left = axis.at(low) + (0.0 if axis.holds(low) else 0.5 * HEAD)
        right = axis.at(high) - (0.0 if axis.holds(high) else 0.5 * HEAD)
        if right > left:
            pen.lines.append(Line(left, y, right, y, colour, 0.8))
    _heads(pen, axis, limits, y, colour)


def _heads(pen: Pen, axis: Axis, limits: tuple[float, float], y: float, colour: str) -> None:
    """Arrows at the ends of the axis where a mark goes on."""
    low, high = limits
    for goes_on, end, side in (
        (axis.beyond(low) < axis.left - 1e-6, axis.left, -1),
        (axis.beyond(high) > axis.right + 1e-6, axis.right, 1),
    ):
        if goes_on:
            head = ((end, y), (end - side * HEAD, y - HEAD_HALF), (end - side * HEAD, y + HEAD_HALF))
            pen.shapes.append(Shape(head, colour, colour, 0.2, "arrow"))


def _clipped_shape(pen: Pen, axis: Axis, shape: Shape) -> None:
    """The part of a shape between the ends of the axis."""
    points = _beside(_beside(shape.points, axis.left, 1), axis.right, -1)
    if points:
        pen.shapes.append(Shape(points, shape.fill, shape.edge, shape.width_pt, shape.role))


def _beside(points: Points, edge: float, side: int) -> Points:
    """The part of a polygon on one side of an upright line (Sutherland and Hodgman)."""
    found: list[tuple[float, float]] = []
    for (x0, y0), (x1, y1) in zip((points[-1:] + points)[:-1], points, strict=True):
        inside, was = side * (x1 - edge) >= -1e-9, side * (x0 - edge) >= -1e-9
        if inside != was:
            found.append((edge, y0 + (y1 - y0) * (edge - x0) / (x1 - x0)))
        if inside:
            found.append((x1, y1))
    return tuple(found)
