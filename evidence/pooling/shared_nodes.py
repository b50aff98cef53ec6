"""Log-likelihood of rows of binomial cells under a normal logit, each row by one set of nodes that its cells share.

    P(x | n, mu, tau) = integral of f(mu + tau z) phi(z) dz,  f = expit^x (1 - expit)^(n - x)

log f is linear in x and n - x for given nodes: the integrands of all cells of a row are one product of matrices, one
exponential, and their moments a second product. The trapezoid rule's error is bounded beforehand. At z + ia the
integrand is at most cos(tau a / 2)^-n exp(a^2 / 2) times its value at z, so that a step h leaves, relative to P,

    2 cos(tau a / 2)^-n exp(a^2 / 2) / (exp(2 pi a / h) - 1)        for every 0 < a < pi / tau

(Trefethen and Weideman 2014, 10.1137/130932132, theorem 5.1). The nodes reach 8.2 beyond the outermost modes of a
row, where every log-integrand, whose second derivative is at most -1, has fallen by more than 33. Rows that would need
more than ``MOST_NODES`` nodes are left to ``quadrature``, which places nodes for each cell.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from .quadrature import log_choose
from .result import Floats

#: More nodes than this are left to the other rule.
MOST_NODES = 640
#: Up to this n the rounding of the second derivatives, some 1e-16 n^2, is below 1e-10.
LARGEST_N = 500.0
#: tau a stays below this, which is below pi.
TURN = 2.6
#: Elements of a table that stays in the processor's cache; up to ``FEW`` one table for all rows costs least.
BLOCK, FEW = 1 << 15, 1 << 14
#: Products of powers of p and z that the derivatives need.
FEATURES = 9
#: Rows whose numbers of nodes differ by less than this ratio are computed together.
RATIO = 1.3
#: A tau below it is divided by as if it were this one.
_TINY = 1e-300
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
        counts: Events, others and 1 of each cell, shape (rows, width, 3).
        powers: Factors of the means of 1, p and p^2 in the score by mu and in its Bartlett term, (rows, width, 2, 3).
        times: How often each cell counts, shape (rows, width); 0 where there is none.
        constant: Log binomial coefficients of each row, shape (rows,).
        n: Largest n, shape (rows,).
        most: Largest number of events and of others of a cell, shape (2, rows).
        mixed: Outermost logits of cells with both, turned so that larger is further out; -inf for none; (2, rows).
        pure: Log of the largest n of cells with events only, and with none; -inf for none; shape (2, rows).
    """

    counts: Floats
    powers: Floats
    times: Floats
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
        powers = np.zeros((*x.shape, 2, 3))
        powers[..., 0, 0], powers[..., 0, 1] = x, -n
        powers[..., 1, 0], powers[..., 1, 1], powers[..., 1, 2] = x * x, -(2 * x + 1) * n, n * (n + 1)
        return cls(
            np.stack([x, y, np.ones_like(x)], axis=2),
            powers,
            times,
            (log_choose(x, n) * times).sum(1),
            n.max(1),
            np.stack([x.max(1), y.max(1)]),
            mixed,
            pure,
        )

    def take(self, rows: npt.NDArray[np.intp]) -> Self:
        """The rows at ``rows``."""
        return type(self)(
            self.counts[rows],
            self.powers[rows],
            self.times[rows],
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

        Error: of ``FINE`` 1e-12 of each cell's log-probability; rounding, some 1e-16 n^2, in the second derivatives.
        """
        ends, nodes = self._nodes(mu, tau, rule)
        good = (nodes <= MOST_NODES) & (self.n <= LARGEST_N)
        widest = max(self.times.shape[1], FEATURES)
        most = int(nodes[good].max(initial=1.0))
        if good.all() and mu.size * widest * most <= FEW:
            return self._together(mu, tau, ends, most, _Room.of(mu.size * widest * most)), good
        table = np.empty((6, mu.size))
        room = _Room.of(max(BLOCK, widest * most))
        level = np.ceil(np.log(np.where(good, nodes, 1.0)) / np.log(RATIO)).astype(int)
        for each in np.unique(level[good]):
            rows = np.flatnonzero(good & (level == each))
            most = int(nodes[rows].max())
            size = max(1, BLOCK // (most * widest))
            for begin in range(0, rows.size, size):
                r = rows[begin : begin + size]
                table[:, r] = self.take(r)._together(mu[r], tau[r], ends[:, r], most, room)
        return table, good

    def _nodes(self, mu: Floats, tau: Floats, rule: Rule) -> tuple[Floats, Floats]:
        """How far the nodes of each row reach upwards and downwards, shape (2, rows), and how many there must be.

        No mode lies further out than where the prior would be alone, nor of a mixed cell than its own logit, nor of n
        of n than where that is nearly certain.
        """
        at, sides = np.maximum(tau, _TINY), _SIDES * mu
        furthest = (np.maximum(self.mixed, self.pure + np.log(at)) - sides) / at
        ends = np.minimum(self.most * (tau * expit(-sides)), np.maximum(furthest, self.pure > -np.inf))
        ends += rule.reach
        bend = 0.5 / rule.digits + (0.125 / rule.digits * self.n + TURN**-2) * (tau * tau)
        a = 1 / np.sqrt(bend)
        step = 2 * np.pi * a / (rule.digits - self.n * np.log(np.cos(0.5 * tau * a)) + 0.5 * a * a)
        return ends, np.ceil((ends[0] + ends[1]) / step) + 1

    def _together(self, mu: Floats, tau: Floats, ends: Floats, nodes: int, room: _Room) -> Floats:
        """All rows, with the same number of nodes."""
        rows, width = self.times.shape
        step = (ends[0] + ends[1]) / (nodes - 1)
        z = step[:, None] * np.arange(nodes) - ends[1][:, None]
        logs, features = _at_nodes(z, mu[:, None] + tau[:, None] * z, room)
        weight = room.weight[: rows * width * nodes].reshape(rows, width, nodes)
        np.matmul(self.counts, logs, out=weight)
        peak = weight.max(2)
        weight -= peak[:, :, None]
        np.exp(weight, out=weight)
        sums = (weight @ features.transpose(0, 2, 1)).reshape(rows, width, 3, 3)
        total = sums[:, :, 0, 0]
        out = np.empty((rows, width, 6))
        np.add(np.log(total), peak, out=out[:, :, 0])
        moments = self.powers @ sums
        moments /= total[:, :, None, None]
        score = moments[:, :, 0, :2]
        out[:, :, 1:3] = score
        out[:, :, 3:] = moments[:, :, 1]
        out[:, :, 3:5] -= score[:, :, :1] * score
        out[:, :, 5] -= score[:, :, 1] ** 2
        found = (self.times[:, None, :] @ out)[:, 0].T
        found[0] += self.constant + self.times.sum(1) * (np.log(step) - _LOG_ROOT)
        # The likelihood is even in tau.
        found[2::2] *= tau > 0
        return found


@dataclass(frozen=True, slots=True)
class _Room:
    """Memory for the large tables: fresh pages would cost more than what is computed on them."""

    logs: Floats
    features: Floats
    weight: Floats

    @classmethod
    def of(cls, elements: int) -> Self:
        """Room for tables of so many elements."""
        return cls(*(np.empty(elements) for _ in range(3)))


def _at_nodes(z: Floats, eta: Floats, room: _Room) -> tuple[Floats, Floats]:
    """log p, log (1 - p) and log phi, shape (rows, 3, nodes); p^i z^j for i, j <= 2, shape (rows, 9, nodes)."""
    rows, nodes = z.shape
    logs = room.logs[: rows * 3 * nodes].reshape(rows, 3, nodes)
    e = np.exp(-np.abs(eta))
    np.subtract(np.minimum(eta, 0.0), np.log1p(e), out=logs[:, 0])
    np.subtract(logs[:, 0], eta, out=logs[:, 1])
    features = room.features[: rows * FEATURES * nodes].reshape(rows, FEATURES, nodes)
    features[:, 0], features[:, 1] = 1.0, z
    np.multiply(z, z, out=features[:, 2])
    np.multiply(features[:, 2], -0.5, out=logs[:, 2])
    p = (np.where(eta > 0, 1.0, e) / (1.0 + e))[:, None]
    np.multiply(features[:, :3], p, out=features[:, 3:6])
    np.multiply(features[:, 3:6], p, out=features[:, 6:])
    return logs, features
