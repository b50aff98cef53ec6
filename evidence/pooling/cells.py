"""A stack of analyses as its distinct cells: identical (events, n) of one analysis are computed once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from .family import LOGISTIC_NORMAL, Family, Shared, Sums
from .result import Floats
from .shared_nodes import FINE, Rule

Index = npt.NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Cells:
    """Distinct (events, n) of each row of a stack.

    Attributes:
        x, n: Events and units of each cell, shape (rows, width); n is 0 where a row has fewer cells.
        times: How many studies of the row share it, shape (rows, width).
        family: The likelihood.
        shared: The rows made ready for what their cells share, where the family knows of such.
        precision: Of a normal prior of mu around 0, added to the log-likelihood without its constant; 0 for none.
    """

    x: Floats
    n: Floats
    times: Floats
    family: Family = LOGISTIC_NORMAL
    shared: Shared | None = None
    precision: float = 0.0

    @property
    def rows(self) -> int:
        """Analyses."""
        return int(self.n.shape[0])

    def take(self, rows: Index) -> Cells:
        """The rows at ``rows``, repeated as asked."""
        shared = None if self.shared is None else self.shared.take(rows)
        return Cells(self.x[rows], self.n[rows], self.times[rows], self.family, shared, self.precision)

    def sum(self, values: Floats) -> Floats:
        """Weighted sums of cell values by row; values of shape (..., rows, width)."""
        return np.asarray(np.vecdot(values, self.times))


def cells_of(
    events: npt.NDArray[np.int64], n: npt.NDArray[np.int64] | Floats, family: Family = LOGISTIC_NORMAL
) -> Cells:
    """The cells of a stack of shape (rows, k), n (or time) >= 0; every row has at least one study with n > 0."""
    rows, k = n.shape
    # Absent studies come first in each row, and identical ones stand together.
    order = (np.arange(rows)[:, None], np.lexsort((events, n)))
    x, size = events[order], n[order]
    new = size > 0
    new[:, 1:] &= (x[:, 1:] != x[:, :-1]) | (size[:, 1:] != size[:, :-1])
    row, column = new.nonzero()
    place = new.cumsum(1)[row, column] - 1
    cell_x, cell_n, times = np.zeros((3, rows, int(_rounded(place.max() + 1))))
    cell_x[row, place], cell_n[row, place] = x[row, column], size[row, column]
    # A cell reaches up to the next one of its row.
    times[row, place] = k - column
    times[row[:-1], place[:-1]] -= (row[1:] == row[:-1]) * (k - column[1:])
    shared = family.shared(cell_x, cell_n, times) if family.shared else None
    return Cells(cell_x, cell_n, times, family, shared)


def by_width(events: npt.NDArray[np.int64], n: npt.NDArray[np.int64], rows: Index) -> list[Index]:
    """The rows at ``rows`` of a stack in groups of about as many cells, in order.

    Sums over cells are added up in an order that depends on how wide the table of cells is. In such a group it is as
    wide for each row as it would be for that row alone.
    """
    if rows.size <= 1:
        return [rows]
    x, size = events[rows], n[rows]
    key = np.sort(size * (size.max() + 1) + x, axis=1)
    width = _rounded((key[:, 1:] != key[:, :-1]).sum(1) + (key[:, 0] > 0))
    order = width.argsort(kind="stable")
    return np.split(rows[order], np.diff(width[order]).nonzero()[0] + 1)


def _rounded(width: npt.ArrayLike) -> npt.NDArray[np.int64]:
    """Up to a number with at most three leading binary digits: 1 to 8, 10, 12, 14, 16, 20 and so on."""
    least = np.maximum(np.asarray(width, dtype=np.int64), 1)
    unit = np.maximum(1 << np.maximum(np.frexp(least - 0.5)[1] - 3, 0), 1)
    return np.asarray(-(-least // unit) * unit)


def log_likelihood(cells: Cells, mu: Floats, tau: Floats, rule: Rule = FINE) -> Sums:
    """Log-likelihood of each row at (mu, tau), shape (rows,), binomial coefficients included.

    ``rule`` is how exact sums over shared nodes are. With a ``precision``, the log of the normal prior of mu (without
    its constant) is added.
    """
    return Sums(*likelihood_table(cells, mu, tau, rule))


def likelihood_table(cells: Cells, mu: Floats, tau: Floats, rule: Rule = FINE) -> Floats:
    """The same as a table of shape (6, rows), in the order of ``Sums``."""
    if cells.shared is None:
        sums = _by_cell(cells, mu, tau)
    else:
        sums, done = cells.shared.log_likelihood(mu, tau, rule)
        left = (~done).nonzero()[0]
        if left.size:
            sums[:, left] = _by_cell(cells.take(left), mu[left], tau[left])
    if cells.precision:
        sums[0] -= 0.5 * cells.precision * mu * mu
        sums[1] -= cells.precision * mu
        sums[3] -= cells.precision
    return sums


def _by_cell(cells: Cells, mu: Floats, tau: Floats) -> Floats:
    """The same from each cell's own terms, shape (6, rows)."""
    row, column = np.nonzero(cells.n)
    x, n = cells.x[row, column], cells.n[row, column]
    terms = cells.family.terms(x, n, mu[row], tau[row])
    table = np.zeros((6, *cells.n.shape))
    table[:, row, column] = (terms.logp, terms.mu, terms.tau, terms.mu_mu, terms.mu_tau, terms.tau_tau)
    return cells.sum(table)
