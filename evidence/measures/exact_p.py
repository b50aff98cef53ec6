"""Exact two-sided p of one study along the proportion: the function whose limits are Clopper and Pearson's."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import betainc

Floats = npt.NDArray[np.float64]


def exact_p(events: npt.ArrayLike, n: npt.ArrayLike, proportions: npt.ArrayLike) -> Floats:
    """p of each hypothesis "the proportion is p0": twice the smaller binomial tail, at most 1.

    Args:
        events, n: Counts of the studies, shape (k,); n of at least 1.
        proportions: Hypotheses in [0, 1], shape (q,).

    Returns:
        Shape (k, q). Where it is above 1 - level lie the Clopper-Pearson limits of that level; it is 1 in between the
        two medians, as the binomial distribution has steps.

    Source: Clopper and Pearson 1934, 10.1093/biomet/26.4.404. Error: that of the incomplete beta function, 1e-14.
    """
    x, size = (np.asarray(part, dtype=float)[:, None] for part in (events, n))
    p = np.asarray(proportions, dtype=float)[None, :]
    # P(X >= x) and P(X <= x) of a binomial are tails of beta distributions.
    above = np.where(x > 0, betainc(np.maximum(x, 1), size - x + 1, p), 1.0)
    below = np.where(x < size, betainc(np.maximum(size - x, 1), x + 1, 1 - p), 1.0)
    return np.asarray(np.minimum(1.0, 2 * np.minimum(above, below)), dtype=np.float64)
