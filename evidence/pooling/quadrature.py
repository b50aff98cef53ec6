"""log P(x of n) when the logit of the probability is normal: the integral every random-effects likelihood here needs.

    P(x | n, mu, tau) = C(n, x) * integral of expit(mu + tau z)^x (1 - expit(mu + tau z))^(n - x) phi(z) dz

The integrand is log-concave in z. Its mode is found by a safeguarded Newton search, its support by Newton steps from
outside (which can't overshoot on a concave function), and the trapezoid rule on that support is halved until the
log-probability moves by less than ``STEP_CHANGE``. The rule converges geometrically (the error after halving is the
square of the error before, up to a constant), so the remaining error is below 1e-10. Beyond ``LARGE_TAU`` an
all-or-none cell is a step much narrower than the normal density; there the integral is the step's closed form plus a
local correction. Source of the trapezoid rule's error: Trefethen and Weideman 2014, 10.1137/130932132.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self

import numpy as np
from scipy.special import gammaln, ndtr

from .convergence import not_converged
from .result import Floats

#: Largest move of the log-probability by the last halving of the step; the error left is about its square.
STEP_CHANGE = 1e-6
#: Above this tau, all-or-none cells are integrated as a step plus a local correction.
LARGE_TAU = 12.0
#: Fall of the log-integrand at which the support is cut: exp(-35) is about the rounding of the sum.
FALL = 35.0
#: A log-probability below this is met only far from any maximum.
NEGLIGIBLE = -1e6
#: Nodes of the first rule and of the finest one.
FIRST, FINEST = 17, 1 << 15
#: Up to this n the faster logarithm is accurate to 1e-13.
SMALL_N = 1000.0
#: Cells up to which both halves of the first rule are evaluated together.
FEW_CELLS = 64
#: Elements evaluated at a time, to stay in the processor's cache.
BLOCK = 1 << 16
#: Steps of the search for a mode.
_STEPS = 100


TERMS = ("logp", "mu", "tau", "mu_mu", "mu_tau", "tau_tau")


@dataclass(frozen=True, slots=True)
class Terms:
    """log P and its derivatives by mu and tau, each of shape (m,); the second ones are None if not asked for."""

    logp: Floats
    mu: Floats
    tau: Floats
    mu_mu: Floats
    mu_tau: Floats
    tau_tau: Floats

    @classmethod
    def empty(cls, m: int) -> Terms:
        """Uninitialised terms of m cells."""
        return cls(*np.empty((len(TERMS), m)))

    def put(self, where: np.ndarray, other: Terms) -> None:
        """Write the terms of some cells."""
        for name in TERMS:
            getattr(self, name)[where] = getattr(other, name)


def cell_terms(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
    """Log-probability of x of n and its derivatives.

    Args:
        x, n: Events and units of each cell, shape (m,), n >= 1.
        mu: Mean of the logit, shape (m,).
        tau: Standard deviation of the logit, >= 0, shape (m,).

    Returns:
        Terms of shape (m,); the binomial coefficient is included.

    Raises:
        ConvergenceError: the rule had not settled with ``FINEST`` nodes.

    Error: absolute error of the log-probability below 1e-10 (1e-8 where it is below -30 and tau > 12).
    """
    zero = tau <= 0
    step = (tau > LARGE_TAU) & ((x == 0) | (x == n))
    rest = ~(zero | step)
    if rest.all():
        out = _integral(x, n, mu, tau)
        out.logp[...] += log_choose(x, n)
        return out
    out = Terms.empty(x.size)
    for chosen, terms in ((zero, _binomial), (step, _step), (rest, _integral)):
        if chosen.any():
            out.put(chosen, terms(x[chosen], n[chosen], mu[chosen], tau[chosen]))
    out.logp[...] += log_choose(x, n)
    return out


def log_choose(x: Floats, n: Floats) -> Floats:
    """Logarithm of the binomial coefficient."""
    return np.where((x == 0) | (x == n), 0.0, gammaln(n + 1) - gammaln(x + 1) - gammaln(n - x + 1))


def log1p_exp(eta: Floats) -> Floats:
    """log(1 + exp(eta)) without overflow."""
    return np.maximum(eta, 0) + np.log1p(np.exp(-np.abs(eta)))


def _binomial(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
    """The terms at tau = 0, where the derivative by tau is 0 and the second is twice the one by tau2."""
    p = _expit(mu)
    r, spread = x - n * p, n * p * (1 - p)
    nought = np.zeros_like(mu)
    return Terms(x * mu - n * log1p_exp(mu), r, nought, -spread, nought, r * r - spread)


def _expit(eta: Floats) -> Floats:
    e = np.exp(-np.abs(eta))
    return np.asarray(np.where(eta >= 0, 1.0, e) / (1 + e))


def _integral(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
    """The trapezoid rule on the support of each cell, halved until it stands still."""
    mode, width = _mode(x, n, mu, tau)
    peak = _log_integrand(x, n, mu, tau, mode)
    return integrated(Cells(x, n, mu, tau, peak, *_support(x, n, mu, tau, mode, peak)), width)


def integrated(cells: Cells, width: Floats) -> Terms:
    """The terms of cells whose supports are known; ``width`` is that of each integrand's peak, shape (m,)."""
    wanted = (cells.upper - cells.lower) / np.minimum(1.1 * width, 1.6 / cells.tau)
    level = np.maximum(np.ceil(2 * np.log2(wanted / FIRST)), 0).astype(int)
    if wanted.size * FIRST <= BLOCK and not level.any():
        return _halved(cells, FIRST)
    out = Terms.empty(wanted.size)
    for exponent in np.unique(level):
        nodes = min(int(np.ceil(FIRST * 2 ** (exponent / 2))), FINEST)
        chosen = np.flatnonzero(level == exponent)
        size = max(1, BLOCK // nodes)
        for begin in range(0, chosen.size, size):
            part = chosen[begin : begin + size]
            out.put(part, _halved(cells.take(part), nodes))
    return out


def _mode(x: Floats, n: Floats, mu: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Mode in z of each integrand, to a tenth of the peak's width, and that width.

    Newton, kept inside a bracket that shrinks at every step. The mode only centres and scales the rule.
    """
    low, high = tau * (x - n), tau * x
    z = np.clip((np.log((x + 0.5) / (n - x + 0.5)) - mu) * tau * n / (tau * tau * n + 4), low, high)
    for _ in range(_STEPS):
        p = _expit(mu + tau * z)
        slope = tau * (x - n * p) - z
        curvature = 1 + tau * tau * n * p * (1 - p)
        move = slope / curvature
        near = np.abs(move) * np.sqrt(curvature) <= 0.1
        if near.all():
            break
        rising = slope > 0
        low, high = np.where(rising, z, low), np.where(rising, high, z)
        new = z + move
        # What is near stays, so that it does not depend on the cells beside it.
        z = np.where(near, z, np.where((new < low) | (new > high), 0.5 * (low + high), new))
    else:
        raise not_converged("the mode of an integrand", _STEPS, z=z, mu=mu, tau=tau)
    return z, 1 / np.sqrt(curvature)


def _log_integrand(x: Floats, n: Floats, mu: Floats, tau: Floats, z: Floats) -> Floats:
    eta = mu + tau * z
    return x * eta - n * log1p_exp(eta) - 0.5 * z * z


def _support(x: Floats, n: Floats, mu: Floats, tau: Floats, mode: Floats, peak: Floats) -> tuple[Floats, Floats]:
    """Ends of a range outside of which the log-integrand lies more than FALL below its value at the mode.

    The density alone falls by FALL within sqrt(2 FALL) of the mode; Newton steps from there stay outside.
    """
    target = peak - FALL
    far = np.sqrt(2 * FALL) + 0.1
    z = np.stack([mode - far, mode + far])
    for _ in range(4):
        eta = mu + tau * z
        e = np.exp(-np.abs(eta))
        positive = eta > 0
        value = x * eta - n * (np.where(positive, eta, 0.0) + np.log1p(e)) - 0.5 * z * z
        slope = tau * (x - n * np.where(positive, 1.0, e) / (1 + e)) - z
        z = z + np.minimum(value - target, 0.0) / -slope
    return z[0], z[1]


@dataclass(frozen=True, slots=True)
class Cells:
    """Binomial cells with the support of their integrands in z and the log-integrand's peak, all of shape (m,)."""

    x: Floats
    n: Floats
    mu: Floats
    tau: Floats
    peak: Floats
    lower: Floats
    upper: Floats

    def take(self, index: np.ndarray) -> Self:
        """The cells at ``index``."""
        parts = (self.x, self.n, self.mu, self.tau, self.peak, self.lower, self.upper)
        return type(self)(*(part[index] for part in parts))

    def node_sums(self, offsets: Floats) -> Floats:
        """Sums over nodes of the integrand times 1, r, rz, s, sz, sz2; (6, m).

        ``offsets`` are the nodes as shares of the support; r is the score by mu, s the Bartlett term.
        """
        z = self.lower[:, None] + (self.upper - self.lower)[:, None] * offsets
        x, n = self.x[:, None], self.n[:, None]
        eta = self.mu[:, None] + self.tau[:, None] * z
        e = np.exp(-np.abs(eta))
        one_plus = 1.0 + e
        # The rounding of log(1 + e) is multiplied by n; np.log is several times faster than np.log1p.
        log_one_plus, large = np.log(one_plus), (self.n > SMALL_N).nonzero()[0]
        log_one_plus[large] = np.log1p(e[large])
        log_one_plus += np.maximum(eta, 0.0)
        z2 = z * z
        exponent = x * eta
        exponent -= n * log_one_plus
        exponent -= 0.5 * z2
        exponent -= self.peak[:, None]
        weight = np.exp(exponent)
        inverse = 1.0 / one_plus
        r = x - n * (0.5 + np.copysign(inverse - 0.5, eta))
        first = weight * r
        second = first * r
        second -= weight * (n * e * inverse * inverse)
        return np.stack(
            [
                weight.sum(1),
                first.sum(1),
                np.einsum("ij,ij->i", first, z),
                second.sum(1),
                np.einsum("ij,ij->i", second, z),
                np.einsum("ij,ij->i", second, z2),
            ]
        )


def _halved(cells: Cells, nodes: int) -> Terms:
    """The terms of cells that need about the same number of nodes."""
    sums, between = _first_sums(cells, nodes)
    out: Terms | None = None
    active = np.arange(cells.x.size)
    while True:
        finer = sums + between
        # The error of a rule is a wave in the place of its nodes; the score's is a quarter turn behind, so that one of
        # them shows it whatever the place.
        turn = cells.tau * (cells.upper - cells.lower) / (2 * np.pi * nodes)
        moved = np.abs(finer[0] / (2 * sums[0]) - 1) + np.abs(finer[1] / finer[0] - sums[1] / sums[0]) * turn
        nodes *= 2
        # Where the log-integrand's own rounding is above STEP_CHANGE the probability is as good as 0.
        done = (moved < STEP_CHANGE) | ((nodes >= FINEST) & (cells.peak < NEGLIGIBLE))
        if nodes >= FINEST and not done.all():
            left = cells.take(~done)
            raise not_converged(
                "an integral over the random effect", nodes, mu=left.mu, tau=left.tau, x=left.x, n=left.n
            )
        if out is None and done.all():
            return _terms(cells, finer, nodes)
        out = out or Terms.empty(cells.x.size)
        out.put(active[done], _terms(cells.take(done), finer[:, done], nodes))
        if done.all():
            return out
        keep = ~done
        cells, sums, active = cells.take(keep), finer[:, keep], active[keep]
        between = cells.node_sums((np.arange(nodes) + 0.5) / nodes)


def _first_sums(cells: Cells, nodes: int) -> tuple[Floats, Floats]:
    """Sums over the first nodes and over those half-way between them."""
    at, between = np.arange(nodes) / nodes, (np.arange(nodes) + 0.5) / nodes
    m = cells.x.size
    if m > FEW_CELLS:
        return cells.node_sums(at), cells.node_sums(between)
    # Of a few cells the calls take longer than the numbers: both at once.
    cell = np.arange(m)
    both = cells.take(np.concatenate([cell, cell])).node_sums(np.repeat(np.stack([at, between]), m, axis=0))
    return both[:, :m], both[:, m:]


def _terms(cells: Cells, sums: Floats, nodes: int) -> Terms:
    total, r, rz, s, sz, sz2 = sums
    mu, tau = r / total, rz / total
    logp = np.log(total * (cells.upper - cells.lower) / nodes) + cells.peak - 0.5 * np.log(2 * np.pi)
    return Terms(logp, mu, tau, s / total - mu * mu, sz / total - mu * tau, sz2 / total - tau * tau)


#: A step in n events rises like exp(-exp(-eta)): analytic to pi / 2 i, so that this step leaves 1e-11 of 1 / tau.
STEP_H = 0.4
STEP_NODES = np.arange(-90, 91) * STEP_H
_OGIVE = ndtr(STEP_NODES)
_POWERS = STEP_NODES ** np.arange(5)[:, None]


def _step(x: Floats, n: Floats, mu: Floats, tau: Floats) -> Terms:
    """All-or-none cells at large tau. 0 of n is the mirror image of n of n."""
    sign = np.where(x == n, 1.0, -1.0)
    out = Terms.empty(x.size)
    for begin in range(0, x.size, 256):
        part = slice(begin, begin + 256)
        out.put(np.arange(x.size)[part], _all_events(n[part], sign[part] * mu[part], tau[part]))
    out.mu[...] *= sign
    out.mu_tau[...] *= sign
    return out


def _all_events(n: Floats, mu: Floats, tau: Floats) -> Terms:
    """n of n: expit^n is a step centred at log n."""
    size, cell = np.unique(n, return_inverse=True)
    centre = np.log(size)
    rising = np.exp(-size[:, None] * log1p_exp(-centre[:, None] - STEP_NODES))
    return step_terms(rising[cell] if size.size > 1 else rising, np.log(n), mu, tau)


def step_terms(step: Floats, centre: Floats, mu: Floats, tau: Floats) -> Terms:
    """Cells whose probability rises from 0 to 1 within a few units of the logit (or log), at large tau.

    A normal ogive in closed form, plus what the step differs from it, summed locally.

    Args:
        step: Probability at ``centre + STEP_NODES``, shape (m, nodes), or (1, nodes) for all cells alike.
        centre: Where it rises, shape (m,).
    """
    d = (centre - mu) / tau
    u = STEP_NODES / tau[:, None]
    u += d[:, None]
    u *= u
    u *= -0.5
    density = np.exp(u, out=u)
    density *= step - _OGIVE
    # Moments of the gap under the density: derivatives of a normal density are Hermite polynomials in u.
    moments = np.array([np.vecdot(density, power) for power in _POWERS])
    b0, b1, b2, b3, b4 = moments * (STEP_H / np.sqrt(2 * np.pi)) / tau ** np.arange(1, 6)[:, None]
    m0, m1, m2 = b0, b1 + d * b0, b2 + d * (2 * b1 + d * b0)
    m3 = b3 + d * (3 * b2 + d * (3 * b1 + d * b0))
    m4 = b4 + d * (4 * b3 + d * (6 * b2 + d * (4 * b1 + d * b0)))
    scale = np.sqrt(1 + tau * tau)
    a = (mu - centre) / scale
    phi = np.exp(-0.5 * a * a) / np.sqrt(2 * np.pi)
    a_mu, a_tau = 1 / scale, -a * tau / scale**2
    a_mu_tau = -tau / scale**3
    a_tau_tau = a * (3 * tau * tau / scale**4 - 1 / scale**2)
    p = ndtr(a) + m0
    p_mu = phi * a_mu + m1 / tau
    p_tau = phi * a_tau + (m2 - m0) / tau
    p_mu_mu = -a * phi * a_mu**2 + (m2 - m0) / tau**2
    p_mu_tau = phi * (a_mu_tau - a * a_mu * a_tau) + (m3 - 3 * m1) / tau**2
    p_tau_tau = phi * (a_tau_tau - a * a_tau**2) + (m4 - 5 * m2 + 2 * m0) / tau**2
    p = np.maximum(p, np.finfo(float).tiny)
    mu1, tau1 = p_mu / p, p_tau / p
    return Terms(np.log(p), mu1, tau1, p_mu_mu / p - mu1 * mu1, p_mu_tau / p - mu1 * tau1, p_tau_tau / p - tau1 * tau1)
