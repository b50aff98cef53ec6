"""Likelihood times the prior of mu, as the posterior's grid sees it: over which range of mu, and how high."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from scipy.special import expit

from .cells import Cells
from .convergence import not_converged
from .family import stretch
from .result import Floats
from .smoothing import log_likelihood_table

#: Fall of the log-posterior at which the grid ends: 1e-12 of the mass lies beyond.
FALL = 27.0
#: The end of a support lies between these falls, once found.
_SETTLED = (FALL - 2.5, FALL + 8)
_LOOK_NODES, _ROUNDS = 13, 12

Support = tuple[Floats, Floats]


class Joint(Protocol):
    """Log-likelihood plus log prior of mu (without its constant) of one analysis, as a function of mu and tau."""

    @property
    def precision(self) -> float:
        """Of the normal prior of mu around 0; 0 for a flat one."""

    def support(self, tau: Floats, near: Support | None) -> tuple[Floats, Floats, Floats]:
        """Where in mu its value lies less than about ``FALL`` below the largest one, and that, each of shape (t,).

        ``near`` is about that range, if known.
        """

    def values(self, mu: Floats, tau: Floats) -> Floats:
        """Values at mu of shape (t, m)."""


@dataclass(frozen=True, slots=True)
class BinomialJoint:
    """Binomial counts; ``cells`` is one row with the precision of the prior of mu (> 0)."""

    cells: Cells

    @property
    def precision(self) -> float:
        """Of the normal prior of mu."""
        return self.cells.precision

    def values(self, mu: Floats, tau: Floats) -> Floats:
        """Values at mu of shape (t, m)."""
        return log_likelihood_table(self.cells, mu, tau)

    def support(self, tau: Floats, near: Support | None) -> tuple[Floats, Floats, Floats]:
        """Range of mu and largest value: a coarse grid whose ends move until the fall at them is right.

        The value is concave in mu, and the root of its fall nearly linear.
        """
        low, high = (end.copy() for end in (near or self._first(tau)))
        top = np.empty(tau.size)
        active = np.arange(tau.size)
        for _ in range(_ROUNDS):
            mu, _ = even(low[active], high[active], _LOOK_NODES)
            value = self.values(mu, tau[active])
            top[active] = value.max(1)
            ends = top[active, None] - value[:, [0, -1]]
            settled = ((ends > _SETTLED[0]) & (ends < _SETTLED[1])).all(1)
            active, mu, value = active[~settled], mu[~settled], value[~settled]
            if active.size == 0:
                return low, high, top
            root = np.sqrt(2 * (top[active, None] - value))
            low[active], high[active] = _end(mu, root), -_end(-mu[:, ::-1], root[:, ::-1])
        raise not_converged("the range of mu", _ROUNDS, lower=low[active], upper=high[active], tau=tau[active])

    def _first(self, tau: Floats) -> Support:
        cells = self.cells
        x, n, times = cells.x[0], cells.n[0], cells.times[0]
        events, others = times @ x + 0.5, times @ (n - x) + 0.5
        centre = np.full(tau.size, np.log(events / others))
        information = n * expit(centre[0]) * expit(-centre[0])
        total = self.precision + (information / (1 + information * (tau * tau)[:, None])) @ times
        reach = np.sqrt(2 * FALL / total)
        centre = centre * stretch(tau) * (1 - self.precision / total)
        return centre - reach, centre + reach


def _end(mu: Floats, root: Floats) -> Floats:
    """Where the root of twice the fall, seen from the top to the left, reaches that of ``FALL``, shape (t,)."""
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
    """Normal effects y with variances v, each of shape (k,); a flat prior of mu has precision 0."""

    y: Floats
    v: Floats
    precision: float

    def values(self, mu: Floats, tau: Floats) -> Floats:
        """Values at mu of shape (t, m)."""
        total, centre, top = self._moments(tau)
        return top[:, None] - 0.5 * total[:, None] * (mu - centre[:, None]) ** 2

    def support(self, tau: Floats, near: Support | None) -> tuple[Floats, Floats, Floats]:
        """Range of mu and largest value."""
        total, centre, top = self._moments(tau)
        reach = np.sqrt(2 * FALL / total)
        return centre - reach, centre + reach, top

    def _moments(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """Given tau: precision and centre of mu, and the value there."""
        spread = self.v + (tau * tau)[:, None]
        w = 1 / spread
        total = w.sum(1) + self.precision
        centre = (w @ self.y) / total
        gaps = (w * (self.y - centre[:, None]) ** 2).sum(1) + self.precision * centre**2
        return total, centre, -0.5 * (np.log(2 * np.pi * spread).sum(1) + gaps)


def on_support(joint: Joint, tau: Floats, near: Support, nodes: int) -> tuple[Floats, Floats, Floats]:
    """Even grids of mu over the supports, their steps, and the values there; ``near`` is kept where it is right."""
    mu, step = even(*near, nodes)
    value = joint.values(mu, tau)
    ends = value.max(1)[:, None] - value[:, [0, -1]]
    wrong = np.flatnonzero(((ends < _SETTLED[0]) | (ends > _SETTLED[1])).any(1))
    if wrong.size:
        low, high, _ = joint.support(tau[wrong], (near[0][wrong], near[1][wrong]))
        mu[wrong], step[wrong] = even(low, high, nodes)
        value[wrong] = joint.values(mu[wrong], tau[wrong])
    return mu, step, value


def even(low: Floats, high: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Even grids from low to high, shape (t, nodes), and their steps, shape (t,)."""
    step = (high - low) / (nodes - 1)
    return low[:, None] + step[:, None] * np.arange(nodes), step
