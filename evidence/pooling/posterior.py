"""What a posterior of (mu, tau) on its grid says: distribution functions, their quantiles and shortest intervals."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
import numpy.typing as npt
from scipy.interpolate import CubicSpline
from scipy.optimize import minimize_scalar
from scipy.special import eval_legendre, ndtr, ndtri

from .convergence import not_converged
from .posterior_grids import Grids, LogPrior, posterior_grids
from .posterior_joint import Joint
from .posterior_mean import mu_of_mean
from .result import Floats

#: Steps of the search for quantiles, and the move (against 1 + |quantile|) below which the last one counts as settled.
_QUANTILE_STEPS, _QUANTILE_MOVE = 100, 1e-6
#: Points at which a distribution function is looked at for its shortest interval, and the tails left out.
SHORTEST_POINTS, SLIGHT = 129, 1e-9


@dataclass(frozen=True, slots=True)
class Posterior:
    """A posterior on its grid.

    Attributes:
        tau: Nodes, shape (t,); ``weight``: their posterior mass, sums to 1.
        mu: Even grid for each tau, shape (t, m); ``step``: its step, shape (t,).
        density: Density of mu given tau, shape (t, m).
        waves: Its Fourier coefficients on the grid's period m * step, shape (t, m // 2 + 1).
        log_evidence: Log of the marginal likelihood.
        ends: Range of asinh(tau).
        series: Legendre series of the posterior density of asinh(tau) on [-1, 1].
    """

    tau: Floats
    weight: Floats
    mu: Floats
    step: Floats
    density: Floats
    waves: npt.NDArray[np.complex128]
    log_evidence: float
    ends: tuple[float, float]
    series: Floats

    @classmethod
    def of(cls, grids: Grids, row: int) -> Self:
        """One of several; nodes of tau that hold next to nothing are left out."""
        kept = grids.weight[row] > 0
        tau, weight, mu, step, density, waves = (
            getattr(grids, name)[row, kept] for name in ("tau", "weight", "mu", "step", "density", "waves")
        )
        ends = float(grids.low[row]), float(grids.high[row])
        evidence = float(grids.log_evidence[row])
        return cls(tau, weight, mu, step, density, waves, evidence, ends, grids.series[row])

    def mu_cdf(self, value: Floats) -> Floats:
        """P(mu <= value | tau) for values of shape (t, q); exactly 1 at the right end of each grid."""
        return self._cdf(value, self.waves) / self._cdf(self.mu[:, -1:], self.waves)

    def _cdf(self, value: Floats, waves: npt.NDArray[np.complex128]) -> Floats:
        """Integral of the Fourier series from the left end of each grid to ``value``, shape (t, q)."""
        m = self.mu.shape[1]
        period = m * self.step[:, None]
        share = np.clip((value - self.mu[:, :1]) / period, 0, 1 - 1 / m)
        order = np.arange(1, waves.shape[1])
        part = waves[:, 1:] / (1j * np.pi * order)
        turn = np.exp(2j * np.pi * share)
        power = np.cumprod(np.broadcast_to(turn[..., None], (*turn.shape, order.size)), axis=-1)
        found = np.einsum("tqk,tk->tq", power, part).real - part.sum(1).real[:, None]
        return np.asarray(period * (waves[:, :1].real * share + found))

    def median_cdf(self, logit: Floats) -> Floats:
        """P(mu <= logit), of shape (q,)."""
        return self.weight @ self.mu_cdf(np.broadcast_to(logit, (self.tau.size, logit.size)))

    def mean_cdf(self, logit: Floats) -> Floats:
        """P(logit of the marginal mean <= logit), of shape (q,)."""
        return self.weight @ self.mu_cdf(mu_of_mean(logit, self.tau))

    def predictive_cdf(self, logit: Floats) -> Floats:
        """P(logit of a new study's proportion <= logit), of shape (q,)."""
        wide = self.tau > 1.5 * self.step
        total = np.zeros(logit.size)
        if wide.any():
            z = (logit[:, None, None] - self.mu[wide]) / self.tau[wide, None]
            total += (ndtr(z) * self.density[wide]).sum(2) * self.step[wide] @ self.weight[wide]
        if not wide.all():
            # A normal density smooths each wave by itself.
            order = np.arange(self.waves.shape[1])
            turns = order * (self.tau / (self.mu.shape[1] * self.step))[:, None]
            smooth = self._cdf(
                np.broadcast_to(logit, (self.tau.size, logit.size)), self.waves * np.exp(-2 * (np.pi * turns) ** 2)
            )
            total += self.weight[~wide] @ smooth[~wide]
        return total

    def tau_cdf(self, tau: Floats) -> Floats:
        """P(the between-study standard deviation <= tau), of shape (q,)."""
        low, high = self.ends
        x = np.clip((2 * np.arcsinh(tau) - low - high) / (high - low), -1, 1)
        # The integral of P_j from -1 is (P_(j+1) - P_(j-1)) / (2 j + 1), with P_(-1) = -1.
        order = np.arange(self.series.size)
        part = self.series / (2 * order + 1)
        integral = np.concatenate([[0.0], part])
        integral[:-2] -= part[1:]
        integral[0] += part[0]
        terms = eval_legendre(np.arange(integral.size), x[..., None])
        return np.asarray(terms @ integral * 0.5 * (high - low))

    def centre_mu(self) -> float:
        """Posterior mean of mu."""
        return float((self.weight * self.step) @ (self.density * self.mu).sum(1))

    def sd_mu(self) -> float:
        """Posterior standard deviation of mu."""
        gap = self.mu - self.centre_mu()
        return float(np.sqrt((self.weight * self.step) @ (self.density * gap * gap).sum(1)))


def posteriors(joint: Joint, log_prior_tau: LogPrior, tau_end: float) -> Iterator[tuple[int, Posterior]]:
    """The posterior of each analysis of ``joint``, not in order; arguments and errors as of ``posterior_grids``."""
    for rows, found in posterior_grids(joint, log_prior_tau, tau_end):
        for i, row in enumerate(rows.tolist()):
            yield row, Posterior.of(found, i)


def quantile(cdf: Callable[[Floats], Floats], level: float, low: float, high: float) -> float:
    """Where a distribution function reaches ``level``: one of ``quantiles``."""
    return float(quantiles(cdf, [level], low, high)[0])


def quantiles(cdf: Callable[[Floats], Floats], levels: Sequence[float], low: float, high: float) -> Floats:
    """Where a distribution function reaches each level, between low and high (widened as needed); error 1e-10.

    Raises:
        ComputeError: the function never reaches a level, or the search did not settle.

    Anderson and Bjoerck's false position on the probit of the function, which is nearly a straight line.
    """
    wanted = np.asarray(ndtri(np.asarray(levels, dtype=float)))
    moved = np.full(wanted.shape, np.inf)

    def score(value: Floats) -> Floats:
        return np.asarray(ndtri(np.clip(cdf(value), 1e-18, 1 - 1e-16)))

    at = np.linspace(low, high, 7)
    f = score(at)
    while f[0] > wanted.min() and at[0] > -1e6:
        at = np.concatenate([[2 * at[0] - at[-1]], at])
        f = np.concatenate([score(at[:1]), f])
    while f[-1] < wanted.max() and at[-1] < 1e6:
        at = np.concatenate([at, [2 * at[-1] - at[0]]])
        f = np.concatenate([f, score(at[-1:])])
    if not (f[0] <= wanted.min() and wanted.max() <= f[-1]):
        raise not_converged("a posterior quantile", 0, lower=at[0], upper=at[-1])
    place = np.clip((f[:, None] <= wanted).sum(0) - 1, 0, at.size - 2)
    a, b, fa, fb = at[place], at[place + 1], f[place] - wanted, f[place + 1] - wanted
    for _ in range(_QUANTILE_STEPS):
        with np.errstate(divide="ignore", invalid="ignore"):
            x = np.where(fb == fa, b, b - fb * (b - a) / (fb - fa))
        fx = score(x) - wanted
        moved = np.abs(x - b)
        crossed = fx * fb < 0
        with np.errstate(divide="ignore", invalid="ignore"):
            shrink = 1 - fx / fb
        fa = np.where(crossed, fb, fa * np.where(shrink > 0, shrink, 0.5))
        a, b, fb = np.where(crossed, b, a), x, fx
        if (moved <= 1e-9 * (1 + np.abs(x))).all() or not fx.any():
            return np.asarray(b)
    if not (moved <= _QUANTILE_MOVE * (1 + np.abs(b))).all():
        raise not_converged("a posterior quantile", _QUANTILE_STEPS, quantile=b)
    return np.asarray(b)


def shortest(
    cdf: Callable[[Floats], Floats], scale: Callable[[Floats], Floats], low: float, high: float, level: float
) -> float:
    """Probability below the shortest interval that holds ``level``: for one peak the region of highest density.

    Args:
        cdf: Distribution function, of arrays.
        scale: From its argument to the scale on which the length counts.
        low, high: Where it is about ``SLIGHT`` and 1 - ``SLIGHT``.
    """
    at = np.linspace(low, high, SHORTEST_POINTS)
    score = ndtri(np.clip(cdf(at), SLIGHT, 1 - SLIGHT))
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(score)) > 0])
    inverse = CubicSpline(score[rising], at[rising])

    def width(tail: Floats) -> Floats:
        ends = np.clip(np.stack([tail, tail + level]), SLIGHT, 1 - SLIGHT)
        lower, upper = scale(inverse(ndtri(ends)))
        return np.asarray(upper - lower)

    tails = (1 - level) * np.linspace(0, 1, 513)
    best = int(np.argmin(width(tails)))
    span = (float(tails[max(best - 1, 0)]), float(tails[min(best + 1, tails.size - 1)]))
    found = minimize_scalar(lambda tail: float(width(np.array(tail))), bounds=span, method="bounded")
    if not found.success:
        raise not_converged("the shortest interval", int(found.nfev), tail=found.x)
    return float(found.x)
