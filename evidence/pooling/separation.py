"""Whether a binomial likelihood with a design has a maximum: no direction in which every arm only gains.

The likelihood rises without end along d when X d >= 0 in every arm with events only, <= 0 in every arm without events,
= 0 in every other arm, and not 0 in all. Source: Albert and Anderson 1984, 10.1093/biomet/71.1.1. The arms of a study
share a random effect, which changes none of this: each arm's own factor falls to 0 in a wrong direction.
"""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from ..counts import Counts
from ..errors import ComputeError, Problem
from .design import Design
from .result import Floats

_ZERO = 1e-7


def refuse_separation(counts: Counts, design: Design, q: Floats) -> None:
    """Refuse a design along which the likelihood has no maximum; q are its orthogonal columns, shape (k, p).

    Raises:
        ComputeError: names the columns that such a direction moves.
    """
    direction = separating_direction(counts, q)
    if direction is None:
        return
    moved = np.abs(q @ direction)
    arms = [counts.labels[i] for i in np.flatnonzero(moved > _ZERO)]
    beta = np.linalg.lstsq(design.values, q @ direction, rcond=None)[0]
    size = np.abs(beta) * np.abs(design.values).max(0)
    columns = [name for name, part in zip(design.names, size, strict=True) if part > 1e-4 * size.max()]
    shown = ", ".join(arms[:6]) + (f" and {len(arms) - 6} more" if len(arms) > 6 else "")
    raise ComputeError(
        Problem(
            "separated",
            f"{', '.join(columns)}: the arms that tell these coefficients apart have no events or only events"
            f" ({shown}), so that they have no finite estimate",
            "merge categories, or leave the covariate out; inverse-variance regression adds 0.5 and gives a number,"
            " which rests on that correction",
        )
    )


def separating_direction(counts: Counts, q: Floats) -> Floats | None:
    """A direction along which the likelihood never falls, shape (p,); None where it has a maximum."""
    none, every = counts.events == 0, counts.events == counts.n
    between = ~(none | every)
    if np.linalg.matrix_rank(q[between]) == q.shape[1]:
        return None
    gains = np.where(every, 1.0, -1.0)[:, None] * q
    extreme = gains[~between]
    found = linprog(
        -extreme.sum(0),
        A_ub=-extreme,
        b_ub=np.zeros(extreme.shape[0]),
        A_eq=q[between] if between.any() else None,
        b_eq=np.zeros(int(between.sum())) if between.any() else None,
        bounds=(-1, 1),
        method="highs",
    )
    if found.x is None or found.fun is None or -found.fun <= _ZERO * extreme.shape[0]:
        return None
    return np.asarray(found.x)
