"""Parametric bootstrap: data simulated from a fitted model by one generator, all sets fitted again as stacks.

Prediction limits: with T = (new - centre) / sqrt(spread^2 + se^2) of each simulated set and a new study simulated with
it, quantiles of T take the place of those of t (bootstrap-t). Sets on a boundary have infinite T or its limit, and sets
without a fit lie beyond both limits: none is dropped.
Test of tau = 0: the share of sets simulated at tau = 0 whose likelihood ratio is at least the observed one.
Source: Davison and Hinkley 1997, 10.1017/CBO9780511802843.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from ..workers import at_hand, spread_over
from .effects import pool_effects
from .likelihood_rows import fit_rows
from .normal_likelihood import LIKELIHOODS, weights
from .result import Floats
from .spread import AHEAD, cut
from .tau2 import TAU2

if TYPE_CHECKING:
    from ..counts import Counts
    from ..workers import Workers
    from .boundaries import Integers
    from .inverse_variance import InverseVariance
    from .likelihood_rows import Likelihood
    from .robust import Index

#: Likelihood ratios closer than this are equal: the maximum is found to 1e-9.
_SAME = 1e-8
#: Sets of normal effects that are pooled as one stack: they take little time.
EFFECT_ROWS = 1 << 15


@dataclass(frozen=True, slots=True)
class BootstrapTest:
    """A bootstrap test of tau = 0.

    Attributes:
        lr: Observed likelihood ratio 2 [l(tau-hat) - l(0)].
        p: (1 + sets with at least this ratio) / (1 + draws); 1 if lr is 0.
        draws, seed: Sets simulated, and the generator's seed.
        failed: Sets without a fit; they count as having at least this ratio.
    """

    lr: float
    p: float
    draws: int
    seed: int
    failed: int

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)


def prediction_limits(model: Likelihood, n: Integers, mu: float, tau: float, se: float) -> tuple[float, float]:
    """Limits of a new study's proportion.

    Args:
        model: Specification with ``draws``, ``seed`` and ``level``.
        n: Units of each study, shape (k,).
        mu, tau, se: The fit of the analysis.
    """
    generator = np.random.default_rng(model.seed)
    logits = model.simulated(generator, mu, tau, (model.draws, n.size + 1))
    x = generator.binomial(n, expit(logits[:, :-1]))
    chunks = [Sets(model, x[rows], n, logits[rows, -1]) for rows in cut(model.draws)]
    t = np.concatenate(list(at_hand().map(pivots, chunks, AHEAD)))
    centre, spread = model.logit_moments(np.array([mu]), np.array([tau]))
    low, high = _quantiles(t, model.level)
    scale = float(np.sqrt(spread[0] ** 2 + se**2))
    return float(expit(centre[0] + low * scale)), float(expit(centre[0] + high * scale))


@dataclass(frozen=True, slots=True, eq=False)
class Sets:
    """Simulated sets that one process fits.

    Attributes:
        model: The specification. events: Shape (sets, k). n: Units of each study, shape (k,).
        new: Logit of the new study of each set, shape (sets,); None where there is none.
    """

    model: Any
    events: Integers
    n: Integers
    new: Any = None


def pivots(sets: Sets) -> Floats:
    """T of each simulated set, shape (sets,); NaN without a fit."""
    model, new = sets.model, sets.new
    fitted = fit_rows(_plain(model), sets.events, np.broadcast_to(sets.n, sets.events.shape))
    out, top = fitted.estimates, fitted.top
    inner = np.isin(out.status, ("ok", "tau-zero"))
    centre, spread = model.logit_moments(np.where(inner, top.mu, 0.0), np.where(inner, top.tau, 1.0))
    t = (new - centre) / np.sqrt(spread**2 + top.se**2)
    t = np.where(inner, t, np.nan)
    t[out.status == "all-zero"], t[out.status == "all-events"] = np.inf, -np.inf
    steps = out.status == "tau-infinite"
    t[steps] = model.pivot_at_infinity(out.mean[steps])
    return t


def _plain(model: Any) -> Any:
    return replace(model, limits="wald", prediction="none", tau_test="half-chi2")


def _quantiles(t: Floats, level: float) -> tuple[float, float]:
    """Order statistics next outside the nominal ranks; a set without a fit lies beyond either."""
    rank = int(np.floor((t.size + 1) * 0.5 * (1 - level)))
    low = np.sort(np.where(np.isnan(t), -np.inf, t))[max(rank - 1, 0)]
    high = np.sort(np.where(np.isnan(t), np.inf, t))[min(t.size - rank, t.size - 1)]
    return float(low), float(high)


def effect_limits(
    model: InverseVariance, v: Floats, mu: float, tau2: float, se: float, clusters: Index | None = None
) -> tuple[float, float]:
    """Limits of a new study's effect on the analysis scale; variances v of shape (k,), inf where a study is absent."""
    present = np.isfinite(v)
    v, clusters = v[present], None if clusters is None else clusters[present]
    generator = np.random.default_rng(model.seed)
    y = mu + np.sqrt(v + tau2) * generator.standard_normal((model.draws, v.size))
    new = mu + np.sqrt(tau2) * generator.standard_normal(model.draws)
    chunks = [Effects(model, y[rows], v, new[rows], clusters) for rows in cut(model.draws, EFFECT_ROWS)]
    low, high = _quantiles(np.concatenate(list(at_hand().map(effect_pivots, chunks))), model.level)
    scale = np.sqrt(tau2 + se**2)
    return float(mu + low * scale), float(mu + high * scale)


@dataclass(frozen=True, slots=True, eq=False)
class Effects:
    """Simulated effects that one process pools.

    Attributes:
        model: The specification. y: Shape (sets, k). v: Their variances, shape (k,).
        new: Effect of the new study of each set, shape (sets,); None where there is none.
        clusters: Number of each arm's study, shape (k,), where studies have several.
    """

    model: InverseVariance
    y: Floats
    v: Floats
    new: Any = None
    clusters: Index | None = None


def effect_pivots(sets: Effects) -> Floats:
    """T of each simulated set, shape (sets,)."""
    model, v = sets.model, np.broadcast_to(sets.v, sets.y.shape)
    found = pool_effects(sets.y, v, model.tau2, model.limits, "none", model.level, sets.clusters)
    return np.asarray((sets.new - found.mu) / np.sqrt(found.tau2 + found.se**2))


def effect_ratios(sets: Effects) -> Floats:
    """(Restricted) likelihood ratio of each simulated set, shape (sets,)."""
    model, v = sets.model, np.broadcast_to(sets.v, sets.y.shape)
    value = LIKELIHOODS[model.tau2].value
    found = value(sets.y, v, TAU2[model.tau2](sets.y, v))
    return np.asarray(2 * (found - value(sets.y, v, np.zeros(sets.y.shape[0]))))


def bootstrap_lr_p(
    counts: Counts, model: Any, draws: int = 2000, seed: int = 1, workers: Workers | int | None = None
) -> BootstrapTest | None:
    """Test of tau = 0 by simulation; None where the model's likelihood has no ratio for these data.

    Args:
        counts: One analysis, shape (k,).
        model: logistic-normal, beta-binomial, or inverse-variance with tau2 by ML or REML.
        draws: Sets simulated.
        seed: Of the generator.
        workers: Processes that fit, see ``evidence.spread_over``; the test does not depend on it.

    Raises:
        DataError: as the model's ``fit``. ComputeError: a search did not settle. UsageError: draws or seed.
    """
    chosen = replace(model, draws=draws, seed=seed, tau_test="bootstrap", prediction="none")
    with spread_over(workers):
        spread = chosen.fit(counts).heterogeneity
    if spread is None or spread.lr_bootstrap is None:
        return None
    return BootstrapTest(spread.lr, **spread.lr_bootstrap)


def likelihood_test(model: Likelihood, studies: Counts, lr: float) -> dict[str, Any]:
    """p, draws, seed and failed sets of the test by a binomial likelihood with the observed ratio ``lr``."""
    if lr <= 0:
        return _surely(model)
    generator = np.random.default_rng(model.seed)
    common = studies.events.sum() / studies.n.sum()
    x = generator.binomial(studies.n, common, size=(model.draws, studies.k))
    chunks = [Sets(model, x[rows], studies.n) for rows in cut(model.draws)]
    return _test(lr, np.concatenate(list(at_hand().map(ratios, chunks, AHEAD))), model)


def ratios(sets: Sets) -> Floats:
    """Likelihood ratio of each simulated set, shape (sets,); NaN without a fit."""
    fitted = fit_rows(_plain(sets.model), sets.events, np.broadcast_to(sets.n, sets.events.shape))
    top, status = fitted.top, fitted.estimates.status
    ratio = np.where(np.isin(status, ("all-zero", "all-events")), 0.0, 2 * (top.value - top.value_zero))
    return np.where(status == "no-fit", np.nan, ratio)


def effects_test(model: InverseVariance, y: Floats, v: Floats, lr: float) -> dict[str, Any]:
    """The same by the (restricted) likelihood of normal effects, y and v of shape (k,)."""
    if lr <= 0:
        return _surely(model)
    generator = np.random.default_rng(model.seed)
    w, total, _ = weights(y, v, np.zeros(()))
    simulated = w @ y / total + np.sqrt(v) * generator.standard_normal((model.draws, y.size))
    chunks = [Effects(model, simulated[rows], v) for rows in cut(model.draws, EFFECT_ROWS)]
    return _test(lr, np.concatenate(list(at_hand().map(effect_ratios, chunks))), model)


def _test(lr: float, found: Floats, model: Any) -> dict[str, Any]:
    failed = int(np.isnan(found).sum())
    beyond = int((found >= lr - _SAME).sum()) + failed
    p = (1 + beyond) / (1 + found.size)
    return {"p": p, "draws": model.draws, "seed": model.seed, "failed": failed}


def _surely(model: Any) -> dict[str, Any]:
    """Every set has at least a ratio of 0: nothing needs to be simulated."""
    return {"p": 1.0, "draws": model.draws, "seed": model.seed, "failed": 0}
