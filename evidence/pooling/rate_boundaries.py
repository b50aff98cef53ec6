"""Rates that every model answers alike: one study, and no events."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ..counts import Rates
from ..measures.rate import poisson_limits
from .assemble import Parts
from .boundaries import Integers, blank
from .likelihood_parts import value
from .result import Estimates, Floats, Interval

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


def boundary_parts(arms: Rates, status: str, level: float) -> Parts:
    """The answer of every model where the status of an analysis is single-study or all-zero."""
    out = blank(1)
    out.status[:] = status
    fill_rate_boundaries(out, arms.events[None], arms.n[None], level)
    method = EXACT if status == "single-study" else EXACT_TOTALS
    ci = Interval(float(out.lower[0]), float(out.upper[0]), level, method)
    estimate = value(out.estimate)
    return Parts(estimate, ci, estimate, ci, None, status, None, None, value(out.log_likelihood))
