"""Likelihood times the prior of mu, as a posterior's grid sees it: over which range of mu, and how high.

Everything is asked for many *lines* at once: a line is one analysis at one tau.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol, Self

import numpy as np
from scipy.special import expit

from .cells import Cells, Index
from .convergence import not_converged
from .family import stretch
from .result import Floats
from .smoothing import ROUGH, Smoothing

#: Fall of the log-posterior at which the grid ends: 1e-12 of the mass lies beyond.
FALL = 27.0
#: The end of a support lies between these falls, once found.
_SETTLED = (FALL - 2.5, FALL + 8)
_LOOK_NODES, _ROUNDS = 13, 12

Support = tuple[Floats, Floats]


class Joint(Protocol):
    """Log-likelihood plus log prior of mu (without its constant) of analyses, as a function of mu and tau.

    ``row`` is the analysis of each line, shape (lines,); ``tau`` as well.
    """

    @property
    def precision(self) -> float:
        """Of the normal prior of mu around 0; 0 for a flat one."""

    @property
    def rows(self) -> int:
        """Analyses."""

    def first(self, row: Index, tau: Floats) -> Support:
        """About the support, where nothing is known of it, each of shape (lines,)."""

    def support(self, row: Index, tau: Floats, near: Support) -> tuple[Floats, Floats, Floats]:
        """Where in mu its value lies less than about ``FALL`` below the largest one, and that, each of shape (lines,).

        ``near`` is about that range.
        """

    def values(self, row: Index, mu: Floats, tau: Floats) -> Floats:
        """Values at mu of shape (lines, m)."""


@dataclass(frozen=True, slots=True)
class BinomialJoint:
    """Binomial counts, with a normal prior of mu of precision > 0."""

    smoothing: Smoothing

    @classmethod
    def of(cls, cells: Cells) -> Self:
        """Of rows with that precision."""
        return cls(Smoothing.of(cells))

    @property
    def precision(self) -> float:
        """Of the normal prior of mu."""
        return self.smoothing.cells.precision

    @property
    def rows(self) -> int:
        """Analyses."""
        return self.smoothing.cells.rows

    def values(self, row: Index, mu: Floats, tau: Floats) -> Floats:
        """Values at mu of shape (lines, m)."""
        return self.smoothing.values(row, mu, tau)

    def support(self, row: Index, tau: Floats, near: Support) -> tuple[Floats, Floats, Floats]:
        """Range of mu and largest value: a coarse grid whose ends move until the fall at them is right.

        The value is concave in mu, and the root of its fall nearly linear.
        """
        low, high = (end.copy() for end in near)
        top = np.empty(tau.size)
        active = np.arange(tau.size)
        for _ in range(_ROUNDS):
            mu, _ = even(low[active], high[active], _LOOK_NODES)
            value = self.smoothing.values(row[active], mu, tau[active], ROUGH)
            top[active] = value.max(1)
            ends = top[active, None] - value[:, [0, -1]]
            settled = ((ends > _SETTLED[0]) & (ends < _SETTLED[1])).all(1)
            active, mu, value = active[~settled], mu[~settled], value[~settled]
            if active.size == 0:
                return low, high, top
            root = np.sqrt(2 * (top[active, None] - value))
            low[active], high[active] = _end(mu, root), -_end(-mu[:, ::-1], root[:, ::-1])
        raise not_converged("the range of mu", _ROUNDS, lower=low[active], upper=high[active], tau=tau[active])

    def first(self, row: Index, tau: Floats) -> Support:
        """Where the information of cells at their common proportion puts the range."""
        cells = self.smoothing.cells
        # Over the first axis: what fills up shorter rows is added last, and changes no bit.
        x, n, times = (np.ascontiguousarray(part.T) for part in (cells.x, cells.n, cells.times))
        events, others = (times * x).sum(0) + 0.5, (times * (n - x)).sum(0) + 0.5
        centre = np.log(events / others)
        information = np.take(n * (expit(centre) * expit(-centre)), row, axis=1)
        total = self.precision + (np.take(times, row, axis=1) * information / (1 + information * (tau * tau))).sum(0)
        reach = np.sqrt(2 * FALL / total)
        middle = centre[row] * stretch(tau) * (1 - self.precision / total)
        return middle - reach, middle + reach


def _end(mu: Floats, root: Floats) -> Floats:
    """Where the root of twice the fall, seen from the top to the left, reaches that of ``FALL``, shape (lines,)."""
    wanted = np.sqrt(2 * FALL)
    row = np.arange(mu.shape[0])
    best = root.argmin(1)
    # The last node on the left of the top that is far enough down, or the first of all.
    below = (root >= wanted) & (np.arange(mu.shape[1]) < best[:, None])
    left = np.where(below.any(1), mu.shape[1] - 1 - below[:, ::-1].argmax(1), 0)
    right = np.maximum(np.minimum(left + 1, mu.shape[1] - 1), 1)
    gap = root[row, left] - root[row, right]
    width = mu[row, right] - mu[row, left]
    slope = np.where(gap > 1e-3 * wanted, gap, 1e-3 * wanted) / width
    found = mu[row, left] - (wanted - root[row, left]) / slope
    span = mu[:, -1] - mu[:, 0]
    return np.asarray(np.clip(found, mu[:, 0] - 3 * span, mu[row, right] - 0.05 * width))


@dataclass(frozen=True, slots=True)
class NormalJoint:
    """Normal effects y with variances v, each of shape (rows, k); a flat prior of mu has precision 0."""

    y: Floats
    v: Floats
    precision: float

    @property
    def rows(self) -> int:
        """Analyses."""
        return int(self.y.shape[0])

    def values(self, row: Index, mu: Floats, tau: Floats) -> Floats:
        """Values at mu of shape (lines, m)."""
        total, centre, top = self._moments(row, tau)
        return top[:, None] - 0.5 * total[:, None] * (mu - centre[:, None]) ** 2

    def first(self, row: Index, tau: Floats) -> Support:
        """The range of mu itself."""
        return self.support(row, tau, (tau, tau))[:2]

    def support(self, row: Index, tau: Floats, near: Support) -> tuple[Floats, Floats, Floats]:
        """Range of mu and largest value."""
        total, centre, top = self._moments(row, tau)
        reach = np.sqrt(2 * FALL / total)
        return centre - reach, centre + reach, top

    def _moments(self, row: Index, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Given tau: precision and centre of mu, and the value there."""
        spread = self.v[row] + (tau * tau)[:, None]
        w, y = 1 / spread, self.y[row]
        total = w.sum(1) + self.precision
        centre = np.vecdot(w, y) / total
        gaps = (w * (y - centre[:, None]) ** 2).sum(1) + self.precision * centre**2
        return total, centre, -0.5 * (np.log(2 * np.pi * spread).sum(1) + gaps)


def on_support(joint: Joint, row: Index, tau: Floats, near: Support, nodes: int) -> tuple[Floats, Floats, Floats]:
    """Even grids of mu over the supports, their steps, and the values there; ``near`` is kept where it is right."""
    mu, step = even(*near, nodes)
    value = joint.values(row, mu, tau)
    ends = value.max(1)[:, None] - value[:, [0, -1]]
    wrong = ((ends < _SETTLED[0]) | (ends > _SETTLED[1])).any(1).nonzero()[0]
    if wrong.size:
        low, high, _ = joint.support(row[wrong], tau[wrong], (near[0][wrong], near[1][wrong]))
        mu[wrong], step[wrong] = even(low, high, nodes)
        value[wrong] = joint.values(row[wrong], mu[wrong], tau[wrong])
    return mu, step, value


def even(low: Floats, high: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Even grids from low to high, shape (lines, nodes), and their steps, shape (lines,)."""
    step = (high - low) / (nodes - 1)
    return low[:, None] + step[:, None] * np.arange(nodes), step
