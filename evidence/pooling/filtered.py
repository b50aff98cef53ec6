"""A likelihood of published reports only: small ones without any event reach print with the probability pi.

For a study i with n_i <= m that is not exempt, with P the probability of its count, marginal over the random effect,

    L_i = P(x_i) pi^[x_i = 0] / (1 - (1 - pi) P(0 | n_i))

and L_i = P(x_i) for any other. It is a model of selection whose strength is varied, not estimated, as Copas and Shi
2001, 10.1177/096228020101000402, vary theirs. Without spread between the studies its logarithm is concave in mu (an
exponential family); with spread that is not proved, so each maximum is held against a coarse grid over the whole plane,
and searched for again from there where the grid is higher.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import bdtr, bdtrc, expit, xlog1py, xlogy

from .boundaries import Integers, blank, classify
from .cells import Cells, Index, cells_of
from .convergence import filled, not_converged
from .family import Family
from .likelihood_rows import Likelihood, fall_of, fill_from, has_median
from .profile import TAU_CAP, TAU_GRID, Maximum, best_mu, maximise, polish_tau
from .profile_limits import median_proportion, profile_limits
from .quadrature import Terms
from .result import Estimates, Floats

#: Models with a likelihood, marginal over a random effect, that the filter acts on.
FILTERABLE = ("logistic-normal", "beta-binomial")
#: Where the coarse grid looks along mu, in units of the family's stretch.
_MU_GRID = np.linspace(-9.0, 9.0, 37)
#: A grid point this much higher than the maximum found starts another search.
_HIGHER = 1e-7
#: Halvings of a bracket on the logit from -700 to 700.
_HALVINGS = 70


@dataclass(frozen=True, slots=True, eq=False)
class Filtered:
    """One analysis under several filters.

    Attributes:
        x, n: Events and units of each study (arms summed), shape (k,).
        hidden: 1 - pi where the filter acts on a study, else 0, shape (rows, k).
    """

    x: Integers
    n: Integers
    hidden: Floats

    @classmethod
    def of(cls, x: Integers, n: Integers, exempt: np.ndarray, published: Floats, most: Integers) -> Filtered:
        """The filters (pi, m) row by row.

        Args:
            x, n: Shape (k,). exempt: Studies that are published whatever they find, shape (k,).
            published, most: pi in (0, 1] and m of each row, shape (rows,).
        """
        acts = (n <= most[:, None]) & ~exempt & (n > 0)
        return cls(x, n, np.where(acts, 1 - published[:, None], 0.0))

    def cells(self, family: Family) -> Cells:
        """The distinct cells of each row. Their ``x`` is a position in the table of (x, n, hidden) that the likelihood
        looks them up in.
        """
        shape = self.hidden.shape
        all_x, all_n = np.broadcast_to(self.x, shape), np.broadcast_to(self.n, shape)
        rows = np.stack([all_x.ravel(), all_n.ravel(), self.hidden.ravel()], axis=1)
        table, position = np.unique(rows, axis=0, return_inverse=True)
        events, hidden = np.array(table[:, 0], dtype=float), np.array(table[:, 2], dtype=float)
        return cells_of(position.reshape(shape), np.array(all_n), _filtered(family, events, hidden))

    def taken(self, rows: Index) -> Filtered:
        """Some of the filters."""
        return replace(self, hidden=self.hidden[rows])

    def at_one_proportion(self, p: Floats) -> Floats:
        """Log-likelihood where every study has the proportion p of shape (rows,), without binomial coefficients."""
        q = p[:, None]
        own = xlogy(self.x, q) + xlog1py(self.n - self.x, -q)
        return np.asarray((own + _of_filter(self.x == 0, self.hidden, np.exp(xlog1py(self.n, -q)))).sum(1))


def _of_filter(none: np.ndarray, hidden: Floats, nought: Floats) -> Floats:
    """What the filter adds to a log-probability; ``nought`` is the probability of no event."""
    return np.where(none, np.log1p(-hidden), 0.0) - np.log1p(-hidden * nought)


def _filtered(family: Family, table_x: Floats, table_hidden: Floats) -> Family:
    """The family behind a filter, in which events are positions in a table."""

    def terms(position: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
        i = position.astype(np.intp)
        x, hidden = table_x[i], table_hidden[i]
        own = family.terms(x, n, mu, tau)
        acts = np.flatnonzero(hidden > 0)
        if acts.size == 0:
            return own
        nought = family.terms(np.zeros(acts.size), n[acts], mu[acts], tau[acts])
        share = hidden[acts] * np.exp(nought.logp)
        first = share / (1 - share)
        second = first / (1 - share)
        table = np.stack([own.logp, own.mu, own.tau, own.mu_mu, own.mu_tau, own.tau_tau])
        table[:, acts] += np.stack(
            [
                _of_filter(x[acts] == 0, hidden[acts], np.exp(nought.logp)),
                first * nought.mu,
                first * nought.tau,
                first * nought.mu_mu + second * nought.mu**2,
                first * nought.mu_tau + second * nought.mu * nought.tau,
                first * nought.tau_tau + second * nought.tau**2,
            ]
        )
        return Terms(*table)

    def first_odds(position: Floats, n: Floats, tau: Floats) -> tuple[Floats, Floats]:
        i = position.astype(np.intp)
        events, others = family.first_odds(table_x[i], n, tau)
        # Behind each report without events stand 1 / pi such studies.
        return events, np.where(table_x[i] == 0, others / (1 - table_hidden[i]), others)

    return replace(family, terms=terms, first_odds=first_odds, shared=None, ceiling=None)


def estimate_filtered(model: Likelihood, filtered: Filtered) -> Estimates:
    """The analysis under each filter, shape (rows,); prediction limits are left out.

    Data on a boundary keep their status under any filter: no events and only events have exact limits on the assumption
    of one common proportion; where every study has one unit, the limits of the mean are exact whatever tau is; all or
    none is answered at tau = infinity, where every study is one coin. Rows whose search does not settle, or settles
    below another peak, are ``no-fit``.
    """
    rows, k = filtered.hidden.shape[0], int((filtered.n > 0).sum())
    out = blank(rows)
    status = str(classify(filtered.x[None], filtered.n[None])[0])
    out.status[:] = status
    limits = np.full(rows, "profile" if model.limits == "profile-t" and k == 2 else model.limits)

    def fill_regular(chosen: np.ndarray) -> None:
        part = filtered.taken(chosen)
        cells = part.cells(model.family)
        fill_from(out, highest(cells, part, model.family), cells, chosen, limits, np.full(rows, k), model)

    def fill_steps(chosen: np.ndarray) -> None:
        _fill_steps(out, filtered.taken(chosen), chosen, k, model)

    if status in ("ok", "tau-infinite"):
        filled(fill_regular if status == "ok" else fill_steps, np.arange(rows), out)
    elif status in ("all-zero", "all-events"):
        _fill_all(out, filtered, status == "all-events", model.level)
    elif status == "tau-not-identified":
        _fill_ones(out, filtered, model.level)
    if not has_median(model):
        fitted = np.isin(out.status, ("ok", "tau-zero", "tau-infinite"))
        for ours, mean in ((out.estimate, out.mean), (out.lower, out.mean_lower), (out.upper, out.mean_upper)):
            mean[fitted] = ours[fitted]
    return out


def highest(cells: Cells, filtered: Filtered, family: Family) -> Maximum:
    """The maximum of each row of the filters' cells, held against a grid over the plane.

    Raises:
        ConvergenceError: a second search, from the highest point of the grid, ends below that point.
    """
    top = maximise(cells)
    tau, mu, value = _grid(filtered, family)
    best = value.argmax(1)
    value_best = value[np.arange(cells.rows), best]
    lower = np.flatnonzero(value_best > top.value + _HIGHER)
    if lower.size == 0:
        return top
    at = tau[best[lower]]
    step = np.searchsorted(TAU_GRID, at)
    edges = np.append(TAU_GRID, TAU_CAP)
    part = cells.take(lower)
    ends = edges[np.maximum(step - 1, 0)], edges[step + 1]
    new_tau, near = polish_tau(part, at, mu[best[lower]], *ends)
    new_mu, sums = best_mu(part, new_tau, near)
    missed = sums.value < value_best[lower] - _HIGHER
    if missed.any():
        raise not_converged("the highest peak of the filtered likelihood", 2, mu=new_mu[missed], tau=new_tau[missed])
    _, at_zero = best_mu(part, np.zeros(lower.size), near / part.family.stretch(new_tau))
    det = sums.mu_mu * sums.tau_tau - sums.mu_tau**2
    with np.errstate(divide="ignore", invalid="ignore"):
        se = np.sqrt(np.where((new_tau > 0) & (det > 0), -sums.tau_tau / det, -1 / sums.mu_mu))
    found = (new_mu, new_tau, sums.value, at_zero.value, se)
    names = ("mu", "tau", "value", "value_zero", "se")
    for name, values in zip(names, found, strict=True):
        getattr(top, name)[lower] = values
    return top


def _grid(filtered: Filtered, family: Family) -> tuple[Floats, Floats, Floats]:
    """tau and mu of the points of the coarse grid, shape (points,), and the log-likelihoods there, (rows, points).

    ``family`` is the one behind the filter: what it says of a point is the same in every row.
    """
    tau = np.repeat(TAU_GRID, _MU_GRID.size)
    mu = np.tile(_MU_GRID, TAU_GRID.size) * family.stretch(tau)

    def logp(x: Integers, n: Integers) -> Floats:
        shape = (x.size, tau.size)
        at = (np.broadcast_to(part, shape).ravel() for part in (x[:, None], n[:, None], mu, tau))
        events, size, *place = (np.array(part, dtype=float) for part in at)
        return family.terms(events, size, *place).logp.reshape(shape)

    there = filtered.n > 0
    kinds, times = np.unique(np.stack([filtered.x[there], filtered.n[there]]), axis=1, return_counts=True)
    value = np.repeat((times[:, None] * logp(kinds[0], kinds[1])).sum(0)[None], filtered.hidden.shape[0], axis=0)
    value += np.where(filtered.x == 0, np.log1p(-filtered.hidden), 0.0).sum(1)[:, None]
    sizes = np.unique(filtered.n[there & (filtered.hidden > 0).any(0)])
    if sizes.size == 0:
        return tau, mu, value
    hidden = filtered.hidden.max(1)[:, None]
    for n, nought in zip(sizes, np.exp(logp(np.zeros_like(sizes), sizes)), strict=True):
        acts = ((filtered.hidden > 0) & (filtered.n == n)).sum(1)[:, None]
        value -= acts * np.log1p(-hidden * nought)
    return tau, mu, value


def _fill_steps(out: Estimates, filtered: Filtered, rows: np.ndarray, k: int, model: Likelihood) -> None:
    """All or none: the likelihood rises to its supremum at tau = infinity, where each study is one coin.

    For a given mean, both the probability of what a study shows and that of no event are largest there.
    """
    coins = Filtered((filtered.x > 0).astype(np.int64), (filtered.n > 0).astype(np.int64), filtered.hidden)
    share = _peak(coins)
    supremum = coins.at_one_proportion(share)
    out.log_likelihood[rows], out.mean[rows] = supremum, share
    median = np.where(share > 0.5, 1.0, np.where(share < 0.5, 0.0, np.nan))
    out.estimate[rows] = median if has_median(model) else share
    cells = filtered.cells(model.family)
    _, at_zero = best_mu(cells, np.zeros(rows.size), np.zeros(rows.size))
    mu = model.family.step_mu(share, TAU_CAP)
    nought = np.full(rows.size, np.nan)
    top = Maximum(mu, np.full(rows.size, np.inf), supremum, at_zero.value, nought)
    name = "profile" if model.limits == "profile" or k == 2 else "profile-t"
    fall = fall_of(np.full(rows.size, name), np.full(rows.size, k), model.level)
    found = profile_limits(cells, top, fall)
    out.lower[rows], out.upper[rows] = median_proportion(found.median_lower), median_proportion(found.median_upper)
    out.mean_lower[rows] = np.minimum(np.exp(found.mean_lower), _reached(coins, share, supremum - fall, -1))
    out.mean_upper[rows] = np.maximum(np.exp(found.mean_upper), _reached(coins, share, supremum - fall, 1))
    if not has_median(model):
        out.lower[rows], out.upper[rows] = out.mean_lower[rows], out.mean_upper[rows]


def _fill_all(out: Estimates, filtered: Filtered, every: bool, level: float) -> None:
    """No events or only events: the limit at which such data have half the error probability, tau = 0 assumed."""
    rows = out.status.size
    at = np.full(rows, float(every))
    out.estimate[:] = out.mean[:] = at
    target = np.full(rows, np.log(0.5 * (1 - level)))
    limit = _reached(filtered, at, target, -1 if every else 1)
    out.lower[:] = out.mean_lower[:] = limit if every else 0.0
    out.upper[:] = out.mean_upper[:] = 1.0 if every else limit
    out.log_likelihood[:] = 0.0


def _fill_ones(out: Estimates, filtered: Filtered, level: float) -> None:
    """Every study has one unit: its probability is the mean whatever tau is; exact limits of the number of events."""
    there = filtered.n > 0
    x = float(filtered.x[there].sum())
    acts = (filtered.hidden > 0) & there
    out.mean[:] = _peak(filtered)
    out.log_likelihood[:] = filtered.at_one_proportion(out.mean)
    behind = acts.sum(1)
    others = int(there.sum()) - behind
    pi = 1 - filtered.hidden.max(1)

    def tail(p: Floats, upper: bool) -> Floats:
        """P(at least x events), or at most x, of the published reports."""
        published = p / (p + pi * (1 - p))
        total = np.zeros(p.size)
        for j in range(int(others.max()) + 1):
            inside = j <= others
            own = np.where(inside, bdtrc(j - 1, others, p) - bdtrc(j, others, p), 0.0)
            left = np.clip(x - j, -1, behind)
            rest = bdtrc(np.minimum(left, behind) - 1, behind, published) if upper else bdtr(left, behind, published)
            rest = np.where(x - j <= 0, 1.0, rest) if upper else np.where(x - j < 0, 0.0, rest)
            rest = np.where(x - j > behind, 0.0 if upper else 1.0, rest)
            total += own * rest
        return total

    half = 0.5 * (1 - level)
    out.mean_lower[:] = _bisected(lambda p: tail(p, True) >= half, out.status.size)
    out.mean_upper[:] = _bisected(lambda p: tail(p, False) <= half, out.status.size)


def _peak(filtered: Filtered) -> Floats:
    """The common proportion of studies of one unit each (coins) that maximises the likelihood, shape (rows,).

    Its score by the logit, a (1 - p) - b p - sum of hidden p (1 - p) / (1 - hidden (1 - p)), falls once.
    """
    there = filtered.n > 0
    a, b = float(filtered.x[there].sum()), float((filtered.n - filtered.x)[there].sum())
    if a == 0 or b == 0:
        return np.full(filtered.hidden.shape[0], float(b == 0))
    hidden = np.where(there, filtered.hidden, 0.0)

    def falls(p: Floats) -> np.ndarray:
        q = 1 - p[:, None]
        # Of those behind the filter, the expected share that is published without events.
        filter_part = (hidden * q * p[:, None] / (1 - hidden * q)).sum(1)
        return np.asarray(a * (1 - p) - b * p - filter_part <= 0)

    return _bisected(falls, hidden.shape[0])


def _reached(filtered: Filtered, peak: Floats, target: Floats, side: int) -> Floats:
    """The common proportion on one side of the peak at which the log-likelihood falls to a target."""

    def beyond(p: Floats) -> np.ndarray:
        low = filtered.at_one_proportion(p) < target
        return np.asarray((p >= peak) & low if side > 0 else (p >= peak) | ~low)

    return _bisected(beyond, peak.size)


def _bisected(beyond: Callable[[Floats], np.ndarray], rows: int) -> Floats:
    """The proportion from which on a condition holds, by halving on the logit, shape (rows,)."""
    low, high = np.full(rows, -700.0), np.full(rows, 700.0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        there = beyond(expit(middle))
        low, high = np.where(there, low, middle), np.where(there, middle, high)
    return np.asarray(expit(0.5 * (low + high)))
