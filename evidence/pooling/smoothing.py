"""The logistic-normal log-likelihood of many analyses, each at a few tau and for each tau at many mu.

    P(x | n, mu, tau) = integral of f(eta) phi((eta - mu) / tau) / tau d eta,  f = expit^x (1 - expit)^(n - x)

A *line* is an analysis at one tau. Its nodes in eta, the values of f and those of the normal density serve every mu and
every cell, and what is left is a product of two matrices. Where tau is small against the range of mu, nodes around
each mu are fewer. Where it is large, f of a cell without events or non-events is a step, in closed form as a normal
distribution function, and the nodes hold what it differs from that. Cells of an analysis that are about as steep share
nodes: those of a thousand units need them densely but over a short range. The rule is the trapezoid rule; its two
halves, the even and the odd nodes, must agree and its ends must hold nothing, else the line is computed by
``quadrature``. Source of the error: Trefethen and Weideman 2014, 10.1137/130932132.

Lines of as many nodes and cells are computed together. What comes of a line depends on it alone, to the last bit.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Self

import numpy as np
from scipy.special import ndtr

from .cells import Cells, log_likelihood
from .quadrature import LARGE_TAU, log_choose
from .result import Floats
from .smoothing_units import Index, Units, largest

#: How much of the fall of f at the ends of its span tau may take back.
TILT = 14.0
#: Fall below the largest value from which on a value need not be exact.
FAR = 60.0
#: exp() of less than minus this is slow to multiply, and nothing beside the peak.
FAINTEST = 340.0
#: Beyond this eta f is as it is there: 0 or 1.
HIGHEST = 700.0
#: An integral, relative to the largest value of f, must be more than this.
LEAST = 1e-130
#: More nodes than this are left to the other rule.
MOST_NODES = 4096
#: Lines whose numbers of nodes are within this ratio have the same number.
BY_NODES = 1.4
#: Step of the nodes against that of mu, as two numbers: so their differences are few.
RATIOS = (*((1, 2**i) for i in range(6, 0, -1)), *((2**i, 1) for i in range(5)))
_SHARES = np.array([by_node / by_mu for by_node, by_mu in RATIOS])
_ROOT = np.sqrt(2 * np.pi)
#: What f costs at a node, against an element of a matrix.
NODE = 3
#: Elements of the largest table, which stays in the processor's cache.
BLOCK = 1 << 17

Bools = np.ndarray


@dataclass(frozen=True, slots=True)
class Rule:
    """How exact sums over nodes are.

    Attributes:
        step: Against the standard deviation of the narrowest integrand. longest: Of steps; the poles lie at pi i.
        reach: How far the nodes reach, in units of tau.
        halves: Largest difference of the halves, relative; the error of the whole is its square or less.
        ends: Largest share of an end.
    """

    step: float
    longest: float
    reach: float
    halves: float
    ends: float


FINE = Rule(0.73, 0.7, 8.5, 5e-4, 1e-11)
#: To find out over which range a posterior has to be known: 1e-4 of the log-likelihood of a cell.
ROUGH = Rule(1.15, 1.0, 6.0, 0.05, 1e-6)


@dataclass(frozen=True, slots=True)
class Smoothing:
    """Analyses made ready.

    Attributes:
        cells: One row for each, with the precision of the prior of mu.
        units: Their cells, by how steep they are.
        first, count: Of each analysis its first unit, and how many it has, shape (rows,).
        constant: Log binomial coefficients and largest f of each, shape (rows,).
    """

    cells: Cells
    units: Units
    first: Index
    count: Index
    constant: Floats

    @classmethod
    def of(cls, cells: Cells) -> Self:
        """Of rows with at least one cell each."""
        row, column = cells.n.nonzero()
        x, n, times = (part[row, column] for part in (cells.x, cells.n, cells.times))
        units = Units.of(row, x, n, times)
        begins = np.searchsorted(row, np.arange(cells.rows))
        constant = np.add.reduceat(times * (log_choose(x, n) + largest(x, n)), begins)
        first = np.searchsorted(units.row, np.arange(cells.rows))
        return cls(cells, units, first, np.diff(np.append(first, units.row.size)), constant)

    def values(self, row: Index, mu: Floats, tau: Floats, rule: Rule = FINE) -> Floats:
        """Log-likelihood, with the log of the prior of mu that the cells have (without its constant).

        Args:
            row: The analysis of each line, shape (lines,).
            mu: Shape (lines, m), evenly spaced and rising along the last axis.
            tau: Shape (lines,), at least 0.
            rule: How exact.

        Returns:
            Shape (lines, m). Error of ``FINE``: 1e-9 where it is within 30 of its largest value.
        """
        count = self.count[row]
        line = np.repeat(np.arange(row.size), count)
        nth = np.arange(line.size) - (np.cumsum(count) - count)[line]
        unit = self.first[row][line] + nth
        each, good = self._of_units(unit, mu[line], tau[line], rule)
        out = np.repeat(self.constant[row][:, None], mu.shape[1], axis=1)
        fine = np.ones(mu.shape, dtype=bool)
        for i in range(int(count.max())):
            part = (nth == i).nonzero()[0]
            out[line[part]] += each[part]
            fine[line[part]] &= good[part]
        # Far below the top only that it is far below matters.
        fine |= out < out.max(1, keepdims=True) - FAR
        done = np.logical_and.reduce(fine, 1)
        left = (~done).nonzero()[0]
        if left.size:
            m = mu.shape[1]
            flat = self.cells.take(np.repeat(row[left], m))
            out[left] = log_likelihood(flat, mu[left].ravel(), np.repeat(tau[left], m)).value.reshape(-1, m)
        out[done] -= 0.5 * self.cells.precision * mu[done] ** 2
        return out

    def _of_units(self, unit: Index, mu: Floats, tau: Floats, rule: Rule) -> tuple[Floats, Bools]:
        """Values of one unit on each line, and where they are good, shape (lines, m)."""
        out, good = np.zeros((unit.size, mu.shape[1])), np.zeros((unit.size, mu.shape[1]), dtype=bool)
        lines, room = _Lines.of(self.units, unit, mu, tau, rule), _Room()
        for part in lines.groups():
            ratio, nodes, width = (int(each[part[0]]) for each in (lines.ratio, lines.nodes, lines.width))
            if ratio < 0:
                out[part], good[part] = lines.local(part, nodes, width, room)
            else:
                out[part], good[part] = lines.shared(part, ratio, nodes, width, room)
        return out, good


@dataclass(frozen=True, slots=True)
class _Lines:
    """Lines, each of one unit, and where their nodes lie.

    Attributes:
        units: All units. unit: That of each line, shape (lines,). rule: How exact.
        mu: Shape (lines, m). tau: Shape (lines,).
        nodes: Of each line, an even number, shape (lines,); 0 where these are left to the other rule.
        ratio: Which of ``RATIOS``, or -1 for nodes around each mu, shape (lines,).
        steps: Whether what f of cells without events or non-events differs from a step is summed, shape (lines,).
        highest: The first of the nodes that serve every mu, shape (lines,). step: Between them, shape (lines,).
    """

    units: Units
    unit: Index
    rule: Rule
    mu: Floats
    tau: Floats
    nodes: Index
    ratio: Index
    steps: Bools
    highest: Floats
    step: Floats

    @classmethod
    def of(cls, units: Units, unit: Index, mu: Floats, tau: Floats, rule: Rule) -> Self:
        """Of the units at ``unit``, one for each line."""
        width, m = units.width[unit], mu.shape[1]
        wide = np.maximum(tau, 1e-100)
        longest = np.minimum(rule.step / np.sqrt(units.steep[unit] + wide**-2), rule.longest)
        apart = 2 * rule.reach * wide / longest + 1
        of_mu = (mu[:, -1] - mu[:, 0]) / (m - 1)
        ratio = np.searchsorted(_SHARES, longest / of_mu, side="right") - 1
        step = _SHARES[ratio] * of_mu
        low, high = mu[:, 0] - rule.reach * tau, mu[:, -1] + rule.reach * tau
        bottom, top = units.bottom[unit], units.top[unit]
        left, right, furthest = units.low[unit], units.high[unit], TILT * wide * wide
        # f has fallen there; but not where tau takes back too much of that.
        clipped = _gain(units.right[unit], left, mu[:, 0]) <= furthest
        low = np.where(clipped, np.maximum(low, left), low)
        clipped = _gain(-units.left[unit], -right, -mu[:, -1]) <= furthest
        high = np.where(clipped, np.minimum(high, right), high)
        steps = (tau > LARGE_TAU) & (np.isinf(left) | np.isinf(right))
        low, high = np.where(steps, bottom, low), np.where(steps, top, high)
        shared = (high - low) / step + 1
        # A node costs its f for each cell, at one mu or for all of them, and its share of a matrix.
        local = (ratio < 0) | ~steps & (NODE * apart * m * (width + NODE) < shared * (m + NODE * (width + NODE)))
        count = np.where(local, apart, shared)
        nodes = np.where((count <= MOST_NODES) & (local | (low < high)), _rounded(np.maximum(count, 2)), 0)
        highest = 0.5 * (low + high) + 0.5 * step * (nodes - 1)
        return cls(units, unit, rule, mu, wide, nodes, np.where(local, -1, ratio), steps, highest, step)

    @property
    def width(self) -> Index:
        """Cells that are computed for each line."""
        return np.asarray(self.units.width[self.unit])

    def groups(self) -> Iterator[Index]:
        """Lines that are computed together: of one ratio, and of as many nodes and cells."""
        m, order = self.mu.shape[1], (self.nodes > 0).nonzero()[0]
        key = np.array([self.steps, self.ratio, self.width, self.nodes])[:, order]
        by_key = np.lexsort(key)
        order, key = order[by_key], key[:, by_key]
        begins = (np.diff(key, prepend=-2) != 0).any(0).nonzero()[0]
        for begin, end in itertools.pairwise([*begins.tolist(), order.size]):
            _, ratio, width, nodes = key[:, begin].tolist()
            size = max(1, BLOCK // (nodes * (m * width if ratio < 0 else max(m, width))))
            for first in range(begin, end, size):
                yield order[first : min(first + size, end)]

    def shared(self, part: Index, ratio: int, nodes: int, width: int, room: _Room) -> tuple[Floats, Bools]:
        """Sums of log P over the cells of some lines, by nodes in eta that serve every mu, and where they are good."""
        mu, tau, highest, step = self.mu[part, 0], self.tau[part], self.highest[part], self.step[part]
        shape = part.size, self.mu.shape[1], 2, nodes // 2
        # (mu - eta) / tau takes few values: the normal density of these, and a matrix of it that repeats them.
        z = _differences(ratio, nodes, shape[1]) * (step / tau)[:, None]
        z += ((mu - highest) / tau)[:, None]
        z *= z
        z *= -0.5
        np.maximum(z, -FAINTEST, out=z)
        density = np.exp(z, out=z)
        by_node, by_mu = RATIOS[ratio]
        matrix = room.table(0, *shape)
        strides = density.strides[0], 8 * by_mu, 8 * by_node, 16 * by_node
        matrix[...] = np.ndarray(shape, np.float64, density, 0, strides)
        eta, scale = highest[:, None] - step[:, None] * _order(nodes), step / (_ROOT * tau)
        f = self._f(part, eta, width, room)
        steps = bool(self.steps[part[0]])
        if steps:
            side, centre = self._sides(part, width)
            f -= _ogive(side, centre, eta)
        f = f.reshape(part.size, width, 2, -1)
        halves = f.transpose(0, 2, 1, 3) @ matrix.transpose(0, 2, 3, 1)
        ends = np.abs(f[:, :, [0, 1], [0, -1]]) @ matrix[:, :, [0, 1], [0, -1]].mT
        if steps:
            spread = np.sqrt(1 + tau * tau)[:, None]
            halves += (0.5 * _ogive(side, centre, self.mu[part], spread) / scale[:, None, None])[:, None]
        value, good = self._sum(part, halves[:, 0], halves[:, 1], ends, width)
        value += (self.units.times[self.unit[part], :width].sum(1) * np.log(scale))[:, None]
        return value, good

    def _sides(self, part: Index, width: int) -> tuple[Floats, Floats]:
        """1 for cells of events only, -1 for those without, else 0, and where the former rise, shape (lines, width)."""
        x, n, _ = np.moveaxis(self.units.factors[self.unit[part], :width], 2, 0)
        return (x == -n) * 1.0 - (x == 0), np.log(-n)

    def local(self, part: Index, nodes: int, width: int, room: _Room) -> tuple[Floats, Bools]:
        """The same by nodes around each mu."""
        m = self.mu.shape[1]
        z = self.rule.reach * (1 - 2 * _order(nodes) / (nodes - 1))
        weight = np.exp(-0.5 * z * z)
        weight /= weight.sum()
        eta = self.mu[part, :, None] + self.tau[part, None, None] * z
        f = self._f(part, eta.reshape(part.size, -1), width, room).reshape(part.size, width, m, 2, -1)
        halves = np.vecdot(f, weight.reshape(2, -1))
        ends = (f[..., 0, 0] + f[..., 1, -1]) * weight[0]
        return self._sum(part, halves[..., 0], halves[..., 1], ends, width)

    def _f(self, part: Index, eta: Floats, width: int, room: _Room) -> Floats:
        """Over its largest value, of some lines at eta of shape (lines, nodes); shape (lines, width, nodes)."""
        terms = room.table(2, part.size, 3, eta.shape[1])
        np.minimum(eta, HIGHEST, out=terms[:, 0])
        np.log1p(np.exp(terms[:, 0], out=terms[:, 2]), out=terms[:, 1])
        terms[:, 2] = 1.0
        exponent = room.table(1, part.size, width, eta.shape[1])
        np.matmul(self.units.factors[self.unit[part], :width], terms, out=exponent)
        np.maximum(exponent, -FAINTEST, out=exponent)
        return np.asarray(np.exp(exponent, out=exponent))

    def _sum(self, part: Index, even: Floats, odd: Floats, ends: Floats, width: int) -> tuple[Floats, Bools]:
        total = even + odd
        gap = np.abs(even - odd)
        gap *= 1 / self.rule.halves
        ends *= 1 / self.rule.ends
        good = np.maximum(np.maximum(gap, ends, out=gap), LEAST, out=gap) <= total
        np.log(np.maximum(total, LEAST, out=total), out=total)
        value = self.units.times[self.unit[part], None, :width] @ total
        return value[:, 0], np.logical_and.reduce(good, 1)


def _ogive(side: Floats, centre: Floats, eta: Floats, spread: Floats | float = 1.0) -> Floats:
    """What is like f of cells without events or non-events: a normal distribution function; 0 for the others.

    Args:
        side, centre: Of each cell, shape (lines, width). eta: Shape (lines, values).
        spread: Its standard deviation, shape (lines, 1).
    """
    side = side[:, :, None]
    found = ndtr((side * eta[:, None, :] - centre[:, :, None]) / np.asarray(spread)[..., None])
    return np.where(side == 0, 0.0, found)


def _gain(top: Floats, end: Floats, mu: Floats) -> Floats:
    """By how much the normal density around mu, times tau^2, favours the end of a span against the top of f."""
    with np.errstate(invalid="ignore"):
        return np.where(np.isfinite(end), 0.5 * ((top - mu) ** 2 - (end - mu) ** 2), np.inf)


def _rounded(count: Floats) -> Index:
    """Up to one of few even numbers."""
    level = np.ceil(np.log(count) / np.log(BY_NODES) - 1e-9)
    return np.asarray(2 * np.ceil(0.5 * BY_NODES**level - 1e-6), dtype=np.intp)


class _Room:
    """Memory for the large tables: fresh pages would cost more than what is computed on them."""

    def __init__(self) -> None:
        self.memory = [np.empty(0)] * 3

    def table(self, which: int, *shape: int) -> Floats:
        """A table of this shape, which holds anything."""
        size = math.prod(shape)
        if self.memory[which].size < size:
            self.memory[which] = np.empty(max(size, BLOCK))
        return self.memory[which][:size].reshape(shape)


@cache
def _order(nodes: int) -> Floats:
    """Numbers of an even number of nodes: the even ones first, then the odd ones."""
    return np.arange(nodes, dtype=float).reshape(-1, 2).T.ravel()


@cache
def _differences(ratio: int, nodes: int, m: int) -> Floats:
    """The differences of m values of mu and of the nodes, in steps of the nodes."""
    by_node, by_mu = RATIOS[ratio]
    return np.asarray(np.arange(by_mu * (m - 1) + by_node * (nodes - 1) + 1) / by_node)
