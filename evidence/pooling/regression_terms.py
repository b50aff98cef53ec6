"""log P of the arms of one study, each with its own linear predictor, that share one normal random effect.

    P = prod_j C(n_j, x_j) * integral of prod_j p_j^x_j (1 - p_j)^(n_j - x_j) phi(z) dz, p_j = expit(eta_j + tau z)

The same trapezoid rule as for one arm (``quadrature``): centred at the mode, on the support of the integrand, with its
step halved until the log-probability stands still.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import expit

from .quadrature import FALL, FINEST, FIRST, STEP_CHANGE, log1p_exp, log_choose
from .result import Floats


@dataclass(frozen=True, slots=True)
class StudyTerms:
    """Log-probability of each study and its derivatives by (eta_1, ..., eta_A, tau).

    Attributes:
        logp: Shape (m,). score: Shape (m, A + 1). hessian: Shape (m, A + 1, A + 1).
    """

    logp: Floats
    score: Floats
    hessian: Floats


@dataclass(frozen=True, slots=True)
class _Studies:
    """Arms of m studies, x, n and eta of shape (m, A), n = 0 where a study has fewer; tau and the ends (m,)."""

    x: Floats
    n: Floats
    eta: Floats
    tau: Floats
    lower: Floats
    upper: Floats
    peak: Floats

    def take(self, i: np.ndarray) -> _Studies:
        return _Studies(*(getattr(self, name)[i] for name in self.__dataclass_fields__))

    def nodes(self, offsets: Floats) -> tuple[Floats, Floats, Floats]:
        """Nodes, weights relative to the peak, both (m, nodes), and probabilities, (m, nodes, A)."""
        z = self.lower[:, None] + (self.upper - self.lower)[:, None] * offsets
        at = self.eta[:, None, :] + (self.tau[:, None] * z)[..., None]
        exponent = (self.x[:, None] * at - self.n[:, None] * log1p_exp(at)).sum(-1) - 0.5 * z * z
        return z, np.exp(exponent - self.peak[:, None]), expit(at)


def study_terms(x: Floats, n: Floats, eta: Floats, tau: Floats) -> StudyTerms:
    """The terms of m studies.

    Args:
        x, n: Events and units of each arm, shape (m, A); n = 0 where a study has fewer arms.
        eta: Linear predictor of each arm, shape (m, A).
        tau: Standard deviation of the random effect, shape (m,).

    Error: absolute error of the log-probability below 1e-10 for tau up to 1000.
    """
    mode, width = _mode(x, n, eta, tau)
    peak = _log_integrand(x, n, eta, tau, mode)
    studies = _Studies(x, n, eta, tau, *_support(x, n, eta, tau, mode, peak), peak)
    out = StudyTerms(
        np.empty(tau.size), np.empty((tau.size, x.shape[1] + 1)), np.empty((tau.size, x.shape[1] + 1, x.shape[1] + 1))
    )
    wanted = (studies.upper - studies.lower) / np.minimum(1.1 * width, 1.6 / np.maximum(tau, 1e-8))
    level = np.maximum(np.ceil(np.log2(wanted / FIRST)), 0).astype(int)
    for exponent in np.unique(level):
        _fill(out, studies, np.flatnonzero(level == exponent), min(FIRST * 2**exponent, FINEST))
    out.logp[...] += log_choose(x, n).sum(1)
    return out


def _fill(out: StudyTerms, studies: _Studies, active: np.ndarray, nodes: int) -> None:
    """Write the terms of studies that need about as many nodes: the rule is halved until it stands still."""
    logs = np.full(studies.tau.size, np.nan)
    while active.size:
        part = studies.take(active)
        z, weight, p = part.nodes((np.arange(nodes) + 0.5) / nodes)
        total = np.log(weight.sum(1) / nodes)
        done = (np.abs(total - logs[active]) < STEP_CHANGE) | (nodes >= FINEST)
        if done.any():
            _put(out, active[done], part.take(done), (z[done], weight[done], p[done]))
        logs[active] = total
        active, nodes = active[~done], 2 * nodes


def _put(out: StudyTerms, where: np.ndarray, part: _Studies, at: tuple[Floats, Floats, Floats]) -> None:
    z, weight, p = at
    share = weight / weight.sum(1)[:, None]
    width = (part.upper - part.lower) / weight.shape[1]
    out.logp[where] = np.log(weight.sum(1) * width) + part.peak - 0.5 * np.log(2 * np.pi)
    n = part.n[:, None]
    r, spread = part.x[:, None] - n * p, n * p * (1 - p)
    lever = np.ones((*p.shape[:2], p.shape[2] + 1))
    lever[..., -1] = z
    scores = np.concatenate([r, (r.sum(-1) * z)[..., None]], axis=-1)
    mean = np.einsum("mi,mia->ma", share, scores)
    bent = np.einsum("mi,mij->mj", share, spread)
    bent_z = np.einsum("mi,mi,mij->mj", share, z, spread)
    hessian = np.einsum("mi,mia,mib->mab", share, scores, scores) - mean[:, :, None] * mean[:, None, :]
    arms = np.arange(p.shape[2])
    hessian[:, arms, arms] -= bent
    hessian[:, arms, -1] -= bent_z
    hessian[:, -1, arms] -= bent_z
    hessian[:, -1, -1] -= np.einsum("mi,mi,mi->m", share, z * z, spread.sum(-1))
    out.score[where], out.hessian[where] = mean, hessian


def _log_integrand(x: Floats, n: Floats, eta: Floats, tau: Floats, z: Floats) -> Floats:
    at = eta + (tau * z)[:, None]
    return np.asarray((x * at - n * log1p_exp(at)).sum(1) - 0.5 * z * z)


def _slope(x: Floats, n: Floats, eta: Floats, tau: Floats, z: Floats) -> tuple[Floats, Floats]:
    p = expit(eta + (tau * z)[:, None])
    return tau * (x - n * p).sum(1) - z, 1 + tau * tau * (n * p * (1 - p)).sum(1)


def _mode(x: Floats, n: Floats, eta: Floats, tau: Floats) -> tuple[Floats, Floats]:
    """Mode in z, to a tenth of the peak's width, and that width: Newton, or half the bracket where it is slow.

    The curvature may change by a factor e over 1 / tau, so that a step must be small beside that as well.
    """
    low, high = tau * (x - n).sum(1), tau * x.sum(1)
    events, size = x.sum(1), n.sum(1)
    logit = np.log((events + 0.5) / (size - events + 0.5)) - (n * eta).sum(1) / size
    z, before = np.clip(logit * tau * size / (tau * tau * size + 4), low, high), np.full_like(tau, np.inf)
    for _ in range(200):
        slope, curvature = _slope(x, n, eta, tau, z)
        move = slope / curvature
        if (np.abs(move) * np.maximum(np.sqrt(curvature), tau) <= 0.1).all():
            break
        rising = slope > 0
        low, high = np.where(rising, z, low), np.where(rising, high, z)
        new = z + move
        slow = (new <= low) | (new >= high) | (np.abs(move) > 0.5 * before)
        new = np.where(slow & (low < high), 0.5 * (low + high), new)
        z, before = new, np.abs(new - z)
    return z, 1 / np.sqrt(curvature)


def _support(x: Floats, n: Floats, eta: Floats, tau: Floats, mode: Floats, peak: Floats) -> tuple[Floats, Floats]:
    """Ends beyond which the log-integrand lies more than FALL below the mode; Newton steps from outside stay there."""
    target, ends = peak - FALL, []
    for side in (-1.0, 1.0):
        z = mode + side * (np.sqrt(2 * FALL) + 0.1)
        for _ in range(4):
            slope, _ = _slope(x, n, eta, tau, z)
            value = _log_integrand(x, n, eta, tau, z)
            z = z - np.minimum(value - target, 0.0) / slope
        ends.append(z)
    return ends[0], ends[1]
