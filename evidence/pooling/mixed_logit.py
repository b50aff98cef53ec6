"""The logistic-normal likelihood with a design: its value and derivatives, and its maximum.

For a fixed tau the log-likelihood is concave in the coefficients (the integrand is jointly log-concave, Prekopa 1973),
so that what is maximal at each tau is found by Newton's steps alone; the profile along tau is looked at on a grid.
Everything works on many rows at once: a row is a value of (gamma, tau), gamma being the coefficients of the orthogonal
columns, or a maximisation under one linear constraint a'gamma = b (a = 0 for none).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..counts import Counts
from .cells import Index
from .convergence import not_converged
from .profile import around, falling_root
from .quadrature import cell_terms
from .regression_terms import study_terms
from .result import Floats

#: Starting grid of tau, and the tau beyond which it counts as never reached.
TAU_TOP = 1000.0
TAU_GRID = np.array([0.0, 0.15, 0.35, 0.7, 1.2, 2.0, 3.5, 7.0, 20.0, 80.0])
#: A Newton step that moves every linear predictor by less than this times 1 + tau is the last: it leaves its square.
_LAST = 1e-6
#: A longer step is cut.
LONGEST = 3.0
#: Most steps of any search.
STEPS = 100
#: Added to an information matrix, relative to its largest element, so that it can always be solved.
_RIDGE = 1e-15


@dataclass(frozen=True, slots=True)
class Sums:
    """Log-likelihood of each row, shape (rows,), and derivatives by (gamma, tau), (rows, p + 1[, p + 1])."""

    value: Floats
    score: Floats
    hessian: Floats

    def put(self, where: Index, other: Sums) -> None:
        """Write some rows."""
        self.value[where], self.score[where], self.hessian[where] = other.value, other.score, other.hessian


@dataclass(frozen=True, slots=True, eq=False)
class MixedLogit:
    """Arms with the rows of their design: single arms by distinct cells, the arms of a shared study together.

    Attributes:
        x, n: Of distinct single arms, shape (m,). q: Their rows, (m, p). times: How many arms are such a cell, (m,).
        many_x, many_n: Of studies with several arms, shape (s, A), n = 0 where there are fewer. many_q: (s, A, p).
    """

    x: Floats
    n: Floats
    q: Floats
    times: Floats
    many_x: Floats
    many_n: Floats
    many_q: Floats

    @property
    def p(self) -> int:
        """Number of coefficients."""
        return int(self.q.shape[1])

    def reach(self, step: Floats) -> Floats:
        """Largest move of a linear predictor by each step, shape (rows,); steps of shape (rows, p)."""
        found = np.zeros(step.shape[0])
        if self.x.size:
            found = np.maximum(found, np.abs(step @ self.q.T).max(1))
        if self.many_x.size:
            found = np.maximum(found, np.abs(step @ self.many_q.reshape(-1, self.p).T).max(1))
        return found

    def sums(self, gamma: Floats, tau: Floats) -> Sums:
        """The log-likelihood, binomial coefficients included; gamma of shape (rows, p), tau of shape (rows,)."""
        rows, p = gamma.shape
        out = Sums(np.zeros(rows), np.zeros((rows, p + 1)), np.zeros((rows, p + 1, p + 1)))
        if self.x.size:
            self._add_single(out, gamma, tau)
        if self.many_x.size:
            self._add_many(out, gamma, tau)
        return out

    def _add_single(self, out: Sums, gamma: Floats, tau: Floats) -> None:
        rows, m, p = gamma.shape[0], self.x.size, self.p
        eta = gamma @ self.q.T
        t = cell_terms(np.tile(self.x, rows), np.tile(self.n, rows), eta.ravel(), np.repeat(tau, m))
        logp, mu, by_tau, mu_mu, mu_tau, tau_tau = (
            part.reshape(rows, m) * self.times for part in (t.logp, t.mu, t.tau, t.mu_mu, t.mu_tau, t.tau_tau)
        )
        out.value[...] += logp.sum(1)
        out.score[:, :p] += mu @ self.q
        out.score[:, p] += by_tau.sum(1)
        out.hessian[:, :p, :p] += (mu_mu[:, :, None] * self.q).mT @ self.q
        cross = mu_tau @ self.q
        out.hessian[:, :p, p] += cross
        out.hessian[:, p, :p] += cross
        out.hessian[:, p, p] += tau_tau.sum(1)

    def _add_many(self, out: Sums, gamma: Floats, tau: Floats) -> None:
        rows, p = gamma.shape[0], self.p
        s, arms = self.many_x.shape
        eta = np.einsum("rp,sap->rsa", gamma, self.many_q)
        x, n = (np.tile(part, (rows, 1)) for part in (self.many_x, self.many_n))
        t = study_terms(x, n, eta.reshape(rows * s, arms), np.repeat(tau, s))
        lever = np.zeros((s, arms + 1, p + 1))
        lever[:, :arms, :p] = self.many_q
        lever[:, arms, p] = 1.0
        out.value[...] += t.logp.reshape(rows, s).sum(1)
        out.score[...] += np.einsum("rsa,sap->rp", t.score.reshape(rows, s, arms + 1), lever)
        hessian = t.hessian.reshape(rows, s, arms + 1, arms + 1)
        out.hessian[...] += (lever.mT @ hessian @ lever).sum(1)


def mixed_logit(counts: Counts, q: Floats) -> MixedLogit:
    """The likelihood of k arms, one row of q (k, p) for each; arms of one study share its random effect."""
    x, n = counts.events.astype(float), counts.n.astype(float)
    members: dict[str, list[int]] = {}
    for i, study in enumerate(counts.studies):
        members.setdefault(study, []).append(i)
    alone = [at[0] for at in members.values() if len(at) == 1]
    together = [at for at in members.values() if len(at) > 1]
    table = np.column_stack([x[alone], n[alone], q[alone]])
    distinct, times = np.unique(table, axis=0, return_counts=True)
    arms = max((len(at) for at in together), default=0)
    many = np.zeros((len(together), arms, q.shape[1] + 2))
    for row, at in enumerate(together):
        many[row, : len(at)] = np.column_stack([x[at], n[at], q[at]])
    return MixedLogit(
        distinct[:, 0],
        distinct[:, 1],
        distinct[:, 2:],
        times.astype(float),
        many[..., 0],
        many[..., 1],
        many[..., 2:],
    )


@dataclass(frozen=True, slots=True)
class Constraint:
    """a'gamma = b for each row, shapes (rows, p) and (rows,); a = 0 where there is none."""

    a: Floats
    b: Floats

    def take(self, rows: Index) -> Constraint:
        """The constraints at ``rows``."""
        return Constraint(self.a[rows], self.b[rows])

    def meet(self, gamma: Floats) -> Floats:
        """The nearest gamma that meets the constraint, shape (rows, p)."""
        size = np.vecdot(self.a, self.a)
        gap = np.divide(self.b - np.vecdot(self.a, gamma), size, where=size > 0, out=np.zeros_like(size))
        return np.asarray(gamma + gap[:, None] * self.a)


def free(rows: int, p: int) -> Constraint:
    """No constraint."""
    return Constraint(np.zeros((rows, p)), np.zeros(rows))


def newton_step(information: Floats, score: Floats, a: Floats) -> Floats:
    """Newton's step that keeps a'gamma, shape (rows, p); information is minus the Hessian."""
    step, along = solved(information, score, a)
    size = np.vecdot(a, along)
    pull = np.divide(np.vecdot(a, step), size, where=size > 0, out=np.zeros_like(size))
    return np.asarray(step - pull[:, None] * along)


def solved(information: Floats, score: Floats, a: Floats) -> tuple[Floats, Floats]:
    """The inverse information times the score and times a, both of shape (rows, p)."""
    p = score.shape[-1]
    ridge = _RIDGE * np.abs(information).max((-2, -1), keepdims=True) + np.finfo(float).tiny
    both = np.linalg.solve(information + ridge * np.eye(p), np.stack([score, a], axis=-1))
    return both[..., 0], both[..., 1]


def best_gamma(model: MixedLogit, tau: Floats, start: Floats, held: Constraint) -> tuple[Floats, Sums]:
    """The gamma of the highest likelihood of each row at its tau, and the likelihood there.

    Newton on a concave function; a step that does not rise is halved. What the last step leaves is below 1e-12; the
    likelihood is carried along it.

    Raises:
        ConvergenceError: more than ``STEPS`` steps.
    """
    p = model.p
    gamma = held.meet(start)
    good, height = gamma.copy(), np.full(tau.size, -np.inf)
    out = Sums(np.empty(tau.size), np.empty((tau.size, p + 1)), np.empty((tau.size, p + 1, p + 1)))
    active = np.arange(tau.size)
    for _ in range(STEPS):
        found = model.sums(gamma[active], tau[active])
        fallen = found.value < height[active] - 1e-9 * (1 + np.abs(found.value))
        lost = active[fallen]
        gamma[lost] = 0.5 * (gamma[lost] + good[lost])
        rising = ~fallen
        risen = active[rising]
        good[risen], height[risen] = gamma[risen], found.value[rising]
        found = Sums(found.value[rising], found.score[rising], found.hessian[rising])
        step = newton_step(-found.hessian[:, :p, :p], found.score[:, :p], held.a[risen])
        reach = model.reach(step) / (1 + tau[risen])
        last = reach <= _LAST
        step *= np.minimum(1.0, LONGEST / np.maximum(reach, 1e-300))[:, None]
        gamma[risen] += step
        _carry(out, risen[last], found, step, last)
        active = np.concatenate([lost, risen[~last]])
        if active.size == 0:
            break
    else:
        raise not_converged("the coefficients at a given tau", STEPS, gamma=gamma[active], tau=tau[active])
    return gamma, out


def _carry(out: Sums, where: Index, found: Sums, step: Floats, last: np.ndarray) -> None:
    """The likelihood after the last step, to second order."""
    p = step.shape[1]
    score, hessian, d = found.score[last], found.hessian[last], step[last]
    bent = np.matvec(hessian[:, :, :p], d)
    out.value[where] = found.value[last] + np.vecdot(score[:, :p], d) + 0.5 * np.vecdot(bent[:, :p], d)
    out.score[where], out.hessian[where] = score + bent, hessian


def tau_score(sums: Sums, tau: Floats) -> Floats:
    """Score of tau2 up to the factor 2, finite at tau = 0."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(tau > 0, sums.score[:, -1] / tau, sums.hessian[:, -1, -1])


def stretch(tau: Floats) -> Floats:
    """About how coefficients grow with tau along a profile. Source: Zeger, Liang and Albert 1988, 10.2307/2531734."""
    return np.sqrt(1 + 0.346 * tau * tau)


@dataclass(frozen=True, slots=True)
class Top:
    """The maximum of each row: gamma (rows, p), tau, the log-likelihood there and at tau = 0, (rows,).

    ``free_tau`` is false where tau was kept at 0.
    """

    gamma: Floats
    tau: Floats
    value: Floats
    value_zero: Floats
    free_tau: bool


def maximise(model: MixedLogit, start: Floats, held: Constraint, free_tau: bool = True) -> Top:
    """The highest likelihood of each row over gamma and tau >= 0, or over gamma at tau = 0.

    Args:
        model: The likelihood; it must have a maximum at each tau (no separation).
        start: gamma at tau = 0, about, shape (p,).
        held: The constraints, one for each row.
        free_tau: False where tau can't be seen in the data (one unit in each study) and is 0.

    Returns:
        Top; ``tau`` is ``TAU_TOP`` where the likelihood still rises there.

    Error: below 1e-9 of a standard error.
    """
    rows = held.b.size
    zero, at_zero = best_gamma(model, np.zeros(rows), np.tile(start, (rows, 1)), held)
    if not free_tau:
        return Top(zero, np.zeros(rows), at_zero.value, at_zero.value, free_tau)
    points = TAU_GRID.size
    flat, tau = np.repeat(np.arange(rows), points), np.tile(TAU_GRID, rows)
    gamma, sums = best_gamma(model, tau, zero[flat] * stretch(tau)[:, None], held.take(flat))
    value, score = sums.value.reshape(rows, points), tau_score(sums, tau).reshape(rows, points)
    best = value.argmax(1)
    row = np.arange(rows)
    low, high = around(best, score[row, best], np.append(TAU_GRID, TAU_TOP))
    at_best = gamma.reshape(rows, points, -1)[row, best]
    top = Top(at_best, TAU_GRID[best].copy(), value[row, best].copy(), value[:, 0].copy(), free_tau)
    inner = np.flatnonzero((high > low) & ~((best == 0) & (score[:, 0] <= 0)))
    if inner.size:
        _climb(model, top, held, inner, low[inner], high[inner])
    return top


def _climb(model: MixedLogit, top: Top, held: Constraint, rows: Index, low: Floats, high: Floats) -> None:
    """Newton in (gamma, tau) between low and high; rows that leave it, or meet no summit, are bracketed instead."""
    p = model.p
    at = np.concatenate([top.gamma[rows], np.where(top.tau[rows] <= 0, 0.5 * high, top.tau[rows])[:, None]], axis=1)
    a = np.concatenate([held.a[rows], np.zeros((rows.size, 1))], axis=1)
    lost, active = np.zeros(rows.size, dtype=bool), np.arange(rows.size)
    for _ in range(25):
        sums = model.sums(at[active, :p], at[active, p])
        summit = np.linalg.eigvalsh(-sums.hessian)[:, 0] > 0
        lost[active[~summit]] = True
        active = active[summit]
        step = newton_step(-sums.hessian[summit], sums.score[summit], a[active])
        new = at[active] + step
        inside = (new[:, p] > low[active]) & (new[:, p] < high[active])
        lost[active[~inside]] = True
        active, step = active[inside], step[inside]
        at[active] += step
        size = np.maximum(model.reach(step[:, :p]), np.abs(step[:, p]))
        active = active[size > 1e-7 * (1 + at[active, p])]
        if active.size == 0:
            break
    lost[active] = True
    again = np.flatnonzero(lost)
    if again.size:
        at[again] = _bracketed(model, held.take(rows[again]), top.gamma[rows[again]], low[again], high[again])
    top.gamma[rows], top.tau[rows] = at[:, :p], at[:, p]
    top.value[rows] = model.sums(at[:, :p], at[:, p]).value


def _bracketed(model: MixedLogit, held: Constraint, start: Floats, low: Floats, high: Floats) -> Floats:
    """(gamma, tau) where the profile's score changes sign in [low, high], shape (rows, p + 1)."""
    last = start.copy()

    def score(rows: Index, tau: Floats) -> Floats:
        last[rows], sums = best_gamma(model, tau, last[rows], held.take(rows))
        return tau_score(sums, tau)

    tau = falling_root(score, low, high)
    gamma, _ = best_gamma(model, tau, last, held)
    return np.concatenate([gamma, tau[:, None]], axis=1)
