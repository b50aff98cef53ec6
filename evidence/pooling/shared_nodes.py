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

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self, TypeVar

import numpy as np
import numpy.typing as npt
from scipy.special import expit, xlogy

from .quadrature import log_choose
from .result import Floats

#: More nodes than this are left to the other rule.
MOST_NODES = 640
#: Up to this n the rounding of the log-integrand is below 1e-12; that of the binomial coefficient is ten times larger.
LARGEST_N = 5000.0
#: Second derivatives hold the rounding of moments over tau^2: below this tau it is felt.
SMALLEST_TAU = 0.02
#: tau a stays below this, which is below pi.
TURN = 2.6
#: Elements of a table that stays in the processor's cache.
BLOCK = 1 << 16
#: Powers of z that the derivatives need, and logarithms at the nodes that an integrand is made of: the rows of a table
#: are log p, log (1 - p), 1, z^2, z, z^3 and z^4, of which the first four and the last five make these up.
POWERS, LOGS, AT_NODES = 5, 4, 7
#: Up to so many rows are computed one after the other, in numbers instead of arrays of them: a call on an array of one
#: number takes twenty times as long as the arithmetic.
FEW = 3
#: Rows whose numbers of nodes differ by less than this ratio have the same number.
RATIO = 1.15
_LOG_RATIO = float(np.log(RATIO))
#: exp() of less is slow, and nothing beside the peak of a cell that is not next to impossible.
LOWEST = -690.0
#: Integrals below it, relative to the largest value of f, have lost digits.
IMPOSSIBLE = 1e-250
_ALL = slice(None)
_LOG_ROOT = 0.5 * float(np.log(2 * np.pi))
#: Number of nodes of each level.
_NODES = [int(np.ceil(RATIO**level)) for level in range(2 + int(np.log(MOST_NODES) / _LOG_RATIO))]
_PLACES = np.arange(float(_NODES[-1]))
Index = npt.NDArray[np.intp]
#: Either one number for each row, or the number of one row: the same formulas, to the last bit.
Number = TypeVar("Number", float, Floats)
Facts = Sequence[Number] | Floats
Tables = tuple[Floats, Floats]


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
        counts: Events, others, minus the log of the largest f of each cell, and -1/2, shape (rows, width, 4).
        times: How often each cell counts, shape (rows, width); 0 where there is none.
        facts: Of each row, shape (12, rows): studies; log binomial coefficients and largest f; largest n; events,
            others and log binomial coefficients in all; then of events, and of others, the largest number in a cell,
            the outermost logit of cells with both (turned so that larger is further out) and the log of the largest n
            of cells with nothing else; -inf for none.
    """

    counts: Floats
    times: Floats
    facts: Floats

    @classmethod
    def of(cls, x: Floats, n: Floats, times: Floats) -> Self:
        """Of cells of shape (rows, width); n and times are 0 where there is no cell."""
        parts = np.array([x, n - x])
        with np.errstate(divide="ignore", invalid="ignore"):
            logit = np.log(parts / parts[::-1])
            pure = np.log(np.where(parts[::-1] == 0, n, 0.0).max(2))
        mixed = np.where((parts > 0).all(0), logit, -np.inf).max(2)
        top = xlogy(parts, parts / np.maximum(n, 1.0)).sum(0)
        counts = np.empty((*x.shape, LOGS))
        counts[:, :, 0], counts[:, :, 1], counts[:, :, 2], counts[:, :, 3] = *parts, -top, -0.5
        choose, (events, others) = np.vecdot(log_choose(x, n), times), np.vecdot(parts, times)
        most = parts.max(2)
        facts = [
            *(times.sum(1), choose + np.vecdot(top, times), n.max(1), events, others, choose),
            *(most[0], mixed[0], pure[0], most[1], mixed[1], pure[1]),
        ]
        return cls(counts, times, np.array(facts))

    def take(self, rows: Index) -> Self:
        """The rows at ``rows``."""
        return type(self)(self.counts[rows], self.times[rows], self.facts[:, rows])

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
        if mu.size <= FEW:
            return self._few(mu, tau, rule)
        least = tau.min()
        if least == 0 and not tau.any():
            return self._no_spread(_ALL, mu), np.full(mu.size, True)
        up, down, nodes = nodes_needed(self.facts, mu, tau, rule)
        good = (nodes <= MOST_NODES) & (self.facts[2] <= LARGEST_N)
        if least < SMALLEST_TAU:
            good &= tau >= SMALLEST_TAU
        level = _level(nodes).astype(np.intp)
        level *= good
        width, most = self.times.shape[1], _NODES[level.max()]
        room = _Room(min(mu.size * most, max(BLOCK // width, most)), width)
        sums, step = np.zeros((POWERS + 1, mu.size)), np.ones(mu.size)
        for most, r in _groups(level, width):
            step[r] = (up[r] + down[r]) / (most - 1)
            first, at, spread = -down[r, None], mu[r, None], tau[r, None]
            sums[:, r] = self._moments(r, at, spread, first, step[r, None], room.tables(at.size, most))
        good &= ~np.isnan(sums[0])
        table = np.array(_derivatives(self.facts, sums, np.where(good, tau, 1.0), step))
        if least == 0:
            none = (tau == 0).nonzero()[0]
            table[:, none], good[none] = self._no_spread(none, mu[none]), True
        return table, good

    def _few(self, mu: Floats, tau: Floats, rule: Rule) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """The same of a few rows, one after the other."""
        table, good = np.empty((6, mu.size)), np.zeros(mu.size, dtype=bool)
        for row, (at, spread) in enumerate(zip(mu.tolist(), tau.tolist(), strict=True)):
            found = self._alone(row, at, spread, rule)
            if found:
                table[:, row], good[row] = found, True
        return table, good

    def _alone(self, row: int, mu: float, tau: float, rule: Rule) -> tuple[float, ...]:
        """The terms of one row; nothing where it is left."""
        facts: list[float] = self.facts[:, row].tolist()
        r = slice(row, row + 1)
        if tau == 0:
            return _binomial(facts, mu, float(self._squares(r, mu)[0]))
        up, down, nodes = nodes_needed(facts, mu, tau, rule)
        if not (nodes <= MOST_NODES and facts[2] <= LARGEST_N and tau >= SMALLEST_TAU):
            return ()
        most = _NODES[int(_level(nodes))]
        step = (up + down) / (most - 1)
        tables = np.empty((AT_NODES, 1, most)), np.empty((1, self.times.shape[1], most))
        sums: list[float] = self._moments(r, mu, tau, -down, step, tables)[:, 0].tolist()
        return () if np.isnan(sums[0]) else _derivatives(facts, sums, tau, step)

    def _moments(
        self, rows: Index | slice, mu: Number, tau: Number, first: Number, step: Number, tables: Tables
    ) -> Floats:
        """Sums over the cells of log P and of the moments that the derivatives are made of, rows of as many nodes.

        Args:
            rows: Which, shape (rows,). mu, tau: Of these, tau > 0, shape (rows, 1). first, step: Their nodes.
            tables: Memory.

        Returns:
            Sums of log P, E z^2, E z, E z^3 - E z E z^2, E z^4 - (E z^2)^2 and of the variance of z, shape (6, rows);
            NaN in rows that have lost digits.
        """
        table: Floats = tables[0]
        weight: Floats = tables[1]
        _at_nodes(mu, tau, first, step, table)
        logs, powers = table[:LOGS].transpose(1, 0, 2), table[-POWERS:].transpose(1, 0, 2)
        np.matmul(self.counts[rows], logs, out=weight)
        # Each integrand is least at an end.
        if weight[:, :, :: weight.shape[2] - 1].min() < LOWEST:
            np.maximum(weight, np.full(weight.shape, LOWEST), out=weight)
        np.exp(weight, out=weight)
        moments = np.empty((POWERS + 1, *weight.shape[:2]))
        np.matmul(powers, weight.mT, out=moments[:POWERS].transpose(1, 0, 2))
        total, m2, m1, m3, m4, spread = moments
        if total.min() <= IMPOSSIBLE:
            total[total <= IMPOSSIBLE] = np.nan
        moments[1:POWERS] /= total
        np.log(total, out=total)
        m3 -= m1 * m2
        np.subtract(m2, m1 * m1, out=spread)
        m4 -= m2 * m2
        sums: Floats = np.vecdot(moments, self.times[rows])
        return sums

    def _no_spread(self, rows: Index | slice, mu: Floats) -> Floats:
        """The terms at tau = 0, shape (6, rows)."""
        return np.array(_binomial(self.facts[:, rows], mu, self._squares(rows, mu[:, None])))

    def _squares(self, rows: Index | slice, mu: Number) -> Floats:
        """Sums over the cells of squared scores by mu at tau = 0; mu of shape (rows, 1)."""
        score = self.counts[rows, :, 0] * expit(-mu) - self.counts[rows, :, 1] * expit(mu)
        squares: Floats = np.vecdot(self.times[rows], score * score)
        return squares


class _Room:
    """Memory for the large tables: fresh pages would cost more than what is computed on them."""

    def __init__(self, nodes: int, width: int) -> None:
        self.width = width
        self.at_nodes, self.weight = np.empty(nodes * AT_NODES), np.empty(nodes * width)

    def tables(self, rows: int, nodes: int) -> Tables:
        """Of what there is at the nodes, (7, rows, nodes), and of weights, (rows, width, nodes)."""
        total = rows * nodes
        return (
            self.at_nodes[: total * AT_NODES].reshape(AT_NODES, rows, nodes),
            self.weight[: total * self.width].reshape(rows, self.width, nodes),
        )


def _groups(level: Index, width: int) -> Iterator[tuple[int, Index | slice]]:
    """Rows of as many nodes, and how many these are; as many rows as stay in the cache. Level 0 is left out."""
    first = int(level[0])
    if first and level.size * _NODES[first] * width <= BLOCK and (level == first).all():
        yield _NODES[first], _ALL
        return
    for each in (np.bincount(level)[1:]).nonzero()[0] + 1:
        rows, most = (level == each).nonzero()[0], _NODES[each]
        size = max(1, BLOCK // (most * width))
        for begin in range(0, rows.size, size):
            yield most, rows[begin : begin + size]


def nodes_needed(facts: Facts[Number], mu: Number, tau: Number, rule: Rule) -> tuple[Number, Number, Number]:
    """How far the nodes of each row reach upwards and downwards, and how many there must be."""
    n, at, p = facts[2], np.maximum(tau, SMALLEST_TAU), expit(mu)
    log_at = np.log(at)
    up = _furthest(facts[6:9], mu, tau * (1 - p), at, log_at) + rule.reach
    down = _furthest(facts[9:12], -mu, tau * p, at, log_at) + rule.reach
    bend = 0.5 / rule.digits + (0.125 / rule.digits * n + TURN**-2) * (tau * tau)
    a = 1 / np.sqrt(bend)
    step = 2 * np.pi * a / (rule.digits - n * np.log(np.cos(0.5 * tau * a)) + 0.5 * a * a)
    return up, down, (up + down) / step + 2


def _furthest(facts: Facts[Number], mu: Number, pull: Number, at: Number, log_at: Number) -> Number:
    """The outermost mode of each row upwards; ``at`` is tau, but not tiny.

    No mode lies further out than events alone would ``pull`` it, each by tau (1 - p), nor of a mixed cell than its own
    logit, nor of n of n than where that is nearly certain.
    """
    most, mixed, pure = facts
    there = (np.maximum(mixed, pure + log_at) - mu) / at
    furthest: Number = np.minimum(most * pull, np.maximum(there, pure > -np.inf))
    return furthest


def _level(nodes: Number) -> Number:
    """The level of rows that need so many nodes."""
    level: Number = np.ceil(np.log(nodes) / _LOG_RATIO)
    return level


def _at_nodes(mu: Number, tau: Number, first: Number, step: Number, table: Floats) -> None:
    """log p, log (1 - p), 1, z^2, z, z^3 and z^4 at the nodes into ``table`` of shape (7, rows, nodes)."""
    log_p, log_q, one, square, z, cube, fourth = table
    np.multiply(step, _PLACES[: z.shape[1]], out=z)
    z += first
    eta, low = np.multiply(tau, z, out=cube), fourth
    eta += mu
    np.abs(eta, out=low)
    np.subtract(eta, low, out=log_p)
    np.exp(np.negative(low, out=low), out=low)
    np.log1p(low, out=low)
    log_p *= 0.5
    log_p -= low
    np.subtract(log_p, eta, out=log_q)
    np.multiply(z, z, out=square)
    np.multiply(square, z, out=cube)
    np.multiply(square, square, out=fourth)
    one[...] = 1.0


def _derivatives(facts: Facts[Number], sums: Facts[Number], tau: Number, step: Number) -> tuple[Number, ...]:
    """The six terms from sums of moments; tau > 0."""
    value, s2, s1, s3, s4, spread = sums
    k, constant = facts[:2]
    square = tau * tau
    return (
        value + constant + k * (np.log(step) - _LOG_ROOT),
        s1 / tau,
        (s2 - k) / tau,
        (spread - k) / square,
        (s3 - 2 * s1) / square,
        (s4 - 3 * s2 + k) / square,
    )


def _binomial(facts: Facts[Number], mu: Number, squares: Number) -> tuple[Number, ...]:
    """The six terms at tau = 0, where the derivative by tau is 0 and the second is twice the one by tau2."""
    events, others, choose = facts[3:6]
    low, p, q = np.log1p(np.exp(-abs(mu))), expit(mu), expit(-mu)
    value = choose + events * (np.minimum(mu, 0.0) - low) + others * (np.minimum(-mu, 0.0) - low)
    none, spread = 0.0 * mu, (events + others) * (p * q)
    return value, events * q - others * p, none, -spread, none, squares - spread
