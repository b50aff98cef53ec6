"""Fitting the rows of a stack by a two-parameter likelihood: boundaries first, then the maximum and its limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Protocol

import numpy as np
from scipy.special import expit, ndtri, stdtrit, xlogy

from ..counts import Counts
from .boundaries import Integers, blank, classify, fill_boundaries, totals_exact
from .cells import Cells, by_width, cells_of
from .convergence import ConvergenceError, filled
from .family import Family
from .given import counts_given
from .profile import TAU_CAP, Maximum, maximise
from .profile_limits import median_proportion, profile_limits, step_limits
from .result import Estimates, Floats


class Likelihood(Protocol):
    """What a specification of such a model offers."""

    family: ClassVar[Family]
    centre: ClassVar[str]

    @property
    def limits(self) -> str: ...
    @property
    def prediction(self) -> str: ...
    @property
    def level(self) -> float: ...

    @property
    def tau_test(self) -> str: ...
    @property
    def draws(self) -> int: ...
    @property
    def seed(self) -> int: ...

    def spread(self, mu: Floats, tau: Floats) -> tuple[Floats, Floats]: ...
    def simulated(self, generator: np.random.Generator, mu: float, tau: float, shape: tuple[int, ...]) -> Floats: ...
    def logit_moments(self, mu: Floats, tau: Floats) -> tuple[Floats, Floats]: ...
    def pivot_at_infinity(self, share: Floats) -> Floats: ...
    def plain_prediction(self, top: Maximum, k: Integers) -> tuple[Floats, Floats]: ...


@dataclass(frozen=True, slots=True)
class Rows:
    """Fit of every row: the estimates, the maximum (NaN on boundaries) and the name of the limits used.

    ``failures`` are the rows whose search did not settle, and what it said.
    """

    estimates: Estimates
    top: Maximum
    limits: np.ndarray
    failures: Mapping[int, ConvergenceError]


def has_median(model: Likelihood) -> bool:
    """Whether the model's own centre is a median, apart from the mean."""
    return "median" in model.centre


def estimate_stack(model: Likelihood, counts: Counts) -> Estimates:
    """Every analysis of a stack of shape (..., k); the arms of a study are summed."""
    studies = counts_given(counts).by_study()
    events, n = studies.events.reshape(-1, studies.k), studies.n.reshape(-1, studies.k)
    return reshaped(fit_rows(model, events, n).estimates, counts.shape)


def estimate_centres(model: Likelihood, counts: Counts) -> Estimates:
    """Every analysis of a stack without limits, but for those that need no search; the rest as ``estimate_stack``."""
    studies = counts_given(counts).by_study()
    events, n = studies.events.reshape(-1, studies.k), studies.n.reshape(-1, studies.k)
    out, top = _started(model, events, n)

    def fill_regular(rows: np.ndarray) -> None:
        best = maximise(cells_of(events[rows], n[rows], model.family))
        _fill_centres(out, best, model.family.mean(best.mu, best.tau), rows, model)

    for rows in by_width(events, n, (out.status == "ok").nonzero()[0]):
        filled(fill_regular, rows, out)
    steps = (out.status == "tau-infinite").nonzero()[0]
    _fill_step_centres(out, top, events[steps], n[steps], steps, model)
    _means_alone(out, model)
    return reshaped(out, counts.shape)


def _started(model: Likelihood, events: Integers, n: Integers) -> tuple[Estimates, Maximum]:
    """The rows that need no search, and an empty maximum."""
    out = blank(events.shape[0])
    out.status[:] = classify(events, n)
    if not (out.status == "ok").all():
        fill_boundaries(out, events, n, model.level)
        _fill_unidentified(out, events, n, model.level)
    return out, Maximum(*np.full((5, events.shape[0]), np.nan))


def _means_alone(out: Estimates, model: Likelihood) -> None:
    """A model without a median has its mean twice."""
    if not has_median(model):
        for ours, mean in ((out.estimate, out.mean), (out.lower, out.mean_lower), (out.upper, out.mean_upper)):
            fitted = np.isin(out.status, ("ok", "tau-zero", "tau-infinite"))
            mean[fitted] = ours[fitted]


def fit_rows(model: Likelihood, events: Integers, n: Integers) -> Rows:
    """Fit a stack of shape (rows, k) of studies (arms already summed)."""
    out, top = _started(model, events, n)
    k = (n > 0).sum(1)
    limits = np.where((model.limits == "profile-t") & (k == 2), "profile", model.limits)

    def fill_regular(rows: np.ndarray) -> None:
        cells = cells_of(events[rows], n[rows], model.family)
        best = maximise(cells)
        _keep(top, best, rows)
        fill_from(out, best, cells, rows, limits, k, model)

    def fill_steps(rows: np.ndarray) -> None:
        _fill_steps(out, top, events[rows], n[rows], rows, model)

    failures: dict[int, ConvergenceError] = {}
    for status, fill in (("ok", fill_regular), ("tau-infinite", fill_steps)):
        for rows in by_width(events, n, (out.status == status).nonzero()[0]):
            failures |= filled(fill, rows, out)
    _means_alone(out, model)
    failures |= _fill_prediction(out, top, events, n, k, model)
    return Rows(out, top, limits, failures)


def _fill_unidentified(out: Estimates, events: Integers, n: Integers, level: float) -> None:
    """Every study has one unit: the observed proportion estimates the mean whatever tau is; no median, no tau."""
    rows = (out.status == "tau-not-identified").nonzero()[0]
    if rows.size:
        out.mean[rows], out.mean_lower[rows], out.mean_upper[rows] = totals_exact(events[rows], n[rows], level)
        x, total = events[rows].sum(1), n[rows].sum(1)
        out.log_likelihood[rows] = xlogy(x, x / total) + xlogy(total - x, 1 - x / total)


def fall_of(limits: np.ndarray, k: np.ndarray, level: float) -> Floats:
    """Fall of the log-likelihood at a profile limit: half the squared quantile, shape (rows,)."""
    tail = 0.5 * (1 + level)
    t = stdtrit(np.maximum(k - 1, 1).astype(float), tail)
    return 0.5 * np.where(limits == "profile", ndtri(tail), t) ** 2


def _fill_step_centres(
    out: Estimates, top: Maximum, x: Integers, size: Integers, rows: np.ndarray, model: Likelihood
) -> tuple[Floats, Floats]:
    """All-or-none: the likelihood rises to its supremum at tau = infinity, where each study is one coin.

    Returns:
        Studies with all events, and studies, shape (rows,).
    """
    k = (size > 0).sum(1).astype(float)
    a = ((x == size) & (size > 0)).sum(1).astype(float)
    supremum = xlogy(a, a / k) + xlogy(k - a, 1 - a / k)
    out.log_likelihood[rows], out.mean[rows] = supremum, a / k
    median = np.where(2 * a > k, 1.0, np.where(2 * a < k, 0.0, np.nan))
    out.estimate[rows] = median if has_median(model) else a / k
    top.mu[rows], top.tau[rows], top.value[rows] = model.family.step_mu(a / k, TAU_CAP), np.inf, supremum
    return a, k


def _fill_steps(out: Estimates, top: Maximum, x: Integers, size: Integers, rows: np.ndarray, model: Likelihood) -> None:
    """The same with profile limits."""
    a, k = _fill_step_centres(out, top, x, size, rows, model)
    totals = x.sum(1) / size.sum(1)
    top.value_zero[rows] = binomial_log_likelihood(x, size, totals)
    limits = np.where((model.limits == "profile") | (k == 2), "profile", "profile-t")
    fall = fall_of(limits, k, model.level)
    found = profile_limits(cells_of(x, size, model.family), top.take(rows), fall)
    low, high = step_limits(a, k, fall)
    out.lower[rows], out.upper[rows] = median_proportion(found.median_lower), median_proportion(found.median_upper)
    out.mean_lower[rows] = np.minimum(np.exp(found.mean_lower), low)
    out.mean_upper[rows] = np.maximum(np.exp(found.mean_upper), high)
    if not has_median(model):
        out.lower[rows], out.upper[rows] = out.mean_lower[rows], out.mean_upper[rows]


def binomial_log_likelihood(x: Integers, n: Integers, p: Floats) -> Floats:
    """Log-likelihood of each row when all its studies share the proportion p of shape (rows,)."""
    from .quadrature import log_choose

    values = log_choose(x.astype(float), n.astype(float)) + xlogy(x, p[:, None]) + xlogy(n - x, 1 - p[:, None])
    return np.asarray(values.sum(1))


def fill_from(
    out: Estimates,
    best: Maximum,
    cells: Cells,
    rows: np.ndarray,
    limits: np.ndarray,
    k: np.ndarray,
    model: Likelihood,
) -> None:
    """Rows whose likelihood has its maximum, ``best``, at a finite mu and tau."""
    if model.limits in ("profile-t", "profile"):
        _fill_centres(out, best, model.family.mean(best.mu, best.tau), rows, model)
        found = profile_limits(cells, best, fall_of(limits[rows], k[rows], model.level))
        out.lower[rows], out.upper[rows] = median_proportion(found.median_lower), median_proportion(found.median_upper)
        out.mean_lower[rows], out.mean_upper[rows] = np.exp(found.mean_lower), np.exp(found.mean_upper)
        return
    tail = 0.5 * (1 + model.level)
    reach = best.se * (ndtri(tail) if model.limits == "wald" else stdtrit((k[rows] - 1).astype(float), tail))
    places = np.array([best.mu - reach, best.mu, best.mu + reach])
    out.lower[rows], _, out.upper[rows] = expit(places)
    out.mean_lower[rows], mean, out.mean_upper[rows] = model.family.mean(places, best.tau)
    _fill_centres(out, best, mean, rows, model)


def _keep(top: Maximum, best: Maximum, rows: np.ndarray) -> None:
    for name in ("mu", "tau", "value", "value_zero", "se"):
        getattr(top, name)[rows] = getattr(best, name)


def _fill_centres(out: Estimates, best: Maximum, mean: Floats, rows: np.ndarray, model: Likelihood) -> None:
    out.status[rows[best.tau == 0]] = "tau-zero"
    out.estimate[rows], out.effect[rows], out.se[rows] = expit(best.mu), best.mu, best.se
    out.tau[rows], out.tau2[rows] = model.spread(best.mu, best.tau)
    out.mean[rows] = mean
    out.log_likelihood[rows] = best.value


def needs_bayes(out: Estimates, n: Integers, k: np.ndarray, model: Likelihood) -> np.ndarray:
    """Rows whose prediction interval is the Bayesian predictive one, shape (rows,)."""
    fitted = np.isin(out.status, ("ok", "tau-zero", "tau-infinite", "tau-not-identified", "all-zero", "all-events"))
    thin = (n >= 2).sum(1) < 3
    wanted = thin | (out.status != "ok") | (model.prediction == "bayes")
    chosen: np.ndarray = fitted & wanted & (k >= 3) & (model.prediction != "none")
    return chosen


def _fill_prediction(
    out: Estimates, top: Maximum, events: Integers, n: Integers, k: np.ndarray, model: Likelihood
) -> dict[int, ConvergenceError]:
    """Limits for the proportion of a new study; none below 3 studies."""
    if model.prediction == "none":
        return {}
    bayes = needs_bayes(out, n, k, model)
    plain = (out.status == "ok") & (k >= 3) & ~bayes & (model.prediction != "none")
    if model.prediction == "bootstrap":
        from .bootstrap import prediction_limits

        for row in plain.nonzero()[0]:
            size = n[row][n[row] > 0]
            fitted = float(top.mu[row]), float(top.tau[row]), float(top.se[row])
            out.pi_lower[row], out.pi_upper[row] = prediction_limits(model, size, *fitted)
    elif plain.any():
        lower, upper = model.plain_prediction(top, k)
        out.pi_lower[plain], out.pi_upper[plain] = lower[plain], upper[plain]

    def fill_bayes(rows: np.ndarray) -> None:
        from .bayesian import predictive_rows

        out.pi_lower[rows], out.pi_upper[rows] = predictive_rows(events[rows], n[rows], model.level)

    return filled(fill_bayes, bayes.nonzero()[0], out)


def reshaped(out: Estimates, shape: tuple[int, ...]) -> Estimates:
    """The estimates in the shape of their stack."""
    if out.status.shape == shape:
        return out
    return Estimates(**{name: getattr(out, name).reshape(shape) for name in Estimates.__dataclass_fields__})
