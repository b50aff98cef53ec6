"""Data on a boundary of the likelihood: recognised before anything iterates, answered in closed form."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from .result import Estimates, Floats

#: What an analysis can be. Order of precedence, first match wins; the last two are told apart by the fit.
STATUSES = (
    "no-fit",
    "single-study",
    "all-zero",
    "all-events",
    "tau-not-identified",
    "tau-infinite",
    "tau-zero",
    "ok",
)

LONGEST = "<U18"

EXACT = "clopper-pearson"
EXACT_TOTALS = "clopper-pearson, tau = 0 assumed"
EXACT_MEAN = "clopper-pearson"

Integers = npt.NDArray[np.int64]

_NUMBERS = tuple(name for name in Estimates.__dataclass_fields__ if name != "status")


def classify(events: Integers, n: Integers) -> npt.NDArray[np.str_]:
    """Status of each row of a stack, shape (rows, k) -> (rows,); ``ok`` where the likelihood has an inner maximum
    or one at tau = 0.
    """
    k = (n > 0).sum(-1)
    without, only = events == 0, events == n
    extreme = (without | only).all(-1)
    out = np.full(k.shape, "ok", dtype=LONGEST)
    # Most stacks have no row on a boundary: but for a single study, all are extreme.
    if not (extreme | (k == 1)).any():
        return out
    none, every, ones = without.all(-1), only.all(-1), (n <= 1).all(-1)
    for status, rows in zip(STATUSES[5::-1], (extreme, ones, every, none, k == 1, k == 0), strict=True):
        out[rows] = status
    return out


def blank(rows: int) -> Estimates:
    """Estimates of NaN, status no-fit."""
    arrays = np.full((len(_NUMBERS), rows), np.nan)
    return Estimates(**dict(zip(_NUMBERS, arrays, strict=True)), status=np.full(rows, "no-fit", dtype=LONGEST))


def totals_exact(events: Integers, n: Integers, level: float, method: str = EXACT) -> tuple[Floats, Floats, Floats]:
    """Pooled proportion of the totals and its exact limits, each of shape (rows,)."""
    from ..measures.limits import study_limits

    x, total = events.sum(-1), n.sum(-1)
    lower, upper = study_limits(x, total, method, level)
    return x / total, lower, upper


def fill_boundaries(out: Estimates, events: Integers, n: Integers, level: float, study_limits: str = EXACT) -> None:
    """Write the rows that every model answers alike: one study, no events, only events.

    One study: its proportion and its own limits. All 0 or all n: 0 or 1 with exact limits of the totals.
    """
    for status in ("single-study", "all-zero", "all-events"):
        rows = (out.status == status).nonzero()[0]
        if rows.size == 0:
            continue
        method = study_limits if status == "single-study" else EXACT
        estimate, lower, upper = totals_exact(events[rows], n[rows], level, method)
        for name in ("estimate", "mean"):
            getattr(out, name)[rows] = estimate
        for name in ("lower", "mean_lower"):
            getattr(out, name)[rows] = lower
        for name in ("upper", "mean_upper"):
            getattr(out, name)[rows] = upper
        if status != "single-study":
            out.log_likelihood[rows] = 0.0
