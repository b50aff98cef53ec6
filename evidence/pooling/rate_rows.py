"""Fitting the rows of a stack of rates by the Poisson-normal likelihood: boundaries, maximum, limits, prediction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri, stdtrit

from .boundaries import Integers, blank
from .cells import Cells, cells_of
from .convergence import ConvergenceError, filled
from .effects import FEWEST_FOR_PREDICTION
from .likelihood_rows import fall_of
from .poisson_terms import POISSON_NORMAL
from .profile import MU_CAP, Maximum, maximise
from .profile_limits import profile_limits
from .rate_boundaries import classify_rates, fill_rate_boundaries
from .result import Estimates, Floats

if TYPE_CHECKING:
    from .poisson_normal import PoissonNormal

#: A study with this many events, seen or expected at the rate of all together, shows something of the spread (J).
INFORMATIVE_EVENTS = 2
#: Such studies below which there is no prediction interval (J).
FEWEST_INFORMATIVE = 3
#: exp of it, times any rate, is a number.
LARGEST_LOG = 600.0


@dataclass(frozen=True, slots=True)
class _Scaled:
    """Rows with events, time counted in units in which the observed rate is 1.

    Attributes:
        cells: In that unit. observed: The observed rate, shape (rows,). k: Studies of each row.
        informative: Studies that show something of the spread.
    """

    cells: Cells
    observed: Floats
    k: Integers
    informative: Integers


def scaled(events: Integers, time: Floats) -> _Scaled:
    """Rows with events, ready for the searches."""
    observed = events.sum(1) / time.sum(1)
    cells = cells_of(events, time * observed[:, None], POISSON_NORMAL)
    return _Scaled(cells, observed, (time > 0).sum(1), informative(events, time))


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
        ready = scaled(events[rows], time[rows])
        best = maximise(ready.cells)
        for name in ("mu", "tau", "value", "value_zero", "se"):
            getattr(top, name)[rows] = getattr(best, name)
        _write(out, rows, best, ready, model)

    return out, top, filled(fill, np.flatnonzero(out.status == "ok"), out)


def _write(out: Estimates, rows: np.ndarray, best: Maximum, ready: _Scaled, model: PoissonNormal) -> None:
    k, observed = ready.k, ready.observed
    out.status[rows[best.tau == 0]] = "tau-zero"
    shift = 0.5 * best.tau**2
    out.estimate[rows], out.mean[rows] = observed * _rate(best.mu), observed * _rate(best.mu + shift)
    out.effect[rows], out.se[rows] = best.mu + np.log(observed), best.se
    out.tau[rows], out.tau2[rows] = best.tau, best.tau**2
    out.log_likelihood[rows] = best.value
    if model.limits in ("profile-t", "profile"):
        names = np.where((model.limits == "profile-t") & (k == 2), "profile", model.limits)
        found = profile_limits(ready.cells, best, fall_of(names, k, model.level))
        low, high, mean_low, mean_high = found.median_lower, found.median_upper, found.mean_lower, found.mean_upper
    else:
        tail = 0.5 * (1 + model.level)
        reach = best.se * (ndtri(tail) if model.limits == "wald" else stdtrit((k - 1).astype(float), tail))
        low, high = best.mu - reach, best.mu + reach
        mean_low, mean_high = low + shift, high + shift
    out.lower[rows], out.upper[rows] = observed * _lower(low), observed * _upper(high)
    out.mean_lower[rows], out.mean_upper[rows] = observed * _lower(mean_low), observed * _upper(mean_high)
    _write_prediction(out, rows, best, ready, model)


def informative(events: Integers, time: Floats) -> Integers:
    """Studies of each row that show something of the spread of the rates, shape (rows, k) -> (rows,)."""
    totals = time.sum(-1)
    rate = events.sum(-1) / np.where(totals > 0, totals, 1)
    # The margin keeps an expected count of exactly 2 what it is when time is counted in another unit.
    count = np.maximum(events, time * rate[..., None] * (1 + 1e-9))
    return np.asarray((count >= INFORMATIVE_EVENTS).sum(-1))


def _write_prediction(out: Estimates, rows: np.ndarray, best: Maximum, ready: _Scaled, model: PoissonNormal) -> None:
    """Limits of a new study's rate; none where they would mislead: few studies inform tau, or its estimate is 0."""
    if model.prediction == "none":
        return
    k, observed = ready.k, ready.observed
    tail = 0.5 * (1 + model.level)
    df = np.maximum(k - (2 if model.prediction == "riley" else 1), 1).astype(float)
    quantile = np.full(k.size, ndtri(tail)) if model.prediction == "normal" else stdtrit(df, tail)
    reach = quantile * np.sqrt(best.se**2 + best.tau**2)
    there = (k >= FEWEST_FOR_PREDICTION) & (best.tau > 0) & (ready.informative >= FEWEST_INFORMATIVE)
    out.pi_lower[rows] = np.where(there, observed * _lower(best.mu - reach), np.nan)
    out.pi_upper[rows] = np.where(there, observed * _upper(best.mu + reach), np.nan)


def _rate(logs: Floats) -> Floats:
    """exp, short of what a number can hold."""
    return np.exp(np.minimum(logs, LARGEST_LOG))


def _lower(logs: Floats) -> Floats:
    """A lower limit; 0 below e^-36 times the observed rate, which counts as never reached."""
    return np.where(logs <= -MU_CAP, 0.0, _rate(logs))


def _upper(logs: Floats) -> Floats:
    """An upper limit; infinite above e^36 times the observed rate, which counts as never reached."""
    return np.where(logs >= MU_CAP, np.inf, _rate(logs))
