"""How probability is spread over the proportions: the posterior with its prior, or what a new study may show."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import expit, logit, ndtr, ndtri

from ..errors import UsageError, usage
from ..measures import Measure
from .bayesian import Bayesian
from .confidence_curve import confidence_curve, counts_of
from .posterior import Posterior
from .prior import prior_mean_cdf, prior_median_cdf, prior_new_cdf, prior_tau_cdf
from .result import Floats, Interval, Pooled

Cdf = Callable[[Floats], Floats]

#: Cells of a density.
CELLS = 200
#: The axis reaches to so many standard deviations, as far as limits tell them.
REACH = 4.5
#: An end of the axis that is this near to that of the scale is the scale's.
NEAR = 0.1
#: tau is shown up to so many times its upper limit of 95 %.
TAU_REACH = 1.3


@dataclass(frozen=True, slots=True)
class Density:
    """One distribution in cells of equal width.

    Attributes:
        what: mean, median, new (a new study's proportion) or tau. label: In words.
        edges: Of the cells, rising, shape (c + 1,): proportions, or values of tau.
        below: Probability below the first edge. mass: Of each cell, shape (c,); the sum is less than 1 by what lies
            beyond the edges, which for proportions is next to nothing.
        prior: Mass before any study was seen, shape (c,), or None where there is no prior.
        middle: The printed value, or None. lower, upper, method, level: The printed limits.
    """

    what: str
    label: str
    edges: Floats
    below: float
    mass: Floats
    prior: Floats | None
    middle: float | None
    lower: float
    upper: float
    method: str
    level: float

    @property
    def density(self) -> Floats:
        """Probability per unit of the axis, shape (c,)."""
        return self.mass / np.diff(self.edges)

    def cumulative(self, value: float) -> float:
        """P(... <= value), linear within a cell."""
        return float(np.interp(value, self.edges, self.below + np.concatenate([[0.0], np.cumsum(self.mass)])))


def densities(pooled: Pooled) -> tuple[Density, ...]:
    """Mean, median, a new study and tau of a Bayesian result; of any other a new study.

    Raises:
        UsageError: a result that has no such distribution; the mend says what has.
    """
    if pooled.headline.kind == "observed":
        reason = pooled.headline.reason or "too few studies"
        raise _none(f"nothing is pooled here: {reason}", "read the counts; evidence draw forest shows them")
    if isinstance(pooled.model, Bayesian) and pooled.status != "single-study":
        return _posterior_densities(pooled, pooled.model)
    if pooled.pi is None:
        raise _none(
            "this result has no distribution of a new study",
            "use the model bayesian, or a model with a prediction interval and at least 3 studies",
        )
    if pooled.pi.method.startswith("bootstrap"):
        raise _none("a simulated prediction interval has no density", "use prediction = t or bayes")
    edges = _edges([_bounds(None, pooled.pi)])
    return (_density("new", pooled, None, pooled.pi, (_ladder_cdf(pooled), None), edges),)


def _none(what: str, mend: str) -> UsageError:
    return usage(what, mend, "no-density")


LABELS = {
    "mean": "Average study (mean)",
    "median": "Typical study (median)",
    "new": "A new study",
    "tau": "Spread between studies (tau)",
}


def _posterior_densities(pooled: Pooled, model: Bayesian) -> tuple[Density, ...]:
    studies = counts_of(pooled).by_study()
    found = model.posterior(studies.events, studies.n)
    parts = [
        ("mean", pooled.mean, pooled.mean_ci, found.mean_cdf, partial(prior_mean_cdf, model)),
        ("median", pooled.estimate, pooled.ci, found.median_cdf, partial(prior_median_cdf, model)),
        ("new", None, pooled.pi, found.predictive_cdf, partial(prior_new_cdf, model)),
    ]
    edges = _edges([_bounds(middle, ci) for _, middle, ci, _, _ in parts if ci is not None])
    flat = not np.isfinite(model.mu_sd)
    shown = [
        _density(what, pooled, middle, ci, (cdf, None if flat else prior), edges)
        for what, middle, ci, cdf, prior in parts
        if ci is not None
    ]
    return (*shown, _tau_density(pooled, model, found))


def _density(
    what: str, pooled: Pooled, middle: float | None, ci: Interval, cdfs: tuple[Cdf, Cdf | None], edges: Floats
) -> Density:
    reached, before = (None if cdf is None else _reached(cdf, edges) for cdf in cdfs)
    assert reached is not None
    prior = None if before is None else np.diff(before)
    limits = (ci.lower, ci.upper, ci.method, ci.level)
    return Density(what, LABELS[what], edges, float(reached[0]), np.diff(reached), prior, middle, *limits)


def _reached(cdf: Cdf, edges: Floats) -> Floats:
    """The distribution function at the edges: 0 at a proportion of 0, 1 at one of 1."""
    inner = (edges > 0) & (edges < 1)
    found = np.where(edges <= 0, 0.0, 1.0)
    found[inner] = np.clip(cdf(logit(edges[inner])), 0.0, 1.0)
    return np.maximum.accumulate(found)


def _tau_density(pooled: Pooled, model: Bayesian, found: Posterior) -> Density:
    spread = pooled.heterogeneity
    assert spread is not None and spread.tau_ci is not None
    ci = spread.tau_ci
    further = max(1.0, float(ndtri(0.975) / ndtri(0.5 * (1 + ci["level"]))))
    edges = np.linspace(0.0, TAU_REACH * further * float(ci["upper"]), CELLS + 1)
    # Below its grid there is nothing of tau.
    at = np.maximum(edges, np.sinh(found.ends[0]))
    mass, prior = (np.diff(np.clip(cdf, 0.0, 1.0)) for cdf in (found.tau_cdf(at), prior_tau_cdf(model, edges)))
    limits = (float(ci["lower"]), float(ci["upper"]), str(ci["method"]), float(ci["level"]))
    return Density("tau", LABELS["tau"], edges, 0.0, np.maximum(mass, 0.0), prior, spread.tau, *limits)


def _bounds(middle: float | None, ci: Interval) -> tuple[float, float]:
    """About where ``REACH`` standard deviations end, on the proportion scale."""
    with np.errstate(divide="ignore"):
        ends = logit(np.array([ci.lower, ci.upper]))
        centre = float(logit(middle)) if middle is not None else float(ends.mean())
    if not np.isfinite(centre):
        return 0.0, 1.0
    share = REACH / float(ndtri(0.5 * (1 + ci.level)))
    low, high = expit(centre + share * (ends - centre))
    return float(low), float(high)


def _edges(bounds: list[tuple[float, float]]) -> Floats:
    """Edges of the cells between whole percents."""
    low = np.floor(100 * min(low for low, _ in bounds)) / 100
    high = np.ceil(100 * max(high for _, high in bounds)) / 100
    return np.linspace(low if low > NEAR else 0.0, high if high < 1 - NEAR else 1.0, CELLS + 1)


def _ladder_cdf(pooled: Pooled) -> Cdf:
    """Distribution function of a new study's logit from its limits at a ladder of levels: they are its quantiles.

    A scale with ends, as the raw proportion's, is cut off there and holds the rest of the probability at its ends.
    """
    model = pooled.model
    if hasattr(model, "family"):
        # Of a likelihood the limits of a new study do not depend on how those of the centre are made.
        model = replace(model, limits="wald")
    curve = confidence_curve(replace(pooled, model=model))
    assert curve.new is not None
    tails = 0.5 * (1 - curve.level)
    value = np.concatenate([curve.new.lower[::-1], curve.new.upper])
    score = np.concatenate([ndtri(tails[::-1]), -ndtri(tails)])
    inside = (value > 0) & (value < 1)
    value, score = value[inside], score[inside]
    rising = np.concatenate([[True], np.diff(np.maximum.accumulate(value)) > 0])
    value, score = value[rising], score[rising]
    scale = getattr(model, "scale", None)
    cut_off = isinstance(scale, Measure) and bool(np.isfinite([scale.lower, scale.upper]).any())
    to = _arcsine if cut_off else logit
    known = to(value)
    smooth = PchipInterpolator(known, score)
    slopes = smooth(known[[0, -1]], 1)

    def cdf(at: Floats) -> Floats:
        wanted = to(expit(at)) if cut_off else at
        held = np.clip(wanted, known[0], known[-1])
        beyond = np.where(wanted < known[0], slopes[0], slopes[1]) * (wanted - held)
        return np.asarray(ndtr(smooth(held) + beyond))

    return cdf


def _arcsine(p: Floats) -> Floats:
    return np.asarray(np.arcsin(np.sqrt(p)))
