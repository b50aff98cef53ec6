"""The data of the benchmarks, the same for every software."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.special import expit

Integers = npt.NDArray[np.int64]

REML = "inverse variance, logit, REML, hk-floor, k = 10"
DL = "inverse variance, logit, DL, k = 10"
LOGISTIC = "logistic-normal, t limits, k = 10"
LEAVE_OUT = "logistic-normal, t limits, leave one out of k = 20"


def counts(rows: int, k: int, seed: int = 1) -> tuple[Integers, Integers]:
    """Random analyses of shape (rows, k): 5 to 60 units, median 40 %, tau 0.8."""
    rng = np.random.default_rng(seed)
    n = rng.integers(5, 61, (rows, k))
    return rng.binomial(n, expit(-0.4 + 0.8 * rng.normal(size=(rows, k)))), n


def without_each(events: Integers, n: Integers) -> tuple[Integers, Integers]:
    """The k analyses that leave one study out, shape (k, k)."""
    kept = ~np.eye(n.size, dtype=bool)
    return np.where(kept, events, 0), np.where(kept, n, 0)
