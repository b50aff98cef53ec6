"""Bars along the edges of a box: how many of its points lie at each x, and at each y."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .marks import lighter
from .page import Shape, rectangle
from .pen import Pen
from .plot import Plot

#: Height of the longest bar, room for it with its gap, and width of a bar, all in mm.
LONGEST, ROOM, BAR, GAP = 8.0, 10.5, 2.6, 1.0


def draw_marginals(pen: Pen, plot: Plot, places: NDArray[np.float64], flagged: NDArray[np.bool_], base: float) -> None:
    """Bars above the box from ``base`` upwards and beside it on the right; of flagged points the part next to the box.

    Args:
        places: Points in mm, shape (points, 2). flagged: Shape (points,). base: Foot of the bars above, in mm.
    """
    for axis, (low, high) in enumerate(((plot.left, plot.right), (plot.top, plot.bottom))):
        edges = np.linspace(low, high, max(int((high - low) / BAR), 1) + 1)
        amount = np.histogram(places[:, axis], edges)[0]
        marked = np.histogram(places[flagged, axis], edges)[0]
        if amount.max() == 0:
            continue
        scale = LONGEST / float(amount.max())
        for i in np.flatnonzero(amount):
            ends = float(edges[i]) + 0.1, float(edges[i + 1]) - 0.1
            dark, whole = scale * float(marked[i]), scale * float(amount[i])
            for start, end, colour in (
                (0.0, dark, pen.style.study),
                (dark, whole, lighter(pen.style.study, 0.6)),
            ):
                if end > start:
                    pen.shapes.append(Shape(_bar(plot, axis, ends, (start, end), base), colour, role="marginal"))


def _bar(
    plot: Plot, axis: int, ends: tuple[float, float], reach: tuple[float, float], base: float
) -> tuple[tuple[float, float], ...]:
    if axis == 0:
        return rectangle(ends[0], base - reach[1], ends[1], base - reach[0])
    foot = plot.right + GAP
    return rectangle(foot + reach[0], ends[0], foot + reach[1], ends[1])
