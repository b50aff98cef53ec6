"""A stack of analyses as its distinct cells: identical (events, n) of one analysis are computed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .family import LOGISTIC_NORMAL, Family, Sums
from .result import Floats

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Cells:
    """Distinct (events, n) of each row of a stack, laid out row after row.

    Attributes:
        x, n: Events and units of each cell, shape (m,).
        times: How many studies of the row share it, shape (m,).
        start: First cell of each row and the end, shape (rows + 1,).
        family: The likelihood.
        precision: Of a normal prior of mu around 0, added to the log-likelihood without its constant; 0 for none.
    """

    x: Floats
    n: Floats
    times: Floats
    start: Index
    family: Family = LOGISTIC_NORMAL
    precision: float = 0.0

    @property
    def rows(self) -> int:
        """Analyses."""
        return self.start.size - 1

    @property
    def row(self) -> Index:
        """The row of each cell, shape (m,)."""
        return np.repeat(np.arange(self.rows), np.diff(self.start))

    def take(self, rows: Index) -> Cells:
        """The rows at ``rows``, repeated as asked."""
        lengths = np.diff(self.start)[rows]
        start = np.concatenate([[0], np.cumsum(lengths)]).astype(np.intp)
        index = np.arange(start[-1]) - np.repeat(start[:-1], lengths) + np.repeat(self.start[rows], lengths)
        return Cells(self.x[index], self.n[index], self.times[index], start, self.family, self.precision)

    def sum(self, values: Floats) -> Floats:
        """Weighted sums of cell values by row; values of shape (..., m)."""
        weighted = values * self.times
        return np.add.reduceat(weighted, self.start[:-1], axis=-1)


def cells_of(events: npt.NDArray[np.int64], n: npt.NDArray[np.int64], family: Family = LOGISTIC_NORMAL) -> Cells:
    """The cells of a stack of shape (rows, k); every row has at least one study with n > 0."""
    rows = events.shape[0]
    row, column = np.nonzero(n)
    x, size = events[row, column], n[row, column]
    order = np.lexsort((x, size, row))
    row, x, size = row[order], x[order], size[order]
    new = np.ones(row.size, dtype=bool)
    new[1:] = (row[1:] != row[:-1]) | (x[1:] != x[:-1]) | (size[1:] != size[:-1])
    first = np.flatnonzero(new)
    times = np.diff(np.append(first, row.size)).astype(float)
    start = np.searchsorted(row[first], np.arange(rows + 1)).astype(np.intp)
    return Cells(x[first].astype(float), size[first].astype(float), times, start, family)


def log_likelihood(cells: Cells, mu: Floats, tau: Floats) -> Sums:
    """Log-likelihood of each row at (mu, tau), shape (rows,), binomial coefficients included.

    With a ``precision``, the log of the normal prior of mu (without its constant) is added.
    """
    lengths = np.diff(cells.start)
    terms = cells.family.terms(cells.x, cells.n, np.repeat(mu, lengths), np.repeat(tau, lengths))
    stacked = np.stack([terms.logp, terms.mu, terms.tau, terms.mu_mu, terms.mu_tau, terms.tau_tau])
    sums = cells.sum(stacked)
    if cells.precision:
        sums[0] -= 0.5 * cells.precision * mu * mu
        sums[1] -= cells.precision * mu
        sums[3] -= cells.precision
    return Sums(*sums)
