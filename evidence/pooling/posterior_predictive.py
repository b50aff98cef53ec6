"""Limits of a new study's proportion from posteriors on grids, of many analyses at once.

    P(logit of a new study <= q) = sum over nodes of mass * Phi((q - mu) / tau)

where tau is wide against the step of mu. Where it is not, a normal density smooths each wave of mu's density by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import ndtr, ndtri

from .cells import Index
from .convergence import not_converged
from .posterior_grids import Grids
from .result import Floats

#: tau is wide from this many steps of mu on.
WIDE = 1.5
#: A node with less than this share of the mass is left out: all of them hold less than 1e-11.
NEGLIGIBLE = 1e-15
#: Steps of the search, and the step (against 1 + |limit|) that is the last: it leaves about its square.
_STEPS, _LAST = 60, 1e-6
_ROOT = np.sqrt(2 * np.pi)


def predictive_limits(grids: Grids, tails: tuple[float, float]) -> Floats:
    """Logits below which a new study lies with each of these probabilities, shape (2, rows); error 1e-10.

    Raises:
        ConvergenceError: a search had not settled.
    """
    known = _Predictive.of(grids)
    return np.array([_quantile(known.distribution, known.middle, known.spread, tail) for tail in tails])


#: Rows and a logit for each to the distribution function there and its slope.
Distribution = Callable[[Index, Floats], tuple[Floats, Floats]]


def _quantile(distribution: Distribution, middle: Floats, spread: Floats, tail: float) -> Floats:
    """Where the distribution function of each row reaches ``tail``: Newton on its probit, nearly a straight line."""
    wanted = float(ndtri(tail))
    at = middle + wanted * spread
    low, high = np.full(at.size, -np.inf), np.full(at.size, np.inf)
    active = np.arange(at.size)
    for _ in range(_STEPS):
        value, slope = distribution(active, at[active])
        score = ndtri(np.clip(value, 1e-300, 1 - 1e-16))
        low[active] = np.where(score <= wanted, at[active], low[active])
        high[active] = np.where(score >= wanted, at[active], high[active])
        with np.errstate(divide="ignore", over="ignore"):
            step = (wanted - score) * np.exp(-0.5 * score * score) / (_ROOT * slope)
        longest = 2 * spread[active]
        new = at[active] + np.clip(step, -longest, longest)
        middling = 0.5 * (low[active] + high[active])
        stray = ~((new >= low[active]) & (new <= high[active]))
        new = np.where(stray & np.isfinite(middling), middling, new)
        last = np.abs(new - at[active]) <= _LAST * (1 + np.abs(new))
        at[active] = new
        active = active[~last]
        if active.size == 0:
            return at
    raise not_converged("a predictive limit", _STEPS, limit=at[active])


@dataclass(frozen=True, slots=True)
class _Predictive:
    """What is needed of the grids.

    Attributes:
        middle, spread: Mean and standard deviation of a new study's logit, shape (rows,).
        mass, mu, per: Of nodes with wide tau, those of a row together: mass, mu and 1 / tau; shape (nodes,).
        begins: First of these nodes of each row and the end of all, shape (rows + 1,).
        narrow: Lines with a narrow tau.
    """

    middle: Floats
    spread: Floats
    mass: Floats
    mu: Floats
    per: Floats
    begins: Index
    narrow: _Narrow

    @classmethod
    def of(cls, grids: Grids) -> Self:
        """Of posteriors."""
        rows, size = grids.tau.shape[0], grids.tau.shape[1] * grids.mu.shape[2]
        mass = grids.density * (grids.weight * grids.step)[:, :, None]
        middle = (mass * grids.mu).reshape(rows, size).sum(1)
        gap = (grids.mu - middle[:, None, None]) ** 2 + (grids.tau * grids.tau)[:, :, None]
        spread = np.sqrt((mass * gap).reshape(rows, size).sum(1))
        wide = grids.tau > WIDE * grids.step
        kept = (mass > NEGLIGIBLE) & wide[:, :, None]
        row, line, _ = kept.nonzero()
        begins = np.searchsorted(row, np.arange(rows + 1))
        narrow = _Narrow.of(grids, ~wide & (grids.weight > 0))
        return cls(middle, spread, mass[kept], grids.mu[kept], 1 / grids.tau[row, line], begins, narrow)

    def distribution(self, rows: Index, at: Floats) -> tuple[Floats, Floats]:
        """The distribution function of each of these rows at a logit of its own, and its slope, shape (rows,)."""
        value, slope = self.narrow.distribution(rows, at)
        count = np.diff(self.begins)[rows]
        there = (count > 0).nonzero()[0]
        if there.size:
            starts = np.cumsum(count) - count
            node = np.arange(int(count.sum())) + np.repeat(self.begins[rows] - starts, count)
            per, mass = self.per[node], self.mass[node]
            z = (np.repeat(at, count) - self.mu[node]) * per
            value[there] += np.add.reduceat(mass * ndtr(z), starts[there])
            density = mass * per * np.exp(-0.5 * np.minimum(z * z, 1000.0)) / _ROOT
            slope[there] += np.add.reduceat(density, starts[there])
        return value, slope


@dataclass(frozen=True, slots=True)
class _Narrow:
    """Lines whose tau is narrow against the step of mu, those of a row together.

    Attributes:
        weight: Mass, shape (lines,). left, period: Of the grid of mu, shape (lines,).
        waves: Fourier coefficients of the density of the logit, shape (lines, waves).
        share: Largest share of the period within the grid.
        begins: First line of each row, and the end of all, shape (rows + 1,).
    """

    weight: Floats
    left: Floats
    period: Floats
    waves: npt.NDArray[np.complex128]
    share: float
    begins: Index

    @classmethod
    def of(cls, grids: Grids, narrow: np.ndarray) -> Self:
        """Of the lines where ``narrow``, shape (rows, t)."""
        m = grids.mu.shape[2]
        period, waves = m * grids.step[narrow], grids.waves[narrow]
        turns = np.arange(waves.shape[1]) * (grids.tau[narrow] / period)[:, None]
        begins = np.searchsorted(narrow.nonzero()[0], np.arange(narrow.shape[0] + 1))
        smooth = waves * np.exp(-2 * (np.pi * turns) ** 2)
        return cls(grids.weight[narrow], grids.mu[narrow][:, 0], period, smooth, 1 - 1 / m, begins)

    def distribution(self, rows: Index, at: Floats) -> tuple[Floats, Floats]:
        """What these lines add to the distribution function and to its slope, shape (rows,)."""
        value, slope = np.zeros((2, rows.size))
        count = np.diff(self.begins)[rows]
        there = (count > 0).nonzero()[0]
        if there.size:
            starts = np.cumsum(count) - count
            line = np.arange(int(count.sum())) + np.repeat(self.begins[rows] - starts, count)
            share = (np.repeat(at, count) - self.left[line]) / self.period[line]
            inside = (share > 0) & (share < self.share)
            share, waves = np.clip(share, 0.0, self.share), self.waves[line]
            order = np.arange(1, waves.shape[1])
            turn = np.exp(2j * np.pi * share[:, None] * order)
            first, weight = waves[:, 0].real, self.weight[line]
            below = first * share + (waves[:, 1:] / (1j * np.pi * order) * (turn - 1)).real.sum(1)
            density = first + 2 * (waves[:, 1:] * turn).real.sum(1)
            value[there] = np.add.reduceat(weight * self.period[line] * below, starts[there])
            slope[there] = np.add.reduceat(np.where(inside, weight * density, 0.0), starts[there])
        return value, slope
