"""Log-likelihood of rows of binomial cells under a normal logit, each row by one set of nodes that its cells share.

    P(x | n, mu, tau) = integral of f(mu + tau z) phi(z) dz,  f = expit^x (1 - expit)^(n - x)

log f is linear in x and n - x for given nodes: the integrands of all cells of a row are one product of matrices, one
exponential, and their moments in z a second product. By Stein's lemma the derivatives are such moments too,

    d^i/dmu^i P = tau^-i E[He_i(z) f],    dP/dtau = tau d2P/dmu2

with Hermite's polynomials He_i, so that z alone is needed, to its fourth power. Each integrand is divided by the
largest value of f, x^x (n - x)^(n - x) / n^n, which keeps it below 1.

The trapezoid rule's error is bounded beforehand. At z + ia the integrand is at most cos(tau a / 2)^-n exp(a^2 / 2)
times its value at z, so that a step h leaves, relative to P,

    2 cos(tau a / 2)^-n exp(a^2 / 2) / (exp(2 pi a / h) - 1)        for every 0 < a < pi / tau

(Trefethen and Weideman 2014, 10.1137/130932132, theorem 5.1). The nodes reach 8.2 beyond the outermost modes of a
row, where every log-integrand, whose second derivative is at most -1, has fallen by more than 33. How many nodes a row
has depends on that row alone. Rows that would need more than ``MOST_NODES`` nodes, whose tau is tiny, or that are next
to impossible at (mu, tau) are left to ``quadrature``, which places nodes for each cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlogy

from .quadrature import log_choose
from .result import Floats

#: More nodes than this are left to the other rule.
MOST_NODES = 640
#: Up to this n the rounding of the log-integrand is below 1e-12.
LARGEST_N = 500.0
#: Second derivatives hold the rounding of moments over tau^2: below this tau it is felt.
SMALLEST_TAU = 0.02
#: tau a stays below this, which is below pi.
TURN = 2.6
#: Elements of a table that stays in the processor's cache.
BLOCK = 1 << 16
#: Powers of z that the derivatives need.
POWERS = 5
#: Logarithms at the nodes that an integrand is made of.
LOGS = 4
#: Rows whose numbers of nodes differ by less than this ratio have the same number.
RATIO = 1.15
_LOG_RATIO = float(np.log(RATIO))
#: exp() of less is slow, and nothing beside the peak of a cell that is not next to impossible.
LOWEST = -690.0
#: Integrals below it, relative to the largest value of f, have lost digits.
IMPOSSIBLE = 1e-250
_ALL = slice(None)
Index = npt.NDArray[np.intp]
Tables = tuple[Floats, Floats, Floats]
_SIDES = np.array([[1.0], [-1.0]])
_LOG_ROOT = 0.5 * np.log(2 * np.pi)


@dataclass(frozen=True, slots=True)
class Rule:
    """How exact a sum over nodes is.

    Attributes:
        digits: Log of 2 over its relative error. reach: How far the nodes go beyond the modes.
    """

    digits: float
    reach: float


FINE = Rule(30.6, 8.2)
#: To find out where a maximum lies: 1e-5 of each cell's log-probability.
ROUGH = Rule(12.2, 5.0)


@dataclass(frozen=True, slots=True)
class SharedNodes:
    """What does not depend on mu and tau.

    Attributes:
        counts: Events, others, 1 and minus the log of the largest f of each cell, shape (rows, width, 4).
        times: How often each cell counts, shape (rows, width); 0 where there is none.
        studies: Their sum, shape (rows,).
        constant: Log binomial coefficients and largest f of each row, shape (rows,).
        n: Largest n, shape (rows,).
        most: Largest number of events and of others of a cell, shape (2, rows).
        mixed: Outermost logits of cells with both, turned so that larger is further out; -inf for none; (2, rows).
        pure: Log of the largest n of cells with events only, and with none; -inf for none; shape (2, rows).
    """

    counts: Floats
    times: Floats
    studies: Floats
    constant: Floats
    n: Floats
    most: Floats
    mixed: Floats
    pure: Floats

    @classmethod
    def of(cls, x: Floats, n: Floats, times: Floats) -> Self:
        """Of cells of shape (rows, width); n and times are 0 where there is no cell."""
        y = n - x
        both = (x > 0) & (y > 0)
        with np.errstate(divide="ignore", invalid="ignore"):
            logit = np.log(x / y)
            pure = np.log(np.stack([np.where(part == 0, n, 0.0).max(1) for part in (y, x)]))
        mixed = np.stack([np.where(both, side * logit, -np.inf).max(1) for side in (1, -1)])
        size = np.maximum(n, 1.0)
        top = xlogy(x, x / size) + xlogy(y, y / size)
        return cls(
            np.stack([x, y, np.ones_like(x), -top], axis=2),
            times,
            times.sum(1),
            ((log_choose(x, n) + top) * times).sum(1),
            n.max(1),
            np.stack([x.max(1), y.max(1)]),
            mixed,
            pure,
        )

    def take(self, rows: Index) -> Self:
        """The rows at ``rows``."""
        return type(self)(
            self.counts[rows],
            self.times[rows],
            self.studies[rows],
            self.constant[rows],
            self.n[rows],
            self.most[:, rows],
            self.mixed[:, rows],
            self.pure[:, rows],
        )

    def log_likelihood(self, mu: Floats, tau: Floats, rule: Rule = FINE) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Log-likelihood of each row and its derivatives.

        Args:
            mu, tau: Shape (rows,), tau >= 0. rule: How exact.

        Returns:
            Value, d mu, d tau, d mu mu, d mu tau, d tau tau, shape (6, rows), and which rows were computed: the
            others hold nothing.

        Error: of ``FINE`` 1e-12 of each cell's log-probability. Second derivatives hold its rounding, which grows with
        n, over tau^2: (2e-13 + 1e-15 n) (1 + tau^-2) of 1 + their size.
        """
        least = tau.min()
        if least == 0 and not tau.any():
            return self._no_spread(_ALL, mu), np.full(mu.size, True)
        ends, nodes = self._nodes(mu, tau, rule)
        good = (nodes <= MOST_NODES) & (self.n <= LARGEST_N)
        if least < SMALLEST_TAU:
            good &= tau >= SMALLEST_TAU
        level = np.ceil(np.log(nodes) / _LOG_RATIO).astype(np.intp)
        level *= good
        width, most = self.times.shape[1], _nodes_of(level.max())
        room = _Room(min(mu.size * most, max(BLOCK // width, most)), width)
        sums, step = np.zeros((POWERS + 1, mu.size)), np.ones(mu.size)
        for most, r in _groups(level, width):
            step[r] = (ends[0, r] + ends[1, r]) / (most - 1)
            tables = room.tables(step[r].size, most)
            sums[:, r], good[r] = self._moments(r, mu[r], tau[r], -ends[1, r], step[r], tables)
        table = self._derivatives(sums, np.where(good, tau, 1.0), step)
        if least == 0:
            none = (tau == 0).nonzero()[0]
            table[:, none], good[none] = self._no_spread(none, mu[none]), True
        return table, good

    def _nodes(self, mu: Floats, tau: Floats, rule: Rule) -> tuple[Floats, Floats]:
        """How far the nodes of each row reach upwards and downwards, shape (2, rows), and how many there must be.

        No mode lies further out than where the prior would be alone, nor of a mixed cell than its own logit, nor of n
        of n than where that is nearly certain.
        """
        at, sides = np.maximum(tau, SMALLEST_TAU), _SIDES * mu
        furthest = (np.maximum(self.mixed, self.pure + np.log(at)) - sides) / at
        ends = np.minimum(self.most * (tau * expit(-sides)), np.maximum(furthest, self.pure > -np.inf))
        ends += rule.reach
        bend = 0.5 / rule.digits + (0.125 / rule.digits * self.n + TURN**-2) * (tau * tau)
        a = 1 / np.sqrt(bend)
        step = 2 * np.pi * a / (rule.digits - self.n * np.log(np.cos(0.5 * tau * a)) + 0.5 * a * a)
        return ends, (ends[0] + ends[1]) / step + 2

    def _moments(
        self, rows: Index | slice, mu: Floats, tau: Floats, first: Floats, step: Floats, tables: Tables
    ) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Sums over the cells of log P and of the moments that the derivatives are made of, rows of as many nodes.

        Args:
            rows: Which, shape (rows,). mu, tau: Of these, tau > 0. first, step: Their nodes. tables: Memory.

        Returns:
            Sums of log P, E z, E z^2, E z^3 - E z E z^2, E z^4 - (E z^2)^2 and of the variance of z, shape (6, rows),
            and which rows have not lost digits.
        """
        logs, powers, weight = tables
        z = step[:, None] * np.arange(float(logs.shape[2])) + first[:, None]
        _at_nodes(z, mu[:, None] + tau[:, None] * z, logs, powers)
        np.matmul(self.counts[rows], logs.transpose(1, 0, 2), out=weight)
        # Each integrand is least at an end.
        if min(weight[:, :, 0].min(), weight[:, :, -1].min()) < LOWEST:
            np.maximum(weight, np.full(weight.shape, LOWEST), out=weight)
        np.exp(weight, out=weight)
        moments = np.empty((POWERS + 1, *weight.shape[:2]))
        np.matmul(powers.transpose(1, 0, 2), weight.mT, out=moments[:POWERS].transpose(1, 0, 2))
        total, m1, m2, m3, m4, spread = moments
        possible = total.min(1) > IMPOSSIBLE
        if not possible.all():
            np.maximum(total, IMPOSSIBLE, out=total)
        moments[1:POWERS] /= total
        np.log(total, out=total)
        m3 -= m1 * m2
        np.subtract(m2, m1 * m1, out=spread)
        m4 -= m2 * m2
        return np.vecdot(moments, self.times[rows]), possible

    def _derivatives(self, sums: Floats, tau: Floats, step: Floats) -> Floats:
        """The terms, shape (6, rows), from sums of moments, shape (6, rows); tau > 0."""
        value, s1, s2, s3, s4, spread = sums
        k, square = self.studies, tau * tau
        return np.array(
            [
                value + self.constant + k * (np.log(step) - _LOG_ROOT),
                s1 / tau,
                (s2 - k) / tau,
                (spread - k) / square,
                (s3 - 2 * s1) / square,
                (s4 - 3 * s2 + k) / square,
            ]
        )

    def _no_spread(self, rows: Index | slice, mu: Floats) -> Floats:
        """The terms at tau = 0, where the derivative by tau is 0 and the second is twice the one by tau2."""
        x, y, times = self.counts[rows, :, 0], self.counts[rows, :, 1], self.times[rows]
        low = np.log1p(np.exp(-np.abs(mu)))
        log_p, log_q = np.minimum(mu, 0.0) - low, np.minimum(-mu, 0.0) - low
        p, q = expit(mu), expit(-mu)
        value = x * log_p[:, None] + y * log_q[:, None] + self.counts[rows, :, 3]
        r, spread = x * q[:, None] - y * p[:, None], (x + y) * (p * q)[:, None]
        table = np.zeros((6, mu.size))
        table[0] = np.vecdot(times, value) + self.constant[rows]
        table[1], table[3] = np.vecdot(times, r), -np.vecdot(times, spread)
        table[5] = np.vecdot(times, r * r) + table[3]
        return table


class _Room:
    """Memory for the large tables: fresh pages would cost more than what is computed on them."""

    def __init__(self, nodes: int, width: int) -> None:
        self.width = width
        self.logs, self.powers, self.weight = (np.empty(nodes * each) for each in (LOGS, POWERS, width))

    def tables(self, rows: int, nodes: int) -> Tables:
        """Logs (4, rows, nodes), powers (5, rows, nodes) and weights (rows, width, nodes)."""
        total = rows * nodes
        return (
            self.logs[: total * LOGS].reshape(LOGS, rows, nodes),
            self.powers[: total * POWERS].reshape(POWERS, rows, nodes),
            self.weight[: total * self.width].reshape(rows, self.width, nodes),
        )


def _groups(level: Index, width: int) -> Iterator[tuple[int, Index | slice]]:
    """Rows of as many nodes, and how many these are; as many rows as stay in the cache. Level 0 is left out."""
    first = int(level[0])
    if first and level.size * _nodes_of(first) * width <= BLOCK and (level == first).all():
        yield _nodes_of(first), _ALL
        return
    for each in (np.bincount(level)[1:]).nonzero()[0] + 1:
        rows, most = (level == each).nonzero()[0], _nodes_of(each)
        size = max(1, BLOCK // (most * width))
        for begin in range(0, rows.size, size):
            yield most, rows[begin : begin + size]


def _nodes_of(level: int | np.intp) -> int:
    return int(np.ceil(RATIO ** int(level)))


def _at_nodes(z: Floats, eta: Floats, logs: Floats, powers: Floats) -> None:
    """log p, log (1 - p), log phi and 1 into ``logs``; powers of z from 0 to 4 into ``powers``."""
    log_p, log_q, log_phi, one = logs
    low = np.abs(eta, out=one)
    np.subtract(eta, low, out=log_p)
    np.exp(np.negative(low, out=low), out=low)
    np.log1p(low, out=low)
    log_p *= 0.5
    log_p -= low
    np.subtract(log_p, eta, out=log_q)
    powers[0], powers[1] = 1.0, z
    np.multiply(z, z, out=powers[2])
    np.multiply(powers[2], z, out=powers[3])
    np.multiply(powers[2], powers[2], out=powers[4])
    np.multiply(powers[2], -0.5, out=log_phi)
    one[...] = 1.0
