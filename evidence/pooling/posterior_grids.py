"""Posteriors of (mu, tau) of many analyses on deterministic grids, computed together.

For each tau the posterior of mu is log-concave, so it is put on an even grid over its support, where it is as good as
periodic: the trapezoid rule and its Fourier series are then accurate to about 1e-11. tau is integrated by
Gauss-Legendre nodes in asinh(tau). What comes of an analysis does not depend on those beside it, to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt
from numpy.polynomial import legendre

from .cells import Index
from .convergence import not_converged
from .posterior_joint import FALL, Joint, Support, on_support
from .result import Floats

#: First number of nodes of tau, and nodes of mu for each tau.
TAU_NODES, MU_NODES = 48, 48
#: The nodes of tau are doubled until the last terms of the density's series are this small against the largest.
SETTLED, MOST_TAU_NODES = 1e-7, 768
#: The nodes of mu are doubled until the last waves of its density are this small against the first: an edge of the
#: likelihood is steep against a wide prior of mu.
SETTLED_WAVES, MOST_MU_NODES = 2e-6, 768
#: With that many nodes of tau a density with an end, as a uniform prior's, is still known to this share.
LOOSE = 1e-4
#: Where the grid of tau ends at the latest: a half-Cauchy prior of scale 1 has 6e-10 of its mass beyond.
LARGEST_TAU = 1e9
#: Nodes of the first looks along tau, and how often they look closer.
LOOK_NODES, LOOKS = 17, 12
#: Where the first look at asinh(tau) ends; a posterior that goes on is looked at further.
FIRST_END = 3.2
#: A look that is not this much narrower than the one before is the last.
NARROWER = 0.8
#: A node of tau with less than this share of the mass is left out of the distribution functions.
NEGLIGIBLE = 1e-11
#: Analyses whose grids are computed at a time.
TOGETHER = 128

LogPrior = Callable[[Floats], Floats]


@dataclass(frozen=True, slots=True)
class Grids:
    """Posteriors of analyses with grids of the same size.

    Attributes:
        tau: Nodes, shape (rows, t); ``weight``: their posterior mass, sums to 1, 0 where it is negligible.
        mu: Even grid for each tau, shape (rows, t, m); ``step``: its step, shape (rows, t).
        density: Density of mu given tau, shape (rows, t, m).
        waves: Its Fourier coefficients on the grid's period m * step, shape (rows, t, m // 2 + 1).
        log_evidence: Log of the marginal likelihood, shape (rows,).
        low, high: Range of asinh(tau), shape (rows,).
        series: Legendre series of the posterior density of asinh(tau) on [-1, 1], shape (rows, t).
    """

    tau: Floats
    weight: Floats
    mu: Floats
    step: Floats
    density: Floats
    waves: npt.NDArray[np.complex128]
    log_evidence: Floats
    low: Floats
    high: Floats
    series: Floats

    def take(self, rows: Index | np.ndarray) -> Grids:
        """The posteriors at ``rows``."""
        return Grids(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def rough_waves(self) -> np.ndarray:
        """Where the grid of mu does not show all there is: by the last Fourier coefficients of its density."""
        last = np.abs(self.waves[:, :, -4:]).max(2) / np.abs(self.waves[:, :, 0])
        return np.asarray(np.vecdot(self.weight, last) > SETTLED_WAVES)

    def last_terms(self) -> Floats:
        """The last terms of the series of tau against the largest, shape (rows,)."""
        size = np.abs(self.series)
        return np.asarray(size[:, -8:].max(1) / size.max(1))


def posterior_grids(joint: Joint, log_prior_tau: LogPrior, tau_end: float) -> Iterator[tuple[Index, Grids]]:
    """The posteriors of all analyses of ``joint``, in parts with grids of the same size.

    Args:
        joint: Likelihood and prior of mu.
        log_prior_tau: Log density of tau >= 0, normalised.
        tau_end: Upper end of tau's support, inf for none.

    Yields:
        Which analyses, and their posteriors.

    Raises:
        ConvergenceError: the grid of an analysis had not settled.

    Error: quantiles 1e-7, log evidence 1e-9 (tested against a grid four times finer). With a flat prior of mu the
    evidence is that of a density of 1 everywhere.
    """
    for begin in range(0, joint.rows, TOGETHER):
        rows = np.arange(begin, min(begin + TOGETHER, joint.rows))
        yield from _settled(_Looks.of(joint, rows, log_prior_tau, tau_end), joint, log_prior_tau)


def _settled(looks: _Looks, joint: Joint, log_prior_tau: LogPrior) -> Iterator[tuple[Index, Grids]]:
    """Grids whose nodes are doubled where they have not settled, those of mu first."""
    waiting = [(np.arange(looks.rows.size), TAU_NODES, MU_NODES)]
    while waiting:
        part, nodes, of_mu = waiting.pop()
        found = _on_grid(joint, log_prior_tau, looks.take(part), (nodes, of_mu))
        rough = found.rough_waves() & (of_mu < MOST_MU_NODES)
        last = found.last_terms()
        few = ~rough & (last > SETTLED) & (nodes < MOST_TAU_NODES)
        done = ~(rough | few)
        lost = done & ~(last <= LOOSE)
        if lost.any():
            raise not_converged("the posterior of tau", nodes, tau=found.tau[lost][0, [0, -1]])
        for again, size in ((rough, (nodes, 2 * of_mu)), (few, (2 * nodes, of_mu))):
            if again.any():
                waiting.append((part[again], *size))
        if done.any():
            yield looks.rows[part[done]], found if done.all() else found.take(done)


@dataclass(frozen=True, slots=True)
class _Looks:
    """A look along tau for each analysis.

    Attributes:
        rows: Which analyses, shape (rows,).
        low, high: Range of asinh(tau) outside of which the profile posterior is negligible, shape (rows,).
        first, last: Ends of the even values of asinh(tau) at which the support of mu is known, shape (rows,).
        left, right: That support, shape (rows, LOOK_NODES).
    """

    rows: Index
    low: Floats
    high: Floats
    first: Floats
    last: Floats
    left: Floats
    right: Floats

    @classmethod
    def of(cls, joint: Joint, rows: Index, log_prior_tau: LogPrior, tau_end: float) -> _Looks:
        """Of some analyses."""
        end = float(np.arcsinh(min(tau_end, LARGEST_TAU)))
        size, share = rows.size, np.linspace(0, 1, LOOK_NODES)
        low, high = np.zeros(size), np.full(size, min(FIRST_END, end))
        looks = cls(rows, low, high, low.copy(), high.copy(), *np.zeros((2, size, LOOK_NODES)))
        known, active = np.zeros(size, dtype=bool), np.arange(size)
        for _ in range(LOOKS):
            t = low[active, None] + (high - low)[active, None] * share
            value = looks.look(joint, log_prior_tau, active, t, known)
            inside = value >= value.max(1, keepdims=True) - FALL
            begins, ends = inside.argmax(1), LOOK_NODES - 1 - inside[:, ::-1].argmax(1)
            further = (ends == LOOK_NODES - 1) & (high[active] < end)
            known[active] = ~further
            on, at = active[further], np.arange(active.size)
            high[on] = np.minimum(2 * high[on], end)
            narrow = t[at, np.maximum(begins - 1, 0)], t[at, np.minimum(ends + 1, LOOK_NODES - 1)]
            fits = ~further & (narrow[1] - narrow[0] > NARROWER * (high - low)[active])
            inner = active[~further]
            low[inner], high[inner] = narrow[0][~further], narrow[1][~further]
            active = active[~fits]
            if active.size == 0:
                break
        return looks

    def look(self, joint: Joint, log_prior_tau: LogPrior, active: Index, t: Floats, known: np.ndarray) -> Floats:
        """The log of about the mass at asinh(tau) of shape (active, LOOK_NODES); keeps the supports."""
        line, tau = np.repeat(active, LOOK_NODES), np.sinh(t).ravel()
        row = self.rows[line]
        left, right = joint.first(row, tau)
        old = known[line]
        if old.any():
            near = self.take(active).near(t)
            left, right = np.where(old, near[0], left), np.where(old, near[1], right)
        left, right, top = (part.reshape(t.shape) for part in joint.support(row, tau, (left, right)))
        self.left[active], self.right[active] = left, right
        self.first[active], self.last[active] = t[:, 0], t[:, -1]
        # The mass at each tau is about the height times the width.
        return np.asarray(top + np.log(right - left) + _of_tau(log_prior_tau, t))

    def take(self, rows: Index) -> _Looks:
        """The looks at ``rows``."""
        return _Looks(*(getattr(self, name)[rows] for name in self.__dataclass_fields__))

    def near(self, t: Floats) -> Support:
        """About the support at asinh(tau) of shape (rows, values), each of shape (rows * values,)."""
        share = (t - self.first[:, None]) / (self.last - self.first)[:, None] * (LOOK_NODES - 1)
        share = np.clip(share, 0.0, LOOK_NODES - 1)
        before = np.minimum(share.astype(np.intp), LOOK_NODES - 2)
        row, share = np.arange(t.shape[0])[:, None], share - before
        left, right = (
            (part[row, before] * (1 - share) + part[row, before + 1] * share).ravel()
            for part in (self.left, self.right)
        )
        return left, right


def _of_tau(log_prior_tau: LogPrior, t: Floats) -> Floats:
    """Log of the prior density of asinh(tau)."""
    return np.asarray(log_prior_tau(np.sinh(t)) + np.log(np.cosh(t)))


def _on_grid(joint: Joint, log_prior_tau: LogPrior, looks: _Looks, size: tuple[int, int]) -> Grids:
    """The posteriors on grids of ``size``: nodes of tau, and nodes of mu for each of them."""
    nodes, of_mu = size
    node, node_weight, series_of = _rule(nodes)
    half = 0.5 * (looks.high - looks.low)
    t = 0.5 * (looks.low + looks.high)[:, None] + half[:, None] * node
    tau = np.sinh(t)
    found = on_support(joint, np.repeat(looks.rows, nodes), tau.ravel(), looks.near(t), of_mu)
    mu, step, value = (part.reshape(*t.shape, *part.shape[1:]) for part in found)
    constant = 0.5 * np.log(joint.precision / (2 * np.pi)) if joint.precision > 0 else 0.0
    value = value + (_of_tau(log_prior_tau, t) + constant)[:, :, None]
    peak = value.max((1, 2))
    density = np.exp(value - peak[:, None, None])
    row = density.sum(2) * step
    mass = row * node_weight
    total = mass.sum(1)
    series = np.vecdot(series_of, mass[:, None, :]) / (total * half)[:, None]
    mass = np.where(mass > NEGLIGIBLE * total[:, None], mass, 0.0)
    density /= np.maximum(row, np.finfo(float).tiny)[:, :, None]
    waves = np.fft.rfft(density, axis=2) / of_mu
    if of_mu % 2 == 0:
        waves[:, :, -1] *= 0.5
    weight = mass / mass.sum(1)[:, None]
    evidence = np.log(total * half) + peak
    return Grids(tau, weight, mu, step, density, waves, evidence, looks.low, looks.high, series)


@cache
def _rule(nodes: int) -> tuple[Floats, Floats, Floats]:
    """Gauss-Legendre nodes on [-1, 1], their weights, and the matrix from masses at the nodes to a Legendre series."""
    node, weight = legendre.leggauss(nodes)
    return node, weight, np.ascontiguousarray((np.arange(nodes) + 0.5)[:, None] * legendre.legvander(node, nodes - 1).T)
