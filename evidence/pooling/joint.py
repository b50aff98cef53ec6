"""Groups with a centre of their own and one spread: the joint likelihood, its maximum and each group's limits.

For a fixed spread the groups are independent, so that everything follows from each group's likelihood at that spread.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from ..counts import Counts
from .cells import Cells, Index, cells_of, log_likelihood
from .edges import edge_mu
from .family import Family
from .profile import TAU_CAP, TAU_GRID, around, best_mu, falling_root, profile_score
from .result import Floats

#: Points of a look along tau, and how often the look is narrowed to the neighbours of the best point.
_POINTS, _LOOKS = 13, 6


@dataclass(frozen=True, slots=True)
class JointMaximum:
    """Maximum of the joint likelihood.

    Attributes:
        tau: The common spread, as the family's parameter; ``TAU_CAP`` where the likelihood still rises there.
        mu, se: Centre of each group and its standard error, shape (groups,).
        value: The joint log-likelihood. value_zero: The same at tau = 0.
        parts: The log-likelihood of each group, shape (groups,).
    """

    tau: float
    mu: Floats
    se: Floats
    value: float
    parts: Floats
    value_zero: float


@dataclass(frozen=True, slots=True)
class JointLimits:
    """Limits of one group: of its centre as mu, of its mean as a logarithm."""

    lower: float
    upper: float
    mean_lower: float
    mean_upper: float


@dataclass(frozen=True, slots=True)
class Joint:
    """The likelihood of groups of studies; a group is a row of ``cells``.

    No group may have no events or only events (its centre is infinite whatever the spread), nor all groups together
    be all or none.
    """

    cells: Cells

    @classmethod
    def of(cls, groups: Sequence[Counts], family: Family) -> Joint:
        """The groups' studies; the arms of a study in one group are summed."""
        studies = [group.by_study() for group in groups]
        padded = np.zeros((2, len(studies), max(s.k for s in studies)), dtype=np.int64)
        for row, s in enumerate(studies):
            padded[0, row, : s.k], padded[1, row, : s.k] = s.events, s.n
        return cls(cells_of(padded[0], padded[1], family))

    def profile(self, tau: Floats) -> tuple[Floats, Floats, Floats]:
        """The groups at each tau of shape (m,).

        Returns:
            Their best centres and log-likelihoods there, each of shape (groups, m), and the joint score, shape (m,).
        """
        rows, m = self.cells.rows, tau.size
        at = np.tile(tau, rows)
        odds = (self.cells.sum(self.cells.x) + 0.5) / (self.cells.sum(self.cells.n) + 1.0)
        start = np.repeat(np.log(odds / (1 - odds)), m) * self.cells.family.stretch(at)
        mu, sums = best_mu(self.cells.take(np.repeat(np.arange(rows), m)), at, start)
        score = profile_score(sums, at).reshape(rows, m).sum(0)
        return mu.reshape(rows, m), sums.value.reshape(rows, m), score

    def maximum(self) -> JointMaximum:
        """The maximum; error below 1e-9 of a standard error."""
        _, values, scores = self.profile(TAU_GRID)
        total = values.sum(0)
        best = np.array([int(np.argmax(total))])
        low, high = around(best, scores[best], np.append(TAU_GRID, TAU_CAP))
        found = falling_root(lambda _, tau: self.profile(tau)[2], low, high)
        mu, parts, _ = self.profile(found)
        tau = float(found[0])
        return JointMaximum(tau, mu[:, 0], self._se(mu[:, 0], tau), float(parts.sum()), parts[:, 0], float(total[0]))

    def _se(self, mu: Floats, tau: float) -> Floats:
        """From the joint information about all centres and the spread; about the centres alone at tau = 0."""
        sums = log_likelihood(self.cells, mu, np.full(mu.size, tau))
        variance = -1 / sums.mu_mu
        if tau > 0:
            slope = sums.mu_tau / sums.mu_mu
            left = -float((sums.tau_tau - sums.mu_tau * slope).sum())
            variance = variance + slope**2 / left if left > 0 else variance
        return np.sqrt(variance)

    def tau_limits(self, top: JointMaximum, fall: float) -> tuple[float, float]:
        """Where the joint profile of tau lies ``fall`` below its maximum: 0 and ``TAU_CAP`` where never reached."""
        target = top.value - fall

        def excess(_: Index, tau: Floats) -> Floats:
            return np.asarray(self.profile(tau)[1].sum(0) - target)

        at = np.array([top.tau])
        lower = np.zeros(1)
        if top.value_zero < target:
            lower = falling_root(lambda i, tau: -excess(i, tau), lower, at)
        low, high = at, np.minimum(2 * at + 1, TAU_CAP)
        while excess(np.arange(1), high)[0] > 0 and high[0] < TAU_CAP:
            low, high = high, np.minimum(5 * high, TAU_CAP)
        return float(lower[0]), float(falling_root(excess, low, high)[0])

    def limits(self, group: int, top: JointMaximum, fall: float) -> JointLimits:
        """Outermost centre and mean of a group in the region of that fall, tau and the other groups free.

        Args:
            group: Its row. fall: Half the squared quantile.

        Error: 1e-8 on the proportion scale.
        """
        ends = np.arcsinh(np.array(self.tau_limits(top, fall)))
        # Four searches: lower and upper limit of the centre, then of the mean.
        side, of_mean = np.array([-1.0, 1.0, -1.0, 1.0]), np.array([False, False, True, True])
        low, high = np.full(4, ends[0]), np.full(4, ends[1])
        best = np.full(4, -np.inf)
        for _ in range(_LOOKS):
            grid = low[:, None] + (high - low)[:, None] * np.linspace(0, 1, _POINTS)
            outermost = self._edges(group, np.sinh(grid), top.value - fall, side, of_mean) * side[:, None]
            at = outermost.argmax(1)
            best = np.maximum(best, outermost.max(1))
            rows = np.arange(4)
            low, high = grid[rows, np.maximum(at - 1, 0)], grid[rows, np.minimum(at + 1, _POINTS - 1)]
        return JointLimits(*(float(value) for value in best * side))

    def _edges(self, group: int, tau: Floats, target: float, side: Floats, of_mean: np.ndarray) -> Floats:
        """The group's edge at each tau: its centre or the logarithm of its mean; tau of shape (searches, points)."""
        flat = tau.ravel()
        mu, values, _ = self.profile(flat)
        own = values[group]
        rows = np.full(flat.size, group)
        wanted = np.minimum(own, target - (values.sum(0) - own))
        edge, _ = edge_mu(self.cells.take(rows), flat, wanted, mu[group], np.repeat(side, tau.shape[1]))
        edge = edge.reshape(tau.shape)
        means = self.cells.family.log_mean(edge.ravel(), flat).value.reshape(tau.shape)
        return np.where(of_mean[:, None], means, edge)


def chi2_fall(level: float) -> float:
    """Fall of the log-likelihood at a profile limit against the chi-squared quantile with 1 degree of freedom."""
    return float(0.5 * ndtri(0.5 * (1 + level)) ** 2)


def together(groups: Sequence[Counts], family: Family) -> float:
    """Maximum of the log-likelihood with one centre for all groups."""
    from .profile import maximise

    studies = [group.by_study() for group in groups]
    events, n = (np.concatenate([getattr(s, name) for s in studies]) for name in ("events", "n"))
    return float(maximise(cells_of(events[None], n[None], family)).value[0])
