"""What a question may want of any model beside its estimates: effects with known variances, each study's deviance."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from scipy.special import logit

from ..measures import MEASURES
from .bayesian import Bayesian
from .beta_binomial import BetaBinomial
from .boundaries import Integers
from .cells import cells_of
from .common_effect import CommonEffect
from .family import LOGISTIC_NORMAL, Family
from .inverse_variance import InverseVariance
from .likelihood_rows import estimate_centres, fit_rows
from .logistic_normal import LogisticNormal
from .normal_likelihood import weights
from .profile import best_mu
from .result import Estimates, Floats
from .tau2 import typical_variance

if TYPE_CHECKING:
    from ..counts import Counts
    from . import Model


#: Options of models that make limits, tests and predictions, and move no estimate.
_BESIDE = frozenset({"limits", "level", "prediction", "tau2_limits", "tau_test", "draws", "seed", "above"})


def same_estimates(model: Model, other: Model) -> bool:
    """Whether two models have the same estimates of all counts: they differ in limits, tests and predictions alone."""
    options = [option.name for option in fields(cast(Any, model)) if option.name not in _BESIDE]
    return type(model) is type(other) and all(getattr(model, name) == getattr(other, name) for name in options)


def with_quick_limits(model: Model) -> Model:
    """The same model with the limits that cost least and no prediction interval: estimates and se are the same."""
    if isinstance(model, LogisticNormal | BetaBinomial):
        return replace(model, limits="wald", prediction="none")
    if isinstance(model, InverseVariance):
        return replace(model, prediction="none")
    return model


def centres(model: Model, counts: Counts) -> Estimates:
    """The estimates of a stack without limits where these cost much: thousands of rows in one go."""
    if isinstance(model, LogisticNormal | BetaBinomial):
        return estimate_centres(model, counts)
    return with_quick_limits(model).estimate(counts)


def known_effects(model: Model, counts: Counts) -> tuple[Floats, Floats] | None:
    """Effects of the arms and their variances, shape (..., k), where the model takes the variances as known."""
    if isinstance(model, InverseVariance):
        return model.scale.effects(counts.events, counts.n, model.add, model.to)
    if isinstance(model, Bayesian) and model.likelihood == "normal":
        studies = counts.by_study()
        return MEASURES["PLO"].effects(studies.events, studies.n, model.add, model.to)
    return None


def has_weights(model: Model) -> bool:
    """Whether the pooled effect is a weighted mean of the studies' effects."""
    return isinstance(model, InverseVariance)


def i2_of(model: Model, counts: Counts, tau2: Floats) -> Floats | None:
    """I2 from tau2 of each analysis of a stack; None where the model's variances are not those of its effects."""
    if not isinstance(model, InverseVariance):
        return None
    _, v = model.scale.effects(counts.events, counts.n, model.add, model.to)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.asarray(tau2 / (tau2 + typical_variance(v)))


@dataclass(frozen=True, slots=True)
class Contributions:
    """What each study adds to the differences between studies.

    Attributes:
        value: At least 0, shape (studies,). NaN throughout where tau is infinite or not identified.
        is_deviance: Whether they are falls of a deviance; else parts of Q at the estimated tau2.
    """

    value: Floats
    is_deviance: bool


def contributions(model: Model, counts: Counts) -> Contributions:
    """The contribution of each study of one analysis.

    Of normal effects: sum over its arms of (y - mu)^2 / (v + tau2), its part of Q at the estimated tau2, as metafor's
    baujat. Of counts: the fall in deviance when the study is left out, tau fixed at its estimate (of the Bayesian model
    its posterior median, of the common-effect model 0) and mu found again. The deviance compares with a model in which
    each study has its own mu at that tau, so that the fall is also what an own mu of this study would gain.

    Source of the plot for Q: Baujat and others 2002, 10.1002/sim.1221.
    """
    arms = counts.present()
    effects = known_effects(model, arms)
    if effects is not None:
        y, v = effects
        tau2 = model.estimate(arms).tau2
        w, _, e = weights(y, v, np.asarray(tau2))
        return Contributions(_by_study(arms, w * e * e), False)
    studies = arms.by_study()
    events, n = studies.events, studies.n
    family, tau = _family_and_tau(model, events, n)
    if not np.isfinite(tau):
        return Contributions(np.full(studies.k, np.nan), True)
    return Contributions(deviance_falls(family, events, n, tau), True)


def _by_study(arms: Counts, values: Floats) -> Floats:
    if values.size == len(set(arms.studies)):
        return values
    order = list(dict.fromkeys(arms.studies))
    return np.bincount([order.index(study) for study in arms.studies], values).astype(np.float64)


def _family_and_tau(model: Model, events: Integers, n: Integers) -> tuple[Family, float]:
    """The likelihood of the counts and its estimated spread."""
    if isinstance(model, LogisticNormal | BetaBinomial):
        quick = cast(Any, with_quick_limits(model))
        return model.family, float(fit_rows(quick, events[None], n[None]).top.tau[0])
    if isinstance(model, CommonEffect):
        return LOGISTIC_NORMAL, 0.0
    from ..counts import Counts

    return LOGISTIC_NORMAL, float(model.estimate(Counts(events, n)).tau)


def deviance_falls(family: Family, events: Integers, n: Integers, tau: float) -> Floats:
    """Fall in deviance when each study is left out, at a fixed tau.

    Args:
        events, n: Of the studies, shape (k,), k at least 2.

    Returns:
        At least 0, shape (k,). Error: 1e-9.
    """
    k = n.size
    own, rest = np.eye(k, dtype=bool), ~np.eye(k, dtype=bool)
    member = np.concatenate([np.ones((1, k), dtype=bool), rest, own])
    value = _highest(family, np.where(member, events, 0), np.where(member, n, 0), tau)
    return np.asarray(np.maximum(2 * (value[1 + k :] + value[1 : 1 + k] - value[0]), 0.0))


def _highest(family: Family, events: Integers, n: Integers, tau: float) -> Floats:
    """Highest log-likelihood over mu of each row at tau; 0, its supremum, where there are no events or only events."""
    x, size = events.sum(1), n.sum(1)
    value = np.zeros(x.size)
    rows = np.flatnonzero((x > 0) & (x < size))
    if rows.size:
        spread = np.full(rows.size, tau)
        start = np.asarray(logit(x[rows] / size[rows]) * family.stretch(spread))
        _, sums = best_mu(cells_of(events[rows], n[rows], family), spread, start)
        value[rows] = sums.value
    return value
