"""The logistic-normal log-likelihood of one analysis at many mu for each of a few tau, as sums over shared nodes.

    P(x | n, mu, tau) = integral of f(eta) phi((eta - mu) / tau) / tau d eta,  f = expit^x (1 - expit)^(n - x)

For one tau the nodes in eta, the values of f and those of the normal density serve every mu and every cell, and what is
left is a product of two matrices. Where tau is small against the range of mu, nodes around each mu are fewer. Where it
is large, nodes are needed only where f is neither 0 nor, for cells without events or non-events, 1: the integral of f
times a density is then by parts that of the slope of f times the normal distribution. The rule is the trapezoid rule;
its two halves, the even and the odd nodes, must agree and its ends must hold nothing, else the row is computed by
``quadrature``. Source of the error: Trefethen and Weideman 2014, 10.1137/130932132.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.special import expit, ndtr, xlogy

from .cells import Cells, log_likelihood
from .quadrature import log1p_exp, log_choose
from .result import Floats

#: Step against the standard deviation of the narrowest integrand, and the longest step: the poles lie at pi i.
STEP, LONGEST = 0.73, 0.7
#: How far the nodes reach, in units of tau.
REACH = 8.5
#: Fall of f, or of its slope, at the ends of the nodes that serve every tau, and how much of it tau may take back.
FALL, TILT = 44.0, 14.0
#: What the normal distribution costs against its density, and the step of f's slope against that of f: the same poles
#: weigh more in it.
DISTRIBUTION, SLOPE_STEP = 3, 0.8
#: Largest difference of the halves, relative; the error of the whole is its square or less. Largest share of an end.
HALVES, ENDS = 5e-4, 1e-11
#: Fall below the largest value from which on a value need not be exact.
FAR = 60.0
#: More nodes than this are left to the other rule.
MOST_NODES = 4096
#: Elements of the largest table.
BLOCK = 1 << 18


def log_likelihood_table(cells: Cells, mu: Floats, tau: Floats) -> Floats:
    """Log-likelihood of one analysis, with the log of the prior of mu that ``cells`` has.

    Args:
        cells: One row.
        mu: Shape (t, m), rising along the last axis.
        tau: Shape (t,), at least 0.

    Returns:
        Shape (t, m). Error: 1e-9 where it is within 30 of its largest value.
    """
    out = np.empty(mu.shape)
    there = cells.n[0] > 0
    present = replace(cells, x=cells.x[:, there], n=cells.n[:, there], times=cells.times[:, there], shared=None)
    table = _Table.of(present)
    m, c = mu.shape[1], int(there.sum())
    kinds, nodes = _placed(table, mu, tau)
    left = nodes > MOST_NODES
    for kind, values in enumerate((table.shared, table.local, table.fixed)):
        rows = np.flatnonzero((kinds == kind) & ~left)
        rows = rows[np.argsort(nodes[rows], kind="stable")]
        while rows.size:
            # Rows of about as many nodes together, as the table stays in the processor's cache.
            each = nodes[rows] * m * (c if values == table.local else 1)
            size = max(1, int(np.count_nonzero((np.cumsum(each) < BLOCK) & (nodes[rows] <= 1.6 * nodes[rows[0]]))))
            part, rows = rows[:size], rows[size:]
            out[part], good = values(mu[part], tau[part], int(nodes[part].max()))
            left[part[~good]] = True
    rest = np.flatnonzero(left)
    if rest.size:
        flat = cells.take(np.zeros(rest.size * m, dtype=np.intp))
        out[rest] = log_likelihood(flat, mu[rest].ravel(), np.repeat(tau[rest], m)).value.reshape(-1, m)
    done = ~left
    out[done] += table.constant - 0.5 * cells.precision * mu[done] ** 2
    return out


def _placed(table: _Table, mu: Floats, tau: Floats) -> tuple[np.ndarray, np.ndarray]:
    """For each tau the cheapest way to place the nodes (0 shared, 1 local, 2 fixed), and how many: an even number."""
    x, n = table.cells.x[0], table.cells.n[0]
    m, c = mu.shape[1], x.size
    wide = np.maximum(tau, 1e-100)
    step = _step(n, wide)
    apart = 2 * REACH * wide / step
    shared = (mu[:, -1] - mu[:, 0]) / step + apart
    inner = table.inner
    fixed, cost = np.zeros(tau.size), np.zeros(tau.size)
    for cell, each in ((inner, 1), (~inner, DISTRIBUTION)):
        if cell.any():
            low, high = _span(x[cell], n[cell])
            count = (high - low) / _fixed_step(x[cell], n[cell], wide)
            # Where tau takes back too much of the fall, the ends of the fixed nodes would hold a share.
            far = np.maximum(low * (mu[:, 0] - 0.5 * low), high * (mu[:, -1] - 0.5 * high))
            fixed += count
            cost += np.where(far <= TILT * wide**2, each * m * count, np.inf)
    kinds = np.stack([shared * (m + c), apart * m * (c + 1), cost]).argmin(0)
    count = np.minimum(np.choose(kinds, [shared, apart, fixed]), 1e9)
    return kinds, 2 * np.ceil(0.5 * count).astype(np.intp) + 2


def _step(n: Floats, tau: Floats) -> Floats:
    """Step of the nodes that serve cells of n units, shape (t,)."""
    return np.asarray(np.minimum(STEP / np.sqrt(0.25 * n.max() + tau**-2), LONGEST))


def _fixed_step(x: Floats, n: Floats, tau: Floats) -> Floats:
    """Step of the nodes that serve every tau, for cells of one kind."""
    return np.asarray(_step(n, tau) * (1.0 if ((x > 0) & (x < n)).all() else SLOPE_STEP))


def _span(x: Floats, n: Floats) -> tuple[float, float]:
    """Beyond these eta every f, or its slope where f does not fall to 0 on both sides, has fallen by ``FALL``."""
    fall = FALL + np.where((x > 0) & (x < n), -_peak(x, n), np.log(n))
    return -float((fall / np.maximum(x, 1)).max()), float((fall / np.maximum(n - x, 1)).max())


def _peak(x: Floats, n: Floats) -> Floats:
    """Log of the largest value of f."""
    return np.asarray(xlogy(x, x / n) + xlogy(n - x, 1 - x / n))


@dataclass(frozen=True, slots=True)
class _Table:
    """The three ways to place the nodes; each returns values of shape (t, m) and which rows they are good for.

    ``cells`` is one row in which every cell has units.
    """

    cells: Cells
    peak: Floats
    constant: float

    @classmethod
    def of(cls, cells: Cells) -> Self:
        """Of one row: with the log of the largest value of f, shape (c,), and what does not depend on mu and tau."""
        x, n = cells.x[0], cells.n[0]
        peak = _peak(x, n)
        return cls(cells, peak, float(cells.times[0] @ (log_choose(x, n) + peak)))

    @property
    def inner(self) -> np.ndarray:
        """Cells with events and non-events, shape (c,)."""
        x, n = self.cells.x[0], self.cells.n[0]
        return np.asarray((x > 0) & (x < n))

    def shared(self, mu: Floats, tau: Floats, nodes: int) -> tuple[Floats, np.ndarray]:
        """Nodes in eta that serve every mu of a tau."""
        low, high = mu[:, 0] - REACH * tau, mu[:, -1] + REACH * tau
        step = (high - low) / (nodes - 1)
        halves, ends = [], []
        scale, unit = step / (np.sqrt(2 * np.pi) * tau), np.sqrt(0.5) / tau[:, None]
        for first in (0, 1):
            eta = low[:, None] + step[:, None] * np.arange(first, nodes, 2)
            density = (eta * unit)[:, None, :] - (mu * unit)[:, :, None]
            density *= density
            np.exp(np.negative(density, out=density), out=density)
            f = self._f(eta)
            halves.append((density @ f) * scale[:, None, None])
            end = -first
            ends.append(density[:, :, end, None] * f[:, None, end, :] * scale[:, None, None])
        return self._sum(halves, ends)

    def local(self, mu: Floats, tau: Floats, nodes: int) -> tuple[Floats, np.ndarray]:
        """Nodes around each mu."""
        z = np.linspace(-REACH, REACH, nodes)
        weight = np.exp(-0.5 * z * z)
        weight /= weight.sum()
        halves, ends = [], []
        for first in (0, 1):
            f = self._f(mu[:, :, None] + tau[:, None, None] * z[first::2])
            halves.append(np.einsum("tmjc,j->tmc", f, weight[first::2]))
            ends.append(f[:, :, -first] * weight[-first])
        return self._sum(halves, ends)

    def fixed(self, mu: Floats, tau: Floats, nodes: int) -> tuple[Floats, np.ndarray]:
        """Nodes in eta that serve every tau: ``nodes`` in all, those of inner cells and those of the others."""
        x, n = self.cells.x[0], self.cells.n[0]
        halves, ends = (list(np.empty((2, *mu.shape, x.size))) for _ in range(2))
        for one in (cell for cell in (self.inner, ~self.inner) if cell.any()):
            low, high = _span(x[one], n[one])
            count = min(2 * int(np.ceil(0.5 * (high - low) / _fixed_step(x[one], n[one], tau.min()))) + 2, nodes)
            step = (high - low) / (count - 1)
            for first in (0, 1):
                eta = np.asarray(low + step * np.arange(first, count, 2), dtype=np.float64)
                f = self._f(eta) * step
                for cell, kernel, slope in self._kernels(eta, mu, tau, one):
                    times = f[:, cell] * slope
                    halves[first][:, :, cell] = kernel @ times
                    ends[first][:, :, cell] = kernel[:, :, -first, None] * times[-first]
        return self._sum(halves, ends)

    def _kernels(
        self, eta: Floats, mu: Floats, tau: Floats, one: np.ndarray
    ) -> Iterator[tuple[np.ndarray, Floats, Floats | float]]:
        """Which cells, by what their f or its slope is multiplied, shape (t, m, nodes), and the slope over f."""
        x, n = self.cells.x[0], self.cells.n[0]
        z = (eta - mu[:, :, None]) / tau[:, None, None]
        if (one & self.inner).any():
            yield one, np.exp(-0.5 * z * z) / (np.sqrt(2 * np.pi) * tau[:, None, None]), 1.0
            return
        # The smaller of the two shares of the distribution has all its digits.
        smaller = ndtr(-np.abs(z))
        for cell, below, side in ((x == 0, z <= 0, eta), (x == n, z > 0, -eta)):
            if cell.any():
                yield cell, np.where(below, smaller, 1 - smaller), n[cell] * expit(side)[:, None]

    def _f(self, eta: Floats) -> Floats:
        """Over its largest value, shape (..., c)."""
        exponent = self.cells.x[0] * eta[..., None]
        exponent -= self.cells.n[0] * log1p_exp(eta)[..., None]
        exponent -= self.peak
        return np.asarray(np.exp(exponent, out=exponent))

    def _sum(self, halves: list[Floats], ends: list[Floats]) -> tuple[Floats, np.ndarray]:
        even, odd = halves
        total = even + odd
        value = np.log(np.maximum(total, 1e-300)) @ self.cells.times[0]
        good = (np.abs(even - odd) <= HALVES * total) & (ends[0] + ends[1] <= ENDS * total) & (total > 1e-280)
        # Far below the top only that it is far below matters.
        slight = value < value.max(1, keepdims=True) - FAR
        return value, np.logical_and.reduce(np.logical_and.reduce(good, 2) | slight, 1)
