"""The beta-binomial log-likelihood of rows of cells as sums over the factors that the cells of a row share.

    P(x | n) = C(n, x) * prod_{j<x}(m + j theta) * prod_{j<n-x}(1 - m + j theta) / prod_{j<n}(1 + j theta)

The factor m + j theta stands in every cell with more than j events: its logarithm is taken once for the row, and counts
as often as there are such cells. So a row takes three logarithms for each unit of its largest study, however many
studies it has. Rows with a study of more than ``LONGEST`` units are left to ``beta_terms``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.special import expit

from .quadrature import log_choose
from .result import Floats

Index = npt.NDArray[np.intp]

#: Numbers of factors that rows are computed with: the least that is enough for the row.
LENGTHS = np.array([8, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512])
LONGEST = int(LENGTHS[-1])
#: Elements of a table that stays in the processor's cache.
BLOCK = 1 << 15
#: Beyond this mu the log-probability is linear in it to the last digit; squares of 1 / m would overflow.
FARTHEST = 300.0


@dataclass(frozen=True, slots=True)
class SharedProducts:
    """What does not depend on mu and tau.

    Attributes:
        counts: How often the factors of events, of others and of units with each j stand in a row, the last with a
            minus: (rows, 3, length); 0 beyond a row's largest study.
        level: Which of ``LENGTHS`` a row needs, shape (rows,); their number where none is enough.
        constant: Log binomial coefficients of each row, shape (rows,).
    """

    counts: Floats
    level: Index
    constant: Floats

    @classmethod
    def of(cls, x: Floats, n: Floats, times: Floats) -> Self:
        """Of cells of shape (rows, width); n and times are 0 where there is no cell."""
        level = np.searchsorted(LENGTHS, n.max(1))
        short = level < LENGTHS.size
        length = int(LENGTHS[level[short].max()]) if short.any() else 0
        counts = np.zeros((x.shape[0], 3, length))
        for place, (sign, size) in enumerate(((1, x), (1, n - x), (-1, n))):
            counts[short, place] = sign * _with_more(size[short], times[short], length)
        return cls(counts, level, (log_choose(x, n) * times).sum(1))

    def take(self, rows: Index) -> Self:
        """The rows at ``rows``."""
        return type(self)(self.counts[rows], self.level[rows], self.constant[rows])

    def log_likelihood(self, mu: Floats, tau: Floats, rule: object = None) -> tuple[Floats, npt.NDArray[np.bool_]]:
        """Log-likelihood of each row and its derivatives; mu and tau of shape (rows,). There is only one rule.

        Returns:
            Value, d mu, d tau, d mu mu, d mu tau, d tau tau, shape (6, rows), and which rows were computed: the
            others hold nothing.

        Error: rounding only, about 1e-16 of each of the three products' logarithms.
        """
        inner = np.minimum(np.maximum(mu, -FARTHEST), FARTHEST)
        theta, m, q = tau * tau, expit(inner), expit(-inner)
        base = np.array([m, q, np.ones_like(m)]).T
        value, sums = np.zeros((mu.size, 3)), np.zeros((mu.size, 3, 6))
        for level in np.unique(self.level[self.level < LENGTHS.size]):
            length = int(LENGTHS[level])
            rows = (self.level == level).nonzero()[0]
            size = max(1, BLOCK // (3 * length))
            for begin in range(0, rows.size, size):
                r = rows[begin : begin + size]
                value[r], sums[r] = _sums(self.counts[r, :, :length], base[r], theta[r])
        # Sums of the inverse factor, and of j times it; of its square, with j and with its square.
        (a, b, _), (at, bt, ct), _, (aa, bb, _), (aat, bbt, _), (aatt, bbtt, cctt) = sums.transpose(2, 1, 0)
        w = m * q
        by_m, by_theta = (a - b) * w, at + bt + ct
        table = [
            value.sum(1) + self.constant + by_m * (mu - inner),
            by_m,
            2 * tau * by_theta,
            by_m * (q - m) - (aa + bb) * w * w,
            -2 * tau * (aat - bbt) * w,
            2 * by_theta - 4 * theta * (aatt + bbtt + cctt),
        ]
        return np.array(table), self.level < LENGTHS.size


def _with_more(size: Floats, times: Floats, length: int) -> Floats:
    """How many cells of each row have more than j, for every j below ``length``."""
    rows = size.shape[0]
    place = np.arange(rows)[:, None] * (length + 1) + size.astype(np.intp)
    having = np.bincount(place.ravel(), weights=times.ravel(), minlength=rows * (length + 1))
    return np.asarray(having.reshape(rows, length + 1)[:, :0:-1].cumsum(1)[:, ::-1])


def _sums(counts: Floats, base: Floats, theta: Floats) -> tuple[Floats, Floats]:
    """Sums over the factors base + j theta: of logarithms, (rows, 3), and of the parts of derivatives, (rows, 3, 6)."""
    j = np.arange(float(counts.shape[2]))
    factor = theta[:, None, None] * j + base[:, :, None]
    powers = np.array([np.ones_like(j), j, j * j]).T
    sums = np.empty((*base.shape, 6))
    once = counts / factor
    np.matmul(once, powers, out=sums[:, :, :3])
    once /= factor
    np.matmul(once, powers, out=sums[:, :, 3:])
    return np.vecdot(counts, np.log(factor, out=factor)), sums
