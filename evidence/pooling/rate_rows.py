"""Rates: what every model answers alike (one study, no events), and the likelihood's fit of the other rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
from scipy.special import gammaln, ndtri, stdtrit, xlogy

from ..measures.rate import poisson_limits
from .boundaries import Integers, blank
from .cells import Cells, cells_of
from .convergence import ConvergenceError, filled
from .likelihood_rows import fall_of
from .poisson_terms import POISSON_NORMAL
from .profile import MU_CAP, Maximum, maximise
from .profile_limits import profile_limits
from .result import Estimates, Floats

if TYPE_CHECKING:
    from .poisson_normal import PoissonNormal

EXACT = "exact Poisson"
EXACT_TOTALS = "exact Poisson, tau = 0 assumed"


def classify_rates(events: Integers, time: Floats) -> npt.NDArray[np.str_]:
    """Status of each row of a stack, shape (rows, k) -> (rows,)."""
    k = (time > 0).sum(-1)
    conditions = [k == 0, k == 1, (events == 0).all(-1)]
    return np.select(conditions, ["no-fit", "single-study", "all-zero"], default="ok").astype("<U18")


def fill_rate_boundaries(out: Estimates, events: Integers, time: Floats, level: float) -> None:
    """One study: its rate and exact limits. No events: 0 with exact limits of the totals."""
    rows = np.flatnonzero(np.isin(out.status, ("single-study", "all-zero")))
    x, total = events[rows].sum(1), time[rows].sum(1)
    lower, upper = poisson_limits(x, total, level)
    out.estimate[rows] = out.mean[rows] = x / total
    out.lower[rows] = out.mean_lower[rows] = lower
    out.upper[rows] = out.mean_upper[rows] = upper
    out.log_likelihood[rows[out.status[rows] == "all-zero"]] = 0.0


def scaled_cells(events: Integers, time: Floats) -> tuple[Cells, Floats]:
    """The cells of rows with events, time counted in units in which the observed rate is 1, and that rate."""
    observed = events.sum(1) / time.sum(1)
    return cells_of(events, time * observed[:, None], POISSON_NORMAL), observed


def fit_rates(
    model: PoissonNormal, events: Integers, time: Floats
) -> tuple[Estimates, Maximum, dict[int, ConvergenceError]]:
    """Fit a stack of shape (rows, k); the maximum is NaN on boundaries, its mu that of the scaled time.

    The third part are the rows whose search did not settle, and what it said.
    """
    out = blank(events.shape[0])
    out.status[:] = classify_rates(events, time)
    fill_rate_boundaries(out, events, time, model.level)
    top = Maximum(*(np.full(out.status.size, np.nan) for _ in range(5)))

    def fill(rows: np.ndarray) -> None:
        cells, observed = scaled_cells(events[rows], time[rows])
        best = maximise(cells)
        for name in ("mu", "tau", "value", "value_zero", "se"):
            getattr(top, name)[rows] = getattr(best, name)
        k = (time[rows] > 0).sum(1)
        _write(out, rows, cells, best, observed, k, model)

    return out, top, filled(fill, np.flatnonzero(out.status == "ok"), out)


def _write(
    out: Estimates, rows: np.ndarray, cells: Cells, best: Maximum, observed: Floats, k: Integers, model: PoissonNormal
) -> None:
    out.status[rows[best.tau == 0]] = "tau-zero"
    shift = 0.5 * best.tau**2
    out.estimate[rows], out.mean[rows] = observed * np.exp(best.mu), observed * np.exp(best.mu + shift)
    out.se[rows], out.tau[rows], out.tau2[rows] = best.se, best.tau, best.tau**2
    out.log_likelihood[rows] = best.value
    if model.limits in ("profile-t", "profile"):
        names = np.where((model.limits == "profile-t") & (k == 2), "profile", model.limits)
        found = profile_limits(cells, best, fall_of(names, k, model.level))
        low, high, mean_low, mean_high = found.median_lower, found.median_upper, found.mean_lower, found.mean_upper
    else:
        tail = 0.5 * (1 + model.level)
        reach = best.se * (ndtri(tail) if model.limits == "wald" else stdtrit((k - 1).astype(float), tail))
        low, high = best.mu - reach, best.mu + reach
        mean_low, mean_high = low + shift, high + shift
    for array, logs in ((out.lower, low), (out.upper, high), (out.mean_lower, mean_low), (out.mean_upper, mean_high)):
        array[rows] = observed * _rate(logs)
    _write_prediction(out, rows, best, observed, k, model)


def _write_prediction(
    out: Estimates, rows: np.ndarray, best: Maximum, observed: Floats, k: Integers, model: PoissonNormal
) -> None:
    """Limits of a new study's rate; none below 3 studies, and none where tau is estimated as 0."""
    if model.prediction == "none":
        return
    tail = 0.5 * (1 + model.level)
    df = np.maximum(k - (2 if model.prediction == "riley" else 1), 1).astype(float)
    quantile = np.full(k.size, ndtri(tail)) if model.prediction == "normal" else stdtrit(df, tail)
    reach = quantile * np.sqrt(best.se**2 + best.tau**2)
    there = (k >= 3) & (best.tau > 0)
    out.pi_lower[rows] = np.where(there, observed * _rate(best.mu - reach), np.nan)
    out.pi_upper[rows] = np.where(there, observed * _rate(best.mu + reach), np.nan)


def _rate(logs: Floats) -> Floats:
    """exp, 0 or infinite where it was never reached."""
    return np.where(logs >= MU_CAP, np.inf, np.where(logs <= -MU_CAP, 0.0, np.exp(np.minimum(logs, MU_CAP))))


def common_log_likelihood(x: Integers, time: Floats, rate: float) -> float:
    """Log-likelihood of one analysis whose studies share a rate."""
    expected = time * rate
    return float((xlogy(x, expected) - expected - gammaln(x + 1)).sum())
