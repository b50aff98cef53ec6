"""Likelihood-ratio test for a difference between groups, tau common to all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from scipy.special import chdtrc

from ..counts import Counts
from .boundaries import classify
from .cells import Index, cells_of
from .family import stretch
from .profile import TAU_CAP, TAU_GRID, around, best_mu, falling_root, maximise, profile_score
from .result import Floats


def likelihood_ratio_test(groups: Sequence[Counts]) -> dict[str, Any] | None:
    """One median for all groups against one for each, with a common tau.

    Returns:
        ``{"name", "statistic", "df", "p"}``; None where the likelihood has no inner maximum (all 0, all n, ...).
    """
    studies = [group.by_study() for group in groups]
    events = np.concatenate([s.events for s in studies])
    n = np.concatenate([s.n for s in studies])
    if str(classify(events[None], n[None])[0]) != "ok" or any(_boundary(s) for s in studies):
        return None
    together = float(maximise(cells_of(events[None], n[None])).value[0])
    statistic = max(0.0, 2 * (_separate(studies) - together))
    df = len(studies) - 1
    return {
        "name": "likelihood ratio, common tau",
        "statistic": statistic,
        "df": df,
        "p": float(chdtrc(df, statistic)),
    }


def _boundary(studies: Counts) -> bool:
    """Whether a group's median is infinite whatever tau is."""
    return int(studies.events.sum()) in (0, int(studies.n.sum()))


def _separate(studies: Sequence[Counts]) -> float:
    """Maximum of the log-likelihood with a median for each group and one tau."""
    k = max(s.k for s in studies)
    padded = np.zeros((2, len(studies), k), dtype=np.int64)
    for row, s in enumerate(studies):
        padded[0, row, : s.k], padded[1, row, : s.k] = s.events, s.n
    cells = cells_of(padded[0], padded[1])
    rows = np.arange(len(studies))
    values, scores = [], []
    for tau in TAU_GRID:
        value, score = _at(cells, rows, float(tau))
        values.append(value)
        scores.append(score)
    best = np.array([int(np.argmax(values))])
    low, high = around(best, np.array([scores[best[0]]]), np.append(TAU_GRID, TAU_CAP))

    def falling(_: Index, tau: Floats) -> Floats:
        return np.array([_at(cells, rows, float(t))[1] for t in tau])

    tau = falling_root(falling, low, high)
    return _at(cells, rows, float(tau[0]))[0]


def _at(cells: Any, rows: Index, tau: float) -> tuple[float, float]:
    """Sum over groups of the profile log-likelihood and of its score."""
    at = np.full(rows.size, tau)
    pooled = (cells.sum(cells.x) + 0.5) / (cells.sum(cells.n) + 1.0)
    _, sums = best_mu(cells, at, np.log(pooled / (1 - pooled)) * stretch(at))
    return float(sums.value.sum()), float(profile_score(sums, at).sum())
