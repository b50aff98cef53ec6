"""Too many points to see each: six-sided cells, the darker the more of them."""

from __future__ import annotations

from dataclasses import dataclass
from math import cos, pi, sin

import numpy as np
from numpy.typing import NDArray

from .marks import lighter
from .page import Shape
from .plot import Plot

#: From the centre of a cell to its corners, in mm.
RADIUS = 1.5
#: Steps of the shade.
STEPS = 5


@dataclass(frozen=True, slots=True)
class Cells:
    """Cells with points in them.

    Attributes:
        x, y: Centres in mm, shape (cells,). amount: Points in each. flagged: Flagged points in each.
        edges: The largest amount of each step of the shade.
    """

    x: NDArray[np.float64]
    y: NDArray[np.float64]
    amount: NDArray[np.int64]
    flagged: NDArray[np.int64]
    edges: tuple[int, ...]

    def step(self, i: int) -> int:
        """The shade of a cell: 0 is the lightest."""
        return int(np.searchsorted(self.edges, self.amount[i]))


def cells_of(x: NDArray[np.float64], y: NDArray[np.float64], flagged: NDArray[np.bool_]) -> Cells:
    """Count points in cells; coordinates in mm."""
    wide, high = RADIUS * 3**0.5, RADIUS * 3
    # Two grids of rectangles, shifted by half a cell; each point belongs to the nearer centre.
    first = np.stack([np.round(x / wide), np.round(y / high)])
    second = np.stack([np.floor(x / wide) + 0.5, np.floor(y / high) + 0.5])

    def away(centre: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.asarray((x - centre[0] * wide) ** 2 + (y - centre[1] * high) ** 2)

    nearest = np.where(away(first) <= away(second), first, second)
    centres, index = np.unique(nearest, axis=1, return_inverse=True)
    index = index.reshape(-1)
    amount = np.bincount(index, minlength=centres.shape[1])
    marked = np.bincount(index, weights=flagged.astype(float), minlength=centres.shape[1]).astype(np.int64)
    return Cells(centres[0] * wide, centres[1] * high, amount, marked, _edges(int(amount.max())))


def _edges(most: int) -> tuple[int, ...]:
    """Largest amounts of the steps, each a like multiple of the one before."""
    ends = sorted({round(most ** (i / STEPS)) for i in range(1, STEPS + 1)} | {most})
    return tuple(ends)


def shade(colour: str, step: int, steps: int) -> str:
    """Light to dark."""
    return lighter(colour, 0.82 * (1 - step / max(steps - 1, 1)))


def hexagon(x: float, y: float, radius: float = RADIUS) -> tuple[tuple[float, float], ...]:
    """Corners of a cell, one of them at the top."""
    turns = [pi / 3 * i + pi / 6 for i in range(6)]
    return tuple((x + radius * cos(turn), y + radius * sin(turn)) for turn in turns)


def draw_cells(found: Cells, plot: Plot, colour: str, ink: str) -> tuple[list[Shape], list[Shape]]:
    """The cells, and a dot in each one whose points are mostly flagged."""
    steps = len(found.edges)
    fields, dots = [], []
    for i in range(len(found.x)):
        x, y = float(found.x[i]), float(found.y[i])
        points = tuple(
            (min(max(px, plot.left), plot.right), min(max(py, plot.top), plot.bottom)) for px, py in hexagon(x, y)
        )
        fields.append(Shape(points, shade(colour, found.step(i), steps), role="field"))
        if 2 * found.flagged[i] > found.amount[i]:
            light = found.step(i) >= steps - 2
            dots.append(Shape(hexagon(x, y, 0.45), "white" if light else ink, role="point"))
    return fields, dots
