"""Profile limits of the median and the mean from a rough look at the edge and an exact last search.

The likelihood's region, and its edge on both sides of mu, are found at a few tau, each to about a thousandth of its
width and with rough sums; beside the outermost point Newton on two equations ends at the exact limit. Rows in which
any of this does not go as it usually does are left to the thorough search.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .cells import Cells, Index, log_likelihood
from .edges import edge_mu, edge_score, summits
from .profile import Maximum, profile_about
from .result import Floats
from .shared_nodes import ROUGH

#: Points along tau, the last of which is just outside of the region.
POINTS = 9
#: Where the grid ends, as a share of how deep the region is (the root of the fall): just outside of it.
NEAREST, AIM, FURTHEST = 1.0, 1.04, 1.1
#: No grid goes beyond this asinh(tau).
FURTHEST_T = 8.0
#: Steps of the searches.
_STEPS = 12
#: An edge is near where the root of its fall is off by this share of what is wanted, plus a little.
NEAR, LITTLE = 0.03, 1e-3
#: Points beside tau = 0 at which an edge that moves inwards from there is looked at exactly.
BESIDE = 4
#: An exact limit may lie this much within an exact edge, as a share of 1 + its size: what two searches differ by.
TURNED = 1e-9
#: An exact limit may lie this much within the outermost point of the look, as a share of 1 + tau.
ROUGHLY = 2e-3


def near_limits(cells: Cells, top: Maximum, fall: Floats) -> tuple[Floats, np.ndarray]:
    """Lower and upper limit of the median (as mu) and of the mean (as its log), shape (4, rows), and where they are
    found, shape (rows,); elsewhere they hold nothing. Arguments as of ``profile_limits``.
    """
    limits, found = np.full((4, cells.rows), np.nan), np.zeros(cells.rows, dtype=bool)
    rows = (np.isfinite(top.tau) & (np.arcsinh(top.tau) < FURTHEST_T)).nonzero()[0]
    if rows.size == 0:
        return limits, found
    part, top, fall = cells.take(rows), top.take(rows), fall[rows]
    low, high, bounded = _bounds(part, top, fall)
    kept = bounded.nonzero()[0]
    if kept.size:
        rows = rows[kept]
        look = _Look.of(part.take(kept), top.take(kept), fall[kept], low[kept], high[kept])
        limits[:, rows], found[rows] = look.limits()
    return limits, found


def _bounds(cells: Cells, top: Maximum, fall: Floats) -> tuple[Floats, Floats, np.ndarray]:
    """asinh(tau) just outside of the region on both sides, 0 where it reaches 0, and where both were found."""
    first, depth = np.arcsinh(top.tau), np.sqrt(2 * fall)
    at_zero = np.sqrt(2 * np.maximum(top.value - top.value_zero, 0.0))
    below = (at_zero > FURTHEST * depth).nonzero()[0]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(AIM * depth / at_zero, 1.0)
    widest = np.arcsinh(2 * top.tau + 1) - first
    above = np.where(share < 1, np.minimum(1.2 * first * share, widest), 0.6 * widest)
    low, high, good = np.zeros(cells.rows), first.copy(), np.ones(cells.rows, dtype=bool)
    rows = np.concatenate([np.arange(cells.rows), below])
    t, found = _crossing(
        cells.take(rows),
        top.take(rows),
        depth[rows],
        np.concatenate([first + above, first[below] * (1 - share[below])]),
    )
    high[:], low[below] = t[: cells.rows], t[cells.rows :]
    good &= found[: cells.rows]
    good[below] &= found[cells.rows :]
    return low, high, good


def _crossing(cells: Cells, top: Maximum, depth: Floats, t: Floats) -> tuple[Floats, np.ndarray]:
    """asinh(tau) near ``t``, on its side of the maximum, where the profile has fallen a little more than allowed.

    Newton on the root of twice the fall, which is nearly a straight line.
    """
    first = np.arcsinh(top.tau)
    outwards = np.where(t > first, 1.0, -1.0)
    inside, outside = first.copy(), np.where(outwards > 0, np.inf, 0.0)
    mu, stretch = top.mu / cells.family.stretch(top.tau), cells.family.stretch
    found, active = np.zeros(t.size, dtype=bool), np.arange(t.size)
    for _ in range(_STEPS):
        tau = np.sinh(t[active])
        at, value, slope, _, _ = profile_about(cells.take(active), tau, mu[active] * stretch(tau))
        mu[active] = at / stretch(tau)
        fallen, wanted = np.sqrt(2 * np.maximum(top.value[active] - value, 0.0)), depth[active]
        found[active] = (fallen >= NEAREST * wanted) & (fallen <= FURTHEST * wanted)
        inside[active] = np.where(fallen < wanted, t[active], inside[active])
        outside[active] = np.where(fallen > wanted, t[active], outside[active])
        with np.errstate(divide="ignore", invalid="ignore"):
            new = t[active] - (AIM * wanted - fallen) * fallen / (slope * np.cosh(t[active]))
        ends = np.sort([inside[active], outside[active]], axis=0)
        middle = np.where(np.isfinite(ends[1]), 0.5 * (ends[0] + ends[1]), ends[0] + 0.7)
        new = np.where((new > ends[0]) & (new < np.minimum(ends[1], ends[0] + 1.5)), new, middle)
        going = ~found[active] & (new <= FURTHEST_T)
        t[active[going]] = new[going]
        active = active[going]
        if active.size == 0:
            break
    return t, found


@dataclass(frozen=True, slots=True)
class _Look:
    """The edges on a grid of tau.

    Attributes:
        cells, target: Of each row. t: asinh(tau), shape (rows, points).
        inner: mu of the highest likelihood at each tau, shape (rows, points).
        edge: mu, shape (rows, 2, points); NaN outside of the region.
        log_mean: Of the edge. good: Rows whose edges were all found.
    """

    cells: Cells
    target: Floats
    t: Floats
    inner: Floats
    edge: Floats
    log_mean: Floats
    good: np.ndarray

    @classmethod
    def of(cls, cells: Cells, top: Maximum, fall: Floats, low: Floats, high: Floats) -> _Look:
        """Of rows between ``low`` and ``high``, which are asinh(tau)."""
        t = low[:, None] + (high - low)[:, None] * (np.arange(POINTS - 1) / (POINTS - 1))
        target, (rows, points) = top.value - fall, t.shape
        row, tau = np.repeat(np.arange(rows), points), np.sinh(t).ravel()
        stretch = cells.family.stretch
        start = (top.mu / stretch(top.tau))[row] * stretch(tau)
        mu, value, _, _, bend = profile_about(cells.take(row), tau, start)
        above = value - target[row]
        wanted = np.repeat((above > 0).nonzero()[0], 2)
        edge, found = np.full((row.size, 2), np.nan), np.zeros((row.size, 2), dtype=bool)
        side = np.tile([-1.0, 1.0], wanted.size // 2)
        flat = np.repeat(above > 0, 2).nonzero()[0]
        depth, bend = np.sqrt(2 * above[wanted]), np.maximum(bend[wanted], 1e-300)
        edge.ravel()[flat], found.ravel()[flat] = _edges(
            cells.take(row[wanted]), tau[wanted], (mu[wanted], value[wanted]), side, depth, depth / np.sqrt(bend)
        )
        log_mean = np.full(edge.shape, np.nan)
        # Beyond every number, or none left of it: not found.
        with np.errstate(over="ignore", divide="ignore"):
            log_mean.ravel()[flat] = np.log(cells.family.mean(edge.ravel()[flat], tau[wanted]))
        missing = ((above > 0)[:, None] & ~(found & np.isfinite(log_mean))).any(1).reshape(rows, points).any(1)
        good = ~missing & (above > 0).reshape(rows, points).any(1)
        at_side = np.moveaxis(edge.reshape(rows, points, 2), 2, 1), np.moveaxis(log_mean.reshape(rows, points, 2), 2, 1)
        return cls(cells, target, t, mu.reshape(rows, points), at_side[0], at_side[1], good)

    def limits(self) -> tuple[Floats, np.ndarray]:
        """Limits of the median and the mean, shape (4, rows), and where all of them were found, shape (rows,)."""
        rows = self.good.size
        row, side = np.tile(np.arange(rows), 4), np.tile(np.repeat([-1.0, 1.0], rows), 2)
        of_mean = np.repeat([False, True], 2 * rows)
        edge = np.tile(self.edge.transpose(1, 0, 2).reshape(2 * rows, -1), (2, 1))
        value = np.concatenate([part.transpose(1, 0, 2).reshape(2 * rows, -1) for part in (self.edge, self.log_mean)])
        value = np.where(np.isnan(value), -np.inf, value * side[:, None])
        best = value.argmax(1)
        top = value.max(1)
        limit, there = np.full(4 * rows, np.nan), np.zeros(4 * rows, dtype=bool)
        first = (self.good[row] & (best == 0) & (self.t[row, 0] == 0)).nonzero()[0]
        ended, at_end = self._at_zero(row[first], side[first], of_mean[first])
        limit[first[at_end]], there[first[at_end]] = ended[at_end], True
        going = (self.good[row] & ~there).nonzero()[0]
        if going.size:
            r, b = row[going], best[going]
            t, mu = _between(self.t[r], edge[going], value[going], b)
            step = self.t[r, 1] - self.t[r, 0]
            span = np.sinh(np.maximum(self.t[r, b] - step, self.t[r, 0])), np.sinh(self.t[r, b] + step)
            given = np.array([mu, np.sinh(t)])
            found, reached = summits(self.cells.take(r), self.target[r], side[going], of_mean[going], span, given)
            slack = ROUGHLY * (1 + np.sinh(self.t[r, b]))
            there[going] = reached & (found >= top[going] - slack)
            limit[going] = found * side[going]
            # Newton may have ended where the edge turns the other way, as it does at tau = 0.
            less = going[there[going] & (found < top[going])]
            beside = self._exact(row[less], side[less], of_mean[less], best[less])[0]
            there[less] = (limit[less] - beside) * side[less] >= -TURNED * (1 + np.abs(beside))
        return limit.reshape(4, rows), np.asarray(there.reshape(4, rows).all(0))

    def _at_zero(self, row: Index, side: Floats, of_mean: np.ndarray) -> tuple[Floats, np.ndarray]:
        """The limit at tau = 0 of some rows, and whether the edge moves inwards from there on and stays inside."""
        if row.size == 0:
            return np.zeros(0), np.zeros(0, dtype=bool)
        ended, inwards = self._exact(row, side, of_mean, 0)
        # The look is too rough to tell an edge that comes out again, by less than its error, from one that doesn't.
        for point in range(1, 1 + BESIDE):
            there = (~np.isnan(self.edge[row, 0, point]) & inwards).nonzero()[0]
            further, _ = self._exact(row[there], side[there], of_mean[there], point)
            inwards[there] = (further - ended[there]) * side[there] <= 0
        return ended, inwards

    def _exact(self, row: Index, side: Floats, of_mean: np.ndarray, point: int | Index) -> tuple[Floats, np.ndarray]:
        """The edge at a point along tau, and whether it moves inwards as tau grows."""
        cells, tau = self.cells.take(row), np.sinh(self.t[row, point])
        if row.size == 0:
            return tau, np.zeros(0, dtype=bool)
        edge, sums = edge_mu(cells, tau, self.target[row], self.inner[row, point], side)
        inwards = edge_score(cells.family, sums, edge, tau, of_mean) <= 0
        return np.where(of_mean, cells.family.log_mean(edge, tau).value, edge), inwards


def _edges(
    cells: Cells, tau: Floats, peak: tuple[Floats, Floats], side: Floats, depth: Floats, reach: Floats
) -> tuple[Floats, np.ndarray]:
    """mu at which the root of twice the fall from the peak is about ``depth``, and where it was found.

    Args:
        peak: mu and the log-likelihood there. reach: How far away it is, about.
    """
    edge, found, active = peak[0] + side * reach, np.zeros(side.size, dtype=bool), np.arange(side.size)
    for _ in range(_STEPS):
        sums = log_likelihood(
            cells if active.size == side.size else cells.take(active), edge[active], tau[active], ROUGH
        )
        fallen = np.sqrt(2 * np.maximum(peak[1][active] - sums.value, 1e-12))
        gap = depth[active] - fallen
        fine = np.sign(sums.mu) == -side[active]
        with np.errstate(divide="ignore", invalid="ignore"):
            step = np.minimum(gap * fallen / np.abs(sums.mu), 1 + tau[active])
        fine &= np.isfinite(step)
        last = np.abs(gap) <= NEAR * depth[active] + LITTLE
        edge[active[fine]] += side[active[fine]] * step[fine]
        found[active] = fine & last
        active = active[fine & ~last]
        if active.size == 0:
            break
    return edge, found


def _between(t: Floats, edge: Floats, value: Floats, best: Index) -> tuple[Floats, Floats]:
    """asinh(tau) and mu of the top of the parabola through the best point and its neighbours, shape (rows,).

    Beside the first point, half a step further; the best point itself where a neighbour is not in the region.
    """
    rows, step = np.arange(best.size), t[:, 1] - t[:, 0]
    left, right = np.maximum(best - 1, 0), np.minimum(best + 1, t.shape[1] - 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        low, top, high = (value[rows, at] for at in (left, best, right))
        share = np.clip(0.5 * (low - high) / (low - 2 * top + high), -0.5, 0.5)
        share = np.where((left < best) & (best < right) & np.isfinite(share), share, 0.0)
    share = np.where(best == 0, 0.5, share)
    low, top, high = (edge[rows, at] for at in (left, best, right))
    further = np.where(np.isnan(high), top, high) - np.where(np.isnan(low), top, low)
    bend = np.where(best == 0, 0.0, high - 2 * top + low)
    straight = np.where(best == 0, further, 0.5 * further)
    mu = top + share * straight + 0.5 * share * share * np.where(np.isnan(bend), 0.0, bend)
    return t[rows, best] + share * step, mu
