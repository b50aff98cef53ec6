"""The logistic-normal log-likelihood of one analysis at many mu for each of a few tau, as sums over shared nodes.

    P(x | n, mu, tau) = integral of f(eta) phi((eta - mu) / tau) / tau d eta,  f = expit^x (1 - expit)^(n - x)

For one tau the nodes in eta, the values of f and those of the normal density serve every mu and every cell, and what is
left is a product of two matrices. Where tau is small against the range of mu, nodes around each mu are fewer. The rule
is the trapezoid rule; its two halves, the even and the odd nodes, must agree and its ends must hold nothing, else the
row is computed by ``quadrature``. Source of the error: Trefethen and Weideman 2014, 10.1137/130932132.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Self

import numpy as np
from scipy.special import xlogy

from .cells import Cells, log_likelihood
from .quadrature import log1p_exp, log_choose
from .result import Floats

#: Step against the standard deviation of the narrowest integrand, and the longest step: the poles lie at pi i.
STEP, LONGEST = 0.73, 0.7
#: How far the nodes reach, in units of tau.
REACH = 8.5
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
    given, cells = cells, _present(cells)
    out = np.empty(mu.shape)
    wide = np.maximum(tau, 1e-100)
    step = np.minimum(STEP / np.sqrt(0.25 * cells.n.max() + wide**-2), LONGEST)
    apart = 2 * REACH * wide / step
    shared = (mu[:, -1] - mu[:, 0]) / step + apart
    m, c = mu.shape[1], cells.x.shape[1]
    local = apart * m * (c + 1) < shared * (m + c)
    nodes = 2 * np.ceil(0.5 * np.minimum(np.where(local, apart, shared), 1e9)).astype(np.intp) + 2
    left = nodes > MOST_NODES
    table = _Table.of(cells)
    for kind, values in ((~local & ~left, table.shared), (local & ~left, table.local)):
        rows = np.flatnonzero(kind)
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
        flat = given.take(np.zeros(rest.size * m, dtype=np.intp))
        out[rest] = log_likelihood(flat, mu[rest].ravel(), np.repeat(tau[rest], m)).value.reshape(-1, m)
    done = ~left
    out[done] += table.constant - 0.5 * cells.precision * mu[done] ** 2
    return out


def _present(cells: Cells) -> Cells:
    """One row without the empty cells that fill it up to its width."""
    there = cells.n[0] > 0
    return replace(cells, x=cells.x[:, there], n=cells.n[:, there], times=cells.times[:, there], shared=None)


@dataclass(frozen=True, slots=True)
class _Table:
    """The two ways to place the nodes; each returns values of shape (t, m) and which rows they are good for."""

    cells: Cells
    peak: Floats
    constant: float

    @classmethod
    def of(cls, cells: Cells) -> Self:
        """Of one row: with the log of the largest value of f, shape (c,), and what does not depend on mu and tau."""
        x, n = cells.x[0], cells.n[0]
        peak = np.asarray(xlogy(x, x / n) + xlogy(n - x, 1 - x / n))
        return cls(cells, peak, float(cells.times[0] @ (log_choose(x, n) + peak)))

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
