"""Cells of an analysis that may share nodes: their integrands are about as steep, and how far each of them reaches."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlogy

from .quadrature import log1p_exp
from .result import Floats

Index = npt.NDArray[np.intp]

#: Fall of f at the ends of its span.
FALL = 44.0
#: This far beyond its centre, f of a cell without events or non-events is 1 but for exp() of minus it.
LEVEL = 36.0
#: Cells without events (or non-events), however many units they have, rise like exp(-exp(eta)), and those with few like
#: the density of the logarithm of a gamma variable: analytic to pi / 2 i, as steep as a normal density of this
#: precision.
PURE = 5.0
#: Cells as steep as this share nodes, and so on by this ratio: the step of the nodes falls as its root.
FLAT, RATIO = 8.0, 8.0
#: Steps of Newton to the end of a span, from outside.
_STEPS = 6


@dataclass(frozen=True, slots=True)
class Units:
    """Cells that share nodes, of which an analysis has a few such units.

    Attributes:
        row: The analysis of each unit, shape (units,), rising.
        factors: Of each cell what the logarithm of f, over its largest value, is made of: its events, and minus its
            units and the logarithm of that value; shape (units, width, 3). Where a unit has fewer cells, its first.
        times: How often each cell counts, shape (units, width); 0 where there is none.
        width: Number of cells that are computed, shape (units,): one of few.
        steep: The precision of a normal density about as steep as the steepest f, shape (units,).
        low, high: Beyond these eta every f has fallen by ``FALL``; infinite where one does not fall; shape (units,).
        bottom, top: The same where f does not fall: beyond them it is as good as 1; shape (units,).
        left, right: Outermost logits of the cells' proportions, shape (units,).
    """

    row: Index
    factors: Floats
    times: Floats
    width: Index
    steep: Floats
    low: Floats
    high: Floats
    bottom: Floats
    top: Floats
    left: Floats
    right: Floats

    @classmethod
    def of(cls, row: Index, x: Floats, n: Floats, times: Floats) -> Self:
        """Of cells with units, one after another, shape (cells,); ``row`` is the analysis of each, rising."""
        steep = steepness(x, n)
        group = np.ceil(np.log(np.maximum(steep / FLAT, 1.0)) / np.log(RATIO)).astype(np.intp)
        order = np.lexsort((group, row))
        row, group = row[order], group[order]
        x, n, times, steep = (each[order] for each in (x, n, times, steep))
        new = np.ones(row.size, dtype=bool)
        new[1:] = (row[1:] != row[:-1]) | (group[1:] != group[:-1])
        begins = new.nonzero()[0]
        count = np.diff(np.append(begins, row.size))
        width = _rounded(count)
        column = np.arange(width.max())
        there = column < count[:, None]
        place = begins[:, None] + np.where(there, column, 0)
        low, high = spans(x, n)
        logit = np.log((x + 0.5) / (n - x + 0.5))
        return cls(
            row[begins],
            np.stack([x, -n, -largest(x, n)], axis=1)[place],
            np.where(there, times[place], 0.0),
            width,
            np.maximum.reduceat(steep, begins),
            np.minimum.reduceat(low, begins),
            np.maximum.reduceat(high, begins),
            np.minimum.reduceat(np.where(np.isinf(low), -np.log(n) - LEVEL, low), begins),
            np.maximum.reduceat(np.where(np.isinf(high), np.log(n) + LEVEL, high), begins),
            np.minimum.reduceat(logit, begins),
            np.maximum.reduceat(logit, begins),
        )


def _rounded(count: Index) -> Index:
    """Up to 1, 2, 3, 4, 6, 8, 12, 16, 24 and so on."""
    power = 1 << np.ceil(np.log2(count)).astype(np.intp)
    return np.asarray(np.where(count <= power * 3 // 4, np.maximum(power * 3 // 4, 1), power))


def steepness(x: Floats, n: Floats) -> Floats:
    """The precision of a normal density that is about as steep, off the real line, as f of each cell."""
    return np.minimum(0.25 * n, PURE + np.minimum(x, n - x))


def largest(x: Floats, n: Floats) -> Floats:
    """Log of the largest value of f."""
    return np.asarray(xlogy(x, x / n) + xlogy(n - x, 1 - x / n))


def spans(x: Floats, n: Floats) -> tuple[Floats, Floats]:
    """Where f of each cell has fallen by ``FALL`` on either side, or a little more; infinite where it does not fall."""
    high = _upper(x, n)
    return -_upper(n - x, n), high


def _upper(x: Floats, n: Floats) -> Floats:
    """The upper end: Newton on a concave function, from outside, can't overshoot."""
    y = n - x
    falls = y > 0
    size, goal = np.maximum(y, 1.0), largest(x, n) - FALL
    # From above f is at most exp(-(n - x) eta).
    eta = -goal / size
    for _ in range(_STEPS):
        value = x * eta - n * log1p_exp(eta)
        slope = np.where(falls, n * expit(-eta) - y, -1.0)
        eta += np.where(falls, np.maximum(goal - value, 0.0) / np.minimum(slope, -1e-300), 0.0)
    return np.where(falls, eta, np.inf)
